"""The end of a batch: tiles, root, and the signature over everything up to here."""

from __future__ import annotations

from collections.abc import Sequence

from habeas.errors import IntegrityError
from habeas.ledger.checkpoint import Checkpoint, sign_checkpoint
from habeas.ledger.keys import SigningKey
from habeas.ledger.tile import TileReader, partial_tiles, tiles_written
from habeas.ledger.tree import Frontier, frontier_of
from habeas.registry.store import CheckpointRow, LogRow, Store


def tile_reader(store: Store, log: int, size: int) -> TileReader:
    """The hashes of a stored log of this size."""

    def read(level: int, index: int, width: int) -> bytes:
        return store.tile(log, level, index)[: 32 * width]

    return TileReader(read, size)


def extend(store: Store, log: int, size: int, leaves: Sequence[bytes]) -> Frontier:
    """Store the tiles that some new leaf hashes write.

    Args:
        store: inside a transaction.
        log: which log.
        size: before.
        leaves: the new leaf hashes, 32 bytes each.

    Returns:
        The frontier after them.
    """
    frontier = frontier_of(size, tile_reader(store, log, size)) if size else Frontier()
    partials = {
        level: store.tile(log, level, index)[: 32 * width]
        for level, index, width in partial_tiles(size)
    }
    written = tiles_written(size, leaves, partials)
    store.put_tiles(log, [(tile.level, tile.index, tile.data) for tile in written])
    return frontier.append(leaves)


def sign_batch(
    store: Store, log: LogRow, leaves: Sequence[bytes], key: SigningKey
) -> CheckpointRow:
    """Extend the log by a batch, and sign what it has become.

    Raises:
        IntegrityError: what the tiles say of the log is not what its last checkpoint signed.
    """
    size = store.size(log.id)
    require_head(store, log, size)
    frontier = extend(store, log.id, size, leaves)
    checkpoint = Checkpoint(origin=log.origin, size=frontier.size, root=frontier.root())
    signed = sign_checkpoint(checkpoint, key.signers())
    lines = tuple(line.encode() for line in signed.note.signatures)
    row = CheckpointRow(log.id, frontier.size, signed.note.text, lines)
    store.add_checkpoint(row)
    return row


def require_head(store: Store, log: LogRow, size: int) -> None:
    """Refuse to sign on top of a tree that is not the one signed last."""
    if size == 0:
        return
    last = store.checkpoint(log.id, size)
    root = frontier_of(size, tile_reader(store, log.id, size)).root()
    expected = Checkpoint(origin=log.origin, size=size, root=root).text
    if last is None or last.body != expected:
        raise IntegrityError(
            f"the log's tree of {size} entries is not the one its last checkpoint signed",
            place=log.origin,
            mend="Run `habeas verify`, and restore from a backup; nothing was recorded",
        )


def note_of(row: CheckpointRow) -> bytes:
    """A checkpoint as the signed note that others read (C2SP signed-note)."""
    return f"{row.body}\n{''.join(row.lines)}".encode()
