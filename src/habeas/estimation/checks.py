"""What every method asks of a table before it looks at it."""

from __future__ import annotations

import math

from habeas.errors import InputError
from habeas.estimation.overlap import Overlap
from habeas.estimation.saying import NoEstimateError


def require_table(overlap: Overlap, *, lists: int = 2, every_cell: bool = False) -> None:
    """Refuse a table that a method cannot take.

    Args:
        overlap: the table.
        lists: how many lists the method needs at least.
        every_cell: whether it needs every pattern to have been recordable.

    Raises:
        InputError: several strata, nobody observed, too few lists, or cells that could not be
            recorded where each is needed.
    """
    if len(overlap.strata) > 1:
        raise NoEstimateError("several_strata")
    if not overlap.observed:
        raise NoEstimateError("no_persons")
    if overlap.k < 2:
        raise NoEstimateError("one_list")
    if overlap.k < lists:
        raise NoEstimateError("lists", lists=overlap.k, needed=lists)
    if every_cell and overlap.unrecorded:
        raise NoEstimateError("unrecorded")


def require_level(level: float) -> None:
    """Refuse a level of an interval that is no share between 0 and 1.

    Raises:
        InputError: another level.
    """
    if not 0 < level < 1:
        raise InputError(f"{level} is no level of an interval", mend="Give 0.95")


def require_weight(delta: float) -> None:
    """Refuse a prior weight of a cell under which there is no prior.

    Raises:
        InputError: none above 0, or without an end.
    """
    if not (math.isfinite(delta) and delta > 0):
        raise NoEstimateError("weight", given=delta)


DRAWS = 4000
"""Draws from a posterior that is known exactly, or from the distribution of a closed estimate."""


def require_draws(draws: int) -> None:
    """Refuse fewer draws than say anything of the ends of an interval.

    Raises:
        InputError: fewer than 100.
    """
    if draws < 100:
        raise NoEstimateError("draws", draws=draws, usual=DRAWS)
