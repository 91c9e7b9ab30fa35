"""A tar file with exactly one spelling: written byte for byte the same, read with nothing believed.

The first member is a manifest, which names every other member with its size and SHA-256, in order.
A header is therefore known before it is read, and any other bytes in its place are refused: a path
that leads elsewhere, a link, a device, a second file of one name, a name that differs by case or by
Unicode form, a header nobody announced. No part of an untrusted header is ever interpreted, save to
say in words what was found. The format is POSIX ustar, so that `tar -tf` lists what is inside.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from shutil import disk_usage
from typing import IO, Annotated

import msgspec

from habeas.claims.values import Sha256
from habeas.errors import InputError, IntegrityError, StorageError

BLOCK = 512
MAX_MEMBER_BYTES = 8**11 - 1
"""What the eleven octal digits of a ustar header can say: 8 GiB less one byte."""

_CHUNK = 1 << 20
_END = bytes(2 * BLOCK)
_GZIP = b"\x1f\x8b"
_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"5": "a folder",
    b"6": "a named pipe",
    b"S": "a sparse file",
}


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of an archive, as the manifest announces it."""

    path: str
    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_MEMBER_BYTES)]
    sha256: Sha256


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What an untrusted archive may ask for.

    Attributes:
        manifest: bytes of the manifest.
        members: how many files.
        total: bytes of all files together.
        ratio: how many times larger the files may be than the archive that holds them.
    """

    manifest: int = 64 << 20
    members: int = 500_000
    total: int = 1 << 40
    ratio: int = 200


def member_of(path: str, file: Path) -> Member:
    """How the manifest announces a file.

    Raises:
        InputError: it is too large for an archive.
    """
    with file.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        if size > MAX_MEMBER_BYTES:
            raise InputError(
                f"a file of {size} bytes does not fit into an archive (8 GiB at most)",
                place=str(file),
                mend="Hand it over beside the bundle, under its SHA-256",
            )
        return Member(
            path=path, size=size, sha256=hashlib.file_digest(opened, "sha256").hexdigest()
        )


def pack(
    target: IO[bytes], name: str, manifest: bytes, members: Iterable[tuple[Member, Path]]
) -> None:
    """Write an archive: the manifest under `name`, then each file as announced.

    Raises:
        IntegrityError: a file is not what its announcement says.
        StorageError: the disk refused.
    """
    try:
        target.write(header(name, len(manifest)) + manifest + _padding(len(manifest)))
        for member, file in members:
            target.write(header(member.path, member.size))
            with file.open("rb") as source:
                _copy(source, target, member, str(file))
            target.write(_padding(member.size))
        target.write(_END)
    except OSError as error:
        raise _refused(error) from error


def compressed(target: IO[bytes]) -> gzip.GzipFile:
    """A gzip writer whose bytes depend on what is written and nothing else."""
    return gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=target, mtime=0)


def unpack(
    archive: Path,
    folder: Path,
    *,
    name: str,
    announce: Callable[[bytes], Sequence[Member]],
    allowed: re.Pattern[str],
    limits: Limits,
) -> bytes:
    """Take an untrusted archive apart into an empty folder, and check every byte of it.

    Args:
        archive: the file, gzip or not.
        folder: an empty folder; nothing is written outside it.
        name: of the manifest.
        announce: reads the manifest and says what it announces; raises what is wrong with it.
        allowed: the only forms of paths.
        limits: what the archive may ask for.

    Returns:
        The manifest's bytes.

    Raises:
        IntegrityError: it is not an archive, or not the one that the manifest announces.
        StorageError: the disk refused, or has not the room.
    """
    place = str(archive)
    try:
        with archive.open("rb") as file:
            is_gzip = file.read(2) == _GZIP
            file.seek(0)
            stream: IO[bytes] = gzip.GzipFile(fileobj=file, mode="rb") if is_gzip else file  # type: ignore[assignment]
            manifest = _read_manifest(stream, name, limits, place)
            members = announce(manifest)
            _check_members(members, allowed, limits, os.fstat(file.fileno()).st_size, place)
            _check_room(folder, members)
            for member in members:
                _take(stream, folder, member, place)
            if _exactly(stream, len(_END), place) != _END or stream.read(1):
                raise _not_announced("there is more in it than its manifest announces", place)
            return manifest
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise IntegrityError(
            f"the file is cut off or damaged ({error})", place=place, mend=_ASK
        ) from error
    except OSError as error:
        raise _refused(error, place) from error


def header(path: str, size: int) -> bytes:
    """The one ustar header of a plain file: mode 0644, no owner, time 0."""
    info = tarfile.TarInfo(path)
    info.size = size
    return info.tobuf(tarfile.USTAR_FORMAT, encoding="ascii", errors="strict")


_ASK = "Nothing was taken in; ask its sender for it again"


def _read_manifest(stream: IO[bytes], name: str, limits: Limits, place: str) -> bytes:
    found = _exactly(stream, BLOCK, place)
    digits = found[124:135]
    if not re.fullmatch(rb"[0-7]{11}", digits) or found != header(name, int(digits, 8)):
        raise _not_announced(f"it does not begin with {name}", place)
    size = int(digits, 8)
    if size > limits.manifest:
        raise _not_announced(f"its manifest is larger than {limits.manifest} bytes", place)
    manifest = _exactly(stream, size, place)
    _skip_padding(stream, size, place)
    return manifest


def _check_members(
    members: Sequence[Member], allowed: re.Pattern[str], limits: Limits, held: int, place: str
) -> None:
    if len(members) > limits.members:
        raise _not_announced(f"it announces more than {limits.members} files", place)
    for member in members:
        if not allowed.fullmatch(member.path):
            raise _not_announced(f"it announces a file {member.path[:200]!r}", place)
    for one, other in pairwise(members):
        if one.path >= other.path:
            raise _not_announced(f"{other.path!r} is announced twice or out of order", place)
    total = sum(member.size for member in members)
    if total > limits.total or total > limits.ratio * held:
        raise _not_announced(
            f"it would unpack to {total} bytes, out of {held}: more than may be asked for", place
        )


def _check_room(folder: Path, members: Sequence[Member]) -> None:
    needed = sum(member.size + 4096 for member in members)
    if needed > disk_usage(folder).free:
        raise StorageError(
            f"there is no room for the {needed} bytes to be unpacked",
            place=str(folder),
            mend="Free some space, then try again; nothing was changed",
        )


def _take(stream: IO[bytes], folder: Path, member: Member, place: str) -> None:
    found = _exactly(stream, BLOCK, place)
    if found != header(member.path, member.size):
        raise _not_announced(_difference(found, member), place)
    target = folder / member.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as file:
        _copy(stream, file, member, f"{place}: {member.path}")
    _skip_padding(stream, member.size, place)


def _copy(source: IO[bytes], target: IO[bytes], member: Member, place: str) -> None:
    digest, left = hashlib.sha256(), member.size
    while left:
        chunk = source.read(min(left, _CHUNK))
        if not chunk:
            raise IntegrityError("the file is cut off", place=place, mend=_ASK)
        digest.update(chunk)
        target.write(chunk)
        left -= len(chunk)
    if digest.hexdigest() != member.sha256:
        raise IntegrityError(
            "the file has other bytes than its SHA-256 announces", place=place, mend=_ASK
        )


def _difference(found: bytes, member: Member) -> str:
    """What stands where a member was announced, in words."""
    name = found[:100].rstrip(b"\0").decode("utf-8", "replace")
    kind = _KINDS.get(found[156:157], "a file that was not announced there")
    return f"where {member.path!r} should follow stands {kind}, {name!r}"


def _exactly(stream: IO[bytes], size: int, place: str) -> bytes:
    whole = io.BytesIO()
    while whole.tell() < size:
        chunk = stream.read(min(size - whole.tell(), _CHUNK))
        if not chunk:
            raise IntegrityError("the file is cut off", place=place, mend=_ASK)
        whole.write(chunk)
    return whole.getvalue()


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def _skip_padding(stream: IO[bytes], size: int, place: str) -> None:
    padding = _padding(size)
    if _exactly(stream, len(padding), place) != padding:
        raise _not_announced("something is hidden between its files", place)


def _not_announced(reason: str, place: str) -> IntegrityError:
    return IntegrityError(f"this archive is not taken in: {reason}", place=place, mend=_ASK)


def _refused(error: OSError, place: str = "") -> StorageError:
    return StorageError(
        f"the disk refused ({error.strerror or error})",
        place=str(error.filename or place),
        mend="Free some space or mend the disk, then try again; nothing was changed",
    )
