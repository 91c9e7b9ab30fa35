"""When a change began: likelihood profiles over the dates at which it can have.

A series is what is left over of changed ground, seen along a direction in which it changed, in
units of its own noise. Before the beginning its mean is 0. From there on it is another (an
abrupt change), or it goes to another in so many days (a gradual one): slowly at first, as works do
that cross a field from one side, more slowly still where the ground shows them only later (what is
planted has to grow), slowly at last or not. Each beginning, length and course gets the likelihood
that its best mean gives. What no such course fits, in parts of the change itself, counts as noise;
noise that persists from date to date makes the likelihood count for less; outliers are capped
(Huber 1964). The likelihoods, each spread evenly over the days between two clear dates, give a
distribution; so a gap in the images widens it by itself.

Where works begin in a corner, or bare the soil before they pave it, no one series shows them best.
Several are looked at, and the mean of their distributions is told (a linear pool, Stone 1961):
where they differ it is as wide as they differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.stack import Days

Series = npt.NDArray[np.float64]

RAMPS = (0, 10, 20, 40, 60, 90, 130, 180, 240, 320)
"""Days that a change may take; 0 is abrupt."""

_ABRUPT = 0.25
"""Prior share of changes that are abrupt."""

_GRADUAL_DAYS = 60
"""Days from which a change counts as gradual."""

COURSES = ((0, 0, 3, -2, 0, 0), (0, 0, 0, 10, -15, 6), (0, 0, 1, 0, 0, 0))
"""How much of a gradual change is done when a part of its time is over, as polynomials of that
part (coefficients from the constant up); alike likely before."""

_MISFIT = 0.12
"""Part of a change by which its course may differ from any that is tried."""

_CAP = 9.0
"""Square of the deviation at which an observation stops counting against a beginning."""

_SURE = 0.7
"""Probability from which gradual, or abrupt, is said."""


_TRIED = ((0, COURSES[0]), *((length, course) for length in RAMPS[1:] for course in COURSES))
_LENGTHS = np.array([length for length, _ in _TRIED], dtype=np.float64)
_COURSES = np.array([course for _, course in _TRIED], dtype=np.float64)
_PRIOR = np.where(_LENGTHS == 0, _ABRUPT, (1 - _ABRUPT) / (len(_TRIED) - 1))


@dataclass(frozen=True, kw_only=True)
class Beginning:
    """When a change began; days since 1970.

    Attributes:
        last_without: the last clear date before `best`, of any series; None if there is none.
        first_with: the first clear date from then on.
        earliest: lower end of the interval.
        latest: upper end.
        best: as likely too late as too early.
        gradual: whether it took months; None where that cannot be told.
    """

    last_without: int | None
    first_with: int
    earliest: int
    latest: int
    best: int
    gradual: bool | None


@dataclass(frozen=True, eq=False)
class Evidence:
    """The series of a change.

    Attributes:
        series: along its direction, in units of its noise; shape (t,).
        days: clear dates, since 1970; shape (t,).
        noise: the same series before the watch, which tells how long noise persists; shape (h,).
    """

    series: Series
    days: Days
    noise: Series


def beginning(seen: Sequence[Evidence], level: float, alarm: int) -> Beginning:
    """When a change began.

    Args:
        seen: series of the change; those without a date up to the alarm say nothing.
        level: of the interval.
        alarm: the day of the alarm; the change began on that day at the latest.
    """
    telling = [one for one in seen if len(one.days) and one.days[0] <= alarm]
    return _said([_distribution(one, alarm) for one in telling or seen], level)


@dataclass(frozen=True, eq=False)
class _Distribution:
    """How likely a change began when, by one series.

    Attributes:
        edges: days between which the likelihood is spread evenly: all but the first are clear
            dates; shape (n + 1,).
        before: the probability that it began before each; shape (n + 1,).
        slow: the probability that it is a gradual one.
    """

    edges: Series
    before: Series
    slow: float


def _distribution(one: Evidence, alarm: int) -> _Distribution:
    days = one.days
    shown = one.series[days >= alarm]
    size = abs(float(np.median(shown))) if len(shown) else 1.0
    last = max(int(np.searchsorted(days, alarm, side="right")), 1)
    fits = _profile(one.series / np.hypot(1, _MISFIT * size), days, last)
    log = -0.5 * _independent(one.noise) * fits
    step = np.median(np.diff(days)).clip(1, 30) if len(days) > 1 else 30
    edges = np.concatenate(([days[0] - step], days[:last])).astype(np.float64)
    mass = np.exp(log - log.max()) * _PRIOR * np.maximum(np.diff(edges), 1)[:, None]
    mass /= mass.sum()
    before = np.concatenate(([0.0], np.cumsum(mass.sum(axis=1))))
    return _Distribution(edges, before, float(mass[:, _LENGTHS >= _GRADUAL_DAYS].sum()))


def _said(told: Sequence[_Distribution], level: float) -> Beginning:
    """What the mean of some distributions says."""
    every = np.unique(np.concatenate([one.edges for one in told]))
    parts = [(1 - level) / 2, 0.5, (1 + level) / 2]
    low, middle, high = np.interp(parts, _pooled(told, every), every)
    dates = np.unique(np.concatenate([one.edges[1:] for one in told]))
    first_with = min(int(np.searchsorted(dates, middle)), len(dates) - 1)
    slow = float(np.mean([one.slow for one in told]))
    return Beginning(
        last_without=int(dates[first_with - 1]) if first_with else None,
        first_with=int(dates[first_with]),
        earliest=int(np.floor(low)),
        latest=int(np.ceil(high)),
        best=round(float(middle)),
        gradual=True if slow >= _SURE else False if slow <= 1 - _SURE else None,
    )


def _pooled(told: Sequence[_Distribution], days: Series) -> Series:
    """The probability that it began before each of these days, by all series together."""
    return np.asarray(np.mean([np.interp(days, one.edges, one.before) for one in told], axis=0))


def _profile(series: Series, days: Days, last: int) -> Series:
    """Twice the loss of the best mean of each beginning and course; shape (last, courses).

    Args:
        series: in units of its noise; shape (t,).
        days: since 1970; shape (t,).
        last: beginnings that are tried: so many of the first dates.
    """
    middle = days - np.concatenate(([0], np.diff(days) / 2))
    loss = np.empty((last, len(_TRIED)))
    before = np.concatenate(([0.0], np.cumsum([_huber(value) for value in np.square(series)])))
    for first in range(last):
        past = days[first:] - middle[first]
        loss[first] = before[first] + _losses(series[first:], past, _LENGTHS, _COURSES)
    return loss


@compiled
def _losses(series: Series, past: Series, lengths: Series, courses: Series) -> Series:
    """Huber's loss of the mean that fits best, for each course; shape (courses,).

    Args:
        series: since the change began; shape (t,).
        past: days since then; shape (t,).
        lengths: days that it takes; shape (courses,).
        courses: coefficients; shape (courses, 6).
    """
    count = len(series)
    found = np.empty(len(lengths))
    shape, weight = np.empty(count), np.empty(count)
    for at in range(len(lengths)):
        for date in range(count):
            part = min(past[date] / lengths[at], 1.0) if lengths[at] > 0 else 1.0
            done = 0.0
            for power in range(5, -1, -1):
                done = done * part + courses[at, power]
            shape[date], weight[date] = done, 1.0
        for _ in range(3):
            squares, moment = 1e-9, 0.0
            for date in range(count):
                squares += weight[date] * shape[date] * shape[date]
                moment += weight[date] * shape[date] * series[date]
            mean, total = moment / squares, 0.0
            for date in range(count):
                off = (series[date] - mean * shape[date]) ** 2
                total += _huber(off)
                weight[date] = 1.0 if off <= _CAP else np.sqrt(_CAP / off)
        found[at] = total
    return found


@compiled
def _huber(square: float) -> float:
    """The loss of a deviation, from its square."""
    return square if square <= _CAP else 2 * np.sqrt(_CAP * square) - _CAP


def _independent(noise: Series) -> float:
    """The part of observations that count as independent, from the correlation of neighbours."""
    if len(noise) < 10:
        return 0.5
    capped = np.clip(noise - np.median(noise), -3, 3)
    along = float((capped[1:] * capped[:-1]).mean() / max(float(np.square(capped).mean()), 1e-9))
    along = float(np.clip(along, 0.0, 0.9))
    return (1 - along) / (1 + along)
