"""Numbers that can be no reflectance: what files write where they hold nothing, and other units.

A cube has not a number where there is no clear observation. One that was made elsewhere may have
the number that its files write there instead (0, -9999); taken for ground, it would be a change.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

_LOWEST = np.float32(-0.2)
"""The 0 of a Landsat file, scaled: that and less is no data."""

_HIGHEST = np.float32(2.0)
"""Snow and the edges of clouds reach 1.2 and more."""

_USUAL = (np.float32(-0.1), np.float32(1.5))
"""Between these the median of a band lies; over clear water it may be a little below 0."""


def no_data(values: Floats) -> Bools:
    """Where a pixel holds nothing on a date, though numbers stand there; shape (t, ...).

    All its bands are alike and not above 0 (0, -9999, the 0 of a file less its offset), or one of
    them lies at -0.2 or below, or above 2. Ground may lie a little below 0, but not alike in all.

    Args:
        values: reflectance; shape (t, bands, ...).
    """
    beyond = ((values <= _LOWEST) | (values > _HIGHEST)).any(axis=1)
    return np.asarray(beyond | _filled(values))


def _filled(values: Floats) -> Bools:
    first = values[:, :1]
    return np.asarray((values == first).all(axis=1) & (first[:, 0] <= 0))


def check_reflectance(values: Floats, bands: tuple[str, ...]) -> None:
    """Refuse numbers that are no reflectance at all.

    Args:
        values: shape (t, bands, pixels).
        bands: their names.

    Raises:
        InputError: the median of a band is no reflectance.
    """
    filled = _filled(values)
    for at, name in enumerate(bands):
        band = values[:, at]
        told = np.isfinite(band) & ~filled
        beyond = max(((band < _USUAL[0]) & told).sum(), ((band > _USUAL[1]) & told).sum())
        if 2 * beyond < told.sum() or not told.any():  # the middle lies between, whatever it is
            continue
        middle = np.median(band[told])
        if not _USUAL[0] <= middle <= _USUAL[1]:
            raise InputError(
                f"the band {name} holds no reflectance: its median is {middle:.4g}",
                mend="Reflectance lies between 0 and 1: divide by 10,000, or scale it as the "
                "images say, and put not a number where there is no data",
            )
