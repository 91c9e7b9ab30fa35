"""How often stable ground goes off in the same images: measured beside sites of every size."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from scipy import ndimage
from tests.monitoring.scenes import scene

from habeas.cli.watching_run import SiteResult, realised
from habeas.monitoring import detect
from habeas.monitoring.detection import patches as patches_module
from habeas.monitoring.detection.calibration import less_unrest
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.patches import COPIES, patches_of
from habeas.monitoring.detection.settings import DetectionSettings

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))


def laid(height: int, width: int):
    """The patches of a site in a window as large as is watched, and where they may lie."""
    site = np.zeros((height + 16, width + 16), dtype=bool)
    site[8:-8, 8:-8] = True
    usable = ~ndimage.binary_dilation(site, structure=np.ones((3, 3)))
    return patches_of(site, usable), site, usable


@pytest.mark.parametrize(
    "shape", [(1, 1), (2, 2), (4, 5), (6, 6), (8, 8), (3, 30), (12, 12), (25, 40), (70, 80)]
)
def test_every_size_of_site_has_null_placements_in_its_surroundings(shape):
    patches, site, usable = laid(*shape)
    assert 1 <= len(patches.rooms) <= COPIES
    assert set(patches.owners) >= set(range(len(patches.rooms) + 1))
    covered = []
    for owner, room in enumerate(patches.rooms, start=1):
        pixels = patches.members[:, patches.owners == owner].any(axis=1).reshape(site.shape)
        assert not (pixels & ~usable).any()
        assert room == pytest.approx(pixels.sum() / site.sum())
        assert room <= 1
        covered.append(pixels)
    if patches.pieces:  # each ground is watched once
        assert (np.sum(covered, axis=0) <= 1).all()
    if site.sum() <= usable.sum():
        assert patches.rooms.min() > 0.8


def test_what_happens_beside_the_site_is_what_they_measure():
    """A change in the surroundings goes off there, and not in the site."""
    made = scene(2)
    quiet = detect(made.cube, made.outline, settings=SETTINGS).calibration
    assert (quiet.alarms, quiet.placements) == (0, 1)
    assert quiet.years == pytest.approx(2, abs=0.1)
    _, state = watch(made.cube, made.outline, settings=SETTINGS)
    place = state.patches.members[:, state.patches.owners == 1].any(axis=1)
    size = made.cube.sizes["y"]
    rows, columns = np.nonzero(place.reshape(size, size))
    cube = made.cube.copy(deep=True)
    later = np.flatnonzero(cube["time"].values >= np.datetime64("2020-08-03"))
    for band in cube.data_vars:
        cube[band].values[later[:, None], rows[:20], columns[:20]] *= 0.5
    found = detect(cube, made.outline, settings=SETTINGS)
    assert not found.disturbances
    assert found.calibration.alarms == 1
    assert found.calibration.rate.low > 0


def test_nothing_is_learned_from_pieces(monkeypatch):
    """More of them, or none that tell, and the site's own statistic is the same."""
    made = scene(2)
    one = watch(made.cube, made.outline, settings=SETTINGS)[1]
    monkeypatch.setattr(patches_module, "_ROOM", 10_000)
    many = watch(made.cube, made.outline, settings=SETTINGS)[1]
    assert len(many.patches.rooms) > len(one.patches.rooms)
    own = [state.track.scores[:, state.patches.owners <= 0] for state in (one, many)]
    np.testing.assert_allclose(own[0], own[1], atol=1e-4)
    monkeypatch.setattr(
        patches_module.Patches, "telling", property(lambda self: np.ones_like(self.site))
    )
    learned = watch(made.cube, made.outline, settings=SETTINGS)[1]
    assert not np.allclose(
        own[1], learned.track.scores[:, learned.patches.owners <= 0], atol=1e-4, equal_nan=True
    )


def test_the_unrest_of_pieces_is_not_counted_twice():
    patches, _, _ = laid(8, 8)
    said = np.zeros((1, 2, len(patches.owners)), dtype=np.float32)
    said[:, :, patches.owners > 0] = 5
    assert (less_unrest(said, patches)[:, :, patches.site] == 0).all()
    said[:, :, patches.owners < 0] = 3
    assert (less_unrest(said, patches)[:, :, patches.site] == -3).all()


def test_a_run_tells_the_rate_of_all_its_sites():
    results = [
        SiteResult(site="site:a", status="disturbed", null_alarms=1, null_site_years=20.0),
        SiteResult(site="site:b", status="no_disturbance_found", null_site_years=30.0),
        SiteResult(site="site:c", status="failed"),
    ]
    told = realised(results)
    assert (told.alarms, told.site_years, told.rate) == (1, 50.0, 0.02)
    assert told.low == pytest.approx(0.0513 / 50, rel=0.01)  # Garwood's interval of 1: .0513, 4.744
    assert told.high == pytest.approx(4.744 / 50, rel=0.01)
    assert realised(results[2:]) is None
