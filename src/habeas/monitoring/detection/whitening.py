"""Vectors of bands made independent of each other, so that all directions count alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

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
    longest = np.float32(_CAP * np.sqrt(values.shape[1] / 2))
    length = np.sqrt(np.square(values).sum(axis=1, keepdims=True))
    return np.asarray(values * np.minimum(1, longest / np.maximum(length, 1e-9)), np.float32)


def whitener(values: Floats, clear: Bools, independent: float = np.inf) -> Floats:
    """A matrix that makes these vectors independent with variance 1; shape (bands, bands).

    Args:
        values: shape (t, bands, any).
        clear: shape (t, any).
        independent: how many of the vectors are independent of each other; where they are few, the
            covariance is drawn to one that is alike in all directions.
    """
    bands = values.shape[1]
    flat = capped(values).transpose(1, 0, 2).reshape(bands, -1)
    covariance = (flat @ flat.T).astype(np.float64) / max(int(clear.sum()), 1)
    drawn = 1 / (1 + independent / (_DRAWN_ROUND * bands))
    level = np.trace(covariance) / bands
    unsure = 1 + _UNSURE / independent
    return _inverse_root(unsure * ((1 - drawn) * covariance + drawn * level * np.eye(bands)))


def whitened(whiten: Floats, values: Floats, kinds: Days) -> Floats:
    """Vectors of patches whitened as their kind is.

    Args:
        whiten: shape (kinds, bands, bands).
        values: shape (t, bands, patches).
        kinds: shape (patches,).
    """
    turned = np.empty_like(values)
    for kind in np.unique(kinds):
        chosen = kinds == kind
        turned[:, :, chosen] = whiten[kind] @ values[:, :, chosen]
    return turned


def _inverse_root(covariance: npt.NDArray[np.float64]) -> Floats:
    bands = len(covariance)
    if not np.isfinite(covariance).all() or np.trace(covariance) <= 0:
        return np.eye(bands, dtype=np.float32)
    floor = _FLOOR * np.trace(covariance) / bands
    values, vectors = np.linalg.eigh(covariance + floor * np.eye(bands))
    return np.asarray((vectors / np.sqrt(values)) @ vectors.T, dtype=np.float32)
