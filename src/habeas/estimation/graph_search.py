"""Decomposable graphs over seven lists and more: too many to write out, so they are searched.

From several starts the search climbs to the best graph one edge away; then it looks at all
neighbours of the best graph that it has not yet looked around, again and again, until what is left
is too unlikely to matter: an Occam's window over graphs (Madigan and Raftery 1994), each weighed by
its evidence summed over the population. How much of the posterior the graphs found hold is
estimated by chains that walk among all graphs, found or not (George and McCulloch 1997): the share
of their steps that are on graphs that were found. Where that is too little, longer chains take the
place of the search (`graph_chains`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from habeas.estimation.graph_chains import Walks, log_sum, walk_graphs
from habeas.estimation.graphs import Graph, elimination
from habeas.estimation.grid import FURTHEST, WHOLE, Floats
from habeas.estimation.log_gamma import log_gamma_ratio
from habeas.estimation.overlap import Overlap
from habeas.estimation.prior import Prior
from habeas.estimation.sparse_margins import SparseMargins

MOST_EVALUATED = 40_000
"""Graphs whose evidence is computed."""

WINDOW = 7.0
"""Around a graph less likely than the best by a factor of e**7, about 1,000, nobody looks."""

_STARTS = 4
"""From independence, and from graphs to which edges were added at random; as many chains."""

_STEPS = 2_500
_STEPS_EACH = 30
"""Steps of a chain, at least, and for each pair of lists. The first fifth is left out."""

ENOUGH = 0.9
"""The share of the posterior that the graphs found have to hold, by every chain."""

_MOST_POINTS = 1_000
_FARTHEST = 1e12
"""Missing at the end of the grid of the search; the average itself goes on."""


@dataclass(frozen=True, eq=False)
class Search:
    """The graphs that a search found.

    Attributes:
        graphs: the likeliest first.
        evidence: logarithms, of each.
        held: the estimated share of the posterior of all graphs that these hold, by chain.
        exhausted: whether the search ended because nothing likely was left, not for its length.
        walks: chains that take its place; none where the graphs found hold enough.
    """

    graphs: tuple[Graph, ...]
    evidence: Floats
    held: tuple[float, ...]
    exhausted: bool
    walks: Walks | None = None


def search_graphs(
    overlap: Overlap,
    *,
    delta: float,
    prior: Prior,
    seed: int = 1,
    most: int | None = None,
) -> Search:
    """Search the decomposable graphs of a table, the complete one apart.

    Args:
        overlap: one stratum.
        delta: prior weight of a cell.
        prior: of the population.
        seed: of the random starts and of the chains.
        most: graphs that are looked at; `MOST_EVALUATED` when left out.
    """
    most = MOST_EVALUATED if most is None else most
    space = _Space(overlap, delta, prior)
    random = np.random.default_rng(seed)
    starts = [space.empty, *(space.random_start(random) for _ in range(_STARTS - 1))]
    tops = [space.climb(start, most // (2 * _STARTS)) for start in starts]
    exhausted = space.look_around(most)
    found = dict(space.evidence)
    held = [space.walk(top, found, random) for top in tops]
    walks = None
    if min(held) < ENOUGH:
        starts = [space.empty, *(space.random_start(random) for _ in range(_STARTS - 1))]
        walks = walk_graphs(space, starts, space.log_population, seed=seed)
    found = space.evidence | (
        {} if walks is None else {one: space.known(one) for one in walks.graphs}
    )
    order = sorted(found, key=lambda graph: (-found[graph], graph))
    evidence = np.array([found[graph] for graph in order])
    return Search(tuple(order), evidence, tuple(held), exhausted, walks)


class _Space:
    """The graphs over the lists of one table, and what is known of them so far."""

    def __init__(self, overlap: Overlap, delta: float, prior: Prior) -> None:
        self.k = overlap.k
        self.evidence: dict[Graph, float] = {}
        largest = FURTHEST if prior.largest is None else prior.largest - overlap.observed
        missing, weights = _points(overlap.observed, min(_FARTHEST, max(largest, 0.0)))
        self._margins = SparseMargins(overlap, delta, missing)
        population = overlap.observed + missing
        self.log_population = np.log(population)
        self._shared = (
            log_gamma_ratio(missing, overlap.observed + 1.0, 1.0)
            + prior.log_density(population)
            + np.log(weights)
        )
        self.empty: Graph = (0,) * self.k
        self._pairs = self.k * (self.k - 1) // 2
        every = (1 << self.k) - 1
        self._complete: Graph = tuple(every ^ 1 << at for at in range(self.k))

    def joint(self, graph: Graph) -> Floats:
        """The density under a graph at each point, times what the point stands for; logarithms."""
        found = self._shared.copy()
        for vertex, later in elimination(graph) or ():
            found += self._margins.term(later | 1 << vertex) - self._margins.term(later)
        return found

    def known(self, graph: Graph) -> float:
        """The evidence of a graph."""
        if graph not in self.evidence:
            self.evidence[graph] = log_sum(self.joint(graph))
        return self.evidence[graph]

    def around(self, graph: Graph) -> Iterator[tuple[Graph, float]]:
        """The neighbours of a graph, each with its evidence."""
        joint = self.joint(graph)
        for one in range(self.k):
            for other in range(one):
                neighbour = toggled(graph, one, other)
                if neighbour is not None and neighbour != self._complete:
                    if neighbour not in self.evidence:
                        self.evidence[neighbour] = log_sum(joint + self._change(graph, one, other))
                    yield neighbour, self.evidence[neighbour]

    def _change(self, graph: Graph, one: int, other: int) -> Floats:
        """What an edge that is added or taken away changes: four terms."""
        shared = graph[one] & graph[other]
        term, first, second = self._margins.term, 1 << one, 1 << other
        gain = term(shared | first | second) + term(shared)
        gain = gain - term(shared | first) - term(shared | second)
        return -gain if graph[one] >> other & 1 else gain

    def step(self, graph: Graph, one: int, other: int) -> tuple[Graph, Floats] | None:
        """The graph with an edge more or less, and what that adds; none if it is not allowed."""
        ahead = toggled(graph, one, other)
        if ahead is None or ahead == self._complete:
            return None
        return ahead, self._change(graph, one, other)

    def random_start(self, random: np.random.Generator) -> Graph:
        """A graph to which edges were added at random, as many as there are lists."""
        graph = self.empty
        for _ in range(4 * self.k):
            one, other = random.choice(self.k, size=2, replace=False).tolist()
            if graph[one] >> other & 1:
                continue
            graph = toggled(graph, one, other) or graph
            if sum(near.bit_count() for near in graph) // 2 >= min(self.k, self._pairs - 1):
                break
        return graph

    def climb(self, graph: Graph, most: int) -> Graph:
        """To the best neighbour, as long as it is better; where that ends."""
        here, limit = self.known(graph), len(self.evidence) + most
        while len(self.evidence) < limit:
            best = max(self.around(graph), key=lambda found: found[1], default=(graph, here))
            if best[1] <= here:
                break
            graph, here = best
        return graph

    def look_around(self, most: int) -> bool:
        """The neighbours of the likeliest graph not yet looked around, until none is likely."""
        ahead = [(-said, graph) for graph, said in self.evidence.items()]
        heapq.heapify(ahead)
        queued = set(self.evidence)
        best = -ahead[0][0]
        while ahead and len(self.evidence) < most:
            said, graph = heapq.heappop(ahead)
            if -said < best - WINDOW:
                return True
            for neighbour, found in self.around(graph):
                best = max(best, found)
                if neighbour not in queued:
                    queued.add(neighbour)
                    heapq.heappush(ahead, (-found, neighbour))
        return not ahead

    def walk(self, start: Graph, found: dict[Graph, float], random: np.random.Generator) -> float:
        """A Metropolis chain over all graphs; the share of its steps on graphs that were found.

        A pair of lists is drawn, and its edge added or taken away if the graph stays decomposable.
        """
        graph, here, joint = start, self.known(start), self.joint(start)
        steps = max(_STEPS, _STEPS_EACH * self._pairs)
        burn_in, inside = steps // 5, 0
        pairs = [random.choice(self.k, size=2, replace=False).tolist() for _ in range(steps)]
        for at, (one, other) in enumerate(pairs):
            ahead = toggled(graph, one, other)
            if ahead is not None and ahead != self._complete:
                change = self._change(graph, one, other)
                if ahead not in self.evidence:
                    self.evidence[ahead] = log_sum(joint + change)
                there = self.evidence[ahead]
                if np.log(random.uniform()) < there - here:
                    graph, here, joint = ahead, there, joint + change
            inside += at >= burn_in and graph in found
        return inside / (steps - burn_in)


def toggled(graph: Graph, one: int, other: int) -> Graph | None:
    """The graph with one edge more or less; none if it is then not decomposable.

    An edge can be added where the common neighbours of its ends part them, and taken away where
    they are all joined to each other.
    """
    shared = graph[one] & graph[other]
    if graph[one] >> other & 1:
        allowed = all(
            not shared & ~graph[at] & ~(1 << at) for at in range(len(graph)) if shared >> at & 1
        )
    else:
        allowed = not _reaches(graph, one, other, shared)
    if not allowed:
        return None
    changed = list(graph)
    changed[one] ^= 1 << other
    changed[other] ^= 1 << one
    return tuple(changed)


def _reaches(graph: Graph, one: int, other: int, without: int) -> bool:
    """Whether a path joins two lists that goes through none of some others."""
    seen = ahead = 1 << one
    while ahead:
        lowest = ahead & -ahead
        near = graph[lowest.bit_length() - 1] & ~without & ~seen
        if near >> other & 1:
            return True
        seen |= near
        ahead = (ahead ^ lowest) | near
    return False


def _points(observed: int, furthest: float) -> tuple[Floats, Floats]:
    """Small numbers one by one, then equal steps of the logarithm; and what each stands for."""
    small = np.arange(min(WHOLE, int(furthest) + 1), dtype=np.float64)
    if furthest < WHOLE:
        return small, np.ones_like(small)
    low, high = np.log(WHOLE - 0.5), np.log(furthest + 0.5)
    step = max(min(0.05, observed**-0.5), (high - low) / _MOST_POINTS)
    edges = np.linspace(low, high, int(np.ceil((high - low) / step)) + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    return (
        np.concatenate((small, np.exp(middle))),
        np.concatenate((np.ones_like(small), np.diff(np.exp(edges)))),
    )
