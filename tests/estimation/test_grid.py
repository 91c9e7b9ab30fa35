"""A grid gives the sums that adding one by one gives, and says how far it may be wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import logsumexp

from habeas.errors import InputError
from habeas.estimation import grid as grid_module
from habeas.estimation.grid import adaptive_grid, dense_grid
from habeas.estimation.posterior import GridPosterior


def normal(centre, width):
    return lambda missing: -0.5 * ((missing - centre) / width) ** 2


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 60_000), st.floats(2, 20_000))
def test_sums_are_those_of_every_whole_number(centre, width):
    found = adaptive_grid(normal(centre, width))
    dense = dense_grid(0, int(centre + 12 * width) + 200)
    expected = logsumexp(normal(centre, width)(dense.missing))
    assert logsumexp(normal(centre, width)(found.missing) + found.log_weights) == pytest.approx(
        expected, abs=1e-5
    )
    assert found.error < 1e-6
    assert found.tail < 1e-7


@settings(deadline=None, max_examples=60)
@given(st.floats(100, 60_000), st.floats(5, 20_000), st.floats(0.01, 0.99))
def test_quantiles_are_those_of_every_whole_number(centre, width, share):
    sparse, dense = adaptive_grid(normal(centre, width)), dense_grid(0, int(centre + 12 * width))
    one = GridPosterior.of(1000, sparse, normal(centre, width)(sparse.missing))
    other = GridPosterior.of(1000, dense, normal(centre, width)(dense.missing))
    assert one.quantile(share) == pytest.approx(other.quantile(share), rel=1e-3, abs=1.01)


def hill_far_away() -> float:
    """The share of the second of two hills; in truth a half."""

    def density(missing):
        far = normal(2_300_000, 500)(missing) - np.log(500 / 3)
        return np.stack([normal(40, 3)(missing), far])

    found = adaptive_grid(density)
    log_density = np.logaddexp.reduce(density(found.missing))
    posterior = GridPosterior.of(10, found, log_density)
    return float(posterior.mass[posterior.grid.missing > 1000].sum())


def test_two_narrow_hills_far_apart():
    assert hill_far_away() == pytest.approx(0.5, abs=1e-4)


def test_a_tail_without_a_mean_says_so():
    def density(missing):
        return -1.5 * np.log1p(missing)

    found = adaptive_grid(density)
    posterior = GridPosterior.of(10, found, density(found.missing))
    assert posterior.mean() == float("inf")
    assert posterior.quantile(0.5) < 20


def test_a_tail_with_a_mean():
    def density(missing):
        return -3.5 * np.log1p(missing)

    found = adaptive_grid(density)
    posterior = GridPosterior.of(10, found, density(found.missing))
    exact = stats.zipf(3.5)
    assert posterior.mean() == pytest.approx(10 + exact.mean() - 1, rel=1e-6)


def test_an_end_is_kept():
    found = adaptive_grid(normal(5000, 300), furthest=5000)
    assert found.ends
    assert found.missing.max() <= 5000.5
    short = adaptive_grid(normal(5, 3), furthest=40)
    assert short.missing.tolist() == list(range(41))


def test_without_refining_a_narrow_hill_is_missed(monkeypatch):
    """The mutant of the first test."""
    monkeypatch.setattr(grid_module._Panels, "refine", lambda *_: 0.0)
    found = adaptive_grid(normal(50_000, 3000))
    expected = np.log(3000 * np.sqrt(2 * np.pi))
    got = logsumexp(normal(50_000, 3000)(found.missing) + found.log_weights)
    assert abs(got - expected) > 1e-3


def test_without_looking_for_hills_a_narrow_one_is_missed(monkeypatch):
    """The mutant of the test of two hills."""
    monkeypatch.setattr(grid_module, "hill_edges", lambda *_: np.empty(0))
    assert hill_far_away() < 1e-6


def test_draws_follow_the_posterior():
    found = adaptive_grid(normal(8000, 900))
    posterior = GridPosterior.of(4400, found, normal(8000, 900)(found.missing))
    drawn = posterior.draws(20_000, seed=7)
    assert (drawn == posterior.draws(20_000, seed=7)).all()
    assert (drawn == np.rint(drawn)).all()
    assert drawn.mean() == pytest.approx(12_400, abs=30)
    assert stats.kstest((drawn - 12_400) / 900, "norm").pvalue > 1e-3


@pytest.mark.parametrize(("first", "last"), [(10, 5), (-1, 5), (0, 5.5), (0, float("inf"))])
def test_no_dense_grid(first, last):
    with pytest.raises(InputError, match="no grid of the missing"):
        dense_grid(first, last)


@pytest.mark.parametrize("share", [0, 1, -0.2, float("nan")])
def test_no_share(share):
    posterior = GridPosterior.of(1, dense_grid(0, 3), np.zeros(4))
    with pytest.raises(InputError, match="no share"):
        posterior.quantile(share)
