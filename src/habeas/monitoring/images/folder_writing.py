"""A cube written as a folder of GeoTIFFs, one file a date: what `read_images` reads back."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import xarray as xr
from affine import Affine
from rasterio.io import MemoryFile

from habeas.errors import InputError
from habeas.monitoring.cube import bands_of, check_cube
from habeas.monitoring.images.folder import CLOUDS_TAG, SENSOR_TAG
from habeas.monitoring.images.folder_settings import date_in
from habeas.monitoring.images.whole_file import write_whole


def write_folder(cube: xr.Dataset, folder: Path) -> tuple[Path, ...]:
    """Write a cube as GeoTIFFs of reflectance, one a date and sensor, all bands in each.

    What clouds hide is no number in a cube, and a tag of each file says that it is taken out.

    Args:
        cube: see `habeas.monitoring.cube`.
        folder: where; it does not exist yet, or is empty.

    Returns:
        The files, in order of their dates.

    Raises:
        InputError: it is no cube, or the folder holds something.
        StorageError: the disk refused.
    """
    check_cube(cube)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "there is something already", place=str(folder), mend="Give an empty folder"
        )
    bands = bands_of(cube)
    written: list[Path] = []
    for at in range(cube.sizes["time"]):
        path = folder / f"{_name(cube, at)}.tif"
        if path in written:
            path = folder / f"{path.stem}_{at}.tif"
        write_whole(path, _geotiff(cube, at, bands))
        written.append(path)
    return tuple(written)


def _name(cube: xr.Dataset, at: int) -> str:
    day = str(cube["time"].values[at])[:10]
    scene = re.sub(r"[^A-Za-z0-9+-]+", "_", str(cube["scene"].values[at]))[:150].strip("_")
    found = date_in(scene)
    return scene if found and found.isoformat() == day else f"{day}_{scene}".rstrip("_")


def _geotiff(cube: xr.Dataset, at: int, bands: tuple[str, ...]) -> bytes:
    values = np.stack([cube[name].values[at] for name in bands]).astype(np.float32)
    x, y = cube["x"].values, cube["y"].values
    step = float(x[1] - x[0]) if len(x) > 1 else float(y[0] - y[1])
    profile = {
        "driver": "GTiff", "count": len(bands), "height": len(y), "width": len(x),
        "dtype": "float32", "crs": cube.attrs["crs"], "compress": "deflate",
        "transform": Affine(step, 0, float(x[0]) - step / 2, 0, -step, float(y[0]) + step / 2),
    }  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(values)
            file.descriptions = bands
            file.update_tags(**{SENSOR_TAG: str(cube["sensor"].values[at]), CLOUDS_TAG: "hidden"})
        return bytes(memory.read())
