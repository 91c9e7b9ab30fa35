"""What stands in the columns of a list, looked at in its first rows. Counted, never repeated.

Nothing here says what a column means; and no cell of the list leaves this module in words for a
reader, since every cell may name a person.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Final

from habeas.claims.names import normalise, script_of
from habeas.exchange.tables.table import Column, Row, Table

SAMPLED: Final = 500
"""Rows that are looked at, of all tables together."""

NOTHING: Final = frozenset(
    ("-", "--", "---", "–", "—", "ـ", "_", ".", "..", "...", "?", "؟", "/", "*", "n/a", "na",
     "n.a.", "#n/a", "null", "nan", "nil", "x", "xxx")
)  # fmt: skip
"""What people and programs write into a cell that is to stay empty. Words such as “unknown” are
none of these: they say something."""

ASCII_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")
_NUMBER: Final = re.compile(r"[-+]?\d{1,18}(?:[.,]\d{1,18})?\Z")


@dataclass(frozen=True, kw_only=True)
class Contents:
    """The cells of one column in the rows that were looked at."""

    column: Column
    """Its header, name and address, as in the first table that has it."""
    cells: tuple[str, ...] = ()
    """Those that say something, without the spaces around them."""
    rows: int = 0
    """How many rows were looked at."""
    nothing: tuple[str, ...] = ()
    """Words that stand for an empty cell here."""
    days: tuple[str, ...] = ()
    """ISO days of cells that the file itself calls dates; their words are not among `cells`."""
    lists: int = 0
    """Cells in which the file itself holds several values."""
    geometries: int = 0

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.column.name

    @property
    def filled(self) -> int:
        """How many cells say something."""
        return len(self.cells) + len(self.days) + self.geometries

    @cached_property
    def plain(self) -> tuple[str, ...]:
        """The cells with digits of one kind, and a point before decimals."""
        return tuple(cell.translate(ASCII_DIGITS) for cell in self.cells)

    @cached_property
    def script(self) -> str:
        """The script of most cells (ISO 15924); empty when none has letters."""
        found = Counter(script_of(cell) for cell in self.cells)
        found.pop("Zyyy", None)
        return max(found, key=lambda code: found[code], default="")

    @cached_property
    def distinct(self) -> Counter[str]:
        """How often each value stands there, normalised."""
        return Counter(normalise(cell) for cell in self.cells)

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The cells that are one plain number."""
        return tuple(float(cell.replace(",", ".")) for cell in self.plain if _NUMBER.match(cell))

    def share(self, holds: Callable[[str], bool]) -> float:
        """The part of the cells, 0 to 1, of which something holds; they have digits of one kind."""
        if not self.cells:
            return 0.0
        return sum(1 for cell in self.plain if holds(cell)) / len(self.cells)


@dataclass(slots=True)
class _Gathered:
    column: Column
    cells: list[str] = field(default_factory=list)
    rows: int = 0
    nothing: dict[str, None] = field(default_factory=dict)
    days: list[str] = field(default_factory=list)
    lists: int = 0
    geometries: int = 0

    def contents(self) -> Contents:
        return Contents(
            column=self.column, cells=tuple(self.cells), rows=self.rows,
            nothing=tuple(self.nothing), days=tuple(self.days), lists=self.lists,
            geometries=self.geometries,
        )  # fmt: skip


def contents_of(tables: Sequence[Table]) -> tuple[Contents, ...]:
    """The columns of all tables with their first cells; columns of one name are one.

    Args:
        tables: of one file.

    Raises:
        InputError: the file cannot be read that far.
    """
    found: dict[str, _Gathered] = {}
    each = max(1, SAMPLED // max(1, len(tables)))
    for table in tables:
        columns = [found.setdefault(column.name, _Gathered(column)) for column in table.columns]
        rows = table.rows()
        for row in islice(rows, each):
            for at, column in enumerate(columns):
                _take(column, at, row)
        if isinstance(rows, Generator):  # the file is not kept open
            rows.close()
    return tuple(gathered.contents() for gathered in found.values())


def _take(column: _Gathered, at: int, row: Row) -> None:
    column.rows += 1
    column.lists += at in row.lists
    if at in row.geometries:
        column.geometries += 1
    elif at in row.days:
        column.days.append(row.days[at])
    else:
        _add(column, row.lists.get(at) or row.cells[at : at + 1])


def _add(column: _Gathered, cells: Iterable[str]) -> None:
    for cell in cells:
        text = cell.strip()
        if text.casefold() in NOTHING:
            column.nothing[text] = None
        elif text:
            column.cells.append(text)


def is_number(cell: str) -> bool:
    """Whether a cell, digits of one kind, is one plain number."""
    return bool(_NUMBER.match(cell))


def has_digit(cell: str) -> bool:
    """Whether any digit stands in a cell."""
    return any(letter.isdecimal() for letter in cell)


def is_words(cell: str) -> bool:
    """Whether a cell is letters and no digits, as a name is."""
    return any(letter.isalpha() for letter in cell) and not has_digit(cell)


def in_range(low: float, high: float) -> Callable[[str], bool]:
    """A test whether a cell is a plain number between two, both included."""
    return lambda cell: is_number(cell) and low <= float(cell.replace(",", ".")) <= high
