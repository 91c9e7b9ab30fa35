"""Every decomposable graph, and what it counts."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from habeas.errors import InputError
from habeas.estimation import graphs
from habeas.estimation.graphs import (
    cliques,
    complete,
    decomposable_graphs,
    elimination,
    neighbours,
    notation,
    score,
    scores,
)


@pytest.mark.parametrize(("k", "count"), [(1, 1), (2, 2), (3, 8), (4, 61), (5, 822), (6, 18154)])
def test_as_many_as_are_known(k, count):
    """OEIS A058862, labelled chordal graphs."""
    found = decomposable_graphs(k)
    assert len(found) == len(set(found)) == count


def has_chordless_circle(graph) -> bool:
    """The definition, by brute force: some vertices whose graph is a circle of four or more."""
    k = len(graph)
    for size in range(4, k + 1):
        for chosen in combinations(range(k), size):
            mask = sum(1 << vertex for vertex in chosen)
            degrees = {bin(graph[vertex] & mask).count("1") for vertex in chosen}
            if degrees == {2} and _connected(graph, mask):
                return True
    return False


def _connected(graph, mask) -> bool:
    reached, ahead = 0, mask & -mask
    while ahead:
        lowest = ahead & -ahead
        reached |= lowest
        ahead = (ahead | graph[lowest.bit_length() - 1] & mask) & ~reached
    return reached == mask


def test_they_are_those_without_a_chordless_circle():
    edges = list(combinations(range(5), 2))
    for chosen in range(1 << len(edges)):
        graph = [0] * 5
        for at, (one, other) in enumerate(edges):
            if chosen >> at & 1:
                graph[one] |= 1 << other
                graph[other] |= 1 << one
        assert (elimination(tuple(graph)) is None) == has_chordless_circle(tuple(graph))


@pytest.mark.parametrize("k", [3, 4, 5])
def test_cliques_and_separators_cancel_to_every_list_once(k):
    """Each list is counted once in all: in cliques more often, less the separators."""
    bits = np.array([[one >> bit & 1 for bit in range(k)] for one in range(1 << k)])
    assert (scores(k).astype(int) @ bits == 1).all()


def test_the_score_of_a_path():
    path = (0b010, 0b101, 0b010)
    row = score(path)
    counted = {int(at): int(row[at]) for at in np.flatnonzero(row) if at}
    assert counted == {0b010: -1, 0b011: 1, 0b110: 1}
    assert cliques(path) == (0b011, 0b110)
    assert notation(path, ("A", "B", "C")) == "[A B][B C]"


def test_a_circle_of_four_has_no_score():
    circle = (0b1010, 0b0101, 0b1010, 0b0101)
    assert elimination(circle) is None
    with pytest.raises(InputError, match="not decomposable"):
        score(circle)


def test_every_graph_is_reached_by_single_edges():
    known = set(decomposable_graphs(4))
    reached, ahead = set(), [complete(4)]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead += neighbours(here)
    assert reached == known


def test_seven_lists_are_not_written_out():
    with pytest.raises(InputError, match="too many"):
        decomposable_graphs(7)


def test_without_the_check_of_cliques_there_would_be_too_many(monkeypatch):
    """The mutant of the first test."""
    monkeypatch.setattr(graphs, "_is_clique", lambda *_: True)
    assert len(decomposable_graphs.__wrapped__(4)) == 64
