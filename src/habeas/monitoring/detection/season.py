"""What the seasons do to each pixel: harmonics of the year, fitted so that outliers count little.

Iteratively reweighted least squares with Tukey's biweight (Holland and Welsch 1977), one weight a
date and pixel over all bands; an intercept for each sensor, because two sensors see the same ground
a little differently (Roy et al. 2016).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise

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

    def only(self, dates: slice) -> Problem:
        """The same on some of the dates."""
        return replace(
            self,
            design=self.design[dates],
            response=self.response[dates],
            clear=self.clear[dates],
        )


@dataclass(frozen=True, eq=False)
class _Sums:
    """What some dates say of the coefficients (normal equations).

    Attributes:
        gram: of the terms with each other; shape (terms, terms, pixels).
        moment: of the terms with what they shall explain; shape (terms, bands, pixels).
    """

    gram: npt.NDArray[np.float64]
    moment: npt.NDArray[np.float64]

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.gram + other.gram, self.moment + other.moment)

    def __sub__(self, other: _Sums) -> _Sums:
        return _Sums(self.gram - other.gram, self.moment - other.moment)


def _left_over(coefficients: Floats, design: Floats, response: Floats, clear: Bools) -> Floats:
    left = (design @ coefficients.reshape(len(coefficients), -1)).reshape(response.shape)
    _taken_from(response, left, clear)
    return left


@compiled
def _taken_from(response: Floats, explained: Floats, clear: Bools) -> None:
    """What is not explained, in place of what is; 0 where not clear."""
    dates, bands, pixels = response.shape
    for at in range(dates):
        for band in range(bands):
            for pixel in range(pixels):
                left = response[at, band, pixel] - explained[at, band, pixel]
                explained[at, band, pixel] = left * clear[at, pixel]


def _sums(problem: Problem, weights: Floats) -> _Sums:
    """Of weighted dates; weights (t, pixels)."""
    dates, bands, pixels = problem.response.shape
    terms = problem.design.shape[1]
    squares = (problem.design[:, :, None] * problem.design[:, None, :]).reshape(dates, -1)
    weighted = (problem.response * weights[:, None]).reshape(dates, -1)
    return _Sums(
        (squares.T @ weights).reshape(terms, terms, pixels).astype(np.float64),
        (problem.design.T @ weighted).reshape(terms, bands, pixels).astype(np.float64),
    )


def _solved(problem: Problem, sums: _Sums) -> Floats:
    """Coefficients by weighted least squares."""
    ridge = (problem.ridge + 1e-4)[:, None]
    gram, moment = sums.gram.copy(), sums.moment.copy()
    gram[np.arange(len(ridge)), np.arange(len(ridge))] += ridge
    if problem.towards is not None:
        moment += ridge[:, :, None] * problem.towards
    _factor(gram)
    _substitute(gram, moment)
    return moment.astype(np.float32)


@compiled
def _factor(gram: npt.NDArray[np.float64]) -> None:
    """Cholesky's lower triangle in place of each matrix (terms, terms), its diagonal inverted."""
    terms, _, pixels = gram.shape
    for one in range(terms):
        for pixel in range(pixels):
            gram[one, one, pixel] = 1 / np.sqrt(gram[one, one, pixel])
        for two in range(one + 1, terms):
            for pixel in range(pixels):
                gram[two, one, pixel] *= gram[one, one, pixel]
            for three in range(one + 1, two + 1):
                for pixel in range(pixels):
                    gram[two, three, pixel] -= gram[two, one, pixel] * gram[three, one, pixel]


@compiled
def _substitute(factor: npt.NDArray[np.float64], moment: npt.NDArray[np.float64]) -> None:
    """What solves the equations of each pixel and band, in place of what they shall come to."""
    terms, bands, pixels = moment.shape
    for band in range(bands):
        for one in range(terms):
            for two in range(one):
                for pixel in range(pixels):
                    moment[one, band, pixel] -= factor[one, two, pixel] * moment[two, band, pixel]
            for pixel in range(pixels):
                moment[one, band, pixel] *= factor[one, one, pixel]
        for one in range(terms - 1, -1, -1):
            for two in range(one + 1, terms):
                for pixel in range(pixels):
                    moment[one, band, pixel] -= factor[two, one, pixel] * moment[two, band, pixel]
            for pixel in range(pixels):
                moment[one, band, pixel] *= factor[one, one, pixel]


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
        coefficients = _solved(problem, _sums(problem, weights))
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
        years: number of the year of each date, those of a year together; shape (t,).
    """
    starts = np.flatnonzero(np.diff(years, prepend=np.nan))
    dates = [slice(*ends) for ends in pairwise((*starts.tolist(), len(years)))]
    sums = [_sums(problem.only(some), weights[some]) for some in dates]
    every = reduce(_Sums.__add__, sums)
    left = []
    for own, some in zip(sums, dates, strict=True):
        year = problem.only(some)
        found = _solved(problem, every - own)
        left.append(_left_over(found, year.design, year.response, year.clear))
    return np.concatenate(left)


def spread(left: Floats, clear: Bools) -> Floats:
    """Robust standard deviation of each band and pixel: the mean of capped squares, thrice.

    A median would sort every series; capping at two and a half spreads costs a tenth and differs
    little. Shape (bands, pixels); at least 0.003, which is what reflectance is known to.
    """
    count = np.maximum(clear.sum(axis=0), 1).astype(np.float32)
    least = np.float32(0.003)
    scale = np.maximum(_lengths(left) / count * np.float32(1.2533), least)
    for _ in range(3):
        scale = np.sqrt(_capped_squares(left, scale) / count) * np.float32(1.02)
        scale = np.maximum(scale, least)
    return np.asarray(scale, dtype=np.float32)


@compiled
def _lengths(left: Floats) -> Floats:
    """Sums over dates of what is left over, without its sign; shape (bands, pixels)."""
    dates, bands, pixels = left.shape
    total = np.zeros((bands, pixels), dtype=np.float32)
    for at in range(dates):
        for band in range(bands):
            for pixel in range(pixels):
                total[band, pixel] += abs(left[at, band, pixel])
    return total


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
