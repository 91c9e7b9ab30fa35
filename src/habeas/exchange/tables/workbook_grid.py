"""What the readers of the kinds of workbook give: sheets as grids, read row by row.

What stands after the rows in a file (merged ranges) is known only when a sheet has been read once;
`Notes` gathers it, and what a reader should be told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.columns import column_letters
from habeas.exchange.tables.limits import MAX_CELL, MAX_COLUMNS
from habeas.exchange.tables.workbook_values import Value

MAX_ROWS: Final = 1_048_576
"""Rows of a sheet of a current spreadsheet program (ECMA-376)."""

MAX_GRID: Final = 200_000_000
"""Places of a sheet up to the last cell of each row, the empty ones too."""

MAX_CELLS: Final = 50_000_000
"""Cells of a sheet in which something stands."""

MAX_MERGES: Final = 1_048_576
"""Merged ranges of one sheet."""

_NAMED: Final = 5

Visibility = Literal["visible", "hidden", "very hidden"]


class Merge(msgspec.Struct, frozen=True, gc=False):
    """A merged range; rows count from 1, columns from 0, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        """Where its first cell stands: `A3`."""
        return address(self.left, self.top)


class GridRow(msgspec.Struct, gc=False):
    """A row of a sheet. What columns are counted by is their place in the sheet, from 0."""

    number: int
    cells: dict[int, str]
    days: dict[int, str] = {}
    faults: list[tuple[int | None, str]] = []
    hidden: bool = False

    def line(self) -> list[str]:
        """The text of all cells up to the last one."""
        if not self.cells:
            return []
        width = max(self.cells) + 1
        if width == len(self.cells):
            return [self.cells[place] for place in range(width)]
        line = [""] * width
        for place, text in self.cells.items():
            line[place] = text
        return line


class Spots:
    """Where something was found: the first few places, and how many there are."""

    def __init__(self) -> None:
        self._named: list[str] = []
        self._count = 0

    def add(self, place: str) -> None:
        """One more."""
        self._count += 1
        if len(self._named) < _NAMED:
            self._named.append(place)

    def __bool__(self) -> bool:
        return self._count > 0

    def __str__(self) -> str:
        more = self._count - len(self._named)
        return ", ".join(self._named) + (f" and {more:,} more" if more else "")


class Notes:
    """What one reading of a sheet brings to light besides its rows."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self.merges: list[Merge] = []
        self._hidden = bytearray(MAX_COLUMNS)
        self.formulas: dict[int, str] = {}
        """Column to the address of its first formula."""
        self.formula_length = 0
        """Characters of all formulas that were looked at."""
        self.is_stale = False
        """The workbook asks to be calculated anew when it is opened."""
        self.calling = Spots()
        """Formulas that would call out, with what they call."""
        self.calendars: dict[int, tuple[str, str]] = {}
        """Column to first address and name of another calendar in which its dates are shown."""
        self.comments = Spots()
        self.links = Spots()
        self.others: list[str] = []
        """Remarks that only one kind of workbook has."""

    def is_hidden(self, column: int) -> bool:
        """Whether a column is hidden."""
        return column < MAX_COLUMNS and self._hidden[column] == 1

    def hide(self, first: int, last: int) -> None:
        """Keeps that columns are hidden, both ends included."""
        last = min(last, MAX_COLUMNS - 1)
        if first <= last:
            self._hidden[first : last + 1] = b"\1" * (last + 1 - first)

    @property
    def hidden_columns(self) -> list[tuple[int, int]]:
        """The ranges of hidden columns, both ends included."""
        return [(found.start(), found.end() - 1) for found in re.finditer(b"\1+", self._hidden)]

    def merge(self, merged: Merge, place: str) -> None:
        """Keeps a merged range.

        Raises:
            InputError: there are too many.
        """
        if len(self.merges) >= MAX_MERGES:
            raise InputError(
                f"more than {MAX_MERGES:,} ranges are merged", place=place,
                mend="Unmerge all cells in the spreadsheet program and save",
            )  # fmt: skip
        self.merges.append(merged)

    def remarks(self) -> Iterator[str]:
        """In words, what a reader should know about the sheet."""
        head = f"sheet “{self.sheet}”"
        for column, first in sorted(self.formulas.items()):
            yield (
                f"{head}: column {column_letters(column)} has formulas (the first in {first}): "
                "the values that were saved with them are read, nothing is calculated"
            )
        if self.formulas and self.is_stale:
            yield (
                f"{head}: the workbook asks to be calculated when it is opened: what its formulas "
                "show in a spreadsheet program may differ from the saved values"
            )
        if self.calling:
            yield f"{head}: formulas that call out are not run: {self.calling}"
        for column, (first, name) in sorted(self.calendars.items()):
            yield (
                f"{head}: dates in column {column_letters(column)} (the first in {first}) are "
                f"shown in {name}; the file holds Gregorian days, and these are given"
            )
        if self.comments:
            yield f"{head}: comments are not read as values: {self.comments}"
        if self.links:
            yield f"{head}: links are left alone: {self.links}"
        yield from self.others


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """One sheet of a workbook."""

    name: str
    place: str
    """File and sheet, for errors."""
    visibility: Visibility = "visible"
    read: Callable[[Notes], Iterator[GridRow]]
    """Reads the rows from top to bottom, empty ones left out; the notes are whole at the end."""


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """A workbook."""

    format: Literal["xlsx", "xls", "ods"]
    sheets: tuple[Sheet, ...]
    remarks: tuple[str, ...] = ()


class RowBuilder:
    """Puts together the row that is being read, and keeps a sheet within its bounds."""

    def __init__(self, place: str, notes: Notes) -> None:
        self._place = place
        self._notes = notes
        self._spread = self._cells = 0
        self.row = GridRow(0, {})

    def begin(self, number: int, *, hidden: bool = False) -> None:
        """Begins a row.

        Raises:
            InputError: rows do not rise.
        """
        if number <= self.row.number:
            raise self.refusal(f"row {number}", f"it stands after row {self.row.number}")
        self.row = GridRow(number, {}, {}, [], hidden)

    def take(self, column: int, value: Value) -> None:
        """Takes the value of a cell of the row; nothing at all is left out.

        Raises:
            InputError: the cell stands twice, or where no cell can be, or is too long.
        """
        row = self.row
        if not value.text and value.fault is None:
            return
        if column in row.cells or column >= MAX_COLUMNS:
            reason = "it stands twice" if column in row.cells else "a sheet has 16,384 columns"
            raise self.refusal(f"cell {address(column, row.number)}", reason)
        if len(value.text) > MAX_CELL:
            raise self.too_long(column)
        row.cells[column] = value.text
        if value.day is not None:
            row.days[column] = value.day
        if value.fault is not None:
            row.faults.append((column, value.fault))

    def finished(self, times: int = 1) -> GridRow | None:
        """The row as it is now; None when nothing stands in it.

        Args:
            times: how often it stands there, one under the other.

        Raises:
            InputError: the sheet has too many rows or cells, or they lie too far apart.
        """
        row = self.row
        if not row.cells:
            return None
        last = row.number + times - 1
        if last > MAX_ROWS:
            raise self.refusal(f"row {last}", f"a sheet has {MAX_ROWS:,} rows at most")
        self._spread += (max(row.cells) + 1) * times
        self._cells += len(row.cells) * times
        if self._spread > MAX_GRID or self._cells > MAX_CELLS:
            reason = (
                f"the sheet holds more than {MAX_CELLS:,} cells, or {MAX_GRID:,} with the empty "
                "ones between them, up to here"
            )
            raise self.refusal(f"row {row.number}", reason)
        return row

    def too_long(self, column: int) -> InputError:
        """The error of a cell with too much text."""
        return self.refusal(
            f"cell {address(column, self.row.number)}",
            f"it holds more than {MAX_CELL:,} characters",
        )

    def refusal(self, where: str, reason: str) -> InputError:
        """An error with a place within the sheet."""
        return InputError(
            reason, place=f"{self._place}, {where}",
            mend="Open the file in a spreadsheet program, look there, and save it anew",
        )  # fmt: skip


def address(column: int, row: int) -> str:
    """Where a cell stands: `C7`."""
    return f"{column_letters(column)}{row}"
