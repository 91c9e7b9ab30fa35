"""One leaf of a log: what one person or run recorded in one act.

An entry commits to its claims by their salted digests only, sorted and padded with decoys, so that
whoever holds it learns neither what was said nor how many claims there are. Format:
`docs/spec/record.md`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from habeas.claims.claim import digest, opened_log
from habeas.claims.encoding import CanonicalReader, canonical
from habeas.claims.values import Sha256
from habeas.errors import InputError, IntegrityError

MAX_ENTRY_BYTES = 65_535
"""C2SP tlog-tiles stores an entry behind a length of two bytes."""

SIZES = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768)
"""How many digests an entry may hold."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bytes of a leaf, read."""

    claims: Annotated[tuple[Sha256, ...], msgspec.Meta(min_length=1)]
    recorded: Annotated[
        str,
        msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z"),
    ]
    """When it was recorded, by the clock of the one who recorded."""
    recorder: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}\Z")]
    """A handle. Which person it is stays with the organisation."""
    type: Literal["habeas-entry/1"] = "habeas-entry/1"


_reader = CanonicalReader(Entry, "entry")


def log_name(origin: str) -> str:
    """The name of a log within the record: `4f…` of `habeas.invalid/log/4f…`."""
    return origin.rpartition("/")[2]


def log_id(origin: str) -> str:
    """The `log:` entity of a log: `log:4f…` of `habeas.invalid/log/4f…`."""
    return f"log:{log_name(origin)}"


def require_log(opening: bytes, origin: str, place: str = "") -> None:
    """Refuse a claim that was recorded in another log than the one that shows it.

    Raises:
        IntegrityError: the opening names another log.
    """
    if opened_log(opening) != log_name(origin):
        raise IntegrityError(
            "this claim was recorded in another log: its digest was copied into this one",
            place=place,
            mend="It counts for nothing here; ask its sender why it is there",
        )


def decoy_opening(salt: str) -> bytes:
    """The opening of a digest that stands for no claim."""
    return b'["' + salt.encode("ascii") + b'","decoy"]'


def make_entry(digests: Sequence[str], *, recorded: str, recorder: str) -> tuple[bytes, bytes]:
    """The bytes of an entry over some claims, and the salts of its decoys.

    Args:
        digests: the claims' digests, in hexadecimal, in any order.
        recorded: UTC, `YYYY-MM-DDTHH:MM:SSZ`.
        recorder: the handle of the one who records.

    Returns:
        The canonical bytes, and the decoys' salts, 32 bytes each, joined.

    Raises:
        InputError: no claim, more than fit into one entry, or what no reader would accept (a
            digest twice, a time or a handle of another form).
    """
    count = len(digests)
    if count == 0:
        raise InputError("an entry without claims", mend="Record at least one claim")
    size = next((size for size in SIZES if size >= count), 0)
    if not size:
        raise InputError(
            f"an entry of {count} claims",
            mend=f"One entry holds up to {SIZES[-1]} claims: split it by place in the source",
        )
    salts = os.urandom(32 * (size - count))
    every = sorted([*digests, *decoy_digests(salts)])
    data = canonical(Entry(claims=tuple(every), recorded=recorded, recorder=recorder))
    try:
        read_entry(data)
    except IntegrityError as error:
        raise InputError(
            f"this entry cannot be written down: {error.reason}",
            mend="See the form of entries in docs/spec/record.md",
        ) from error
    return data, salts


def decoy_digests(salts: bytes) -> list[str]:
    """The digests of the decoys with these salts (32 bytes each, joined)."""
    joined = salts.hex()
    return [digest(decoy_opening(joined[at : at + 64])) for at in range(0, len(joined), 64)]


def read_entry(data: bytes) -> Entry:
    """The entry that the bytes hold.

    Raises:
        IntegrityError: not an entry: not canonical, no digest, digests not sorted or repeated, not
            padded, too long.
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise IntegrityError(f"an entry of {len(data)} bytes", mend="The longest has 65,535")
    entry = _reader.read(data)
    if not isinstance(entry, Entry):
        raise IntegrityError("these bytes are no entry")
    if any(a >= b for a, b in zip(entry.claims, entry.claims[1:], strict=False)):
        raise IntegrityError(
            "the digests of an entry are not sorted, or one stands twice",
            mend="It was not written by this format: ask its sender for it again",
        )
    if len(entry.claims) not in SIZES:
        raise IntegrityError(
            f"an entry of {len(entry.claims)} digests, which is no padded size",
            mend="It was not written by this format: ask its sender for it again",
        )
    return entry
