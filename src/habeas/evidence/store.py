"""The evidence store: a folder of files named by the SHA-256 of their bytes.

    evidence/ab/abcdef...      the file, read-only, one copy however often it was kept
    evidence/incoming/*.part   a copy that is still being made, or that a killed process left

A file appears under its name only when it is whole and on the disk (written, synced, renamed). The
original that the user handed in is opened for reading and nothing else. POSIX file semantics.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader
from pathlib import Path

import msgspec

from habeas.errors import InputError, IntegrityError, StorageError
from habeas.evidence.original import open_original, read_chunk, refuse_changed

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEFTOVER_AGE = 3600.0
_INCOMING = "incoming"

Progress = Callable[[str, int], None]
"""Called after each checked file with its SHA-256 and its size in bytes (0 when it is missing)."""


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file as the store holds it."""

    sha256: str
    """64 lower-case hexadecimal digits."""
    size: int
    """In bytes, at least 1."""
    new: bool
    """False when the store already held these bytes."""


class EvidenceStore:
    """Files by their SHA-256 in one folder.

    Args:
        folder: the folder; made when the first file is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where a file with this digest lies, or would lie.

        Raises:
            InputError: not 64 lower-case hexadecimal digits.
        """
        if not _SHA256.fullmatch(sha256):
            raise InputError(
                f"{sha256[:80]!r} is not a SHA-256",
                mend="Give 64 hexadecimal digits, 0-9 and a-f",
            )
        return self.folder / sha256[:2] / sha256

    def keep(self, original: Path) -> StoredFile:
        """Copy a file into the store; the same bytes are stored once.

        Args:
            original: a regular file; it is only read.

        Raises:
            NotFoundError: there is no such file.
            InputError: empty, a link, a folder, a device, unreadable, or changed while it was read.
            IntegrityError: the store holds a damaged file under this digest; nothing was replaced.
            StorageError: the disk is full, read-only or failing; nothing was left behind.
        """
        with open_original(original) as source:
            before = os.fstat(source.fileno())
            self.sweep()
            part = self._new_part()
            try:
                sha256, size = _copy(source, part, original)
                refuse_changed(original, before, sha256, size)
                new = self._settle(part, sha256)
            finally:
                part.unlink(missing_ok=True)
        return StoredFile(sha256=sha256, size=size, new=new)

    def open(self, sha256: str) -> BufferedReader:
        """A stored file, opened for reading.

        Raises:
            InputError: not a SHA-256.
            IntegrityError: the file is not there or is not a plain file.
        """
        path = self.path(sha256)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as error:
            raise _missing(path, error) from error
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise IntegrityError("this is not a plain file any more", place=str(path), mend=_MEND)
        return os.fdopen(descriptor, "rb")

    def check(self, sha256: str) -> None:
        """Hash a stored file again.

        Raises:
            InputError: not a SHA-256.
            IntegrityError: missing, empty, or other bytes than were kept.
        """
        self._measure(sha256)

    def check_all(
        self, digests: Iterable[str] | None = None, *, progress: Progress | None = None
    ) -> Iterator[IntegrityError]:
        """Check many files, one at a time, and yield what is wrong with each bad one.

        Args:
            digests: the SHA-256 of every file that the record names; without it, every file in the
                store (which cannot notice a missing one).
            progress: called after each file.
        """
        for sha256 in self if digests is None else digests:
            size = 0
            try:
                size = self._measure(sha256)
            except IntegrityError as fault:
                yield fault
            if progress is not None:
                progress(sha256, size)

    def destroy(self, sha256: str) -> bool:
        """Remove a file for good, when the last claim that names it was erased.

        Its blocks may survive on the medium (SSD, backups, partners' copies): say so to the user.

        Returns:
            False when it was not there.

        Raises:
            InputError: not a SHA-256.
            StorageError: the disk refused.
        """
        path = self.path(sha256)
        try:
            path.unlink()
            _sync_folder(path.parent)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StorageError(
                f"the file could not be removed ({error.strerror})",
                place=str(path),
                mend="Check the permissions and the disk, then erase again",
            ) from error
        return True

    def __iter__(self) -> Iterator[str]:
        """The SHA-256 of every file in the store, sorted."""
        for path in self._files():
            if _is_in_place(path):
                yield path.name

    def strangers(self) -> Iterator[Path]:
        """Files in the store's folder that it did not put there."""
        return (path for path in self._files() if not _is_in_place(path))

    def sweep(self, *, older_than: float = _LEFTOVER_AGE) -> int:
        """Remove what killed processes left of copies they never finished.

        Args:
            older_than: seconds since the last write; a younger one may still be in the making.

        Returns:
            How many were removed.
        """
        swept = 0
        for part in (self.folder / _INCOMING).glob("*.part"):
            try:
                if time.time() - part.stat().st_mtime >= older_than:
                    part.unlink()
                    swept += 1
            except FileNotFoundError:
                continue  # another process swept it first
        return swept

    def _files(self) -> Iterator[Path]:
        if not self.folder.is_dir():
            return
        for folder in sorted(self.folder.iterdir()):
            if folder.name == _INCOMING:
                continue
            yield from sorted(folder.iterdir()) if folder.is_dir() else [folder]

    def _measure(self, sha256: str) -> int:
        with self.open(sha256) as stored:
            size = os.fstat(stored.fileno()).st_size
            place = str(self.path(sha256))
            if size == 0:
                raise IntegrityError("the stored file is empty now", place=place, mend=_MEND)
            try:
                found = hashlib.file_digest(stored, "sha256").hexdigest()
            except OSError as error:
                reason = f"the stored file cannot be read ({error.strerror})"
                raise IntegrityError(reason, place=place, mend=_MEND) from error
        if found != sha256:
            raise IntegrityError(
                f"the stored file has other bytes now: its SHA-256 is {found}",
                place=place,
                mend=_MEND,
            )
        return size

    def _new_part(self) -> Path:
        incoming = self.folder / _INCOMING
        try:
            incoming.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _refused(incoming, error) from error
        return incoming / f"{secrets.token_hex(16)}.part"

    def _settle(self, part: Path, sha256: str) -> bool:
        """Give a finished copy its name; true when these bytes are new."""
        target = self.path(sha256)
        known = target.exists() or target.is_symlink()
        if known:
            self.check(sha256)
        try:
            if not known:
                target.parent.mkdir(exist_ok=True)
                part.replace(target)
            _sync_folder(target.parent)
            _sync_folder(self.folder)
        except OSError as error:
            raise _refused(target, error) from error
        return not known


_MEND = "Put the file back from a backup or a partner's copy; the record itself is not harmed"


def _copy(source: BufferedReader, part: Path, original: Path) -> tuple[str, int]:
    """Copy to a new file and sync it; the SHA-256 and the size of what was written."""
    digest = hashlib.sha256()
    size = 0
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as copy:
            while chunk := read_chunk(source, original):
                digest.update(chunk)
                size += len(chunk)
                _write_all(copy.fileno(), chunk)
            os.fchmod(copy.fileno(), 0o444)
            os.fsync(copy.fileno())
    except OSError as error:
        raise _refused(part.parent, error) from error
    return digest.hexdigest(), size


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _missing(path: Path, error: OSError) -> IntegrityError:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return IntegrityError("the stored file is missing", place=str(path), mend=_MEND)
    if error.errno in (errno.ELOOP, errno.EMLINK):
        return IntegrityError("a link stands for the stored file", place=str(path), mend=_MEND)
    reason = f"the stored file cannot be opened ({error.strerror})"
    return IntegrityError(reason, place=str(path), mend=_MEND)


def _refused(place: Path, error: OSError) -> StorageError:
    return StorageError(
        f"the disk refused the file ({error.strerror}); nothing was kept of it",
        place=str(place),
        mend="Free some space or mend the disk, then keep the file again",
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_in_place(path: Path) -> bool:
    return bool(_SHA256.fullmatch(path.name)) and path.parent.name == path.name[:2]
