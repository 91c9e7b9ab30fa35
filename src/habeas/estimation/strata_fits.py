"""Each stratum of a table fitted by itself: all together where the method allows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from habeas.errors import InputError
from habeas.estimation.assumptions import ASSUMPTIONS, Words
from habeas.estimation.batch import average_tables
from habeas.estimation.decomposable import GraphAverage
from habeas.estimation.fitting import METHODS, check_options
from habeas.estimation.grid import Floats
from habeas.estimation.overlap import Overlap
from habeas.estimation.posterior import GridPosterior
from habeas.estimation.refusal import (
    Refusal,
    above,
    overridden,
    refuse,
    refused,
    table_refusals,
)
from habeas.estimation.result import Answer
from habeas.estimation.saying import Saying, say, why

MOST_LISTS = 5
"""Lists up to which strata are averaged over graphs together."""


@dataclass(frozen=True, eq=False)
class Fit:
    """One stratum.

    Attributes:
        observed: persons.
        posterior: of the population where it is known on a grid.
        answer: what the method gave, where it is not.
        refusals: what speaks against fitting or publishing it by itself.
        why: why it has no estimate; none where it has one.
    """

    observed: int
    posterior: GridPosterior | None = None
    answer: Answer | None = None
    refusals: tuple[Refusal, ...] = ()
    why: Saying | None = None

    @property
    def assumption(self) -> Words | None:
        """What the method assumes; none where there is no estimate."""
        if self.posterior is not None:
            return ASSUMPTIONS["decomposable"]
        return None if self.answer is None else self.answer.assumption

    def quantiles(self, level: float) -> tuple[float, float, float] | None:
        """Median (or estimate) and ends of the interval."""
        if self.posterior is not None:
            return self.posterior.quantile(0.5), *self.posterior.interval(level)
        if self.answer is None:
            return None
        said = self.answer.summary
        return said.point, said.low, said.high

    def draws(self, count: int, seed: int) -> Floats:
        """Sizes of its population; the persons observed where there is no estimate."""
        if self.posterior is not None:
            return self.posterior.draws(count, seed)
        if self.answer is not None:
            known = self.answer.traces["population"].ravel()
            return np.random.default_rng(seed).choice(known, size=count)
        return np.full(count, float(self.observed))


def fit_each(
    table: Overlap,
    method: str,
    run: tuple[float, int],
    options: Mapping[str, Any],
    *,
    every: bool,
    passed: Mapping[str, str],
) -> tuple[Fit, ...]:
    """Fit every stratum of a table.

    Args:
        table: with strata, each with its labels.
        method: which.
        run: the level of the intervals and the seed.
        options: of the method.
        every: also strata that cannot carry an estimate by themselves.
        passed: overrides, with their reasons.
    """
    tables = [table.stratum(labels) for labels in table.strata]
    refusals = [overridden(table_refusals(one), passed) if one.observed else () for one in tables]
    wanted = [
        at
        for at, one in enumerate(tables)
        if one.observed and (every or not any(refusal.stands for refusal in refusals[at]))
    ]
    found = [
        Fit(one.observed, refusals=against, why=_why(one, against))
        for one, against in zip(tables, refusals, strict=True)
    ]
    check_options(method, options)
    together = method == "decomposable" and not set(options) - {"delta"}
    if together and table.k <= MOST_LISTS and not table.unrecorded:
        _averaged(found, tables, wanted, options.get("delta"))
    else:
        for at in wanted:
            found[at] = _asked(tables[at], method, run, options, refusals[at])
    return tuple(replace(one, refusals=overridden(one.refusals, passed)) for one in found)


def _why(table: Overlap, refusals: Sequence[Refusal]) -> Saying | None:
    if not table.observed:
        return say("why.nobody")
    return refused(refusals) if refusals else None


def _averaged(
    found: list[Fit],
    tables: Sequence[Overlap],
    wanted: Sequence[int],
    delta: float | None,
) -> None:
    """Put in the averages over graphs."""
    if not wanted:
        return
    k = tables[0].k
    dense = np.concatenate([tables[at].dense() for at in wanted])
    every = average_tables(dense, k, delta=delta)
    for at, averaged in zip(wanted, every, strict=True):
        weight, grid = averaged.complete_weight, averaged.posterior.grid
        tail = grid.tail + grid.error
        refusals = (
            *found[at].refusals,
            *above("complete_graph", weight, weight=weight),
            *above("grid_tail", tail, share=tail),
        )
        found[at] = Fit(found[at].observed, averaged.posterior, refusals=refusals)


def _asked(
    table: Overlap,
    method: str,
    run: tuple[float, int],
    options: Mapping[str, Any],
    refusals: tuple[Refusal, ...],
) -> Fit:
    try:
        answer = METHODS[method](table, *run, **options)
    except InputError as error:
        said = why(error, whole=False)
        # Its persons stay in the total as if nobody were missing: the total is not publishable.
        none = refuse("no_estimate", table.observed, why=said, observed=table.observed)
        return Fit(table.observed, refusals=(*refusals, none), why=said)
    against = (*refusals, *answer.refusals)
    if isinstance(answer.detail, GraphAverage):
        return Fit(table.observed, answer.detail.posterior, answer, against)
    return Fit(table.observed, answer=answer, refusals=against)
