"""How much of a surface is what: constrained unmixing against measured spectra.

A pixel is taken for a mixture of a few surfaces whose shares are not negative and sum to one; the
shares that come nearest are found by fully constrained least squares (Heinz and Chang 2001).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection.spectra import load_spectra

Floats = npt.NDArray[np.float64]

SURFACES = ("asphalt", "concrete", "roof", "canopy", "litter", "rubbish", "char")
"""The groups of spectra beside the soil of the site itself, which its own images give."""

SUM_TO_ONE = 10.0
"""How heavily the sum counts beside a band."""


@cache
def endmembers() -> Floats:
    """Median spectra of `SURFACES` in the calibration split; shape (surface, band)."""
    spectra = load_spectra("calibration")
    found = [np.median(spectra.values[spectra.of(name), 0], axis=0) for name in SURFACES]
    return np.stack(found).astype(np.float64)


def unmix(spectrum: Floats, soil: Floats) -> tuple[Floats, float]:
    """The shares of the site's own soil and of each of `SURFACES` in a spectrum.

    Args:
        spectrum: reflectance of a surface in the six bands.
        soil: reflectance of the same ground before.

    Returns:
        The shares, soil first, and what is left unexplained (root mean square, reflectance).
    """
    pure = np.vstack([soil, endmembers()]).T
    system = np.vstack([pure, np.full(pure.shape[1], SUM_TO_ONE)])
    shares, _ = nnls(system, np.append(spectrum, SUM_TO_ONE))
    left = pure @ shares - spectrum
    return shares, float(np.sqrt(np.mean(left**2)))


assert len(BANDS) == 6  # noqa: S101  # the endmembers have six
