"""What a reader should be told of the tables that were found in a grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from habeas.exchange.tables.columns import column_letters
from habeas.exchange.tables.finding import Block
from habeas.exchange.tables.heading_words import is_header_word
from habeas.exchange.tables.table import Column


def remarks_of(blocks: Iterable[Block]) -> Iterator[str]:
    """Headers of which no word is known, and tables that may stand side by side, in words.

    Args:
        blocks: the tables of one grid.
    """
    for block in blocks:
        if block.header_rows and not any(map(_is_known, block.columns)):
            yield (
                f"line {block.header_rows[0]} is read as headers, though no word of it is known as "
                "one: if it is a row of the list, put a line with headers above it"
            )
        for one, other in pairwise(block.places):
            if other - one > 1:
                letters = column_letters(one + 1)
                yield (
                    f"column {letters} is empty: if two tables stand side by side there, part "
                    "them, for what stands in one line is read as one row"
                )


def _is_known(column: Column) -> bool:
    return any(map(is_header_word, (column.header, *column.header.split(" / "))))
