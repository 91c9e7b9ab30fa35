"""The proof that a log forked: one text that convinces anybody who has the log's published keys.

    habeas-fork/1
    origin <origin>
    vkey <verifier key>                     one line each
    true <base64>                           the root that the later tree has at the earlier's size
    proof <base64>                          one line each: consistency from there to the later root
    earlier <bytes of the next part>
    later <bytes of the part after it>
    <empty line>
    <the earlier checkpoint, a signed note><the later checkpoint, a signed note>

Both checkpoints bear the log's own signatures and no others. The proof shows with which root of
that size the later tree really begins; the earlier checkpoint signs another. So one key signed two
histories, whatever its owner says.
"""

from __future__ import annotations

import re

import msgspec

from habeas.errors import InputError, IntegrityError
from habeas.ledger.checkpoint import CheckpointForkError, SignedCheckpoint, open_checkpoint
from habeas.ledger.cosignature import verifier_of
from habeas.ledger.note import (
    MAX_NOTE_BYTES,
    Note,
    decode_base64,
    encode_base64,
    parse_vkey,
)
from habeas.ledger.tree import verify_consistency

HEAD = "habeas-fork/1"
MEDIA_TYPE = "text/plain"

_LENGTHS = re.compile(r"earlier ([1-9][0-9]{0,6})\nlater ([1-9][0-9]{0,6})", re.ASCII)


class ForkProof(msgspec.Struct, frozen=True, kw_only=True):
    """A fork that was verified.

    Attributes:
        origin: of the log.
        earlier: one checkpoint.
        later: of the same size or larger; its tree does not begin as the earlier one says.
    """

    origin: str
    earlier: SignedCheckpoint
    later: SignedCheckpoint


def write_fork_proof(vkeys: str, fork: CheckpointForkError) -> bytes:
    """The text of the proof that a `CheckpointForkError` carries.

    Args:
        vkeys: the log's verifier keys, one a line.
        fork: what `require_same_history` raised.
    """
    keys = [parse_vkey(line) for line in vkeys.splitlines()]
    known = {(key.name, key.key_id) for key in keys}
    earlier, later = (_bare(signed, known).to_bytes() for signed in (fork.earlier, fork.later))
    lines = [HEAD, f"origin {fork.earlier.checkpoint.origin}"]
    lines += [f"vkey {key.encode()}" for key in keys]
    lines.append(f"true {encode_base64(fork.earlier_root)}")
    lines += [f"proof {encode_base64(digest)}" for digest in fork.proof]
    lines += [f"earlier {len(earlier)}", f"later {len(later)}", "", ""]
    return "\n".join(lines).encode() + earlier + later


def read_fork_proof(data: bytes, *, place: str = "") -> ForkProof:
    """Read a fork proof and check that it proves a fork.

    Raises:
        IntegrityError: it does not.
    """
    head, blank, notes = data.partition(b"\n\n")
    if not blank or len(data) > 3 * MAX_NOTE_BYTES or not head.isascii():
        raise _malformed("it has no two checkpoints", place)
    first, *lines = head.decode("ascii").split("\n")
    lengths = _LENGTHS.fullmatch("\n".join(lines[-2:]))
    if first != HEAD or lengths is None or len(notes) != int(lengths[1]) + int(lengths[2]):
        raise _malformed("its lines are not those of a fork proof", place)
    fields = [line.partition(" ")[::2] for line in lines[:-2]]
    names = [name for name, _ in fields]
    vkeys = [value for name, value in fields if name == "vkey"]
    proof = [value for name, value in fields if name == "proof"]
    if names != ["origin", *["vkey"] * len(vkeys), "true", *["proof"] * len(proof)]:
        raise _malformed("its lines are not those of a fork proof", place)
    try:
        verifiers = [verifier_of(parse_vkey(vkey)) for vkey in vkeys]
        earlier = open_checkpoint(notes[: int(lengths[1])], verifiers, place=place)
        later = open_checkpoint(notes[int(lengths[1]) :], verifiers, place=place)
    except InputError as error:
        raise _malformed(error.reason, place) from error
    if earlier.checkpoint.origin != fields[0][1]:
        raise _malformed("its checkpoints are those of another log", place)
    true = decode_base64(dict(fields)["true"], "root", place=place)
    hashes = [decode_base64(text, "hash", place=place) for text in proof]
    old, new = earlier.checkpoint, later.checkpoint
    verify_consistency(old.size, new.size, hashes, true, new.root, place=place)
    if true == old.root:
        raise IntegrityError("this proves no fork: the two checkpoints agree", place=place)
    return ForkProof(origin=old.origin, earlier=earlier, later=later)


def _bare(signed: SignedCheckpoint, known: set[tuple[str, bytes]]) -> Note:
    """The note with the log's own signatures only, so that one fork has one proof."""
    lines = tuple(line for line in signed.note.signatures if (line.name, line.key_id) in known)
    return Note(text=signed.note.text, signatures=lines)


def _malformed(why: str, place: str) -> IntegrityError:
    return IntegrityError(f"this is no proof of a fork: {why}", place=place)
