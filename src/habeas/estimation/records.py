"""Records of persons, counted by the lists that they stand on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError

Counts = npt.NDArray[np.int64]
Patterns = npt.NDArray[np.int64]

_MEND = "See docs/estimation.md for the forms that a table can have"


class Tabulated(NamedTuple):
    """Patterns met, ascending; persons by stratum and pattern; the labels of the strata."""

    patterns: Patterns
    counts: Counts
    strata: tuple[tuple[str, ...], ...]


def tabulate(
    records: Any, lists: tuple[str, ...], strata: tuple[str, ...], person: str | None
) -> Tabulated:
    """Count records; arguments and errors as `Overlap.from_records`."""
    _refuse_twice(records, person)
    bits = _bits(records, lists)
    labels = _labels(records, strata, len(bits))
    patterns, columns = np.unique(bits, return_inverse=True)
    found = tuple(sorted(set(labels)))
    row = {label: at for at, label in enumerate(found)}
    counts = np.zeros((len(found), len(patterns)), dtype=np.int64)
    np.add.at(counts, (np.array([row[label] for label in labels]), columns), 1)
    return Tabulated(patterns, counts, found)


def _column(records: Any, name: str) -> npt.NDArray[Any]:
    try:
        return np.asarray(records[name])
    except (KeyError, IndexError, TypeError, ValueError):
        raise InputError(f"there is no column {name!r}", mend=_MEND) from None


def _refuse_twice(records: Any, person: str | None) -> None:
    if person is None:
        return
    ids = [str(one) for one in _column(records, person)]
    if len(set(ids)) < len(ids):
        twice = len(ids) - len(set(ids))
        raise InputError(
            f"{twice} records are of a person who came before",
            place=person,
            mend="Link the records of a person first: a person counts once",
        )


def _bits(records: Any, lists: tuple[str, ...]) -> Patterns:
    """The pattern of each record; shape (records,)."""
    found: Patterns | None = None
    for at, name in enumerate(lists):
        said = _column(records, name)
        if said.dtype == object or said.dtype.kind not in "biuf":
            said = _numbers(said, name)
        if not np.isin(said, (0, 1)).all():
            raise InputError(
                "a cell is neither 1 nor 0",
                place=name,
                mend="1 where the person stands on the list, 0 where not",
            )
        if found is None:
            found = np.zeros(len(said), dtype=np.int64)
        if len(said) != len(found):
            raise InputError("the columns differ in length", place=name, mend=_MEND)
        found |= said.astype(np.int64) << at
    if found is None or not len(found):
        raise InputError("there is no record", mend=_MEND)
    if (found == 0).any():
        raise InputError(
            f"{int((found == 0).sum())} records stand on no list",
            mend="Leave them out; those on no list are what is estimated",
        )
    return found


def _numbers(said: npt.NDArray[Any], name: str) -> npt.NDArray[np.float64]:
    try:
        return said.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError("a cell is neither 1 nor 0", place=name, mend=_MEND) from None


def _labels(records: Any, strata: Sequence[str], count: int) -> list[tuple[str, ...]]:
    if not strata:
        return [()] * count
    columns = [_column(records, name) for name in strata]
    if any(len(column) != count for column in columns):
        raise InputError("the columns differ in length", mend=_MEND)
    return [tuple(label_of(cell) for cell in cells) for cells in zip(*columns, strict=True)]


def label_of(cell: object) -> str:
    """A label as text; empty for what a data frame writes for nothing."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or str(cell) == "<NA>":
        return ""
    return str(cell)
