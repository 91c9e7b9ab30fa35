"""What averaging over graphs believes of the odds of being missed before it sees any overlap.

The prior of the cells says something of the missing too: under a graph the share of the population
on no list is a product of beta variables, one a list, each given that the lists before it have
missed the person. Pooling takes this belief out of each stratum before it puts a common one in:
counted once a stratum, a thousand times over it would drown what the strata say.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import gammaln

from habeas.errors import InputError
from habeas.estimation.graphs import complete, decomposable_graphs, elimination
from habeas.estimation.grid import Floats

_DRAWS = 30_000
_STEP = 0.1
_SMOOTHED = 4
"""Steps: the standard deviation of the kernel."""

_ODDS = np.arange(-400, 251) * _STEP
_TAIL = (0.002, 0.01)
"""Beyond the first share of the draws the density goes on as between the two."""

_NARROW = 0.2
"""Where the missing given their chance vary less than this, in logarithms, they tell the chance."""


@lru_cache(maxsize=8)
def log_odds_density(k: int, delta: float) -> Floats:
    """The logarithm of the density of log(p / (1 - p)), p being the share on no list; at `_ODDS`.

    Args:
        k: lists.
        delta: prior weight of a cell of the full table.
    """
    random = np.random.default_rng(20_261_128)
    graphs = [graph for graph in decomposable_graphs(k) if graph != complete(k)]
    each = -(-_DRAWS // len(graphs))
    found = []
    for graph in graphs:
        order = elimination(graph)
        if order is None:
            raise InputError("the graph is not decomposable", place=str(graph))
        weights = delta * 2.0 ** np.array([k - later.bit_count() - 1 for _, later in order])
        chances = random.beta(weights, weights, size=(each, k))
        logarithm = np.log(np.maximum(chances, 1e-300)).sum(axis=1)
        found.append(logarithm - np.log(np.maximum(-np.expm1(logarithm), 1e-300)))
    odds = np.concatenate(found)
    counts = np.bincount(
        np.clip(np.rint((odds - _ODDS[0]) / _STEP), 0, len(_ODDS) - 1).astype(int),
        minlength=len(_ODDS),
    )
    smooth = gaussian_filter1d(counts / (len(odds) * _STEP), _SMOOTHED)
    with np.errstate(divide="ignore"):
        logarithm = np.log(smooth)
    logarithm = _with_tail(logarithm, np.quantile(odds, _TAIL))
    backwards = _with_tail(logarithm[::-1], -np.quantile(odds, [1 - one for one in _TAIL]), -1)
    return np.asarray(backwards[::-1])


def _with_tail(said: Floats, ends: Floats, sign: int = 1) -> Floats:
    """The first values replaced by the straight line between two points."""
    axis = sign * (_ODDS if sign > 0 else _ODDS[::-1])
    one, other = (int(np.searchsorted(axis, end)) for end in ends)
    slope = (said[other] - said[one]) / (axis[other] - axis[one])
    found = said.copy()
    found[:one] = said[one] + slope * (axis[:one] - axis[one])
    return np.asarray(found)


def log_missing_prior(k: int, delta: float, observed: int, missing: Floats) -> Floats:
    """The logarithm of the prior of the missing given the observed, for each step of log(m + 1/2).

    Given the chance p to be on no list and a prior of the population proportional to 1/N, the
    missing beside n observed are negative binomial; here p has its prior.

    Args:
        k: lists.
        delta: prior weight of a cell.
        observed: n, above 0.
        missing: m; shape (points,).
    """
    density = log_odds_density(k, delta)
    found = np.interp(np.log(missing + 0.5) - np.log(observed + 0.5), _ODDS, density)
    wide = 1 / (missing + 0.5) + 1 / observed > _NARROW**2
    if wide.any():
        few = missing[wide]
        missed = -np.logaddexp(0, -_ODDS)
        seen = -np.logaddexp(0, _ODDS)
        log_mass = (
            (gammaln(observed + few) - gammaln(few + 1) - gammaln(observed))[:, None]
            + observed * seen
            + few[:, None] * missed
            + density
        )
        top = log_mass.max(axis=1)
        summed = np.exp(log_mass - top[:, None]).sum(axis=1)
        found[wide] = top + np.log(summed * _STEP) + np.log(few + 0.5)
    return np.asarray(found)
