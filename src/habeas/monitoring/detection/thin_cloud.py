"""Thin cloud that the mask missed: what it can have done counts from the second clear date on.

Rims of clouds and thin cloud stay in pixels that are said to be clear. Ground of reflectance r
under an opacity a is seen as r + a (C - r), so that its logarithm moves by about a (C / r - 1): far
where the ground is dark, mostly in the blue, hardly in the short-wave infrared. That gives each
patch a direction. What lies along it counts only as far as the clear date before shows it too: a
change of the ground stays, and cloud seldom comes back to the same place the next time.
"""

from __future__ import annotations

import numpy as np

from habeas.monitoring.detection.stack import Bools, Floats, Stack

CLOUD = {"blue": 0.62, "green": 0.62, "red": 0.63, "nir": 0.66, "swir16": 0.50, "swir22": 0.38}
"""Reflectance of thick cloud by band: nearly white, darker where ice and water absorb."""


def ways_of_cloud(history: Stack, scale: Floats, whiten: Floats, members: Floats) -> Floats:
    """The direction in which thin cloud moves each patch, of length 1; shape (bands, patches).

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
    ways = (whiten @ (moved / scale)) @ members
    return np.asarray(ways / np.maximum(np.linalg.norm(ways, axis=0), 1e-6), dtype=np.float32)


def confirmed(values: Floats, seen: Bools, ways: Floats, before: Floats) -> tuple[Floats, Floats]:
    """Observations, as far as the clear date before confirms what thin cloud can have done.

    Args:
        values: whitened; shape (t, bands, patches).
        seen: whether each patch was clear; shape (t, patches).
        ways: as `ways_of_cloud` gives them.
        before: how far the last clear date before these lies along its way; 0 where there is none;
            shape (patches,).

    Returns:
        The observations, and how far the last clear date of each patch lies along its way.
    """
    along = np.maximum(np.einsum("tbp,bp->tp", values, ways), 0)
    at = np.where(seen, np.arange(len(seen))[:, None], -1)
    last = np.concatenate((np.full((1, seen.shape[1]), -1), np.maximum.accumulate(at, axis=0)))
    known = np.concatenate((before[None], along))
    known = np.take_along_axis(known, last + 1, axis=0)
    counted = np.minimum(along, known[:-1])
    rid = values - (along - counted)[:, None] * ways
    return np.asarray(rid, dtype=np.float32), np.asarray(known[-1], dtype=np.float32)
