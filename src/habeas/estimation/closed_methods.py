"""The methods with a closed form behind `fit`: floors, sample coverage, and doubly robust pairs.

They answer as those in `methods` do. Where a method has an estimate and a standard error only, its
draws are those of the distribution that its interval is taken from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import norm

from habeas.errors import InputError
from habeas.estimation import floors
from habeas.estimation.assumptions import ASSUMPTIONS, of_a_pair
from habeas.estimation.checks import DRAWS, require_draws
from habeas.estimation.doubly_robust import DoublyRobust, PairResult
from habeas.estimation.doubly_robust import doubly_robust as estimate_pairs
from habeas.estimation.floors import Estimate
from habeas.estimation.grid import Floats
from habeas.estimation.overlap import Overlap
from habeas.estimation.refusal import Refusal, above, below_listed, uncounted, without_end
from habeas.estimation.result import Answer, Line, Summary, cells_of
from habeas.estimation.sample_coverage import ENOUGH
from habeas.estimation.sample_coverage import sample_coverage as estimate_coverage
from habeas.estimation.saying import Saying, Share, why


def chao(overlap: Overlap, level: float, seed: int, *, draws: int = DRAWS) -> Answer:
    """Floors: Chao's bound; beside it the closed form of 1989 and Chapman's pairs.

    The bound is the log-linear one, or that of 1989 where nobody stands on exactly two lists, where
    lists are too many to write out, or where it has no estimate: which, `bound` tells.
    """
    require_draws(draws)
    refused: Saying | None = None
    try:
        found = floors.chao(overlap, level=level)
    except InputError as error:
        refused = why(error, whole=False)
        found = floors.chao_1989(overlap, level=level)
    beside = [] if overlap.unrecorded else list(floors.chapman(overlap, level=level))
    others = [_line(f"chapman, {one.lists[0]} and {one.lists[1]}", one) for one in beside]
    if found.method == "chao" and not overlap.unrecorded:
        closed = floors.chao_1989(overlap, level=level)
        others = [_line(closed.method, closed), *others]
    return _closed(
        overlap,
        "chao",
        found,
        drawing=(draws, seed),
        diagnostics={"bound": found.method, "other_bound_refused": refused or ""},
        beside=tuple(others),
    )


def sample_coverage(
    overlap: Overlap, level: float, seed: int, *, draws: int = DRAWS, tables: int = 500
) -> Answer:
    """Sample coverage: with the dependence of pairs where coverage allows it, else in one step."""
    require_draws(draws)
    found = estimate_coverage(overlap, tables=tables, seed=seed, level=level)
    full = found.dependent if found.stable else None
    first = full or found.one_step
    failed = found.failed if full else found.failed_one_step
    every = [one for one in (found.independent, found.dependent, found.one_step) if one]
    diagnostics: dict[str, object] = {
        "coverage": found.coverage,
        "enough": ENOUGH,
        "stable": found.stable,
        "failed_tables": failed / tables,
    }
    words = ASSUMPTIONS["sample_coverage" if full else "sample_coverage_one_step"]
    others = tuple(_line(one.method, one) for one in every if one is not first)
    answer = _closed(
        overlap,
        "sample_coverage",
        first,
        drawing=(draws, seed),
        diagnostics=diagnostics,
        beside=others,
    )
    # The standard error is that of the tables that have an estimate: the more have none, the
    # less it tells.
    against = above("failed_tables", failed / tables, failed=failed, tables=tables)
    return replace(answer, assumption=words, detail=found, refusals=(*answer.refusals, *against))


def doubly_robust(
    records: Any,
    overlap: Overlap,
    level: float,
    seed: int,
    *,
    covariates: tuple[str, ...],
    draws: int = DRAWS,
    **asked: Any,
) -> Answer:
    """Doubly robust estimates from the records behind a table; options as `doubly_robust`.

    The pair that is shown first is the one with most persons on both, chosen before any estimate.
    """
    require_draws(draws)
    found = estimate_pairs(
        records, lists=overlap.lists, covariates=covariates, seed=seed, level=level, **asked
    )
    first = max(found.pairs, key=lambda one: one.cells[2])
    missing = np.random.default_rng(seed).normal(first.estimate, first.standard_error, draws)
    intervals = {"normal": (first.low, first.high)}
    return Answer(
        traces={"population": np.maximum(missing, overlap.observed)[None, :]},
        summary=Summary(
            method="doubly_robust",
            observed=overlap.observed,
            level=level,
            point=first.estimate,
            point_is="estimate",
            interval="normal",
            intervals=intervals,
            beside=tuple(
                Line(" and ".join(one.lists), one.estimate, one.low, one.high)
                for one in found.pairs
                if one is not first
            ),
        ),
        diagnostics={**cells_of(overlap), **_of_pairs(found, first)},
        assumption=of_a_pair(first.lists, found.covariates, len(first.others)),
        refusals=(*without_end(intervals), *_against_pair(first)),
        detail=found,
    )


def _against_pair(pair: PairResult) -> tuple[Refusal, ...]:
    """Refusals of a sum below those listed, and of chances that were raised for too many.

    The estimate itself stops at those listed, so the sum is asked. Who had a chance raised is out
    of reach of a list, nearly or wholly, and the method takes for granted that everybody can be on
    both: one in twenty is as much as the interval, which knows nothing of it, may leave out.
    """
    clipped = pair.clipped / pair.observed
    return (
        *below_listed(pair.observed + float(pair.missing.sum()), pair.observed),
        *above("clipped", clipped, share=Share(clipped), persons=pair.observed),
    )


def _of_pairs(found: DoublyRobust, first: PairResult) -> dict[str, object]:
    return {
        "pair": list(first.lists),
        "persons": list(first.cells),
        "clipped": first.clipped,
        "below_observed": first.below,
        "plug_in": first.plug_in,
        "learner": found.learner,
        "folds": found.folds,
        "pairs_refused": [[*pair, reason] for pair, reason in found.refused],
    }


def _closed(
    overlap: Overlap,
    method: str,
    found: Estimate,
    *,
    drawing: tuple[int, int],
    diagnostics: Mapping[str, object],
    beside: tuple[Line, ...],
) -> Answer:
    """An estimate with a standard error; draws from the log-normal of its interval."""
    intervals = {"log-normal": (found.low, found.high)}
    return Answer(
        traces={"population": _log_normal(overlap.observed, found, *drawing)[None, :]},
        summary=Summary(
            method=method,
            observed=overlap.observed,
            level=found.level,
            point=found.estimate,
            point_is="estimate",
            interval="log-normal",
            intervals=intervals,
            floor=found.floor,
            beside=beside,
        ),
        diagnostics={
            **cells_of(overlap),
            "standard_error": found.standard_error,
            **diagnostics,
        },
        assumption=ASSUMPTIONS[method],
        refusals=(
            *without_end(intervals),
            *below_listed(found.estimate, overlap.observed),
            *uncounted(overlap),
        ),
        detail=found,
    )


def _log_normal(observed: int, found: Estimate, draws: int, seed: int) -> Floats:
    missing = found.estimate - observed
    if missing <= 0:
        return np.full(draws, float(observed))
    spread = np.sqrt(np.log1p((found.standard_error / missing) ** 2))
    shares = np.random.default_rng(seed).uniform(size=draws)
    return np.asarray(observed + missing * np.exp(norm.ppf(shares) * spread))


def _line(name: str, found: Estimate) -> Line:
    return Line(name, found.estimate, found.low, found.high)
