"""Where an image lies, by what its header says."""

from __future__ import annotations

from functools import lru_cache

from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely import segmentize
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import PixelGrid
from habeas.monitoring.images.file_facts import Header
from habeas.monitoring.projection import DEGREES, projected


def place_of(header: Header) -> tuple[PixelGrid, BaseGeometry]:
    """The grid of an image, and its footprint in degrees.

    Raises:
        InputError: the header does not say, or its rows do not run from west to east.
    """
    if not header.crs:
        raise InputError("its file does not say where on earth it lies")
    a, b, west, d, e, north = header.transform
    if b or d or a <= 0 or e >= 0:
        raise InputError("its rows do not run from west to east, its columns north to south")
    edges = (west, north + e * header.height, west + a * header.width, north)
    try:
        footprint = _in_degrees(header.crs, edges)
    except CRSError as problem:
        raise InputError("its coordinate reference system is not known") from problem
    return PixelGrid(crs=header.crs, resolution=a, corner=(west, north)), footprint


@lru_cache(maxsize=256)
def _in_degrees(crs: str, edges: tuple[float, float, float, float]) -> BaseGeometry:
    """The footprint of an image; those of one tile are all the same."""
    return projected(segmentize(box(*edges), (edges[2] - edges[0]) / 8), CRS(crs), DEGREES)
