"""Open questions, and what would settle them: worked out from what is there and what is not.

Nothing here decides anything. A computed question says which kind of evidence would answer it; the
recorded ones (`open_question`, `gap`, `would_settle`) stand beside them in their own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from habeas.claims.agreement import Agreement
from habeas.claims.claim import prefix_of
from habeas.claims.values import Quantity, Term, When, Where
from habeas.publishing.contents import Question, Section
from habeas.publishing.numbering import Numbering
from habeas.publishing.scope import site_of
from habeas.registry.view import Disagreement, Shown

ASKING: Final = frozenset({"open_question", "gap", "would_settle"})
"""Predicates that put a question, or what would settle it, into the record."""

_ESTABLISHED: Final = ("fate_established", "whereabouts_established")
_FIGURES: Final = frozenset(
    {
        "remains_believed", "victims_killed", "victims_secretly_buried", "names_recorded",
        "suspected_grave_locations", "mapped_grave_locations", "grave_locations_traced",
        "executions_in_year", "persons_documented", "persons_verified",
    }
)  # fmt: skip
"""Figures that only a list or a method behind them makes checkable."""


def gather_questions(
    numbering: Numbering,
    sections: Sequence[Section],
    disagreements: Sequence[Disagreement],
    asking: Sequence[Shown],
    entities: Sequence[str],
) -> tuple[Question, ...]:
    """Every open question: for each entity the recorded ones first, then the computed ones.

    Args:
        numbering: claims shown; the recorded questions are numbered here.
        sections: what is known of each entity.
        disagreements: where sources disagree.
        asking: the recorded questions and what would settle them.
        entities: those that the dossier is about.
    """
    made: list[Question] = []
    for section in sections:
        own = [s for s in asking if s.claim.subject in (section.entity, *section.linked)]
        made += _recorded(numbering, section.entity, own)
        if section.entity in entities:
            made += _of_site(numbering, section)
            made += _of_person(numbering, section)
        found = [d for d in disagreements if d.subject in (section.entity, *section.linked)]
        made += [_of_disagreement(numbering, one) for one in found if one.agreement > _COMPATIBLE]
        made += _of_figures(numbering, section)
    made += _single(numbering, sections)
    order = {section.entity: at for at, section in enumerate(sections)}
    return tuple(sorted(made, key=lambda question: order.get(question.subject, len(order))))


_COMPATIBLE: Final = Agreement.COMPATIBLE


def _recorded(numbering: Numbering, entity: str, asking: Sequence[Shown]) -> Iterator[Question]:
    """One question for each that was put; what would settle them belongs to all of an entity's."""
    questions = [s for s in asking if s.claim.predicate != "would_settle"]
    settle = numbering.numbers(s for s in asking if s.claim.predicate == "would_settle")
    for at, shown in enumerate(questions):
        own = settle[at : at + 1] if len(settle) == len(questions) else ()
        yield Question(
            kind="recorded",
            subject=entity,
            predicate=shown.claim.predicate,
            claims=(numbering.number(shown),),
            settle=own,
        )
    if settle and len(settle) != len(questions):
        yield Question(kind="recorded", subject=entity, settle=settle)


def _of_site(numbering: Numbering, section: Section) -> Iterator[Question]:
    """A site for which no point of its own is shown: a stand-in is none."""
    if prefix_of(section.entity) != "site":
        return
    places = [
        (number, value)
        for number, value in _values(numbering, section, "location")
        if isinstance(value, Where)
    ]
    located = any(
        value.geometry is not None and value.kind in ("exact", "approximate") for _, value in places
    )
    if not located:
        claims = tuple(number for number, _ in places)
        yield Question(
            kind="no_coordinates", subject=section.entity, predicate="location", claims=claims
        )


def _of_person(numbering: Numbering, section: Section) -> Iterator[Question]:
    """A disappearance stays open until fate *and* whereabouts are established."""
    subjects = {"fate", "whereabouts", "last_seen", "arrested", "buried_at", *_ESTABLISHED}
    predicates = {topic.predicate for topic in section.topics}
    if prefix_of(section.entity) != "person" or not predicates & subjects:
        return
    answers = {name: _answered(numbering, section.entity, name) for name in _ESTABLISHED}
    if not all(answers.values()):
        known = tuple(number for found in answers.values() for number in found)
        yield Question(kind="fate_open", subject=section.entity, predicate="fate", claims=known)


def _answered(numbering: Numbering, person: str, predicate: str) -> tuple[int, ...]:
    """The standing claims that say it is established, if none says that it is not."""
    claims = [
        shown
        for shown in numbering.view.claims(subject=person, predicate=predicate)
        if isinstance(shown.claim.value, Term) and not shown.withdrawn
    ]
    answers = {shown.claim.value.term for shown in claims if isinstance(shown.claim.value, Term)}
    return numbering.numbers(numbering.in_order(claims)) if answers == {"yes"} else ()


def _of_disagreement(numbering: Numbering, found: Disagreement) -> Question:
    claims = numbering.numbers(numbering.in_order(found.claims))
    values = [shown.claim.value for shown in found.claims]
    kind, start, end = "contradiction", "", ""
    dates = [value for value in values if isinstance(value, When)]
    if len(dates) == len(values):
        kind, (start, end) = "dates", _between(dates)
    elif all(isinstance(value, Quantity) for value in values):
        kind = "figures"
    return Question(
        kind=kind,
        subject=found.subject,
        predicate=found.predicate,
        claims=claims,
        start=start,
        end=end,
    )


def _between(dates: Sequence[When]) -> tuple[str, str]:
    """The day before the earliest date and the day after the latest: images of both decide."""
    first = min((when.earliest for when in dates if when.earliest), default="")
    last = max((when.latest for when in dates if when.latest), default="")
    day = timedelta(days=1)
    return (
        (date.fromisoformat(first) - day).isoformat() if first else "",
        (date.fromisoformat(last) + day).isoformat() if last else "",
    )


def _of_figures(numbering: Numbering, section: Section) -> Iterator[Question]:
    """Figures about which nothing recorded tells the list or the method behind them."""
    figures = [topic for topic in section.topics if topic.predicate in _FIGURES]
    claims = tuple(number for topic in figures for said in topic.said for number in said.claims)
    if claims:
        yield Question(kind="method", subject=section.entity, claims=claims)


def _single(numbering: Numbering, sections: Sequence[Section]) -> Iterator[Question]:
    """What rests on one independent source: one question for each site with its events."""
    lone: dict[str, list[int]] = {}
    for section in sections:
        for topic in section.topics:
            if topic.independent == 1 and topic.predicate in _TOLD:
                claims = [number for said in topic.said for number in said.claims]
                lone.setdefault(site_of(numbering.view, section.entity), []).extend(claims)
    for entity, claims in lone.items():
        yield Question(kind="single_source", subject=entity, claims=tuple(sorted(claims)))


_TOLD: Final = frozenset(
    {
        "occurred", "disturbance_kind", "status", "remains_found", "remains_exhumed",
        "remains_fate", "buried_at", "fate", "whereabouts", "who_is_buried", "order", "died",
        "last_seen", "discovered", "site_event", "remains_moved_to", "order_content",
    }
)  # fmt: skip
"""What a second source can corroborate: told by sources, not decided or worked out by us."""


def _values(numbering: Numbering, section: Section, predicate: str) -> Iterator[tuple[int, object]]:
    for topic in section.topics:
        if topic.predicate == predicate:
            for number in (number for said in topic.said for number in said.claims):
                yield number, numbering.shown[number - 1].claim.value
