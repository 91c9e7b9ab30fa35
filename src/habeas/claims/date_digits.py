"""The commonest dates, year-month-day in digits, read without the grammar: long lists are such.

What is read here is what the grammar of `habeas.claims.dates` reads, and nothing is refused here:
what is not plain is left to the grammar.
"""

from __future__ import annotations

import re
from datetime import date

from habeas.claims.calendars import CALENDARS, CalendarName, solar_day
from habeas.claims.values import When

_PERSIAN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_DIGITS = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")

_GREGORIAN = CALENDARS["gregorian"].years
_SOLAR = CALENDARS["solar_hijri"].years
_SOLAR_UNNAMED = range(1300, 1399)
"""The years that are Solar Hijri when nobody names a calendar."""


def read_digits(text: str, calendar: str | None) -> When | None:
    """A day written as `1367/5/6`, or None when the grammar has to read it.

    Args:
        text: as for `read_date`.
        calendar: as for `read_date`.
    """
    found = _DIGITS.fullmatch(text if text.isascii() else text.translate(_PERSIAN))
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[3]), int(found[4])
    try:
        if year in _GREGORIAN and calendar in (None, "gregorian"):
            return _when(text, "gregorian", date(year, month, day))
        if (calendar is None and year in _SOLAR_UNNAMED) or (
            calendar == "solar_hijri" and year in _SOLAR
        ):
            return _when(text, "solar_hijri", solar_day(year, month, day))
    except ValueError:
        return None
    return None


def _when(text: str, calendar: CalendarName, day: date) -> When:
    written = day.isoformat()
    return When(text=text, calendar=calendar, earliest=written, latest=written, precision="day")
