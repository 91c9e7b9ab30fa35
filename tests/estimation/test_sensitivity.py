"""Curves over what no list can show: the formula holds cell by cell; lists left out and merged."""

from __future__ import annotations

import numpy as np
import pytest

from habeas.errors import InputError
from habeas.estimation import Overlap, fit, fit_linked, highest_order
from habeas.estimation.fitting import fit_all
from habeas.estimation.sensitivity import sensitivity
from habeas.estimation.variants import leave_one_out, merge_pairs

FOUR = {
    "1000": 40, "0100": 35, "1100": 12, "0010": 30, "1010": 11, "0110": 9, "1110": 6,
    "0001": 25, "1001": 8, "0101": 10, "1101": 4, "0011": 9, "1011": 5, "0111": 3, "1111": 2,
}  # fmt: skip
THREE = {"100": 90, "010": 80, "110": 40, "001": 70, "101": 30, "011": 35, "111": 20}


def highest_odds_ratio(counts, missing):
    """Even cells over odd ones, that of nobody among the even."""
    found = missing
    for pattern, count in counts.items():
        found *= count if pattern.count("1") % 2 == 0 else 1 / count
    return found


@pytest.mark.parametrize("counts", [THREE, FOUR])
def test_the_odds_ratio_of_the_highest_order_is_what_the_factor_says(counts):
    """The saturated model without that interaction: its odds ratio is 1, and then the factor."""
    overlap = Overlap.from_counts("ABCD"[: len(next(iter(counts)))], counts)
    assumed = 1 / highest_odds_ratio(counts, 1.0)
    ends = (overlap.observed + assumed,) * 3
    for one in highest_order.move(overlap.observed, ends, overlap.k):
        missing = one.estimate - overlap.observed
        ratio = highest_odds_ratio(counts, missing)
        expected = one.factor if overlap.k % 2 == 0 else 1 / one.factor
        assert ratio == pytest.approx(expected)


def test_the_curve_of_a_result_scales_its_draws():
    found = fit(Overlap.from_counts("ABCD", FOUR))
    curve = sensitivity(found, [0.25, 1.0, 4.0])
    said = found.summary()
    assert (curve[1].estimate, curve[1].low, curve[1].high) == (said.point, said.low, said.high)
    draws = said.observed + 4 * (found.draws - said.observed)
    assert curve[2].high == pytest.approx(np.quantile(draws, 0.975), rel=0.1)
    assert curve[0].estimate - said.observed == (said.point - said.observed) / 4


def test_the_mutant_that_scales_the_population_is_caught(monkeypatch):
    found = fit(Overlap.from_counts("ABCD", FOUR))

    def wrong(observed, ends, lists, factors):
        return tuple(
            highest_order.Moved(factor=one, estimate=one * ends[0], low=ends[1], high=ends[2])
            for one in factors
        )

    from habeas.estimation import sensitivity as module

    monkeypatch.setattr(module, "move", wrong)
    (one,) = module.sensitivity(found, [0.25])
    assert one.estimate < found.observed  # fewer than are listed: impossible


def test_the_curve_of_a_pair_is_its_own():
    random = np.random.default_rng(1)
    on = (random.random((800, 3)) < [0.4, 0.3, 0.3]).astype(int)
    on = on[on.any(axis=1)]
    records = dict(zip("ABC", on.T, strict=True)) | {"age": random.random(len(on))}
    found = fit(records, "doubly_robust", lists=list("ABC"), covariates=["age"])
    low, one, high = sensitivity(found, [0.5, 1.0, 2.0])
    assert one.estimate == pytest.approx(found.summary().point)
    assert low.estimate < one.estimate < high.estimate
    assert high.estimate - found.observed == pytest.approx(2 * (one.estimate - found.observed))


def test_what_has_no_curve():
    overlap = Overlap.from_counts("ABCD", FOUR)
    for bad in ([], [0.0], [-1.0], [float("nan")], [float("inf")]):
        with pytest.raises(InputError, match="above 0"):
            sensitivity(fit(overlap), bad)
    with pytest.raises(InputError, match="several linkages"):
        sensitivity(fit_linked([overlap]))


def test_a_table_with_cells_that_could_not_be_recorded_has_no_curve():
    counts = {cell: count for cell, count in THREE.items() if cell != "001"}
    censored = Overlap.from_counts("ABC", counts, unrecorded=["001"])
    found = fit(censored, method="loglinear", tables=10)
    assert found.publishable
    with pytest.raises(InputError, match="could not be recorded"):
        sensitivity(found)


def test_each_list_left_out_and_each_pair_merged():
    overlap = Overlap.from_counts("ABCD", FOUR)
    without = leave_one_out(overlap, seed=3)
    assert [one.left_out for one in without] == list("ABCD")
    for one in without:
        direct = fit_all(overlap.without(one.left_out), names=["decomposable"], seed=3)[0]
        assert one.outcome.result.summary() == direct.result.summary()
    merged = merge_pairs(overlap, "chao", level=0.9)
    assert [one.merged for one in merged] == [
        ("A", "B"), ("A", "C"), ("A", "D"), ("B", "C"), ("B", "D"), ("C", "D")
    ]  # fmt: skip
    assert merged[0].overlap.lists == ("A + B", "C", "D")
    assert merged[0].outcome.result.level == 0.9
    three = leave_one_out(Overlap.from_counts("ABC", THREE), "loglinear", tables=10)
    assert [one.code for one in three[0].outcome.refusals] == ["few_lists"]
    why = {"few_lists": "to see what each list does"}
    passed = leave_one_out(Overlap.from_counts("ABC", THREE), "chao", override=why)
    assert all(one.outcome.result for one in passed)
    with pytest.raises(InputError, match="Three lists or more"):
        leave_one_out(overlap.without("A").without("B"))


def test_nobody_left_is_told():
    lone = Overlap.from_counts("ABC", {"100": 4})
    found = leave_one_out(lone, "chao")
    assert found[0].outcome.reason == "nobody is listed any more"


def test_a_change_that_cells_not_recorded_forbid_is_told():
    counts = {"100": 40, "010": 30, "001": 21, "110": 14, "101": 9, "111": 12}
    overlap = Overlap.from_counts("ABC", counts, unrecorded=["011"])
    without, merged = leave_one_out(overlap, "chao"), merge_pairs(overlap, "chao")
    assert without[1].lists == ("A", "C")
    assert without[1].observed == 126 - 30  # all but those on B alone
    assert merged[2].lists == ("A", "B + C")
    assert merged[2].observed == 126
    for one in (without[1], merged[2]):
        assert one.overlap is None
        assert one.outcome.result is None
        assert "could not be recorded" in one.outcome.reason
