"""Strata: as single fits, added up, pooled, and nobody dropped for want of a label."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from habeas.errors import InputError
from habeas.estimation import Overlap, RefusedError, fit, fit_strata, strata, strata_labels
from habeas.estimation.batch import average_tables
from habeas.estimation.decomposable import average_graphs
from habeas.estimation.graphs import complete, decomposable_graphs
from habeas.estimation.odds_prior import graph_kinds, log_odds_densities
from habeas.estimation.pooling import pool
from habeas.estimation.pooling_odds import Alone, Odds
from habeas.estimation.pooling_strata import NODES, Large, Small, kind_of
from habeas.estimation.strata_labels import dealt, unlabelled

LISTS = ("A", "B", "C", "D")


def population(seed: int, sizes, chances, lists=LISTS):
    """Persons of strata s0, s1 and on, each list independent: columns, and the true sizes."""
    random = np.random.default_rng(seed)
    on, label = [], []
    for at, (size, chance) in enumerate(zip(sizes, chances, strict=True)):
        found = random.random((size, len(lists))) < chance
        seen = found.any(axis=1)
        on.append(found[seen])
        label += [f"s{at:03}"] * int(seen.sum())
    columns = dict(zip(lists, np.concatenate(on).T.astype(int), strict=True))
    return columns | {"s": np.array(label, dtype=object)}


def parted(columns) -> Overlap:
    return Overlap.from_records(columns, lists=LISTS, strata=["s"])


THREE = parted(population(1, [600, 900, 300], [0.3, 0.2, 0.4]))


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_tables_together_are_tables_one_by_one(k):
    random = np.random.default_rng(k)
    sizes = [1, 3, 30, 100, 700, 20_000, 300_000]
    dense = []
    for size in sizes:
        on = random.random((size, k)) < random.uniform(0.1, 0.5, k)
        counted = np.bincount(on @ (1 << np.arange(k)), minlength=1 << k)
        counted[0] = 0
        dense.append(counted)
    rows = [row for row in dense if row.sum()]
    for row, found in zip(rows, average_tables(np.array(rows), k), strict=True):
        met = np.flatnonzero(row)
        names = [f"L{at}" for at in range(k)]
        alone = average_graphs(Overlap(tuple(names), met, row[met][None, :]))
        for share in (0.025, 0.25, 0.5, 0.75, 0.975):
            assert found.posterior.quantile(share) == pytest.approx(
                alone.posterior.quantile(share), rel=1e-6
            )
        assert found.posterior.grid.error < 1e-6
        assert found.complete_weight == pytest.approx(alone.complete_weight, rel=1e-5, abs=1e-12)


def test_separate_strata_are_single_fits_and_their_sum():
    found = fit_strata(THREE)
    for one in found.strata:
        alone = fit(THREE.stratum(one.labels))
        said = alone.summary()
        assert (one.point, one.low, one.high) == (said.point, said.low, said.high)
        assert one.observed == said.observed
    said = found.summary()
    assert said.low < 1800 < said.high
    assert said.point == pytest.approx(sum(one.point for one in found.strata), rel=0.01)
    width = sum(one.high - one.low for one in found.strata)
    assert said.high - said.low < 0.8 * width  # independent: errors partly cancel
    assert said.beside[-1].name == "strata not parted"
    assert "say nothing of each other" in found.assumption
    assert found.publishable
    assert len(found.draws) == 4000
    assert found.digest == THREE.digest
    assert (found.draws == fit_strata(THREE).draws).all()


@pytest.mark.parametrize("method", ["loglinear", "chao", "sample_coverage"])
def test_other_methods_take_strata_too(method):
    asked = {"tables": 50} if method != "chao" else {}
    found = fit_strata(THREE, method, **asked)
    said = fit(THREE.stratum(("s001",)), method, **asked).summary()
    assert (found.strata[1].point, found.strata[1].low) == (said.point, said.low)
    assert found.summary().low <= sum(one.point for one in found.strata) <= found.summary().high


def small_strata(seed=3, count=60):
    """Strata of about 40 persons; how visible they are differs from one to the next."""
    random = np.random.default_rng(seed)
    sizes = random.integers(20, 60, count)
    level = random.normal(-1.1, 0.3, count)
    chances = 1 / (1 + np.exp(-(level[:, None] + np.array([0.3, 0.1, -0.1, -0.3]))))
    return parted(population(seed, sizes, chances)), sizes


def test_pooled_strata_know_more_and_the_truth_is_found():
    overlap, sizes = small_strata()
    found = fit_strata(overlap, pooling="partial")
    known = {one.labels: one for one in found.strata}
    held, narrower, error, alone_error = 0, 0, [], []
    for at, size in enumerate(sizes):
        one = known[f"s{at:03}",]
        held += one.low <= size <= one.high
        narrower += one.high - one.low < one.alone.high - one.alone.low
        error.append(np.log(one.point / size))
        alone_error.append(np.log(one.alone.point / size))
    assert held >= 0.85 * len(sizes)
    assert narrower >= 0.8 * len(sizes)
    assert np.mean(np.square(error)) < np.mean(np.square(alone_error))
    said = found.summary()
    assert said.low < sizes.sum() < said.high
    assert [one.name for one in said.beside[:2]] == ["strata pooled", "strata separate"]
    low, high = found.diagnostics()["spread_interval"]
    assert low < found.diagnostics()["spread_between_strata"] < high
    assert "learnt from all strata" in found.assumption
    assert found.diagnostics()["spread_between_strata"] < 1
    assert found.diagnostics()["refused_alone"] > 0
    assert found.publishable


def test_pooling_draws_agree_with_pooled_posteriors():
    overlap, _ = small_strata(count=12)
    dense = np.stack([overlap.stratum(labels).dense()[0] for labels in overlap.strata])
    alone = [
        Alone.of(row, 4, 1 / 16, one.posterior)
        for row, one in zip(dense, average_tables(dense, 4), strict=True)
    ]
    found = pool(alone, 4, 1 / 16, draws=20_000, seed=2)
    for at, one in enumerate(found.posteriors):
        for share in (0.1, 0.5, 0.9):
            assert np.quantile(found.drawn[at], share) == pytest.approx(
                one.quantile(share), rel=0.02, abs=1.01
            )
    assert found.totals.mean() == pytest.approx(
        sum(one.mean() for one in found.posteriors), rel=0.01
    )


def test_what_was_believed_before_is_a_distribution():
    """The prior of the odds of each kind of graph sums to 1."""
    nodes = np.linspace(-40, 25, 6501)
    assert len(graph_kinds(3)[0]) == 7
    for prior in log_odds_densities(3, 1 / 8, nodes):
        assert np.exp(prior).sum() * 0.01 == pytest.approx(1, rel=0.03)


def one_stratum(size: int, chances, seed=1):
    random = np.random.default_rng(seed)
    on = random.random((size, len(chances))) < chances
    dense = np.bincount(on @ (1 << np.arange(len(chances))), minlength=1 << len(chances))
    dense[0] = 0
    (averaged,) = average_tables(dense[None, :], len(chances))
    return dense, Alone.of(dense, len(chances), 2.0 ** -len(chances), averaged.posterior)


def test_odds_given_the_missing_are_those_of_chances_drawn_anew():
    """Draws of all chances from the law of each graph beside the moments of its kind."""
    dense, alone = one_stratum(300, [0.4, 0.3, 0.2])
    point = int(np.searchsorted(alone.posterior.grid.missing, 100))
    full = dense.copy()
    full[0] = alone.posterior.grid.missing[point]
    kind, kinds = graph_kinds(3)
    graphs = [graph for graph in decomposable_graphs(3) if graph != complete(3)]
    lone = [at for at in range(len(kinds)) if (kind == at).sum() == 1]
    assert lone  # the graph without an edge is of a kind of its own
    random = np.random.default_rng(2)
    for at in lone:
        chances = _after(graphs[int(np.flatnonzero(kind == at)[0])], full, 1 / 8, random)
        logit = np.log(chances / (1 - chances))
        mean, variance = (one[point] for one in alone.odds[at].moments())
        assert logit.mean() == pytest.approx(mean, abs=0.01)
        assert logit.var() == pytest.approx(variance, rel=0.1)
        # Binomial noise of the missing, which was taken for it before, is far more.
        assert variance < 0.7 * (1 / full[0] + 1 / dense.sum())


def _after(graph, full, delta, random, times=4000):
    """Chances to be missed after a whole table has been seen, one list after another."""
    from habeas.estimation.graphs import elimination

    k, patterns = len(graph), np.arange(len(full))
    found = np.ones(times)
    for vertex, later in elimination(graph):
        weight = delta * 2.0 ** (k - later.bit_count() - 1)
        apart = patterns & later == 0
        on = full[apart & (patterns >> vertex & 1 == 1)].sum()
        off = full[apart & (patterns >> vertex & 1 == 0)].sum()
        found *= random.beta(weight + off, weight + on, size=times)
    return found


def test_large_strata_say_what_small_ones_say_exactly():
    _, alone = one_stratum(600, [0.35, 0.3, 0.25, 0.3])
    assert isinstance(kind_of(alone, 4, 1 / 16), Large)
    assert isinstance(kind_of(one_stratum(60, [0.3, 0.2, 0.2, 0.3])[1], 4, 1 / 16), Small)
    for centre in (-1.5, -1.0, -0.5):
        common = np.exp(-(((NODES - centre) / 0.4) ** 2) / 2)
        said = []
        for made in (Small, Large):
            held = common * made.of(alone, 4, 1 / 16).held
            mean = held @ NODES / held.sum()
            said.append((mean, np.sqrt(held @ (NODES - mean) ** 2 / held.sum())))
        assert said[1] == pytest.approx(said[0], abs=0.01)


SPREAD = 0.4


@lru_cache(maxsize=8)
def world(seed: int, count: int = 50):
    """Strata of 100 to 400 whose odds of being missed spread as the model says."""
    random = np.random.default_rng(seed)
    sizes = random.integers(100, 400, count)
    missed = 1 / (1 + np.exp(-random.normal(-1, SPREAD, count)))
    parts = random.dirichlet([8] * 4, size=count)  # of the logarithm, which list misses how much
    overlap = parted(population(seed + 1000, sizes, 1 - missed[:, None] ** parts))
    dense = overlap.dense()
    return overlap, int(sizes.sum()), dense, average_tables(dense, 4)


def spreads_of(seed: int):
    """The spread that is found, and its interval."""
    _, _, dense, averaged = world(seed)
    alone = [
        Alone.of(row, 4, 1 / 16, one.posterior) for row, one in zip(dense, averaged, strict=True)
    ]
    found = pool(alone, 4, 1 / 16, draws=100, seed=1)
    return found.spread, found.spread_ends


def test_the_spread_of_known_worlds_is_found():
    found = [spreads_of(seed) for seed in range(4)]
    assert sum(low <= SPREAD <= high for _, (low, high) in found) >= 3
    assert np.mean([spread for spread, _ in found]) == pytest.approx(SPREAD, rel=0.1)


@pytest.mark.parametrize("seed", range(2))
def test_the_total_of_known_worlds_is_found(seed):
    overlap, size, _, _ = world(seed)
    said = fit_strata(overlap, pooling="partial", draws=1000).summary()
    assert said.low <= size <= said.high
    pooled, separate = said.beside[:2]
    for end in ("low", "high"):
        both = sorted(getattr(one, end) for one in (pooled, separate))
        assert 0.997 * both[0] <= getattr(said, end) <= 1.003 * both[1]


def test_the_mutant_that_counts_the_noise_of_the_missing_twice_is_caught(monkeypatch):
    """The odds as if only the count of the missing told them: spreads come out too small."""

    def binomial(cls, mean, square):
        size = np.full_like(mean, 250.0)  # of some 250 persons
        return cls(mean * size, (1 - mean) * size)

    right = np.mean([spreads_of(seed)[0] for seed in range(4)])
    monkeypatch.setattr(Odds, "matched", classmethod(binomial))
    wrong = np.mean([spreads_of(seed)[0] for seed in range(4)])
    assert wrong < right - 0.008


def test_the_mutant_that_leaves_the_belief_in_is_caught(monkeypatch):
    """Counted once a stratum, what was believed before pulls the mean of many strata away."""
    from habeas.estimation import pooling_strata

    overlap, sizes = small_strata(seed=5, count=120)
    right = fit_strata(overlap, pooling="partial").diagnostics()["mean_log_odds_missing"]
    monkeypatch.setattr(
        pooling_strata,
        "log_odds_densities",
        lambda k, delta, odds: np.zeros((len(graph_kinds(k)[1]), len(odds))),
    )
    wrong = fit_strata(overlap, pooling="partial").diagnostics()["mean_log_odds_missing"]
    truth = np.log((sizes.sum() - overlap.observed) / overlap.observed)
    assert abs(right - truth) < 0.1
    assert abs(wrong - truth) > 0.1


def without_labels(seed=7):
    """Labels are missing mostly of persons on list D, which is strong in the second stratum."""
    columns = population(seed, [800, 1200], [[0.3, 0.3, 0.3, 0.05], [0.2, 0.2, 0.2, 0.35]])
    random = np.random.default_rng(seed)
    lost = random.random(len(columns["s"])) < np.where(columns["D"] == 1, 0.7, 0.05)
    truth = {"s000": 800, "s001": 1200}
    kept = {name: values[~lost] for name, values in columns.items()}
    columns["s"] = np.where(lost, "", columns["s"])
    return parted(columns), parted(kept), truth


def test_persons_without_a_stratum_are_dealt_out_and_dropping_them_is_biased():
    overlap, dropped, truth = without_labels()
    found = fit_strata(overlap)
    said = found.summary()
    assert said.observed == overlap.observed
    assert said.low < 2000 < said.high
    for one in found.strata:
        assert one.low < truth[one.labels[0]] < one.high
        assert one.dealt > 0
    assert sum(one.observed + one.dealt for one in found.strata) == pytest.approx(
        overlap.observed, abs=0.5
    )
    assert found.diagnostics()["without_label"] == unlabelled(overlap) > 200
    assert "not known" in found.assumption
    biased = fit_strata(dropped).summary()
    assert biased.high < 2000  # who is dropped is not estimated either


def test_the_mutant_that_drops_persons_is_caught(monkeypatch):
    overlap, _, _ = without_labels()

    def drop(table, *, times, seed):
        keep = [at for at, labels in enumerate(table.strata) if "" not in labels]
        return (
            Overlap(table.lists, table.patterns, table.counts[keep],
                    tuple(table.strata[at] for at in keep), table.stratified_by),
        )  # fmt: skip

    monkeypatch.setattr(strata, "dealt", drop)
    assert fit_strata(overlap).summary().high < 2000


def test_dealing_keeps_everybody_and_heeds_what_is_known():
    columns = population(2, [300, 300], [0.4, 0.4])
    month = np.where(np.arange(len(columns["s"])) % 2, "jan", "feb").astype(object)
    place = np.where(np.arange(len(columns["s"])) % 5 == 0, "", columns["s"])
    overlap = Overlap.from_records(
        columns | {"place": place, "month": month}, lists=LISTS, strata=["place", "month"]
    )
    tables = dealt(overlap, times=5, seed=1)
    assert len(tables) == 5
    assert len({one.digest for one in tables}) == 5
    for one in tables:
        assert (one.totals == overlap.totals).all()
        assert all("" not in labels for labels in one.strata)
        months = {label: 0 for _, label in one.strata}
        for (_, label), row in zip(one.strata, one.counts, strict=True):
            months[label] += row.sum()
        for label, persons in months.items():
            assert persons == (month == label).sum()
    assert dealt(THREE, times=9, seed=1) == (THREE,)


def test_the_mutant_that_deals_without_looking_at_lists_is_caught(monkeypatch):
    overlap, _, truth = without_labels()

    def blind(persons, labelled, random):
        shares = labelled.sum(axis=1) / labelled.sum()
        return np.stack([random.multinomial(count, shares) for count in persons], axis=1)

    monkeypatch.setattr(strata_labels, "_deal", blind)
    found = fit_strata(overlap)
    assert any(not one.low < truth[one.labels[0]] < one.high for one in found.strata)


def with_small_strata():
    random = np.random.default_rng(1)
    columns = population(1, [600, 900], [0.3, 0.2])
    lone = {name: np.append(columns[name], int(name == "A")) for name in LISTS}
    lone["s"] = np.append(columns["s"], "alone")
    del random
    made = parted(lone)
    counts = np.vstack([made.counts, np.zeros_like(made.counts[:1])])
    return Overlap(made.lists, made.patterns, counts, (*made.strata, ("none",)), ("s",))


def test_strata_of_nobody_and_of_one_are_told():
    overlap = with_small_strata()
    found = fit_strata(overlap)
    by_label = {one.labels[0]: one for one in found.strata}
    assert by_label["none"].point is None
    assert "nobody" in by_label["none"].reason
    assert by_label["alone"].point is None
    assert [one.code for one in by_label["alone"].refusals] == ["no_overlap"]
    assert not found.publishable
    assert "in 1 of 4 strata" in found.describe()
    assert found.diagnostics()["without_persons"] == 1
    assert found.diagnostics()["persons_without_estimate"] == 1
    why = dict.fromkeys(("no_overlap", "complete_graph"), "one person weighs little")
    passed = fit_strata(overlap, override=why)
    assert passed.publishable
    assert {one.labels[0]: one for one in passed.strata}["alone"].high > 1
    pooled = fit_strata(overlap, pooling="partial")
    alone = {one.labels[0]: one for one in pooled.strata}["alone"]
    assert 1 <= alone.low <= alone.point <= alone.high < 100
    assert pooled.publishable


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"overlap": THREE.pooled()}, "no strata"),
        ({"overlap": {"A": 1}}, "no strata"),
        ({"method": "mine"}, "no method"),
        ({"pooling": "all"}, "no pooling"),
        ({"pooling": "partial", "method": "chao"}, "under the method decomposable"),
        ({"pooling": "partial", "include_complete": True}, "under the method decomposable"),
        ({"draws": 5}, "5 draws"),
        ({"dealings": 1}, "1 dealings"),
        ({"level": 2}, "no level"),
        ({"override": {"inside": ""}}, "without a reason"),
        ({"tables": 3}, "no option"),
    ],
)
def test_bad_questions(asked, match):
    with pytest.raises(InputError, match=match):
        fit_strata(**{"overlap": THREE, **asked})


def test_a_table_that_cannot_carry_an_estimate_is_refused():
    columns = population(1, [200, 200], [0.3, 0.3])
    two = Overlap.from_records(
        {name: columns[name][(columns["A"] + columns["B"]) > 0] for name in ("A", "B", "s")},
        lists=["A", "B"],
        strata=["s"],
    )
    with pytest.raises(RefusedError, match="fewer than three"):
        fit_strata(two)
    nobody = Overlap.from_records(
        {"A": [1], "B": [1], "C": [1], "s": [""]}, lists="ABC", strata=["s"]
    )
    with pytest.raises(InputError, match="no person has a stratum"):
        fit_strata(nobody, override={"inside": "only one person is in it"})


def of_counts(*strata, unrecorded=frozenset()):
    """Strata from counts of 100, 010, 110, 001, 101, 011 and 111 each; labels by letter."""
    patterns = np.array([at for at in range(1, 8) if at not in unrecorded])
    counts = np.array(strata)[:, patterns - 1]
    labels = tuple((letter,) for letter in "abcdefg"[: len(strata)])
    return Overlap(tuple("ABC"), patterns, counts, labels, ("s",), unrecorded)


WANTS_COMPLETE = [300, 300, 20, 300, 20, 20, 200]
"""The complete graph has all the weight: many are on all lists, few on two."""

INDEPENDENT = [294, 126, 126, 126, 126, 54, 54]
"""Lists of 500, 300 and 300 by chances of 0.5, 0.3 and 0.3."""


def test_pooling_does_not_pass_over_strata_that_want_the_complete_graph():
    overlap = of_counts(*[WANTS_COMPLETE] * 3)
    assert not fit(overlap.pooled()).publishable
    for pooling in ("separate", "partial"):
        found = fit_strata(overlap, pooling=pooling)
        assert [one.code for one in found.refusals] == ["complete_graph"]
        assert not found.publishable
    why = {"complete_graph": "shown to the court as what it is"}
    passed = fit_strata(overlap, pooling="partial", override=why)
    assert passed.publishable
    assert passed.refusals[0].overridden == why["complete_graph"]


def test_the_complete_graph_in_most_persons_is_refused_and_in_few_is_not(monkeypatch):
    """Seen together the strata hide it: many on all three lists in one, nobody in the other."""
    none_on_all = [900, 900, 210, 900, 210, 210, 0]
    overlap = of_counts(WANTS_COMPLETE, none_on_all)
    monkeypatch.setattr(strata._Task, "_whole", lambda *_: fit(of_counts(INDEPENDENT).pooled()))
    found = fit_strata(overlap, pooling="partial")
    assert [one.code for one in found.refusals] == ["complete_graph"]
    assert "(in 2 of 2 strata)" in found.describe()
    few = of_counts([4, 4, 0, 4, 1, 1, 9], INDEPENDENT, INDEPENDENT)
    found = fit_strata(few, pooling="partial")
    assert [one.code for one in found.strata[0].refusals] == ["complete_graph"]
    assert found.publishable
    assert not fit_strata(few).publishable


def test_the_prior_weight_of_the_complete_graph_in_tiny_strata_is_mended_by_pooling(monkeypatch):
    """Over three lists it is one eighth, and refuses a stratum alone; no data speak in that."""
    overlap = of_counts(
        [0, 0, 1, 2, 2, 0, 0], [1, 0, 1, 2, 0, 0, 2], [2, 2, 0, 0, 0, 1, 1], [2, 1, 0, 0, 0, 0, 1]
    )
    found = fit_strata(overlap, pooling="partial")
    for one in found.strata:
        refused = {refusal.code: refusal.figure for refusal in one.refusals}
        assert 0.1 < refused["complete_graph"] < 0.3
    assert found.publishable
    monkeypatch.setattr(strata, "LEAST_EVIDENCE", 0.5)  # the mutant that takes the prior for data
    assert not fit_strata(overlap, pooling="partial").publishable


def test_a_stratum_of_which_the_method_has_no_estimate_is_refused_of_the_total():
    """Chao's bound has none in b, and the closed one does not take a cell that was censored."""
    tables = [52, 23, 24, 40, 38, 36, 29], [48, 51, 0, 26, 0, 0, 53]
    found = fit_strata(of_counts(*tables, unrecorded=frozenset({5})), "chao")
    assert found.strata[1].point is None
    one = next(refusal for refusal in found.refusals if refusal.code == "no_estimate")
    assert "could not be recorded; its 178 listed persons alone" in one.reason
    assert not found.publishable
    why = {"no_estimate": "b is told beside the total", "unrecorded": "so is the censored cell"}
    passed = fit_strata(of_counts(*tables, unrecorded=frozenset({5})), "chao", override=why)
    assert passed.publishable
    assert passed.strata[1].refusals[0].overridden == why["no_estimate"]


def test_what_is_refused_in_any_dealing_is_refused():
    tables = [60, 60, 12, 60, 12, 12, 10], [90, 80, 20, 70, 18, 15, 4], [3, 3, 3, 3, 3, 3, 8]
    made = of_counts(*tables)
    overlap = Overlap(
        made.lists, made.patterns, made.counts[[2, 0, 1]], (("",), ("a",), ("b",)), ("s",)
    )
    found = fit_strata(overlap, draws=400)
    assert not found.detail[0].fits[0].refusals  # the first dealing alone says nothing
    (one,) = found.refusals
    assert one.code == "complete_graph"
    assert "(in 9 of 20 dealings" in one.reason


def test_mass_beyond_the_grid_of_a_stratum_is_told(monkeypatch):
    from habeas.estimation import strata_fits

    def cut(dense, k, *, delta):
        return tuple(
            replace(one, posterior=replace(one.posterior, grid=replace(one.posterior.grid, tail=1)))
            for one in average_tables(dense, k, delta=delta)
        )

    monkeypatch.setattr(strata_fits, "average_tables", cut)
    for pooling in ("separate", "partial"):
        found = fit_strata(of_counts(INDEPENDENT, INDEPENDENT), pooling=pooling)
        assert [one.code for one in found.refusals] == ["grid_tail"]
