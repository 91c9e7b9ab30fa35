"""Writes the files of a dossier into a folder. Their times tell nothing of when that was.

What is not finished cannot be taken for a dossier: everything is written into a hidden folder
inside, then moved up, and the script that verifies it comes last.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from habeas.errors import InputError, StorageError
from habeas.publishing.proofs import EVIDENCE

FIXED_TIME: Final = 315_532_800
"""1 January 1980: the earliest time that ZIP can write."""

UNFINISHED: Final = ".unfinished"
"""Where the files lie until all of them are written."""

LAST: Final = "verify.sh"


def write_pack(
    folder: Path, files: Mapping[str, bytes], *, evidence: Mapping[str, Path] | None = None
) -> None:
    """Write a dossier into a new or empty folder; scripts can be run, every time is the same.

    Args:
        folder: is made if it is not there.
        files: path in the folder to bytes.
        evidence: the kept files that go with it: SHA-256 to where each is kept.

    Raises:
        InputError: the folder holds something.
        StorageError: the disk refused; nothing was left in the folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(
                "the folder is not empty", place=str(folder), mend="Name a new or an empty folder"
            )
    except OSError as error:
        raise _refused(error, folder) from error
    done = False
    try:
        _write(folder / UNFINISHED, files, evidence or {})
        _move_up(folder / UNFINISHED, folder)
        done = True
    except OSError as error:
        raise _refused(error, folder) from error
    finally:
        if not done:
            _clear(folder)


def _write(draft: Path, files: Mapping[str, bytes], evidence: Mapping[str, Path]) -> None:
    draft.mkdir()
    for path, data in files.items():
        _place(draft / path).write_bytes(data)
    for digest, kept in evidence.items():
        shutil.copyfile(kept, _place(draft / EVIDENCE / digest))
    for written in draft.rglob("*"):
        if written.is_file():
            written.chmod(0o755 if written.suffix == ".sh" else 0o644)
        os.utime(written, (FIXED_TIME, FIXED_TIME))


def _move_up(draft: Path, folder: Path) -> None:
    """Rename one by one: the folder itself may be a disk, which cannot be renamed."""
    for written in sorted(draft.iterdir(), key=lambda path: path.name == LAST):
        written.replace(folder / written.name)
    draft.rmdir()
    os.utime(folder, (FIXED_TIME, FIXED_TIME))


def _clear(folder: Path) -> None:
    """Remove what was written; the folder was empty before."""
    for written in folder.iterdir():
        if written.is_dir():
            shutil.rmtree(written, ignore_errors=True)
        else:
            written.unlink(missing_ok=True)


def _place(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _refused(error: OSError, folder: Path) -> StorageError:
    return StorageError(
        f"the disk refused ({error.strerror})",
        place=str(folder),
        mend="Free some space on it or choose another place; nothing was left behind",
    )
