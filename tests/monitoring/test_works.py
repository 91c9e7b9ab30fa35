"""What looks like works raises an alarm sooner; what does not, only when it goes far by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from tests.monitoring.scenes import scene

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection import assessing, works
from habeas.monitoring.detection.alarms import Scores, alarms_of, false_alarms, went_off
from habeas.monitoring.detection.calibration import AlarmModel, alarm_model
from habeas.monitoring.detection.describing import ground_of
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.kind_features import logs_of
from habeas.monitoring.detection.patches import patches_of
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.stack import stack_of
from habeas.monitoring.detection.surroundings import ring_of, site_mask
from habeas.monitoring.detection.watch_state import far_enough, with_alarms_alone
from habeas.monitoring.detection.works import NOT_LIKE, Shown, chance_of_no_change
from habeas.monitoring.simulation import Change, simulate_site

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))
KINDS = ("bulldozed", "paved_or_built", "dug_into_plots", "rubbish")


def by_itself(bands: int) -> AlarmModel:
    return replace(alarm_model(bands), works=None)


def first_alarm(made) -> date | None:
    said = watch(made.cube, made.outline, settings=SETTINGS)[0].disturbances
    return said[0].alarm if said else None


@pytest.fixture(scope="module")
def changed():
    """Changes of the test split."""
    return [
        simulate_site(7_800_000 + at, change=Change(kind=kind, whole_site=False), size=22, site=8)
        for at, kind in enumerate(KINDS)
    ]


def test_changes_are_told_no_later_and_some_sooner(changed, monkeypatch) -> None:
    sooner = [first_alarm(made) for made in changed]
    monkeypatch.setattr(assessing, "alarm_model", by_itself)
    alone = [first_alarm(made) for made in changed]
    assert sum(day is not None for day in alone) >= 3
    pairs = [(one, other) for one, other in zip(sooner, alone, strict=True) if other]
    assert all(one is not None for one, _ in pairs)
    assert sum((one - other).days for one, other in pairs) < 0


def test_a_place_where_nothing_looks_like_works_needs_to_go_far_by_itself(
    changed, monkeypatch
) -> None:
    """Mutant: whatever goes beyond the lower level is taken for works."""
    monkeypatch.setattr(works, "chance_of_no_change", lambda *_: 1.0)
    never = [first_alarm(made) for made in changed]
    monkeypatch.setattr(works, "chance_of_no_change", lambda *_: 0.0)
    always = [first_alarm(made) for made in changed]
    pairs = [(one, other) for one, other in zip(always, never, strict=True) if one and other]
    assert all(one <= other for one, other in pairs)
    assert any(one < other for one, other in pairs)


def test_stable_ground_that_goes_far_seldom_looks_like_works(monkeypatch) -> None:
    """Mutant: whatever goes beyond the lower level is taken for works."""
    closely = replace(SETTINGS, alarms_per_site_year=0.05)
    sites = [simulate_site(7_900_000 + number, size=22, site=8) for number in range(14)]

    def off() -> int:
        said = [watch(made.cube, made.outline, settings=closely)[0] for made in sites]
        return sum(one.status == "disturbed" for one in said)

    known = off()
    monkeypatch.setattr(works, "chance_of_no_change", lambda *_: 0.0)
    assert off() >= known + 3


def shown_of(made) -> tuple[Shown, np.ndarray, np.ndarray, int]:
    """All that is shown of a site, its pixels, the patch of its first alarm, the images by then."""
    _, state = watch(made.cube, made.outline, settings=SETTINGS)
    inside = site_mask(made.cube, made.outline, 0.0)
    ground = ground_of(state.model, stack_of(made.cube), inside, state.track.first)
    logs = logs_of(made.cube, ring_of(inside, SETTINGS.ring))
    alarm = state.alarms[0]
    count = int(np.searchsorted(ground.days, alarm.day, side="right"))
    return Shown(ground, logs), inside, alarm.patch, count


def test_later_images_change_nothing_of_what_was_seen_by_a_day(changed, monkeypatch) -> None:
    shown, inside, patch, count = shown_of(changed[1])
    cut = shown.first(count, inside)
    assert len(cut.logs.days) == len(cut.ground.days) == count < len(shown.logs.days)
    told = chance_of_no_change(shown, inside, patch, count)
    assert told == chance_of_no_change(cut, inside, patch, count) < 0.5
    monkeypatch.setattr(Shown, "first", lambda self, *_: self)  # mutant: later images count
    assert chance_of_no_change(shown, inside, patch, count) != told


def test_pieces_find_what_the_whole_finds_to_look_like_works(changed) -> None:
    made = changed[3]
    whole = watch(made.cube, made.outline, settings=SETTINGS)[1]
    state = None
    for end in (*range(300, made.cube.sizes["time"], 25), made.cube.sizes["time"]):
        part = made.cube.isel(time=slice(0, end))
        _, state = watch(part, made.outline, settings=SETTINGS, state=state)
    assert (whole.track.works[:, 0] >= 0).any()
    np.testing.assert_array_equal(state.track.works, whole.track.works)


def test_after_an_alarm_of_an_earlier_run_nothing_is_asked(changed) -> None:
    made = changed[3]
    _, state = watch(made.cube, made.outline, settings=SETTINGS)
    day = state.track.days[state.track.first]
    early = replace(state, alarms=(replace(state.alarms[0], day=int(day)),))
    _, again = watch(made.cube, made.outline, settings=SETTINGS, state=with_alarms_alone(early))
    assert (again.track.works[:, 0] == -1).all()


def test_what_does_not_look_like_works_is_looked_at_less_often(changed, monkeypatch) -> None:
    monkeypatch.setattr(works, "chance_of_no_change", lambda *_: 1.0)
    closely, spells = replace(SETTINGS, alarms_per_site_year=0.2), []
    for made in changed:
        track = watch(made.cube, made.outline, settings=closely)[1].track
        for owner in range(track.works.shape[1]):
            looked = track.days[track.first :][track.works[:, owner] == NOT_LIKE]
            spells += [looked[at - 4 : at + 1] for at in range(4, len(looked))]
    often = [spell for spell in spells if spell[3] - spell[0] < 160]
    assert often
    assert all(spell[4] - spell[3] >= 20 for spell in often)


def test_an_image_that_came_twice_is_no_second_date(changed, monkeypatch) -> None:
    made = changed[3]
    twice = xr.concat([made.cube, made.cube.isel(time=slice(-3, None))], dim="time")
    twice = twice.sortby("time").assign_attrs(made.cube.attrs)
    counts = []
    really = works.chance_of_no_change
    monkeypatch.setattr(
        works,
        "chance_of_no_change",
        lambda shown, *rest: counts.append(len(shown.logs.days)) or really(shown, *rest),
    )
    _, state = watch(twice, made.outline, settings=SETTINGS)
    assert counts
    assert max(counts) <= len(state.track.days) == made.cube.sizes["time"]


@pytest.mark.parametrize("order", [("y", "x", "time"), ("time", "x", "y")])
def test_dimensions_in_another_order_and_a_band_that_is_missing_once(changed, order) -> None:
    made = changed[0]
    ring = ring_of(site_mask(made.cube, made.outline, 0.0), SETTINGS.ring)
    logs = logs_of(made.cube, ring)
    np.testing.assert_array_equal(logs.values, logs_of(made.cube.transpose(*order), ring).values)
    holed = made.cube.copy(deep=True)
    holed["swir22"].values[40] = np.nan
    found = logs_of(holed, ring)
    assert np.isnan(found.values[40]).all()
    assert not found.told[40]


def test_with_fewer_bands_nothing_looks_like_works() -> None:
    made = scene(3, onset="2020-08-03")
    few = made.cube[["green", "red", "nir", "swir16"]].assign_attrs(made.cube.attrs)
    _, state = watch(few, made.outline, settings=SETTINGS)
    assert (state.track.works == -1).all()
    assert alarm_model(4).works is None
    assert alarm_model(len(BANDS)).works is not None


@given(asked=st.floats(0.001, 0.5), pixels=st.integers(1, 5000))
def test_law_what_looks_like_works_never_needs_to_go_farther(asked: float, pixels: int) -> None:
    model = alarm_model(len(BANDS))
    assert model.works.bound <= model.rarity_of_works(asked, pixels) <= model.rarity(asked, pixels)


def scores(works_of_site: list[int], told: list[bool]) -> Scores:
    """Three dates on which no patch goes far enough by itself."""
    site = np.zeros((12, 12), dtype=np.bool_)
    site[3:9, 3:9] = True
    patches = patches_of(site, ~site)
    values = np.full((3, len(patches.owners)), -0.5, dtype=np.float32)
    looks = np.full((3, 1 + len(patches.rooms)), -1, dtype=np.int64)
    looks[:, 0] = works_of_site
    return Scores(np.array([100, 110, 120]), values, np.array(told), patches, looks)


def alarms(of: Scores, before=()) -> list[int]:
    found = alarms_of(of, (12, 12), before, lambda _, patch: patch)
    return [alarm.day for alarm in found]


def test_an_alarm_that_works_raise() -> None:
    found = scores([-1, 0, 0], [True] * 3)
    assert alarms(found) == [110]
    assert went_off(found)
    assert alarms_of(found, (12, 12), (), lambda _, patch: patch)[0].strength < 1
    assert alarms(scores([-1, 0, -1], [True, False, True])) == []  # too little was clear that day
    assert alarms(scores([-1, -1, -1], [True] * 3)) == []
    off, _ = false_alarms(found)
    assert not off.any()  # it is the site that went off


def test_after_an_alarm_what_it_covers_raises_no_other() -> None:
    found = scores([0, 0, 0], [True] * 3)
    found = replace(found, days=np.array([100, 400, 700]))
    assert alarms(found) == [100]


def test_the_patch_that_goes_farthest_of_each_owner() -> None:
    of = scores([-1, -1, -1], [True] * 3)
    said = np.zeros((1, 3, len(of.patches.owners)), dtype=np.float32)
    kinds = int(of.patches.kinds.max()) + 1
    said[0, 1, 4] = 3.0
    said[0, 1, 5] = np.nan
    (placed, *_) = np.flatnonzero(of.patches.owners == 1)
    said[0, 2, placed] = 2.0
    found = far_enough(said, of.patches, np.full((kinds, 1), 1.0, dtype=np.float32))
    assert found[:, 0].tolist() == [-1, 4, -1]
    assert found[:, 1].tolist() == [-1, -1, placed]
    assert (far_enough(said, of.patches, None) == -1).all()
