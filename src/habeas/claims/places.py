"""What makes a position on the ground sound: inside the earth, closed, in order.

No guess is made here: a geometry is as its author wrote it, or it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from habeas.claims.values import (
    Geometry,
    LineString,
    MultiPolygon,
    Point,
    Polygon,
    Position,
    Where,
)
from habeas.errors import InputError


def check_where(where: Where, place: str = "") -> None:
    """Refuse a position that cannot be.

    Args:
        where: the value to look at.
        place: where it stands, for the message.

    Raises:
        InputError: a coordinate outside the earth, a ring that is not closed or has fewer than four
            positions, an area or a path without positions, a negative uncertainty, an exact
            position without geometry.
    """
    if where.uncertainty is not None and where.uncertainty.startswith("-"):
        raise InputError(
            f"an uncertainty of {where.uncertainty} m is below zero",
            place=place,
            mend="Give the distance in metres within which the true place is believed to lie",
        )
    if where.geometry is None:
        if where.kind == "exact":
            raise InputError(
                "an exact position without coordinates",
                place=place,
                mend="Give the geometry, or use the kind `approximate`",
            )
        return
    for position in positions(where.geometry):
        _check_position(position, place)
    for ring in _rings(where.geometry):
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise InputError(
                "an outline that is not closed",
                place=place,
                mend="End the ring with its first position; a ring has four positions or more",
            )
    if _is_empty(where.geometry):
        raise InputError(
            "an area without an outline",
            place=place,
            mend="Give its outline, or leave the geometry out",
        )
    if isinstance(where.geometry, LineString) and len(where.geometry.coordinates) < 2:
        raise InputError("a path of less than two positions", place=place, mend="Use a point")


def positions(geometry: Geometry) -> Iterator[Position]:
    """Every position of a geometry, as (longitude, latitude) in decimal strings."""
    match geometry:
        case Point(coordinates=position):
            yield position
        case LineString(coordinates=path):
            yield from path
        case Polygon() | MultiPolygon():
            for ring in _rings(geometry):
                yield from ring


def _rings(geometry: Geometry) -> Iterator[tuple[Position, ...]]:
    if isinstance(geometry, Polygon):
        yield from geometry.coordinates
    elif isinstance(geometry, MultiPolygon):
        for polygon in geometry.coordinates:
            yield from polygon


def _is_empty(geometry: Geometry) -> bool:
    """Whether an area has no outline, or is made of parts of which one has none."""
    if isinstance(geometry, Polygon):
        return not geometry.coordinates
    if isinstance(geometry, MultiPolygon):
        return not all(geometry.coordinates) or not geometry.coordinates
    return False


def _check_position(position: Position, place: str) -> None:
    longitude, latitude = (Decimal(number) for number in position)
    if abs(longitude) > 180 or abs(latitude) > 90:
        swapped = abs(latitude) <= 180 and abs(longitude) <= 90
        raise InputError(
            f"the coordinate {position[0]}, {position[1]} lies outside the earth",
            place=place,
            mend="Longitude comes first: were they swapped?"
            if swapped
            else "Longitude is -180 to 180, latitude -90 to 90, WGS 84",
        )
