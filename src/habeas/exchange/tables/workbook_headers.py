"""Headers of two rows that merged cells give away.

Words alone do not always tell whether a row under a header belongs to it. A cell of the header
that is merged with the one below it does.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from habeas.exchange.tables.columns import column_letters, name_columns
from habeas.exchange.tables.finding import Block
from habeas.exchange.tables.headings import headers
from habeas.exchange.tables.workbook_grid import Merge, Notes, Sheet


def with_merged_headers(blocks: Sequence[Block], sheet: Sheet, merges: list[Merge]) -> list[Block]:
    """The blocks, with the first row as second row of the header where merged cells say so.

    Args:
        blocks: as words tell them.
        sheet: is read once more when it has such headers.
        merges: all merged ranges of the sheet.
    """
    down = {merge.top for merge in merges if merge.bottom == merge.top + 1}
    heads = {block.header_rows[0] for block in blocks if _may_go_on(block)} & down
    if not heads:
        return list(blocks)
    wanted = heads | {head + 1 for head in heads}
    lines = {
        row.number: row.line() for row in sheet.read(Notes(sheet.name)) if row.number in wanted
    }
    return [
        _with_second(block, lines) if heads.intersection(block.header_rows) else block
        for block in blocks
    ]


def _may_go_on(block: Block) -> bool:
    return len(block.header_rows) == 1 and block.first == block.header_rows[0] + 1


def _with_second(block: Block, lines: dict[int, list[str]]) -> Block:
    top, below = block.header_rows[0], block.first
    names = headers([lines[top], lines[below]])
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
