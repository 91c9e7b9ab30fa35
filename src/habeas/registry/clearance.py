"""The one gate: how restricted a claim is, whatever its author wrote on it.

The effective sensitivity of a claim is the strictest of

- what it says itself, or what the last effective `reclassified` claim about it says;
- the least that its predicate allows (`least` in the vocabulary: the never-publish list);
- `team`, for what tells where a site is, until a `publish_location` claim of the organisation
  says that the place is public already, or two deciders let it pass the publish-exactly test;
- for a claim about a file, or one that names it: what `shows_location_of` and `shows_watch_of` bind
  the file to, that is to say the same rule of location, or `team` for good; and `sealed` where a
  claim of where that site lies is sealed;
- that of every claim it speaks of or rests on;
- that of every claim that withdraws it: what is withdrawn is never shown without saying so.

A claim about a claim takes effect from the log of the claim it names, or that log's successor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from habeas.claims.claim import SENSITIVITIES, Claim, Sensitivity, read_opening
from habeas.claims.values import File, Ref, Term, Where
from habeas.claims.vocabulary import vocabulary
from habeas.registry.lineage import PREDECESSOR, Lineages
from habeas.registry.store import OpeningRow, Store

PUBLIC, PARTNERS, TEAM, SEALED = range(4)

ERASED = "erased"
"""The predicate that destroys a claim's words."""

LOCATION_RULE = "publish_location"
"""The predicate that lets the place of a site be published."""

FAR_REACHING = frozenset((LOCATION_RULE, PREDECESSOR))
"""Predicates with a say over claims that they do not name: of a site, or of a whole log. Those that
bind a file (`binds` in the vocabulary) are others."""


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
    """The sensitivity of a claim seen alone, and whether others may have a say in it.

    So have they when it tells where a site is, or speaks of a file or names one.
    """
    floor, _ = _rule(claim.predicate)
    own = _RANKS[claim.sensitivity]
    if tells_location(claim):
        return max(own, floor, TEAM), True
    return (own if own > floor else floor), bool(files_of(claim))


@lru_cache(maxsize=1)
def _locating() -> tuple[str, ...]:
    """The predicates that tell where a site is."""
    return tuple(
        found.name
        for found in vocabulary().predicates
        if found.governed_by == LOCATION_RULE and "site" in found.subjects
    )


def files_of(claim: Claim) -> set[str]:
    """The items that a claim speaks of or names: by its subject, a file in its value, or a ref."""
    value = claim.value
    found = {claim.subject} if claim.subject.startswith("item:") else set()
    if isinstance(value, File):
        found.add(f"item:{value.sha256}")
    elif isinstance(value, Ref) and value.id.startswith("item:"):
        found.add(value.id)
    return found


class _Level(NamedTuple):
    """What a claim demands, but for what the places of sites do."""

    level: int
    files: frozenset[str]
    """The items that it speaks of or names."""


class Effect(NamedTuple):
    """What other claims make of a claim."""

    sensitivity: int
    withdrawn: bool


class Effects:
    """Works out the effects of claims on claims from a store; remembers what it has worked out.

    What a claim demands by itself is its level; its sensitivity is the strictest level among all
    the claims that can be reached from it: those it speaks of or rests on, and the withdrawals that
    stand over each of them. That has one answer, whatever the order and the depth.

    A claim about a file that shows a site is sealed where the place of the site is. Whether it is,
    is worked out first, without this rule: a place may rest on what such a file shows.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lineages = Lineages(store)
        self._levels: dict[bytes, _Level] = {}
        self._without_places: dict[bytes, int] = {}
        self._sensitivity: dict[bytes, int] = {}
        self._standing: dict[bytes, tuple[OpeningRow, ...]] = {}

    def of(self, row: OpeningRow) -> Effect:
        """The effect on one claim."""
        sensitivity = self._strictest(row, self._level, self._sensitivity)
        return Effect(sensitivity, bool(self._withdrawals(row)))

    def _strictest(
        self,
        row: OpeningRow,
        level: Callable[[OpeningRow], int],
        worked_out: dict[bytes, int],
    ) -> int:
        """The strictest level among the claims that can be reached from one.

        Args:
            row: that one, which can be reached, too.
            level: of a claim by itself.
            worked_out: what is known by this level; the answer is put there.
        """
        found = PUBLIC
        reached = {row.digest}
        ahead = [row]
        while ahead and found < SEALED:
            here = ahead.pop()
            known = worked_out.get(here.digest)
            if known is not None:
                found = max(found, known)
                continue
            found = max(found, level(here))
            for other in (*self._demanding(here), *self._withdrawals(here)):
                if other.digest not in reached:
                    reached.add(other.digest)
                    ahead.append(other)
        worked_out[row.digest] = found
        return found

    def _level(self, row: OpeningRow) -> int:
        level, files = self._known(row)
        sealed = level < SEALED and any(self._shows_sealed_place(row, item) for item in files)
        return SEALED if sealed else level

    def _level_without_places(self, row: OpeningRow) -> int:
        return self._known(row).level

    def _known(self, row: OpeningRow) -> _Level:
        known = self._levels.get(row.digest)
        if known is None:
            known = self._levels[row.digest] = self._work_out(row)
        return known

    def _work_out(self, row: OpeningRow) -> _Level:
        _, claim = read_opening(row.data)
        said = self._reclassified(row)
        level = max(rank(claim.sensitivity) if said is None else said, least(claim))
        if tells_location(claim) and not self._may_publish_location(claim.subject):
            level = max(level, TEAM)
        files = frozenset(files_of(claim))
        return _Level(max([level, *(self._bound(row, item) for item in files)]), files)

    def _bound(self, row: OpeningRow, item: str) -> int:
        """What a file is bound to by what it is said to show."""
        demanded = (self._demanded(claim.predicate, claim) for claim in self._binding(row, item))
        return max(demanded, default=PUBLIC)

    def _binding(self, row: OpeningRow, item: str) -> Iterator[Claim]:
        """The claims of what a file shows that count for another claim."""
        for predicate in vocabulary().binding:
            for other in self._counting(row, item, predicate):
                if not self._withdrawals(other):
                    yield read_opening(other.data)[1]

    def _counting(self, row: OpeningRow, subject: str, predicate: str) -> Iterator[OpeningRow]:
        """The claims about an entity that have a say in what is done with another claim.

        That is for the log of that claim to say, or for our own: nobody else can hide what we show.
        """
        for held in self._store.held(SEALED, subject=subject, predicate=predicate):
            other = self._store.opening(held.digest)
            if other is not None and (
                self._lineages.same(row.entry, other.entry) or self._lineages.own(other.entry)
            ):
                yield other

    def _shows_sealed_place(self, row: OpeningRow, item: str) -> bool:
        """Whether a file shows a site of which somebody sealed where it lies."""
        return any(
            isinstance(claim.value, Ref) and self._is_sealed_place(row, claim.value.id)
            for claim in self._binding(row, item)
        )

    def _is_sealed_place(self, row: OpeningRow, site: str) -> bool:
        """Whether a claim of where a site lies is sealed; a withdrawn one where none stands."""
        told = [
            other
            for predicate in _locating()
            for other in self._counting(row, site, predicate)
            if tells_location(read_opening(other.data)[1])
        ]
        standing = [other for other in told if not self._withdrawals(other)]
        return any(
            self._strictest(other, self._level_without_places, self._without_places) == SEALED
            for other in standing or told
        )

    def _demanded(self, predicate: str, claim: Claim) -> int:
        """The level that a claim which binds a file asks for it."""
        floor, governed = _rule(predicate)
        site = claim.value.id if isinstance(claim.value, Ref) else ""
        return max(floor, TEAM) if governed and not self._may_publish_location(site) else floor

    def _demanding(self, row: OpeningRow) -> Iterator[OpeningRow]:
        """The claims that a claim speaks of or rests on; for an erased one, its erasures."""
        for about in self._store.targets(row.id):
            target = self._store.opening(about.target)
            if target is not None:
                yield target
            elif about.relation != ERASED:
                yield from self._erasures_of(about.target)

    def _erasures_of(self, target: bytes) -> Iterator[OpeningRow]:
        """What an erased claim still demands: its erasure was classified as strictly as itself."""
        for about in self._store.about(target):
            erasure = self._store.opening_by_id(about.claim)
            if about.relation == ERASED and erasure is not None:
                yield erasure

    def _reclassified(self, row: OpeningRow) -> int | None:
        """The last effective reclassification: the strictest, among those of one entry."""
        last: tuple[int, int] | None = None
        for other in self._effective(row, "reclassified"):
            if self._withdrawals(other):
                continue
            _, claim = read_opening(other.data)
            if isinstance(claim.value, Term) and claim.value.term in SENSITIVITIES:
                place = self._lineages.order(other.entry)
                said = (place, SENSITIVITIES.index(claim.value.term))
                last = said if last is None else max(last, said)
        return None if last is None else last[1]

    def _withdrawals(self, row: OpeningRow) -> tuple[OpeningRow, ...]:
        """The claims that withdraw this one and are not withdrawn themselves.

        A chain of withdrawals may be as long as a stranger likes: it is walked, not recursed into.
        Claims name each other by digest and cannot form a circle; damaged rows can, and are left.
        """
        ahead = [row]
        entered: set[bytes] = set()
        while ahead and row.digest not in self._standing:
            here = ahead[-1]
            over = list(self._effective(here, "withdrawn"))
            unknown = [
                other
                for other in over
                if other.digest not in self._standing and other.digest not in entered
            ]
            entered.add(here.digest)
            if unknown:
                ahead += unknown
                continue
            self._standing[here.digest] = tuple(
                other for other in over if not self._standing.get(other.digest)
            )
            ahead.pop()
        return self._standing[row.digest]

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
            if self._withdrawals(row) or not isinstance(claim.value, Term):
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
        rows: the new claims that speak of others, are spoken of, govern a location, bind a file, or
            say which log follows which: then whose word counts for whom has changed everywhere.

    Returns:
        Ids of claims, the new ones included.
    """
    reached: set[int] = set()
    ahead: list[tuple[int, bytes]] = []
    for row in rows:
        ahead.append((row.id, row.digest))
        ahead += _governed(store, row.subject, row.predicate)
        if row.predicate == PREDECESSOR:
            ahead.extend(_under_lineages(store))
    while ahead:
        id_, digest = ahead.pop()
        if id_ in reached:
            continue
        reached.add(id_)
        ahead += _neighbours(store, id_, digest)
        here = store.claim_row(id_)
        if here is not None:  # a decision withdrawn, for example
            ahead += _governed(store, here.subject, here.predicate)
    return reached


def _governed(store: Store, subject: str, predicate: str) -> Iterator[tuple[int, bytes]]:
    """The claims over which a claim has a say by its predicate, without naming them."""
    if predicate == LOCATION_RULE:
        yield from _of_site(store, subject)
    elif predicate in _locating() and subject.startswith("site:"):
        yield from _showing_site(store, subject)
    elif predicate in vocabulary().binding:
        yield from _of_file(store, subject)


def _of_site(store: Store, site: str) -> Iterator[tuple[int, bytes]]:
    """What is said of a site, and of the files that show it."""
    for held in store.held(SEALED, subject=site):
        yield held.id, held.digest
    yield from _showing_site(store, site)


def _showing_site(store: Store, site: str) -> Iterator[tuple[int, bytes]]:
    """What is said of the files that show a site."""
    for predicate in vocabulary().binding:
        for held in store.held(SEALED, ref=site, predicate=predicate):
            row = store.claim_row(held.id)
            if row is not None:
                yield from _of_file(store, row.subject)


def _of_file(store: Store, item: str) -> Iterator[tuple[int, bytes]]:
    """What is said of a file, and what names it."""
    for held in (*store.held(SEALED, subject=item), *store.held(SEALED, ref=item)):
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
    for predicate in vocabulary().binding:
        binding = [store.claim_row(held.id) for held in store.held(SEALED, predicate=predicate)]
        for item in {row.subject for row in binding if row is not None}:
            yield from _of_file(store, item)


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
