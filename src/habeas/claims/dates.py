"""Dates as sources write them, read as intervals. The conventions: `docs/dates.md`.

Words become tokens (`date_words` says what each phrase means), the kinds of the tokens make a short
string, and a table of forms (`date_forms`) says which token is the year, the month, the day. A form
that is not in the table is refused: nothing is guessed, and nothing is ever filled in from today's
date.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import msgspec

from habeas.claims.calendars import CALENDARS, calendar_named
from habeas.claims.date_digits import read_digits
from habeas.claims.date_ranges import Bounded, bounded
from habeas.claims.date_resolving import Context, Note
from habeas.claims.date_tokens import NO_DATE, Token, kinds_of, tokens_of
from habeas.claims.date_writings import agreement, without_brackets, writings_of
from habeas.claims.values import When
from habeas.errors import InputError

_CACHED_TEXTS = 65_536

MAX_LETTERS = 200
"""A longer text is no date; it is refused before it is looked at."""


_LATE_UTC = re.compile(r"(?:1[2-9]|2[0-3]):\d\d:00\.000Z")
"""Midnight east of Greenwich as JavaScript writes it: 20:30:00.000Z of the day before."""

_MIDNIGHT = re.compile(r"T?00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d{2}:?\d{2})?\s*")
"""What spreadsheets and databases put behind a day without a time: it tells of no second."""


class DateReading(msgspec.Struct, frozen=True, kw_only=True):
    """A date with how it was read."""

    when: When
    notes: tuple[Note, ...]
    """The conventions that were used."""


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
    return read_digits(text, calendar) or reading_of(text, calendar).when


def reading_of(text: str, calendar: str | None = None) -> DateReading:
    """A date with the conventions by which it was read.

    Args:
        text: as for `read_date`.
        calendar: as for `read_date`.

    Raises:
        InputError: as for `read_date`.
    """
    if calendar is not None:
        calendar_named(calendar)
    if len(text) > MAX_LETTERS:
        raise InputError(f"“{text[:40]}…”: {len(text)} letters are no date", mend=NO_DATE)
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


@lru_cache(maxsize=_CACHED_TEXTS)
def _read(text: str, calendar: str | None) -> DateReading:
    """One writing, or two that have to agree."""
    pair = writings_of(text)
    if pair is not None:
        if pair.bracketed:
            return _reading(text, agreement(*(_either(part, calendar) for part in pair.parts)))
        if both := _in_two_calendars(pair.parts, calendar):
            return _reading(text, agreement(*both))
    return _reading(text, _one(without_brackets(text), calendar))


def _in_two_calendars(
    parts: tuple[str, str], calendar: str | None
) -> tuple[Bounded, Bounded] | None:
    """Two readings, when a slash, comma or hyphen parts dates of two calendars, equally precise."""
    try:
        one, other = (_either(part, calendar) for part in parts)
    except InputError:
        return None
    same = one.calendar is other.calendar or one.precision != other.precision
    return None if same else (one, other)


def _either(text: str, calendar: str | None) -> Bounded:
    """One of two writings: in the calendar given, else in the one that its words name."""
    try:
        return _one(text, calendar)
    except InputError:
        if calendar is None:
            raise
        return _one(text, None)


def _one(text: str, calendar: str | None) -> Bounded:
    """One writing of a date."""
    tokens = tokens_of(text)
    named = {token.calendar for token in tokens if token.kind == "C"}
    tokens = [token for at, token in enumerate(tokens) if not _says_nothing(token, at)]
    if len(named) > 1:
        raise InputError("two calendars are named", mend="Write the two dates as two claims")
    kinds = kinds_of(tokens)
    if kinds in ("K", "?", "??", "???"):
        return Bounded(CALENDARS[calendar or "gregorian"], None, None, "unknown", ())
    if "R" in kinds:
        raise InputError(
            "this depends on the day on which it was said", mend="Write the date that is meant"
        )
    timeless = [token for token in tokens if token.kind not in "ZQ"]
    found = bounded(timeless, Context(named.pop() if named else "", calendar))
    if len(timeless) < len(tokens):
        return _with_time(found, tokens)
    return found


def _says_nothing(token: Token, at: int) -> bool:
    """The calendar, told apart already; `من` is of, not from, behind the first word."""
    return token.kind == "C" or (token.kind == "O" and token.text == "من" and at > 0)


def _with_time(found: Bounded, tokens: list[Token]) -> Bounded:
    """The same date with the time of day counted in; only a day can have one.

    Raises:
        InputError: a time of day stands beside something longer than a day.
    """
    if found.precision != "day":
        raise InputError("a time of day belongs to one day", mend="Take the time away")
    clocks = [token.text for token in tokens if token.kind == "Z"]
    if any(map(_LATE_UTC.search, clocks)):
        raise InputError(
            f"“{clocks[0]}” is the clock of Greenwich, as programs write it: where it happened it "
            "may have been the next day",
            mend="Write the day that is meant",
        )
    precise = not all(map(_MIDNIGHT.fullmatch, clocks))
    notes = (*found.notes, Note("time"))
    return found._replace(precision="second" if precise else "day", notes=notes)


def _reading(text: str, found: Bounded) -> DateReading:
    when = When(
        text=text,
        calendar=found.calendar.name,
        earliest=None if found.earliest is None else found.earliest.isoformat(),
        latest=None if found.latest is None else found.latest.isoformat(),
        precision=found.precision,
    )
    return DateReading(when=when, notes=found.notes)
