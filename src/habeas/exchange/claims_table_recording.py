"""A claims table into the record: every row recorded, there already, held back, or rejected.

The claims are recorded with all their fields, in entries as they were, and what names other claims
names them by their new digests. Everything goes in in one batch or not at all; before the batch
ends, `claims_table_effects` makes sure that no claim is less restricted than it was, here or where
the table was written, and that what was withdrawn is withdrawn and what stood stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from habeas.claims.claim import Claim
from habeas.errors import NotFoundError
from habeas.exchange.claims_table_effects import Put, objections, sensitivities
from habeas.exchange.claims_table_matching import Matcher
from habeas.exchange.claims_table_reading import ClaimsTable, ReadRow, Unrecorded
from habeas.exchange.claims_table_references import in_order, renamed
from habeas.exchange.claims_table_run import METHOD, run_claims
from habeas.registry.clearance import ERASED
from habeas.registry.recording import Recording
from habeas.registry.registry import Registry
from habeas.registry.running import new_run
from habeas.registry.view import View

MAX_CLAIMS: Final = 700
"""How many claims go into one entry (an entry of the log holds 768, decoys included)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAccount:
    """What became of a table. `rows` is `recorded` + `there` + the held + the rejected, always."""

    name: str
    dry_run: bool
    """True when nothing was changed."""
    rows: int
    recorded: int
    there: int
    """Rows whose claim the registry held already, or that repeat a row."""
    held: tuple[Unrecorded, ...]
    rejected: tuple[Unrecorded, ...]
    entries: int
    """How many entries of the log were written."""
    withdrawn: int
    """Claims held already that the table's withdrawals withdraw: they stood before."""
    remarks: tuple[str, ...]
    run: str | None
    """The run that recorded them; None when nothing was recorded. `registry.undoing` undoes it."""
    names: Mapping[str, str] = field(repr=False)
    """The digest of a recorded row in the table to the one that it has here."""


def record_claims_table(
    registry: Registry,
    table: ClaimsTable,
    *,
    recorder: str | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> TableAccount:
    """Record what a table holds and the registry does not, in one batch or not at all.

    Args:
        registry: where to.
        table: as `read_claims_table` gives it.
        recorder: who records; that of the settings if left out.
        dry_run: do everything, look at it, and take it back.
        progress: called with the number of claims of each part written; anew when a row has to be
            held back for what it would do to others.

    Raises:
        BusyError, StorageError, KeyFileError: as `Registry.recording`. Nothing was recorded.
    """
    barred: dict[str, str] = {}
    while True:
        attempt = _Attempt(registry, table, barred)
        try:
            with (
                registry.rehearsing()
                if dry_run
                else registry.recording(recorder=recorder, progress=progress)
            ) as recording:
                attempt.record(recording)
        except _ObjectedError as found:
            barred |= found.reasons
        else:
            return attempt.account(dry_run=dry_run)


class _ObjectedError(Exception):
    """Ends a batch in which some rows would do what they may not."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = reasons
        super().__init__()


class _Known:
    """Whether the registry holds a claim of a digest."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._found: dict[str, bool] = {}

    def claim(self, digest: str) -> Claim | None:
        try:
            return self.view.claim(digest).claim
        except NotFoundError:
            return None

    def __call__(self, digest: str) -> bool:
        if digest not in self._found:
            self._found[digest] = self.claim(digest) is not None
        return self._found[digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class _SortedOut:
    """The rows of a table by what can be said of each alone."""

    there: frozenset[str]
    """Digests of rows that the registry holds under that very digest."""
    repeated: int
    fresh: tuple[ReadRow, ...]
    unread: frozenset[str]
    """Digests of rows that were held back or rejected as they were read."""
    barred: dict[str, str]


def _sorted_out(known: _Known, table: ClaimsTable) -> _SortedOut:
    erased = {shown.claim.subject for shown in known.view.stream(predicate=ERASED)}
    fresh: dict[str, ReadRow] = {}
    there, barred = set(), {}
    for row in table.rows:
        digest = row.line.digest
        held = known.claim(digest)
        if held is not None and held == row.line.claim:
            there.add(digest)
            continue
        fresh[digest] = row
        if held is not None:
            barred[digest] = "the registry holds this claim in other words: which is right?"
        elif f"claim:{digest}" in erased:
            barred[digest] = "this claim was erased here, and does not come back"
        elif row.line.claim.predicate == ERASED:
            barred[digest] = "an erasure destroys: it is not taken from a table (`habeas erase`)"
    return _SortedOut(
        there=frozenset(there),
        repeated=len(table.rows) - len(there) - len(fresh),
        fresh=tuple(fresh.values()),
        unread=frozenset(row.digest for row in (*table.held, *table.rejected)),
        barred=barred,
    )


class _Attempt:
    """One try at recording; another follows when rows have to be held back for their effects."""

    def __init__(self, registry: Registry, table: ClaimsTable, barred: Mapping[str, str]) -> None:
        self._registry = registry
        self._table = table
        self._barred = barred
        self._names = _Names()
        self._put: list[Put] = []
        self._held: tuple[Unrecorded, ...] = ()
        self._there = self._entries = self._withdrawn = 0
        self._run: str | None = None

    def record(self, recording: Recording) -> None:
        """Record what is new, and look at what came of it.

        Raises:
            _ObjectedError: some rows are to be held back.
        """
        first = recording.span[1]  # from here on nobody else records
        view = self._registry.view("sealed")
        known = _Known(view)
        rows = _sorted_out(known, self._table)
        order = in_order(rows.fresh, {**rows.barred, **self._barred}, known, rows.unread)
        self._held = (*self._table.held, *order.held)
        self._there = len(rows.there) + rows.repeated
        before = sensitivities(view, (r.line.claim for level in order.levels for r in level))
        matcher = Matcher(view, rows.fresh, taken=rows.there)
        for level in order.levels:
            self._level(level, matcher, recording)
        if not self._put:
            return
        recording.write()
        found = objections(view, self._put, before)
        if found.reasons:
            raise _ObjectedError(found.reasons)
        self._withdrawn = found.withdrawn
        self._tell(recording, first)

    def _tell(self, recording: Recording, first: int) -> None:
        """The entry that says what was taken in here."""
        run = new_run(METHOD)
        self._run = run.id
        rows = {
            "rows_read": self._table.count,
            "rows_recorded": len(self._put) + self._there,
            "rows_held": len(self._held),
            "rows_rejected": len(self._table.rejected),
        }
        span = (first, recording.span[1] - 1)
        recording.entry(run_claims(self._registry, run, self._table, rows, span))

    def _level(self, level: Iterable[ReadRow], matcher: Matcher, recording: Recording) -> None:
        claims = {row.line.digest: renamed(row.line.claim, self._names) for row in level}
        held = matcher.match(claims.items())
        self._names.update(held)
        self._there += len(held)
        for entry in _entries(row for row in level if row.line.digest not in held):
            self._entry(entry, [claims[row.line.digest] for row in entry], recording)

    def _entry(self, rows: list[ReadRow], claims: list[Claim], recording: Recording) -> None:
        for row, claim, digest in zip(rows, claims, recording.entry(claims), strict=True):
            self._names[row.line.digest] = digest
            self._put.append(Put(row=row, claim=claim, digest=digest))
        self._entries += 1

    def account(self, *, dry_run: bool) -> TableAccount:
        """What became of every row."""
        return TableAccount(
            name=self._table.name,
            dry_run=dry_run,
            rows=self._table.count,
            recorded=len(self._put),
            there=self._there,
            held=self._held,
            rejected=self._table.rejected,
            entries=self._entries,
            withdrawn=self._withdrawn,
            remarks=self._table.remarks,
            run=None if dry_run else self._run,
            names={put.row.line.digest: put.digest for put in self._put},
        )


class _Names(dict[str, str]):
    """Digests in the table to digests here; one that is no row's is the registry's own."""

    def __missing__(self, digest: str) -> str:
        return digest


def _entries(rows: Iterable[ReadRow]) -> Iterator[list[ReadRow]]:
    """Rows that stood in one entry, together again."""
    together: dict[tuple[str, int], list[ReadRow]] = defaultdict(list)
    for row in rows:
        together[row.line.log, row.line.position].append(row)
    for entry in together.values():
        for at in range(0, len(entry), MAX_CLAIMS):
            yield entry[at : at + MAX_CLAIMS]
