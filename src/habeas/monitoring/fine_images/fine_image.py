"""Fine images taken in by hand: a photograph or a picture from the air, laid on the ground.

The original is never touched: what is laid on the ground is a working copy, which names the hash of
its original and how it was made. Before and after are laid on one grid, so that they can be read
side by side.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
from affine import Affine
from PIL import Image, UnidentifiedImageError
from rasterio.enums import ColorInterp
from rasterio.io import MemoryFile
from rasterio.vrt import WarpedVRT
from scipy.ndimage import map_coordinates

from habeas.errors import InputError
from habeas.monitoring.fine_images.registration import Registration
from habeas.monitoring.images.raster_file import open_raster
from habeas.monitoring.images.whole_file import write_whole

Bytes = npt.NDArray[np.uint8]

LARGEST = 20_000
"""Pixels along a side of a working copy."""

Bounds = tuple[float, float, float, float]
"""West, south, east, north, metres."""


@dataclass(frozen=True, kw_only=True, eq=False)
class FineImage:
    """A picture laid on a grid that runs north.

    Attributes:
        pixels: red, green, blue; shape (3, y, x).
        shown: where there is a picture; shape (y, x).
        crs: coordinate reference system, in metres.
        west: of its left edge, metres.
        north: of its upper edge, metres.
        resolution: metres a pixel.
        original: hash (SHA-256) of the file that it was made from.
        error: metres by which a place may be off; none for a file that had its own coordinates.
        taken: when, if it is known.
    """

    pixels: Bytes
    shown: npt.NDArray[np.bool_]
    crs: str
    west: float
    north: float
    resolution: float
    original: str
    error: float | None = None
    taken: date | None = None


def lay_on_ground(
    original: Path,
    registration: Registration,
    resolution: float,
    *,
    bounds: Bounds | None = None,
    taken: date | None = None,
) -> FineImage:
    """Lay a picture without coordinates (JPEG, PNG, TIFF) on the ground.

    Args:
        original: the file; it is only read.
        registration: see `registration.register`.
        resolution: metres a pixel.
        bounds: of the grid; without them, all of the picture.
        taken: when.

    Raises:
        InputError: the file is no picture, or the grid would be too large.
    """
    colours = _colours(original)
    height, width = colours.shape[1:]
    if bounds is None:
        # A picture seen aslant reaches to the horizon; what counts is what the points span.
        corners = registration.to_ground([(0, 0), (width, 0), (0, height), (width, height)])
        bounds = (*corners.min(axis=0), *corners.max(axis=0))
    grid, shape = _grid(bounds, resolution)
    columns, rows = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    ground = np.column_stack([grid.c + grid.a * columns.ravel(), grid.f + grid.e * rows.ravel()])
    places = registration.to_picture(ground)
    held = ((places >= 0) & (places <= (width, height))).all(axis=1)
    held &= registration.before_horizon(ground)
    inside = np.asarray(held).reshape(shape)
    # The middle of the first pixel of a picture lies half a pixel inside its edge.
    source = (places[:, ::-1] - 0.5).T
    pixels = np.stack([
        map_coordinates(band, source, order=1, mode="nearest").reshape(shape) for band in colours
    ])  # fmt: skip
    pixels[:, ~inside] = 0
    return FineImage(pixels=pixels, shown=inside, crs=registration.crs, west=grid.c, north=grid.f,
                     resolution=resolution, original=_sha256(original), error=registration.error,
                     taken=taken)  # fmt: skip


def read_on_ground(
    original: Path,
    crs: str,
    resolution: float,
    bounds: Bounds,
    *,
    bands: Sequence[int] = (1, 2, 3),
    taken: date | None = None,
) -> FineImage:
    """Read a GeoTIFF, which has its own coordinates, on a grid.

    Numbers of more than 8 bits are stretched from their 2nd to their 98th percentile in the window.

    Args:
        original: the file; it is only read.
        crs: of the grid, in metres.
        resolution: metres a pixel.
        bounds: of the grid.
        bands: for red, green and blue, from 1; a file with fewer gives its first for all.
        taken: when.

    Raises:
        InputError: the file is no GeoTIFF, or has no coordinates, or does not show the place.
    """
    grid, shape = _grid(bounds, resolution)
    with open_raster(str(original)) as file:
        if file.crs is None:
            raise InputError(
                "the file does not say where on earth it lies",
                place=original.name,
                mend="Register it by control points",
            )
        chosen = list(bands) if file.count >= max(bands) else [1, 1, 1]
        own = ColorInterp.alpha in file.colorinterp  # a mask of its own, which the window keeps
        with WarpedVRT(file, crs=crs, transform=grid, width=shape[1], height=shape[0],
                       add_alpha=not own) as window:  # fmt: skip
            alpha = 1 + (file.colorinterp.index(ColorInterp.alpha) if own else file.count)
            read = window.read([*chosen, alpha])
    shown = read[-1] > 0
    if not shown.any():
        raise InputError(
            "the image does not show the place",
            place=original.name,
            mend="Give an image of the site, or control points that lie in it",
        )
    pixels = _stretched(read[:3], shown)
    return FineImage(pixels=pixels, shown=shown, crs=crs, west=grid.c, north=grid.f,
                     resolution=resolution, original=_sha256(original), taken=taken)  # fmt: skip


def write_working_copy(
    image: FineImage, path: Path, registration: Registration | None = None
) -> None:
    """Write a picture as a GeoTIFF that names its original and how it was laid on the ground.

    Args:
        image: which.
        path: of the copy; nothing is there yet.
        registration: how it was made.

    Raises:
        InputError: there is something at `path`: an original is never written over.
        StorageError: the disk refused.
    """
    if path.exists():
        raise InputError("there is a file already", place=path.name, mend="Give another name")
    tags = {"ORIGINAL_SHA256": image.original}
    if image.taken is not None:
        tags["ACQUISITION_DATE"] = image.taken.isoformat()
    if registration is not None:
        tags["REGISTRATION"] = json.dumps({
            "form": registration.form,
            "rmse_metres": round(registration.rmse, 3),
            "left_out_metres": round(registration.error, 3),
            "points": [[p.column, p.row, p.x, p.y, p.name] for p in registration.points],
        })  # fmt: skip
    profile = {
        "driver": "GTiff", "count": 4, "height": image.shown.shape[0],
        "width": image.shown.shape[1], "dtype": "uint8", "crs": image.crs, "photometric": "RGB",
        "alpha": "non-premultiplied", "compress": "deflate", "tiled": True,
        "transform": Affine(image.resolution, 0, image.west, 0, -image.resolution, image.north),
    }  # fmt: skip
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            file.write(np.concatenate([image.pixels, image.shown[None] * np.uint8(255)]))
            file.update_tags(**tags)
        write_whole(path, bytes(memory.read()))


def _colours(path: Path) -> Bytes:
    """Red, green and blue of a picture; shape (3, y, x)."""
    try:
        with Image.open(path) as picture:
            return np.moveaxis(np.asarray(picture.convert("RGB")), -1, 0)
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as problem:
        raise InputError(
            "the file is no picture that can be read",
            place=path.name,
            mend="Save it as PNG, JPEG or GeoTIFF",
        ) from problem


def _grid(bounds: Bounds, resolution: float) -> tuple[Affine, tuple[int, int]]:
    west, south, east, north = (float(end) for end in bounds)
    if not resolution > 0 or not (east > west and north > south):
        raise InputError(
            "the grid is none: its resolution or its bounds are no lengths",
            mend="Give a resolution above 0 and bounds in metres",
        )
    shape = (int(np.ceil((north - south) / resolution)), int(np.ceil((east - west) / resolution)))
    if max(shape) > LARGEST:
        raise InputError(
            f"the grid measures {shape[1]} x {shape[0]} pixels",
            mend="Give bounds around the site, or a coarser resolution",
        )
    return Affine(resolution, 0, west, 0, -resolution, north), shape


def _stretched(read: npt.NDArray[np.generic], shown: npt.NDArray[np.bool_]) -> Bytes:
    if read.dtype == np.uint8:
        return np.where(shown, read, 0).astype(np.uint8)
    values = read.astype(np.float64)
    low, high = np.nanpercentile(values[:, shown], (2, 98))
    scaled = np.clip((values - low) / max(high - low, 1e-12), 0, 1) * 255
    return np.where(shown & np.isfinite(scaled), scaled, 0).round().astype(np.uint8)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
