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
        base: 0 or more, ascending; shape (p,).
        above: added in the numerator; shape (), or (s, 1).
        below: added in the denominator; likewise.

    Returns:
        Shape (p,), or (s, p).
    """
    shift = np.asarray(above) - np.asarray(below)
    farthest = max(_LARGE, 4 * float(np.abs(shift).max()), 4 * float(np.abs(below).max()))
    near = int(np.searchsorted(base, farthest))
    plain = gammaln(base[:near] + above) - gammaln(base[:near] + below)
    if near == len(base):
        return np.asarray(plain)
    far = _by_stirling(base[near:] + above, base[near:] + below, shift)
    return np.concatenate((plain, far), axis=-1)


def _by_stirling(upper: Floats, lower: Floats, shift: Floats) -> Floats:
    leading = (lower - 0.5) * np.log1p(shift / lower) + shift * (np.log(upper) - 1)
    return np.asarray(leading + _series(upper) - _series(lower))


def _series(value: Floats) -> Floats:
    return np.asarray((1 - 1 / (30 * value**2)) / (12 * value))
