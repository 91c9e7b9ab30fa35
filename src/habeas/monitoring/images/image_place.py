"""Where an image lies, by what its header says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from affine import Affine
from pyproj.exceptions import CRSError
from shapely import segmentize
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import PixelGrid
from habeas.monitoring.images.file_facts import Header, Transform
from habeas.monitoring.projection import DEGREES, crs_of, projected


def place_of(header: Header) -> tuple[PixelGrid, BaseGeometry]:
    """The grid of an image, and its footprint in degrees.

    Raises:
        InputError: the header does not say.
    """
    return _place_of(header.crs, header.transform, header.width, header.height)


@lru_cache(maxsize=256)
def _place_of(
    crs: str, transform: Transform, right: int, down: int
) -> tuple[PixelGrid, BaseGeometry]:
    """Most images of a folder lie on few grids."""
    affine = Affine(*transform)
    if not crs or affine == Affine.identity():
        raise InputError("its file does not say where on earth it lies")
    if affine.is_degenerate:
        raise InputError("its pixels have no size")
    corners = tuple(
        (
            affine.c + affine.a * column + affine.b * row,
            affine.f + affine.d * column + affine.e * row,
        )
        for column, row in ((0, 0), (right, 0), (right, down), (0, down))
    )
    try:
        footprint = _in_degrees(crs, corners)
    except CRSError as problem:
        raise InputError("its coordinate reference system is not known") from problem
    west, north = min(x for x, _ in corners), max(y for _, y in corners)
    grid = PixelGrid(crs=crs, resolution=_side(transform), corner=(west, north))
    return grid, footprint


def pixel_of(header: Header) -> float:
    """The length of the side of a pixel, along its row."""
    return _side(header.transform)


def _side(transform: Transform) -> float:
    along, _, _, down, *_ = transform
    return math.hypot(along, down)


def is_turned(header: Header) -> bool:
    """Whether the rows of an image run aslant: its pixels are on no grid of a site."""
    _, across, _, down, *_ = header.transform
    return bool(across or down)


def _in_degrees(crs: str, corners: tuple[tuple[float, float], ...]) -> BaseGeometry:
    """The footprint of an image; those of one tile are all the same."""
    return projected(segmentize(Polygon(corners), _longest(corners) / 8), crs_of(crs), DEGREES)


def _longest(corners: Sequence[tuple[float, float]]) -> float:
    return max(math.dist(corners[0], corners[1]), math.dist(corners[1], corners[2]))
