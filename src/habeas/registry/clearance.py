"""The one gate: how restricted a claim is, whatever its author wrote on it.

The effective sensitivity of a claim is the strictest of

- what it says itself, or what the last effective `reclassified` claim about it says;
- the least that its predicate allows (`least` in the vocabulary: the never-publish list);
- `team`, for what tells where a site is, until a `publish_location` claim of the organisation
  says that the place is public already, or two deciders let it pass the publish-exactly test;
- that of every claim it speaks of or rests on;
- that of a claim that withdraws it: what is withdrawn is never shown without saying so.

A claim about a claim takes effect from the log of the claim it names, or that log's successor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from habeas.claims.claim import SENSITIVITIES, Claim, Sensitivity, read_opening
from habeas.claims.values import Term, Where
from habeas.claims.vocabulary import vocabulary
from habeas.registry.lineage import PREDECESSOR, Lineages
from habeas.registry.store import OpeningRow, Store

PUBLIC, PARTNERS, TEAM, SEALED = range(4)

ERASED = "erased"
"""The predicate that destroys a claim's words."""

LOCATION_RULE = "publish_location"
"""The predicate that lets the place of a site be published."""

FAR_REACHING = frozenset((LOCATION_RULE, PREDECESSOR))
"""Predicates with a say over claims that they do not name: of a site, or of a whole log."""


class Entangled(NamedTuple):
    """A claim that others have a say in, or that has a say in others."""

    id: int
    digest: bytes
    subject: str
    predicate: str


def rank(sensitivity: Sensitivity) -> int:
    """0 for public to 3 for sealed."""
    return _RANKS[sensitivity]


_RANKS = {level: place for place, level in enumerate(SENSITIVITIES)}


def least(claim: Claim) -> int:
    """The floor under a claim that its predicate sets."""
    return _rule(claim.predicate)[0]


@lru_cache(maxsize=4096)
def _rule(predicate: str) -> tuple[int, bool]:
    """The floor of a predicate, and whether it tells where a site is."""
    found = vocabulary().predicate(predicate)
    return rank(found.least), found.governed_by == LOCATION_RULE


def tells_location(claim: Claim) -> bool:
    """Whether a claim tells where a site is, closely enough to find it."""
    if not claim.subject.startswith("site:"):
        return False
    if isinstance(claim.value, Where):
        return claim.value.kind in ("exact", "approximate")
    return _rule(claim.predicate)[1]


def alone(claim: Claim) -> tuple[int, bool]:
    """The sensitivity of a claim seen alone, and whether it tells where a site is."""
    floor, _ = _rule(claim.predicate)
    own = _RANKS[claim.sensitivity]
    if tells_location(claim):
        return max(own, floor, TEAM), True
    return (own if own > floor else floor), False


class Effect(NamedTuple):
    """What other claims make of a claim."""

    sensitivity: int
    withdrawn: bool


class Effects:
    """Works out the effects of claims on claims from a store; remembers what it has worked out.

    Claims name each other by digest, so they cannot name each other in a circle; a depth limit
    stands guard all the same.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lineages = Lineages(store)
        self._base: dict[bytes, int] = {}
        self._withdrawn: dict[bytes, bytes | None] = {}

    def of(self, row: OpeningRow) -> Effect:
        """The effect on one claim."""
        base = self._base_of(row)
        by = self._withdrawal_of(row)
        if by is None:
            return Effect(base, False)
        withdrawal = self._store.opening(by)
        return Effect(max(base, self._base_of(withdrawal)) if withdrawal else base, True)

    def _base_of(self, row: OpeningRow) -> int:
        known = self._base.get(row.digest)
        if known is None:
            known = self._base[row.digest] = self._work_out(row)
        return known

    def _work_out(self, row: OpeningRow) -> int:
        _, claim = read_opening(row.data)
        said = self._reclassified(row)
        base = max(rank(claim.sensitivity) if said is None else said, least(claim))
        if tells_location(claim) and not self._may_publish_location(claim.subject):
            base = max(base, TEAM)
        for about in self._store.targets(row.id):
            target = self._store.opening(about.target)
            if target is not None:
                base = max(base, self._base_of(target))
            elif about.relation != ERASED:
                base = max(base, self._base_of_erased(about.target))
        return base

    def _base_of_erased(self, target: bytes) -> int:
        """What an erased claim still demands: its erasure was classified as strictly as itself."""
        found = PUBLIC
        for about in self._store.about(target):
            if about.relation == ERASED:
                erasure = self._store.opening_by_id(about.claim)
                found = max(found, self._base_of(erasure) if erasure else PUBLIC)
        return found

    def _reclassified(self, row: OpeningRow) -> int | None:
        """The last effective reclassification: the strictest, among those of one entry."""
        last: tuple[int, int] | None = None
        for other in self._effective(row, "reclassified"):
            if self._withdrawal_of(other) is not None:
                continue
            _, claim = read_opening(other.data)
            if isinstance(claim.value, Term) and claim.value.term in SENSITIVITIES:
                place = self._lineages.order(other.entry)
                said = (place, SENSITIVITIES.index(claim.value.term))
                last = said if last is None else max(last, said)
        return None if last is None else last[1]

    def _withdrawal_of(self, row: OpeningRow) -> bytes | None:
        """The digest of the claim that withdraws this one, if that is not withdrawn itself."""
        if row.digest not in self._withdrawn:
            standing = (
                other.digest
                for other in self._effective(row, "withdrawn")
                if self._withdrawal_of(other) is None
            )
            self._withdrawn[row.digest] = min(standing, default=None)
        return self._withdrawn[row.digest]

    def _effective(self, row: OpeningRow, relation: str) -> Iterable[OpeningRow]:
        for about in self._store.about(row.digest):
            if about.relation != relation:
                continue
            other = self._store.opening_by_id(about.claim)
            if other is not None and self._lineages.same(row.entry, other.entry):
                yield other

    def _may_publish_location(self, site: str) -> bool:
        deciders: set[str] = set()
        for held in self._store.held(SEALED, subject=site, predicate=LOCATION_RULE):
            row = self._store.opening(held.digest)
            if row is None or not self._lineages.own(row.entry):
                continue
            _, claim = read_opening(row.data)
            if self._withdrawal_of(row) is not None or not isinstance(claim.value, Term):
                continue
            if claim.value.term == "withheld":
                return False
            if claim.value.term == "already_public":
                deciders.update(("published", "already"))
            elif claim.value.term == "test_passed" and claim.by is not None:
                deciders.add(claim.by.text.strip().casefold())
        return len(deciders) >= 2


def affected(store: Store, rows: Iterable[Entangled]) -> set[int]:
    """The claims whose effects may change when some claims arrive.

    Args:
        store: where the claims are held, the new ones included.
        rows: the new claims that speak of others, are spoken of, govern a location, or say which
            log follows which: then whose word counts for whom has changed everywhere.

    Returns:
        Ids of claims, the new ones included.
    """
    reached: set[int] = set()
    ahead: list[tuple[int, bytes]] = []
    for row in rows:
        ahead.append((row.id, row.digest))
        if row.predicate == LOCATION_RULE:
            ahead.extend(_of_site(store, row.subject))
        elif row.predicate == PREDECESSOR:
            ahead.extend(_under_lineages(store))
    while ahead:
        id_, digest = ahead.pop()
        if id_ in reached:
            continue
        reached.add(id_)
        ahead += _neighbours(store, id_, digest)
    return reached


def _of_site(store: Store, site: str) -> Iterator[tuple[int, bytes]]:
    for held in store.held(SEALED, subject=site):
        yield held.id, held.digest


def _under_lineages(store: Store) -> Iterator[tuple[int, bytes]]:
    """All claims whose effect depends on which log speaks for which, or claims next to them."""
    for id_ in {about.claim for about in store.about_rows()}:
        row = store.opening_by_id(id_)
        if row is not None:
            yield row.id, row.digest
    rules = [store.claim_row(held.id) for held in store.held(SEALED, predicate=LOCATION_RULE)]
    for site in {rule.subject for rule in rules if rule is not None}:
        yield from _of_site(store, site)


def _neighbours(store: Store, id_: int, digest: bytes) -> Iterator[tuple[int, bytes]]:
    """Claims that speak of a claim, those it speaks of, and what else speaks of an erased one."""
    speaking = list(store.about(digest))
    for about in store.targets(id_):
        target = store.opening(about.target)
        if target is not None:
            yield target.id, target.digest
        else:
            speaking += store.about(about.target)
    for about in speaking:
        other = store.opening_by_id(about.claim)
        if other is not None:
            yield other.id, other.digest
