"""What watching a site gives: an assessment, the disturbances in it, and how sure each thing is.

Values only; `detection` makes them, `monitoring.looks` turns them into claims.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
from shapely.geometry import MultiPolygon, Polygon

Floats = npt.NDArray[np.float64]

Status = Literal["disturbed", "no_disturbance_found", "cannot_assess"]
"""Too little data is `cannot_assess`; there is no status that says that nothing happened."""

KINDS = ("bulldozed", "paved_or_built", "dug_into_plots", "rubbish", "planted")
"""Hypotheses of a kind; a person who looked at finer images may say one of them."""

NO_CHANGE = "no_change"
OUTCOMES = (*KINDS, NO_CHANGE)
"""What an alarm may have been: a change of a kind, or none at all, a false alarm."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A figure with the ends between which it lies.

    Attributes:
        best: the most likely.
        low: the lower end.
        high: the upper end.
        level: the share of cases in which the truth lies between them.
    """

    best: float
    low: float
    high: float
    level: float = 0.9


@dataclass(frozen=True, kw_only=True, eq=False)
class Disturbance:
    """One change of the ground.

    Attributes:
        alarm: the date of the image that raised the alarm; never changed by a later run.
        last_without: the last clear date without the change.
        first_with: the first clear date with it.
        earliest: the lower end of the interval of its beginning.
        latest: the upper end.
        best: the date that is as likely too late as too early.
        level: the share of cases in which the beginning lies in the interval.
        gradual: whether it went on over months; none if that cannot be told.
        area: square metres.
        footprint: the changed pixels; shape (y, x) of the cube.
        outline: the changed ground, in the coordinate reference system of the cube.
        kinds: probability by outcome (`OUTCOMES`); sums to 1. Empty where none was estimated.
        kind: the kind, or none where it abstains.
        strength: the statistic at the alarm over the level that raises one by itself, as a ratio;
            below 1 where the alarm was raised because what was seen looks like works.
    """

    alarm: date
    last_without: date | None
    first_with: date
    earliest: date
    latest: date
    best: date
    level: float
    gradual: bool | None
    area: Interval
    footprint: npt.NDArray[np.bool_]
    outline: Polygon | MultiPolygon
    kinds: Mapping[str, float] = field(default_factory=dict)
    kind: str | None = None
    strength: float = float("nan")


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How the threshold was set, and what rate of false alarms it gave.

    Attributes:
        asked: alarms per site and year that were chosen.
        threshold: how rare it must be what one patch shows to raise an alarm, whatever it looks
            like: years of stable ground between two.
        placements: null placements in the same scenes.
        years: site-years that they were watched, each until its first alarm.
        alarms: how many of them went off.
        rate: realised alarms per site and year, with an interval.
    """

    asked: float
    threshold: float
    placements: int
    years: float
    alarms: int
    rate: Interval


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """What was followed: the site against its surroundings, date by date.

    Attributes:
        dates: of clear observations; shape (t,).
        site: an index of the site; shape (t,).
        ring: the same index of its surroundings; shape (t,).
        statistic: of change; shape (t,); not a number before the watch begins.
        index: what the index is, in words.
    """

    dates: npt.NDArray[np.datetime64]
    site: Floats
    ring: Floats
    statistic: Floats
    index: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Assessment:
    """What is said of a site after a run.

    Attributes:
        status: see `Status`.
        reasons: why it cannot be assessed, or what to keep in mind, in words.
        disturbances: in order of their alarms.
        calibration: of the threshold; none where it cannot be assessed.
        curve: for the picture.
        watched_from: the first date of the watch (the history before it teaches the model).
        watched_to: the last.
        clear: clear dates used.
        gaps: spells of more than 60 days without a clear date: first and last day.
        scenes: ids of the images used.
        changed_ground: from when on ground that changed is watched again, or why it is not, in
            words; one for each change after which it was, or is to be.
        unwatched: spells in which it is not: first and last day.
    """

    status: Status
    reasons: tuple[str, ...]
    disturbances: tuple[Disturbance, ...]
    calibration: Calibration | None
    curve: Curve | None
    watched_from: date | None
    watched_to: date | None
    clear: int
    gaps: tuple[tuple[date, date], ...]
    scenes: tuple[str, ...]
    changed_ground: tuple[str, ...] = ()
    unwatched: tuple[tuple[date, date], ...] = ()
