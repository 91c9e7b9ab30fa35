"""Linkage averaging: clusters counted, truth recovered where linkage errs, variance parted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.estimation import (
    Overlap,
    Prior,
    RefusedError,
    fit,
    fit_all_linked,
    fit_linked,
    linkage,
)
from habeas.estimation.linkage import overlaps_from_partitions

GOOD = Overlap.from_counts(
    "ABC", {"100": 300, "010": 250, "110": 90, "001": 200, "101": 70, "011": 60, "111": 20}
)
OTHER = Overlap.from_counts(
    "ABC", {"100": 310, "010": 260, "110": 80, "001": 200, "101": 70, "011": 60, "111": 20}
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 9)), min_size=1, max_size=40))
def test_a_person_is_on_every_list_of_its_records(records):
    lists, clusters = zip(*records, strict=True)
    found = Overlap.from_clusters(lists, clusters, lists="ABC")
    persons = {one: {name for name, other in records if other == one} for one in clusters}
    assert found.observed == len(persons)
    for at, name in enumerate("ABC"):
        assert found.sizes[at] == sum(name in on for on in persons.values())
    named = Overlap.from_clusters(lists, [f"p{one}" for one in clusters], lists="ABC")
    (drawn,) = overlaps_from_partitions(lists, [clusters], lists="ABC")
    assert found.digest == named.digest == drawn.digest


def test_persons_whose_records_contradict_each_other_have_no_label():
    found = Overlap.from_clusters(
        "ABABAB", [1, 1, 2, 2, 3, 3], strata=["x", "x", "x", "y", "", None]
    )
    assert found.lists == ("A", "B")
    assert found.strata == (("",), ("x",))
    assert found.counts.sum(axis=1).tolist() == [2, 1]


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"list_of_record": [], "clusters": []}, "no record"),
        ({"list_of_record": "AB", "clusters": [1]}, "shape"),
        ({"list_of_record": "AB", "clusters": [1.0, float("nan")]}, "no cluster"),
        ({"list_of_record": "AB", "clusters": ["x", None]}, "no cluster"),
        ({"list_of_record": "AB", "clusters": [1, 2], "lists": "A"}, "not named"),
        ({"list_of_record": "AB", "clusters": [1, 2], "strata": ["x"]}, "1 labels"),
        ({"list_of_record": "AB", "clusters": [1, 2], "lists": "ABB"}, "two lists"),
    ],
)
def test_records_that_cannot_be_gathered(asked, match):
    with pytest.raises(InputError, match=match):
        Overlap.from_clusters(**asked)


@pytest.mark.parametrize("method", ["decomposable", "loglinear", "chao"])
def test_tables_that_are_the_same_are_one(method):
    alone = fit(GOOD, method)
    linked = fit_linked([GOOD, GOOD, GOOD], method)
    assert linked.summary() == alone.summary()
    assert len(linked.parts) == 1
    assert linked.spreads[-1].between == 0
    assert linked.spreads[-1].between_share == 0
    if method != "loglinear":
        assert (linked.draws == alone.draws).all()
    assert linked.observed == GOOD.observed


def test_the_mixture_is_exact_where_the_posteriors_are():
    linked = fit_linked([GOOD, OTHER, OTHER], draws=60_000)
    one, other = fit(GOOD).detail.posterior, fit(OTHER).detail.posterior
    assert linked.weights == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    said = linked.summary()
    assert said.mean == pytest.approx((one.mean() + 2 * other.mean()) / 3)
    for size in (said.low, said.point, said.high):
        share = {said.low: 0.025, said.point: 0.5, said.high: 0.975}[size]
        assert (2 * other.above(size) + one.above(size)) / 3 == pytest.approx(1 - share, abs=2e-3)
        assert (linked.draws <= size).mean() == pytest.approx(share, abs=0.01)
    plain, logarithm = linked.spreads
    assert plain.scale == "population"
    assert plain.within == pytest.approx((one.variance() + 2 * other.variance()) / 3)
    assert plain.between == pytest.approx(2 / 9 * (one.mean() - other.mean()) ** 2)
    assert plain.within + plain.between == pytest.approx(linked.draws.var(), rel=0.1)
    assert 0 < logarithm.between_share < 1
    assert linked.diagnostics()["observed"][0] == min(GOOD.observed, OTHER.observed)
    assert linked.digest != fit_linked([GOOD, OTHER]).digest
    weighed = fit_linked([GOOD, OTHER], weights=[1, 2])
    assert weighed.digest == linked.digest


def test_without_a_variance_the_logarithm_is_parted(table):
    korea = table("Korea")
    found = fit_linked([korea], override={"inside": "to see the spread"})
    assert [one.scale for one in found.spreads] == ["log population"]
    assert found.spreads[0].within > 0


def drawn_linkage(seed: int, tables: int = 40):
    """A population of 2,000; some links between two records are uncertain, half of them true.

    For each true link that is uncertain there is a false one between records of the same two lists:
    so the chance of each is 0.5, and a linkage that says so is right.
    """
    random = np.random.default_rng(seed)
    on = random.random((2000, 4)) < np.array([0.35, 0.3, 0.25, 0.2])
    person, at = np.nonzero(on)
    size = on.sum(axis=1)[person]
    alone = {name: list(np.flatnonzero((size == 1) & (at == name))) for name in range(4)}
    twice = [tuple(np.flatnonzero(person == one)) for one in np.flatnonzero(on.sum(axis=1) == 2)]
    true = [pair for pair in twice if random.random() < 0.35]
    false = [(alone[at[a]].pop(), alone[at[b]].pop()) for a, b in true]
    lists = np.array(list("ABCD"))[at]

    def partition(chosen):
        clusters = person.copy()
        for _, b in true:
            clusters[b] = 10_000 + b
        for a, b in chosen:
            clusters[b] = clusters[a]
        return clusters

    unsure = true + false
    drawn = [partition([pair for pair in unsure if random.random() < 0.5]) for _ in range(tables)]
    return lists, np.array(drawn), (partition([]), partition(unsure))


def test_the_truth_is_found_where_linkage_errs():
    lists, drawn, (none, every) = drawn_linkage(4)
    found = fit_linked(overlaps_from_partitions(lists, drawn))
    said = found.summary()
    assert said.low < 2000 < said.high
    too_few = fit(Overlap.from_clusters(lists, none)).summary()
    too_many = fit(Overlap.from_clusters(lists, every)).summary()
    assert too_few.low > 2000  # links that are missed make the population too large
    assert too_many.high < 2000  # false links make it too small
    one = found.parts[0].summary()
    assert said.high - said.low > one.high - one.low
    assert 0.02 < found.spreads[0].between_share < 0.9


def test_what_is_refused_of_one_table_is_refused_of_all():
    apart = Overlap.from_counts("ABC", {"100": 50, "010": 40, "110": 20, "001": 30})
    with pytest.raises(RefusedError, match="in 1 of 2 tables") as caught:
        fit_linked([GOOD, apart])
    assert [one.code for one in caught.value.refusals] == ["no_overlap"]
    why = {"no_overlap": "one draw of many"}
    found = fit_linked([GOOD, apart], "chao", override=why)
    assert found.refusals[0].overridden == "one draw of many"
    assert found.publishable


def test_what_is_not_publishable_of_one_table_is_not_publishable(table):
    korea = table("Korea")
    safe = Overlap.from_counts(["b", "c", "d"], {"100": 30, "010": 30, "110": 15, "001": 20,
                                                "101": 15, "011": 12, "111": 9})  # fmt: skip
    found = fit_linked([korea, safe, safe], override={"inside": "a draw"})
    assert not found.publishable
    assert "complete_graph" in {one.code for one in found.refusals if one.stands}


def test_the_mutant_that_takes_refusals_of_the_first_only_is_caught(table, monkeypatch):
    monkeypatch.setattr(linkage, "united", lambda found, count, of: found[0])
    korea = table("Korea")
    found = fit_linked([GOOD._regrouped([1, 2, 4], korea.lists), korea], override={"inside": "x"})
    assert found.publishable


@pytest.mark.parametrize(
    ("tables", "asked", "match"),
    [
        ([], {}, "no table"),
        ([GOOD, Overlap.from_counts("ABD", {"111": 3})], {}, "differ in their lists"),
        ([GOOD], {"weights": [1, 2]}, "2 weights"),
        ([GOOD, OTHER], {"weights": [1, -1]}, "below 0"),
        ([GOOD, OTHER], {"weights": [0, 0]}, "below 0 or none"),
        ([GOOD, OTHER], {"weights": [1, float("nan")]}, "below 0 or none"),
        ([GOOD, Overlap.from_counts("ABC", {})], {}, "table 2 of 2.*no persons"),
        ([GOOD], {"draws": 3}, "3 draws"),
    ],
)
def test_tables_that_cannot_be_mixed(tables, asked, match):
    with pytest.raises(InputError, match=match):
        fit_linked(tables, **asked)


def test_partitions_that_are_none():
    for bad in ([1, 2, 3], [[1, 2]], np.empty((0, 3))):
        with pytest.raises(InputError, match="partitions of the shape"):
            overlaps_from_partitions("ABC", bad)


def test_a_mixture_with_a_floor_in_it_is_a_floor():
    sparse = Overlap.from_counts(
        "ABC", {"100": 300, "010": 280, "110": 12, "001": 250, "101": 11, "011": 9, "111": 2}
    )
    dense = Overlap.from_counts(
        "ABC", {"100": 60, "010": 55, "110": 50, "001": 50, "101": 45, "011": 40, "111": 60}
    )
    alone = [fit(one, "sample_coverage").summary().floor for one in (dense, sparse)]
    assert alone == [False, True]
    found = fit_linked([dense, sparse], "sample_coverage")
    assert found.summary().floor
    assert found.assumption.startswith("A floor")


@pytest.mark.parametrize(("largest", "known"), [(None, False), (5000.0, True)])
def test_moments_of_latent_classes_are_told_where_the_prior_has_an_end(largest, known):
    asked = {"prior": Prior(largest=largest), "chains": 4, "burn_in": 40}
    alone = fit(GOOD, "latent_class", draws=100, **asked)
    assert (alone.summary().mean is not None) is known
    assert alone.detail.has_moments is known
    linked = fit_all_linked(
        [GOOD, OTHER], names=["latent_class"], options={"latent_class": {"draws": 100, **asked}}
    )[0].result
    assert (linked.summary().mean is not None) is known
    scales = ["population"] * known + ["log population"]
    assert [one.scale for one in linked.spreads] == scales
    if known:
        assert alone.summary().mean == pytest.approx(alone.draws.mean())
