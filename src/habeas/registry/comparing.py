"""A registry against a checkpoint that was kept outside of it.

An old, valid copy of a registry passes every check that looks inside it. Only a checkpoint that a
partner, a witness or a timestamp holds can tell that entries are missing.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from habeas.errors import NotFoundError
from habeas.ledger.checkpoint import open_checkpoint
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.note import parse_note
from habeas.ledger.tree import frontier_of
from habeas.registry.appending import tile_reader
from habeas.registry.registry import Registry
from habeas.registry.store import LogRow, Store


class Verdict(Enum):
    """What a checkpoint from outside says of a log that is held."""

    FINE = "fine"
    """The log held begins with what the checkpoint covers, or is exactly that."""
    BEHIND = "behind"
    """The log once had more entries than are held here."""
    FORKED = "forked"
    """The log held is another than the one signed there."""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict and what it rests on."""

    verdict: Verdict
    origin: str
    outside: int
    """Entries that the checkpoint covers."""
    held: int
    """Entries that are signed here."""
    own: bool
    """Whether the registry writes to the log."""

    def describe(self) -> str:
        """The verdict in words."""
        match self.verdict:
            case Verdict.FINE:
                return f"the first {self.outside} of {self.held} entries are those signed there"
            case Verdict.BEHIND:
                old = "; this is an old copy: record nothing into it" if self.own else ""
                return f"{self.outside} entries were signed, only {self.held} are here{old}"
            case Verdict.FORKED:
                return (
                    f"the log here is another than the one of {self.outside} entries signed there: "
                    "keep the checkpoint, it is evidence"
                )


def compare(registry: Registry, checkpoint: bytes, *, place: str = "") -> Comparison:
    """Compare a registry with a checkpoint from outside.

    Args:
        registry: which.
        checkpoint: the signed note.
        place: the file it came from, for messages.

    Raises:
        NotFoundError: it is of a log that is not known here.
        IntegrityError: it is no checkpoint, or the log did not sign it.
    """
    origin = parse_note(checkpoint, place=place).text.partition("\n")[0]
    branches = [log for log in registry.store.logs() if log.origin == origin]
    if not branches:
        raise NotFoundError(f"the log {origin} is not known here", place=place)
    verifiers = [open_verifier(vkey) for vkey in branches[0].vkeys.splitlines()]
    outside = open_checkpoint(checkpoint, verifiers, place=place).checkpoint
    main = branches[0]
    held = registry.store.size(main.id)
    if outside.size > held:
        verdict = Verdict.BEHIND
    elif _root(registry.store, main, outside.size) == outside.root:
        verdict = Verdict.FINE
    else:
        verdict = Verdict.FORKED
    return Comparison(
        verdict=verdict,
        origin=origin,
        outside=outside.size,
        held=held,
        own=any(log.own for log in branches),
    )


def _root(store: Store, log: LogRow, size: int) -> bytes:
    return frontier_of(size, tile_reader(store, log.id, store.size(log.id))).root()
