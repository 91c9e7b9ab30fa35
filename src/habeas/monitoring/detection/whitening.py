"""Vectors of bands made independent of each other, so that all directions count alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.stack import Bools, Days, Floats

_CAP = 16.0
"""Length at which a whitened observation is capped: one cloud says no more than that. Half of it is
reached by weather, so that forest turned to concrete would look no worse than a bad day."""

_DRAWN_ROUND = 3.0
"""Independent windows a band at which a measured covariance counts as much as a round one."""

_UNSURE = 4.0
"""A covariance known from so many independent windows is taken to be twice as large."""

_FLOOR = 0.02
"""Part of the variance that is taken to be independent between bands."""


def capped(values: Floats) -> Floats:
    """Vectors along axis 1, none longer than the cap times the root of their number of parts."""
    return _shortened(np.ascontiguousarray(values, dtype=np.float32), _longest(values))


def _longest(values: Floats) -> np.float32:
    return np.float32(_CAP * np.sqrt(values.shape[1] / 2))


@compiled
def _parts(vectors: Floats, longest: np.float32, out: Floats) -> None:
    """The part of each vector, along axis 0 of two, that is not longer than that."""
    out[:] = 0
    for band in range(len(vectors)):
        for at in range(len(out)):
            out[at] += vectors[band, at] * vectors[band, at]
    for at in range(len(out)):
        out[at] = min(np.float32(1), longest / max(np.sqrt(out[at]), np.float32(1e-9)))


@compiled
def _shortened(values: Floats, longest: np.float32) -> Floats:
    """The same as `capped`."""
    rows, bands, count = values.shape
    out, part = np.empty_like(values), np.empty(count, dtype=np.float32)
    for row in range(rows):
        _parts(values[row], longest, part)
        for band in range(bands):
            for at in range(count):
                out[row, band, at] = values[row, band, at] * part[at]
    return out


@compiled
def _products(values: Floats, longest: np.float32) -> npt.NDArray[np.float64]:
    """Sums of the products of the bands, none of the vectors longer than that; (bands, bands)."""
    rows, bands, count = values.shape
    sums, part = np.zeros((bands, bands, count), np.float32), np.empty(count, np.float32)
    for row in range(rows):
        _parts(values[row], longest, part)
        for at in range(count):
            part[at] *= part[at]
        for one in range(bands):
            for two in range(one + 1):
                for at in range(count):
                    sums[one, two, at] += part[at] * values[row, one, at] * values[row, two, at]
    total = np.empty((bands, bands), dtype=np.float64)
    for one in range(bands):
        for two in range(one + 1):
            total[one, two] = total[two, one] = sums[one, two].astype(np.float64).sum()
    return total


def whitener(values: Floats, clear: Bools, independent: float = np.inf) -> Floats:
    """A matrix that makes these vectors independent with variance 1; shape (bands, bands).

    Args:
        values: 0 where not clear; shape (any, bands, other).
        clear: shape (any, other).
        independent: how many of the vectors are independent of each other; where they are few, the
            covariance is drawn to one that is alike in all directions.
    """
    bands = values.shape[1]
    products = _products(np.ascontiguousarray(values), _longest(values))
    covariance = products / max(int(clear.sum()), 1)
    drawn = 1 / (1 + independent / (_DRAWN_ROUND * bands))
    level = np.trace(covariance) / bands
    unsure = 1 + _UNSURE / independent
    return _inverse_root(unsure * ((1 - drawn) * covariance + drawn * level * np.eye(bands)))


def whitened(whiten: Floats, values: Floats, kinds: Days) -> Floats:
    """Vectors of patches whitened as their kind is.

    Args:
        whiten: shape (kinds, bands, bands).
        values: shape (patches, bands, t).
        kinds: shape (patches,).
    """
    return _turned(whiten, np.ascontiguousarray(values), kinds)


@compiled
def _turned(whiten: Floats, values: Floats, kinds: Days) -> Floats:
    """The same as `whitened`."""
    patches, bands, dates = values.shape
    out = np.zeros_like(values)
    for patch in range(patches):
        for one in range(bands):
            for two in range(bands):
                part = whiten[kinds[patch], one, two]
                for at in range(dates):
                    out[patch, one, at] += part * values[patch, two, at]
    return out


def _inverse_root(covariance: npt.NDArray[np.float64]) -> Floats:
    bands = len(covariance)
    if not np.isfinite(covariance).all() or np.trace(covariance) <= 0:
        return np.eye(bands, dtype=np.float32)
    floor = _FLOOR * np.trace(covariance) / bands
    values, vectors = np.linalg.eigh(covariance + floor * np.eye(bands))
    return np.asarray((vectors / np.sqrt(values)) @ vectors.T, dtype=np.float32)
