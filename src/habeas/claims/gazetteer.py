"""Which places words may name: candidates with their reasons, of which none is ever chosen.

The towns are those of GeoNames (CC BY 4.0) for Iran, its neighbours and Syria; the provinces and
how they changed are written by hand with their sources: `docs/places.md`. The user's own places
come in as `own` and stand before those of the gazetteer. Sites (prisons, graves) are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import Literal

import msgspec

from habeas.claims import gazetteer_reasons as reasons
from habeas.claims.gazetteer_place import Place, PlaceKind, PlaceName, Span, Within, span_of
from habeas.claims.gazetteer_towns import ATTRIBUTION, form_of, gazetteer, sound_of
from habeas.claims.gazetteer_words import MAX_LETTERS, Part, parts_of, spans_of
from habeas.claims.names import COMMON_WORDS, normalise, script_of
from habeas.claims.values import Point, When, Where
from habeas.errors import InputError

__all__ = [
    "ATTRIBUTION", "Candidate", "Place", "PlaceKind", "PlaceName", "Within", "match", "place",
    "units_on", "where_of",
]  # fmt: skip

Likeness = Literal["written", "letters", "joined", "sound"]
"""The same as written; after normalising; with spaces left out; by its consonants only."""

RADIUS = (5_000, 5_000, 8_000, 15_000, 30_000)
"""Metres from the point of a town within which it lies, by `Place.size`. A rule of thumb, on the
wide side: positions of small places are often rounded to a minute of arc (2 km), and the built-up
ground of Tehran reaches 30 km from its point. What lies outside a town, as its graves may, can be
farther still."""

NEAR = 60_000
"""Metres within which a place counts as of the town that is named beside it: `X از توابع Y`."""

_EARTH = 6_371_009
"""Mean radius in metres (IUGG)."""

_LIKENESSES: tuple[Likeness, ...] = ("written", "letters", "joined", "sound")


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A place that words may name."""

    place: Place
    name: PlaceName
    """The name of the place that is like the words."""
    words: str
    """The words that name it, as written."""
    likeness: Likeness
    reasons: tuple[str, ...]
    """Why it is here and what speaks against it, in words."""


class _Found(msgspec.Struct, kw_only=True):
    """A candidate on its way."""

    place: Place
    name: PlaceName
    likeness: Likeness
    part: Part
    text: str
    """The words that the name is like."""
    within_words: bool
    namesakes: int
    beside: str = ""


def match(
    words: str,
    *,
    country: str | None = None,
    on: When | date | Span | None = None,
    kind: PlaceKind | None = None,
    own: Sequence[Place] = (),
) -> tuple[Candidate, ...]:
    """The places that words may name, each with its reasons.

    In this order: those that lie in or near what is named beside them; those whose name is alike
    by letters before those alike by sound (given only where no place bears the name); the user's
    own; those of the kind that the words say; names in use at the date; units, then more
    inhabitants; id. The
    order helps to look through them and decides nothing.

    Args:
        words: as a source has them; kept as they are.
        country: only places that the source files under this country (ISO 3166-1), and own places
            without one.
        on: the date of what is told: units and names are said as of then.
        kind: only places that are of this kind, or may be.
        own: the user's own places.

    Raises:
        InputError: the text is too long to be a place.
    """
    if len(words) > MAX_LETTERS:
        raise InputError(
            f"“{words[:40]}…”: {len(words)} letters are no place", mend="Give its name only"
        )
    span = span_of(on)
    found = [
        one
        for part in _parts(words)
        for one in _of_part(part, own)
        if (country is None or one.place.country in (country, None))
        and (kind is None or reasons.is_of_kind(one.place, kind))
    ]
    _look_beside(found)
    found.sort(key=lambda one: _order(one, span))
    seen: dict[str, Candidate] = {}
    for one in found:
        seen.setdefault(one.place.id, _candidate(one, span))
    return tuple(seen.values())


def place(key: str) -> Place | None:
    """A place of the gazetteer by its id; None when there is none.

    Args:
        key: `geonames:NUMBER` or `habeas:NAME`.
    """
    return gazetteer().place(key)


def units_on(place: Place, on: When | date | Span | None = None) -> tuple[Within, ...]:
    """The units of the first order in which a place lay at a date.

    Args:
        place: of the gazetteer.
        on: the date; today's when left out.

    Returns:
        More than one when the date covers a change, or the day of the change is not known.
    """
    span = span_of(on)
    if span is None:
        return tuple(within for within in place.within if within.until is None)
    return tuple(within for within in place.within if within.held(span))


def where_of(place: Place) -> Where:
    """The position that stands for a place, with how far from it the place may lie.

    Args:
        place: of the gazetteer, or the user's own.

    Returns:
        A representative position (`RADIUS`); without geometry where none is known, as for
        provinces.
    """
    at = gazetteer().place(place.stands_at) if place.stands_at else place
    source = place.source or "the record"
    if at is None or at.longitude is None or at.latitude is None:
        return Where(text=place.label(), kind="representative", method=f"gazetteer: {place.id}")
    metres = at.uncertainty or (None if at.size is None else str(RADIUS[at.size]))
    method = f"places of the record: {at.id}"
    if not at.own:
        number = at.id.removeprefix("geonames:")
        method = f"gazetteer of towns: GeoNames {number} (CC BY 4.0)"
    elif place.source:
        method += f", {source}"
    return Where(
        text=place.label(),
        kind="representative",
        geometry=Point(coordinates=(at.longitude, at.latitude)),
        uncertainty=metres,
        method=method,
    )


def _parts(words: str) -> tuple[Part, ...]:
    """The parts of the words; the whole alone, where a place bears it as its name."""
    whole = words.strip()
    parts = parts_of(whole)
    if len(parts) > 1 and gazetteer().bearing(form_of(whole)):
        return (Part(text=whole, whole=whole),)
    return parts


def _of_part(part: Part, own: Sequence[Place]) -> list[_Found]:
    """The places that bear the name of a part; else those named within it, or of its sound."""
    texts = tuple(dict.fromkeys((part.whole, part.text)))
    if found := [one for text in texts for one in _bearing(text, part, own)]:
        return found
    if found := list(_inside(part, own)):
        return found
    return _sounding(part, own)


def _bearing(
    text: str, part: Part, own: Sequence[Place], *, within_words: bool = False
) -> list[_Found]:
    form = form_of(text)
    if not form:
        return []
    places = [one for one in own if any(form_of(name.text) == form for name in one.names)]
    places += gazetteer().bearing(form)
    found = []
    for one in places:
        likeness, name = min(
            (
                (_likeness(name.text, text), name)
                for name in one.names
                if form_of(name.text) == form
            ),
            key=lambda pair: (_LIKENESSES.index(pair[0]), pair[1].until is not None),
        )
        found.append(
            _Found(
                place=one, name=name, likeness=likeness, part=part, text=text,
                within_words=within_words, namesakes=len(places),
            )
        )  # fmt: skip
    return found


def _likeness(name: str, text: str) -> Likeness:
    if name == text:
        return "written"
    return "letters" if normalise(name) == normalise(text) else "joined"


def _inside(part: Part, own: Sequence[Place]) -> Iterable[_Found]:
    """Places of which a name stands within the words, the longest names first."""
    taken: set[int] = set()
    for text, (first, last) in spans_of(part.text):
        if not taken.isdisjoint(range(first, last)) or normalise(text) in COMMON_WORDS:
            continue
        if found := _bearing(text, part, own, within_words=True):
            taken.update(range(first, last))
            yield from found


def _sounding(part: Part, own: Sequence[Place]) -> list[_Found]:
    key = sound_of(form_of(part.text))
    if not key:
        return []
    places = [one for one in own if any(sound_of(form_of(n.text)) == key for n in one.names)]
    places += gazetteer().sounding(key)
    return [
        _Found(
            place=one,
            name=next(name for name in one.names if sound_of(form_of(name.text)) == key),
            likeness="sound", part=part, text=part.text, within_words=False, namesakes=0,
        )
        for one in places
    ]  # fmt: skip


def _look_beside(found: list[_Found]) -> None:
    """Note which candidates lie in or near what another part of the words names."""
    for one in found:
        for other in found:
            if other.text != one.text and other.text not in (one.part.whole, one.part.text):
                one.beside = one.beside or _relation(one.place, other.place)


def _relation(inner: Place, outer: Place) -> str:
    if inner.id == outer.id:
        return ""
    if inner.stands_at == outer.id:
        return f"a part of {outer.label()}, which is named beside it"
    if any(within.unit == outer.id for within in inner.within):
        return f"in {reasons.unit_name(outer.id)}, which is named beside it"
    if outer.kind == "country" and inner.country == outer.country:
        return f"in {outer.label()}, which is named beside it"
    metres = _distance(inner, outer)
    if metres is None or metres > NEAR or (inner.size or 0) > (outer.size or 0):
        return ""
    return f"{round(metres / 1000)} km from {outer.label()}, which is named beside it"


def _distance(one: Place, other: Place) -> float | None:
    """Great-circle distance in metres (haversine); None where a position is missing."""
    if one.longitude is None or other.longitude is None:
        return None
    if one.latitude is None or other.latitude is None:
        return None
    lon, lat, lon2, lat2 = (
        radians(float(text))
        for text in (one.longitude, one.latitude, other.longitude, other.latitude)
    )
    half = sin((lat2 - lat) / 2) ** 2 + cos(lat) * cos(lat2) * sin((lon2 - lon) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(half))


def _order(one: _Found, span: Span | None) -> tuple[bool, bool, bool, bool, bool, int, str]:
    return (
        not one.beside,
        one.likeness == "sound",
        not one.place.own,
        one.part.kind is not None and not reasons.is_of_kind(one.place, one.part.kind),
        not one.name.held(span or (None, None)),
        -(one.place.size or 0) if one.place.kind != "province" else -len(RADIUS),
        one.place.id,
    )


def _candidate(one: _Found, span: Span | None) -> Candidate:
    said = [
        reasons.of_name(one.place, one.name, one.likeness, script_of(one.part.text)),
        *reasons.of_time(one.name, span),
        *reasons.of_kind(one.place, one.part),
    ]
    if one.within_words:
        said.append(f"the name “{one.name.text}” stands within the words")
    if one.beside:
        said.append(one.beside)
    said += reasons.of_units(one.place, span)
    if one.namesakes > 1:
        said.append(f"{one.namesakes} places bear this name")
    return Candidate(
        place=one.place,
        name=one.name,
        words=one.part.whole,
        likeness=one.likeness,
        reasons=tuple(said),
    )
