"""Where an image shows the ground: no cloud, no shadow, no gap.

Scene classification of Sentinel-2 (Sen2Cor): 4 vegetation, 5 not vegetated, 6 water, 7 unclassified
(ESA, level 2A algorithm). Quality bits of Landsat Collection 2: 0 fill, 1 dilated cloud, 2 cirrus,
3 cloud, 4 cloud shadow, 5 snow (USGS, Landsat Collection 2 pixel quality assessment). Bits of HLS's
Fmask: 1 cloud, 2 next to cloud or shadow, 3 cloud shadow, 4 snow; fill is all of them (NASA, HLS
product user guide, version 2). The first band of Planet's usable data mask (UDM2) is 1 where the
ground is clear (Planet, usable data mask).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from habeas.monitoring.images.acquisition import MaskKind

_NOT_CLEAR_BITS = {"qa_pixel": 0b111111, "fmask": 0b11110}


@dataclass(frozen=True, kw_only=True)
class Clear:
    """What counts as clear ground.

    Attributes:
        scl: classes of Sentinel-2's scene classification.
        supplied: numbers of a mask that was supplied.
    """

    scl: tuple[int, ...] = (4, 5, 7)
    supplied: tuple[int, ...] = (0,)


def is_clear(
    numbers: npt.NDArray[np.generic], kind: MaskKind, clear: Clear
) -> npt.NDArray[np.bool_]:
    """Where a mask calls the ground clear; the shape of `numbers`."""
    whole = numbers.astype(np.int64)
    if kind in _NOT_CLEAR_BITS:
        return np.asarray((whole & _NOT_CLEAR_BITS[kind]) == 0)
    if kind == "udm2":
        return np.asarray(whole == 1)
    return np.isin(whole, clear.scl if kind == "scl" else clear.supplied)
