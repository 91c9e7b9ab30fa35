"""What a table says of each set of lists: all that the likelihood of a decomposable graph needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from habeas.estimation.grid import Floats
from habeas.estimation.log_gamma import log_gamma_ratio


@dataclass(frozen=True, eq=False)
class Margins:
    """What a table says of each set of lists: all that the likelihood of any graph needs.

    Attributes:
        k: lists.
        observed: persons observed.
        constant: for each set of lists, what does not depend on the missing; shape (2**k,).
        nobody: for each set of lists, the observed who stand on none of them; shape (2**k,).
        weight: for each set of lists, the prior weight of that cell of its margin; shape (2**k,).
        total_weight: the prior weight of the whole table.
    """

    k: int
    observed: int
    constant: Floats
    nobody: Floats
    weight: Floats
    total_weight: float

    def terms(self, missing: Floats) -> Floats:
        """T of each set of lists at each number of missing; shape (2**k, points)."""
        found = self.constant[:, None] + log_gamma_ratio(
            missing,
            self.nobody[:, None] + self.weight[:, None],
            self.observed + self.total_weight,
        )
        found[0] = 0.0  # the empty separator: one cell that holds everyone
        return np.asarray(found)


def cell_weights(k: int, delta: float | Floats) -> Floats:
    """The prior weight of each cell of the full table; shape (2**k,)."""
    return np.broadcast_to(np.asarray(delta, dtype=np.float64), 1 << k)


def nobody_cells(k: int) -> Floats:
    """Which patterns are on none of a set of lists: ones and zeros; shape (sets, patterns)."""
    sets = np.arange(1 << k)
    return np.asarray((sets[:, None] & sets == 0).astype(np.float64))


@lru_cache(maxsize=8)
def _cells(k: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """The cells of all margins but those of nobody: which patterns they hold, whose they are.

    Returns:
        A matrix of zeros and ones, shape (2**k, cells), and the set of lists of each cell.
    """
    patterns = np.arange(1 << k)
    columns, owners = [], []
    for lists in range(1, 1 << k):
        part = patterns & lists
        for cell in np.unique(part)[1:]:
            columns.append(part == cell)
            owners.append(lists)
    return np.stack(columns, axis=1).astype(np.float64), np.array(owners)


def margins(dense: npt.NDArray[np.int64], k: int, delta: float | Floats) -> Margins:
    """The margins of one table.

    Args:
        dense: counts of all 2**k patterns, that of nobody 0.
        k: lists.
        delta: prior weight of a cell, or of each; shape (2**k,).
    """
    membership, owners = _cells(k)
    weights, none = cell_weights(k, delta), nobody_cells(k)
    weight = none @ weights
    own = weights @ membership
    gained = gammaln(dense @ membership + own) - gammaln(own)
    known = np.bincount(owners, weights=gained, minlength=1 << k)
    total = float(weights.sum())
    constant = gammaln(total) - gammaln(weight) + known
    return Margins(k, int(dense.sum()), constant, none @ dense, weight, total)
