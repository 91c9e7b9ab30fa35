"""Random fields over the ground: correlated texture, blobs, parcels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

Map = npt.NDArray[np.float32]


def texture(rng: np.random.Generator, cells: int, reach: float) -> Map:
    """A field of mean zero and spread one.

    Args:
        rng: source of randomness.
        cells: width and height.
        reach: how far it is alike, in cells.
    """
    rough = rng.normal(size=(cells, cells)).astype(np.float32)
    smooth = gaussian_filter(rough, reach, mode="wrap") if reach > 0 else rough
    return np.asarray((smooth - smooth.mean()) / smooth.std(), dtype=np.float32)


def parcels(rng: np.random.Generator, cells: int, side: float) -> npt.NDArray[np.int64]:
    """The number of the parcel that each cell lies in (nearest of scattered points).

    Args:
        rng: source of randomness.
        cells: width and height.
        side: of a parcel, in cells.
    """
    count = max(2, round((cells / side) ** 2))
    points = rng.uniform(0, cells, (count, 2))
    turn = rng.uniform(0, np.pi)
    across = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    y, x = np.mgrid[0:cells, 0:cells]
    apart = np.stack([y, x], axis=-1)[:, :, None, :] - points
    return np.asarray(np.abs(apart @ across).max(axis=-1).argmin(axis=-1))
