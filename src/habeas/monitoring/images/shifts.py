"""By how much each image of a series lies off the others: shifts smaller than a pixel.

Each date is compared with the median of half of its sensor's dates by phase correlation, refined
around its peak (Guizar-Sicairos, Thurman and Fienup 2008, Optics Letters 33: 156-158), band by
band. Bands see different things but lie on the same pixels: where they disagree, or little is
clear, the date is not judged. How far it errs is measured by
`benchmarks/shifts.py`. (Least squares on the gradient follows the sun of the seasons, which moves
slopes and shadows: on real series its bands disagree three times as much.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

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


@dataclass(frozen=True, kw_only=True, eq=False)
class References:
    """What dates are compared with: the medians of two halves of the clearest dates of a sensor.

    A date is never compared with its own half: its own noise would tell that it lies right.

    Attributes:
        medians: shape (half, band, y, x); not a number where no date is clear.
        seen: pixels that any of the clearest dates shows; shape (y, x).
    """

    medians: npt.NDArray[np.float32]
    seen: Flags

    @classmethod
    def of(cls, clearest: Stack) -> References:
        """Those of the clearest dates, in order of time; shape (t, band, y, x)."""
        medians = [
            [_reference(clearest[half::2, band]) for band in range(clearest.shape[1])]
            for half in (0, 1)
        ]
        seen = np.isfinite(clearest[:, 0]).any(axis=0)
        return cls(medians=np.array(medians, dtype=np.float32), seen=np.asarray(seen))

    def shifts(self, dates: Stack, own: npt.NDArray[np.int64]) -> Shifts:
        """The shifts of some dates.

        Args:
            dates: shape (t, band, y, x); not a number where it is not clear.
            own: the half that each belongs to, or -1; shape (t,).
        """
        found = np.full((len(dates), dates.shape[1], 2), np.nan)
        clear = np.isfinite(dates[:, 0])[:, self.seen]
        asked = clear.mean(axis=1) >= LEAST_CLEAR if self.seen.any() else np.zeros(len(dates), bool)
        for band in range(dates.shape[1] if asked.any() else 0):
            halves = [_spectrum(self.medians[half, band]) for half in (0, 1)]
            for date in np.flatnonzero(asked):
                other = halves[1 if own[date] == 0 else 0]
                found[date, band] = _shift(_spectrum(dates[date, band]), other)
        return _judged(found)


def can_be_judged(dates: int, bands: int, shape: tuple[int, ...]) -> bool:
    """Whether there are enough dates and bands, and pixels along a side, to tell any shift."""
    return dates >= FEWEST_DATES and bands >= FEWEST_BANDS and min(shape) >= SMALLEST


def clearest_dates(clear: Sequence[int]) -> npt.NDArray[np.int64]:
    """The 60 dates, in order of time, that show most.

    Args:
        clear: clear pixels of each date.
    """
    return np.sort(np.argsort(-np.asarray(clear), kind="stable")[:_REFERENCE_DATES])


def half_of(date: int, clearest: npt.NDArray[np.int64]) -> int:
    """The half of the clearest dates that a date belongs to; -1 if to none."""
    at = int(np.searchsorted(clearest, date))
    return at % 2 if at < len(clearest) and clearest[at] == date else -1


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
    if not can_be_judged(dates, bands, tuple(shape)):
        return _judged(np.full((dates, bands, 2), np.nan))
    clearest = clearest_dates(np.isfinite(stack[:, 0]).sum(axis=(1, 2)).tolist())
    asked = np.arange(dates) if wanted is None else np.flatnonzero(wanted)
    own = np.array([half_of(int(at), clearest) for at in asked], dtype=np.int64)
    told = References.of(stack[clearest]).shifts(stack[asked], own)
    found = np.full((3, dates), np.nan)
    found[:, asked] = told.east, told.south, told.disagreement
    return Shifts(east=found[0], south=found[1], disagreement=found[2])


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
    fade = np.outer(*(faded(size) for size in image.shape))
    return np.asarray(fft.fft2((np.where(clear, image, middle) - middle) * fade))


def faded(size: int) -> Floats:
    """Weights along a side that fall to 0 at both ends, as a cosine does (Tukey 1967).

    As `scipy.signal.windows.tukey` gives them; but with that all of `scipy.stats` is loaded, which
    takes each process longer than ten sites do.

    Returns:
        Shape (size,).
    """
    at = np.arange(size)
    far = 2 * np.minimum(at, size - 1 - at) / (_FADE * (size - 1))
    return np.asarray((1 - np.cos(np.pi * np.minimum(far, 1))) / 2)


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
