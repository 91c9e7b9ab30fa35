"""Checkpoints: a log's origin, size and root, signed: the signature on everything under it.

C2SP tlog-checkpoint (1.0.0). There is no signature for a single entry: an entry belongs to a log
when a checkpoint signed by the log's key covers it. A log's key bears the log's origin as its name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from habeas.errors import ForkError, InputError, IntegrityError
from habeas.ledger.note import (
    Note,
    Signer,
    Verifier,
    decode_base64,
    encode_base64,
    parse_note,
    sign_note,
    verify_note,
)
from habeas.ledger.tree import (
    EMPTY_ROOT,
    HASH_SIZE,
    NodeHashes,
    RootForkError,
    consistency_proof,
    frontier_of,
    verify_consistency,
)

MAX_SIZE = 2**63 - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What a checkpoint says.

    Attributes:
        origin: the log's name, never of an organisation or a person.
        size: number of entries covered.
        root: 32-byte root of the tree of that size.
        extensions: further lines. Habeas writes none; they are kept because they are signed.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        lines = (self.origin, *self.extensions)
        if not all(lines) or any(char < " " for line in lines for char in line):
            raise InputError("a checkpoint's lines are not empty and hold no control characters")
        if not 0 <= self.size <= MAX_SIZE or len(self.root) != HASH_SIZE:
            raise InputError("a checkpoint has a size below 2^63 and a root of 32 bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise InputError("the checkpoint of an empty log bears a root that no empty log has")

    @property
    def text(self) -> str:
        """The note text, with its last newline."""
        return "\n".join(
            [self.origin, str(self.size), encode_base64(self.root), *self.extensions, ""]
        )


class SignedCheckpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A checkpoint together with the note that it was read from or written to.

    Attributes:
        checkpoint: what it says.
        note: the note, with every signature line, also those of keys nobody here knows.
    """

    checkpoint: Checkpoint
    note: Note

    def to_bytes(self) -> bytes:
        """The signed note's bytes."""
        return self.note.to_bytes()


class CheckpointForkError(ForkError):
    """Two checkpoints, both signed by one log's key, that cannot both be true.

    Keep what it carries: it convinces any third party.

    Attributes:
        earlier: the checkpoint that was known before.
        later: the one that contradicts it.
        proof: when the sizes differ, a consistency proof that holds between the later root and
            `earlier_root`; otherwise empty.
        earlier_root: the root that the later checkpoint's tree has at the earlier one's size,
            where the earlier checkpoint says another.
    """

    def __init__(
        self,
        reason: str,
        *,
        earlier: SignedCheckpoint,
        later: SignedCheckpoint,
        earlier_root: bytes,
        proof: Sequence[bytes] = (),
        place: str = "",
    ) -> None:
        self.earlier = earlier
        self.later = later
        self.earlier_root = earlier_root
        self.proof = tuple(proof)
        mend = "Keep both checkpoints and record the fork; take nothing more from this log"
        super().__init__(reason, place=place, mend=mend)


def parse_checkpoint(text: str, *, place: str = "") -> Checkpoint:
    """Read the text of a checkpoint, in exactly the form of C2SP tlog-checkpoint.

    Args:
        text: of the note, with its last newline.
        place: where it comes from, for the message.

    Raises:
        IntegrityError: it is not a checkpoint.
    """
    origin, *rest = text.removesuffix("\n").split("\n")
    if len(rest) < 2 or not text.endswith("\n"):
        raise IntegrityError(
            "this is not a checkpoint: it has not three lines, origin, size and root", place=place
        )
    size = parse_decimal(rest[0], "size of the checkpoint", place=place)
    root = decode_base64(rest[1], "root of the checkpoint", place=place)
    try:
        return Checkpoint(origin=origin, size=size, root=root, extensions=tuple(rest[2:]))
    except InputError as error:
        raise IntegrityError(error.reason, place=place) from None


def parse_decimal(text: str, what: str, *, place: str = "") -> int:
    """A number in its one decimal spelling: ASCII digits, no leading zero, below 2^63.

    Raises:
        IntegrityError: it is spelled otherwise.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise IntegrityError(f"the {what} is not a plain number: {text[:30]!r}", place=place)
    return int(text)


def sign_checkpoint(checkpoint: Checkpoint, signers: Sequence[Signer]) -> SignedCheckpoint:
    """Sign a checkpoint with the log's key (`SigningKey.signers`).

    Release it only once it and all it covers are durable: two roots signed for one size are a fork.

    Raises:
        InputError: a signer's name is not the checkpoint's origin, or nobody signs.
    """
    for signer in signers:
        if signer.key.name != checkpoint.origin:
            raise InputError(
                f"the key of {signer.key.name} cannot sign for the log {checkpoint.origin}"
            )
    return SignedCheckpoint(checkpoint=checkpoint, note=sign_note(checkpoint.text, signers))


def open_checkpoint(data: bytes, log: Sequence[Verifier], *, place: str = "") -> SignedCheckpoint:
    """Read a checkpoint and check that the log itself signed it.

    Every one of the log's keys has to have signed: a log known to sign with ML-DSA-44 too cannot be
    impersonated by leaving that line out.

    Args:
        data: the signed note.
        log: the log's keys, as published by whoever keeps it. Their name is the log's origin.
        place: where it comes from, for the message.

    Raises:
        IntegrityError: it is no checkpoint, or not signed by the log.
        InputError: no key of a log was given, or keys of several logs.
    """
    origins = {verifier.key.name for verifier in log}
    if len(origins) != 1:
        raise InputError("a checkpoint is opened with the keys of exactly one log")
    note = parse_note(data, place=place)
    checkpoint = parse_checkpoint(note.text, place=place)
    if checkpoint.origin not in origins:
        raise IntegrityError(
            f"this is a checkpoint of {checkpoint.origin}, not of {origins.pop()}", place=place
        )
    held = {line.key_id for line in verify_note(note, log, place=place)}
    for verifier in log:
        if verifier.key.key_id not in held:
            raise IntegrityError(
                f"the checkpoint is not signed by the key {verifier.key.key_id.hex()} of the log "
                f"{checkpoint.origin}",
                place=place,
                mend="Ask the log's keeper for its checkpoint and its published keys",
            )
    return SignedCheckpoint(checkpoint=checkpoint, note=note)


def require_continuation(
    earlier: SignedCheckpoint, later: SignedCheckpoint, proof: Sequence[bytes], *, place: str = ""
) -> None:
    """Check by a proof that the later checkpoint continues the earlier one.

    Both are verified as the log's (`open_checkpoint`). A proof that does not hold need not mean a
    fork, anybody can send one; whoever has the later log's tiles asks `require_same_history`.

    Raises:
        CheckpointForkError: they cannot both be true, and the proof shows it.
        IntegrityError: the log shrank, the proof does not hold, or they are of two logs.
    """
    old, new = earlier.checkpoint, later.checkpoint
    _require_one_log(old, new, place)
    try:
        verify_consistency(old.size, new.size, proof, old.root, new.root, place=place)
    except RootForkError as error:
        raise CheckpointForkError(
            error.reason,
            earlier=earlier,
            later=later,
            earlier_root=error.earlier_root,
            proof=proof,
            place=place,
        ) from None


def require_same_history(
    earlier: SignedCheckpoint, later: SignedCheckpoint, hashes: NodeHashes, *, place: str = ""
) -> None:
    """Check with the later log's own nodes that it continues the earlier checkpoint.

    Unlike a proof that somebody sent, the nodes settle the matter: either way there is evidence.

    Args:
        earlier: verified as the log's.
        later: verified as the log's.
        hashes: the nodes of the later tree (`tile.TileReader`).
        place: what is being checked, for the message.

    Raises:
        CheckpointForkError: the later log does not begin as the earlier checkpoint says.
        IntegrityError: the log shrank, the nodes are not those of the later checkpoint, or the two
            are of two logs.
    """
    old, new = earlier.checkpoint, later.checkpoint
    _require_one_log(old, new, place)
    if old.size >= new.size:
        require_continuation(earlier, later, (), place=place)
        return
    true_root = frontier_of(old.size, hashes).root()
    proof = consistency_proof(old.size, new.size, hashes)
    verify_consistency(old.size, new.size, proof, true_root, new.root, place=place)
    if true_root != old.root:
        raise CheckpointForkError(
            f"the log of {new.size} entries does not begin with the {old.size} entries that the "
            "same log showed before",
            earlier=earlier,
            later=later,
            earlier_root=true_root,
            proof=proof,
            place=place,
        )


def _require_one_log(old: Checkpoint, new: Checkpoint, place: str) -> None:
    if old.origin != new.origin:
        raise IntegrityError(f"{new.origin} does not continue {old.origin}", place=place)
