"""Simulated sites: the same for the same seed, plausible, and changed only where and when told."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import xarray as xr

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS, check_cube
from habeas.monitoring.disturbance import KINDS
from habeas.monitoring.simulation import Change, simulate_site


def values(cube: xr.Dataset) -> np.ndarray:
    return cube[list(BANDS)].to_array().values


def test_equal_seeds_give_equal_bytes_and_others_do_not():
    first, again, other = (simulate_site(seed) for seed in (11, 11, 12))
    xr.testing.assert_identical(first.cube, again.cube)
    assert first.outline == again.outline
    assert values(first.cube).shape != values(other.cube).shape or not np.array_equal(
        values(first.cube), values(other.cube), equal_nan=True
    )


def test_splits_give_other_ground():
    calibration = simulate_site(3, split="calibration")
    test = simulate_site(3, split="test")
    assert np.nanmedian(values(calibration.cube)[2]) != np.nanmedian(values(test.cube)[2])
    assert (calibration.truth.split, test.truth.split) == ("calibration", "test")


@pytest.mark.parametrize("seed", range(8))
def test_cubes_are_cubes_and_reflectance_is_plausible(seed):
    site = simulate_site(seed)
    check_cube(site.cube)
    assert len(np.unique(site.cube["scene"])) == site.cube.sizes["time"]
    found = values(site.cube)
    assert found.dtype == np.float32
    assert np.nanmin(found) > 0
    assert np.nanmax(found) <= 1.2
    low, high = np.nanquantile(found, [0.02, 0.98], axis=(1, 2, 3))
    assert (low > 0.004).all()
    assert (high < 0.85).all()
    assert 0.01 < np.isnan(found).mean() < 0.3
    assert np.isnan(found).all(axis=0).sum() == np.isnan(found).any(axis=0).sum()


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_is_where_and_when_the_truth_says(kind):
    change = Change(kind=kind, onset=date(2020, 9, 1), pixels=(4, 4), cover=1.0)
    stable = simulate_site(21, sensors=("sentinel-2",))
    changed = simulate_site(21, change=change, sensors=("sentinel-2",))
    days = stable.cube["time"].values
    before = days < np.datetime64("2020-09-01")
    after = days > np.datetime64(changed.truth.end) + np.timedelta64(30, "D")
    apart = np.abs(values(stable.cube) - values(changed.cube))
    assert np.nanmax(apart[:, before]) == 0
    mean = np.nanmean(apart[:, after], axis=(0, 1))
    footprint = changed.truth.footprint
    grown = np.zeros_like(footprint)
    rows, columns = np.nonzero(footprint)
    grown[rows.min() - 2 : rows.max() + 3, columns.min() - 2 : columns.max() + 3] = True
    assert mean[footprint].min() > 5 * max(mean[~grown].max(), 1e-4)
    assert changed.truth.onset == date(2020, 9, 1)
    assert changed.truth.kind == kind
    assert stable.truth.onset is None
    assert not stable.truth.footprint.any()


def test_about_three_in_a_hundred_clear_pixels_are_not_clear(monkeypatch):
    from habeas.monitoring.simulation import site as module

    shares = []
    real = module.through

    def watched(sky, image):
        dirty = (sky.cloud > 0.03) | (sky.shadow > 0.05)
        shares.append((dirty & sky.clear).sum() / sky.clear.sum())
        return real(sky, image)

    monkeypatch.setattr(module, "through", watched)
    for seed in range(12):
        simulate_site(seed)
    assert 0.015 < np.mean(shares) < 0.05


@pytest.mark.parametrize(
    "broken",
    [
        {"change": Change(kind="exhumed")},
        {"sensors": ("modis",)},
        {"sensors": ()},
        {"size": 8, "site": 8},
        {"size": 15, "site": 8},
    ],
)
def test_what_cannot_be_simulated_is_refused(broken):
    with pytest.raises(InputError):
        simulate_site(1, **broken)


def test_when_so_much_ground_was_changed_is_told():
    slow = Change(kind="rubbish", onset=date(2020, 6, 1), days=200, pixels=(6, 6), cover=0.5)
    truth = simulate_site(7, change=slow).truth
    some, more = truth.reached[200], truth.reached[400]
    assert truth.onset < some < more < truth.end
    # Nine hundred square metres in the end, from a heap outward at an even pace.
    assert 20 <= (some - truth.onset).days <= 100
    sudden = replace(slow, kind="bulldozed", days=1)
    assert set(simulate_site(7, change=sudden).truth.reached.values()) == {date(2020, 6, 1)}
    little = replace(slow, pixels=(2, 2))
    reached = simulate_site(7, change=little).truth.reached
    assert reached[400] <= simulate_site(7, change=little).truth.end
    assert simulate_site(7).truth.reached == {}
