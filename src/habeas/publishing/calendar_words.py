"""Days and intervals in words, in the calendars that the reader of a language expects.

English: the Gregorian day. Persian: the Gregorian day, and the Solar Hijri day beside it. The
words of the source stand elsewhere and are never replaced by these readings.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final

from habeas.publishing.catalogue import Words

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTHS_FA: Final = (
    "ژانویهٔ", "فوریهٔ", "مارس", "آوریل", "مهٔ", "ژوئن", "ژوئیهٔ", "اوت", "سپتامبر", "اکتبر",
    "نوامبر", "دسامبر",
)  # fmt: skip
_SOLAR: Final = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن",
    "اسفند",
)  # fmt: skip


def day_words(day: str, words: Words) -> str:
    """One Gregorian day: `28 July 1988`.

    Args:
        day: ISO 8601.
        words: the language.
    """
    return _gregorian(date.fromisoformat(day), words, "day")


def interval_in_words(earliest: str | None, latest: str | None, words: Words) -> str:
    """A Gregorian interval, both ends included, whole months and years in short.

    Returns:
        Empty when neither end is known.
    """
    if earliest is None and latest is None:
        return ""
    if earliest is None or latest is None:
        key = "timeline.until" if earliest is None else "timeline.from"
        return words(key, date=day_words(str(earliest or latest), words))
    first, last = date.fromisoformat(earliest), date.fromisoformat(latest)
    unit = _unit(first, last)
    return _joined(_gregorian(first, words, unit), _gregorian(last, words, unit), words)


def solar_in_words(earliest: str | None, latest: str | None, words: Words) -> str:
    """The same interval in the Solar Hijri calendar, by days; whole months and years in short.

    Returns:
        Empty when neither end is known. In Persian words, whatever the language.
    """
    if earliest is None and latest is None:
        return ""
    if earliest is None or latest is None:
        key = "timeline.until" if earliest is None else "timeline.from"
        return words(key, date=_solar(date.fromisoformat(str(earliest or latest)), words, "day"))
    first, last = date.fromisoformat(earliest), date.fromisoformat(latest)
    unit = _solar_unit(first, last)
    return _joined(_solar(first, words, unit), _solar(last, words, unit), words)


def _unit(first: date, last: date) -> str:
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return "year"
    whole = first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]
    return "month" if whole else "day"


def _solar_unit(first: date, last: date) -> str:
    import jdatetime

    start = jdatetime.date.fromgregorian(date=first)
    after = jdatetime.date.fromgregorian(date=last + timedelta(days=1))
    if start.day == after.day == 1:
        return "year" if start.month == after.month == 1 else "month"
    return "day"


def _joined(first: str, last: str, words: Words) -> str:
    return first if first == last else words("dates.range", first=first, last=last)


def _gregorian(day: date, words: Words, unit: str) -> str:
    months = _MONTHS_FA if words.language == "fa" else _MONTHS
    return _written(day.year, months[day.month - 1], day.day, words, unit)


def _solar(day: date, words: Words, unit: str) -> str:
    import jdatetime

    found = jdatetime.date.fromgregorian(date=day)
    return _written(found.year, _SOLAR[found.month - 1], found.day, words, unit)


def _written(year: int, month: str, day: int, words: Words, unit: str) -> str:
    parts = {"year": [str(year)], "month": [month, str(year)], "day": [str(day), month, str(year)]}
    return "\u00a0".join(words.number(part) for part in parts[unit])
