"""Finding the tables in a grid: titles above, headers, rows, notes and totals below.

A grid is what a sheet or a delimited file is: lines of cells, nothing more. Each line that is not
empty becomes exactly one of: header, row, loose line. What may be a row stays a row: a line is
called loose only where it cannot well be one, and where that is open the row carries a doubt, so
that a person decides.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.columns import column_letters, name_columns
from habeas.exchange.tables.heading_words import is_figure, is_note, is_total, is_wordy, may_matter
from habeas.exchange.tables.headings import (
    Above,
    Line,
    begins_table,
    filled,
    header_rows,
    headers,
    is_blank,
    is_title,
    may_head,
    trimmed,
)
from habeas.exchange.tables.limits import LOOKAHEAD, MAX_LOOSE, MAX_TABLES
from habeas.exchange.tables.table import Column, Loose

ALONE = "stands alone beside the table: a row of which little is known, a title, or a note?"
BEYOND = "a value stands beyond the last header: have the cells moved? If not, give it a header"
MAY_HEAD = (
    "words stand where figures stand in other rows, under an empty line: a row, or the headers of "
    "a further table? If so, are the rows below it read under the right columns?"
)
_LONG = 100
"""Characters of a cell that is prose when it stands alone in the first column."""


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


def find_tables(lines: Iterable[Line], *, sheet: str | None = None, name: str = "") -> Found:
    """The tables of a grid, in one pass over its lines, in constant memory.

    Args:
        lines: all lines of the grid with rising numbers, empty ones too (they part tables).
        sheet: the name that loose lines get.
        name: of the file, for errors.

    Raises:
        InputError: there are more loose lines or tables than are kept.
    """
    finder = _Finder(lines, sheet, name)
    return Found(blocks=tuple(finder.blocks()), loose=tuple(finder.loose))


class _Growing:
    """A block of which the end is not known yet."""

    def __init__(self, head: Sequence[Line], typical: int) -> None:
        self.head = head
        self.repeats = {tuple(trimmed(line)) for _, line in head}
        self.headers = headers([line for _, line in head])
        self.wide = filled(self.headers) if head else typical
        self.least = len(trimmed(self.headers)) if head else typical
        self.most = max((len(line) for _, line in head), default=typical)
        self.left = next((i for i, header in enumerate(self.headers) if header.strip()), 0)
        self.key = self.headers[self.left].strip() if self.headers else None
        self.bare = {i for i, header in enumerate(self.headers) if not header.strip()}
        self.used: set[int] = set()
        self.above = Above()
        self.beyond: list[int] = []
        self.has_notes = False
        self.first = self.last = self.count = self.sparse = self.gaps = self.figures = 0
        self.gap_after = 0
        self.loose: set[int] = set()
        self.doubts: dict[int, str] = {}

    @property
    def is_often_sparse(self) -> bool:
        """Whether rows with little in them are usual here."""
        return self.sparse * 20 > self.count > 40

    @property
    def is_spaced(self) -> bool:
        """Whether empty lines stand between most rows, and so say nothing."""
        return self.gaps * 2 > self.count > 5

    def is_sparse(self, line: Sequence[str]) -> bool:
        """Whether a line has so little that it may be no row."""
        count = filled(line)
        return count == 1 < self.wide or count * 4 < self.wide

    def is_out_of_place(self, line: Sequence[str]) -> bool:
        """Whether words stand in the first column, where the other rows have their number."""
        cell = line[self.left] if len(line) > self.left else ""
        return cell != "" and not is_figure(cell) and self.figures * 10 > self.count * 9 > 9

    def take(self, number: int, line: Sequence[str]) -> None:
        """Adds a row."""
        self.first = self.first or number
        self.last = number
        self.count += 1
        self.has_notes = False
        self.figures += len(line) > self.left and line[self.left][:1].isdigit()
        if self.count <= LOOKAHEAD:
            self.above.see(line)
        if len(line) > self.least and self.head and any(map(str.strip, line[self.least :])):
            self.beyond.append(number)
        if self.bare or len(line) > len(self.headers):
            beyond = range(len(self.headers), len(line))
            seen = [i for i in (*self.bare, *beyond) if i < len(line) and line[i].strip()]
            self.used.update(seen)
            self.bare.difference_update(seen)

    def all_doubts(self) -> dict[int, str]:
        """Those of single rows; and of rows that go on where most others have ended."""
        if not 0 < len(self.beyond) * 2 <= self.count:
            return self.doubts
        return dict.fromkeys(self.beyond, BEYOND) | self.doubts

    def close(self) -> Block:
        """The block, when its last line has been seen."""
        headed = {i for i, header in enumerate(self.headers) if header.strip()}
        places = tuple(sorted(headed | self.used))
        heads = [self.headers[i] if i in headed else "" for i in places]
        return Block(
            header_rows=tuple(number for number, _ in self.head),
            columns=name_columns(heads, [column_letters(i) for i in places]),
            places=places,
            first=self.first,
            last=self.last,
            least=self.least,
            most=self.most,
            loose=frozenset(number for number in self.loose if self.first < number < self.last),
            doubts=self.all_doubts(),
        )


class _Finder:
    """One pass over a grid."""

    def __init__(self, lines: Iterable[Line], sheet: str | None, name: str) -> None:
        self._lines = iter(lines)
        self._ahead: deque[Line] = deque()
        self._sheet = sheet
        self._place = [name] * bool(name) + [f"sheet “{sheet}”"] * (sheet is not None)
        self._gap = False
        self._tables = 1
        self.loose: list[Loose] = []

    def blocks(self) -> Iterator[Block]:
        """The tables from top to bottom; `loose` is whole when they are."""
        block: _Growing | None = None
        while (at := self._next()) is not None:
            number, line = at
            if not any(map(str.strip, line)):
                self._meet_gap(block)
            elif block is None:
                block = self._begin(number, line)
            elif self._is_plainly_row(block, line):
                block.take(number, line)
            elif head := self._further_head(block, number, line):
                yield block.close()
                block = self._open_further(head)
            else:
                self._weigh(block, number, line)
        if block is not None:
            yield block.close()

    def _open_further(self, head: Sequence[Line]) -> _Growing:
        self._tables += 1
        if self._tables > MAX_TABLES:
            raise self._fault(head[0][0], f"more than {MAX_TABLES} tables, one under the other")
        return _Growing(head, 0)

    def _meet_gap(self, block: _Growing | None) -> None:
        if block is not None:
            block.gaps += block.last != block.gap_after
            block.gap_after = block.last
        self._gap = block is None or not block.is_spaced

    def _next(self) -> Line | None:
        return self._ahead.popleft() if self._ahead else next(self._lines, None)

    def _below(self) -> list[Sequence[str]]:
        """The lines that follow, as many as are looked at; fewer at the end of the grid."""
        self._ahead.extend(islice(self._lines, LOOKAHEAD - len(self._ahead)))
        return [line for _, line in self._ahead]

    def _begin(self, number: int, line: Sequence[str]) -> _Growing | None:
        """The first table, when it begins at this line; a title above it is set apart."""
        below = [follower for follower in self._below() if not is_blank(follower)]
        if is_title(line, below):
            self._set_apart(number, line)
            return None
        self._gap = False
        head = self._head(number, line)
        lengths = Counter(map(len, (line, *below)))
        block = _Growing(head, lengths.most_common(1)[0][0])
        if not head:
            block.take(number, line)
        return block

    def _head(self, number: int, line: Sequence[str]) -> list[Line]:
        """The header that begins at this line, its second row taken from what follows."""
        rows = header_rows(line, self._below())
        head: list[Line] = [(number, line)] if rows else []
        if rows == 2 and (second := self._next()) is not None:
            head.append(second)
        return head

    def _is_plainly_row(self, block: _Growing, line: Sequence[str]) -> bool:
        """The quick way for nearly every line: it is full, and its first cell heads nothing."""
        if self._gap or (len(line) - line.count("")) * 3 < block.wide or len(line) <= block.left:
            return False
        cell = line[block.left]
        if cell == "" or (block.wide > 1 and len(line) - line.count("") == 1):
            return False
        return cell.strip() != block.key and not may_matter(cell)

    def _further_head(self, block: _Growing, number: int, line: Sequence[str]) -> list[Line]:
        """The header of a further table, when one begins at this line."""
        if tuple(trimmed(line)) in block.repeats:
            return []
        below = self._below()
        if not begins_table(
            line, below, after_gap=self._gap, columns=block.wide, above=block.above
        ):
            return []
        head = self._head(number, line)
        self._gap = self._gap and not head
        return head

    def _weigh(self, block: _Growing, number: int, line: Sequence[str]) -> None:
        """Sets a line apart, or takes it as a row, with a doubt where that is open."""
        sparse = block.is_sparse(line)
        if self._is_loose(block, line, sparse=sparse):
            self._set_apart(number, line)
            block.loose.add(number)
            block.has_notes = True
            return
        if len(block.doubts) < MAX_LOOSE:
            if sparse and self._is_doubtful(block, line):
                block.doubts[number] = ALONE
            elif not sparse and self._gap and may_head(line, self._below(), block.above):
                block.doubts[number] = MAY_HEAD
        block.take(number, line)
        block.sparse += sparse
        self._gap = self._gap and sparse

    def _is_doubtful(self, block: _Growing, line: Sequence[str]) -> bool:
        """Whether a line with little in it may be something else than a row."""
        if block.is_out_of_place(line):
            return True
        if block.is_often_sparse:
            return False
        wordy = is_wordy("".join(line))
        return self._gap or (wordy and self._is_foot(block)) or self._stands_over(block) == "again"

    def _is_loose(self, block: _Growing, line: Sequence[str], *, sparse: bool) -> bool:
        cells = trimmed(line)
        if tuple(cells) in block.repeats or _is_total_line(cells):
            return True
        place, cell = next((place, cell) for place, cell in enumerate(cells) if cell)
        if not sparse or place > block.left:
            return False
        if is_note(cell) or (len(cell) > _LONG and block.wide > 2):
            return True
        if block.is_often_sparse:
            return False
        if self._gap and (block.has_notes or is_wordy(cell)) and self._is_foot(block):
            return True
        under = self._stands_over(block)
        return under == "other" or (under == "again" and (self._gap or is_wordy(cell)))

    def _is_foot(self, block: _Growing) -> bool:
        """Whether nothing follows but lines of which each may be a note."""
        below = self._below()
        return len(below) < LOOKAHEAD and all(
            is_blank(one) or block.is_sparse(one) for one in below
        )

    def _stands_over(self, block: _Growing) -> Literal["again", "other"] | None:
        """Whether nothing stands between this line and a header, the same again or another."""
        below = self._below()
        for offset, line in enumerate(below):
            if is_blank(line):
                continue
            if tuple(trimmed(line)) in block.repeats:
                return "again"
            if not block.is_sparse(line):
                rest = below[offset + 1 :]
                new = begins_table(
                    line, rest, after_gap=True, columns=block.wide, above=block.above
                )
                return "other" if new else None
        return None

    def _set_apart(self, number: int, line: Sequence[str]) -> None:
        if len(self.loose) >= MAX_LOOSE:
            raise self._fault(number, f"more than {MAX_LOOSE:,} lines are neither header nor row")
        self.loose.append(Loose(number=number, cells=tuple(line), sheet=self._sheet))

    def _fault(self, number: int, reason: str) -> InputError:
        return InputError(
            reason,
            place=", ".join((*self._place, f"line {number}")),
            mend="Take out what stands around the list, or save the list alone as CSV",
        )


def _is_total_line(cells: Sequence[str]) -> bool:
    """Whether a line sums up: a word of totals first, nothing but figures after it."""
    full = [cell for cell in cells if cell]
    return is_total(full[0]) and all(is_figure(cell) or is_total(cell) for cell in full[1:])
