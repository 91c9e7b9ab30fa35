"""The tables of one sheet: rows with what merged and hidden cells mean for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from habeas.exchange.tables.columns import column_letters
from habeas.exchange.tables.finding import Block, find_tables
from habeas.exchange.tables.finding_remarks import remarks_of
from habeas.exchange.tables.headings import Line, is_blank
from habeas.exchange.tables.table import Fault, Loose, Row, Table
from habeas.exchange.tables.workbook_grid import GridRow, Merge, Notes, Sheet
from habeas.exchange.tables.workbook_headers import with_merged_headers
from habeas.exchange.tables.workbook_runs import Run, Runs
from habeas.exchange.tables.workbook_years import DaysOfOld


class SheetTables(msgspec.Struct, frozen=True, kw_only=True):
    """What one sheet holds."""

    tables: tuple[Table, ...]
    loose: tuple[Loose, ...]
    remarks: tuple[str, ...]


class _Seen:
    """What is counted while a sheet is read for the first time."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.rows = 0
        self.hidden = 0
        self.days = DaysOfOld()


def tables_of(sheet: Sheet) -> SheetTables:
    """The tables of a sheet, found in one reading of it.

    Raises:
        InputError: the sheet cannot be read to its end.
    """
    notes = Notes(sheet.name)
    seen = _Seen(notes)
    found = find_tables(_lines(sheet, seen), sheet=sheet.name)
    blocks = with_merged_headers(found.blocks, sheet, notes.merges)
    runs = Runs(sheet, notes.merges)
    end = max((block.last for block in blocks), default=0)
    told = (f"sheet “{sheet.name}”: {remark}" for remark in remarks_of(blocks))
    return SheetTables(
        tables=tuple(_table(sheet, block, seen, runs, end) for block in blocks),
        loose=found.loose,
        remarks=(*_remarks(sheet, seen), *told, *notes.remarks()),
    )


def _lines(sheet: Sheet, seen: _Seen) -> Iterator[Line]:
    """The rows as lines; one empty line for any number of empty rows."""
    last = 0
    for row in sheet.read(seen.notes):
        if row.number > last + 1:
            yield row.number - 1, ()
        yield row.number, row.line()
        last = row.number
        seen.rows += 1
        seen.hidden += row.hidden
        if row.days:
            seen.days.see(row.days)


def _table(sheet: Sheet, block: Block, seen: _Seen, runs: Runs, end: int) -> Table:
    columns = tuple(
        msgspec.structs.replace(column, hidden=seen.notes.is_hidden(place))
        for column, place in zip(block.columns, block.places, strict=True)
    )
    place_of = {place: index for index, place in enumerate(block.places)}

    def rows() -> Iterator[Row]:
        run = runs.take(block.first) if block.last else ()
        for grid_row, covered in run:
            number = grid_row.number
            line = grid_row.line()
            if number >= block.first and number not in block.loose and not is_blank(line):
                hidden = grid_row.hidden or sheet.visibility != "visible"
                doubted = seen.days.doubted(grid_row)
                yield _row(doubted, line, block, place_of, covered, hidden=hidden)
            if number >= block.last:
                break
        if isinstance(run, Run) and block.last < end:
            runs.give_back(run)

    return Table(
        sheet=sheet.name,
        header_row=block.header_rows[-1] if block.header_rows else None,
        columns=columns,
        rows=rows,
    )


def _row(
    grid_row: GridRow,
    line: list[str],
    block: Block,
    place_of: dict[int, int],
    covered: list[tuple[Merge, str]],
    *,
    hidden: bool,
) -> Row:
    faults: list[Fault] = []
    if (doubt := block.doubts.get(grid_row.number)) is not None:
        faults.append(Fault(reason=doubt))
    for place, reason in grid_row.faults:
        if place in place_of:
            faults.append(Fault(reason=reason, column=place_of[place]))
    for merge, reason in covered:
        faults.extend(_of_merge(merge, reason, place_of, is_top=merge.top == grid_row.number))
    days = {place_of[place]: day for place, day in grid_row.days.items() if place in place_of}
    return Row(
        number=grid_row.number,
        cells=block.cells(line),
        days=days,
        faults=tuple(faults),
        hidden=hidden,
    )


_WIDE: Final = 64


def _of_merge(
    merge: Merge, reason: str, place_of: dict[int, int], *, is_top: bool
) -> Iterator[Fault]:
    """The faults of the columns that a merged range covers; of the row when they are many."""
    if merge.right - merge.left > _WIDE:
        yield Fault(reason=reason)
        return
    for place in range(merge.left + is_top, merge.right + 1):
        if place in place_of:
            yield Fault(reason=reason, column=place_of[place])


def _remarks(sheet: Sheet, seen: _Seen) -> Iterator[str]:
    notes = seen.notes
    head = f"sheet “{sheet.name}”"
    if sheet.visibility != "visible":
        yield f"{head} is {sheet.visibility}; it is read like the others (rows: {seen.rows:,})"
    if not seen.rows:
        yield f"{head} is empty"
        return
    if seen.hidden:
        yield f"{head}: hidden rows (by hand or by a filter): {seen.hidden:,}; they are read"
    if hidden := notes.hidden_columns:
        ranges = ", ".join(_range(*each) for each in hidden[:_WIDE])
        yield f"{head}: hidden columns: {ranges}; they are read"
    if notes.merges:
        yield (
            f"{head}: merged ranges: {len(notes.merges):,} (the first at "
            f"{notes.merges[0].address}); a value stands in the first cell alone"
        )


def _range(first: int, last: int) -> str:
    letters = column_letters(first)
    return letters if first == last else f"{letters} to {column_letters(last)}"
