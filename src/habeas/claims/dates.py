"""Dates as sources write them, read as intervals. The conventions: `docs/dates.md`.

Words become tokens (`date_words` says what each phrase means), the kinds of the tokens make a short
string, and a table of forms says which token is the year, the month, the day. A form that is not in
the table is refused: nothing is guessed, and nothing is ever filled in from today's date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from habeas.claims.calendars import CALENDARS, Calendar, Span, calendar_named
from habeas.claims.date_tokens import NO_DATE, Token, kinds_of, tokens_of
from habeas.claims.date_words import IMPERIAL
from habeas.claims.values import When
from habeas.errors import InputError

FORMS = {
    "Y": "y", "Y-n": "y-m", "Y-n-n": "y-m-d", "n-n-Y": "?-?-y", "n-n-n": "y-m-d",
    "nMY": "dmy", "YMn": "ymd", "YnM": "ydm", "MY": "my", "YM": "ym", "MnY": "mdy",
    "nMn": "dmy", "Mn": "my", "nM": "dm", "M": "m", "n": "y",
    "SY": "sy", "YS": "ys", "Sn": "sy", "SY-n": "sy-z", "SY-Y": "sy-z",
    "E": "e", "DY": "-e", "Dn": "-e", "DE": "-e", "DW": "-e", "W": "e",
}  # fmt: skip
"""Kinds of the tokens to their roles: y year, m month, d day, s season, z the year in which a
winter ends, e decade, `?` day or month. Y is a number of three digits or more, n one of two or
fewer, E a number with an s, W a decade in words; the other letters: `date_words.KINDS`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Partial:
    """What the words of one date give."""

    calendar: str = ""
    year: Token | None = None
    month: int | None = None
    day: int | None = None
    season: int | None = None
    winter_ends: int | None = None
    decade: Token | None = None
    part: int = 0


class _Read(NamedTuple):
    calendar: Calendar
    span: Span
    precision: str


def read_date(text: str, calendar: str | None = None) -> When:
    """A date as a source writes it, as an interval.

    Args:
        text: the words, in any of the forms of `docs/dates.md`; kept as they are.
        calendar: the calendar of dates that name none themselves: `gregorian`, `solar_hijri`,
            `hijri_umm_al_qura`, `hijri_tabular`. None: only what is plain without one is read.

    Returns:
        The words with the calendar they are in and the first and last day, Gregorian, both
        included; None is an open end.

    Raises:
        InputError: a day that no calendar holds; words that may mean two dates (the mend asks
            which); words that are no date.
    """
    if calendar is not None:
        calendar_named(calendar)
    try:
        return _read(text, calendar)
    except InputError as error:
        raise InputError(f"“{text}”: {error.reason}", mend=error.mend) from None


def interval(text: str, calendar: str | None = None) -> tuple[date | None, date | None]:
    """The first and last day that the words of a date cover; None for an open end.

    Args:
        text: as for `read_date`.
        calendar: as for `read_date`.

    Raises:
        InputError: as for `read_date`.
    """
    found = read_date(text, calendar)
    return _day(found.earliest), _day(found.latest)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@lru_cache(maxsize=16_384)
def _read(text: str, calendar: str | None) -> When:
    tokens = tokens_of(text)
    named = {token.calendar for token in tokens if token.kind == "C"}
    tokens = [token for token in tokens if token.kind != "C"]
    if len(named) > 1:
        raise InputError("two calendars are named", mend="Write the two dates as two claims")
    kinds = kinds_of(tokens)
    if kinds == "K":
        return _when(text, CALENDARS[calendar or "gregorian"], (None, None), "unknown")
    precise = "Z" in kinds
    tokens = [token for token in tokens if token.kind != "Z"]
    context = _Context(named.pop() if named else "", calendar)
    found = _bounded(text, tokens, context)
    return _with_time(found, "second") if precise else found


def _with_time(found: When, precision: str) -> When:
    """The same date with the time of day counted in; only a day can have one.

    Raises:
        InputError: a time of day stands beside something longer than a day.
    """
    if found.precision != "day":
        raise InputError("a time of day belongs to one day", mend="Take the time away")
    return When(
        text=found.text,
        calendar=found.calendar,
        earliest=found.earliest,
        latest=found.latest,
        precision=precision,
    )


class _Context(NamedTuple):
    """Which calendar the words name and which one is given from outside."""

    named: str
    given: str | None


# Bounds and ranges


def _bounded(text: str, tokens: list[Token], context: _Context) -> When:
    """A date with what stands before it: about, before, until, after, since, between."""
    kinds = kinds_of(tokens)
    head, rest = kinds[:1], tokens[1:]
    if pair := _pair(tokens):
        return _range(text, *pair, context)
    if head == "A":
        read = _single(rest, context)
        return _when(text, read.calendar, (None, None), "about")
    if head in ("B", "U", "T", "F", "O"):
        read = _single(rest, context)
        return _open(text, head, read)
    read = _single(tokens, context)
    return _when(text, read.calendar, read.span, read.precision)


def _open(text: str, head: str, read: _Read) -> When:
    first, last = read.span
    day = timedelta(days=1)
    if head in ("B", "U", "T"):
        return _when(text, read.calendar, (None, first - day if head == "B" else last), "before")
    return _when(text, read.calendar, (last + day if head == "F" else first, None), "after")


def _pair(tokens: list[Token]) -> tuple[list[Token], list[Token]] | None:
    """The two dates of a range, or None."""
    kinds = kinds_of(tokens)
    if found := re.fullmatch(r"G(.+)&(.+)|O?([^TG]+)T([^T]+)", kinds):
        left = found.span(1) if found[1] else found.span(3)
        right = found.span(2) if found[2] else found.span(4)
    elif found := re.fullmatch(r"(Y(?:-n){0,2})/(Y(?:-n){0,2})", kinds):
        left, right = found.span(1), found.span(2)
    elif found := re.fullmatch(r"(Y|n)-(Y|nMY|nMn)", kinds):
        if found[1] == "n" and found[2] == "Y":
            return None
        left, right = found.span(1), found.span(2)
    else:
        return None
    return tokens[slice(*left)], tokens[slice(*right)]


def _range(text: str, left: list[Token], right: list[Token], context: _Context) -> When:
    ends = _partial(right)
    begins = _inherited(_partial(left, begins=True), ends)
    last = _resolve(ends, context)
    first = _resolve(begins, context._replace(given=last.calendar.name))
    if first.calendar is not last.calendar:
        raise InputError("the two ends are in two calendars", mend="Write them in one calendar")
    if first.span[0] > last.span[1]:
        raise InputError(
            f"the range ends ({last.span[1]}) before it begins ({first.span[0]})",
            mend="Write the year of both ends",
        )
    return _when(text, first.calendar, (first.span[0], last.span[1]), "range")


def _inherited(begins: _Partial, ends: _Partial) -> _Partial:
    """The beginning with the year, and for a mere day the month, that stand at the end."""
    if begins.decade or begins.year:
        return begins
    month = begins.month
    if month is None and begins.season is None:
        month = ends.month
    return replace(begins, year=ends.year, month=month, calendar=begins.calendar or ends.calendar)


# One date


def _single(tokens: list[Token], context: _Context) -> _Read:
    return _resolve(_partial(tokens), context)


def _partial(tokens: list[Token], *, begins: bool = False) -> _Partial:
    """What the tokens of one date give, by the table of forms."""
    part = 0
    if tokens and tokens[0].kind == "P":
        part, tokens = tokens[0].number, tokens[1:]
    kinds = re.sub(r"[/.]", "-", kinds_of(tokens))
    if kinds == "Y-n" and tokens[1].kind == "/":
        _check_two_years(tokens)
    roles = FORMS.get(kinds)
    if roles is None:
        raise InputError("this is no form of a date that is read here", mend=NO_DATE)
    if begins and kinds in ("n", "Mn"):
        roles = {"n": "d", "Mn": "md"}[kinds]
    elif "?" in roles or kinds == "n-n-n":
        roles = _numeric_order(tokens, roles)
    found = _Partial(part=part)
    for role, token in zip(roles, tokens, strict=True):
        found = _with(found, role, token)
    if kinds == "Mn" and not begins:
        _check_two_digits(found)
    return found


def _with(found: _Partial, role: str, token: Token) -> _Partial:
    match role:
        case "y":
            return replace(found, year=token)
        case "m":
            calendar = token.calendar or found.calendar
            return replace(found, month=token.number, calendar=calendar)
        case "d":
            return replace(found, day=token.number)
        case "s":
            return replace(found, season=token.number)
        case "z":
            return replace(found, winter_ends=token.number)
        case "e":
            return replace(found, decade=token)
        case _:
            return found


def _numeric_order(tokens: list[Token], roles: str) -> str:
    """Which of the numbers of a date without words is the day."""
    numbers = [token.number for token in tokens[::2]]
    if roles == "y-m-d":
        if numbers[0] > 31:
            return roles
    elif numbers[0] > 12 >= numbers[1]:
        return "d-m-y"
    elif numbers[1] > 12 >= numbers[0]:
        return "m-d-y"
    elif numbers[0] == numbers[1]:
        return "d-m-y"
    raise InputError(
        "it is not told which number is the day",
        mend="Write year-month-day, such as 1988-07-28, or the month's name",
    )


def _check_two_years(tokens: list[Token]) -> None:
    """`2008/09`: a month, or two years?"""
    if tokens[2].number == (tokens[0].number + 1) % 100:
        raise InputError(
            f"{tokens[0].text}/{tokens[2].text} may be a month or two years",
            mend=f"Write {tokens[0].text}-{tokens[2].text} for the month, or both years in full",
        )


def _check_two_digits(found: _Partial) -> None:
    """`July 28`: a day without a year, or a year?"""
    if found.year is not None and found.year.number <= 31:
        raise InputError(
            f"{found.year.text} may be a day or a year", mend="Write the year with four digits"
        )


def _resolve(found: _Partial, context: _Context) -> _Read:
    """The days of what the words give, in the calendar that they or the caller name."""
    if found.decade is not None:
        return _decade(found, found.decade, context)
    if found.year is None:
        raise InputError("there is no year", mend="Write the year; none is taken from elsewhere")
    calendar = _calendar(found.calendar, found.year, context)
    year = _full_year(calendar, found.year)
    if found.season is not None:
        return _of_part(calendar, _season(calendar, year, found), "season", found.part)
    if found.month is None:
        return _of_part(calendar, calendar.year(year), "year", found.part)
    if found.day is None:
        return _of_part(calendar, calendar.month(year, found.month), "month", found.part)
    if found.part:
        raise InputError("a part of a day is not read", mend=NO_DATE)
    calendar.month(year, found.month)
    day = calendar.day(year, found.month, found.day)
    return _Read(calendar, (day, day), "day")


def _decade(found: _Partial, token: Token, context: _Context) -> _Read:
    calendar = _calendar(found.calendar, token, context)
    first = _full_year(calendar, token)
    if first % 10:
        raise InputError(f"no decade begins with {token.text}", mend="Write 1980s or دهه ۱۳۶۰")
    span = calendar.year(first)[0], calendar.year(first + 9)[1]
    return _of_part(calendar, span, "decade", found.part)


def _of_part(calendar: Calendar, span: Span, precision: str, part: int) -> _Read:
    """The first, middle or last third of a span, by days; the whole when no part is named."""
    if not part:
        return _Read(calendar, span, precision)
    days = (span[1] - span[0]).days + 1
    third, rest = divmod(days, 3)
    first = span[0] + timedelta(days=third * (part - 1))
    length = third + rest if part == 3 else third
    return _Read(calendar, (first, first + timedelta(days=length - 1)), "part")


_NORTHERN = {1: ((3, 1), (6, 21)), 2: ((6, 1), (9, 23)), 3: ((9, 1), (12, 22))}
"""Spring, summer, autumn of the northern hemisphere: from the first day by which meteorologists
count to the last by which astronomers do."""


def _season(calendar: Calendar, year: int, found: _Partial) -> Span:
    season = found.season or 0
    if calendar.name == "solar_hijri":
        return calendar.month(year, 3 * season - 2)[0], calendar.month(year, 3 * season)[1]
    if calendar.name != "gregorian":
        raise InputError("a lunar year has no seasons", mend="Which calendar is meant?")
    if season == 4:
        if found.winter_ends is None or found.winter_ends % 100 != (year + 1) % 100:
            raise InputError(
                f"the winter of {year} may be the one at its beginning or the one at its end",
                mend=f"Write winter {year - 1}/{year % 100:02} or {year}/{(year + 1) % 100:02}",
            )
        return date(year, 12, 1), date(year + 1, 3, 21)
    first, last = _NORTHERN[season]
    return date(year, *first), date(year, *last)


# Calendars and centuries


def _calendar(named: str, year: Token, context: _Context) -> Calendar:
    """What the words of a date name, else what is given, else the only one possible."""
    name = context.named or named
    if len(year.text) > 4:
        raise InputError(f"{year.text} is no year", mend="Write year-month-day with hyphens")
    if named and context.named and not _same_family(named, context.named):
        raise InputError("the month belongs to another calendar than the one named", mend=_WHICH)
    if name == "hijri":
        if context.given not in ("hijri_umm_al_qura", "hijri_tabular"):
            raise InputError("there are several lunar calendars", mend=_WHICH_HIJRI)
        return CALENDARS[context.given]
    if name or context.given:
        return CALENDARS[name or context.given or ""]
    if len(year.text) < 3:
        raise InputError(f"{year.text} is a year of more than one calendar", mend=_WHICH)
    return CALENDARS[_only_possible(year.number)]


def _same_family(one: str, other: str) -> bool:
    return one.partition("_")[0] == other.partition("_")[0]


def _only_possible(year: int) -> str:
    """The calendar of a year of four digits that nobody names."""
    if 1700 <= year <= 2200:
        return "gregorian"
    if 1300 <= year <= 1398:
        return "solar_hijri"
    if year in IMPERIAL:
        raise InputError(
            "this looks like a year of the imperial calendar",
            mend=f"If so, write {year - 1180} with the calendar solar_hijri",
        )
    raise InputError(f"{year} is a year of more than one calendar", mend=_WHICH)


def _full_year(calendar: Calendar, year: Token) -> int:
    """The year with its century; two digits have one only where no other is likely."""
    if len(year.text) > 2:
        calendar.check_year(year.number)
        return year.number
    if calendar.name == "solar_hijri" and year.number >= 10:
        return 1300 + year.number
    if calendar.name == "gregorian" and year.number >= 30:
        return 1900 + year.number
    raise InputError(
        f"the century of {year.text} is not told", mend="Write the year with four digits"
    )


_WHICH = (
    "Which calendar is meant? Name it: gregorian, solar_hijri, hijri_umm_al_qura or hijri_tabular"
)
_WHICH_HIJRI = (
    "Name it in `calendar`: hijri_umm_al_qura (Saudi Arabia) or hijri_tabular (arithmetic)"
)


def _when(
    text: str, calendar: Calendar, span: tuple[date | None, date | None], precision: str
) -> When:
    first, last = span
    return When(
        text=text,
        calendar=calendar.name,
        earliest=None if first is None else first.isoformat(),
        latest=None if last is None else last.isoformat(),
        precision=precision,
    )
