"""The charts of a report card, from what was computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np

from habeas.estimation.consistency import Step
from habeas.estimation.figures.against_prior import AgainstPrior, binned
from habeas.estimation.figures.forest import Forest
from habeas.estimation.figures.known_sizes import KnownSizes
from habeas.estimation.figures.overlaps import Overlaps
from habeas.estimation.figures.picture import Chart
from habeas.estimation.figures.sensitivity import Sensitivity, SensitivityPoint
from habeas.estimation.figures.steps import Steps
from habeas.estimation.figures.strata import StrataForest, StratumRow
from habeas.estimation.figures.traces import Traces
from habeas.estimation.latent_class import JUDGED
from habeas.estimation.mixing import Mixing, mixing_of
from habeas.estimation.prior import Prior
from habeas.estimation.report.card import Card, inner_level
from habeas.estimation.report.telling import against_stratum, labels_of, method_name, row_of
from habeas.estimation.result import Result
from habeas.estimation.strata import Stratum
from habeas.estimation.wording import Words


def charts_of(card: Card) -> tuple[Chart, ...]:
    """Every chart that the card has something for, in the order of the page."""
    return (
        forest_of(card),
        Overlaps.of(card.overlap),
        *_checks(card),
        *_strata(card),
        *_posteriors(card),
    )


def forest_of(card: Card) -> Forest:
    """The methods side by side."""
    return Forest(
        observed=card.overlap.observed,
        level=card.asked.level,
        inner_level=inner_level(card.asked.level),
        rows=tuple(row_of(outcome) for outcome in card.outcomes),
    )


def _checks(card: Card) -> list[Chart]:
    checks = card.checks
    method = method_name(checks.method)
    charts: list[Chart] = []
    if checks.predictions:
        charts.append(KnownSizes(method=method, level=checks.level, predictions=checks.predictions))
    if checks.trajectory:
        charts.append(
            Steps(
                name="trajectory",
                method=method,
                level=checks.level,
                steps=checks.trajectory,
                labels=tuple(_added(at, step) for at, step in enumerate(checks.trajectory)),
            )
        )
    if checks.left_out:
        charts.append(
            Steps(
                name="leave_one_out",
                method=method,
                level=checks.level,
                steps=checks.left_out,
                labels=tuple(_left(name) for name in card.overlap.lists),
            )
        )
    if checks.merged:
        charts.append(
            Steps(
                name="merged",
                method=method,
                level=checks.level,
                steps=checks.merged,
                labels=tuple(_merged(step, card) for step in checks.merged),
            )
        )
    if checks.moved:
        charts.append(_sensitivity(card))
    return charts


def _sensitivity(card: Card) -> Sensitivity:
    points = tuple(
        SensitivityPoint(factor=one.factor, estimate=one.estimate, low=one.low, high=one.high)
        for one in card.checks.moved
    )
    return Sensitivity(
        method=method_name(card.checks.method),
        level=card.checks.level,
        observed=card.overlap.observed,
        points=points,
        against=card.checks.moved_against,
    )


def _added(at: int, step: Step) -> Callable[[Words], str]:
    if not at:
        return lambda words: words.listed(step.lists)
    return lambda words: words("chart.trajectory.added", name=step.lists[-1])


def _left(name: str) -> Callable[[Words], str]:
    return lambda words: words("chart.leave_one_out.without", name=name)


def _strata(card: Card) -> list[Chart]:
    """The strata apart and pooled, where they could be fitted."""
    strata = card.strata
    if strata is None or strata.separate is None:
        return []
    pooled = {one.labels: one for one in strata.pooled.strata} if strata.pooled else {}
    rows = tuple(_stratum(one, pooled.get(one.labels)) for one in strata.separate.strata)
    return [StrataForest(method=method_name(strata.method), level=card.asked.level, rows=rows)]


def _stratum(one: Stratum, pooled: Stratum | None) -> StratumRow:
    return StratumRow(
        label=lambda words: labels_of(one.labels, words),
        observed=one.observed,
        apart=_ends(one),
        pooled=None if pooled is None else _ends(pooled),
        reason=lambda words: against_stratum(one, words),
    )


def _ends(one: Stratum) -> tuple[float, float, float] | None:
    if one.low is None or one.point is None or one.high is None:
        return None
    return one.low, one.point, one.high


def _merged(step: Step, card: Card) -> Callable[[Words], str]:
    """The new list among the old ones."""
    (name,) = [one for one in step.lists if one not in card.overlap.lists]
    return lambda words: words("chart.merged.made", name=name)


def _posteriors(card: Card) -> list[Chart]:
    """Each posterior against its prior, and the chains of a sampler."""
    charts: list[Chart] = []
    for outcome in card.outcomes:
        result = outcome.result
        if result is None or "prior" not in result.settings:
            continue
        charts.append(_against_prior(result))
        draws = result.answer.traces["population"]
        if len(draws) > 1:
            method = method_name(outcome.method)
            charts.append(Traces(method=method, draws=draws, mixing=_worst(result)))
    return charts


def _worst(result: Result) -> Mixing:
    """How well the chains agree in the quantities that are judged: one that fails, if any does."""
    traces = result.answer.traces
    found = [mixing_of(traces[name]) for name in JUDGED if name in traces]
    return next((one for one in found if not one.converged), found[0])


def _against_prior(result: Result) -> AgainstPrior:
    said = result.settings["prior"]
    prior = Prior(**cast("Mapping[str, Any]", said)) if said else Prior()
    edges, after, before = binned(result.draws, result.observed, prior.log_density)
    summary = result.summary()
    return AgainstPrior(
        name=f"prior_of_{result.method}",
        method=method_name(result.method),
        edges=edges,
        posterior=after,
        prior=before,
        observed=result.observed,
        low=summary.low,
        high=summary.high if np.isfinite(summary.high) else edges[-1],
        level=summary.level,
        prior_words=prior_words(prior),
    )


def prior_words(prior: Prior) -> Callable[[Words], str]:
    """A prior of the population, by language."""

    def said(words: Words) -> str:
        kind = words(f"prior.{prior.kind}")
        if prior.largest is None:
            return kind
        return words("prior.up_to", kind=kind, largest=words.count(prior.largest))

    return said
