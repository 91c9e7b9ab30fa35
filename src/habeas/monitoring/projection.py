"""Outlines carried from one coordinate reference system to another."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from shapely import transform
from shapely.geometry.base import BaseGeometry

DEGREES = CRS.from_epsg(4326)
"""Longitude and latitude, WGS 84."""


def projected(shape: BaseGeometry, source: CRS, target: CRS) -> BaseGeometry:
    """A shape in another coordinate reference system; x (longitude) before y in both."""
    transformer = _transformer(source.srs, target.srs)

    def carried(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return transform(shape, carried)


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer:
    """Making one takes far longer than using it."""
    return Transformer.from_crs(crs_of(source), crs_of(target), always_xy=True)


@lru_cache(maxsize=64)
def crs_of(text: str) -> CRS:
    """A coordinate reference system by its code, or as well-known text.

    Raises:
        pyproj.exceptions.CRSError: it names none.
    """
    return CRS(text)


def in_metres(crs: CRS) -> bool:
    """Whether lengths and areas can be measured in its coordinates.

    Web Mercator stretches: its metres are none.
    """
    metres = all(axis.unit_name == "metre" for axis in crs.axis_info)
    return bool(crs.is_projected and metres and crs.to_epsg() != 3857)
