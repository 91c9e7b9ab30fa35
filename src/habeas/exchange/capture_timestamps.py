"""Timestamps that came with a capture, judged again over what they stamp.

Capture tools store an RFC 3161 response as a whole or only the token inside it; both are read.
"""

from __future__ import annotations

import hashlib

import msgspec

from habeas.errors import IntegrityError
from habeas.evidence.timestamp import TimestampToken, read_token, verify_token

_SEQUENCE = 0x30
_GRANTED = b"\x30\x03\x02\x01\x00"
"""PKIStatusInfo with the status `granted`: RFC 3161, 2.4.2."""


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """A token over some bytes that was judged and not refused."""

    token: TimestampToken
    verified: bool
    """False when no roots were given: the hash was compared, the signature was not judged."""
    words: str
    """What came of it, for the record."""


def judge_stamp(raw: bytes, data: bytes, *, roots: bytes, chain: bytes = b"") -> Stamp:
    """Judge a token over the bytes that it is said to stamp.

    Args:
        raw: a timestamp response, or the bare token of one; DER.
        data: the bytes.
        roots: certificates that the user trusts, PEM; empty when there are none.
        chain: certificates that may complete the chain, PEM.

    Raises:
        IntegrityError: no token, a token over other bytes, or one that the roots do not bear out.
        InputError: the roots cannot be read.
    """
    response, token = _read(raw)
    if hashlib.new(token.hash_algorithm, data).hexdigest() != token.imprint:
        raise IntegrityError(
            "this timestamp is for other data", mend="Find the bytes that it was made for"
        )
    said = f"RFC 3161 timestamp of {token.time:%Y-%m-%dT%H:%M:%SZ}"
    if token.authority:
        said += f" by {token.authority}"
    if not roots:
        words = f"{said}: not verified, no root certificate was given; it stamps these bytes"
        return Stamp(token=token, verified=False, words=words)
    verdict = verify_token(response, data, roots=roots, intermediates=chain)
    return Stamp(token=token, verified=True, words=f"{said}: verified by {verdict.verifier}")


def _read(raw: bytes) -> tuple[bytes, TimestampToken]:
    """The response and its token, whether the response is whole or only its token is there."""
    try:
        return raw, read_token(raw)
    except IntegrityError as error:
        try:
            return (whole := whole_response(raw)), read_token(whole)
        except IntegrityError:
            raise error from None


def whole_response(token: bytes) -> bytes:
    """A bare token as the response `granted` that it came in: RFC 3161, 2.4.2."""
    content = _GRANTED + token
    return bytes([_SEQUENCE]) + _length(len(content)) + content


def _length(count: int) -> bytes:
    """The DER length of some content."""
    if count < 128:
        return bytes([count])
    digits = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits
