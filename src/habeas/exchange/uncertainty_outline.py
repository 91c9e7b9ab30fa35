"""How far the truth may lie from a position, as an outline on the ground: derived, not said.

A claim gives a position and metres. The outline holds every place within so many metres: around a
point a circle of true distance (Karney's geodesics on WGS 84), around a path or an area what lies
within that distance in the azimuthal equidistant projection about its middle.
"""

from __future__ import annotations

from math import cos, pi
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    Pairs = NDArray[float64]

CORNERS: Final = 72
"""Of a circle; it is drawn around the true one, so that it nowhere falls short."""

_DEGREE: Final = 110_500.0
"""Metres of a degree of latitude, at least."""

FARTHEST: Final = 2_000_000.0
"""Metres. What is less certain than that is no place that a map could outline."""


def outline(geometry: BaseGeometry, metres: float) -> MultiPolygon | None:
    """Everything within so many metres of a geometry.

    Args:
        geometry: longitude, latitude in degrees, WGS 84.
        metres: above 0.

    Returns:
        The outline in the same coordinates, cut in two where it crosses the 180th meridian; None
        when there is none to draw: no metres, too many, or a pole lies within.
    """
    from pyproj import Transformer
    from shapely import transform

    west, south, east, north = geometry.bounds
    reach = max(abs(south), abs(north)) + metres / _DEGREE
    if not 0 < metres <= FARTHEST or reach > 89 or east - west > 180:
        return None
    middle = geometry.centroid
    plane = f"+proj=aeqd +lat_0={middle.y!r} +lon_0={middle.x!r} +datum=WGS84 +units=m"
    project = Transformer.from_crs("EPSG:4326", plane, always_xy=True)

    def there(pairs: Pairs) -> Pairs:
        return _pairs(*project.transform(pairs[:, 0], pairs[:, 1]))

    def back(pairs: Pairs) -> Pairs:
        lon, lat = project.transform(pairs[:, 0], pairs[:, 1], direction="INVERSE")
        return _pairs(middle.x + (lon - middle.x + 180) % 360 - 180, lat)

    around = transform(geometry, there).buffer(metres / cos(pi / CORNERS), CORNERS // 4)
    return _cut(transform(around, back))


def _pairs(x: Any, y: Any) -> Pairs:
    import numpy as np

    return np.column_stack((x, y))


def _cut(area: BaseGeometry) -> MultiPolygon:
    """An area that may run beyond 180 degrees, in parts that do not."""
    from shapely import MultiPolygon, Polygon, box, make_valid
    from shapely.affinity import translate
    from shapely.geometry.polygon import orient

    whole = make_valid(area)
    parts: list[Polygon] = []
    for turn in (-360, 0, 360):
        part = translate(whole.intersection(box(turn - 180, -90, turn + 180, 90)), -turn)
        for one in getattr(part, "geoms", (part,)):
            if isinstance(one, Polygon) and not one.is_empty:
                parts.append(orient(one))
    return MultiPolygon(parts)
