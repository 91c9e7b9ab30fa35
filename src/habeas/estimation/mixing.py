"""Whether chains of draws agree, and how many independent draws theirs are worth.

Rank-normalised split R-hat and the effective sample sizes of the bulk and of the tails (Vehtari,
Gelman, Simpson, Carpenter and Bürkner 2021). One chain can look well while another is elsewhere:
agreement is judged over four chains or more, and never from the look of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import next_fast_len
from scipy.special import ndtri

from habeas.errors import InputError
from habeas.estimation.grid import Floats

FEWEST_CHAINS = 4
LARGEST_R_HAT = 1.01
FEWEST_EFFECTIVE = 400.0
_TAILS = (0.05, 0.95)


@dataclass(frozen=True, kw_only=True)
class Mixing:
    """How well several chains mix in one quantity.

    Attributes:
        chains: how many there are.
        draws: in each.
        r_hat: 1 when the chains agree; not a number when nothing varies or too little is known.
        bulk: effective draws for the middle of the distribution.
        tail: effective draws for its 5 % and 95 % quantiles, whichever has fewer.
    """

    chains: int
    draws: int
    r_hat: float
    bulk: float
    tail: float

    @property
    def converged(self) -> bool:
        """At least 4 chains, R-hat below 1.01, more than 400 effective draws in bulk and tails."""
        return (
            self.chains >= FEWEST_CHAINS
            and self.r_hat < LARGEST_R_HAT
            and self.bulk > FEWEST_EFFECTIVE
            and self.tail > FEWEST_EFFECTIVE
        )

    def describe(self) -> str:
        """The figures in words, and whether they are good enough."""
        said = "converged" if self.converged else "NOT CONVERGED"
        return f"{said}: {self.figures()}"

    def figures(self) -> str:
        """The figures in words."""
        return (
            f"{self.chains} chains of {self.draws} draws, R-hat {self.r_hat:.3f}, "
            f"effective draws {self.bulk:.0f} (bulk), {self.tail:.0f} (tail)"
        )


def mixing_of(draws: npt.ArrayLike) -> Mixing:
    """R-hat and effective sample sizes of one quantity.

    Args:
        draws: shape (chains, draws), at least 4 draws a chain.

    Raises:
        InputError: another shape, or draws that are no numbers.
    """
    found = _checked(draws)
    return Mixing(
        chains=found.shape[0],
        draws=found.shape[1],
        r_hat=r_hat(found),
        bulk=bulk_size(found),
        tail=tail_size(found),
    )


def r_hat(draws: npt.ArrayLike) -> float:
    """Rank-normalised split R-hat: the larger one of the draws and of their distance to the median.

    Args:
        draws: shape (chains, draws).

    Raises:
        InputError: another shape, or draws that are no numbers.
    """
    halves = _halves(_checked(draws))
    folded = np.abs(halves - np.median(halves))
    return float(np.fmax(_r_hat(_normal_scores(halves)), _r_hat(_normal_scores(folded))))


def bulk_size(draws: npt.ArrayLike) -> float:
    """Effective draws for the middle of a distribution; shape as in `r_hat`."""
    return _size(_normal_scores(_halves(_checked(draws))))


def tail_size(draws: npt.ArrayLike) -> float:
    """Effective draws for the 5 % and the 95 % quantile, the smaller; shape as in `r_hat`."""
    found = _checked(draws)
    ends = np.quantile(found, _TAILS)
    return float(min(_size(_halves((found <= end).astype(np.float64))) for end in ends))


def single_chain_size(draws: npt.ArrayLike) -> float:
    """Effective draws of one chain for its mean, neither ranked nor split (Geyer 1992).

    It is what older programmes print, and blind to all that the chain has not visited: it stands
    beside their figures in benchmarks, and is no sign of convergence.

    Args:
        draws: shape (draws,).
    """
    return _size(_checked(np.atleast_2d(np.asarray(draws, dtype=np.float64))))


def _checked(draws: npt.ArrayLike) -> Floats:
    found = np.asarray(draws, dtype=np.float64)
    if found.ndim != 2 or found.shape[0] < 1 or found.shape[1] < 4:
        raise InputError(
            f"draws of the shape {found.shape}", mend="Give (chains, draws), 4 draws or more"
        )
    if not np.isfinite(found).all():
        raise InputError("a draw is not finite", mend="Such a chain says nothing of its mixing")
    return found


def _halves(draws: Floats) -> Floats:
    """Each chain in two; a draw in the middle of an odd number is left out."""
    half = draws.shape[1] // 2
    return np.concatenate((draws[:, :half], draws[:, -half:]))


def _normal_scores(draws: Floats) -> Floats:
    """Ranks over all chains (ties share theirs) as quantiles of a normal distribution."""
    _, member, counts = np.unique(draws, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[member.ravel()]
    return np.asarray(ndtri((ranks - 0.375) / (draws.size + 0.25)).reshape(draws.shape))


def _r_hat(draws: Floats) -> float:
    count = draws.shape[1]
    within = draws.var(axis=1, ddof=1).mean()
    between = count * draws.mean(axis=1).var(ddof=1)
    if within == 0:
        return float("nan") if between == 0 else float("inf")
    return float(np.sqrt((between / within + count - 1) / count))


def _size(draws: Floats) -> float:
    """Effective draws over all chains by Geyer's initial monotone sequence."""
    chains, count = draws.shape
    if np.ptp(draws) < np.finfo(np.float64).resolution:
        return float(draws.size)
    covariance = _autocovariance(draws)
    within = covariance[:, 0].mean() * count / (count - 1)
    total = within * (count - 1) / count
    if chains > 1:
        total += draws.mean(axis=1).var(ddof=1)
    correlation = 1 - (within - covariance.mean(axis=0)) / total
    correlation[0] = 1.0
    time = _autocorrelation_time(correlation)
    return float(draws.size / max(time, 1 / np.log10(draws.size)))


def _autocorrelation_time(correlation: Floats) -> float:
    """Sums of pairs of correlations while they are positive, made to fall."""
    pairs = correlation[: len(correlation) // 2 * 2].reshape(-1, 2).sum(axis=1)
    pairs = pairs[: max(1, len(pairs) - 1)]
    below = np.flatnonzero(pairs < 0)
    last = int(below[0]) if len(below) else len(pairs) - 1
    falling = np.minimum.accumulate(pairs[:last]) if last else pairs[:0]
    rest = float(max(correlation[min(2 * last, len(correlation) - 1)], 0.0)) if last else 1.0
    return -1 + 2 * float(falling.sum()) + rest


def _autocovariance(draws: Floats) -> Floats:
    """Autocovariances of each chain, divided by the number of draws; shape as the draws."""
    count = draws.shape[1]
    length = next_fast_len(2 * count)
    transformed = np.fft.rfft(draws - draws.mean(axis=1, keepdims=True), n=length, axis=1)
    return np.asarray(np.fft.irfft(np.abs(transformed) ** 2, n=length, axis=1)[:, :count] / count)
