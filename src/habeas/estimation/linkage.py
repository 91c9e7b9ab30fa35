"""Linkage that is not certain: one table for each way in which the records may be linked.

Which records are of one person is itself uncertain. A linkage that is drawn from its posterior
gives one partition of the records a draw, and each partition one table. The posteriors of the
population given each table are mixed: linkage averaging (Sadinle 2018, arXiv 1812.09590), which
equals a joint model of linkage and population when the lists' overlaps say nothing of the linkage
beyond what the linkage model used. How much of the variance is between tables is the part of the
uncertainty that a single, "best" linkage would have hidden.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError
from habeas.estimation.assumptions import OF_LINKAGE
from habeas.estimation.checks import DRAWS, require_draws, require_level
from habeas.estimation.clusters import gather, list_bits
from habeas.estimation.decomposable import GraphAverage
from habeas.estimation.fitting import METHODS, Outcome, check_options, fit
from habeas.estimation.grid import Floats
from habeas.estimation.latent_class import LatentClassFit
from habeas.estimation.overlap import Overlap
from habeas.estimation.refusal import RefusedError, checked_overrides, united
from habeas.estimation.result import Answer, Ends, Estimation, Result, Summary
from habeas.estimation.saying import why

_TABLES: Final = "tables"

_MOST_BISECTIONS = 200


def overlaps_from_partitions(
    list_of_record: Sequence[str],
    partitions: npt.ArrayLike,
    *,
    lists: Sequence[str] | None = None,
) -> tuple[Overlap, ...]:
    """One table for each partition of the records into persons.

    Args:
        list_of_record: the name of the list of each record.
        partitions: the id of the person of each record, one row a draw; shape (draws, records).
        lists: the names of the lists in order; those met, sorted, when left out.

    Raises:
        InputError: as `Overlap.from_clusters`; partitions of another shape.
    """
    names, bits = list_bits(list_of_record, lists)
    drawn = np.asarray(partitions)
    if drawn.ndim != 2 or not len(drawn) or drawn.shape[1] != len(bits):
        raise InputError(
            f"partitions of the shape {drawn.shape} for {len(bits)} records",
            mend="Give one row a draw, and in it one id for each record",
        )
    found = (gather(bits, clusters, None) for clusters in drawn)
    return tuple(Overlap(names, one.patterns, one.counts) for one in found)


@dataclass(frozen=True)
class Spread:
    """Where the variance comes from.

    Attributes:
        scale: `population`, or `log population` where the population has no variance, or none that
            draws can tell.
        within: the mean over tables of the variance given one.
        between: the variance over tables of the mean given one.
    """

    scale: str
    within: float
    between: float

    @property
    def between_share(self) -> float:
        """The share that is between tables: what linkage adds; 0 where nothing varies."""
        total = self.within + self.between
        return self.between / total if total else 0.0

    @property
    def within_share(self) -> float:
        """The share that is within tables."""
        return 1 - self.between_share


@dataclass(frozen=True, kw_only=True, eq=False)
class LinkedEstimation(Result):
    """The result of one method over tables that linkage drew.

    Attributes:
        parts: one a table that differs from the others.
        weights: of the parts; sum to 1.
        spreads: where the variance comes from: of the population if it is known to have one, and
            of its logarithm always.
    """

    parts: tuple[Estimation, ...]
    weights: tuple[float, ...]
    spreads: tuple[Spread, ...]

    @property
    def has_posterior(self) -> bool:
        """Whether posteriors were mixed; else distributions that intervals are taken from."""
        return all(part.summary().interval == "posterior" for part in self.parts)

    @property
    def digest(self) -> str:
        """SHA-256 over the tables and their weights."""
        told = [
            (part.digest, weight) for part, weight in zip(self.parts, self.weights, strict=True)
        ]
        return hashlib.sha256(repr(sorted(told)).encode()).hexdigest()


def fit_linked(
    overlaps: Sequence[Overlap],
    method: str = "decomposable",
    *,
    weights: Sequence[float] | None = None,
    level: float = 0.95,
    seed: int = 1,
    override: Mapping[str, str] | None = None,
    draws: int = DRAWS,
    **options: Any,
) -> LinkedEstimation:
    """Fit each table and mix what comes out: linkage averaging.

    Tables that are the same are fitted once. Of methods without a posterior, estimates from tables
    drawn anew are mixed instead: an approximation to the same end.

    Args:
        overlaps: one table a draw of the linkage, each of one stratum, with the same lists.
        method: as `fit` has it, `doubly_robust` apart.
        weights: of the tables; all alike when left out.
        level: of the interval.
        seed: of the random numbers.
        override: refusals to pass over, each with the reason in words.
        draws: of the mixed distribution.
        options: of the method.

    Raises:
        RefusedError: a table cannot carry an estimate: what is refused of any is refused of all.
        InputError: no tables, tables with other lists, weights that are none, or what `fit` raises.
    """
    require_draws(draws)
    shares = _shares(overlaps, weights)
    asked = {"level": level, "seed": seed, "override": override, **options}
    return _averaged(overlaps, shares, method, asked, draws)


def _averaged(
    overlaps: Sequence[Overlap], shares: Floats, method: str, asked: Mapping[str, Any], draws: int
) -> LinkedEstimation:
    """Each table that differs fitted once, with the weights of all that are the same."""
    tables: dict[str, Overlap] = {one.digest: one for one in overlaps}
    weight = dict.fromkeys(tables, 0.0)
    for one, share in zip(overlaps, shares, strict=True):
        weight[one.digest] += float(share)
    kept = [digest for digest in tables if weight[digest]]
    parts = _fitted([tables[digest] for digest in kept], method, asked)
    share = np.array([weight[digest] for digest in kept])
    return _mixed(parts, share, draws)


def fit_all_linked(
    overlaps: Sequence[Overlap],
    *,
    names: Sequence[str] = tuple(METHODS),
    level: float = 0.95,
    seed: int = 1,
    override: Mapping[str, str] | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Outcome, ...]:
    """Average over linkages by several methods, side by side.

    Args:
        overlaps: one table a draw of the linkage, all with the same weight.
        names: of the methods; all that take a table when left out.
        level: of the intervals.
        seed: of the random numbers.
        override: refusals to pass over, each with the reason in words.
        options: by method.

    Returns:
        One outcome a method, in order: a `LinkedEstimation`, or why there is none.

    Raises:
        InputError: no tables, tables with other lists, no such method or option, an override
            without a reason.
    """
    shares = _shares(overlaps, None)
    checked_overrides(override)
    require_level(level)
    by_method = options or {}
    unknown = [name for name in (*names, *by_method) if name not in METHODS]
    if unknown:
        raise InputError(f"there is no method {unknown[0]!r}", mend=f"Take {', '.join(METHODS)}")
    for name, given in by_method.items():
        check_options(name, given)
    asked = {"level": level, "seed": seed, "override": override}
    return tuple(
        _outcome(overlaps, shares, name, {**asked, **by_method.get(name, {})}) for name in names
    )


def _outcome(
    overlaps: Sequence[Overlap], shares: Floats, name: str, asked: Mapping[str, Any]
) -> Outcome:
    try:
        # Options called `draws` are the method's own here: `latent_class` has longer chains by it.
        found = _averaged(overlaps, shares, name, asked, DRAWS)
    except RefusedError as error:
        return Outcome(method=name, result=None, refusals=error.refusals, why=error.saying)
    except InputError as error:
        return Outcome(method=name, result=None, why=why(error))
    return Outcome(method=name, result=found)


def _shares(overlaps: Sequence[Overlap], weights: Sequence[float] | None) -> Floats:
    if not overlaps:
        raise InputError("there is no table", mend="Give one for each draw of the linkage")
    if any(not isinstance(one, Overlap) or one.lists != overlaps[0].lists for one in overlaps):
        raise InputError("the tables differ in their lists", mend="Give lists= in the same order")
    shares = np.ones(len(overlaps)) if weights is None else np.asarray(weights, dtype=np.float64)
    if shares.shape != (len(overlaps),):
        raise InputError(f"{len(shares)} weights for {len(overlaps)} tables", mend="Give one each")
    if not np.isfinite(shares).all() or (shares < 0).any() or not shares.sum():
        raise InputError("a weight is below 0 or none", mend="Give shares above 0")
    return np.asarray(shares / shares.sum())


def _fitted(
    tables: Sequence[Overlap], method: str, asked: Mapping[str, Any]
) -> tuple[Estimation, ...]:
    """Each table fitted; what is refused of some is gathered from all before it is raised."""
    parts, refused = [], []
    for at, table in enumerate(tables, 1):
        try:
            parts.append(fit(table, method, **asked))
        except RefusedError as error:
            refused.append(error.refusals)
        except InputError as error:
            place = f"table {at} of {len(tables)} that differ"
            raise InputError(error.reason, place=place, mend=error.mend) from error
    if refused:
        raise RefusedError(united(refused, len(tables), _TABLES))
    return tuple(parts)


def _mixed(parts: tuple[Estimation, ...], weights: Floats, draws: int) -> LinkedEstimation:
    first = parts[0]
    observed = np.array([part.observed for part in parts])
    drawn = _drawn(parts, weights, draws, first.seed)
    spreads = _spreads(parts, weights)
    said = first.summary()
    if len(parts) > 1:
        said = _summary(parts, weights, round(float(weights @ observed)))
    # A mixture with a floor in it is no more than a floor.
    words = next((part for part in parts if part.summary().floor), first).answer.assumption
    answer = Answer(
        traces={"population": drawn[None, :]},
        summary=said,
        diagnostics={
            "tables": len(parts),
            "observed": [int(observed.min()), float(weights @ observed), int(observed.max())],
            "between_share": {one.scale: one.between_share for one in spreads},
            "heaviest_table": float(weights.max()),
        },
        assumption=type(words)(*(a + b for a, b in zip(words, OF_LINKAGE, strict=True))),
        refusals=(),
        detail=parts,
    )
    return LinkedEstimation(
        method=first.method,
        level=first.level,
        seed=first.seed,
        version=first.version,
        settings={**first.settings, "mixed_draws": draws},
        refusals=united([part.refusals for part in parts], len(parts), _TABLES),
        answer=answer,
        parts=parts,
        weights=tuple(float(weight) for weight in weights),
        spreads=spreads,
    )


def _summary(parts: Sequence[Estimation], weights: Floats, observed: int) -> Summary:
    """Median and ends of the mixed distribution."""
    level = parts[0].level
    held = [_held(part) for part in parts]
    reach = [float(part.draws.min()) - 1 for part in parts], [float(p.draws.max()) for p in parts]
    low, high = min(reach[0]), max(reach[1])

    def quantile(share: float) -> float:
        return _smallest(
            lambda size: float(sum(w * one(size) for w, one in zip(weights, held, strict=True))),
            share,
            (low, high),
        )

    ends: Ends = (quantile((1 - level) / 2), quantile((1 + level) / 2))
    means = [part.summary().mean for part in parts]
    known = [mean for mean in means if mean is not None]
    return replace(
        parts[0].summary(),
        observed=observed,
        point=quantile(0.5),
        point_is="median",
        interval="mixed over linkages",
        intervals={"mixed over linkages": ends},
        floor=any(part.summary().floor for part in parts),
        mean=float(weights @ np.array(known)) if len(known) == len(parts) else None,
        beside=(),
    )


def _held(part: Estimation) -> Callable[[float], float]:
    """The share of a part's distribution at or below a size: exact where it is known."""
    if isinstance(part.detail, GraphAverage):
        posterior = part.detail.posterior
        return lambda size: 1 - posterior.above(size)
    ordered = np.sort(part.draws)
    return lambda size: float(np.searchsorted(ordered, size, side="right") / len(ordered))


def _smallest(held: Callable[[float], float], share: float, reach: tuple[float, float]) -> float:
    """The smallest whole number with this share at or below it."""
    low, high = np.floor(reach[0]), np.ceil(reach[1])
    while held(high) < share:
        low, high = high, 2 * high
    for _ in range(_MOST_BISECTIONS):
        if high - low <= 1:
            break
        middle = np.floor((low + high) / 2)
        low, high = (low, middle) if held(middle) >= share - 1e-12 else (middle, high)
    return float(high)


def _drawn(parts: Sequence[Estimation], weights: Floats, draws: int, seed: int) -> Floats:
    """Draws from each part by its weight, as even as whole numbers allow."""
    if len(parts) == 1 and len(parts[0].draws) == draws:
        return parts[0].draws
    random = np.random.default_rng(seed)
    ends = np.concatenate(([0.0], np.cumsum(weights)))
    ends[-1] = 1.0
    counts = np.diff(np.floor(ends * draws + random.uniform()).astype(int))
    found = [
        random.choice(part.draws, size=count, replace=count > len(part.draws))
        for part, count in zip(parts, counts, strict=True)
    ]
    return np.asarray(np.concatenate(found))


def _spreads(parts: Sequence[Estimation], weights: Floats) -> tuple[Spread, ...]:
    plain = np.array([_moments(part) for part in parts])
    logarithm = np.array([_log_moments(part) for part in parts])
    found = [] if not np.isfinite(plain).all() else [_spread("population", plain, weights)]
    return (*found, _spread("log population", logarithm, weights))


def _spread(scale: str, moments: Floats, weights: Floats) -> Spread:
    means, variances = moments.T
    between = 0.0 if len(means) == 1 else float(weights @ (means - weights @ means) ** 2)
    return Spread(scale, float(weights @ variances), between)


def _moments(part: Estimation) -> tuple[float, float]:
    """Mean and variance of the population; infinite where it has none, or none that is known."""
    if isinstance(part.detail, GraphAverage):
        return part.detail.posterior.mean(), part.detail.posterior.variance()
    if isinstance(part.detail, LatentClassFit) and not part.detail.has_moments:
        return float("inf"), float("inf")
    return float(part.draws.mean()), float(part.draws.var())


def _log_moments(part: Estimation) -> tuple[float, float]:
    if isinstance(part.detail, GraphAverage):
        return part.detail.posterior.log_moments()
    drawn = np.log(part.draws)
    return float(drawn.mean()), float(drawn.var())
