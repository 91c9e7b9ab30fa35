"""Thin cloud that the mask missed: what it can have done counts from the second clear date on.

Rims of clouds and thin cloud stay in pixels that are said to be clear. Ground of reflectance r
under an opacity a is seen as r + a (C - r), so that its logarithm moves by about a (C / r - 1): far
where the ground is dark, mostly in the blue, hardly in the short-wave infrared. That gives each
patch a direction. What lies along it counts only as far as the clear date before shows it too: a
change of the ground stays, and cloud seldom comes back to the same place the next time.
"""

from __future__ import annotations

import numpy as np

from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.stack import Bools, Floats, Stack

CLOUD = {"blue": 0.62, "green": 0.62, "red": 0.63, "nir": 0.66, "swir16": 0.50, "swir22": 0.38}
"""Reflectance of thick cloud by band: nearly white, darker where ice and water absorb."""


def ways_of_cloud(history: Stack, scale: Floats, whiten: Floats, members: Floats) -> Floats:
    """The direction in which thin cloud moves each patch, of length 1; shape (patches, bands).

    Args:
        history: tells how dark the ground is.
        scale: the spread of each pixel; shape (bands, pixels).
        whiten: turns bands into independent components; shape (bands, bands).
        members: share of each pixel in each patch; shape (pixels, patches).
    """
    count = np.maximum(history.clear.sum(axis=0), 1)
    ground = np.exp(history.values.sum(axis=0) / count)
    cloud = np.array([CLOUD[name] for name in history.bands], dtype=np.float32)
    moved = np.maximum(cloud[:, None] / ground - 1, 0)
    ways = members.T @ (whiten @ (moved / scale)).T
    length = np.linalg.norm(ways, axis=1, keepdims=True)
    return np.asarray(ways / np.maximum(length, 1e-6), dtype=np.float32)


@compiled
def confirmed(values: Floats, seen: Bools, ways: Floats, before: Floats) -> tuple[Floats, Floats]:
    """Observations, as far as the clear date before confirms what thin cloud can have done.

    Args:
        values: whitened; shape (patches, bands, t).
        seen: whether each patch was clear; shape (patches, t).
        ways: as `ways_of_cloud` gives them.
        before: how far the last clear date before these lies along its way; 0 where there is none;
            shape (patches,).

    Returns:
        The observations, and how far the last clear date of each patch lies along its way.
    """
    patches, bands, dates = values.shape
    rid, last = values.copy(), before.copy()
    along = np.empty(dates, dtype=np.float32)
    for patch in range(patches):
        along[:] = 0
        for band in range(bands):
            for at in range(dates):
                along[at] += values[patch, band, at] * ways[patch, band]
        for at in range(dates):
            far = max(along[at], np.float32(0))
            along[at] = max(far - last[patch], np.float32(0))
            if seen[patch, at]:
                last[patch] = far
        for band in range(bands):
            for at in range(dates):
                rid[patch, band, at] -= along[at] * ways[patch, band]
    return rid, last
