"""Who sealed a WACZ: `datapackage-digest.json`, judged without the network.

WACZ 1.1.1 and "WACZ Signing and Verification" 0.1.0 (Webrecorder): either an anonymous key signed
the hash of `datapackage.json`, or the key of a web domain did, and a timestamp authority stamped
that signature. An anonymous key says that nothing changed since it signed, never who signed.
Revocation and certificate transparency need the network and are not looked at.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from habeas.errors import HabeasError, InputError, IntegrityError
from habeas.evidence.timestamp import load_certificates
from habeas.exchange.capture_timestamps import Stamp, judge_stamp

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_NEAR: Final = timedelta(minutes=10)
"""How far `created` may lie from the timestamp: WACZ Signing and Verification, step 6."""


class SignedData(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`signedData` of the digest file."""

    hash: str
    signature: str
    public_key: str = ""
    domain: str = ""
    domain_cert: str = ""
    time_signature: str = ""
    timestamp_cert: str = ""
    created: str = ""
    software: str = ""


class DigestFile(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """`datapackage-digest.json`."""

    path: str
    hash: str
    signed_data: SignedData | None = None


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """What came of judging the seal."""

    words: tuple[str, ...] = ()
    """What was found, for the record."""
    faults: tuple[str, ...] = ()
    """What is wrong."""


def judge_seal(digest: bytes, package: bytes, *, roots: bytes = b"") -> Seal:
    """Judge the seal of a WACZ.

    Args:
        digest: the bytes of `datapackage-digest.json`.
        package: the bytes of `datapackage.json`.
        roots: certificates that the user trusts, PEM: of timestamp authorities, and of those who
            certify web domains.
    """
    try:
        said = msgspec.json.decode(digest, type=DigestFile)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Seal(faults=(f"datapackage-digest.json cannot be read ({error})",))
    found = f"sha256:{hashlib.sha256(package).hexdigest()}"
    signed = said.signed_data
    if said.hash != found or (signed is not None and signed.hash != found):
        return Seal(faults=("datapackage.json is not the one that datapackage-digest.json seals",))
    if signed is None:
        return Seal(words=("datapackage.json has the hash that is stated; nobody signed it",))
    try:
        if signed.domain or signed.domain_cert:
            return Seal(words=_domain(signed, roots))
        return Seal(words=(_anonymous(signed),))
    except HabeasError as error:
        return Seal(faults=(f"the signature of the package: {error.reason}",))


def _anonymous(signed: SignedData) -> str:
    """Judge a signature by a key that stands beside it.

    Raises:
        IntegrityError: it does not verify.
    """
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    der = _decoded(signed.public_key, "the public key")
    try:
        key = load_der_public_key(der)
    except ValueError as error:
        raise IntegrityError("the public key cannot be read") from error
    _verify(key, signed)
    name = hashlib.sha256(der).hexdigest()
    return (
        f"signed by an anonymous key (SHA-256 of the key: {name}): the signature verifies; "
        "whose key it is, is not said"
    )


def _verify(key: object, signed: SignedData) -> None:
    """Verify the signature over the text of the hash, ECDSA or RSA with SHA-256.

    Raises:
        IntegrityError: it does not verify, or the key is of another kind.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    signature = _decoded(signed.signature, "the signature")
    data = signed.hash.encode()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_der(signature, key.key_size), data, ec.ECDSA(SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), SHA256())
        else:
            raise IntegrityError("the key is of a kind that is not used for this (ECDSA, RSA)")
    except InvalidSignature as error:
        raise IntegrityError("it does not verify: the package was changed after signing") from error


def _der(signature: bytes, key_size: int) -> bytes:
    """An ECDSA signature in DER; browsers write the two numbers side by side (IEEE P1363)."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    width = (key_size + 7) // 8
    if len(signature) != 2 * width:
        return signature
    first, second = signature[:width], signature[width:]
    return encode_dss_signature(int.from_bytes(first), int.from_bytes(second))


def _domain(signed: SignedData, roots: bytes) -> tuple[str, ...]:
    """Judge a signature by the key of a web domain, and its timestamp.

    Raises:
        IntegrityError: a part of it does not verify.
    """
    chain = load_certificates(signed.domain_cert.encode(), "domainCert")
    _verify(chain[0].public_key(), signed)
    names = _names(chain[0])
    if signed.domain not in names:
        raise IntegrityError(
            f"the certificate is for {', '.join(sorted(names)) or 'no domain'}, not for the domain"
        )
    stamp = _stamp(signed, roots)
    trust = _trust(chain, signed.domain, stamp.token.time, roots)
    return (f"signed for the web domain {signed.domain}: the signature verifies; {trust}",
            f"the signature bears an {stamp.words}")  # fmt: skip


def _stamp(signed: SignedData, roots: bytes) -> Stamp:
    """The timestamp over the signature, close to the time that the signer gives."""
    raw = _decoded(signed.time_signature, "the timestamp")
    chain = signed.timestamp_cert.encode()
    stamp = judge_stamp(raw, signed.signature.encode(), roots=roots, chain=chain)
    try:
        created = datetime.fromisoformat(signed.created)
        away = abs(stamp.token.time - created)
    except (ValueError, TypeError) as error:
        raise IntegrityError("it does not say, with a zone, when it was made") from error
    if away > _NEAR:
        raise IntegrityError(
            f"it says it was made at {signed.created[:40]}, and its timestamp is {away} away"
        )
    return stamp


def _names(certificate: Certificate) -> set[str]:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (x509.ExtensionNotFound, ValueError):
        return set()
    return set(found.value.get_values_for_type(x509.DNSName))


def _trust(chain: list[Certificate], domain: str, time: datetime, roots: bytes) -> str:
    """Whether the domain's certificate goes back to one of the roots, at the time of the stamp."""
    if not roots:
        return "its certificate is not verified, no root certificate was given"
    from cryptography import x509
    from cryptography.x509 import verification

    store = verification.Store(load_certificates(roots, "the trust roots"))
    builder = verification.PolicyBuilder().store(store).time(time)
    try:
        builder.build_server_verifier(x509.DNSName(domain)).verify(chain[0], chain[1:])
    except (verification.VerificationError, ValueError) as error:
        return f"its certificate does not go back to the roots that were given ({error})"
    return "its certificate goes back to a root that was given"


def _decoded(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"{what} is not base64") from error
