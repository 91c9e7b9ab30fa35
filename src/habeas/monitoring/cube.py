"""What a cube of images is: one grid, one series of dates, bands under common names.

Every part of this package takes and gives this form, whatever the images were made by:

- an `xarray.Dataset` with dimensions `time`, `y`, `x`;
- a variable a band, under its common name (`blue green red nir swir16 swir22`, or some of them):
  surface reflectance, 0 to about 1, float32; not a number where there is no clear observation;
- `time`: datetime64 without a time zone, ascending, each date and sensor once; `x`, `y`: metres,
  centres of square pixels, of the coordinate reference system in `cube.attrs["crs"]`
  (`EPSG:32639`), `x` ascending and `y` descending;
- coordinates along `time`: `sensor` (`sentinel-2`, `landsat`) and `scene` (the id of the image).

`foreign_cube.as_cube` makes one of what other programs call a cube.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import xarray as xr
from pyproj import CRS
from pyproj.exceptions import CRSError

from habeas.errors import InputError
from habeas.monitoring.projection import in_metres

BANDS = ("blue", "green", "red", "nir", "swir16", "swir22")
"""Common names, by wavelength: what Sentinel-2 (B02 B03 B04 B08 B11 B12) and Landsat share."""

DIMENSIONS = ("time", "y", "x")

_FORM = "docs/monitoring.md tells the form of a cube"

_UNEVEN = 0.01
"""Part of a step by which another may differ: coordinates are rounded."""


def bands_of(cube: xr.Dataset) -> tuple[str, ...]:
    """The bands that a cube has, by wavelength."""
    return tuple(name for name in BANDS if name in cube.data_vars)


def has_dates(cube: xr.Dataset) -> bool:
    """Whether its times are dates of NumPy; those of pandas may have a time zone."""
    kind = cube["time"].dtype if "time" in cube.coords else None
    return isinstance(kind, np.dtype) and kind.kind == "M"


def check_cube(cube: xr.Dataset) -> None:
    """Refuse what is no cube.

    Raises:
        InputError: it is no dataset, dimensions, coordinates or bands are missing or are none, the
            dates are not ascending, the grid is not even, or the coordinate reference system is not
            named or not in metres.
    """
    check_dataset(cube)
    _check_bands(cube)
    _check_time(cube)
    _check_crs(cube)
    for name in ("sensor", "scene"):
        if name not in cube.coords or cube.coords[name].dims != ("time",):
            raise InputError(
                f"the cube has no {name} for each date",
                mend=f'Give it as a coordinate along time: cube.assign_coords({name}=("time", …))',
            )
    _check_grid(cube)


def check_dataset(cube: object) -> None:
    """Refuse what is no dataset of images at all.

    Raises:
        InputError: it is another thing, or has other dimensions.
    """
    if isinstance(cube, xr.DataArray):
        raise InputError(
            "the cube is an xarray.DataArray, not an xarray.Dataset with a variable a band",
            mend='cube.to_dataset("band") makes one, if its bands are named along "band"',
        )
    if not isinstance(cube, xr.Dataset):
        raise InputError(f"the cube is no xarray.Dataset but {type(cube).__name__}", mend=_FORM)
    missing = [name for name in DIMENSIONS if name not in cube.dims]
    if missing:
        raise InputError(
            f"the cube has no dimension {missing[0]}",
            mend="Its dimensions are time, y and x, in metres: reproject what lies in degrees",
        )


def _check_bands(cube: xr.Dataset) -> None:
    if not bands_of(cube):
        mend = f"Name some of {', '.join(BANDS)}; docs/monitoring.md tells what else is understood"
        if "band" in cube.dims:
            mend = 'cube["the name of the variable"].to_dataset("band") makes a variable a band'
        raise InputError("the cube has no band that is known here", mend=mend)
    for name in bands_of(cube):
        band = cube.variables[name]
        if set(band.dims) != set(DIMENSIONS):
            raise InputError(
                f"the band {name} lies along {', '.join(map(str, band.dims))}",
                mend="Bands lie along time, y and x",
            )
        if band.dtype.kind not in "fiu":
            raise InputError(f"the band {name} holds no numbers", mend=_FORM)


def _check_crs(cube: xr.Dataset) -> None:
    if cube.attrs.get("crs") is None:
        raise InputError(
            "the cube does not name its coordinate reference system",
            mend='Set cube.attrs["crs"], for example "EPSG:32639"',
        )
    metres = _metric(str(cube.attrs["crs"]))
    if metres is None:
        raise InputError(
            "the coordinate reference system that the cube names is not known",
            mend='Set cube.attrs["crs"], for example "EPSG:32639"',
        )
    if not metres:
        raise InputError(
            "the coordinate reference system that the cube names is not one in metres",
            mend="Name the one of its coordinates; if these are degrees or Web Mercator, reproject "
            "the images, for example to the UTM zone of the site",
        )


@lru_cache(maxsize=64)
def _metric(crs: str) -> bool | None:
    """Whether a coordinate reference system is one in metres; None if it is none."""
    try:
        return in_metres(CRS.from_user_input(crs))
    except CRSError:
        return None


def _check_time(cube: xr.Dataset) -> None:
    if not has_dates(cube):
        raise InputError(
            "the times of the cube are no datetime64 without a time zone",
            mend="pandas.to_datetime(times, utc=True).tz_localize(None) makes them of text and of "
            'times with a zone, cube.convert_calendar("standard") of other calendars',
        )
    if not cube.sizes["time"]:
        raise InputError("the cube has no dates", mend="Give images of the site")
    times = cube["time"].values
    if np.isnat(times).any():
        raise InputError(
            "an image of the cube has no date (NaT)",
            mend='Leave it out: cube.sel(time=cube["time"].notnull())',
        )
    if (np.diff(times).astype(np.int64) < 0).any():
        raise InputError("the dates of the cube are not ascending", mend='cube.sortby("time")')


def _check_grid(cube: xr.Dataset) -> None:
    steps = []
    for name, way in (("x", 1), ("y", -1)):
        if name not in cube.coords or cube[name].dtype.kind not in "fiu":
            raise InputError(f"the cube has no coordinates {name} in metres", mend=_FORM)
        apart = way * np.diff(cube[name].values.astype(np.float64))
        if not len(apart):
            continue
        step = float(np.median(apart))
        if not (step > 0 and (np.abs(apart - step) <= _UNEVEN * step).all()):
            raise InputError(
                f"the coordinates {name} of the cube do not {'a' if way > 0 else 'de'}scend in "
                "even steps",
                mend="Sort them (x ascending, y descending), and leave no row or column out",
            )
        steps.append(step)
    if len(steps) == 2 and abs(steps[0] - steps[1]) > _UNEVEN * steps[0]:
        raise InputError(
            "the pixels of the cube are not square", mend="Resample it: as many metres in x as in y"
        )
