"""A log's signing key, and the file that keeps it.

Ed25519, and if wanted ML-DSA-44 beside it (FIPS 204), under the log's origin. One key makes one log
and is never used on two devices: that forks. It signs the log's own checkpoints (types `0x01`,
`0x06`) and, as a witness, those of partners (types `0x04`, `0x06`); the signed texts cannot be
taken for one another.

A key file is a few lines of text:

    # Habeas signing key. Whoever holds it can sign in the name of this log.
    PRIVATE+KEY+<origin>+<key id>+<base64 of the type byte 0x01 and the 32-byte seed>
    PRIVATE+KEY+<origin>+<key id>+<base64 of the type byte 0x06 and the 32-byte seed>

(the second key line only with ML-DSA-44; the lines are those of Go's `sumdb/note` and of
transparency-dev/formats), encrypted with age under a passphrase (scrypt, armored: `age -d` opens
it, and it can be printed). Without a passphrase the file holds the lines as they are and says so
in its first line.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import msgspec

from habeas.errors import HabeasError, InputError, KeyFileError, StorageError
from habeas.ledger.cosignature import CosignatureSigner, verifier_of
from habeas.ledger.note import (
    Ed25519Signer,
    SignatureType,
    Signer,
    Verifier,
    VerifierKey,
    check_key_name,
    decode_base64,
    encode_base64,
)

_SEED_SIZE = 32
_HEADER = "# Habeas signing key. Whoever holds it can sign in the name of this log.\n"
_UNPROTECTED = "# UNPROTECTED: this key file has no passphrase. Keep it where nobody can read it.\n"
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----\n"
_PRIVATE_LINE = re.compile(
    r"PRIVATE\+KEY\+(?P<name>[^+\n]+)\+(?P<id>[0-9a-f]{8})\+(?P<seed>[A-Za-z0-9+/]+=*)"
)
_MAX_KEY_FILE_BYTES = 10_000


class SigningKey(msgspec.Struct, frozen=True, kw_only=True):
    """The private key of a log. Its text form shows no secret.

    Attributes:
        origin: the log's origin, which is the key's name.
        ed25519_seed: the 32-byte private key of RFC 8032.
        ml_dsa_44_seed: the 32-byte seed of FIPS 204, or None.
    """

    origin: str
    ed25519_seed: bytes
    ml_dsa_44_seed: bytes | None = None

    def __post_init__(self) -> None:
        check_key_name(self.origin)

    def __repr__(self) -> str:
        return f"SigningKey(origin={self.origin!r})"

    def signers(self) -> tuple[Signer, ...]:
        """What signs the log's own checkpoints: Ed25519, then ML-DSA-44 if the log has it."""
        first = Ed25519Signer(key=self._key(SignatureType.ED25519), seed=self.ed25519_seed)
        return (first, *self._ml_dsa_44_signers(time=0))

    def cosigners(self, time: int) -> tuple[Signer, ...]:
        """What cosigns a partner's checkpoint at this time (seconds since 1970)."""
        key = self._key(SignatureType.ED25519_COSIGNATURE)
        first = CosignatureSigner(key=key, seed=self.ed25519_seed, time=time)
        return (first, *self._ml_dsa_44_signers(time=time))

    def log_verifiers(self) -> tuple[Verifier, ...]:
        """What checks the log's own checkpoints; publish their keys (`key.encode()`)."""
        return tuple(verifier_of(signer.key) for signer in self.signers())

    def witness_verifiers(self) -> tuple[Verifier, ...]:
        """What checks the cosignatures made with this key; publish their keys too."""
        return tuple(verifier_of(signer.key) for signer in self.cosigners(time=0))

    def public_pem(self) -> str:
        """The Ed25519 public key as PEM (SubjectPublicKeyInfo), for `openssl pkeyutl -verify`."""
        return ed25519_pem(self._key(SignatureType.ED25519))

    def fingerprint(self) -> str:
        """SHA-256 of the Ed25519 public key's DER form, in hexadecimal (`key_fingerprint`)."""
        return key_fingerprint(self._key(SignatureType.ED25519))

    def _key(self, kind: SignatureType) -> VerifierKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        public = Ed25519PrivateKey.from_private_bytes(self.ed25519_seed).public_key()
        return VerifierKey(name=self.origin, type=kind, public_key=public.public_bytes_raw())

    def _ml_dsa_44_signers(self, time: int) -> tuple[Signer, ...]:
        if self.ml_dsa_44_seed is None:
            return ()
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

        public = MLDSA44PrivateKey.from_seed_bytes(self.ml_dsa_44_seed).public_key()
        key = VerifierKey(
            name=self.origin,
            type=SignatureType.ML_DSA_44_COSIGNATURE,
            public_key=public.public_bytes_raw(),
        )
        return (CosignatureSigner(key=key, seed=self.ml_dsa_44_seed, time=time),)


def new_origin() -> str:
    """A random origin that tells nothing of who keeps the log, and that no network resolves."""
    return f"habeas.invalid/log/{secrets.token_hex(16)}"


def generate_key(origin: str, *, post_quantum: bool = False) -> SigningKey:
    """A fresh key for the log of this origin.

    Args:
        origin: see `new_origin`.
        post_quantum: whether to sign with ML-DSA-44 too (2.4 kB more a checkpoint).

    Raises:
        InputError: the origin cannot be the name of a key.
    """
    return SigningKey(
        origin=origin,
        ed25519_seed=secrets.token_bytes(_SEED_SIZE),
        ml_dsa_44_seed=secrets.token_bytes(_SEED_SIZE) if post_quantum else None,
    )


def ed25519_der(key: VerifierKey) -> bytes:
    """An Ed25519 public key as DER SubjectPublicKeyInfo (RFC 8410), 44 bytes.

    Raises:
        InputError: it is not an Ed25519 key.
    """
    if key.type is SignatureType.ML_DSA_44_COSIGNATURE:
        raise InputError(f"the key of {key.name} is not an Ed25519 key")
    return bytes.fromhex("302a300506032b6570032100") + key.public_key


def ed25519_pem(key: VerifierKey) -> str:
    """An Ed25519 public key as PEM, for `openssl pkeyutl -verify -pubin`."""
    body = encode_base64(ed25519_der(key))
    return f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"


def key_fingerprint(key: VerifierKey) -> str:
    """What an organisation publishes: `openssl pkey -pubin -outform DER | sha256sum` gives it."""
    return sha256(ed25519_der(key)).hexdigest()


def encode_key(key: SigningKey) -> str:
    """The key as the lines of a key file, not protected."""
    seeds = [(key.signers()[0].key, key.ed25519_seed)]
    if key.ml_dsa_44_seed is not None:
        seeds.append((key.signers()[1].key, key.ml_dsa_44_seed))
    lines = [
        f"PRIVATE+KEY+{public.name}+{public.key_id.hex()}+"
        f"{encode_base64(bytes([public.type]) + seed)}\n"
        for public, seed in seeds
    ]
    return _HEADER + "".join(lines)


def parse_key(text: str, *, place: str = "") -> SigningKey:
    """Read the lines of a key file.

    Raises:
        KeyFileError: they are not a key, or a damaged one.
    """
    body = text.removeprefix(_UNPROTECTED)
    seeds: dict[int, bytes] = {}
    origins: set[str] = set()
    for line in body.removeprefix(_HEADER).split("\n")[:-1]:
        match = _PRIVATE_LINE.fullmatch(line)
        if match is None:
            raise _damaged(place)
        data = _seed_bytes(match["seed"], place)
        origins.add(match["name"])
        seeds[data[0]] = data[1:]
    try:
        key = SigningKey(
            origin=origins.pop(),
            ed25519_seed=seeds[SignatureType.ED25519],
            ml_dsa_44_seed=seeds.get(SignatureType.ML_DSA_44_COSIGNATURE),
        )
    except (KeyError, InputError):
        raise _damaged(place) from None
    if encode_key(key) != body:
        # Another first line, origin, key id or order, or a line too many: not what was written.
        raise _damaged(place)
    return key


def write_key_file(path: Path, key: SigningKey, passphrase: str | None) -> None:
    """Keep a key in a new file that only its owner may read; nothing is ever overwritten.

    With a passphrase this takes seconds and half a gigabyte of memory: that is the protection.

    Args:
        path: must not exist.
        key: to keep.
        passphrase: not empty; None writes the key unprotected, and the file says so.

    Raises:
        KeyFileError: a file stands there already.
        InputError: the passphrase is empty.
        StorageError: the disk refuses; no half-written file is left.
    """
    if passphrase is None:
        data = (_UNPROTECTED + encode_key(key)).encode()
    else:
        data = _protect(encode_key(key).encode(), passphrase)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(
            "a file stands here already, and a key file is never overwritten",
            place=str(path),
            mend="Choose another place, or use the key that is there",
        ) from None
    except OSError as error:
        raise _refused(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise _refused(path, error) from error


def read_key_file(path: Path, passphrase: str | None = None) -> SigningKey:
    """Open a key file.

    Args:
        path: of the file.
        passphrase: needed when the file is protected, and ignored when it is not.

    Raises:
        KeyFileError: the file cannot be read, needs another passphrase, or is damaged.
    """
    place = str(path)
    data = _read(path)
    if is_protected(data):
        data = _unprotect(data, passphrase, place)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise _damaged(place) from None
    return parse_key(text, place=place)


def is_protected(data: bytes) -> bool:
    """Whether these bytes of a key file need a passphrase."""
    return data.startswith(_ARMOR)


def _protect(data: bytes, passphrase: str) -> bytes:
    import pyrage

    if not passphrase:
        raise InputError("the passphrase is empty", mend="Choose several words at random")
    protected: bytes = pyrage.passphrase.encrypt(data, passphrase, armored=True)
    return protected


def _unprotect(data: bytes, passphrase: str | None, place: str) -> bytes:
    import pyrage

    if not passphrase:
        raise KeyFileError(
            "the key file is protected by a passphrase", place=place, mend="Give the passphrase"
        )
    try:
        opened: bytes = pyrage.passphrase.decrypt(data, passphrase)
    except pyrage.DecryptError as error:
        if "work" in str(error):
            raise KeyFileError(
                "the key file asks for more work than this machine can do in reasonable time",
                place=place,
                mend="Open it on the machine that made it, or with `age -d`",
            ) from error
        raise KeyFileError(
            "this passphrase does not open the key file, or the file is damaged",
            place=place,
            mend="Type the passphrase again; if it is right, use the copy of the key file",
        ) from error
    return opened


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_KEY_FILE_BYTES + 1)
    except OSError as error:
        raise KeyFileError(
            f"the key file cannot be read ({error.strerror})",
            place=str(path),
            mend="Name the file that was written when the log was made",
        ) from error
    if len(data) > _MAX_KEY_FILE_BYTES:
        raise _damaged(str(path))
    return data


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _seed_bytes(text: str, place: str) -> bytes:
    try:
        data = decode_base64(text, "key")
    except HabeasError:
        raise _damaged(place) from None
    if len(data) != 1 + _SEED_SIZE:
        raise _damaged(place)
    return data


def _damaged(place: str) -> KeyFileError:
    return KeyFileError(
        "this is not a Habeas key file, or it is damaged",
        place=place,
        mend="Use the copy of the key file; without one, the log is continued by a successor log",
    )


def _refused(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"the key file cannot be written ({error.strerror})",
        place=str(path),
        mend="Choose a folder that can be written to, on a disk with room",
    )
