"""A posterior over the size of a population, on a grid: its mean, its quantiles, draws from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from numpy.polynomial import legendre

from habeas.errors import InputError
from habeas.estimation.grid import NODES, WHOLE, Floats, Grid

_STEPS = 32
"""Parts into which a panel is cut to read a quantile off it."""


@dataclass(frozen=True, eq=False)
class GridPosterior:
    """How likely each size of the population is.

    Attributes:
        observed: persons on at least one list.
        grid: the points.
        mass: the share of the posterior that each point stands for; sums to 1.
    """

    observed: int
    grid: Grid
    mass: Floats

    @classmethod
    def of(cls, observed: int, grid: Grid, log_density: Floats) -> GridPosterior:
        """The posterior with this density (a logarithm, up to a constant) at each point."""
        log_mass = log_density + grid.log_weights
        mass = np.exp(log_mass - log_mass.max())
        return cls(observed, grid, mass / mass.sum())

    def mean(self) -> float:
        """The mean of the population; infinite where the tail is too heavy for one."""
        if not self.has_mean:
            return float("inf")
        return self.observed + float(self.mass @ self.grid.missing)

    def variance(self) -> float:
        """The variance of the population; infinite where the tail is too heavy for one."""
        if not self.has_moment(2):
            return float("inf")
        centre = float(self.mass @ self.grid.missing)
        return float(self.mass @ (self.grid.missing - centre) ** 2)

    def log_moments(self) -> tuple[float, float]:
        """The mean and the variance of the logarithm of the population; both always exist."""
        logarithm = np.log(self.observed + self.grid.missing)
        centre = float(self.mass @ logarithm)
        return centre, float(self.mass @ (logarithm - centre) ** 2)

    @cached_property
    def has_mean(self) -> bool:
        """Whether there is a mean."""
        return self.has_moment(1)

    def has_moment(self, power: int) -> bool:
        """Whether there is a moment: each of the last panels adds less than the one before."""
        if not len(self.grid.edges) or self.grid.ends:
            return True
        missing = self.grid.missing**power
        adds = (self.mass * missing)[-2 * NODES :].reshape(2, NODES).sum(axis=1)
        widths = np.diff(self.grid.edges)[-2:]
        return bool(adds[1] / widths[1] < 0.999 * adds[0] / widths[0] or adds[1] < 1e-300)

    @cached_property
    def _table(self) -> tuple[Floats, Floats]:
        """Numbers of the missing, and the share of the posterior at or below each."""
        panels = len(self.grid.edges) - 1
        if panels < 1:
            return self.grid.missing, np.cumsum(self.mass)
        whole = len(self.mass) - panels * NODES
        below = np.cumsum(self.mass[:whole])
        density = self.mass[whole:].reshape(panels, NODES) / (_W / 2)
        inside = density @ _CUMULATIVE.T
        before = below[-1] + np.concatenate(([0.0], np.cumsum(inside[:, -1])[:-1]))
        low, high = self.grid.edges[:-1], self.grid.edges[1:]
        at = np.exp(low[:, None] + (high - low)[:, None] * _AT)
        share = np.maximum.accumulate((before[:, None] + inside).ravel())
        return (
            np.concatenate((self.grid.missing[:whole], at.ravel() - 0.5)),
            np.concatenate((below, share)),
        )

    def quantile(self, share: float) -> float:
        """The smallest size of the population with at least this share at or below it.

        Args:
            share: between 0 and 1, both excluded.

        Raises:
            InputError: another share.
        """
        if not 0 < share < 1:
            raise InputError(f"{share} is no share between 0 and 1", mend="Give 0.5 for the median")
        missing, below = self._table
        at = int(np.searchsorted(below, share * below[-1]))
        if at == 0 or missing[at] < WHOLE or not len(self.grid.edges):
            return self.observed + float(missing[at])
        part = (share * below[-1] - below[at - 1]) / max(below[at] - below[at - 1], 1e-300)
        found = missing[at - 1] + part * (missing[at] - missing[at - 1])
        return self.observed + float(np.ceil(found - 1e-6))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The ends between which this share lies, as much of the rest below as above."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def above(self, population: float) -> float:
        """The share of the posterior above a size of the population."""
        missing, below = self._table
        held = np.interp(population - self.observed, missing, below, left=0.0)
        return float(max(1 - held / below[-1], 0.0))

    def draws(self, count: int, seed: int) -> npt.NDArray[np.float64]:
        """Sizes of the population drawn from the posterior; shape (count,).

        Args:
            count: how many.
            seed: of the random numbers.
        """
        shares = np.random.default_rng(seed).uniform(size=count)
        missing, below = self._table
        if not len(self.grid.edges):
            return np.asarray(self.observed + missing[np.searchsorted(below, shares * below[-1])])
        found = np.interp(shares * below[-1], below, missing)
        whole = np.searchsorted(below, shares * below[-1])
        small = missing[np.minimum(whole, len(missing) - 1)] < WHOLE - 1
        found[small] = missing[whole[small]]
        return np.asarray(self.observed + np.rint(np.maximum(found, 0)))


def _cumulative() -> Floats:
    """Integrals of the polynomials through Gauss-Legendre points, from -1 to equal steps.

    Shape (steps + 1, points), for densities that are written per half width.
    """
    points, _ = legendre.leggauss(NODES)
    ends = np.linspace(-1, 1, _STEPS + 1)
    vandermonde = legendre.legvander(points, NODES - 1)
    integrals = np.stack(
        [
            legendre.legval(ends, legendre.legint(np.eye(NODES)[degree], lbnd=-1))
            for degree in range(NODES)
        ],
        axis=1,
    )
    return np.asarray(integrals @ np.linalg.inv(vandermonde)) / 2


_W = legendre.leggauss(NODES)[1]
_CUMULATIVE = _cumulative()
_AT = np.linspace(0, 1, _STEPS + 1)
