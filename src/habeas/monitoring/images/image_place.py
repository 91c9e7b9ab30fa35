"""Where an image lies, by what its header says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from affine import Affine
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely import segmentize
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import PixelGrid
from habeas.monitoring.images.file_facts import Header
from habeas.monitoring.projection import DEGREES, projected


def place_of(header: Header) -> tuple[PixelGrid, BaseGeometry]:
    """The grid of an image, and its footprint in degrees.

    Raises:
        InputError: the header does not say.
    """
    affine = Affine(*header.transform)
    if not header.crs or affine == Affine.identity():
        raise InputError("its file does not say where on earth it lies")
    if affine.is_degenerate:
        raise InputError("its pixels have no size")
    right, down = header.width, header.height
    corners = tuple(
        (
            affine.c + affine.a * column + affine.b * row,
            affine.f + affine.d * column + affine.e * row,
        )
        for column, row in ((0, 0), (right, 0), (right, down), (0, down))
    )
    try:
        footprint = _in_degrees(header.crs, corners)
    except CRSError as problem:
        raise InputError("its coordinate reference system is not known") from problem
    west, north = min(x for x, _ in corners), max(y for _, y in corners)
    grid = PixelGrid(crs=header.crs, resolution=pixel_of(header), corner=(west, north))
    return grid, footprint


def pixel_of(header: Header) -> float:
    """The length of the side of a pixel, along its row."""
    affine = Affine(*header.transform)
    return math.hypot(affine.a, affine.d)


def is_turned(header: Header) -> bool:
    """Whether the rows of an image run aslant: its pixels are on no grid of a site."""
    affine = Affine(*header.transform)
    return bool(affine.b or affine.d)


@lru_cache(maxsize=256)
def _in_degrees(crs: str, corners: tuple[tuple[float, float], ...]) -> BaseGeometry:
    """The footprint of an image; those of one tile are all the same."""
    return projected(segmentize(Polygon(corners), _longest(corners) / 8), CRS(crs), DEGREES)


def _longest(corners: Sequence[tuple[float, float]]) -> float:
    return max(math.dist(corners[0], corners[1]), math.dist(corners[1], corners[2]))
