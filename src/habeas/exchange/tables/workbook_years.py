"""Years that were typed into cells which show dates: 1367 becomes 28 September 1903.

A spreadsheet takes the number for a count of days. Whether it was one, only the other cells of the
column can tell: births of 1903 hardly stand alone among days of eighty years later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from habeas.exchange.tables.workbook_grid import GridRow

_FROM: Final = "1895"
_UNTIL: Final = "1916"
_YEARS: Final = (
    ("1903-07-23", "1903-11-10"),
    ("1905-03-14", "1905-07-22"),
    ("1907-07-24", "1907-11-11"),
    ("1909-03-15", "1909-07-23"),
)
"""The days that the numbers 1300 to 1410 and 1900 to 2030 stand for, from 1900 and from 1904."""

TYPED: Final = (
    "no other day of this column is as old: a year alone may have been typed into a cell that "
    "shows dates"
)
"""Reason of the fault of such a day."""


class DaysOfOld:
    """The days of one sheet, column by column."""

    def __init__(self) -> None:
        self._old: set[int] = set()

    def see(self, days: Mapping[int, str]) -> None:
        """Takes the days of a row: place in the sheet to ISO day."""
        for place, day in days.items():
            if _FROM <= day < _UNTIL and not _may_be_year(day):
                self._old.add(place)

    def doubted(self, row: GridRow) -> GridRow:
        """The row with a fault at each such day, when all rows have been seen."""
        typed = [place for place, day in row.days.items() if self._is_typed(row, place, day)]
        if not typed:
            return row
        faults = [*row.faults, *((place, TYPED) for place in typed)]
        return msgspec.structs.replace(row, faults=faults)

    def _is_typed(self, row: GridRow, place: int, day: str) -> bool:
        return (
            day < _UNTIL
            and place not in self._old
            and row.cells[place] == day  # no time of day
            and _may_be_year(day)
        )


def _may_be_year(day: str) -> bool:
    return any(first <= day <= last for first, last in _YEARS)
