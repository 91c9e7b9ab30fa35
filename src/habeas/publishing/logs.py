"""The logs in which the claims of a dossier stand: origin, keys, size, root, trusted time."""

from __future__ import annotations

from collections.abc import Sequence

from habeas.claims.values import Ref
from habeas.errors import HabeasError
from habeas.evidence.timestamp import TimestampToken, read_token
from habeas.ledger.checkpoint import open_checkpoint
from habeas.ledger.cosignature import open_verifier
from habeas.ledger.entry import log_name
from habeas.publishing.contents import LogState
from habeas.publishing.numbering import Numbering
from habeas.registry.provenance import Token
from habeas.registry.view import Shown


def gather_logs(numbering: Numbering) -> tuple[LogState, ...]:
    """The state of each log, by origin.

    Raises:
        IntegrityError: a checkpoint is not signed by its log.
    """
    by_origin: dict[str, list[Shown]] = {}
    for shown in numbering.shown:
        by_origin.setdefault(numbering.standing(shown).origin, []).append(shown)
    return tuple(_state(numbering, origin, by_origin[origin]) for origin in sorted(by_origin))


def _state(numbering: Numbering, origin: str, claims: Sequence[Shown]) -> LogState:
    last = max(claims, key=lambda shown: numbering.standing(shown).position)
    found = numbering.view.provenance(last)
    verifiers = [open_verifier(vkey) for vkey in found.vkeys]
    checkpoint = open_checkpoint(found.proof.checkpoint, verifiers, place=origin).checkpoint
    token = _earliest(found.tokens)
    return LogState(
        origin=origin,
        organisation=_owner(numbering, origin),
        vkeys=found.vkeys,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        claims=len(claims),
        newest=max(numbering.standing(shown).recorded for shown in claims),
        stamped="" if token is None else token.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        authority="" if token is None else token.authority,
    )


def _earliest(tokens: Sequence[Token]) -> TimestampToken | None:
    """The earliest token that can be read: what cannot is told by `habeas verify`, not here."""
    read = []
    for token in tokens:
        try:
            read.append(read_token(token.token))
        except HabeasError:
            continue
    return min(read, key=lambda token: token.time, default=None)


def _owner(numbering: Numbering, origin: str) -> str:
    subject = f"log:{log_name(origin)}"
    for shown in numbering.view.claims(subject=subject, predicate="organisation"):
        if isinstance(shown.claim.value, Ref) and not shown.withdrawn:
            return shown.claim.value.id
    return ""
