"""One batch of claims on its way into a log: all of it is recorded, or none of it.

Within a batch every entry is checked as it comes. At the end the entries, their tiles, the
openings, the views and the signed checkpoint become durable in one transaction; only then is anything
acknowledged. A large batch is written in parts inside that one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim, digest, new_salt, seal, validate_opening
from habeas.errors import InputError
from habeas.ledger.entry import make_entry
from habeas.ledger.tree import leaf_hash
from habeas.registry.clearance import Effects, affected
from habeas.registry.fold import fold
from habeas.registry.lineage import PREDECESSOR
from habeas.registry.store import AboutRow, ClaimRow, EntryRow, OpeningRow, Store

PART = 20_000
"""How many claims are held in memory before they are written."""


class Batch:
    """Rows of a batch, gathered until they are written."""

    def __init__(self) -> None:
        self.entries: list[EntryRow] = []
        self.openings: list[OpeningRow] = []
        self.claims: list[ClaimRow] = []
        self.about: list[AboutRow] = []
        self.search: list[tuple[int, str]] = []
        self.entangled: list[tuple[int, bytes, str, str]] = []

    def add_opening(self, row: OpeningRow, claim: Claim) -> None:
        """One claim, folded."""
        folded = fold(row.id, claim)
        self.openings.append(row)
        self.claims.append(folded.row)
        if folded.words:
            self.search.append((row.id, folded.words))
        if folded.about:
            self.about.extend(folded.about)
        if folded.entangled:
            self.entangled.append((row.id, row.digest, claim.subject, claim.predicate))

    def write(self, store: Store) -> None:
        """Everything gathered goes into the store; effects are worked out."""
        watched = store.has_about()
        store.add_entries(self.entries)
        store.add_openings(self.openings)
        store.add_claims(self.claims, self.about, self.search)
        entangled = list(self.entangled)
        if watched:
            rows = zip(self.openings, self.claims, strict=True)
            entangled += [
                (opening.id, opening.digest, row.subject, row.predicate)
                for opening, row in rows
                if store.about(opening.digest)
            ]
        refold(store, entangled)


def refold(store: Store, entangled: Sequence[tuple[int, bytes, str, str]]) -> None:
    """Work out again the effects that some claims have on others, and others on them."""
    if not entangled:
        return
    ids = affected(store, entangled)
    if any(predicate == PREDECESSOR for _, _, _, predicate in entangled):
        ids |= {row.claim for row in store.about_rows()}
    effects = Effects(store)
    rows = []
    for id_ in sorted(ids):
        opening = store.opening_by_id(id_)
        if opening is not None:
            effect = effects.of(opening)
            rows.append((id_, effect.sensitivity, int(effect.withdrawn)))
    store.set_effects(rows)


class Recording:
    """A batch being recorded. Made by `Registry.recording`."""

    def __init__(
        self,
        store: Store,
        log: int,
        recorder: str,
        progress: Callable[[int], None] | None,
    ) -> None:
        self._store = store
        self._log = log
        self._recorder = recorder
        self._progress = progress
        self._batch = Batch()
        self._pending: list[tuple[list[tuple[bytes, bytes, Claim]], bytes, bytes]] = []
        self._held = 0
        self.leaves: list[bytes] = []
        """The leaf hashes of the batch, in order."""
        self._begun = False
        self._next = (0, 0, 0)

    def entry(self, claims: Sequence[Claim]) -> tuple[str, ...]:
        """Put down what was said at one place in one source.

        Args:
            claims: one or more.

        Returns:
            The claims' digests, in the order given. They count once the batch has ended.

        Raises:
            InputError: a claim that the vocabulary does not allow, or a value that cannot be.
        """
        sealed = [self._seal(claim) for claim in claims]
        digests = tuple(digest(opening) for opening, _ in sealed)
        data, decoys = make_entry(digests, recorded=_now(), recorder=self._recorder)
        rows = [
            (bytes.fromhex(id_), opening, claim)
            for id_, (opening, claim) in zip(digests, sealed, strict=True)
        ]
        self._pending.append((rows, data, decoys))
        self._held += len(rows)
        if self._held >= PART:
            self.write_part()
        return digests

    def _seal(self, claim: Claim) -> tuple[bytes, Claim]:
        check_claim(claim)
        opening = seal(claim, new_salt())
        return opening, validate_opening(opening)

    def write_part(self) -> None:
        """Write what is held, inside the batch's transaction (begun with the first part)."""
        if not self._begun:
            self._begin()
        entry_id, opening_id, position = self._next
        batch = Batch()
        for rows, data, decoys in self._pending:
            batch.entries.append(EntryRow(entry_id, self._log, position, data, decoys))
            self.leaves.append(leaf_hash(data))
            for id_, opening, claim in rows:
                batch.add_opening(OpeningRow(opening_id, id_, entry_id, opening), claim)
                opening_id += 1
            entry_id += 1
            position += 1
        batch.write(self._store)
        self._next = (entry_id, opening_id, position)
        self._pending.clear()
        if self._progress is not None:
            self._progress(self._held)
        self._held = 0

    def _begin(self) -> None:
        self._store.begin()
        self._begun = True
        entry, opening = self._store.next_ids()
        self._next = (entry, opening, self._store.size(self._log))

    @property
    def begun(self) -> bool:
        """Whether the batch's transaction has begun."""
        return self._begun

    @property
    def empty(self) -> bool:
        """Whether nothing was recorded."""
        return not self.leaves and not self._pending


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


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
