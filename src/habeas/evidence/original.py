"""The file that a user hands in: opened for reading only, refused when it is not a plain file.

Nothing here writes. Links are refused rather than followed: what is kept must be what was named.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

from habeas.errors import HabeasError, InputError, NotFoundError

_CHUNK = 1024 * 1024


def open_original(original: Path) -> BufferedReader:
    """Open a file handed in by a user, for reading, refusing what is not a plain file with bytes.

    Raises:
        NotFoundError: there is no such file.
        InputError: empty, a link, a folder, a device, or unreadable.
    """
    try:
        descriptor = os.open(original, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise NotFoundError(
            "there is no such file", place=str(original), mend="Check the path"
        ) from error
    except OSError as error:
        raise _unusable(original, error) from error
    status = os.fstat(descriptor)
    reason, mend = _objection(status)
    if reason:
        os.close(descriptor)
        raise InputError(reason, place=str(original), mend=mend)
    return os.fdopen(descriptor, "rb")


def _objection(status: os.stat_result) -> tuple[str, str]:
    if stat.S_ISDIR(status.st_mode):
        return "this is a folder", "Keep its files one by one, or as one archive (ZIP, WACZ)"
    if not stat.S_ISREG(status.st_mode):
        return "this is a device or a pipe, not a file", "Save its content to a file and keep that"
    if status.st_size == 0:
        return "this file is empty", "Fetch it again from where it came"
    return "", ""


def _unusable(original: Path, error: OSError) -> HabeasError:
    if error.errno in (errno.ELOOP, errno.EMLINK):
        mend = f"Keep the file it points to: {original.resolve()}"
        return InputError("this is a link, not a file", place=str(original), mend=mend)
    if error.errno == errno.ENXIO:
        mend = "Save its content to a file and keep that"
        return InputError("this is a device or a pipe", place=str(original), mend=mend)
    reason = f"this file cannot be read ({error.strerror})"
    return InputError(reason, place=str(original), mend="Check its permissions and its disk")


def read_chunk(source: BufferedReader, original: Path) -> bytes:
    """The next megabyte of an original; empty at its end.

    Raises:
        InputError: the disk that it lies on cannot read it.
    """
    try:
        return source.read(_CHUNK)
    except OSError as error:
        raise _unusable(original, error) from error


def refuse_changed(original: Path, before: os.stat_result, sha256: str, size: int) -> None:
    """Read the original a second time, by its name, and compare it with the copy.

    Raises:
        InputError: it grew, shrank, was written to, replaced or removed while it was copied.
    """
    try:
        with open_original(original) as again:
            after = os.fstat(again.fileno())
            found = hashlib.file_digest(again, "sha256").hexdigest()
    except (HabeasError, OSError) as error:
        raise _changed(original) from error
    same_file = (before.st_dev, before.st_ino) == (after.st_dev, after.st_ino)
    same_state = (size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    if not (same_file and same_state and found == sha256):
        raise _changed(original)


def _changed(original: Path) -> InputError:
    return InputError(
        "this file changed while it was being copied, so nothing was kept",
        place=str(original),
        mend="Wait until nothing writes to it any more (a download, a recording), then keep it",
    )
