"""Sums over the last clear observations of every patch of pixels: the inner loops.

A window holds the last so many clear observations, however
far apart they lie. In the shortest windows the middle value of each component is taken, so that one
cloud that the mask let through does not speak; in longer ones the mean, of observations whose
length is capped.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.stack import Bools, Floats

MEDIAN_UPTO = 5
"""Windows of at most so many observations take the middle value."""


LONGEST = 500
"""Days that a window may reach back; what lies farther back says little of now."""


@compiled
def _middle(values: Floats, count: int) -> float:
    """The middle of the first so many values, which are put in order."""
    for at in range(1, count):
        moved = values[at]
        before = at - 1
        while before >= 0 and values[before] > moved:
            values[before + 1] = values[before]
            before -= 1
        values[before + 1] = moved
    half = count // 2
    if count % 2:
        return float(values[half])
    return 0.5 * float(values[half - 1] + values[half])


@compiled
def _summed(
    values: Floats, seen: Bools, days: npt.NDArray[np.int64], length: int, first: int
) -> Floats:
    """The same as `windows` for one unit; values (t, bands), seen (t,); (t - first, bands)."""
    dates, bands = values.shape
    out = np.full((dates - first, bands), np.nan, dtype=np.float32)
    last = np.zeros(length, dtype=np.int64)
    total = np.zeros(bands, dtype=np.float64)
    some = np.empty(length, dtype=np.float32)
    median = length <= MEDIAN_UPTO
    count = slot = 0
    for at in range(dates):
        if not seen[at]:
            continue
        for band in range(bands):
            if count >= length:
                total[band] -= values[last[slot], band]
            total[band] += values[at, band]
        last[slot] = at
        count += 1
        slot = slot + 1 if slot + 1 < length else 0
        if count < length or at < first or days[at] - days[last[slot]] > LONGEST:
            continue
        for band in range(bands):
            if median:
                for place in range(length):
                    some[place] = values[last[place], band]
                out[at - first, band] = _middle(some, length)
            else:
                out[at - first, band] = total[band] / length
    return out


@compiled
def _all_summed(
    values: Floats, clear: Bools, days: npt.NDArray[np.int64], length: int, first: int
) -> Floats:
    """The same as `windows`, with the units first: values (units, t, bands), clear (units, t)."""
    units, dates, bands = values.shape
    out = np.empty((units, dates - first, bands), dtype=np.float32)
    for unit in range(units):
        out[unit] = _summed(values[unit], clear[unit], days, length, first)
    return out


def windows(
    values: Floats, clear: Bools, days: npt.NDArray[np.int64], length: int, first: int
) -> Floats:
    """What the last clear observations of each unit say together.

    Args:
        values: whitened observations; shape (t, bands, units).
        clear: shape (t, units).
        days: since 1970; shape (t,).
        length: observations in a window.
        first: the first date that is answered for.

    Returns:
        Shape (t - first, bands, units); not a number where the unit was not clear that day, or was
        clear too seldom before.
    """
    by_unit = np.ascontiguousarray(values.transpose(2, 0, 1), dtype=np.float32)
    found = _all_summed(by_unit, np.ascontiguousarray(clear.T), days, length, first)
    return np.ascontiguousarray(found.transpose(1, 2, 0))
