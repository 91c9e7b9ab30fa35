"""The posterior over graphs is the one that it claims to be: true sizes fall anywhere in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from habeas.errors import InputError
from habeas.estimation import Overlap, decomposable, decomposable_calibration, fit
from habeas.estimation.decomposable_calibration import (
    calibration_shares,
    drawn_chances,
    drawn_tables,
)
from habeas.estimation.graphs import decomposable_graphs

ASKED = {"lists": 3, "largest": 200, "tables": 400, "seed": 5}


def test_true_sizes_fall_anywhere_in_their_posteriors():
    assert kstest(calibration_shares(**ASKED), "uniform").pvalue > 0.01


def test_the_mutant_that_forgets_who_is_off_a_margin_is_caught(monkeypatch):
    real = decomposable.margins

    def forgetful(dense, k, delta):
        found = real(dense, k, delta)
        return replace(found, nobody=np.zeros_like(found.nobody))

    monkeypatch.setattr(decomposable, "margins", forgetful)
    assert kstest(calibration_shares(**ASKED), "uniform").pvalue < 1e-4


def test_the_mutant_with_other_weights_of_cells_is_caught(monkeypatch):
    real = decomposable_calibration.average_graphs
    monkeypatch.setattr(
        decomposable_calibration,
        "average_graphs",
        lambda overlap, prior: real(overlap, prior=prior, delta=1.0),
    )
    assert kstest(calibration_shares(**ASKED), "uniform").pvalue < 1e-4


def test_chances_heed_their_graph():
    """Lists that are not joined are independent given those between them; margins are beta."""
    random = np.random.default_rng(1)
    chain = (0b010, 0b101, 0b010)  # 0 - 1 - 2
    assert chain in decomposable_graphs(3)
    first = []
    for _ in range(300):
        cells = drawn_chances(chain, 0.5, random).reshape(2, 2, 2)  # axes: lists 2, 1, 0
        assert cells.sum() == pytest.approx(1)
        for middle in (0, 1):
            table = cells[:, middle, :]
            assert table[0, 0] * table[1, 1] == pytest.approx(table[0, 1] * table[1, 0], abs=1e-9)
        first.append(cells[1].sum())
    assert kstest(first, "beta", args=(2, 2)).pvalue > 0.01
    with pytest.raises(InputError, match="not decomposable"):
        drawn_chances((0b1010, 0b0101, 0b1010, 0b0101), 0.5, random)


def test_tables_are_drawn_by_their_seed():
    one = [overlap.digest for _, overlap in drawn_tables(lists=3, largest=50, tables=5, seed=1)]
    again = [overlap.digest for _, overlap in drawn_tables(lists=3, largest=50, tables=5, seed=1)]
    other = [overlap.digest for _, overlap in drawn_tables(lists=3, largest=50, tables=5, seed=2)]
    assert one == again != other


counts_of_three = st.lists(st.integers(1, 40), min_size=7, max_size=7)
SAID = ("decomposable", "loglinear", "chao", "sample_coverage", "independence")


def table_of(counts, order=(0, 1, 2)):
    patterns = [format(at, "03b") for at in range(1, 8)]
    cells = dict(zip(patterns, counts, strict=True))
    turned = {"".join(p[at] for at in order): count for p, count in cells.items()}
    return Overlap.from_counts(["ABC"[at] for at in order], turned)


@settings(deadline=None, max_examples=25)
@given(counts_of_three, st.permutations([0, 1, 2]), st.sampled_from(SAID))
def test_the_order_of_the_lists_does_not_matter_to_any_method(counts, order, method):
    asked = {"override": {"inside": "a law of arithmetic"}}
    if method in ("loglinear", "independence", "sample_coverage"):
        asked["tables"] = 10
    one = fit(table_of(counts), method, **asked)
    other = fit(table_of(counts, order), method, **asked)
    assert other.summary().point == pytest.approx(one.summary().point, rel=1e-6)


@settings(deadline=None, max_examples=15)
@given(counts_of_three)
def test_records_and_counts_are_fitted_alike(counts):
    table = table_of(counts)
    rows = np.repeat(table.membership, table.totals, axis=0).astype(int)
    rows = np.random.default_rng(1).permutation(rows)
    records = Overlap.from_records(dict(zip("ABC", rows.T, strict=True)), lists="ABC")
    assert records.digest == table.digest
    why = {"inside": "a law of arithmetic"}
    assert fit(records, override=why).summary() == fit(table, override=why).summary()


def test_a_list_with_nobody_is_refused_and_changes_little_where_it_is_overridden():
    """It says nothing: but under the prior of the cells it says it with k + 1 lists."""
    table = table_of([60, 50, 20, 40, 18, 15, 9])
    wider = Overlap((*table.lists, "E"), table.patterns, table.counts)
    with pytest.raises(InputError, match="share nobody"):
        fit(wider)
    why = {"no_overlap": "to see what an empty list does"}
    for method in ("chao", "decomposable"):
        said, more = fit(table, method).summary(), fit(wider, method, override=why).summary()
        assert more.point == pytest.approx(said.point, rel=1e-9 if method == "chao" else 0.1)
