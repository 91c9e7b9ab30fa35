"""What a table says of any set of lists, from the patterns that somebody has: no table of all.

Twenty-two lists have four million patterns, of which a table meets some hundreds. The margin over a
set of lists has as many cells that count as patterns met.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from habeas.estimation.grid import Floats
from habeas.estimation.margins import Margins
from habeas.estimation.overlap import Overlap

_REMEMBERED = 20_000
"""Sets of lists of which the terms on a grid are kept."""


class SparseMargins:
    """The margins of one table, each computed when it is asked for.

    Args:
        overlap: one stratum.
        delta: prior weight of a cell of the full table.
        missing: the grid on which terms are asked for; shape (points,).
    """

    def __init__(self, overlap: Overlap, delta: float, missing: Floats) -> None:
        self._patterns = overlap.patterns
        self._counts = overlap.totals.astype(np.float64)
        self.k, self.observed = overlap.k, overlap.observed
        self._delta = delta
        self._total = delta * 2.0**self.k
        self._missing = missing
        self.term = lru_cache(maxsize=_REMEMBERED)(self._term)
        self.of_set = lru_cache(maxsize=None)(self._of_set)

    def _of_set(self, lists: int) -> tuple[float, float, float]:
        """What does not depend on the missing, who stands on none of the lists, the cell's weight.

        Args:
            lists: as bits.
        """
        weight = self._delta * 2.0 ** (self.k - lists.bit_count())
        cells, member = np.unique(self._patterns & lists, return_inverse=True)
        persons = np.bincount(member, weights=self._counts, minlength=len(cells))
        nobody = float(persons[0]) if len(cells) and cells[0] == 0 else 0.0
        held = persons[cells != 0]
        gained = (gammaln(held + weight) - gammaln(weight)).sum()
        return float(gammaln(self._total) - gammaln(weight) + gained), nobody, weight

    def _term(self, lists: int) -> npt.NDArray[np.float64]:
        """T of one set of lists at each point of the grid; 0 for the empty set."""
        if not lists:
            return np.zeros(len(self._missing))
        return np.asarray(self.margins([0, lists]).terms(self._missing)[1])

    def margins(self, sets: Sequence[int]) -> Margins:
        """The margins over some sets of lists, the empty one first."""
        constant, nobody, weight = np.array([self.of_set(one) for one in sets]).T
        return Margins(self.k, self.observed, constant, nobody, weight, self._total)
