"""What a person read from a fine image, as claims: the kind, the image, and the ground marked.

The kind is a claim of the organisation about the site, by the reader's handle; which image it was
seen in and where it was marked are claims about that claim.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyproj import CRS
from shapely.geometry import MultiPolygon as ShapelyMultiPolygon
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry import Polygon as ShapelyPolygon
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from habeas.claims.claim import By, Claim, Sensitivity
from habeas.claims.values import Geometry, MultiPolygon, Point, Polygon, Ref, Term, When, Where
from habeas.errors import InputError
from habeas.monitoring.fine_images.fine_image import read_on_ground
from habeas.monitoring.fine_images.fine_reading import Annotation
from habeas.monitoring.fine_images.fine_source import laid_facts
from habeas.monitoring.fine_images.laid_image import LaidImage, is_sealed
from habeas.monitoring.fine_images.laying import SiteGround
from habeas.monitoring.fine_images.outline_sought import outline_in_file, shape_of
from habeas.monitoring.projection import DEGREES, projected
from habeas.registry.recording import check_recorder
from habeas.registry.registry import Registry

SEEN_IN: Final = "seen_in"
MARKED: Final = "marked_ground"
KIND: Final = "disturbance_kind"

NEAR: Final = 2.0
"""Metres within which two readers' points are the same place."""

_BLINDED: Final = "read without knowing what a machine or another reader said"

Place = ShapelyPolygon | ShapelyMultiPolygon | ShapelyPoint


@dataclass(frozen=True, kw_only=True, eq=False)
class Mark:
    """A recorded annotation of an image.

    Attributes:
        claim: digest of the claim that tells the kind.
        reader: "reader" and a handle.
        kind: a term of `disturbance_kind`.
        place: longitude and latitude, degrees.
    """

    claim: str
    reader: str
    kind: str
    place: BaseGeometry


def read_place(text: str) -> Place:
    """A place that was marked: `longitude,latitude`, or the name of a GeoJSON file with polygons.

    Raises:
        InputError: it is neither.
    """
    parts = text.split(",")
    if len(parts) == 2:
        try:
            longitude, latitude = (float(part) for part in parts)
        except ValueError:
            longitude = latitude = math.nan
        if abs(longitude) <= 180 and abs(latitude) <= 90:
            return ShapelyPoint(longitude, latitude)
    if len(parts) == 2 and not Path(text).exists():
        raise InputError(
            "this is no place", place=text[:60],
            mend="Give longitude,latitude in degrees, or a GeoJSON file with a polygon",
        )  # fmt: skip
    found = outline_in_file(Path(text)).ground
    if not isinstance(found, Place) or not found.is_valid:
        raise InputError("the marked outline crosses itself", place=text, mend="Draw it again")
    return found


def record_annotation(
    registry: Registry,
    ground: SiteGround,
    image: LaidImage,
    annotation: Annotation,
    *,
    recorder: str | None = None,
) -> tuple[str, ...]:
    """Record what a person read from an image.

    Args:
        registry: where.
        ground: of the site.
        image: that was read, an item of the record.
        annotation: what was read.
        recorder: who records.

    Returns:
        Digests: of the claim that tells the kind, of the image, of the ground marked.

    Raises:
        InputError: the image is a file that is not of the record, the place lies outside of it or
            of the site, or the handle cannot be one. Nothing was recorded.
        StorageError: the disk refused. Nothing was recorded.
    """
    if not image.item:
        raise InputError(
            "the image is not of the record, so that nobody could check the reading",
            mend="Keep it first (`habeas watch picture`), and name it by its item",
        )
    error = _require_shown(ground, image, annotation.place)
    level: Sensitivity = "sealed" if is_sealed(registry, [image.item]) else ground.level
    by = By(text=f"reader {check_recorder(annotation.reader)}")

    def said(subject: str, predicate: str, value: Ref | Term | Where, **more: object) -> Claim:
        return Claim(subject=subject, predicate=predicate, value=value,
                     source=registry.organisation, by=by, sensitivity=level, **more)  # type: ignore[arg-type]  # fmt: skip

    when = None if image.taken is None else _by(image.taken.isoformat())
    named = said(ground.site, KIND, Term(term=annotation.kind), holds=when,
                 credibility=annotation.certainty, note=annotation.note or None)  # fmt: skip
    where = Where(kind="approximate", geometry=_geometry(annotation.place), uncertainty=error,
                  method="marked in a fine image")  # fmt: skip
    with registry.recording(recorder=recorder) as recording:
        (digest,) = recording.entry([named])
        about = recording.entry([
            said(f"claim:{digest}", SEEN_IN, Ref(id=image.item),
                 note=_BLINDED if annotation.blinded else None),
            said(f"claim:{digest}", MARKED, where),
        ])  # fmt: skip
    return digest, *about


def marks_of(registry: Registry, item: str, *, clearance: Sensitivity = "sealed") -> list[Mark]:
    """What was read from an image and still stands, in the order in which it was recorded."""
    view = registry.view(clearance)
    found = []
    for seen in view.claims(ref=item, predicate=SEEN_IN):
        kind = view.claim(seen.claim.subject)
        places = view.claims(subject=seen.claim.subject, predicate=MARKED)
        value, by = kind.claim.value, kind.claim.by
        if seen.withdrawn or kind.withdrawn or by is None or not isinstance(value, Term):
            continue
        found += [
            Mark(
                claim=kind.digest, reader=by.text, kind=value.term, place=shape_of(one.claim.value)
            )
            for one in places
            if isinstance(one.claim.value, Where) and not one.withdrawn
        ]
    return found


def kinds_of(
    marks: Sequence[Mark], first: str, second: str, crs: CRS
) -> tuple[dict[str, str], dict[str, str]]:
    """What two readers of one image said, by place.

    Two marks are of one place where they meet, or points lie within `NEAR` metres.

    Args:
        marks: of the image.
        first: a reader.
        second: another.
        crs: in metres.
    """
    kinds: tuple[dict[str, str], dict[str, str]] = ({}, {})
    known = [(one.claim, projected(one.place, DEGREES, crs).buffer(NEAR / 2), one.kind)
             for one in marks if one.reader == first]  # fmt: skip
    kinds[0].update((claim, kind) for claim, _, kind in known)
    for one in (one for one in marks if one.reader == second):
        place = projected(one.place, DEGREES, crs).buffer(NEAR / 2)
        shared = [(shape.intersection(place).area, claim) for claim, shape, _ in known
                  if claim not in kinds[1] and shape.intersects(place)]  # fmt: skip
        kinds[1][max(shared)[1] if shared else one.claim] = one.kind
    return kinds


def _require_shown(ground: SiteGround, image: LaidImage, place: Place) -> str | None:
    """Refuse a place that the image does not show, or that lies elsewhere than the site.

    Returns:
        Metres by which it may be off, as decimal digits; none where the image does not say.
    """
    facts = laid_facts(image.path, ground.crs, image.name)
    shape = projected(place, DEGREES, ground.crs)
    if not shape.intersects(box(*ground.bounds)):
        raise InputError(
            "the place lies neither in the site nor around it",
            mend="Check which is longitude and which latitude",
        )
    west, south, east, north = shape.buffer(facts.resolution).bounds
    resolution = max(facts.resolution, (east - west) / 500, (north - south) / 500)
    try:
        read_on_ground(image.path, ground.code, resolution, (west, south, east, north))
    except InputError as problem:
        raise InputError(
            "the image does not show this place",
            place=image.name,
            mend="Name a place within the picture",
        ) from problem
    return None if facts.error is None else f"{facts.error:.2f}"


def _by(day: str) -> When:
    """What is seen in an image happened before it was taken."""
    return When(text=f"by {day}", calendar="gregorian", latest=day, precision="before")


def _geometry(place: Place) -> Geometry:
    if isinstance(place, ShapelyPoint):
        return Point(coordinates=_position(place.x, place.y))
    if isinstance(place, ShapelyPolygon):
        return Polygon(coordinates=_rings(place))
    return MultiPolygon(coordinates=tuple(_rings(part) for part in place.geoms))


def _rings(part: ShapelyPolygon) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(
        tuple(_position(*point[:2]) for point in ring.coords)
        for ring in (part.exterior, *part.interiors)
    )


def _position(longitude: float, latitude: float) -> tuple[str, str]:
    return _decimal(longitude), _decimal(latitude)


def _decimal(degrees: float) -> str:
    """To a centimetre; a zero has no sign."""
    return f"{round(degrees, 7) + 0.0:.7f}"
