"""What recorded rows do to other claims: nothing that they did not do where the table was written.

In one log the word of every row counts for every other. In the registry that the table comes from
they may have stood in logs of different organisations, and had no say. So the outcome is compared:
how restricted each claim is, and whether it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from habeas.claims.claim import Claim
from habeas.exchange.claims_table_reading import ReadRow
from habeas.exchange.claims_table_references import named_claims
from habeas.registry.clearance import LOCATION_RULE, rank
from habeas.registry.view import Shown, View

_RECLASSIFIED: Final = "reclassified"
_WITHDRAWN: Final = "withdrawn"
_PREFIX: Final = "claim:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A row that has been put into a batch."""

    row: ReadRow
    claim: Claim
    """As it stands here: what it names, it names by the digests that they have here."""
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Objections:
    """What is not as it should be."""

    reasons: Mapping[str, str]
    """Digests of rows, as in the table, and why each cannot be recorded."""
    withdrawn: int
    """Claims that stood here before, and are withdrawn by rows."""


def sensitivities(view: View, planned: Iterable[Claim]) -> dict[bytes, int]:
    """How restricted everything held is, when claims are to come that may open something.

    Args:
        view: of everything.
        planned: the claims to come.
    """
    if not any(claim.predicate in (_RECLASSIFIED, _WITHDRAWN, LOCATION_RULE) for claim in planned):
        return {}
    return {bytes.fromhex(shown.digest): rank(shown.sensitivity) for shown in view.stream()}


def objections(view: View, put: Sequence[Put], before: Mapping[bytes, int]) -> Objections:
    """Look at what came of a batch before it is kept.

    Args:
        view: of everything, the batch included.
        put: the rows of the batch.
        before: `sensitivities` before it.
    """
    reasons: dict[str, str] = {}
    untimely: set[str] = set()
    opened: list[tuple[Put, Shown]] = []
    for one in put:
        shown, line = view.claim(one.digest), one.row.line
        if line.withdrawn and not shown.withdrawn:
            reasons[line.digest] = "it was withdrawn, and what withdrew it is not recorded"
        elif shown.withdrawn and not line.withdrawn:
            untimely.add(one.digest)
        if rank(shown.sensitivity) < rank(line.sensitivity):
            opened.append((one, shown))
    reasons |= _without_effect_there(put, untimely)
    powers = _powers(put)
    for one, shown in opened:
        reasons |= _opening(one, shown, powers, put)
    if any(rank(shown.sensitivity) < before.get(bytes.fromhex(shown.digest), 0)
           for shown in (view.stream() if before else ())):  # fmt: skip
        reasons |= {
            power.row.line.digest: "it would open claims that this registry holds"
            for power in powers
        }
    return Objections(reasons=reasons, withdrawn=_withdrawn(view, put, before))


def _without_effect_there(put: Sequence[Put], untimely: set[str]) -> Iterator[tuple[str, str]]:
    """Withdrawals of claims that stood where the table was written."""
    for one in put:
        target = one.claim.subject.removeprefix(_PREFIX)
        if one.claim.predicate == _WITHDRAWN and target in untimely:
            yield (
                one.row.line.digest,
                "it had no effect where the table was written, and would have one here",
            )


def _powers(put: Sequence[Put]) -> list[Put]:
    """Rows that can make a claim less restricted."""
    predicates = {one.digest: one.claim.predicate for one in put}
    direct = (_RECLASSIFIED, LOCATION_RULE)
    return [
        one
        for one in put
        if one.claim.predicate in direct
        or (
            one.claim.predicate == _WITHDRAWN
            # of an ordinary claim of the batch, it only restricts
            and predicates.get(one.claim.subject.removeprefix(_PREFIX), _WITHDRAWN)
            in (*direct, _WITHDRAWN)
        )
    ]


def _opening(one: Put, shown: Shown, powers: Sequence[Put], put: Sequence[Put]) -> dict[str, str]:
    """What is to be held back so that a claim is as restricted as it was: what opens it, or it."""
    claims = {other.digest: other.claim for other in put}
    reached = _reached(one.digest, claims)
    subjects = {claims[digest].subject for digest in reached if digest in claims}
    found = [
        power
        for power in powers
        if _root(power, claims) in reached
        or (power.claim.predicate == LOCATION_RULE and power.claim.subject in subjects)
    ]
    if found:
        why = f"it would open claim {one.row.line.digest[:12]}…, which it did not where it stood"
        return {power.row.line.digest: why for power in found}
    return {
        one.row.line.digest: f"it was {one.row.line.sensitivity}, and would be "
        f"{shown.sensitivity} here: what restricted it is not recorded"
    }


def _reached(digest: str, claims: Mapping[str, Claim]) -> set[str]:
    """A claim and all that it names, and they in turn."""
    reached: set[str] = set()
    ahead = [digest]
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead += named_claims(claims[here]) if here in claims else ()
    return reached


def _root(power: Put, claims: Mapping[str, Claim]) -> str:
    """The claim that a withdrawal of a withdrawal... is in the end about."""
    here = power.claim
    digest = power.digest
    while here is not None and here.subject.startswith(_PREFIX):
        digest = here.subject.removeprefix(_PREFIX)
        if digest not in claims:
            break
        here = claims[digest]
    return digest


def _withdrawn(view: View, put: Sequence[Put], before: Mapping[bytes, int]) -> int:
    """How many claims that were here before are withdrawn by rows of the batch."""
    targets = {
        one.claim.subject.removeprefix(_PREFIX) for one in put if one.claim.predicate == _WITHDRAWN
    }
    return sum(
        view.claim(target).withdrawn for target in targets if bytes.fromhex(target) in before
    )
