"""Parts of a span: thirds, halves, ten days, weeks, by the conventions of `docs/dates.md`."""

from __future__ import annotations

from datetime import timedelta

from habeas.claims.calendars import Calendar, Span
from habeas.claims.date_tokens import NO_DATE, Token
from habeas.errors import InputError

_LAST_WEEK = 9


def part_of_month(calendar: Calendar, year: int, month: int, part: Token | None) -> Span:
    """The days of a month, or of the part of it that a token names.

    Raises:
        InputError: there is no such month.
    """
    span = calendar.month(year, month)
    if part is None:
        return span
    if part.note == "months":
        raise InputError(f"“{part.text}” of a month is not read", mend=NO_DATE)
    match part.kind:
        case "H":
            return _cut(span, 0, 14) if part.number == 1 else _cut(span, 15, None)
        case "X":
            begin = 10 * (part.number - 1)
            return _cut(span, begin, None if part.number == 3 else begin + 9)
        case "V":
            if part.number == _LAST_WEEK:
                return span[1] - timedelta(days=6), span[1]
            return _cut(span, 7 * part.number - 7, 7 * part.number - 1)
        case _:
            return _third(span, part)


def part_of_years(calendar: Calendar, first: int, last: int, part: Token | None) -> Span:
    """The days of one year or ten, or of the part of them that a token names.

    Raises:
        InputError: years have no such part.
    """
    span = calendar.year(first)[0], calendar.year(last)[1]
    if part is None or (part.kind in "PL" and part.note != "days"):
        return _third(span, part)
    if part.kind != "H":
        raise InputError(
            f"“{part.text}” of a year is not told", mend="Write the month, or the days"
        )
    if first == last:
        half = calendar.month(first, 7)[0]
    else:
        half = calendar.year(first + (last - first + 1) // 2)[0]
    return (span[0], half - timedelta(days=1)) if part.number == 1 else (half, span[1])


def part_of_season(span: Span, part: Token | None) -> Span:
    """The days of a season, or of the third of it that a token names.

    Raises:
        InputError: only thirds of a season are read.
    """
    if part is not None and (part.kind in "HXV" or part.note):
        raise InputError(f"“{part.text}” of a season is not read", mend=NO_DATE)
    return _third(span, part)


def _cut(span: Span, first: int, last: int | None) -> Span:
    """Days of a span by their number, counted from 0; None is the last of the span."""
    end = span[1] if last is None else span[0] + timedelta(days=last)
    return span[0] + timedelta(days=first), end


def _third(span: Span, part: Token | None) -> Span:
    """The first, middle or last third, by days; the whole when no part or only an edge is named."""
    if part is None or part.kind != "P":
        return span
    days = (span[1] - span[0]).days + 1
    third, rest = divmod(days, 3)
    begin = third * (part.number - 1)
    length = third + rest if part.number == 3 else third
    return _cut(span, begin, begin + length - 1)
