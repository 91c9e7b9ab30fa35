"""What can be no reflectance is taken for no data and told, or refused; good images stay as is."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from tests.monitoring.scenes import Scene, scene

from habeas.errors import InputError
from habeas.monitoring.detection import cold, kind_features, stack
from habeas.monitoring.detection.cold import second_opinion
from habeas.monitoring.detection.detect import detect, watch
from habeas.monitoring.detection.kind_features import features, logs_of
from habeas.monitoring.detection.no_data import check_reflectance, no_data
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.stack import stack_of
from habeas.monitoring.simulation import Change, simulate_site

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))

PAVED_ON = date(2021, 3, 1)
PAVED = Change(kind="paved_or_built", onset=PAVED_ON, days=10, pixels=(4, 4), cover=1.0)


@pytest.fixture(scope="module")
def changed() -> Scene:
    return scene(1, onset="2020-08-03")


def clouded(cube: xr.Dataset, fill: float, share: float = 0.3) -> xr.Dataset:
    """The images with clouds of 5 by 5 pixels, on which a number stands."""
    random = np.random.default_rng(1)
    held = random.random((cube.sizes["time"], 4, 4)) < share
    hidden = np.kron(held, np.ones((1, 5, 5), dtype=bool))
    found = cube.where(~xr.DataArray(hidden, dims=("time", "y", "x")), fill)
    return found.assign_attrs(cube.attrs)


def said(cube: xr.Dataset, of: Scene) -> tuple[object, ...]:
    found, state = watch(cube, of.outline, settings=SETTINGS)
    assert state is not None
    return found.status, found.clear, state.track.scores.tobytes(), state.track.void, found.reasons


@pytest.mark.parametrize("fill", [0, -9999, -0.1, -0.2, 6.5535])
def test_a_number_for_no_data_is_no_data(changed: Scene, fill: float) -> None:
    wanted = said(clouded(changed.cube, np.nan), changed)
    found = said(clouded(changed.cube, fill), changed)
    assert found[:3] == wanted[:3]
    assert wanted[3] == 0
    told = int((stack_of(clouded(changed.cube, fill)).values == 0).all(axis=1).sum())
    assert found[3] == told > 1000
    assert f"{told} observations of a pixel are taken for no data" in " ".join(found[4])
    assert "taken for no data" not in " ".join(wanted[4])


@given(below=st.integers(0, 7), above=st.integers(0, 7), between=st.integers(0, 7))
def test_a_band_is_refused_by_its_median_alone(below: int, above: int, between: int) -> None:
    told = np.repeat(np.array([-0.15, 1.6, 0.3], dtype=np.float32), [below, above, between])
    values = np.stack([np.append(told, np.nan), np.full(len(told) + 1, 0.2, dtype=np.float32)])
    middle = float(np.median(told)) if len(told) else 0.0
    if -0.1 <= middle <= 1.5:
        check_reflectance(values[None], ("red", "nir"))
    else:
        with pytest.raises(InputError, match=f"its median is {middle:.4g}"):
            check_reflectance(values[None], ("red", "nir"))


def test_without_the_rule_a_number_for_no_data_would_be_ground(
    changed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = said(clouded(changed.cube, np.nan), changed)
    monkeypatch.setattr(stack, "no_data", _none)
    assert said(clouded(changed.cube, 0), changed)[:3] != wanted[:3]


def test_what_was_taken_for_no_data_is_told_of_a_site_that_cannot_be_assessed(
    changed: Scene,
) -> None:
    found = detect(clouded(changed.cube, -9999, share=1.0), changed.outline, settings=SETTINGS)
    assert found.status == "cannot_assess"
    assert found.reasons[0] == "no image shows the site"
    assert "taken for no data" in found.reasons[1]


def test_a_run_that_goes_on_counts_all_that_was_taken_for_no_data(changed: Scene) -> None:
    cube = clouded(changed.cube, 0)
    state = None
    for day in ("2020-08-20", "2021-02-20", "2021-12-31"):
        part = cube.sel(time=slice(None, day))
        one, state = watch(part, changed.outline, settings=SETTINGS, state=state)
    assert one.reasons == detect(cube, changed.outline, settings=SETTINGS).reasons


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ((0, 0, 0), True),
        ((0, 0, 0.01), False),
        ((-0.05, -0.05, -0.02), False),
        ((-0.05, -0.05, -0.05), True),
        ((0.3, 0.3, 0.3), False),
        ((0.2, -0.2, 0.2), True),
        ((0.2, -0.19, 0.2), False),
        ((1.3, 1.2, 1.25), False),
        ((1.3, 2.01, 1.25), True),
        ((np.nan, 0, 0), False),
    ],
)
def test_what_is_no_data_and_what_is_dark_or_bright(
    values: tuple[float, ...], wanted: bool
) -> None:
    assert no_data(np.array([values], dtype=np.float32)).tolist() == [wanted]


@pytest.mark.parametrize(
    ("factor", "offset"), [(10_000, 0), (255, 0), (100, 0), (10, -20)]
)  # numbers, 8 bits, per cent, decibels
def test_what_is_no_reflectance_is_refused(changed: Scene, factor: float, offset: float) -> None:
    cube = (changed.cube * factor + offset).assign_attrs(changed.cube.attrs)
    with pytest.raises(InputError, match=r"holds no reflectance: its median is .* 10,000"):
        detect(cube, changed.outline, settings=SETTINGS)
    with pytest.raises(InputError, match="holds no reflectance"):
        detect(
            clouded(cube, 0, share=0.7).astype("int32"),
            changed.outline,
            settings=SETTINGS,
        )


def test_one_band_in_another_unit_is_named(changed: Scene) -> None:
    cube = changed.cube.assign(nir=changed.cube["nir"] * 10_000)
    with pytest.raises(InputError, match="the band nir holds no reflectance"):
        detect(cube, changed.outline, settings=SETTINGS)


def test_a_cube_that_is_mostly_filled_is_judged_by_the_rest(changed: Scene) -> None:
    assert stack_of(clouded(changed.cube, -9999, share=0.7)).clear.any()


def test_new_images_of_snow_or_shadow_are_not_refused(changed: Scene) -> None:
    cube = changed.cube.copy(deep=True)
    for name in cube.data_vars:
        cube[name].values[-1] = 1.6 + 0.01 * np.arange(20)
    assert stack_of(cube, cube.sizes["time"] - 1).clear.all()


def test_a_kind_is_judged_by_ground_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    made = simulate_site(1001, change=PAVED, size=10, site=4)
    ring = np.ones((10, 10), dtype=bool)
    ring[2:8, 2:8] = False

    def told(cube: xr.Dataset) -> object:
        return np.asarray(
            features(logs_of(cube, ring), made.truth.footprint, PAVED_ON, False)
        ).tolist()

    filled = made.cube.fillna(0).assign_attrs(made.cube.attrs)
    assert told(filled) == told(made.cube)
    monkeypatch.setattr(kind_features, "no_data", _none)
    assert told(filled) != told(made.cube)


def test_cold_is_given_ground_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """With too few clear dates it ends the process: what is no data must not be counted."""
    made = simulate_site(1001, change=PAVED, size=10, site=4)

    def asked(cube: xr.Dataset) -> list[int]:
        given: list[int] = []
        monkeypatch.setattr(
            cold, "_breaks_of", lambda _, days, *rest: given.append(len(days)) or []
        )
        second_opinion(cube, made.outline, watched_from=date(2020, 1, 1))
        return given

    filled = made.cube.fillna(0).assign_attrs(made.cube.attrs)
    assert asked(filled) == asked(made.cube)
    monkeypatch.setattr(cold, "no_data", _none)
    assert asked(filled) != asked(made.cube)


def _none(of: np.ndarray) -> np.ndarray:
    return np.zeros(of[:, 0].shape, dtype=bool)
