"""Strata: each by itself, all together as a sum, and, if asked, each learning from the others.

Strata differ in how visible their persons are; parting them takes that difference out. But small
strata say little: fitted apart their intervals are wide, or there are none. Partial pooling stands
beside separate fits, never in their place. Persons whose stratum is not known are dealt out to
strata, never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from habeas import __version__
from habeas.errors import InputError
from habeas.estimation.assumptions import OF_LABELS, OF_POOLING, OF_STRATA, Words
from habeas.estimation.checks import DRAWS, require_draws, require_level
from habeas.estimation.fitting import METHODS, fit
from habeas.estimation.graphs import MOST_ENUMERATED, decomposable_graphs
from habeas.estimation.grid import Floats
from habeas.estimation.overlap import Overlap
from habeas.estimation.pooling import Pooled, pool
from habeas.estimation.pooling_odds import Alone
from habeas.estimation.refusal import (
    Refusal,
    RefusedError,
    checked_overrides,
    overridden,
    table_refusals,
    united,
)
from habeas.estimation.result import Answer, Ends, Line, Result, Summary, cells_of
from habeas.estimation.saying import NoEstimateError, Saying
from habeas.estimation.strata_fits import Fit, fit_each
from habeas.estimation.strata_labels import dealt, unlabelled

Pooling = Literal["separate", "partial"]

NOT_MENDED: Final = ("complete_graph", "grid_tail")
"""What pooling does not mend in a stratum that is refused for it by itself.

That a stratum is small, that its lists share nobody, or one is inside another by chance, is mended:
it learns from the others. That the data want the complete graph is not: pooling averages over the
other graphs, stratum by stratum, and so takes for granted what the data speak against.
"""

LEAST_EVIDENCE: Final = 3.0
"""The factor by which data must raise the odds of the complete graph to speak for it: less is "not
worth more than a bare mention" (Kass and Raftery 1995)."""

MOST_NOT_MENDED: Final = 0.5
"""Beyond this share of the persons in such strata, the total rests on them: it is refused."""


@dataclass(frozen=True, kw_only=True)
class Stratum:
    """One stratum.

    Attributes:
        labels: what it is.
        observed: persons with its labels.
        dealt: persons without a stratum who fall to it, on average.
        point: median of the population; none where there is no estimate.
        low: the lower end of the interval.
        high: the upper end.
        alone: the same without pooling; none unless strata were pooled.
        refusals: what speaks against fitting or publishing it by itself.
        why: why it has no estimate; none where it has one. `reason` is the same in English.
    """

    labels: tuple[str, ...]
    observed: int
    dealt: float = 0.0
    point: float | None = None
    low: float | None = None
    high: float | None = None
    alone: Line | None = None
    refusals: tuple[Refusal, ...] = ()
    why: Saying | None = None

    @property
    def reason(self) -> str:
        """Why it has no estimate, in English; empty where it has one."""
        return "" if self.why is None else str(self.why)


@dataclass(frozen=True, kw_only=True, eq=False)
class StratifiedEstimation(Result):
    """The total over strata, and each stratum.

    Attributes:
        overlap: the table, with its strata.
        pooling: how strata were fitted.
        strata: one each, in the order of the table, those without labels apart.
    """

    overlap: Overlap
    pooling: Pooling
    strata: tuple[Stratum, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the table."""
        return self.overlap.digest


def fit_strata(
    overlap: Overlap,
    method: str = "decomposable",
    *,
    pooling: Pooling = "separate",
    level: float = 0.95,
    seed: int = 1,
    override: Mapping[str, str] | None = None,
    draws: int = DRAWS,
    dealings: int = 20,
    **options: Any,
) -> StratifiedEstimation:
    """Fit every stratum, and add them up.

    The total is the sum of draws: of independent ones if strata are separate, of draws that share
    what is common if they are pooled. A stratum without persons adds nothing, and nothing is known
    of it. A stratum that cannot carry an estimate (one person, lists that do not overlap) adds the
    persons observed only, and the total is then not publishable; pooled, it learns from the others.
    What pooling does not mend is refused of the pooled total too: see `_not_mended`.

    Args:
        overlap: with strata. Persons under the label `""` are dealt to the strata.
        method: as `fit` has it, `doubly_robust` apart. Pooling takes `decomposable`.
        pooling: `separate`, or `partial` (see `pooling`), beside which the separate total stands.
        level: of the intervals.
        seed: of the random numbers.
        override: refusals to pass over, each with the reason in words.
        draws: of the total.
        dealings: how often the persons without a stratum are dealt out.
        options: of the method; for pooled strata `delta` only.

    Raises:
        RefusedError: the table without strata cannot carry an estimate.
        InputError: no strata, a method that is none, what the method refuses of every stratum.
    """
    passed = checked_overrides(override)
    _check(overlap, method, pooling, level, options)
    require_draws(draws)
    if dealings < 2:
        raise InputError(f"{dealings} dealings", mend="Give 2 or more; 20 is usual")
    before = overridden(table_refusals(overlap.pooled()), passed)
    if any(one.stands for one in before):
        raise RefusedError(tuple(one for one in before if one.stands))
    tables = dealt(overlap, times=dealings, seed=seed)
    each = -(-draws // len(tables))
    task = _Task(method, pooling, level, options, passed)
    found = [task.run(table, each, seed + at) for at, table in enumerate(tables)]
    return task.result(overlap, tables, found, before, seed)


def _check(
    overlap: Overlap, method: str, pooling: str, level: float, options: Mapping[str, Any]
) -> None:
    require_level(level)
    if not isinstance(overlap, Overlap) or not overlap.strata[0]:
        raise InputError("the table has no strata", mend="Use `fit`")
    if method not in METHODS:
        raise InputError(f"there is no method {method!r}", mend=f"Take {', '.join(METHODS)}")
    if pooling not in ("separate", "partial"):
        raise InputError(f"there is no pooling {pooling!r}", mend="Give separate or partial")
    if pooling == "partial" and (method != "decomposable" or set(options) - {"delta"}):
        raise InputError(
            "strata are pooled under the method decomposable, with its prior of the population",
            mend="Leave method and options out, or fit strata separately",
        )
    if pooling == "partial" and overlap.k > MOST_ENUMERATED:
        raise InputError(
            f"strata of {overlap.k} lists are not pooled",
            mend=f"Merge lists to {MOST_ENUMERATED} or fewer, or fit strata separately",
        )


@dataclass(frozen=True, eq=False)
class _Run:
    """One dealing: the fit of each stratum, draws of each and of the total."""

    fits: tuple[Fit, ...]
    drawn: Floats
    alone: Floats
    total: Floats
    pooled: Pooled | None


@dataclass(frozen=True, eq=False)
class _Task:
    """What all dealings of one call share."""

    method: str
    pooling: Pooling
    level: float
    options: Mapping[str, Any]
    passed: Mapping[str, str]

    def run(self, table: Overlap, draws: int, seed: int) -> _Run:
        """Fit the strata of one dealing."""
        every = self.pooling == "partial"
        fits = fit_each(
            table, self.method, (self.level, seed), self.options, every=every, passed=self.passed
        )
        random = np.random.default_rng(seed)
        alone = np.stack([one.draws(draws, int(random.integers(2**62))) for one in fits])
        if not every:
            return _Run(fits, alone, alone, alone.sum(axis=0), None)
        known = [at for at, one in enumerate(fits) if one.posterior is not None]
        delta = self.options.get("delta") or 2.0**-table.k
        dense = table.dense()
        by_itself = [
            Alone.of(dense[at], table.k, delta, one.posterior)
            for at, one in enumerate(fits)
            if one.posterior is not None
        ]
        pooled = pool(by_itself, table.k, delta, draws=draws, seed=seed)
        drawn = alone.copy()
        drawn[known] = pooled.drawn
        return _Run(fits, drawn, alone, _either(fits, drawn, alone, random), pooled)

    def result(
        self,
        overlap: Overlap,
        tables: Sequence[Overlap],
        runs: Sequence[_Run],
        before: tuple[Refusal, ...],
        seed: int,
    ) -> StratifiedEstimation:
        """All dealings together."""
        drawn = np.concatenate([run.drawn for run in runs], axis=1)
        alone = np.concatenate([run.alone for run in runs], axis=1)
        strata = tuple(
            self._stratum(overlap, tables, runs, at, (drawn[at], alone[at]))
            for at in range(len(tables[0].strata))
        )
        if all(one.point is None for one in strata):
            raise NoEstimateError("no_stratum", first=strata[0].why or "")
        total = np.concatenate([run.total for run in runs])
        whole = self._whole(overlap, seed)
        against = united([one.refusals for one in strata], len(strata), "strata")
        if self.pooling == "partial":
            against = _not_mended(strata, whole.refusals, overlap.k)
        return StratifiedEstimation(
            method=self.method,
            level=self.level,
            seed=seed,
            version=__version__,
            settings={**self.options, "pooling": self.pooling, "dealings": len(tables)},
            refusals=(*before, *overridden(against, self.passed)),
            answer=Answer(
                traces={"population": total[None, :]},
                summary=self._summary(whole.summary(), total, (drawn, alone)),
                diagnostics=_diagnostics(overlap, strata, runs),
                assumption=self._words(runs[0], len(tables) > 1),
                refusals=(),
                detail=runs,
            ),
            overlap=overlap,
            pooling=self.pooling,
            strata=strata,
        )

    def _stratum(
        self,
        overlap: Overlap,
        tables: Sequence[Overlap],
        runs: Sequence[_Run],
        at: int,
        drawn: tuple[Floats, Floats],
    ) -> Stratum:
        labels = tables[0].strata[at]
        observed = int(overlap.counts[overlap.strata.index(labels)].sum())
        sizes = [int(table.counts[at].sum()) for table in tables]
        # A stratum that any dealing leaves without an estimate has none.
        first = next((run.fits[at] for run in runs if run.fits[at].why), runs[0].fits[at])
        said = Stratum(
            labels=labels,
            observed=observed,
            dealt=float(np.mean(sizes)) - observed,
            refusals=united([run.fits[at].refusals for run in runs], len(runs), "dealings"),
            why=first.why,
        )
        if first.why is not None:
            return said
        point, low, high = self._figures(runs, at, drawn[0])
        alone = None
        if self.pooling == "partial":
            alone = Line("alone", *(first.quantiles(self.level) or self._ends(drawn[1])))
        return replace(said, point=point, low=low, high=high, alone=alone)

    def _figures(self, runs: Sequence[_Run], at: int, drawn: Floats) -> tuple[float, float, float]:
        """Median and ends: exact where the posterior is known and nobody was dealt out."""
        if len(runs) == 1 and runs[0].pooled is None:
            return runs[0].fits[at].quantiles(self.level) or self._ends(drawn)
        if len(runs) == 1 and runs[0].pooled is not None:
            known = [place for place, one in enumerate(runs[0].fits) if one.posterior is not None]
            posterior = runs[0].pooled.posteriors[known.index(at)]
            return posterior.quantile(0.5), *posterior.interval(self.level)
        return self._ends(drawn)

    def _ends(self, drawn: Floats) -> tuple[float, float, float]:
        shares = (0.5, (1 - self.level) / 2, (1 + self.level) / 2)
        point, low, high = np.quantile(drawn, shares, method="inverted_cdf")
        return float(point), float(low), float(high)

    def _whole(self, overlap: Overlap, seed: int) -> Result:
        """The table as if it had no strata, by the same method."""
        options = self.options if self.method != "chao" else {}
        asked: dict[str, Any] = {"level": self.level, "seed": seed, "override": dict(self.passed)}
        return fit(overlap.pooled(), self.method, **asked, **options)

    def _summary(self, whole: Summary, total: Floats, drawn: tuple[Floats, Floats]) -> Summary:
        point, low, high = self._ends(total)
        ends: Ends = (low, high)
        beside = []
        if self.pooling == "partial":
            names = ("strata pooled", "strata separate")
            sums = [one.sum(axis=0) for one in drawn]
            beside = [
                Line(*each)
                for each in ((n, *self._ends(s)) for n, s in zip(names, sums, strict=True))
            ]
        return Summary(
            method=self.method,
            observed=whole.observed,
            level=self.level,
            point=point,
            point_is="median",
            interval="sum of strata",
            intervals={"sum of strata": ends},
            floor=whole.floor,
            beside=(*beside, Line("strata not parted", whole.point, whole.low, whole.high)),
        )

    def _words(self, run: _Run, labels: bool) -> Words:
        words = next(one.assumption for one in run.fits if one.assumption is not None)
        added = [OF_POOLING if self.pooling == "partial" else OF_STRATA]
        added += [OF_LABELS] if labels else []
        return Words(
            words.english + "".join(one.english for one in added),
            words.persian + "".join(one.persian for one in added),
        )


def _either(
    fits: Sequence[Fit], pooled: Floats, alone: Floats, random: np.random.Generator
) -> Floats:
    """Draws of a total that holds both answers; shape (draws,).

    What graphs believe beforehand weighs in every small stratum to the same side, and pooling sums
    it up. So half the draws take the strata that can be estimated by themselves as they are by
    themselves; those that cannot are pooled in all draws.
    """
    sound = np.array([one.posterior is not None and not one.refusals for one in fits])
    apart = random.permutation(pooled.shape[1]) % 2 == 0
    return np.asarray(np.where(sound[:, None] & apart, alone, pooled).sum(axis=0))


def _not_mended(strata: Sequence[Stratum], whole: Sequence[Refusal], k: int) -> tuple[Refusal, ...]:
    """What speaks against a pooled total; each rule once.

    A stratum without an estimate has none to learn with. The complete graph speaks against the
    total where the table without strata wants it, or where most persons sit in strata that do; a
    single small stratum does not.

    Args:
        strata: pooled, with what was refused of each by itself.
        whole: what was refused of the table without strata.
        k: lists.
    """
    none = [tuple(r for r in one.refusals if one.why and r.code == "no_estimate") for one in strata]
    refused = [tuple(r for r in one.refusals if _is_not_mended(r, k)) for one in strata]
    persons = np.array([one.observed + one.dealt for one in strata])
    if persons[[bool(one) for one in refused]].sum() <= MOST_NOT_MENDED * persons.sum():
        refused = []
    found = (
        *united(none, len(strata), "strata"),
        *(one for one in whole if one.code == "complete_graph"),
        *united(refused, len(strata), "strata"),
    )
    first: dict[str, Refusal] = {}
    for one in found:
        first.setdefault(one.code, one)
    return tuple(first.values())


def _is_not_mended(refusal: Refusal, k: int) -> bool:
    """Whether the data speak against the stratum, not the smallness of it.

    Of few persons the complete graph keeps about the weight that it had beforehand, which is above
    the threshold already where lists are three.
    """
    if refusal.code != "complete_graph":
        return refusal.code in NOT_MENDED
    odds = LEAST_EVIDENCE / (len(decomposable_graphs(k)) - 1)
    return refusal.figure > odds / (1 + odds)


def _diagnostics(
    overlap: Overlap, strata: Sequence[Stratum], runs: Sequence[_Run]
) -> dict[str, object]:
    found: dict[str, object] = {
        **cells_of(overlap),
        "strata": len(strata),
        "without_persons": sum(not one.observed and not one.dealt for one in strata),
        "without_estimate": sum(one.point is None for one in strata),
        "persons_without_estimate": sum(one.observed for one in strata if one.point is None),
        "refused_alone": sum(bool(one.refusals) for one in strata),
        "without_label": unlabelled(overlap),
        "dealings": len(runs),
    }
    pooled = [run.pooled for run in runs if run.pooled is not None]
    if pooled:
        found["mean_log_odds_missing"] = float(np.mean([one.mean for one in pooled]))
        found["spread_between_strata"] = float(np.mean([one.spread for one in pooled]))
        ends = np.mean([one.spread_ends for one in pooled], axis=0)
        found["spread_interval"] = [float(end) for end in ends]
    return found
