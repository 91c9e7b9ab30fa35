"""Where what came from outside lies until every byte of it is checked.

A folder inside the registry, so that a bundle's words never lie about elsewhere. One process uses
it at a time; what a killed one left is removed by the next.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from habeas.errors import BusyError, StorageError

NAME = "quarantine"


@contextmanager
def quarantine(registry: Path) -> Iterator[Path]:
    """An empty folder, for as long as the block lasts.

    Args:
        registry: the registry's folder.

    Raises:
        BusyError: another process is importing or exporting.
        StorageError: the disk refused.
    """
    folder = registry / NAME
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise _refused(error, folder) from error
    try:
        _lock(descriptor, folder)
        try:
            _empty(folder)
            yield folder
        finally:
            _empty(folder)
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise BusyError(
            "another process is exchanging records with this registry",
            place=str(folder),
            mend="Wait until it has finished, then try again; nothing was changed",
        ) from error


def _empty(folder: Path) -> None:
    try:
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
    except OSError as error:
        raise _refused(error, folder) from error


def _refused(error: OSError, folder: Path) -> StorageError:
    return StorageError(
        f"the disk refused ({error.strerror})",
        place=str(error.filename or folder),
        mend="Free some space or mount it writable, then try again; nothing was changed",
    )
