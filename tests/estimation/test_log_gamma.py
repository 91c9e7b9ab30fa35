"""Ratios of gamma functions: against exact products, and far out where doubles run dry."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln

from habeas.estimation.log_gamma import log_gamma_ratio


@given(st.integers(0, 10**15), st.integers(1, 40), st.integers(1, 40))
def test_ratios_of_whole_numbers_are_products(base, above, below):
    exact = 1
    for step in range(min(above, below), max(above, below)):
        exact *= base + step
    expected = log(exact) if above >= below else -log(exact)
    found = log_gamma_ratio(np.array([float(base)]), float(above), float(below))
    assert found[0] == pytest.approx(expected, rel=1e-12, abs=1e-9)


@given(st.floats(0.01, 5000), st.floats(0.01, 5000))
def test_near_and_far_meet(above, below):
    border = max(1e4, 4 * abs(above - below), 4 * below)
    base = np.array([border * (1 - 1e-9), border])
    found = log_gamma_ratio(base, above, below)
    plain = gammaln(base + above) - gammaln(base + below)
    assert found == pytest.approx(plain, rel=1e-9, abs=1e-8)
    assert log_gamma_ratio(base, np.array([[above], [below]]), below).shape == (2, 2)


def test_the_plain_difference_is_noise_far_out():
    """The mutant: what this replaces is wrong by more than 1 at 1e15, where the tail is bounded."""
    base = np.array([7.3e14])
    exact = -0.9 * log(7.3e14)
    assert log_gamma_ratio(base, 0.1, 1.0)[0] == pytest.approx(exact, abs=1e-9)
    plain = gammaln(base + 0.1) - gammaln(base + 1.0)
    assert abs(plain[0] - exact) > 1
