"""Averaging over graphs: what the R package dga gives, what brute force gives, invariances."""

from __future__ import annotations

from itertools import product
from math import lgamma, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.estimation import decomposable, fit_strata
from habeas.estimation.batch import average_tables
from habeas.estimation.decomposable import average_graphs
from habeas.estimation.graphs import cliques, decomposable_graphs, elimination
from habeas.estimation.grid import dense_grid
from habeas.estimation.overlap import Overlap
from habeas.estimation.prior import Prior

DGA = {
    "Korea": (1230, 194.49970425),
    "Artificial_3": (960, 341.22298210),
    "spina_bifida": (6210, 727.72252316),
    "Kosovo": (44_000, 12749.34929165),
}
"""Largest number of missing; posterior mean to more digits than the package prints."""


@pytest.mark.parametrize("name", DGA)
def test_dga_on_a_dense_grid(name, table, reference):
    largest, mean = DGA[name]
    found = average_graphs(table(name), include_complete=True, grid=dense_grid(1, largest))
    (said,) = reference(name, "dga")
    assert found.posterior.mean() == pytest.approx(mean, rel=2e-8)
    assert found.posterior.quantile(0.5) == float(said["estimate"])
    assert found.posterior.interval() == (float(said["lo"]), float(said["hi"]))
    assert noted(said, "topmodel_p") == pytest.approx(found.weights.max(), abs=6e-4)
    assert noted(said, "tail_at_max") == pytest.approx(at_the_end(found), rel=0.02)


def noted(said, what: str) -> float:
    """A figure among the notes of a stored run."""
    return float(said["notes"].split(f"{what}=")[1].split(";")[0])


def at_the_end(found) -> float:
    """How likely the last point of the grid is, beside the likeliest."""
    return float(found.posterior.mass[-1] / found.posterior.mass.max())


def test_dga_on_a_grid_that_cuts_the_posterior_off(table, reference):
    """UKdat_5 to 27,440 missing, where the density is still .23 of the highest."""
    (said,) = (one for one in reference("UKdat_5", "dga") if "1..27440" in one["settings"])
    grid = dense_grid(1, 27_440)
    found = average_graphs(table("UKdat_5"), include_complete=True, grid=grid)
    assert round(found.posterior.mean(), 1) == noted(said, "mean") == 20_228.4
    assert round(found.weights.max(), 3) == noted(said, "topmodel_p") == 0.440
    assert round(at_the_end(found), 2) == noted(said, "tail_at_max") == 0.23
    ends = (found.posterior.quantile(0.5), *found.posterior.interval())
    assert ends == tuple(float(said[key]) for key in ("estimate", "lo", "hi"))


def test_dga_on_five_lists(table, reference):
    """The dense grid of 80,000 points takes four seconds: it is in the benchmark."""
    (said,) = (one for one in reference("UKdat_5", "dga") if "1..80000" in one["settings"])
    capped = average_graphs(
        table("UKdat_5"), include_complete=True, prior=Prior(largest=2744 + 80_000), first=1
    )
    assert capped.posterior.mean() == pytest.approx(21282.23717192, rel=1e-9)
    assert round(capped.weights.max(), 3) == noted(said, "topmodel_p") == 0.443
    assert capped.posterior.quantile(0.5) == pytest.approx(22_990, rel=1e-3)
    low, high = capped.posterior.interval()
    assert (low, high) == (pytest.approx(10_387, rel=1e-3), pytest.approx(33_510, rel=1e-3))


@pytest.mark.parametrize("name", DGA)
def test_the_adaptive_grid_is_within_a_thousandth(name, table):
    largest, _ = DGA[name]
    found = table(name)
    dense = average_graphs(found, grid=dense_grid(0, largest)).posterior
    prior = Prior(largest=found.observed + largest)
    sparse = average_graphs(found, prior=prior).posterior
    assert sparse.mean() == pytest.approx(dense.mean(), rel=1e-6)
    for share in (0.025, 0.25, 0.5, 0.75, 0.975):
        assert sparse.quantile(share) == pytest.approx(dense.quantile(share), rel=1e-3)
    assert len(sparse.mass) < 800


def brute_force(overlap: Overlap, missing: int, delta: float) -> dict:
    """The formula, written down as it stands in the literature, graph by graph."""
    dense = overlap.dense()[0].copy()
    dense[0] = missing
    k, n = overlap.k, int(dense.sum())
    cells = {c: int(v) for c, v in zip(product((0, 1), repeat=k), _cells(dense, k), strict=True)}

    def term(lists):
        weight = delta * 2 ** (k - len(lists))
        total = lgamma(delta * 2**k) - lgamma(n + delta * 2**k)
        margin: dict = {}
        for cell, count in cells.items():
            key = tuple(cell[at] for at in lists)
            margin[key] = margin.get(key, 0) + count
        return total + sum(lgamma(c + weight) - lgamma(weight) for c in margin.values())

    found = {}
    for graph in decomposable_graphs(k):
        value = lgamma(n + 1) - lgamma(missing + 1) - log(n)
        for vertex, later in elimination(graph):
            value += term([at for at in range(k) if (later | 1 << vertex) >> at & 1])
            if later:
                value -= term([at for at in range(k) if later >> at & 1])
        found[graph] = value
    return found


def _cells(dense, k):
    for cell in product((0, 1), repeat=k):
        yield dense[sum(bit << at for at, bit in enumerate(cell))]


counts_of_three = st.lists(st.integers(0, 30), min_size=7, max_size=7).filter(any)


@settings(deadline=None, max_examples=25)
@given(counts_of_three, st.integers(0, 400), st.sampled_from([0.05, 0.125, 1.0]))
def test_the_joint_density_is_the_formula(counts, missing, delta):
    patterns = [format(at, "03b")[::-1] for at in range(1, 8)]
    overlap = Overlap.from_counts("ABC", dict(zip(patterns, counts, strict=True)))
    grid = dense_grid(0, missing + 1)
    found = average_graphs(overlap, delta=delta, grid=grid, include_complete=True)
    one, other = brute_force(overlap, missing, delta), brute_force(overlap, missing + 1, delta)
    for at, graph in enumerate(found.graphs):
        said = found.joint.of_graph(at)
        assert said[missing + 1] - said[missing] == pytest.approx(
            other[graph] - one[graph], abs=1e-8
        )
    first = found.joint.of_graph(0)[missing] - one[found.graphs[0]]
    for at, graph in enumerate(found.graphs):
        assert found.joint.of_graph(at)[missing] - one[graph] == pytest.approx(first, abs=1e-7)


@settings(deadline=None, max_examples=20)
@given(counts_of_three, st.permutations([0, 1, 2]))
def test_the_order_of_the_lists_does_not_matter(counts, order):
    patterns = [format(at, "03b") for at in range(1, 8)]
    given_ = dict(zip(patterns, counts, strict=True))
    turned = {"".join(p[at] for at in order): count for p, count in given_.items()}
    one = average_graphs(Overlap.from_counts("ABC", given_), prior=Prior(largest=1e6))
    other = average_graphs(Overlap.from_counts("ABC", turned), prior=Prior(largest=1e6))
    assert other.posterior.mean() == pytest.approx(one.posterior.mean(), rel=1e-9)


def test_the_complete_graph_follows_the_prior_and_is_left_out(table):
    korea = table("Korea")
    without = average_graphs(korea)
    assert all(len(cliques(graph)) > 1 for graph in without.graphs)
    among = average_graphs(korea, include_complete=True)
    assert without.complete_weight == pytest.approx(0.1583, abs=1e-4)
    assert among.weights[-1] == pytest.approx(without.complete_weight, rel=1e-6)
    wide = average_graphs(korea, include_complete=True, prior=Prior(largest=1e9))
    narrow = average_graphs(korea, include_complete=True, prior=Prior(largest=1e3))
    assert wide.posterior.interval()[1] > narrow.posterior.interval()[1]


def test_six_lists_are_exact(table):
    found = average_graphs(table("UKdat"))
    assert len(found.graphs) == 18_153
    assert found.weights.sum() == pytest.approx(1)
    assert found.posterior.mean() == pytest.approx(14101.4387, rel=1e-6)


def test_a_heavier_prior_on_small_populations_gives_smaller_ones(table):
    found = table("Kosovo")
    assert (
        average_graphs(found).posterior.mean()
        < average_graphs(found, prior=Prior(kind="uniform", largest=1e6)).posterior.mean()
    )


def test_the_mutant_that_forgets_the_separators_is_caught(table, monkeypatch):
    positive = decomposable.scores(4).clip(0)
    monkeypatch.setattr(decomposable, "scores", lambda _: positive)
    found = average_graphs(table("Kosovo"), include_complete=True, grid=dense_grid(1, 44_000))
    assert found.posterior.mean() != pytest.approx(DGA["Kosovo"][1], rel=1e-3)


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"delta": 0.0}, "prior weight"),
        ({"delta": float("nan")}, "prior weight"),
        ({"first": 0.5}, "smallest number of missing of 0.5"),
    ],
)
def test_bad_settings(table, asked, match):
    with pytest.raises(InputError, match=match):
        average_graphs(table("Korea"), **asked)


@pytest.mark.parametrize("delta", [0.0, -1.0, float("nan")])
def test_a_weight_that_is_none_is_refused_where_tables_are_averaged_together(delta):
    on = np.random.default_rng(1).random((300, 3)) < 0.4
    columns = dict(zip("ABC", on[on.any(axis=1)].T.astype(int), strict=True))
    columns["s"] = ["x", "y"] * (len(columns["A"]) // 2) + ["x"] * (len(columns["A"]) % 2)
    overlap = Overlap.from_records(columns, lists="ABC", strata=["s"])
    with pytest.raises(InputError, match="prior weight"):
        average_tables(overlap.dense(), 3, delta=delta)
    with pytest.raises(InputError, match="prior weight"):
        fit_strata(overlap, delta=delta)


@pytest.mark.parametrize("first", [127, 128, 8000, 30_000])
def test_the_missing_may_begin_beyond_those_that_are_summed_one_by_one(table, first):
    found = average_graphs(table("Kosovo"), first=first).posterior
    dense = average_graphs(table("Kosovo"), grid=dense_grid(first, 400_000)).posterior
    assert found.mean() == pytest.approx(dense.mean(), rel=1e-6)
    for share in (0.025, 0.5, 0.975):
        assert found.quantile(share) == pytest.approx(dense.quantile(share), rel=1e-3)
    assert found.draws(1000, seed=1).min() >= 4400 + first
    few = average_graphs(table("Kosovo"), first=first, prior=Prior(largest=4402 + first)).posterior
    assert few.grid.missing.tolist() == [first, first + 1, first + 2] or few.grid.ends
    assert 4400 + first <= few.quantile(0.01) <= few.quantile(0.99) <= 4402 + first


def test_tables_that_cannot_be_fitted():
    with pytest.raises(InputError, match="no persons"):
        average_graphs(Overlap.from_counts("ABC", {}))
    with pytest.raises(InputError, match="cannot overlap"):
        average_graphs(Overlap.from_counts("A", {"1": 3}))
    with pytest.raises(InputError, match="could not be recorded"):
        average_graphs(Overlap.from_counts("AB", {"11": 3}, unrecorded=["01"]))
    with pytest.raises(InputError, match="without an end"):
        Prior(kind="uniform")
    with pytest.raises(InputError, match="no prior 'Uniform'"):
        Prior(kind="Uniform", largest=500)
    with pytest.raises(InputError, match="largest"):
        Prior(largest=float("nan"))
    assert np.isfinite(Prior().log_density(np.array([1.0]))).all()
