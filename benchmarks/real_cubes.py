"""The real Sentinel-2 cubes that ship with `nrt` 0.2.0, in the form of Habeas.

A hectare-wise forest in Romania, 2015 to 2021; no truth is published with it, and logging is seen
in it (`true_change`). 20 m: green, red, nir, swir16; 10 m: blue, green, red, nir.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

NAMES = {
    "20m": {"B3": "green", "B4": "red", "B8A": "nir", "B11": "swir16"},
    "10m": {"B2": "blue", "B3": "green", "B4": "red", "B8": "nir"},
}
CLEAR = (4, 5)
"""Classes of the scene classification that are clear: vegetation and bare ground."""

CRS = "EPSG:3035"
"""The file names none; its coordinates are those of the European grid (LAEA)."""


def romania(resolution: Literal["20m", "10m"] = "20m") -> xr.Dataset:
    """One of the cubes; dates without a clear pixel are left out."""
    path = files("nrt.data") / f"sentinel2_cube_subset_romania_{resolution}.nc"
    with xr.open_dataset(str(path)) as raw:
        raw.load()
    clear = np.isin(raw["SCL"].values, CLEAR)
    kept = clear.any(axis=(1, 2))
    time = raw["time"].values[kept]
    scene = [f"ROMANIA_{str(day)[:10].replace('-', '')}" for day in time]
    return xr.Dataset(
        {
            ours: (
                ("time", "y", "x"),
                np.where(clear, raw[theirs].values / 10_000, np.nan)[kept].astype(np.float32),
            )
            for theirs, ours in NAMES[resolution].items()
        },
        coords={
            "time": time.astype("datetime64[ns]"),
            "y": raw["y"].values,
            "x": raw["x"].values,
            "sensor": ("time", np.full(len(time), "sentinel-2")),
            "scene": ("time", np.array(scene)),
        },
        attrs={"crs": CRS},
    )


SUMMER = (6, 7, 8, 9)
APART = 5.0
"""Robust spreads from the rest of the scene at which the ground of a pixel counts as changed."""


def true_change(cube: xr.Dataset, watched_from: date) -> npt.NDArray[np.bool_]:
    """Pixels whose ground truly changed during the watch, for good or for a year; shape (y, x).

    Those whose median of a later summer lies far from that of the summers before the watch, in any
    band, as seen from the whole scene: a forest that is cut turns bright and is green again two
    years later. It looks at whole summers and at no series, so that it owes nothing to the methods
    that are compared.
    """
    days = cube["time"].values.astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    years = days.astype("datetime64[Y]").astype(int) + 1970
    summer = np.isin(months, SUMMER)
    before = summer & (days < np.datetime64(watched_from, "D"))
    changed = np.zeros(cube[next(iter(cube.data_vars))].shape[1:], dtype=np.bool_)
    for year in np.unique(years[summer & (years > watched_from.year)]):
        for name in cube.data_vars:
            values = np.log(np.maximum(cube[name].values, 0.003))
            later = np.nanmedian(values[summer & (years == year)], axis=0)
            moved = later - np.nanmedian(values[before], axis=0)
            off = moved - np.nanmedian(moved)
            changed |= np.abs(off) > APART * 1.4826 * np.nanmedian(np.abs(off))
    return changed
