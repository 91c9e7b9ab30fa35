"""What a registry asks of the place where it keeps its record and its views.

`Store` is the whole of it: the SQLite driver implements it now, a PostgreSQL driver can later.
The two halves stay apart: the *record* (logs, entries, openings, tiles, checkpoints) is the truth
and is only ever added to, save that an erasure destroys an opening; the *views* can be thrown away
and folded again. Drivers share no code on purpose: each may use what its database does best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol


class LogRow(NamedTuple):
    """One log, or one branch of a forked log."""

    id: int
    origin: str
    branch: int
    """0, or the number of a second history that the same key signed."""
    vkeys: str
    """Verifier keys, one a line, as signed notes write them."""
    own: bool
    """True when this registry may write to it."""


class EntryRow(NamedTuple):
    """One leaf of a log, held."""

    id: int
    log: int
    position: int
    data: bytes
    decoys: bytes
    """The salts of the decoys, 32 bytes each; empty for another organisation's entry."""


class OpeningRow(NamedTuple):
    """One claim, held."""

    id: int
    digest: bytes
    entry: int
    data: bytes


class CheckpointRow(NamedTuple):
    """A signed note over a log, in parts: several signatures may come to stand under one body."""

    log: int
    size: int
    body: str
    lines: tuple[str, ...]


class TokenRow(NamedTuple):
    """An RFC 3161 token over a checkpoint's body and signature lines as they stood."""

    log: int
    size: int
    note: bytes
    token: bytes


class ClaimRow(NamedTuple):
    """One row of the view over claims: what claims are looked up by."""

    id: int
    subject: str
    predicate: str
    source: str
    sensitivity: int
    """Effective, 0 public to 3 sealed."""
    ref: str | None
    """The entity that the value names, if it names one."""
    withdrawn: int


class AboutRow(NamedTuple):
    """A claim that speaks of another claim, or rests on it."""

    claim: int
    relation: str
    """The predicate of the claim, or `rests_on`."""
    target: bytes
    """The digest of the other."""


class NameReadingRow(NamedTuple):
    """A name of a person as search and linkage compare it (`claims.name_row`)."""

    claim: int
    form: str
    tokens: str
    keys: str
    given: str
    given_keys: str
    surname: str
    surname_keys: str
    father: str
    father_keys: str
    grandfather: str
    honorific: str
    sure: int


class HeldClaim(NamedTuple):
    """A claim as a view reads it."""

    id: int
    digest: bytes
    entry: int
    opening: bytes
    sensitivity: int
    withdrawn: int
    log: int
    position: int
    """Of its entry in the log."""


class Store(Protocol):
    """The protocol of a driver. All sizes and positions count entries; the first is 0."""

    # The record

    def snapshot(self) -> AbstractContextManager[None]:
        """A block in which all that is read is of one moment, whatever others record meanwhile."""

    def begin(self) -> None:
        """Begin a transaction: nobody else writes until its end.

        Raises:
            BusyError: another process is writing.
            StorageError: the disk is full, read-only or failing (as from every method here).
        """

    def expect_much(self) -> None:
        """Many claims will be added in this transaction: more memory may be used until its end."""

    def commit(self) -> None:
        """Make the transaction durable."""

    def rollback(self) -> None:
        """Undo the transaction, if one has begun."""

    def logs(self) -> list[LogRow]:
        """Every log and branch, in the order they were added."""

    def add_log(self, origin: str, branch: int, vkeys: str, own: bool) -> LogRow:
        """A new log, empty."""

    def disown(self, log: int) -> None:
        """Never write to this log again."""

    def next_ids(self) -> tuple[int, int]:
        """The next free ids of an entry and of an opening."""

    def add_entries(self, rows: Iterable[EntryRow]) -> None:
        """Entries, each at a position of its log that was free."""

    def add_openings(self, rows: Iterable[OpeningRow]) -> None:
        """Openings, each with a digest that was not held."""

    def entry(self, entry: int) -> EntryRow | None:
        """One entry by its id."""

    def entry_at(self, log: int, position: int) -> EntryRow | None:
        """One entry by its place."""

    def entries(self, log: int) -> Iterator[EntryRow]:
        """The held entries of a log, by position."""

    def entries_by_id(self) -> Iterator[EntryRow]:
        """Every held entry, by id."""

    def many(self, count: int) -> bool:
        """Whether at least so many openings are held, roughly (gaps of erased ones count)."""

    def check_structure(self) -> None:
        """The database's own check of its pages and indexes.

        Raises:
            IntegrityError: what it finds first.
        """

    def openings_of(self, entry: int) -> list[OpeningRow]:
        """The held openings of an entry, by id."""

    def openings_by_entry(self) -> Iterator[OpeningRow]:
        """Every opening, by entry, then id."""

    def opening(self, digest: bytes) -> OpeningRow | None:
        """One opening by its digest."""

    def indexed(self) -> Callable[[OpeningRow], bool]:
        """A function that says whether an opening is found by its digest, quick for many."""

    def opening_by_id(self, opening: int) -> OpeningRow | None:
        """One opening by its id."""

    def has_about(self) -> bool:
        """Whether any claim speaks of another."""

    def erase_opening(self, row: OpeningRow) -> None:
        """Destroy the words and the salt."""

    def openings(self) -> Iterator[OpeningRow]:
        """Every opening, by id."""

    def want_purge(self) -> None:
        """Remember that erased words still stand in free pages, until `purge` has run."""

    def purge_wanted(self) -> bool:
        """Whether an erasure was cut short before its `purge`."""

    def purge(self) -> None:
        """Leave nothing of what was erased in the database's free pages or journals."""

    def size(self, log: int) -> int:
        """The size of a log: that of its newest checkpoint, or 0."""

    def tile(self, log: int, level: int, position: int) -> bytes:
        """The hashes of a tile as far as they are known; empty if there are none."""

    def tiles(self, log: int) -> Iterator[tuple[int, int, bytes]]:
        """Every tile: level, position, hashes."""

    def put_tiles(self, log: int, rows: Iterable[tuple[int, int, bytes]]) -> None:
        """Tiles, new or wider than before."""

    def add_checkpoint(self, row: CheckpointRow) -> None:
        """A checkpoint, or more signatures under one that is held."""

    def checkpoints(self, log: int) -> list[CheckpointRow]:
        """The checkpoints of a log, by size."""

    def checkpoint(self, log: int, size: int) -> CheckpointRow | None:
        """The smallest checkpoint that covers `size` entries."""

    def add_token(self, row: TokenRow) -> None:
        """A timestamp token."""

    def tokens(self, log: int) -> list[TokenRow]:
        """The timestamp tokens of a log, by size."""

    # The views

    def clear_views(self) -> None:
        """Throw the views away."""

    def add_claims(
        self,
        claims: Sequence[ClaimRow],
        about: Sequence[AboutRow],
        search: Sequence[tuple[int, str]],
    ) -> None:
        """Rows of the views: claims, claims about claims, words to find them by."""

    def add_names(self, rows: Sequence[NameReadingRow]) -> None:
        """Rows of the view of names."""

    def name_rows(self) -> Iterator[NameReadingRow]:
        """The whole view of names, by claim."""

    def names(self, clearance: int) -> Iterator[tuple[bytes, str, str, str, NameReadingRow]]:
        """Names at or below a clearance that stand: digest, subject, predicate, source, reading."""

    def remove_claim(self, claim: int, words: str) -> None:
        """Take one claim out of the views; `words` are those it was added with."""

    def set_effects(self, effects: Iterable[tuple[int, int, int]]) -> None:
        """Rows of (claim, sensitivity, withdrawn)."""

    def claim_rows(self) -> Iterator[ClaimRow]:
        """The whole view over claims, by id."""

    def claim_row(self, claim: int) -> ClaimRow | None:
        """One row of the view."""

    def about_rows(self) -> Iterator[AboutRow]:
        """Every claim about a claim."""

    def about(self, target: bytes) -> list[AboutRow]:
        """The claims that speak of a claim or rest on it."""

    def targets(self, claim: int) -> list[AboutRow]:
        """What a claim speaks of or rests on."""

    def search_differs(self, words: Iterable[tuple[int, str]]) -> bool:
        """Whether the search index is another than one built from these words."""

    def held(
        self,
        clearance: int,
        *,
        subject: str | None = None,
        predicate: str | None = None,
        source: str | None = None,
        ref: str | None = None,
    ) -> Iterator[HeldClaim]:
        """Claims at or below a clearance that match all that is given, in no given order."""

    def crowded(
        self, clearance: int, predicates: Iterable[str], subject: str | None
    ) -> Iterator[tuple[str, str]]:
        """Subjects and predicates of which more than one claim is held, in order.

        Args:
            clearance: count no claim above it.
            predicates: look at these only.
            subject: look at this one only.
        """

    def held_by_digest(self, clearance: int, prefix: str, limit: int) -> list[HeldClaim]:
        """Claims whose digest in hexadecimal begins with `prefix`."""

    def found(self, clearance: int, words: Sequence[str], limit: int) -> list[HeldClaim]:
        """Claims that hold all these words, by subject, then digest."""

    def subjects(self, clearance: int, prefix: str) -> Iterator[str]:
        """The entities of one kind (`site:`) that at least one claim is about, in order."""

    def close(self) -> None:
        """Let go of the database."""
