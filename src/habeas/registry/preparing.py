"""An entry made ready: all that can be done before its place in the log is known.

Nothing here touches a store, so that another process can prepare entries while this one writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim, digests, seal
from habeas.claims.names import index_text
from habeas.claims.values import Name, Quantity, Term, Text, When, words
from habeas.ledger.entry import make_entry
from habeas.ledger.tree import leaf_hash
from habeas.registry.clearance import FAR_REACHING, alone
from habeas.registry.fold import fold, name_reading

PlainRows = tuple[
    str, str, str, int, str | None, str, tuple[tuple[str, bytes], ...], bool, tuple[Any, ...] | None
]
"""A claim's rows in the views without its number, which is known when it is written: subject,
predicate, source, sensitivity, reference; words; relation and target of what it speaks of; whether
it is entangled; the reading of its name. Plain, since what has a type of its own costs several
times as much to hand from one process to another."""


class PreparedEntry(NamedTuple):
    """The bytes of an entry and of the openings in it, and their rows in the views."""

    named: tuple[str, ...]
    """The claims' digests, in the order given."""
    data: bytes
    decoys: bytes
    leaf: bytes
    """The leaf hash."""
    openings: tuple[bytes, ...]
    rows: tuple[PlainRows, ...]
    """Of each claim."""


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
        rows = tuple([plain_rows(claim) for claim in claims])
        return PreparedEntry(named, data, decoys, leaf_hash(data), tuple(openings), rows)


def plain_rows(claim: Claim) -> PlainRows:
    """The rows of a claim in the views (`fold.fold`), without its number."""
    if _is_simple(claim):
        return _simple_rows(claim)
    folded = fold(0, claim)
    _, subject, predicate, source, sensitivity, ref, _ = folded.row
    about = tuple([(row.relation, row.target) for row in folded.about])
    name = None if folded.name is None else tuple(folded.name[1:])
    words, entangled = folded.words, folded.entangled
    return subject, predicate, source, sensitivity, ref, words, about, entangled, name


_SIMPLE = frozenset((Text, Name, When, Quantity, Term))


def _is_simple(claim: Claim) -> bool:
    """Whether a claim is one of the many of a list: of a person, and entangled with no other."""
    return (
        claim.by is None
        and claim.note is None
        and not claim.rests_on
        and type(claim.value) in _SIMPLE
        and claim.subject.startswith("person:")
        and claim.predicate not in FAR_REACHING
    )


def _simple_rows(claim: Claim) -> PlainRows:
    """What `fold` gives for a simple claim, in a third of the time."""
    value = claim.value
    level, _ = alone(claim)
    said = index_text(words(value))
    name = name_reading(0, claim) if type(value) is Name else None
    reading = None if name is None else tuple(name[1:])
    return claim.subject, claim.predicate, claim.source, level, None, said, (), False, reading


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
