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

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from habeas.estimation.checks import require_table, require_weight
from habeas.estimation.graph_chains import Walks
from habeas.estimation.graph_search import Search, search_graphs
from habeas.estimation.graphs import (
    MOST_ENUMERATED,
    Graph,
    complete,
    decomposable_graphs,
    elimination,
    notation,
    scores,
)
from habeas.estimation.grid import FURTHEST, HOPELESS, Floats, Grid, adaptive_grid, summits
from habeas.estimation.log_gamma import log_gamma_ratio
from habeas.estimation.margins import Margins, margins
from habeas.estimation.overlap import Overlap
from habeas.estimation.posterior import GridPosterior
from habeas.estimation.prior import Prior
from habeas.estimation.saying import NoEstimateError
from habeas.estimation.sparse_margins import SparseMargins


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
        search: how the graphs were found, if there are too many to take them all.
    """

    posterior: GridPosterior
    lists: tuple[str, ...]
    graphs: tuple[Graph, ...]
    weights: Floats
    complete_weight: float
    joint: _Joint
    search: Search | None = None

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


_BLOCK = 4096
"""Graphs that are looked at together."""

_CELLS = 4_000_000
"""Graphs times points that are looked at together: 32 MB."""

_WINDOW = 12.0
"""Graphs that a search found and that are less likely than the best by e**12 have no say."""

_MOST_SEARCHED = 5_000
"""Graphs that a search found and that have a say, at the most."""


def average_graphs(
    overlap: Overlap,
    *,
    delta: float | None = None,
    prior: Prior | None = None,
    include_complete: bool = False,
    grid: Grid | None = None,
    first: int = 0,
) -> GraphAverage:
    """Average over all decomposable graphs of 2 to 6 lists, over the likely ones of more.

    Seven lists have 617,675 graphs, more lists more than can be counted: they are searched
    (`graph_search`), and `search` tells how much of the posterior those that were found hold.

    Args:
        overlap: one stratum.
        delta: prior weight of each cell of the full table; 2**-k when left out.
        prior: of the population.
        include_complete: let the complete graph count, under which the data say nothing of N.
        grid: a grid to use as it is, such as `dense_grid(1, 44000)`; adaptive when left out.
        first: the smallest number of missing that is possible, for an adaptive grid.

    Raises:
        InputError: more strata than one, a table without persons, a delta that is not positive, a
            largest population below the persons observed or the smallest number of missing, a
            smallest number that is no whole number.
    """
    prior = prior or Prior()
    delta = 2.0**-overlap.k if delta is None else delta
    _check(overlap, delta, prior, first)
    space = (
        _every(overlap, delta) if overlap.k <= MOST_ENUMERATED else _likely(overlap, delta, prior)
    )
    other = _Joint(space.known, space.matrix, prior, grid, first, offset=space.offset)
    saturated = _Joint(space.known, space.whole, prior, grid, first)
    share = float(special.expit(saturated.log_evidence - other.log_evidence))
    used, graphs = other, space.graphs
    if include_complete:
        offset = None if space.offset is None else np.append(space.offset, 0.0)
        used = _Joint(
            space.known, _stacked(space.matrix, space.whole), prior, grid, first, offset=offset
        )
        graphs = (*graphs, complete(overlap.k))
    return GraphAverage(
        GridPosterior.of(overlap.observed, used.grid, used.mixture),
        overlap.lists,
        graphs,
        np.exp(used.evidence - used.log_evidence),
        share,
        used,
        space.search,
    )


@dataclass(frozen=True, eq=False)
class _Space:
    """The graphs to average over, the complete one apart.

    Attributes:
        known: the margins over the sets of lists that any of them counts.
        graphs: which.
        matrix: how often each set counts in each graph; shape (graphs, sets).
        whole: the same for the complete graph; shape (1, sets).
        search: how the graphs were found, if they were searched.
        offset: what is added to the evidence of each, so that it counts as often as chains were on
            it; shape (graphs,), none where each counts by its evidence.
    """

    known: Margins
    graphs: tuple[Graph, ...]
    matrix: Any
    whole: Any
    search: Search | None = None
    offset: Floats | None = None


def _every(overlap: Overlap, delta: float) -> _Space:
    """All graphs."""
    matrix = scores(overlap.k).astype(np.float64)
    graphs = decomposable_graphs(overlap.k)
    at = graphs.index(complete(overlap.k))
    return _Space(
        margins(overlap.dense()[0], overlap.k, delta),
        (*graphs[:at], *graphs[at + 1 :]),
        np.delete(matrix, at, axis=0),
        matrix[at : at + 1],
    )


def _likely(overlap: Overlap, delta: float, prior: Prior) -> _Space:
    """The graphs that a search finds, those apart that are too unlikely to matter."""
    search = search_graphs(overlap, delta=delta, prior=prior)
    kept = int((search.evidence > search.evidence[0] - _WINDOW).sum())
    graphs, offset = search.graphs[: min(kept, _MOST_SEARCHED)], None
    if search.walks is not None:
        graphs, offset = search.walks.graphs, _by_visits(search, search.walks)
    counted = [_counted(graph) for graph in (*graphs, complete(overlap.k))]
    sets = [0, *sorted({one for counts in counted for one in counts} - {0})]
    column = {one: at for at, one in enumerate(sets)}
    rows = [at for at, counts in enumerate(counted) for one in counts if one]
    columns = [column[one] for counts in counted for one in counts if one]
    values = [float(count) for counts in counted for one, count in counts.items() if one]
    matrix = sparse.csr_array((values, (rows, columns)), shape=(len(counted), len(sets)))
    known = SparseMargins(overlap, delta, np.empty(0)).margins(sets)
    return _Space(known, graphs, matrix[:-1], matrix[-1:], search, offset)


def _by_visits(search: Search, walks: Walks) -> Floats:
    """What makes the evidence of graphs that chains were on that of all, parted by visits.

    The evidence of all graphs is taken to be that of those that are known: the complete graph,
    which is held against it, can then only seem too heavy.
    """
    evidence = dict(zip(search.graphs, search.evidence, strict=True))
    own = np.array([evidence[graph] for graph in walks.graphs])
    shares = walks.visits / walks.visits.sum()
    return np.asarray(special.logsumexp(search.evidence) + np.log(shares) - own)


def _counted(graph: Graph) -> Counter[int]:
    """How often each set of lists counts in a graph: +1 a clique, -1 a separator."""
    found: Counter[int] = Counter()
    for vertex, later in elimination(graph) or ():
        found[later | 1 << vertex] += 1
        found[later] -= 1
    return found


def _stacked(matrix: Any, row: Any) -> Any:
    if sparse.issparse(matrix):
        return sparse.csr_array(sparse.vstack([matrix, row]))
    return np.vstack([matrix, row])


class _Joint:
    """The joint density of some graphs and the missing, on a grid."""

    def __init__(
        self,
        known: Margins,
        matrix: Any,
        prior: Prior,
        grid: Grid | None,
        first: int,
        *,
        offset: Floats | None = None,
    ) -> None:
        self._offset = np.zeros(matrix.shape[0]) if offset is None else offset
        self._known, self._all, self._matrix, self._prior = known, matrix, matrix, prior
        kept = np.arange(matrix.shape[0])
        if grid is None and len(kept) > _BLOCK:
            kept = self._contenders(first)
            self._matrix, self._offset = matrix[kept], self._offset[kept]
        self.grid = grid or adaptive_grid(self._density, first=first, furthest=self._furthest())
        self.mixture, evidence = self._summed()
        """The density over all graphs at each point, and the evidence of each graph; logarithms."""
        self.evidence = np.full(matrix.shape[0], -np.inf)
        self.evidence[kept] = evidence
        self.log_evidence = float(special.logsumexp(self.evidence))

    def _summed(self) -> tuple[Floats, Floats]:
        """In blocks of graphs and points: dense grids of many graphs would need gigabytes."""
        mixture, evidence = [], []
        points = max(1, _CELLS // min(self._matrix.shape[0], _BLOCK))
        for at in range(0, len(self.grid.missing), points):
            missing = self.grid.missing[at : at + points]
            weights = self.grid.log_weights[at : at + points]
            blocks = [self._block(*part, missing) for part in self._parts()]
            mixture.append(_logsum([_logsum(block, 0) for block in blocks], 0))
            evidence.append(np.concatenate([_logsum(block + weights, 1) for block in blocks]))
        return np.concatenate(mixture), _logsum(evidence, 0)

    def of_graph(self, at: int) -> Floats:
        """The density under one graph at each point of the grid."""
        return np.asarray(self._block(self._all[at : at + 1], np.zeros(1), self.grid.missing)[0])

    def _contenders(self, first: int) -> npt.NDArray[np.intp]:
        """The graphs that may have any weight; block by block, so that little is held at once."""
        hopes = []
        best = []
        for part in self._parts():
            density = partial(self._block, *part)
            hope, least = summits(density, first=first, furthest=self._furthest())
            hopes.append(hope)
            best.append(least)
        return np.flatnonzero(np.concatenate(hopes) > max(best) - HOPELESS)

    def _furthest(self) -> float:
        largest = self._prior.largest
        return FURTHEST if largest is None else max(largest - self._known.observed, 0.0)

    def _parts(self) -> Iterator[tuple[Any, Floats]]:
        for at in range(0, self._matrix.shape[0], _BLOCK):
            yield self._matrix[at : at + _BLOCK], self._offset[at : at + _BLOCK]

    def _density(self, missing: Floats) -> Floats:
        """The density of the missing under each graph."""
        return self._block(self._matrix, self._offset, missing)

    def _block(self, matrix: Any, offset: Floats, missing: Floats) -> Floats:
        population = self._known.observed + missing
        shared = log_gamma_ratio(missing, self._known.observed + 1.0, 1.0)
        shared = shared + self._prior.log_density(population)
        return np.asarray(matrix @ self._known.terms(missing) + shared + offset[:, None])


def _logsum(values: Floats | list[Floats], axis: int) -> Floats:
    """The logarithm of the sum of exponentials along an axis; several times as fast as SciPy's."""
    array = np.asarray(values)
    top = array.max(axis=axis)
    return np.asarray(top + np.log(np.exp(array - np.expand_dims(top, axis)).sum(axis=axis)))


def _check(overlap: Overlap, delta: float, prior: Prior, first: int) -> None:
    require_table(overlap, every_cell=True)
    require_weight(delta)
    if first < 0 or first != int(first):
        raise NoEstimateError("first", first=first)
    if prior.largest is not None and prior.largest < overlap.observed:
        raise NoEstimateError("largest", largest=prior.largest, observed=overlap.observed)
    fewest, most = overlap.observed + first, prior.largest or FURTHEST
    if most < fewest:
        raise NoEstimateError("first_above", fewest=fewest, largest=most)
