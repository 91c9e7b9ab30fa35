from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage, stats
from shapely.affinity import scale
from shapely.geometry import Point, box
from tests.monitoring.scenes import Scene, scene

from habeas.errors import InputError
from habeas.monitoring import detect
from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection import assessing as assessing_module
from habeas.monitoring.detection import statistic as statistic_module
from habeas.monitoring.detection import watch_state as watch_state_module
from habeas.monitoring.detection.calibration import (
    Tail,
    alarm_model,
    less_unrest,
    poisson_ends,
)
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.patches import patches_of
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.surroundings import median_over
from habeas.monitoring.detection.watch_state import WatchState

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))


@pytest.fixture(scope="module")
def changed() -> Scene:
    return scene(1, onset="2020-08-03")


def _cut(made: Scene, day: str) -> xr.Dataset:
    return made.cube.sel(time=slice(None, day))


def test_a_change_is_found_dated_and_measured(changed: Scene) -> None:
    found = detect(changed.cube, changed.outline, settings=SETTINGS)
    assert found.status == "disturbed"
    (one,) = found.disturbances
    assert date(2020, 8, 3) <= one.alarm <= date(2020, 11, 1)
    assert one.earliest <= date(2020, 8, 3) <= one.latest
    assert one.last_without is not None
    assert one.last_without < date(2020, 8, 3) <= one.first_with
    assert abs((one.best - date(2020, 8, 3)).days) <= 15
    both = (one.footprint & changed.footprint).sum()
    assert both / (one.footprint | changed.footprint).sum() >= 0.75
    assert one.area.low <= 1600 <= one.area.high * 1.15
    assert one.gradual is False
    assert one.outline.area == pytest.approx(100 * one.footprint.sum())


def test_a_stable_site_gives_no_alarm_and_is_not_said_to_be_unchanged() -> None:
    made = scene(2)
    found = detect(made.cube, made.outline, settings=SETTINGS)
    assert found.status == "no_disturbance_found"
    assert found.calibration is not None
    assert found.calibration.rate.low <= 0.02 <= found.calibration.rate.high


@pytest.mark.parametrize("side", [2, 8])
def test_a_small_change_is_found_as_well_as_a_whole_site(side: int) -> None:
    made = scene(3, onset="2020-08-03", side=min(side, 6), factor=0.5)
    found = detect(made.cube, made.outline, settings=SETTINGS)
    assert [one.alarm.year for one in found.disturbances][:1] == [2020]


def test_later_images_never_move_an_alarm(changed: Scene) -> None:
    whole = detect(changed.cube, changed.outline, settings=SETTINGS).disturbances[0]
    at = detect(_cut(changed, str(whole.alarm)), changed.outline, settings=SETTINGS)
    assert [one.alarm for one in at.disturbances] == [whole.alarm]
    before = str(whole.alarm - timedelta(days=1))
    assert not detect(_cut(changed, before), changed.outline, settings=SETTINGS).disturbances


def test_a_run_that_goes_on_says_what_a_whole_run_says(changed: Scene) -> None:
    _, state = watch(_cut(changed, "2020-08-20"), changed.outline, settings=SETTINGS)
    for day in ("2020-09-20", "2021-02-20", "2021-12-31"):
        part = _cut(changed, day)
        one, state = watch(part, changed.outline, settings=SETTINGS, state=state)
        other, fresh = watch(part, changed.outline, settings=SETTINGS)
        assert state is not None
        assert fresh is not None
        np.testing.assert_allclose(state.track.scores, fresh.track.scores, atol=1e-4)
        assert [d.alarm for d in one.disturbances] == [d.alarm for d in other.disturbances]
        assert [d.best for d in one.disturbances] == [d.best for d in other.disturbances]


def test_each_quiet_year_is_learned_from_and_none_after_an_alarm(changed: Scene) -> None:
    quiet = scene(2)
    state = None
    for day in ("2020-11-01", "2021-02-20", "2021-11-01"):
        part = _cut(quiet, day)
        one, state = watch(part, quiet.outline, settings=SETTINGS, state=state)
        other, fresh = watch(part, quiet.outline, settings=SETTINGS)
        assert state is not None
        assert state.images == len(part["time"])
        assert fresh is not None
        assert state.learned == fresh.learned == _begun(fresh) + 365 * fresh.year
        assert np.allclose(state.track.scores, fresh.track.scores, atol=1e-4, equal_nan=True)
        assert np.allclose(
            state.model.following.coefficients, fresh.model.following.coefficients, atol=1e-4
        )
        assert np.allclose(one.curve.statistic, other.curve.statistic, atol=1e-3, equal_nan=True)
    assert state.year == 1
    _, after = watch(changed.cube, changed.outline, settings=SETTINGS)
    assert after is not None
    assert after.year >= 1
    assert after.learned == _begun(after)


def _begun(state: WatchState) -> int:
    return int(state.track.days[state.track.first])


def test_runs_are_alike(changed: Scene) -> None:
    one, other = (detect(changed.cube, changed.outline, settings=SETTINGS) for _ in range(2))
    assert one.disturbances[0].area == other.disturbances[0].area
    np.testing.assert_array_equal(one.curve.statistic, other.curve.statistic)  # type: ignore[union-attr]


def test_a_gap_in_the_images_widens_the_interval(changed: Scene) -> None:
    days = changed.cube["time"].values.astype("datetime64[D]")
    hole = (days > np.datetime64("2020-06-15")) & (days < np.datetime64("2020-10-01"))
    gap = changed.cube.isel(time=np.flatnonzero(~hole))
    near = detect(changed.cube, changed.outline, settings=SETTINGS).disturbances[0]
    wide = detect(gap, changed.outline, settings=SETTINGS)
    far = wide.disturbances[0]
    assert (far.latest - far.earliest).days >= 80 > (near.latest - near.earliest).days
    assert far.earliest <= date(2020, 8, 3) <= far.latest
    assert any(first <= date(2020, 8, 1) <= last for first, last in wide.gaps)


def test_fewer_bands_do() -> None:
    made = scene(4, onset="2020-08-03")
    found = detect(made.cube[["green", "red", "nir", "swir16"]], made.outline, settings=SETTINGS)
    assert found.status == "disturbed"
    assert not any("the rate may be another" in note for note in found.reasons)


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        (("nir",), "one band that is known here; it takes 3"),
        (("red", "nir"), "2 bands that are known here; it takes 3"),
        (("green", "red", "nir"), None),
    ],
)
def test_one_band_or_two_are_too_few(
    changed: Scene, bands: tuple[str, ...], words: str | None
) -> None:
    cube = changed.cube[list(bands)].assign(cloud_probability=changed.cube["red"])
    found = detect(cube, changed.outline, settings=SETTINGS)
    if words is None:
        assert found.status == "disturbed"
    else:
        assert found.status == "cannot_assess"
        assert found.reasons == (f"the images have {words}",)


@pytest.mark.parametrize(
    ("bands", "metres"),
    [(BANDS[1:], 10), (("green", "red", "nir", "swir16"), 30)],
)
def test_a_rate_that_was_not_measured_for_such_images_is_told(
    changed: Scene, bands: tuple[str, ...], metres: int
) -> None:
    cube = changed.cube[list(bands)]
    cube = cube.assign_coords(x=cube["x"] * metres / 10, y=cube["y"] * metres / 10)
    outline = scale(changed.outline, metres / 10, metres / 10, origin=(0, 0))
    found = detect(cube, outline, settings=SETTINGS)
    (note,) = (note for note in found.reasons if "the rate may be another" in note)
    assert f"{len(bands)} bands and {metres} metres" in note


def test_too_short_a_history_cannot_be_assessed(changed: Scene) -> None:
    found = detect(
        changed.cube.sel(time=slice("2019-01-01", None)), changed.outline, settings=SETTINGS
    )
    assert found.status == "cannot_assess"
    assert "360 days long; it takes 670" in found.reasons[0]


def test_a_clouded_watch_cannot_be_assessed(changed: Scene) -> None:
    later = changed.cube["time"] >= np.datetime64("2020-01-01")
    found = detect(changed.cube.where(~later), changed.outline, settings=SETTINGS)
    assert found.status == "cannot_assess"
    assert found.reasons == ("the watch has no clear date",)


def test_few_clear_dates_cannot_be_assessed(changed: Scene) -> None:
    few = np.r_[0:140:5, 146 : len(changed.cube["time"])]
    found = detect(changed.cube.isel(time=few), changed.outline, settings=SETTINGS)
    assert found.status == "cannot_assess"
    assert "it takes 30" in found.reasons[0]


def test_a_site_larger_than_the_images_cannot_be_assessed(changed: Scene) -> None:
    found = detect(changed.cube, changed.outline.buffer(400), settings=SETTINGS)
    assert found.status == "cannot_assess"
    assert "the site reaches beyond the images" in found.reasons


@pytest.mark.parametrize(
    ("outline", "reason"),
    [
        (Point(500_100, 3_599_900), "a point without an outline"),
        (box(0, 0, 50, 50), "do not cover the site"),
        (box(0, 0, 0, 0).intersection(box(9, 9, 10, 10)), "empty"),
    ],
)
def test_an_outline_that_is_none_is_refused(changed: Scene, outline: object, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        detect(changed.cube, outline, settings=SETTINGS)  # type: ignore[arg-type]


def test_ground_that_no_image_shows_is_no_part_of_the_surroundings(changed: Scene) -> None:
    cube = changed.cube.copy(deep=True)
    for name in cube.data_vars:
        cube[name][:, :, : cube.sizes["x"] // 2 - 4] = np.nan
        cube[name][:, : cube.sizes["y"] // 2 - 4] = np.nan
    assessed, state = watch(cube, changed.outline, settings=SETTINGS)
    assert state is not None
    shown = np.isfinite(cube["red"].values).any(axis=0).ravel()
    reference = state.model.surroundings.reference
    assert reference.sum() >= 24
    assert shown[reference].all()
    (one,) = assessed.disturbances
    assert abs((one.best - date(2020, 8, 3)).days) <= 20


def test_a_point_with_an_uncertainty_is_a_site(changed: Scene) -> None:
    around = DetectionSettings(watch_from=date(2020, 1, 1), uncertainty=40)
    found = detect(changed.cube, Point(500_100, 3_599_900), settings=around)
    assert found.status == "disturbed"


def test_images_that_came_twice_are_left_out(changed: Scene) -> None:
    twice = xr.concat([changed.cube, changed.cube.isel(time=[50])], dim="time").sortby("time")
    once = detect(changed.cube, changed.outline, settings=SETTINGS)
    found = detect(twice, changed.outline, settings=SETTINGS)
    assert found.scenes == once.scenes
    assert any("twice" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    "wrong", [{"alarms_per_site_year": 0}, {"level": 1.0}, {"uncertainty": -1}, {"ring": (5, 2)}]
)
def test_settings_that_cannot_be_kept_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        DetectionSettings(**wrong)  # type: ignore[arg-type]


def test_a_drought_is_no_disturbance_but_without_the_surroundings_it_would_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = scene(6, drought="2020-06-01")
    assert not detect(made.cube, made.outline, settings=SETTINGS).disturbances
    monkeypatch.setattr(statistic_module, "common_to", _nothing_in_common)
    monkeypatch.setattr(statistic_module, "_steadied", lambda values, clear, reference: values)
    monkeypatch.setattr(watch_state_module, "less_unrest", lambda said, patches: said)
    assert detect(made.cube, made.outline, settings=SETTINGS).disturbances


def _nothing_in_common(values: np.ndarray, clear: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return 0 * median_over(values, clear, np.ones(clear.shape[1], dtype=bool))


def test_false_alarms_keep_to_what_was_asked_and_do_not_where_the_threshold_is_lowered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stable = [scene(seed, size=16, step=12) for seed in range(20, 26)]

    def alarms() -> int:
        return sum(
            len(detect(one.cube, one.outline, settings=SETTINGS).disturbances) for one in stable
        )

    most = stats.poisson.ppf(0.999, 0.02 * 2 * len(stable))
    assert alarms() <= most
    monkeypatch.setattr(assessing_module, "rarity_of", lambda *_: 0.0)
    assert alarms() > most


def test_each_date_counts_by_what_the_surroundings_do_on_it() -> None:
    random = np.random.default_rng(3)
    restless = np.array([0.5, 1.0, 4.0, 0.1, 1.0])
    values = (restless[:, None, None] * random.normal(size=(5, 4, 60))).astype(np.float32)
    reference = np.arange(60) >= 20
    clear = np.ones((5, 60), dtype=np.bool_)
    clear[4, reference] = False
    found = statistic_module._steadied(values, clear, reference)

    def middle(of: np.ndarray) -> np.ndarray:
        lengths = np.sort(np.sqrt(np.square(of[:, :, reference]).mean(axis=1)), axis=1)
        return np.asarray(lengths[:, (reference.sum() - 1) // 2])

    least = statistic_module._STEADY
    assert middle(found)[:3] == pytest.approx(least, rel=1e-4)
    assert middle(found)[3] == pytest.approx(middle(values)[3], rel=1e-4)  # quieter than quiet
    assert found[4] == pytest.approx(values[4] * least, rel=1e-4)  # nobody tells
    # within a date nothing changes but the unit
    assert found[2] / found[2, 0, 0] == pytest.approx(values[2] / values[2, 0, 0], rel=1e-3)


def test_a_change_on_quiet_days_counts_for_more_than_on_restless_ones() -> None:
    """In whitened units a clear summer's day tells more than one of half-melted snow."""
    random = np.random.default_rng(4)
    values = random.normal(size=(2, 4, 60)).astype(np.float32)
    values[0] *= 0.4
    values[:, :, :20] += 2
    reference = np.arange(60) >= 20
    found = statistic_module._steadied(values, np.ones((2, 60), dtype=np.bool_), reference)
    length = np.sqrt(np.square(found[:, :, :20].mean(axis=2)).mean(axis=1))
    assert length[0] > 2 * length[1]


def test_a_slow_change_is_told_from_a_sudden_one() -> None:
    slow = scene(7, onset="2020-05-01", days=200, side=5, factor=0.4)
    found = detect(slow.cube, slow.outline, settings=SETTINGS).disturbances[0]
    assert found.gradual is not False
    assert found.earliest <= date(2020, 5, 1) <= found.latest


def test_a_second_disturbance_elsewhere_in_the_site_is_found_too() -> None:
    first, second = scene(8, onset="2020-03-01", side=2), scene(8, onset="2021-06-01", side=2)
    moved = second.cube.roll(y=4, x=3, roll_coords=False)
    later = np.roll(second.footprint, (4, 3), axis=(0, 1))
    cube = first.cube.where(~xr.DataArray(later, dims=("y", "x")), moved)
    cube.attrs = first.cube.attrs
    found = detect(cube, first.outline, settings=SETTINGS).disturbances
    assert [one.alarm.year for one in found] == [2020, 2021]


def test_a_lower_rate_never_alarms_earlier(changed: Scene) -> None:
    days = [
        detect(
            changed.cube,
            changed.outline,
            settings=DetectionSettings(watch_from=date(2020, 1, 1), alarms_per_site_year=rate),
        )
        .disturbances[0]
        .alarm
        for rate in (0.005, 0.02, 0.2)
    ]
    assert days == sorted(days, reverse=True)


@given(
    shape=st.integers(-30, 50).map(lambda percent: percent / 100),
    rate=st.floats(0.02, 0.3),
    rarity=st.floats(-3, 9),
)
def test_a_tail_gives_back_its_rate(shape: float, rate: float, rarity: float) -> None:
    tail = Tail(bound=0.1, rate=rate, scale=0.4, shape=shape)
    level = tail.level(rarity)
    assert tail.rarity(np.array([level]))[0] == pytest.approx(rarity, abs=1e-3)
    if level > tail.bound:
        beyond = rate * stats.genpareto.sf(level - tail.bound, shape, scale=tail.scale)
        assert beyond == pytest.approx(np.exp(-rarity), rel=1e-6)


@pytest.mark.parametrize("bands", [2, 3, 4, 5, 6])
def test_levels_rise_with_rarity_and_with_the_size_of_the_site(bands: int) -> None:
    model = alarm_model(bands)
    rarities = [model.rarity(asked, 64) for asked in (0.5, 0.1, 0.02, 0.005)]
    assert rarities == sorted(rarities)
    levels = np.array([model.levels(rarity) for rarity in rarities])
    assert (np.diff(levels, axis=0) > 0).all()
    assert model.rarity(0.02, 4 * 64) == pytest.approx(model.rarity(0.005, 64))
    assert model.rarity(0.02, 9) == model.rarity(0.02, 64)


def test_what_most_of_the_surroundings_do_is_taken_off_and_what_few_do_is_not() -> None:
    site = np.zeros((24, 24), dtype=bool)
    site[8:16, 8:16] = True
    patches = patches_of(site, ~ndimage.binary_dilation(site, iterations=2))
    said = np.zeros((3, 2, len(patches.kinds)), dtype=np.float32)
    assert (less_unrest(said, patches) == said).all()
    around = np.flatnonzero(~patches.site)
    said[:, 1, around] = 2
    rest = less_unrest(said, patches)
    assert (rest[:, 0] == 0).all()
    assert (rest[:, 1, patches.site] == -2).all()
    few = np.zeros_like(said)
    few[:, 1, around[:: max(len(around) // 10, 1)]] = 2
    assert (less_unrest(few, patches)[:, :, patches.site] == 0).all()


@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_interval_of_a_rate_is_garwoods(count: int) -> None:
    low, high = poisson_ends(count, 0.9)
    assert stats.poisson.cdf(count, high) == pytest.approx(0.05)
    assert stats.poisson.sf(count - 1, low) == pytest.approx(0.05 if count else 1.0)


def test_an_image_that_comes_late_moves_no_alarm(changed: Scene) -> None:
    late = np.flatnonzero(changed.cube["time"].values > np.datetime64("2020-08-10"))[:2]
    before = changed.cube.drop_isel(time=late)
    first, state = watch(before, changed.outline, settings=SETTINGS)
    anew = detect(changed.cube, changed.outline, settings=SETTINGS)
    kept, _ = watch(changed.cube, changed.outline, settings=SETTINGS, state=state)
    assert [one.alarm for one in kept.disturbances] == [one.alarm for one in first.disturbances]
    assert [one.alarm for one in anew.disturbances] != [one.alarm for one in first.disturbances]


def test_the_watch_begins_on_the_same_day_however_many_images_follow(changed: Scene) -> None:
    starts = {
        detect(_cut(changed, day), changed.outline).watched_from
        for day in ("2019-06-01", "2020-06-01", "2021-12-31")
    }
    assert len(starts) == 1
