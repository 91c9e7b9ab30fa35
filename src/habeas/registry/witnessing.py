"""Witnesses: partners who countersign a log's checkpoints, and whom we countersign in turn.

A registry holds the hash of every entry of each log it knows, so it countersigns only what it
worked out itself. Signature lines under a checkpoint merge by union; those of signers that nobody
here knows are kept, up to a bound, and never counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from habeas.errors import ForkError, InputError, IntegrityError, NotFoundError
from habeas.ledger.checkpoint import SignedCheckpoint, open_checkpoint
from habeas.ledger.cosignature import (
    Cosignature,
    CosignatureVerifier,
    cosignatures,
    open_verifier,
    witness,
)
from habeas.ledger.note import (
    MAX_SIGNATURES,
    Note,
    Signature,
    SignatureType,
    Verifier,
    VerifierKey,
    parse_note,
    parse_vkey,
    verify_note,
)
from habeas.ledger.tree import consistency_proof, frontier_of
from habeas.registry.appending import note_of, tile_reader
from habeas.registry.registry import Registry
from habeas.registry.store import CheckpointRow, LogRow, Store

MAX_UNKNOWN_LINES = 32
"""How many lines of unknown signers are kept under one checkpoint: a note holds 100 lines at most,
and nobody may fill it up with lines that mean nothing."""


def countersign(registry: Registry, offered: bytes, *, place: str = "") -> bytes:
    """Countersign a partner's checkpoint, or one of ours that a partner countersigned: take it in.

    The log has to be known here, at least up to the offered size (import any bundle of it).

    Args:
        registry: the witness.
        offered: the signed note.
        place: the file it came from, for messages.

    Returns:
        The note with this registry's lines added; kept here before it is handed out.

    Raises:
        NotFoundError: the log is not known here.
        InputError: it is the own log, or larger than what is known of it here.
        ForkError: it contradicts what is known of the log.
        IntegrityError: the log did not sign it.
    """
    log = _log_named(registry.store, offered, place)
    if log.own:
        raise InputError(
            "a log is no witness to itself", place=place, mend="Take it in with `take_in_lines`"
        )
    signed = _held(registry.store, log, offered, place)
    signers = registry.key().cosigners(int(time.time()))
    registry.store.begin()
    try:
        previous = _last_cosigned(registry, log)
        hashes = tile_reader(registry.store, log.id, registry.store.size(log.id))
        proof: list[bytes] = []
        if previous is not None:
            sizes = previous.checkpoint.size, signed.checkpoint.size
            if sizes[0] > sizes[1]:
                raise InputError(
                    f"a checkpoint of {sizes[0]} entries of this log was countersigned before",
                    place=place,
                    mend="A witness never goes back: hand in the newest checkpoint",
                )
            proof = consistency_proof(*sizes, hashes)
        note = signed.to_bytes()
        cosigned = witness(previous, note, proof, log=_verifiers(log), signers=signers, place=place)
        add_checkpoint(registry.store, log, cosigned)
        registry.store.commit()
    finally:
        registry.store.rollback()
    return cosigned.to_bytes()


def take_in_lines(registry: Registry, offered: bytes, *, place: str = "") -> tuple[str, ...]:
    """Keep the signature lines that others put under a checkpoint that is held here.

    Returns:
        The origins of the known witnesses that have now cosigned it.

    Raises:
        NotFoundError, InputError, ForkError, IntegrityError: as for `countersign`.
    """
    log = _log_named(registry.store, offered, place)
    signed = _held(registry.store, log, offered, place)
    registry.store.begin()
    try:
        add_checkpoint(registry.store, log, signed)
        registry.store.commit()
    finally:
        registry.store.rollback()
    return tuple(sorted(witnesses_of(registry.store, log, signed.checkpoint.size)))


def witnesses_of(store: Store, log: LogRow, size: int) -> dict[str, Cosignature]:
    """The known logs that cosigned the checkpoint of this size, by origin."""
    row = store.checkpoint(log.id, size)
    if row is None or row.size != size:
        return {}
    note = parse_note(note_of(row), place=log.origin)
    known = _witness_keys(store)
    lines = tuple(line for line in note.signatures if _standing(note, line, known))
    kept = Note(text=note.text, signatures=lines)
    signed = open_checkpoint(kept.to_bytes(), _verifiers(log), place=log.origin)
    verifiers = [CosignatureVerifier(key=key) for key in known.values() if key.name != log.origin]
    return cosignatures(signed, verifiers, place=log.origin)


def add_checkpoint(store: Store, log: LogRow, signed: SignedCheckpoint) -> None:
    """Store a verified checkpoint, with the lines that are worth keeping.

    Lines of the log itself were verified; those of a known witness are kept if they hold; of
    unknown signers a bounded number is kept.
    """
    size = signed.checkpoint.size
    row = store.checkpoint(log.id, size)
    held = set(row.lines) if row is not None and row.size == size else set()
    known = _witness_keys(store)
    own = {(key.name, key.key_id) for key in map(parse_vkey, log.vkeys.splitlines())}
    named = own | set(known)
    strangers = sum(not _is_named(line, named) for line in held)
    lines = []
    for line in signed.note.signatures:
        encoded = line.encode()
        if encoded in held:
            continue
        if (line.name, line.key_id) not in named:
            strangers += 1
            if strangers > MAX_UNKNOWN_LINES:
                continue
        elif not _standing(signed.note, line, known):
            continue
        lines.append(encoded)
    room = MAX_SIGNATURES - len(held)
    store.add_checkpoint(CheckpointRow(log.id, size, signed.note.text, tuple(lines[:room])))


def _is_named(encoded: str, named: Iterable[tuple[str, bytes]]) -> bool:
    note = parse_note(f"x\n\n{encoded}".encode())
    line = note.signatures[0]
    return (line.name, line.key_id) in named


def _standing(note: Note, line: Signature, known: dict[tuple[str, bytes], VerifierKey]) -> bool:
    """Whether a line holds, or is of nobody known as a witness."""
    key = known.get((line.name, line.key_id))
    if key is None:
        return True
    alone = Note(text=note.text, signatures=(line,))
    try:
        return bool(verify_note(alone, [CosignatureVerifier(key=key)]))
    except IntegrityError:
        return False


def _witness_keys(store: Store) -> dict[tuple[str, bytes], VerifierKey]:
    """The keys with which the known logs witness, by name and key id."""
    found = {}
    for log in store.logs():
        for vkey in log.vkeys.splitlines():
            key = parse_vkey(vkey)
            if key.type is SignatureType.ED25519:
                key = VerifierKey(
                    name=key.name,
                    type=SignatureType.ED25519_COSIGNATURE,
                    public_key=key.public_key,
                )
            found[(key.name, key.key_id)] = key
    return found


def _log_named(store: Store, offered: bytes, place: str) -> LogRow:
    origin = parse_note(offered, place=place).text.partition("\n")[0]
    for log in store.logs():
        if log.origin == origin:
            return log
    raise NotFoundError(
        f"the log {origin} is not known here",
        place=place,
        mend="Import a bundle of it first: it brings the hashes that a witness needs",
    )


def _held(store: Store, log: LogRow, offered: bytes, place: str) -> SignedCheckpoint:
    """The offered checkpoint, if it is what is held of its log at that size."""
    signed = open_checkpoint(offered, _verifiers(log), place=place)
    size, held = signed.checkpoint.size, store.size(log.id)
    if size > held:
        raise InputError(
            f"the checkpoint covers {size} entries; {held} of this log are known here",
            place=place,
            mend="Import a bundle of the log first",
        )
    if any(other.origin == log.origin and other.branch for other in store.logs()):
        raise ForkError("the log is forked: nothing more of it is countersigned", place=log.origin)
    root = frontier_of(size, tile_reader(store, log.id, held)).root()
    if signed.checkpoint.extensions:
        raise InputError("the checkpoint has lines that no Habeas log writes", place=place)
    if signed.checkpoint.root != root:
        raise ForkError(
            "the checkpoint contradicts what is known here of the log",
            place=place,
            mend="Keep the file. Ask for a bundle of that history and import it: the two prove "
            "the fork",
        )
    return signed


def _last_cosigned(registry: Registry, log: LogRow) -> SignedCheckpoint | None:
    """The largest checkpoint of a log under which a line of the own key stands."""
    own = {(v.key.name, v.key.key_id) for v in registry.key().witness_verifiers()}
    for row in reversed(registry.store.checkpoints(log.id)):
        note = parse_note(note_of(row), place=log.origin)
        if any((line.name, line.key_id) in own for line in note.signatures):
            return open_checkpoint(note_of(row), _verifiers(log), place=log.origin)
    return None


def _verifiers(log: LogRow) -> list[Verifier]:
    return [open_verifier(vkey) for vkey in log.vkeys.splitlines()]
