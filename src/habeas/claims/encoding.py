"""Canonical bytes: one byte form for one value.

The form is RFC 8785 (JSON Canonicalization Scheme) restricted to ASCII keys, strings, integers of
magnitude below 2**53, booleans, arrays and objects; no floats and no null. Within that subset
msgspec's sorted encoding is RFC 8785, which `tests/claims/test_encoding.py` asserts against the
`rfc8785` package. Bytes are stored as they were written and never serialised again to verify a
digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from habeas.errors import IntegrityError

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: object) -> bytes:
    """The canonical bytes of a typed value.

    Args:
        value: a msgspec struct, or strings, integers, booleans, lists, dicts with ASCII keys.

    Raises:
        IntegrityError: the value holds text that is not Unicode (a lone surrogate).
    """
    try:
        return _encoder.encode(value)
    except UnicodeEncodeError as error:
        raise _no_text() from error


def canonical_lines(values: Sequence[object]) -> bytes:
    """The canonical bytes of several values, each ended by a newline, which no such bytes hold.

    Raises:
        IntegrityError: as `canonical`.
    """
    try:
        return _encoder.encode_lines(values)
    except UnicodeEncodeError as error:
        raise _no_text() from error


def _no_text() -> IntegrityError:
    return IntegrityError(
        "text holds half of a surrogate pair, which is no character",
        mend="Take the text from the source again as Unicode",
    )


class CanonicalReader:
    """Reads canonical bytes of one type, and refuses any other spelling of the same value.

    A duplicated key, another order of keys, white space, a needless escape, an unknown field, a
    float or a null all change the bytes, so all are found by comparing.

    Args:
        type_: the type to decode to.
        what: what the bytes are, for messages ("claim", "entry").
    """

    def __init__(self, type_: type[T] | object, what: str) -> None:
        self._decoder: msgspec.json.Decoder[object] = msgspec.json.Decoder(type_)
        self._what = what

    def read(self, data: bytes) -> object:
        """The value that the bytes hold.

        Raises:
            IntegrityError: the bytes are no such value, or not in canonical form.
        """
        try:
            value = self._decoder.decode(data)
            again = _encoder.encode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise IntegrityError(
                f"this {self._what} cannot be read: {error}",
                mend="It was not written by this format: ask its sender for it again",
            ) from error
        if again != data:
            raise IntegrityError(
                f"this {self._what} is not in canonical form",
                mend="One value has one spelling, or it would have two digests: ask its sender "
                "for it again",
            )
        return value


def sha256_hex(data: bytes) -> str:
    """SHA-256 of `data` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
