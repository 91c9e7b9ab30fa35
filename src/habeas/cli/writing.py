"""Files that a command reads or writes for others: whole or not at all, never over another."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from habeas.errors import InputError, StorageError

LARGEST = 1_000_000
"""Bytes; a signed checkpoint has a few hundred."""


def read_small(file: Path) -> bytes:
    """The bytes of a small file.

    Raises:
        InputError: it is not there, cannot be read, or is too large to be what is expected.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=str(file), mend="Check its name"
        ) from error
    if len(data) > LARGEST:
        raise InputError("the file is too large to be a checkpoint", place=str(file))
    return data


def read_identities(file: Path | None) -> list[str]:
    """The age identities in a file, one a line, as `age-keygen` writes them; none without a file.

    Raises:
        InputError: the file cannot be read.
    """
    if file is None:
        return []
    lines = read_small(file).decode("utf-8", errors="replace").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def write_new(file: Path, data: bytes) -> None:
    """Write a new file; what stands there already is never overwritten.

    Raises:
        InputError, StorageError: as `write_pieces`.
    """
    write_pieces(file, [data])


def write_for_owner(file: Path, data: bytes) -> None:
    """Write a new file that nobody else on this machine can read.

    Raises:
        InputError, StorageError: as `write_pieces`.
    """
    write_new(file, data)
    file.chmod(0o600)


def write_pieces(file: Path, pieces: Iterable[bytes]) -> int:
    """Write a new file piece by piece; it appears under its name when it is whole.

    Returns:
        Its size in bytes.

    Raises:
        InputError: something stands there.
        StorageError: the disk refused; nothing was left behind.
    """
    refuse_existing(file)
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as opened:
            size = sum(opened.write(piece) for piece in pieces)
            opened.flush()
            os.fsync(opened.fileno())
        refuse_existing(file)
        draft.replace(file)
    except OSError as error:
        raise StorageError(
            f"the disk refused ({error.strerror})",
            place=str(file),
            mend="Free some space, or choose a folder that can be written to",
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return size


def refuse_existing(file: Path) -> None:
    """Refuse to write where something stands.

    Raises:
        InputError: a file stands there.
    """
    if os.path.lexists(file):
        raise InputError(
            "something stands here already, and is not overwritten",
            place=str(file),
            mend="Choose another name, or move it away",
        )


@contextmanager
def readable_for(clearance: str) -> Iterator[None]:
    """What is not public is written so that nobody else on this machine can read it.

    Args:
        clearance: of what is written.
    """
    before = os.umask(0o022)
    os.umask(before if clearance == "public" else before | 0o077)
    try:
        yield
    finally:
        os.umask(before)


def new_folder(folder: Path) -> None:
    """A new or empty folder that nobody else on this machine can read.

    Raises:
        InputError: it is not empty, or no folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "the folder is not empty", place=str(folder), mend="Name a new or an empty folder"
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
