"""Small real images: written as providers name and code them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import rasterio
import xarray as xr
from affine import Affine
from shapely.geometry import box

from habeas.monitoring.site_area import SiteArea

WEST, NORTH = 500_000.0, 4_000_020.0  # in zone 39 north; longitude 51, on its central meridian


def write_tiff(path: Path, bands, *, crs="EPSG:32639", west=WEST, north=NORTH, pixel=10.0, **more):
    """A GeoTIFF; `bands` of shape (band, y, x) or (y, x)."""
    bands = np.asarray(bands)
    bands = bands[None] if bands.ndim == 2 else bands
    path.parent.mkdir(parents=True, exist_ok=True)
    profile = {"driver": "GTiff", "count": len(bands), "height": bands.shape[1],
               "width": bands.shape[2], "dtype": bands.dtype, "crs": crs,
               "transform": Affine(pixel, 0, west, 0, -pixel, north)}  # fmt: skip
    keys = {"nodata", "tiled", "blockxsize", "blockysize", "compress", "driver"}
    with rasterio.open(path, "w", **profile | {k: v for k, v in more.items() if k in keys}) as file:
        file.write(bands)
        if "descriptions" in more:
            file.descriptions = more["descriptions"]
        if "tags" in more:
            file.update_tags(**more["tags"])
    return path


def site_at(column: int, row: int, size: int = 4, *, surroundings: float = 100.0, **more):
    """A site of `size` x `size` pixels of 10 m, given by its upper left pixel."""
    from pyproj import Transformer
    from shapely import transform

    west, north = WEST + 10 * column, NORTH - 10 * row
    square = box(west + 1, north - 10 * size + 1, west + 10 * size - 1, north - 1)
    to_degrees = Transformer.from_crs(32639, 4326, always_xy=True)
    outline = transform(square, to_degrees.transform, interleaved=False)
    return SiteArea(outline=outline, surroundings=surroundings, **more)


def numbers(shape, seed=0, low=1500, high=4000):
    """Whole numbers as Sentinel-2 codes reflectance."""
    return np.random.default_rng(seed).integers(low, high, shape).astype(np.uint16)


def small_cube(times=5, size=40, bands=("blue", "green", "red", "nir", "swir16", "swir22"), seed=0):
    """A cube without meaning: texture and noise."""
    random = np.random.default_rng(seed)
    ground = random.uniform(0.1, 0.4, (len(bands), 1, size, size))
    values = ground + random.normal(0, 0.01, (len(bands), times, size, size))
    days = [date(2020, 1, 5) + timedelta(days=5 * at) for at in range(times)]
    return xr.Dataset(
        {
            name: (("time", "y", "x"), band.astype(np.float32))
            for name, band in zip(bands, values, strict=True)
        },
        coords={
            "time": np.array(days, dtype="datetime64[ns]"),
            "y": NORTH - 10 * (np.arange(size) + 0.5),
            "x": WEST + 10 * (np.arange(size) + 0.5),
            "sensor": ("time", np.array(["sentinel-2"] * times)),
            "scene": ("time", np.array([f"invented_{at:03}" for at in range(times)])),
        },
        attrs={"crs": "EPSG:32639"},
    )  # fmt: skip


@pytest.fixture(scope="session")
def making():
    """What makes small images: `write_tiff`, `site_at`, `numbers`, `small_cube`."""
    from types import SimpleNamespace

    return SimpleNamespace(write_tiff=write_tiff, site_at=site_at, numbers=numbers,
                           small_cube=small_cube, west=WEST, north=NORTH)  # fmt: skip
