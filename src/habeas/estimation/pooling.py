"""Strata that learn from each other: partial pooling of the odds of being missed.

A stratum of five persons says almost nothing of how many are missing; its neighbours say how many
usually are. Each stratum's posterior given its own data is known on a grid. What it believed of the
odds beforehand is taken out (`odds_prior`) and a common belief put in: the logarithm of the odds
of being missed is normal between strata, with a mean and a spread that all strata together tell,
summed over on a grid of their own. What a stratum says of the odds follows from its graphs and its
missing (`pooling_odds`). It is the random-effects model of meta-analysis (DerSimonian and Laird
1986; Gelman 2006 for the half-normal prior of the spread), with the likelihood of each stratum in
the place of a normal one. Where strata agree they are drawn together; where they do not, each
stays where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from habeas.estimation.grid import Floats
from habeas.estimation.pooling_odds import Alone
from habeas.estimation.pooling_strata import NODES, kind_of
from habeas.estimation.posterior import GridPosterior

SPREAD_SCALE = 1.0
"""Scale of the half-normal prior of the spread: strata in which the odds of being missed differ by
factors of e**2, about 7, are still likely."""

_MEANS = (-8.0, 8.0)
_SPREADS = (0.05, 4.0)
_CUTS = 31
"""Values of either hyperparameter that are looked at in one round."""

_LAST_CUTS = 13
"""Values in the last round, over which strata are averaged."""

_ROUNDS = 4
"""Each round looks more closely at where the last one found anything."""

_NEGLIGIBLE = 1e-3
"""The share of the hyperparameters' posterior that is left out."""

_NOTHING = 1e-5


@dataclass(frozen=True, eq=False)
class Pooled:
    """Strata after pooling.

    Attributes:
        posteriors: of each stratum, in the order in which they were given.
        drawn: draws of each stratum that belong together; shape (strata, draws).
        mean: of the logarithm of the odds of being missed, between strata: posterior mean.
        spread: its standard deviation between strata: posterior mean.
        spread_ends: the ends of the 95 % interval of that.
    """

    posteriors: tuple[GridPosterior, ...]
    drawn: Floats
    mean: float
    spread: float
    spread_ends: tuple[float, float]

    @property
    def totals(self) -> Floats:
        """Draws of the sum over strata; shape (draws,)."""
        return np.asarray(self.drawn.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Common:
    """What all strata together tell: pairs of mean and spread, and the share of each pair."""

    share: Floats
    means: Floats
    spreads: Floats


def pool(alone: Sequence[Alone], k: int, delta: float, *, draws: int, seed: int) -> Pooled:
    """Pool strata.

    Args:
        alone: each stratum by itself.
        k: lists.
        delta: prior weight of a cell, under which they are.
        draws: how many.
        seed: of the random numbers.
    """
    strata = [kind_of(one, k, delta) for one in alone]
    held = np.stack([one.held for one in strata])
    common = _common(held)
    random = np.random.default_rng(seed)
    which = np.repeat(np.arange(len(common.share)), random.multinomial(draws, common.share))
    which = random.permutation(which)
    normal = _normal(common.means, common.spreads)
    sums = held @ normal.T
    found, drawn = [], np.empty((len(strata), draws))
    for at, one in enumerate(strata):
        chances = common.share / sums[at]
        mass = one.mixed(chances, common.means, common.spreads)
        found.append(GridPosterior(one.posterior.observed, one.posterior.grid, mass))
        drawn[at] = one.draws(which, common.means, common.spreads, random)
    return Pooled(
        tuple(found),
        drawn,
        float(common.share @ common.means),
        float(common.share @ common.spreads),
        _ends(common),
    )


def _ends(common: Common) -> tuple[float, float]:
    """The spreads below which 2.5 and 97.5 % of the posterior lie, between values looked at."""
    values, place = np.unique(common.spreads, return_inverse=True)
    share = np.bincount(place, weights=common.share)
    low, high = np.interp((0.025, 0.975), np.cumsum(share) - share / 2, values)
    return float(low), float(high)


def _normal(means: Floats, spreads: Floats) -> Floats:
    """Normal densities at the nodes; shape (pairs, nodes)."""
    scaled = (NODES - means[:, None]) / spreads[:, None]
    return np.asarray(np.exp(-(scaled**2) / 2) / spreads[:, None])


def _common(held: Floats) -> Common:
    """The posterior of the common mean and spread, of what is not nil."""
    means, spreads = np.linspace(*_MEANS, _CUTS), np.linspace(*_SPREADS, _CUTS)
    for at in range(_ROUNDS):
        share = _shares(held, means, spreads)
        cuts = _LAST_CUTS if at == _ROUNDS - 1 else _CUTS
        means = _closer(means, share.sum(axis=0), _MEANS, cuts)
        spreads = _closer(spreads, share.sum(axis=1), _SPREADS, cuts)
    share = _shares(held, means, spreads)
    order = np.argsort(-share, axis=None)
    kept = order[: int(np.searchsorted(np.cumsum(share.ravel()[order]), 1 - _NEGLIGIBLE)) + 1]
    spread_at, mean_at = np.unravel_index(kept, share.shape)
    chosen = share.ravel()[kept]
    return Common(chosen / chosen.sum(), means[mean_at], spreads[spread_at])


def _shares(held: Floats, means: Floats, spreads: Floats) -> Floats:
    """The posterior of the hyperparameters, flat in the mean; shape (spreads, means)."""
    found = np.empty((len(spreads), len(means)))
    for at, spread in enumerate(spreads):
        normal = _normal(means, np.full(len(means), spread))
        told = np.log(held @ normal.T + 1e-300).sum(axis=0)
        found[at] = told - (spread / SPREAD_SCALE) ** 2 / 2
    share = np.exp(found - found.max())
    return np.asarray(share / share.sum())


def _closer(values: Floats, share: Floats, ends: tuple[float, float], cuts: int) -> Floats:
    """So many values, where the last ones found something."""
    there = np.flatnonzero(share > _NOTHING * share.max())
    step = values[1] - values[0]
    low = max(values[there[0]] - step, ends[0])
    high = min(values[there[-1]] + step, ends[1])
    return np.linspace(low, high, cuts)
