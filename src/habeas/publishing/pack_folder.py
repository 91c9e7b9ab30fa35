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
    """Write a dossier into a new or empty folder; scripts can be run, every time is the same.

    Args:
        folder: is made if it is not there.
        files: path in the folder to bytes.
        evidence: the kept files that go with it: SHA-256 to where each is kept.

    Raises:
        InputError: the folder holds something.
        StorageError: the disk refused.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(
                "the folder is not empty", place=str(folder), mend="Name a new or an empty folder"
            )
        for path, data in files.items():
            _place(folder / path).write_bytes(data)
        for digest, kept in (evidence or {}).items():
            shutil.copyfile(kept, _place(folder / EVIDENCE / digest))
        for written in [folder, *folder.rglob("*")]:
            if written.is_file():
                written.chmod(0o755 if written.suffix == ".sh" else 0o644)
            os.utime(written, (FIXED_TIME, FIXED_TIME))
    except OSError as error:
        raise StorageError(f"the disk refused ({error.strerror})", place=str(folder)) from error


def _place(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
