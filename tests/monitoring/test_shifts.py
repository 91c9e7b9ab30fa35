from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
import xarray as xr
from scipy.ndimage import gaussian_filter, shift
from scipy.signal.windows import tukey
from skimage.registration import phase_cross_correlation

from habeas.monitoring.images import alignment
from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.images.read_images import read_images
from habeas.monitoring.images.shifts import estimate_shifts, faded


def textured(dates=12, size=60, bands=3, seed=0, noise=0.003):
    """Series of a textured ground, twice as fine as its pixels, without shifts."""
    random = np.random.default_rng(seed)
    ground = gaussian_filter(random.normal(0, 1, (bands, size + 20, size + 20)), (0, 1, 1))
    ground = 0.25 + 0.05 * ground / ground.std()
    stack = np.repeat(ground[None], dates, axis=0)
    return stack + random.normal(0, noise, stack.shape)


def moved(image, south, east):
    return np.stack([shift(band, (south, east), order=3, mode="nearest") for band in image])


def inner(stack):
    return stack[..., 10:-10, 10:-10]


def real(dates=slice(None)):
    path = files("nrt.data") / "sentinel2_cube_subset_romania_10m.nc"
    with xr.open_dataset(path) as whole:
        cube = whole.isel(time=dates).load()
    values = np.stack([cube[name].values / 1e4 for name in ("B3", "B4", "B8")], axis=1)
    return values, np.isin(cube["SCL"].values, (4, 5, 7))


@pytest.mark.parametrize(("south", "east"), [(0.3, 0), (0, -0.7), (1.4, -0.4), (-2.25, 3.1)])
def test_a_known_shift_is_recovered(south, east):
    stack = textured()
    stack[4] = moved(stack[4], south, east)
    found = estimate_shifts(inner(stack))
    assert found.south[4] == pytest.approx(south, abs=0.08)
    assert found.east[4] == pytest.approx(east, abs=0.08)
    assert np.delete(found.length, 4).max() < 0.08


def test_clouds_are_no_shift_and_hide_none():
    stack = textured()
    stack[4] = moved(stack[4], 0.4, -0.6)
    stack = inner(stack)
    stack[4, :, 20:50, 10:40] = np.nan
    stack[7, :, 0:20, :] = np.nan
    found = estimate_shifts(stack)
    assert (found.south[4], found.east[4]) == pytest.approx((0.4, -0.6), abs=0.12)
    assert found.length[7] < 0.1


def test_what_cannot_be_judged_is_not():
    stack = inner(textured())
    stack[3, :, :40] = np.nan
    assert np.isnan(estimate_shifts(stack).east[3])  # too little is clear
    flat = np.full_like(stack, 0.25)
    assert np.isnan(estimate_shifts(flat).east).all()  # no texture
    random = np.random.default_rng(0).normal(0.25, 0.02, stack.shape)
    assert np.isnan(estimate_shifts(random).east).mean() > 0.8  # nothing but noise
    assert np.isnan(estimate_shifts(inner(textured(4))).east).all()  # too few dates
    assert np.isnan(estimate_shifts(stack[:, :1]).east).all()  # one band cannot disagree
    assert np.isnan(estimate_shifts(stack[..., :20, :20]).east).all()  # too small
    assert np.isnan(estimate_shifts(np.full_like(stack, np.nan)).east).all()


@pytest.mark.parametrize("size", [24, 25, 96, 97])
def test_sides_fade_as_a_tukey_window(size):
    np.testing.assert_allclose(faded(size), tukey(size, 0.25), atol=1e-15)


def test_no_date_is_compared_with_itself():
    # Its own noise in the median would tell that a shifted date lies right.
    stack = textured(dates=6, noise=0.05)
    stack[4] = moved(stack[4], 0.4, -0.6)
    found = estimate_shifts(inner(stack))
    assert (found.south[4], found.east[4]) == pytest.approx((0.4, -0.6), abs=0.2)


def test_real_sentinel_2_moved_by_known_shifts():
    values, clear = real(slice(60, 140))
    full = np.flatnonzero(clear.mean(axis=(1, 2)) > 0.97)
    stack = np.where(clear[:, None], values, np.nan)[full].astype(np.float64)
    before = estimate_shifts(stack)
    random = np.random.default_rng(3)
    errors = []
    for at in range(0, len(full), 3):
        south, east = random.uniform(-1, 1, 2)
        changed = stack.copy()
        changed[at] = moved(values[full[at]], south, east)
        changed[at, :, 20:60, 30:70] = np.nan
        after = estimate_shifts(changed, np.arange(len(full)) == at)
        errors += [after.south[at] - before.south[at] - south,
                   after.east[at] - before.east[at] - east]  # fmt: skip
    errors = np.array(errors)
    assert np.isfinite(errors).mean() > 0.8
    assert np.nanmedian(np.abs(errors)) < 0.1


def test_it_errs_less_than_scikit_image():
    stack = textured(dates=9)
    shifts = np.random.default_rng(1).uniform(-1, 1, (9, 2))
    shifts[0] = shifts[2:].mean()
    held = inner(np.stack([moved(image, *by) for image, by in zip(stack, shifts, strict=True)]))
    reference = inner(stack).mean(axis=0)
    theirs = np.array([
        np.median([phase_cross_correlation(image[band], reference[band], upsample_factor=50)[0]
                   for band in range(3)], axis=0)
        for image in held
    ])  # fmt: skip
    still = inner(textured(dates=9, seed=0))
    ours = np.array([
        (found.south[at], found.east[at])
        for at in range(9)
        for found in [estimate_shifts(np.concatenate([still, held[at : at + 1]]))]
        for at in [9]
    ])  # fmt: skip
    assert np.abs(ours - shifts).max() < np.abs(theirs - shifts).max()
    assert np.abs(ours - shifts).max() < 0.1


def cube_of(making, stack):
    cube = making.small_cube(times=len(stack), size=stack.shape[-1], bands=("red", "nir", "swir16"))
    for at, name in enumerate(("red", "nir", "swir16")):
        cube[name].values[:] = stack[:, at]
    return cube


def test_dates_that_lie_off_are_moved_by_whole_pixels_or_dropped(tmp_path, making, monkeypatch):
    stack = textured(noise=0.001)
    wanted = inner(stack)[0].copy()
    stack[4] = np.roll(stack[0], (1, -1), axis=(1, 2))
    stack[6] = moved(stack[6], 0.2, 0.2)
    stack[8] = moved(stack[8], 0.3, -2.8)
    write_folder(cube_of(making, inner(stack)), tmp_path / "images")
    site = making.site_at(28, 28, surroundings=280)
    images = read_images(tmp_path / "images", site)
    assert images.cube.sizes["time"] == 11
    (stray,) = [scene for scene in images.scenes if not scene.used]
    assert stray.id.endswith("_008")
    assert stray.reason == "it lies more than 2 pixels off the other dates"
    assert stray.shift == pytest.approx((-28, -3), abs=1)  # metres east and north
    assert images.scenes[6].used
    assert images.scenes[6].shift == pytest.approx((2, -2), abs=0.8)
    assert not images.scenes[6].remarks
    # A pixel too far south and west: its values are where they belong, as they were measured.
    assert images.scenes[4].shift == pytest.approx((-10, -10), abs=1)
    assert "moved by whole pixels" in images.scenes[4].remarks[0]
    red = images.cube["red"].values[4]
    assert np.isnan(red[-1]).all()
    assert np.isnan(red[:, 0]).all()
    assert np.isnan(red).sum() == 2 * 60 - 1
    np.testing.assert_array_equal(red[:-1, 1:], wanted[0, :-1, 1:].astype(np.float32))
    # Without the limit the stray would have been used.
    monkeypatch.setattr(alignment, "LARGEST", 5.0)
    assert read_images(tmp_path / "images", site).cube.sizes["time"] == 12


def test_a_date_once_judged_stays_judged(tmp_path, making, monkeypatch):
    stack = textured(dates=22)
    stack[4] = moved(stack[4], 0.5, -2.7)
    write_folder(cube_of(making, inner(stack)), tmp_path / "images")
    site, cache = making.site_at(28, 28, surroundings=280), tmp_path / "cache"
    first = read_images(tmp_path / "images", site, cache=cache)
    assert first.cube.sizes["time"] == 21
    monkeypatch.setattr(alignment, "_estimated", None)  # is not asked again
    again = read_images(tmp_path / "images", site, cache=cache)
    assert again.cube.identical(first.cube)
    assert again.scenes == first.scenes
