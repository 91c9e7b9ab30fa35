"""Kinds: told from what is seen, calibrated, and left open where too little is seen."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection import kind as module
from habeas.monitoring.detection.kind import KindModel, kinds, load_kind_model
from habeas.monitoring.detection.kind_features import NAMES, features
from habeas.monitoring.disturbance import KINDS
from habeas.monitoring.simulation import Change, simulate_site

PER_KIND = 8


@pytest.fixture(scope="module")
def told():
    """Features and true kinds of changed sites of the test split."""
    seen, true = [], []
    for number in range(PER_KIND * len(KINDS)):
        kind = number % len(KINDS)
        made = simulate_site(7_000_000 + number, change=Change(kind=KINDS[kind], whole_site=False))
        ring = np.ones((14, 14), dtype=bool)
        ring[3:11, 3:11] = False
        onset = made.truth.onset + timedelta(days=5)
        found = features(made.cube, made.truth.footprint, onset, made.truth.gradual, ring)
        seen.append(found)
        true.append(kind)
    return np.stack(seen), np.array(true)


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
    assert told[0].shape[1] == len(NAMES)
    assert macro_f1(load_kind_model(), *told) > 0.6


def test_features_in_another_order_would_be_noticed(told):
    seen, true = told
    assert macro_f1(load_kind_model(), np.roll(seen, 1, axis=1), true) < 0.5


def test_probabilities_are_calibrated_better_than_sharper_or_blunter_ones(told):
    model = load_kind_model()
    assert np.allclose(model.probabilities(told[0]).sum(axis=1), 1)
    ours = brier(model, *told)
    for wrong in (0.1, 8.0):
        assert ours < brier(replace(model, temperature=model.temperature * wrong), *told)


def changed(kind="planted", seed=7_500_001):
    made = simulate_site(seed, change=Change(kind=kind, pixels=(5, 5), cover=1.0))
    ring = np.ones((14, 14), dtype=bool)
    ring[3:11, 3:11] = False
    return made, ring


def test_a_kind_is_named_when_likely_enough_and_left_open_when_not(monkeypatch):
    made, ring = changed()
    asked = (made.cube, made.truth.footprint, made.truth.onset, True, ring)
    monkeypatch.setattr(module, "load_kind_model", lambda: replace(load_kind_model(), least=0.0))
    found, named = kinds(*asked)
    assert abs(sum(found.values()) - 1) < 1e-9
    assert tuple(found) == KINDS
    assert named == max(found, key=found.get)
    monkeypatch.setattr(module, "load_kind_model", lambda: replace(load_kind_model(), least=1.01))
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
        load_kind_model.__wrapped__()


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
