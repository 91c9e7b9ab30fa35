"""Bounds and ranges: before, until, after, since, between, from-to, several dates that touch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from habeas.claims.calendars import Calendar
from habeas.claims.date_forms import Partial, is_form, partial_of
from habeas.claims.date_resolving import Context, Note, Read, resolve
from habeas.claims.date_tokens import NO_DATE, Token, kinds_of
from habeas.errors import InputError

_DAY = timedelta(days=1)


class Bounded(NamedTuple):
    """A date with its bounds: what becomes of the words."""

    calendar: Calendar
    earliest: date | None
    latest: date | None
    precision: str
    notes: tuple[Note, ...]


def bounded(tokens: Sequence[Token], context: Context) -> Bounded:
    """A date with what stands before or behind it: about, before, until, after, since, between.

    Args:
        tokens: without calendars and times of day.
        context: the calendars that are named and given.

    Raises:
        InputError: the words may mean two dates, or are no form that is read.
    """
    tokens = _bound_first(tokens)
    head = tokens[0].kind if tokens else ""
    if head == "A":
        found = bounded(tokens[1:], context)
        notes = (*found.notes, Note("about"))
        return Bounded(found.calendar, None, None, "about", notes)
    if parts := _several(tokens):
        return _hull(parts, context)
    if pair := _pair(tokens):
        return _range(pair, context)
    if head and head in "BUTFO":
        return _open(tokens[0], resolve(partial_of(tokens[1:]), context))
    read = _whole(tokens, context)
    return Bounded(read.calendar, *read.span, read.precision, read.notes)


def _bound_first(tokens: Sequence[Token]) -> Sequence[Token]:
    """`1367 به بعد`, `1988?`: what bounds a date from behind, put before it."""
    last = tokens[-1] if tokens else None
    if last is None or last.kind not in ("A", "U", "O", "?"):
        return tokens
    rest = list(tokens[:-1])
    if rest and rest[0].kind == "O" and last.kind in ("O", "U"):
        rest = rest[1:]
    return [last._replace(kind="A") if last.kind == "?" else last, *rest]


def _whole(tokens: Sequence[Token], context: Context) -> Read:
    read = resolve(partial_of(tokens), context)
    if read.edge:
        raise InputError(
            "the edge of a span is no date by itself", mend="Write the day, or early or late"
        )
    return read


def _open(head: Token, read: Read) -> Bounded:
    """A date that is open on one side."""
    if head.kind == "T" and not head.text.isalpha():
        raise InputError(f"a “{head.text}” before a date tells nothing", mend=NO_DATE)
    first, last = read.span
    by_first = head.kind in "BO"
    if read.edge and (read.edge == 1) != by_first:
        raise InputError("the edge of a span is no date by itself", mend="Write the day")
    if head.kind in "BUT":
        latest = first - _DAY if head.kind == "B" else last
        return Bounded(read.calendar, None, latest, "before", read.notes)
    earliest = last + _DAY if head.kind == "F" else first
    return Bounded(read.calendar, earliest, None, "after", read.notes)


# Ranges

_BETWEEN = re.compile(r"G([^TG]+)(?:T|&)([^TG]+)|O?([^TG&]+)T([^TG&]+)")
_PARTED = re.compile("[GT/-]")
_END_OF_MONTH = re.compile(r"(M)n[-T]n,?(Y)")


class Pair(NamedTuple):
    """The two dates of a range."""

    left: Sequence[Token]
    right: Sequence[Token]
    by_mark: bool = True
    """A hyphen or slash stands between them, no word."""


def _pair(tokens: Sequence[Token]) -> Pair | None:
    """The two dates of a range, or None."""
    kinds = kinds_of(tokens)
    if not _PARTED.search(kinds):
        return None
    if _END_OF_MONTH.fullmatch(kinds):  # July 28-30, 1988
        month, first, _, last, *_, year = tokens
        return Pair([month, first, year], [month, last, year])
    if found := _BETWEEN.fullmatch(kinds):
        left = found.span(1) if found[1] else found.span(3)
        right = found.span(2) if found[2] else found.span(4)
        by_mark = not any(token.text.isalpha() for token in tokens if token.kind in "TG")
        return Pair(tokens[slice(*left)], tokens[slice(*right)], by_mark)
    if is_form(tokens) and not _is_two_years(tokens):
        return None
    places = [at for at, token in enumerate(tokens) if token.kind in ("-", "/")]
    splits = [Pair(tokens[:at], tokens[at + 1 :]) for at in places]
    splits = [split for split in splits if is_form(split.left) and is_form(split.right)]
    return splits[0] if len(splits) == 1 else None


def _is_two_years(tokens: Sequence[Token]) -> bool:
    """`1366-67`, `66-67`: what would be the month can only be a year."""
    if kinds_of(tokens) not in ("Y-n", "Y/n", "n-n", "n/n"):
        return False
    first, _, second = tokens
    if first.kind == "Y":
        return second.number > 12
    return min(first.number, second.number) > 31


def _range(pair: Pair, context: Context) -> Bounded:
    begins, ends = _ends(pair)
    last = resolve(ends, context)
    first = resolve(begins, context._replace(given=last.calendar.name))
    if first.calendar is not last.calendar:
        raise InputError("the two ends are in two calendars", mend="Write them in one calendar")
    if first.span[0] > last.span[1]:
        raise InputError(
            f"the range ends ({last.span[1]}) before it begins ({first.span[0]})",
            mend="Write the year of both ends",
        )
    if first.edge == 2 or last.edge == 1:
        raise InputError("the edge of a span is no date by itself", mend="Write the day")
    notes = tuple(dict.fromkeys((*first.notes, *last.notes)))
    return Bounded(first.calendar, first.span[0], last.span[1], "range", notes)


def _ends(pair: Pair) -> tuple[Partial, Partial]:
    """What the words of both ends give, each with what stands only at the other."""
    left, right, by_mark = pair
    ends = partial_of(right)
    if kinds_of(left)[:1] == "D" and not ends.decade:
        raise InputError("it is not told whether the end is a decade", mend="Write both in full")
    month_first = kinds_of(right).replace(",", "") == "MnY"
    begins = _begin(partial_of(left, begins=True, month_first=month_first), ends)
    if by_mark and _level(begins) != _level(ends):
        raise InputError(
            "one end of the range is more precise than the other",
            mend="Write both in full, with to between",
        )
    return _with_century(begins, ends), _with_century(ends, begins)


def _level(partial: Partial) -> int:
    """0 a decade, 1 a year, 2 a month or a season, 3 a day."""
    if partial.day is not None:
        return 3
    return 2 if partial.month or partial.season else int(partial.decade is None)


def _begin(begins: Partial, ends: Partial) -> Partial:
    """The beginning with the year, and for a mere day the month, that stand at the end."""
    year = begins.year
    alone = not (begins.month or begins.season or begins.decade)
    if year is not None and alone and len(year.text) < 3 and ends.month is not None:
        if ends.day is None:
            raise InputError("it is not told whether the range begins with a day", mend=NO_DATE)
        begins = replace(begins, day=year.number, year=None)
    _check_end(begins, ends)
    if begins.decade or begins.year:
        return begins
    month, note = begins.month, begins.note
    if month is None and begins.season is None:
        month, note = ends.month, ends.note
    calendar = begins.calendar or ends.calendar
    return replace(begins, year=ends.year, month=month, calendar=calendar, note=note)


def _check_end(begins: Partial, ends: Partial) -> None:
    """`6 Mordad to 12`, `Mordad to 1368`: a bare number at the end, a month at the beginning."""
    only_number = ends.year and not (ends.month or ends.season or ends.part)
    if not only_number or not (begins.month or begins.season):
        return
    day = len(ends.year.text) < 3 and ends.year.number <= 31 if ends.year else False
    if begins.year is None or day:
        raise InputError(
            "it is not told whether the range ends with a day or a year", mend="Write both in full"
        )


def _with_century(one: Partial, other: Partial) -> Partial:
    """`1360 to 67`: the year of two digits in the century of the other end."""
    if one.year is None or other.year is None:
        return one
    if one.year.number < 10 or len(one.year.text) != 2 or len(other.year.text) != 4:
        return one
    number = other.year.number // 100 * 100 + one.year.number
    return replace(one, year=Token("Y", str(number), number))


# Several dates


def _several(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The dates of a list such as `Tir, Mordad and Shahrivar 1367`; none when it is no list."""
    kinds = kinds_of(tokens)
    if "&" not in kinds or kinds[0] in "G&":
        return []
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if token.kind in "&,":
            if parts[-1] or token.kind == ",":  # the comma before `and` parts nothing more
                parts.append([])
        else:
            parts[-1].append(token)
    if not all(parts):
        return []
    if kinds[:1] == "D":  # the sixties and seventies of دهه شصت و هفتاد
        parts = [part if part[0].kind == "D" else [tokens[0], *part] for part in parts]
    return list(parts) if all(map(is_form, parts)) else []


def _hull(parts: Sequence[Sequence[Token]], context: Context) -> Bounded:
    """From the first of several dates to the last, when they touch."""
    ends = partial_of(parts[-1])
    begins = [_begin(partial_of(part, begins=True), ends) for part in parts[:-1]]
    ends = _with_century(ends, begins[0])
    last = resolve(ends, context)
    inner = context._replace(given=last.calendar.name)
    reads = [*(resolve(_with_century(one, ends), inner) for one in begins), last]
    for one, following in pairwise(reads):
        apart = one.span[1] + _DAY != following.span[0] or one.calendar is not following.calendar
        if apart or one.edge or following.edge:
            raise InputError(
                "the dates do not follow upon each other", mend="Record them as two claims"
            )
    return Bounded(last.calendar, reads[0].span[0], last.span[1], "range", last.notes)
