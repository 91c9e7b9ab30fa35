"""What a stratum says of the odds of being missed when the number of its missing is known.

The missing alone do not tell the odds. Under a graph a person is on no list with a chance that is a
product of chances, one a list given those before it, and every person of the table says something
of each of them: with independent lists the odds are known far better than a count of the missing
would tell. Given the graph and the missing, each factor has a beta distribution, and mean and mean
square of the product follow from the margins. Graphs of one kind (`odds_prior`), which believed the
same beforehand, are taken together, and a beta distribution with the same mean and variance stands
for what they say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, digamma, polygamma

from habeas.estimation.graphs import complete, decomposable_graphs, scores
from habeas.estimation.grid import Floats
from habeas.estimation.margins import Margins, margins
from habeas.estimation.odds_prior import graph_kinds
from habeas.estimation.posterior import GridPosterior

_BLOCK = 64
"""Points that are looked at together."""

_LIKELY = 20.0

_SMALLEST = 1e-12
"""Of a variance, as a share of the largest that a chance can have."""


@dataclass(frozen=True, eq=False)
class Odds:
    """Beta distributions of the chance to be missed, one for each number of missing.

    Attributes:
        missed: first parameter; shape (points,).
        seen: second parameter; shape (points,).
    """

    missed: Floats
    seen: Floats

    @classmethod
    def matched(cls, mean: Floats, square: Floats) -> Odds:
        """Those with this mean and mean square."""
        most = mean * (1 - mean)
        variance = np.maximum(square - mean**2, _SMALLEST * most)
        size = np.maximum(most / variance - 1, _SMALLEST)
        return cls(mean * size, (1 - mean) * size)

    def only(self, points: npt.NDArray[np.intp]) -> Odds:
        """At some points."""
        return Odds(self.missed[points], self.seen[points])

    def log_density(self, nodes: Floats) -> Floats:
        """Of the logarithm of the odds; shape (nodes, points)."""
        return np.asarray(
            -np.logaddexp(0, -nodes)[:, None] * self.missed
            - np.logaddexp(0, nodes)[:, None] * self.seen
            - betaln(self.missed, self.seen)
        )

    def moments(self) -> tuple[Floats, Floats]:
        """Mean and variance of the logarithm of the odds; shape (points,) each."""
        mean = digamma(self.missed) - digamma(self.seen)
        return mean, polygamma(1, self.missed) + polygamma(1, self.seen)


@dataclass(frozen=True, eq=False)
class Alone:
    """A stratum by itself.

    Attributes:
        posterior: under the prior proportional to 1/N.
        mass: its mass under each kind of graph at each point, were sizes alike beforehand
            (`_sizes_alike`); shape (kinds, points).
        odds: of being missed, under each kind of graph.
    """

    posterior: GridPosterior
    mass: Floats
    odds: tuple[Odds, ...]

    @classmethod
    def of(
        cls, dense: npt.NDArray[np.int64], k: int, delta: float, posterior: GridPosterior
    ) -> Alone:
        """A stratum from its counts.

        Args:
            dense: counts of all 2**k patterns, that of nobody 0.
            k: lists, 2 to 6.
            delta: prior weight of a cell.
            posterior: of the population, averaged over all graphs but the complete one.
        """
        known = margins(dense, k, delta)
        matrix, kind = _matrix(k), graph_kinds(k)[0]
        member = (kind == np.arange(kind.max() + 1)[:, None]).astype(np.float64)
        missing = posterior.grid.missing
        found = np.empty((3, len(member), len(missing)))
        for at in range(0, len(missing), _BLOCK):
            part = slice(at, at + _BLOCK)
            found[:, :, part] = _of_kinds(known, matrix, member, missing[part])
        share, mean, square = found
        odds = tuple(Odds.matched(*each) for each in zip(mean, square, strict=True))
        mass = posterior.mass * _sizes_alike(posterior.observed, missing)
        return cls(posterior, share * mass / mass.sum(), odds)


def _sizes_alike(observed: int, missing: Floats) -> Floats:
    """What a prior proportional to 1/N is multiplied by; shape (points,).

    Counted once a stratum, 1/N pulls every small one down, a thousand of them far. Up to `_LIKELY`
    times the persons observed all sizes are alike; beyond they fall as 1/N**3, so that strata whose
    lists hardly overlap do not say that nearly everybody is missed.
    """
    times = (observed + missing) / (_LIKELY * observed)
    return np.asarray(np.minimum(times, times**-2))


def _matrix(k: int) -> Floats:
    """How often each set of lists counts in each graph, the complete one apart."""
    kept = [at for at, graph in enumerate(decomposable_graphs(k)) if graph != complete(k)]
    return np.asarray(scores(k)[kept], dtype=np.float64)


def _of_kinds(known: Margins, matrix: Floats, member: Floats, missing: Floats) -> Floats:
    """The share of each kind, mean and mean square of the chance; shape (3, kinds, points)."""
    said = matrix @ known.terms(missing)
    share = np.exp(said - said.max(axis=0))
    share /= share.sum(axis=0)
    nobody = known.nobody[1:, None] + known.weight[1:, None] + missing
    whole = known.observed + known.total_weight + missing
    once = matrix[:, 1:] @ (np.log(nobody) - np.log(whole))
    again = matrix[:, 1:] @ (np.log(nobody + 1) - np.log(whole + 1))
    of_kind = member @ share
    # Where a kind has no share its graphs count alike, so that its odds are odds.
    weight = share + 1e-200
    over = member @ weight
    mean = member @ (weight * np.exp(once)) / over
    square = member @ (weight * np.exp(once + again)) / over
    return np.stack((of_kind, mean, square))
