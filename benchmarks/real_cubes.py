"""The real Sentinel-2 cubes that ship with `nrt` 0.2.0, in the form of Habeas.

A hectare-wise forest in Romania, 2015 to 2021; no truth is published with it, and logging is seen
in it. 20 m: green, red, nir, swir16; 10 m: blue, green, red, nir.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

import numpy as np
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
