"""Chains over decomposable graphs, each graph weighed by how often they are on it.

A wide, sparse table has no few likely graphs: thousands hold next to nothing each, and a sum over
those that a search finds is a sum over the wrong ones. Chains that walk among all graphs (Madigan
and York 1995) need not find them all: what is averaged are the posteriors under the graphs that
they are on. That is right as far as they mix, which is judged over several of them that begin far
apart: by the population expected under the graph at hand, and by how many edges it has.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from habeas.estimation.graphs import Graph
from habeas.estimation.grid import Floats
from habeas.estimation.mixing import Mixing, mixing_of

STEPS = 40_000
"""Of each chain in a round; the first fifth of all its steps is left out."""

ROUNDS = (1, 2, 3)
"""Rounds that are added, as many as that at a time, until the chains agree."""

_LOOK = 20
"""Steps from one look to the next."""

_KEPT = 300
"""Graphs of each chain, equally far apart, that are averaged over."""


class Space(Protocol):
    """What a chain needs of the graphs of a table."""

    def joint(self, graph: Graph) -> Floats:
        """The density at each point under a graph; logarithms."""

    def step(self, graph: Graph, one: int, other: int) -> tuple[Graph, Floats] | None:
        """The graph with an edge more or less, and what that adds to `joint`; none if not."""


@dataclass(frozen=True, eq=False)
class Walks:
    """What the chains found.

    Attributes:
        graphs: those that are averaged over.
        visits: how often each was met; sums to as many as were kept of all chains.
        population: how well chains agree on the logarithm of the population.
        edges: how well they agree on the number of edges.
        steps: of each chain.
    """

    graphs: tuple[Graph, ...]
    visits: Floats
    population: Mixing
    edges: Mixing
    steps: int

    @property
    def converged(self) -> bool:
        """Whether the chains agree in both."""
        return self.population.converged and self.edges.converged


class _Chain:
    """One chain: where it is, and what it saw."""

    def __init__(self, space: Space, start: Graph, log_population: Floats, seed: list[int]) -> None:
        self._space, self._graph, self._log_population = space, start, log_population
        self._random = np.random.default_rng(seed)
        self._joint = space.joint(start)
        self._here = log_sum(self._joint)
        self.seen: list[tuple[Graph, float, int]] = []

    def walk(self, steps: int) -> None:
        """Metropolis: a pair of lists is drawn, and its edge added or taken away."""
        k = len(self._graph)
        first, second = (
            self._random.integers(k, size=steps),
            self._random.integers(k - 1, size=steps),
        )
        second += second >= first
        heights = np.log(self._random.random(steps))
        for at, (one, other) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            ahead = self._space.step(self._graph, one, other)
            if ahead is not None:
                joint = self._joint + ahead[1]
                there = log_sum(joint)
                if heights[at] < there - self._here:
                    self._graph, self._joint, self._here = ahead[0], joint, there
            if at % _LOOK == 0:
                edges = sum(near.bit_count() for near in self._graph) // 2
                self.seen.append((self._graph, self._population(), edges))

    def _population(self) -> float:
        """The logarithm of a population drawn under the graph at hand."""
        below = np.cumsum(np.exp(self._joint - self._joint.max()))
        at = np.searchsorted(below, self._random.random() * below[-1])
        return float(self._log_population[min(at, len(below) - 1)])


def walk_graphs(
    space: Space,
    starts: list[Graph],
    log_population: Floats,
    *,
    seed: int,
    steps: int | None = None,
) -> Walks:
    """Walk until the chains agree, or until there have been enough steps.

    Args:
        space: the graphs.
        starts: of the chains, four or more.
        log_population: at each point of the space; shape (points,).
        seed: of the random numbers.
        steps: of a chain in a round; `STEPS` when left out.
    """
    chains = [_Chain(space, start, log_population, [seed, at]) for at, start in enumerate(starts)]
    for more in ROUNDS:
        for chain in chains:
            chain.walk(more * (steps or STEPS))
        found = _together(chains)
        if found.converged:
            break
    return found


def _together(chains: list[_Chain]) -> Walks:
    """All chains, their first fifth left out."""
    seen = [chain.seen[len(chain.seen) // 5 :] for chain in chains]
    met: Counter[Graph] = Counter()
    for one in seen:
        at = np.linspace(0, len(one) - 1, min(_KEPT, len(one))).astype(int)
        met.update(one[place][0] for place in at)
    return Walks(
        tuple(met),
        np.array(list(met.values()), dtype=np.float64),
        mixing_of([[said for _, said, _ in one] for one in seen]),
        mixing_of([[float(edges) for _, _, edges in one] for one in seen]),
        len(chains[0].seen) * _LOOK,
    )


def log_sum(values: Floats) -> float:
    """The logarithm of a sum, from the logarithms of its parts."""
    top = values.max()
    return float(top + np.log(np.exp(values - top).sum()))
