"""The map: where sources place things, how surely, and what each mark does not say.

The kind of a location is drawn, not buried: an exact point is a filled dot, an approximate one a
hollow dot, a representative one a dashed square that says "at the town, not at the site", a random
one a hatched cell that says the place was moved on purpose. Uncertainty is drawn to scale and given
in figures. A polygon is drawn as given. Kinds differ by shape, so a black-and-white print tells
them apart.

Outlines and country names are Natural Earth's (public domain, vendored) and express no opinion of
the publisher on any boundary or name; the legend says so. The map is drawn offline, is the same
bytes for the same input, and is never the only form: the caller prints a table equal to it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

from habeas.drawing import assets, svg
from habeas.errors import InputError
from habeas.publishing import basemap, graticule, marks
from habeas.publishing.basemap import METRES_PER_DEGREE, Frame
from habeas.publishing.catalogue import Language, Words, load_words
from habeas.publishing.labels import Box, Wanted, leader, place_labels
from habeas.publishing.marks import KINDS, LocationKind

WIDTH: Final = 760.0
HEIGHT: Final = 520.0
"""Height of the map proper; the legend stands below."""

_SIZE: Final = 11.5
_SMALL: Final = 9.5
_LEAD: Final = 13.0
_INSET: Final = (150.0, 110.0)
_LEAST_METRES: Final = 24_000.0
_WIDE: Final = 60.0
_BLANK: Final = 0.5
"""Below this height in degrees the outlines have nothing to show, and the map says so."""
_LARGE: Final = 160.0
_TOWN_NEAR: Final = 0.6

Line = tuple[tuple[float, float], ...]


class MapPlace(msgspec.Struct, frozen=True, kw_only=True):
    """One claim about where something is.

    Attributes:
        label: what is there, in the reader's language.
        kind: how the place was fixed.
        longitude: degrees east, WGS 84, -180 to 180; where a polygon is labelled.
        latitude: degrees north, WGS 84, -90 to 90.
        uncertainty: radius in metres; None when the source gives none.
        polygons: outer rings of (longitude, latitude), for an area.
        reference: number or id under which the table lists the place.
    """

    label: str
    kind: LocationKind
    longitude: float
    latitude: float
    uncertainty: float | None = None
    polygons: tuple[Line, ...] = ()
    reference: str = ""


class MapTown(msgspec.Struct, frozen=True, kw_only=True):
    """A town to find one's way by: a small ring and its name, nothing claimed.

    Attributes:
        label: its name.
        longitude: degrees east.
        latitude: degrees north.
    """

    label: str
    longitude: float
    latitude: float


def draw_map(
    places: Sequence[MapPlace],
    *,
    language: Language,
    towns: Sequence[MapTown] = (),
    title: str = "",
) -> str:
    """Draw places as an SVG map with legend, scale bar, graticule and locator.

    Args:
        places: at least one; drawn in this order, labelled from north to south.
        language: of the picture's own words.
        towns: for orientation; those within about 60 km of a place widen the frame, others show
            when they fall inside it.
        title: what a screen reader says first.

    Returns:
        A whole SVG file, the same bytes for the same input on every machine.

    Raises:
        InputError: there is no place, or a coordinate is not on the earth.
    """
    _check(places)
    words = load_words(language)
    margin = 1.0
    frame = basemap.fit(
        _bounds(places, towns), x=margin, y=margin, width=WIDTH - 2 * margin, height=HEIGHT,
        least_metres=max(_LEAST_METRES, 6 * max(p.uncertainty or 0.0 for p in places)),
    )  # fmt: skip
    inset = _inset_box(frame, places)
    key = hashlib.sha256(msgspec.json.encode((places, towns))).hexdigest()[:8]
    labels, taken = _labels(frame, places, towns, words, inset)
    body = [marks.hatching(), *basemap.ground(frame, clip=f"map-{key}")]
    body += [f'<g clip-path="url(#map-{key})">', *graticule.graticule(frame)]
    body += _countries(frame, words, taken)
    for place in places:
        body += _extent(frame, place)
    body.append("</g>")
    for place in places:
        if not place.polygons:
            body += marks.location(*frame.point(place.longitude, place.latitude), place.kind)
    body += labels
    body += graticule.figures(frame, words)
    body += graticule.scale_bar(frame, words, right=inset is None or inset.x < WIDTH / 2)
    if inset is not None:
        body += _locator(frame, inset, clip=f"locator-{key}")
    body.append(_border(frame.x, frame.y, frame.width, frame.height))
    legend, height = _legend(frame, places, words, HEIGHT + 18)
    paper = svg.rectangle(0, 0, WIDTH, height, fill=svg.PAPER)
    about = words("map.description", count=str(len(places)))
    name = title or words("map.title")
    parts = [paper, *body, *legend]
    return svg.document(WIDTH, height, parts, title=name, description=about, language=language)


def _check(places: Sequence[MapPlace]) -> None:
    if not places:
        raise InputError("a map needs at least one place", mend="Leave it out of the dossier.")
    for place in places:
        points = [(place.longitude, place.latitude), *(p for ring in place.polygons for p in ring)]
        for longitude, latitude in points:
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise InputError(
                    f"{latitude}, {longitude} is not on the earth",
                    place=place.label,
                    mend="Give degrees, longitude -180 to 180, latitude -90 to 90.",
                )


def _bounds(
    places: Sequence[MapPlace], towns: Sequence[MapTown]
) -> tuple[float, float, float, float]:
    """West, south, east, north of everything drawn, with room around; the shorter way round."""
    first = places[0].longitude
    near = [(p, p.longitude - 360 * round((p.longitude - first) / 360)) for p in places]
    middle = (min(x for _, x in near) + max(x for _, x in near)) / 2
    corners: list[tuple[float, float]] = []
    for place in places:
        up = (place.uncertainty or 0.0) / METRES_PER_DEGREE
        across = up / max(math.cos(math.radians(place.latitude)), 0.05)
        points = [(place.longitude, place.latitude), *(p for ring in place.polygons for p in ring)]
        for longitude, latitude in points:
            turned = longitude - 360 * round((longitude - middle) / 360)
            corners += [(turned - across, latitude - up), (turned + across, latitude + up)]
    for town in towns:
        turned = town.longitude - 360 * round((town.longitude - middle) / 360)
        if any(math.dist((turned, town.latitude), corner) <= _TOWN_NEAR for corner in corners):
            corners.append((turned, town.latitude))
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    room_x, room_y = (east - west) * 0.16, (north - south) * 0.2
    return west - room_x, south - room_y, east + room_x, north + room_y


def _border(x: float, y: float, width: float, height: float) -> str:
    return svg.rectangle(x, y, width, height, fill="none", stroke=svg.INK, stroke_width=0.8)


def _extent(frame: Frame, place: MapPlace) -> list[str]:
    """Area and uncertainty, to scale."""
    parts = [marks.area([frame.point(*corner) for corner in ring]) for ring in place.polygons]
    if place.uncertainty:
        x, y = frame.point(place.longitude, place.latitude)
        radii = frame.radii(place.latitude, place.uncertainty)
        parts.append(marks.uncertainty(x, y, *radii, place.kind))
    return parts


def _area_sample(x: float, y: float) -> str:
    return marks.area([(x - 8, y - 5), (x + 8, y - 5), (x + 8, y + 5), (x - 8, y + 5)])


def _note(place: MapPlace, words: Words) -> str:
    """Kind and radius in words, under the label."""
    kind = words("map.kind.area" if place.polygons else f"map.kind.{place.kind}")
    if not place.uncertainty:
        return kind
    return words(
        "map.within", kind=kind, distance=graticule.distance_words(place.uncertainty, words)
    )


def _labels(
    frame: Frame,
    places: Sequence[MapPlace],
    towns: Sequence[MapTown],
    words: Words,
    inset: Box | None,
) -> tuple[list[str], list[Box]]:
    """Labels with leader lines, and the boxes that are now taken.

    A place that finds no room shows its reference alone, or its number in the order given.
    """
    area = Box(frame.x + 24, frame.y + 8, frame.width - 48, frame.height - 48)
    taken = [_around(frame, p) for p in places] + ([inset] if inset else [])
    order = sorted(range(len(places)), key=lambda i: (-places[i].latitude, places[i].longitude))
    wanted, texts = [], []
    for index in order:
        place = places[index]
        lines = [*svg.wrap(place.label, _SIZE, 190, bold=True)]
        notes = svg.wrap(_note(place, words), _SMALL, 200)
        width = max([svg.measure(t, _SIZE, bold=True) for t in lines]
                    + [svg.measure(t, _SMALL) for t in notes]) + 4  # fmt: skip
        x, y = frame.point(place.longitude, place.latitude)
        height = _LEAD * len(lines) + (_LEAD - 2) * len(notes) + 2
        wanted.append(Wanted(x=x, y=y, width=width, height=height, reach=_reach(frame, place)))
        texts.append((lines, notes))
    rtl = words.direction == "rtl"
    boxes = place_labels(wanted, area=area, taken=taken, mirrored=rtl)
    parts = []
    for index, label, box, (lines, notes) in zip(order, wanted, boxes, texts, strict=True):
        if box is None:
            sign = places[index].reference or words.number(str(index + 1))
            parts.append(svg.text(label.x, label.y - 8, sign, size=_SMALL, anchor="middle",
                                  bold=True, halo=True))  # fmt: skip
            continue
        parts += _label(label, box, lines, notes, words)
    taken += [box for box in boxes if box]
    return _towns(frame, towns, taken, area, words) + parts, taken


def _label(
    label: Wanted, box: Box, lines: Sequence[str], notes: Sequence[str], words: Words
) -> list[str]:
    """The lines of one label, set against the side on which its mark stands."""
    parts = []
    end = leader(label, box)
    if end is not None:
        parts.append(svg.line(*end[0], *end[1], stroke=svg.INK, width=0.6))
    side: svg.Anchor = "middle"
    x = box.x + box.width / 2
    if box.x + box.width <= label.x:
        side, x = "end", box.x + box.width - 2
    elif box.x >= label.x:
        side, x = "start", box.x + 2
    y = box.y + _LEAD - 3
    for text in lines:
        parts.append(svg.text(x, y, text, size=_SIZE, anchor=side, bold=True, halo=True))
        y += _LEAD
    for text in notes:
        parts.append(svg.text(x, y - 1, text, size=_SMALL, anchor=side, fill=svg.QUIET,
                              halo=True, base=words.direction))  # fmt: skip
        y += _LEAD - 2
    return parts


def _reach(frame: Frame, place: MapPlace) -> float:
    """How far a label keeps from its mark: outside the ring, unless the ring is large."""
    least = marks.CELL + 3 if place.kind == "random" else 9.0
    ring = max(frame.radii(place.latitude, place.uncertainty or 0.0)) + 3
    return ring if least < ring < 30 else least


def _around(frame: Frame, place: MapPlace) -> Box:
    """What a mark covers; an area too large to write around counts as its point alone."""
    corners = [frame.point(*corner) for ring in place.polygons for corner in ring]
    if corners:
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        if max(width, height) < _LARGE:
            return Box(min(xs), min(ys), width, height)
    x, y = frame.point(place.longitude, place.latitude)
    half = marks.CELL + 1 if place.kind == "random" else 7.0
    return Box(x - half, y - half, 2 * half, 2 * half)


def _towns(
    frame: Frame, towns: Sequence[MapTown], taken: list[Box], area: Box, words: Words
) -> list[str]:
    wanted = []
    for town in towns:
        x, y = frame.point(town.longitude, town.latitude)
        width = svg.measure(town.label, _SMALL) + 4
        wanted.append(Wanted(x=x, y=y, width=width, height=12, reach=5))
    shown = [Box(w.x, w.y, 0.1, 0.1).within(area) for w in wanted]
    boxes = place_labels(
        [w for w, inside in zip(wanted, shown, strict=True) if inside],
        area=area, taken=taken, mirrored=words.direction == "rtl",
    )  # fmt: skip
    parts = []
    visible = [(t, w) for t, w, inside in zip(towns, wanted, shown, strict=True) if inside]
    for (town, label), box in zip(visible, boxes, strict=True):
        parts.append(svg.element("circle", cx=label.x, cy=label.y, r=2.2, fill=svg.PAPER,
                                 stroke=svg.QUIET, stroke_width=1.0))  # fmt: skip
        if box is not None:
            parts.append(svg.text(box.x + 2, box.y + 9, town.label, size=_SMALL, fill=svg.QUIET,
                                  halo=True))  # fmt: skip
    return parts


def _countries(frame: Frame, words: Words, taken: Sequence[Box]) -> list[str]:
    """Natural Earth's names where they fall inside the frame and on nothing else, quietly."""
    if frame.north - frame.south > _WIDE:
        return []
    parts = []
    area = Box(frame.x + 30, frame.y + 16, frame.width - 60, frame.height - 60)
    for name in assets.country_names():
        x, y = frame.point(name.longitude, name.latitude)
        text = name.fa if words.language == "fa" else name.en
        width = svg.measure(text, 13)
        box = Box(x - width / 2, y - 10, width, 14)
        if box.within(area) and not any(box.meets(other) for other in taken):
            parts.append(svg.text(x, y, text, size=13, anchor="middle", fill="#a5abae"))
    return parts


def _inset_box(frame: Frame, places: Sequence[MapPlace]) -> Box | None:
    """The corner for the locator that covers the fewest places; none for half the world."""
    if frame.north - frame.south > _WIDE:
        return None
    width, height = _INSET
    left, top = frame.x + 8, frame.y + 8
    right, bottom = frame.x + frame.width - width - 8, frame.y + frame.height - height - 8
    corners = [(right, top), (left, top), (right, bottom), (left, bottom)]
    boxes = [Box(x, y, width, height) for x, y in corners]
    return min(boxes, key=lambda box: sum(_around(frame, p).meets(box) for p in places))


def _locator(frame: Frame, box: Box, *, clip: str) -> list[str]:
    """A small map of the surroundings with the frame marked on it."""
    wide = max(28.0, 4.0 * (frame.north - frame.south))
    middle = ((frame.west + frame.east) / 2, (frame.south + frame.north) / 2)
    around = basemap.fit(
        (middle[0], middle[1] - wide / 2, middle[0], middle[1] + wide / 2),
        x=box.x, y=box.y, width=box.width, height=box.height, least_metres=0,
    )  # fmt: skip
    x1, y1 = around.unturned(frame.west, frame.north)
    x2, y2 = around.unturned(frame.east, frame.south)
    grown_x, grown_y = max(0.0, 8 - (x2 - x1)) / 2, max(0.0, 8 - (y2 - y1)) / 2
    here = svg.rectangle(
        x1 - grown_x, y1 - grown_y, x2 - x1 + 2 * grown_x, y2 - y1 + 2 * grown_y,
        fill=svg.MARK, fill_opacity=0.15, stroke=svg.MARK, stroke_width=1.3,
    )  # fmt: skip
    ground = basemap.ground(around, clip=clip, coarse=True)
    return [*ground, here, _border(box.x, box.y, box.width, box.height)]


def _legend(
    frame: Frame, places: Sequence[MapPlace], words: Words, y: float
) -> tuple[list[str], float]:
    """Every kind that occurs, in words; then projection, outlines, and what they do not say."""
    rtl = words.direction == "rtl"
    anchor: svg.Anchor = "end" if rtl else "start"

    def side(x: float) -> float:
        return WIDTH - x if rtl else x

    parts: list[str] = []
    shown: list[LocationKind | Literal["area"]] = []
    shown += [k for k in KINDS if any(p.kind == k and not p.polygons for p in places)]
    shown += ["area"] if any(p.polygons for p in places) else []
    for mark in shown:
        y += 3 if mark == "random" else 0
        at = side(14)
        parts += [_area_sample(at, y)] if mark == "area" else marks.location(at, y, mark)
        for text in svg.wrap(words(f"map.legend.{mark}"), 10, WIDTH - 40):
            parts.append(svg.text(side(32), y + 3.5, text, size=10, anchor=anchor))
            y += _LEAD
        y += 7 if mark == "random" else 3
    notes = []
    if any(p.uncertainty for p in places):
        notes.append(words("map.legend.uncertainty"))
    parallel = graticule.latitude_words(round(frame.parallel, 1), words)
    notes.append(words("map.projection", parallel=parallel))
    if frame.north - frame.south < _BLANK:
        notes.append(words("map.blank"))
    notes.append(words("map.outlines"))
    for note in notes:
        for text in svg.wrap(note, _SMALL, WIDTH - 8):
            parts.append(svg.text(side(2), y + 3, text, size=_SMALL, anchor=anchor, fill=svg.QUIET,
                                  base=words.direction))  # fmt: skip
            y += _LEAD - 1
    return parts, y
