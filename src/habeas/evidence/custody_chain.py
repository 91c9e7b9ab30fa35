"""Is a chain of custody whole? Says where it has gaps or contradicts itself, in words.

It judges what was recorded, never the people: a gap means that no hand-over was recorded, not that
anybody did anything. Nothing here raises for what an event says.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from habeas.errors import InputError
from habeas.evidence.custody import CustodyEvent, read_time

Kind = Literal["gap", "time", "hash", "seal", "item"]


class ChainFault(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a chain of custody does not hold."""

    kind: Kind
    """gap: a hand-over is missing; time, hash, seal: they contradict; item: not this item's."""
    position: int
    """Number of the event in the chain, from 1."""
    text: str
    """What is wrong, in one sentence."""


def check_chain(item: str, events: Sequence[CustodyEvent]) -> list[ChainFault]:
    """Every gap and contradiction in the custody of one item.

    Args:
        item: the SHA-256 of the item's file.
        events: its custody events in the order in which they were recorded.

    Returns:
        An empty list when the chain is whole: begun by a collection or a giver's hand-over, each
        giver the receiver before, times that never run backwards, the same hash throughout.
    """
    if not events:
        return [ChainFault(kind="gap", position=0, text="no custody was recorded")]
    faults: list[ChainFault] = []
    for position, event in enumerate(events, start=1):
        faults += _alone(item, event, position)
    for position, (before, after) in enumerate(pairwise(events), start=2):
        faults += _between(before, after, position)
    return sorted(faults, key=lambda fault: fault.position)


def _alone(item: str, event: CustodyEvent, position: int) -> list[ChainFault]:
    faults = []
    if event.item != item:
        text = f"this event is about another item, item:{event.item}"
        faults.append(ChainFault(kind="item", position=position, text=text))
    if event.receiver is None:
        text = "it is not said who held the item after this event"
        faults.append(ChainFault(kind="gap", position=position, text=text))
    try:
        read_time(event.time)
    except InputError as error:
        faults.append(ChainFault(kind="time", position=position, text=error.reason))
    for moment in ("before", "after"):
        found = getattr(event, f"hash_{moment}")
        if found is not None and found != item:
            text = f"the SHA-256 {moment} this event, {found}, is not that of the kept file"
            faults.append(ChainFault(kind="hash", position=position, text=text))
    return faults


def _between(before: CustodyEvent, after: CustodyEvent, position: int) -> list[ChainFault]:
    faults = []
    if before.receiver is not None and after.giver != before.receiver:
        giver = after.giver or "nobody named"
        text = f"the item was last with {before.receiver}, but here {giver} hands it over"
        faults.append(ChainFault(kind="gap", position=position, text=text))
    if _runs_backwards(before, after):
        text = f"{after.time} lies before the time of the event recorded before it, {before.time}"
        faults.append(ChainFault(kind="time", position=position, text=text))
    if None not in (before.hash_after, after.hash_before) and (
        before.hash_after != after.hash_before
    ):
        text = (
            f"the SHA-256 changed between two events, from {before.hash_after} "
            f"to {after.hash_before}"
        )
        faults.append(ChainFault(kind="hash", position=position, text=text))
    if before.seal_after is not None and after.seal_before != before.seal_after:
        found = after.seal_before or "no seal named"
        text = f"it was sealed with {before.seal_after}, but came with {found}"
        faults.append(ChainFault(kind="seal", position=position, text=text))
    return faults


def _runs_backwards(before: CustodyEvent, after: CustodyEvent) -> bool:
    try:
        return read_time(after.time) < read_time(before.time)
    except InputError:
        return False  # said where the unreadable event stands
