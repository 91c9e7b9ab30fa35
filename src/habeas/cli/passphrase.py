"""The passphrase of a key: from a file, the environment or a prompt; never an argument."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from habeas.errors import InputError, KeyFileError

VARIABLE = "HABEAS_PASSPHRASE"


def given(file: Path | None) -> str | None:
    """The passphrase that a file or the environment gives; None when neither does.

    Raises:
        InputError: the file cannot be read, is empty or is not UTF-8.
    """
    if file is not None:
        return _read(file)
    return os.environ.get(VARIABLE) or None


def known(file: Path | None) -> str:
    """The passphrase of a key that exists; asked for if nothing gives it.

    Raises:
        KeyFileError: nothing gives it and there is nobody to ask.
    """
    words = given(file)
    if words is not None:
        return words
    _require_somebody()
    return _ask("Passphrase of the signing key: ")


def if_any(file: Path | None) -> str | None:
    """The passphrase of a key that may have none; a prompt takes an empty line for that."""
    words = given(file)
    if words is None and sys.stdin.isatty():
        words = _ask("Passphrase of the old signing key (empty if it has none): ")
    return words or None


def chosen(file: Path | None) -> str:
    """A passphrase for a new key; a prompt asks twice.

    Raises:
        KeyFileError: nothing gives it and there is nobody to ask.
        InputError: it is empty, or the two are not the same.
    """
    words = given(file)
    if words is not None:
        return words
    _require_somebody()
    words = _ask("Choose a passphrase for the signing key: ")
    if not words:
        raise InputError("the passphrase is empty", mend="Choose several words at random")
    if _ask("Again: ") != words:
        raise InputError("the two passphrases are not the same", mend="Run the command again")
    return words


def _read(file: Path) -> str:
    try:
        words = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the passphrase cannot be read from this file",
            place=str(file),
            mend="Give a file of UTF-8 text that holds the passphrase and nothing else",
        ) from error
    if not words:
        raise InputError("the file is empty", place=str(file), mend="Put the passphrase into it")
    return words


def _require_somebody() -> None:
    if not sys.stdin.isatty():
        raise KeyFileError(
            "the signing key needs its passphrase, and there is nobody to ask",
            mend=f"Set {VARIABLE}, or give --passphrase-file FILE",
        )


def _ask(prompt: str) -> str:
    from getpass import getpass

    return getpass(prompt)
