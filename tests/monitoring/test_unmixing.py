"""Unmixing: shares of known mixtures come back; they are never negative and sum to one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.monitoring.detection.unmixing import SURFACES, endmembers, unmix

SOIL = np.array([0.12, 0.17, 0.23, 0.29, 0.37, 0.33])


@pytest.mark.parametrize("surface", range(len(SURFACES)))
def test_a_known_mixture_comes_back(surface):
    mixed = 0.6 * SOIL + 0.4 * endmembers()[surface]
    shares, left = unmix(mixed, SOIL)
    again = np.vstack([SOIL, endmembers()]).T @ shares
    assert np.allclose(again, mixed, atol=2e-3)
    assert left < 2e-3


def test_asphalt_and_canopy_are_told_from_soil():
    for surface in ("asphalt", "canopy"):
        at = SURFACES.index(surface)
        shares, _ = unmix(0.5 * SOIL + 0.5 * endmembers()[at], SOIL)
        assert abs(shares[1 + at] - 0.5) < 0.1, surface
        untouched, _ = unmix(SOIL, SOIL)
        assert untouched[0] > 0.98


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.01, 0.9), min_size=6, max_size=6))
def test_shares_are_shares(spectrum):
    shares, left = unmix(np.array(spectrum), SOIL)
    assert (shares >= 0).all()
    assert abs(shares.sum() - 1) < 0.02
    assert left >= 0
