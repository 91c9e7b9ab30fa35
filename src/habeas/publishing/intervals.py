"""What a row of a timeline says: an interval of days, its figures, and how intervals agree.

An interval with one end open is known by one day only; nothing is assumed about the other end.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

import msgspec

from habeas.errors import InputError
from habeas.publishing.axis import Interval
from habeas.publishing.catalogue import Words


class TimelineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One claim about when something happened.

    Attributes:
        label: what is said to have happened, in the reader's language.
        by: to whom the claim is attributed.
        earliest: first possible day, ISO 8601; None when the source gives no beginning.
        latest: last possible day, inclusive; None when the source gives no end.
        precision: the precision in words (`month`, `season`), or empty.
        said: the date in the source's own words, or empty.
        group: heading under which the row stands (a site), or empty.
        event: rows with the same group and event are about one event; empty stands alone.
        reference: number or id under which the reader finds the claim.
    """

    label: str
    by: str
    earliest: str | None = None
    latest: str | None = None
    precision: str = ""
    said: str = ""
    group: str = ""
    event: str = ""
    reference: str = ""


def interval_words(earliest: str | None, latest: str | None, words: Words) -> str:
    """The interval in figures: whole years and months in short, as ISO 8601 reduces them.

    `2008-01-01`..`2016-12-31` is written `2008 – 2016`; an open end is said in words.
    """
    if earliest is None and latest is None:
        return words("timeline.undated")
    if earliest is None or latest is None:
        key = "timeline.until" if earliest is None else "timeline.from"
        return words(key, date=str(earliest or latest))
    first, last = _day(earliest), _day(latest)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        short = (earliest[:4], latest[:4])
    elif first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]:
        short = (earliest[:7], latest[:7])
    else:
        short = (earliest, latest)
    return short[0] if short[0] == short[1] else f"{short[0]} – {short[1]}"


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # Python reads week dates and 19880728 as well
        mend = "Give a full Gregorian date, such as 1988-07-28."
        raise InputError(f"{text!r} is not an ISO 8601 calendar date", mend=mend)
    return day


def known_days(row: TimelineRow) -> list[Interval]:
    """The row's interval as far as it is known: one open end counts as a single day."""
    ends = [_day(end) for end in (row.earliest, row.latest) if end is not None]
    if not ends:
        return []
    if ends[0] > ends[-1]:
        mend = "Swap earliest and latest."
        raise InputError("the latest day is before the earliest", place=row.label, mend=mend)
    return [(ends[0].toordinal(), min(ends[-1].toordinal() + 1, date.max.toordinal()))]


def relation(rows: Sequence[TimelineRow]) -> str:
    """How the intervals of one event stand to each other; an open end is taken as unlimited.

    Returns:
        `disjoint` when two of them share no day, `overlapping` when they differ but all share
        days pairwise, empty when they are the same or fewer than two are dated.
    """
    spans = []
    for row in rows:
        for start, end in known_days(row):
            low = start if row.earliest else date.min.toordinal()
            spans.append((low, end if row.latest else date.max.toordinal()))
    if len(spans) < 2 or len(set(spans)) == 1:
        return ""
    latest_start, earliest_end = max(a for a, _ in spans), min(b for _, b in spans)
    return "disjoint" if latest_start >= earliest_end else "overlapping"
