"""The compiled loops of the detection say what plain NumPy, or a plain loop, says of the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.monitoring.detection import season, statistic
from habeas.monitoring.detection.patches import SIDES, patch_means, patches_of
from habeas.monitoring.detection.surroundings import common_to
from habeas.monitoring.detection.whitening import capped, whitened, whitener
from habeas.monitoring.detection.windows import LONGEST, windows

SEEDS = st.integers(0, 2**32 - 1)


def _numbers(random: np.random.Generator, *shape: int) -> np.ndarray:
    return random.normal(size=shape).astype(np.float32)


@given(seed=SEEDS, length=st.sampled_from((4, 8, 16)), first=st.integers(0, 20))
def test_a_window_holds_the_last_clear_observations(seed: int, length: int, first: int) -> None:
    random = np.random.default_rng(seed)
    values, clear = _numbers(random, 3, 2, 40), random.random((3, 40)) < 0.7
    days = np.cumsum(random.integers(1, 60, 40))
    found, told = windows(values, clear, days, length, first)
    for unit in range(3):
        for at in range(first, 40):
            last = np.flatnonzero(clear[unit, : at + 1])[-length:]
            near = len(last) == length and days[at] - days[last[0]] <= LONGEST
            near = bool(clear[unit, at] and near)
            assert told[unit, at - first] == near
            some = values[unit][:, last] if near else np.zeros((2, 1))
            said = np.median(some, axis=1) if length == 4 else some.mean(axis=1)
            assert found[unit, :, at - first] == pytest.approx(said, abs=1e-5)


@given(seed=SEEDS)
def test_whitening_is_that_of_the_covariance_of_capped_vectors(seed: int) -> None:
    random = np.random.default_rng(seed)
    values = 12 * _numbers(random, 7, 4, 50)
    clear = random.random((7, 50)) < 0.8
    values *= clear[:, None]
    length = np.linalg.norm(values, axis=1, keepdims=True)
    longest = 16 * np.sqrt(4 / 2)
    short = values * np.minimum(1, longest / np.maximum(length, 1e-9))
    assert (length > longest).any()
    assert capped(values) == pytest.approx(short, rel=1e-5, abs=1e-5)
    flat = short.transpose(1, 0, 2).reshape(4, -1).astype(np.float64)
    matrix = whitener(values, clear).astype(np.float64)
    around = flat @ flat.T / clear.sum()
    around += 0.02 * np.trace(around) / 4 * np.eye(4)
    assert matrix @ around @ matrix.T == pytest.approx(np.eye(4), abs=1e-3)


@given(seed=SEEDS)
def test_each_patch_is_whitened_as_its_kind_is(seed: int) -> None:
    random = np.random.default_rng(seed)
    whiten, values = _numbers(random, 3, 4, 4), _numbers(random, 9, 4, 11)
    kinds = random.integers(0, 3, 9)
    said = np.stack([whiten[kind] @ value for kind, value in zip(kinds, values, strict=True)])
    assert whitened(whiten, values, kinds) == pytest.approx(said, rel=1e-4, abs=1e-4)


@given(seed=SEEDS, bands=st.integers(3, 6))
def test_a_patch_is_the_mean_of_its_clear_pixels(seed: int, bands: int) -> None:
    random = np.random.default_rng(seed)
    site = np.zeros((16, 16), dtype=np.bool_)
    site[6:10, 5:11] = True
    patches = patches_of(site, ~site)
    values, clear = _numbers(random, 5, bands, site.size), random.random((5, site.size)) < 0.6
    means, seen = patch_means(values, clear, patches)
    assert len(np.unique(patches.kinds)) == len(SIDES) - 1
    for patch, inside in enumerate(patches.members.T > 0):
        shown = clear[:, inside]
        assert (seen[patch] == (2 * shown.sum(axis=1) >= inside.sum())).all()
        total = (values[:, :, inside] * shown[:, None]).sum(axis=2)
        mean = total / np.maximum(shown.sum(axis=1), 1)[:, None]
        assert pytest.approx(mean, abs=1e-5) == means[patch].T


def test_more_bands_than_are_summed_side_by_side_are_refused() -> None:
    site = np.zeros((12, 12), dtype=np.bool_)
    site[5:8, 5:8] = True
    values, clear = np.ones((2, 8, 144), dtype=np.float32), np.ones((2, 144), dtype=np.bool_)
    with pytest.raises(AssertionError):
        patch_means(values, clear, patches_of(site, ~site))
    means, _ = patch_means(values[:, :7], clear, patches_of(site, ~site))
    assert (means == 1).all()


def _problem(random: np.random.Generator, dates: int) -> tuple[season.Problem, np.ndarray]:
    clear = random.random((dates, 3)) < 0.8
    design = np.concatenate((np.ones((dates, 1)), random.normal(size=(dates, 2))), axis=1)
    return season.Problem(
        design.astype(np.float32),
        _numbers(random, dates, 2, 3) * clear[:, None],
        clear,
        np.array([0.01, 0.5, 2.0]),
        _numbers(random, 3, 2, 3),
    ), (random.random((dates, 3)) * clear).astype(np.float32)


@given(seed=SEEDS)
def test_what_is_left_out_is_foretold_by_the_other_years_alone(seed: int) -> None:
    random = np.random.default_rng(seed)
    problem, weights = _problem(random, 45)
    years = np.repeat([2, 1, 0], [20, 15, 10])
    left = season.left_out(problem, weights, years)
    assert problem.towards is not None
    for year in range(3):
        own = years == year
        for pixel in range(3):
            design = problem.design[~own].astype(np.float64)
            weight = weights[~own, pixel, None].astype(np.float64)
            ridge = np.diag(problem.ridge + 1e-4)
            gram = design.T @ (weight * design) + ridge
            moment = design.T @ (weight * problem.response[~own, :, pixel])
            found = np.linalg.solve(gram, moment + ridge @ problem.towards[:, :, pixel])
            expected = problem.response[own, :, pixel] - problem.design[own] @ found
            expected *= problem.clear[own, pixel, None]
            assert left[own, :, pixel] == pytest.approx(expected, abs=1e-3)


@given(seed=SEEDS)
def test_what_pixels_have_in_common_is_drawn_to_those_that_lie_near(seed: int) -> None:
    random = np.random.default_rng(seed)
    values, clear = _numbers(random, 6, 2, 30), random.random((6, 30)) < 0.7
    values[:, :, :6] += 9  # a minority that moves by itself
    scale = random.uniform(0.5, 2, (2, 30)).astype(np.float32)
    found = common_to(values, clear, scale)
    for date, seen in enumerate(clear):
        some, unit = values[date][:, seen].astype(np.float64), scale[:, seen].astype(np.float64)
        centre = np.median(some, axis=1)
        for _ in range(3):
            apart = np.square((some - centre[:, None]) / unit).mean(axis=0) / 9
            weight = np.square(np.maximum(1 - apart, 0)) / np.square(unit).mean(axis=0)
            centre = (some * weight).sum(axis=1) / weight.sum()
        assert found[date] == pytest.approx(centre, abs=1e-3)


def test_where_nothing_lies_near_the_middle_it_stays_the_middle() -> None:
    sides = np.where(np.arange(60) % 2, 0.4, -0.4) + np.linspace(-0.01, 0.01, 60)
    values = np.tile(sides, (2, 6, 1)).astype(np.float32)
    clear = np.ones((2, 60), dtype=np.bool_)
    clear[1] = False
    found = common_to(values, clear, np.full((6, 60), 0.02, dtype=np.float32))
    assert found[0] == pytest.approx(np.median(sides), abs=1e-6)
    assert np.isnan(found[1]).all()


def test_the_surroundings_are_taken_off_where_there_are_any() -> None:
    values, ring = np.ones((2, 2, 3), dtype=np.float32), np.zeros((2, 2), dtype=np.float32)
    ring[0], ring[1, 1] = (0.25, 0.5), np.nan
    left, seen = statistic._against(values, np.array([[True, True, False]] * 2), ring)
    assert left[0].tolist() == [[0.75, 0.75, 0], [0.5, 0.5, 0]]
    assert seen.tolist() == [[True, True, False], [False, False, False]]
    assert not left[1].any()
