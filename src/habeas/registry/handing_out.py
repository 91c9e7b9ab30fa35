"""A file that leaves the registry: written aside, encrypted if asked, and named only when whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from habeas.errors import InputError, StorageError
from habeas.ledger.envelope import seal_file


def hand_out(
    path: Path,
    write: Callable[[IO[bytes]], None],
    folder: Path,
    recipients: Sequence[str] = (),
) -> str:
    """Write a new file, whole or not at all.

    What is to be encrypted is written in clear inside the registry's quarantine only.

    Args:
        path: the file; must not exist.
        write: writes its bytes.
        folder: the quarantine.
        recipients: age recipients to encrypt to.

    Returns:
        The SHA-256 of the file.

    Raises:
        InputError: the file exists.
        StorageError: the disk refused; no half-written file is left.
    """
    if path.exists() or path.is_symlink():
        raise InputError(
            "the file exists already, and nothing is overwritten",
            place=str(path),
            mend="Choose another name",
        )
    part = path.with_name(path.name + ".part")
    clear = folder / "clear" if recipients else part
    done = False
    try:
        with clear.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if recipients:
            seal_file(clear, part, recipients)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        part.replace(path)
        done = True
    except OSError as error:
        raise StorageError(
            f"the disk refused ({error.strerror})",
            place=str(path),
            mend=_MEND,
        ) from error
    except StorageError as error:
        if error.place:
            raise
        # an archive does not know into what it is written
        raise StorageError(error.reason, place=str(path), mend=_MEND) from error
    finally:
        if not done:
            part.unlink(missing_ok=True)
    return sha256


_MEND = "Free some space on it or choose another place; nothing was left behind"
