"""An overlap table: how many persons stand on exactly these lists and on no other.

The cell of those who stand on no list is what is to be estimated: it is never part of a table.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError
from habeas.estimation.clusters import gather, list_bits
from habeas.estimation.records import Counts, Patterns, tabulate
from habeas.estimation.saying import NoEstimateError

MOST_LISTS = 62
"""A pattern is kept as the bits of one 64-bit number."""

MOST_PERSONS = 10**10
"""More than are alive: a larger count is a slip, and a spreadsheet has rounded its digits away."""

_MEND = "See docs/estimation.md for the forms that a table can have"


@dataclass(frozen=True, eq=False)
class Overlap:
    """Counts of persons by the lists that they stand on, in one stratum or in several.

    Attributes:
        lists: the names of the lists, k of them; list i is bit i of a pattern.
        patterns: the patterns met, each once, in ascending order; shape (m,), none of them 0.
        counts: persons; shape (s, m), one row a stratum.
        strata: what each row is: one tuple of labels a stratum; `((),)` when there is one only.
        stratified_by: the names of what the labels tell, in order.
        unrecorded: patterns that could not have been recorded (a list that did not reach there, a
            cell that was censored): unknown, not zero.
    """

    lists: tuple[str, ...]
    patterns: Patterns
    counts: Counts
    strata: tuple[tuple[str, ...], ...] = ((),)
    stratified_by: tuple[str, ...] = ()
    unrecorded: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        _check_lists(self.lists)
        _check_cells(self)

    @classmethod
    def from_counts(
        cls,
        lists: Sequence[str],
        counts: Mapping[str, int] | Mapping[tuple[str, ...], int],
        *,
        unrecorded: Iterable[str] = (),
    ) -> Overlap:
        """A table from counts of patterns.

        Args:
            lists: names of the lists.
            counts: by pattern, written as zeros and ones (`"0110"`: on the second and third list)
                or as the names of the lists (`("B", "C")`). A pattern that is left out counts 0.
            unrecorded: patterns in zeros and ones that could not have been recorded.

        Raises:
            InputError: a count that is no whole number of persons; a pattern that does not fit the
                lists; the pattern of those on no list.
        """
        names = tuple(lists)
        _check_lists(names)
        cells: dict[int, int] = {}
        for said, count in counts.items():
            pattern = _pattern(said, names)
            if pattern in cells:
                raise InputError("a pattern is given twice", place=str(said), mend=_MEND)
            cells[pattern] = whole_count(count, str(said))
        missing = frozenset(_pattern(said, names) for said in unrecorded)
        return cls._of_cells(names, cells, missing)

    @classmethod
    def _of_cells(
        cls, lists: tuple[str, ...], cells: Mapping[int, int], unrecorded: frozenset[int]
    ) -> Overlap:
        met = sorted(pattern for pattern, count in cells.items() if count)
        counts = np.array([[cells[pattern] for pattern in met]], dtype=np.int64)
        return cls(lists, np.array(met, dtype=np.int64), counts, unrecorded=unrecorded)

    @classmethod
    def from_records(
        cls,
        records: Any,
        *,
        lists: Sequence[str],
        strata: Sequence[str] = (),
        person: str | None = None,
    ) -> Overlap:
        """A table from one record a person.

        Args:
            records: columns by name: a data frame, or a mapping from names to sequences of one
                length.
            lists: the columns that say whether the person stands on the list: 1 and 0, true and
                false.
            strata: the columns that part the persons; a record with an empty label is kept in a
                stratum of its own, under the label `""`, and is never dropped.
            person: the column with the person's id. A person who comes twice is an error: link
                the records first.

        Raises:
            InputError: a column is missing; a cell is neither 1 nor 0; a person comes twice; a
                record that stands on no list.
        """
        names = tuple(lists)
        _check_lists(names)
        found = tabulate(records, names, tuple(strata), person)
        return cls(names, found.patterns, found.counts, found.strata, tuple(strata))

    @classmethod
    def from_clusters(
        cls,
        list_of_record: Sequence[str],
        clusters: npt.ArrayLike,
        *,
        lists: Sequence[str] | None = None,
        strata: Sequence[str] | None = None,
        stratified_by: str = "stratum",
    ) -> Overlap:
        """A table from linked records: every record is of one list and of one person.

        A person is on every list that one of its records is of, on each once.

        Args:
            list_of_record: the name of the list of each record.
            clusters: the id of the person of each record, whatever the id is; shape (records,).
            lists: the names of the lists in order; those met, sorted, when left out.
            strata: the label of each record. A person has the label on which its records agree,
                empty ones apart; a person whose records contradict each other, or have none, is
                kept under the label `""`.
            stratified_by: what the labels tell.

        Raises:
            InputError: no records, another number of ids or labels, a record without a cluster or
                of a list that is not named.
        """
        names, bits = list_bits(list_of_record, lists)
        _check_lists(names)
        found = gather(bits, clusters, strata)
        told = () if strata is None else (stratified_by,)
        return cls(names, found.patterns, found.counts, found.strata, told)

    @cached_property
    def k(self) -> int:
        """How many lists there are."""
        return len(self.lists)

    @cached_property
    def observed(self) -> int:
        """How many persons stand on at least one list, over all strata."""
        return int(self.counts.sum())

    @cached_property
    def membership(self) -> npt.NDArray[np.bool_]:
        """Which lists each pattern has; shape (m, k)."""
        bits = np.arange(self.k, dtype=np.int64)
        return (self.patterns[:, None] >> bits & 1).astype(bool)

    @cached_property
    def totals(self) -> Counts:
        """Persons by pattern over all strata; shape (m,)."""
        return np.asarray(self.counts.sum(axis=0))

    @cached_property
    def sizes(self) -> Counts:
        """Persons on each list, over all strata; shape (k,)."""
        return np.asarray(self.totals @ self.membership.astype(np.int64))

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the lists, strata and counts: which table a result came from."""
        text = repr(
            (
                self.lists,
                self.patterns.tolist(),
                self.counts.tolist(),
                self.strata,
                self.stratified_by,
                sorted(self.unrecorded),
            )
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def dense(self) -> Counts:
        """Counts of all patterns, that of nobody first (0); shape (s, 2**k).

        Raises:
            InputError: more than 16 lists: the table would be too large.
        """
        if self.k > 16:
            raise NoEstimateError("too_many", lists=self.k, patterns=2**self.k)
        full = np.zeros((len(self.strata), 1 << self.k), dtype=np.int64)
        full[:, self.patterns] = self.counts
        return full

    def pooled(self) -> Overlap:
        """The table without its strata."""
        return Overlap(
            self.lists, self.patterns, self.totals[None, :], unrecorded=self.unrecorded
        )._lean()

    def stratum(self, labels: tuple[str, ...]) -> Overlap:
        """The table of one stratum.

        Raises:
            InputError: there is no such stratum.
        """
        if labels not in self.strata:
            raise InputError(f"there is no stratum {labels!r}", mend="See `strata`")
        row = self.strata.index(labels)
        return Overlap(
            self.lists, self.patterns, self.counts[row : row + 1], unrecorded=self.unrecorded
        )._lean()

    def without(self, *names: str) -> Overlap:
        """The table with lists left out; whoever stood on these alone is not seen any more.

        Args:
            names: of the lists.

        Raises:
            InputError: there is no such list, or no other would be left; persons would fall
                into a cell of which a part could not be recorded.
        """
        left_out = {self._index(name) for name in names}
        kept = [bit for bit in range(self.k) if bit not in left_out]
        return self._regrouped([(1 << bit) for bit in kept], [self.lists[bit] for bit in kept])

    def on_any_of(self, names: Sequence[str]) -> int:
        """How many persons stand on one of these lists or more.

        Raises:
            InputError: there is no such list.
        """
        columns = [self._index(name) for name in names]
        return int(self.totals[self.membership[:, columns].any(axis=1)].sum())

    def merged(self, names: Sequence[str], into: str) -> Overlap:
        """The table with several lists made one: whoever stands on one of them stands on it.

        Args:
            names: two lists or more.
            into: the name of the list that they become; it takes the place of the first.

        Raises:
            InputError: there is no such list, fewer than two are named, or the new name is taken;
                persons would fall into a cell of which a part could not be recorded.
        """
        bits = sorted({self._index(name) for name in names})
        if len(bits) < 2:
            raise InputError("merging takes two lists or more", mend="Name the lists to merge")
        masks: list[int] = []
        labels: list[str] = []
        for bit in range(self.k):
            if bit == bits[0]:
                masks.append(sum(1 << one for one in bits))
                labels.append(into)
            elif bit not in bits:
                masks.append(1 << bit)
                labels.append(self.lists[bit])
        return self._regrouped(masks, labels)

    def _index(self, name: str) -> int:
        if name not in self.lists:
            raise InputError(
                f"there is no list {name!r}", mend=f"The lists are {', '.join(self.lists)}"
            )
        return self.lists.index(name)

    def _regrouped(self, masks: Sequence[int], names: Sequence[str]) -> Overlap:
        """A table whose list i holds who stood on any list of mask i."""

        def moved(pattern: int) -> int:
            return sum(1 << at for at, mask in enumerate(masks) if pattern & mask)

        new = np.array([moved(int(pattern)) for pattern in self.patterns], dtype=np.int64)
        unknown = {moved(pattern) for pattern in self.unrecorded} - {0}
        met = np.unique(new[new > 0])
        counts = np.zeros((len(self.strata), len(met)), dtype=np.int64)
        for at, pattern in enumerate(met):
            counts[:, at] = self.counts[:, new == pattern].sum(axis=1)
        keep = ~np.isin(met, list(unknown))
        # Such a cell holds at least these persons, and how many more is not known. A table cannot
        # say that: as unknown it would lose them, as known it would take the rest for nobody.
        lost = int(counts[:, ~keep].sum())
        if lost:
            raise NoEstimateError("partly_recorded", persons=lost)
        return Overlap(
            tuple(names),
            met[keep],
            counts[:, keep],
            self.strata,
            self.stratified_by,
            frozenset(unknown),
        )

    def _lean(self) -> Overlap:
        """Without patterns that nobody has."""
        met = self.totals > 0
        return Overlap(
            self.lists,
            self.patterns[met],
            self.counts[:, met],
            self.strata,
            self.stratified_by,
            self.unrecorded,
        )


def _check_lists(lists: tuple[str, ...]) -> None:
    if not 1 <= len(lists) <= MOST_LISTS:
        raise InputError(f"{len(lists)} lists: there are 1 to {MOST_LISTS}", mend=_MEND)
    if any(not isinstance(name, str) or not name.strip() for name in lists):
        raise InputError("a list has no name", mend="Give every list a name of its own")
    twice = sorted({name for name in lists if lists.count(name) > 1})
    if twice:
        raise InputError(
            f"two lists have the name {twice[0]!r}", mend="Give every list a name of its own"
        )


def _check_cells(table: Overlap) -> None:
    """Refuse what is no table: shapes, signs, order."""
    patterns, counts = table.patterns, table.counts
    if counts.shape != (len(table.strata), len(patterns)) or len(set(table.strata)) != len(
        table.strata
    ):
        raise InputError("counts, patterns and strata do not fit together", mend=_MEND)
    if counts.dtype.kind not in "iu" or patterns.dtype.kind not in "iu":
        raise InputError("counts are whole numbers of persons", mend=_MEND)
    if (counts < 0).any():
        raise InputError("a count is below zero", mend=_MEND)
    if len(patterns) and (patterns[0] < 1 or patterns[-1] >> len(table.lists)):
        raise InputError("a pattern does not fit the lists", mend=_MEND)
    if (np.diff(patterns) <= 0).any():
        raise InputError("patterns are in ascending order, each once", mend=_MEND)
    if np.isin(patterns, list(table.unrecorded)).any():
        raise InputError(
            "a pattern that could not be recorded has a count",
            mend="Leave its count out, or take it off the unrecorded patterns",
        )


def _pattern(said: str | tuple[str, ...], lists: tuple[str, ...]) -> int:
    """The bits of a pattern."""
    if isinstance(said, str):
        if len(said) != len(lists) or set(said) - {"0", "1"}:
            raise InputError(
                f"the pattern {said!r} is not {len(lists)} zeros and ones",
                mend="One digit a list, in the order of the lists",
            )
        pattern = sum(1 << at for at, digit in enumerate(said) if digit == "1")
    else:
        unknown = [name for name in said if name not in lists]
        if unknown:
            raise InputError(f"there is no list {unknown[0]!r}", mend=_MEND)
        pattern = sum(1 << lists.index(name) for name in set(said))
    if not pattern:
        raise InputError(
            "the count of those on no list is given",
            mend="That number is what is estimated; leave it out of the table",
        )
    return pattern


def whole_count(count: object, place: str) -> int:
    """A count of persons.

    Args:
        count: a number, or a text that says one.
        place: where it stands, for the error.

    Raises:
        InputError: it is no whole number of persons.
    """
    try:
        # Python reads "1_000" as a number; in a table it is a slip.
        number = float("none" if "_" in str(count) else count)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise InputError(f"{count!r} is no number", place=place, mend=_MEND) from None
    if not math.isfinite(number) or number != int(number) or number < 0:
        raise InputError(f"{count!r} is no whole number of persons", place=place, mend=_MEND)
    if number > MOST_PERSONS:
        raise InputError(
            f"{count!r} is more persons than there are",
            place=place,
            mend="A spreadsheet may have joined or rounded digits: write the count out",
        )
    return int(number)
