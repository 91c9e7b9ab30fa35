"""What a log is known by: what its organisation publishes and its partners compare."""

from __future__ import annotations

import msgspec

from habeas.cli.terminal import Words, screen
from habeas.ledger.entry import log_id
from habeas.ledger.keys import ed25519_pem, key_fingerprint
from habeas.ledger.note import parse_vkey
from habeas.registry.appending import note_of
from habeas.registry.registry import Registry


class LogIdentity(msgspec.Struct, frozen=True, kw_only=True):
    """The own log. The keys of the JSON output."""

    organisation: str
    organisation_id: str
    log: str
    """Its entity id."""
    origin: str
    size: int
    """Entries."""
    fingerprint: str
    """SHA-256 of the Ed25519 public key's DER form."""
    vkeys: tuple[str, ...]
    pem: str
    checkpoint: str
    """The newest signed note."""


def identity(registry: Registry) -> LogIdentity:
    """The own log of a registry."""
    own = registry.log
    vkeys = tuple(own.vkeys.splitlines())
    first = parse_vkey(vkeys[0])
    size = registry.store.size(own.id)
    newest = registry.store.checkpoint(own.id, size)
    return LogIdentity(
        organisation=registry.settings.organisation,
        organisation_id=registry.organisation,
        log=log_id(own.origin),
        origin=own.origin,
        size=size,
        fingerprint=key_fingerprint(first),
        vkeys=vkeys,
        pem=ed25519_pem(first),
        checkpoint="" if newest is None else note_of(newest).decode(),
    )


def print_identity(shown: LogIdentity) -> None:
    """The log, for people; every value on a line that can be copied whole."""
    out = screen()
    rows = [
        ("organisation", f"{shown.organisation} ({shown.organisation_id})"),
        ("log", shown.origin),
        ("entries", str(shown.size)),
        ("fingerprint", shown.fingerprint),
        *(("key", vkey) for vkey in shown.vkeys),
    ]
    for name, text in rows:
        out.print(Words(name, "dim"))
        out.print(f"  {_isolated(text)}", soft_wrap=True)


def _isolated(text: str) -> str:
    from habeas.cli.terminal import isolated

    return isolated(text)
