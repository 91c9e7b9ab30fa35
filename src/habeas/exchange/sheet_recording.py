"""From coding sheets to the record: read all, check all, then record all in one batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from habeas.claims.claim import Claim, prefix_of
from habeas.exchange.coding_sheet import Sheet, SheetEntry, read_sheet
from habeas.exchange.sheet_background import Background, Nothing
from habeas.exchange.sheet_checks import check_sheets
from habeas.exchange.sheet_claims import SheetClaim
from habeas.exchange.sheet_complaints import Complaint, raise_complaints


class Recorder(Protocol):
    """A batch that is being recorded."""

    def entry(self, claims: Sequence[Claim]) -> tuple[str, ...]:
        """Put down claims of one place in one source; their digests, in the order given."""


class RecordsClaims(Protocol):
    """What is needed of a registry to record sheets."""

    @property
    def organisation(self) -> str:
        """The `org:` id of the organisation."""

    def recording(self) -> AbstractContextManager[Recorder]:
        """A batch: all of it is recorded, or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundSheets:
    """Sheets in which nothing is left to mend, and what is still worth a look."""

    sheets: tuple[Sheet, ...]
    warnings: tuple[Complaint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of the sheets."""

    entries: int
    claims: int
    findings: int
    digests: dict[str, tuple[str, ...]]
    """The digests of the claims under each label."""


def read_sheets(
    sources: Sequence[Path | bytes], *, organisation: str, background: Background | None = None
) -> SoundSheets:
    """Read and check sheets that belong together.

    Args:
        sources: files, or the bytes of sheets (named `sheet 1`, `sheet 2`... in messages).
        organisation: the `org:` id of the organisation that keeps the registry.
        background: what the registry already holds; nothing when it is left out.

    Raises:
        InputError: with everything there is to mend in all of the sheets.
    """
    sheets: list[Sheet] = []
    complaints: list[Complaint] = []
    for number, source in enumerate(sources, 1):
        sheet, found = read_sheet(source, organisation=organisation, name=f"sheet {number}")
        sheets.append(sheet)
        complaints += found
    checked = check_sheets(sheets, background or Nothing())
    # A claim that could not be read is missing, and so is its label: only the cause is told.
    raise_complaints(complaints or checked.complaints)
    order(checked.sheets)
    return SoundSheets(sheets=checked.sheets, warnings=tuple(sorted(checked.warnings)))


def record_sheets(registry: RecordsClaims, sheets: Sequence[Sheet]) -> Recorded:
    """Record sheets in one batch: all of them or nothing.

    Args:
        registry: where to.
        sheets: as `read_sheets` gives them.

    Raises:
        InputError: claims that are about each other in a circle, or what the registry refuses.
    """
    batches = order(sheets)
    digests: dict[str, tuple[str, ...]] = {}
    with registry.recording() as recording:
        for batch in batches:
            made = recording.entry([found.resolved(digests) for found in batch])
            for found, digest in zip(batch, made, strict=True):
                if found.label is not None:
                    digests[found.label] = (*digests.get(found.label, ()), digest)
    return Recorded(
        entries=len(batches),
        claims=sum(len(batch) for batch in batches),
        findings=sum(sheet.findings for sheet in sheets),
        digests=digests,
    )


def order(sheets: Sequence[Sheet]) -> list[tuple[SheetClaim, ...]]:
    """What goes into one entry each, so that a claim comes after those that it speaks of.

    What the organisation says of its sources and entities comes first; else entries keep the order
    of the sheets. A claim about a claim of the same entry makes an entry of its own behind it.

    Raises:
        InputError: claims that speak of each other in a circle.
    """
    levels = _levels([(sheet, found) for sheet in sheets for found in sheet.claims])
    batches: dict[tuple[int, bool], list[tuple[SheetClaim, ...]]] = defaultdict(list)
    for sheet in sheets:
        for entry in sheet.entries:
            introduced = prefix_of(entry.claims[0].claim.source) == "org"
            for level, claims in _split(entry, levels):
                batches[level, level > 0 or not introduced].append(claims)
    return [batch for key in sorted(batches) for batch in batches[key]]


def _split(
    entry: SheetEntry, levels: dict[int, int]
) -> Iterator[tuple[int, tuple[SheetClaim, ...]]]:
    parts: dict[int, list[SheetClaim]] = defaultdict(list)
    for found in entry.claims:
        parts[levels.get(id(found), 0)].append(found)
    for level, claims in sorted(parts.items()):
        yield level, tuple(claims)


def _levels(claims: Sequence[tuple[Sheet, SheetClaim]]) -> dict[int, int]:
    """How many steps each claim that speaks of others stands above claims that speak of none."""
    speaking = [(sheet, found) for sheet, found in claims if found.mentions]
    labelled: dict[str, list[SheetClaim]] = defaultdict(list)
    for _, found in claims:
        if found.label is not None:
            labelled[found.label].append(found)
    levels: dict[int, int] = {}
    waiting = speaking
    level = 0
    while waiting:
        level += 1
        unknown = {id(found) for _, found in waiting}
        ready = [
            (sheet, found)
            for sheet, found in waiting
            if not any(
                id(other) in unknown
                for mention in found.mentions
                if mention.is_label
                for other in labelled[mention.name]
            )
        ]
        if not ready:
            raise_complaints(_circle(waiting))
        for _, found in ready:
            levels[id(found)] = level
        done = {id(found) for _, found in ready}
        waiting = [pair for pair in waiting if id(pair[1]) not in done]
    return levels


def _circle(waiting: Sequence[tuple[Sheet, SheetClaim]]) -> Iterator[Complaint]:
    for sheet, found in waiting:
        yield Complaint(
            sheet.file,
            found.line,
            "this claim speaks of itself, or of a claim that in the end speaks of it",
            "A claim can only be about, or rest on, what was said before it",
        )
