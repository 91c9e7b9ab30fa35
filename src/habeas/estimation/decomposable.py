"""Bayesian model averaging over decomposable graphs (Madigan and York 1997), exact to six lists.

With n persons observed, m missing and N = n + m, a hyper-Dirichlet prior of weight delta on every
cell of the full table and equal prior weight on every graph, the posterior of a graph G and N is

    log p(G, N | data) = lgamma(N+1) - lgamma(m+1) + log prior(N)
                         + sum over cliques C of T(C) - sum over separators S of T(S) + constant
    T(S) = lgamma(A) - lgamma(N+A) + sum over the 2^|S| cells c of the margin over S
           [ lgamma(n_c + a) - lgamma(a) ],     a = delta * 2^(k-|S|),  A = delta * 2^k

where the cell of nobody holds m. The complete graph says nothing about m, which then follows the
prior alone: its weight is told, and it is left out unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.special import gammaln

from habeas.errors import InputError
from habeas.estimation.checks import require_table
from habeas.estimation.graphs import (
    Graph,
    complete,
    decomposable_graphs,
    notation,
    scores,
)
from habeas.estimation.grid import FURTHEST, Floats, Grid, adaptive_grid
from habeas.estimation.log_gamma import log_gamma_ratio
from habeas.estimation.overlap import Overlap
from habeas.estimation.posterior import GridPosterior
from habeas.estimation.prior import Prior


@dataclass(frozen=True, eq=False)
class GraphAverage:
    """What averaging over graphs gives.

    Attributes:
        posterior: of the size of the population, over the graphs that count.
        lists: the names of the lists.
        graphs: those that count.
        weights: the posterior share of each of them; sums to 1.
        complete_weight: the posterior share that the complete graph would have among all graphs.
        joint: the density under each graph.
    """

    posterior: GridPosterior
    lists: tuple[str, ...]
    graphs: tuple[Graph, ...]
    weights: Floats
    complete_weight: float
    joint: _Joint

    @cached_property
    def best(self) -> tuple[tuple[str, float], ...]:
        """Graphs by their cliques with their weights, the heaviest first."""
        order = np.argsort(-self.weights, kind="stable")
        return tuple(
            (notation(self.graphs[at], self.lists), float(self.weights[at])) for at in order[:20]
        )

    def under(self, at: int) -> GridPosterior:
        """The posterior under one graph."""
        return GridPosterior.of(
            self.posterior.observed, self.posterior.grid, self.joint.of_graph(at)
        )


@dataclass(frozen=True, eq=False)
class Margins:
    """What a table says of each set of lists: all that the likelihood of any graph needs.

    Attributes:
        k: lists.
        observed: persons observed.
        constant: for each set of lists, what does not depend on the missing; shape (2**k,).
        nobody: for each set of lists, the observed who stand on none of them; shape (2**k,).
        weight: for each set of lists, the prior weight of one cell of its margin; shape (2**k,).
        total_weight: the prior weight of the whole table.
    """

    k: int
    observed: int
    constant: Floats
    nobody: Floats
    weight: Floats
    total_weight: float

    def terms(self, missing: Floats) -> Floats:
        """T of each set of lists at each number of missing; shape (2**k, points)."""
        found = self.constant[:, None] + log_gamma_ratio(
            missing,
            self.nobody[:, None] + self.weight[:, None],
            self.observed + self.total_weight,
        )
        found[0] = 0.0  # the empty separator: one cell that holds everyone
        return np.asarray(found)


@lru_cache(maxsize=8)
def _cells(k: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The cells of all margins but those of nobody: which patterns they hold, whose they are.

    Returns:
        A matrix of zeros and ones, shape (2**k, cells), and the set of lists of each cell.
    """
    patterns = np.arange(1 << k)
    columns, owners = [], []
    for lists in range(1, 1 << k):
        part = patterns & lists
        for cell in np.unique(part)[1:]:
            columns.append(part == cell)
            owners.append(lists)
    return np.stack(columns, axis=1).astype(np.float64), np.array(owners)


def margins(dense: npt.NDArray[np.int64], k: int, delta: float) -> Margins:
    """The margins of one table.

    Args:
        dense: counts of all 2**k patterns, that of nobody 0.
        k: lists.
        delta: prior weight of a cell.
    """
    membership, owners = _cells(k)
    sets = np.arange(1 << k)
    size = np.array([bin(one).count("1") for one in sets])
    weight = delta * 2.0 ** (k - size)
    total = delta * 2.0**k
    counts = dense @ membership
    gained = gammaln(counts + weight[owners]) - gammaln(weight[owners])
    known = np.bincount(owners, weights=gained, minlength=1 << k)
    nobody = np.array([dense[sets & lists == 0].sum() for lists in sets], dtype=np.float64)
    constant = gammaln(total) - gammaln(weight) + known
    return Margins(k, int(dense.sum()), constant, nobody, weight, total)


_BLOCK = 4096
"""Graphs that are looked at together."""

_CELLS = 4_000_000
"""Graphs times points that are looked at together: 32 MB."""


def average_graphs(
    overlap: Overlap,
    *,
    delta: float | None = None,
    prior: Prior | None = None,
    include_complete: bool = False,
    grid: Grid | None = None,
    first: int = 0,
) -> GraphAverage:
    """Average over all decomposable graphs of 2 to 6 lists.

    Args:
        overlap: one stratum.
        delta: prior weight of each cell of the full table; 2**-k when left out.
        prior: of the population.
        include_complete: let the complete graph count, under which the data say nothing of N.
        grid: a grid to use as it is, such as `dense_grid(1, 44000)`; adaptive when left out.
        first: the smallest number of missing that is possible, for an adaptive grid.

    Raises:
        InputError: more strata than one, too many lists, a table without persons, a delta that is
            not positive.
    """
    prior = prior or Prior()
    delta = 2.0**-overlap.k if delta is None else delta
    _check(overlap, delta, prior)
    known = margins(overlap.dense()[0], overlap.k, delta)
    graphs = decomposable_graphs(overlap.k)
    whole = np.array([graph == complete(overlap.k) for graph in graphs])
    matrix = scores(overlap.k).astype(np.float64)
    other = _Joint(known, matrix[~whole], prior, grid, first)
    saturated = _Joint(known, matrix[whole], prior, grid, first)
    share = float(special.expit(saturated.log_evidence - other.log_evidence))
    used = _Joint(known, matrix, prior, grid, first) if include_complete else other
    return GraphAverage(
        GridPosterior.of(overlap.observed, used.grid, used.mixture),
        overlap.lists,
        tuple(
            g for g, is_whole in zip(graphs, whole, strict=True) if include_complete or not is_whole
        ),
        np.exp(used.evidence - used.log_evidence),
        share,
        used,
    )


class _Joint:
    """The joint density of some graphs and the missing, on a grid."""

    def __init__(
        self, known: Margins, matrix: Floats, prior: Prior, grid: Grid | None, first: int
    ) -> None:
        self._known, self._matrix, self._prior = known, matrix, prior
        self.grid = grid or adaptive_grid(self._density, first=first, furthest=self._furthest())
        self.mixture, self.evidence = self._summed()
        """The density over all graphs at each point, and the evidence of each graph; logarithms."""
        self.log_evidence = float(special.logsumexp(self.evidence))

    def _summed(self) -> tuple[Floats, Floats]:
        """In blocks of graphs and points: dense grids of many graphs would need gigabytes."""
        mixture, evidence = [], []
        points = max(1, _CELLS // min(len(self._matrix), _BLOCK))
        for at in range(0, len(self.grid.missing), points):
            missing = self.grid.missing[at : at + points]
            weights = self.grid.log_weights[at : at + points]
            blocks = [self._block(part, missing) for part in self._parts()]
            mixture.append(_logsum([_logsum(block, 0) for block in blocks], 0))
            evidence.append(np.concatenate([_logsum(block + weights, 1) for block in blocks]))
        return np.concatenate(mixture), _logsum(evidence, 0)

    def of_graph(self, at: int) -> Floats:
        """The density under one graph at each point of the grid."""
        return np.asarray(self._block(self._matrix[at : at + 1], self.grid.missing)[0])

    def _furthest(self) -> float:
        largest = self._prior.largest
        return FURTHEST if largest is None else max(largest - self._known.observed, 0.0)

    def _parts(self) -> Iterator[Floats]:
        for at in range(0, len(self._matrix), _BLOCK):
            yield self._matrix[at : at + _BLOCK]

    def _density(self, missing: Floats) -> Floats:
        """The density of the missing under each graph."""
        return self._block(self._matrix, missing)

    def _block(self, matrix: Floats, missing: Floats) -> Floats:
        population = self._known.observed + missing
        shared = log_gamma_ratio(missing, self._known.observed + 1.0, 1.0)
        shared = shared + self._prior.log_density(population)
        return np.asarray(matrix @ self._known.terms(missing) + shared)


def _logsum(values: Floats | list[Floats], axis: int) -> Floats:
    """The logarithm of the sum of exponentials along an axis; several times as fast as SciPy's."""
    array = np.asarray(values)
    top = array.max(axis=axis)
    return np.asarray(top + np.log(np.exp(array - np.expand_dims(top, axis)).sum(axis=axis)))


def _check(overlap: Overlap, delta: float, prior: Prior) -> None:
    require_table(overlap, every_cell=True)
    if not (np.isfinite(delta) and delta > 0):
        raise InputError(f"a prior weight of {delta}", mend="Give a number above 0")
    if prior.largest is not None and prior.largest < overlap.observed:
        raise InputError(
            f"a largest population of {prior.largest:g}, and {overlap.observed} persons are listed",
            mend="Give a larger one, or none",
        )
