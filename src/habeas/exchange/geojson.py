"""Positions as GeoJSON (RFC 7946): one feature a claim, never a position without its uncertainty.

A map drawn from this file can and should draw what `kind` and `uncertainty_m` say: a
`representative` position stands in for a place, such as its town, and is no grave. Numbers are
written with the digits that the claim has; outlines run counterclockwise and holes clockwise, as
the RFC asks (3.1.6), whichever way the claim has them. Claims without coordinates are not in this
file.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, Literal

import msgspec

from habeas.claims.claim import Sensitivity
from habeas.claims.values import Geometry, LineString, MultiPolygon, Point, Polygon, Position
from habeas.exchange.located_claims import LocatedClaim, located_claims
from habeas.registry.view import View

_HEAD: Final = '{"type":"FeatureCollection","habeas":%s,"features":['

_Ring = tuple[Position, ...]


class Properties(msgspec.Struct, frozen=True, kw_only=True):
    """What is said beside a position. The keys are stable; see `LocatedClaim` for their meaning."""

    claim: str
    subject: str
    label: str
    predicate: str
    kind: str
    uncertainty_m: msgspec.Raw | None
    method: str
    words: str
    source: str
    source_label: str
    by: str
    sensitivity: Sensitivity
    withdrawn: bool
    forked: bool


class Feature(msgspec.Struct, frozen=True, kw_only=True):
    """One claim on a position."""

    type: Literal["Feature"] = "Feature"
    id: str
    geometry: dict[str, Any]
    properties: Properties


def geojson(view: View, *, subject: str | None = None, lang: str = "en") -> Iterator[str]:
    """A feature collection of every position that may be seen, in pieces of text.

    Args:
        view: at a clearance.
        subject: only the claims about this entity.
        lang: of the labels of entities.
    """
    head = {"format": "habeas-geojson/1", "clearance": view.clearance}
    yield _HEAD % msgspec.json.encode(head).decode()
    comma = "\n"
    for _, located in located_claims(view, subject=subject, lang=lang):
        feature = Feature(
            id=f"claim:{located.claim}",
            geometry=_geometry(located.geometry),
            properties=_properties(located),
        )
        yield comma + msgspec.json.encode(feature).decode()
        comma = ",\n"
    yield "\n]}\n"


def _properties(located: LocatedClaim) -> Properties:
    said = {name: getattr(located, name) for name in Properties.__struct_fields__}
    metres = located.uncertainty_m
    return Properties(**{**said, "uncertainty_m": None if metres is None else _digits(metres)})


def _geometry(geometry: Geometry) -> dict[str, Any]:
    return {"type": type(geometry).__name__, "coordinates": _numbers(_turned(geometry))}


def _turned(geometry: Geometry) -> tuple[Any, ...]:
    """The coordinates, with rings in the direction of RFC 7946."""
    match geometry:
        case Polygon(coordinates=rings):
            return _turned_rings(rings)
        case MultiPolygon(coordinates=polygons):
            return tuple(_turned_rings(rings) for rings in polygons)
        case Point(coordinates=position):
            return position
        case LineString(coordinates=path):
            return path


def _turned_rings(rings: tuple[_Ring, ...]) -> tuple[_Ring, ...]:
    return tuple(
        ring if _is_clockwise(ring) is (at > 0) else ring[::-1] for at, ring in enumerate(rings)
    )


def _is_clockwise(ring: _Ring) -> bool:
    """By the sign of the area (shoelace formula)."""
    points = [(Decimal(x), Decimal(y)) for x, y in ring]
    doubled = sum(
        (x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(points)),
        Decimal(0),
    )
    return doubled < 0


def _numbers(nested: str | tuple[Any, ...]) -> object:
    return _digits(nested) if isinstance(nested, str) else [_numbers(one) for one in nested]


def _digits(decimal: str) -> msgspec.Raw:
    """A decimal string as a JSON number with the same digits: no float comes between."""
    return msgspec.Raw(decimal.encode())
