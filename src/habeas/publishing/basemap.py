"""The ground a map is drawn on: a frame on the earth, and Natural Earth's outlines inside it.

Projection: equirectangular, true along the parallel through the middle of the frame. Distances
are true along that parallel and along every meridian; east-west lengths elsewhere in the frame are
off by the ratio of the cosines, so uncertainty circles are drawn as the ellipses they become. The
earth is taken as a sphere of the WGS 84 mean radius: off by at most 0.6 %, far below what a printed
map shows. Longitudes are unwrapped around the frame, so a frame may lie across the antimeridian.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import msgspec

from habeas.drawing import assets, svg

if TYPE_CHECKING:
    import shapely

METRES_PER_DEGREE: Final = 111_195.0
"""Of latitude, on a sphere of radius 6,371,008.8 m."""

SEA: Final = "#e6edf1"
LAND: Final = "#faf9f6"
COAST: Final = "#9fb0ba"
BORDER: Final = "#8b8f8c"
PROVINCE: Final = "#d8d6cf"

_PROVINCES_BELOW: Final = 30.0


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A window on the earth and its place on the picture.

    Attributes:
        west: longitude of the left edge, degrees; may lie below -180.
        south: latitude of the bottom edge.
        east: longitude of the right edge; may lie above 180.
        north: latitude of the top edge.
        x: left edge on the picture.
        y: top edge on the picture.
        width: on the picture.
        height: on the picture.
    """

    west: float
    south: float
    east: float
    north: float
    x: float
    y: float
    width: float
    height: float

    @property
    def parallel(self) -> float:
        """The standard parallel, degrees of latitude."""
        return (self.south + self.north) / 2

    @property
    def units_per_metre(self) -> float:
        """Scale along meridians and along the standard parallel."""
        return self.height / ((self.north - self.south) * METRES_PER_DEGREE)

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a place stands on the picture."""
        return self.unturned(self.unwrapped(longitude), latitude)

    def unturned(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Like `point`, for a longitude that is unwrapped already."""
        return (
            self.x + (longitude - self.west) / (self.east - self.west) * self.width,
            self.y + (self.north - latitude) / (self.north - self.south) * self.height,
        )

    def unwrapped(self, longitude: float) -> float:
        """The longitude, turned by whole circles to lie nearest the middle of the frame."""
        middle = (self.west + self.east) / 2
        return longitude - 360.0 * round((longitude - middle) / 360.0)

    def radii(self, latitude: float, metres: float) -> tuple[float, float]:
        """Half-widths on the picture of a circle on the earth."""
        ry = metres * self.units_per_metre
        stretch = math.cos(math.radians(self.parallel)) / max(
            math.cos(math.radians(latitude)), 0.05
        )
        return ry * stretch, ry


def fit(
    bounds: tuple[float, float, float, float],
    *,
    x: float,
    y: float,
    width: float,
    height: float,
    least_metres: float,
) -> Frame:
    """The frame of a given size that shows some bounds in the middle.

    Args:
        bounds: west, south, east, north in degrees.
        x: left edge on the picture.
        y: top edge on the picture.
        width: on the picture.
        height: on the picture.
        least_metres: the frame is at least this high on the earth.
    """
    west, south, east, north = bounds
    middle = (min(max((south + north) / 2, -80.0), 80.0), (west + east) / 2)
    squeeze = math.cos(math.radians(middle[0]))
    needed = max(
        north - south, (east - west) * squeeze * height / width, least_metres / METRES_PER_DEGREE
    )
    high = min(needed, 170.0, 360.0 * squeeze * height / width)
    wide = high * width / height / squeeze
    low = min(max(middle[0] - high / 2, -88.0), 88.0 - high)
    return Frame(
        west=middle[1] - wide / 2, east=middle[1] + wide / 2, south=low, north=low + high,
        x=x, y=y, width=width, height=height,
    )  # fmt: skip


def ground(frame: Frame, *, clip: str, coarse: bool = False) -> list[str]:
    """Sea, land, lakes and boundary lines, as SVG.

    Args:
        frame: the window.
        clip: id for the clip path; must be unique in the picture.
        coarse: for a locator: land and countries alone, small rings left out.
    """
    box = svg.rectangle(frame.x, frame.y, frame.width, frame.height, fill=SEA)
    edges = svg.rectangle(frame.x, frame.y, frame.width, frame.height)
    parts = [f'<defs><clipPath id="{clip}">{edges}</clipPath></defs>', box]
    least = 1.8 if coarse else 0.6
    width = 0.4 if coarse else 0.7
    inside = [_areas(frame, "land", least, fill=LAND, stroke=COAST, stroke_width=width)]
    if not coarse:
        inside.append(_areas(frame, "lakes", 1.5, fill=SEA, stroke=COAST, stroke_width=0.5))
        if frame.north - frame.south < _PROVINCES_BELOW:
            inside.append(_lines(frame, "provinces", stroke=PROVINCE, stroke_width=0.7))
    inside.append(_lines(frame, "countries", stroke=BORDER, stroke_width=width + 0.1))
    return [*parts, f'<g clip-path="url(#{clip})">', *filter(None, inside), "</g>"]


def _areas(frame: Frame, layer: assets.Layer, least: float, **look: str | float) -> str:
    """Closed rings of a layer as one path; rings smaller than `least` units are left out."""
    import shapely

    pieces: list[str] = []
    for points in _near(frame, layer):
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(max(xs) - min(xs), max(ys) - min(ys)) < least or len(points) < 4:
            continue
        clipped = shapely.clip_by_rect(shapely.make_valid(shapely.Polygon(points)), *_edge(frame))
        pieces += _polygons(clipped.simplify(0.25))
    return svg.element("path", d="".join(pieces), fill_rule="evenodd", **look) if pieces else ""


def _polygons(geometry: shapely.Geometry) -> Iterable[str]:
    import shapely

    for part in shapely.get_parts(geometry):
        if isinstance(part, shapely.Polygon) and not part.is_empty:
            yield _path(part.exterior) + "Z"
            yield from (_path(hole) + "Z" for hole in part.interiors)


def _lines(frame: Frame, layer: assets.Layer, **look: str | float) -> str:
    import shapely

    pieces: list[str] = []
    for points in _near(frame, layer):
        clipped = shapely.clip_by_rect(shapely.LineString(points), *_edge(frame)).simplify(0.25)
        for part in shapely.get_parts(clipped):
            if isinstance(part, shapely.LineString) and not part.is_empty:
                pieces.append(_path(part))
    if not pieces:
        return ""
    return svg.element("path", d="".join(pieces), fill="none", stroke_linejoin="round", **look)


def _edge(frame: Frame) -> tuple[float, float, float, float]:
    """The rectangle to clip to: a little outside, so that cut edges are not seen."""
    return (
        frame.x - 3, frame.y - 3, frame.x + frame.width + 3, frame.y + frame.height + 3,
    )  # fmt: skip


def _near(frame: Frame, layer: assets.Layer) -> Iterable[list[tuple[float, float]]]:
    """The rings of a layer that touch the frame, on the picture, each copy that does."""
    for ring in assets.outline(layer):
        west, south, east, north = ring.bounds
        if north < frame.south or south > frame.north:
            continue
        for turn in (-360.0, 0.0, 360.0):
            if east + turn >= frame.west and west + turn <= frame.east:
                yield [frame.unturned(lon + turn, lat) for lon, lat in ring.points]


def _path(line: shapely.LineString) -> str:
    """Path data in tenths of a unit, relative after the first point."""
    tenths = [(round(p[0] * 10), round(p[1] * 10)) for p in line.coords]
    (px, py), steps = tenths[0], []
    for x, y in tenths[1:]:
        if (x, y) != (px, py):
            steps.append(f"{_tenth(x - px)} {_tenth(y - py)}")
        px, py = x, y
    start = f"M{_tenth(tenths[0][0])} {_tenth(tenths[0][1])}"
    return f"{start}l{' '.join(steps)}" if steps else start


def _tenth(value: int) -> str:
    return svg.number(value / 10)
