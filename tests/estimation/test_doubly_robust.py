"""Doubly robust estimates: known truth, what survives a wrong chance, what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from habeas.errors import InputError
from habeas.estimation import class_shares, doubly_robust, fit, refusal
from habeas.estimation.covariates import design
from habeas.estimation.doubly_robust import doubly_robust as estimate
from habeas.estimation.doubly_robust import influence
from habeas.estimation.floors import chapman
from habeas.estimation.overlap import Overlap
from habeas.estimation.refusal import RULES

TRUE = 3000


def drawn(seed: int, size: int = TRUE, third: bool = False, odds: float = 1.0) -> dict:
    """An invented population: two lists independent given x and g, a third that is not."""
    random = np.random.default_rng(seed)
    x = random.normal(size=size)
    g = random.integers(0, 3, size)
    a = random.random(size) < expit(-0.2 + 0.9 * x + 0.3 * (g == 1))
    chance = expit(-0.5 + 0.8 * x - 0.4 * (g == 2) + np.log(odds) * a)
    b = random.random(size) < chance
    c = random.random(size) < expit(-1.5 + a + 0.7 * b) if third else np.zeros(size, bool)
    seen = a | b | c
    found = {"A": a[seen].astype(int), "B": b[seen].astype(int), "x": x[seen],
             "g": np.array(["p", "q", "r"])[g[seen]]}  # fmt: skip
    return found | ({"C": c[seen].astype(int)} if third else {})


def test_the_truth_is_found_where_pairs_alone_miss_it():
    both = [
        (
            estimate(records, lists=["A", "B"], covariates=["x", "g"]).pairs[0],
            chapman(Overlap.from_records(records, lists=["A", "B"]))[0],
        )
        for records in (drawn(seed) for seed in range(25))
    ]
    covered = sum(one.low <= TRUE <= one.high for one, _ in both)
    assert np.mean([one.estimate for one, _ in both]) == pytest.approx(TRUE, rel=0.03)
    assert covered >= 21
    assert np.mean([other.estimate for _, other in both]) < 0.9 * TRUE
    assert sum(other.high < TRUE for _, other in both) >= 20
    spread = np.std([one.estimate for one, _ in both])
    assert np.mean([one.standard_error for one, _ in both]) == pytest.approx(spread, rel=0.4)


def test_neighbours_come_near_too():
    found = [
        estimate(drawn(seed), lists=["A", "B"], covariates=["x"], learner="neighbours").pairs[0]
        for seed in range(5)
    ]
    assert np.mean([one.estimate for one in found]) == pytest.approx(TRUE, rel=0.08)


def population(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The cells of persons observed, and their true chances."""
    random = np.random.default_rng(seed)
    x = random.normal(size=60_000)
    p, q = expit(0.2 + 0.8 * x), expit(-0.2 + 0.6 * x)
    a, b = random.random(len(x)) < p, random.random(len(x)) < q
    seen = a | b
    cells = np.stack([a & ~b, b & ~a, a & b], axis=1)[seen]
    chances = np.stack([p * (1 - q), q * (1 - p), p * q], axis=1)[seen]
    return cells, chances / chances.sum(axis=1, keepdims=True)


def test_one_wrong_chance_does_no_harm():
    """Double robustness: the correction undoes what the plain formula gets wrong."""
    cells, chances = population(3)
    truth = 60_000 - len(cells)
    assert influence(cells, chances).sum() == pytest.approx(truth, rel=0.03)
    for at in (0, 1):
        wrong = chances.copy()
        wrong[:, at] *= 2.0
        plain = (wrong[:, 0] * wrong[:, 1] / wrong[:, 2]).sum()
        assert plain == pytest.approx(2 * truth, rel=0.05)
        assert influence(cells, wrong).sum() == pytest.approx(truth, rel=0.05)
    for factor in (0.9, 1.1):
        wrong = chances.copy()
        wrong[:, 2] *= factor
        off = influence(cells, wrong).sum() / truth - 1
        assert abs(off) < 0.05
        assert abs((wrong[:, 0] * wrong[:, 1] / wrong[:, 2]).sum() / truth - 1) > 0.05


def test_the_correction_is_what_does_it(monkeypatch):
    """The mutant: chances that know no covariates; the plain formula is Petersen's, and too low."""

    def blind(learner, known, asked, classes):
        return class_shares.class_shares(
            learner, (known[0][:, :1], known[1]), asked[:, :1], classes
        )

    good = [estimate(drawn(at), lists=["A", "B"], covariates=["x", "g"]) for at in range(4)]
    monkeypatch.setattr(doubly_robust, "class_shares", blind)
    bad = [estimate(drawn(at), lists=["A", "B"], covariates=["x", "g"]) for at in range(4)]
    assert sum(one.pairs[0].low < TRUE < one.pairs[0].high for one in good) >= 3
    assert all(one.pairs[0].high < TRUE for one in bad)


def test_without_covariates_it_is_petersen():
    records = drawn(2)
    (one,) = estimate(records, lists=["A", "B"], covariates=[], folds=2).pairs
    first, second, both = one.cells
    assert one.estimate == pytest.approx((first + both) * (second + both) / both, rel=1e-3)
    lincoln = (first + both) * (second + both) * first * second / both**3
    assert one.standard_error == pytest.approx(np.sqrt(lincoln), rel=0.05)


def test_pairs_of_three_lists_are_taken_off_the_third():
    found = estimate(drawn(4, third=True, size=6000), lists=["A", "B", "C"], covariates=["x", "g"])
    assert [one.lists for one in found.pairs] == [("A", "B"), ("A", "C"), ("B", "C")]
    one = found.pairs[0]
    assert one.others == ("C",)
    assert "on no other list" in one.assumption
    assert one.observed == found.observed == len(one.missing)
    (alone,) = estimate(
        drawn(4, third=True, size=6000), lists=["A", "B", "C"], covariates=["x", "g"],
        pair=("A", "B"),
    ).pairs  # fmt: skip
    assert alone.estimate == one.estimate


def test_sensitivity_is_a_line_and_finds_the_truth_at_the_true_ratio():
    found = [
        estimate(drawn(seed, odds=2.5), lists=["A", "B"], covariates=["x", "g"]).pairs[0]
        for seed in range(10)
    ]
    at_one = np.mean([one.sensitivity([1.0])[0].estimate for one in found])
    at_true = np.mean([one.sensitivity([2.5])[0].estimate for one in found])
    assert at_one < 0.85 * TRUE
    assert at_true == pytest.approx(TRUE, rel=0.06)
    curve = found[0].sensitivity()
    missing = [point.estimate - found[0].observed for point in curve]
    assert missing == pytest.approx([missing[2] * point.ratio for point in curve])
    assert curve[2].low == found[0].low


def test_the_same_seed_gives_the_same():
    one, same, other = (
        estimate(drawn(5), lists=["A", "B"], covariates=["x"], seed=seed).pairs[0].estimate
        for seed in (1, 1, 2)
    )
    assert one == same != other


def test_a_logistic_regression_has_the_margins_of_its_data():
    random = np.random.default_rng(0)
    columns = np.column_stack([np.ones(4000), random.normal(size=(4000, 2))])
    true = np.array([[0.3, -0.5], [1.0, 0.4], [-0.7, 0.2]])
    chances = class_shares.softmax(columns, true)
    member = (random.random(4000)[:, None] > chances.cumsum(axis=1)).sum(axis=1)
    found = class_shares.fit_logistic(columns, member, 3)
    assert found == pytest.approx(true, abs=0.15)
    fitted = class_shares.softmax(columns, found)
    assert columns.T @ fitted == pytest.approx(columns.T @ np.eye(3)[member], abs=0.2)


def test_classes_that_are_separated_stay_finite():
    columns = np.column_stack([np.ones(60), np.repeat([-1.0, 0.0, 1.0], 20)])
    found = class_shares.fit_logistic(columns, np.repeat([0, 1, 2], 20), 3)
    assert np.isfinite(found).all()


def test_designs():
    columns = {"n": np.array([1, 2, 3]), "l": np.array(["a", None, "b"], dtype=object),
               "c": np.array([5.0, 5.0, 5.0])}  # fmt: skip
    found = design(columns, 3)
    assert found.shape == (3, 4)
    assert found[:, 1].tolist() == pytest.approx([-1.2247449, 0, 1.2247449])
    assert found[:, 2:].tolist() == [[1, 0], [0, 0], [0, 1]]
    assert design(columns, 3, degree=2).shape == (3, 7)
    assert design({"o": np.array([1, 2.5, 3], dtype=object)}, 3).shape == (3, 2)


@pytest.mark.parametrize("bad", [np.nan, np.inf, None])
def test_a_missing_number_is_refused(bad):
    records = drawn(1, size=300)
    records["x"] = np.array([bad, *records["x"][1:]], dtype=object)
    with pytest.raises(InputError, match="missing or not finite"):
        estimate(records, lists=["A", "B"], covariates=["x"])


def test_what_is_refused():
    records = drawn(1, size=400)
    count = len(records["A"])
    lists = ["A", "B"]

    def refused(match, given=records, **said):
        with pytest.raises(InputError, match=match):
            estimate(given, **({"lists": lists, "covariates": ["x"]} | said))

    refused("one list", lists=["A"])
    refused("no column", covariates=["nothing"])
    refused("no column", lists=["A", "Z"])
    refused("named twice", lists=["A", "A"])
    refused("no pair", pair=("A", "Z"))
    refused("no pair", pair=("A", "A"))
    refused("folds", folds=1)
    refused("learner", learner="oracle")
    refused("least share", least_share=0.0)
    refused("degree", degree=3)
    refused("level", level=1.0)
    refused("an id", records | {"x": [f"p{at}" for at in range(count)]})
    refused("differ in length", records | {"x": records["x"][1:]})
    refused("neither 1 nor 0", records | {"A": records["A"] + 1})
    refused("on no list", records | {"A": records["A"] * 0})
    refused("came before", records | {"id": ["same"] * count}, person="id")
    refused("A and B", records | {"B": 1 - records["A"]})
    refused("B alone", records | {"A": np.ones(count, dtype=int)})


def test_a_pair_that_cannot_be_judged_is_told():
    records = drawn(6, third=True)
    alone = (records["A"] == 0) & (records["B"] == 0)
    records["C"] = np.where(alone, 1, 0)
    found = estimate(records, lists=["A", "B", "C"], covariates=["x"])
    assert [one.lists for one in found.pairs] == [("A", "B")]
    assert [pair for pair, _ in found.refused] == [("A", "C"), ("B", "C")]
    assert "A and C" in found.refused[0][1]


def test_clipped_chances_are_told():
    found = estimate(drawn(7), lists=["A", "B"], covariates=["x"], least_share=0.2).pairs[0]
    assert found.clipped > 100


def apart(seed: int) -> dict:
    """Two lists that reach different persons: hardly anybody can be on both."""
    random = np.random.default_rng(seed)
    x = random.normal(size=500)
    a = random.random(500) < expit(-1 + 3 * x)
    b = random.random(500) < expit(-1.5 - 2.5 * x)
    seen = a | b
    return {"A": a[seen].astype(int), "B": b[seen].astype(int), "x": x[seen]}


def test_a_sum_below_those_listed_is_not_published():
    found = fit(apart(13), "doubly_robust", lists=["A", "B"], covariates=["x"])
    assert found.diagnostics()["below_observed"]
    assert found.summary().point == found.observed  # where it was stopped
    assert [one.code for one in found.refusals] == ["below_listed", "clipped"]
    assert "250, and 347 are listed" in found.describe()
    assert not found.publishable


def test_persons_whom_a_list_hardly_reaches_are_told_beyond_one_in_twenty(monkeypatch):
    asked = {"lists": ["A", "B"], "covariates": ["x"]}
    few = fit(drawn(7), "doubly_robust", **asked)
    assert 0 <= few.diagnostics()["clipped"] <= 0.05 * few.observed
    assert few.publishable
    many = fit(drawn(7), "doubly_robust", least_share=0.2, **asked)
    (one,) = many.refusals
    assert one.code == "clipped"
    assert one.figure == many.diagnostics()["clipped"] / many.observed > 0.05
    rules = {**RULES, "clipped": replace(RULES["clipped"], threshold=1.0)}
    monkeypatch.setattr(refusal, "RULES", rules)
    assert fit(drawn(7), "doubly_robust", least_share=0.2, **asked).publishable  # the mutant
