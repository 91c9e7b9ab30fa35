"""The records of a WARC file: each read to its end, each digest that it bears computed again.

ISO 28500 (WARC 1.1). warcio reads the records; around it stands what a hostile file calls for:
gzip members are unpacked here, with an end to how much comes out, no header is longer than a
megabyte, and a record has to end where its Content-Length says.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from habeas.errors import InputError

MAX_FACTOR: Final = 200
"""How many times larger the records may be than the bytes they are packed in."""

FREE: Final = 64 * 1024 * 1024
"""Unpacked bytes below which the factor does not matter."""

MAX_HEADER: Final = 1024 * 1024
"""Bytes of the headers of one record."""

KEPT: Final = 20
"""How many faults are told one by one; of the rest, the number."""

_PIECE: Final = 64 * 1024
_GZIP: Final = b"\x1f\x8b"


class WarcDamageError(InputError):
    """A WARC file cannot be read any further."""


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """What came of reading a WARC file."""

    count: int
    """Records that were read whole."""
    verified: int
    """Records whose digests were computed again and are right."""
    bare: int
    """Records without a digest that could be computed."""
    faults: tuple[str, ...]
    """What is wrong, each with its place; at most `KEPT` and a last one for the rest."""


def check_records(chunks: Iterator[bytes], name: str, *, packed: int) -> Records:
    """Read every record of a WARC file and compute its digests again.

    A wrong digest is a fault, and the next record is read; damage ends the reading, as a fault too.

    Args:
        chunks: the bytes of the file, gzip or plain.
        name: of the file, for the faults.
        packed: how many bytes it has.

    Raises:
        InputError: the package around it is damaged.
    """
    reader = _Reader(_Stream(_unpacked(chunks, max(FREE, MAX_FACTOR * packed))))
    count = verified = wrong = bare = 0
    faults: list[str] = []
    records = _Records(reader)
    try:
        for record in records:
            problems = _read_whole(record)
            count += 1
            passed = record.digest_checker.passed
            verified += passed is True
            bare += passed is None
            wrong += passed is False
            if passed is False and wrong <= KEPT:
                faults.append(f"{name}, {records.place(record)}: {'; '.join(problems)}")
    except WarcDamageError as error:
        faults.append(f"{name}, after {count} records, near byte {records.begun}: {error.reason}")
    except _UNREADABLE as error:
        words = str(error).strip().splitlines() or [type(error).__name__]
        faults.append(f"{name}, after {count} records, near byte {records.begun}: {words[0][:200]}")
    if wrong > KEPT:
        faults.append(f"{name}: {wrong - KEPT} more records with a wrong digest")
    if not count and not faults:
        faults.append(f"{name}: it holds no record")
    return Records(count=count, verified=verified, bare=bare, faults=tuple(faults))


_UNREADABLE = (ArchiveLoadFailed, StatusAndHeadersParserException, AttributeError, TypeError,
               ValueError, AssertionError, LookupError)  # fmt: skip
"""What warcio lets out when a record is not one."""


def _read_whole(record: Any) -> list[str]:
    """Read a record to its end, and say which digests are wrong."""
    length = record.rec_headers.get_header("Content-Length") or ""
    if not (length.isascii() and length.isdigit() and len(length) < 18):
        raise WarcDamageError("a record does not say how long it is")
    while record.raw_stream.read(_PIECE):
        pass
    if record.raw_stream.limit:
        raise WarcDamageError(
            f"the record is cut short: {record.raw_stream.limit} bytes are missing"
        )
    return [str(problem) for problem in record.digest_checker.problems]


class _Records(ArchiveIterator):  # type: ignore[misc]
    """The records of a WARC file, none of which may end elsewhere than it says."""

    def __init__(self, reader: _Reader) -> None:
        super().__init__(reader.stream, check_digests=True)
        self.reader = reader
        self.known_format = "warc"
        self.begun = 0

    def place(self, record: Any) -> str:
        """Where a record stands and what it is a capture of."""
        url = record.rec_headers.get_header("WARC-Target-URI")
        head = f"record at byte {self.begun} (unpacked)"
        return f"{head}, {url[:300]}" if url else head

    def _next_record(self, next_line: bytes | None) -> Any:
        self.begun = self.reader.given - len(next_line or b"")
        self.reader.header = 0
        try:
            return super()._next_record(next_line)
        except EOFError:
            if self.reader.given > self.begun:
                raise WarcDamageError("the record is cut short in its headers") from None
            raise

    def _consume_blanklines(self) -> tuple[bytes | None, int]:
        size = 0
        self.reader.header = 0
        while line := self.reader.readline():
            if line.strip():
                if not size:
                    raise WarcDamageError("the record does not end where its Content-Length says")
                return line, size
            size += len(line)
        return None, size


class _Reader(BufferedReader):  # type: ignore[misc]
    """Counts what is handed out, and ends headers that do not end."""

    def __init__(self, stream: _Stream) -> None:
        super().__init__(stream)
        self.given = 0
        self.header = 0

    def read(self, length: int | None = None) -> bytes:
        data: bytes = super().read(length)
        self.given += len(data)
        return data

    def readline(self, length: int | None = None) -> bytes:
        most = MAX_HEADER if length is None else min(length, MAX_HEADER)
        line: bytes = super().readline(most)
        self.given += len(line)
        self.header += len(line)
        if self.header > MAX_HEADER:
            raise WarcDamageError(f"the headers of a record have over {MAX_HEADER:,} bytes")
        return line


class _Stream(io.RawIOBase):
    """Pieces of bytes as a stream that can only be read onwards."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size` when it is given; none at the end."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        if size < 0:
            size = len(self._rest)
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


def _unpacked(chunks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """The plain bytes of a WARC file, gzip or not, up to `most`."""
    first = next(chunks, b"")
    pieces = _gunzipped(first, chunks) if first[:2] == _GZIP else _joined(first, chunks)
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > most:
            raise WarcDamageError(f"it would become more than {most:,} bytes: a bomb")
        if piece:
            yield piece


def _joined(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _gunzipped(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The content of gzip members, one after the other (RFC 1952); nothing may stand after them."""
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    fresh = True
    for chunk in _joined(first, chunks):
        data = chunk
        while data:
            try:
                piece = member.decompress(data, _PIECE)
            except zlib.error as error:
                why = "there is something that is no gzip after a record" if fresh else str(error)
                raise WarcDamageError(f"its compression is damaged ({why})") from None
            fresh = False
            yield piece
            data = member.unconsumed_tail
            if member.eof:
                data = member.unused_data
                member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                fresh = True
    if not fresh:
        yield from _last(member)


def _last(member: Any) -> Iterator[bytes]:
    """What zlib still holds back of the last member, which has to end."""
    while piece := member.decompress(b"", _PIECE):
        yield piece
    if not member.eof:
        raise WarcDamageError("it is cut short: its last compressed record does not end")
