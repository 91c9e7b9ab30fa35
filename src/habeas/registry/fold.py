"""From a claim to its rows in the views: a pure function of the claim.

What other claims make of it (withdrawn, reclassified, hidden with what it speaks of) is worked out
afterwards, in `clearance`.
"""

from __future__ import annotations

from typing import NamedTuple

from habeas.claims.claim import Claim
from habeas.claims.name_row import name_row
from habeas.claims.names import index_text
from habeas.claims.values import File, Name, Ref, words
from habeas.registry.clearance import FAR_REACHING, alone
from habeas.registry.store import AboutRow, ClaimRow, NameReadingRow


class Folded(NamedTuple):
    """The rows of one claim."""

    row: ClaimRow
    words: str
    about: tuple[AboutRow, ...]
    entangled: bool
    """Whether other claims have a say in its effect, or it in theirs."""
    name: NameReadingRow | None
    """The reading of a name of a person."""


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
    return Folded(row, searchable(claim), about, entangled, name_reading(id_, claim))


def about_rows(id_: int, claim: Claim) -> tuple[AboutRow, ...]:
    """What the claim speaks of, rests on, and names in its value."""
    speaks = claim.subject.startswith("claim:")
    named = _named_claims(claim)
    if not speaks and not claim.rests_on and not named:
        return ()
    rows = [AboutRow(id_, "rests_on", bytes.fromhex(digest)) for digest in claim.rests_on]
    if speaks:
        rows.append(AboutRow(id_, claim.predicate, _digest_in(claim.subject)))
    rows += [AboutRow(id_, "names", digest) for digest in named]
    return tuple(rows)


def _named_claims(claim: Claim) -> tuple[bytes, ...]:
    """The claims whose digest a claim shows: in its value, or among those it is attributed to."""
    value, by = claim.value, claim.by
    names = value.id if isinstance(value, Ref) else ""
    if not names.startswith("claim:") and by is None:
        return ()
    parties = () if by is None else by.parties
    every = dict.fromkeys((names, *parties))
    return tuple(_digest_in(one) for one in every if one.startswith("claim:"))


def name_reading(id_: int, claim: Claim) -> NameReadingRow | None:
    """The reading of a name that is a person's; None for all other claims."""
    value = claim.value
    if not isinstance(value, Name) or not claim.subject.startswith("person:"):
        return None
    row = name_row(value)
    return NameReadingRow(
        id_,
        row.form,
        row.tokens,
        row.keys,
        row.given,
        row.given_keys,
        row.surname,
        row.surname_keys,
        row.father,
        row.father_keys,
        row.grandfather,
        row.honorific,
        int(row.sure),
    )


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
