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


def sentinel_item(name, day, files, *, corner=(WEST, NORTH), size=600, pixel=10.0, **properties):
    """A STAC item as Earth Search writes them; `files` by key of the asset."""
    from pyproj import Transformer
    from shapely import transform
    from shapely.geometry import mapping

    west, north = corner
    square = box(west, north - size * pixel, west + size * pixel, north)
    to_degrees = Transformer.from_crs(32639, 4326, always_xy=True)
    outline = transform(square, to_degrees.transform, interleaved=False)
    assets = {
        key: {
            "href": href,
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "roles": ["data"],
            "proj:transform": [pixel, 0, west, 0, -pixel, north],
            "raster:bands": [{"nodata": 0, "data_type": "uint16", "scale": 0.0001, "offset": 0}],
        }
        for key, href in files.items()
    }
    return {
        "type": "Feature", "stac_version": "1.0.0", "id": name, "collection": "sentinel-2-l2a",
        "geometry": mapping(outline), "bbox": list(outline.bounds),
        "properties": {"datetime": f"{day}T07:23:01Z", "constellation": "sentinel-2",
                       "proj:epsg": 32639} | properties,
        "assets": assets, "links": [],
    }  # fmt: skip


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    """A server of six dates of tiles of 6 km on this machine; see `stac_server.Catalogue`."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    stac_server = _load("habeas_test_stac_server", Path(__file__).parent / "stac_server.py")
    held = stac_server.Catalogue(tmp_path / "served")
    for at in range(6):
        name = f"S2A_39SWV_2020010{at + 1}_0_L2A"
        values = numbers((600, 600), at)
        write_tiff(held.folder / f"{name}_B04.tif", values, nodata=0, tiled=True, blockxsize=64,
                   blockysize=64)  # fmt: skip
        classes = np.full((300, 300), 5, np.uint8)
        write_tiff(held.folder / f"{name}_SCL.tif", classes, pixel=20.0, compress="deflate")
        held.items.append(
            sentinel_item(name, f"2020-01-0{at + 1}",
                          {"red": f"{name}_B04.tif", "scl": f"{name}_SCL.tif"},
                          **{"s2:processing_baseline": "02.13"})
        )  # fmt: skip
    server = stac_server.serve(held)
    yield held
    held.released.set()
    server.shutdown()
    server.server_close()


def _load(name, path):
    import importlib.util
    import sys

    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
