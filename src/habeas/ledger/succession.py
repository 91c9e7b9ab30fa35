"""A log's successor, named by the log's own key.

A backup that is restored and written to again would give one key two histories. So a restore mints
a new log, and the old key signs who follows it: a note (C2SP signed-note) whose text is

    habeas-succession/1
    <origin of the old log>
    <size of the old log as far as the backup knew>
    <verifier key of the new log>, one line each

The first line is no origin, so that this can never be taken for a checkpoint.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from habeas.errors import IntegrityError
from habeas.ledger.checkpoint import parse_decimal
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.keys import SigningKey
from habeas.ledger.note import parse_note, sign_note, verify_note

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
    """The signed note by which a log names its successor."""
    text = "\n".join([HEAD, old.origin, str(size), *successors]) + "\n"
    return sign_note(text, old.signers()).to_bytes().decode()


def read_succession(statement: str, vkeys: str) -> Succession:
    """Read a statement of succession and check that the old log's key made it.

    Args:
        statement: the signed note.
        vkeys: the old log's verifier keys, one a line.

    Raises:
        IntegrityError: it is none, or another key than the old log's signed it.
    """
    note = parse_note(statement.encode(), place="statement of succession")
    head, *lines = note.text.splitlines()
    if head != HEAD or len(lines) < 3:
        raise IntegrityError("this is no statement of succession")
    verifiers = [open_verifier(line) for line in vkeys.splitlines()]
    if len(verify_note(note, verifiers, place="statement of succession")) != len(verifiers):
        raise IntegrityError(
            "the old log's key did not sign this statement of succession",
            mend="Ask the organisation whether it restored a backup",
        )
    size = parse_decimal(lines[1], "size of the old log")
    return Succession(origin=lines[0], size=size, successors=tuple(lines[2:]))
