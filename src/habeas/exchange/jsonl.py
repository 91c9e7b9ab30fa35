"""Claims as JSON Lines: one claim a line, whole, with its digest and its place in the log.

For other programs. `claim` has the fields of `docs/spec/record.md`. The salt is not exported: a
line says what was recorded and proves nothing; dossiers and bundles prove.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from habeas.claims.claim import Claim, Sensitivity
from habeas.registry.view import Shown, Standing, View


class ClaimLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line. Its keys are stable."""

    digest: str
    claim: Claim
    sensitivity: Sensitivity
    """Effective; `claim.sensitivity` is what its author wrote."""
    withdrawn: bool
    log: str
    """The origin of the log in which it stands."""
    forked: bool
    """Whether that log is forked: its key signed two histories that contradict each other."""
    position: int
    """Of its entry in the log, from 0."""
    recorded: str
    """UTC, by the recorder's clock."""


def jsonl(view: View, *, subject: str | None = None) -> Iterator[str]:
    """Every claim that may be seen, a line each, in the order they were recorded here.

    Args:
        view: at a clearance.
        subject: only the claims about this entity.
    """
    encoder = msgspec.json.Encoder()
    for shown in view.stream(subject=subject):
        yield encoder.encode(claim_line(shown, view.standing(shown))).decode() + "\n"


def claim_line(shown: Shown, place: Standing) -> ClaimLine:
    """The line of a claim.

    Args:
        shown: the claim.
        place: where it stands.
    """
    return ClaimLine(
        digest=shown.digest,
        claim=shown.claim,
        sensitivity=shown.sensitivity,
        withdrawn=shown.withdrawn,
        log=place.origin,
        forked=shown.forked,
        position=place.position,
        recorded=place.recorded,
    )
