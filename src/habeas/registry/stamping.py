"""Checkpoints pinned in time by a trusted timestamp, now or when there is a network again."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from habeas.claims.claim import Claim
from habeas.claims.values import File, When
from habeas.errors import HabeasError, InputError
from habeas.evidence.authority import ask_authority
from habeas.evidence.pending import PendingTimestamps
from habeas.evidence.timestamp import TimestampToken, accept, make_request, read_token
from habeas.ledger.entry import log_id
from habeas.registry.appending import note_of
from habeas.registry.registry import Registry
from habeas.registry.store import LogRow, TokenRow

TOKEN_TYPE = "application/timestamp-reply"  # noqa: S105


class Stamped(msgspec.Struct, frozen=True, kw_only=True):
    """One checkpoint and what became of it."""

    size: int
    token: TimestampToken | None
    problem: str = ""
    """Why there is no token yet; the checkpoint stays in the queue."""


def pending(registry: Registry) -> PendingTimestamps:
    """The queue of checkpoints that wait for a timestamp."""
    return PendingTimestamps(registry.path / "pending")


def queue(registry: Registry) -> str:
    """Put the newest checkpoint into the queue, to be stamped later.

    Returns:
        The SHA-256 under which it waits.

    Raises:
        InputError: nothing has been recorded yet.
    """
    log = registry.log
    row = registry.store.checkpoint(log.id, registry.store.size(log.id))
    if row is None:
        raise InputError("there is no checkpoint yet", mend="Record something first")
    return pending(registry).add(note_of(row))


def stamp(registry: Registry, url: str, *, recorder: str | None = None) -> Iterator[Stamped]:
    """Have every waiting checkpoint stamped by an authority. Calls out to the network.

    Each token is kept with the log, and its own SHA-256 recorded as a claim.

    Args:
        registry: whose checkpoints.
        url: of the RFC 3161 authority; it learns a hash, nothing else.
        recorder: who records.

    Yields:
        What became of each checkpoint.
    """
    waiting = pending(registry)
    for sha256 in list(waiting):
        note = waiting.read(sha256)
        size = _size_of(note)
        try:
            request = make_request(note)
            response = ask_authority(url, request.der)
            token = accept(request, response)
        except HabeasError as error:
            yield Stamped(size=size, token=None, problem=str(error))
            continue
        take_in(registry, note, response, recorder=recorder)
        waiting.remove(sha256)
        yield Stamped(size=size, token=token)


def take_in(
    registry: Registry, note: bytes, response: bytes, *, recorder: str | None = None
) -> TimestampToken:
    """Keep a token that an authority gave for a checkpoint of the own log, and record its hash.

    Raises:
        IntegrityError: it is no token, or not for this checkpoint.
    """
    import hashlib

    token = read_token(response)
    if token.imprint != hashlib.new(token.hash_algorithm, note).hexdigest():
        raise InputError(
            "this timestamp is for other data",
            mend="Give the token that was made for this checkpoint",
        )
    log = registry.log
    size = _size_of(note)
    with registry.recording(recorder=recorder) as recording:
        recording.entry([_token_claim(registry, log, token, len(response))])
        recording.write()
        registry.store.add_token(TokenRow(log.id, size, note, response))
    return token


def _token_claim(registry: Registry, log: LogRow, token: TimestampToken, size: int) -> Claim:
    day = token.time.date().isoformat()
    text = token.time.strftime("%Y-%m-%dT%H:%M:%SZ")
    when = When(text=text, calendar="gregorian", earliest=day, latest=day, precision="second")
    return Claim(
        subject=log_id(log.origin),
        predicate="timestamp_token",
        value=File(sha256=token.sha256, size=size, media_type=TOKEN_TYPE),
        source=registry.organisation,
        holds=when,
        sensitivity="public",
    )


def _size_of(note: bytes) -> int:
    return int(note.split(b"\n", 2)[1])
