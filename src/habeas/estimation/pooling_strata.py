"""What one stratum says of the odds of being missed, and what it learns when they are known.

Given the odds, the missing beside n observed are negative binomial. In a small stratum that is
summed exactly over a grid of odds. In a large one the missing tell the odds almost exactly, and the
logarithm of the missing per observed is normal about that of the odds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import gammaln

from habeas.estimation.grid import Floats
from habeas.estimation.odds_prior import log_missing_prior
from habeas.estimation.posterior import GridPosterior

NODES = np.linspace(-12, 9, 211)
"""Logarithms of the odds of being missed."""

_STEP = float(NODES[1] - NODES[0])

_NARROW = 0.2
"""Where the logarithm of the missing per observed varies less than this about that of the odds, a
stratum is large."""

Numbers = np.typing.NDArray[np.intp]


class Kind(Protocol):
    """A stratum, small or large.

    Attributes:
        posterior: by itself.
        held: what it says of the odds, at `NODES`, up to a constant.
    """

    @property
    def posterior(self) -> GridPosterior:
        """By itself."""

    @property
    def held(self) -> Floats:
        """What it says of the odds, at `NODES`, up to a constant."""

    def mixed(self, chances: Floats, means: Floats, spreads: Floats) -> Floats:
        """The posterior mass at each point over pairs of mean and spread with these chances."""

    def draws(
        self, which: Numbers, means: Floats, spreads: Floats, random: np.random.Generator
    ) -> Floats:
        """Sizes of the population, one for each pair that is named by its number."""


@dataclass(frozen=True, eq=False)
class Alone:
    """A stratum by itself.

    Attributes:
        posterior: under the prior proportional to 1/N.
        kinds: the posterior share of each kind of graph; see `odds_prior.graph_kinds`.
    """

    posterior: GridPosterior
    kinds: Floats


def _told(alone: Alone, k: int, delta: float) -> Floats:
    """The logarithm of what the data say at each point, for each step of log(m + 1/2)."""
    posterior = alone.posterior
    prior = log_missing_prior(k, delta, posterior.observed, posterior.grid.missing, alone.kinds)
    with np.errstate(divide="ignore"):
        found = np.log(posterior.mass) - prior
    return np.asarray(found - found.max())


@dataclass(frozen=True, eq=False)
class Small:
    """A small stratum: what it says at each point and each node of the odds.

    Attributes:
        posterior: by itself.
        joint: shape (nodes, points).
    """

    posterior: GridPosterior
    joint: Floats

    @staticmethod
    def fits(posterior: GridPosterior) -> bool:
        """Whether a stratum is small."""
        missing = posterior.quantile(0.25) - posterior.observed
        return 1 / (missing + 0.5) + 1 / posterior.observed > _NARROW**2

    @classmethod
    def of(cls, alone: Alone, k: int, delta: float) -> Small:
        """A stratum with its posterior under the prior of its cells."""
        posterior = alone.posterior
        missing, observed = posterior.grid.missing, posterior.observed
        chance = (
            gammaln(observed + missing) - gammaln(missing + 1) - gammaln(observed)
            + np.log(missing + 0.5)
            - missing * np.logaddexp(0, -NODES)[:, None]
            - observed * np.logaddexp(0, NODES)[:, None]
        )  # fmt: skip
        log_joint = chance + _told(alone, k, delta)
        return cls(posterior, np.exp(log_joint - log_joint.max()))

    @property
    def held(self) -> Floats:
        """What it says of the odds, at `NODES`, up to a constant."""
        return np.asarray(self.joint.sum(axis=1))

    def mixed(self, chances: Floats, means: Floats, spreads: Floats) -> Floats:
        """The posterior mass at each point over pairs of mean and spread with these chances."""
        normal = np.exp(-(((NODES - means[:, None]) / spreads[:, None]) ** 2) / 2)
        odds = (chances / spreads) @ normal
        mass = odds @ self.joint
        return np.asarray(mass / mass.sum())

    def draws(
        self, which: Numbers, means: Floats, spreads: Floats, random: np.random.Generator
    ) -> Floats:
        """Sizes of the population, one for each pair that is named by its number."""
        normal = np.exp(-(((NODES - means[:, None]) / spreads[:, None]) ** 2) / 2)
        node = _rows_drawn(normal * self.held, which, random)
        kept = np.unique(node)
        point = _rows_drawn(self.joint[kept], np.searchsorted(kept, node), random)
        return _sizes(self.posterior, point, random)


@dataclass(frozen=True, eq=False)
class Large:
    """A large stratum: what it says at each point.

    Attributes:
        posterior: by itself.
        told: shape (points,).
        odds: log((m + 1/2) / (n + 1/2)); shape (points,).
        noise: the variance of `odds` about the logarithm of the odds; shape (points,).
    """

    posterior: GridPosterior
    told: Floats
    odds: Floats
    noise: Floats

    @classmethod
    def of(cls, alone: Alone, k: int, delta: float) -> Large:
        """A stratum with its posterior under the prior of its cells."""
        posterior = alone.posterior
        missing, observed = posterior.grid.missing + 0.5, posterior.observed + 0.5
        return cls(
            posterior,
            np.exp(_told(alone, k, delta)),
            np.log(missing) - np.log(observed),
            1 / missing + 1 / observed,
        )

    @property
    def held(self) -> Floats:
        """What it says of the odds, at `NODES`: each point parted between two, then blurred."""
        place = np.clip((self.odds - NODES[0]) / _STEP, 0, len(NODES) - 1 - 1e-9)
        below = place.astype(np.int64)
        part = place - below
        found = np.bincount(below, weights=self.told * (1 - part), minlength=len(NODES))
        found += np.bincount(below + 1, weights=self.told * part, minlength=len(NODES))
        noise = float(self.told @ self.noise / self.told.sum())
        return np.asarray(gaussian_filter1d(found, np.sqrt(noise) / _STEP, mode="constant"))

    def _masses(self, means: Floats, spreads: Floats) -> Floats:
        variance = spreads[:, None] ** 2 + self.noise
        normal = np.exp(-((self.odds - means[:, None]) ** 2) / variance / 2) / np.sqrt(variance)
        return np.asarray(normal * self.told)

    def mixed(self, chances: Floats, means: Floats, spreads: Floats) -> Floats:
        """The posterior mass at each point over pairs of mean and spread with these chances."""
        mass = chances @ self._masses(means, spreads)
        return np.asarray(mass / mass.sum())

    def draws(
        self, which: Numbers, means: Floats, spreads: Floats, random: np.random.Generator
    ) -> Floats:
        """Sizes of the population, one for each pair that is named by its number."""
        point = _rows_drawn(self._masses(means, spreads), which, random)
        return _sizes(self.posterior, point, random)


def _rows_drawn(mass: Floats, rows: Numbers, random: np.random.Generator) -> Numbers:
    """A column for each named row, by the masses in that row."""
    below = np.cumsum(mass, axis=1)
    below /= below[:, -1:]
    flat = (below + np.arange(len(mass))[:, None]).ravel()
    at = np.searchsorted(flat, rows + random.uniform(size=len(rows)) * (1 - 1e-9))
    return np.asarray(np.minimum(at - rows * mass.shape[1], mass.shape[1] - 1))


def _sizes(posterior: GridPosterior, point: Numbers, random: np.random.Generator) -> Floats:
    """One of the sizes that each point stands for."""
    weights = posterior.grid.weights
    first = posterior.observed + posterior.grid.missing[0]
    low = first + np.cumsum(weights) - weights
    return np.asarray(np.floor(low[point] + weights[point] * random.uniform(size=len(point))))
