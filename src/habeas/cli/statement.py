"""A claim as it is told to a reader: what, who says so, where, and how it is rated."""

from __future__ import annotations

from functools import cache, cached_property

import msgspec

from habeas.claims.locator import Selector, describe
from habeas.claims.values import Term, Value, When, words
from habeas.cli.options import Language
from habeas.cli.readings import interval, reading, shown_words
from habeas.cli.words import listed
from habeas.registry.view import Shown, View

DISPUTES = ("disputed", "misattributed")
"""Predicates under which one claim disputes another."""

SHORT = 12
"""How many digits of a digest are shown to people."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One claim, with the names that its ids stand for. The keys of the JSON output."""

    claim: str
    """Its digest."""
    subject: str
    predicate: str
    words: str
    reading: str
    """In words; empty when it says no more than the words."""
    value: Value
    source: str
    source_title: str
    source_published: str
    reliability: str
    """A to F, or empty when nobody rated the source."""
    credibility: int | None
    by: str
    locator: tuple[Selector, ...]
    where: str
    """The locator in words."""
    holds: str
    read: str
    """The level at which it was read, a term of `reading_level`."""
    note: str
    sensitivity: str
    withdrawn: bool
    disputed: bool
    forked: bool
    """Whether the log in which it stands is forked."""
    standard: str
    rests_on: tuple[str, ...]
    about: tuple[Statement, ...] = ()
    """The claims about this claim, but for findings that rest on it."""
    findings: tuple[str, ...] = ()
    """The digests of the findings that rest on it."""


class Teller:
    """Tells claims of one view in one language; remembers the names it has looked up."""

    def __init__(self, view: View, lang: Language) -> None:
        self.view = view
        self.lang: Language = lang
        self.label = cache(self._label)
        self._reliability = cache(self._rated)
        self._published = cache(self._dated)

    def tell(self, shown: Shown, *, deep: bool = True) -> Statement:
        """A claim, with the claims about it when `deep`."""
        claim = shown.claim
        about = self.view.about(shown.digest) if deep else []
        told = tuple(
            self.tell(other) for other in about if other.claim.subject == f"claim:{shown.digest}"
        )
        return Statement(
            claim=shown.digest,
            subject=claim.subject,
            predicate=claim.predicate,
            words=shown_words(claim.value, claim.predicate, self.lang, self.label),
            reading=reading(claim.value, claim.predicate, self.lang, self.label),
            value=claim.value,
            source=claim.source,
            source_title=self.label(claim.source),
            source_published=self._published(claim.source),
            reliability=self._reliability(claim.source),
            credibility=claim.credibility,
            by="" if claim.by is None else claim.by.text,
            locator=claim.locator,
            where=listed((describe(selector) for selector in claim.locator), self.lang),
            holds="" if claim.holds is None else self._when(claim.holds),
            read=claim.reading or "",
            note=claim.note or "",
            sensitivity=shown.sensitivity,
            withdrawn=shown.withdrawn,
            disputed=any(one.predicate in DISPUTES and not one.withdrawn for one in told),
            forked=shown.forked,
            standard=claim.standard or "",
            rests_on=claim.rests_on,
            about=told,
            findings=tuple(o.digest for o in about if shown.digest in o.claim.rests_on),
        )

    @cached_property
    def organisation(self) -> str:
        """The name of the organisation that keeps the registry."""
        return self.label(self.view.organisation)

    def _label(self, entity: str) -> str:
        if entity.startswith("claim:"):
            return entity[: len("claim:") + SHORT]
        return self.view.label(entity, self.lang)

    def _when(self, value: When) -> str:
        days = interval(value, self.lang)
        return value.text if days in ("", value.text) else f"{value.text} ({days})"

    def _rated(self, source: str) -> str:
        values = (shown.claim.value for shown in self._said_of(source, "reliability"))
        return next((value.term for value in values if isinstance(value, Term)), "")

    def _dated(self, source: str) -> str:
        return next((words(shown.claim.value) for shown in self._said_of(source, "published")), "")

    def _said_of(self, source: str, predicate: str) -> list[Shown]:
        found = self.view.claims(subject=source, predicate=predicate)
        return [shown for shown in found if not shown.withdrawn]
