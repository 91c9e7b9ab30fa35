"""Lists of a registry as an overlap table, through a view: what is hidden is in no count.

Each row of a list describes a `person:` of its own; `same_as` claims that stand join persons into
one. A person is on a list when a standing claim about any of its records has that list as its
source. Claims are read in a few streams, and no person is asked for alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from habeas.claims.calendars import solar_of
from habeas.claims.claim import Sensitivity, prefix_of
from habeas.claims.values import Quantity, Ref, Term, Text, Value, When, words
from habeas.claims.vocabulary import vocabulary
from habeas.errors import InputError, NotFoundError
from habeas.estimation.overlap import Overlap
from habeas.registry.view import View

DATES: Final = ("died", "disappeared", "last_seen", "arrested")
"""Dates of a person that part by time: the first of these that the person has."""

PLACES: Final = ("died_at", "disappeared_at", "last_seen_place", "arrest_place")
"""Places of a person that part by province: the first of these that the person has."""

SPANS: Final = ("year", "month", "solar_year", "solar_month")
"""Strata by time; `solar_` ones in the Solar Hijri calendar."""

_HIGHEST: Final = 12
"""Steps up from a place; more would be a circle."""


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Lists of a registry, counted.

    Attributes:
        overlap: the table, with its strata.
        sources: the ids of the lists, in the order of the table.
        records: how many `person:` ids stand on the lists.
        persons: how many persons they are once linked; the persons of the table.
        without_label: persons of whom nothing tells the stratum, by stratum variable.
        disputed: persons of whom sources tell several strata; they are kept under `""` too.
        clearance: what was not to be seen at it is not counted.
    """

    overlap: Overlap
    sources: tuple[str, ...]
    records: int
    persons: int
    without_label: Mapping[str, int]
    disputed: Mapping[str, int]
    clearance: Sensitivity


def read_lists(view: View, sources: Sequence[str], strata: Sequence[str] = ()) -> Lists:
    """The overlap table of some lists.

    Args:
        view: what may be seen.
        sources: ids of the lists, `source:...`; two or more.
        strata: what parts the persons: `year`, `month`, `solar_year`, `solar_month` (of the first
            of `DATES`), `province` (of the first of `PLACES`), or a predicate of persons with a
            term, a text, a number or a reference (`sex`, `fate`). `month:disappeared`,
            `province:arrest_place` name the predicate themselves.

    Returns:
        The table. A person whose label is not known, or disputed, is kept under `""`.

    Raises:
        InputError: fewer than two lists, a list named twice, no such stratum.
        NotFoundError: a list on which nobody stands who may be seen.
    """
    names = _checked(sources)
    rules = [_rule(name) for name in strata]
    on = _standing_on(view, sources)
    cluster = _clusters(view, on)
    member: dict[str, int] = defaultdict(int)
    for person, bits in on.items():
        member[cluster(person)] |= bits
    people = sorted(member)
    labels = [_labels(view, rule, cluster, member) for rule in rules]
    columns: dict[str, list[object]] = {
        name: [member[person] >> bit & 1 for person in people] for bit, name in enumerate(names)
    }
    columns |= {
        _column(name): [_one(found.get(person)) for person in people]
        for name, found in zip(strata, labels, strict=True)
    }
    return Lists(
        overlap=Overlap.from_records(
            columns, lists=names, strata=[_column(name) for name in strata]
        ),
        sources=tuple(sources),
        records=len(on),
        persons=len(people),
        without_label={
            name: sum(not found.get(person) for person in people)
            for name, found in zip(strata, labels, strict=True)
        },
        disputed={
            name: sum(len(found.get(person, ())) > 1 for person in people)
            for name, found in zip(strata, labels, strict=True)
        },
        clearance=view.clearance,
    )


def _checked(sources: Sequence[str]) -> list[str]:
    """The names of the lists in the table: their ids without the prefix."""
    for source in sources:
        if prefix_of(source) != "source":
            raise InputError(
                f"{source!r} is no list", mend="A list is a source: --lists source:a,source:b"
            )
    if len(sources) < 2:
        raise InputError("one list cannot overlap", mend="Name two lists or more (--lists)")
    if len(set(sources)) < len(sources):
        raise InputError("a list is named twice", mend="Name each list once")
    return [source.removeprefix("source:") for source in sources]


def _column(stratum: str) -> str:
    """The name of a stratum's column: no list has it, for no source's name holds a colon."""
    return stratum if ":" in stratum else f"by:{stratum}"


def _one(found: set[str] | None) -> str:
    """The label, if there is one and no other."""
    return next(iter(found)) if found is not None and len(found) == 1 else ""


def _standing_on(view: View, sources: Sequence[str]) -> dict[str, int]:
    """The lists of each `person:`, as bits."""
    on: dict[str, int] = defaultdict(int)
    for bit, source in enumerate(sources):
        found = {
            shown.claim.subject
            for shown in view.stream(source=source)
            if not shown.withdrawn and prefix_of(shown.claim.subject) == "person"
        }
        if not found:
            raise NotFoundError(
                f"nobody stands on {source}",
                mend="Look with `habeas show`; a list must be imported, and be seen at the "
                "clearance",
            )
        for person in found:
            on[person] |= 1 << bit
    return on


def _clusters(view: View, on: Iterable[str]) -> Callable[[str], str]:
    """The first id of everybody that `same_as` claims make one with a person (union-find)."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        here = one
        while parent.get(here, here) != here:
            here = parent[here]
        while parent.get(one, one) != here:
            parent[one], one = here, parent[one]
        return here

    for shown in view.stream(predicate="same_as"):
        value = shown.claim.value
        if shown.withdrawn or not isinstance(value, Ref):
            continue
        if prefix_of(shown.claim.subject) != "person":
            continue
        first, second = sorted((root(shown.claim.subject), root(value.id)))
        parent[second] = first
    return root


Rule = tuple[tuple[str, ...], Callable[[View], Callable[[Value], str]]]
"""Predicates, the first that tells counts; and how a value of theirs is read as a label."""


def _rule(stratum: str) -> Rule:
    kind, _, named = stratum.partition(":")
    if named and "person" not in vocabulary().predicate(named).subjects:
        raise InputError(f"{named} is said of no person", mend="Name a predicate of persons")
    if kind in SPANS:
        return (named,) if named else DATES, lambda _: _span_of(kind)
    if kind == "province":
        return (named,) if named else PLACES, _provinces
    known = {one.name for one in vocabulary().predicates if "person" in one.subjects}
    if named or kind not in known:
        raise InputError(
            f"there is no stratum {stratum!r}",
            mend=f"Take {', '.join(SPANS)}, province, or a predicate of persons (sex, fate)",
        )
    return (kind,), lambda _: _plain_label


def _labels(
    view: View, rule: Rule, cluster: Callable[[str], str], member: Mapping[str, int]
) -> dict[str, set[str]]:
    """What standing claims tell of each person's stratum: one label, or several that differ."""
    predicates, reader = rule
    read = reader(view)
    found: dict[str, set[str]] = {}
    for predicate in predicates:
        here: dict[str, set[str]] = defaultdict(set)
        for shown in view.stream(predicate=predicate):
            person = cluster(shown.claim.subject)
            if shown.withdrawn or person not in member or person in found:
                continue
            label = read(shown.claim.value)
            if label:
                here[person].add(label)
        found |= here
    return found


def _plain_label(value: Value) -> str:
    match value:
        case Term(term=term):
            return term
        case Ref(id=entity):
            return entity
        case Quantity(low=low, high=high) if low is not None and low == high:
            return low
        case Text(text=text):
            return " ".join(text.split())
        case _:
            return ""


def _span_of(kind: str) -> Callable[[Value], str]:
    """The year or month that holds the whole interval of a date; none where it may be another."""
    parts = 1 if kind.endswith("year") else 2
    solar = kind.startswith("solar")

    def read(value: Value) -> str:
        if not isinstance(value, When) or value.earliest is None or value.latest is None:
            return ""
        ends = {
            _calendar_day(date.fromisoformat(end), solar=solar)[:parts]
            for end in (value.earliest, value.latest)
        }
        if len(ends) > 1:
            return ""
        return "-".join(f"{number:02d}" for number in ends.pop())

    return read


def _calendar_day(day: date, *, solar: bool) -> tuple[int, ...]:
    return solar_of(day) if solar else (day.year, day.month, day.day)


def _provinces(view: View) -> Callable[[Value], str]:
    """The province of a place or site of the record; free words are a label as they stand."""
    above: dict[str, set[str]] = defaultdict(set)
    for predicate in ("part_of", "admin_unit", "at_place"):
        for shown in view.stream(predicate=predicate):
            if not shown.withdrawn and isinstance(shown.claim.value, Ref):
                above[shown.claim.subject].add(shown.claim.value.id)
    provinces = {
        shown.claim.subject
        for shown in view.stream(predicate="place_kind")
        if not shown.withdrawn
        and isinstance(shown.claim.value, Term)
        and shown.claim.value.term == "province"
    }

    def read(value: Value) -> str:
        if isinstance(value, Text):
            return " ".join(words(value).split())
        if not isinstance(value, Ref):
            return ""
        ahead, met = {value.id}, set()
        for _ in range(_HIGHEST):
            met |= ahead & provinces
            ahead = {unit for one in ahead - provinces for unit in above[one]}
        return met.pop() if len(met) == 1 else ""

    return read
