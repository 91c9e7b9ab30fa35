"""From a claim back to everything that proves where and when it was recorded."""

from __future__ import annotations

import msgspec

from habeas.errors import IntegrityError, NotFoundError
from habeas.ledger.entry import Entry, read_entry
from habeas.ledger.proof import TlogProof
from habeas.ledger.tree import inclusion_proof
from habeas.registry.appending import note_of, tile_reader
from habeas.registry.store import EntryRow, LogRow, Store


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An RFC 3161 token over a checkpoint."""

    note: bytes
    """The signed checkpoint as it stood when it was stamped."""
    token: bytes


class Provenance(msgspec.Struct, frozen=True, kw_only=True):
    """All that is needed to prove one claim offline."""

    digest: str
    opening: bytes
    entry: bytes
    origin: str
    vkeys: tuple[str, ...]
    """The verifier keys of the log."""
    position: int
    """Of the entry in the log, from 0."""
    proof: TlogProof
    """Inclusion of the entry under a signed checkpoint."""
    tokens: tuple[Token, ...]
    """Timestamps of checkpoints that cover the entry."""


def provenance(store: Store, digest: str, size: int | None = None) -> Provenance:
    """The provenance of a held claim.

    Args:
        store: where it is held.
        digest: of the claim.
        size: of the checkpoint to prove it under, a stamped one for example; the newest if left
            out.

    Raises:
        NotFoundError: no such claim is held.
        IntegrityError: its entry is not covered by a signed checkpoint.
    """
    row, _ = entry_of(store, digest)
    opening = store.opening(bytes.fromhex(digest))
    if opening is None:
        raise NotFoundError(f"there is no claim {digest}")
    log = log_of(store, row)
    return Provenance(
        digest=digest,
        opening=opening.data,
        entry=row.data,
        origin=log.origin,
        vkeys=tuple(log.vkeys.splitlines()),
        position=row.position,
        proof=prove(store, row, size),
        tokens=tuple(
            Token(note=token.note, token=token.token)
            for token in store.tokens(log.id)
            if token.size > row.position
        ),
    )


def prove(store: Store, row: EntryRow, size: int | None = None) -> TlogProof:
    """The inclusion proof of an entry under the newest checkpoint, or that of a given size.

    Raises:
        IntegrityError: no signed checkpoint covers the entry.
    """
    newest = store.size(row.log) if size is None else size
    checkpoint = store.checkpoint(row.log, newest)
    if newest <= row.position or checkpoint is None:
        raise IntegrityError(
            f"entry {row.position} is not covered by a signed checkpoint: it counts for nothing",
            mend="Run `habeas verify`",
        )
    hashes = inclusion_proof(row.position, newest, tile_reader(store, row.log, newest))
    return TlogProof(index=row.position, hashes=tuple(hashes), checkpoint=note_of(checkpoint))


def entry_of(store: Store, digest: str) -> tuple[EntryRow, Entry]:
    """The entry in which a held claim stands.

    Raises:
        NotFoundError: no such claim is held.
        IntegrityError: the claim is held without an entry that commits to it.
    """
    opening = store.opening(bytes.fromhex(digest))
    if opening is None:
        raise NotFoundError(f"there is no claim {digest}")
    row = store.entry(opening.entry)
    entry = read_entry(row.data) if row else None
    if row is None or entry is None or digest not in entry.claims:
        raise IntegrityError(
            f"claim {digest} is in no entry that names it", mend="Run `habeas verify`"
        )
    return row, entry


def log_of(store: Store, row: EntryRow) -> LogRow:
    """The log of an entry.

    Raises:
        IntegrityError: there is no such log.
    """
    for log in store.logs():
        if log.id == row.log:
            return log
    raise IntegrityError(
        f"entry {row.position} stands in no log that is known here", mend="Run `habeas verify`"
    )
