"""Claims that name other claims: which, under what name they are known elsewhere, in what order.

A claim is named by its digest, which is salted: recorded in another log, the same claim has
another. What names it has to follow.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from habeas.claims.claim import Claim
from habeas.claims.values import Ref
from habeas.exchange.claims_table_reading import ReadRow, Unrecorded

_PREFIX: Final = "claim:"


def named_claims(claim: Claim) -> Iterator[str]:
    """The digests of the claims that a claim names: subject, grounds, value, parties."""
    yield from claim.rests_on
    parties = () if claim.by is None else claim.by.parties
    value = (claim.value.id,) if isinstance(claim.value, Ref) else ()
    for entity in (claim.subject, *value, *parties):
        if entity.startswith(_PREFIX):
            yield entity.removeprefix(_PREFIX)


def renamed(claim: Claim, names: Mapping[str, str]) -> Claim:
    """The claim with every claim that it names under its new digest.

    Args:
        claim: the claim.
        names: old digest to new, for each of `named_claims`.
    """
    if next(named_claims(claim), None) is None:
        return claim

    def entity(id_: str) -> str:
        if not id_.startswith(_PREFIX):
            return id_
        return _PREFIX + names[id_.removeprefix(_PREFIX)]

    value, by = claim.value, claim.by
    if isinstance(value, Ref):
        value = msgspec.structs.replace(value, id=entity(value.id))
    if by is not None:
        by = msgspec.structs.replace(by, parties=tuple(map(entity, by.parties)))
    return msgspec.structs.replace(
        claim,
        subject=entity(claim.subject),
        value=value,
        by=by,
        rests_on=tuple(sorted(names[digest] for digest in claim.rests_on)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Rows in an order in which each comes after those that it names."""

    levels: tuple[tuple[ReadRow, ...], ...]
    """Rows of one level name rows of lower levels only."""
    held: tuple[Unrecorded, ...]


def in_order(
    rows: Iterable[ReadRow],
    barred: Mapping[str, str],
    is_known: Callable[[str], bool],
    unread: Container[str] = (),
) -> Order:
    """Put rows in order; hold back those that name what is not there, or each other in a circle.

    Args:
        rows: with different digests.
        barred: digests of rows that are not to be recorded, each with the reason.
        is_known: whether the registry holds a claim of that very digest.
        unread: digests of rows of the table that are none of `rows`.
    """
    by_digest = {row.line.digest: row for row in rows}
    targets = {
        digest: tuple(dict.fromkeys(named_claims(row.line.claim)))
        for digest, row in by_digest.items()
    }
    reasons = dict(_unmet(by_digest, targets, barred, is_known, unread))
    waiting = {digest: targets[digest] for digest in by_digest if digest not in reasons}
    levels = list(_levels(waiting))
    placed = {digest for level in levels for digest in level}
    for digest in waiting:
        if digest not in placed:
            reasons[digest] = "it speaks of itself, or of a claim that in the end speaks of it"
    return Order(
        levels=tuple(tuple(by_digest[digest] for digest in level) for level in levels),
        held=tuple(unrecorded(by_digest[digest], why) for digest, why in reasons.items()),
    )


def unrecorded(row: ReadRow, reason: str) -> Unrecorded:
    """A row that is not recorded."""
    return Unrecorded(sheet=row.sheet, number=row.number, digest=row.line.digest, reason=reason)


def _unmet(
    rows: Mapping[str, ReadRow],
    targets: Mapping[str, tuple[str, ...]],
    barred: Mapping[str, str],
    is_known: Callable[[str], bool],
    unread: Container[str],
) -> Iterator[tuple[str, str]]:
    """Rows that cannot be recorded, and why: barred, or they name what will not be there."""
    speakers: dict[str, list[str]] = defaultdict(list)
    ahead: deque[tuple[str, str]] = deque()
    for digest, named in targets.items():
        for target in named:
            speakers[target].append(digest)
        missing = next((t for t in named if t not in rows and not is_known(t)), None)
        if digest in barred:
            ahead.append((digest, barred[digest]))
        elif missing is not None:
            ahead.append((digest, _speaks_of(missing, in_table=missing in unread)))
    done: set[str] = set()
    while ahead:
        digest, why = ahead.popleft()
        if digest in done:
            continue
        done.add(digest)
        yield digest, why
        if not is_known(digest):
            ahead += [(speaker, _speaks_of(digest, in_table=True)) for speaker in speakers[digest]]


def _speaks_of(digest: str, *, in_table: bool) -> str:
    why = "whose row is not recorded" if in_table else "which is not in the table"
    return f"it speaks of claim {digest[:12]}…, {why}"


def _levels(targets: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Kahn's order; what stands in a circle, or hangs on one, never comes."""
    speakers: dict[str, list[str]] = defaultdict(list)
    open_ = {}
    for digest, named in targets.items():
        within = [target for target in named if target in targets]
        open_[digest] = len(within)
        for target in within:
            speakers[target].append(digest)
    level = [digest for digest, count in open_.items() if count == 0]
    while level:
        yield level
        following = []
        for digest in level:
            for speaker in speakers[digest]:
                open_[speaker] -= 1
                if open_[speaker] == 0:
                    following.append(speaker)
        level = following
