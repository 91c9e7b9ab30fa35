"""By how much each image of a series lies off the others: shifts smaller than a pixel.

Each date is compared with the median of half of its sensor's dates by phase correlation, refined
around its peak (Guizar-Sicairos, Thurman and Fienup 2008, Optics Letters 33: 156-158), band by
band. Bands see different things but lie on the same pixels: where they disagree, or little is
clear, the date is not judged. How far it errs is measured by
`benchmarks/shifts.py`. (Least squares on the gradient follows the sun of the seasons, which moves
slopes and shadows: on real series its bands disagree three times as much.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft
from scipy.signal.windows import tukey

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Stack = npt.NDArray[np.floating]
Spectrum = npt.NDArray[np.complex128]

AGREEMENT = 0.25
"""Pixels: where bands are further apart than that, the date is not judged."""

LEAST_CLEAR = 0.6
"""Of the pixels that any date shows: with fewer clear ones a date is not judged."""

FEWEST_DATES = 6
FEWEST_BANDS = 2
SMALLEST = 24
"""Pixels along a side."""

_REACH = 6
_REFERENCE_DATES = 60
_CUTOFF = 0.25  # cycles a pixel
_FADE = 0.25  # of each side


@dataclass(frozen=True, kw_only=True, eq=False)
class Shifts:
    """Of a series of images of one sensor; not a number where a date is not judged.

    Attributes:
        east: pixels by which each date lies too far east; shape (t,).
        south: pixels by which it lies too far south; shape (t,).
        disagreement: of the bands, in pixels; shape (t,).
    """

    east: Floats
    south: Floats
    disagreement: Floats

    @property
    def length(self) -> Floats:
        """Pixels; shape (t,)."""
        return np.hypot(self.east, self.south)


def estimate_shifts(stack: Stack, wanted: Flags | None = None) -> Shifts:
    """Estimate the shift of each date against the median of all, or of the 60 clearest.

    Args:
        stack: of one sensor; shape (t, band, y, x); not a number where it is not clear.
        wanted: the dates whose shift is wanted; shape (t,).

    Returns:
        No date is judged where there are fewer than six, fewer than two bands, or fewer than 24
        pixels along a side.
    """
    dates, bands, *shape = stack.shape
    found = np.full((dates, bands, 2), np.nan)
    if dates >= FEWEST_DATES and bands >= FEWEST_BANDS and min(shape) >= SMALLEST:
        seen = np.isfinite(stack[:, 0]).any(axis=0)
        clear = np.isfinite(stack[:, 0])[:, seen].mean(axis=1) if seen.any() else np.zeros(dates)
        clearest = np.argsort(-clear, kind="stable")[:_REFERENCE_DATES]
        asked = (clear >= LEAST_CLEAR) & (True if wanted is None else wanted)
        # A date is never compared with itself: its own noise would tell that it lies right.
        halves = [np.sort(clearest[first::2]) for first in (0, 1)]
        for band in range(bands if asked.any() else 0):
            references = [_spectrum(_reference(stack[half, band])) for half in halves]
            for date in np.flatnonzero(asked):
                other = references[1 if date in halves[0] else 0]
                found[date, band] = _shift(_spectrum(stack[date, band]), other)
    return _judged(found)


def _judged(found: Floats) -> Shifts:
    """The middle of the bands, where they agree; `found` of shape (t, band, 2)."""
    middle = np.median(found, axis=1)
    # Half of the bands or more lie within this of the middle, as lengths.
    apart = np.median(np.hypot(*np.moveaxis(found - middle[:, None], -1, 0)), axis=1)
    middle[~(apart <= AGREEMENT)] = np.nan
    return Shifts(east=middle[:, 1], south=middle[:, 0], disagreement=apart)


def _reference(series: Stack) -> Floats:
    """The median of the dates; not a number where no date is clear; shape (y, x)."""
    seen = np.isfinite(series).any(axis=0)
    reference = np.full(series.shape[1:], np.nan)
    reference[seen] = np.nanmedian(series[:, seen], axis=0)
    return reference


def _shift(image: Spectrum, reference: Spectrum) -> Floats:
    """Pixels south and east by which an image lies off; not a number where it has no texture."""
    product = image * reference.conj()
    strength = np.abs(product)
    if not strength.max() > 0:
        return np.full(2, np.nan)
    phase = product / np.maximum(strength, 100 * np.finfo(np.float64).eps * strength.max())
    rows, columns = (fft.fftfreq(size)[:, None] for size in phase.shape)
    # The finest waves are mostly noise.
    phase *= np.exp(-(rows**2 + columns.T**2) / (2 * _CUTOFF**2))
    rough = np.unravel_index(np.argmax(np.abs(fft.ifft2(phase))), phase.shape)
    whole = np.array([at - size if at > size // 2 else at
                      for at, size in zip(rough, phase.shape, strict=True)])  # fmt: skip
    if np.abs(whole).max() > _REACH:
        return np.full(2, np.nan)
    return _refined(phase, whole.astype(np.float64))


def _spectrum(image: Stack) -> Spectrum:
    """Of an image whose hidden pixels are filled with its median, less that, faded to its edges.

    Edges that do not meet would count as ground that never moves.
    """
    clear = np.isfinite(image)
    middle = float(np.median(image[clear])) if clear.any() else 0.0
    fade = np.outer(*(tukey(size, _FADE) for size in image.shape))
    return np.asarray(fft.fft2((np.where(clear, image, middle) - middle) * fade))


def _refined(phase: Spectrum, whole: Floats) -> Floats:
    """The peak near a whole shift, by a Fourier transform at finer steps, twice."""
    centre = whole
    for steps in (np.linspace(-1, 1, 21), np.linspace(-0.1, 0.1, 11)):
        rows, columns = (
            np.exp(2j * np.pi * np.outer(centre[axis] + steps, fft.fftfreq(phase.shape[axis])))
            for axis in (0, 1)
        )
        height = np.abs(rows @ phase @ columns.T)
        centre = centre + steps[list(np.unravel_index(np.argmax(height), height.shape))]
    return centre
