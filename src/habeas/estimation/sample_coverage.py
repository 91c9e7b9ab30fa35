"""Sample coverage: the population from how much of each list the other lists have too.

The method of Chao and Tsay (1998), described for epidemiologists by Chao and others (2001).
Dependence, whatever its cause, is measured by one coefficient for each pair of lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from habeas.estimation.checks import require_level, require_table
from habeas.estimation.floors import Estimate, log_normal_interval
from habeas.estimation.overlap import Overlap
from habeas.estimation.saying import NoEstimateError

Floats = npt.NDArray[np.float64]

ENOUGH = 0.55
"""The coverage below which Chao and others (2001) call the full estimate unstable."""


@dataclass(frozen=True)
class SampleCoverage:
    """The estimates from sample coverage.

    Attributes:
        coverage: the mean share of a list that other lists have too.
        distinct: the mean count of persons if one list is left out.
        independent: takes the lists for independent, given that coverage (N-hat-0).
        dependent: dependence of pairs taken into account (N-hat); none where that has no solution.
        one_step: dependence taken into account in one step (N-hat-1), for low coverage.
        stable: whether coverage is high enough for `dependent`.
        tables: how many tables were drawn for the standard errors.
        failed: in how many of them `dependent` had no solution.
        failed_one_step: in how many of them `one_step` had none.
        seed: of the random numbers.
    """

    coverage: float
    distinct: float
    independent: Estimate
    dependent: Estimate | None
    one_step: Estimate
    stable: bool
    tables: int
    failed: int
    failed_one_step: int
    seed: int


_SAID = {
    "independent": (
        "A floor where lists depend positively: the lists are independent, but for how much of "
        "each the others have"
    ),
    "dependent": (
        "The dependence of each pair of lists among those on no list is that among the listed, "
        "measured by one coefficient a pair; three lists together add none"
    ),
    "one_step": (
        "A floor where lists depend positively: the dependence of pairs is taken into account as "
        "far as a first guess of the population tells of it"
    ),
}


def sample_coverage(
    overlap: Overlap, *, tables: int = 500, seed: int = 1, level: float = 0.95
) -> SampleCoverage:
    """Estimate by sample coverage; standard errors from tables drawn anew.

    The bootstrap draws a population of the one-step size, those on no list among it, and forgets
    them again; the interval is log-normal.
    With three lists these are the formulas that are printed; with more, the same terms of first
    order: for a pair, the persons on one of the two who are on no third list.

    Args:
        overlap: one stratum of three lists or more.
        tables: drawn for the standard errors, 2 or more.
        seed: of the random numbers.
        level: of the intervals.

    Raises:
        InputError: as `require_table`, every cell needed; an empty list; no list shares anybody.
    """
    require_table(overlap, lists=3, every_cell=True)
    require_level(level)
    if tables < 2:
        raise NoEstimateError("tables", tables=tables)
    if (overlap.sizes == 0).any():
        raise NoEstimateError("empty_list")
    said = _estimates(overlap.membership, overlap.totals[None, :].astype(np.float64))
    if not said[0, 0] > 0:
        raise NoEstimateError("no_overlap")
    random = np.random.default_rng(seed)
    cells = np.append(overlap.totals, max(said[0, 4] - overlap.observed, 0.0))
    drawn = random.multinomial(round(cells.sum()), cells / cells.sum(), size=tables)[:, :-1]
    spread = _estimates(overlap.membership, drawn.astype(np.float64))

    def result(at: int, name: str) -> Estimate | None:
        usable = spread[:, at][np.isfinite(spread[:, at])]
        if not np.isfinite(said[0, at]):
            return None
        error = float(usable.std(ddof=1)) if len(usable) > 1 else float("inf")
        low, high = log_normal_interval(overlap.observed, float(said[0, at]), error, level)
        floor = name != "dependent"
        method = f"sample coverage, {name.replace('_', ' ')}"
        return Estimate(method, float(said[0, at]), error, low, high, level, floor, _SAID[name])

    independent, dependent, one_step = (
        result(at, name) for at, name in enumerate(("independent", "dependent", "one_step"), 2)
    )
    assert independent is not None  # noqa: S101 - coverage is above zero
    assert one_step is not None  # noqa: S101
    return SampleCoverage(
        float(said[0, 0]),
        float(said[0, 1]),
        independent,
        dependent,
        one_step,
        bool(said[0, 0] >= ENOUGH),
        tables,
        int((~np.isfinite(spread[:, 3])).sum()),
        int((~np.isfinite(spread[:, 4])).sum()),
        seed,
    )


def _estimates(membership: npt.NDArray[np.bool_], counts: Floats) -> Floats:
    """Coverage, distinct, and the three estimates of some tables; shape (tables, 5)."""
    k = membership.shape[1]
    on = membership.sum(axis=1)
    sizes = counts @ membership
    alone = counts[:, on == 1] @ membership[on == 1]
    distinct = counts.sum(axis=1) - alone.sum(axis=1) / k
    pairs, products = np.zeros(len(counts)), np.zeros(len(counts))
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = 1 - (alone / sizes).sum(axis=1) / k
        for a, b in combinations(range(k), 2):
            both = membership[:, a] & membership[:, b]
            either = (membership[:, a] | membership[:, b]) & (
                on == membership[:, a].astype(int) + membership[:, b]
            )
            once = counts[:, either].sum(axis=1) + counts[:, both & either].sum(axis=1)
            ratio = counts[:, both].sum(axis=1) / (sizes[:, a] * sizes[:, b])
            pairs += once
            products += once * ratio
        pairs, products = pairs / (k * coverage), products / (k * coverage)
        first = distinct / coverage
        full = (first - pairs) / (1 - products)
        one_step = first - pairs + products * (first - pairs + products * first)
    full[~((products < 1) & (full >= counts.sum(axis=1)))] = np.nan
    return np.column_stack([coverage, distinct, first, full, one_step])
