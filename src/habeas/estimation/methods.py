"""The methods of models behind `fit`, each asked in the same way and answering in the same form.

Each takes one stratum, the level of its intervals, a seed, and its own options, and gives an
`Answer`: draws, figures, diagnostics, what it assumes, and what speaks against publishing it.
"""

from __future__ import annotations

from math import isfinite

import numpy as np
from scipy.special import digamma

from habeas.estimation.assumptions import ASSUMPTIONS, COMPLETE_GRAPH, Words
from habeas.estimation.checks import DRAWS, require_draws
from habeas.estimation.decomposable import GraphAverage, average_graphs
from habeas.estimation.graph_chains import Walks
from habeas.estimation.grid import Floats, Grid
from habeas.estimation.latent_class import (
    JUDGED,
    LatentClassFit,
    LatentClassSettings,
    fit_latent_classes,
)
from habeas.estimation.loglinear import (
    Bootstrap,
    Criterion,
    Selection,
    bootstrap,
    profile_interval,
    select_model,
)
from habeas.estimation.mixing import Mixing
from habeas.estimation.overlap import Overlap
from habeas.estimation.prior import Prior
from habeas.estimation.refusal import Refusal, above, below, refuse, without_end
from habeas.estimation.result import Answer, Ends, Summary, cells_of
from habeas.estimation.saying import NoEstimateError, Saying, Share, say

_EDGE = 0.9
"""From this share of the largest population that is allowed, a posterior presses on it."""

_ASKED = np.linspace(0.01, 0.99, 99)
"""Shares at which a posterior is held against its prior."""


def decomposable(
    overlap: Overlap,
    level: float,
    seed: int,
    *,
    draws: int = DRAWS,
    delta: float | None = None,
    prior: Prior | None = None,
    include_complete: bool = False,
    grid: Grid | None = None,
    first: int = 0,
) -> Answer:
    """Averaging over decomposable graphs; options as `average_graphs`, and how many draws."""
    require_draws(draws)
    found = average_graphs(
        overlap, delta=delta, prior=prior, include_complete=include_complete, grid=grid, first=first
    )
    posterior = found.posterior
    largest = (prior or Prior()).largest
    if grid is not None and largest is None:
        largest = overlap.observed + float(grid.missing[-1])
    drawn = posterior.draws(draws, seed)
    edge = 0.0 if largest is None else posterior.above(_EDGE * largest)
    quantiles = np.array([posterior.quantile(share) for share in _ASKED])
    held = np.array([1 - posterior.above(size) for size in quantiles])
    distance = distance_from_prior(quantiles, held, overlap.observed, prior or Prior())
    tail = posterior.grid.tail + posterior.grid.error
    words = ASSUMPTIONS["decomposable"]
    if include_complete:
        words = Words(*(a + b for a, b in zip(words, COMPLETE_GRAPH, strict=True)))
    return Answer(
        traces={"population": drawn[None, :]},
        summary=_of_posterior(
            "decomposable",
            overlap,
            level,
            (posterior.quantile(0.5), posterior.mean(), posterior.interval(level)),
        ),
        diagnostics={
            **cells_of(overlap),
            **_of_graphs(found),
            "prior": (prior or Prior()).describe(),
            "edge_share": edge,
            "distance_from_prior": distance,
        },
        assumption=words,
        refusals=(
            *_missed(found),
            *above("complete_graph", found.complete_weight, weight=found.complete_weight),
            *above("grid_tail", tail, share=tail),
            *_pressing(edge, largest, distance),
        ),
        detail=found,
    )


def _of_graphs(found: GraphAverage) -> dict[str, object]:
    grid = found.posterior.grid
    return {
        "complete_weight": found.complete_weight,
        "graphs": len(found.graphs),
        "best_graphs": [list(one) for one in found.best],
        "grid_points": len(grid.missing),
        "grid_error": grid.error,
        "grid_tail": grid.tail,
        "has_mean": found.posterior.has_mean,
        "search_held": None if found.search is None else list(found.search.held),
        "search_exhausted": None if found.search is None else found.search.exhausted,
        **_of_walks(None if found.search is None else found.search.walks),
    }


def _of_walks(walks: Walks | None) -> dict[str, object]:
    if walks is None:
        return {}
    return {
        "walk_steps": walks.steps,
        "walk_r_hat": {"population": walks.population.r_hat, "edges": walks.edges.r_hat},
        "walk_bulk": {"population": walks.population.bulk, "edges": walks.edges.bulk},
    }


def _missed(found: GraphAverage) -> tuple[Refusal, ...]:
    """A refusal where graphs were searched and too much may not have been found."""
    if found.search is None:
        return ()
    least, walks = min(found.search.held), found.search.walks
    if walks is None:
        return below("search", least, held=least, walks=say("found.no_walks"))
    if walks.converged:
        return ()
    worst = max(walks.population, walks.edges, key=lambda one: one.r_hat)
    apart = say("found.walks", chains=_chains(worst))
    return (refuse("search", least, held=least, walks=apart),)


def loglinear(
    overlap: Overlap,
    level: float,
    seed: int,
    *,
    criterion: Criterion = "bic",
    order: int | None = None,
    tables: int = 500,
) -> Answer:
    """Log-linear models; options as `select_model`, and how many tables are drawn anew."""
    return _log_linear("loglinear", overlap, level, seed, (criterion, order, tables))


def independence(overlap: Overlap, level: float, seed: int, *, tables: int = 500) -> Answer:
    """The log-linear model without any interaction: what the field began with, for comparison."""
    return _log_linear("independence", overlap, level, seed, ("bic", 1, tables))


def _log_linear(
    method: str,
    overlap: Overlap,
    level: float,
    seed: int,
    asked: tuple[Criterion, int | None, int],
) -> Answer:
    criterion, order, tables = asked
    if tables < 2:
        raise NoEstimateError("tables", tables=tables)
    selection = select_model(overlap, criterion=criterion, order=order)
    best = selection.best
    _, low, high = profile_interval(overlap, best.model, level)
    drawn = bootstrap(selection, tables=tables, seed=seed)
    if not len(drawn.populations):
        raise NoEstimateError("no_drawn")
    name = "bootstrap" if method == "independence" else "bootstrap with re-selection"
    intervals = {name: drawn.interval(level), "profile likelihood": (low, high)}
    failed = drawn.failed / tables
    return Answer(
        traces={"population": drawn.populations[None, :]},
        summary=Summary(
            method=method,
            observed=overlap.observed,
            level=level,
            point=overlap.observed + best.missing,
            point_is="estimate",
            interval=name,
            intervals=intervals,
        ),
        diagnostics={**cells_of(overlap), **_of_models(selection, drawn), "failed_tables": failed},
        assumption=ASSUMPTIONS[method],
        refusals=(
            *above("failed_tables", failed, failed=drawn.failed, tables=tables),
            *without_end(intervals),
        ),
        detail=(selection, drawn),
    )


def _of_models(selection: Selection, drawn: Bootstrap) -> dict[str, object]:
    lists = selection.overlap.lists
    heaviest = zip(selection.fitted[:10], selection.weights[:10], strict=True)
    return {
        "model": selection.best.model.describe(lists),
        "criterion": selection.criterion,
        "models": len(selection.fitted) + len(selection.unsound),
        "without_estimate": len(selection.unsound),
        "best_models": [
            [one.model.describe(lists), float(weight), selection.overlap.observed + one.missing]
            for one, weight in heaviest
        ],
        "averaged": selection.averaged,
        "standard_error": selection.best.standard_error,
        "chosen": [[model.describe(lists), count] for model, count in drawn.chosen[:10]],
    }


def latent_class(
    overlap: Overlap,
    level: float,
    seed: int,
    *,
    classes: int = LatentClassSettings.classes,
    shape: float = LatentClassSettings.shape,
    rate: float = LatentClassSettings.rate,
    prior: Prior | None = None,
    chains: int = LatentClassSettings.chains,
    draws: int = LatentClassSettings.draws,
    burn_in: int = LatentClassSettings.burn_in,
    steps: int = LatentClassSettings.steps,
) -> Answer:
    """Latent classes; options as `LatentClassSettings`."""
    settings = LatentClassSettings(
        classes=classes,
        shape=shape,
        rate=rate,
        prior=prior or Prior(),
        chains=chains,
        draws=draws,
        burn_in=burn_in,
        steps=steps,
    )
    found = fit_latent_classes(overlap, settings=settings, seed=seed)
    largest = settings.prior.largest
    edge = 0.0 if largest is None else float((found.population > _EDGE * largest).mean())
    quantiles = np.quantile(found.population, _ASKED, method="inverted_cdf")
    ordered = np.sort(found.population.ravel())
    held = np.searchsorted(ordered, quantiles, side="right") / len(ordered)
    distance = distance_from_prior(quantiles, held, overlap.observed, settings.prior)
    return Answer(
        traces=found.traces,
        summary=_of_posterior(
            "latent_class",
            overlap,
            level,
            (
                found.quantile(0.5),
                found.mean() if found.has_moments else None,
                found.interval(level),
            ),
        ),
        diagnostics={
            **cells_of(overlap),
            **_of_chains(found),
            "prior": settings.prior.describe(),
            "edge_share": edge,
            "distance_from_prior": distance,
        },
        assumption=ASSUMPTIONS["latent_class"],
        refusals=(*_apart(found), *_pressing(edge, largest, distance)),
        detail=found,
    )


def _of_chains(found: LatentClassFit) -> dict[str, object]:
    return {
        "converged": found.converged,
        "chains": found.settings.chains,
        "r_hat": {name: one.r_hat for name, one in found.mixing.items()},
        "bulk": {name: one.bulk for name, one in found.mixing.items()},
        "tail": {name: one.tail for name, one in found.mixing.items()},
        "accepted": found.accepted.tolist(),
    }


def _apart(found: LatentClassFit) -> tuple[Refusal, ...]:
    """A refusal for chains that do not agree on what they are judged by."""
    wrong = {name: found.mixing[name] for name in JUDGED if not found.mixing[name].converged}
    if not wrong:
        return ()
    said = tuple(
        say("found.quantity", name=say(f"quantity.{name}"), chains=_chains(one))
        for name, one in wrong.items()
    )
    return (refuse("not_converged", max(one.r_hat for one in wrong.values()), chains=said),)


def _chains(one: Mixing) -> Saying:
    """How well chains agree, in figures."""
    return say(
        "found.chains",
        chains=one.chains,
        draws=one.draws,
        r_hat=one.r_hat,
        bulk=round(one.bulk) if isfinite(one.bulk) else one.bulk,
        tail=round(one.tail) if isfinite(one.tail) else one.tail,
    )


def distance_from_prior(
    quantiles: Floats, held: Floats, observed: int, prior: Prior
) -> float | None:
    """How far a posterior is from its prior: the largest difference of the shares below a size.

    Args:
        quantiles: sizes of the population.
        held: the share of the posterior at or below each of them.
        observed: the prior is taken from here on: fewer there cannot be.
        prior: none without an end can be compared.

    Returns:
        0 to 1; none where the prior has no end.
    """
    if prior.largest is None:
        return None
    if prior.kind == "uniform":
        prior_held = (quantiles - observed + 1) / (prior.largest - observed + 1)
    else:
        start = digamma(observed)
        prior_held = (digamma(quantiles + 1) - start) / (digamma(prior.largest + 1) - start)
    return float(np.abs(prior_held - held).max())


def _pressing(edge: float, largest: float | None, distance: float | None) -> tuple[Refusal, ...]:
    """Refusals of a posterior that its prior has made."""
    found: tuple[Refusal, ...] = ()
    if largest is not None:
        found = above("edge", edge, share=edge, part=Share(_EDGE), largest=round(largest))
    if distance is not None:
        found = (*found, *below("like_prior", distance, distance=distance))
    return found


def _of_posterior(
    method: str, overlap: Overlap, level: float, said: tuple[float, float | None, Ends]
) -> Summary:
    median, mean, ends = said
    return Summary(
        method=method,
        observed=overlap.observed,
        level=level,
        point=median,
        point_is="median",
        interval="posterior",
        intervals={"posterior": ends},
        mean=mean,
    )
