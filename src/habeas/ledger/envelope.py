"""An archive on the road: encrypted to those who may open it, with age (age-encryption.org/v1).

The keys here are people's age keys (`age1...`, `AGE-SECRET-KEY-1...`), not those of logs. Who opens
an envelope learns what is inside, not who packed it: that a bundle is genuine is shown by the logs'
signatures in it, never by the envelope.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from habeas.errors import InputError, KeyFileError, StorageError

_MAGIC = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED")


def is_sealed(path: Path) -> bool:
    """Whether a file is an age file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(24).startswith(_MAGIC)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})",
            place=str(path),
            mend="Look at its name, and whether the stick is still there",
        ) from error


def seal_file(source: Path, target: Path, recipients: Sequence[str]) -> None:
    """Encrypt a file to age recipients (`age1...`), streaming.

    Raises:
        InputError: a recipient is no age recipient, or none is given.
        StorageError: the disk refused.
    """
    import pyrage

    if not recipients:
        raise InputError("there is nobody to encrypt to", mend="Name a recipient, `age1...`")
    keys = [_recipient(text) for text in recipients]
    try:
        pyrage.encrypt_file(str(source), str(target), keys)
    except (OSError, pyrage.EncryptError) as error:
        raise StorageError(f"the disk refused ({error})", place=str(target)) from error


def open_file(source: Path, target: Path, identities: Sequence[str]) -> None:
    """Decrypt a file with age identities (`AGE-SECRET-KEY-1...`), streaming.

    Raises:
        KeyFileError: none of them opens it, or the file was changed on the way.
        InputError: an identity is none.
        StorageError: the disk refused.
    """
    import pyrage

    place = str(source)
    if not identities:
        raise KeyFileError("the file is encrypted", place=place, mend="Give the age identity")
    keys = [_identity(text) for text in identities]
    try:
        pyrage.decrypt_file(str(source), str(target), keys)
    except pyrage.DecryptError as error:
        raise KeyFileError(
            f"the file cannot be opened with this key ({error})",
            place=place,
            mend="It was encrypted to somebody else, or it was changed on the way: ask its sender",
        ) from error
    except OSError as error:
        raise StorageError(f"the disk refused ({error})", place=place) from error


def _recipient(text: str) -> Any:
    import pyrage

    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise InputError(
            f"{text[:80]!r} is no age recipient", mend="A recipient begins with `age1`"
        ) from error


def _identity(text: str) -> Any:
    import pyrage

    try:
        return pyrage.x25519.Identity.from_str(text.strip())
    except pyrage.IdentityError as error:
        raise InputError(
            "this is no age identity", mend="An identity begins with `AGE-SECRET-KEY-1`"
        ) from error
