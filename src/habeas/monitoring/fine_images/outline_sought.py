"""The outline of a site: from a file, or from what the record says of where it lies."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from habeas.claims.values import MultiPolygon, Point, Polygon, Where
from habeas.errors import InputError, NotFoundError
from habeas.registry.registry import Registry
from habeas.registry.view import View

LARGEST = 5_000_000
"""Bytes of a file that holds one outline."""

_POINT_MEND = (
    "Give an outline with --outline FILE.geojson, or say with --uncertainty by how many metres the "
    "point may be off: then that circle is watched"
)


@dataclass(frozen=True, kw_only=True)
class Outline:
    """Where a site is watched.

    Attributes:
        ground: a polygon or a point; longitude and latitude, degrees.
        uncertainty: metres, as the same claim says; 0 if it does not.
        claim: the digest of the claim that it is from; empty for a file.
    """

    ground: BaseGeometry
    uncertainty: float
    claim: str = ""


def seek_outline(
    registry: Registry, site: str, file: Path | None, uncertainty: float | None
) -> Outline:
    """The outline of a site in a file, or that of the record without one.

    Args:
        registry: where.
        site: its id.
        file: with the outline.
        uncertainty: metres that the user gave; they come before those of the claim.

    Raises:
        NotFoundError, InputError: as `outline_in_file` and `outline_in_record`.
    """
    if file is None:
        found = outline_in_record(registry.view("sealed"), site, uncertainty)
    else:
        found = outline_in_file(file)
    return found if uncertainty is None else replace(found, uncertainty=uncertainty)


def outline_in_file(path: Path) -> Outline:
    """The outline in a GeoJSON file: a polygon, a feature, or features taken together.

    Raises:
        InputError: the file cannot be read, or holds no polygon.
    """
    try:
        with path.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=str(path), mend="Check its name"
        ) from error
    if len(data) > LARGEST:
        raise InputError(
            "the file is too large for an outline",
            place=str(path),
            mend="Give a file that holds the outline of one site",
        )
    try:
        shapes = [shape(geometry) for geometry in _geometries(json.loads(data))]
    except (ValueError, TypeError, KeyError, AttributeError, ShapelyError) as error:
        raise InputError(
            f"this is no GeoJSON ({error})", place=str(path), mend="Export the outline as GeoJSON"
        ) from error
    areas = [one for one in shapes if one.geom_type in ("Polygon", "MultiPolygon")]
    if not areas:
        raise InputError(
            "there is no polygon in this file",
            place=str(path),
            mend="Draw the outline as a polygon",
        )
    return Outline(ground=areas[0] if len(areas) == 1 else unary_union(areas), uncertainty=0.0)


def _geometries(document: Any) -> list[Any]:
    match document["type"]:
        case "FeatureCollection":
            return [feature["geometry"] for feature in document["features"]]
        case "Feature":
            return [document["geometry"]]
        case "GeometryCollection":
            return list(document["geometries"])
        case _:
            return [document]


def outline_in_record(view: View, site: str, uncertainty: float | None) -> Outline:
    """The outline that the claims of where a site lies give.

    Args:
        view: of a registry; the one of the recorder, who may see where the site lies.
        site: its id.
        uncertainty: metres that the user gave; a point needs them, or those of its claim.

    Raises:
        NotFoundError: nothing is recorded of the site.
        InputError: no claim gives an outline, claims give different ones, or a point has no
            uncertainty.
    """
    if next(view.stream(subject=site), None) is None:
        raise NotFoundError(f"there is no {site}", mend="Record the site first: `habeas record`")
    outlines: dict[str, Outline] = {}
    points: dict[str, Outline] = {}
    for shown in view.claims(subject=site, predicate="location"):
        where = shown.claim.value
        if shown.withdrawn or not isinstance(where, Where):
            continue
        if where.kind not in ("exact", "approximate") or where.geometry is None:
            continue
        found = Outline(
            ground=shape_of(where), uncertainty=float(where.uncertainty or 0), claim=shown.digest
        )
        if isinstance(where.geometry, Polygon | MultiPolygon):
            outlines.setdefault(found.ground.wkt, found)
        elif isinstance(where.geometry, Point):
            points.setdefault(found.ground.wkt, found)
    return _only(site, outlines or points, uncertainty)


def _only(site: str, found: dict[str, Outline], uncertainty: float | None) -> Outline:
    if not found:
        raise InputError(
            "the record gives no outline of the site, and no point",
            place=site,
            mend="Give one with --outline FILE.geojson",
        )
    if len(found) > 1:
        digests = ", ".join(one.claim[:12] for one in found.values())
        raise InputError(
            f"the record gives {len(found)} places for the site (claims {digests})",
            place=site,
            mend="Choose one, and give it with --outline FILE.geojson",
        )
    outline = next(iter(found.values()))
    if outline.ground.area == 0 and not (uncertainty or outline.uncertainty):
        raise InputError(
            "the record gives a point without an outline, and not how far it may be off",
            place=site,
            mend=_POINT_MEND,
        )
    return outline


def shape_of(where: Where) -> BaseGeometry:
    """The geometry of a claim: its decimal strings as numbers.

    Raises:
        InputError: the claim has no coordinates.
    """

    def numbers(part: Any) -> Any:
        if isinstance(part[0], str):
            return [float(number) for number in part]
        return [numbers(inner) for inner in part]

    geometry = where.geometry
    if geometry is None:
        raise InputError(
            "a place without coordinates", mend="Give a polygon, or a point with an uncertainty"
        )
    return shape({"type": type(geometry).__name__, "coordinates": numbers(geometry.coordinates)})
