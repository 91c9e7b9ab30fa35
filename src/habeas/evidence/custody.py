"""Custody: who held an item, from whose hands into whose, when, where, and in what state.

One hand-over is one event: an `event:` entity of kind `custody`, whose fields are claims, one each,
recorded together in one entry. Fields: Berkeley Protocol (HR/PUB/20/2) on preservation, Minnesota
Protocol (2016) on the transfer of evidence: every transfer signed. Events are only ever added; a
mistake is withdrawn like any claim and a corrected event recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from habeas.claims.values import EntityId, Ref, Sha256, Term, Text, Value, When
from habeas.errors import InputError
from habeas.evidence.detail import Detail
from habeas.evidence.item import item_id

_ITEM = re.compile(r"item:([0-9a-f]{64})")


class CustodyEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One hand-over of one item. What nobody said is left out."""

    item: Sha256
    """The SHA-256 of the item's file."""
    act: str
    """A term of `custody_act`: collected, transferred, examined, copied, sealed..."""
    time: str
    """When, with the zone: `2026-05-01T14:30:00+03:30`."""
    giver: EntityId | None = None
    """Who handed it over; none when it was collected where it lay."""
    receiver: EntityId | None = None
    """Who holds it from then on."""
    place: str | None = None
    """Where, in words."""
    purpose: str | None = None
    method: str | None = None
    """How it travelled: by hand, by courier, over which channel."""
    hash_before: Sha256 | None = None
    """SHA-256 of the file as it was handed over."""
    hash_after: Sha256 | None = None
    """SHA-256 of the file as it was received."""
    seal_before: str | None = None
    """Number or description of the seal on a physical carrier before."""
    seal_after: str | None = None
    condition: str | None = None
    """The state in which it was received, in words."""
    signature: str | None = None
    """Who signed for it and where the signature is kept."""


_WORDS = ("place", "purpose", "method", "hash_before", "hash_after", "seal_before", "seal_after",
          "condition", "signature")  # fmt: skip


def custody_details(event: CustodyEvent) -> list[Detail]:
    """The claims of a custody event, all about its `event:` entity, for one entry.

    Raises:
        InputError: the time cannot be read, or has no zone.
    """
    moment = read_time(event.time)
    day = moment.date().isoformat()
    when = When(text=event.time, calendar="gregorian", earliest=day, latest=day, precision="second")
    details = [
        Detail(predicate="event_kind", value=Term(term="custody")),
        Detail(predicate="custody_item", value=Ref(id=item_id(event.item))),
        Detail(predicate="custody_act", value=Term(term=event.act)),
        Detail(predicate="custody_time", value=when),
    ]
    for field in ("giver", "receiver"):
        if party := getattr(event, field):
            details.append(Detail(predicate=f"custody_{field}", value=Ref(id=party)))
    for field in _WORDS:
        if words := getattr(event, field):
            details.append(Detail(predicate=f"custody_{field}", value=Text(text=words)))
    return details


def read_custody(pairs: Iterable[tuple[str, Value]]) -> CustodyEvent | None:
    """The custody event that the claims about one `event:` entity describe.

    Args:
        pairs: predicate and value of its claims that may be seen; others are passed over.

    Returns:
        None when the item, the act or the time is missing (hidden, erased or never said).
    """
    fields: dict[str, str] = {}
    for predicate, value in pairs:
        field = predicate.removeprefix("custody_")
        if field != predicate and (text := _plain(value)):
            fields.setdefault(field, text)
    item = _ITEM.fullmatch(fields.get("item", ""))
    if item is None or not {"act", "time"} <= fields.keys():
        return None
    known = {name: fields[name] for name in CustodyEvent.__struct_fields__ if name in fields}
    return CustodyEvent(**{**known, "item": item[1]})


def _plain(value: Value) -> str | None:
    match value:
        case Ref():
            return value.id
        case Term():
            return value.term
        case Text() | When():
            return value.text
        case _:
            return None


def read_time(text: str) -> datetime:
    """A time with its zone.

    Raises:
        InputError: not ISO 8601, or without an offset from UTC.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _bad_time(text) from error
    if moment.tzinfo is None:
        raise _bad_time(text)
    return moment


def _bad_time(text: str) -> InputError:
    return InputError(
        f"{text[:60]!r} is not a time with a zone",
        mend="Write it like 2026-05-01T14:30:00+03:30",
    )
