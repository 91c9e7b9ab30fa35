"""Series as they come: short, clouded, doubled, of two sensors, seen in part, run in pieces."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import xarray as xr
from tests.monitoring.scenes import Scene, scene

from habeas.monitoring import detect
from habeas.monitoring.detection import watch_state
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.watch_state import WatchState
from habeas.monitoring.disturbance import Assessment

BEGUN = date(2019, 1, 1)
SETTINGS = DetectionSettings(watch_from=BEGUN)


@pytest.fixture(scope="module")
def changed() -> Scene:
    return scene(1, onset="2019-06-01", years=5)


def in_pieces(cube: xr.Dataset, of: Scene, ends: list[int]) -> tuple[Assessment, WatchState]:
    state = None
    for end in ends:
        part = cube.isel(time=slice(None, end))
        said, state = watch(part, of.outline, settings=SETTINGS, state=state)
    assert state is not None
    return said, state


def hidden(cube: xr.Dataset, dates: np.ndarray, columns: slice = slice(None)) -> xr.Dataset:
    found = cube.copy(deep=True)
    for name in found.data_vars:
        values = found[name].values
        values[dates, :, columns] = np.nan
    return found


@pytest.mark.parametrize("days", [640, 672, 685, 695, 702, 735])
def test_a_history_about_two_years_long_is_enough_or_is_said_not_to_be(
    changed: Scene, days: int
) -> None:
    time = changed.cube["time"].values
    from_day = np.datetime64(BEGUN - timedelta(days=days))
    cube = changed.cube.isel(time=np.flatnonzero(time >= from_day))
    said = detect(cube, changed.outline, settings=SETTINGS)
    clear = cube["time"].values[cube["time"].values < np.datetime64(BEGUN)]
    enough = (clear[-1] - clear[0]).astype("timedelta64[D]").astype(int) >= 670
    assert said.status == ("disturbed" if enough else "cannot_assess")


def test_ground_that_the_history_never_shows_raises_no_alarm() -> None:
    for seed in (1, 2):
        stable = scene(seed, years=4)
        dates = stable.cube["time"].values < np.datetime64(BEGUN)
        cube = hidden(stable.cube, dates, slice(6, 9))
        assert not detect(cube, stable.outline, settings=SETTINGS).disturbances
        most = detect(hidden(stable.cube, dates, slice(6, 12)), stable.outline, settings=SETTINGS)
        assert most.status == "cannot_assess"


def test_a_history_that_one_year_alone_shows_cannot_be_assessed(changed: Scene) -> None:
    time = changed.cube["time"].values
    cube = hidden(changed.cube, time < np.datetime64("2018-01-01"))
    assert detect(cube, changed.outline, settings=SETTINGS).status == "cannot_assess"


@pytest.mark.parametrize("land", [0, 5])
def test_a_site_on_an_island_cannot_be_assessed(changed: Scene, land: int) -> None:
    cube = changed.cube.copy(deep=True)
    water = np.ones((20, 20), dtype=bool)
    water[5:15, 5:15] = False
    water[0, :land] = False
    for name, level in zip(cube.data_vars, (0.06, 0.06, 0.04, 0.02, 0.01, 0.01), strict=True):
        cube[name].values[:, water] = level
    said = detect(cube, changed.outline, settings=SETTINGS)
    assert said.status == "cannot_assess"
    assert said.reasons == (
        f"{land} pixels of the surroundings are often seen and no water; it takes 24",
    )


def test_a_sensor_that_only_the_last_year_has_makes_nobody_less_sure(changed: Scene) -> None:
    time = changed.cube["time"].values
    names = np.full(len(time), "sentinel-2", dtype=object)
    late = np.flatnonzero(time >= np.datetime64("2018-02-01"))
    names[late[::2]] = "landsat"
    two = changed.cube.assign_coords(sensor=("time", names.astype(str)))
    scales = []
    for cube in (changed.cube, two):
        _, state = watch(cube, changed.outline, settings=SETTINGS)
        assert state is not None
        scales.append(float(np.median(state.model.following.scale)))
    assert scales[1] < 1.5 * scales[0]


@pytest.mark.parametrize("back", [20, 60])
def test_an_alarm_in_the_first_image_of_the_watch_is_told(back: int) -> None:
    made = scene(1, onset="2020-06-01", years=5)
    begun = date(2020, 6, 1) + timedelta(days=back)
    first = int((made.cube["time"].values < np.datetime64(begun)).sum())
    dates = np.arange(len(made.cube["time"])) == first - 1
    cube = hidden(made.cube, dates).isel(time=slice(None, first + 1))
    said = detect(cube, made.outline, settings=DetectionSettings(watch_from=begun))
    (one,) = said.disturbances
    assert one.earliest <= one.best <= one.latest <= one.alarm


def test_a_change_that_grows_is_one_change_however_often_it_is_looked_at() -> None:
    stable, grown = scene(1, years=4.9), scene(1, onset="2019-02-01", factor=0.5, years=4.9, side=6)
    cube = stable.cube.copy(deep=True)
    time = cube["time"].values
    for name in cube.data_vars:
        values, changed = cube[name].values, grown.cube[name].values
        for onset, columns in (("2019-02-01", range(8, 10)), ("2019-04-20", range(10, 14))):
            cells = np.ix_(np.flatnonzero(time >= np.datetime64(onset)), range(7, 13), columns)
            values[cells] = changed[cells]
    whole, state = watch(cube, stable.outline, settings=SETTINGS)
    assert state is not None
    alarm = np.datetime64(whole.disturbances[0].alarm)
    at = int((time <= alarm).sum())
    said, after = in_pieces(cube, stable, [at, at + 3, len(time)])
    assert [one.alarm for one in said.disturbances] == [one.alarm for one in whole.disturbances]
    assert np.array_equal(after.alarms[0].covered, state.alarms[0].covered)


def test_a_cloudy_series_in_pieces_says_what_the_whole_one_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = scene(1, onset="2019-03-10", factor=0.9, step=5, years=4.2)
    count = len(made.cube["time"])
    cube = hidden(made.cube, np.random.default_rng(1).random(count) < 0.8)
    before = int((made.cube["time"].values < np.datetime64("2019-02-15")).sum())
    ends = [*range(before, count, 12), count]

    def apart() -> float:
        whole = watch(cube, made.outline, settings=SETTINGS)[1]
        assert whole is not None
        pieces = in_pieces(cube, made, ends)[1]
        told = np.isfinite(whole.track.scores)
        assert (np.isfinite(pieces.track.scores) == told).all()
        return float(np.abs(pieces.track.scores - whole.track.scores)[told].max())

    assert apart() < 1e-3
    with monkeypatch.context() as forgetful:
        whole = watch_state.pooled
        forgetful.setattr(watch_state, "pooled", lambda *told: whole(*told[:3]))
        assert apart() > 1e-3  # a cloud on the last date before a piece would be forgotten
    monkeypatch.setattr(watch_state, "_kept", lambda days: max(len(days) - 40, 0))
    with pytest.raises(AssertionError):
        assert apart() < 1e-3


def test_a_twin_under_another_name_is_left_out_wherever_a_run_ends(changed: Scene) -> None:
    count = len(changed.cube["time"])
    for at in (20, count - 30):
        twin = changed.cube.isel(time=[at - 1]).assign_coords(scene=("time", ["OTHER"]))
        cube = xr.concat(
            [
                changed.cube.isel(time=slice(None, at)),
                twin,
                changed.cube.isel(time=slice(at, None)),
            ],
            "time",
        )
        cube.attrs = changed.cube.attrs
        whole = watch(cube, changed.outline, settings=SETTINGS)[1]
        pieces = in_pieces(cube, changed, [count - 30, count - 10, count + 1])[1]
        assert whole is not None
        assert whole.track.doubled == pieces.track.doubled == ("OTHER",)
        assert np.array_equal(whole.track.days, pieces.track.days)
        assert pieces.learned == whole.learned


def test_a_run_from_nothing_with_its_alarms_kept_learns_as_the_first_one_did() -> None:
    made = scene(1, onset="2020-06-01", years=5)
    first, state = watch(made.cube, made.outline, settings=SETTINGS)
    assert state is not None
    again, anew = watch(
        made.cube, made.outline, settings=SETTINGS, state=watch_state.with_alarms_alone(state)
    )
    assert anew is not None
    assert anew.learned == state.learned > int(anew.track.days[anew.track.first])
    assert again.calibration is not None
    assert first.calibration is not None
    assert again.calibration.threshold == first.calibration.threshold
