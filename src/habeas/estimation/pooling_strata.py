"""What one stratum says of the odds of being missed, and what it learns when they are known.

Graph by graph the odds given the missing are those of `pooling_odds`. What a graph believed of the
odds beforehand is divided out at each value of the odds. In a small stratum that is summed over a
grid of odds. In a large one the missing tell the odds almost exactly, and the logarithm of the odds
is taken as normal about what each number of missing says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.ndimage import gaussian_filter1d

from habeas.estimation.grid import Floats
from habeas.estimation.odds_prior import log_odds_densities
from habeas.estimation.pooling_odds import Alone
from habeas.estimation.posterior import GridPosterior

NODES = np.linspace(-12, 9, 211)
"""Logarithms of the odds of being missed."""

_STEP = float(NODES[1] - NODES[0])

_NARROW = 0.15
"""Where the logarithm of the odds varies less than this when the missing are known, a stratum is
large. It is more than the step between nodes, at which sums are still right."""

_NOTHING = 1e-12
"""Masses below this share of the greatest are left out."""

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


def kind_of(alone: Alone, k: int, delta: float) -> Kind:
    """A stratum, small or large, what was believed of its odds beforehand taken out."""
    large = Large.of(alone, k, delta)
    noise = float(large.told @ large.noise / large.told.sum())
    return large if noise < _NARROW**2 else Small.of(alone, k, delta)


@dataclass(frozen=True, eq=False)
class Small:
    """A small stratum: what it says at each point and each node of the odds.

    Attributes:
        posterior: by itself.
        joint: shape (nodes, points).
    """

    posterior: GridPosterior
    joint: Floats

    @classmethod
    def of(cls, alone: Alone, k: int, delta: float) -> Small:
        """A stratum with its posterior under the prior of its cells."""
        believed = log_odds_densities(k, delta, NODES)
        joint = np.zeros((len(NODES), len(alone.posterior.mass)))
        for mass, odds, prior in zip(alone.mass, alone.odds, believed, strict=True):
            points = np.flatnonzero(mass > _NOTHING * alone.mass.max())
            told = odds.only(points).log_density(NODES) - prior[:, None]
            joint[:, points] += mass[points] * np.exp(told)
        return cls(alone.posterior, joint / joint.max())

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
        odds: the logarithm of the odds that each point tells; shape (points,).
        noise: the variance of the logarithm of the odds about it; shape (points,).
    """

    posterior: GridPosterior
    told: Floats
    odds: Floats
    noise: Floats

    @classmethod
    def of(cls, alone: Alone, k: int, delta: float) -> Large:
        """A stratum with its posterior under the prior of its cells."""
        told, odds, noise = (np.zeros(len(alone.posterior.mass)) for _ in range(3))
        every = range(len(alone.odds))
        for at in every:
            mean, variance = alone.odds[at].moments()
            # Divided by a density that falls or rises, a normal one moves and grows.
            before, here, after = (
                log_odds_densities(k, delta, mean + step)[at] for step in (-_STEP, 0.0, _STEP)
            )
            slope = (after - before) / (2 * _STEP)
            own = alone.mass[at] * np.exp(slope**2 * variance / 2 - here)
            mean = mean - slope * variance
            told += own
            odds += own * mean
            noise += own * (variance + mean**2)
        odds, noise = odds / (told + 1e-300), noise / (told + 1e-300)
        return cls(alone.posterior, told / told.max(), odds, np.maximum(noise - odds**2, 1e-12))

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
