"""Whether what was read can be reflectance: numbers taken for what they are not show it."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
import numpy.typing as npt
from msgspec import structs

from habeas.monitoring.images.chip import Measured
from habeas.monitoring.images.day import Day

_VISIBLE = ("blue", "green", "red")

_BELOW = -0.02
"""Reflectance that water and shadow do not come out below, but for single pixels."""

_FEW = 0.05
"""Share of the clear pixels of a band that may."""

_TO_TELL = 20
"""Pixels that a mask must hide, and must show, to be judged."""

_MANY = 0.25
"""Share of the images with an assumed offset; where more come out below zero, none is believed."""

_LOWEST, _HIGHEST = -0.2, 1.5
"""Between these the median of any band lies, clouds and snow included."""

NO_REFLECTANCE = (
    f"what it shows cannot be reflectance: the median of a band lies below {_LOWEST} or above "
    f"{_HIGHEST}; in a folder, state scale in images.toml"
)

_TAKEN_OFF = (
    "by its date its numbers were taken to be 1,000 too high, and {seen}: the offset seems to have "
    "been taken off already; state offset in images.toml (0 where it has been, -0.1 where not)"
)
BELOW_ZERO = _TAKEN_OFF.format(seen="more than 5 % of its clear pixels then lie below zero")
AS_OTHERS = _TAKEN_OFF.format(seen="many clear pixels of other such images then lie below zero")


def why_unlikely(
    values: npt.NDArray[np.float32], bands: Sequence[str], *, offset_assumed: bool
) -> str:
    """Why an image cannot have been read rightly; empty if it can.

    Args:
        values: reflectance; shape (band, y, x); not a number where it is not clear.
        bands: common names, in the order of the values.
        offset_assumed: see `acquisition.Acquisition`.
    """
    clear = values[:, np.isfinite(values).all(axis=0)]
    if not clear.shape[1]:
        return ""
    medians = np.median(clear, axis=1)
    if medians.min() < _LOWEST or medians.max() > _HIGHEST:
        return NO_REFLECTANCE
    if offset_assumed:
        visible = clear[[name in _VISIBLE for name in bands]]
        if ((visible < _BELOW).mean(axis=1) > _FEW).any():
            return BELOW_ZERO
    return ""


def hides_brighter(measured: Measured) -> float | None:
    """By how much what a mask hides is brighter than what it shows, in the first band, by medians.

    Clouds are far brighter than ground and their shadows a little darker: over many images what is
    hidden is brighter, unless the mask is turned over.

    Returns:
        None where too little is hidden or shown to tell.
    """
    numbers = measured.numbers[0]
    has_data = measured.covered & np.isfinite(numbers)
    hidden, shown = numbers[has_data & ~measured.shown], numbers[has_data & measured.shown]
    if min(len(hidden), len(shown)) < _TO_TELL:
        return None
    return float((np.median(hidden) - np.median(shown)) * measured.scale[0])


def without_wrong_offsets(days: Sequence[Day], assumed: Set[str]) -> list[Day]:
    """The days; those with an assumed offset without values, where many such came out below zero.

    Bright ground and haze hide a wrong offset, so that an image alone does not always show it.

    Args:
        days: as they were read.
        assumed: ids of images whose offset was assumed.
    """
    scenes = [scene for day in days for scene in day.scenes if scene.id in assumed]
    wrong = sum(scene.reason == BELOW_ZERO for scene in scenes)
    if wrong <= _MANY * (wrong + sum(scene.used for scene in scenes)):
        return list(days)
    return [
        _unused(day) if any(scene.used and scene.id in assumed for scene in day.scenes) else day
        for day in days
    ]


def _unused(day: Day) -> Day:
    scenes = [structs.replace(scene, used=False, reason=AS_OTHERS) if scene.used else scene
              for scene in day.scenes]  # fmt: skip
    return structs.replace(day, pixels=None, scenes=tuple(scenes))
