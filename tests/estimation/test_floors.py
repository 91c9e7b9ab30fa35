"""Floors: the figures of the R packages and papers, identities, floors under heterogeneity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.estimation import floors
from habeas.estimation.floors import chao, chao_1987, chao_1989, chapman, log_normal_interval
from habeas.estimation.overlap import Overlap
from habeas.estimation.sample_coverage import sample_coverage

HEPATITIS = Overlap.from_counts(
    "PQE", {"111": 28, "110": 21, "101": 17, "100": 69, "011": 18, "010": 55, "001": 63}
)
"""Hepatitis A, Taiwan 1995 (Chao and others 2001, table II)."""

DIABETES = Overlap.from_counts(
    "ABCD",
    {"1111": 58, "1110": 157, "1101": 18, "1100": 104, "1011": 46, "1010": 650, "1001": 12,
     "1000": 709, "0111": 14, "0110": 20, "0101": 7, "0100": 74, "0011": 8, "0010": 182,
     "0001": 10},
)  # fmt: skip
"""Diabetes in an Italian town (Bruno and others 1994)."""


@pytest.mark.parametrize("name", ["Kosovo", "UKdat", "Korea"])
def test_chao_as_rcapture(name, table, reference):
    (said,) = reference(name, "Rcapture 1.4-4 Mth Chao")
    found = chao(table(name))
    assert round(found.estimate, 1) == float(said["estimate"])
    assert f"se {found.standard_error:.1f} " in said["notes"]
    assert found.floor
    assert found.assumption.startswith("A floor")
    assert table(name).observed < found.low < found.estimate < found.high


def test_without_its_convexity_the_bound_is_another(table, monkeypatch):
    """The mutant: bends of either sign fit better and are no bound."""
    monkeypatch.setattr(floors, "_convex", lambda held, _: held)
    assert round(chao(table("Korea")).estimate, 1) == 137.2


def test_pairs_as_care1():
    """Its documentation prints them (Diabetes): Chapman, standard error, ends of the interval."""
    said = {
        "AB": (2351, 58, 2250, 2478),
        "AC": (2185, 22, 2146, 2233),
        "AD": (2261, 88, 2117, 2468),
        "BC": (2057, 77, 1922, 2224),
        "BD": (803, 47, 725, 913),
        "CD": (1555, 67, 1445, 1712),
    }
    for one in chapman(DIABETES):
        figures = (one.estimate, one.standard_error, one.low, one.high)
        assert tuple(round(number) for number in figures) == said["".join(one.lists)]


def test_sample_coverage_as_published():
    """Hepatitis A: coverage 51.3 %, 971 with dependence, 508 in one step."""
    found = sample_coverage(HEPATITIS, tables=400)
    assert (round(found.coverage, 3), round(found.distinct)) == (0.513, 209)
    assert found.dependent is not None
    assert round(found.independent.estimate) == 407
    assert round(found.dependent.estimate) == 971
    assert round(found.one_step.estimate) == 508
    assert not found.stable
    assert found.independent.floor
    assert not found.dependent.floor


def test_sample_coverage_of_four_lists():
    found = sample_coverage(DIABETES, tables=50)
    assert found.dependent is not None
    assert round(found.dependent.estimate) == 2609
    assert found.stable


def test_its_standard_error_is_that_of_populations_drawn_anew():
    """Those on no list vary too: drawn from the observed alone the error would be too small."""
    shares = np.array([69, 55, 21, 63, 17, 18, 28]) / 508
    drawn = np.random.default_rng(2).multinomial(5080, [*shares, 1 - shares.sum()], size=300)
    patterns = ["100", "010", "110", "001", "101", "011", "111"]
    tables = [
        Overlap.from_counts("PQE", dict(zip(patterns, row[:7].tolist(), strict=True)))
        for row in drawn
    ]
    found = [sample_coverage(one, tables=2).independent.estimate for one in tables]
    told = [sample_coverage(one, tables=200).independent.standard_error for one in tables[:20]]
    assert np.mean(told) == pytest.approx(np.std(found), rel=0.12)


def test_the_same_seed_draws_the_same_tables():
    assert sample_coverage(HEPATITIS, tables=20, seed=3) == sample_coverage(
        HEPATITIS, tables=20, seed=3
    )
    assert sample_coverage(HEPATITIS, tables=20, seed=3) != sample_coverage(
        HEPATITIS, tables=20, seed=4
    )


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_of_two_lists_the_bound_is_chapman(a, b, both):
    if not a + b + both:
        return
    overlap = Overlap.from_counts("AB", {"10": a, "01": b, "11": both})
    (one,) = chapman(overlap)
    assert chao_1989(overlap).estimate == pytest.approx(one.estimate)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 60), min_size=7, max_size=7), st.permutations([0, 1, 2]))
def test_the_order_of_the_lists_does_not_matter(counts, order):
    cells = {format(at, "03b"): count for at, count in enumerate(counts, 1)}
    turned = {"".join(p[at] for at in order): count for p, count in cells.items()}
    one, other = Overlap.from_counts("ABC", cells), Overlap.from_counts("ABC", turned)
    for method in (chao, chao_1987, chao_1989):
        assert method(one).estimate == pytest.approx(method(other).estimate, rel=1e-6)
        assert method(one).low >= one.observed - 1e-6
    assert sum(pair.estimate for pair in chapman(one)) == pytest.approx(
        sum(pair.estimate for pair in chapman(other))
    )
    assert chao_1989(one).floor
    assert not chao_1987(one).floor  # where lists differ in size, it is none


def test_the_variance_is_that_of_tables_drawn_anew():
    shares = np.array([0.2, 0.14, 0.1, 0.09, 0.06, 0.05, 0.02])
    drawn = np.random.default_rng(5).multinomial(2000, [*shares, 1 - shares.sum()], size=1500)
    cells = [format(at, "03b") for at in range(1, 8)]
    for method in (chao_1987, chao_1989):
        found = [
            method(Overlap.from_counts("ABC", dict(zip(cells, row[:7].tolist(), strict=True))))
            for row in drawn[:400]
        ]
        spread = np.std([one.estimate for one in found])
        assert np.mean([one.standard_error for one in found]) == pytest.approx(spread, rel=0.12)


def test_a_list_with_nobody_changes_nothing(table):
    korea = table("Korea")
    cells = {format(int(p), "03b")[::-1] + "0": int(c) for p, c in
             zip(korea.patterns, korea.totals, strict=True)}  # fmt: skip
    wider = Overlap.from_counts("bcde", cells)
    assert chao(wider).estimate == pytest.approx(chao(korea).estimate)
    with pytest.raises(InputError, match="nobody"):
        sample_coverage(wider)


def test_a_cell_that_could_not_be_recorded_stays_out_of_the_log_linear_bound_only():
    counts = {"100": 50, "010": 40, "001": 30, "110": 20, "101": 15, "011": 12}
    censored = Overlap.from_counts("ABC", counts, unrecorded=["111"])
    whole = Overlap.from_counts("ABC", counts | {"111": 60})
    assert chao(censored).estimate + 60 == pytest.approx(chao(whole).estimate)
    for method in (chapman, chao_1987, chao_1989, sample_coverage):
        with pytest.raises(InputError, match="could not be recorded"):
            method(censored)


def test_what_is_refused(table):
    none = Overlap.from_counts("ABC", {})
    alone = Overlap.from_counts("ABC", {"100": 5, "010": 5, "001": 5})
    parted = Overlap.from_records({"A": [1, 1], "B": [1, 0], "s": ["x", "y"]},
                                  lists=["A", "B"], strata=["s"])  # fmt: skip
    one = Overlap.from_counts("A", {"1": 5})
    for method in (chapman, chao, chao_1987, chao_1989, sample_coverage):
        for bad, match in ((none, "no persons"), (parted, "strata"), (one, "one list")):
            with pytest.raises(InputError, match=match):
                method(bad)
    with pytest.raises(InputError, match="exactly two lists"):
        chao(alone)
    assert np.isfinite(chao_1989(alone).estimate)
    with pytest.raises(InputError, match="no list overlaps"):
        sample_coverage(alone)
    with pytest.raises(InputError, match="3 lists or more"):
        sample_coverage(Overlap.from_counts("AB", {"11": 5, "10": 1}))
    wide = Overlap.from_counts([f"L{at}" for at in range(20)], {"1" * 20: 3})
    with pytest.raises(InputError, match="too many patterns"):
        chao(wide)
    for level in (0.0, 1.0, float("nan")):
        with pytest.raises(InputError, match="level"):
            log_normal_interval(10, 12, 1, level)
    with pytest.raises(InputError, match="tables"):
        sample_coverage(HEPATITIS, tables=1)


def test_nobody_missing_is_told_so():
    full = Overlap.from_counts("AB", {"11": 30})
    (one,) = chapman(full)
    assert (one.estimate, one.low, one.high) == (30, 30, 30)
