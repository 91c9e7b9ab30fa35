"""Squares of 100 km of the Military Grid Reference System: the tiles of Sentinel-2.

A tile of Sentinel-2 bears the code of its square (`39SVV`) and covers all of it (110 km, from the
square's upper left corner). So a whole tile can be asked for without saying which part matters.
Letters after the scheme of NGA.STND.0037 (AA scheme, for WGS 84).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from pyproj import CRS
from shapely import segmentize
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from habeas.monitoring.projection import DEGREES, projected
from habeas.monitoring.site_area import SiteArea, utm_zone

SIDE = 100_000.0

_BANDS = "CDEFGHJKLMNPQRSTUVWX"
_COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")
_ROWS = "ABCDEFGHJKLMNPQRSTUV"


@dataclass(frozen=True)
class Square:
    """One square.

    Attributes:
        code: as Sentinel-2 has it.
        outline: longitude and latitude.
    """

    code: str
    outline: BaseGeometry


def squares_of(site: SiteArea) -> tuple[Square, ...]:
    """The squares that the outline of a site touches, nearly always one; by code."""
    crs = utm_zone(site)
    west, south, east, north = projected(site.outline, DEGREES, crs).bounds
    found = []
    for column in range(math.floor(west / SIDE), math.floor(east / SIDE) + 1):
        for row in range(math.floor(south / SIDE), math.floor(north / SIDE) + 1):
            found.append(_square(crs, column, row, site.outline.centroid.y))
    return tuple(sorted(found, key=lambda square: square.code))


def _square(crs: CRS, column: int, row: int, latitude: float) -> Square:
    code = crs.to_epsg() or 0
    zone = code % 100
    letter = _COLUMNS[(zone - 1) % 3][column - 1]
    rows = _ROWS if zone % 2 else _ROWS[5:] + _ROWS[:5]
    band = _BANDS[min(math.floor((latitude + 80) / 8), len(_BANDS) - 1)]
    edge = box(column * SIDE, row * SIDE, (column + 1) * SIDE, (row + 1) * SIDE)
    outline = projected(segmentize(edge, SIDE / 8), crs, DEGREES)
    return Square(f"{zone}{band}{letter}{rows[row % 20]}", outline)
