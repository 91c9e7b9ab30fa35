"""All rows of a list read once: what becomes of each, and the account of them.

Rows pass one at a time and are never held, so that a list may be longer than the memory. Planning
and recording go through the same reading, so that what a plan says is what is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from habeas.errors import InputError
from habeas.exchange.lists.known_rows import KnownRows, known_rows
from habeas.exchange.lists.mapping import Mapping
from habeas.exchange.lists.mapping_file import check_mapping, unmatched
from habeas.exchange.lists.mended import NOTE, is_mended, original
from habeas.exchange.lists.ready_row import ReadyRow
from habeas.exchange.lists.reconciliation import (
    KEPT,
    Fate,
    RowQuestions,
    RowWarning,
    TableAccount,
    Tally,
    Totals,
)
from habeas.exchange.lists.row_reading import ReadRow
from habeas.exchange.lists.row_rules import RowRules, compile_rules
from habeas.exchange.lists.row_worker import Job
from habeas.exchange.lists.rows_ahead import rows_ahead
from habeas.exchange.tables.table import Row, Table, TableFile
from habeas.registry.preparing import Preparation, PreparedEntry
from habeas.registry.view import View

STEP = 1_000
"""After how many rows progress is told."""

Progress = Callable[[int], None]
"""Called with the number of rows since the last call."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would record, or what it recorded."""

    source: str
    file: str
    """The name of the list."""
    format: str
    totals: Totals
    tables: tuple[TableAccount, ...]
    sheets_left: tuple[str, ...]
    """Sheets that the mapping leaves out."""
    loose: int
    """Lines that are no rows: titles, notes, totals."""
    remarks: tuple[str, ...]
    """What the reader of the file found worth telling."""
    questions: tuple[RowQuestions, ...]
    """The first rows that are not recorded; `totals` has their number."""
    warnings: tuple[RowWarning, ...]
    """The first of `warned`."""
    warned: int
    changed: int
    """New rows at a place of the list from which another row was recorded before."""
    source_known: bool
    """Whether the registry holds anything about the source itself."""
    erased: int
    """Claims that were erased in this registry: the list may still hold what they said."""
    claims: int
    """What the new rows say."""
    held_file: str | None = None
    """Where the rows that are not recorded were written."""
    run: str | None = None
    """The run that recorded them; None when nothing was recorded."""


class Sorted(NamedTuple):
    """A row with what it says and what becomes of it."""

    rules: RowRules
    row: Row
    read: ReadRow
    fate: Fate
    entry: PreparedEntry | None
    """What is recorded of it; None in a plan."""


class Survey:
    """Reads all rows of a list once, decides what becomes of each, and keeps the account.

    Args:
        view: at the clearance `sealed`.
        file: the list.
        mapping: what its columns mean.
        progress: of the rows.
        prepare: makes the entries ready; None when nothing is to be recorded.

    Raises:
        InputError: the mapping does not fit.
    """

    def __init__(
        self,
        view: View,
        file: TableFile,
        mapping: Mapping,
        progress: Progress | None = None,
        prepare: Preparation | None = None,
    ) -> None:
        self._prepare = prepare
        self._view = view
        self._file = file
        self._mapping = mapping
        self._progress = progress
        self._tables = readable(file)
        check_tables(mapping, self._tables)
        self._accounts: list[TableAccount] = []
        self._questions: list[RowQuestions] = []
        self._warnings: list[RowWarning] = []
        self._warned = self._changed = self._claims = 0

    def rows(self) -> Iterator[Sorted]:
        """Every row with its fate, one at a time.

        Raises:
            InputError: the file cannot be read any further.
            HabeasError: a row was lost.
        """
        known = known_rows(self._view, self._mapping.source)
        count = 0
        for table, is_again in self._tables:
            if self._mapping.sheets and table.sheet not in self._mapping.sheets:
                continue
            rules = compile_rules(self._mapping, table, note=NOTE if is_again else None)
            tally = Tally(rules, unmatched(self._mapping, table).missing)
            job = self._job(table, rules, compared=not known.empty)
            for row, ready in rows_ahead(_counted(table, tally), rules, job):
                fate = self._fate(ready, row, rules, known)
                tally.became(ready.read, fate)
                yield Sorted(rules, row, ready.read, fate, ready.entry)
                count += 1
                if count % STEP == 0 and self._progress is not None:
                    self._progress(STEP)
            self._accounts.append(tally.account())

    def _job(self, table: Table, rules: RowRules, *, compared: bool) -> Job:
        note, prepare = rules.note, self._prepare
        return Job(
            self._mapping, table.sheet, table.header_row, table.columns, note, prepare, compared
        )

    def _fate(self, ready: ReadyRow, row: Row, rules: RowRules, known: KnownRows) -> Fate:
        sheet, read = rules.table.sheet, ready.read
        if not ready.claims:
            if len(self._questions) < KEPT:
                self._questions.append(
                    RowQuestions(
                        sheet=sheet, row=row.number, questions=read.questions,
                        rejected=read.rejected,
                    )
                )  # fmt: skip
            return "rejected" if read.rejected else "held"
        if known.take(ready.known_by):
            return "already"
        self._claims += ready.claims
        self._changed += known.stands_at(sheet, row.number)
        for column, words, warning in read.warnings:
            self._warned += 1
            if len(self._warnings) < KEPT:
                self._warnings.append(
                    RowWarning(
                        sheet=sheet, row=row.number, column=column, words=words, warning=warning
                    )
                )
        return "recorded"

    def totals(self) -> Totals:
        """The account of the tables read so far.

        Raises:
            HabeasError: a row was lost.
        """
        return sum((one.totals for one in self._accounts), Totals()).check(self._file.name)

    def plan(self) -> Plan:
        """What was found, once all rows have passed."""
        sheets = self._mapping.sheets
        about = self._view.stream(subject=self._mapping.source)
        left = [table.sheet for table, _ in self._tables if sheets and table.sheet not in sheets]
        return Plan(
            source=self._mapping.source,
            file=self._file.name,
            format=self._file.format,
            totals=self.totals(),
            tables=tuple(self._accounts),
            sheets_left=tuple(dict.fromkeys(sheet or "" for sheet in left)),
            loose=len(self._file.loose),
            remarks=self._file.remarks,
            questions=tuple(self._questions),
            warnings=tuple(self._warnings),
            warned=self._warned,
            changed=self._changed,
            source_known=next(about, None) is not None,
            erased=sum(1 for _ in self._view.stream(predicate="erased")),
            claims=self._claims,
        )


def _counted(table: Table, tally: Tally) -> Iterator[Row]:
    """The rows of a table, each counted as it leaves the file."""
    for row in table.rows():
        tally.came(row)
        yield row


def readable(file: TableFile) -> list[tuple[Table, bool]]:
    """The tables of a list; those of rows that were held back as the ones that they came from.

    Args:
        file: the list.

    Returns:
        Each table, and whether it holds mended rows.

    Raises:
        InputError: the file is no list of rows.
    """
    if not file.tables:
        raise InputError(
            "there is no table in this file", place=file.name, mend="Is it the right file?"
        )
    again = [is_mended(table) for table in file.tables]
    return [
        (original(table) if mended else table, mended)
        for table, mended in zip(file.tables, again, strict=True)
    ]


def check_tables(
    mapping: Mapping, tables: Sequence[tuple[Table, bool]], *, path: Path | None = None
) -> None:
    """Whether a mapping fits the tables of a file; a file of held rows has only some of the list's.

    Args:
        mapping: as read or proposed.
        tables: as `readable` gives them.
        path: the file that the mapping was read from, for messages.

    Raises:
        InputError: everything that is wrong, each with its line and what to do about it.
    """
    part = any(mended for _, mended in tables)
    check_mapping(mapping, [table for table, _ in tables], path=path, part=part)
