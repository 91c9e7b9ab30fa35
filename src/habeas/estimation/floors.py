"""Floors: estimates that are too low, not too high, where persons differ in how visible they are.

Chapman's estimate (1951) of each pair of lists, and three forms of the lower bound that Chao gave:
from the persons on one list and on two (1987), the same for lists of different size (1989), and as
a log-linear model (Rivest and Baillargeon 2007). Heterogeneity makes all of them too low; lists
that avoid each other can make all of them too high, so a floor too has an assumption.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from habeas.estimation.checks import require_level, require_table
from habeas.estimation.overlap import Overlap
from habeas.estimation.poisson import PoissonFit, fit_design
from habeas.estimation.saying import NoEstimateError

Floats = npt.NDArray[np.float64]

_MOST_LISTS = 14
"""The log-linear bound writes out every pattern; wider tables have the closed form."""

_HETEROGENEITY = (
    "A floor: persons may differ in how easily any list finds them, and then the truth is higher. "
    "It is no floor where lists avoid each other (who is on one is seldom on another)"
)


@dataclass(frozen=True)
class Estimate:
    """One number, how sure it is, and what it assumes.

    Attributes:
        method: its name.
        estimate: of the size of the population, those on no list included.
        standard_error: of the estimate.
        low: the lower end of the interval; never below the persons observed.
        high: the upper end.
        level: of the interval.
        floor: whether it is a lower bound of what is asked.
        assumption: in words.
    """

    method: str
    estimate: float
    standard_error: float
    low: float
    high: float
    level: float
    floor: bool
    assumption: str


def log_normal_interval(
    observed: float, estimate: float, standard_error: float, level: float = 0.95
) -> tuple[float, float]:
    """An interval that takes the missing as log-normal: never below the observed (Chao 1987).

    Args:
        observed: persons observed.
        estimate: of the population.
        standard_error: of the estimate.
        level: of the interval.
    """
    require_level(level)
    missing = estimate - observed
    if missing <= 0 or not np.isfinite(standard_error):
        return float(observed), float(observed) if missing <= 0 else float("inf")
    spread = np.sqrt(np.log1p((standard_error / missing) ** 2))
    factor = np.exp(norm.ppf((1 + level) / 2) * spread)
    return float(observed + missing / factor), float(observed + missing * factor)


@dataclass(frozen=True)
class PairEstimate(Estimate):
    """Chapman's estimate from two lists.

    Attributes:
        lists: which two.
        shared: how many persons stand on both.
    """

    lists: tuple[str, str]
    shared: int


def chapman(overlap: Overlap, *, level: float = 0.95) -> tuple[PairEstimate, ...]:
    """Chapman's estimate (1951) of every pair of lists, with the variance of Seber (1970).

    Persons on neither list of a pair count as missing for it, even if another list has them.

    Args:
        overlap: one stratum.
        level: of the intervals.

    Raises:
        InputError: as `require_table`, every cell needed.
    """
    require_table(overlap, every_cell=True)
    return tuple(_pair(overlap, a, b, level) for a, b in combinations(range(overlap.k), 2))


def _pair(overlap: Overlap, a: int, b: int, level: float) -> PairEstimate:
    on_a, on_b = overlap.membership[:, a], overlap.membership[:, b]
    first, second = float(overlap.sizes[a]), float(overlap.sizes[b])
    shared = float(overlap.totals[on_a & on_b].sum())
    estimate = (first + 1) * (second + 1) / (shared + 1) - 1
    variance = (first + 1) * (second + 1) * (first - shared) * (second - shared)
    error = float(np.sqrt(variance / ((shared + 1) ** 2 * (shared + 2))))
    low, high = log_normal_interval(first + second - shared, estimate, error, level)
    names = (overlap.lists[a], overlap.lists[b])
    return PairEstimate(
        method="chapman",
        estimate=estimate,
        standard_error=error,
        low=low,
        high=high,
        level=level,
        floor=True,
        assumption=(
            f"The lists {names[0]} and {names[1]} are independent: being on one says nothing of "
            f"being on the other. {_HETEROGENEITY}"
        ),
        lists=names,
        shared=int(shared),
    )


def chao_1987(overlap: Overlap, *, level: float = 0.95) -> Estimate:
    """Chao's bound (1987) from how many stand on one list and on two, corrected for bias.

    With k lists, f1 persons on exactly one and f2 on exactly two: n + (k-1)/k f1(f1-1)/(2(f2+1)).
    It takes the lists for equally long; where they are not, it lies above `chao_1989`, and is no
    floor: it is not marked as one.

    Args:
        overlap: one stratum.
        level: of the interval.

    Raises:
        InputError: as `require_table`, every cell needed.
    """
    require_table(overlap, every_cell=True)
    once, twice = _seldom(overlap)
    share, ones, twos = (overlap.k - 1) / overlap.k, once.sum(), twice + 1
    missing = share * ones * (ones - 1) / (2 * twos)
    slopes = np.append(np.full(overlap.k, share * (2 * ones - 1) / (2 * twos)), -missing / twos)
    said = f"All lists find the same share of the population; where not, no floor. {_HETEROGENEITY}"
    found = _closed(overlap, "chao 1987", missing, slopes, said=said, level=level)
    return replace(found, floor=False)


def chao_1989(overlap: Overlap, *, level: float = 0.95) -> Estimate:
    """Chao's bound (1989) for lists of different size, corrected for bias.

    With z_i persons on list i alone and f2 on exactly two: n + sum of z_i z_j over pairs / (f2+1).
    Of two lists it is Chapman's estimate.

    Args:
        overlap: one stratum.
        level: of the interval.

    Raises:
        InputError: as `require_table`, every cell needed.
    """
    require_table(overlap, every_cell=True)
    once, twice = _seldom(overlap)
    missing = (once.sum() ** 2 - (once**2).sum()) / 2 / (twice + 1)
    slopes = np.append((once.sum() - once) / (twice + 1), -missing / (twice + 1))
    return _closed(overlap, "chao 1989", missing, slopes, said=_HETEROGENEITY, level=level)


def _seldom(overlap: Overlap) -> tuple[Floats, float]:
    """Persons on each list alone, shape (k,), and persons on exactly two lists."""
    on = overlap.membership.sum(axis=1)
    once = overlap.totals[on == 1] @ overlap.membership[on == 1].astype(np.float64)
    return np.asarray(once, dtype=np.float64), float(overlap.totals[on == 2].sum())


def _closed(
    overlap: Overlap, method: str, missing: float, slopes: Floats, *, said: str, level: float
) -> Estimate:
    """The variance by the delta method, of counts that are multinomial with the missing."""
    once, twice = _seldom(overlap)
    counts = np.append(once, twice)
    estimate = overlap.observed + float(missing)
    weighed = ((1 + slopes) ** 2 @ counts) + (overlap.observed - counts.sum())
    mean = (1 + slopes) @ counts + (overlap.observed - counts.sum())
    error = float(np.sqrt(max(weighed - mean**2 / estimate, 0.0)))
    low, high = log_normal_interval(overlap.observed, estimate, error, level)
    return Estimate(method, estimate, error, low, high, level, True, said)


def chao(overlap: Overlap, *, level: float = 0.95) -> Estimate:
    """Chao's bound as a log-linear model of every pattern (Rivest and Baillargeon 2007).

    Under heterogeneity the logarithm of the mean is convex in the number of lists that a person
    stands on. The model has an effect of each list and, from the third list on, changes of slope;
    those that come out negative are set to zero until none is. Those on no list follow from the
    straight line through one list and two. The variance is that of a Poisson count. These are the
    figures of the R package Rcapture for `Mth`, `Chao`.

    Args:
        overlap: one stratum; patterns that could not be recorded stay out of the fit.
        level: of the interval.

    Raises:
        InputError: as `require_table`; more than 14 lists; nobody on exactly two lists.
    """
    require_table(overlap)
    if overlap.k > _MOST_LISTS:
        raise NoEstimateError("patterns", lists=overlap.k)
    if not _seldom(overlap)[1]:
        raise NoEstimateError("no_pairs")
    found = _convex_fit(overlap)
    missing = float(found.missing[0])
    error = float(np.sqrt(missing + missing**2 * found.variance[0]))
    low, high = log_normal_interval(overlap.observed, overlap.observed + missing, error, level)
    return Estimate(
        "chao", overlap.observed + missing, error, low, high, level, True, _HETEROGENEITY
    )


def _convex_fit(overlap: Overlap) -> PoissonFit:
    """The fit in which no change of slope is negative."""
    listed = np.flatnonzero(overlap.sizes > 0)
    patterns = np.array(sorted(set(range(1, 1 << overlap.k)) - overlap.unrecorded))
    within = (patterns & ~sum(1 << int(bit) for bit in listed)) == 0
    patterns = patterns[within]
    counts = overlap.dense()[0][patterns].astype(np.float64)
    membership = (patterns[:, None] >> listed & 1).astype(np.float64)
    size = membership.sum(axis=1)
    plain = np.column_stack([np.ones(len(patterns)), membership])
    bends = np.maximum(size[:, None] - np.arange(2, len(listed)), 0)
    held = np.flatnonzero(np.isin(np.arange(3, len(listed) + 1), size))
    while True:
        design = np.column_stack([plain, bends[:, held]])
        found = fit_design(design, counts[None, :])
        with np.errstate(divide="ignore"):
            linear = np.maximum(np.log(found.expected[0]), -700)
        effects = np.linalg.lstsq(design, linear, rcond=None)[0][plain.shape[1] :]
        kept = _convex(held, effects)
        if len(kept) == len(held):
            break
        held = kept
    if np.linalg.matrix_rank(design) < design.shape[1] or not found.converged.all():
        raise NoEstimateError("no_bound")
    return found


def _convex(held: npt.NDArray[np.intp], effects: Floats) -> npt.NDArray[np.intp]:
    """The changes of slope that heterogeneity can explain."""
    return held[effects >= 0]
