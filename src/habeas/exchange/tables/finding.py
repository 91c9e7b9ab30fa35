"""Finding the tables in a grid: titles above, headers, rows, notes and totals below.

A grid is what a sheet or a delimited file is: lines of cells, nothing more. Each line that is not
empty becomes exactly one of: header, row, loose line. What may be a row stays a row: a line is
called loose only where it cannot well be one, and where that is open the row carries a doubt, so
that a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from habeas.exchange.tables.table import Column, Loose

Line = tuple[int, Sequence[str]]
"""The number of a line (a row of a sheet, a line of a file; rising) and its cells."""


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Where one table stands in a grid."""

    header_rows: tuple[int, ...]
    """The lines in which the headers stand: none, one, or two (groups above)."""
    columns: tuple[Column, ...]
    places: tuple[int, ...]
    """Of each column: its index in the lines of the grid. Columns without header and without any
    content are left out."""
    first: int
    """The number of the first row; 0 when the table has none."""
    last: int
    least: int
    """A line that has fewer cells than this has lost some (delimited files)."""
    most: int
    """A line that has something beyond this has too many cells (delimited files)."""
    loose: frozenset[int] = frozenset()
    """Lines between first and last that are no rows: headers repeated at a new page, subtotals."""
    doubts: dict[int, str] = {}
    """Number of a row to why it may be none; a `Fault` of that row."""

    def cells(self, line: Sequence[str]) -> tuple[str, ...]:
        """The cells of one line in the order of the columns; empty where the line has ended."""
        end = len(line)
        return tuple(line[place] if place < end else "" for place in self.places)

    def rows(self, lines: Iterable[Line]) -> Iterator[Line]:
        """The lines of a grid that are rows of this table, as they stand in the grid."""
        for number, line in lines:
            if number > self.last:
                return
            if number >= self.first and number not in self.loose and not is_blank(line):
                yield number, line


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a grid holds."""

    blocks: tuple[Block, ...]
    loose: tuple[Loose, ...]


def is_blank(line: Sequence[str]) -> bool:
    """Whether nothing but spaces stands in a line."""
    return not any(cell.strip() for cell in line)


def find_tables(lines: Iterable[Line], *, sheet: str | None = None) -> Found:
    """The tables of a grid, in one pass over its lines, in constant memory.

    Args:
        lines: all lines of the grid with rising numbers, empty ones too or left out.
        sheet: the name that loose lines get.

    Raises:
        InputError: there are more loose lines than are kept.
    """
    raise NotImplementedError(lines, sheet)
