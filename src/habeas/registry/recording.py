"""One batch of claims on its way into a log: all of it is recorded, or none of it.

Within a batch every entry is checked as it comes. At the end the entries, their tiles, the
openings, the views and the signed checkpoint become durable in one transaction; only then is
anything acknowledged. A large batch is written in parts inside that one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from habeas.claims.claim import Claim
from habeas.errors import InputError
from habeas.ledger.entry import log_name
from habeas.registry.clearance import Effects, Entangled, affected
from habeas.registry.preparing import PlainRows, Preparation, PreparedEntry, plain_rows
from habeas.registry.store import (
    AboutRow,
    ClaimRow,
    EntryRow,
    LogRow,
    NameReadingRow,
    OpeningRow,
    Store,
)

PART = 5_000
"""How many claims are held in memory before they are written."""


MANY = 200
"""Parts after which a batch is a large one."""


class Batch:
    """Rows of a part of a batch, gathered until they are written."""

    def __init__(self) -> None:
        self.entries: list[EntryRow] = []
        self.openings: list[OpeningRow] = []
        self.claims: list[ClaimRow] = []
        self.about: list[AboutRow] = []
        self.search: list[tuple[int, str]] = []
        self.names: list[NameReadingRow] = []
        self.entangled: list[Entangled] = []

    def add_opening(self, row: OpeningRow, claim: Claim) -> None:
        """One claim, folded here."""
        self.add_rows(row, plain_rows(claim))

    def add_rows(self, row: OpeningRow, rows: PlainRows) -> None:
        """One claim, folded before."""
        id_ = row.id
        subject, predicate, source, sensitivity, ref, words, about, is_entangled, name = rows
        self.openings.append(row)
        self.claims.append(ClaimRow(id_, subject, predicate, source, sensitivity, ref, 0))
        if words:
            self.search.append((id_, words))
        if name is not None:
            self.names.append(NameReadingRow(id_, *name))
        if is_entangled:
            self.about += [AboutRow(id_, relation, target) for relation, target in about]
            self.entangled.append(Entangled(id_, row.digest, subject, predicate))

    def write(self, store: Store) -> None:
        """Everything gathered goes into the store; effects are worked out."""
        watched = store.has_about()
        store.add_entries(self.entries)
        store.add_openings(self.openings)
        store.add_claims(self.claims, self.about, self.search)
        store.add_names(self.names)
        found = list(self.entangled)
        if watched:
            rows = zip(self.openings, self.claims, strict=True)
            found += [
                Entangled(opening.id, opening.digest, row.subject, row.predicate)
                for opening, row in rows
                if store.about(opening.digest)
            ]
        refold(store, found)


def entangled(store: Store, id_: int) -> Iterator[Entangled]:
    """A held claim by its id, as `refold` takes it; nothing if it is not held."""
    row, opening = store.claim_row(id_), store.opening_by_id(id_)
    if row is not None and opening is not None:
        yield Entangled(id_, opening.digest, row.subject, row.predicate)


def refold(store: Store, rows: Sequence[Entangled]) -> None:
    """Work out again the effects that some claims have on others, and others on them."""
    if not rows:
        return
    ids = affected(store, rows)
    effects = Effects(store)
    found = []
    for id_ in sorted(ids):
        opening = store.opening_by_id(id_)
        if opening is not None:
            effect = effects.of(opening)
            found.append((id_, effect.sensitivity, int(effect.withdrawn)))
    store.set_effects(found)


class Recording:
    """A batch being recorded. Made by `Registry.recording`."""

    def __init__(
        self,
        store: Store,
        log: LogRow,
        recorder: str,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._store = store
        self._log = log.id
        self.prepare = Preparation(log_name(log.origin), recorder)
        """Makes an entry ready for `add`; another process may do it."""
        self._progress = progress
        self._pending: list[PreparedEntry] = []
        self._held = 0
        self._parts = 0
        self._next: tuple[int, int, int] | None = None
        """The next ids of an entry and an opening, and position; None before the first part."""
        self.leaves: list[bytes] = []
        """The leaf hashes of what was written, in order."""

    def entry(self, claims: Sequence[Claim]) -> tuple[str, ...]:
        """Put down what was said at one place in one source.

        Args:
            claims: one or more.

        Returns:
            The claims' digests, in the order given. They count once the batch has ended.

        Raises:
            InputError: a claim that the vocabulary does not allow, or a value that cannot be.
        """
        return self.add(self.prepare(claims))

    def add(self, entry: PreparedEntry) -> tuple[str, ...]:
        """Put down an entry that `prepare` made.

        Returns:
            The claims' digests, in the order in which they were given to `prepare`.
        """
        self._pending.append(entry)
        self._held += len(entry.named)
        if self._held >= PART:
            self.write()
        return entry.named

    def write(self) -> None:
        """Write what is held; the batch's transaction begins with the first part.

        Raises:
            BusyError, StorageError: as `Store.begin`.
        """
        batch = self._fold(*(self._next or self._begin()))
        batch.write(self._store)
        self._parts += 1
        if self._parts == MANY:
            self._store.expect_much()
        if self._progress is not None:
            self._progress(len(batch.openings))

    @property
    def span(self) -> tuple[int, int]:
        """The positions in the log of the first entry of this batch and of the next one.

        Asking for it takes the right to write, which the batch then keeps until its end.

        Raises:
            BusyError, StorageError: as `Store.begin`.
        """
        position = (self._next or self._begin())[2]
        return position - len(self.leaves), position + len(self._pending)

    @property
    def empty(self) -> bool:
        """Whether nothing was recorded."""
        return not self.leaves and not self._pending

    def _begin(self) -> tuple[int, int, int]:
        self._store.begin()
        self._next = (*self._store.next_ids(), self._store.size(self._log))
        return self._next

    def _fold(self, entry_id: int, opening_id: int, position: int) -> Batch:
        """What is held as rows, numbered from here on."""
        batch = Batch()
        for entry in self._pending:
            batch.entries.append(EntryRow(entry_id, self._log, position, entry.data, entry.decoys))
            self.leaves.append(entry.leaf)
            for id_, opening, rows in zip(entry.named, entry.openings, entry.rows, strict=True):
                row = OpeningRow(opening_id, bytes.fromhex(id_), entry_id, opening)
                batch.add_rows(row, rows)
                opening_id += 1
            entry_id += 1
            position += 1
        self._next = (entry_id, opening_id, position)
        self._pending = []
        self._held = 0
        return batch


def check_recorder(handle: str) -> str:
    """The handle itself, when an entry can hold it.

    Raises:
        InputError: other letters than a-z, 0-9, dot, dash, underscore, or longer than 40.
    """
    import re

    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", handle):
        raise InputError(
            f"the recorder's handle {handle!r} cannot stand in an entry",
            mend="Use up to 40 of a-z, 0-9, dot, dash and underscore; never a person's name",
        )
    return handle
