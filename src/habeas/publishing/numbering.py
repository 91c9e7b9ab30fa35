"""Gives each claim that a dossier shows its number, and remembers where it stands in a log."""

from __future__ import annotations

from collections.abc import Iterable

from habeas.claims.claim import Claim
from habeas.claims.values import Ref
from habeas.publishing.confidential import TELLABLE, is_withheld
from habeas.publishing.contents import Statement
from habeas.registry.view import Shown, Standing, View

SortKey = tuple[str, int, str]


class Numbering:
    """The claims shown so far. Its order depends on the log alone, not on who holds it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.shown: list[Shown] = []
        self._numbers: dict[str, int] = {}
        self._standing: dict[str, Standing] = {}
        self._withheld: dict[str, bool] = {}

    def number(self, shown: Shown) -> int:
        """The number of a claim, given when it is first asked for."""
        found = self._numbers.get(shown.digest)
        if found is None:
            self.shown.append(shown)
            found = self._numbers[shown.digest] = len(self.shown)
        return found

    def numbers(self, claims: Iterable[Shown]) -> tuple[int, ...]:
        """The numbers of some claims, in their order."""
        return tuple(self.number(shown) for shown in claims)

    def numbered(self, digest: str) -> int | None:
        """The number of a claim that has one already."""
        return self._numbers.get(digest)

    def standing(self, shown: Shown) -> Standing:
        """Where a claim stands in its log, looked up once."""
        found = self._standing.get(shown.digest)
        if found is None:
            found = self._standing[shown.digest] = self.view.standing(shown)
        return found

    def in_order(self, claims: Iterable[Shown]) -> list[Shown]:
        """Claims by log, place in it, digest: an order that every registry agrees on."""
        return sorted(claims, key=self._place)

    def _place(self, shown: Shown) -> SortKey:
        found = self.standing(shown)
        return (found.origin, found.position, shown.digest)

    def about(self, entity: str) -> list[Shown]:
        """The claims about an entity that may be told, in order, the withdrawn ones included."""
        found = self.view.claims(subject=entity)
        if self.withheld(entity):
            found = [shown for shown in found if shown.claim.predicate in TELLABLE]
        return self.in_order(found)

    def withheld(self, source: str) -> bool:
        """Whether the identity of a source is not shown."""
        if source not in self._withheld:
            self._withheld[source] = is_withheld(self.view, source)
        return self._withheld[source]

    def statements(self) -> tuple[Statement, ...]:
        """Every claim numbered so far. What speaks of one of them has to be numbered before."""
        return tuple(self._statement(shown, n) for n, shown in enumerate(self.shown, 1))

    def speaking_of(self, shown: Shown) -> tuple[int, ...]:
        """The claims about a claim, withdrawals left out: they are told on their own."""
        return self.numbers(
            self.in_order(
                other
                for other in self.view.about(shown.digest)
                if other.claim.subject == f"claim:{shown.digest}"
                and other.claim.predicate != "withdrawn"
            )
        )

    def _statement(self, shown: Shown, number: int) -> Statement:
        claim = shown.claim
        return Statement(
            number=number,
            digest=shown.digest,
            subject=claim.subject,
            predicate=claim.predicate,
            value=claim.value,
            source=claim.source,
            locator=claim.locator,
            by=claim.by,
            holds=claim.holds,
            credibility=claim.credibility,
            reading=claim.reading,
            note=claim.note,
            standard=claim.standard,
            rests_on=claim.rests_on,
            sensitivity=shown.sensitivity,
            recorded=self.standing(shown).recorded,
            withdrawn=shown.withdrawn,
            forked=shown.forked,
            about=self.speaking_of(shown),
        )


def entities_named(claim: Claim) -> list[str]:
    """Every entity that a claim names, claims left out."""
    parties = () if claim.by is None else claim.by.parties
    value = (claim.value.id,) if isinstance(claim.value, Ref) else ()
    named = dict.fromkeys((claim.subject, *value, claim.source, *parties))
    return [entity for entity in named if not entity.startswith("claim:")]
