"""Decomposable graphs over lists, all of them, and what their cliques and separators count.

A graph says which lists may depend on one another: lists that are not joined are independent given
those between them. In a decomposable (chordal) graph the likelihood falls apart into margins over
its cliques and separators (Lauritzen 1996), which is what makes averaging over all graphs exact
(Madigan and York 1997). Graphs are generated here, never shipped: 1, 2, 8, 61, 822, 18,154 of them
for 1 to 6 lists (OEIS A058862).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError

Graph = tuple[int, ...]
"""For each list, the bits of those joined to it."""

MOST_ENUMERATED = 6
"""Lists up to which every graph is written out; seven have 617,675."""

Scores = npt.NDArray[np.int8]


def complete(k: int) -> Graph:
    """The graph in which every list may depend on every other."""
    everyone = (1 << k) - 1
    return tuple(everyone & ~(1 << vertex) for vertex in range(k))


def elimination(graph: Graph) -> list[tuple[int, int]] | None:
    """A perfect elimination order: each list with those still there that it is joined to.

    Returns:
        (list, bits of its later neighbours), first eliminated first; None if the graph is not
        decomposable.
    """
    left = (1 << len(graph)) - 1
    order: list[tuple[int, int]] = []
    while left:
        for vertex in range(len(graph)):
            if left >> vertex & 1 and _is_clique(graph, graph[vertex] & left):
                order.append((vertex, graph[vertex] & left))
                left &= ~(1 << vertex)
                break
        else:
            return None
    return order


def _is_clique(graph: Graph, vertices: int) -> bool:
    ahead = vertices
    while ahead:
        lowest = ahead & -ahead
        if vertices & ~graph[lowest.bit_length() - 1] & ~lowest:
            return False
        ahead &= ahead - 1
    return True


@lru_cache(maxsize=MOST_ENUMERATED)
def decomposable_graphs(k: int) -> tuple[Graph, ...]:
    """Every decomposable graph over k lists.

    What is left of a decomposable graph when a list is taken away is decomposable: so those over k
    lists are found among the extensions of those over k - 1.

    Args:
        k: 1 to 6.

    Raises:
        InputError: more lists.
    """
    if not 1 <= k <= MOST_ENUMERATED:
        raise InputError(
            f"the graphs over {k} lists are too many to write out",
            mend="They are searched instead: method decomposable does so by itself",
        )
    graphs: list[Graph] = [(0,)]
    for new in range(1, k):
        graphs = [
            extended
            for graph in graphs
            for joined in range(1 << new)
            if elimination(extended := _extended(graph, joined)) is not None
        ]
    return tuple(graphs)


def _extended(graph: Graph, joined: int) -> Graph:
    """The graph with one more list, joined to these."""
    bit = 1 << len(graph)
    return (
        *(near | bit if joined >> vertex & 1 else near for vertex, near in enumerate(graph)),
        joined,
    )


@lru_cache(maxsize=MOST_ENUMERATED)
def scores(k: int) -> Scores:
    """How often each set of lists counts in each graph: +1 a clique, -1 a separator.

    Args:
        k: 1 to 6.

    Returns:
        Shape (graphs, 2**k), in the order of `decomposable_graphs`.
    """
    found = np.stack([score(graph) for graph in decomposable_graphs(k)])
    found.setflags(write=False)
    return found


def score(graph: Graph) -> Scores:
    """How often each set of lists counts in one graph; shape (2**k,).

    Raises:
        InputError: the graph is not decomposable.
    """
    order = elimination(graph)
    if order is None:
        raise InputError("the graph is not decomposable", place=str(graph))
    row = np.zeros(1 << len(graph), dtype=np.int8)
    for vertex, later in order:
        row[later | 1 << vertex] += 1
        row[later] -= 1
    return row


def cliques(graph: Graph) -> tuple[int, ...]:
    """The largest sets of lists that are all joined, as bits, in ascending order.

    Raises:
        InputError: the graph is not decomposable.
    """
    order = elimination(graph)
    if order is None:
        raise InputError("the graph is not decomposable", place=str(graph))
    sets = {later | 1 << vertex for vertex, later in order}
    return tuple(
        sorted(one for one in sets if not any(one & other == one for other in sets - {one}))
    )


def neighbours(graph: Graph) -> list[Graph]:
    """The decomposable graphs that differ in one edge; any two are joined by such steps."""
    found: list[Graph] = []
    for one in range(len(graph)):
        for other in range(one):
            changed = list(graph)
            changed[one] ^= 1 << other
            changed[other] ^= 1 << one
            candidate = tuple(changed)
            if elimination(candidate) is not None:
                found.append(candidate)
    return found


def notation(graph: Graph, lists: tuple[str, ...]) -> str:
    """The graph by its cliques: `[A B C][C D]`."""
    return "".join(
        "[" + " ".join(lists[bit] for bit in range(len(lists)) if clique >> bit & 1) + "]"
        for clique in cliques(graph)
    )
