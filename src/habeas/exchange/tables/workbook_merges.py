"""Merged ranges, row by row: which cells are covered by one that has a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from habeas.errors import InputError
from habeas.exchange.tables.workbook_grid import GridRow, Merge

MAX_COVER: Final = 5_000_000
"""How often a row lies in a merged range, all together: ranges that lie over one another."""


class MergedRows:
    """Walks down a sheet.

    Args:
        merges: the merged ranges of the sheet.
        place: the sheet, for errors.
    """

    def __init__(self, merges: Sequence[Merge], place: str) -> None:
        self._waiting = sorted(merges, key=lambda merge: merge.top, reverse=True)
        self._active: list[Merge] = []
        self._covered = 0
        self._place = place

    def step(self, row: GridRow) -> list[tuple[Merge, str]]:
        """The ranges that cover cells of this row other than their first, with the reason.

        Rows are given from top to bottom; empty ones may be left out. A range of which the first
        cell is empty covers nothing.

        Raises:
            InputError: far too many ranges lie over one another.
        """
        number = row.number
        if self._active:
            self._active = [merge for merge in self._active if merge.bottom >= number]
        while self._waiting and self._waiting[-1].top <= number:
            merge = self._waiting.pop()
            if merge.top == number and merge.left in row.cells:
                self._active.append(merge)
        self._covered += len(self._active)
        if self._covered > MAX_COVER:
            raise InputError(
                "merged ranges lie over one another", place=f"{self._place}, row {number}",
                mend="Unmerge all cells in the spreadsheet program and save",
            )  # fmt: skip
        return [(merge, _reason(merge, number)) for merge in self._active if _covers(merge, number)]


def _covers(merge: Merge, number: int) -> bool:
    return merge.top < number or merge.left < merge.right


def _reason(merge: Merge, number: int) -> str:
    what = "rows" if merge.top < number else "columns"
    return f"merged with {merge.address}: the value may stand for several {what}"
