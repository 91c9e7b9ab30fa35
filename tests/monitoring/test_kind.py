"""Kinds: told from what is seen, calibrated, and left open where too little is seen."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection import assessing
from habeas.monitoring.detection import detect as detection
from habeas.monitoring.detection import kind as module
from habeas.monitoring.detection.calibration import alarm_model
from habeas.monitoring.detection.detect import detect
from habeas.monitoring.detection.kind import KindModel, kinds, load_kind_models, model_after
from habeas.monitoring.detection.kind_features import NAMES, features, logs_of
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.surroundings import ring_of, site_mask
from habeas.monitoring.disturbance import KINDS, NO_CHANGE, OUTCOMES
from habeas.monitoring.simulation import Change, simulate_site

PER_KIND = 9


AFTER = (60, 200, 420)
"""Days after the beginning, one for each of the models that are shipped."""

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))


@pytest.fixture(scope="module")
def told():
    """Features and kinds of what is found at changed sites of the test split, by days after."""
    seen, true = {days: [] for days in AFTER}, {days: [] for days in AFTER}
    for number in range(PER_KIND * len(KINDS)):
        kind = number % len(KINDS)
        change = Change(kind=KINDS[kind], whole_site=False)
        made = simulate_site(7_000_000 + number, change=change, size=22, site=8)
        ring = ring_of(site_mask(made.cube, made.outline, 0.0), SETTINGS.ring)
        disturbances = detect(made.cube, made.outline, settings=SETTINGS).disturbances
        for one in [one for one in disturbances if one.alarm >= made.truth.onset][:1]:
            for days in AFTER:
                cube = until(made.cube, one.best, days)
                found = features(logs_of(cube, ring), one.footprint, one.best, one.gradual)
                if found is not None:
                    seen[days].append(found)
                    true[days].append(kind)
    return {days: (np.stack(seen[days]), np.array(true[days])) for days in AFTER}


def until(cube, onset, days):
    """The images up to so many days after."""
    return cube.isel(time=cube["time"].values <= np.datetime64(onset + timedelta(days=days)))


def brier(model: KindModel, seen: np.ndarray, true: np.ndarray) -> float:
    """Of the kinds, given that there was a change, as there was at all these sites."""
    chances = model.probabilities(seen)[:, : len(KINDS)]
    chances = chances / chances.sum(axis=1, keepdims=True)
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
    assert tuple(found) == OUTCOMES
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
    assert found == {}


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
    found = features(logs_of(cube, ring), made.truth.footprint, made.truth.onset, None)
    assert found is None or np.isfinite(found).all()


def test_a_disturbance_that_is_found_carries_its_kinds():
    change = Change(kind="planted", onset=date(2020, 5, 1), pixels=(6, 6), cover=1.0)
    made = simulate_site(7_500_001, change=change, sensors=("sentinel-2",))
    found = detect(made.cube, made.outline)
    assert found.disturbances
    first = found.disturbances[0]
    assert tuple(first.kinds) == OUTCOMES
    assert abs(sum(first.kinds.values()) - 1) < 1e-9
    assert len(set(first.kinds.values())) > 1
    assert first.kind in {None, max(first.kinds, key=first.kinds.get)}


@pytest.mark.parametrize(
    ("lacks", "note"),
    [("swir22", "the images lack the bands that tell kinds"), ("", "too few clear images about")],
)
def test_where_no_kind_is_estimated_it_is_said_in_words(monkeypatch, lacks, note):
    change = Change(kind="paved_or_built", onset=date(2020, 5, 1), pixels=(6, 6), cover=1.0)
    made = simulate_site(7_500_001, change=change, sensors=("sentinel-2",))
    whole = detect(made.cube, made.outline)
    assert not any(note in reason for reason in whole.reasons)
    if not lacks:
        monkeypatch.setattr(module, "features", lambda *_: None)
    found = detect(made.cube.drop_vars(lacks) if lacks else made.cube, made.outline)
    assert found.disturbances
    assert all((one.kinds, one.kind) == ({}, None) for one in found.disturbances)
    assert any(note in reason for reason in found.reasons)


def test_no_change_is_never_named_however_likely():
    (model, *_) = load_kind_models()
    chances = np.full(len(OUTCOMES), 0.01)
    chances[OUTCOMES.index(NO_CHANGE)] = 0.95
    assert replace(model, least=0.0).named(chances) is None
    chances[:] = chances[::-1].copy()
    assert replace(model, least=0.9).named(chances) == KINDS[0]
    assert replace(model, least=0.96).named(chances) is None


def test_a_false_alarm_is_seldom_given_a_kind(monkeypatch):
    """At stable sites of the test split, watched so closely that most go off by themselves."""
    settings = DetectionSettings(watch_from=date(2020, 1, 1), alarms_per_site_year=0.5)
    asked = []
    monkeypatch.setattr(assessing, "alarm_model", lambda n: replace(alarm_model(n), works=None))
    monkeypatch.setattr(detection, "kinds", lambda *seen: asked.append(seen) or ({}, None))
    for number in range(24):
        made = simulate_site(7_600_000 + number, size=22, site=8)
        detect(made.cube, made.outline, settings=settings)
    assert len(asked) >= 12

    def named() -> float:
        return sum(kinds(*seen)[1] is not None for seen in asked) / len(asked)

    learnt = named()
    blind = tuple(
        replace(
            model,
            weights=np.concatenate((model.weights[:-1], -99 * np.eye(1, model.weights.shape[1]))),
        )
        for model in load_kind_models()
    )
    monkeypatch.setattr(module, "load_kind_models", lambda: blind)
    assert learnt < 0.25
    assert named() > learnt + 0.1
