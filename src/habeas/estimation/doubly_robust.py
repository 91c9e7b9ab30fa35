"""Doubly robust estimates with covariates, from pairs of lists (Das, Kennedy and Jewell 2023).

Two lists A and B are taken for independent among persons who are alike in their covariates and on
no other list (Dulce Rubio and Kennedy 2024, arXiv 2407.03539; with two lists in all, arXiv
2104.14091). Then for each person observed, with q10, q01 and q11 the chances, given the covariates
x and that the person is observed, to be on A alone, on B alone, on both and on no other list,

    missing per observed = E[ ratio q10 q01 / q11 ],       ratio = 1 under the assumption,

where `ratio` is the odds ratio of A and B among those on no other list: the sensitivity parameter.
The estimate is the mean of the uncentred influence function,

    1 + ratio q10 q01 / q11 (Y10/q10 + Y01/q01 - Y11/q11),

whose error is a product of errors of the q: none when one of q10 and q01 alone is wrong, of second
order otherwise. The q are learnt from other persons than those they are used on (cross-fitting).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from habeas.errors import InputError
from habeas.estimation.checks import require_level
from habeas.estimation.class_shares import Learner, class_shares
from habeas.estimation.covariates import design as design_of
from habeas.estimation.records import _bits as patterns_of
from habeas.estimation.records import _column as column_of
from habeas.estimation.records import _refuse_twice as refuse_twice

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST_SHARE = 0.005
"""Shares below this are raised to it, as in the paper; how many were is told."""


@dataclass(frozen=True)
class SensitivityPoint:
    """The estimate if the two lists depend so much.

    Attributes:
        ratio: odds ratio of the lists among persons alike who are on no other list.
        estimate: of the population.
        low: the lower end of the interval.
        high: the upper end.
    """

    ratio: float
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PairResult:
    """The estimate from one pair of lists.

    Attributes:
        lists: which two.
        others: the lists that a person has to be off to have a say on the pair.
        observed: persons on any list.
        cells: how many stand on the first alone, the second alone, and on both, off the others.
        estimate: of the population; `observed` where the sum fell below it.
        standard_error: of the estimate.
        low: the lower end of the interval of the paper; never below `observed`.
        high: its upper end.
        level: of the interval.
        plug_in: the estimate without correction, from the chances alone.
        clipped: persons of whom a chance was raised to the least share.
        below: whether the sum fell below the persons observed.
        missing: what each person says of the missing; shape (observed,).
        assumption: in words.
    """

    lists: tuple[str, str]
    others: tuple[str, ...]
    observed: int
    cells: tuple[int, int, int]
    estimate: float
    standard_error: float
    low: float
    high: float
    level: float
    plug_in: float
    clipped: int
    below: bool
    missing: Floats
    assumption: str

    def sensitivity(
        self, ratios: Sequence[float] = (0.25, 0.5, 1.0, 2.0, 4.0)
    ) -> tuple[SensitivityPoint, ...]:
        """The estimate at other odds ratios of the pair; above 1, the lists attract each other.

        Raises:
            InputError: a ratio that is not above 0.
        """
        if not all(np.isfinite(ratio) and ratio > 0 for ratio in ratios):
            raise InputError("an odds ratio is above 0", mend="1 is independence; give 0.25 to 4")
        return tuple(
            SensitivityPoint(ratio, found[0], found[2], found[3])
            for ratio in ratios
            for found in [_population(self.missing, ratio, self.level)]
        )


@dataclass(frozen=True, eq=False)
class DoublyRobust:
    """The estimates from pairs of lists, side by side.

    Attributes:
        lists: the names of the lists.
        observed: persons on any list.
        covariates: by which persons are alike.
        pairs: one a pair that has an estimate.
        refused: the pairs that have none, and why.
        learner: what the chances were learnt with.
        folds: parts in cross-fitting.
        seed: of the parting into folds.
    """

    lists: tuple[str, ...]
    observed: int
    covariates: tuple[str, ...]
    pairs: tuple[PairResult, ...]
    refused: tuple[tuple[tuple[str, str], str], ...]
    learner: Learner
    folds: int
    seed: int


def doubly_robust(
    records: Any,
    *,
    lists: Sequence[str],
    covariates: Sequence[str],
    pair: tuple[str, str] | None = None,
    folds: int = 5,
    seed: int = 1,
    learner: Learner = "logistic",
    degree: int = 1,
    person: str | None = None,
    least_share: float = LEAST_SHARE,
    level: float = 0.95,
) -> DoublyRobust:
    """Estimate from each pair of lists, given covariates and that no other list has the person.

    Args:
        records: columns by name, one record a person, as `Overlap.from_records` takes them.
        lists: the columns of ones and zeros, two or more.
        covariates: the columns by which persons are alike; numbers are standardised, labels are
            indicators, a missing label is a label of its own.
        pair: the two lists to estimate from; every pair when left out.
        folds: parts in cross-fitting, 2 or more.
        seed: of the parting into folds.
        learner: `logistic` or `neighbours`.
        degree: 2 adds squares and products of covariates.
        person: the column with the person's id; a person who comes twice is an error.
        least_share: chances below it are raised to it.
        level: of the intervals.

    Raises:
        InputError: what `Overlap.from_records` and `covariates.design` refuse; fewer than two
            lists; a pair that is none; fewer persons on both, or on one alone, than folds.
    """
    names = tuple(lists)
    require_level(level)
    _require(names, pair, folds, learner, least_share)
    refuse_twice(records, person)
    patterns = patterns_of(records, names)
    columns = {name: column_of(records, name) for name in covariates}
    design = design_of(columns, len(patterns), degree)
    task = _Task(patterns, design, folds, seed, learner, least_share, level, tuple(covariates))
    asked = [pair] if pair else list(combinations(names, 2))
    found, refused = [], []
    for one in asked:
        cells = task.cells(names, one)
        few = [said for said, count in zip(_CELLS, cells.sum(axis=0), strict=True) if count < folds]
        if few:
            said = f"fewer than {folds} persons, off the other lists, stand on {few[0]}"
            refused.append((one, said.format(*one)))
        else:
            found.append(task.result(names, one, cells))
    if not found:
        raise InputError(
            f"no pair has an estimate: {' and '.join(refused[0][0])}: {refused[0][1]}",
            mend="Merge lists, or leave lists out, so that the pair overlaps",
        )
    return DoublyRobust(
        names,
        len(patterns),
        tuple(covariates),
        tuple(found),
        tuple(refused),
        learner,
        folds,
        seed,
    )


_CELLS = ("{0} alone", "{1} alone", "{0} and {1}")


def _require(
    names: tuple[str, ...],
    pair: tuple[str, str] | None,
    folds: int,
    learner: Learner,
    least_share: float,
) -> None:
    if len(names) < 2:
        raise InputError("one list cannot overlap", mend="Two lists or more are needed")
    if len(set(names)) < len(names):
        raise InputError("a list is named twice", mend="Name every list once")
    if pair is not None and (len(set(pair)) != 2 or not set(pair) <= set(names)):
        raise InputError(f"{pair!r} is no pair of lists", mend=f"The lists are {', '.join(names)}")
    if folds < 2:
        raise InputError(f"{folds} folds", mend="Give 2 or more; 5 is usual")
    if learner not in ("logistic", "neighbours"):
        raise InputError(f"there is no learner {learner!r}", mend="Give logistic or neighbours")
    if not 0 < least_share < 0.5:
        raise InputError(f"a least share of {least_share}", mend="Give a small share, as 0.005")


@dataclass(frozen=True, eq=False)
class _Task:
    """What all pairs of one call share."""

    patterns: npt.NDArray[np.int64]
    design: Floats
    folds: int
    seed: int
    learner: Learner
    least: float
    level: float
    covariates: tuple[str, ...]

    def cells(self, names: tuple[str, ...], pair: tuple[str, str]) -> Bools:
        """On the first alone, the second alone, both, and on no other list; shape (records, 3)."""
        first, second = (1 << names.index(name) for name in pair)
        return np.stack([self.patterns == cell for cell in (first, second, first | second)], axis=1)

    def result(self, names: tuple[str, ...], pair: tuple[str, str], cells: Bools) -> PairResult:
        shares = self._cross_fitted(cells)
        raised = np.maximum(shares, self.least)
        missing = influence(cells, raised)
        plain = (raised[:, 0] * raised[:, 1] / raised[:, 2]).sum()
        estimate, error, low, high = _population(missing, 1.0, self.level)
        first, second, both = (int(count) for count in cells.sum(axis=0))
        return PairResult(
            pair,
            tuple(name for name in names if name not in pair),
            len(cells),
            (first, second, both),
            estimate,
            error,
            low,
            high,
            self.level,
            len(cells) + float(plain),
            int((shares < self.least).any(axis=1).sum()),
            bool(missing.sum() < 0),
            missing,
            _assumption(names, pair, self.covariates),
        )

    def _cross_fitted(self, cells: Bools) -> Floats:
        """The chances of each person to be in the cells, learnt from the other folds."""
        member = np.where(cells.any(axis=1), cells.argmax(axis=1), 3)
        member = np.unique(member, return_inverse=True)[1].ravel()
        classes = int(member.max()) + 1
        fold = _folds(member, self.folds, self.seed)
        shares = np.empty((len(cells), classes))
        for at in range(self.folds):
            out = fold == at
            known = (self.design[~out], member[~out])
            shares[out] = class_shares(self.learner, known, self.design[out], classes)
        return shares[:, :3]


def influence(cells: Bools, shares: Floats) -> Floats:
    """What each person says of the missing: the uncentred influence function, less 1.

    Args:
        cells: whether the person is on the first list alone, the second alone, both, and on no
            other list; shape (persons, 3).
        shares: the chances of that, above 0; shape (persons, 3).
    """
    ratio = shares[:, 0] * shares[:, 1] / shares[:, 2]
    held = cells / shares
    return np.asarray(ratio * (held[:, 0] + held[:, 1] - held[:, 2]))


def _population(missing: Floats, ratio: float, level: float) -> tuple[float, float, float, float]:
    """The estimate, its standard error and the interval of Das, Kennedy and Jewell (2023).

    With the capture probability psi estimated by n / N and sigma**2 the variance of the influence
    function: N +- z sqrt(N (psi sigma**2 + (1 - psi) / psi)).
    """
    observed = len(missing)
    estimate = max(observed + ratio * float(missing.sum()), float(observed))
    psi = observed / estimate
    variance = ratio**2 * float(missing.var())
    error = float(np.sqrt(estimate * (psi * variance + (1 - psi) / psi)))
    reach = float(norm.ppf((1 + level) / 2)) * error
    return estimate, error, max(estimate - reach, float(observed)), estimate + reach


def _folds(member: npt.NDArray[np.int64], folds: int, seed: int) -> npt.NDArray[np.int64]:
    """A fold for each person, each class spread over all of them."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(member))
    order = order[np.argsort(member[order], kind="stable")]
    found = np.empty(len(member), dtype=np.int64)
    found[order] = np.arange(len(member)) % folds
    return found


def _assumption(names: tuple[str, ...], pair: tuple[str, str], covariates: tuple[str, ...]) -> str:
    alike = f" who are alike in {', '.join(covariates)}" if covariates else ""
    rest = " and on no other list" if len(names) > 2 else ""
    return (
        f"Among persons{alike}{rest}, the lists {pair[0]} and {pair[1]} are independent: being on "
        "one says nothing of being on the other. Every such person can be on both"
    )
