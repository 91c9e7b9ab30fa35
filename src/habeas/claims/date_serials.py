"""Days as spreadsheets count them: a number since an epoch, of which there are two.

Which of the two a workbook uses stands in the workbook, never in the number; a number without its
epoch is not read.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from habeas.claims.calendars import CALENDARS
from habeas.errors import InputError

Epoch = Literal["1900", "1904"]
"""ECMA-376 part 1, 18.17.4.1: in the 1900 system 1 is 1 January 1900 and 60 is 29 February 1900, a
day that never was; in the 1904 system 0 is 1 January 1904."""

_SERIAL = re.compile(r"([0-9]{1,7})(?:\.[0-9]+)?")
_LEAP_DAY_THAT_NEVER_WAS = 60
_BEFORE_1900 = date(1899, 12, 31).toordinal()
_BEFORE_1904 = date(1904, 1, 1).toordinal()


def serial_day(number: str, epoch: Epoch) -> date:
    """The Gregorian day of a spreadsheet's serial number.

    Args:
        number: as the cell holds it, such as `32352` or `32352.5`; the fraction is a time of day.
        epoch: the date system of the workbook.

    Raises:
        InputError: no number of days, the 29 February 1900, or a year that no source means.
    """
    found = _SERIAL.fullmatch(number)
    if found is None:
        raise InputError(f"{number[:20]} is no number of days", mend="Write the date in words")
    days = int(found[1])
    if epoch == "1900" and days in (0, _LEAP_DAY_THAT_NEVER_WAS):
        raise InputError(
            f"the spreadsheet's day {days} is no day of the calendar",
            mend="Write the date in words",
        )
    try:
        day = date.fromordinal(_ordinal(days, epoch))
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{number} is no number of days", mend="Write the date in words"
        ) from error
    CALENDARS["gregorian"].check_year(day.year)
    return day


def _ordinal(days: int, epoch: Epoch) -> int:
    if epoch == "1904":
        return _BEFORE_1904 + days
    return _BEFORE_1900 + days - (days > _LEAP_DAY_THAT_NEVER_WAS)
