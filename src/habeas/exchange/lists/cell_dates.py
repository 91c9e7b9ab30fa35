"""Dates in the cells of a list: in words, in columns of their own, as days of the file, as numbers.

What `read_date` refuses is the question; what it cannot know (that 32352 may be a day that a
spreadsheet counts) is asked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from habeas.claims.calendars import CALENDARS
from habeas.claims.date_serials import serial_day
from habeas.claims.dates import read_date
from habeas.claims.values import When
from habeas.errors import InputError
from habeas.exchange.lists.mapping import ClaimRule
from habeas.exchange.lists.mapping_faults import DATE_SLOTS

_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")
_BARE_DAYS: Final = re.compile(r"[0-9۰-۹٠-٩]{1,7}(?:[.٫][0-9۰-۹٠-٩]{1,12})?")
_EARLIEST_SERIAL: Final = 10_000
"""Of bare numbers below this nobody can tell whether they are years or days since 1900."""
_LATEST_SERIAL: Final = 109_206
"""The last day of 2198 by the calendar from 1900: no list tells of later ones."""


def date_in_words(rule: ClaimRule) -> Callable[[str], When]:
    """How a rule of one column reads dates, raising `InputError` with the question."""

    def read(text: str) -> When:
        try:
            if _BARE_DAYS.fullmatch(text) and (day := _serial(text, rule)):
                return when_of_day(text, day)
            return read_date(text, rule.calendar)
        except InputError as error:
            return _unread_date(rule, text, error)

    return read


def when_of_day(text: str, day: str) -> When:
    """A date that the file itself holds as a day, whatever its words look like.

    Args:
        text: the words of the cell.
        day: ISO 8601, Gregorian.

    Raises:
        InputError: a year in which only another calendar's dates can be meant.
    """
    if day < "1700":
        raise InputError(
            f"the file calls “{text}” a day of the Gregorian year {day[:4]}",
            mend="If the calendar is another one, write the date as text, and name it",
        )
    return When(text=text, calendar="gregorian", earliest=day, latest=day, precision="day")


def _serial(text: str, rule: ClaimRule) -> str | None:
    """The ISO day of a bare number of days; None when the number is no such thing."""
    number = text.translate(_DIGITS)
    days = int(float(number))
    if rule.serial is None:
        if _EARLIEST_SERIAL <= days <= _LATEST_SERIAL and len(text.partition(".")[0]) == 5:
            raise InputError(
                f"“{text}” may be a number of days, as spreadsheets keep dates",
                mend="If so, set `serial` in the mapping to 1900 or 1904 (old files of the Mac)",
            )
        return None
    if not _EARLIEST_SERIAL <= days <= _LATEST_SERIAL:
        raise InputError(
            f"“{text}” may be a year, or a number of days",
            mend="Write the date in words: year-month-day",
        )
    return serial_day(number, rule.serial).isoformat()


def date_in_parts(rule: ClaimRule) -> Callable[[Sequence[str]], When]:
    """How a rule of columns of year, month and day reads dates; some may be empty."""

    def read(words: Sequence[str]) -> When:
        text = " ".join(word for word in words if word)
        try:
            found = read_date(_date_words(dict(zip(rule.slots, words, strict=True))), rule.calendar)
        except InputError as error:
            return _unread_date(rule, text, error)
        return When(
            text=text, calendar=found.calendar, earliest=found.earliest, latest=found.latest,
            precision=found.precision,
        )  # fmt: skip

    return read


def _date_words(parts: dict[str, str]) -> str:
    """Year, month and day as `read_date` takes them."""
    year, month, day = (parts.get(slot, "") for slot in DATE_SLOTS)
    if not year:
        raise InputError("there is no year", mend="Write the year; none is taken from elsewhere")
    if day and not month:
        raise InputError("there is a day without a month", mend="Write the month, or no day")
    if month and not month.isdecimal():
        return f"{day} {month} {year}".strip()
    return "-".join(part for part in (year, month, day) if part)


def _unread_date(rule: ClaimRule, text: str, error: InputError) -> When:
    if rule.unread == "words":
        name = rule.calendar or "gregorian"
        return When(text=text, calendar=CALENDARS[name].name, precision="unknown")
    raise InputError(error.reason.removeprefix(f"“{text}”: "), mend=error.mend) from None
