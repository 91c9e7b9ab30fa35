"""The names of everything that a dossier mentions, and the claims that give them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from habeas.claims.claim import prefix_of
from habeas.claims.values import Name, Text, words
from habeas.publishing.catalogue import LANGUAGES
from habeas.publishing.contents import Mention
from habeas.publishing.numbering import Numbering, entities_named
from habeas.registry.view import Shown

NAMING: Final = ("label", "name", "title", "other_name", "nickname", "organisational_name")
"""Predicates that name their subject, the best first."""

DESCRIBING: Final = frozenset(
    {
        "title", "author", "publisher", "published", "source_kind", "interest", "reliability",
        "url", "archived_url", "document_number", "language", "read_in", "derived_from",
        "access_level", "method", "method_version",
    }
)  # fmt: skip
"""Predicates whose claims make the card of a source."""

DESCRIBED: Final = ("source", "run")
"""Kinds of entities that have a card in the list of sources."""


def complete(numbering: Numbering) -> None:
    """Number what belongs to the claims shown: claims about them, names, what tells their source.

    What is numbered here is looked at too, until nothing is left: a repost brings its original.
    """
    done: set[str] = set()
    at = 0
    _name(numbering, numbering.view.organisation, done)
    while at < len(numbering.shown):
        shown = numbering.shown[at]
        numbering.speaking_of(shown)
        for entity in entities_named(shown.claim):
            _name(numbering, entity, done)
        at += 1


def _name(numbering: Numbering, entity: str, done: set[str]) -> None:
    if entity in done:
        return
    done.add(entity)
    numbering.numbers(_naming(numbering, entity).values())
    if prefix_of(entity) in DESCRIBED:
        numbering.numbers(describing(numbering, entity))


def describing(numbering: Numbering, source: str) -> list[Shown]:
    """The claims that tell what a source is."""
    return [
        shown
        for shown in numbering.about(source)
        if shown.claim.predicate in DESCRIBING and not shown.withdrawn
    ]


def _naming(numbering: Numbering, entity: str) -> dict[str, Shown]:
    """The claim that names an entity best in each language."""
    found = [
        shown
        for shown in numbering.about(entity)
        if shown.claim.predicate in NAMING and not shown.withdrawn
    ]
    best: dict[str, Shown] = {}
    for lang in LANGUAGES:
        ranked = [shown for _, shown in _ranked(numbering, found, lang)]
        if ranked:
            best[lang] = ranked[0]
    return best


def _ranked(
    numbering: Numbering, found: list[Shown], lang: str
) -> list[tuple[tuple[bool, bool, bool, int, int], Shown]]:
    """The language asked for first, then one without a language, then English; own words first."""

    def order(pair: tuple[int, Shown]) -> tuple[bool, bool, bool, int, int]:
        place, shown = pair
        said = _language(shown)
        own = shown.claim.source == numbering.view.organisation
        return (
            said != lang,
            said not in (None, "en"),
            not own,
            NAMING.index(shown.claim.predicate),
            place,
        )

    return sorted(((order(pair), pair[1]) for pair in enumerate(found)), key=lambda p: p[0])


def _language(shown: Shown) -> str | None:
    value = shown.claim.value
    return value.lang if isinstance(value, Name | Text) else None


def gather_mentions(numbering: Numbering) -> tuple[Mention, ...]:
    """The names of everything that the claims numbered so far mention. Numbers nothing new."""
    return tuple(_mention(numbering, entity) for entity in _mentioned(numbering))


def _mentioned(numbering: Numbering) -> Iterator[str]:
    seen = {numbering.view.organisation: None}
    for shown in numbering.shown:
        for entity in entities_named(shown.claim):
            seen.setdefault(entity)
    return iter(seen)


def _mention(numbering: Numbering, entity: str) -> Mention:
    best = _naming(numbering, entity)
    return Mention(
        entity=entity,
        labels={
            lang: words(best[lang].claim.value) if lang in best else entity for lang in LANGUAGES
        },
        claims=tuple(sorted({numbering.number(shown) for shown in best.values()})),
    )
