"""Where the threshold lies: so many false alarms a site and year, chosen beforehand.

Three things set it. `LEVELS` puts patches and windows of all sizes on one scale. The surroundings,
patch by patch, say how restless this scene is up to the day in question (a drought, snow, a sensor
that drifts): where they go off more than usual the threshold rises with them, by `YIELD`. And the
tail of what is left is measured on stable simulated sites (split `calibration`; never those of the
benchmark), as a generalised Pareto distribution of what goes beyond a bound (Coles 2001, chapter
4), because no single scene has room for the hundreds of site-years that a rate of one in fifty
needs. Only images up to a day decide about that day, so that no later image changes an alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from habeas.monitoring.detection.stack import Days, Floats
from habeas.monitoring.disturbance import Calibration, Interval

LEVELS: npt.NDArray[np.float32] = np.array(
    [
        [2.89, 2.94, 3.06],
        [2.82, 2.85, 2.82],
        [2.78, 2.81, 2.73],
        [2.89, 2.94, 3.06],
    ],
    dtype=np.float32,
)
"""Logarithm of the statistic that is as rare for each kind of patch and window."""

USUAL = -1.2
"""Where the yearly maximum of a middling patch of the surroundings lies, over its level."""

YIELD = 0.3
"""How far the threshold goes with the surroundings."""

_PATCHES_WORTH = 8.0
"""Patches of surroundings that count as much as what is usual."""


@dataclass(frozen=True, kw_only=True)
class Tail:
    """How often stable sites go beyond a bound, and how far.

    Attributes:
        bound: of the statistic.
        rate: how often a site goes beyond it, a year.
        scale: of the generalised Pareto distribution.
        shape: of the same.
        years: site-years that it was measured on.
    """

    bound: float
    rate: float
    scale: float
    shape: float
    years: int


TAIL = Tail(bound=-0.143, rate=0.0833, scale=0.459, shape=-0.270, years=900)
"""Measured on 300 stable sites over three years (seeds 100000 to 100299, split `calibration`)."""

_RESERVE = 2 / 3
"""Part of the rate asked for at which the threshold aims: the tail is an estimate itself."""


def threshold(asked: float, tail: Tail = TAIL) -> float:
    """The statistic that stable sites exceed so many times a site and year."""
    ratio = tail.rate / (asked * _RESERVE)
    if abs(tail.shape) < 1e-6:
        return tail.bound + tail.scale * float(np.log(ratio))
    return tail.bound + tail.scale / tail.shape * float(ratio**tail.shape - 1)


def restless(scores: Floats, days: Days) -> Floats:
    """By how much the surroundings raise the threshold, date by date; shape (t,).

    Args:
        scores: of each patch of the surroundings over its level; shape (t, patches); not a number
            where not clear.
        days: since 1970; shape (t,).
    """
    if not scores.shape[1]:
        return np.zeros(len(days), dtype=np.float32)
    filled = np.where(np.isfinite(scores), scores, -np.inf)
    first = np.searchsorted(days, days - 365, side="right")
    raised = np.empty(len(days), dtype=np.float32)
    for at in range(len(days)):
        top = filled[first[at] : at + 1].max(axis=0)
        seen = np.isfinite(top)
        count = int(seen.sum())
        middle = float(np.median(top[seen])) if count else USUAL
        raised[at] = YIELD * (middle - USUAL) * count / (count + _PATCHES_WORTH)
    return raised


def realised(
    asked: float, at: float, beyond: npt.NDArray[np.int64], years: float, level: float
) -> Calibration:
    """What the threshold gave on copies of the site in the same images.

    Args:
        asked: false alarms a site and year.
        at: the threshold.
        beyond: alarms of each copy; shape (copies,).
        years: of the watch.
        level: of the interval.
    """
    total, alarms = years * len(beyond), int(beyond.sum())
    low, high = poisson_ends(alarms, level)
    rate = Interval(
        best=alarms / total if total else float("nan"),
        low=low / total if total else 0.0,
        high=high / total if total else float("inf"),
        level=level,
    )
    return Calibration(
        asked=asked,
        threshold=at,
        placements=len(beyond),
        years=total,
        alarms=alarms,
        rate=rate,
    )


def poisson_ends(count: int, level: float) -> tuple[float, float]:
    """The exact interval of a Poisson mean (Garwood 1936)."""
    low = float(stats.chi2.ppf((1 - level) / 2, 2 * count) / 2) if count else 0.0
    return low, float(stats.chi2.ppf((1 + level) / 2, 2 * count + 2) / 2)
