"""What the seasons do to each pixel: harmonics of the year, fitted so that outliers count little.

Iteratively reweighted least squares with Tukey's biweight (Holland and Welsch 1977), one weight a
date and pixel over all bands; an intercept for each sensor, because two sensors see the same ground
a little differently (Roy et al. 2016).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.settings import GAP_DAYS
from habeas.monitoring.detection.stack import Bools, Days, Floats

_YEAR = 365.2425
_ROUNDS = 4
_BIWEIGHT = 4.685
"""Tukey's constant: 95 % efficient where the noise is Gaussian."""


def year_terms(days: Days, sensors: Days, known: int, harmonics: int) -> Floats:
    """Intercepts of the sensors, and sines and cosines of the year; shape (t, terms).

    Args:
        days: since 1970; shape (t,).
        sensors: number of each date's sensor; shape (t,); a number not below `known` is taken for
            the last one.
        known: sensors that the history has.
        harmonics: waves a year at most.
    """
    which = np.minimum(sensors, known - 1)
    columns = [(which == number).astype(np.float64) for number in range(known)]
    turns = 2 * np.pi * days / _YEAR
    for wave in range(1, harmonics + 1):
        columns += [np.cos(wave * turns), np.sin(wave * turns)]
    return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients of each pixel and band.

    Attributes:
        coefficients: shape (terms, bands, pixels).
        scale: robust spread of what is left over; shape (bands, pixels).
    """

    coefficients: Floats
    scale: Floats

    def left_over(self, design: Floats, response: Floats, clear: Bools) -> Floats:
        """What the fit does not explain; 0 where not clear; shape (t, bands, pixels)."""
        return _left_over(self.coefficients, design, response, clear)


@dataclass(frozen=True, eq=False)
class Problem:
    """What is fitted.

    Attributes:
        design: shape (t, terms).
        response: shape (t, bands, pixels).
        clear: shape (t, pixels).
        ridge: how many observations' worth each coefficient is drawn to `towards`; shape (terms,).
        towards: shape (terms, bands, pixels); None for 0.
    """

    design: Floats
    response: Floats
    clear: Bools
    ridge: npt.NDArray[np.float64]
    towards: Floats | None = None

    def only(self, dates: Bools) -> Problem:
        """The same on some of the dates; shape (t,)."""
        return replace(
            self,
            design=self.design[dates],
            response=self.response[dates],
            clear=self.clear[dates],
        )


def _left_over(coefficients: Floats, design: Floats, response: Floats, clear: Bools) -> Floats:
    terms = coefficients.shape[0]
    explained = design @ coefficients.reshape(terms, -1)
    left: Floats = response - explained.reshape(response.shape)
    left *= clear[:, None]
    return left


def _solved(problem: Problem, weights: Floats) -> Floats:
    """Coefficients by weighted least squares; weights (t, pixels)."""
    dates, bands, pixels = problem.response.shape
    terms = problem.design.shape[1]
    squares = (problem.design[:, :, None] * problem.design[:, None, :]).reshape(dates, -1)
    ridge = problem.ridge + 1e-4
    gram = (squares.T @ weights).T.reshape(pixels, terms, terms) + np.diag(ridge)
    weighted = (problem.response * weights[:, None]).reshape(dates, -1)
    moment = (problem.design.T @ weighted).reshape(terms, bands, pixels)
    if problem.towards is not None:
        moment = moment + ridge[:, None, None] * problem.towards
    solved = np.linalg.solve(gram, moment.transpose(2, 0, 1).astype(np.float64))
    return np.ascontiguousarray(solved.transpose(1, 2, 0)).astype(np.float32)


def fit(problem: Problem, before: Fit | None = None) -> tuple[Fit, Floats]:
    """Fit every pixel; also the weight that each observation had, shape (t, pixels).

    Args:
        problem: what is fitted.
        before: of most of the same images; one round is enough from there.
    """
    weights = problem.clear.astype(np.float32)
    if before is not None:
        left = before.left_over(problem.design, problem.response, problem.clear)
        weights = _weighed(left, spread(left, problem.clear), problem.clear)
    for _ in range(_ROUNDS if before is None else 1):
        coefficients = _solved(problem, weights)
        left = _left_over(coefficients, problem.design, problem.response, problem.clear)
        scale = spread(left, problem.clear)
        weights = _weighed(left, scale, problem.clear)
    return Fit(coefficients, scale), weights


def years_back(days: Days) -> Days:
    """Years counted back from the last day; a year that is begun goes with the one after it.

    Args:
        days: since 1970; shape (t,), ascending.
    """
    back = (days[-1] - days) // 365
    whole = max(int((days[-1] - days[0] + GAP_DAYS) // 365), 1)
    return np.asarray(np.minimum(back, whole - 1))


def left_out(problem: Problem, weights: Floats, years: Days) -> Floats:
    """What is left over of each year when the fit has not seen that year.

    What a fit leaves over of the years that it saw is too small to tell how far a coming year will
    be off; years differ, and that is the noise that matters.

    Args:
        problem: what is fitted.
        weights: of each observation; shape (t, pixels).
        years: number of the year of each date; shape (t,).
    """
    left = np.empty_like(problem.response)
    for year in np.unique(years):
        out = years == year
        kept = problem.only(~out)
        found = _solved(kept, weights[~out])
        left[out] = _left_over(
            found, problem.design[out], problem.response[out], problem.clear[out]
        )
    return left


def spread(left: Floats, clear: Bools) -> Floats:
    """Robust standard deviation of each band and pixel: the mean of capped squares, thrice.

    A median would sort every series; capping at two and a half spreads costs a tenth and differs
    little. Shape (bands, pixels); at least 0.003, which is what reflectance is known to.
    """
    count = np.maximum(clear.sum(axis=0), 1).astype(np.float32)
    scale = np.maximum(np.abs(left).sum(axis=0) / count * np.float32(1.2533), np.float32(0.003))
    for _ in range(3):
        scale = np.sqrt(_capped_squares(left, scale) / count) * np.float32(1.02)
        scale = np.maximum(scale, np.float32(0.003))
    return np.asarray(scale, dtype=np.float32)


@compiled
def _capped_squares(left: Floats, scale: Floats) -> Floats:
    """Sums over dates of squares, none beyond two and a half spreads; shape (bands, pixels)."""
    dates, bands, pixels = left.shape
    total = np.zeros((bands, pixels), dtype=np.float32)
    for at in range(dates):
        for band in range(bands):
            for pixel in range(pixels):
                most = np.float32(2.5) * scale[band, pixel]
                value = min(abs(left[at, band, pixel]), most)
                total[band, pixel] += value * value
    return total


@compiled
def _weighed(left: Floats, scale: Floats, clear: Bools) -> Floats:
    """Tukey's weight of each observation, by all its bands; 0 where not clear; (t, pixels)."""
    dates, bands, pixels = left.shape
    weights = np.zeros((dates, pixels), dtype=np.float32)
    most = np.float32(bands * _BIWEIGHT**2)
    for at in range(dates):
        for band in range(bands):
            for pixel in range(pixels):
                apart = left[at, band, pixel] / scale[band, pixel]
                weights[at, pixel] += apart * apart
        for pixel in range(pixels):
            rest = max(np.float32(1) - weights[at, pixel] / most, np.float32(0))
            weights[at, pixel] = rest * rest * clear[at, pixel]
    return weights
