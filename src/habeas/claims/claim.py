"""A claim: what one source says in one place. The unit of meaning and of disclosure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Literal

import msgspec

from habeas.claims.encoding import CanonicalReader, canonical_lines, sha256_hex
from habeas.claims.locator import Selector
from habeas.claims.values import EntityId, Sha256, Value, When
from habeas.errors import InputError, IntegrityError

Sensitivity = Literal["public", "partners", "team", "sealed"]

SENSITIVITIES: tuple[Sensitivity, ...] = ("public", "partners", "team", "sealed")
"""From the least to the most restricted."""

SourceId = Annotated[str, msgspec.Meta(pattern=r"^(?:source|run|org):[a-z0-9][a-z0-9._-]{0,99}\Z")]


class By(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """To whom the source attributes a statement, when not to itself."""

    text: str
    """In the source's words: "families, as told to Justice for Iran"."""
    parties: tuple[EntityId, ...] = ()
    """The organisations or persons among them that the record knows by an id."""


class Claim(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """One attributed statement. Fields and their meaning: `docs/spec/record.md`."""

    subject: EntityId
    predicate: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
    value: Value
    source: SourceId
    locator: tuple[Selector, ...] = ()
    by: By | None = None
    holds: When | None = None
    credibility: Annotated[int, msgspec.Meta(ge=1, le=6)] | None = None
    reading: str | None = None
    note: str | None = None
    rests_on: tuple[Sha256, ...] = ()
    standard: str | None = None
    sensitivity: Sensitivity


_reader = CanonicalReader(tuple[str, str, Claim], "claim")


def new_salts(count: int) -> list[str]:
    """Salts: for each, 32 random bytes from the operating system as 64 hexadecimal digits."""
    digits = os.urandom(32 * count).hex()
    return [digits[at : at + 64] for at in range(0, len(digits), 64)]


def seal(claims: Sequence[Claim], log: str) -> list[bytes]:
    """The openings of some claims, each under a fresh salt: canonical `[salt, log, claim]`.

    What was sealed is read back and compared, so that nothing is recorded that could not be read,
    or that would be read as something else (bytes as base64, a date as text).

    Args:
        claims: the claims.
        log: the name of the log that they are recorded in, 32 hexadecimal digits. Nobody else can
            take over a claim by naming its digest in a log of their own.

    Raises:
        InputError: a field does not have the form that `docs/spec/record.md` gives it, or the log
            is no name of a log.
    """
    if not (isinstance(log, str) and _is_hex(log, 32)):
        raise InputError("the name of a log is 32 hexadecimal digits")
    openings = [
        (salt, log, claim) for salt, claim in zip(new_salts(len(claims)), claims, strict=True)
    ]
    try:
        lines = canonical_lines(openings)
        same = _reads_back(lines, openings)
    except IntegrityError as error:
        raise _unwritable(error.reason) from error
    except _UNWRITABLE as error:
        raise _unwritable(str(error)) from error
    if not same:
        raise _unwritable("a field is of another type than the one it has when it is read back")
    return lines.split(b"\n")[: len(claims)]


def _reads_back(lines: bytes, openings: Sequence[tuple[str, str, Claim]]) -> bool:
    return _validator.decode_lines(lines) == openings


_UNWRITABLE = (msgspec.MsgspecError, UnicodeError, TypeError, OverflowError, RecursionError)
"""What the encoder and the decoder raise for values that are not of their declared type."""


def _unwritable(why: str) -> InputError:
    return InputError(
        f"this claim cannot be written down: {why}",
        mend="See the forms of fields and values in docs/spec/record.md",
    )


def digests(openings: Sequence[bytes]) -> tuple[str, ...]:
    """The digest of each opening."""
    return tuple([sha256(opening).hexdigest() for opening in openings])


def digest(opening: bytes) -> str:
    """The claim's id: SHA-256 of its opening, in hexadecimal."""
    return sha256_hex(opening)


def read_opening(opening: bytes) -> tuple[str, Claim]:
    """The salt and the claim that an opening holds.

    Raises:
        IntegrityError: not an opening, or not in canonical form.
    """
    value = _reader.read(opening)
    if not isinstance(value, tuple) or not (_is_hex(value[0], 64) and _is_hex(value[1], 32)):
        raise IntegrityError(
            "this opening is not a salt of 64 and a log of 32 hexadecimal digits, and a claim",
            mend="It was not written by this format: ask its sender for it again",
        )
    return value[0], value[2]


def opened_claim(opening: bytes) -> Claim:
    """The claim of an opening that is known to be in canonical form: `read_opening`, unchecked.

    Raises:
        IntegrityError: the bytes hold no claim.
    """
    try:
        return _validator.decode(opening)[2]
    except (msgspec.DecodeError, UnicodeError) as error:
        raise IntegrityError(f"this claim cannot be read: {error}") from error


def opened_log(opening: bytes) -> str:
    """The name of the log that an opening (as `read_opening` accepts it) was recorded in."""
    return opening[_LOG].decode("ascii", "replace")


_LOG = slice(len('["') + 64 + len('","'), len('["') + 64 + len('","') + 32)


def _is_hex(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and not text.strip("0123456789abcdef")


_validator = msgspec.json.Decoder(tuple[str, str, Claim])


def strictest(*levels: Sensitivity) -> Sensitivity:
    """The most restricted of several levels."""
    return max(levels, key=SENSITIVITIES.index)


def prefix_of(entity: str) -> str:
    """The kind of an entity by its id: `site` of `site:khavaran`."""
    return entity.partition(":")[0]
