"""What still waits for a timestamp: one small file for each checkpoint that was made offline.

    pending/<sha256>    the bytes that are to be stamped, named by their SHA-256

Every day without a stamp is a day that can be disputed later, so the queue is kept where a user
sees it. A file that does not hold what its name says is reported, never sent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from habeas.errors import IntegrityError, StorageError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class PendingTimestamps:
    """The queue in one folder.

    Args:
        folder: made when the first is added.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, data: bytes) -> str:
        """Put bytes in the queue, once; they are on the disk when this returns.

        Returns:
            Their SHA-256, the name in the queue.

        Raises:
            StorageError: the disk is full, read-only or failing.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        part = self.folder / f"{sha256}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.folder / sha256)
            self._sync()
        except OSError as error:
            with contextlib.suppress(OSError):  # the first refusal is the one to tell
                part.unlink(missing_ok=True)
            raise self._refused(error) from error
        return sha256

    def __iter__(self) -> Iterator[str]:
        """The SHA-256 of what waits, oldest first."""
        if not self.folder.is_dir():
            return
        waiting = [path for path in self.folder.iterdir() if _SHA256.fullmatch(path.name)]
        for path in sorted(waiting, key=lambda path: (path.stat().st_mtime_ns, path.name)):
            yield path.name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def read(self, sha256: str) -> bytes:
        """The bytes that wait under this name.

        Raises:
            IntegrityError: they are not there or are not what the name says.
        """
        path = self._path(sha256)
        try:
            data = path.read_bytes()
        except OSError as error:
            reason = f"what waits for a timestamp cannot be read ({error.strerror})"
            raise IntegrityError(reason, place=str(path), mend=_MEND) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            reason = "what waits for a timestamp is not what its name says"
            raise IntegrityError(reason, place=str(path), mend=_MEND)
        return data

    def remove(self, sha256: str) -> None:
        """Take a stamped one out; one that is not there is no error.

        Raises:
            StorageError: the disk refused.
        """
        try:
            self._path(sha256).unlink(missing_ok=True)
            if self.folder.is_dir():
                self._sync()
        except OSError as error:
            raise self._refused(error) from error

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise IntegrityError(f"{sha256[:80]!r} is not a SHA-256", place=str(self.folder))
        return self.folder / sha256

    def _sync(self) -> None:
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _refused(self, error: OSError) -> StorageError:
        return StorageError(
            f"the disk refused the queue of timestamps ({error.strerror})",
            place=str(self.folder),
            mend="Free some space or mend the disk, then try again",
        )


_MEND = "Remove the file; the checkpoint itself is in the log and can be queued again"
