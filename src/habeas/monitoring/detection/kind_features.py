"""What is seen of a change that may tell its kind: spectra before and after, course, form.

All is held against the surroundings, date by date, so that rain, haze and season count less.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import xarray as xr

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection.days import image_days
from habeas.monitoring.detection.no_data import no_data
from habeas.monitoring.detection.surroundings import median_over
from habeas.monitoring.detection.unmixing import SURFACES, unmix

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

COURSE = ((0, 20), (20, 60), (60, 120), (120, 240))
"""Days after the beginning between which the course is looked at."""

LEAST = 3
"""Dates on either side without which nothing is said."""

NAMES = (
    *(f"moved {band}" for band in BANDS),
    *(f"after {band}" for band in BANDS),
    *(f"before {band}" for band in BANDS),
    *(f"against ring {band}" for band in BANDS),
    "size of the move",
    *(f"share {surface}" for surface in ("soil", *SURFACES)),
    "left unexplained",
    *(f"course {first} to {last}" for first, last in COURSE),
    "gradual",
    "green before",
    "green after",
    "green season before",
    "green season after",
    "green rise",
    "green of ring",
    "brightness drift",
    "unlike before",
    "unlike after",
    "unlike in the move",
    "pixels",
    "fills its box",
    "long",
)
"""The features, in order."""


@dataclass(frozen=True, eq=False)
class _Series:
    """Logarithms of reflectance, date by date; dates where both are seen."""

    days: npt.NDArray[np.int64]
    patch: Floats
    ring: Floats
    pixels: Floats

    @property
    def apart(self) -> Floats:
        return self.patch - self.ring


@dataclass(frozen=True, eq=False)
class Logs:
    """Logarithms of the reflectance of a site and its surroundings.

    Attributes:
        days: since 1970; shape (t,).
        values: not a number where not clear; shape (t, bands, y, x).
        ring: the median of the surroundings; not a number where not told; shape (t, bands).
        told: whether enough of the surroundings is clear; shape (t,).
    """

    days: npt.NDArray[np.int64]
    values: Floats
    ring: Floats
    told: Mask

    def first(self, count: int) -> Logs:
        """The same of so many images."""
        return Logs(self.days[:count], self.values[:count], self.ring[:count], self.told[:count])


def logs_of(cube: xr.Dataset, ring: Mask) -> Logs:
    """The logarithms of a cube.

    Args:
        cube: images with all six bands.
        ring: the pixels of the surroundings; shape (y, x).
    """
    values = np.stack([cube[name].transpose("time", "y", "x").values for name in BANDS], axis=1)
    void = no_data(values) | ~np.isfinite(values).all(axis=1)
    values = np.where(void[:, None], np.nan, values)
    values = np.log(np.clip(values, 0.003, 1.5))
    flat = values.reshape(*values.shape[:2], ring.size)
    middle = median_over(flat, ~np.isnan(flat[:, 0]), ring.ravel())
    return Logs(
        days=image_days(cube),
        values=values,
        ring=middle.astype(np.float64),
        told=np.isfinite(middle[:, 0]),
    )


def features(logs: Logs, footprint: Mask, onset: date, gradual: bool | None) -> Floats | None:
    """The features of a change, in the order of `NAMES`.

    Args:
        logs: of the images up to the last that counts.
        footprint: the changed pixels; shape (y, x).
        onset: when it began.
        gradual: whether it went on over months; none if that cannot be told.

    Returns:
        None where fewer than three clear dates lie before or after.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # medians over nothing are not a number
        series = _series(logs, footprint)
        since = (series.days - np.datetime64(onset, "D").astype(np.int64)).astype(np.float64)
        before = (since < -15) & (since >= -730)
        after = since >= 0
        if before.sum() < LEAST or after.sum() < LEAST:
            return None
        late = after & (since >= min(240.0, 0.5 * since.max()))
        late = late if late.sum() >= LEAST else after
        found = np.concatenate(
            [
                _spectral(series, before, late),
                _course(series, since, before, late),
                [0.5 if gradual is None else float(gradual)],
                _green(series, since, before, late),
                _unlike(series, before, late),
                _form(footprint),
            ]
        )
    return np.asarray(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0))


def _series(logs: Logs, footprint: Mask) -> _Series:
    pixels = logs.values[:, :, footprint]
    seen = logs.told & ((~np.isnan(pixels[:, 0])).mean(axis=1) >= 0.5)
    return _Series(
        days=logs.days[seen],
        patch=np.nanmean(pixels[seen], axis=2).astype(np.float64),
        ring=logs.ring[seen],
        pixels=pixels[seen].astype(np.float64),
    )


def _spectral(series: _Series, before: Mask, late: Mask) -> Floats:
    """The move against the ring, the spectra themselves, and what they are mixed of."""
    apart = series.apart
    moved = np.median(apart[late], axis=0) - np.median(apart[before], axis=0)
    old, new = (np.median(series.patch[which], axis=0) for which in (before, late))
    # what the same ground would be now, had it moved with its surroundings only
    expected = new - moved
    shares, left = unmix(np.exp(new), np.exp(expected))
    against = new - np.median(series.ring[late], axis=0)
    size = np.array([np.linalg.norm(moved)])
    return np.concatenate([moved, new, old, against, size, shares, [np.log(left + 1e-3)]])


def _course(series: _Series, since: Floats, before: Mask, late: Mask) -> Floats:
    """How far along its whole move the patch was in each spell."""
    start = np.median(series.apart[before], axis=0)
    way = np.median(series.apart[late], axis=0) - start
    along = (series.apart - start) @ way / max(float(way @ way), 1e-4)
    means, middles = [], []
    for first, last in COURSE:
        spell = (since >= first) & (since < last)
        if spell.any():
            means.append(float(np.clip(np.median(along[spell]), -0.5, 1.5)))
            middles.append((first + last) / 2)
    wanted = [(first + last) / 2 for first, last in COURSE]
    return np.interp(wanted, middles, means) if means else np.ones(len(COURSE))


def _green(series: _Series, since: Floats, before: Mask, late: Mask) -> Floats:
    """How green, how much that changes with the season, how it rises; and whether it brightens."""
    patch, ring = _ndvi(series.patch), _ndvi(series.ring)
    early = (since >= 0) & (since < 60)
    rise = np.median((patch - ring)[late]) - np.median((patch - ring)[early]) if early.any() else 0
    shine = series.apart.mean(axis=1)
    drift = np.median(shine[late]) - np.median(shine[early]) if early.any() else 0
    return np.array(
        [
            np.median(patch[before]),
            np.median(patch[late]),
            np.ptp(np.quantile(patch[before], [0.1, 0.9])),
            np.ptp(np.quantile(patch[late], [0.1, 0.9])),
            rise,
            np.median(ring),
            drift,
        ]
    )


def _ndvi(logs: Floats) -> Floats:
    red, nir = (np.exp(logs[:, BANDS.index(name)]) for name in ("red", "nir"))
    return np.asarray((nir - red) / (nir + red))


def _unlike(series: _Series, before: Mask, late: Mask) -> Floats:
    """How unlike one another the pixels of the patch are, before, after, and in their moves."""
    old, new = (np.nanmedian(series.pixels[which], axis=0) for which in (before, late))
    spread = [np.nanstd(part, axis=1).mean() for part in (old, new, new - old)]
    return np.log(np.array(spread) + 0.01)


def _form(footprint: Mask) -> Floats:
    """The size of the footprint, how well it fills its box, how long it is."""
    rows, columns = np.nonzero(footprint)
    height, width = int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1
    count = len(rows)
    return np.array(
        [np.log(count), count / (height * width), np.log(max(height, width) / min(height, width))]
    )
