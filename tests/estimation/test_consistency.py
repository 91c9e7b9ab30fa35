"""Internal consistency, trajectories, odds ratios, findings: by brute force over persons."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.estimation import consistency
from habeas.estimation.consistency import (
    apart,
    apart_pairs,
    internal_consistency,
    nearly_inside,
    odds_ratios,
    trajectory,
    within,
)
from habeas.estimation.floors import chao_1989
from habeas.estimation.overlap import Overlap
from habeas.estimation.saying import say


def bound(table):
    found = chao_1989(table)
    return found.estimate, found.low, found.high


persons = st.lists(
    st.lists(st.booleans(), min_size=4, max_size=4).filter(any), min_size=1, max_size=60
)


def table_of(rows):
    columns = {name: [int(row[at]) for row in rows] for at, name in enumerate("ABCD")}
    return Overlap.from_records(columns, lists=list("ABCD"))


@settings(deadline=None, max_examples=40)
@given(persons, st.sampled_from("ABCD"))
def test_within_a_list_stand_its_persons(rows, name):
    at = "ABCD".index(name)
    found = within(table_of(rows), name)
    inside = [row[:at] + row[at + 1 :] for row in rows if row[at]]
    assert found.observed == sum(any(row) for row in inside)
    assert found.sizes.tolist() == [sum(row[i] for row in inside) for i in range(3)]


@settings(deadline=None, max_examples=40)
@given(persons)
def test_odds_ratios_by_counting_persons(rows):
    found = odds_ratios(table_of(rows))
    assert len(found) == 6 * 3
    for one in found:
        a, b = ("ABCD".index(name) for name in one.lists)
        seen = [row for row in rows if any(row["ABCD".index(name)] for name in one.given)]
        counted = [
            sum(row[a] == x and row[b] == y for row in seen)
            for x, y in ((True, True), (True, False), (False, True), (False, False))
        ]
        assert [one.both, one.first, one.second, one.neither] == counted
        assert one.corrected == (0 in counted)
        n11, n10, n01, n00 = (cell + one.corrected / 2 for cell in counted)
        assert one.ratio == pytest.approx(n11 * n00 / (n10 * n01))
        assert 0 < one.low < one.ratio < one.high


@settings(deadline=None, max_examples=40)
@given(persons)
def test_findings_by_counting_persons(rows):
    overlap = table_of(rows)
    on = {name: {i for i, row in enumerate(rows) if row[at]} for at, name in enumerate("ABCD")}
    inside = {(one.inner, one.outer) for one in nearly_inside(overlap, share=0.75)}
    assert inside == {
        (a, b) for a in on for b in on
        if a != b and on[a] and len(on[a] & on[b]) >= 0.75 * len(on[a])
    }  # fmt: skip
    assert set(apart_pairs(overlap)) == {(a, b) for a, b in combinations("ABCD", 2)
                                         if not on[a] & on[b]}  # fmt: skip
    assert {one.name for one in apart(overlap)} == {
        a for a in on if not any(on[a] & on[b] for b in on if b != a)
    }


def independent(size, chances, seed):
    random = np.random.default_rng(seed)
    rows = random.random((size, len(chances))) < np.array(chances)
    return table_of(rows[rows.any(axis=1)].tolist())


def test_independent_lists_predict_one_another():
    found = [
        internal_consistency(independent(4000, (0.4, 0.3, 0.35, 0.25), seed), bound)
        for seed in range(10)
    ]
    assert [one.name for one in found[0]] == list("ABCD")
    every = [one for each in found for one in each]
    assert all(one.estimate == pytest.approx(one.size, rel=0.15) for one in every)
    assert all(one.seen < one.size for one in every)
    assert sum(one.covered for one in every) >= 35


def test_a_list_that_avoids_the_others_is_found_out():
    """On D are persons whom the others hardly find: from within D they predict too few."""
    random = np.random.default_rng(4)
    known = random.random(4000) < 0.5
    rows = random.random((4000, 4)) < np.where(known[:, None], 0.5, 0.03)
    rows[:, 3] = random.random(4000) < np.where(known, 0.1, 0.4)
    found = internal_consistency(table_of(rows[rows.any(axis=1)].tolist()), bound)
    assert not found[3].covered
    assert found[3].high < found[3].size


def test_without_restriction_to_the_list_nothing_is_tested(monkeypatch):
    """The mutant: the whole table instead of that within the list predicts another number."""
    overlap = independent(4000, (0.4, 0.3, 0.35, 0.25), 3)
    monkeypatch.setattr(consistency, "within", Overlap.without)
    assert not any(one.covered for one in internal_consistency(overlap, bound))


def test_a_trajectory_adds_the_largest_first(table):
    kosovo = table("Kosovo")
    found = trajectory(kosovo, bound)
    assert [one.lists[-1] for one in found] == ["OSCE", "ABA", "HRW"]
    assert found[0].lists == ("EXH", "OSCE")
    assert found[-1].observed == kosovo.observed
    assert found[-1].estimate == chao_1989(kosovo).estimate
    assert [one.observed for one in found] == sorted(one.observed for one in found)
    turned = trajectory(kosovo, bound, order=["HRW", "ABA", "EXH", "OSCE"], first=3)
    assert turned[0].lists == ("HRW", "ABA", "EXH")
    assert turned[0].observed == kosovo.without("OSCE").observed


def test_what_a_method_refuses_is_told_not_raised(table):
    def refuses(_):
        raise InputError("the lists overlap too little")

    for one in (
        *internal_consistency(table("Korea"), refuses),
        *trajectory(table("Korea"), refuses),
    ):
        assert one.estimate is None
        assert "overlap too little" in str(one.refused)
    assert internal_consistency(table("Korea"), refuses)[0].covered is None

    def broken(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        trajectory(table("Korea"), broken)


def test_a_list_without_overlap_is_told(table):
    """Artificial_3: nobody on C is on A or B."""
    found = apart(table("Artificial_3"))
    assert [one.name for one in found] == ["C"]
    assert found[0].size > 0
    assert apart_pairs(table("Artificial_3")) == (("A", "C"), ("B", "C"))


def test_a_list_inside_another():
    overlap = Overlap.from_counts("ABC", {"110": 95, "010": 5, "100": 100, "001": 20, "111": 1})
    (one,) = nearly_inside(overlap)
    assert (one.inner, one.outer, one.shared) == ("B", "A", 96)
    assert one.share == pytest.approx(96 / 101)
    assert nearly_inside(overlap, share=0.96) == ()


def test_unrecorded_cells_stay_unrecorded():
    overlap = Overlap.from_counts("ABC", {"110": 5, "100": 3, "011": 4}, unrecorded=["111", "001"])
    assert within(overlap, "A").unrecorded == {0b11}
    assert within(overlap, "C").unrecorded == {0b11}
    with pytest.raises(InputError, match="could not be recorded"):
        odds_ratios(overlap)


def test_what_is_refused(table):
    parted = Overlap.from_records({"A": [1, 1], "B": [1, 0], "C": [1, 1], "s": ["x", "y"]},
                                  lists=["A", "B", "C"], strata=["s"])  # fmt: skip
    calls = (
        lambda t: internal_consistency(t, bound),
        lambda t: trajectory(t, bound),
        odds_ratios,
        nearly_inside,
        apart,
        apart_pairs,
        lambda t: within(t, t.lists[0]),
    )
    for call in calls:
        with pytest.raises(InputError, match="strata"):
            call(parted)
        with pytest.raises(InputError, match="no persons"):
            call(Overlap.from_counts("ABC", {}))
        with pytest.raises(InputError, match="one list"):
            call(Overlap.from_counts("A", {"1": 4}))
    korea = table("Korea")
    with pytest.raises(InputError, match="3 lists"):
        internal_consistency(korea.without("b"), bound)
    with pytest.raises(InputError, match="order"):
        trajectory(korea, bound, order=["b", "c"])
    with pytest.raises(InputError, match="beginning"):
        trajectory(korea, bound, first=1)
    with pytest.raises(InputError, match="no list"):
        within(korea, "z")
    for share in (0.0, 1.5, float("nan")):
        with pytest.raises(InputError, match="no share"):
            nearly_inside(korea, share=share)


def test_what_stands_against_a_figure_goes_with_it(table):
    """And a table that cannot be made, for a cell of it is partly unknown, is told, not raised."""
    against = say("rule.complete_graph")

    def doubted(overlap):
        return consistency.Figures(*bound(overlap), against)

    kosovo = table("Kosovo")
    for one in (*internal_consistency(kosovo, doubted), *trajectory(kosovo, doubted)):
        assert one.against == against
    assert not any(one.publishable for one in trajectory(kosovo, doubted))
    assert all(one.publishable for one in trajectory(kosovo, bound))
    counts = {"100": 40, "010": 30, "001": 21, "110": 14, "101": 9, "111": 12}
    partly = Overlap.from_counts("ABC", counts, unrecorded=["011"])
    (first, _) = trajectory(partly, lambda _: (1.0, 1.0, 1.0))
    assert first.observed == partly.on_any_of(first.lists)
    assert "could not be recorded" in str(first.refused)
    assert not first.publishable
