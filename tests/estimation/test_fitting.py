"""One way to ask every method: figures as the methods give them, all told, bad input refused."""

from __future__ import annotations

import builtins
import json
import warnings

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import habeas
from habeas.errors import InputError
from habeas.estimation import Overlap, Prior, RefusedError, fit, fit_all
from habeas.estimation.assumptions import ASSUMPTIONS
from habeas.estimation.decomposable import average_graphs
from habeas.estimation.fitting import METHODS
from habeas.estimation.floors import chao, chao_1989
from habeas.estimation.sample_coverage import sample_coverage

GOOD = Overlap.from_counts(
    "ABC", {"100": 69, "010": 55, "110": 21, "001": 63, "101": 17, "011": 18, "111": 28}
)
QUICK = {"latent_class": {"draws": 300, "burn_in": 100}, "loglinear": {"tables": 100}}


def drawn_records(seed: int = 3, size: int = 3000):
    random = np.random.default_rng(seed)
    old = random.random(size) < 0.4
    on = random.random((size, 3)) < np.where(old[:, None], [0.5, 0.4, 0.3], [0.2, 0.3, 0.3])
    seen = on.any(axis=1)
    columns = dict(zip("ABC", on[seen].T.astype(int), strict=True))
    return columns | {"old": old[seen].astype(float)}


@pytest.mark.parametrize("method", METHODS)
def test_every_method_answers_in_the_same_form(method):
    found = fit(GOOD, method, seed=4, **QUICK.get(method, {}))
    said = found.summary()
    assert said.observed == found.observed == GOOD.observed == 271
    assert said.observed <= said.low <= said.high
    assert said.missing == (said.low - 271, said.point - 271, said.high - 271)
    assert found.draws.ndim == 1
    assert len(found.draws) >= 100
    assert (found.draws >= 271).all()
    assert found.digest == GOOD.digest
    assert (found.version, found.seed, found.level) == (habeas.__version__, 4, 0.95)
    said_of = "sample_coverage_one_step" if method == "sample_coverage" else method
    assert found.assumption == ASSUMPTIONS[said_of].english
    assert any("؀" <= letter <= "ۿ" for letter in found.assumption_fa)
    assert {"cells", "cells_empty"} <= set(found.diagnostics())
    json.dumps([found.diagnostics(), found.settings])
    ends = np.quantile(found.draws, [0.025, 0.975])
    assert ends == pytest.approx([said.low, said.high], rel=0.12)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_draws(method):
    one, two = (fit(GOOD, method, seed=4, **QUICK.get(method, {})) for _ in range(2))
    assert (one.draws == two.draws).all()


def test_the_figures_are_those_of_the_methods(table):
    kosovo = table("Kosovo")
    found = fit(kosovo)
    direct = average_graphs(kosovo)
    assert found.summary().point == direct.posterior.quantile(0.5) == 12595
    assert found.summary().mean == direct.posterior.mean()
    assert found.summary().intervals == {"posterior": direct.posterior.interval(0.95)}
    assert np.median(found.draws) == pytest.approx(12595, rel=0.02)
    assert found.diagnostics()["complete_weight"] == direct.complete_weight
    linear = fit(kosovo, "loglinear", tables=50).summary()
    assert linear.point == pytest.approx(10356.5, abs=0.1)
    assert [round(end) for end in linear.intervals["profile likelihood"]] == [8994, 12110]
    assert linear.interval == "bootstrap with re-selection"
    assert linear.high - linear.low > 5000
    assert round(fit(kosovo, "independence", tables=50).summary().point) == 7395
    floor = fit(kosovo, "chao").summary()
    assert floor.point == chao(kosovo).estimate
    assert floor.floor
    assert floor.beside[0].point == chao_1989(kosovo).estimate
    assert len(floor.beside) == 7
    coverage = fit(kosovo, "sample_coverage")
    assert coverage.summary().point == sample_coverage(kosovo).one_step.estimate
    assert "floor" in coverage.assumption
    well = table("spina_bifida")
    full = fit(well, "sample_coverage")
    assert full.summary().point == sample_coverage(well).dependent.estimate
    assert full.assumption == ASSUMPTIONS["sample_coverage"].english


def test_another_level_gives_another_interval():
    for method in METHODS:
        asked = QUICK.get(method, {})
        wide, narrow = (fit(GOOD, method, level=level, **asked) for level in (0.95, 0.5))
        assert narrow.summary().low > wide.summary().low
        assert narrow.summary().high < wide.summary().high


def test_a_result_is_no_number():
    found = fit(GOOD)
    for make in (float, int, round):
        with pytest.raises(TypeError):
            make(found)
    with pytest.raises(TypeError):
        found + 1
    said = found.describe()
    low, point = f"{found.summary().low:,.0f} to", f"median {found.summary().point:,.0f}"
    assert said.index(low) < said.index(point)
    assert found.assumption in said
    assert "One method alone is no result" in said


def test_settings_are_told_with_those_left_at_their_defaults():
    found = fit(GOOD, prior=Prior(largest=5000))
    assert found.settings["prior"] == {"kind": "reciprocal", "largest": 5000}
    assert found.settings["include_complete"] is False
    assert fit(GOOD, "latent_class", **QUICK["latent_class"]).settings["chains"] == 4


def test_what_counts_the_complete_graph_says_so():
    assert "complete graph" in fit(GOOD, include_complete=True).assumption


def test_doubly_robust_takes_records():
    records = drawn_records()
    found = fit(records, "doubly_robust", lists=list("ABC"), covariates=["old"])
    said = found.summary()
    assert said.low < 3000 < said.high
    assert len(said.beside) == 2
    assert found.diagnostics()["pair"] in (["A", "B"], ["A", "C"], ["B", "C"])
    assert "old" in found.assumption
    assert "old" in found.assumption_fa
    assert found.settings["folds"] == 5
    assert found.settings["covariates"] == ["old"]
    assert found.overlap.observed == len(records["A"])
    two = (
        fit(records | {}, "doubly_robust", lists=["A", "C"], covariates=["old"]) if False else None
    )
    assert two is None
    with pytest.raises(InputError, match="needs records"):
        fit(GOOD, "doubly_robust")
    with pytest.raises(InputError, match="no option 'order'"):
        fit(records, "doubly_robust", lists=list("ABC"), covariates=["old"], order=2)


def test_doubly_robust_is_made_for_two_lists_too():
    records = {name: values for name, values in drawn_records().items() if name != "C"}
    seen = (records["A"] + records["B"]) > 0
    two = {name: values[seen] for name, values in records.items()}
    found = fit(two, "doubly_robust", lists=["A", "B"], covariates=["old"])
    assert not found.refusals


def test_methods_side_by_side(table):
    found = fit_all(GOOD, options=QUICK)
    assert [one.method for one in found] == list(METHODS)
    assert all(one.result for one in found)
    wide = Overlap.from_counts(
        [f"L{at}" for at in range(20)],
        {"1" * 20: 3, **{"0" * at + "1" + "0" * (19 - at): 9 for at in range(20)}},
    )
    by_method = {one.method: one for one in fit_all(wide, names=["loglinear", "chao"])}
    assert by_method["loglinear"].result is None
    assert "too many" in by_method["loglinear"].reason
    assert by_method["chao"].result is not None
    assert by_method["chao"].result.diagnostics()["bound"] == "chao 1989"
    refused = fit_all(table("Artificial_3"), names=["chao"])[0]
    assert [one.code for one in refused.refusals] == ["no_overlap"]
    with pytest.raises(InputError, match="no method 'mine'"):
        fit_all(GOOD, names=["mine"])
    with pytest.raises(InputError, match="no option"):
        fit_all(GOOD, names=["chao"], options={"chao": {"tables": 3}})


def test_draws_for_arviz():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        found = fit(GOOD, "latent_class", **QUICK["latent_class"])
        data = found.to_arviz()
        assert data.posterior["population"].shape == (4, 300)
        assert data.posterior["concentration"].shape == (4, 300)
        assert data.posterior.attrs["table"] == GOOD.digest
        assert fit(GOOD).to_arviz().posterior["population"].shape == (1, 4000)


def test_without_arviz_it_is_said(monkeypatch):
    real = builtins.__import__

    def none(name, *args, **kwargs):
        if name == "arviz":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", none)
    with pytest.raises(InputError, match="not installed"):
        fit(GOOD).to_arviz()


parted = Overlap.from_records({"A": [1, 1], "B": [1, 0], "s": ["x", "y"]}, lists="AB", strata=["s"])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("data", "match"),
    [
        (parted, "several strata"),
        (Overlap.from_counts("ABC", {}), "no persons"),
        (Overlap.from_counts("A", {"1": 4}), "cannot overlap"),
        ({"100": 4}, "no overlap table"),
        (np.array([1, 2, 3]), "no overlap table"),
    ],
)
def test_what_is_no_table_is_refused_by_every_method(method, data, match):
    with pytest.raises(InputError, match=match):
        fit(data, method)


@pytest.mark.parametrize(
    ("counts", "match"),
    [
        ({"100": -1, "111": 3}, "no whole number"),
        ({"100": 1.5, "111": 3}, "no whole number"),
        ({"100": float("nan"), "111": 3}, "no whole number"),
        ({"100": float("inf"), "111": 3}, "no whole number"),
        ({"000": 70, "111": 3}, "on no list"),
        ({"100": 70, ("A",): 3}, "given twice"),
    ],
)
def test_bad_counts_never_reach_a_method(counts, match):
    with pytest.raises(InputError, match=match):
        fit(Overlap.from_counts("ABC", counts))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 3), min_size=7, max_size=7), st.sampled_from(list(METHODS)))
@example(counts=[0, 0, 1, 1, 1, 1, 0], method="loglinear")  # more unlisted than a float holds
def test_small_tables_with_zero_cells_give_a_finite_result_or_a_refusal(counts, method):
    """Strata of one person, lists with nobody: refused, or told, never a silent number."""
    cells = {format(at, "03b"): count for at, count in enumerate(counts, 1)}
    asked = {"latent_class": {"draws": 100, "burn_in": 40}, "loglinear": {"tables": 10}}
    try:
        found = fit(Overlap.from_counts("ABC", cells), method, **asked.get(method, {}))
    except InputError:
        return
    said = found.summary()
    assert np.isfinite(said.point)
    assert said.low <= said.high
    assert np.isfinite(said.high) or not found.publishable


def test_one_person_is_refused():
    with pytest.raises(RefusedError):
        fit(Overlap.from_counts("ABC", {"100": 1}))


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"method": "mine"}, "no method 'mine'"),
        ({"level": 1.0}, "no level"),
        ({"level": float("nan")}, "no level"),
        ({"seed": -1}, "no seed"),
        ({"seed": 1.5}, "no seed"),
        ({"draws": 5}, "5 draws"),
        ({"tables": 50}, "no option 'tables'"),
        ({"method": "loglinear", "tables": 1}, "1 tables"),
        ({"method": "latent_class", "chains": 0}, "too few"),
        ({"delta": -1.0}, "prior weight"),
        ({"prior": Prior(largest=200)}, "271 persons are listed"),
        ({"first": -1}, "smallest number of missing of -1"),
        ({"first": 200, "prior": Prior(largest=400)}, "471 at least, and of 400 at most"),
        ({"first": 10**17}, "at least, and of 1,000,000,000,000,000 at most"),
        ({"method": "loglinear", "order": 0}, "an order of 0"),
        ({"method": "loglinear", "order": -1}, "an order of -1"),
    ],
)
def test_bad_questions(asked, match):
    with pytest.raises(InputError, match=match):
        fit(GOOD, **asked)


@pytest.mark.parametrize(
    ("method", "option", "value"),
    [
        ("decomposable", "delta", "x"),
        ("decomposable", "prior", {"x": 1}),
        ("loglinear", "criterion", "zzz"),
        ("loglinear", "order", [1]),
        ("latent_class", "draws", "many"),
        ("latent_class", "chains", True),
    ],
)
def test_an_option_of_the_wrong_type_is_refused(method, option, value):
    with pytest.raises(InputError, match=f"the option {option} of the method {method} cannot be"):
        fit(GOOD, method, **{option: value})
