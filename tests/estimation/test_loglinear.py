"""Log-linear models: Rcapture's figures, definitions by brute force, zeros, what is refused."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import gammaln

from habeas.errors import InputError
from habeas.estimation import loglinear, poisson
from habeas.estimation.fitting import fit
from habeas.estimation.hierarchy import Model, closed, hierarchical_models, steps
from habeas.estimation.loglinear import bootstrap, profile_interval, select_model
from habeas.estimation.overlap import Overlap
from habeas.estimation.poisson import empty_terms, fit_models, fit_poisson, standing


@pytest.mark.parametrize(
    ("k", "order", "count"),
    [(2, 2, 2), (3, 2, 8), (3, 3, 9), (4, 3, 113), (4, 4, 114), (5, 2, 1024), (5, 3, 6212)],
)
def test_as_many_models_as_are_known(k, order, count):
    found = hierarchical_models(k, order)
    assert len(found) == len(set(found)) == count
    for model in found:
        held = set(model.terms)
        assert all(one & ~(1 << bit) in held for one in held for bit in range(k) if one >> bit & 1)


def test_models_of_order_three_are_graphs_with_any_of_their_triangles():
    """Counted apart: a triangle of pairs may interact as three or not."""
    pairs = list(combinations(range(5), 2))
    counted = 0
    for chosen in range(1 << len(pairs)):
        graph = {pair for at, pair in enumerate(pairs) if chosen >> at & 1}
        corners = combinations(range(5), 3)
        counted += 2 ** sum(set(combinations(three, 2)) <= graph for three in corners)
    assert counted == len(hierarchical_models(5, 3)) == 6212


def test_a_model_by_its_generators():
    model = closed(4, (0b0111, 0b1001, 0b1100))
    assert model.describe() == "[1 2 3][1 4][3 4]"
    assert model.describe(("A", "B", "C", "D")) == "[A B C][A D][C D]"
    assert closed(4, model.generators) == model


def test_steps_add_or_take_away_one_interaction():
    for model in hierarchical_models(4, 3):
        for other in steps(model, 3):
            assert len(set(model.interactions) ^ set(other.interactions)) == 1
            assert model in set(steps(other, 3))


def test_kosovo_as_published(table, reference):
    """Best of 113 models by BIC, its profile interval (Rcapture; Ball and others 2002)."""
    kosovo = table("Kosovo")
    found = select_model(kosovo)
    (said,) = reference("Kosovo", "Rcapture 1.4-4 closedpMS")
    assert found.best.model.describe() == "[1 2 3][1 4][3 4]"
    assert round(kosovo.observed + found.best.missing, 1) == float(said["estimate"])
    assert round(found.best.standard_error, 1) == 785.9
    _, low, high = profile_interval(kosovo, found.best.model)
    assert (round(low, 1), round(high, 1)) == (float(said["lo"]), float(said["hi"]))
    by_aic = select_model(kosovo, criterion="aic")
    assert by_aic.best.model.describe() == "[1 2 3][1 3 4]"
    assert round(kosovo.observed + by_aic.best.missing, 1) == 12741.0


@pytest.mark.parametrize("name", ["Kosovo", "Korea", "spina_bifida"])
def test_best_models_as_rcapture(name, table, reference):
    """The best by BIC with its profile interval, the best by AIC.

    Rcapture searches the ends of its interval to a tolerance: that of Korea is printed as 226.4,
    ours is 226.467.
    """
    (said,) = reference(name, "Rcapture 1.4-4 closedpMS")
    best = select_model(table(name)).best
    _, low, high = profile_interval(table(name), best.model)
    assert table(name).observed + best.missing == pytest.approx(float(said["estimate"]), abs=0.051)
    assert low == pytest.approx(float(said["lo"]), abs=0.051)
    assert high == pytest.approx(float(said["hi"]), abs=0.07)
    error = float(said["notes"].split(";se=")[1].split(";")[0])
    assert best.standard_error == pytest.approx(error, abs=0.051)
    by_aic = select_model(table(name), criterion="aic").best
    expected = said["notes"].split("AICbest=")[1]
    assert table(name).observed + by_aic.missing == pytest.approx(
        float(expected.split("N=")[1]), abs=0.051
    )
    generators = expected.split("[")[1].split("]")[0].split(",")
    sets = tuple(sum(1 << int(one) - 1 for one in held) for held in generators)
    assert by_aic.model == closed(table(name).k, sets)


def test_the_fit_of_kosovo_as_published(table, figures):
    said, kosovo = figures("Kosovo"), table("Kosovo")
    best = select_model(kosovo).best
    counts = kosovo.dense()[0][1:]
    saturated = float((counts * np.log(counts) - counts).sum())
    assert 2 * (saturated - best.log_likelihood) == pytest.approx(said["deviance"], abs=6e-5)
    assert len(counts) - best.effects == said["degrees of freedom"]
    assert kosovo.observed + best.missing == pytest.approx(said["estimate"], abs=6e-4)


@pytest.mark.parametrize("name", ["Kosovo", "UKdat", "UKdat_5", "Korea"])
def test_independence_as_rcapture(name, table, reference):
    (said,) = (one for one in reference(name, "Rcapture 1.4-4 Mt") if one["method"].endswith(" Mt"))
    found = [round(one, 1) for one in profile_interval(table(name), Model(table(name).k, ()))]
    assert found == [float(said[key]) for key in ("estimate", "lo", "hi")]


def test_two_lists_are_the_petersen_estimate():
    overlap = Overlap.from_counts("AB", {"10": 60, "01": 40, "11": 20})
    found = select_model(overlap, order=1)
    assert overlap.observed + found.best.missing == pytest.approx(80 * 60 / 20)


cells = st.lists(st.integers(0, 80), min_size=7, max_size=7).filter(lambda c: sum(c) > 0)


@settings(deadline=None, max_examples=60)
@given(cells, st.sampled_from(hierarchical_models(3, 2)))
def test_the_fit_keeps_the_margins_of_its_model(counts, model):
    """The likelihood equations: where the estimate exists, fitted and counted margins agree."""
    patterns, table = np.arange(1, 8), np.array(counts, dtype=float)
    if not standing(model, patterns, table).exists:
        return
    found = fit_poisson(model, patterns, table[None, :], empty_terms(model, patterns, table))
    design = model.design(patterns)
    assert found.expected[0] @ design == pytest.approx(table @ design, abs=1e-3, rel=1e-5)


@settings(deadline=None, max_examples=40)
@given(cells, st.permutations([0, 1, 2]))
def test_the_order_of_the_lists_does_not_matter(counts, order):
    given_ = {format(at, "03b"): count for at, count in enumerate(counts, 1)}
    turned = {"".join(p[at] for at in order): count for p, count in given_.items()}
    try:
        one = select_model(Overlap.from_counts("ABC", given_))
    except InputError:
        with pytest.raises(InputError):
            select_model(Overlap.from_counts("ABC", turned))
        return
    other = select_model(Overlap.from_counts("ABC", turned))
    assert other.best.log_likelihood == pytest.approx(one.best.log_likelihood, abs=1e-6)
    assert other.averaged == pytest.approx(one.averaged, rel=1e-4)


def exists_by_search(design, counts) -> bool:
    """Whether the likelihood has a top: no direction along which it never falls (Haberman 1974)."""
    from scipy.optimize import linprog

    empty = counts == 0
    found = linprog(
        design[empty].sum(axis=0),
        A_ub=design[empty],
        b_ub=np.zeros(int(empty.sum())),
        A_eq=design[~empty],
        b_eq=np.zeros(int((~empty).sum())),
        bounds=[(-1, 1)] * design.shape[1],
    )
    return bool(found.fun > -1e-9)


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.sampled_from([0, 0, 1, 7]), min_size=7, max_size=7).filter(any),
    st.sampled_from(hierarchical_models(3, 2)),
)
def test_existence_is_that_of_haberman(counts, model):
    patterns, table = np.arange(1, 8), np.array(counts, dtype=float)
    empty = empty_terms(model, patterns, table)
    held = np.ones(7, dtype=bool)
    for term in empty:
        held &= (patterns & term) != term
    kept = [at for at, term in enumerate(model.terms) if term not in empty]
    design = model.design(patterns[held])[:, kept]
    assert standing(model, patterns, table).exists == exists_by_search(design, table[held])


def test_lists_that_do_not_overlap_have_an_estimate_without_that_cell(table):
    """In Artificial_3 nobody on C is on A or B: an interaction of C is minus infinity."""
    found = select_model(table("Artificial_3"))
    assert len(found.fitted) + len(found.unsound) == 8
    assert all(np.isfinite(one.missing) for one in found.fitted)
    assert found.best.model.interactions == ()


def test_without_the_check_a_population_of_millions_would_win(table, monkeypatch):
    """The mutant: an estimate that does not exist looks like a number."""
    sly = Overlap.from_counts("ABC", {"001": 9, "010": 9, "101": 9, "111": 9})
    assert select_model(sly).best.missing < 100
    monkeypatch.setattr(poisson, "_exists", lambda *_: True)
    assert select_model(sly).best.missing > 1e6


def test_models_fitted_together_are_those_fitted_alone(table):
    overlap = table("UKdat_5")
    patterns = np.arange(1, 32)
    counts = overlap.dense()[0][patterns].astype(float)
    models = hierarchical_models(5, 3)[::37]
    for model, one in zip(models, fit_models(models, patterns, counts), strict=True):
        stands = standing(model, patterns, counts)
        assert one.sound == (stands.exists and stands.identified)
        if one.sound:
            alone = fit_poisson(model, patterns, counts[None], empty_terms(model, patterns, counts))
            assert one.missing == pytest.approx(alone.missing[0], rel=1e-6)
            assert one.log_likelihood == pytest.approx(alone.log_likelihood[0])
            assert one.variance == pytest.approx(alone.variance[0], rel=1e-5)


def memory_of_designs(lists: int) -> float:
    """The most memory, in megabytes, that the designs of all models of one interaction take."""
    pairs = [1 << one | 1 << other for one, other in combinations(range(lists), 2)]
    models = [Model(lists, (pair,)) for pair in pairs]
    patterns = np.arange(1, 1 << lists)
    tracemalloc.start()
    shapes = poisson._alike(models, patterns, patterns * 1.0, poisson.NOBODY)
    found = sum(len(places) for _, places, *_ in shapes)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert found == len(models)
    return peak


def test_many_lists_take_little_memory():
    assert memory_of_designs(14) < 120


def test_the_mutant_that_holds_every_design_at_once_is_caught(monkeypatch):
    monkeypatch.setattr(poisson, "_NUMBERS", 10**12)
    assert memory_of_designs(14) > 180


def test_how_much_is_held_together_changes_no_figure(table, monkeypatch):
    whole = select_model(table("Kosovo"))
    drawn = bootstrap(whole, tables=30)
    monkeypatch.setattr(poisson, "_NUMBERS", 200)
    parted = select_model(table("Kosovo"))
    assert [one.model for one in parted.fitted] == [one.model for one in whole.fitted]
    assert parted.averaged == pytest.approx(whole.averaged)
    assert bootstrap(parted, tables=30).populations == pytest.approx(drawn.populations)


def test_the_best_of_all_models_over_five_lists_is_that_of_the_r_package(table):
    """MultipleSystemsEstimation, best BIC of UKdat_5: 25,311.3."""
    overlap = table("UKdat_5")
    best = select_model(overlap).best
    assert overlap.observed + best.missing == pytest.approx(25311.3, abs=0.05)


CENSORED = {"100": 50, "010": 40, "110": 20, "101": 15, "111": 6}
LOST = ("001", "011")


def test_whoever_stands_in_cells_that_could_not_be_recorded_is_estimated_with_those_on_no_list():
    """By hand: the Poisson and the multinomial likelihood climbed by another method."""
    censored = Overlap.from_counts("ABC", CENSORED, unrecorded=LOST)
    cells = np.array([[1, *map(int, cell)] for cell in CENSORED], dtype=float)
    lost = np.array([[1, *map(int, cell)] for cell in ("000", *LOST)], dtype=float)
    counts = np.array(list(CENSORED.values()), dtype=float)

    def poisson(effects: np.ndarray) -> float:
        return float(np.exp(cells @ effects).sum() - counts @ (cells @ effects))

    effects = minimize(poisson, np.ones(4), method="BFGS", tol=1e-10).x
    best = select_model(censored, order=1).best
    assert best.missing == pytest.approx(np.exp(lost @ effects).sum(), rel=1e-4)

    def multinomial(asked: np.ndarray) -> float:
        missing, linear = np.exp(asked[0]), cells @ np.append(0, asked[1:])
        others = lost @ np.append(0, asked[1:])
        total = np.exp(linear).sum() + np.exp(others).sum()
        said = counts @ (linear - np.log(total)) + missing * np.log(np.exp(others).sum() / total)
        return -float(said + gammaln(counts.sum() + missing + 1) - gammaln(missing + 1))

    found = minimize(multinomial, [5.0, -1, -1, -1], method="Nelder-Mead", tol=1e-12,
                     options={"maxiter": 20_000, "maxfev": 20_000})  # fmt: skip
    top, low, high = profile_interval(censored, best.model)
    assert top == pytest.approx(131 + np.exp(found.x[0]), rel=1e-3)
    assert low < top < high


def test_cells_that_could_not_be_recorded_cost_no_bias(monkeypatch):
    def mean_error() -> float:
        random, errors = np.random.default_rng(3), []
        for _ in range(80):
            on = random.random((2000, 3)) < [0.4, 0.35, 0.3]
            cells = Counter("".join(map(str, row)) for row in on[on.any(axis=1)].astype(int))
            counts = {cell: int(count) for cell, count in cells.items() if cell not in LOST}
            censored = Overlap.from_counts("ABC", counts, unrecorded=LOST)
            missing = select_model(censored, order=1).best.missing
            errors.append(censored.observed + missing - 2000)
        return float(np.mean(errors))

    assert abs(mean_error()) < 40
    real = loglinear.fit_models
    monkeypatch.setattr(  # the mutant for which those cells are empty
        loglinear,
        "fit_models",
        lambda models, patterns, counts, lost: real(models, patterns, counts),
    )
    assert mean_error() < -200


def test_an_interaction_that_no_cell_could_show_is_not_known():
    counts = {"100": 50, "010": 40, "001": 30, "101": 15, "011": 12}
    pair, unshown = Model(3, (0b011,)), ("110", "111")
    censored = Overlap.from_counts("ABC", counts, unrecorded=unshown)
    known = Overlap.from_counts("ABC", {**counts, "111": 4}, unrecorded=["110"])
    for overlap, sound in ((censored, False), (known, True)):
        assert loglinear._Table(overlap).fit(pair).sound == sound
        assert loglinear._Table(overlap).fit(Model(3, ())).sound


def test_six_lists_are_searched(table):
    found = select_model(table("UKdat"))
    assert len(found.fitted) < 1000
    here = found.best.criterion("bic", 2744)
    for model in steps(found.best.model, 2):
        rest = loglinear._Table(found.overlap).fit(model)
        assert not rest.sound or rest.criterion("bic", 2744) >= here


def test_choosing_again_makes_the_interval_wider(table):
    kosovo = table("Kosovo")
    selection = select_model(kosovo)
    drawn = bootstrap(selection, tables=100, seed=3)
    low, high = drawn.interval()
    _, first, last = profile_interval(kosovo, selection.best.model)
    assert high - low > 2 * (last - first)
    assert (bootstrap(selection, tables=100, seed=3).populations == drawn.populations).all()
    assert sum(count for _, count in drawn.chosen) + drawn.failed == 100
    assert drawn.chosen[0][1] < 90


def independent_lists(seed: int) -> Overlap:
    """700 persons on three lists, each with a chance of 0.3 on each."""
    on = np.random.default_rng(seed).random((700, 3)) < 0.3
    counts = np.bincount(on @ [4, 2, 1], minlength=8)[1:].tolist()
    return Overlap.from_counts("ABC", {format(at, "03b"): n for at, n in enumerate(counts, 1)})


def covered() -> tuple[float, float]:
    """Of 150 populations whose lists are independent, the share whose 95 % interval holds 700.

    That of the bootstrap, and that of the profile likelihood, which is right for this model.
    """
    found = np.zeros(2)
    for seed in range(150):
        selection = select_model(independent_lists(seed), order=1)
        low, high = bootstrap(selection, tables=199, seed=seed).interval()
        _, first, last = profile_interval(selection.overlap, selection.best.model)
        found += low <= 700 <= high, first <= 700 <= last
    return float(found[0] / 150), float(found[1] / 150)


def test_the_bootstrap_of_independent_lists_covers():
    drawn, profile = covered()
    assert drawn > 0.9
    assert drawn == pytest.approx(profile, abs=0.02)


def test_the_mutant_that_draws_only_the_listed_is_caught(monkeypatch):
    """Who is listed is chance too: with their number fixed the interval is too narrow."""

    def listed_only(counts, missing, tables, random):
        return random.multinomial(int(counts.sum()), counts / counts.sum(), size=tables) * 1.0

    monkeypatch.setattr(loglinear, "_drawn", listed_only)
    drawn, profile = covered()
    assert drawn < 0.87 < profile - 0.04


def test_the_unseen_are_drawn_with_the_others():
    counts = np.array([60.0, 40.0, 20.0])
    drawn = loglinear._drawn(counts, 80.0, 20_000, np.random.default_rng(1))
    assert drawn.mean(axis=0) == pytest.approx(counts, abs=0.2)
    assert drawn.sum(axis=1).var() == pytest.approx(200 * 0.6 * 0.4, rel=0.05)
    endless = loglinear._drawn(counts, 1e300, 100, np.random.default_rng(1))
    assert endless.sum(axis=1).mean() == pytest.approx(120, abs=5)


def drawn_and_chosen(overlap: Overlap, tables: int) -> tuple[list[float], list[float]]:
    """The populations of the bootstrap, and those that `select_model` gives on the same tables."""
    selection = select_model(overlap)
    cells = loglinear._Table(overlap)
    random = np.random.default_rng(1)
    expected = []
    for row in loglinear._drawn(cells.counts, selection.best.missing, tables, random):
        counts = {
            format(pattern, f"0{overlap.k}b")[::-1]: int(count)
            for pattern, count in zip(cells.patterns, row, strict=True)
        }
        best = select_model(Overlap.from_counts(overlap.lists, counts)).best
        expected.append(max(row.sum() + best.missing, overlap.observed))
    return bootstrap(selection, tables=tables, seed=1).populations.tolist(), expected


def test_each_drawn_table_gets_the_model_that_it_would_get_by_itself(table):
    found, expected = drawn_and_chosen(table("Korea"), 150)
    assert found == pytest.approx(expected, rel=1e-6)


def test_the_mutant_that_chooses_models_without_an_estimate_is_caught(table, monkeypatch):
    monkeypatch.setattr(loglinear, "determined", lambda *_, **__: True)
    found, expected = drawn_and_chosen(table("Korea"), 150)
    differ = ~np.isclose(found, expected, rtol=1e-6)
    assert differ.sum() >= 2


def test_drawn_tables_without_an_estimate_are_counted():
    """Of two lists that share one person, many drawn tables share nobody: no model stands."""
    selection = select_model(Overlap.from_counts("AB", {"10": 6, "01": 5, "11": 1}))
    drawn = loglinear._drawn(
        loglinear._Table(selection.overlap).counts,
        selection.best.missing, 200, np.random.default_rng(1),
    )  # fmt: skip
    found = bootstrap(selection, tables=200, seed=1)
    none = int((drawn == 0).any(axis=1).sum())
    assert found.failed == none > 50
    assert len(found.populations) == 200 - none


def test_no_drawn_population_is_smaller_than_the_listed():
    counts = {"100": 2, "010": 1, "001": 2, "110": 60, "101": 50, "011": 55, "111": 90}
    selection = select_model(Overlap.from_counts("ABC", counts), order=1)
    assert bootstrap(selection, tables=200).populations.min() >= 260


def test_weights_are_those_of_the_criterion(table):
    found = select_model(table("Korea"))
    values = [one.criterion("bic", 123) for one in found.fitted]
    assert values == sorted(values)
    for one, other in combinations(range(3), 2):
        ratio = np.exp(-(values[one] - values[other]) / 2)
        assert found.weights[one] / found.weights[other] == pytest.approx(ratio)
    assert found.weights.sum() == pytest.approx(1)


def average_by_hand(criterion: str) -> float:
    """Three lists and all eight models, each fitted by a general optimiser, averaged one by one."""
    counts = np.array([60, 45, 12, 50, 18, 9, 7], dtype=float)
    patterns = np.arange(1, 8)
    penalty = np.log(counts.sum()) if criterion == "bic" else 2.0
    value, missing = [], []
    for at in range(8):
        pairs = [pair for bit, pair in enumerate((0b011, 0b101, 0b110)) if at >> bit & 1]
        terms = [0b001, 0b010, 0b100, *pairs]
        design = np.array(
            [[1, *(float(pattern & term == term) for term in terms)] for pattern in patterns]
        )

        def rest(effects, design=design):
            return np.exp(design @ effects).sum() - counts @ (design @ effects)

        def slope(effects, design=design):
            return design.T @ (np.exp(design @ effects) - counts)

        found = minimize(rest, np.full(len(terms) + 1, 1.0), jac=slope, options={"gtol": 1e-9})
        value.append(2 * found.fun + penalty * (len(terms) + 1))
        missing.append(np.exp(found.x[0]))
    evidence = [np.exp(-(one - min(value)) / 2) for one in value]
    return counts.sum() + sum(np.multiply(evidence, missing)) / sum(evidence)


def average_found(criterion: str) -> float:
    counts = [60, 45, 12, 50, 18, 9, 7]
    given_ = {format(at, "03b")[::-1]: count for at, count in enumerate(counts, 1)}
    return select_model(Overlap.from_counts("ABC", given_), criterion=criterion).averaged


@pytest.mark.parametrize("criterion", ["bic", "aic"])
def test_the_average_over_models_is_that_by_hand(criterion):
    assert average_found(criterion) == pytest.approx(average_by_hand(criterion), rel=1e-6)


def test_the_mutant_that_averages_without_halving_is_caught(monkeypatch):
    """The weights of the criterion itself, not of half of it: the likelihood squared."""
    real = loglinear.Fitted.criterion
    monkeypatch.setattr(loglinear.Fitted, "criterion", lambda *asked: 2 * real(*asked))
    assert average_found("bic") != pytest.approx(average_by_hand("bic"), rel=1e-3)


def test_what_cannot_be_fitted():
    with pytest.raises(InputError, match="no persons"):
        select_model(Overlap.from_counts("ABC", {}))
    with pytest.raises(InputError, match="cannot overlap"):
        select_model(Overlap.from_counts("A", {"1": 3}))
    with pytest.raises(InputError, match="no model has an estimate"):
        select_model(Overlap.from_counts("AB", {"10": 3, "01": 4}, unrecorded=["11"]))
    for asked, match in (
        ({"order": 0}, "an order of 0"),
        ({"order": -1}, "an order of -1"),
        ({"criterion": "BIC"}, "no criterion BIC"),
    ):
        with pytest.raises(InputError, match=match):
            select_model(Overlap.from_counts("AB", {"10": 3, "01": 4, "11": 2}), **asked)
    with pytest.raises(InputError, match="more than"):
        hierarchical_models(7, 2)
    with pytest.raises(InputError, match="no estimate"):
        profile_interval(Overlap.from_counts("AB", {"10": 3, "01": 4, "11": 2}), closed(2, (0b11,)))


def test_a_bound_that_leaves_out_cells_that_were_not_recorded_is_refused():
    counts = {"110": 40, "101": 35, "011": 30, "010": 90, "001": 80, "111": 20}
    censored = Overlap.from_counts("ABC", counts, unrecorded=["100"])
    whole = Overlap.from_counts("ABC", {**counts, "100": 100})
    for method, refused in (("loglinear", False), ("independence", False), ("chao", True)):
        for overlap, against in ((censored, refused), (whole, False)):
            codes = {one.code for one in fit(overlap, method=method).refusals}
            assert ("unrecorded" in codes) == against
