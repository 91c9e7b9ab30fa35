"""An entry made ready: all that can be done before its place in the log is known.

Nothing here touches a store, so that another process can prepare entries while this one writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim, digests, seal
from habeas.ledger.entry import make_entry
from habeas.ledger.tree import leaf_hash
from habeas.registry.fold import Folded, fold


class PreparedEntry(NamedTuple):
    """The bytes of an entry and of the openings in it, and their rows in the views."""

    named: tuple[str, ...]
    """The claims' digests, in the order given."""
    data: bytes
    decoys: bytes
    leaf: bytes
    """The leaf hash."""
    openings: tuple[bytes, ...]
    folded: tuple[Folded, ...]
    """Of each claim, numbered 0: its number is known when it is written."""


class Preparation(NamedTuple):
    """Makes entries ready for one log; can be handed to another process."""

    log: str
    """The name of the log, 32 hexadecimal digits."""
    recorder: str
    """The handle that entries bear."""

    def __call__(self, claims: Sequence[Claim]) -> PreparedEntry:
        """Check and seal some claims of one place in one source.

        Raises:
            InputError: a claim that the vocabulary does not allow, or a value that cannot be.
        """
        openings = seal(claims, self.log)
        for claim in claims:
            check_claim(claim)
        named = digests(openings)
        data, decoys = make_entry(named, recorded=_now(), recorder=self.recorder)
        folded = tuple([fold(0, claim) for claim in claims])
        return PreparedEntry(named, data, decoys, leaf_hash(data), tuple(openings), folded)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
