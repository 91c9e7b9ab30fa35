"""Kinds: told from what is seen, calibrated, and left open where too little is seen."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection import kind as module
from habeas.monitoring.detection.kind import KindModel, kinds, load_kind_models, model_after
from habeas.monitoring.detection.kind_features import NAMES, features
from habeas.monitoring.disturbance import KINDS
from habeas.monitoring.simulation import Change, simulate_site

PER_KIND = 8


AFTER = (60, 200, 420)
"""Days after the beginning, one for each of the models that are shipped."""


@pytest.fixture(scope="module")
def told():
    """Features and true kinds of changed sites of the test split, so many days after: by days."""
    seen, true = {days: [] for days in AFTER}, {days: [] for days in AFTER}
    for number in range(PER_KIND * len(KINDS)):
        kind = number % len(KINDS)
        made = simulate_site(7_000_000 + number, change=Change(kind=KINDS[kind], whole_site=False))
        ring = np.ones((14, 14), dtype=bool)
        ring[3:11, 3:11] = False
        onset = made.truth.onset + timedelta(days=5)
        for days in AFTER:
            cube = until(made.cube, onset, days)
            found = features(cube, made.truth.footprint, onset, made.truth.gradual, ring)
            if found is not None:
                seen[days].append(found)
                true[days].append(kind)
    return {days: (np.stack(seen[days]), np.array(true[days])) for days in AFTER}


def until(cube, onset, days):
    """The images up to so many days after."""
    return cube.isel(time=cube["time"].values <= np.datetime64(onset + timedelta(days=days)))


def brier(model: KindModel, seen: np.ndarray, true: np.ndarray) -> float:
    chances = model.probabilities(seen)
    return float(((chances - np.eye(len(KINDS))[true]) ** 2).sum(axis=1).mean())


def macro_f1(model: KindModel, seen: np.ndarray, true: np.ndarray) -> float:
    said = model.probabilities(seen).argmax(axis=1)
    scores = [
        2 * ((said == k) & (true == k)).sum() / max((said == k).sum() + (true == k).sum(), 1)
        for k in range(len(KINDS))
    ]
    return float(np.mean(scores))


def test_kinds_of_the_test_split_are_told(told):
    seen, true = told[420]
    assert seen.shape[1] == len(NAMES)
    assert macro_f1(model_after(420), seen, true) > 0.6


def test_features_in_another_order_would_be_noticed(told):
    seen, true = told[420]
    assert macro_f1(model_after(420), np.roll(seen, 1, axis=1), true) < 0.5


def test_probabilities_are_calibrated_better_than_sharper_or_blunter_ones(told):
    def together(factor: float) -> float:
        found = 0.0
        for days in AFTER:
            model = model_after(days)
            assert np.allclose(model.probabilities(told[days][0]).sum(axis=1), 1)
            found += brier(replace(model, temperature=model.temperature * factor), *told[days])
        return found

    assert together(1.0) < min(together(0.1), together(8.0))


def test_a_change_of_some_weeks_is_not_judged_as_one_that_is_over(told):
    """The model of finished works is too sure of half-done ones."""
    early, late = model_after(60), model_after(420)
    assert early.until is not None
    assert brier(early, *told[60]) < brier(late, *told[60])
    assert brier(late, *told[420]) < brier(early, *told[420])
    sure = early.probabilities(told[60][0]).max(axis=1)
    right = early.probabilities(told[60][0]).argmax(axis=1) == told[60][1]
    assert sure.mean() < right.mean() + 0.15
    assert [model_after(days).until for days in (0, 119, 120, 299, 300, 4000)] == [
        120, 120, 300, 300, None, None
    ]  # fmt: skip


def changed(kind="planted", seed=7_500_001):
    made = simulate_site(seed, change=Change(kind=kind, pixels=(5, 5), cover=1.0))
    ring = np.ones((14, 14), dtype=bool)
    ring[3:11, 3:11] = False
    return made, ring


def test_a_kind_is_named_when_likely_enough_and_left_open_when_not(monkeypatch):
    made, ring = changed()
    asked = (made.cube, made.truth.footprint, made.truth.onset, True, ring)
    shipped = load_kind_models()
    every = tuple(replace(model, least=0.0) for model in shipped)
    monkeypatch.setattr(module, "load_kind_models", lambda: every)
    found, named = kinds(*asked)
    assert abs(sum(found.values()) - 1) < 1e-9
    assert tuple(found) == KINDS
    assert named == max(found, key=found.get)
    none = tuple(replace(model, least=1.01) for model in shipped)
    monkeypatch.setattr(module, "load_kind_models", lambda: none)
    assert kinds(*asked)[1] is None


@pytest.mark.parametrize("lack", ["band", "after", "before", "footprint", "ring"])
def test_with_too_little_to_see_no_kind_is_named(lack):
    made, ring = changed()
    cube, footprint, onset = made.cube, made.truth.footprint, made.truth.onset
    days = cube["time"].values
    if lack == "band":
        cube = cube.drop_vars("swir22")
    elif lack == "after":
        cube = cube.isel(time=days < np.datetime64(onset))
    elif lack == "before":
        cube = cube.isel(time=days >= np.datetime64(onset))
    elif lack == "footprint":
        footprint = np.zeros_like(footprint)
    else:
        ring = np.zeros_like(ring)
    found, named = kinds(cube, footprint, onset, None, ring)
    assert named is None
    assert set(found.values()) == {1 / len(KINDS)}


def test_a_model_of_other_features_is_refused(tmp_path, monkeypatch):
    shipped = (module.files("habeas.monitoring.detection") / "kind_model.json").read_text("utf-8")
    (tmp_path / "kind_model.json").write_text(shipped.replace(NAMES[0], "another"), "utf-8")
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    with pytest.raises(ValueError, match="other features"):
        load_kind_models.__wrapped__()


def test_features_are_finite_where_clouds_leave_little():
    made, ring = changed(seed=7_500_003)
    cube = made.cube.copy(deep=True)
    rng = np.random.default_rng(0)
    hidden = rng.random(cube["red"].shape) < 0.6
    for name in BANDS:
        cube[name].values[hidden] = np.nan
    found = features(cube, made.truth.footprint, made.truth.onset, None, ring)
    assert found is None or np.isfinite(found).all()


def test_a_disturbance_that_is_found_carries_its_kinds():
    from habeas.monitoring.detection.detect import detect

    change = Change(kind="planted", onset=date(2020, 5, 1), pixels=(6, 6), cover=1.0)
    made = simulate_site(7_500_001, change=change, sensors=("sentinel-2",))
    found = detect(made.cube, made.outline)
    assert found.disturbances
    first = found.disturbances[0]
    assert tuple(first.kinds) == KINDS
    assert abs(sum(first.kinds.values()) - 1) < 1e-9
    assert len(set(first.kinds.values())) > 1
    assert first.kind in {None, max(first.kinds, key=first.kinds.get)}
