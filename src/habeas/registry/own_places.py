"""The user's own places, as the gazetteer takes them: what one view shows of the `place:` entities.

They extend the gazetteer of `claims.gazetteer`: the record stands before it, and nothing above the
clearance of the view is in them.
"""

from __future__ import annotations

from typing import TypeVar, cast, get_args

from habeas.claims.gazetteer import place as gazetteer_place
from habeas.claims.gazetteer_place import Place, PlaceKind, PlaceName, span_of
from habeas.claims.names import script_of
from habeas.claims.places import positions
from habeas.claims.values import Name, Point, Term, Text, When, Where, words
from habeas.registry.view import Shown, View

V = TypeVar("V", Name, Term, Text, When, Where)

_NAMES = ("name", "other_name", "label", "title")


def own_places(view: View) -> tuple[Place, ...]:
    """The places of the record, in the order of their ids.

    Where sources disagree on a position or a kind, the first standing claim is taken: a place here
    only helps to find the entity, whose claims `habeas show` lists.

    Args:
        view: what may be seen.

    Returns:
        Places with `place:` ids; those without a name are left out.
    """
    made = (_place(entity, view) for entity in view.entities("place"))
    return tuple(place for place in made if place is not None)


def _place(entity: str, view: View) -> Place | None:
    standing = [shown for shown in view.claims(subject=entity) if not shown.withdrawn]
    names = _names(standing)
    if not names:
        return None
    known = _known(standing)
    where = _first(standing, "location", Where)
    term = _first(standing, "place_kind", Term)
    position = None
    if where is not None and isinstance(where.geometry, Point):
        position = next(positions(where.geometry))
    return Place(
        id=entity,
        kind=_kind(term),
        names=names,
        country=known.country if known else None,
        within=known.within if known else (),
        existed=span_of(_first(standing, "existed", When)),
        longitude=position[0] if position else (known.longitude if known else None),
        latitude=position[1] if position else (known.latitude if known else None),
        size=known.size if known and not position else None,
        uncertainty=where.uncertainty if position and where is not None else None,
        source=known.source if known and not position else None,
    )


def _names(standing: list[Shown]) -> tuple[PlaceName, ...]:
    found: dict[str, PlaceName] = {}
    for shown in sorted(standing, key=lambda one: one.claim.predicate not in ("name", "label")):
        value = shown.claim.value
        if shown.claim.predicate in _NAMES and isinstance(value, Name | Text):
            text = words(value)
            name = PlaceName(text=text, script=script_of(text), lang=value.lang)
            found.setdefault(text, name)
    return tuple(found.values())


def _known(standing: list[Shown]) -> Place | None:
    """The place of the gazetteer that the record names as the same."""
    said = _first(standing, "gazetteer_id", Text)
    return None if said is None else gazetteer_place(said.text.strip())


def _kind(term: Term | None) -> PlaceKind:
    if term is not None and term.term in get_args(PlaceKind):
        return cast("PlaceKind", term.term)
    return "other"


def _first(standing: list[Shown], predicate: str, kind: type[V]) -> V | None:
    values = (shown.claim.value for shown in standing if shown.claim.predicate == predicate)
    return next((value for value in values if isinstance(value, kind)), None)
