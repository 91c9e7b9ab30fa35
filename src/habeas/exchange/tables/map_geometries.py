"""Geometries of map layers as the record keeps them: decimal strings, longitude first, WGS 84.

Numbers keep the digits that stand in the file; no float comes between. What the record has no form
for (several points at once, mixed geometries) is refused with a reason, never cut down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

import msgspec

from habeas.claims.values import (
    Geometry,
    LineString,
    MultiPolygon,
    Point,
    Polygon,
    Position,
)
from habeas.exchange.tables.entity_rows import Cell, Field
from habeas.exchange.tables.limits import MAX_CELL

GEOMETRY: Final = Field("geometry", "geometry")
"""The column of geometries, in every format."""

PLACES: Final = 18
"""Decimals that the record keeps: the fraction of a nanometre."""

_LIMITS: Final = (180, 90)
_NESTED: Final = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPolygon": 3}


class ShapeError(ValueError):
    """Why something is no geometry that the record holds: words, lower case, no full stop."""


class Shape(NamedTuple):
    """A geometry, and what was left out of it."""

    geometry: Geometry
    heights: bool = False
    """Whether positions had a third number."""


def shape_of(kind: object, coordinates: object) -> Shape:
    """A geometry from its type and coordinates as GeoJSON has them (RFC 7946, 3.1).

    A collection of one is that one. A third number (height) is left out.

    Args:
        kind: `Point`, `MultiPolygon`...
        coordinates: nested lists; numbers as text.

    Raises:
        ShapeError: the record has no form for it, or it is none.
    """
    if kind in ("MultiPoint", "MultiLineString") and isinstance(coordinates, list):
        if len(coordinates) != 1:
            raise ShapeError(
                f"a {kind} of {len(coordinates)} parts is not one place: make a row of each"
            )
        kind, coordinates = str(kind).removeprefix("Multi"), coordinates[0]
    if kind == "GeometryCollection":
        raise ShapeError("a collection of geometries is not one place: make a row of each")
    if not isinstance(kind, str) or kind not in _NESTED:
        raise ShapeError("no geometry that is read here")
    reader = _Reader()
    found = reader.read(coordinates, _NESTED[kind])
    return Shape(_MADE[kind](found), reader.heights)


def degrees(text: object, limit: int) -> str:
    """A number of degrees in plain decimal digits.

    Args:
        text: digits as they stand; `5.14e1` is 51.4.
        limit: the largest that there is.

    Raises:
        ShapeError: no number, or outside the earth.
    """
    if not isinstance(text, str) or "_" in text:
        raise ShapeError("a position is not made of numbers")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ShapeError(f"“{text[:40]}” in a position is no number") from None
    if not number.is_finite() or number.copy_abs() > limit:
        axis = "latitude" if limit == _LIMITS[1] else "longitude"
        raise ShapeError(f"{text[:40]} as a {axis} lies outside the earth: was something swapped?")
    if number.as_tuple().exponent < -PLACES:  # type: ignore[operator]
        number = round(number, PLACES)
    return format(number, "f")


class _Reader:
    """Nested lists of texts as nested tuples of decimal strings."""

    def __init__(self) -> None:
        self.heights = False

    def read(self, value: object, depth: int) -> tuple[object, ...]:
        if not isinstance(value, list) or not value:
            raise ShapeError("coordinates are missing")
        if depth == 0:
            return self._position(value)
        return tuple(self.read(inner, depth - 1) for inner in value)

    def _position(self, value: Sequence[object]) -> Position:
        if len(value) < 2:
            raise ShapeError("a position has less than two numbers")
        self.heights = self.heights or len(value) > 2
        longitude, latitude = (
            degrees(number, limit) for number, limit in zip(value, _LIMITS, strict=False)
        )
        return longitude, latitude


_MADE: Final[dict[str, Callable[..., Geometry]]] = {
    "Point": lambda found: Point(coordinates=found),
    "LineString": lambda found: LineString(coordinates=found),
    "Polygon": lambda found: Polygon(coordinates=found),
    "MultiPolygon": lambda found: MultiPolygon(coordinates=found),
}


def geometry_cell(shape: Callable[[], Shape], otherwise: str) -> tuple[Cell, bool]:
    """The cell of a geometry, and whether heights were left out.

    Args:
        shape: makes it, or raises `ShapeError`.
        otherwise: the words of the cell when there is none.
    """
    try:
        made = shape()
        text = msgspec.json.encode(made.geometry).decode()
        if len(text) > MAX_CELL:
            raise ShapeError(f"an outline of more than {MAX_CELL:,} characters")
        if is_null_island(made.geometry):
            raise ShapeError("the position 0, 0 is what programs write that know none")
    except ShapeError as error:
        return Cell(otherwise[:MAX_CELL], fault=str(error)), False
    return Cell(text, geometry=made.geometry), made.heights


def is_null_island(geometry: Geometry) -> bool:
    """Whether a geometry is the point 0, 0."""
    return isinstance(geometry, Point) and all(
        not number.strip("-0.") for number in geometry.coordinates
    )
