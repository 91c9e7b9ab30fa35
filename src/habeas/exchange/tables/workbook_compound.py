"""The container of old workbooks, and of new ones that are locked ([MS-CFB], OLE2)."""

from __future__ import annotations

from typing import Final

from habeas.errors import InputError

COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of a container."""

_ENTRY: Final = 128


def check_compound(content: bytes, place: str) -> None:
    """Whether a container holds a workbook that can be read.

    Args:
        content: the whole container.
        place: for errors.

    Raises:
        InputError: the workbook is locked with a password, or it is another kind of document.
    """
    if has_stream(content, "Workbook") or has_stream(content, "Book"):
        return
    if has_stream(content, "EncryptedPackage"):
        raise InputError(
            "it is protected by a password",
            place=place,
            mend="Open it with its password and save it without one",
        )
    if has_stream(content, "WordDocument"):
        reason = "it is a text document, not a workbook"
        raise InputError(reason, place=place, mend="Copy its table into a spreadsheet")


def has_stream(content: bytes, name: str) -> bool:
    """Whether a container has a stream of this name: the begin of an entry of 128 bytes (2.6)."""
    wanted = f"{name}\0".encode("utf-16-le")
    at = content.find(wanted)
    while at >= 0 and at % _ENTRY:
        at = content.find(wanted, at + 1)
    return at >= 0
