"""Which claims are independent of each other: a repost is no corroboration.

Two claims share an origin when their sources go back to one text, when those texts have one
publisher, or when the sources attribute what they say to one party. Sharing joins claims into
groups; each group counts once. This counts too little rather than too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from habeas.claims.claim import Claim
from habeas.claims.names import normalise


def roots(source: str, derived_from: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The sources that a source goes back to; itself when it is derived from none.

    A circle of derivations is one text: all of its members are its roots.
    """
    seen: set[str] = set()
    ends: set[str] = set()
    ahead = [source]
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        parents = tuple(derived_from.get(here, ()))
        ahead.extend(parents)
        if not parents:
            ends.add(here)
    return frozenset(ends or seen)


def origins(
    claim: Claim,
    derived_from: Mapping[str, Iterable[str]],
    publishers: Mapping[str, Iterable[str]],
) -> frozenset[str]:
    """The marks of where a claim comes from: texts, their publishers, parties."""
    texts = roots(claim.source, derived_from)
    marks = set(texts)
    if claim.by is not None:
        parties = claim.by.parties or (claim.by.text,)
        marks.update(f"by {normalise(party)}" for party in parties)
        return frozenset(marks)
    for text in texts:
        marks.update(f"by {normalise(name)}" for name in publishers.get(text, ()))
    return frozenset(marks)


def independent(
    claims: Sequence[Claim],
    derived_from: Mapping[str, Iterable[str]],
    publishers: Mapping[str, Iterable[str]],
) -> tuple[tuple[int, ...], ...]:
    """Groups of claims that are not independent of each other.

    Args:
        claims: claims that say one thing.
        derived_from: source to the sources it is derived from.
        publishers: source to its publishers and authors, as names or ids.

    Returns:
        Positions in `claims`, grouped, in order: as many groups as independent sources.
    """
    groups: list[tuple[set[str], list[int]]] = []
    for position, claim in enumerate(claims):
        marks = set(origins(claim, derived_from, publishers))
        members = [position]
        apart = []
        for other_marks, other_members in groups:
            if marks & other_marks:
                marks |= other_marks
                members = other_members + members
            else:
                apart.append((other_marks, other_members))
        groups = [*apart, (marks, sorted(members))]
    return tuple(sorted(tuple(members) for _, members in groups))
