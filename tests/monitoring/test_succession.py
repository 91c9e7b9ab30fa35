"""Ground that changed is watched again, against what it is like since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.monitoring.scenes import BASE, Scene, scene
from tests.monitoring.test_state import same

from habeas.monitoring.detection import detect, succession
from habeas.monitoring.detection.alarms import QUIET
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.settings import HISTORY_DAYS
from habeas.monitoring.detection.state_format import decode_state, encode_state
from habeas.monitoring.detection.watch_state import with_alarms_alone
from habeas.monitoring.disturbance import Assessment

CONCRETE = (2.2, 2.0, 1.7, 1.3, 1.1, 1.0)
FIRST, SECOND = "2019-06-01", "2023-03-01"

ELSEWHERE = np.zeros((20, 20), dtype=bool)
"""Ground of the site that a small first change leaves alone."""
ELSEWHERE[11:14, 6:14] = True


def changed(
    of: Scene, onset: str, *, until: str = "2100-01-01", where=None, factor: float = 1.0
) -> Scene:
    """The scene with some of its ground, or what changed already, paved from a day on."""
    draw = np.random.default_rng(1)
    cube = of.cube.copy(deep=True)
    times = cube["time"].values
    late = (times >= np.datetime64(onset)) & (times < np.datetime64(until))
    where = of.footprint if where is None else where
    for at, name in enumerate(cube.data_vars):
        values = cube[name].values
        noise = np.exp(draw.normal(size=(late.sum(), where.sum())) * 0.02)
        paved = values[late]
        paved[:, where] = BASE[at] * CONCRETE[at] * factor * noise
        values[late] = paved
    return replace(of, cube=cube)


def until(of: Scene, day: str | date) -> Scene:
    return replace(of, cube=of.cube.isel(time=of.cube["time"].values < np.datetime64(day)))


def alarms(said: Assessment) -> list[date]:
    return [one.alarm for one in said.disturbances]


@pytest.fixture(scope="module")
def twice() -> Scene:
    """Bulldozed in 2019 and paved in 2023."""
    return changed(scene(3, onset=FIRST, years=9), SECOND)


def test_what_is_done_to_changed_ground_is_told_too(twice, monkeypatch) -> None:
    said, _ = watch(twice.cube, twice.outline)
    first, second = said.disturbances
    assert date(2019, 6, 1) <= first.alarm <= date(2019, 7, 15)
    assert date(2023, 3, 1) <= second.alarm <= date(2023, 4, 15)
    assert second.earliest <= date(2023, 3, 1) <= second.latest
    assert (second.footprint & twice.footprint).sum() >= 14
    assert second.kind == "paved_or_built"
    again, not_yet = said.changed_ground
    since = first.alarm + timedelta(days=QUIET + 1)
    assert f"by {first.alarm} is watched again from 2021-12-" in again
    assert f"its history from {since} on" in again
    assert f"by {second.alarm} is not watched until" in not_yet
    assert said.unwatched[0] == (first.alarm, date(2021, 12, 19))
    assert said.unwatched[1] == (second.alarm, said.watched_to)
    monkeypatch.setattr(detect, "handed_on", lambda state, *_: state)
    assert alarms(watch(twice.cube, twice.outline)[0]) == [first.alarm]


def test_a_quiet_site_is_watched_again_and_stays_quiet(twice) -> None:
    of = until(twice, SECOND)
    said, state = watch(of.cube, of.outline)
    assert alarms(said) == alarms(watch(twice.cube, twice.outline)[0])[:1]
    assert state.succession.state.succession is None
    assert state.succession.state.alarms == ()
    assert len(said.unwatched) == 1
    early = until(of, "2021-06-01")
    waiting, _ = watch(early.cube, early.outline)
    assert waiting.unwatched == ((said.disturbances[0].alarm, waiting.watched_to),)


def test_the_two_watches_make_one_curve_and_one_rate(twice) -> None:
    said, state = watch(twice.cube, twice.outline)
    assert (np.diff(said.curve.dates).astype("timedelta64[D]").astype(int) > 0).all()
    assert said.clear == len(said.curve.dates)
    assert said.scenes == tuple(twice.cube["scene"].values)
    assert str(said.watched_from) == "2019-01-15"
    assert said.watched_to == twice.cube["time"].values[-1].astype("datetime64[D]").astype(date)
    begins = np.datetime64(state.succession.first, "D")
    alone = watch(until(twice, begins).cube, twice.outline)[0]
    early = said.curve.dates < begins
    np.testing.assert_allclose(said.curve.statistic[early], alone.curve.statistic)
    years = twice.cube["time"].values[-1] - said.curve.dates[0].astype("datetime64[ns]")
    years = years / np.timedelta64(1, "D") / 365.25 - 3
    assert said.calibration.years == pytest.approx(years, abs=0.1)
    assert said.calibration.placements == alone.calibration.placements


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ends=st.lists(st.integers(110, 267), min_size=2, max_size=5).map(sorted))
def test_runs_that_go_on_say_what_a_whole_run_says(twice, ends) -> None:
    state = None
    for end in ends:
        part = twice.cube.isel(time=slice(0, end))
        found, left = watch(part, twice.outline, state=state)
        assert left is not None
        state, _ = decode_state(encode_state(left, "inputs"))
    same(found, watch(part, twice.outline)[0])


def test_later_images_move_no_alarm(twice) -> None:
    whole = alarms(watch(twice.cube, twice.outline)[0])
    for end in range(130, twice.cube.sizes["time"], 9):
        part = twice.cube.isel(time=slice(0, end))
        last = part["time"].values[-1].astype("datetime64[D]").astype(date)
        assert alarms(watch(part, twice.outline)[0]) == [day for day in whole if day <= last]


def test_where_images_have_changed_the_alarms_of_both_watches_stand(twice) -> None:
    said, state = watch(twice.cube, twice.outline)
    other = twice.cube.copy(deep=True)
    for band in other.data_vars:  # the second change is not to be seen in them any more
        other[band].values[other["time"].values >= np.datetime64(SECOND)] = np.nan
    found, _ = watch(other, twice.outline, state=with_alarms_alone(state))
    assert alarms(found) == alarms(said)
    assert alarms(watch(other, twice.outline)[0]) == alarms(said)[:1]


def hidden(of: Scene, since: str, until: str) -> Scene:
    """The scene with clouds over all of it in some months."""
    cube = of.cube.copy(deep=True)
    times = cube["time"].values
    for band in cube.data_vars:
        cube[band].values[(times >= np.datetime64(since)) & (times < np.datetime64(until))] = np.nan
    return replace(of, cube=cube)


def test_they_stand_where_the_day_on_which_it_took_over_is_gone(twice) -> None:
    said, state = watch(twice.cube, twice.outline)
    begins = np.datetime64(state.succession.first, "D")
    of = hidden(twice, SECOND, "2100-01-01")
    for cube in (
        of.cube.isel(time=of.cube["time"].values.astype("datetime64[D]") != begins),
        hidden(of, str(begins), str(begins + 1)).cube,
    ):
        left = with_alarms_alone(state)
        for _ in range(3):
            found, left = watch(cube, of.outline, state=left)
            assert alarms(found) == alarms(said)
            left = decode_state(encode_state(left, ""))[0]


@pytest.mark.parametrize("first", ["2018-12-31", "2019-01-20", "2020-06-01"])
def test_they_stand_where_old_images_are_gone(twice, first) -> None:
    """The first watch begins after the one that took over from it did."""
    for whole in (twice, until(twice, SECOND)):
        said, left = watch(whole.cube, whole.outline)
        left = with_alarms_alone(left)
        cube = twice.cube.isel(time=twice.cube["time"].values >= np.datetime64(first))
        for _ in range(2):
            found, left = watch(cube, twice.outline, state=left)
            assert set(alarms(said)) <= set(alarms(found))
            assert found.status == "disturbed"


def test_where_it_can_no_longer_be_assessed_the_first_watch_speaks(twice) -> None:
    said, state = watch(twice.cube, twice.outline)
    of = hidden(twice, "2020-03-01", "2021-12-10")
    found, left = watch(of.cube, of.outline, state=with_alarms_alone(state))
    assert alarms(found) == alarms(said)
    (note,) = found.changed_ground
    assert note.startswith("what had changed by 2019-06-14 is not watched again: the history")
    assert found.curve.dates[-1] == said.curve.dates[-1]
    again, _ = watch(twice.cube, twice.outline, state=with_alarms_alone(left))
    assert alarms(again) == alarms(said)
    assert "is watched again from" in again.changed_ground[0]


@pytest.mark.parametrize("end", ["2019-10-01", "2021-06-01", "2021-12-15"])
def test_where_images_end_before_it_took_over_the_alarms_stand(twice, end) -> None:
    said, state = watch(twice.cube, twice.outline)
    of = until(twice, end)
    found, _ = watch(of.cube, of.outline, state=with_alarms_alone(state))
    assert alarms(found) == alarms(said)
    assert "is not watched until" in found.changed_ground[0]
    assert found.watched_to < date.fromisoformat(end)


def test_what_three_watches_said_stands_where_images_end_early(twice) -> None:
    thrice = changed(scene(3, onset=FIRST, years=13), SECOND)
    thrice = changed(thrice, "2027-03-01", factor=0.4)
    said, state = watch(thrice.cube, thrice.outline)
    assert [day.year for day in alarms(said)] == [2019, 2023, 2027]
    again, not_yet = said.changed_ground[1:]
    assert "by 2023-" in again
    assert "by 2027-" in not_yet
    of = until(thrice, "2021-06-01")
    found, _ = watch(of.cube, of.outline, state=with_alarms_alone(state))
    assert alarms(found) == alarms(said)


def test_a_change_that_both_watches_tell_is_told_once() -> None:
    """The one that took over lost its history, and the first one watches the rest of the site."""
    small = scene(3, onset=FIRST, side=2, years=9)
    of = changed(small, SECOND, where=ELSEWHERE)
    said, state = watch(of.cube, of.outline)
    lost = hidden(of, "2020-03-01", "2021-12-10")
    found, _ = watch(lost.cube, lost.outline, state=with_alarms_alone(state))
    assert "is not watched again" in found.changed_ground[0]
    assert alarms(found) == alarms(said)


def test_later_images_that_are_no_reflectance_take_back_no_alarm(twice) -> None:
    cube = twice.cube.copy(deep=True)
    for band in cube.data_vars:
        cube[band].values[cube["time"].values >= np.datetime64("2022-01-25")] *= 6
    found, _ = watch(cube, twice.outline)
    assert alarms(found)[0] == date(2019, 6, 14)


def test_where_images_have_changed_a_change_in_its_history_puts_it_off(twice) -> None:
    """It had raised no alarm, so that nothing speaks for it."""
    small = scene(3, onset=FIRST, side=2, years=7)
    _, state = watch(small.cube, small.outline)
    assert state.succession is not None
    of = changed(small, "2021-03-01", where=ELSEWHERE)
    found, left = watch(of.cube, of.outline, state=with_alarms_alone(state))
    assert found.changed_ground == watch(of.cube, of.outline)[0].changed_ground
    assert left.succession is None


def test_but_where_it_raised_an_alarm_that_stands() -> None:
    small = changed(scene(3, onset=FIRST, side=2, years=9), SECOND)
    said, state = watch(small.cube, small.outline)
    assert [day.year for day in alarms(said)] == [2019, 2023]
    of = changed(small, "2021-03-01", where=ELSEWHERE)
    assert alarms(said)[1] not in alarms(watch(of.cube, of.outline)[0])
    found, _ = watch(of.cube, of.outline, state=with_alarms_alone(state))
    assert set(alarms(said)) <= set(alarms(found))


def test_two_sensors_on_the_day_on_which_it_takes_over(twice) -> None:
    of = until(twice, SECOND)
    day = np.datetime64(watch(of.cube, of.outline)[1].succession.first, "D")
    places = np.arange(of.cube.sizes["time"])
    same_day = np.flatnonzero(of.cube["time"].values.astype("datetime64[D]") == day)
    both = of.cube.isel(time=np.sort(np.concatenate((places, same_day))))
    names, sensors = both["scene"].values.astype(object), both["sensor"].values.astype(object)
    names[same_day[0]], sensors[same_day[0]] = "CLOUDED", "landsat"
    both = both.assign_coords(
        scene=("time", names.astype(str)), sensor=("time", sensors.astype(str))
    )
    for band in both.data_vars:
        both[band].values[same_day[0]] = np.nan
    for end in range(same_day[0], both.sizes["time"], 7):
        part = both.isel(time=slice(0, end + 1))
        found, state = watch(part, of.outline)
        if end > same_day[0]:
            assert state.succession.first == day.astype(int)
            assert "is watched again from" in found.changed_ground[0]


def test_where_nothing_is_new_no_image_is_read(twice, monkeypatch) -> None:
    of = until(hidden(twice, "2020-03-01", "2021-12-10"), "2022-10-01")
    said, state = watch(of.cube, of.outline)
    assert state.succession is None
    monkeypatch.setattr(succession, "stack_of", None)
    again, _ = watch(of.cube, of.outline, state=state)
    assert again.changed_ground == said.changed_ground != ()


def test_a_change_elsewhere_puts_the_new_history_off() -> None:
    small = scene(3, onset=FIRST, side=2, years=7)
    of = changed(small, "2021-03-01", where=ELSEWHERE)
    said, state = watch(of.cube, of.outline)
    first, second = said.disturbances
    assert (first.alarm.year, second.alarm.year) == (2019, 2021)
    assert state.succession is None
    assert said.changed_ground[-1].startswith(
        f"what had changed by {second.alarm} is not watched until"
    )
    assert str(second.alarm + timedelta(days=QUIET + 1 + HISTORY_DAYS)) in said.changed_ground[-1]


def test_what_both_watches_see_is_told_once() -> None:
    """Other ground changes after another watch took over: the first one sees it too."""
    small = scene(3, onset=FIRST, side=2, years=9)
    of = changed(small, SECOND, where=ELSEWHERE)
    said, state = watch(of.cube, of.outline)
    assert [day.year for day in alarms(said)] == [2019, 2023]
    assert [alarm.day for alarm in state.alarms[1:]] == [
        alarm.day for alarm in state.succession.state.alarms
    ]


def test_once_it_took_over_old_images_are_not_read_for_it(twice, monkeypatch) -> None:
    old = twice.cube.isel(time=slice(0, -1))
    _, state = watch(old, twice.outline)
    monkeypatch.setattr(succession, "stack_of", None)
    newest, _ = watch(twice.cube, twice.outline, state=state)
    with pytest.raises(TypeError):
        watch(twice.cube, twice.outline)
    monkeypatch.undo()
    same(newest, watch(twice.cube, twice.outline)[0])


def test_a_false_alarm_leaves_no_site_unwatched_for_good() -> None:
    """Water stood on the site for two months of 2019: it was seen, and was gone."""
    whole = np.zeros((20, 20), dtype=bool)
    whole[6:14, 6:14] = True
    quiet = scene(4, years=9)
    of = changed(quiet, "2019-07-01", until="2019-09-01", where=whole)
    of = changed(of, SECOND, where=whole)
    said, _ = watch(of.cube, of.outline)
    assert [day.year for day in alarms(said)] == [2019, 2023]


def test_too_little_of_what_it_is_like_now_is_told(twice) -> None:
    of = until(twice, SECOND)
    cube = of.cube.copy(deep=True)
    clouded = (cube["time"].values >= np.datetime64("2020-02-01")) & (
        np.arange(cube.sizes["time"]) % 6 > 0
    )
    for band in cube.data_vars:
        cube[band].values[clouded] = np.nan
    said, state = watch(cube, of.outline)
    assert len(said.disturbances) == 1
    assert state.succession is None
    assert "is not watched again: the history" in said.changed_ground[-1]
    cube = cube.isel(time=cube["time"].values < np.datetime64("2022-03-01"))
    for band in cube.data_vars:
        cube[band].values[cube["time"].values >= np.datetime64("2021-12-01")] = np.nan
    said, _ = watch(cube, of.outline)
    assert said.changed_ground[-1].endswith(succession._NO_CLEAR_DATE)


def test_when_it_takes_over_is_decided_by_the_images_until_then(twice) -> None:
    """With fewer clear images of the new ground it takes over a year later, or two."""
    begins = []
    for kept in (1, 3, 4):
        cube = twice.cube.copy(deep=True)
        late = cube["time"].values >= np.datetime64("2019-12-01")
        clouded = late & (np.arange(cube.sizes["time"]) % kept > 0)
        for band in cube.data_vars:
            cube[band].values[clouded] = np.nan
        _, state = watch(until(replace(twice, cube=cube), SECOND).cube, twice.outline)
        begins.append(None if state.succession is None else state.succession.first)
    one, two, _ = begins
    assert one is not None
    assert two is not None
    assert two > one
