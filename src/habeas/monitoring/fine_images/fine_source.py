"""What a laid image says of itself: when it was taken, how far it may be off, how fine it is."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError
from pyproj import CRS
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from habeas.errors import InputError
from habeas.monitoring.images.raster_file import driver_of, open_raster
from habeas.monitoring.projection import projected


@dataclass(frozen=True, kw_only=True)
class LaidFacts:
    """What a laid image says of itself.

    Attributes:
        taken: when, if its tags say so.
        error: metres by which a place may be off; none for a file with coordinates of its own.
        resolution: metres a pixel, in the coordinate reference system that was asked for.
        width: pixels.
        height: pixels.
    """

    taken: date | None
    error: float | None
    resolution: float
    width: int
    height: int


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture without coordinates, pixels.

    Raises:
        InputError: the file is no picture.
    """
    try:
        with Image.open(path) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as problem:
        raise InputError(
            "the file is no picture that can be read",
            place=path.name,
            mend="Save it as PNG, JPEG or GeoTIFF",
        ) from problem


def is_georeferenced(path: Path) -> bool:
    """Whether a file is an image that says where on earth it lies."""
    try:
        driver_of(str(path))
    except InputError:  # neither GeoTIFF nor JPEG 2000: a photograph, or no image at all
        return False
    with open_raster(str(path)) as file:
        return file.crs is not None


def laid_facts(path: Path, crs: CRS, name: str = "") -> LaidFacts:
    """What an image with coordinates says of itself.

    Args:
        path: a working copy of ours, or a GeoTIFF of anybody's.
        crs: in metres, in which it will be read.
        name: of it, for what is said when it cannot be read; that of the file if left out.

    Raises:
        InputError: it is no such image, or has no coordinates, or its tags make no sense.
    """
    place = name or path.name
    with open_raster(str(path)) as file:
        if file.crs is None:
            raise InputError(
                "the file does not say where on earth it lies", place=place,
                mend="Lay it on the ground first: `habeas watch picture SITE FILE --points CSV`",
            )  # fmt: skip
        tags, width, height = file.tags(), file.width, file.height
        columns, rows = (
            width / 2 + np.array([0.0, 1.0, 0.0]),
            height / 2 + np.array([0.0, 0.0, 1.0]),
        )
        corner = LineString(np.column_stack(file.transform @ (columns, rows)))
        source = CRS.from_wkt(file.crs.to_wkt())
    resolution = _side(projected(corner, source, crs))
    if not (math.isfinite(resolution) and resolution > 0):
        raise InputError(
            "the image lies nowhere near the site",
            place=place,
            mend="Check the site, or lay the image by control points",
        )
    try:
        taken = date.fromisoformat(tags["ACQUISITION_DATE"]) if "ACQUISITION_DATE" in tags else None
        error = _error(json.loads(tags["REGISTRATION"])) if "REGISTRATION" in tags else None
    except (ValueError, TypeError, KeyError) as problem:
        raise InputError(
            "the tags of the image make no sense", place=place, mend="Lay it by control points"
        ) from problem
    return LaidFacts(taken=taken, error=error, resolution=resolution, width=width,
                     height=height)  # fmt: skip


def _side(corner: BaseGeometry) -> float:
    """Metres a pixel, from its middle one: its corner, the next to the right, the next below."""
    places = np.asarray(corner.coords)
    right, down = places[1] - places[0], places[2] - places[0]
    return math.sqrt(abs(float(right[0] * down[1] - right[1] * down[0])))


def _error(registration: Any) -> float | None:
    """Left one out; where the points did not suffice for that, what was left over at them."""
    found = float(registration["left_out_metres"])
    return found if math.isfinite(found) else float(registration["rmse_metres"])
