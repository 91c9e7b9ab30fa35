"""The axis of a timeline: one scale throughout, empty years left out and marked.

Days are counted as `datetime.date.toordinal` does; an interval is a pair of them, end exclusive.
The scale (units of the picture per day) is the same everywhere, so that lengths can be compared.
Where no interval falls for more than four years and an eighth of the whole span, the stretch is
left out: the axis is cut into segments, and whoever draws it marks each cut and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final, Literal

import jdatetime
import msgspec

Interval = tuple[int, int]

CUT: Final = 30.0
"""Width of the mark that stands for the years left out."""
_EMPTY_DAYS: Final = 1461
_EMPTY_SHARE: Final = 8
_LAST: Final = date.max.toordinal()

Unit = Literal["year", "month", "day"]
_STEPS: Final[tuple[tuple[Unit, int, float, float], ...]] = (
    # unit, step, days between ticks, room a label needs
    ("day", 1, 1, 72),
    ("day", 10, 10, 72),
    ("month", 1, 30.4, 54),
    ("month", 3, 91.3, 54),
    ("month", 6, 182.6, 54),
    ("year", 1, 365.2, 34),
    ("year", 2, 730.5, 34),
    ("year", 5, 1826, 34),
    ("year", 10, 3652, 34),
    ("year", 20, 7305, 34),
    ("year", 50, 18262, 34),
    ("year", 100, 36524, 34),
)


class Tick(msgspec.Struct, frozen=True):
    """One mark of the axis: the day it stands at and what is written there."""

    day: int
    label: str


class Segment(msgspec.Struct, frozen=True):
    """A stretch of days drawn to scale, and where it begins on the picture."""

    start: int
    end: int
    x: float


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """Days to units of the picture, measured from the side where time begins.

    Attributes:
        segments: the stretches that are drawn, in order.
        scale: units per day, the same in every segment.
        unit: what ticks count.
        step: how many of the unit lie between two ticks.
    """

    segments: tuple[Segment, ...]
    scale: float
    unit: Unit
    step: int

    def x(self, day: int) -> float:
        """Where a day begins; a day that was left out stands at the cut."""
        at = self.segments[0]
        for segment in self.segments:
            if day >= segment.start:
                at = segment
        return at.x + (min(max(day, at.start), at.end) - at.start) * self.scale

    @property
    def end(self) -> float:
        """Where the last segment ends."""
        last = self.segments[-1]
        return last.x + (last.end - last.start) * self.scale


def build_axis(intervals: Sequence[Interval], width: float) -> Axis:
    """The axis that shows all intervals in a width.

    Args:
        intervals: pairs of ordinals, end exclusive; at least one.
        width: units of the picture.
    """
    stretches = _stretches(intervals)
    unit, step = _pick(stretches, width)
    while True:  # widening to whole units may ask for another unit; it settles, as it only widens
        stretches = _joined([_snapped(stretch, unit) for stretch in stretches])
        before, (unit, step) = unit, _pick(stretches, width)
        if unit == before:
            break
    days = sum(end - start for start, end in stretches)
    scale = (width - CUT * (len(stretches) - 1)) / days
    segments, x = [], 0.0
    for start, end in stretches:
        segments.append(Segment(start, end, x))
        x += (end - start) * scale + CUT
    return Axis(segments=tuple(segments), scale=scale, unit=unit, step=step)


def _stretches(intervals: Sequence[Interval]) -> list[Interval]:
    """The union of the intervals, without the empty stretches that are long enough to cut."""
    first, last = min(a for a, _ in intervals), max(b for _, b in intervals)
    limit = max(_EMPTY_DAYS, (last - first) // _EMPTY_SHARE)
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start - merged[-1][1] <= limit:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    pad = max(2, sum(b - a for a, b in merged) // 120)
    return [(max(1, a - pad), min(_LAST, b + pad)) for a, b in merged]


def _joined(stretches: list[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for start, end in stretches:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _pick(stretches: list[Interval], width: float) -> tuple[Unit, int]:
    days = sum(end - start for start, end in stretches)
    scale = (width - CUT * (len(stretches) - 1)) / days
    for unit, step, apart, room in _STEPS:
        if apart * scale >= room:
            return unit, step
    return "year", 100


def _snapped(stretch: Interval, unit: Unit) -> Interval:
    """Widen a stretch to whole years or months, as the ticks will count."""
    if unit == "day":
        return stretch
    start, end = date.fromordinal(stretch[0]), date.fromordinal(stretch[1] - 1)
    if unit == "year":
        return date(start.year, 1, 1).toordinal(), _first_after(end.year, 12)
    return start.replace(day=1).toordinal(), _first_after(end.year, end.month)


def _first_after(year: int, month: int) -> int:
    if (year, month) == (date.max.year, 12):
        return _LAST
    return date(year + month // 12, month % 12 + 1, 1).toordinal()


Labelled = Callable[[int, int, int, Unit], str]


def gregorian_ticks(axis: Axis) -> list[Tick]:
    """Ticks in the Gregorian calendar, labelled as ISO 8601 reduces dates: 1988, 1988-07."""
    return _ticks(axis, _gregorian, _iso)


def solar_hijri_ticks(axis: Axis) -> list[Tick]:
    """Ticks in the Solar Hijri calendar: 1367, 1367/05; digits as ASCII."""
    return _ticks(axis, _solar_hijri, lambda *parts: _iso(*parts).replace("-", "/"))


def _iso(year: int, month: int, day: int, unit: Unit) -> str:
    pieces = [f"{year:04d}", f"{month:02d}", f"{day:02d}"]
    return "-".join(pieces[: {"year": 1, "month": 2, "day": 3}[unit]])


def _gregorian(day: int) -> tuple[int, int, int]:
    found = date.fromordinal(day)
    return found.year, found.month, found.day


def _solar_hijri(day: int) -> tuple[int, int, int]:
    found = jdatetime.date.fromgregorian(date=date.fromordinal(day))
    return found.year, found.month, found.day


def _ticks(axis: Axis, parts: Callable[[int], tuple[int, int, int]], label: Labelled) -> list[Tick]:
    ticks: list[Tick] = []
    for segment in axis.segments:
        starts = list(_starts(segment, axis.unit, parts))
        kept = [s for s in starts if _counts(parts(s), axis.unit, axis.step)]
        if len(axis.segments) > 1:  # the reader must see at once where each segment begins
            kept = sorted({*starts[:1], *kept})
        ticks += [Tick(s, label(*parts(s), axis.unit)) for s in kept]
    return ticks


def _starts(
    segment: Segment, unit: Unit, parts: Callable[[int], tuple[int, int, int]]
) -> Iterator[int]:
    """Days of a segment on which a year or a month begins; every day when days are counted."""
    day = segment.start
    while day < segment.end:
        _, month, of_month = parts(day)
        if unit == "day" or (of_month == 1 and (unit == "month" or month == 1)):
            yield day
        day += _leap(month, of_month, unit)


def _leap(month: int, of_month: int, unit: Unit) -> int:
    """How many days can be skipped without missing the next start."""
    if unit == "day":
        return 1
    to_month_end = max(1, 29 - of_month)
    if unit == "month" or month >= 12:
        return to_month_end
    return to_month_end + (12 - month) * 28


def _counts(parts: tuple[int, int, int], unit: Unit, step: int) -> bool:
    year, month, day = parts
    if unit == "year":
        return year % step == 0
    if unit == "month":
        return (month - 1) % step == 0
    return day <= 21 and (day - 1) % step == 0 if step > 1 else True
