"""Whether averaging over graphs gives the posterior that it claims to give.

A size of the population, a graph and the chances of all patterns are drawn from the prior, lists
from them, and each table is fitted with that same prior: the true size must then fall anywhere in
its posterior with the same chance (simulation-based calibration; Talts and others 2018). It needs a
prior that can be drawn from: N uniform to an end.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from habeas.errors import InputError
from habeas.estimation.decomposable import average_graphs
from habeas.estimation.graphs import Graph, complete, decomposable_graphs, elimination
from habeas.estimation.grid import Floats
from habeas.estimation.overlap import Overlap
from habeas.estimation.prior import Prior


def drawn_chances(graph: Graph, delta: float, random: np.random.Generator) -> Floats:
    """The chances of all patterns, drawn from the hyper-Dirichlet law of a graph; shape (2**k,).

    Given the lists that it is joined to and that come later in a perfect elimination order, the
    chance to be on a list is a beta variable of its own for each of their patterns.

    Args:
        graph: decomposable.
        delta: prior weight of a cell of the full table.
        random: its random numbers.

    Raises:
        InputError: the graph is not decomposable.
    """
    order = elimination(graph)
    if order is None:
        raise InputError("the graph is not decomposable", place=str(graph))
    k = len(graph)
    patterns = np.arange(1 << k)
    chances = np.ones(1 << k)
    for vertex, later in order:
        weight = delta * 2.0 ** (k - later.bit_count() - 1)
        on = random.beta(weight, weight, size=1 << k)[patterns & later]
        chances *= np.where(patterns >> vertex & 1, on, 1 - on)
    return np.asarray(chances)


def drawn_tables(
    *, lists: int, largest: int, tables: int, seed: int
) -> Iterator[tuple[int, Overlap]]:
    """Populations drawn from the prior with their overlap tables, those left out that show nobody.

    Args:
        lists: how many.
        largest: the population is uniform from 1 to this.
        tables: how many.
        seed: of the random numbers.
    """
    random = np.random.default_rng(seed)
    graphs = [graph for graph in decomposable_graphs(lists) if graph != complete(lists)]
    names = tuple(f"L{at}" for at in range(lists))
    made = 0
    while made < tables:
        size = int(random.integers(1, largest + 1))
        graph = graphs[int(random.integers(len(graphs)))]
        counts = random.multinomial(size, drawn_chances(graph, 2.0**-lists, random))
        counts[0] = 0
        met = np.flatnonzero(counts)
        if len(met):
            made += 1
            yield size, Overlap(names, met, counts[met][None, :])


def calibration_shares(*, lists: int, largest: int, tables: int, seed: int = 1) -> Floats:
    """The share of its own posterior below each true size; shape (tables,).

    Args:
        lists: in each population.
        largest: the population is uniform from 1 to this.
        tables: how many populations.
        seed: of the random numbers.

    Returns:
        Shares that are uniform between 0 and 1 if the posterior is right; within the share of the
        true size itself the place is drawn by chance.
    """
    random = np.random.default_rng([seed, 1])
    prior = Prior(kind="uniform", largest=largest)
    found = []
    for size, overlap in drawn_tables(lists=lists, largest=largest, tables=tables, seed=seed):
        posterior = average_graphs(overlap, prior=prior).posterior
        below = 1 - posterior.above(size - 1) if size > overlap.observed else 0.0
        within = 1 - posterior.above(size) - below
        found.append(below + random.uniform() * within)
    return np.array(found)
