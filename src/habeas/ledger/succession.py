"""A log's successor, named by the log's own key.

A backup that is restored and written to again would give one key two histories. So a restore mints
a new log, and the old key signs who follows it: a note (C2SP signed-note) whose text is

    habeas-succession/1
    <origin of the old log>
    <size of the old log as far as the backup knew>
    <verifier key of the new log>, one line each

The second line of a checkpoint is a number and the third a root; here they are not, so that this
can never be taken for one. Ed25519 signs it, also for a log that has an ML-DSA-44 key besides.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from habeas.errors import InputError, IntegrityError
from habeas.ledger.checkpoint import parse_decimal
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.keys import SigningKey
from habeas.ledger.note import (
    SignatureType,
    parse_note,
    parse_vkey,
    sign_note,
    verify_note,
)

HEAD = "habeas-succession/1"


class Succession(msgspec.Struct, frozen=True, kw_only=True):
    """Who follows whom."""

    origin: str
    """Of the old log."""
    size: int
    """Of the old log, as far as the backup knew."""
    successors: tuple[str, ...]
    """The verifier keys of the new log."""


def sign_succession(old: SigningKey, size: int, successors: Sequence[str]) -> str:
    """The signed note by which a log names its successor.

    The log's Ed25519 key signs, and it alone: what a log's ML-DSA-44 key signs is a checkpoint, and
    this is none.

    Args:
        old: the key of the log that ends.
        size: of the old log, as far as is known.
        successors: the verifier keys of the new log.
    """
    text = "\n".join([HEAD, old.origin, str(size), *successors]) + "\n"
    return sign_note(text, old.signers()[:1]).to_bytes().decode()


def read_succession(statement: str, vkeys: str) -> Succession:
    """Read a statement of succession and check that the old log's key made it.

    Args:
        statement: the signed note.
        vkeys: the old log's verifier keys, one a line.

    Raises:
        IntegrityError: it is none, another key than the old log's Ed25519 key signed it, or it
            speaks of another log than that key's.
    """
    note = parse_note(_encoded(statement), place=_PLACE)
    head, *lines = note.text.removesuffix("\n").split("\n")
    if head != HEAD or len(lines) < 3 or not all(map(_is_verifier_key, lines[2:])):
        raise IntegrityError("this is no statement of succession")
    verifiers = [
        verifier
        for verifier in map(open_verifier, vkeys.splitlines())
        if verifier.key.type is SignatureType.ED25519 and verifier.key.name == lines[0]
    ]
    if not verify_note(note, verifiers, place=_PLACE):
        raise IntegrityError(
            "the old log's key did not sign this statement of succession",
            mend="Ask the organisation whether it restored a backup",
        )
    size = parse_decimal(lines[1], "size of the old log")
    return Succession(origin=lines[0], size=size, successors=tuple(lines[2:]))


_PLACE = "statement of succession"


def _encoded(statement: str) -> bytes:
    try:
        return statement.encode()
    except UnicodeEncodeError as error:
        raise IntegrityError("this is no statement of succession") from error


def _is_verifier_key(line: str) -> bool:
    try:
        parse_vkey(line)
    except InputError:
        return False
    return True
