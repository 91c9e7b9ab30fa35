"""A counting grid: graves counted in some cells of a section, and what that says of all of it.

The pattern of the Associated Press at Mariupol (2022): disturbed area times a density sampled in
finer images. Here with an interval, and with its limits said: it counts what looks like graves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import t

from habeas.errors import InputError
from habeas.monitoring.detection.calibration import poisson_ends
from habeas.monitoring.disturbance import Interval

FEWEST = 5
"""Cells that must have been counted."""

WARNING = (
    "Graves are not persons: a grave may hold several, or none, and may be older than the "
    "disturbance. This is a figure derived from an area and a sample, not a count of the dead."
)


@dataclass(frozen=True, kw_only=True)
class CountedCell:
    """One cell of the grid that was looked at.

    Attributes:
        area: square metres, of its part inside the section.
        graves: counted in it.
    """

    area: float
    graves: int


@dataclass(frozen=True, kw_only=True)
class DerivedGraves:
    """Graves of a section, derived.

    Attributes:
        graves: with an interval; never below what was counted.
        density: graves a square metre.
        counted: graves in the cells.
        cells: that were counted.
        area: of the section, square metres.
        sampled: share of the area that was counted.
        assumption: what it rests on.
        warning: goes wherever the figure goes.
    """

    graves: Interval
    density: float
    counted: int
    cells: int
    area: float
    sampled: float
    assumption: str
    warning: str = WARNING


def derive_graves(
    area: float, cells: Sequence[CountedCell], *, level: float = 0.9
) -> DerivedGraves:
    """The graves of a section from those in some of its cells: the ratio estimate of a sample.

    The interval is that of a simple random sample without replacement (Cochran 1977, Sampling
    Techniques, 6.4), by Student's t, or that of a count by chance (Garwood 1936) where that is
    wider: cells that are alike, or all empty, do not prove that the others are. It does not hold
    for cells chosen by eye.

    Args:
        area: of the section, square metres.
        cells: drawn at random among those of a grid laid over the section, before any was looked
            at.
        level: of the interval.

    Raises:
        InputError: fewer than five cells, a cell without area or with a count below zero, or cells
            that are more than the section.
    """
    if len(cells) < FEWEST:
        raise InputError(
            f"graves were counted in {len(cells)} cells", mend=f"Count in at least {FEWEST}"
        )
    if any(not math.isfinite(c.area) or c.area <= 0 or c.graves < 0 for c in cells):
        raise InputError(
            "a cell has no area, or a count below zero",
            mend="Give areas above 0 and counts from 0 up",
        )
    counted, seen = sum(cell.graves for cell in cells), sum(cell.area for cell in cells)
    if not math.isfinite(area) or seen > area * (1 + 1e-9):
        raise InputError("the counted cells are larger than the section", mend="Check the areas")
    density = counted / seen
    number, mean = len(cells), seen / len(cells)
    spread = sum((c.graves - density * c.area) ** 2 for c in cells) / (number - 1)
    left = max(1 - seen / area, 0.0)
    error = area * math.sqrt(left * spread / number) / mean
    reach = float(t.ppf(0.5 + level / 2, number - 1)) * error
    best = density * area
    few, many = poisson_ends(counted, level)
    rest = max(area / seen - 1, 0.0)
    low = max(min(best - reach, counted + few * rest), float(counted))
    high = max(best + reach, counted + many * rest)
    return DerivedGraves(
        graves=Interval(best=best, low=low, high=high, level=level),
        density=density,
        counted=counted,
        cells=number,
        area=area,
        sampled=seen / area,
        assumption="the counted cells were drawn at random from a grid over the section",
    )  # fmt: skip
