"""A `.tlog-proof`: index, inclusion proof and checkpoint in one file, to verify offline.

C2SP tlog-proof (v1). With the entry's bytes and the log's published keys it shows that the entry
stands in the log; it does not hold the entry itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from habeas.errors import InputError, IntegrityError
from habeas.ledger.checkpoint import SignedCheckpoint, open_checkpoint, parse_decimal
from habeas.ledger.note import MAX_NOTE_BYTES, Verifier, decode_base64, encode_base64
from habeas.ledger.tree import HASH_SIZE, leaf_hash, verify_inclusion

PROOF_SUFFIX = ".tlog-proof"
_HEADER = "c2sp.org/tlog-proof@v1"
_MAX_HASHES = 63


class TlogProof(msgspec.Struct, frozen=True, kw_only=True):
    """An inclusion proof with the checkpoint that it leads to.

    Attributes:
        index: of the entry, from 0.
        hashes: 32 bytes each, from the leaf's sibling up to the root's child.
        checkpoint: the signed note, byte for byte; not yet verified.
        extra: opaque bytes that nobody signed, or None. Habeas writes none.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __post_init__(self) -> None:
        right = all(len(digest) == HASH_SIZE for digest in self.hashes)
        if self.index < 0 or len(self.hashes) > _MAX_HASHES or not right or self.extra == b"":
            raise InputError("an inclusion proof has an index and up to 63 hashes of 32 bytes")

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        lines = [_HEADER]
        if self.extra is not None:
            lines.append(f"extra {encode_base64(self.extra)}")
        lines.append(f"index {self.index}")
        lines += [encode_base64(digest) for digest in self.hashes]
        return "\n".join([*lines, "", ""]).encode() + self.checkpoint

    def verify(self, entry: bytes, log: Sequence[Verifier], *, place: str = "") -> SignedCheckpoint:
        """Check that the entry stands in the log, and return the checkpoint that covers it.

        Args:
            entry: the entry's exact bytes.
            log: the log's published keys.
            place: where the proof comes from, for the message.

        Raises:
            IntegrityError: the checkpoint is not the log's, or the proof does not lead from this
                entry to its root.
        """
        signed = open_checkpoint(self.checkpoint, log, place=place)
        size, root = signed.checkpoint.size, signed.checkpoint.root
        verify_inclusion(leaf_hash(entry), self.index, size, self.hashes, root, place=place)
        return signed


def parse_proof(data: bytes, *, place: str = "") -> TlogProof:
    """Read a `.tlog-proof`, in exactly the form of C2SP tlog-proof.

    Args:
        data: the file's bytes.
        place: the file, for the message.

    Raises:
        IntegrityError: it is no such file.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise _malformed("it is too long", place)
    head, blank, checkpoint = data.partition(b"\n\n")
    if not blank:
        raise _malformed("it has no blank line before a checkpoint", place)
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise _malformed("it holds characters that no proof has", place) from None
    if first != _HEADER:
        raise _malformed(f"its first line is not {_HEADER}", place)
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "), "extra data", place=place)
    if not lines or not lines[0].startswith("index "):
        raise _malformed("it names no index", place)
    index = parse_decimal(lines[0].removeprefix("index "), "index of the proof", place=place)
    hashes = tuple(decode_base64(line, "hash of the proof", place=place) for line in lines[1:])
    try:
        return TlogProof(index=index, hashes=hashes, checkpoint=checkpoint, extra=extra)
    except InputError as error:
        raise _malformed(error.reason, place) from None


def _malformed(why: str, place: str) -> IntegrityError:
    return IntegrityError(f"this is not an inclusion proof: {why}", place=place)
