"""What if the one thing that no list can show were otherwise? A curve for any result.

Every method takes for granted how all lists interact together (`highest_order`); the data fit any
other value as well. The curve shows what the estimate would be at other values.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from habeas.errors import InputError
from habeas.estimation.doubly_robust import DoublyRobust
from habeas.estimation.highest_order import FACTORS, Moved, move
from habeas.estimation.linkage import LinkedEstimation
from habeas.estimation.result import Estimation, Result
from habeas.estimation.strata import StratifiedEstimation


def sensitivity(result: Result, factors: Sequence[float] = FACTORS) -> tuple[Moved, ...]:
    """The estimate and its interval at other odds ratios of the highest order.

    The missing, and with them the draws and the ends of the interval, are multiplied (`move`). For
    `doubly_robust` the factor is the odds ratio of the two lists that are shown first, among
    persons who are alike and on no other list, and the interval is computed anew.

    Args:
        result: of one table, or of strata: then the factor is the same in all.
        factors: above 0; at 1 stands the estimate as it is.

    Raises:
        InputError: a factor that is not above 0, a result over several linkages, or a table with
            cells that could not be recorded: those who stand there do not move as one.
    """
    if not len(factors) or not all(np.isfinite(factor) and factor > 0 for factor in factors):
        raise InputError("a factor of an odds ratio is above 0", mend="Give 0.25 to 4")
    if isinstance(result, LinkedEstimation):
        raise InputError(
            "the tables of several linkages have several curves", mend="Give one of `parts`"
        )
    if isinstance(result.detail, DoublyRobust):
        return _of_pair(result.detail, factors)
    if not isinstance(result, Estimation | StratifiedEstimation):
        raise InputError("what is given is no result of `fit` or `fit_strata`", mend="Fit first")
    if result.overlap.unrecorded:
        raise InputError(
            "the curve of a table with cells that could not be recorded is not known",
            mend="It is drawn for tables of which only those on no list are missing",
        )
    said = result.summary()
    return move(said.observed, (said.point, said.low, said.high), result.overlap.k, factors)


def _of_pair(found: DoublyRobust, factors: Sequence[float]) -> tuple[Moved, ...]:
    """The curve of the pair with most persons on both, which is the one that is shown first."""
    pair = max(found.pairs, key=lambda one: one.cells[2])
    return tuple(
        Moved(factor=one.ratio, estimate=one.estimate, low=one.low, high=one.high)
        for one in pair.sensitivity(factors)
    )
