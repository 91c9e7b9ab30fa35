"""Delimited text (CSV, TSV and their kin; RFC 4180) as tables.

Opening a file reads it once to its end: the encoding is checked to the last byte, headers, further
tables and loose lines are found, and whatever cannot be read is told before anything is recorded.
Rows are then streamed. A row that has not as many cells as its table has headers is given as it
stands with a fault; nothing is moved to another column.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.damage import damage
from habeas.exchange.tables.decoding import Encoding, find_encoding
from habeas.exchange.tables.dialect import Delimiting, find_delimiting
from habeas.exchange.tables.finding import BEYOND, Block, find_tables
from habeas.exchange.tables.finding_remarks import remarks_of
from habeas.exchange.tables.headings import Line
from habeas.exchange.tables.limits import LOOKAHEAD, MAX_CELL, MAX_COLUMNS
from habeas.exchange.tables.table import Fault, Row, Table, TableFile
from habeas.exchange.tables.text_lines import TextLines, Unchanged

SWALLOWED = (
    "several lines, each with as many cells as a row has: are they rows that a stray quotation "
    "mark holds together?"
)
_LINE_END = re.compile(r"\r\n?|\n")


class Delimited(msgspec.Struct, frozen=True, kw_only=True):
    """A delimited text and how it is read."""

    path: Path
    encoding: Encoding
    delimiting: Delimiting

    def records(self) -> Iterator[Line]:
        """Every record with the line on which it begins; of empty ones in a row the first.

        Raises:
            InputError: a quotation mark is never closed, or stands in the wrong place; a record,
                a cell or a line is too large; a NUL.
        """
        empty = False
        for _, number, cells in self._read():
            if cells or not empty:
                yield number, cells
            empty = not cells

    def rows(self, block: Block) -> Iterator[Row]:
        """The rows of one table. `Row.number` is the line on which the row begins.

        Raises:
            InputError: as `records`.
        """
        straight = block.places == tuple(range(len(block.places)))
        width, least, most = len(block.places), block.least, block.most
        first, last, loose, doubts = block.first, block.last, block.loose, block.doubts
        for lines, number, cells in self._read():
            damaged, lines.damaged = lines.damaged, False
            if number < first or number in loose:
                continue
            if number > last:
                return
            count = len(cells)
            swallowed = lines.number > number and _swallows(self.delimiting.delimiter, cells, least)
            plain = not (damaged or swallowed)
            if count == least == most and plain and number not in doubts:
                faults: tuple[Fault, ...] = ()
            elif not any(map(str.strip, cells)):
                continue
            else:
                faults = _faults(block, cells, SWALLOWED if swallowed else doubts.get(number))
            if straight and count == width:
                if not faults and not any(map(str.strip, cells)):
                    continue
                yield Row(number=number, cells=tuple(cells), faults=faults)
            else:
                yield Row(number=number, cells=block.cells(cells), faults=faults)

    def _read(self) -> Iterator[tuple[TextLines, int, list[str]]]:
        csv.field_size_limit(MAX_CELL)
        codec = self.encoding.codec
        with self.path.open(encoding=codec, errors="strict", newline="") as file:
            lines = TextLines(file, self.path.name)
            source = iter(lines)
            if self.delimiting.declared:
                declaration = next(source)
                yield lines, 1, [declaration.rstrip("\r\n")]
            reader = csv.reader(
                source,
                delimiter=self.delimiting.delimiter,
                skipinitialspace=self.delimiting.spaced,
                strict=True,
            )
            number = lines.number + 1
            try:
                for cells in reader:
                    lines.held = 0
                    if len(cells) > MAX_COLUMNS:
                        raise _too_wide(lines, number, len(cells))
                    yield lines, number, cells
                    number = lines.number + 1
            except csv.Error as error:
                raise self._fault(lines, number, str(error)) from None

    def _fault(self, lines: TextLines, number: int, message: str) -> InputError:
        """What the reader of cells objects to, said with the line."""
        if "field larger" in message:
            return lines.fault(
                f"a cell is longer than {MAX_CELL:,} characters",
                "Look for a quotation mark that is never closed",
                line=number,
            )
        if "unexpected end" in message:
            return lines.fault(
                "a quotation mark opens a cell here that is never closed",
                "Close it, or double it when it belongs to the words",
                line=self._opening(number),
            )
        return lines.fault(
            f"words stand behind the closing quotation mark of a cell (row from line {number})",
            'Double the quotation marks that belong to the words: "she said ""no"""',
        )

    def _opening(self, number: int) -> int:
        """The line on which the cell opens that is not closed at the end of the file."""
        opened, inside, mark = number, False, self.delimiting.delimiter
        before = mark
        with self.path.open(encoding=self.encoding.codec, newline="") as file:
            for line, text in islice(enumerate(file, start=1), number - 1, None):
                for sign in text:
                    if self.delimiting.spaced and sign == " " and before == mark:
                        continue
                    if sign == '"' and (inside or before in (mark, "\n", "\r", '"')):
                        inside = not inside
                        opened = line if inside and before != '"' else opened
                    before = sign
        return opened


def open_delimited(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None
) -> TableFile:
    """The tables of a delimited text file.

    Args:
        path: the file.
        encoding: when the user names it; found otherwise.
        delimiter: one sign, when the user names it; found otherwise.

    Raises:
        InputError: the file is empty, not text, in no encoding that can be told, or broken.
    """
    unchanged = Unchanged(path)
    text = read_as_delimited(path, encoding=encoding, delimiter=delimiter)
    found = find_tables(text.records(), name=path.name)
    if not found.blocks and not found.loose:
        raise InputError("the file is empty", place=path.name, mend="Is it the right file?")
    return TableFile(
        name=path.name,
        format="tsv" if text.delimiting.delimiter == "\t" else "csv",
        tables=tuple(_table(text, block, unchanged) for block in found.blocks),
        loose=found.loose,
        remarks=(text.encoding.remark, text.delimiting.remark, *remarks_of(found.blocks)),
    )


def read_as_delimited(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None
) -> Delimited:
    """A text file with its encoding and delimiter, before its tables are looked for.

    Raises:
        InputError: the encoding cannot be told, or the delimiter parts nothing.
    """
    found = find_encoding(path, encoding=encoding)
    with path.open(encoding=found.codec, newline="") as file:
        lines = TextLines(file, path.name)
        sample, size = [], 0
        for line in islice(lines, LOOKAHEAD):
            sample.append(line)
            if (size := size + len(line)) > MAX_CELL:
                break
            lines.held = 0
    delimiting = find_delimiting(sample, delimiter=delimiter)
    return Delimited(path=path, encoding=found, delimiting=delimiting)


def _table(text: Delimited, block: Block, unchanged: Unchanged) -> Table:
    def rows() -> Iterator[Row]:
        unchanged.check()
        return text.rows(block)

    return Table(
        sheet=None,
        header_row=block.header_rows[-1] if block.header_rows else None,
        columns=block.columns,
        rows=rows,
    )


def _faults(block: Block, cells: list[str], doubt: str | None) -> tuple[Fault, ...]:
    parted = any(map(str.strip, cells[block.most :]))
    found = [] if doubt is None or (parted and doubt == BEYOND) else [Fault(reason=doubt)]
    kind = "header" if block.header_rows else "cell elsewhere"
    heads = f"there {'is' if block.least == 1 else 'are'} {_counted(block.least, kind)}"
    if len(cells) < block.least:
        count = _counted(len(cells), "cell")
        found.append(Fault(reason=f"{count} where {heads}: some may be missing"))
    if parted:
        count = _counted(max(i for i, cell in enumerate(cells) if cell.strip()) + 1, "cell")
        found.append(Fault(reason=f"{count} where {heads}: one may have been parted in two"))
    places = {place: index for index, place in enumerate(block.places)}
    for place, cell in enumerate(cells):
        if reason := damage(cell):
            found.append(Fault(reason=reason, column=places.get(place)))
    return tuple(found)


def _swallows(delimiter: str, cells: list[str], least: int) -> bool:
    """Whether each line of a record looks like a row of its own, were it not for the quotes."""
    lines = _LINE_END.split(delimiter.join(cells))
    return least > 2 and all(line.count(delimiter) == least - 1 for line in lines)


def _counted(count: int, what: str) -> str:
    if count == 1:
        return f"1 {what}"
    return f"{count} {what.replace('header', 'headers').replace('cell', 'cells')}"


def _too_wide(lines: TextLines, number: int, count: int) -> InputError:
    return lines.fault(
        f"{count:,} cells, more than the {MAX_COLUMNS:,} columns a sheet can have",
        "Is the delimiter right? Say --delimiter",
        line=number,
    )
