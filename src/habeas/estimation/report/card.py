"""What a report card holds: the methods side by side, and every check that stands beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from habeas import __version__
from habeas.errors import InputError
from habeas.estimation.consistency import (
    Estimator,
    Figures,
    OddsRatio,
    Prediction,
    Step,
    internal_consistency,
    odds_ratios,
    trajectory,
)
from habeas.estimation.fitting import METHODS, Outcome, fit_all
from habeas.estimation.highest_order import Moved, move
from habeas.estimation.loglinear import profile_interval, select_model
from habeas.estimation.overlap import Overlap
from habeas.estimation.refusal import (
    Refusal,
    RefusedError,
    overridden,
    refused,
    table_refusals,
    without_end,
)
from habeas.estimation.saying import Saying, why
from habeas.estimation.strata import StratifiedEstimation, fit_strata
from habeas.estimation.strata_fits import MOST_LISTS
from habeas.estimation.variants import Variant, leave_one_out, merge_pairs

CHECKING: Final = ("decomposable", "loglinear")
"""Methods by which the checks are made: quick enough to be asked many times."""

MOST_CHECKED: Final = 6
"""Lists up to which the checks are made: averaging over all graphs is quick up to here."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a report card was asked for.

    Attributes:
        methods: in the order in which they are shown.
        level: of the intervals.
        seed: of the random numbers.
        override: refusals that are passed over, each with the reason in words.
        options: of each method.
        origin: where the counts are from, in words; none when left out.
        clearance: at which they were read from a registry; none for a table.
    """

    methods: tuple[str, ...] = tuple(METHODS)
    level: float = 0.95
    seed: int = 1
    override: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    origin: str = ""
    clearance: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Checks:
    """What the lists say of one another under a method; empty where it cannot be asked.

    Attributes:
        method: by which the sizes are predicted.
        level: of the intervals.
        predictions: the known size of each list, from the others.
        trajectory: the estimate as lists are added.
        left_out: the estimate with each list left out, in the order of the lists.
        merged: the estimate with each two lists made one.
        odds: how pairs of lists depend within other lists.
        moved: the estimate of the method under other interactions of all lists together.
        moved_against: why that may not be published; none where nothing stands against it.
        refused: why there are none, in words.
    """

    method: str
    level: float
    predictions: tuple[Prediction, ...] = ()
    trajectory: tuple[Step, ...] = ()
    left_out: tuple[Step, ...] = ()
    merged: tuple[Step, ...] = ()
    odds: tuple[OddsRatio, ...] = ()
    moved: tuple[Moved, ...] = ()
    moved_against: Saying | None = None
    refused: str = ""


@dataclass(frozen=True, eq=False, kw_only=True)
class Strata:
    """The strata, each by itself and as a sum.

    Attributes:
        method: by which.
        separate: fitted apart; none where that was refused.
        pooled: learning from one another; none where that is not offered.
        refused: why there is none.
    """

    method: str
    separate: StratifiedEstimation | None = None
    pooled: StratifiedEstimation | None = None
    refused: Saying | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Card:
    """A report card.

    Attributes:
        overlap: the table, with its strata.
        asked: what was asked.
        outcomes: the methods on the table without its strata.
        checks: beside them.
        strata: apart and pooled; none where the table has no strata.
        version: of Habeas.
    """

    overlap: Overlap
    asked: Asked
    outcomes: tuple[Outcome, ...]
    checks: Checks
    strata: Strata | None
    version: str = __version__


def make_card(overlap: Overlap, asked: Asked | None = None, *, checked: bool = True) -> Card:
    """Fit the methods and ask every check.

    Args:
        overlap: the table; strata are pooled for the methods, and shown each by itself.
        asked: what is asked; all methods when left out.
        checked: whether the lists are asked about one another too.

    Returns:
        The card, also where every method refuses: then it says why.

    Raises:
        InputError: no table at all (nobody, one list), no such method, an override without reason.
    """
    wanted = asked or Asked()
    pooled = overlap.pooled() if len(overlap.strata) > 1 else overlap.stratum(overlap.strata[0])
    outcomes = fit_all(
        pooled,
        names=wanted.methods,
        level=wanted.level,
        seed=wanted.seed,
        override=wanted.override,
        options=wanted.options,
    )
    return Card(
        overlap=overlap,
        asked=wanted,
        outcomes=outcomes,
        checks=_checks(pooled, wanted)
        if checked
        else Checks(method=CHECKING[0], level=wanted.level, refused="not_asked"),
        strata=_strata(overlap, wanted) if overlap.stratified_by else None,
    )


def _checks(pooled: Overlap, asked: Asked) -> Checks:
    """What can be asked of this table; no estimate is traced where the table is refused."""
    method = "loglinear" if pooled.unrecorded else CHECKING[0]
    empty = Checks(method=method, level=asked.level)
    if pooled.k < 3:
        return replace(empty, refused="few_lists")
    known = replace(empty, odds=() if pooled.unrecorded else odds_ratios(pooled, level=asked.level))
    if pooled.k > MOST_CHECKED:
        return replace(known, refused="lists")
    sizes = internal_consistency(pooled, _estimator(method, asked, known=True))
    known = replace(known, predictions=sizes)
    if any(one.stands for one in overridden(table_refusals(pooled), asked.override)):
        return replace(known, refused="table")
    given: dict[str, Any] = {
        "level": asked.level, "seed": asked.seed, "override": asked.override
    }  # fmt: skip
    estimator = _estimator(method, asked)
    moved, against = _moved(pooled, estimator)
    return replace(
        known,
        trajectory=trajectory(pooled, estimator),
        left_out=tuple(_step(one) for one in leave_one_out(pooled, method, **given)),
        merged=tuple(_step(one) for one in merge_pairs(pooled, method, **given)),
        moved=moved,
        moved_against=against,
    )


def _step(variant: Variant) -> Step:
    """A table that was changed, as a step of an estimate, with what stands against it."""
    result = variant.outcome.result
    if result is None:
        return Step(variant.lists, variant.observed, refused=variant.outcome.why)
    said = result.summary()
    against = _standing(result.refusals)
    ends = said.point, said.low, said.high
    return Step(variant.lists, variant.observed, *ends, against=against)


def _standing(refusals: Sequence[Refusal]) -> Saying | None:
    """What is refused and not overridden; none where nothing is."""
    standing = [one for one in refusals if one.stands]
    return refused(standing) if standing else None


def _estimator(method: str, asked: Asked, *, known: bool = False) -> Estimator:
    """A method as the checks take it: estimate, ends, and what stands against publishing them.

    Args:
        method: one of `CHECKING`.
        asked: with the level and the overrides.
        known: whether the size is known that is asked: then a table that would be refused is
            asked all the same, for nothing is published of it, and what stands against is told.
    """

    def said(table: Overlap) -> Figures:
        before = overridden(table_refusals(table), asked.override)
        if not known and any(one.stands for one in before):
            raise RefusedError(tuple(one for one in before if one.stands))
        ends, after = _asked(method, table, asked)
        return Figures(*ends, _standing((*before, *overridden(after, asked.override))))

    return said


def _asked(
    method: str, table: Overlap, asked: Asked
) -> tuple[tuple[float, float, float], tuple[Refusal, ...]]:
    """Estimate and ends, and what the method itself says against them.

    Models are asked for their profile interval: a bootstrap for every check would take minutes.
    """
    if method == "decomposable":
        answer = METHODS[method](table, asked.level, asked.seed)
        said = answer.summary
        return (said.point, said.low, said.high), answer.refusals
    best = select_model(table).best
    _, low, high = profile_interval(table, best.model, asked.level)
    against = without_end({"profile likelihood": (low, high)})
    return (table.observed + best.missing, low, high), against


def _moved(pooled: Overlap, estimator: Estimator) -> tuple[tuple[Moved, ...], Saying | None]:
    """The estimate under other interactions, and what stands against it.

    Nothing where cells could not be recorded: those who stand there do not move with the others.
    """
    if pooled.unrecorded:
        return (), None
    try:
        estimate, low, high, against = Figures(*estimator(pooled))
    except InputError:
        return (), None
    return move(pooled.observed, (estimate, low, high), pooled.k), against


def _strata(overlap: Overlap, asked: Asked) -> Strata:
    """The strata by the method of the checks; pooled too where that is offered."""
    method = "loglinear" if overlap.unrecorded else CHECKING[0]
    given: dict[str, Any] = {"level": asked.level, "seed": asked.seed, "override": asked.override}
    try:
        separate = fit_strata(overlap, method, **given)
    except InputError as error:
        return Strata(method=method, refused=why(error, whole=False))
    pooled = None
    if method == "decomposable" and overlap.k <= MOST_LISTS:
        pooled = fit_strata(overlap, method, pooling="partial", **given)
    return Strata(method=method, separate=separate, pooled=pooled)


def inner_level(level: float) -> float:
    """The level of the narrower interval that stands inside."""
    return 0.9 if level > 0.9 else level / 2
