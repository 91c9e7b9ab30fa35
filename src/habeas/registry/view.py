"""What may be seen of a registry at one clearance.

A view is a function of the record and the clearance. What lies above the clearance leaves no trace:
not in a list, a count, a search result or its order, an error. Asking for a hidden claim and for
one that does not exist gives the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from habeas.claims.agreement import (
    Agreement,
    agreement_of_dates,
    compare_intervals,
    time_told,
    worst,
)
from habeas.claims.claim import SENSITIVITIES, Claim, Sensitivity, read_opening
from habeas.claims.derivation import independent
from habeas.claims.names import query_words
from habeas.claims.values import Name, Ref, Text, When, words
from habeas.claims.vocabulary import Predicate, vocabulary
from habeas.errors import InputError, NotFoundError
from habeas.registry.forks import forked_origins
from habeas.registry.provenance import Provenance, entry_of, log_of, provenance
from habeas.registry.store import HeldClaim, NameReadingRow, Store

MIN_PREFIX = 6
"""The fewest digits by which a claim may be named."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A claim as it may be shown."""

    digest: str
    claim: Claim
    sensitivity: Sensitivity
    """Effective: the strictest of all that has a say (`registry.clearance`)."""
    withdrawn: bool
    origin: str
    """Of the log it stands in."""
    forked: bool
    """Whether that log is forked (`registry.forks`): whoever shows the claim says so."""
    position: int
    """Its place in this registry; tells nothing outside it."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The place of a claim in the record."""

    origin: str
    """Of the log."""
    position: int
    """Of the entry in it, from 0."""
    recorded: str
    """By the recorder's clock: UTC, `YYYY-MM-DDTHH:MM:SSZ`."""


class NameReading(msgspec.Struct, frozen=True, kw_only=True):
    """A name of a person as it is compared with others; `claims.name_row` says of what."""

    digest: str
    """Of the claim."""
    subject: str
    predicate: str
    source: str
    reading: NameReadingRow


class Disagreement(msgspec.Struct, frozen=True, kw_only=True):
    """Claims on one thing that do not say the same."""

    subject: str
    predicate: str
    agreement: Agreement
    claims: tuple[Shown, ...]
    independent: int
    """How many independent sources they come from."""


class View:
    """Everything that may be seen at one clearance. Made by `Registry.view`."""

    def __init__(self, store: Store, clearance: int, organisation: str) -> None:
        self._store = store
        self._clearance = clearance
        self.organisation = organisation
        self._origins: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._logs: dict[int, str] = {}
        self._forked: frozenset[str] = frozenset()

    def _shown(self, held: HeldClaim) -> Shown:
        _, claim = read_opening(held.opening)
        origin = self._origin_of(held.log)
        return Shown(
            digest=held.digest.hex(),
            claim=claim,
            sensitivity=SENSITIVITIES[held.sensitivity],
            withdrawn=bool(held.withdrawn),
            origin=origin,
            forked=origin in self._forked,
            position=held.position,
        )

    def _origin_of(self, log: int) -> str:
        if log not in self._logs:
            self._logs = {row.id: row.origin for row in self._store.logs()}
            self._forked = forked_origins(self._store)
        return self._logs[log]

    @property
    def clearance(self) -> Sensitivity:
        """The clearance of this view."""
        return SENSITIVITIES[self._clearance]

    def claims(
        self,
        *,
        subject: str | None = None,
        predicate: str | None = None,
        source: str | None = None,
        ref: str | None = None,
    ) -> list[Shown]:
        """The claims that match all that is given, in an order that the logs alone decide.

        Args:
            subject: the entity they are about.
            predicate: a term of the vocabulary.
            source: where they are said.
            ref: the entity that their value names.
        """
        found = self.stream(subject=subject, predicate=predicate, source=source, ref=ref)
        return sorted(found, key=order)

    def stream(
        self,
        *,
        subject: str | None = None,
        predicate: str | None = None,
        source: str | None = None,
        ref: str | None = None,
    ) -> Iterator[Shown]:
        """As `claims`, one at a time and in no given order."""
        held = self._store.held(
            self._clearance, subject=subject, predicate=predicate, source=source, ref=ref
        )
        return (self._shown(claim) for claim in held)

    def claim(self, name: str) -> Shown:
        """One claim by its digest or the first digits of it, with or without `claim:`.

        Raises:
            NotFoundError: no claim that may be seen has such a digest.
            InputError: too few digits, or more than one claim begins with them.
        """
        digits = name.removeprefix("claim:").lower()
        if len(digits) < MIN_PREFIX or len(digits) > 64 or set(digits) - set("0123456789abcdef"):
            raise InputError(
                f"{name!r} names no claim",
                mend=f"Give the digest or its first digits, {MIN_PREFIX} or more",
            )
        held = self._store.held_by_digest(self._clearance, digits, 2)
        if not held:
            raise NotFoundError(f"there is no claim {digits}", mend="Look with `habeas find`")
        if len(held) > 1:
            raise InputError(f"more than one claim begins with {digits}", mend="Give more digits")
        return self._shown(held[0])

    def find(self, text: str, *, limit: int = 100) -> list[Shown]:
        """Claims that hold all the words, in Persian or Latin spelling alike.

        The order is by subject, not by a score: a score would tell of hidden claims.

        Raises:
            InputError: there is no word in the text.
        """
        asked = query_words(text)
        if not asked:
            raise InputError(f"there is no word in {text!r}", mend="Give a word or a name")
        return [self._shown(held) for held in self._store.found(self._clearance, asked, limit)]

    def entities(self, prefix: str) -> list[str]:
        """The ids of the entities of one kind (`site`), in order."""
        return list(self._store.subjects(self._clearance, f"{prefix}:"))

    def about(self, digest: str) -> list[Shown]:
        """The claims that speak of a claim or rest on it."""
        found = []
        for row in self._store.about(bytes.fromhex(digest)):
            opening = self._store.opening_by_id(row.claim)
            if opening is not None:
                found += self._store.held_by_digest(self._clearance, opening.digest.hex(), 1)
        return sorted((self._shown(held) for held in found), key=order)

    def name_readings(self) -> Iterator[NameReading]:
        """Every name of a person that stands, with its reading, for search and linkage."""
        for digest, subject, predicate, source, reading in self._store.names(self._clearance):
            yield NameReading(
                digest=digest.hex(),
                subject=subject,
                predicate=predicate,
                source=source,
                reading=reading,
            )

    def names(self, entity: str) -> list[Shown]:
        """Every name, label or title of an entity, each with who uses it."""
        return [
            shown
            for shown in self.claims(subject=entity)
            if shown.claim.predicate in _NAMING and not shown.withdrawn
        ]

    def label(self, entity: str, lang: str = "en") -> str:
        """The best name of an entity in a language, the organisation's own first; else its id."""

        def preference(shown: Shown) -> tuple[bool, bool, int, tuple[str, int, str]]:
            value = shown.claim.value
            said = value.lang if isinstance(value, Name | Text) else None
            return (
                said != lang,
                shown.claim.source != self.organisation,
                _NAMING.index(shown.claim.predicate),
                order(shown),
            )

        best = min(self.names(entity), key=preference, default=None)
        return entity if best is None else words(best.claim.value)

    def contradictions(self, subject: str | None = None) -> list[Disagreement]:
        """Where sources disagree on what has one true value, the strongest first.

        So do sources that give a time to what was dated by a measurement (`dates` in the
        vocabulary), if the measurement looked at that time. Findings and withdrawn claims are left
        out: a finding is not a source.

        Args:
            subject: look at one entity only.
        """
        single = vocabulary().single
        crowded = list(self._store.crowded(self._clearance, single, subject))
        found = [
            disagreement
            for about, predicate in crowded
            if (disagreement := self._disagreement(about, predicate)) is not None
        ]
        found += self._datings(subject)
        return sorted(found, key=lambda d: (-d.agreement, d.subject, d.predicate))

    def _datings(self, subject: str | None) -> Iterator[Disagreement]:
        for predicate in vocabulary().dating:
            measured = self.stream(subject=subject, predicate=predicate)
            for about in sorted({shown.claim.subject for shown in measured}):
                disagreement = self._dating(about, predicate)
                if disagreement is not None:
                    yield disagreement

    def _dating(self, subject: str, predicate: str) -> Disagreement | None:
        """What sources date by the times they give, against what was measured of the same."""
        rule = vocabulary().predicate(predicate)
        measured = self._standing(subject, predicate)
        runs = {shown.claim.source for shown in measured}
        looked = [
            shown.claim.value
            for shown in self._standing(subject, rule.within)
            if shown.claim.source in runs and isinstance(shown.claim.value, When)
        ]
        said = [
            shown
            for shown in (*self._standing(subject, rule.dates), *self._of_events(subject, rule))
            if any(_touch(shown.claim, period) for period in looked)
            and not self._cites(shown, {one.digest for one in measured})
        ]
        times = [shown.claim for shown in measured]
        verdict = max(
            (agreement_of_dates(shown.claim, times) for shown in said), default=Agreement.SAME
        )
        if verdict <= Agreement.SAME:
            return None
        group = tuple(sorted((*measured, *said), key=order))
        return Disagreement(
            subject=subject,
            predicate=predicate,
            agreement=verdict,
            claims=group,
            independent=len(self.independent(group)),
        )

    def _cites(self, shown: Shown, digests: set[str]) -> bool:
        """Whether a claim is said to take its time from one of some claims."""
        return any(
            isinstance(about.claim.value, Ref) and _digits(about.claim.value.id) in digests
            for about in self.about(shown.digest)
            if not about.withdrawn
        )

    def _of_events(self, subject: str, rule: Predicate) -> Iterator[Shown]:
        """When events at a site happened of which the same is said as what was measured."""
        for event in {shown.claim.subject for shown in self.stream(ref=subject, predicate="site")}:
            if self._standing(event, rule.dates):
                for predicate in ("occurred", "period"):
                    yield from self._standing(event, predicate)

    def _standing(self, subject: str, predicate: str) -> list[Shown]:
        """What stands of one subject under one predicate, findings left out."""
        said = self.claims(subject=subject, predicate=predicate)
        return [shown for shown in said if not shown.withdrawn and not shown.claim.rests_on]

    def _disagreement(self, subject: str, predicate: str) -> Disagreement | None:
        group = tuple(self._standing(subject, predicate))
        verdict = worst([shown.claim for shown in group])
        if verdict <= Agreement.SAME:
            return None
        return Disagreement(
            subject=subject,
            predicate=predicate,
            agreement=verdict,
            claims=group,
            independent=len(self.independent(group)),
        )

    def independent(self, group: Sequence[Shown]) -> tuple[tuple[int, ...], ...]:
        """Groups of claims that share an origin: as many as there are independent sources.

        Only the sources at hand are looked up, and those that they go back to.
        """
        parents: dict[str, tuple[str, ...]] = {}
        publishers: dict[str, tuple[str, ...]] = {}
        ahead = [shown.claim.source for shown in group]
        while ahead:
            source = ahead.pop()
            if source not in parents:
                parents[source], publishers[source] = self._origin(source)
                ahead += parents[source]
        return independent([shown.claim for shown in group], parents, publishers)

    def _origin(self, source: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The sources that a source takes from, and its publishers and authors."""
        if source not in self._origins:
            derivations = vocabulary().derivations
            said = [shown for shown in self.stream(subject=source) if not shown.withdrawn]
            self._origins[source] = (
                tuple(_named(one) for one in said if one.claim.predicate in derivations),
                tuple(_named(one) for one in said if one.claim.predicate in _PUBLISHING),
            )
        return self._origins[source]

    def linked(self, entity: str) -> list[str]:
        """The entities that standing `same_as` claims make one with this one, itself included."""
        reached: set[str] = set()
        ahead = [entity]
        while ahead:
            here = ahead.pop()
            if here in reached:
                continue
            reached.add(here)
            ahead += [
                shown.claim.value.id
                for shown in self.stream(subject=here, predicate="same_as")
                if isinstance(shown.claim.value, Ref) and not shown.withdrawn
            ]
            ahead += [
                shown.claim.subject
                for shown in self.stream(ref=here, predicate="same_as")
                if not shown.withdrawn
            ]
        return sorted(reached)

    def recorded(self, shown: Shown) -> str:
        """When a claim was recorded, by the recorder's clock: UTC, `YYYY-MM-DDTHH:MM:SSZ`."""
        return entry_of(self._store, shown.digest)[1].recorded

    def standing(self, shown: Shown) -> Standing:
        """Where a claim stands in its log; `provenance` proves it."""
        row, entry = entry_of(self._store, shown.digest)
        origin = log_of(self._store, row).origin
        return Standing(origin=origin, position=row.position, recorded=entry.recorded)

    def provenance(self, shown: Shown, *, size: int | None = None) -> Provenance:
        """From a shown claim back to its opening, entry, inclusion proof, checkpoint and tokens.

        Args:
            shown: the claim.
            size: of the checkpoint to prove it under; the newest if left out.
        """
        return provenance(self._store, shown.digest, size)


_PUBLISHING = ("publisher", "author")

_NAMING = ("label", "name", "title", "other_name")


def order(shown: Shown) -> tuple[str, int, str]:
    """Where a claim comes among others: by its place in its log, the same in every registry."""
    return shown.origin, shown.position, shown.digest


def _touch(claim: Claim, period: When) -> bool:
    """Whether the time of which a claim tells reaches into a period."""
    told = time_told(claim.value, claim.holds)
    if told is None or (told.earliest, told.latest) == (None, None):
        return False
    return compare_intervals(told, period) is not Agreement.EXCLUSIVE


def _digits(entity: str) -> str:
    return entity.removeprefix("claim:")


def _named(shown: Shown) -> str:
    value = shown.claim.value
    return value.id if isinstance(value, Ref) else words(value)
