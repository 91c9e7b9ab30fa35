"""What is seen only when sheets, and what the registry already holds, are looked at together.

Entities that nobody introduced, labels that name nothing, pages that a source does not have,
sources derived from themselves, ids that would name a witness.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from habeas.claims.claim import Claim, prefix_of
from habeas.claims.values import Quantity, Ref, Term, Value
from habeas.errors import InputError, NotFoundError
from habeas.exchange.coding_sheet import Sheet, SheetEntry
from habeas.exchange.sheet_background import Background
from habeas.exchange.sheet_claims import SheetClaim
from habeas.exchange.sheet_complaints import Complaint, Complaints
from habeas.exchange.sheet_fields import Mention
from habeas.exchange.sheet_locators import Extent, outside

PROTECTED = ("witness_direct", "witness_hearsay", "relative")
"""Kinds of source (`source_kind`) that are a person at risk."""

EXTENTS = {
    "pages": "page_count",
    "rows": "row_count",
    "characters": "characters",
    "seconds": "duration",
}
"""Which predicate of a source says how long it is."""

DERIVATION = "derived_from"
"""The predicate by which a source takes what it says from another."""

NAMES = ("label", "title", "name", "other_name")
"""The predicates that name an entity."""

_OPAQUE = re.compile(r"source:[a-z]{1,2}-[0-9a-f]{6,}")
_COPY = re.compile(r"\b(repost|reposted|reprint|copy of|translation of)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Checked:
    """Sheets that were looked at together."""

    sheets: tuple[Sheet, ...]
    """With every beginning of a digest completed."""
    complaints: tuple[Complaint, ...]
    warnings: tuple[Complaint, ...]


def check_sheets(sheets: Sequence[Sheet], background: Background) -> Checked:
    """Look at sheets together.

    Args:
        sheets: the sheets that are to be recorded in one batch.
        background: what is already known.
    """
    check = _Check(sheets, background)
    complete = tuple(check.one(sheet) for sheet in sheets)
    check.derivations()
    return Checked(complete, tuple(check.complaints.found), tuple(check.complaints.warnings))


class _Check:
    """One look at several sheets."""

    def __init__(self, sheets: Sequence[Sheet], background: Background) -> None:
        self.complaints = Complaints()
        self._background = background
        self._declared: dict[str, tuple[str, int]] = {}
        self._labels: dict[str, tuple[str, int, int]] = {}
        self._said: dict[tuple[str, str], list[tuple[str, SheetClaim]]] = defaultdict(list)
        self._about: dict[str, list[Claim]] = defaultdict(list)
        self._known: dict[str, bool] = {}
        self._extents: dict[str, Extent] = {}
        for sheet in sheets:
            self.complaints.file = sheet.file
            self._introduce(sheet)

    def _introduce(self, sheet: Sheet) -> None:
        for entity, line in sheet.declared.items():
            if entity in self._declared:
                file, first = self._declared[entity]
                self.complaints.add(
                    line,
                    f"{entity} is introduced twice (also in {file}:{first})",
                    "Introduce it in one sheet; the other may use it all the same",
                )
            else:
                self._declared[entity] = (sheet.file, line)
        for entry in sheet.entries:
            for found in entry.claims:
                self._said[found.claim.subject, found.claim.predicate].append((sheet.file, found))
                self._about[found.claim.subject].append(found.claim)
            self._label(sheet, entry)

    def _label(self, sheet: Sheet, entry: SheetEntry) -> None:
        """The labels of one entry; the values of one item share its label."""
        counts: dict[tuple[str, int], int] = defaultdict(int)
        for found in entry.claims:
            if found.label is not None:
                counts[found.label, found.item] += 1
        for (label, item), count in counts.items():
            if label in self._labels:
                file, first, _ = self._labels[label]
                self.complaints.add(
                    item,
                    f"the label “{label}” is taken (also in {file}:{first})",
                    "A label names one claim of all the sheets that are recorded together",
                )
            else:
                self._labels[label] = (sheet.file, item, count)

    def one(self, sheet: Sheet) -> Sheet:
        """One sheet, its mentions of recorded claims completed."""
        self.complaints.file = sheet.file
        for entity, line in sheet.mentioned:
            self._known_entity(entity, line)
        entries = tuple(
            replace(entry, claims=tuple(self._claim(found) for found in entry.claims))
            for entry in sheet.entries
        )
        for entity, line in sheet.declared.items():
            self._named(entity, line)
            if prefix_of(entity) == "source":
                self._source(entity, line)
        self._recorded_before(sheet)
        return replace(sheet, entries=entries)

    def _named(self, entity: str, line: int) -> None:
        if any((entity, name) in self._said for name in NAMES) or self._background.knows(entity):
            return
        self.complaints.add(line, f"{entity} has no name", "Give it a label: {en: ..., fa: ...}")

    def _recorded_before(self, sheet: Sheet) -> None:
        """Refuse to say again what the organisation said; what sources say may be said again."""
        for own in (True, False):
            again = [
                found.line
                for found in sheet.claims
                if (prefix_of(found.claim.source) == "org") is own
                and not found.mentions
                and self._background.holds(found.claim)
            ]
            if again:
                note = self.complaints.add if own else self.complaints.warn
                note(
                    again[0],
                    f"{len(again)} claims from here on are recorded already",
                    "Was this sheet recorded before? Put what is new into a sheet of its own",
                )

    def _claim(self, found: SheetClaim) -> SheetClaim:
        claim, line = found.claim, found.line
        for entity in _entities(claim):
            self._known_entity(entity, line)
        if claim.locator:
            extent = self._extent(claim.source)
            for selector in claim.locator:
                reason = outside(selector, extent)
                if reason is not None:
                    self.complaints.add(
                        line,
                        reason,
                        "Look at the place again, or at what is said of the source",
                    )
        if not found.mentions:
            return found
        about = None if found.about is None else self._mention(found.about, one=True)
        rests_on = tuple(self._mention(mention, one=False) for mention in found.rests_on)
        return replace(found, about=about, rests_on=rests_on)

    def _known_entity(self, entity: str, line: int) -> None:
        if entity in self._declared:
            return
        if entity not in self._known:
            self._known[entity] = self._background.knows(entity)
        if not self._known[entity]:
            section = "sources" if prefix_of(entity) == "source" else "entities"
            mend = self.complaints.did_you_mean(
                entity, self._declared, f"Introduce it under {section}: with its label"
            )
            self.complaints.add(line, f"nobody introduced {entity}", mend)

    def _mention(self, mention: Mention, *, one: bool) -> Mention:
        if mention.is_label:
            self._mention_label(mention, one=one)
            return mention
        try:
            return replace(mention, name=self._background.digest(mention.name))
        except (InputError, NotFoundError) as error:
            self.complaints.add(mention.line, error.reason, error.mend)
            return mention

    def _mention_label(self, mention: Mention, *, one: bool) -> None:
        if mention.name not in self._labels:
            mend = self.complaints.did_you_mean(
                mention.name,
                self._labels,
                "Give the claim that is meant this id:, or name it by its digest (claim:...)",
            )
            self.complaints.add(
                mention.line, f"no claim of these sheets has the label “{mention.name}”", mend
            )
        elif one and self._labels[mention.name][2] > 1:
            self.complaints.add(
                mention.line,
                f"“{mention.name}” names {self._labels[mention.name][2]} claims, and one is meant",
                "Write the values of that claim as claims of their own, each with its id:",
            )

    def _values(self, subject: str, predicate: str) -> Iterator[Value]:
        for _, found in self._said.get((subject, predicate), ()):
            yield found.claim.value
        yield from self._background.values(subject, predicate)

    def _extent(self, source: str) -> Extent:
        if source not in self._extents:
            ends: dict[str, Decimal] = {}
            for name, predicate in EXTENTS.items():
                for value in self._values(source, predicate):
                    if isinstance(value, Quantity) and value.high is not None:
                        ends[name] = max(Decimal(value.high), ends.get(name, Decimal(0)))
            self._extents[source] = Extent(
                pages=_whole(ends, "pages"),
                rows=_whole(ends, "rows"),
                characters=_whole(ends, "characters"),
                seconds=ends.get("seconds"),
            )
        return self._extents[source]

    def _source(self, source: str, line: int) -> None:
        kinds = [v.term for v in self._values(source, "source_kind") if isinstance(v, Term)]
        if any(kind in PROTECTED for kind in kinds):
            self._protected(source, line)
        if not any(True for _ in self._parents(source)) and self._looks_copied(source):
            self.complaints.warn(
                line,
                f"{source} is a copy, and nothing says of what",
                "A copy is no second source: give derived_from when the text it copies is known",
            )

    def _protected(self, source: str, line: int) -> None:
        if not _OPAQUE.fullmatch(source):
            self.complaints.add(
                line,
                f"{source} is a person to protect, and the id may tell who",
                "Use an id that says nothing: one letter, “-” and six random hexadecimal digits, "
                "such as source:w-7f3a91",
            )
        if any(claim.sensitivity in ("public", "partners") for claim in self._about[source]):
            self.complaints.add(
                line,
                f"what is said of {source}, a person to protect, would leave the team",
                "Write sensitivity: team, or sealed, under this source",
            )

    def _looks_copied(self, source: str) -> bool:
        kinds = [v.term for v in self._values(source, "source_kind") if isinstance(v, Term)]
        titles = [value.text or "" for value in self._values(source, "title")]
        return "repost" in kinds or any(_COPY.search(title) for title in titles)

    def derivations(self) -> None:
        """Refuse sources that are, over however many steps, derived from themselves."""
        for (source, predicate), said in list(self._said.items()):
            if predicate != DERIVATION:
                continue
            for file, found in said:
                if isinstance(found.claim.value, Ref) and self._leads(found.claim.value.id, source):
                    self.complaints.file = file
                    self.complaints.add(
                        found.line,
                        f"{source} would be derived from itself",
                        "Say which of the texts came first, and leave the other way out",
                    )

    def _leads(self, start: str, goal: str) -> bool:
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            here = ahead.pop()
            if here == goal:
                return True
            if here not in seen:
                seen.add(here)
                ahead.extend(self._parents(here))
        return False

    def _parents(self, source: str) -> Iterator[str]:
        for value in self._values(source, DERIVATION):
            if isinstance(value, Ref):
                yield value.id


def _whole(ends: Mapping[str, Decimal], name: str) -> int | None:
    return int(ends[name]) if name in ends else None


def _entities(claim: Claim) -> Iterator[str]:
    """The entities that a claim names and that somebody has to have introduced."""
    if prefix_of(claim.subject) != "claim":
        yield claim.subject
    if prefix_of(claim.source) != "org":
        yield claim.source
    if isinstance(claim.value, Ref):
        yield claim.value.id
    if claim.by is not None:
        yield from claim.by.parties
