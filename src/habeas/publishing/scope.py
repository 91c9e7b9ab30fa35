"""Which entities a dossier is about, and in which order they stand in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from habeas.claims.claim import prefix_of
from habeas.claims.values import Ref, Term
from habeas.errors import NotFoundError
from habeas.publishing.contents import WHOLE
from habeas.registry.view import View

KINDS: Final = ("case", "site", "event", "person", "org", "place", "source", "run", "item", "log")
"""Kinds of entities in the order in which their sections stand."""

_WHOLE_KINDS: Final = ("case", "site", "event", "person", "org", "place")
_MEMBERSHIP: Final = ("concerns", "in_case")
_AT: Final = ("site", "part_of")


def entities_of(view: View, entity: str) -> tuple[str, ...]:
    """The entities whose sections a dossier has, its own first.

    Args:
        view: at a clearance.
        entity: an id, or `all`.

    Raises:
        NotFoundError: nothing that may be seen is said of the entity.
    """
    if entity == WHOLE:
        return tuple(_ordered(view, (e for kind in _WHOLE_KINDS for e in view.entities(kind))))
    if not _known(view, entity):
        raise NotFoundError(f"nothing is known here about {entity}", mend="Look with `habeas find`")
    related = {"case": _in_case, "site": _at_site}.get(prefix_of(entity), _none)(view, entity)
    return (entity, *_ordered(view, related - {entity}))


def documents_of(view: View, entity: str, cited: Iterable[str]) -> list[str]:
    """The sources that may have a section of their own: a letter, a report that others speak of.

    Args:
        view: at a clearance.
        entity: a case, or `all`; other dossiers have no such sections.
        cited: the sources of the claims shown; those that they derive from are looked at too.
    """
    if entity == WHOLE:
        return view.entities("source")
    if prefix_of(entity) != "case":
        return []
    members = _named(view, entity, _MEMBERSHIP) | _naming(view, entity, _MEMBERSHIP)
    found: set[str] = set()
    ahead = [*cited, *members]
    while ahead:
        here = ahead.pop()
        if here not in found and prefix_of(here) == "source":
            found.add(here)
            ahead += _named(view, here, ("derived_from",))
    return sorted(found)


def site_of(view: View, entity: str) -> str:
    """The site at which an event took place; the entity itself when it is no event at a site."""
    if prefix_of(entity) != "event":
        return entity
    sites = sorted(_named(view, entity, ("site",)))
    return sites[0] if sites else entity


def is_custody(view: View, entity: str) -> bool:
    """Whether an entity is a custody event: it belongs to an item, and has no section."""
    kinds = view.claims(subject=entity, predicate="event_kind")
    return any(
        isinstance(shown.claim.value, Term) and shown.claim.value.term == "custody"
        for shown in kinds
    )


def _known(view: View, entity: str) -> bool:
    about = view.stream(subject=entity)
    return next(about, None) is not None or next(view.stream(ref=entity), None) is not None


def _in_case(view: View, case: str) -> set[str]:
    members = _named(view, case, _MEMBERSHIP) | _naming(view, case, _MEMBERSHIP)
    for site in [member for member in members if prefix_of(member) == "site"]:
        members |= _at_site(view, site)
    documents = _naming(view, case, ("in_case",))
    return {one for one in members if prefix_of(one) != "source" or one in documents}


def _at_site(view: View, site: str) -> set[str]:
    found = {e for e in _naming(view, site, _AT) if prefix_of(e) in ("event", "site")}
    return {entity for entity in found if not is_custody(view, entity)}


def _none(view: View, entity: str) -> set[str]:
    return set()


def _named(view: View, entity: str, predicates: tuple[str, ...]) -> set[str]:
    """What an entity names under some predicates."""
    return {
        shown.claim.value.id
        for predicate in predicates
        for shown in view.claims(subject=entity, predicate=predicate)
        if isinstance(shown.claim.value, Ref) and not shown.withdrawn
    }


def _naming(view: View, entity: str, predicates: tuple[str, ...]) -> set[str]:
    """What names an entity under some predicates."""
    return {
        shown.claim.subject
        for predicate in predicates
        for shown in view.claims(ref=entity, predicate=predicate)
        if not shown.withdrawn
    }


def _ordered(view: View, entities: Iterable[str]) -> list[str]:
    """By kind, but each event directly behind its site; then by id."""

    def place(entity: str) -> tuple[int, str, int, str]:
        at = site_of(view, entity)
        return (KINDS.index(prefix_of(at)), at, int(at != entity), entity)

    return sorted((e for e in set(entities) if not is_custody(view, e)), key=place)
