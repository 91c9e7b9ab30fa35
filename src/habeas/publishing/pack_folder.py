"""Writes the files of a dossier into a folder. Their times tell nothing of when that was."""

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


def write_pack(
    folder: Path, files: Mapping[str, bytes], *, evidence: Mapping[str, Path] | None = None
) -> None:
    """Write a dossier into a new or empty folder, all of it or nothing.

    Scripts can be run, and every file bears the same time.

    Args:
        folder: is made if it is not there.
        files: path in the folder to bytes.
        evidence: the kept files that go with it: SHA-256 to where each is kept.

    Raises:
        InputError: the folder holds something.
        StorageError: the disk refused.
    """
    part = folder.with_name(f".{folder.name}.part")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists() and any(folder.iterdir()):
            raise InputError(
                "the folder is not empty", place=str(folder), mend="Name a new or an empty folder"
            )
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        _fill(part, files, evidence or {})
        part.replace(folder)
    except OSError as error:
        raise StorageError(
            f"the disk refused ({error.strerror})",
            place=str(folder),
            mend="Free some space, then try again; nothing was left behind",
        ) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _fill(folder: Path, files: Mapping[str, bytes], evidence: Mapping[str, Path]) -> None:
    for path, data in files.items():
        _place(folder / path).write_bytes(data)
    for digest, kept in evidence.items():
        shutil.copyfile(kept, _place(folder / EVIDENCE / digest))
    for written in [folder, *folder.rglob("*")]:
        if written.is_file():
            written.chmod(0o755 if written.suffix == ".sh" else 0o644)
        os.utime(written, (FIXED_TIME, FIXED_TIME))


def _place(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
