"""The same method on a table with a list left out, or with two lists made one.

An estimate that moves far when one list goes rests on that list. Two lists that copy from each
other, or that are two names of one source, should be one: the estimate with them merged shows what
their dependence does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

from habeas.errors import InputError
from habeas.estimation.fitting import Outcome, fit_all
from habeas.estimation.overlap import Overlap
from habeas.estimation.saying import NoEstimateError, say, why


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A table that was changed, and what came of it.

    Attributes:
        left_out: the list that was left out; empty if none was.
        merged: the two lists that were made one; empty if none were.
        lists: those that it then has.
        observed: persons on them.
        overlap: the table; none where cells that could not be recorded forbid the change.
        outcome: the result, or why there is none.
    """

    left_out: str = ""
    merged: tuple[str, ...] = ()
    lists: tuple[str, ...]
    observed: int
    overlap: Overlap | None
    outcome: Outcome


def leave_one_out(
    overlap: Overlap, method: str = "decomposable", **asked: Any
) -> tuple[Variant, ...]:
    """The method without each list in turn.

    Whoever stands on that list alone is not seen any more. A table that cannot carry an estimate
    without the list is told as such, not raised.

    Args:
        overlap: one stratum of three lists or more.
        method: as `fit_all` has it.
        asked: `level`, `seed`, `override` of `fit_all`, and options of the method.

    Raises:
        InputError: fewer than three lists, no such method or option.
    """
    _check(overlap)
    return tuple(
        Variant(
            left_out=name,
            lists=kept,
            observed=overlap.on_any_of(kept),
            overlap=table,
            outcome=outcome,
        )
        for name in overlap.lists
        for kept in [tuple(other for other in overlap.lists if other != name)]
        for table, outcome in [_fitted(partial(overlap.without, name), method, asked)]
    )


def merge_pairs(
    overlap: Overlap, method: str = "decomposable", **asked: Any
) -> tuple[Variant, ...]:
    """The method with each two lists made one.

    Args:
        overlap: one stratum of three lists or more.
        method: as `fit_all` has it.
        asked: `level`, `seed`, `override` of `fit_all`, and options of the method.

    Raises:
        InputError: fewer than three lists, no such method or option.
    """
    _check(overlap)
    return tuple(
        Variant(
            merged=pair,
            lists=tuple(into if one == pair[0] else one for one in overlap.lists if one != pair[1]),
            observed=overlap.observed,
            overlap=table,
            outcome=outcome,
        )
        for pair in combinations(overlap.lists, 2)
        for into in [" + ".join(pair)]
        for table, outcome in [_fitted(partial(overlap.merged, pair, into), method, asked)]
    )


def _check(overlap: Overlap) -> None:
    if overlap.k < 3:
        raise InputError(f"{overlap.k} lists", mend="Three lists or more are needed")


def _fitted(
    change: Callable[[], Overlap], method: str, asked: Mapping[str, Any]
) -> tuple[Overlap | None, Outcome]:
    """The table that a change makes and what came of it; why there is none where it makes none."""
    try:
        table = change()
    except NoEstimateError as error:
        return None, Outcome(method=method, result=None, why=why(error))
    return table, _outcome(table, method, asked)


def _outcome(table: Overlap, method: str, asked: Mapping[str, Any]) -> Outcome:
    common = {name: asked[name] for name in ("level", "seed", "override") if name in asked}
    options = {name: value for name, value in asked.items() if name not in common}
    if not table.observed:
        return Outcome(method=method, result=None, why=say("why.nobody_left"))
    return fit_all(table, names=[method], options={method: options}, **common)[0]
