"""What averaging over graphs believes of the odds of being missed before it sees any overlap.

The prior of the cells says something of the missing too: under a graph the share of the population
on no list is a product of beta variables, one a list, each given that the lists before it have
missed the person. Pooling takes this belief out of each stratum before it puts a common one in:
counted once a stratum, a thousand times over it would drown what the strata say.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from habeas.estimation.graphs import complete, decomposable_graphs, elimination
from habeas.estimation.grid import Floats

_DRAWS = 20_000
"""For each kind of graph."""

_STEP = 0.1
_SMOOTHED = 4
"""Steps: the standard deviation of the kernel."""

_ODDS = np.arange(-400, 251) * _STEP
_TAIL = (0.002, 0.01)
"""Beyond the first share of the draws the density goes on as between the two."""

_NOTHING = 1e-12


@lru_cache(maxsize=8)
def graph_kinds(k: int) -> tuple[npt.NDArray[np.int64], tuple[tuple[int, ...], ...]]:
    """Graphs that believe the same of the odds: those whose lists are joined to as many later ones.

    Args:
        k: lists.

    Returns:
        The kind of each graph in the order of `decomposable_graphs`, the complete one left out; and
        for each kind, to how many lists that come later each list is joined.
    """
    said = []
    for graph in decomposable_graphs(k):
        if graph != complete(k):
            order = elimination(graph) or ()
            said.append(tuple(sorted(later.bit_count() for _, later in order)))
    kinds = tuple(sorted(set(said)))
    number = {kind: at for at, kind in enumerate(kinds)}
    return np.array([number[one] for one in said], dtype=np.int64), kinds


@lru_cache(maxsize=8)
def odds_densities(k: int, delta: float) -> Floats:
    """The density of log(p / (1 - p)), p being the share on no list, under each kind of graph.

    Args:
        k: lists.
        delta: prior weight of a cell of the full table.

    Returns:
        At `_ODDS`; shape (kinds, points).
    """
    random = np.random.default_rng(20_261_128)
    found = []
    for kind in graph_kinds(k)[1]:
        weights = delta * 2.0 ** (k - 1 - np.array(kind))
        chances = random.beta(weights, weights, size=(_DRAWS, k))
        logarithm = np.log(np.maximum(chances, 1e-300)).sum(axis=1)
        odds = logarithm - np.log(np.maximum(-np.expm1(logarithm), 1e-300))
        found.append(np.exp(_log_density(odds)))
    return np.stack(found)


def _log_density(odds: Floats) -> Floats:
    """A smooth density of some draws, with straight tails; logarithms."""
    counts = np.bincount(
        np.clip(np.rint((odds - _ODDS[0]) / _STEP), 0, len(_ODDS) - 1).astype(int),
        minlength=len(_ODDS),
    )
    smooth = gaussian_filter1d(counts / (len(odds) * _STEP), _SMOOTHED)
    logarithm = np.log(smooth + _NOTHING)
    logarithm = _with_tail(logarithm, np.quantile(odds, _TAIL))
    backwards = _with_tail(logarithm[::-1], -np.quantile(odds, [1 - one for one in _TAIL]), -1)
    return np.asarray(backwards[::-1])


def _with_tail(said: Floats, ends: Floats, sign: int = 1) -> Floats:
    """The first values replaced by the straight line between two points."""
    axis = sign * (_ODDS if sign > 0 else _ODDS[::-1])
    one, other = (int(np.searchsorted(axis, end)) for end in ends)
    other = max(other, one + 1)
    slope = (said[other] - said[one]) / (axis[other] - axis[one])
    found = said.copy()
    found[:one] = said[one] + slope * (axis[:one] - axis[one])
    return np.asarray(found)


def log_odds_densities(k: int, delta: float, odds: Floats) -> Floats:
    """The logarithm of `odds_densities` at some logarithms of odds; shape (kinds, points)."""
    return np.stack(
        [np.interp(odds, _ODDS, np.log(one + 1e-300)) for one in odds_densities(k, delta)]
    )
