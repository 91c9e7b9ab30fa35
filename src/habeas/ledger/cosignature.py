"""Cosignatures: a witness states that it saw a log at this size and root, and no other history.

C2SP tlog-cosignature (1.1.0): type `0x04`, Ed25519, and type `0x06`, ML-DSA-44, both over a time.
And the rule of a witness, in the spirit of C2SP tlog-witness `add-checkpoint`, as a pure function:
what it signs, what it refuses, and what it must keep as proof of a fork. A witness learns a log's
origin, size and root, never an entry.

A log's own ML-DSA-44 line has the same form (tlog-checkpoint recommends it), with the time 0: it
makes no statement about time. It is no witness to itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from habeas.errors import InputError, IntegrityError
from habeas.ledger.checkpoint import (
    SignedCheckpoint,
    open_checkpoint,
    parse_checkpoint,
    require_continuation,
)
from habeas.ledger.note import (
    Ed25519Verifier,
    Note,
    SignatureType,
    Signer,
    Verifier,
    VerifierKey,
    ed25519_sign,
    ed25519_verifies,
    parse_vkey,
    signature_of,
    verify_note,
)

_TIME_SIZE = 8
_MAX_TIME = 2**63 - 1
_ML_DSA_44_SIGNATURE_SIZE = 2420
_ED25519_COSIGNATURE = "cosignature/v1\n"
_ML_DSA_44_LABEL = b"subtree/v1\n\x00"


class Cosignature(msgspec.Struct, frozen=True, kw_only=True):
    """A witness's statement that was verified.

    Attributes:
        key: the witness's key.
        time: when it was made, in seconds since 1970, by the witness's clock; 0 says nothing.
    """

    key: VerifierKey
    time: int


class CosignatureVerifier(msgspec.Struct, frozen=True, kw_only=True):
    """Checks signatures of types `0x04` and `0x06`: 8 bytes of time, then the signature."""

    key: VerifierKey

    def verify(self, text: str, signature: bytes) -> bool:
        """Whether these bytes are the key's cosignature for a checkpoint of this text."""
        time, bare = _time_of(signature), signature[_TIME_SIZE:]
        if len(signature) < _TIME_SIZE or time > _MAX_TIME:
            return False
        try:
            message = _message(self.key, text, time)
        except IntegrityError:
            return False
        if self.key.type is SignatureType.ED25519_COSIGNATURE:
            return ed25519_verifies(self.key.public_key, bare, message)
        return _ml_dsa_44_verifies(self.key.public_key, bare, message)


class CosignatureSigner(msgspec.Struct, frozen=True, kw_only=True):
    """Makes signatures of types `0x04` and `0x06`.

    Attributes:
        key: the public half.
        seed: 32 bytes, the private key of RFC 8032 or the seed of FIPS 204.
        time: seconds since 1970 that the cosignature states.
    """

    key: VerifierKey
    seed: bytes
    time: int

    def sign(self, text: str) -> bytes:
        """The cosignature for a checkpoint of this text: 8 bytes of time, then the signature.

        Raises:
            IntegrityError: the text is no checkpoint, or has extension lines that this type would
                leave unsigned.
            InputError: the time cannot be written.
        """
        if not 0 <= self.time <= _MAX_TIME:
            raise InputError("a cosignature's time lies between 1970 and 2^63 seconds later")
        message = _message(self.key, text, self.time)
        if self.key.type is SignatureType.ED25519_COSIGNATURE:
            bare = ed25519_sign(self.seed, message)
        else:
            bare = _ml_dsa_44_sign(self.seed, message)
        return self.time.to_bytes(_TIME_SIZE, "big") + bare

    def __repr__(self) -> str:
        return f"CosignatureSigner(key={self.key.encode()!r}, time={self.time})"


def verifier_of(key: VerifierKey) -> Verifier:
    """What checks the signatures of a key, by its type."""
    if key.type is SignatureType.ED25519:
        return Ed25519Verifier(key=key)
    return CosignatureVerifier(key=key)


def open_verifier(vkey: str) -> Verifier:
    """What checks the signatures of a published key, `name+<8 hex digits>+<base64>`.

    Raises:
        InputError: it is no verifier key, or of a type that Habeas does not use.
    """
    return verifier_of(parse_vkey(vkey))


def cosign(signed: SignedCheckpoint, signers: Sequence[Signer]) -> SignedCheckpoint:
    """The checkpoint with the signers' lines added; an older line of the same key is replaced.

    A witness calls `witness`, which asks first whether it may.
    """
    added = [signature_of(signed.note.text, signer) for signer in signers]
    keys = {(line.name, line.key_id) for line in added}
    kept = [line for line in signed.note.signatures if (line.name, line.key_id) not in keys]
    note = Note(text=signed.note.text, signatures=(*kept, *added))
    return SignedCheckpoint(checkpoint=signed.checkpoint, note=note)


def cosignatures(
    signed: SignedCheckpoint, witnesses: Sequence[Verifier], *, place: str = ""
) -> dict[str, Cosignature]:
    """Which witnesses cosigned, each counted once however many lines or keys it signed with.

    Args:
        signed: a checkpoint that its log is known to have signed (`open_checkpoint`).
        witnesses: the known witnesses' keys, types `0x04` and `0x06`. A witness may have one of
            each, under one name.
        place: where the checkpoint comes from, for the message.

    Returns:
        By the witness's name, its cosignature with the latest time. The log is never its own
        witness.

    Raises:
        IntegrityError: a line of a known witness does not verify.
        InputError: a key that makes no cosignatures, or one key under two names: then one witness
            could pass for two, since an Ed25519 cosignature does not say the name.
    """
    by_key = _witness_keys(witnesses, signed.checkpoint.origin)
    found: dict[str, Cosignature] = {}
    for line in verify_note(signed.note, [verifier_of(key) for key in by_key], place=place):
        key = next(k for k in by_key if (k.name, k.key_id) == (line.name, line.key_id))
        time = _time_of(line.signature)
        if line.name not in found or found[line.name].time < time:
            found[line.name] = Cosignature(key=key, time=time)
    return found


def require_quorum(
    signed: SignedCheckpoint, witnesses: Sequence[Verifier], quorum: int, *, place: str = ""
) -> dict[str, Cosignature]:
    """The `cosignatures`, if at least `quorum` different witnesses made them.

    Raises:
        IntegrityError: there are fewer, or one does not verify.
        InputError: as for `cosignatures`.
    """
    found = cosignatures(signed, witnesses, place=place)
    if len(found) < quorum:
        raise IntegrityError(
            f"{len(found)} of the {quorum} witnesses asked for have cosigned this checkpoint",
            place=place,
            mend="Ask more witnesses for their cosignature",
        )
    return found


def witness(
    previous: SignedCheckpoint | None,
    offered: bytes,
    proof: Sequence[bytes],
    *,
    log: Sequence[Verifier],
    signers: Sequence[Signer],
    place: str = "",
) -> SignedCheckpoint:
    """Cosign a log's checkpoint, if it continues what was seen of that log before.

    The caller keeps the returned checkpoint as the next `previous`, durably and before it hands the
    cosignature out, and lets no other call for the same log come between.

    Args:
        previous: the last checkpoint of this log that was cosigned; None when there is none.
        offered: the signed note as it came in, from anybody.
        proof: the consistency proof from the previous size; empty when there is no previous.
        log: the keys of the log, from its published key list.
        signers: the witness's keys with the time of the cosignature (`SigningKey.cosigners`).
        place: where the checkpoint comes from, for the message.

    Returns:
        The offered checkpoint with the witness's lines added.

    Raises:
        CheckpointForkError: both checkpoints are the log's, and contradict each other.
        IntegrityError: it is not signed by the log, is older than what was seen, or the proof
            does not hold.
    """
    signed = open_checkpoint(offered, log, place=place)
    if previous is None:
        if proof:
            raise IntegrityError("for a log never seen before the proof must be empty", place=place)
        return cosign(signed, signers)
    require_continuation(previous, signed, proof, place=place)
    return cosign(signed, signers)


def cosigned_message(
    *, name: str, time: int, origin: str, root: bytes, end: int, start: int = 0
) -> bytes:
    """The `cosigned_message` of tlog-cosignature, which ML-DSA-44 signs.

    Args:
        name: the cosigner's, 1 to 255 bytes.
        time: seconds since 1970, or 0.
        origin: the log's, 1 to 255 bytes.
        root: 32 bytes.
        end: the checkpoint's size.
        start: 0 for a checkpoint.

    Raises:
        IntegrityError: the origin is too long to be signed in this form.
    """
    if len(origin.encode()) > 255:
        raise IntegrityError("the origin is longer than the 255 bytes that ML-DSA-44 lines allow")
    return b"".join(
        [
            _ML_DSA_44_LABEL,
            bytes([len(name.encode())]) + name.encode(),
            time.to_bytes(8, "big"),
            bytes([len(origin.encode())]) + origin.encode(),
            start.to_bytes(8, "big"),
            end.to_bytes(8, "big"),
            root,
        ]
    )


def _message(key: VerifierKey, text: str, time: int) -> bytes:
    """What a cosignature of this key's type is over."""
    checkpoint = parse_checkpoint(text)
    if key.type is SignatureType.ED25519_COSIGNATURE:
        return f"{_ED25519_COSIGNATURE}time {time}\n{text}".encode()
    if checkpoint.extensions:
        # They would stand over the signature without being signed.
        raise IntegrityError("an ML-DSA-44 cosignature does not cover extension lines")
    return cosigned_message(
        name=key.name,
        time=time,
        origin=checkpoint.origin,
        root=checkpoint.root,
        end=checkpoint.size,
    )


def _witness_keys(witnesses: Sequence[Verifier], origin: str) -> list[VerifierKey]:
    names: dict[bytes, str] = {}
    for verifier in witnesses:
        key = verifier.key
        if key.type is SignatureType.ED25519:
            raise InputError(f"the key of {key.name} is a log's key, not a witness's")
        if names.setdefault(key.public_key, key.name) != key.name:
            raise InputError(
                f"{key.name} and {names[key.public_key]} are one witness: they share a key"
            )
    return [verifier.key for verifier in witnesses if verifier.key.name != origin]


def _time_of(signature: bytes) -> int:
    return int.from_bytes(signature[:_TIME_SIZE], "big")


def _ml_dsa_44_sign(seed: bytes, message: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

    return MLDSA44PrivateKey.from_seed_bytes(seed).sign(message)


def _ml_dsa_44_verifies(public_key: bytes, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

    if len(signature) != _ML_DSA_44_SIGNATURE_SIZE:
        return False
    try:
        MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, message)
    except InvalidSignature:
        return False
    return True
