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
from habeas.registry.disclosure import DisclosedLog, disclose
from habeas.registry.provenance import Token
from habeas.registry.view import Shown


def gather_logs(numbering: Numbering) -> tuple[LogState, ...]:
    """The state of each log, by origin: as far as the shown claims prove it, and no further.

    A newer checkpoint would tell how many entries came after, and the dossier would change with
    them.

    Raises:
        IntegrityError: a checkpoint is not signed by its log.
    """
    proved = disclose(numbering.view, numbering.shown)
    number_of = {entry.leaf: entry.log for entry in proved.entries}
    claims: list[list[Shown]] = [[] for _ in proved.logs]
    for shown in numbering.shown:
        claims[number_of[proved.entry_of[shown.digest]]].append(shown)
    return tuple(_state(numbering, log, own) for log, own in zip(proved.logs, claims, strict=True))


def _state(numbering: Numbering, log: DisclosedLog, claims: Sequence[Shown]) -> LogState:
    verifiers = [open_verifier(vkey) for vkey in log.vkeys]
    checkpoint = open_checkpoint(log.head.note, verifiers, place=log.origin).checkpoint
    token = _earliest([token for pinned in log.checkpoints for token in pinned.tokens])
    return LogState(
        origin=log.origin,
        organisation=_owner(numbering, log.origin),
        vkeys=log.vkeys,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        claims=len(claims),
        newest=max(numbering.standing(shown).recorded for shown in claims),
        stamped="" if token is None else token.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
        authority="" if token is None else token.authority,
        forked=any(shown.forked for shown in claims),
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
