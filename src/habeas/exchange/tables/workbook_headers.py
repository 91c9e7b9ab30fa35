"""Headers of two rows that merged cells give away.

Words alone do not always tell whether a row under a header belongs to it. A cell of the header
that is merged with the one below it does.
"""

from __future__ import annotations

import msgspec

from habeas.exchange.tables.columns import column_letters, name_columns
from habeas.exchange.tables.finding import Block
from habeas.exchange.tables.headings import headers
from habeas.exchange.tables.workbook_grid import Merge, Notes, Sheet


def with_merged_header(block: Block, sheet: Sheet, merges: list[Merge]) -> Block:
    """The block with its first row as second row of the header, where merged cells say so.

    Args:
        block: as words tell it.
        sheet: is read again down to the header.
        merges: all merged ranges of the sheet.
    """
    if len(block.header_rows) != 1 or block.first != block.header_rows[0] + 1:
        return block
    top, below = block.header_rows[0], block.first
    if not any(merge.top == top and merge.bottom == below for merge in merges):
        return block
    upper, lower = _line(sheet, top), _line(sheet, below)
    names = headers([upper, lower])
    named = {place for place, name in enumerate(names) if name.strip()}
    places = tuple(sorted(named.union(block.places)))
    told = [names[place] if place in named else "" for place in places]
    has_rows = block.last > below
    return msgspec.structs.replace(
        block,
        header_rows=(top, below),
        places=places,
        columns=name_columns(told, [column_letters(place) for place in places]),
        first=below + 1 if has_rows else 0,
        last=block.last if has_rows else 0,
        doubts={number: doubt for number, doubt in block.doubts.items() if number != below},
    )


def _line(sheet: Sheet, number: int) -> list[str]:
    for row in sheet.read(Notes(sheet.name)):
        if row.number >= number:
            return row.line() if row.number == number else []
    return []
