"""What the last clear observations of every patch of pixels say together: the inner loops.

A window holds the last so many clear observations, however
far apart they lie. In the shortest windows the middle value of each component is taken, so that one
cloud that the mask let through does not speak; in longer ones the mean, of observations whose
length is capped.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.stack import Bools, Days, Floats

MIDDLE_OF = 4
"""Observations of a window of which the middle value is taken; of more, the mean."""


LONGEST = 500
"""Days that a window may reach back; what lies farther back says little of now."""


@compiled
def _together(series: Floats, length: int, out: Floats) -> None:
    """Of each window of a series the middle value, or the mean; out: one for each window."""
    if length == MIDDLE_OF:
        one, two, three, four = series[:-3], series[1:-2], series[2:-1], series[3:]
        for at in range(len(out)):
            low = max(min(one[at], two[at]), min(three[at], four[at]))
            high = min(max(one[at], two[at]), max(three[at], four[at]))
            out[at] = (low + high) / 2
        return
    out[:] = 0
    for start in range(length):
        part = series[start : start + len(out)]
        for at in range(len(out)):
            out[at] += part[at]
    for at in range(len(out)):
        out[at] /= length


@compiled
def _all_together(
    values: Floats, clear: Bools, days: npt.NDArray[np.int64], length: int, first: int
) -> tuple[Floats, Bools]:
    """The same as `windows`."""
    units, bands, dates = values.shape
    out = np.zeros((units, bands, dates - first), dtype=np.float32)
    told = np.zeros((units, dates - first), dtype=np.bool_)
    seen = np.empty(dates, dtype=np.int64)
    series, said = np.empty(dates, dtype=np.float32), np.empty(dates, dtype=np.float32)
    for unit in range(units):
        count = 0
        for at in range(dates):
            if clear[unit, at]:
                seen[count] = at
                count += 1
        last = seen[length - 1 : count]
        for place in range(len(last)):
            near = days[last[place]] - days[seen[place]] <= LONGEST
            if near and last[place] >= first:
                told[unit, last[place] - first] = True
        for band in range(bands):
            for place in range(count):
                series[place] = values[unit, band, seen[place]]
            _together(series[:count], length, said[: len(last)])
            for place in range(len(last)):
                at = last[place] - first
                if at >= 0 and told[unit, at]:
                    out[unit, band, at] = said[place]
    return out, told


def windows(
    values: Floats, clear: Bools, days: Days, length: int, first: int
) -> tuple[Floats, Bools]:
    """What the last clear observations of each unit say together.

    Args:
        values: whitened observations; shape (units, bands, t).
        clear: shape (units, t).
        days: since 1970; shape (t,).
        length: observations in a window.
        first: the first date that is answered for.

    Returns:
        Shape (units, bands, t - first); and whether a date is answered for, which it is not where
        the unit was not clear that day, or was clear too seldom before: shape (units, t - first).
    """
    return _all_together(
        np.ascontiguousarray(values), np.ascontiguousarray(clear), days, length, first
    )
