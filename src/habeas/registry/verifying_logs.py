"""Whether the logs are what their keys signed: entries, tiles, roots, signatures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from habeas.errors import InputError, IntegrityError
from habeas.ledger.checkpoint import open_checkpoint
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.entry import read_entry
from habeas.ledger.tile import tiles_written
from habeas.ledger.tree import Frontier, leaf_hash
from habeas.registry.appending import note_of
from habeas.registry.registry import Registry
from habeas.registry.store import LogRow, Store


def check_logs(registry: Registry) -> tuple[int, list[str], list[str]]:
    """Every entry against its leaf, every tile against the leaves, every checkpoint."""
    count = 0
    problems: list[str] = []
    notes: list[str] = []
    logs = registry.store.logs()
    for log in logs:
        try:
            count += _check_log(registry.store, log, problems)
        except (InputError, IntegrityError) as error:  # the former for a key that is none
            problems.append(f"log {log.origin}: {error}")
    for origin, branches in groupby(
        sorted(logs, key=lambda log: log.origin), lambda log: log.origin
    ):
        numbers = sorted(log.branch for log in branches)
        if numbers != list(range(len(numbers))):
            problems.append(f"log {origin}: has branches {numbers}, which do not count from 0")
        if len(numbers) > 1:
            notes.append(f"log {origin} is forked: its key signed two histories; both are kept")
    if not any(log.own for log in logs):
        notes.append("no log is this registry's own: nobody can say whether claims were lost")
    return count, problems, notes


def _check_log(store: Store, log: LogRow, problems: list[str]) -> int:
    size = store.size(log.id)
    leaves = b"".join(_leaf_tiles(store, log.id))
    if len(leaves) != 32 * size:
        problems.append(
            f"log {log.origin}: hashes of {len(leaves) // 32} entries are held, {size} are signed"
        )
    _check_tiles(store, log, leaves, problems)
    _check_checkpoints(store, log, leaves, problems)
    count = 0
    expected = 0
    for row in store.entries(log.id):
        count += 1
        if log.own and row.position != expected:
            problems.append(f"log {log.origin}: entry {expected} is missing")
            expected = row.position
        expected += 1
        place = f"log {log.origin}, entry {row.position}"
        if row.position >= size:
            problems.append(
                f"{place}: lies beyond the last signed checkpoint and counts for nothing"
            )
        elif leaf_hash(row.data) != leaves[32 * row.position : 32 * row.position + 32]:
            problems.append(f"{place}: was changed: its hash is not the one in the tree")
        try:
            read_entry(row.data)
        except IntegrityError as error:
            problems.append(f"{place}: {error.reason}")
    if log.own and expected < size:
        problems.append(f"log {log.origin}: entries from {expected} on are missing")
    return count


def _leaf_tiles(store: Store, log: int) -> Iterator[bytes]:
    for level, _, hashes in store.tiles(log):
        if level == 0:
            yield hashes


def _check_tiles(store: Store, log: LogRow, leaves: bytes, problems: list[str]) -> None:
    split = [leaves[at : at + 32] for at in range(0, len(leaves), 32)]
    again = {(tile.level, tile.index): tile.data for tile in tiles_written(0, split, {})}
    for level, index, hashes in store.tiles(log.id):
        if again.pop((level, index), None) != hashes:
            problems.append(f"log {log.origin}: tile {level}/{index} is not what the entries give")
    problems += [
        f"log {log.origin}: tile {level}/{index} is missing" for level, index in sorted(again)
    ]


def _check_checkpoints(store: Store, log: LogRow, leaves: bytes, problems: list[str]) -> None:
    verifiers = [open_verifier(vkey) for vkey in log.vkeys.splitlines()]
    frontier = Frontier()
    for row in store.checkpoints(log.id):
        place = f"log {log.origin}, checkpoint {row.size}"
        try:
            checkpoint = open_checkpoint(note_of(row), verifiers, place=place).checkpoint
        except IntegrityError as error:
            problems.append(str(error))
            continue
        if checkpoint.origin != log.origin:
            problems.append(f"{place}: was signed for the log {checkpoint.origin}")
            continue
        if checkpoint.size != row.size or 32 * checkpoint.size > len(leaves):
            problems.append(f"{place}: does not fit the entries that are held")
            continue
        new = leaves[32 * frontier.size : 32 * checkpoint.size]
        frontier = frontier.append([new[at : at + 32] for at in range(0, len(new), 32)])
        if frontier.root() != checkpoint.root:
            problems.append(f"{place}: the entries give another root than the one signed")
