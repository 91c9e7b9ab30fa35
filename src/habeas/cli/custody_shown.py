"""The chain of custody of an item, judged in words."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from habeas.cli.terminal import Words, screen, table
from habeas.errors import NotFoundError
from habeas.evidence.custody import CustodyEvent, read_custody
from habeas.evidence.custody_chain import ChainFault, check_chain
from habeas.registry.view import Shown, View


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """The custody of an item at one clearance. The keys of the JSON output."""

    item: str
    events: tuple[CustodyEvent, ...]
    faults: tuple[ChainFault, ...]
    whole: bool
    """Whether no fault was found among the events that may be seen."""
    forked: bool
    """Whether a claim that tells of it stands in a log that is forked."""


def chain(view: View, item: str) -> Chain:
    """The custody events of an item in the order in which they were recorded.

    Raises:
        NotFoundError: nothing may be seen of the item.
    """
    if next(iter(view.stream(subject=item)), None) is None:
        raise NotFoundError(f"there is no {item}", mend="Keep the file first: `habeas keep`")
    subjects = dict.fromkeys(
        shown.claim.subject
        for shown in view.stream(ref=item, predicate="custody_item")
        if not shown.withdrawn
    )
    told = [_told(view, subject) for subject in subjects]
    events = tuple(event for claims in told if (event := _event(claims)) is not None)
    faults = tuple(check_chain(item.removeprefix("item:"), events))
    return Chain(
        item=item,
        events=events,
        faults=faults,
        whole=not faults,
        forked=any(shown.forked for claims in told for shown in claims),
    )


def _told(view: View, subject: str) -> list[Shown]:
    return [shown for shown in view.stream(subject=subject) if not shown.withdrawn]


def _event(claims: Sequence[Shown]) -> CustodyEvent | None:
    return read_custody((shown.claim.predicate, shown.claim.value) for shown in claims)


def print_chain(found: Chain) -> None:
    """The chain, for people."""
    out = screen()
    out.print(Words(found.item, "bold"))
    made = table("#", "time", "act", "from", "to", "state")
    for number, event in enumerate(found.events, start=1):
        state = "\n".join(
            text for text in (event.place, event.method, event.seal_after, event.condition) if text
        )
        made.add_row(
            Words(str(number)), Words(event.time), Words(event.act), Words(event.giver or "–"),
            Words(event.receiver or "–"), Words(state),
        )  # fmt: skip
    out.print(made)
    for fault in found.faults:
        out.print(Words(f"event {fault.position}: {fault.text}", "bold yellow"))
    if found.forked:
        out.print(Words("A claim that tells of it stands in a forked log.", "bold yellow"))
    if found.whole:
        out.print(Words("The chain is whole: no gap, no contradiction.", "green"))
