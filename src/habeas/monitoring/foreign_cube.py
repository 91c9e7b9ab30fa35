"""Cubes as other programs make them, brought into the form of `cube` where that is no guess.

stackstac, odc-stac and rioxarray name bands and coordinate reference systems each in their way, and
tell no sensor or scene. What is plain is taken: spellings of bands, the system that `spatial_ref`
or `epsg` names, rows from south to north, dates in another order. What is taken for granted is
said. What may mean two things is left as it is, and `check_cube` refuses it: longitude and latitude
for one, and the numbers of Landsat's bands where the scene does not tell which Landsat it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr
from pyproj import CRS
from pyproj.exceptions import CRSError

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS, check_dataset, has_dates
from habeas.monitoring.images.band_names import (
    LANDSAT,
    SENTINEL_2,
    UNKNOWN,
    common_name,
    sensor_of,
)

Mask = npt.NDArray[np.bool_]

_WORDS = {
    **{name: name for name in BANDS},
    "nir08": "nir",
    "swir1": "swir16", "swir_1": "swir16", "swir2": "swir22", "swir_2": "swir22",
}  # fmt: skip

_ONLY_SENTINEL_2 = frozenset({"b08", "b8a", "b12"})
"""Of the names of bands, those that Landsat and HLS of Landsat do not have."""

_COARSE_NIR = "b8a"
"""Left out where there is the near infrared of 10 m too."""


@dataclass(frozen=True, kw_only=True, eq=False)
class TakenCube:
    """A cube in our form, and what became of the one that was given.

    Attributes:
        cube: in the form of `cube`, as far as that could be told.
        assumed: what was taken for granted, in words.
        turned: the axes that run the other way now.
    """

    cube: xr.Dataset
    assumed: tuple[str, ...] = ()
    turned: tuple[str, ...] = ()

    def as_given(self, mask: Mask) -> Mask:
        """Pixels of `cube` on the grid that was given; shape (y, x)."""
        axes = tuple(("y", "x").index(name) for name in self.turned)
        return np.flip(mask, axes)


def as_cube(given: xr.Dataset) -> TakenCube:
    """A cube in our form, out of a dataset of another.

    One that is in our form already is taken as it is, and nothing of it is read.

    Args:
        given: a dataset with dimensions `time`, `y`, `x`.

    Raises:
        InputError: it is no such dataset, or two of its variables may be the same band.
    """
    check_dataset(given)
    cube = _with_crs(_with_times(given))
    cube, of_scenes = _with_scenes(cube)
    cube, of_sensors = _with_sensors(cube)
    cube, of_bands = _with_bands(cube)
    cube, turned = _turned(cube)
    return TakenCube(cube=cube, assumed=(*of_bands, *of_sensors, *of_scenes), turned=turned)


def _with_times(cube: xr.Dataset) -> xr.Dataset:
    """Dates in nanoseconds, ascending, where they are dates at all."""
    if not has_dates(cube):
        return cube
    if cube["time"].dtype != np.dtype("datetime64[ns]"):
        cube = cube.assign_coords(time=cube["time"].astype("datetime64[ns]"))
    times = cube["time"].values
    late = not np.isnat(times).any() and (np.diff(times).astype(np.int64) < 0).any()
    return cube.sortby("time") if late else cube


def _with_crs(cube: xr.Dataset) -> xr.Dataset:
    """The coordinate reference system in words under `crs`, wherever it was named."""
    named = cube.attrs.get("crs")
    if isinstance(named, str):
        return cube
    if named is None:
        named = _crs_elsewhere(cube)
    if named is None:
        return cube
    try:
        crs = CRS.from_user_input(named)
    except CRSError:
        return cube.assign_attrs(crs=str(named))
    code = crs.to_epsg()
    return cube.assign_attrs(crs=f"EPSG:{code}" if code else crs.to_wkt())


def _crs_elsewhere(cube: xr.Dataset) -> object | None:
    """As rioxarray and odc (a coordinate with the words in its attributes) or stackstac name it."""
    mapped = {cube[name].attrs.get("grid_mapping") or cube[name].encoding.get("grid_mapping")
              for name in cube.data_vars}  # fmt: skip
    for name in ("spatial_ref", *sorted(str(one) for one in mapped if one)):
        told = cube[name].attrs if name in cube.variables else {}
        words = told.get("crs_wkt") or told.get("spatial_ref")
        if words:
            return str(words)
    if "epsg" in cube.coords and cube["epsg"].ndim == 0 and cube["epsg"].dtype.kind in "iu":
        return int(cube["epsg"])
    return None


def _with_scenes(cube: xr.Dataset) -> tuple[xr.Dataset, tuple[str, ...]]:
    """A name for each image: its id, or else its day."""
    if "scene" in cube.data_vars:
        cube = cube.set_coords("scene")
    if "scene" in cube.coords or not has_dates(cube):
        return cube, ()
    if "id" in cube.coords and cube["id"].dims == ("time",):
        return cube.assign_coords(scene=("time", cube["id"].values.astype(str))), ()
    names: list[str] = []
    seen: Counter[str] = Counter()
    for day in np.datetime_as_string(cube["time"].values, unit="D").tolist():
        seen[day] += 1
        names.append(day if seen[day] == 1 else f"{day} ({seen[day]})")
    cube = cube.assign_coords(scene=("time", np.array(names, dtype=np.str_)))
    return cube, ("the images have no names (scene): their dates stand for them",)


def _with_sensors(cube: xr.Dataset) -> tuple[xr.Dataset, tuple[str, ...]]:
    """A sensor for each image; where none is said, by the platform or the name of the scene."""
    if "sensor" in cube.data_vars:
        cube = cube.set_coords("sensor")
    if "sensor" in cube.coords:
        if cube["sensor"].ndim:
            return cube, ()
        return _along_time(cube, [str(cube["sensor"].values)] * cube.sizes["time"]), ()
    told = _platforms(cube)
    if set(told) == {UNKNOWN}:
        words = "the images name no sensor: all are taken to be of one"
    else:
        words = f"the images name no sensor: it is read as {', '.join(sorted(set(told)))}"
    return _along_time(cube, told), (words,)


def _along_time(cube: xr.Dataset, sensors: list[str]) -> xr.Dataset:
    return cube.assign_coords(sensor=("time", np.array(sensors, dtype=np.str_)))


def _platforms(cube: xr.Dataset) -> list[str]:
    """The sensor of each image by its platform, else by the name of its scene."""
    count = cube.sizes["time"]
    for name in ("constellation", "platform"):
        if name in cube.coords and cube[name].dims in ((), ("time",)):
            words = np.broadcast_to(cube[name].values, (count,)).tolist()
            return [_sensor_in(str(word)) for word in words]
    if "scene" in cube.coords and cube["scene"].dims == ("time",):
        return [sensor_of(str(name)) for name in cube["scene"].values]
    return [UNKNOWN] * count


def _sensor_in(word: str) -> str:
    """The sensor that a word begins with; a Sentinel-2 is one whichever of them it is."""
    plain = word.lower()
    return next((one for one in (SENTINEL_2, LANDSAT) if plain.startswith(one)), UNKNOWN)


def _with_bands(cube: xr.Dataset) -> tuple[xr.Dataset, tuple[str, ...]]:
    """Bands under their common names, where there is but one that they can have."""
    read = _read_names(cube)
    if not read:
        return cube, ()
    told = ", ".join(f"{given} as {name}" for given, name in read.items())
    return cube.rename(read), (f"bands are read by their names: {told}",)


def _read_names(cube: xr.Dataset) -> Mapping[str, str]:
    """The variables to rename, and what to.

    Raises:
        InputError: two of them may be the same band.
    """
    given = [name for name in cube.data_vars if isinstance(name, str)]
    if set(given) <= set(BANDS):
        return {}
    kinds = _named_images(cube)
    found: dict[str, list[str]] = {}
    for variable in given:
        name = _WORDS.get(variable.lower()) or _numbered(variable, kinds)
        if name in BANDS and name not in cube.data_vars:
            found.setdefault(name, []).append(variable)
    read = {}
    for name, variables in found.items():
        fine = [one for one in variables if one.lower() != _COARSE_NIR] or variables
        if len(fine) > 1:
            raise InputError(
                f"{' and '.join(fine)} may both be the band {name}",
                mend=f'Name the right one "{name}", or leave the others out',
            )
        read[fine[0]] = name
    return read


def _named_images(cube: xr.Dataset) -> set[tuple[str, str]]:
    """The sensor and the scene of each image, as far as they tell how its bands are numbered."""
    if any(name not in cube.coords or cube[name].dims != ("time",) for name in ("sensor", "scene")):
        return set()
    found = set()
    only = _ONLY_SENTINEL_2 & {str(name).lower() for name in cube.data_vars}
    for said, scene in zip(cube["sensor"].values, cube["scene"].values, strict=True):
        sensor = _sensor_in(str(said))
        if sensor == UNKNOWN:
            sensor = sensor_of(str(scene))
        if sensor == LANDSAT and sensor_of(str(scene)) != LANDSAT:
            return set()  # which Landsat decides what its numbers mean
        if sensor == UNKNOWN and not only:
            return set()
        found.add((sensor, str(scene)))
    return found


def _numbered(variable: str, images: set[tuple[str, str]]) -> str | None:
    """The band that a number means in all images alike; none where it does not."""
    means = {
        common_name(variable, SENTINEL_2 if sensor == UNKNOWN else sensor, scene)
        for sensor, scene in images
    }
    return means.pop() if len(means) == 1 else None


def _turned(cube: xr.Dataset) -> tuple[xr.Dataset, tuple[str, ...]]:
    """Columns from west to east and rows from north to south, and which axes were turned for it."""
    turned = []
    for name, way in (("y", -1), ("x", 1)):
        if name in cube.coords and cube[name].dtype.kind in "fiu" and cube.sizes[name]:
            ends = cube[name].values[[0, -1]].astype(np.float64)
            if way * (ends[1] - ends[0]) < 0:
                turned.append(name)
    back = {name: slice(None, None, -1) for name in turned}
    return cube.isel(back) if back else cube, tuple(turned)
