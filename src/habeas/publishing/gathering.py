"""Gathers the contents of a dossier from a view: what there is, in which order, and nothing else.

Pure but for reading the view. Two gatherings from the same log give the same contents: claims are
ordered by their place in their log, and no clock, path or local number enters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from habeas.claims.agreement import Agreement, agreement
from habeas.claims.claim import prefix_of
from habeas.claims.places import positions
from habeas.claims.values import Quantity, Term, When, Where
from habeas.claims.vocabulary import vocabulary
from habeas.errors import NotFoundError
from habeas.publishing.contents import (
    FORMAT,
    WHOLE,
    Contents,
    Contradiction,
    Dated,
    Degree,
    Difference,
    Finding,
    Glance,
    Placed,
    Said,
    Section,
    Statement,
    Topic,
    Withdrawal,
)
from habeas.publishing.custody import gather_items
from habeas.publishing.differences import differences, differences_of_dates
from habeas.publishing.logs import gather_logs
from habeas.publishing.naming import NAMING, complete, gather_mentions
from habeas.publishing.numbering import Numbering
from habeas.publishing.questions import ASKING, gather_questions
from habeas.publishing.run_pictures import gather_pictures
from habeas.publishing.scope import documents_of, entities_of, site_of
from habeas.publishing.sourcing import SUBSTANTIVE, gather_sources
from habeas.registry.view import Disagreement, Shown, View

KEY_TOPICS: Final = (
    "fate", "whereabouts", "fate_established", "whereabouts_established", "status", "access",
    "occurred", "period", "last_seen", "died", "buried_at", "remains_believed", "remains_found",
    "victims_killed", "victims_secretly_buried", "disturbance_kind", "admin_unit", "case_kind",
)  # fmt: skip
"""What a reader looks for first, in this order."""

_WIDE_TOPICS: Final = (
    "period", "victims_killed", "victims_secretly_buried", "number_of_cities", "fate",
    "whereabouts", "status", "remains_believed",
)  # fmt: skip
"""The same for a case or a registry, over all of its sections."""

_UNDATED: Final = frozenset(
    {"published", "retrieved", "custody_time", "captured", "acquired", "watched_period",
     "no_disturbance_found"}
)  # fmt: skip
"""Dates of the work on a subject, not of what happened to it."""
_DEGREES: Final[dict[Agreement, Degree]] = {
    Agreement.COMPATIBLE: "compatible",
    Agreement.DIFFER: "differ",
    Agreement.EXCLUSIVE: "exclusive",
}


def gather(view: View, entity: str) -> Contents:
    """The contents of the dossier of an entity, as far as a view shows it.

    Args:
        view: at the clearance of the dossier's readers.
        entity: `site:…`, `person:…`, `event:…`, `case:…` or any other entity; `all` for everything.

    Raises:
        NotFoundError: nothing that may be seen is said of it.
    """
    return _Gathering(view, entity).contents()


class _Gathering:
    """One dossier being gathered: sections first, so that their claims have the first numbers."""

    def __init__(self, view: View, entity: str) -> None:
        self.view = view
        self.entity = entity
        self.numbering = Numbering(view)
        self.entities = entities_of(view, entity)
        self.findings: list[Shown] = []
        self.withdrawn: list[Shown] = []
        self.asking: list[Shown] = []
        self.told: set[str] = set()

    def contents(self) -> Contents:
        sections = self._sections()
        disagreements = self._disagreements(sections)
        findings = self._findings()
        withdrawals = self._withdrawals()
        items = gather_items(self.numbering, self.entities)
        questions = gather_questions(
            self.numbering, sections, disagreements, self.asking, self.entities
        )
        complete(self.numbering)
        sources = gather_sources(self.numbering)
        mentions = gather_mentions(self.numbering)
        claims = self.numbering.statements()
        contradictions = _contradictions(self.numbering, disagreements, claims)
        sections = _with_contradictions(sections, contradictions)
        return Contents(
            format=FORMAT,
            entity=self.entity,
            clearance=self.view.clearance,
            organisation=self.view.organisation,
            glance=self._glance(sections, contradictions, len(questions), len(sources)),
            sections=sections,
            contradictions=contradictions,
            timeline=self._timeline(sections, claims),
            places=_places(sections, claims),
            findings=findings,
            items=items,
            pictures=gather_pictures(items, claims, self.entities),
            withdrawn=withdrawals,
            questions=questions,
            sources=sources,
            logs=gather_logs(self.numbering),
            mentions=mentions,
            claims=claims,
        )

    def _sections(self) -> tuple[Section, ...]:
        made = [self._section(entity) for entity in self.entities]
        cited = {shown.claim.source for shown in self.numbering.shown}
        texts = documents_of(self.view, self.entity, cited)
        made += [self._section(text, SUBSTANTIVE) for text in texts if self._speaks(text)]
        return tuple(s for s in made if s.topics or s.names or s.entity == self.entity)

    def _speaks(self, source: str) -> bool:
        found = self.numbering.about(source) if prefix_of(source) == "source" else []
        return any(shown.claim.predicate in SUBSTANTIVE for shown in found)

    def _section(self, entity: str, only: frozenset[str] = frozenset()) -> Section:
        linked = [e for e in self.view.linked(entity) if e != entity]
        names: list[Shown] = []
        rest: list[Shown] = []
        for shown in [s for e in (entity, *linked) for s in self.numbering.about(e)]:
            predicate = shown.claim.predicate
            if shown.digest in self.told or (only and predicate not in only):
                continue
            self.told.add(shown.digest)
            if shown.withdrawn:
                self.withdrawn.append(shown)
            elif shown.claim.rests_on:
                self.findings.append(shown)
            elif predicate in ASKING:
                self.asking.append(shown)
            elif predicate in NAMING:
                names.append(shown)
            else:
                rest.append(shown)
        return Section(
            entity=entity,
            names=self.numbering.numbers(names),
            topics=tuple(self._topics(rest)),
            linked=tuple(linked),
        )

    def _topics(self, claims: Sequence[Shown]) -> list[Topic]:
        order = {found.name: at for at, found in enumerate(vocabulary().predicates)}

        def rank(shown: Shown) -> tuple[int, str]:
            predicate = shown.claim.predicate
            return (order.get(predicate, len(order)), predicate)

        return [
            self._topic(list(group))
            for _, group in groupby(sorted(claims, key=rank), key=lambda s: s.claim.predicate)
        ]

    def _topic(self, claims: list[Shown]) -> Topic:
        groups: list[list[Shown]] = []
        for shown in claims:
            same = next((group for group in groups if _say_the_same(group[0], shown)), None)
            if same is None:
                groups.append([shown])
            else:
                same.append(shown)
        said = tuple(self._said(group) for group in groups)
        return Topic(
            subject=claims[0].claim.subject,
            predicate=claims[0].claim.predicate,
            said=said,
            independent=len(self.view.independent(claims)),
        )

    def _said(self, group: list[Shown]) -> Said:
        numbers = self.numbering.numbers(group)
        origins = self.view.independent(group)
        return Said(
            claims=numbers,
            origins=tuple(tuple(numbers[place] for place in origin) for origin in origins),
        )

    def _disagreements(self, sections: Sequence[Section]) -> list[Disagreement]:
        """Those among claims that have a section; the claims are numbered already."""
        return [
            found
            for section in sections
            for entity in (section.entity, *section.linked)
            for found in self.view.contradictions(entity)
            if all(shown.digest in self.told for shown in found.claims)
        ]

    def _findings(self) -> tuple[Finding, ...]:
        made = []
        for shown in self.findings:
            number = self.numbering.number(shown)
            digests = shown.claim.rests_on
            found = {d: self._number_of(d) for d in digests}
            made.append(
                Finding(
                    claim=number,
                    organisation=shown.claim.source,
                    standard=shown.claim.standard or "",
                    rests_on=tuple(n for n in found.values() if n is not None),
                    missing=tuple(d for d, n in found.items() if n is None),
                )
            )
        return tuple(made)

    def _number_of(self, digest: str) -> int | None:
        try:
            return self.numbering.number(self.view.claim(digest))
        except NotFoundError:
            return None

    def _withdrawals(self) -> tuple[Withdrawal, ...]:
        return tuple(
            Withdrawal(
                claim=self.numbering.number(shown),
                by=self.numbering.numbers(
                    self.numbering.in_order(
                        other
                        for other in self.view.about(shown.digest)
                        if other.claim.predicate == "withdrawn" and not other.withdrawn
                    )
                ),
            )
            for shown in self.withdrawn
        )

    def _timeline(
        self, sections: Sequence[Section], claims: Sequence[Statement]
    ) -> tuple[Dated, ...]:
        rows = [
            _dated(claims[number - 1], site_of(self.view, section.entity))
            for section in sections
            for number in _numbers(section)
        ]
        order = {section.entity: at for at, section in enumerate(sections)}
        found = [row for row in rows if row is not None]
        starts: dict[tuple[str, str, str], str] = {}
        for row in found:
            event = (row.entity, row.predicate, row.term)
            starts[event] = min(starts.get(event, "9999"), row.earliest or row.latest or "9999")

        def place(row: Dated) -> tuple[int, str, str, str, str, str, int]:
            event = (row.entity, row.predicate, row.term)
            first = row.earliest or row.latest or "9999"
            return (
                order.get(row.group, -1),
                row.group,
                starts[event],
                *event[1:],
                first,
                row.claim,
            )

        return tuple(sorted(found, key=place))

    def _glance(
        self,
        sections: Sequence[Section],
        contradictions: Sequence[Contradiction],
        questions: int,
        sources: int,
    ) -> Glance:
        shown = [s for s in self.numbering.shown if s.digest in self.told and not s.withdrawn]
        wide = prefix_of(self.entity) in ("case", WHOLE)
        topics = _key_topics(sections, _WIDE_TOPICS) if wide else _key_topics(sections[:1])
        return Glance(
            claims=len(self.told),
            sources=sources,
            independent=len(self.view.independent(shown)),
            contradictions=sum(found.degree != "compatible" for found in contradictions),
            questions=questions,
            findings=len(self.findings),
            topics=topics,
        )


def _key_topics(
    sections: Sequence[Section], names: Sequence[str] = KEY_TOPICS
) -> tuple[Topic, ...]:
    found = [topic for section in sections for topic in section.topics if topic.predicate in names]
    return tuple(sorted(found, key=lambda topic: names.index(topic.predicate)))


def _say_the_same(one: Shown, other: Shown) -> bool:
    if one.claim.holds != other.claim.holds or agreement(one.claim, other.claim):
        return False
    values = (one.claim.value, other.claim.value)
    counts = {value.counts for value in values if isinstance(value, Quantity)}
    return len(counts) < 2


def _numbers(section: Section) -> list[int]:
    return [number for topic in section.topics for said in topic.said for number in said.claims]


def _contradictions(
    numbering: Numbering, found: Sequence[Disagreement], claims: Sequence[Statement]
) -> tuple[Contradiction, ...]:
    ordered = sorted(found, key=lambda one: -one.agreement)
    return tuple(
        Contradiction(
            number=number,
            subject=one.subject,
            predicate=one.predicate,
            degree=_DEGREES[one.agreement],
            claims=numbering.numbers(numbering.in_order(one.claims)),
            independent=one.independent,
            differences=_differences(
                one, [claims[numbering.number(s) - 1] for s in numbering.in_order(one.claims)]
            ),
        )
        for number, one in enumerate(ordered, 1)
    )


def _differences(one: Disagreement, statements: Sequence[Statement]) -> tuple[Difference, ...]:
    if one.predicate not in vocabulary().dating:
        return differences(statements)
    measured = [statement for statement in statements if statement.predicate == one.predicate]
    return differences_of_dates([s for s in statements if s not in measured], measured)


def _with_contradictions(
    sections: Sequence[Section], found: Sequence[Contradiction]
) -> tuple[Section, ...]:
    numbers = {(one.subject, one.predicate): one.number for one in found}
    for one in found:  # what a measurement dates is marked where sources tell of it, too
        dates = vocabulary().predicate(one.predicate).dates
        numbers.setdefault((one.subject, dates), one.number)
    return tuple(
        replace(
            section,
            topics=tuple(
                replace(topic, contradiction=numbers.get((topic.subject, topic.predicate), 0))
                for topic in section.topics
            ),
        )
        for section in sections
    )


def _dated(statement: Statement, group: str) -> Dated | None:
    value = statement.value
    if statement.predicate in _UNDATED:
        return None
    when = value if isinstance(value, When) else statement.holds
    if when is None or (when is not value and not isinstance(value, Term)):
        return None
    return Dated(
        claim=statement.number,
        entity=statement.subject,
        predicate=statement.predicate,
        term=value.term if isinstance(value, Term) else "",
        text=when.text,
        earliest=when.earliest,
        latest=when.latest,
        precision=when.precision,
        group=group,
    )


def _places(sections: Sequence[Section], claims: Sequence[Statement]) -> tuple[Placed, ...]:
    made = []
    for number in [number for section in sections for number in _numbers(section)]:
        statement = claims[number - 1]
        where = statement.value
        if not isinstance(where, Where) or where.geometry is None:
            continue
        longitude, latitude = next(positions(where.geometry))
        made.append(
            Placed(
                claim=number,
                entity=statement.subject,
                kind=where.kind,
                longitude=longitude,
                latitude=latitude,
                uncertainty=where.uncertainty,
                method=where.method,
            )
        )
    return tuple(made)
