"""Ratios of gamma functions of large numbers that do not drown in rounding.

The logarithm of the gamma function of 1e15 is 3e16, and a double holds it to a few units: the
difference of two such numbers would be noise, and so would a fraction that is added to 1e15. Far
out the difference is computed as such, from what is added on either side.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Floats = npt.NDArray[np.float64]

_LARGE = 1e4
"""From here on Stirling's series to the second term is exact in doubles."""


def log_gamma_ratio(base: Floats, above: Floats | float, below: Floats | float) -> Floats:
    """The logarithm of gamma(base + above) / gamma(base + below).

    Args:
        base: 0 or more; shape (p,).
        above: added in the numerator; a shape that fits (s, p).
        below: added in the denominator; likewise.

    Returns:
        Shape (p,), or (s, p).
    """
    above, below = np.atleast_1d(above), np.atleast_1d(below)
    shift = above - below
    far = base > np.maximum(_LARGE, 4 * np.maximum(_widest(shift), _widest(below)))
    if not far.any():
        return np.asarray(gammaln(base + above) - gammaln(base + below))
    found = np.empty(np.broadcast_shapes(base.shape, shift.shape))
    near = ~far
    low, high = base[near], base[far]
    found[..., near] = gammaln(low + _at(above, near)) - gammaln(low + _at(below, near))
    found[..., far] = _by_stirling(high + _at(above, far), high + _at(below, far), _at(shift, far))
    return found


def _widest(value: Floats) -> Floats:
    """The largest at each point."""
    return np.asarray(np.abs(value).max(axis=0) if value.ndim > 1 else np.abs(value))


def _at(value: Floats, points: npt.NDArray[np.bool_]) -> Floats:
    """What is added at these points, where it differs from point to point."""
    return value if value.shape[-1] == 1 else np.asarray(value[..., points])


def _by_stirling(upper: Floats, lower: Floats, shift: Floats) -> Floats:
    leading = (lower - 0.5) * np.log1p(shift / lower) + shift * (np.log(upper) - 1)
    return np.asarray(leading + _series(upper) - _series(lower))


def _series(value: Floats) -> Floats:
    return np.asarray((1 - 1 / (30 * value**2)) / (12 * value))
