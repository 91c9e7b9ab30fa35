"""Items of evidence in a dossier, and their custody as far as the clearance shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from habeas.claims.claim import prefix_of
from habeas.claims.values import File, Ref
from habeas.evidence.custody import CustodyEvent, read_custody
from habeas.evidence.custody_chain import check_chain
from habeas.publishing.contents import Item
from habeas.publishing.numbering import Numbering
from habeas.registry.view import Shown

_POINTING: Final = ("site", "depicts", "from_source", "working_copy_of")


def gather_items(numbering: Numbering, entities: Sequence[str]) -> tuple[Item, ...]:
    """The items that claims numbered so far name, and those that point at a source or an entity.

    Args:
        numbering: the claims of the sections.
        entities: those that have a section.
    """
    items: dict[str, None] = {}
    for shown in numbering.shown:
        value = shown.claim.value
        if isinstance(value, File):
            items.setdefault(f"item:{value.sha256}")
        if isinstance(value, Ref) and prefix_of(value.id) == "item":
            items.setdefault(value.id)
    sources = dict.fromkeys(shown.claim.source for shown in numbering.shown)
    for entity in [*entities, *sources]:
        for item in _pointing_at(numbering, entity):
            items.setdefault(item)
    return tuple(_item(numbering, item) for item in items)


def _pointing_at(numbering: Numbering, entity: str) -> list[str]:
    if prefix_of(entity) == "item":
        return [entity]
    return sorted(
        {
            shown.claim.subject
            for predicate in _POINTING
            for shown in numbering.view.claims(ref=entity, predicate=predicate)
            if prefix_of(shown.claim.subject) == "item" and not shown.withdrawn
        }
    )


def _item(numbering: Numbering, item: str) -> Item:
    claims = [shown for shown in numbering.about(item) if not shown.withdrawn]
    file = next((s.claim.value for s in claims if isinstance(s.claim.value, File)), None)
    digest = item.partition(":")[2] if file is None else file.sha256
    events = _custody(numbering, item)
    read = [event for event in (_read(claims) for claims in events) if event is not None]
    faults = check_chain(digest, read) if read and len(read) == len(events) else []
    return Item(
        item=item,
        claims=numbering.numbers(claims),
        sha256="" if file is None else file.sha256,
        size=None if file is None else file.size,
        media_type="" if file is None else file.media_type,
        custody=tuple(numbering.numbers(event) for event in events),
        faults=tuple((fault.position, fault.text) for fault in faults),
    )


def _custody(numbering: Numbering, item: str) -> list[list[Shown]]:
    """The claims of each custody event of an item, in the order of recording."""
    naming = numbering.in_order(numbering.view.claims(ref=item, predicate="custody_item"))
    events = dict.fromkeys(shown.claim.subject for shown in naming if not shown.withdrawn)
    found = [[shown for shown in numbering.about(event) if not shown.withdrawn] for event in events]
    return [event for event in found if event]


def _read(claims: Sequence[Shown]) -> CustodyEvent | None:
    return read_custody((shown.claim.predicate, shown.claim.value) for shown in claims)
