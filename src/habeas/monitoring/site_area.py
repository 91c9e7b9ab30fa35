"""The ground of a site: its outline, how well it is known, and the grid that it is watched on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import CRS
from shapely import force_2d, is_valid_reason
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from habeas.errors import InputError
from habeas.monitoring.projection import DEGREES, projected

SURROUNDINGS = 400.0
"""Metres around the ground of a site: room for its surroundings and for null placements."""

LARGEST = 2_000
"""Pixels along a side of the grid: beyond, an outline is no site."""

_METRES = 1_000
"""Beyond, a coordinate is no slip of a degree: maps in metres have such."""

Ground = Polygon | MultiPolygon


@dataclass(frozen=True, kw_only=True)
class SiteArea:
    """Where a site is said to be.

    Attributes:
        outline: longitude and latitude, degrees, WGS 84. A point or a line needs an uncertainty.
        uncertainty: metres by which the outline may be off; the ground that is watched reaches
            that much further.
        surroundings: metres around it that are read as well.
    """

    outline: BaseGeometry
    uncertainty: float = 0.0
    surroundings: float = SURROUNDINGS

    def __post_init__(self) -> None:
        for name, metres in (
            ("uncertainty", self.uncertainty),
            ("surroundings", self.surroundings),
        ):
            if not math.isfinite(metres) or metres < 0:
                raise InputError(f"the {name} of a site is no distance: {metres}", mend="In metres")
        if self.outline.is_empty:
            raise InputError("the outline of the site is empty", mend="Give a polygon")
        if not self.outline.is_valid:
            raise InputError(
                f"the outline of the site is no polygon: {_fault(self.outline)}",
                mend="Draw it again, without crossing lines",
            )
        _check_degrees(self.outline)
        if self.outline.area == 0 and self.uncertainty == 0:
            raise InputError(
                "the site is a point or a line without an outline, and no uncertainty is known",
                mend="Give an outline, or say by how many metres the point may be off",
            )


def _fault(outline: BaseGeometry) -> str:
    """What is wrong with an outline, without the place: words may end up in a mail or a log."""
    return is_valid_reason(outline).partition("[")[0].strip()


def _check_degrees(outline: BaseGeometry) -> None:
    west, south, east, north = outline.bounds
    if not all(math.isfinite(end) for end in (west, south, east, north)):
        raise InputError(
            "the outline of the site has coordinates that are no numbers",
            mend="Give longitude and latitude in degrees",
        )
    if west < -180 or east > 180 or south < -80 or north > 84:
        metres = max(abs(west), abs(east), abs(south), abs(north)) > _METRES
        raise InputError(
            "the outline of the site is given in metres"
            if metres
            else "the outline of the site lies beyond all longitudes or latitudes",
            mend="Give longitude, then latitude, in degrees (80 south to 84 north): WGS 84",
        )


def utm_zone(site: SiteArea) -> CRS:
    """The zone of the Universal Transverse Mercator in which the middle of the site lies."""
    middle = site.outline.centroid
    zone = min(int((middle.x + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if middle.y >= 0 else 32700) + zone)


def ground(site: SiteArea, crs: CRS) -> Ground:
    """The outline, wider by its uncertainty, in a coordinate reference system in metres."""
    shape = projected(force_2d(site.outline), DEGREES, crs)
    wide = shape.buffer(site.uncertainty) if site.uncertainty else shape
    if not isinstance(wide, Polygon | MultiPolygon) or not math.isfinite(wide.area):
        raise InputError(
            "the outline of the site is no polygon", mend="Give a polygon, or an uncertainty"
        )
    return wide


def site_grid(
    site: SiteArea, crs: CRS, resolution: float, anchor: tuple[float, float] = (0.0, 0.0)
) -> GeoBox:
    """The grid of a site: its ground and surroundings, in whole pixels of a grid that is fixed.

    Args:
        site: which.
        crs: in metres.
        resolution: metres a pixel.
        anchor: a corner of any pixel, so that measured pixels are taken as they are.

    Raises:
        InputError: the site is too large.
    """
    box = ground(site, crs).buffer(site.surroundings).bounds
    left, top = (anchor[at] % resolution for at in (0, 1))
    west = math.floor((box[0] - left) / resolution) * resolution + left
    south = math.floor((box[1] - top) / resolution) * resolution + top
    columns = math.ceil((box[2] - west) / resolution)
    rows = math.ceil((box[3] - south) / resolution)
    if max(rows, columns) > LARGEST:
        raise InputError(
            f"the site and its surroundings measure {columns} x {rows} pixels of {resolution:g} m",
            mend=f"Watch parts of it: at most {LARGEST} pixels along a side",
        )
    code = crs.to_epsg()
    return GeoBox(
        (rows, columns),
        Affine(resolution, 0, west, 0, -resolution, south + rows * resolution),
        f"EPSG:{code}" if code else crs.to_wkt(),
    )
