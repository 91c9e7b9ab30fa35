"""The account of an import: rows in = recorded + held back + rejected, to the row.

The two sides are counted apart, one where a row leaves the file and one where its fate is decided,
so that a row lost between them is found.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from habeas.errors import HabeasError
from habeas.exchange.lists.row_reading import Question, ReadRow
from habeas.exchange.lists.row_rules import RowRules
from habeas.exchange.tables.table import Row

Fate = Literal["recorded", "already", "held", "rejected"]
"""`already`: the record holds the row from an earlier import; it counts as recorded."""

KEPT: Final = 1_000
"""How many questions and warnings an account keeps; of the rest it keeps the number."""


class Totals(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many rows, by what became of them."""

    read: int = 0
    recorded: int = 0
    """Those that the record holds afterwards, `already` among them."""
    already: int = 0
    """Those that it held before."""
    held: int = 0
    rejected: int = 0

    @property
    def new(self) -> int:
        """Rows that this run records."""
        return self.recorded - self.already

    def check(self, place: str = "") -> Totals:
        """These totals, when the account is right.

        Raises:
            HabeasError: a row was lost or counted twice.
        """
        if self.read != self.recorded + self.held + self.rejected or self.already > self.recorded:
            raise HabeasError(
                f"the account is wrong: {self.line()}",
                place=place,
                mend="Nothing was recorded. This is a fault of Habeas itself: report it",
            )
        return self

    def line(self, *, planned: bool = False) -> str:
        """The account in one line.

        Args:
            planned: nothing was recorded yet.
        """
        before = f" + {self.already} recorded before" if self.already else ""
        verb = "to record" if planned else "recorded"
        return (
            f"{self.read} rows in = {self.new} {verb}{before} + {self.held} held back"
            f" + {self.rejected} rejected"
        )

    def __add__(self, other: Totals) -> Totals:
        """The totals of two tables."""
        return Totals(
            read=self.read + other.read,
            recorded=self.recorded + other.recorded,
            already=self.already + other.already,
            held=self.held + other.held,
            rejected=self.rejected + other.rejected,
        )


class RowQuestions(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is not recorded, and why."""

    sheet: str | None
    row: int
    questions: tuple[Question, ...]
    rejected: str = ""


class RowWarning(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something to look at in a row that is recorded all the same."""

    sheet: str | None
    row: int
    column: str
    words: str
    warning: str


class ColumnAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one column."""

    name: str
    address: str
    predicates: tuple[str, ...]
    """What is made of it; nothing when no rule reads it."""
    slot: str = ""
    """Which part of a name, date, position or number it holds, when a rule says so."""
    read: int
    """Rows in which a value was read; without a rule: in which something stands."""
    asked: int
    empty: int


class TableAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in one table."""

    sheet: str | None
    header_row: int | None
    columns: tuple[ColumnAccount, ...]
    missing: tuple[str, ...] = ()
    """Columns that the mapping names and this table has not."""
    totals: Totals


class Tally:
    """Counts the rows of one table while they pass."""

    def __init__(self, rules: RowRules, missing: tuple[str, ...] = ()) -> None:
        self._rules = rules
        self._missing = missing
        self._read = 0
        self._fates: dict[Fate, int] = {"recorded": 0, "already": 0, "held": 0, "rejected": 0}
        self._filled = [0] * len(rules.rules)
        self._asked = [0] * len(rules.rules)
        self._unread = [0] * len(rules.table.columns)

    def came(self, row: Row) -> None:
        """A row left the file."""
        self._read += 1
        for column in self._rules.unread:
            if row.cells[column]:
                self._unread[column] += 1

    def became(self, read: ReadRow, fate: Fate) -> None:
        """What became of a row was decided."""
        self._fates[fate] += 1
        for number in read.filled:
            self._filled[number] += 1
        for number in read.asked:
            self._asked[number] += 1

    def account(self) -> TableAccount:
        """The account of the table.

        Raises:
            HabeasError: a row was lost or counted twice.
        """
        fates = self._fates
        totals = Totals(
            read=self._read, recorded=fates["recorded"] + fates["already"],
            already=fates["already"], held=fates["held"], rejected=fates["rejected"],
        )  # fmt: skip
        table = self._rules.table
        return TableAccount(
            sheet=table.sheet,
            header_row=table.header_row,
            columns=tuple(self._column(number) for number in range(len(table.columns))),
            missing=self._missing,
            totals=totals.check(table.sheet or ""),
        )

    def _column(self, number: int) -> ColumnAccount:
        column = self._rules.table.columns[number]
        rules = [(n, rule) for n, rule in enumerate(self._rules.rules) if number in rule.columns]
        read = max((self._filled[n] for n, _ in rules), default=self._unread[number])
        asked = max((self._asked[n] for n, _ in rules), default=0)
        return ColumnAccount(
            name=column.name,
            address=column.address,
            predicates=tuple(dict.fromkeys(rule.rule.predicate for _, rule in rules)),
            slot=next(
                (
                    rule.rule.slots[rule.columns.index(number)]
                    for _, rule in rules
                    if rule.columns.index(number) < len(rule.rule.slots)
                ),
                "",
            ),
            read=read,
            asked=asked,
            empty=max(0, self._read - read - asked),
        )
