"""A list into the record: told first, then recorded whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from habeas.claims.values import Ref
from habeas.errors import HabeasError, InputError, StorageError
from habeas.evidence.item import EvidenceItem, keep_item
from habeas.exchange.lists.mapping import Mapping
from habeas.exchange.lists.mended import BETWEEN
from habeas.exchange.lists.reconciliation import (
    Totals,
)
from habeas.exchange.lists.remainder import Remainder, check_held, discard, held_path, settle
from habeas.exchange.lists.run_claims import (
    Run,
    item_claims,
    new_run,
    run_claims,
    sha256_of,
)
from habeas.exchange.lists.survey import Plan, Progress, Sorted, Survey
from habeas.exchange.tables.table import TableFile
from habeas.ledger.entry import log_id
from habeas.registry.recording import Recording
from habeas.registry.registry import Registry
from habeas.registry.view import View


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
            view = registry.view("sealed")
            survey = Survey(view, file, mapping, progress, recording.prepare)
            for found in survey.rows():
                if found.fate == "recorded" and found.entry is not None:
                    recording.add(found.entry)
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
