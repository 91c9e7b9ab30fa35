from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from habeas.errors import InputError
from habeas.monitoring.fine_images.fine_reading import Annotation, agreement
from habeas.monitoring.fine_images.grave_grid import CountedCell, derive_graves

KINDS = ("bulldozed", "rubbish", "planted")


def read(table):
    """Readings of two out of a table of counts."""
    first, second = {}, {}
    for row, counts in enumerate(table):
        for column, count in enumerate(counts):
            for _ in range(count):
                place = str(len(first))
                first[place], second[place] = KINDS[row], KINDS[column]
    return first, second


def test_kappa_of_a_published_table():
    # Fleiss, Cohen and Everitt 1969: 200 patients; kappa .429, standard error .054
    # as its large-sample formula (13) gives it.
    found = agreement(*read([[106, 10, 4], [22, 28, 10], [2, 12, 6]]))
    assert found.places == 200
    assert found.observed == pytest.approx(0.70)
    assert found.kappa.best == pytest.approx(0.429, abs=0.001)
    assert (found.kappa.high - found.kappa.low) / 2 / 1.6449 == pytest.approx(0.054, abs=0.001)


def test_the_interval_of_kappa_holds_the_truth():
    random = np.random.default_rng(0)
    table = np.array([[0.4, 0.08, 0.02], [0.05, 0.2, 0.05], [0.02, 0.03, 0.15]])
    chance = table.sum(axis=1) @ table.sum(axis=0)
    truth = (np.trace(table) - chance) / (1 - chance)
    inside = 0
    for _ in range(400):
        found = agreement(*read(random.multinomial(120, table.ravel()).reshape(3, 3)))
        inside += found.kappa.low <= truth <= found.kappa.high
    assert 0.86 <= inside / 400 <= 0.94


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)), min_size=10, max_size=40)
)
def test_kappa_knows_no_first_reader(pairs):
    first = {str(at): pair[0] for at, pair in enumerate(pairs)}
    second = {str(at): pair[1] for at, pair in enumerate(pairs)}
    try:
        found = agreement(first, second)
    except InputError:
        assert len({kind for pair in pairs for kind in pair}) == 1
        return
    other = agreement(second, first)
    assert found.kappa.best == pytest.approx(other.kappa.best)
    assert found.kappa.low == pytest.approx(other.kappa.low)
    assert -1 <= found.kappa.low <= found.kappa.best <= found.kappa.high <= 1


def test_agreement_needs_enough_of_several_kinds():
    with pytest.raises(InputError, match="9 places in common"):
        agreement(*read([[9]]))
    with pytest.raises(InputError, match="same kind to every place"):
        agreement(*read([[30]]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "grave"}, "no term"),
        ({"certainty": 0}, "no certainty"),
        ({"certainty": 7}, "no certainty"),
        ({"place": Point()}, "no shape"),
        ({"reader": " "}, "no reader"),
    ],
)
def test_readings_that_are_none_are_refused(change, said):
    good = {"image": "item:" + "0" * 64, "place": Point(1, 2), "kind": "road", "certainty": 2,
            "reader": "r1", "blinded": True}  # fmt: skip
    Annotation(**good)
    with pytest.raises(InputError, match=said):
        Annotation(**good | change)


def test_derived_graves_hold_the_truth_as_often_as_they_say():
    random = np.random.default_rng(1)
    cells = random.poisson(random.gamma(4, 2, 200))
    inside = 0
    for _ in range(500):
        chosen = random.choice(200, 30, replace=False)
        found = derive_graves(
            200 * 100.0, [CountedCell(area=100, graves=cells[at]) for at in chosen]
        )
        inside += found.graves.low <= cells.sum() <= found.graves.high
        assert found.graves.low >= found.counted
    assert 0.86 <= inside / 500 <= 0.94


def test_a_section_that_was_counted_whole_has_no_interval():
    cells = [CountedCell(area=area, graves=graves) for area, graves in
             [(100, 5), (100, 9), (50, 2), (100, 0), (80, 7)]]  # fmt: skip
    found = derive_graves(430, cells)
    assert (found.graves.low, found.graves.best, found.graves.high) == pytest.approx((23, 23, 23))
    assert "not persons" in found.warning


@pytest.mark.parametrize(
    ("area", "cells", "said"),
    [
        (1000, [(10, 1)] * 4, "in 4 cells"),
        (1000, [(10, 1)] * 5 + [(0, 1)], "no area"),
        (1000, [(10, 1)] * 5 + [(10, -1)], "below zero"),
        (40, [(10, 1)] * 5, "larger than the section"),
        (float("nan"), [(10, 1)] * 5, "larger than the section"),
    ],
)
def test_counts_that_are_none_are_refused(area, cells, said):
    with pytest.raises(InputError, match=said):
        derive_graves(area, [CountedCell(area=size, graves=count) for size, count in cells])


def test_cells_that_are_empty_or_alike_do_not_prove_that_the_others_are():
    empty = derive_graves(1000.0, [CountedCell(area=20.0, graves=0)] * 5)
    assert empty.graves.best == empty.graves.low == 0
    assert empty.graves.high == pytest.approx(-math.log(0.05) * 9)  # three in the cells at most
    alike = derive_graves(1000.0, [CountedCell(area=20.0, graves=2)] * 5)
    assert alike.graves.low < 100 == alike.graves.best < alike.graves.high
    whole = derive_graves(100.0, [CountedCell(area=20.0, graves=2)] * 5)
    assert (whole.graves.low, whole.graves.high) == (10, 10)
