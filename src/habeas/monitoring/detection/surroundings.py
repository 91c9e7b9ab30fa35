"""The site on the grid, and the ground around it that it is held against.

Rain, haze, drought and a sensor that drifts change the site and its surroundings alike; what is
left when the surroundings are taken away is the site's own. The surroundings are the pixels a few
rows from the site (a ring), less water, less roads and fields that do not move with the site, and
less those that are rarely seen. What is common to them is taken date by date by a mean that leaves
out what lies far off (Tukey's biweight), so that a minority of them may be disturbed as well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
import xarray as xr
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from habeas.errors import InputError
from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.season import years_back
from habeas.monitoring.detection.stack import Bools, Floats, Stack

ENOUGH = 24
"""Pixels of surroundings from which a median is steady."""

FEWEST = 5
"""Clear dates that a year must have to tell what is usual in it."""

_FAR = 3.0
"""Spreads at which a pixel says nothing of what is common."""

_LIKE = 0.6
"""Share of the ring that is kept, those that move most like the site."""


def site_mask(cube: xr.Dataset, outline: BaseGeometry, uncertainty: float) -> Bools:
    """The pixels of a site; shape (y, x).

    Pixels whose centre lies in the outline, widened by its uncertainty; those that it touches where
    it is so small that it holds no centre.

    Args:
        cube: see `cube`.
        outline: in the coordinate reference system of the cube.
        uncertainty: metres.

    Raises:
        InputError: no shape of shapely, an outline without an area and no uncertainty, one that is
            broken, or one that lies outside the images.
    """
    if not isinstance(outline, BaseGeometry):
        raise InputError(
            f"the outline of the site is no polygon of shapely but {type(outline).__name__}",
            mend="shapely.geometry.shape(…) makes one of GeoJSON; give it in the coordinates of "
            "the images",
        )
    if outline.is_empty or not outline.is_valid:
        raise InputError("the outline of the site is empty or crosses itself", mend="Draw it anew")
    if outline.area == 0 and not uncertainty:
        raise InputError(
            "the site is a point without an outline",
            mend="Give its outline, or the uncertainty of the point in metres",
        )
    wide = outline.buffer(uncertainty) if uncertainty else outline
    x, y = np.meshgrid(cube["x"].values, cube["y"].values)
    inside: Bools = np.asarray(shapely.contains_xy(wide, x, y))
    if not inside.any():
        half = pixel_size(cube) / 2
        boxes = shapely.box(x - half, y - half, x + half, y + half)
        inside = np.asarray(shapely.area(shapely.intersection(boxes, wide)) > 0)
    if not inside.any():
        raise InputError(
            "the images do not cover the site",
            mend="Give images of the place, or look at the coordinate reference systems of both",
        )
    return inside


def window_of(site: Bools, margin: int) -> tuple[slice, slice]:
    """Rows and columns of the images within so many pixels of a site."""
    ends = []
    for places in np.nonzero(site):
        ends.append(slice(max(int(places.min()) - margin, 0), int(places.max()) + margin + 1))
    return ends[0], ends[1]


def leaves_images(cube: xr.Dataset, outline: BaseGeometry, uncertainty: float) -> bool:
    """Whether more than a tenth of a site lies outside the images."""
    wide = outline.buffer(uncertainty) if uncertainty else outline
    half = pixel_size(cube) / 2
    x, y = cube["x"].values, cube["y"].values
    scene = shapely.box(x.min() - half, y.min() - half, x.max() + half, y.max() + half)
    return bool(wide.area > 0 and wide.intersection(scene).area < 0.9 * wide.area)


def pixel_size(cube: xr.Dataset) -> float:
    """Metres from one pixel to the next."""
    x, y = cube["x"].values, cube["y"].values
    if len(x) > 1:
        return float(abs(x[1] - x[0]))
    return float(abs(y[1] - y[0])) if len(y) > 1 else 10.0


@dataclass(frozen=True, eq=False)
class Place:
    """A site on the grid: shape (y, x) each.

    Attributes:
        site: its pixels.
        ring: those from which the surroundings are chosen.
        beyond: whether more than a tenth of the site lies outside the images.
    """

    site: Bools
    ring: Bools
    beyond: bool = False


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What the site is held against.

    Attributes:
        ring: the pixels near the site from which the reference is chosen; shape (pixels,).
        reference: those chosen; shape (pixels,).
    """

    ring: Bools
    reference: Bools


def ring_of(site: Bools, ring: tuple[int, int]) -> Bools:
    """The pixels so many rows from the site; nearer ones where the images end there."""
    away = ndimage.distance_transform_cdt(~site, metric="chessboard")
    chosen = (away >= ring[0]) & (away <= ring[1])
    if chosen.sum() < 4 * ENOUGH:
        chosen = (away >= min(2, ring[0])) & (away <= ring[1])
    return np.asarray(chosen)


def choose(history: Stack, anomalies: Floats, site: Bools, ring: Bools) -> Surroundings:
    """The pixels of the ring that moved most like the site before the watch.

    Args:
        history: the images before the watch.
        anomalies: what the seasons do not explain in them; shape (t, bands, pixels).
        site: shape (pixels,).
        ring: shape (pixels,).
    """
    usable = usable_of(history, ring)
    if usable.sum() <= ENOUGH:
        return Surroundings(ring, usable)
    own = median_over(anomalies, history.clear, site)
    apart = np.abs(anomalies - own[:, :, None])
    seen = history.clear & np.isfinite(own.sum(axis=1))[:, None]
    apart = np.where(seen[:, None], np.minimum(apart, 0.5), 0)
    distance = np.square(apart).sum(axis=(0, 1)) / np.maximum(seen.sum(axis=0), 1)
    count = max(ENOUGH, int(_LIKE * usable.sum()))
    limit = np.sort(distance[usable])[min(count, int(usable.sum())) - 1]
    return Surroundings(ring, usable & (distance <= limit))


def usable_of(history: Stack, ring: Bools) -> Bools:
    """The pixels of a ring that the surroundings may be chosen from; shape (pixels,)."""
    return ring & ~_water(history) & _seen(history, ring) & often_seen(history)


def often_seen(history: Stack) -> Bools:
    """Pixels that were clear often enough, and in two years, to tell what is usual there."""
    years = years_back(history.days)
    enough = np.zeros(history.clear.shape[1], dtype=np.int64)
    for year in np.unique(years):
        enough += history.clear[years == year].sum(axis=0) >= FEWEST
    return np.asarray(enough >= 2)


def _water(history: Stack) -> Bools:
    """Pixels that are water most of the time (McFeeters 1996: green above near infrared)."""
    green, nir = history.band("green", "blue", "red"), history.band("nir")
    if green is None or nir is None:
        return np.zeros(history.clear.shape[1], dtype=np.bool_)
    wet = (history.values[:, green] > history.values[:, nir]) & history.clear
    return np.asarray(wet.sum(axis=0) > 0.5 * np.maximum(history.clear.sum(axis=0), 1))


def _seen(history: Stack, ring: Bools) -> Bools:
    """Pixels that were clear nearly as often as those of the ring that the images show at all."""
    count = history.clear.sum(axis=0)
    shown = count[ring & (count > 0)]
    return np.asarray(count >= 0.7 * np.median(shown)) if len(shown) else count > 0


def median_over(values: Floats, clear: Bools, pixels: Bools) -> Floats:
    """The median over these pixels, date by date; not a number where under a quarter is clear.

    Args:
        values: shape (t, bands, pixels).
        clear: shape (t, pixels).
        pixels: shape (pixels,).
    """
    return _medians(np.compress(pixels, values, axis=2), np.compress(pixels, clear, axis=1))


def _medians(values: Floats, clear: Bools) -> Floats:
    count, every = clear.sum(axis=1), clear.shape[1]
    if not every:
        return np.full(values.shape[:2], np.nan, dtype=np.float32)
    ranked = np.where(clear[:, None], values, np.float32(np.inf))
    ranked.sort(axis=2)
    low = np.maximum(count - 1, 0) // 2
    high = np.minimum(count // 2, every - 1)
    at = np.arange(len(count))
    middle = (ranked[at, :, low] + ranked[at, :, high]) / 2
    middle[count < max(1, int(np.ceil(every / 4)))] = np.nan
    return np.asarray(middle, dtype=np.float32)


def common_to(values: Floats, clear: Bools, scale: Floats) -> Floats:
    """What a set of pixels has in common date by date, whatever a minority of them does.

    Starts at the median and gives less and less weight to pixels that are farther from it in units
    of their own spread, none to those that are far off (Tukey's biweight; Huber and Ronchetti 2009,
    chapter 4): a median alone would follow a quarter of the pixels some of the way.

    Args:
        values: anomalies; shape (t, bands, pixels).
        clear: shape (t, pixels).
        scale: spread of each pixel and band; shape (bands, pixels).

    Returns:
        Shape (t, bands). Where under a quarter is clear it starts at 0, not at the median, and is
        not a number if nothing lies near that.
    """
    unit = np.asarray(1 / scale, dtype=np.float32)
    return _drawn_to(_medians(values, clear), values, clear, unit)


@compiled
def _weigh(values: Floats, middle: Floats, unit: Floats, precision: Floats, out: Floats) -> None:
    """The weight of each pixel of a date (bands, pixels), 0 where it lies far from the middle."""
    bands, pixels = values.shape
    out[:] = 0
    for band in range(bands):
        centre = middle[band]
        for pixel in range(pixels):
            apart = (values[band, pixel] - centre) * unit[band, pixel]
            out[pixel] += apart * apart
    for pixel in range(pixels):
        near = max(np.float32(1) - out[pixel] / np.float32(bands * _FAR**2), np.float32(0))
        out[pixel] = near * near * precision[pixel]


@compiled
def _drawn(values: Floats, weight: Floats, middle: Floats) -> bool:
    """Whether any pixel of a date weighs something: the middle becomes their mean then."""
    bands, pixels = values.shape
    total = np.float32(0)
    for pixel in range(pixels):
        total += weight[pixel]
    if total == 0:
        return False
    for band in range(bands):
        part = np.float32(0)
        for pixel in range(pixels):
            part += values[band, pixel] * weight[pixel]
        middle[band] = part / total
    return True


@compiled
def _drawn_to(centre: Floats, values: Floats, clear: Bools, unit: Floats) -> Floats:
    """The centre of each date (t, bands), drawn three times to the pixels that lie near it.

    It stays as it is where none does. `unit` is one over the spread of each pixel; shape (bands,
    pixels).
    """
    found = centre.copy()
    variance = (np.float32(1) / np.square(unit)).sum(axis=0)
    weight = np.empty_like(variance)
    for at in range(len(values)):
        middle = centre[at].copy() if np.isfinite(centre[at, 0]) else np.zeros_like(centre[at])
        precision = clear[at].astype(np.float32) / variance
        for _ in range(3):
            _weigh(values[at], middle, unit, precision, weight)
            if _drawn(values[at], weight, middle):
                found[at] = middle
    return found


def pixel_means(
    images: Stack, clear: Bools, site: Bools, reference: Bools
) -> tuple[Floats, Floats, Bools]:
    """Mean reflectance of the site and of its surroundings, and whether enough of both is clear.

    Args:
        images: which.
        clear: pixels that count; shape (t, pixels).
        site: shape (pixels,).
        reference: shape (pixels,).

    Returns:
        Three of shape (t,); the means are not a number where nothing is clear.
    """
    level = np.exp(images.values).mean(axis=1)
    means = []
    for area in (site, reference):
        seen = clear[:, area]
        count = seen.sum(axis=1)
        total = (level[:, area] * seen).sum(axis=1)
        means.append(np.where(count, total / np.maximum(count, 1), np.nan).astype(np.float32))
    return means[0], means[1], np.asarray(clear[:, site].mean(axis=1) >= 0.5)
