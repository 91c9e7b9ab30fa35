"""A list into the record: told first, then recorded whole or not at all.

Rows pass one at a time and are never held, so that a list may be longer than the memory. Planning
and recording go through the same reading, so that what a plan says is what is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import msgspec

from habeas.claims.values import Ref
from habeas.errors import HabeasError, InputError, StorageError
from habeas.evidence.item import EvidenceItem, keep_item
from habeas.exchange.lists.known_rows import KnownRows, fingerprint, known_rows
from habeas.exchange.lists.mapping import Mapping
from habeas.exchange.lists.mapping_file import check_mapping, unmatched
from habeas.exchange.lists.mended import BETWEEN, NOTE, is_mended, original
from habeas.exchange.lists.reconciliation import (
    KEPT,
    Fate,
    RowQuestions,
    RowWarning,
    TableAccount,
    Tally,
    Totals,
)
from habeas.exchange.lists.remainder import Remainder, check_held, discard, held_path, settle
from habeas.exchange.lists.row_reading import ReadRow, new_subject, read_row
from habeas.exchange.lists.row_rules import RowRules, compile_rules
from habeas.exchange.lists.run_claims import (
    Run,
    item_claims,
    new_run,
    run_claims,
    sha256_of,
)
from habeas.exchange.tables.table import Row, Table, TableFile
from habeas.ledger.entry import log_id
from habeas.registry.recording import Recording
from habeas.registry.registry import Registry
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


class Survey:
    """Reads all rows of a list once, decides what becomes of each, and keeps the account.

    Args:
        view: at the clearance `sealed`.
        file: the list.
        mapping: what its columns mean.
        progress: of the rows.

    Raises:
        InputError: the mapping does not fit.
    """

    def __init__(
        self, view: View, file: TableFile, mapping: Mapping, progress: Progress | None = None
    ) -> None:
        self._view = view
        self._file = file
        self._mapping = mapping
        self._progress = progress
        self._tables = readable(file)
        check_mapping(mapping, [table for table, _ in self._tables])
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
            for row in table.rows():
                tally.came(row)
                read = read_row(row, rules, new_subject(self._mapping.subject))
                fate = self._fate(read, row, rules, known)
                tally.became(read, fate)
                yield Sorted(rules, row, read, fate)
                count += 1
                if count % STEP == 0 and self._progress is not None:
                    self._progress(STEP)
            self._accounts.append(tally.account())

    def _fate(self, read: ReadRow, row: Row, rules: RowRules, known: KnownRows) -> Fate:
        sheet = rules.table.sheet
        if not read.claims:
            if len(self._questions) < KEPT:
                self._questions.append(
                    RowQuestions(
                        sheet=sheet, row=row.number, questions=read.questions,
                        rejected=read.rejected,
                    )
                )  # fmt: skip
            return "rejected" if read.rejected else "held"
        if known.take(fingerprint(read.claims)):
            return "already"
        self._claims += len(read.claims)
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


def plan(
    view: View,
    file: TableFile,
    mapping: Mapping,
    *,
    held: Path | None = None,
    progress: Progress | None = None,
) -> Plan:
    """What an import would record. Nothing is recorded.

    Args:
        view: at the clearance `sealed`: rows that are hidden are held, too.
        file: the list.
        mapping: what its columns mean.
        held: where to write the rows that would not be recorded; nowhere when left out.
        progress: of the rows.

    Raises:
        InputError: the mapping does not fit, the file cannot be read, or `held` cannot be written.
        StorageError: the disk refused.
    """
    survey = Survey(view, file, mapping, progress)
    with Remainder(Path() if held is None else check_held(held).parent) as remainder:
        for found in survey.rows():
            if held is not None:
                _keep_back(remainder, found)
        if held is not None and remainder.count:
            settle(remainder.write(held), held)
            return msgspec.structs.replace(survey.plan(), held_file=str(held))
    return survey.plan()


def record(
    registry: Registry,
    path: Path,
    file: TableFile,
    mapping: Mapping,
    *,
    held: Path | None = None,
    parameters: Sequence[str] = (),
    recorder: str | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Record a list: its rows, one entry each, the file itself as evidence, and the run.

    All of it in one batch. When every row stands in the record already, nothing is recorded.

    Args:
        registry: where to.
        path: the list; it is read, never touched.
        file: its tables.
        mapping: what their columns mean.
        held: where the rows that are not recorded come to stand; beside the list when left out.
        parameters: `name=value`: what else decided how the file was read.
        recorder: who records.
        progress: of the rows.

    Raises:
        InputError: as `plan`; the list changed while it was read. Nothing was recorded.
        BusyError, StorageError, KeyFileError: as `Registry.recording`. Nothing was recorded.
    """
    digest = sha256_of(path)
    place = held_path(path, file.format, len(file.tables)) if held is None else check_held(held)
    run = new_run(mapping, (f"format={file.format}", *parameters))
    batch = _Import(registry, path, digest, run)
    with ExitStack() as drafts:
        with (
            Remainder(place.parent) as remainder,
            registry.recording(recorder=recorder) as recording,
        ):
            before, _ = recording.span  # takes the lock: nobody else records these rows meanwhile
            survey = Survey(registry.view("sealed"), file, mapping, progress)
            for found in survey.rows():
                if found.fate == "recorded":
                    recording.entry(found.read.claims)
                else:
                    _keep_back(remainder, found)
            totals = survey.totals()
            if not totals.new:
                return _only_held(survey.plan(), remainder, place, asked=held is not None)
            _check_entries(before, recording.span[1], totals)
            draft = remainder.write(place) if remainder.count else None
            if draft is not None:
                drafts.callback(discard, draft)
            drafts.enter_context(batch)
            batch.describe(recording, totals, before)
        if draft is not None:
            _settle(draft, place, run)
    return msgspec.structs.replace(
        survey.plan(), run=run.id, held_file=None if draft is None else str(place)
    )


def _only_held(found: Plan, remainder: Remainder, place: Path, *, asked: bool) -> Plan:
    """Nothing is new. Rows to mend are written all the same, unless they stand there from before.

    Args:
        found: what the list holds.
        remainder: the rows that are not recorded.
        place: where they come to stand.
        asked: whether the user named that place.
    """
    if not remainder.count or (place.exists() and not asked):
        return found
    settle(remainder.write(place), place)
    return msgspec.structs.replace(found, held_file=str(place))


def _settle(draft: Path, place: Path, run: Run) -> None:
    try:
        settle(draft, place)
    except HabeasError as error:
        raise StorageError(
            f"the list was recorded as {run.id}, and the rows to mend could not be written: "
            f"{error.reason}",
            place=str(place),
            mend="Get them without --yes: habeas import LIST --held FILE",
        ) from error


def _keep_back(remainder: Remainder, found: Sorted) -> None:
    """A row that is not recorded, with its questions or the reason of its rejection."""
    if found.fate in ("held", "rejected"):
        asked = [question.describe() for question in found.read.questions]
        why = found.read.rejected or BETWEEN.join(asked)
        remainder.add(found.rules.table, found.row, why)


def _check_entries(first: int, after: int, totals: Totals) -> None:
    """As many entries as new rows: what was counted is what was put down."""
    if after - first != totals.new:
        raise HabeasError(
            f"{totals.new} new rows were counted and {after - first} entries made",
            mend="Nothing was recorded. This is a fault of Habeas itself: report it",
        )


class _Import:
    """The end of a batch: the list kept as evidence, and the entries that tell of the run.

    A context: when the batch fails after the file was kept, the file goes again.
    """

    def __init__(self, registry: Registry, path: Path, digest: str, run: Run) -> None:
        self._registry = registry
        self._path = path
        self._digest = digest
        self._run = run
        self._item: EvidenceItem | None = None

    def __enter__(self) -> _Import:
        return self

    def __exit__(self, *_: object) -> None:
        item = self._item
        if item is None or not item.new:
            return
        if not self._is_described(item):
            self._registry.evidence.destroy(item.sha256)

    def _is_described(self, item: EvidenceItem) -> bool:
        """Whether the record holds that this file is the source's: then it was kept before."""
        said = self._registry.view("sealed").stream(subject=item.id, predicate="from_source")
        source = self._run.mapping.source
        return any(isinstance(s.claim.value, Ref) and s.claim.value.id == source for s in said)

    def describe(self, recording: Recording, totals: Totals, first: int) -> None:
        """Keep the list, and put down the entries that describe it and the run.

        Raises:
            InputError: the list is not the one that was read any more.
        """
        last = recording.span[1] - 1
        item = self._item = keep_item(self._registry.evidence, self._path)
        if item.sha256 != self._digest:
            raise InputError(
                "the list changed while it was read", place=str(self._path),
                mend="Close it in other programs, and import it again; nothing was recorded",
            )  # fmt: skip
        if not self._is_described(item):
            for claims in item_claims(self._registry, self._run, item):
                recording.entry(claims)
        span = (first, last, log_id(self._registry.log.origin))
        recording.entry(run_claims(self._registry, self._run, item, totals, span))
