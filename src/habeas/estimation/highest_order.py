"""How an estimate moves with the interaction of all lists together, of which no list tells.

The odds ratio of the highest order over k lists is the product of the expected counts of all cells,
those with an even number of lists against those with an odd number, that of nobody among them. The
observed cells say nothing of it: multiply it by a factor, and the same observed counts fit as well,
while those on no list become that factor times as many where k is even, and one part in that factor
where k is odd (Aleshin-Guendel, Sadinle and Wakefield 2021, arXiv 2101.09304).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from habeas.errors import InputError

FACTORS: Final = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0, 4.0)
"""Factors of the odds ratio that are shown."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """An estimate under another odds ratio of the highest order.

    Attributes:
        factor: of the odds ratio; 1 is what the method assumes.
        estimate: of the population.
        low: the lower end of the interval.
        high: the upper end.
    """

    factor: float
    estimate: float
    low: float
    high: float


def move(
    observed: int,
    ends: tuple[float, float, float],
    lists: int,
    factors: Sequence[float] = FACTORS,
) -> tuple[Moved, ...]:
    """The estimate and its interval under other odds ratios of the highest order.

    Args:
        observed: persons on at least one list.
        ends: estimate of the population, lower and upper end of its interval, under the method.
        lists: how many there are.
        factors: of the odds ratio, above 0.

    Raises:
        InputError: a factor that is not above 0.
    """
    if not all(factor > 0 for factor in factors):
        raise InputError("a factor of an odds ratio is above 0", mend="Give 0.25 to 4")

    def moved(population: float, factor: float) -> float:
        part = factor if lists % 2 == 0 else 1 / factor
        return observed + (population - observed) * part

    estimate, low, high = ends
    return tuple(
        Moved(
            factor=factor,
            estimate=moved(estimate, factor),
            low=moved(low, factor),
            high=moved(high, factor),
        )
        for factor in factors
    )
