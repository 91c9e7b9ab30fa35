"""Which pixels changed, and how much ground that is.

After the alarm each pixel is asked alone: what is left over of it after the change less what was
before, along the direction in which the changed patch went, as a share of how far its most changed
pixels went. A pixel that changed in part has a share between 0 and 1. Neighbours are more often
alike than not (a Potts field, Besag 1986, by iterated conditional modes), so that a lone pixel
needs more. The area sums the shares; its interval comes from drawing the dates again, in blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from shapely.geometry import MultiPolygon, Polygon

from habeas.monitoring.detection.stack import Bools
from habeas.monitoring.disturbance import Interval

Maps = npt.NDArray[np.float64]

CHANGED = 0.45
"""Share from which a pixel is taken to have changed."""

_CORE = 0.75
"""Quantile of the changed pixels' shifts that stands for a full change."""

_ALIKE = 0.35
"""How much a like neighbour counts, against an observation."""

_WHOLE = 0.75
"""Share from which the whole of a pixel is taken to have changed: ground is not even."""

_CUT_UNSURE = 0.18
"""How unsure the share is from which a pixel is taken to have changed."""

_REACH = (0.6, 2.1)
"""By which the ends of an area, as logarithms, lie nearer or further off, so that one in twenty
truths lies beyond either: found on simulated sites (calibration). Pixels that changed in part are
more often missed than taken in."""

_FULL_UNSURE = 0.12
"""How unsure it is, as a logarithm, how far a pixel goes that changed wholly."""

_DRAWS = 1000
_BLOCK = 4


@dataclass(frozen=True, eq=False)
class Footprint:
    """The changed ground.

    Attributes:
        pixels: shape (y, x).
        share: how much of each pixel changed, between 0 and 1; 0 elsewhere; shape (y, x).
    """

    pixels: Bools
    share: Maps


@dataclass(frozen=True, eq=False)
class Shifts:
    """What is left over of each pixel before and after, along the direction of the change.

    Attributes:
        before: shape (t, y, x); not a number where not clear.
        after: shape (t, y, x); not a number where not clear.
    """

    before: Maps
    after: Maps


def footprint(shifts: Shifts, seed_pixels: Bools, allowed: Bools) -> Footprint:
    """Which pixels changed.

    Args:
        shifts: of every pixel.
        seed_pixels: the patch that raised the alarm; shape (y, x).
        allowed: pixels of the site; shape (y, x).
    """
    shift = _shift(shifts.before, shifts.after)
    error = _error(shifts.before, shifts.after)
    full = _full(shift[seed_pixels & allowed])
    share, error = shift / full, error / full
    pixels = _smoothed(share, error, allowed)
    if not pixels.any():
        pixels = seed_pixels & allowed
    full = _full(shift[pixels])
    share = np.clip(shift / full, 0, 1)
    pixels = _smoothed(shift / full, error, allowed) & _near(pixels)
    if not pixels.any():
        pixels = seed_pixels & allowed
    return Footprint(pixels, share * pixels)


def area_of(
    changed: Footprint, shifts: Shifts, allowed: Bools, pixel_area: float, level: float
) -> Interval:
    """How much ground changed, in square metres.

    Args:
        changed: the footprint.
        shifts: from which it was found.
        allowed: pixels of the site; shape (y, x).
        pixel_area: square metres of a pixel.
        level: of the interval.
    """
    area = float((_ground(changed.share) * changed.pixels).sum() * pixel_area)
    ends = np.array(_area_ends(shifts, changed.pixels, allowed, level)) * pixel_area
    low, high = area * (np.maximum(ends, 1.0) / max(area, 1.0)) ** np.array(_REACH)
    return Interval(best=area, low=min(area, float(low)), high=max(area, float(high)), level=level)


def _shift(before: Maps, after: Maps) -> Maps:
    """Mean after less mean before; dates along the first axis."""
    return _mean(after) - _mean(before)


def _mean(values: Maps) -> Maps:
    """Mean over dates of what is clear; 0 where nothing is."""
    seen = np.isfinite(values)
    total = np.where(seen, values, 0).sum(axis=0)
    return np.asarray(total / np.maximum(seen.sum(axis=0), 1))


def _error(before: Maps, after: Maps) -> Maps:
    """Standard error of a shift; noise along dates counts as it is."""
    count, base = np.isfinite(after).sum(axis=0), np.isfinite(before).sum(axis=0)
    error = np.sqrt(1 / np.maximum(count, 1) + 1 / np.maximum(base, 1))
    return np.asarray(error * (1 + np.nanstd(before)))


def _full(shift: Maps) -> float:
    """How far a pixel goes that changed wholly, from the shifts of changed ones."""
    return max(float(np.quantile(shift, _CORE)), 1e-6)


def _ground(share: Maps) -> Maps:
    """The part of a pixel's ground that changed: all of it from `_WHOLE` on."""
    return np.asarray(np.clip(share / _WHOLE, 0, 1))


def _near(pixels: Bools) -> Bools:
    return np.asarray(ndimage.binary_dilation(pixels, structure=np.ones((3, 3)), iterations=2))


def _smoothed(share: Maps, error: Maps, allowed: Bools) -> Bools:
    """Iterated conditional modes: data and neighbours."""
    spread = np.hypot(error, 0.25)
    data = (share - CHANGED) / spread / 0.5
    changed = (share > CHANGED) & allowed
    around = np.array([[0.5, 1, 0.5], [1, 0, 1], [0.5, 1, 0.5]])
    room = ndimage.convolve(allowed.astype(float), around, mode="constant")
    for _ in range(6):
        like = ndimage.convolve(changed.astype(float), around, mode="constant")
        pull = _ALIKE * (2 * like - room)
        changed = (data + pull > 0) & allowed
    return np.asarray(changed)


def _area_ends(shifts: Shifts, pixels: Bools, allowed: Bools, level: float) -> tuple[float, float]:
    """Ends of the area in pixels, from dates drawn again in blocks."""
    draw = np.random.default_rng(1948)
    rim = ndimage.binary_dilation(pixels) & allowed
    before, after = shifts.before[:, rim], shifts.after[:, rim]
    shift = _drawn_mean(draw, after) - _drawn_mean(draw, before)
    cut = draw.normal(CHANGED, _CUT_UNSURE, _DRAWS)
    full = np.maximum(np.quantile(shift[:, pixels[rim]], _CORE, axis=1), 1e-6)
    share = shift / (full * np.exp(draw.normal(0, _FULL_UNSURE, _DRAWS)))[:, None]
    areas = (_ground(share) * (share > cut[:, None])).sum(axis=1)
    low, high = np.quantile(areas, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _drawn_mean(draw: np.random.Generator, values: Maps) -> Maps:
    """Means over dates drawn in blocks of neighbours; shape (draws, pixels)."""
    count = len(values)
    length = min(_BLOCK, count)
    starts = draw.integers(0, max(count - length + 1, 1), size=(_DRAWS, -(-count // length)))
    drawn = (starts[:, :, None] + np.arange(length)).reshape(_DRAWS, -1)[:, :count]
    places = drawn + count * np.arange(_DRAWS)[:, None]
    times = np.bincount(places.ravel(), minlength=_DRAWS * count).reshape(_DRAWS, count)
    seen = np.isfinite(values)
    return (times @ np.where(seen, values, 0)) / np.maximum(times @ seen, 1)


def outline_of(pixels: Bools, x: Maps, y: Maps, size: float) -> Polygon | MultiPolygon:
    """The outline of pixels, in the coordinates of the cube."""
    rows, columns = np.nonzero(pixels)
    half = size / 2
    boxes = shapely.box(x[columns] - half, y[rows] - half, x[columns] + half, y[rows] + half)
    joined = shapely.union_all(boxes)
    return joined if isinstance(joined, Polygon | MultiPolygon) else MultiPolygon()
