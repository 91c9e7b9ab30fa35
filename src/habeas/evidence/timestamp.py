"""Trusted timestamps: RFC 3161 requests, tokens, and their judgement. Nothing here does network.

A token proves that some bytes existed at a time, as far as one trusts the authority; it proves
neither that they are true nor who wrote them. What is stored is the authority's response as it came
(`.tsr`), byte for byte, because that is what `openssl ts -verify -in` reads; unsigned parts of it
can be altered without breaking the signature, so the log records the SHA-256 of the stored bytes.

A token is judged at its own time: a certificate that has expired since does no harm, one that had
expired before does. Trust roots are given by the user and never built in.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from habeas.errors import InputError, IntegrityError
from habeas.evidence.openssl_ts import openssl_time, read_with_openssl, verify_with_openssl

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_GRANTED = (0, 1)
"""`granted` and `grantedWithMods`: RFC 3161, 2.4.2; only these come with a token."""

_STATUS = {2: "rejection", 3: "waiting", 4: "revocation warning", 5: "revocation notification"}


class TimestampRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent to an authority: a hash and a random number, never the bytes themselves."""

    der: bytes
    """The DER bytes of the `TimeStampReq`; certificates are asked for."""
    sha256: str
    """The hash that is to be stamped, in hexadecimal."""
    nonce: int
    """The random number that the answer must repeat."""


class TimestampToken(msgspec.Struct, frozen=True, kw_only=True):
    """What a timestamp token says."""

    time: datetime
    """When the authority saw the hash, UTC."""
    authority: str
    """The name that the authority gives itself, or empty."""
    policy: str
    """Object identifier of the policy under which it stamped."""
    serial: str
    """Serial number of the token, decimal."""
    nonce: str
    """Decimal, or empty when the request had none."""
    hash_algorithm: str
    """sha256, sha384 or sha512."""
    imprint: str
    """The stamped hash, in hexadecimal."""
    sha256: str
    """SHA-256 of the stored response: the token's own hash, which the log records."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A token that was verified."""

    token: TimestampToken
    verifier: str
    """`rfc3161-client`, or `openssl` when the first refused and the second did not."""
    refusal: str = ""
    """Why the first verifier refused."""


def make_request(data: bytes) -> TimestampRequest:
    """A request for a timestamp on some bytes: SHA-256, fresh nonce, certificates wanted.

    Args:
        data: what is to be stamped, at least one byte; a checkpoint, as a rule.

    Raises:
        InputError: there is nothing to stamp.
    """
    import rfc3161_client as client

    if not data:
        raise InputError("there is nothing to timestamp", mend="Give the bytes of a checkpoint")
    request = (
        client.TimestampRequestBuilder()
        .data(data)
        .hash_algorithm(client.HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    nonce = request.nonce
    if nonce is None:
        raise InputError("the timestamp request has no nonce")
    sha256 = request.message_imprint.message.hex()
    return TimestampRequest(der=request.as_bytes(), sha256=sha256, nonce=nonce)


def read_token(response: bytes) -> TimestampToken:
    """What a stored response says; its signature is not looked at.

    Raises:
        IntegrityError: not a timestamp response, refused by the authority, or by an unsafe hash.
    """
    try:
        token = _token_by_client(response)
    except (ValueError, KeyError) as error:
        token = _token_by_openssl(response, str(error))
    if token.hash_algorithm not in _HASHES.values():
        raise IntegrityError(
            f"this timestamp is made with {token.hash_algorithm}, which is not accepted",
            mend="Ask an authority that stamps SHA-256, SHA-384 or SHA-512",
        )
    return token


def accept(request: TimestampRequest, response: bytes) -> TimestampToken:
    """The token that answers a request: the same hash, the same nonce.

    Judges whether this is the answer to what was asked; `verify_token` judges the signature.

    Raises:
        IntegrityError: not a token, or the answer to another question.
    """
    token = read_token(response)
    if (token.hash_algorithm, token.imprint) != ("sha256", request.sha256):
        raise _foreign("it stamps another hash than was sent")
    if token.nonce != str(request.nonce):
        raise _foreign("it does not repeat the random number that was sent (an old answer?)")
    return token


def verify_token(
    response: bytes, data: bytes, *, roots: bytes, intermediates: bytes = b""
) -> Verdict:
    """Verify a stored response over the bytes it stamps, at the token's own time.

    rfc3161-client judges first; when it refuses, openssl is asked, because authorities in use
    issue tokens that the stricter reader rejects for their encoding alone. Each of them checks the
    signature, the chain to a given root, the time-stamping purpose of the certificate and the hash.

    Args:
        response: the stored bytes.
        data: the bytes that were stamped.
        roots: certificates that the user trusts, PEM.
        intermediates: certificates that may complete the chain, PEM.

    Raises:
        InputError: the trust roots cannot be read.
        IntegrityError: the token is not over these bytes, or both verifiers refuse it.
    """
    trusted = load_certificates(roots, "the trust roots")
    between = load_certificates(intermediates, "the intermediates") if intermediates else []
    token = read_token(response)
    imprint = hashlib.new(token.hash_algorithm, data).hexdigest()
    if imprint != token.imprint:
        raise IntegrityError(
            "this timestamp is for other data", mend="Find the bytes it was made for, or stamp anew"
        )
    refusal = _refusal_by_client(response, token, trusted, between)
    if not refusal:
        return Verdict(token=token, verifier="rfc3161-client")
    try:
        verify_with_openssl(
            response, imprint, time=token.time, roots=roots, intermediates=intermediates
        )
    except IntegrityError as error:
        raise IntegrityError(
            f"the timestamp does not verify: {refusal}; {error.reason}",
            mend="Check which authority made it and that its root certificate is the one given",
        ) from error
    return Verdict(token=token, verifier="openssl", refusal=refusal)


def load_certificates(pem: bytes, place: str) -> list[Certificate]:
    """The certificates of a PEM file.

    Args:
        pem: one certificate or more.
        place: what it is, for the message.

    Raises:
        InputError: no certificate can be read from it.
    """
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise InputError(
            "no certificate can be read here",
            place=place,
            mend="Give certificates in PEM form (-----BEGIN CERTIFICATE-----)",
        ) from error


def _refusal_by_client(
    response: bytes,
    token: TimestampToken,
    roots: list[Certificate],
    intermediates: list[Certificate],
) -> str:
    """Why rfc3161-client refuses; empty when it does not. The imprint was compared before."""
    import rfc3161_client as client

    try:
        parsed = client.decode_timestamp_response(response)
        # Built anew each time: builders that derive from one another share their lists of roots.
        # The name is compared on demand only, and an authority must not sign in another's name.
        builder = client.VerifierBuilder(
            roots=[*roots], intermediates=[*intermediates], common_name=token.authority or None
        )
        builder.build().verify(parsed, bytes.fromhex(token.imprint))
    except (ValueError, KeyError, client.VerificationError) as error:
        inner = re.search(r'data: "([^"]+)"', str(error))  # of a dump of openssl's errors
        return f"rfc3161-client refuses it: {inner[1] if inner else error}".rstrip(".")
    return ""


def _token_by_client(response: bytes) -> TimestampToken:
    """The token by rfc3161-client, which reads some fields, and refuses them, when asked for."""
    import rfc3161_client as client

    parsed = client.decode_timestamp_response(response)
    if parsed.status not in _GRANTED:
        raise _not_granted(parsed.status, parsed.status_string)
    info = parsed.tst_info
    algorithm = info.message_imprint.hash_algorithm.dotted_string
    return TimestampToken(
        time=info.gen_time.astimezone(UTC).replace(microsecond=0),
        authority=_name(info.name),
        policy=info.policy.dotted_string,
        serial=str(info.serial_number),
        nonce="" if info.nonce is None else str(info.nonce),
        hash_algorithm=_HASHES.get(algorithm, algorithm),
        imprint=info.message_imprint.message.hex(),
        sha256=hashlib.sha256(response).hexdigest(),
    )


def _token_by_openssl(response: bytes, refusal: str) -> TimestampToken:
    try:
        fields = read_with_openssl(response)
        nonce = fields["Nonce"]
        return TimestampToken(
            time=openssl_time(fields["Time stamp"]),
            authority=_slashed_name(fields["TSA"]),
            policy=fields["Policy OID"],
            serial=str(int(fields["Serial number"], 16)),
            nonce="" if nonce == "unspecified" else str(int(nonce, 16)),
            hash_algorithm=fields["Hash Algorithm"].lower(),
            imprint=fields["Imprint"],
            sha256=hashlib.sha256(response).hexdigest(),
        )
    except (IntegrityError, KeyError, ValueError) as error:
        raise IntegrityError(
            f"this is not a timestamp response ({refusal}; {error})",
            mend="Ask the authority again",
        ) from error


def _slashed_name(text: str) -> str:
    """`DirName:/C=XX/CN=Name` as rfc3161-client gives it, `CN=Name,C=XX`."""
    if text == "unspecified":
        return ""
    parts = text.removeprefix("DirName:").strip("/").split("/")
    return ",".join(reversed(parts))


def _name(general: Any) -> str:
    value = getattr(general, "value", None)
    if value is None:
        return ""
    return str(value.rfc4514_string() if hasattr(value, "rfc4514_string") else value)


def _not_granted(status: int, words: list[str]) -> IntegrityError:
    said = f" ({'; '.join(words)[:200]})" if words else ""
    return IntegrityError(
        f"the authority did not grant the timestamp: {_STATUS.get(status, status)}{said}",
        mend="Ask again later, or another authority",
    )


def _foreign(reason: str) -> IntegrityError:
    return IntegrityError(
        f"the authority's answer is not to this request: {reason}",
        mend="Ask again; do not use this authority if it happens twice",
    )
