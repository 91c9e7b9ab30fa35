"""Overlap tables: counted right, taken apart and joined without losing anybody, or refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.estimation.overlap import Overlap

cells = st.dictionaries(
    st.integers(1, 15).map(lambda at: format(at, "04b")), st.integers(0, 1000), max_size=15
)


@given(cells)
def test_dense_and_sparse_tables_say_the_same(counts):
    overlap = Overlap.from_counts("ABCD", counts)
    dense = overlap.dense()[0]
    assert dense[0] == 0
    for pattern, count in counts.items():
        assert dense[int(pattern[::-1], 2)] == count
    assert overlap.observed == sum(counts.values()) == dense.sum()
    for at, size in enumerate(overlap.sizes):
        assert size == sum(count for pattern, count in counts.items() if pattern[at] == "1")


@given(st.lists(st.tuples(*[st.booleans()] * 3, st.sampled_from(["x", "y", ""])), min_size=1))
def test_records_are_counted_and_nobody_is_dropped(rows):
    rows = [row for row in rows if any(row[:3])] or [(True, False, False, "x")]
    columns = dict(zip("ABCs", map(list, zip(*rows, strict=True)), strict=True))
    overlap = Overlap.from_records(columns, lists="ABC", strata=["s"])
    assert overlap.observed == len(rows)
    for stratum, counts in zip(overlap.strata, overlap.counts, strict=True):
        assert counts.sum() == sum(row[3] == stratum[0] for row in rows)
    assert overlap.pooled().observed == len(rows)
    one = overlap.stratum(overlap.strata[0])
    assert one.observed == overlap.counts[0].sum()
    assert (one.totals > 0).all()


@given(cells)
def test_merging_keeps_everybody(counts):
    overlap = Overlap.from_counts("ABCD", counts)
    merged = overlap.merged(["B", "D"], "BD")
    assert merged.lists == ("A", "BD", "C")
    assert merged.observed == overlap.observed
    either = sum(count for pattern, count in counts.items() if "1" in (pattern[1], pattern[3]))
    assert merged.sizes[1] == either


@given(cells)
def test_leaving_a_list_out_loses_those_who_stand_on_it_alone(counts):
    overlap = Overlap.from_counts("ABCD", counts)
    assert overlap.without("C").observed == overlap.observed - counts.get("0010", 0)


def test_a_table_by_names_of_lists():
    one = Overlap.from_counts(["A", "B"], {("A",): 3, ("B", "A"): 2})
    assert one.digest == Overlap.from_counts(["A", "B"], {"10": 3, "11": 2}).digest
    assert one.digest != Overlap.from_counts(["A", "C"], {"10": 3, "11": 2}).digest
    assert one.membership.tolist() == [[True, False], [True, True]]


def test_what_could_not_be_recorded_stays_unknown():
    overlap = Overlap.from_counts("ABC", {"100": 5, "110": 2}, unrecorded=["001"])
    assert overlap.unrecorded == {0b100}
    assert overlap.merged(["A", "B"], "AB").unrecorded == {0b10}
    with pytest.raises(InputError, match="could not be recorded"):
        Overlap.from_counts("ABC", {"001": 5}, unrecorded=["001"])


@pytest.mark.parametrize(
    ("lists", "counts", "match"),
    [
        ("AB", {"10": -1}, "no whole number"),
        ("AB", {"10": 2.5}, "no whole number"),
        ("AB", {"10": float("nan")}, "no whole number"),
        ("AB", {"10": float("inf")}, "no whole number"),
        ("AB", {"10": "many"}, "no number"),
        ("AB", {"10": 1e17}, "more persons than there are"),
        ("AB", {"00": 5}, "on no list"),
        ("AB", {(): 5}, "on no list"),
        ("AB", {"1": 5}, "zeros and ones"),
        ("AB", {"12": 5}, "zeros and ones"),
        ("AB", {("C",): 5}, "no list 'C'"),
        ("AA", {"10": 5}, "two lists have the name"),
        ("A ", {"10": 5}, "no name"),
        ("", {}, "0 lists"),
        (["A", "B"], {"10": 1, ("A",): 2}, "given twice"),
    ],
)
def test_tables_that_are_none(lists, counts, match):
    with pytest.raises(InputError, match=match):
        Overlap.from_counts(list(lists), counts)


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ({"A": [1, 0], "B": [0, 2]}, "neither 1 nor 0"),
        ({"A": [1, 0], "B": [0, None]}, "neither 1 nor 0"),
        ({"A": [1, 0], "B": ["no", "yes"]}, "neither 1 nor 0"),
        ({"A": [1, 0], "B": [0, 0]}, "stand on no list"),
        ({"A": [1, 0]}, "no column 'B'"),
        ({"A": [1, 0], "B": [1]}, "differ in length"),
        ({"A": [], "B": []}, "no record"),
        ({"A": [1, 1], "B": [1, 0], "id": ["p", "p"]}, "came before"),
    ],
)
def test_records_that_cannot_be_counted(columns, match):
    with pytest.raises(InputError, match=match):
        Overlap.from_records(columns, lists="AB", person="id" if "id" in columns else None)


def test_labels_that_are_missing_are_a_stratum_of_their_own():
    columns = {"A": [1, 1, 1], "B": [0, 1, 1], "s": np.array(["x", None, float("nan")], object)}
    overlap = Overlap.from_records(columns, lists="AB", strata=["s"])
    assert overlap.strata == (("",), ("x",))
    assert overlap.counts.sum(axis=1).tolist() == [2, 1]


def test_other_questions():
    overlap = Overlap.from_counts("AB", {"10": 5})
    with pytest.raises(InputError, match="no stratum"):
        overlap.stratum(("x",))
    with pytest.raises(InputError, match="no list"):
        overlap.without("C")
    with pytest.raises(InputError, match="two lists or more"):
        overlap.merged(["A"], "B")
    with pytest.raises(InputError, match="two lists have the name"):
        Overlap.from_counts("ABC", {"100": 1}).merged(["A", "B"], "C")
    wide = Overlap.from_counts([f"L{at}" for at in range(20)], {"1" * 20: 3})
    with pytest.raises(InputError, match="too many to write out"):
        wide.dense()
    with pytest.raises(InputError, match="below zero"):
        Overlap(("A",), np.array([1]), np.array([[-1]]))
    with pytest.raises(InputError, match="whole numbers"):
        Overlap(("A",), np.array([1]), np.array([[1.5]]))
    with pytest.raises(InputError, match="ascending"):
        Overlap(("A", "B"), np.array([2, 1]), np.array([[1, 1]]))
    with pytest.raises(InputError, match="fit together"):
        Overlap(("A", "B"), np.array([1]), np.array([[1, 1]]))
    with pytest.raises(InputError, match="does not fit the lists"):
        Overlap(("A",), np.array([3]), np.array([[1]]))


def test_nobody_is_dropped_from_a_cell_of_which_a_part_could_not_be_recorded():
    """How many are on B and C is not known: who is on C alone would share a cell with them."""
    counts = {"100": 40, "010": 30, "001": 21, "110": 14, "101": 9, "111": 12}
    overlap = Overlap.from_counts("ABC", counts, unrecorded=["011"])
    with pytest.raises(InputError, match="21 persons into cells"):
        overlap.without("B")
    with pytest.raises(InputError, match="51 persons into cells"):
        overlap.merged(["B", "C"], "BC")
    nobody = Overlap.from_counts("ABC", {**counts, "001": 0}, unrecorded=["011"])
    assert nobody.without("B").unrecorded == {0b10}
    assert nobody.without("B").observed == 40 + 14 + 9 + 12  # all but those on B alone
    apart = Overlap.from_counts("ABC", {"100": 40, "110": 9}, unrecorded=["011"])
    assert apart.merged(["A", "B"], "AB").observed == 49


def test_lists_are_left_out_together():
    overlap = Overlap.from_counts("ABCD", {"1000": 3, "0110": 4, "0011": 5, "1101": 6})
    assert overlap.without("A", "D").digest == overlap.without("A").without("D").digest
    assert overlap.without().digest == overlap.digest
    assert overlap.on_any_of(["A", "D"]) == 14
