"""Sums over the last clear observations of every patch of pixels: the inner loops.

Compiled by Numba where it is there; all in one file, because Numba looks for changes only in the
file of the function that is called. A window holds the last so many clear observations, however
far apart they lie. In the shortest windows the middle value of each component is taken, so that one
cloud that the mask let through does not speak; in longer ones the mean, of observations whose
length is capped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.stack import Bools, Floats

_P = ParamSpec("_P")
_R = TypeVar("_R")

MEDIAN_UPTO = 5
"""Windows of at most so many observations take the middle value."""


LONGEST = 500
"""Days that a window may reach back; what lies farther back says little of now."""


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function compiled to run without Python, or itself where there is no Numba."""
    try:
        from numba import njit
    except ImportError:  # pragma: no cover - a platform that Numba does not support
        return function
    return cast("Callable[_P, _R]", njit(cache=True, nogil=True, error_model="numpy")(function))


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
    values: Floats, unit: int, places: npt.NDArray[np.int64], length: int, into: Floats
) -> None:
    """The mean, or the middle, of observations of a unit at these places; into shape (bands,)."""
    some = np.empty(length, dtype=np.float32)
    for band in range(values.shape[1]):
        total = np.float32(0)
        for at in range(length):
            some[at] = values[places[at], band, unit]
            total += some[at]
        if length <= MEDIAN_UPTO:
            into[band] = _middle(some, length)
        else:
            into[band] = total / np.float32(length)


@compiled
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
    dates, bands, units = values.shape
    out = np.full((dates - first, bands, units), np.nan, dtype=np.float32)
    said = np.empty(bands, dtype=np.float32)
    for unit in range(units):
        last = np.zeros(length, dtype=np.int64)
        seen = 0
        for at in range(dates):
            if not clear[at, unit]:
                continue
            last[seen % length] = at
            seen += 1
            if seen < length or at < first:
                continue
            _summed(values, unit, last, length, said)
            if days[at] - days[last[seen % length]] > LONGEST:
                continue
            for band in range(bands):
                out[at - first, band, unit] = said[band]
    return out
