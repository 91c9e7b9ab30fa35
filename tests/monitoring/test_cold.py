"""The second opinion: COLD's breaks, pooled to a site; told plainly where it cannot be had."""

import sys
from datetime import date

import numpy as np
import pytest
from shapely.geometry import Point, box

from habeas.errors import InputError
from habeas.monitoring.detection.cold import ColdSettings, pooled, second_opinion
from habeas.monitoring.simulation import Change, simulate_site

WATCHED = date(2020, 1, 1)


@pytest.fixture(scope="module")
def paved():
    change = Change(
        kind="paved_or_built", onset=date(2021, 3, 1), days=10, pixels=(4, 4), cover=1.0
    )
    return simulate_site(1001, change=change, size=10, site=4)


def test_a_paved_site_is_dated_and_outlined(paved):
    found = second_opinion(paved.cube, paved.outline, watched_from=WATCHED)
    event = next(event for event in found.events if event.began >= date(2021, 2, 1))
    assert abs((event.began - paved.truth.onset).days) < 90
    assert event.confirmed >= event.began
    overlap = (event.pixels & paved.truth.footprint).sum()
    assert overlap / (event.pixels | paved.truth.footprint).sum() > 0.5


def test_breaks_before_the_watch_are_history(paved):
    found = second_opinion(paved.cube, paved.outline, watched_from=date(2022, 6, 1))
    assert all(event.began >= date(2022, 6, 1) for event in found.events)
    assert (found.breaks[found.breaks > 0] >= np.datetime64("2022-06-01").astype(int)).all()


def test_one_pixel_is_no_event_and_neither_are_two_that_do_not_touch():
    breaks = np.zeros((5, 5), dtype=np.int64)
    breaks[0, 0] = breaks[4, 4] = 18_500
    assert pooled(breaks, breaks + 30, ColdSettings()) == ()
    breaks[1, 1] = 18_700
    assert pooled(breaks, breaks + 30, ColdSettings()) == ()
    (event,) = pooled(breaks, breaks + 30, ColdSettings(days=200))
    assert event.pixels.sum() == 2
    assert len(pooled(breaks, breaks + 30, ColdSettings(pixels=1))) == 3


def test_each_pixel_counts_in_one_event():
    breaks = np.zeros((4, 4), dtype=np.int64)
    breaks[0, :2], breaks[0, 2:] = 18_500, 18_650
    events = pooled(breaks, breaks + 30, ColdSettings())
    assert [int(event.pixels.sum()) for event in events] == [2, 2]
    assert events[0].began < events[1].began


def test_without_pyxccd_the_mend_is_told(paved, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyxccd", None)
    with pytest.raises(InputError, match="pip install"):
        second_opinion(paved.cube, paved.outline, watched_from=WATCHED)


def test_an_outline_elsewhere_is_refused(paved):
    with pytest.raises(InputError, match="do not cover"):
        second_opinion(paved.cube, box(0, 0, 10, 10), watched_from=WATCHED)


def test_a_site_between_the_centres_of_pixels_is_asked_of_the_pixels_that_it_touches(paved):
    rows, columns = np.nonzero(paved.truth.footprint)
    corner = [float(paved.cube[axis][at[0]]) + half for axis, at, half in
              (("x", columns, 5), ("y", rows, -5))]  # fmt: skip
    between = Point(corner).buffer(3)
    found = second_opinion(paved.cube, between, watched_from=WATCHED)
    assert 0 < (found.breaks > 0).sum() <= 4
    assert found.breaks.shape == paved.truth.footprint.shape


def test_images_that_are_all_cloud_give_no_event(paved):
    clouded = paved.cube.copy(deep=True)
    for name in clouded.data_vars:
        clouded[name][:] = np.nan
    found = second_opinion(clouded, paved.outline, watched_from=WATCHED)
    assert found.events == ()
    assert found.first is None


def test_too_few_images_are_not_given_to_cold(paved):
    few = paved.cube.isel(time=slice(0, 20))
    assert second_opinion(few, paved.outline, watched_from=date(2016, 1, 1)).events == ()
