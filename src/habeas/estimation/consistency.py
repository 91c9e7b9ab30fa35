"""Do the lists speak of one another as a method says? Known truths inside the data, and warnings.

The persons on a list are a population of known size: from the other lists' overlaps within it, a
method must find that size again (internal consistency), and an estimate should settle as lists are
added (trajectories); both after Binette and Steorts (2022, arXiv 2112.01594). A method that passes
can still be wrong of those on no list; one that fails is not to be trusted. Odds ratios within a
third list, lists inside another and lists without overlap are told as findings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from habeas.errors import InputError
from habeas.estimation.checks import require_level, require_table
from habeas.estimation.overlap import Overlap
from habeas.estimation.saying import Saying, why


class Figures(NamedTuple):
    """What a method says of the population of a table.

    Attributes:
        estimate: of it.
        low: the lower end of the interval.
        high: the upper end.
        against: why they may not be published; none where nothing stands against them.
    """

    estimate: float
    low: float
    high: float
    against: Saying | None = None


class _Tried(NamedTuple):
    """What came of asking; the fields that a `Prediction` and a `Step` end with."""

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    refused: Saying | None = None
    against: Saying | None = None


Estimator = Callable[[Overlap], Figures | tuple[float, float, float]]
"""A table to what a method says of its population."""


@dataclass(frozen=True)
class Prediction:
    """The size of a list, from the lists that are not it.

    Attributes:
        name: the list.
        size: how many stand on it: the truth.
        seen: how many of them stand on another list too.
        estimate: of the size; none where the method refused.
        low: the lower end of the interval.
        high: the upper end.
        refused: why there is none; none where there is one.
        against: why it may not be published, were its size not known; none where nothing stands.
    """

    name: str
    size: int
    seen: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    refused: Saying | None = None
    against: Saying | None = None

    @property
    def covered(self) -> bool | None:
        """Whether the interval holds the truth; none where there is no interval."""
        if self.low is None or self.high is None:
            return None
        return self.low <= self.size <= self.high


@dataclass(frozen=True)
class Step:
    """The estimate from some of the lists.

    Attributes:
        lists: which; the last is the one that was added.
        observed: persons on them.
        estimate: of the population; none where the method refused.
        low: the lower end of the interval.
        high: the upper end.
        refused: why there is none; none where there is one.
        against: why it may not be published; none where nothing stands against it.
    """

    lists: tuple[str, ...]
    observed: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    refused: Saying | None = None
    against: Saying | None = None

    @property
    def publishable(self) -> bool:
        """Whether there is an estimate, and nothing stands against it."""
        return self.estimate is not None and self.against is None


@dataclass(frozen=True)
class OddsRatio:
    """How two lists depend among persons whom another list has, where all four cells are seen.

    Attributes:
        lists: the two.
        given: the other lists; persons on one of them are counted.
        both: persons on both.
        first: on the first of the two only.
        second: on the second only.
        neither: on neither.
        ratio: both times neither by first times second; 1 is independence.
        low: the lower end of the interval (Woolf 1955).
        high: the upper end.
        corrected: a cell was empty, and one half was added to each (Haldane 1956).
    """

    lists: tuple[str, str]
    given: tuple[str, ...]
    both: int
    first: int
    second: int
    neither: int
    ratio: float
    low: float
    high: float
    corrected: bool


@dataclass(frozen=True)
class Inside:
    """One list is nearly inside another: it says little that the other does not.

    Attributes:
        inner: the list that is inside.
        outer: the list that it is inside of.
        shared: persons on both.
        share: of the inner list.
    """

    inner: str
    outer: str
    shared: int
    share: float


@dataclass(frozen=True)
class Apart:
    """A list that shares nobody with any other, though it has persons, or that has none.

    Attributes:
        name: the list.
        size: persons on it.
    """

    name: str
    size: int


def within(overlap: Overlap, name: str) -> Overlap:
    """The other lists among the persons on one list; who is on that one alone is not in it.

    Args:
        overlap: one stratum.
        name: the list.

    Raises:
        InputError: as `require_table`; there is no such list.
    """
    require_table(overlap)
    if name not in overlap.lists:
        raise InputError(
            f"there is no list {name!r}", mend=f"The lists are {', '.join(overlap.lists)}"
        )
    at = overlap.lists.index(name)
    cells = zip(overlap.patterns.tolist(), overlap.totals.tolist(), strict=True)
    counts = {_digits(p, at, overlap.k): count for p, count in cells if p >> at & 1 and p ^ 1 << at}
    unknown = [_digits(p, at, overlap.k) for p in overlap.unrecorded if p >> at & 1 and p ^ 1 << at]
    others = [other for other in overlap.lists if other != name]
    return Overlap.from_counts(others, counts, unrecorded=unknown)


def _digits(pattern: int, left_out: int, k: int) -> str:
    return "".join(str(pattern >> bit & 1) for bit in range(k) if bit != left_out)


def internal_consistency(overlap: Overlap, estimator: Estimator) -> tuple[Prediction, ...]:
    """The size of each list, predicted from the others, beside the truth.

    Args:
        overlap: one stratum of three lists or more.
        estimator: the method; an `InputError` of it is told, not raised.

    Raises:
        InputError: as `require_table`.
    """
    require_table(overlap, lists=3)
    found = []
    for name, size in zip(overlap.lists, overlap.sizes.tolist(), strict=True):
        table = partial(within, overlap, name)
        found.append(Prediction(name, size, table().observed, *_try(estimator, table)))
    return tuple(found)


def trajectory(
    overlap: Overlap, estimator: Estimator, *, order: Sequence[str] | None = None, first: int = 2
) -> tuple[Step, ...]:
    """The estimate as lists are added.

    Args:
        overlap: one stratum.
        estimator: the method; an `InputError` of it is told, not raised.
        order: of the lists, each once; the largest first when left out.
        first: with how many lists to begin.

    Raises:
        InputError: as `require_table`; an order that is none of these lists.
    """
    require_table(overlap)
    by_size = np.argsort(-overlap.sizes, kind="stable")
    names = tuple(order) if order is not None else tuple(overlap.lists[at] for at in by_size)
    if sorted(names) != sorted(overlap.lists):
        raise InputError(
            "the order does not name each list once",
            mend=f"The lists are {', '.join(overlap.lists)}",
        )
    if not 2 <= first <= overlap.k:
        raise InputError(f"beginning with {first} lists", mend=f"Give 2 to {overlap.k}")
    found = []
    for count in range(first, overlap.k + 1):
        kept = names[:count]
        said = _try(estimator, partial(overlap.without, *names[count:]))
        found.append(Step(kept, overlap.on_any_of(kept), *said))
    return tuple(found)


def _try(estimator: Estimator, table: Callable[[], Overlap]) -> _Tried:
    """What a method says of a table, or why it says nothing, or why there is no such table."""
    try:
        said = Figures(*estimator(table()))
    except InputError as error:
        return _Tried(refused=why(error))
    return _Tried(float(said.estimate), float(said.low), float(said.high), against=said.against)


def odds_ratios(overlap: Overlap, *, level: float = 0.95) -> tuple[OddsRatio, ...]:
    """How each pair of lists depends, among the persons on any other list and on each other list.

    Only where another list has found a person is it known that the person is on neither of two:
    these are the tables of two lists with no cell unseen. Far above 1 everywhere: persons differ,
    or the lists feed each other. Far below 1: they avoid each other, and floors are none.

    Args:
        overlap: one stratum of three lists or more.
        level: of the intervals.

    Raises:
        InputError: as `require_table`, every cell needed.
    """
    require_table(overlap, lists=3, every_cell=True)
    require_level(level)
    found = []
    for a, b in combinations(range(overlap.k), 2):
        others = [bit for bit in range(overlap.k) if bit not in (a, b)]
        groups = [others] if len(others) == 1 else [others, *([bit] for bit in others)]
        found += [_odds(overlap, a, b, given, level) for given in groups]
    return tuple(found)


def _odds(overlap: Overlap, a: int, b: int, given: list[int], level: float) -> OddsRatio:
    on = overlap.membership
    seen = on[:, given].any(axis=1)
    cells = [
        int(overlap.totals[seen & (on[:, a] == first) & (on[:, b] == second)].sum())
        for first, second in ((True, True), (True, False), (False, True), (False, False))
    ]
    corrected = 0 in cells
    both, first, second, neither = (cell + 0.5 if corrected else float(cell) for cell in cells)
    ratio = both * neither / (first * second)
    spread = np.sqrt(1 / both + 1 / first + 1 / second + 1 / neither)
    factor = float(np.exp(norm.ppf((1 + level) / 2) * spread))
    return OddsRatio(
        (overlap.lists[a], overlap.lists[b]),
        tuple(overlap.lists[bit] for bit in given),
        *(cells[0], cells[1], cells[2], cells[3]),
        ratio,
        ratio / factor,
        ratio * factor,
        corrected,
    )


def nearly_inside(overlap: Overlap, *, share: float = 0.9) -> tuple[Inside, ...]:
    """Lists of which at least a share stands on one other list.

    Args:
        overlap: one stratum.
        share: above 0, at most 1.

    Raises:
        InputError: as `require_table`; another share.
    """
    require_table(overlap)
    if not 0 < share <= 1:
        raise InputError(f"{share} is no share", mend="Give a number above 0, at most 1")
    shared = _shared(overlap)
    return tuple(
        Inside(overlap.lists[a], overlap.lists[b], int(shared[a, b]), shared[a, b] / shared[a, a])
        for a in range(overlap.k)
        for b in range(overlap.k)
        if a != b and shared[a, a] and shared[a, b] >= share * shared[a, a]
    )


def apart(overlap: Overlap) -> tuple[Apart, ...]:
    """Lists that share nobody with any other.

    Args:
        overlap: one stratum.

    Raises:
        InputError: as `require_table`.
    """
    require_table(overlap)
    shared = _shared(overlap)
    return tuple(
        Apart(overlap.lists[at], int(shared[at, at]))
        for at in range(overlap.k)
        if shared[at].sum() == shared[at, at]
    )


def apart_pairs(overlap: Overlap) -> tuple[tuple[str, str], ...]:
    """Pairs of lists that share nobody.

    Args:
        overlap: one stratum.

    Raises:
        InputError: as `require_table`.
    """
    require_table(overlap)
    shared = _shared(overlap)
    return tuple(
        (overlap.lists[a], overlap.lists[b])
        for a, b in combinations(range(overlap.k), 2)
        if not shared[a, b]
    )


def _shared(overlap: Overlap) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Persons on both of two lists; the sizes on the diagonal; shape (k, k)."""
    on = overlap.membership.astype(np.int64)
    return np.asarray(on.T @ (on * overlap.totals[:, None]))
