"""One log as a bundle or a backup shows it: its files, written, and read with nothing believed.

`vkeys`, `checkpoints`, `leaves`, `entries`, `tokens`; their forms are in `docs/spec/bundle.md`. The
hashes of all leaves are there, so every root can be worked out again; entries and openings are
there as far as they were chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Annotated, NamedTuple, TypeVar

import msgspec

from habeas.claims.claim import Claim, digest, read_opening
from habeas.claims.encoding import CanonicalReader, canonical
from habeas.errors import InputError, IntegrityError
from habeas.ledger.checkpoint import SignedCheckpoint, open_checkpoint
from habeas.ledger.cosignature import verifier_of
from habeas.ledger.entry import MAX_ENTRY_BYTES, Entry, read_entry, require_log
from habeas.ledger.keys import key_fingerprint
from habeas.ledger.note import (
    MAX_NOTE_BYTES,
    SignatureType,
    Verifier,
    decode_base64,
    encode_base64,
    parse_vkey,
)
from habeas.ledger.tree import HASH_SIZE, Frontier, leaf_hash

T = TypeVar("T")

MAX_OPENING_BYTES = 16 << 20
MAX_ENTRY_OPENINGS_BYTES = 64 << 20
"""Bounds on one opening, and on those of one entry together."""

LOG_FILES = ("checkpoints", "entries", "leaves", "tokens", "vkeys")

_ORIGIN = re.compile(r"habeas\.invalid/log/[0-9a-f]{32}", re.ASCII)
_POSITION = re.compile(rb"(0|[1-9][0-9]{0,15}) ")
_LEAVES = 4096


class LogPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One history in a bundle: a log, or a branch of a forked one."""

    origin: str
    size: Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
    """Entries under its newest checkpoint."""


class Stamp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of `tokens`: an RFC 3161 token and the note that it stamps."""

    note: str
    token: str
    """Base64."""


class Record(NamedTuple):
    """One entry of a history with those of its claims that are opened."""

    position: int
    data: bytes
    entry: Entry
    openings: tuple[tuple[bytes, bytes, Claim], ...]
    """(digest, opening, claim), by digest."""
    decoys: bytes = b""
    """The salts of its decoys, 32 bytes each; only a backup knows them."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """One log as a bundle shows it: verified, and read from its files when asked."""

    folder: Path
    place: str
    origin: str
    vkeys: tuple[str, ...]
    checkpoints: tuple[SignedCheckpoint, ...]
    """By size; the last covers every leaf."""

    @property
    def size(self) -> int:
        """Entries under the newest checkpoint."""
        return self.checkpoints[-1].checkpoint.size

    @property
    def fingerprint(self) -> str:
        """What the log's organisation publishes of its key (`keys.key_fingerprint`)."""
        return key_fingerprint(parse_vkey(self.vkeys[0]))

    @property
    def verifiers(self) -> list[Verifier]:
        """What checks the log's signatures."""
        return [verifier_of(parse_vkey(vkey)) for vkey in self.vkeys]

    def leaves(self, start: int = 0) -> Iterator[bytes]:
        """The leaf hashes from `start` on, in pieces of up to 4,096 hashes."""
        with (self.folder / "leaves").open("rb") as file:
            file.seek(HASH_SIZE * start)
            while piece := file.read(HASH_SIZE * _LEAVES):
                yield piece


_notes = CanonicalReader(str, "checkpoint")
_stamps = CanonicalReader(Stamp, "timestamp")


def read_history(folder: Path, part: LogPart, place: str) -> History:
    """Read and verify the keys, checkpoints and leaf hashes of one log.

    Raises:
        IntegrityError: a checkpoint is not signed by the log's key, or its root is not that of the
            leaf hashes.
    """
    vkeys = _read_vkeys(folder / "vkeys", part.origin, place)
    verifiers = [verifier_of(parse_vkey(vkey)) for vkey in vkeys]
    checkpoints = tuple(_read_checkpoints(folder / "checkpoints", verifiers, place))
    history = History(
        folder=folder, place=place, origin=part.origin, vkeys=vkeys, checkpoints=checkpoints
    )
    if history.size != part.size:
        raise _bad(f"its newest checkpoint is of {history.size} entries, not {part.size}", place)
    _check_roots(history)
    for _ in stamps(history):
        pass
    return history


def records(history: History) -> Iterator[Record]:
    """The entries of a history with their openings, each verified as it comes.

    Raises:
        IntegrityError: an entry whose hash is not the leaf at its position, an opening that its
            entry does not name, anything twice, out of order or not canonical.
    """
    with (
        (history.folder / "entries").open("rb") as file,
        (history.folder / "leaves").open("rb") as leaves,
    ):
        for position, data, lines in raw_entries(file, history.place):
            place = f"{history.place}, entry {position}"
            entry = verify_entry(leaves, position, data, place)
            yield Record(position, data, entry, _openings(lines, entry, history.origin, place))


def raw_entries(file: IO[bytes], place: str) -> Iterator[tuple[int, bytes, list[bytes]]]:
    """The lines of `entries`, grouped: position, entry, the lines that belong to it.

    Raises:
        IntegrityError: positions that do not ascend, or lines that are too long or unfinished.
    """
    position, data, lines, held = -1, b"", list[bytes](), 0
    for line in _lines(file, MAX_OPENING_BYTES, place):
        if line[:1] in (b"[", b"="):
            held += len(line)
            if position < 0 or held > MAX_ENTRY_OPENINGS_BYTES:
                raise _bad(f"an opening stands where none can, after entry {position}", place)
            lines.append(line)
            continue
        if position >= 0:
            yield position, data, lines
        match = _POSITION.match(line)
        if match is None or int(match[1]) <= position:
            raise _bad(f"the line after entry {position} is no later entry", place)
        position, data, lines, held = int(match[1]), line[match.end() :], [], 0
    if position >= 0:
        yield position, data, lines


def verify_entry(leaves: IO[bytes], position: int, data: bytes, place: str) -> Entry:
    """Read an entry and check that it is the leaf at its position.

    Raises:
        IntegrityError: it is not, or lies beyond the signed leaves.
    """
    leaves.seek(HASH_SIZE * position)
    leaf = leaves.read(HASH_SIZE)
    if not leaf:
        raise _bad("the entry lies beyond the last signed checkpoint", place)
    if len(data) > MAX_ENTRY_BYTES or leaf_hash(data) != leaf:
        raise _bad("the entry is not the one that stands at this place of the signed log", place)
    return _at(place, read_entry, data)


def stamps(history: History) -> Iterator[tuple[int, bytes, bytes]]:
    """The timestamp tokens of a history: size of the checkpoint, stamped note, token.

    Raises:
        IntegrityError: a note is not one of the history's checkpoints, or not in canonical form.
    """
    bodies = {signed.note.text: signed.checkpoint.size for signed in history.checkpoints}
    with (history.folder / "tokens").open("rb") as file:
        for line in _lines(file, 2 * MAX_NOTE_BYTES, history.place):
            stamp = _at(history.place, _stamps.read, line)
            if not isinstance(stamp, Stamp):
                raise _bad("a timestamp is not in its form", history.place)
            text = stamp.note.partition("\n\n")[0] + "\n"
            if text not in bodies:
                raise _bad("a timestamp is for another checkpoint", history.place)
            token = decode_base64(stamp.token, "timestamp token", place=history.place)
            yield bodies[text], stamp.note.encode(), token


def write_history(
    folder: Path,
    *,
    vkeys: str,
    checkpoints: Iterable[bytes],
    leaves: Iterable[bytes],
    entries: Iterable[bytes],
    tokens: Iterable[tuple[bytes, bytes]],
) -> None:
    """Write the files of one log.

    Args:
        folder: new.
        vkeys: one a line.
        checkpoints: signed notes, by size.
        leaves: pieces of the leaf hashes, in order.
        entries: the lines of `entries` (`entry_line`, then an opening a line), by position.
        tokens: (note, token).
    """
    folder.mkdir(parents=True)
    (folder / "vkeys").write_text(vkeys + "\n", encoding="ascii")
    with (folder / "checkpoints").open("wb") as file:
        file.writelines(canonical(note.decode()) + b"\n" for note in checkpoints)
    with (folder / "leaves").open("wb") as file:
        file.writelines(leaves)
    with (folder / "entries").open("wb") as file:
        file.writelines(line + b"\n" for line in entries)
    with (folder / "tokens").open("wb") as file:
        for note, token in tokens:
            stamp = Stamp(note=note.decode(), token=encode_base64(token))
            file.write(canonical(stamp) + b"\n")


def entry_line(position: int, data: bytes) -> bytes:
    """The line of an entry, without its newline."""
    return b"%d %s" % (position, data)


def _openings(
    lines: Sequence[bytes], entry: Entry, origin: str, place: str
) -> tuple[tuple[bytes, bytes, Claim], ...]:
    named = set(entry.claims)
    found: list[tuple[bytes, bytes, Claim]] = []
    last = ""
    for line in lines:
        id_ = digest(line)
        if id_ not in named:
            raise _bad(f"the opening {id_} belongs to no claim of this entry", place)
        if id_ <= last:
            raise _bad(f"the opening {id_} stands twice or out of order", place)
        last = id_
        claim = _at(f"{place}, claim {id_}", read_opening, line)[1]
        require_log(line, origin, f"{place}, claim {id_}")
        found.append((bytes.fromhex(id_), line, claim))
    return tuple(found)


def _read_vkeys(path: Path, origin: str, place: str) -> tuple[str, ...]:
    """The verifier keys of a log: Ed25519, and ML-DSA-44 if it has one."""
    data = path.read_bytes()
    if not _ORIGIN.fullmatch(origin):
        raise _bad(f"{origin[:200]!r} is not the origin of a log", place)
    if len(data) > MAX_NOTE_BYTES or not data.endswith(b"\n") or not data.isascii():
        raise _bad("the keys of the log cannot be read", place)
    lines = tuple(data.decode("ascii")[:-1].split("\n"))
    try:
        keys = [parse_vkey(line) for line in lines]
    except InputError as error:
        raise _bad(error.reason, place) from error
    kinds = [key.type for key in keys]
    one = [SignatureType.ED25519]
    if kinds not in (one, [*one, SignatureType.ML_DSA_44_COSIGNATURE]):
        raise _bad("the log has other keys than Ed25519 and at most ML-DSA-44 beside it", place)
    if {key.name for key in keys} != {origin}:
        raise _bad(f"the keys are those of another log than {origin}", place)
    return lines


def _read_checkpoints(
    path: Path, verifiers: Sequence[Verifier], place: str
) -> Iterator[SignedCheckpoint]:
    size = 0
    with path.open("rb") as file:
        for line in _lines(file, 2 * MAX_NOTE_BYTES, place):
            note = _at(place, _notes.read, line)
            signed = open_checkpoint(str(note).encode(), verifiers, place=place)
            if signed.checkpoint.size <= size:
                raise _bad(
                    f"the checkpoint after that of {size} entries is not a larger one", place
                )
            if signed.checkpoint.extensions:
                raise _bad("a checkpoint has more lines than a Habeas log writes", place)
            size = signed.checkpoint.size
            yield signed
    if size == 0:
        raise _bad("no checkpoint covers the log", place)


def _check_roots(history: History) -> None:
    held = (history.folder / "leaves").stat().st_size
    if held != HASH_SIZE * history.size:
        raise _bad(
            f"it shows {held} bytes of leaf hashes; the newest checkpoint covers {history.size} "
            "entries of 32 bytes",
            history.place,
        )
    frontier = Frontier()
    with (history.folder / "leaves").open("rb") as file:
        for signed in history.checkpoints:
            size = signed.checkpoint.size
            while frontier.size < size:
                data = file.read(HASH_SIZE * min(_LEAVES, size - frontier.size))
                frontier = frontier.append(split_hashes(data))
            if frontier.root() != signed.checkpoint.root:
                raise _bad(
                    f"the leaf hashes do not give the root that the checkpoint of {size} entries "
                    "signs",
                    history.place,
                )


def split_hashes(data: bytes) -> list[bytes]:
    """Hashes of 32 bytes, one after the other, apart."""
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]


def _lines(file: IO[bytes], longest: int, place: str) -> Iterator[bytes]:
    while line := file.readline(longest + 2):
        if not line.endswith(b"\n") or line == b"\n":
            raise _bad("a line is empty, unfinished or too long", place)
        yield line[:-1]


def _at(place: str, read: Callable[[bytes], T], data: bytes) -> T:
    """What a reader makes of some bytes; its error says where they stand."""
    try:
        return read(data)
    except IntegrityError as error:
        raise IntegrityError(error.reason, place=place, mend=error.mend) from error


def _bad(reason: str, place: str) -> IntegrityError:
    return IntegrityError(reason, place=place, mend=MEND)


MEND = "Nothing was taken in; ask its sender for the bundle again"
