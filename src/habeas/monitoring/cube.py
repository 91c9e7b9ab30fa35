"""What a cube of images is: one grid, one series of dates, bands under common names.

Every part of this package takes and gives this form, whatever the images were made by:

- an `xarray.Dataset` with dimensions `time`, `y`, `x`;
- a variable a band, under its common name (`blue green red nir swir16 swir22`, or some of them):
  surface reflectance, 0 to about 1, float32; not a number where there is no clear observation;
- `time`: datetime64, ascending, each date and sensor once; `x`, `y`: metres, centres of pixels, of
  the coordinate reference system in `cube.attrs["crs"]` (`EPSG:32639`), `y` descending;
- coordinates along `time`: `sensor` (`sentinel-2`, `landsat`) and `scene` (the id of the image).
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from habeas.errors import InputError

BANDS = ("blue", "green", "red", "nir", "swir16", "swir22")
"""Common names, by wavelength: what Sentinel-2 (B02 B03 B04 B08 B11 B12) and Landsat share."""


def bands_of(cube: xr.Dataset) -> tuple[str, ...]:
    """The bands that a cube has, by wavelength."""
    return tuple(name for name in BANDS if name in cube.data_vars)


def check_cube(cube: xr.Dataset) -> None:
    """Refuse what is no cube.

    Raises:
        InputError: dimensions, coordinates or bands are missing, dates are not ascending, or the
            coordinate reference system is not named.
    """
    missing = [name for name in ("time", "y", "x") if name not in cube.dims]
    if missing:
        raise InputError(f"the cube has no dimension {missing[0]}", mend="See docs/monitoring.md")
    if not bands_of(cube):
        raise InputError(
            "the cube has no band that is known here", mend=f"Name some of {', '.join(BANDS)}"
        )
    if "crs" not in cube.attrs:
        raise InputError(
            "the cube does not name its coordinate reference system",
            mend='Set cube.attrs["crs"], for example "EPSG:32639"',
        )
    for name in ("sensor", "scene"):
        if name not in cube.coords or cube.coords[name].dims != ("time",):
            raise InputError(f"the cube has no {name} for each date", mend="See docs/monitoring.md")
    if not cube.sizes["time"]:
        raise InputError("the cube has no dates", mend="Give images of the site")
    if (np.diff(cube["time"].values).astype(np.int64) < 0).any():
        raise InputError("the dates of the cube are not ascending", mend="Sort them")
