"""The images as arrays: log reflectance by date, band and pixel, each clear or not.

Logarithms, because shadow, sun height and moisture multiply reflectance; a change of the ground is
then as large in winter as in summer.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import xarray as xr

from habeas.monitoring.cube import bands_of
from habeas.monitoring.detection.days import image_days
from habeas.monitoring.detection.no_data import check_reflectance, no_data

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]

_DARKEST = 0.003
"""Reflectance below which a logarithm would say more than the sensor knows."""

_SNOW_INDEX = 0.4
_SNOW_NIR = 0.11
"""Normalised difference snow index and near infrared of snow (Hall, Riggs and Salomonson 1995)."""


@dataclass(frozen=True, eq=False)
class Stack:
    """A series of images of one place.

    Attributes:
        values: log reflectance; shape (t, bands, pixels); 0 where not clear.
        clear: whether a pixel was seen, in every band; shape (t, pixels).
        days: days since 1970; shape (t,), ascending.
        sensors: number of the sensor, by name; shape (t,).
        scenes: ids of the images; length t.
        bands: common names, by wavelength.
        shape: rows and columns; their product is the number of pixels.
        void: number of pixels that hold figures which are taken for no data; shape (t,).
        doubled: ids of images left out because the same image came twice.
    """

    values: Floats
    clear: Bools
    days: Days
    sensors: Days
    scenes: tuple[str, ...]
    bands: tuple[str, ...]
    shape: tuple[int, int]
    void: Days
    doubled: tuple[str, ...] = ()

    def band(self, *names: str) -> int | None:
        """The place of the first of these bands that there is."""
        return next((self.bands.index(name) for name in names if name in self.bands), None)

    def only(self, pixels: Bools) -> Stack:
        """The same, with the other pixels taken for hidden; shape (pixels,)."""
        return replace(
            self, clear=self.clear & pixels, values=self.values * pixels.astype(np.float32)
        )

    def until(self, end: int) -> Stack:
        """The images before this one."""
        return self._part(slice(None, end))

    def since(self, start: int) -> Stack:
        """This image and those after it."""
        return self._part(slice(start, None))

    def _part(self, dates: slice) -> Stack:
        return replace(
            self,
            values=self.values[dates],
            clear=self.clear[dates],
            days=self.days[dates],
            sensors=self.sensors[dates],
            scenes=self.scenes[dates],
            void=self.void[dates],
        )


def stack_of(cube: xr.Dataset, first: int = 0, *, checked: bool = False) -> Stack:
    """The arrays of a cube.

    Images that came twice (the same scene, or the same day and sensor with the same pixels) are
    left out; snow is not clear, nor is a pixel that lacks a band or holds what is no reflectance.

    Args:
        cube: see `cube`; already checked.
        first: the first date to take.
        checked: whether it is part of a cube whose reflectance was looked at.

    Raises:
        InputError: a band holds no reflectance; asked of all dates only, because on one that is
            clouded or dark much is possible.
    """
    sensors = _sensors(cube["sensor"].values.astype(str))
    times = image_days(cube)
    lead = int(np.searchsorted(times[:first], times[first])) if first < len(times) else first
    earlier = {str(name) for name in cube["scene"].values[:lead]}
    cube, sensors, times = cube.isel(time=slice(lead, None)), sensors[lead:], times[lead:]
    bands = bands_of(cube)
    scenes = [str(name) for name in cube["scene"].values]
    variables = [cube.variables[name].transpose("time", "y", "x") for name in bands]
    raw = np.stack([band.values.astype(np.float32) for band in variables], axis=1)
    keep = _once(times, sensors, scenes, raw, earlier)
    keep = keep[keep >= first - lead]
    raw = raw[keep]
    dates, count = raw.shape[:2]
    flat = raw.reshape(dates, count, -1)
    if not first and not checked:
        check_reflectance(flat, bands)
    shown = np.isfinite(flat).all(axis=1)
    void = shown & no_data(flat)
    clear = shown & ~void & ~_snow(flat, bands)
    with np.errstate(invalid="ignore"):
        values = np.log(np.maximum(flat, _DARKEST))
    values[~np.broadcast_to(clear[:, None], values.shape)] = 0
    return Stack(
        values=values,
        clear=clear,
        days=times[keep],
        sensors=sensors[keep].astype(np.int64),
        scenes=tuple(scenes[at] for at in keep),
        bands=bands,
        shape=(cube.sizes["y"], cube.sizes["x"]),
        void=void.sum(axis=1),
        doubled=tuple(
            scenes[at] for at in sorted(set(range(first - lead, len(scenes))) - set(keep.tolist()))
        ),
    )


def _sensors(names: npt.NDArray[np.str_]) -> Days:
    """Numbers of sensors in the order in which they came: a later one changes no other's."""
    known = {name: number for number, name in enumerate(dict.fromkeys(names.tolist()))}
    return np.array([known[name] for name in names.tolist()], dtype=np.int64)


def _once(days: Days, sensors: Days, scenes: list[str], raw: Floats, earlier: Set[str]) -> Days:
    """The places of images, each once, and none that came earlier."""
    kept: list[int] = []
    seen = set(earlier)
    for at, name in enumerate(scenes):
        twin = kept and days[kept[-1]] == days[at] and sensors[kept[-1]] == sensors[at]
        same = twin and np.array_equal(raw[kept[-1]], raw[at], equal_nan=True)
        if name in seen or same:
            continue
        seen.add(name)
        kept.append(at)
    return np.array(kept, dtype=np.int64)


def _snow(flat: Floats, bands: tuple[str, ...]) -> Bools:
    """Pixels of snow; shape (t, pixels); none where the bands do not tell."""
    if not {"green", "swir16", "nir"} <= set(bands):
        return np.zeros((flat.shape[0], flat.shape[2]), dtype=np.bool_)
    green, swir, nir = (flat[:, bands.index(name)] for name in ("green", "swir16", "nir"))
    with np.errstate(invalid="ignore", divide="ignore"):
        snow = ((green - swir) > _SNOW_INDEX * (green + swir)) & (nir > _SNOW_NIR)
    return np.asarray(snow)
