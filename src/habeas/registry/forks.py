"""A forked log: one key signed two histories that cannot both be true. Both are kept and marked.

Each history is a branch of the log: branch 0 came first here, and has every entry up to where they
part. A further branch has all hashes, its own checkpoints, and the entries from there on. The fork
itself becomes a claim of this registry, with the proof as its file: the next batch that is recorded
bears it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from habeas.claims.claim import Claim, read_opening
from habeas.claims.values import File
from habeas.errors import IntegrityError
from habeas.evidence.store import EvidenceStore
from habeas.ledger.checkpoint import (
    CheckpointForkError,
    SignedCheckpoint,
    open_checkpoint,
    require_same_history,
)
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.entry import log_id
from habeas.ledger.fork import MEDIA_TYPE, ForkProof, read_fork_proof, write_fork_proof
from habeas.ledger.tile import TILE_WIDTH
from habeas.ledger.tree import HASH_SIZE
from habeas.registry.appending import note_of, tile_reader
from habeas.registry.lineage import Lineages
from habeas.registry.store import LogRow, Store


class Fork(msgspec.Struct, frozen=True, kw_only=True):
    """One branch of a log that contradicts another.

    Attributes:
        origin: of the log.
        branch: its number here, from 1.
        parted: how many entries the two histories have in common.
        own: whether this registry writes to the log: then its key is in use elsewhere.
        proof: the text that convinces others (`ledger.fork`).
    """

    origin: str
    branch: int
    parted: int
    own: bool
    proof: bytes

    def describe(self) -> str:
        """A warning in words."""
        whose = "this registry's own log" if self.own else "the log"
        return (
            f"{whose} {self.origin} is forked: its key signed two histories that agree on the "
            f"first {self.parted} entries and contradict each other after that. Both are kept. "
            "Ask who keeps the key: a backup that was written to again does this, and so does "
            "somebody who wants two parties to see different records"
        )


def parting(store: Store, one: int, other: int) -> int:
    """How many entries two stored histories have in common from the beginning.

    Args:
        store: where they are.
        one: a log or branch.
        other: another.
    """
    size = min(store.size(one), store.size(other))
    for index in range(-(-size // TILE_WIDTH)):
        width = HASH_SIZE * min(TILE_WIDTH, size - index * TILE_WIDTH)
        first = store.tile(one, 0, index)[:width]
        second = store.tile(other, 0, index)[:width]
        if first != second:
            return index * TILE_WIDTH + same_hashes(first, second)
    return size


def same_hashes(one: bytes, other: bytes) -> int:
    """How many hashes two rows of hashes have in common from the beginning."""
    for at in range(0, min(len(one), len(other)), HASH_SIZE):
        if one[at : at + HASH_SIZE] != other[at : at + HASH_SIZE]:
            return at // HASH_SIZE
    return min(len(one), len(other)) // HASH_SIZE


def forked_origins(store: Store) -> frozenset[str]:
    """The origins of logs that are forked: every claim in them is marked (`View` does it).

    What is common to both histories is marked, too: who holds the key is in question, not one
    entry. It follows from signed checkpoints and from no claim, so no clearance hides it; which
    entries differ, and the proof, stand in a claim that has a sensitivity of its own.
    """
    return frozenset(log.origin for log in store.logs() if log.branch)


def fork_between(store: Store, one: LogRow, other: LogRow) -> Fork:
    """Prove that two stored branches contradict each other.

    Raises:
        IntegrityError: they do not: what is stored of one of them is damaged.
    """
    parted = parting(store, one.id, other.id)
    first, second = (_covering(store, row, parted + 1) for row in (one, other))
    earlier, later, row = (first, second, other)
    if first.checkpoint.size > second.checkpoint.size:
        earlier, later, row = (second, first, one)
    try:
        hashes = tile_reader(store, row.id, later.checkpoint.size)
        require_same_history(earlier, later, hashes, place=one.origin)
    except CheckpointForkError as error:
        return Fork(
            origin=one.origin,
            branch=other.branch,
            parted=parted,
            own=one.own or other.own,
            proof=write_fork_proof(one.vkeys, error),
        )
    raise IntegrityError(
        "the hashes held here of this log are damaged",
        place=one.origin,
        mend="Run `habeas verify`, and restore from a backup; nothing was changed",
    )


def forks(store: Store) -> list[Fork]:
    """Every fork, each branch against the earlier one that it shares most with."""
    rows = store.logs()
    found = []
    for row in rows:
        if row.branch:
            earlier = [log for log in rows if log.origin == row.origin and log.branch < row.branch]
            nearest = max(earlier, key=lambda log: (parting(store, log.id, row.id), -log.branch))
            found.append(fork_between(store, nearest, row))
    return found


def unrecorded_forks(store: Store, evidence: EvidenceStore) -> list[Fork]:
    """The forks that this registry has not yet said anything about."""
    found = forks(store)
    if not found:
        return []
    recorded = _recorded(store, evidence)
    return [fork for fork in found if not _is_recorded(store, fork, recorded)]


def fork_claims(store: Store, evidence: EvidenceStore, organisation: str) -> list[Claim]:
    """Keep the proof of each unrecorded fork, and make the claim that tells of it.

    Args:
        store: the registry's.
        evidence: where the proofs are kept.
        organisation: the `org:` that says so.

    Raises:
        IntegrityError: what is held of a forked log is damaged.
        StorageError: the disk refused.
    """
    return [
        Claim(
            subject=log_id(fork.origin),
            predicate="forked",
            value=_keep(evidence, fork.proof),
            source=organisation,
            sensitivity="partners",
        )
        for fork in unrecorded_forks(store, evidence)
    ]


def _covering(store: Store, row: LogRow, size: int) -> SignedCheckpoint:
    held = store.checkpoint(row.id, size)
    if held is None:
        raise IntegrityError(f"no checkpoint covers entry {size - 1}", place=row.origin)
    verifiers = [open_verifier(vkey) for vkey in row.vkeys.splitlines()]
    return open_checkpoint(note_of(held), verifiers, place=row.origin)


def _keep(evidence: EvidenceStore, proof: bytes) -> File:
    with tempfile.NamedTemporaryFile() as file:  # checkpoints only: nobody's words
        file.write(proof)
        file.flush()
        kept = evidence.keep(Path(file.name))
    return File(sha256=kept.sha256, size=kept.size, media_type=MEDIA_TYPE, text="fork-proof.txt")


def _recorded(store: Store, evidence: EvidenceStore) -> list[ForkProof]:
    """The fork proofs that own claims name and that can be read."""
    lineages = Lineages(store)
    found = []
    for held in store.held(3, predicate="forked"):
        value = read_opening(held.opening)[1].value
        if not isinstance(value, File) or not lineages.own(held.entry):
            continue
        try:
            with evidence.open(value.sha256) as file:
                found.append(read_fork_proof(file.read(), place=value.sha256))
        except IntegrityError:
            continue  # a lost or damaged proof is recorded again
    return found


def _is_recorded(store: Store, fork: Fork, recorded: Sequence[ForkProof]) -> bool:
    """Whether a recorded proof holds a checkpoint of this branch beyond where it parts."""
    branch = next(
        log for log in store.logs() if (log.origin, log.branch) == (fork.origin, fork.branch)
    )
    bodies = {row.body for row in store.checkpoints(branch.id) if row.size > fork.parted}
    return any(
        signed.note.text in bodies
        for proof in recorded
        if proof.origin == fork.origin
        for signed in (proof.earlier, proof.later)
    )
