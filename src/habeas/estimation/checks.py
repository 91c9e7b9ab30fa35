"""What every method asks of a table before it looks at it."""

from __future__ import annotations

from habeas.errors import InputError
from habeas.estimation.overlap import Overlap


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
        raise InputError(
            "the table has several strata",
            mend="Fit each (`overlap.stratum`), or all without parting them (`overlap.pooled()`)",
        )
    if not overlap.observed:
        raise InputError("the table has no persons", mend="There is nothing to estimate from")
    if overlap.k < 2:
        raise InputError("one list cannot overlap", mend="Two lists or more are needed")
    if overlap.k < lists:
        raise InputError(f"{overlap.k} lists", mend=f"The method needs {lists} lists or more")
    if every_cell and overlap.unrecorded:
        raise InputError(
            "the table has patterns that could not be recorded",
            mend="Use the method loglinear, which leaves such cells out of the fit",
        )


def require_level(level: float) -> None:
    """Refuse a level of an interval that is no share between 0 and 1.

    Raises:
        InputError: another level.
    """
    if not 0 < level < 1:
        raise InputError(f"{level} is no level of an interval", mend="Give 0.95")


DRAWS = 4000
"""Draws from a posterior that is known exactly, or from the distribution of a closed estimate."""


def require_draws(draws: int) -> None:
    """Refuse fewer draws than say anything of the ends of an interval.

    Raises:
        InputError: fewer than 100.
    """
    if draws < 100:
        raise InputError(f"{draws} draws", mend=f"Give 100 or more; {DRAWS} is usual")
