"""A file becomes evidence: kept whole, described by claims, its custody begun."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import msgspec

from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim, Sensitivity, strictest
from habeas.claims.values import Quantity, Ref
from habeas.errors import InputError, NotFoundError
from habeas.evidence.custody import CustodyEvent, custody_details
from habeas.evidence.detail import Detail
from habeas.evidence.item import EvidenceItem, item_details, keep_item
from habeas.registry.registry import Registry


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What was kept and recorded."""

    item: EvidenceItem
    claims: tuple[str, ...]
    """Digests of the claims that describe it."""
    custody: str
    """The `event:` with which its custody begins."""


def keep(
    registry: Registry,
    path: Path,
    *,
    source: str,
    custody: CustodyEvent,
    working_copy_of: str | None = None,
    sensitivity: Sensitivity = "team",
    recorder: str | None = None,
) -> Kept:
    """Keep a file as evidence of a source.

    Args:
        registry: where.
        path: the file; it is read, never touched.
        source: the `source:` that the file is.
        custody: how it came into the organisation's hands; its `item` becomes this file.
        working_copy_of: the `item:` that it was made from, if it is no original.
        sensitivity: of the claims that describe it; what it says of its own inside is `team` at
            least.
        recorder: who records.

    Raises:
        InputError: the file is empty, no plain file, or changed while it was read.
        NotFoundError: the source is not in the record.
        StorageError: the disk refused; nothing was recorded.
    """
    prepared = prepare(
        registry, path, source=source, custody=custody, working_copy_of=working_copy_of,
        sensitivity=sensitivity,
    )  # fmt: skip
    (kept,) = record_kept(registry, [prepared], recorder=recorder)
    return kept


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A file in the evidence store of which nothing is recorded yet."""

    item: EvidenceItem
    described: tuple[Claim, ...]
    custody: str
    handed: tuple[Claim, ...]


def prepare(
    registry: Registry,
    path: Path,
    *,
    source: str,
    custody: CustodyEvent,
    working_copy_of: str | None = None,
    sensitivity: Sensitivity = "team",
    shows: Sequence[Detail] = (),
) -> Prepared:
    """Store a file, and make what `record_kept` records of it.

    Args:
        registry: where.
        path: the file; it is read, never touched.
        source: the `source:` that the file is.
        custody: how it came into the organisation's hands; its `item` becomes this file.
        working_copy_of: the `item:` that it was made from, if it is no original.
        sensitivity: of the claims that describe it.
        shows: what else is said of it, in the same entry: what it shows, when it was made.

    Raises:
        InputError, NotFoundError, StorageError: as `keep`.
    """
    require_source(registry, source)
    _, expected = custody_claims(registry, custody.item, custody, sensitivity)
    expected.append(_from_source(registry, f"item:{custody.item}", source, sensitivity))
    expected += _claims(registry, f"item:{custody.item}", shows, (), sensitivity)
    for claim in expected:
        check_claim(claim)  # what cannot be recorded must not leave a file behind
    copy_of = working_copy_of.removeprefix("item:") if working_copy_of else None
    item = keep_item(registry.evidence, path, working_copy_of=copy_of)
    custody = msgspec.structs.replace(custody, item=item.sha256)
    described = [
        _from_source(registry, item.id, source, sensitivity),
        *_claims(registry, item.id, item_details(item), item.inside, sensitivity),
        *_claims(registry, item.id, shows, (), sensitivity),
    ]
    event, handed = custody_claims(registry, item.id, custody, sensitivity)
    return Prepared(item=item, described=tuple(described), custody=event, handed=tuple(handed))


def record_kept(
    registry: Registry, prepared: Sequence[Prepared], *, recorder: str | None = None
) -> tuple[Kept, ...]:
    """Record what is said of stored files, all in one batch.

    Raises:
        StorageError: the disk refused; nothing was recorded.
    """
    kept = []
    with registry.recording(recorder=recorder) as recording:
        for one in prepared:
            digests = recording.entry(one.described)
            recording.entry(one.handed)
            kept.append(Kept(item=one.item, claims=digests, custody=one.custody))
    return tuple(kept)


def hand_over(
    registry: Registry,
    item: str,
    custody: CustodyEvent,
    *,
    sensitivity: Sensitivity = "team",
    recorder: str | None = None,
) -> str:
    """Record that an item changed hands or place.

    Returns:
        The `event:` that says so.

    Raises:
        NotFoundError: the item is not in the record.
    """
    if not registry.view("sealed").claims(subject=item):
        raise NotFoundError(f"there is no item {item}", mend="Keep the file first: `habeas keep`")
    event, claims = custody_claims(registry, item, custody, sensitivity)
    with registry.recording(recorder=recorder) as recording:
        recording.entry(claims)
    return event


def custody_claims(
    registry: Registry, item: str, custody: CustodyEvent, sensitivity: Sensitivity
) -> tuple[str, list[Claim]]:
    """A custody event of an item as the claims of one entry, and the id it got.

    All of it is `team` at least, as the vocabulary has it: that there was a hand-over, too.
    """
    custody = msgspec.structs.replace(custody, item=item.removeprefix("item:"))
    event = f"event:custody-{secrets.token_hex(8)}"
    details = custody_details(custody)
    return event, _claims(registry, event, details, (), strictest(sensitivity, "team"))


def _from_source(registry: Registry, item: str, source: str, sensitivity: Sensitivity) -> Claim:
    return Claim(
        subject=item,
        predicate="from_source",
        value=Ref(id=source),
        source=registry.organisation,
        sensitivity=sensitivity,
    )


def require_source(registry: Registry, source: str) -> None:
    """Refuse a source that nobody recorded."""
    if not source.startswith(("source:", "org:", "run:")):
        raise InputError(f"{source!r} is no source", mend="Name it as it is recorded: `source:…`")
    view = registry.view("sealed")
    if next(iter(view.stream(subject=source)), None) is None:
        raise NotFoundError(
            f"there is no {source} in the record",
            mend="Record the source first, with its title: `habeas record SHEET.yaml`",
        )


def _claims(
    registry: Registry,
    subject: str,
    details: Sequence[Detail],
    inside: Sequence[Detail],
    sensitivity: Sensitivity,
) -> list[Claim]:
    guarded = {id(detail) for detail in inside}
    return [
        Claim(
            subject=subject,
            predicate=detail.predicate,
            value=detail.value,
            source=registry.organisation,
            note=detail.note,
            sensitivity=strictest(sensitivity, "team") if id(detail) in guarded else sensitivity,
        )
        for detail in details
    ]


def page_count(registry: Registry, source: str) -> int | None:
    """The pages of a source, when it or a kept file of it says so: what a locator must lie in."""
    view = registry.view("sealed")
    files = [shown.claim.subject for shown in view.stream(predicate="from_source", ref=source)]
    counts = [
        int(shown.claim.value.low)
        for entity in (source, *files)
        for shown in view.stream(subject=entity, predicate="page_count")
        if isinstance(shown.claim.value, Quantity) and shown.claim.value.low
    ]
    return max(counts, default=None)
