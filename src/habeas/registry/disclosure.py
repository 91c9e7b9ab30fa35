"""Everything that proves some claims to a stranger, and nothing about the others.

Like `provenance`, for many claims at once, and thriftier: of each log one checkpoint that covers
all of them (the head), and the earlier ones that pin them in time. Entries without a claim that is
shown are left out, and so is how far a log has grown since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from habeas.errors import IntegrityError, NotFoundError
from habeas.evidence.timestamp import read_token
from habeas.ledger.cosignature import Cosignature
from habeas.ledger.note import Note, SignatureType, VerifierKey, parse_note, parse_vkey
from habeas.ledger.tree import consistency_proof, inclusion_proof, leaf_hash
from habeas.registry.appending import note_of, tile_reader
from habeas.registry.provenance import Token, entry_of
from habeas.registry.store import EntryRow, LogRow, Store, TokenRow
from habeas.registry.view import Shown, View
from habeas.registry.witnessing import witnesses_of

Pin = TypeVar("Pin")
"""What pins a checkpoint: a token or a witness's line."""


class WitnessLine(msgspec.Struct, frozen=True, kw_only=True):
    """A witness's Ed25519 cosignature that was verified."""

    key: VerifierKey
    time: int
    """Seconds since 1970, by the witness's clock."""
    signature: bytes
    """64 bytes over a time and the checkpoint's text (C2SP tlog-cosignature)."""


class PinnedCheckpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A signed checkpoint, and what pins it in time."""

    size: int
    note: bytes
    """The signed note: the log's own lines and those of known witnesses."""
    growth: tuple[bytes, ...]
    """The consistency proof from here to the head; empty for the head itself."""
    tokens: tuple[Token, ...]
    witnesses: tuple[WitnessLine, ...]


class DisclosedLog(msgspec.Struct, frozen=True, kw_only=True):
    """A log in which claims that are shown stand."""

    origin: str
    vkeys: tuple[str, ...]
    checkpoints: tuple[PinnedCheckpoint, ...]
    """By size; the last is the head, to which every proof leads."""

    @property
    def head(self) -> PinnedCheckpoint:
        """The checkpoint that covers every entry disclosed of this log."""
        return self.checkpoints[-1]


class DisclosedEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in which at least one shown claim stands."""

    leaf: str
    """The leaf hash, hexadecimal."""
    data: bytes
    log: int
    """Place of its log in `Disclosure.logs`."""
    position: int
    path: tuple[bytes, ...]
    """The inclusion proof under the log's head."""
    claims: tuple[str, ...]
    """All digests that it commits to, decoys among them."""


class Disclosure(msgspec.Struct, frozen=True, kw_only=True):
    """What a stranger needs to check the shown claims."""

    logs: tuple[DisclosedLog, ...]
    """By origin, then branch."""
    entries: tuple[DisclosedEntry, ...]
    """By log, then position."""
    openings: Mapping[str, bytes]
    """By digest, in the order in which the claims were given."""
    entry_of: Mapping[str, str]
    """The leaf hash of each claim's entry."""


def disclose(view: View, shown: Iterable[Shown]) -> Disclosure:
    """Gather what proves some claims.

    Args:
        view: through which they were seen; a claim above its clearance is refused.
        shown: the claims; one that comes again is taken once.

    Raises:
        NotFoundError: one of them is not to be seen through this view, or was erased.
        IntegrityError: one is not covered by a signed checkpoint.
    """
    store = view._store
    openings: dict[str, bytes] = {}
    held: dict[str, tuple[EntryRow, tuple[str, ...]]] = {}
    leaves: dict[str, str] = {}
    for digest in dict.fromkeys(one.digest for one in shown):
        openings[digest] = _opening(view, digest)
        row, entry = entry_of(store, digest)
        leaves[digest] = leaf_hash(row.data).hex()
        held[leaves[digest]] = (row, entry.claims)
    rows = [row for row, _ in held.values()]
    logs = _logs_of(store, rows)
    disclosed = [
        _disclose_log(store, log, [row.position for row in rows if row.log == log.id])
        for log in logs
    ]
    entries = []
    for leaf, (row, claims) in held.items():
        number = next(n for n, log in enumerate(logs) if log.id == row.log)
        size = disclosed[number].head.size
        path = inclusion_proof(row.position, size, tile_reader(store, row.log, size))
        entries.append(
            DisclosedEntry(
                leaf=leaf,
                data=row.data,
                log=number,
                position=row.position,
                path=tuple(path),
                claims=claims,
            )
        )
    return Disclosure(
        logs=tuple(disclosed),
        entries=tuple(sorted(entries, key=lambda entry: (entry.log, entry.position))),
        openings=openings,
        entry_of=leaves,
    )


def _opening(view: View, digest: str) -> bytes:
    """The exact bytes of an opening that the view may show."""
    seen = view.claim(digest)
    row = view._store.opening(bytes.fromhex(seen.digest))
    if row is None:
        raise NotFoundError(f"there is no claim {digest}")
    return row.data


def _logs_of(store: Store, rows: Sequence[EntryRow]) -> list[LogRow]:
    """The logs of some entries, in an order that every registry agrees on."""
    named = {row.log for row in rows}
    found = [log for log in store.logs() if log.id in named]
    return sorted(found, key=lambda log: (log.origin, log.branch))


def _disclose_log(store: Store, log: LogRow, positions: Sequence[int]) -> DisclosedLog:
    """A log with the checkpoints that are needed for the entries at these positions.

    These are, for each authority and each witness, the earliest that covers each entry, and one
    that covers them all.
    """
    last = max(positions)
    covering = store.checkpoint(log.id, last + 1)
    if covering is None:
        raise IntegrityError(
            f"entry {last} is not covered by a signed checkpoint: it counts for nothing",
            place=log.origin,
            mend="Run `habeas verify`",
        )
    tokens = _needed(_authorities(store, log, min(positions)), positions)
    lines = _needed(_witnesses(store, log, min(positions)), positions)
    sizes = {covering.size, *tokens, *lines}
    head = max(sizes)
    return DisclosedLog(
        origin=log.origin,
        vkeys=tuple(log.vkeys.splitlines()),
        checkpoints=tuple(
            PinnedCheckpoint(
                size=size,
                note=_known_lines(store, log, size, lines.get(size, ())),
                growth=tuple(consistency_proof(size, head, tile_reader(store, log.id, head))),
                tokens=tuple(tokens.get(size, ())),
                witnesses=tuple(lines.get(size, ())),
            )
            for size in sorted(sizes)
        ),
    )


def _known_lines(store: Store, log: LogRow, size: int, lines: Sequence[WitnessLine]) -> bytes:
    """The signed note of this size with the lines of the log and of these witnesses only."""
    row = store.checkpoint(log.id, size)
    if row is None or row.size != size:
        raise IntegrityError(
            f"the log has no checkpoint of {size} entries",
            place=log.origin,
            mend="Run `habeas verify`",
        )
    note = parse_note(note_of(row), place=log.origin)
    keys = {(key.name, key.key_id) for key in map(parse_vkey, log.vkeys.splitlines())}
    keys |= {(line.key.name, line.key.key_id) for line in lines}
    known = tuple(line for line in note.signatures if (line.name, line.key_id) in keys)
    return Note(text=note.text, signatures=known).to_bytes()


def _needed(
    pins: Mapping[str, Mapping[int, Sequence[Pin]]], positions: Sequence[int]
) -> dict[int, list[Pin]]:
    """Of each name, the earliest pins that cover each position; by size."""
    found: dict[int, list[Pin]] = {}
    for name in sorted(pins):
        covering = {
            min((size for size in pins[name] if size > position), default=0)
            for position in positions
        }
        for size in sorted(covering - {0}):
            found.setdefault(size, []).extend(pins[name][size])
    return found


def _authorities(store: Store, log: LogRow, first: int) -> dict[str, dict[int, list[Token]]]:
    """The timestamps over checkpoints that cover the position `first`, by who gave them.

    One that cannot be read or is for other data proves nothing and is left out: `habeas verify`
    tells of it.
    """
    found: dict[str, dict[int, list[Token]]] = {}
    for row in store.tokens(log.id):
        name = _authority(store, row) if row.size > first else None
        if name is not None:
            token = Token(note=row.note, token=row.token)
            found.setdefault(name, {}).setdefault(row.size, []).append(token)
    return found


def _authority(store: Store, row: TokenRow) -> str | None:
    """The name of the authority that stamped a checkpoint of this log; None if none did."""
    checkpoint = store.checkpoint(row.log, row.size)
    if checkpoint is None or not row.note.startswith(f"{checkpoint.body}\n".encode()):
        return None
    try:
        token = read_token(row.token)
    except IntegrityError:
        return None
    stamped = hashlib.new(token.hash_algorithm, row.note).hexdigest()
    return token.authority if token.imprint == stamped else None


def _witnesses(store: Store, log: LogRow, first: int) -> dict[str, dict[int, list[WitnessLine]]]:
    """The Ed25519 cosignatures of known logs on checkpoints that cover `first`, by witness."""
    found: dict[str, dict[int, list[WitnessLine]]] = {}
    own = len(log.vkeys.splitlines())
    for row in store.checkpoints(log.id):
        if row.size <= first or len(row.lines) <= own:
            continue
        note = parse_note(note_of(row), place=log.origin)
        for name, cosigned in witnesses_of(store, log, row.size).items():
            line = _line_of(note, cosigned)
            if line is not None:
                found.setdefault(name, {}).setdefault(row.size, []).append(line)
    return found


def _line_of(note: Note, cosigned: Cosignature) -> WitnessLine | None:
    """The line of a cosignature; None for ML-DSA-44, which no usual tool checks yet."""
    key = cosigned.key
    if key.type is not SignatureType.ED25519_COSIGNATURE:
        return None
    time = cosigned.time.to_bytes(8, "big")
    for line in note.signatures:
        named = (line.name, line.key_id) == (key.name, key.key_id)
        if named and line.signature.startswith(time):
            return WitnessLine(key=key, time=cosigned.time, signature=line.signature[8:])
    return None
