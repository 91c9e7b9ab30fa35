"""From a claim to its rows in the views: a pure function of the claim.

What other claims make of it (withdrawn, reclassified, hidden with what it speaks of) is worked out
afterwards, in `clearance`.
"""

from __future__ import annotations

from typing import NamedTuple

from habeas.claims.claim import Claim
from habeas.claims.names import index_text
from habeas.claims.values import File, Ref, words
from habeas.registry.clearance import FAR_REACHING, alone
from habeas.registry.store import AboutRow, ClaimRow


class Folded(NamedTuple):
    """The rows of one claim."""

    row: ClaimRow
    words: str
    about: tuple[AboutRow, ...]
    entangled: bool
    """Whether other claims have a say in its effect, or it in theirs."""


def fold(id_: int, claim: Claim) -> Folded:
    """The rows of a claim, with its effects as if it stood alone.

    Args:
        id_: the id of its opening in this store.
        claim: the claim.
    """
    sensitivity, entangled = alone(claim)
    about = about_rows(id_, claim)
    if about or claim.predicate in FAR_REACHING:
        entangled = True
    row = ClaimRow(id_, claim.subject, claim.predicate, claim.source, sensitivity, _ref(claim), 0)
    return Folded(row, searchable(claim), about, entangled)


def about_rows(id_: int, claim: Claim) -> tuple[AboutRow, ...]:
    """What the claim speaks of, rests on, and names in its value."""
    speaks = claim.subject.startswith("claim:")
    if not speaks and not claim.rests_on:
        return ()
    rows = [AboutRow(id_, "rests_on", bytes.fromhex(digest)) for digest in claim.rests_on]
    if speaks:
        rows.append(AboutRow(id_, claim.predicate, _digest_in(claim.subject)))
    if isinstance(claim.value, Ref) and claim.value.id.startswith("claim:"):
        rows.append(AboutRow(id_, "names", _digest_in(claim.value.id)))
    return tuple(rows)


def _digest_in(entity: str) -> bytes:
    return bytes.fromhex(entity.removeprefix("claim:"))


def searchable(claim: Claim) -> str:
    """The words that a claim is found by, ready for the index."""
    said = words(claim.value)
    if claim.by is not None:
        said = f"{said} {claim.by.text}"
    if claim.note is not None:
        said = f"{said} {claim.note}"
    return index_text(said)


def _ref(claim: Claim) -> str | None:
    value = claim.value
    if isinstance(value, Ref):
        return value.id
    return f"item:{value.sha256}" if isinstance(value, File) else None
