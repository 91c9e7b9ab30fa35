"""A change put into real images: where and when the truth says, and nowhere else."""

from datetime import date

import numpy as np
import pytest
from scipy.ndimage import binary_dilation
from shapely.geometry import box

from habeas.errors import InputError
from habeas.monitoring import detect
from habeas.monitoring.cube import bands_of, check_cube
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.disturbance import KINDS
from habeas.monitoring.simulation import Change, inject


@pytest.fixture
def footprint():
    mask = np.zeros((16, 16), dtype=bool)
    mask[6:10, 5:9] = True
    return mask


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_patch_changes_and_only_from_its_first_day(real_cube, footprint, kind):
    change = Change(kind=kind, onset=date(2019, 6, 1), cover=0.9)
    found = inject(real_cube, footprint, change, seed=4)
    check_cube(found.cube)
    before = real_cube["time"].values < np.datetime64("2019-06-01")
    near = np.zeros_like(footprint)
    near[4:12, 3:11] = True
    after = real_cube["time"].values > np.datetime64(found.end)
    moved = np.zeros(footprint.shape)
    for band in bands_of(real_cube):
        old, new = real_cube[band].values, found.cube[band].values
        assert np.array_equal(np.isnan(old), np.isnan(new))
        apart = np.abs(new - old)
        assert np.nanmax(apart[before]) == 0
        assert np.nanmax(apart[:, ~near]) == 0
        moved += np.nan_to_num(np.nanmean(apart[after], axis=0))
    assert np.median(moved[footprint]) > 0.05
    assert (found.kind, found.onset) == (kind, date(2019, 6, 1))


def test_equal_seeds_give_equal_bytes(real_cube, footprint):
    change = Change(kind="rubbish", onset=date(2019, 6, 1))
    first, again, other = (inject(real_cube, footprint, change, seed).cube for seed in (1, 1, 2))
    assert first.identical(again)
    assert not first.identical(other)


def test_what_cannot_be_put_in_is_refused(real_cube, footprint):
    with pytest.raises(InputError, match="no onset"):
        inject(real_cube, footprint, Change(kind="rubbish"), seed=1)
    with pytest.raises(InputError, match="no pixel"):
        inject(
            real_cube,
            ~footprint & footprint,
            Change(kind="rubbish", onset=date(2019, 6, 1)),
            seed=1,
        )
    with pytest.raises(InputError, match="no pixel"):
        inject(real_cube, footprint[:8], Change(kind="rubbish", onset=date(2019, 6, 1)), seed=1)


def test_ground_that_changed_for_good_is_known_from_two_summers(real_cubes) -> None:
    whole, watched_from = real_cubes.romania("20m"), date(2018, 7, 1)
    before = real_cubes.true_change(whole, watched_from)
    assert 0 < before.mean() < 0.05
    patch = np.zeros(before.shape, dtype=bool)
    patch[4:8, 36:40] = True
    assert not before[patch].any()
    change = Change(kind="paved_or_built", onset=date(2019, 3, 1), days=5, cover=1.0)
    after = real_cubes.true_change(inject(whole, patch, change, 5).cube, watched_from)
    assert after[patch].all()
    assert (after == before)[~binary_dilation(patch, iterations=2)].mean() > 0.995


@pytest.mark.parametrize("corner", [(0, 26), (26, 26)])
def test_real_forest_gives_no_alarm_and_what_is_put_into_it_is_found(real_cubes, corner) -> None:
    onset, watch = date(2019, 3, 1), DetectionSettings(watch_from=date(2018, 7, 1))
    cube = real_cubes.romania("20m").isel(
        y=slice(corner[0], corner[0] + 24), x=slice(corner[1], corner[1] + 24)
    )
    x, y = cube["x"].values[8:16], cube["y"].values[8:16]
    site = box(x.min() - 10, y.min() - 10, x.max() + 10, y.max() + 10)
    assert detect(cube, site, settings=watch).status == "no_disturbance_found"
    patch = np.zeros((24, 24), dtype=bool)
    patch[9:14, 9:14] = True
    change = Change(kind="paved_or_built", onset=onset, days=5, cover=1.0)
    (found,) = detect(inject(cube, patch, change, 5).cube, site, settings=watch).disturbances
    assert onset <= found.alarm <= date(2019, 5, 1)
    assert found.last_without is not None
    assert found.last_without < onset <= found.first_with
    assert found.earliest <= onset <= found.latest
    assert (found.footprint & patch).sum() / (found.footprint | patch).sum() >= 0.75
