"""Everything that may be seen of one entity, grouped by what is said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from habeas.claims.agreement import Agreement, worst
from habeas.claims.vocabulary import vocabulary
from habeas.cli.options import Language
from habeas.cli.readings import predicate_label
from habeas.cli.statement import Statement, Teller
from habeas.errors import NotFoundError
from habeas.registry.view import Shown, View

FEW = 20
"""How many of the claims elsewhere that name an entity are shown unless all are asked for."""

DEGREES = ("same", "compatible", "differ", "exclusive")
"""The names of `claims.agreement.Agreement` in the JSON output."""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of an entity under one predicate."""

    predicate: str
    label: str
    independent: int
    """How many independent sources say something here; withdrawn claims do not count."""
    agreement: str
    """same, compatible, differ or exclusive; empty when several values can be true at once."""
    statements: tuple[Statement, ...]


class Mentions(msgspec.Struct, frozen=True, kw_only=True):
    """Claims elsewhere that name the entity or were said in it."""

    statements: tuple[Statement, ...]
    more: bool
    """Whether there are others, which `--all` shows."""


class EntityShown(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of an entity at one clearance. The keys of the JSON output."""

    entity: str
    label: str
    names: tuple[str, ...]
    clearance: str
    claims: int
    linked: tuple[str, ...]
    """The other entities that standing `same_as` claims make one with this one."""
    groups: tuple[Group, ...]
    named_in: Mentions
    said_here: Mentions


def everything(view: View, entity: str, lang: Language, *, complete: bool = False) -> EntityShown:
    """Gather what may be seen of an entity.

    Args:
        view: at a clearance.
        entity: its id.
        lang: of labels.
        complete: all claims elsewhere, however many.

    Raises:
        NotFoundError: nothing may be seen of it; whether it exists is not told.
    """
    teller = Teller(view, lang)
    own = view.claims(subject=entity)
    limit = None if complete else FEW
    named_in = _mentions(teller, view.stream(ref=entity), limit)
    said_here = _mentions(teller, _said_in(view, entity), limit)
    if not own and not named_in.statements and not said_here.statements:
        raise NotFoundError(f"there is no {entity}", mend="Look with `habeas find TEXT`")
    label = teller.label(entity)
    return EntityShown(
        entity=entity,
        label=label,
        names=tuple(dict.fromkeys(_names(teller, own))),
        clearance=view.clearance,
        claims=len(own),
        linked=tuple(other for other in view.linked(entity) if other != entity),
        groups=tuple(_groups(teller, own)),
        named_in=named_in,
        said_here=said_here,
    )


def _names(teller: Teller, own: Sequence[Shown]) -> Iterator[str]:
    for shown in own:
        if shown.claim.predicate in ("label", "name", "other_name") and not shown.withdrawn:
            yield teller.tell(shown, deep=False).words


def _groups(teller: Teller, own: Sequence[Shown]) -> Iterator[Group]:
    by_predicate: dict[str, list[Shown]] = {}
    for shown in own:
        by_predicate.setdefault(shown.claim.predicate, []).append(shown)
    dated = _dated(teller.view, own[0].claim.subject) if own else {}
    for predicate, group in by_predicate.items():
        counted = [s for s in group if not s.withdrawn and not s.claim.rests_on]
        yield Group(
            predicate=predicate,
            label=predicate_label(predicate, teller.lang),
            independent=len(teller.view.independent(counted)) if len(counted) > 1 else len(counted),
            agreement=dated.get(predicate) or _agreement(predicate, counted),
            statements=tuple(teller.tell(shown) for shown in group),
        )


def _dated(view: View, entity: str) -> dict[str, str]:
    """How far a measured date and those that sources give agree, under both their predicates."""
    terms = vocabulary()
    found: dict[str, str] = {}
    for one in view.contradictions(entity):
        if one.predicate in terms.dating:
            degree = DEGREES[one.agreement]
            found |= {one.predicate: degree, terms.predicate(one.predicate).dates: degree}
    return found


def _agreement(predicate: str, counted: Sequence[Shown]) -> str:
    if predicate not in vocabulary().single or len(counted) < 2:
        return ""
    verdict: Agreement = worst([shown.claim for shown in counted])
    return DEGREES[verdict]


def _said_in(view: View, entity: str) -> Iterator[Shown]:
    if not entity.startswith(("source:", "run:")):
        return iter(())
    return (shown for shown in view.stream(source=entity) if shown.claim.subject != entity)


def _mentions(teller: Teller, found: Iterator[Shown], limit: int | None) -> Mentions:
    shown = list(islice(found, None if limit is None else limit + 1))
    cut = shown if limit is None else shown[:limit]
    return Mentions(
        statements=tuple(teller.tell(one, deep=False) for one in cut),
        more=len(shown) > len(cut),
    )
