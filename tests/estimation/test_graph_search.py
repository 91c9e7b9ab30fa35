"""Searching graphs: the neighbours are right, what is found holds what matters, wide tables fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.estimation import Overlap, decomposable, fit, graph_chains, graph_search
from habeas.estimation.decomposable import average_graphs
from habeas.estimation.graph_search import Search, search_graphs, toggled
from habeas.estimation.graphs import complete, decomposable_graphs, neighbours, scores
from habeas.estimation.grid import dense_grid
from habeas.estimation.margins import margins
from habeas.estimation.prior import Prior
from habeas.estimation.sparse_margins import SparseMargins


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 821))
def test_an_edge_is_toggled_where_the_graph_stays_decomposable(at):
    graph = decomposable_graphs(5)[at]
    pairs = [(one, other) for one in range(5) for other in range(one)]
    found = [toggled(graph, *pair) for pair in pairs]
    assert [one for one in found if one] == neighbours(graph)


@pytest.mark.parametrize("name", ["Kosovo", "UKdat"])
def test_margins_from_patterns_are_those_of_the_whole_table(name, table):
    overlap = table(name)
    missing = np.array([0.0, 7.0, 3e4])
    dense = margins(overlap.dense()[0], overlap.k, 2.0**-overlap.k).terms(missing)
    found = SparseMargins(overlap, 2.0**-overlap.k, missing)
    for lists in range(1 << overlap.k):
        assert found.term(lists) == pytest.approx(dense[lists], rel=1e-12, abs=1e-9)


@pytest.fixture(scope="module")
def six(table):
    overlap = table("UKdat")
    found = search_graphs(overlap, delta=2.0**-6, prior=Prior())
    return overlap, average_graphs(overlap), found


def test_what_is_found_over_six_lists_holds_what_matters(six):
    _, exact, found = six
    weight = dict(zip(exact.graphs, exact.weights, strict=True))
    held = sum(weight[graph] for graph in found.graphs)
    assert held > 0.995
    assert len(found.graphs) < 2_000
    assert found.exhausted
    assert min(found.held) > 0.98
    assert found.graphs[0] == exact.graphs[int(np.argmax(exact.weights))]
    evidence = dict(zip(exact.graphs, exact.joint.evidence, strict=True))
    for graph, said in zip(found.graphs[:30], found.evidence[:30], strict=True):
        expected = evidence[graph] - evidence[found.graphs[0]]
        assert said - found.evidence[0] == pytest.approx(expected, abs=1e-4)


def test_the_posterior_of_a_search_is_near_the_exact_one(six, monkeypatch):
    overlap, exact, _ = six
    monkeypatch.setattr(decomposable, "MOST_ENUMERATED", 5)
    found = average_graphs(overlap)
    assert found.search is not None
    ends = np.quantile(exact.posterior.draws(4000, 1), np.linspace(0.01, 0.99, 50))
    distance = max(abs(found.posterior.above(size) - exact.posterior.above(size)) for size in ends)
    assert distance < 0.005
    assert found.complete_weight == pytest.approx(exact.complete_weight, rel=0.01, abs=1e-9)
    assert found.posterior.mean() == pytest.approx(exact.posterior.mean(), rel=2e-3)


def test_a_search_that_ends_too_early_is_told(six, monkeypatch):
    """The mutant that does not look around: the chains are elsewhere, and say so."""
    overlap, _, _ = six
    monkeypatch.setattr(graph_search._Space, "look_around", lambda self, most: False)
    monkeypatch.setattr(graph_search._Space, "climb", lambda self, graph, most: graph)
    monkeypatch.setattr(graph_search, "ENOUGH", 0.0)
    found = search_graphs(overlap, delta=2.0**-6, prior=Prior())
    assert min(found.held) < 0.1
    assert not found.exhausted


def independent(k: int, size: int, chance: float, seed: int = 1) -> Overlap:
    random = np.random.default_rng(seed)
    on = random.random((size, k)) < chance
    on = on[on.any(axis=1)].astype(int)
    names = [f"L{at:02}" for at in range(k)]
    return Overlap.from_records(dict(zip(names, on.T, strict=True)), lists=names)


def test_seven_lists_are_searched_by_themselves():
    found = fit(independent(7, 600, 0.25))
    said = found.summary()
    assert said.low < 600 < said.high
    assert found.publishable
    assert min(found.diagnostics()["search_held"]) > 0.9
    assert len(found.detail.graphs) < 20_000
    again = fit(independent(7, 600, 0.25))
    assert (again.draws == found.draws).all()
    among = average_graphs(independent(7, 600, 0.25), include_complete=True)
    assert among.graphs[-1] == complete(7)
    assert among.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["two classes", "independent"])
def test_chains_over_six_lists_agree_with_all_graphs(name, monkeypatch):
    overlap = heterogeneous(6, 1) if name == "two classes" else independent(6, 400, 0.25)
    exact = average_graphs(overlap)
    monkeypatch.setattr(decomposable, "MOST_ENUMERATED", 5)
    monkeypatch.setattr(graph_search, "ENOUGH", 1.1)
    monkeypatch.setattr(graph_search, "MOST_EVALUATED", 400)
    monkeypatch.setattr(graph_chains, "STEPS", 15_000)
    found = average_graphs(overlap)
    walks = found.search.walks
    assert walks.converged
    ends = np.quantile(exact.posterior.draws(4000, 1), np.linspace(0.01, 0.99, 50))
    distance = max(abs(found.posterior.above(size) - exact.posterior.above(size)) for size in ends)
    assert distance < 0.04  # 1,200 graphs kept of the chains
    weight = dict(zip(exact.graphs, exact.weights, strict=True))
    best = int(np.argmax(found.weights))
    assert found.weights[best] == pytest.approx(weight[found.graphs[best]], abs=0.05)
    assert found.weights.sum() == pytest.approx(1)


def heterogeneous(k: int, seed: int) -> Overlap:
    random = np.random.default_rng(seed)
    chance = np.where(np.arange(1500)[:, None] < 1000, 0.03, 0.1)
    on = random.random((1500, k)) < chance
    on = on[on.any(axis=1)].astype(int)
    return Overlap.from_records({f"L{at:02}": row for at, row in enumerate(on.T)},
                                lists=[f"L{at:02}" for at in range(k)])  # fmt: skip


def test_wide_sparse_tables_give_one_answer_whatever_the_seed(monkeypatch):
    monkeypatch.setattr(graph_search, "MOST_EVALUATED", 1_500)
    overlap = heterogeneous(12, 1)
    said = []
    for seed in (1, 2):
        found = search_graphs(overlap, delta=2.0**-12, prior=Prior(), seed=seed)
        assert max(found.held) < 0.9  # the search alone would not do
        assert found.walks.converged
        monkeypatch.setattr(decomposable, "search_graphs", lambda *a, found=found, **b: found)
        posterior = average_graphs(overlap).posterior
        said.append((posterior.quantile(0.5), *posterior.interval(0.95)))
        assert fit(overlap).publishable
    assert said[0] == pytest.approx(said[1], rel=0.015)


def test_chains_that_do_not_agree_are_told(monkeypatch):
    monkeypatch.setattr(graph_search, "MOST_EVALUATED", 1_500)
    monkeypatch.setattr(graph_search, "_STEPS", 10)
    monkeypatch.setattr(graph_search, "_STEPS_EACH", 1)
    monkeypatch.setattr(graph_chains, "STEPS", 400)
    overlap = independent(22, 2000, 0.03)
    found = fit(overlap)
    said = found.summary()
    assert said.observed < said.low < said.high < 10_000
    assert not found.publishable
    assert "search" in {one.code for one in found.refusals}
    assert "chains over graphs differ" in found.describe()
    passed = fit(overlap, override={"search": "beside latent classes only"})
    assert passed.publishable


def test_the_mutant_whose_chains_take_every_step_is_caught(monkeypatch):
    """A chain that heeds no evidence is on other graphs, and its answer another one."""
    overlap = independent(6, 400, 0.25)
    exact = average_graphs(overlap)
    monkeypatch.setattr(decomposable, "MOST_ENUMERATED", 5)
    monkeypatch.setattr(graph_search, "ENOUGH", 1.1)
    monkeypatch.setattr(graph_search, "MOST_EVALUATED", 400)
    monkeypatch.setattr(graph_chains, "STEPS", 4_000)
    monkeypatch.setattr(graph_chains, "log_sum", lambda joint: 0.0)
    found = average_graphs(overlap)
    ends = np.quantile(exact.posterior.draws(4000, 1), np.linspace(0.01, 0.99, 50))
    distance = max(abs(found.posterior.above(size) - exact.posterior.above(size)) for size in ends)
    assert distance > 0.05


def test_the_mutant_that_trusts_any_search_is_caught(monkeypatch):
    from habeas.estimation import methods

    nothing = Search((), np.empty(0), (0.0,), exhausted=True)
    found = average_graphs(independent(4, 300, 0.3))
    object.__setattr__(found, "search", nothing)
    assert [one.code for one in methods._missed(found)] == ["search"]
    object.__setattr__(found, "search", None)
    assert methods._missed(found) == ()


def test_a_search_heeds_the_end_of_a_prior():
    overlap = independent(7, 300, 0.3)
    found = average_graphs(overlap, prior=Prior(kind="uniform", largest=overlap.observed + 60))
    assert found.posterior.quantile(0.999) <= overlap.observed + 60
    near = average_graphs(overlap, prior=Prior(largest=overlap.observed + 500))
    assert near.posterior.grid.ends
    dense = average_graphs(overlap, grid=dense_grid(0, 500))
    assert dense.posterior.mean() == pytest.approx(near.posterior.mean(), rel=1e-4)
    assert scores(4).shape == (61, 16)
