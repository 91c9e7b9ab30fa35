"""What looks like works raises an alarm sooner; what does not, only when it goes far by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
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
from habeas.monitoring.detection.watch_state import far_enough
from habeas.monitoring.detection.works import Seen, chance_of_no_change
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
    told = [(one, other) for one, other in zip(sooner, alone, strict=True) if one and other]
    assert len(told) >= 3
    assert any(one < other for one, other in told)


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


def seen_of(made) -> tuple[Seen, np.ndarray, np.ndarray, int]:
    """All that is seen of a site, its pixels, the patch of its first alarm, and the day of that."""
    _, state = watch(made.cube, made.outline, settings=SETTINGS)
    inside = site_mask(made.cube, made.outline, 0.0)
    ground = ground_of(state.model, stack_of(made.cube), inside, state.track.first)
    logs = logs_of(made.cube, ring_of(inside, SETTINGS.ring))
    alarm = state.alarms[0]
    return Seen(ground, logs), inside, alarm.patch, alarm.day


def test_later_images_change_nothing_of_what_was_seen_by_a_day(changed, monkeypatch) -> None:
    seen, inside, patch, day = seen_of(changed[1])
    cut = seen.until(day, inside)
    assert len(cut.logs.days) < len(seen.logs.days)
    told = chance_of_no_change(seen, inside, patch, day)
    assert told == chance_of_no_change(cut, inside, patch, day) < 0.5
    monkeypatch.setattr(Seen, "until", lambda self, *_: self)  # mutant: later images count
    assert chance_of_no_change(seen, inside, patch, day) != told


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
    said[0, 2, 5] = np.nan
    found = far_enough(said, of.patches, np.full((kinds, 1), 1.0, dtype=np.float32))
    assert found[:, 0].tolist() == [-1, 4, -1]
    assert (found[:, 1:] == -1).all()
    assert (far_enough(said, of.patches, None) == -1).all()
