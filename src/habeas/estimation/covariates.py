"""Covariates of persons as the columns of a design: numbers standardised, labels as indicators."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError

Floats = npt.NDArray[np.float64]

MOST_LABELS = 100
"""A covariate with more labels is taken for an id."""


def design(columns: dict[str, npt.NDArray[Any]], count: int, degree: int = 1) -> Floats:
    """The columns of a design, a column of ones first.

    A number is standardised to mean 0 and standard deviation 1; a constant says nothing and is left
    out. A label becomes one indicator for each label but the first; a missing label is the label
    of its own `""`, as strata have it. A missing number is refused: it has no place on the scale.

    Args:
        columns: by name; shape (records,) each.
        count: how many records.
        degree: 1, or 2 for the squares of numbers and the products of all columns of different
            covariates.

    Raises:
        InputError: a column of another length; a number that is missing or not finite; more
            labels than `MOST_LABELS`; another degree.
    """
    if degree not in (1, 2):
        raise InputError(f"a degree of {degree}", mend="Give 1, or 2 for squares and products")
    groups: list[Floats] = []
    squares: list[Floats] = []
    for name, column in columns.items():
        if len(column) != count:
            raise InputError("the columns differ in length", place=name)
        numbers = _numbers(column, name)
        if numbers is None:
            groups.append(_indicators([_label(cell) for cell in column], name))
        elif numbers.std() > 0:
            scaled = (numbers - numbers.mean()) / numbers.std()
            groups.append(scaled[:, None])
            squares.append(scaled[:, None] ** 2 - 1)
    found = [np.ones((count, 1)), *groups]
    if degree == 2:
        found += [*squares, *(_products(a, b) for a, b in combinations(groups, 2))]
    return np.hstack(found)


def _numbers(column: npt.NDArray[Any], name: str) -> Floats | None:
    """The column as numbers; none where it holds labels."""
    if column.dtype.kind in "iuf":
        numbers = column.astype(np.float64)
    elif column.dtype.kind == "O" and _only_numbers(column):
        numbers = np.array([math.nan if _missing(cell) else float(cell) for cell in column])
    else:
        return None
    if not np.isfinite(numbers).all():
        bad = int((~np.isfinite(numbers)).sum())
        raise InputError(
            f"{bad} numbers are missing or not finite",
            place=name,
            mend="Make ranges of the numbers, as labels: a missing label is a label of its own",
        )
    return numbers


def _only_numbers(column: Sequence[Any] | npt.NDArray[Any]) -> bool:
    said = [cell for cell in column if not _missing(cell)]
    return bool(said) and all(
        isinstance(cell, int | float | np.number) and not isinstance(cell, bool) for cell in said
    )


def _missing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell)) or str(cell) == "<NA>"


def _label(cell: object) -> str:
    return "" if _missing(cell) else str(cell)


def _indicators(labels: list[str], name: str) -> Floats:
    known, member = np.unique(labels, return_inverse=True)
    if len(known) > MOST_LABELS:
        raise InputError(
            f"{len(known)} labels: is this an id?",
            place=name,
            mend=f"Give a covariate of at most {MOST_LABELS} labels, or make groups of them",
        )
    return np.asarray(np.eye(len(known))[member.ravel()][:, 1:])


def _products(a: Floats, b: Floats) -> Floats:
    return np.asarray((a[:, :, None] * b[:, None, :]).reshape(len(a), -1))
