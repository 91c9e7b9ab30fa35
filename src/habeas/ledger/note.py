"""Signed notes: a text, and under it one line a signature.

C2SP signed-note (1.0.0). A line names its key by name and key id; a line of a key that the reader
does not know is ignored, a line of a key that it knows has to verify. Verifier keys are written
`name+<8 hex digits>+<base64>`, the form that Go's `sumdb/note` reads.

The Ed25519 signature over the plain text (type `0x01`) is here; the types that sign another form of
a checkpoint are in `cosignature`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from enum import IntEnum
from hashlib import sha256
from typing import Protocol

import msgspec

from habeas.errors import InputError, IntegrityError

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
"""Bounds on an untrusted note; C2SP asks for at least 16 signatures. The numbers are Go's."""

_KEY_ID_SIZE = 4
_LINE_START = "\u2014 "
_ED25519_KEY_SIZE = 32
_ED25519_SIGNATURE_SIZE = 64
_ML_DSA_44_KEY_SIZE = 1312
_VKEY = re.compile(r"(?P<name>[^+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/]+=*)")
_ED25519_PRIME = 2**255 - 19
_SMALL_ORDER = frozenset(
    bytes.fromhex(y)
    for y in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)
"""The y-coordinates of the eight points under which anybody can forge (Cremers et al., 2021)."""


class SignatureType(IntEnum):
    """The signature type bytes of C2SP signed-note that a Habeas log knows."""

    ED25519 = 0x01
    """Ed25519 over the note's text."""
    ED25519_COSIGNATURE = 0x04
    """Ed25519 over a time and the note's text (tlog-cosignature)."""
    ML_DSA_44_COSIGNATURE = 0x06
    """ML-DSA-44 over a time, the origin, the size and the root (tlog-cosignature)."""


_KEY_SIZES = {
    SignatureType.ED25519: _ED25519_KEY_SIZE,
    SignatureType.ED25519_COSIGNATURE: _ED25519_KEY_SIZE,
    SignatureType.ML_DSA_44_COSIGNATURE: _ML_DSA_44_KEY_SIZE,
}


class VerifierKey(msgspec.Struct, frozen=True, kw_only=True):
    """A public key with the name that it signs under and what it signs.

    Attributes:
        name: the key's name; for a log's key, the log's origin.
        type: what its signatures are over.
        public_key: 32 bytes for Ed25519, 1,312 for ML-DSA-44.
    """

    name: str
    type: SignatureType
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != _KEY_SIZES[self.type]:
            raise InputError(
                f"the public key of {self.name!r} has {len(self.public_key)} bytes "
                f"instead of {_KEY_SIZES[self.type]}"
            )
        if len(self.public_key) == _ED25519_KEY_SIZE:
            _check_ed25519_key(self.name, self.public_key)

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line names the key."""
        data = self.name.encode() + b"\n" + bytes([self.type]) + self.public_key
        return sha256(data).digest()[:_KEY_ID_SIZE]

    def encode(self) -> str:
        """The key as one line: `name+<8 hex digits>+<base64>`."""
        encoded = encode_base64(bytes([self.type]) + self.public_key)
        return f"{self.name}+{self.key_id.hex()}+{encoded}"


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature line.

    Attributes:
        name: of the key.
        key_id: 4 bytes.
        signature: what follows the key id; its form is the signature type's.
    """

    name: str
    key_id: bytes
    signature: bytes

    def encode(self) -> str:
        """The line, with its newline."""
        return f"{_LINE_START}{self.name} {encode_base64(self.key_id + self.signature)}\n"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A text and the signatures under it; whether they hold is `verify_note`'s to say.

    Attributes:
        text: ends in a newline.
        signatures: in the order of their lines, at least one.
    """

    text: str
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The note in UTF-8: text, blank line, signature lines."""
        return (self.text + "\n" + "".join(line.encode() for line in self.signatures)).encode()


class Verifier(Protocol):
    """Something that can say whether a signature under a note holds."""

    @property
    def key(self) -> VerifierKey:
        """The key whose signatures it checks."""

    def verify(self, text: str, signature: bytes) -> bool:
        """Whether these signature bytes are the key's, for a note of this text."""


class Signer(Protocol):
    """Something that can sign a note."""

    @property
    def key(self) -> VerifierKey:
        """The key under which the signature will verify."""

    def sign(self, text: str) -> bytes:
        """The signature bytes for a note of this text."""


class Ed25519Verifier(msgspec.Struct, frozen=True, kw_only=True):
    """Checks signatures of type `0x01`: Ed25519 (RFC 8032) over the text."""

    key: VerifierKey

    def verify(self, text: str, signature: bytes) -> bool:
        """Whether these 64 bytes are the key's signature over the text."""
        return ed25519_verifies(self.key.public_key, signature, text.encode())


class Ed25519Signer(msgspec.Struct, frozen=True, kw_only=True):
    """Makes signatures of type `0x01`.

    Attributes:
        key: the public half.
        seed: the 32-byte private key of RFC 8032.
    """

    key: VerifierKey
    seed: bytes

    def sign(self, text: str) -> bytes:
        """The 64-byte Ed25519 signature over the text."""
        return ed25519_sign(self.seed, text.encode())

    def __repr__(self) -> str:
        return f"Ed25519Signer(key={self.key.encode()!r})"


def parse_note(data: bytes, *, place: str = "") -> Note:
    """Read a note, in exactly the form of C2SP signed-note.

    Args:
        data: the whole note.
        place: where it comes from, for the message.

    Raises:
        IntegrityError: it is not a signed note.
    """
    if len(data) > MAX_NOTE_BYTES:
        raise _malformed(f"it is longer than {MAX_NOTE_BYTES} bytes", place)
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("it is not UTF-8", place) from None
    if any(char < " " and char != "\n" for char in whole):
        raise _malformed("it holds a control character", place)
    text, blank, tail = whole.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise _malformed("it has not a text, a blank line and signature lines", place)
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _malformed(f"it has more than {MAX_SIGNATURES} signatures", place)
    return Note(text=text + "\n", signatures=tuple(_parse_signature(line, place) for line in lines))


def sign_note(text: str, signers: Sequence[Signer]) -> Note:
    """A note of this text, signed by each signer in turn.

    Raises:
        InputError: the text cannot stand in a note, or nobody signs.
    """
    if not text.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise InputError("a note's text ends in a newline and holds no control characters")
    if not signers:
        raise InputError("a note needs at least one signature")
    return Note(text=text, signatures=tuple(signature_of(text, signer) for signer in signers))


def signature_of(text: str, signer: Signer) -> Signature:
    """One signer's line for a note of this text."""
    return Signature(name=signer.key.name, key_id=signer.key.key_id, signature=signer.sign(text))


def verify_note(
    note: Note, verifiers: Sequence[Verifier], *, place: str = ""
) -> tuple[Signature, ...]:
    """Which of the known keys signed the note.

    A line of an unknown key is ignored, even if it bears a known key's name or id (but not both).

    Args:
        note: as read.
        verifiers: the known keys.
        place: where the note comes from, for the message.

    Returns:
        The signatures that hold, one for each known key that signed, in the order of the lines.
        Empty when no known key signed: then the note must not be trusted.

    Raises:
        IntegrityError: a line of a known key does not verify.
        InputError: two of the known keys cannot be told apart.
    """
    known = _by_name_and_id(verifiers)
    held: dict[tuple[str, bytes], Signature] = {}
    for line in note.signatures:
        verifier = known.get((line.name, line.key_id))
        if verifier is None:
            continue
        if not verifier.verify(note.text, line.signature):
            raise IntegrityError(
                f"the signature of {line.name} does not verify: the text was changed after it was "
                "signed, or the signature is forged",
                place=place,
            )
        held.setdefault((line.name, line.key_id), line)
    return tuple(held.values())


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key: `name+<8 hex digits>+<base64 of the type and the public key>`.

    Raises:
        InputError: it is no verifier key, or of a type that Habeas does not use.
    """
    match = _VKEY.fullmatch(text)
    if match is None:
        raise InputError(
            "this is not a verifier key", mend="It has the form name+8 hexadecimal digits+base64"
        )
    data = _decode_base64(match["key"])
    if not data or data[0] not in _KEY_SIZES:
        raise InputError(f"the verifier key of {match['name']!r} is of a type not used here")
    key = VerifierKey(name=match["name"], type=SignatureType(data[0]), public_key=data[1:])
    if key.key_id.hex() != match["id"]:
        raise InputError(
            f"the verifier key of {key.name!r} is damaged: it bears the id {match['id']} and has "
            f"the id {key.key_id.hex()}",
            mend="Get it again from whoever published it",
        )
    return key


def check_key_name(name: str) -> None:
    """Refuse a name that cannot stand in a signature line.

    Raises:
        InputError: it is empty, longer than 255 bytes, or holds a space, a plus sign or a control
            character.
    """
    bad = any(char.isspace() or char == "+" or char < " " for char in name)
    if not name or bad or len(name.encode()) > 255:
        raise InputError(
            f"{name!r} cannot be the name of a key",
            mend="Use 1 to 255 bytes without spaces and without '+'",
        )


def encode_base64(data: bytes) -> str:
    """RFC 4648, section 4, with padding."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str, what: str, *, place: str = "") -> bytes:
    """The bytes of a base64 text in its one canonical spelling.

    Raises:
        IntegrityError: it is not base64, or another spelling of it.
    """
    data = _decode_base64(text)
    if data is None:
        raise IntegrityError(f"the {what} is not base64", place=place)
    return data


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """The 64-byte signature of RFC 8032 with this 32-byte private key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def ed25519_verifies(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is this 32-byte public key's, over the message (RFC 8032)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(signature) != _ED25519_SIGNATURE_SIZE:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _check_ed25519_key(name: str, public_key: bytes) -> None:
    y = int.from_bytes(public_key, "little") & ~(1 << 255)
    if y >= _ED25519_PRIME or y.to_bytes(32, "little") in _SMALL_ORDER:
        raise InputError(
            f"the public key of {name!r} is one under which anybody can forge signatures",
            mend="Do not trust whoever published it",
        )


def _by_name_and_id(verifiers: Sequence[Verifier]) -> dict[tuple[str, bytes], Verifier]:
    known: dict[tuple[str, bytes], Verifier] = {}
    for verifier in verifiers:
        key = verifier.key
        if known.setdefault((key.name, key.key_id), verifier).key != key:
            raise InputError(f"two different keys share the name {key.name!r} and the key id")
    return known


def _parse_signature(line: str, place: str) -> Signature:
    name, space, encoded = line.removeprefix(_LINE_START).partition(" ")
    data = _decode_base64(encoded)
    if not line.startswith(_LINE_START) or not space or not data or len(data) <= _KEY_ID_SIZE:
        raise _malformed(f"{line[:60]!r} is not a signature line", place)
    try:
        check_key_name(name)
    except InputError as error:
        raise _malformed(error.reason, place) from None
    return Signature(name=name, key_id=data[:_KEY_ID_SIZE], signature=data[_KEY_ID_SIZE:])


def _decode_base64(text: str) -> bytes | None:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if encode_base64(data) == text else None


def _malformed(why: str, place: str) -> IntegrityError:
    return IntegrityError(f"this is not a signed note: {why}", place=place)
