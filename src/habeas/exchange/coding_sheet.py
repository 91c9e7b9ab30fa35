"""The coding sheet: claims written down by hand, one source and one place after the other.

The format is told in `docs/coding-sheet.md` for those who write it. Reading does no more than read:
what a sheet holds is given back as entries of claims. `sheet_checks` looks at several sheets
together, and `sheet_recording` records them, all in one batch or none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from habeas.claims.claim import Sensitivity
from habeas.claims.vocabulary import vocabulary
from habeas.exchange.sheet_claims import SHARED, ClaimReader, Given, SheetClaim
from habeas.exchange.sheet_complaints import Complaint, Complaints
from habeas.exchange.sheet_fields import FieldReader
from habeas.exchange.sheet_locators import read_locator
from habeas.exchange.sheet_values import CALENDARS, ValueReader
from habeas.exchange.yaml_marks import Block, Marked, Series, Words, read_yaml, read_yaml_file

FORMAT = "coding-sheet/1"
"""What stands after `habeas:` on the first line of a sheet."""

MAX_CLAIMS = 700
"""How many claims one entry takes (an entry of the log holds 768, decoys included)."""

SECTIONS = ("sources", "entities", "entries", "findings")
"""The parts of a sheet that hold claims."""

_TOP = ("habeas", "case", "sensitivity", "calendar", "parties", *SECTIONS)
_ENTRY = ("source", "locator", *SHARED, "claims")
_CASE_MEMBER = "concerns"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetEntry:
    """What the sheet says was said in one place of one source."""

    claims: tuple[SheetClaim, ...]
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A coding sheet that has been read."""

    file: str
    """Its name, as given."""
    entries: tuple[SheetEntry, ...] = ()
    """In the order sources, entities, entries, findings."""
    declared: Mapping[str, int] = field(default_factory=dict)
    """The sources and entities that it introduces, each with its line."""
    mentioned: tuple[tuple[str, int], ...] = ()
    """Entities named outside of claims (parties, the case), each with its line."""

    @property
    def claims(self) -> Iterator[SheetClaim]:
        """Every claim, in the order of the entries."""
        for entry in self.entries:
            yield from entry.claims

    @property
    def findings(self) -> int:
        """How many of the claims are findings."""
        return sum(1 for claim in self.claims if claim.rests_on)


def read_sheet(
    source: Path | bytes, *, organisation: str, name: str = ""
) -> tuple[Sheet, tuple[Complaint, ...]]:
    """What one sheet holds, and what is wrong with it, before it is compared with anything else.

    Args:
        source: a file, or its bytes.
        organisation: the `org:` id of the organisation that keeps the registry.
        name: what to call bytes in messages.

    Raises:
        InputError: the file is not to be read at all: missing, no UTF-8, no YAML.
    """
    if isinstance(source, bytes):
        marked, file = read_yaml(source, name), name
    else:
        marked, file = read_yaml_file(source), str(source)
    complaints = Complaints(file)
    top = _top(marked, complaints)
    sheet = _read(top, complaints, organisation) if top else Sheet(file=file)
    return sheet, tuple(complaints.found)


def _top(marked: Marked, complaints: Complaints) -> Block | None:
    """The sheet's outermost block, when it says that it is a sheet."""
    mend = f"Begin with: habeas: {FORMAT}"
    first = marked.pairs.get("habeas") if isinstance(marked, Block) else None
    if not isinstance(marked, Block) or not isinstance(first, Words):
        complaints.add(marked.line, "this is no coding sheet", mend)
        return None
    if first.text != FORMAT:
        complaints.add(first.line, f"a sheet of the form “{first.text}” cannot be read here", mend)
        return None
    return marked


def _read(top: Block, complaints: Complaints, organisation: str) -> Sheet:
    fields = FieldReader(complaints=complaints)
    fields.refuse_unknown(top, _TOP, "a coding sheet")
    head = _Head.read(top, fields)
    sections = _Sections(head, complaints, organisation)
    entries = (
        *sections.introductions(top, "sources"),
        *sections.introductions(top, "entities"),
        *sections.entries(top),
        *sections.findings(top),
    )
    if not entries and not complaints.found:
        complaints.add(top.line, "this sheet holds no claim", f"It needs {' or '.join(SECTIONS)}")
    return Sheet(
        file=complaints.file,
        entries=entries,
        declared=sections.declared,
        mentioned=head.mentioned,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What a sheet says once, for all that follows."""

    sensitivity: Sensitivity
    calendar: str | None
    case: str | None
    parties: Mapping[str, tuple[str, ...]]
    mentioned: tuple[tuple[str, int], ...]

    @classmethod
    def read(cls, top: Block, fields: FieldReader) -> _Head:
        mentioned: list[tuple[str, int]] = []
        level, calendar = top.pairs.get("sensitivity"), top.pairs.get("calendar")
        parties = {}
        for words, marked in _block(top, "parties", fields.complaints).pairs.items():
            parties[words] = fields.entities(marked)
            mentioned += [(party, marked.line) for party in parties[words]]
        case = _case(top, fields)
        if case is not None:
            mentioned.append((case, top.line_of("case")))
        return cls(
            sensitivity=(fields.sensitivity(level) if level else None) or "team",
            calendar=fields.choice(calendar, "calendar", CALENDARS) if calendar else None,
            case=case,
            parties=parties,
            mentioned=tuple(mentioned),
        )


def _case(top: Block, fields: FieldReader) -> str | None:
    marked = top.pairs.get("case")
    if marked is None:
        return None
    entity = fields.entity(marked) if isinstance(marked, Words) else None
    if entity is not None and entity.startswith("case:"):
        return entity
    if entity is not None or not isinstance(marked, Words):
        fields.complaints.add(marked.line, "“case” needs one id that begins with case:")
    return None


class _Sections:
    """Reads the parts of one sheet that hold claims."""

    def __init__(self, head: _Head, complaints: Complaints, organisation: str) -> None:
        self.declared: dict[str, int] = {}
        self._head = head
        self._complaints = complaints
        self._organisation = organisation
        self._fields = FieldReader(complaints=complaints, parties=head.parties)
        self._claims = ClaimReader(
            fields=self._fields,
            values=ValueReader(complaints=complaints, calendar=head.calendar),
        )

    def introductions(self, top: Block, section: str) -> Iterator[SheetEntry]:
        """Sources or entities: what the organisation itself says of them."""
        block = _block(top, section, self._complaints)
        for id_, marked in block.pairs.items():
            line = block.line_of(id_)
            entity = self._fields.entity(Words(id_, line))
            if entity is None or not self._belongs(entity, section, line):
                continue
            self.declared[entity] = line
            if isinstance(marked, Block):
                yield from _entry(self._described(entity, marked), line, self._complaints)
            else:
                self._complaints.add(line, f"nothing is said of {entity}", "Give its label")

    def _belongs(self, entity: str, section: str, line: int) -> bool:
        prefix = entity.partition(":")[0]
        if prefix in ("claim", "item", "log"):
            self._complaints.add(line, f"{prefix}: ids are made by the registry, not in a sheet")
            return False
        if (prefix == "source") != (section == "sources"):
            other = "sources" if prefix == "source" else "entities"
            self._complaints.add(line, f"{entity} belongs under “{other}”")
            return False
        return True

    def _described(self, entity: str, block: Block) -> Iterator[SheetClaim]:
        level = block.pairs.get("sensitivity")
        given = Given(
            source=self._organisation,
            sensitivity=(self._fields.sensitivity(level) if level else None)
            or self._head.sensitivity,
            subject=entity,
        )
        for key in block.pairs:
            if key != "sensitivity":
                yield from self._statements(block, key, given)
        yield from self._membership(entity, block.line, given)

    def _statements(self, block: Block, key: str, given: Given) -> Iterator[SheetClaim]:
        marked, line = block.pairs[key], block.line_of(key)
        if _is_nothing(marked):
            self._complaints.add(line, f"nothing stands after “{key}”", "Take the line away")
            return
        values = _by_language(marked) if key == "label" else marked
        claims = tuple(self._claims.statements(values, Words(key, line), given))
        if len(claims) > 1 and key in vocabulary().single and not _hold_apart(claims):
            self._complaints.add(
                line,
                f"“{key}” has one value, and {len(claims)} stand here",
                "If sources differ, write what each of them says under entries:",
            )
        yield from claims

    def _membership(self, entity: str, line: int, given: Given) -> Iterator[SheetClaim]:
        """That the entity belongs to the sheet's case."""
        case = self._head.case
        if case is not None and case != entity and not entity.startswith("source:"):
            yield from self._claims.statements(
                Words(entity, line), Words(_CASE_MEMBER, line), replace(given, subject=case)
            )

    def entries(self, top: Block) -> Iterator[SheetEntry]:
        """What sources say."""
        for block in self._items(top, "entries"):
            self._fields.refuse_unknown(block, _ENTRY, "an entry")
            locator = block.pairs.get("locator")
            given = Given(
                source=self._source(block) or "source:unknown",
                sensitivity=self._head.sensitivity,
                locator=read_locator(locator, self._complaints) if locator else (),
            )
            given = self._claims.shared(block, given)
            claims = [
                claim
                for item in self._items(block, "claims")
                for claim in self._claims.claims(item, given)
            ]
            if "claims" not in block.pairs:
                self._complaints.add(block.line, "this entry has no claims", "Add claims:")
            yield from _entry(claims, block.line, self._complaints)

    def _source(self, block: Block) -> str | None:
        marked = block.pairs.get("source")
        if not isinstance(marked, Words):
            self._complaints.add(
                block.line, "this entry has no source", "Say whose words these are: source: ..."
            )
            return None
        source = self._fields.entity(marked)
        if source is None or source.startswith(("source:", "run:")):
            return source
        if source != self._organisation:
            self._complaints.add(
                marked.line,
                f"{source} is no source",
                "Give the source: id of the text, recording or person in which it is said",
            )
        return source

    def findings(self, top: Block) -> Iterator[SheetEntry]:
        """What the organisation itself holds."""
        given = Given(source=self._organisation, sensitivity=self._head.sensitivity)
        for block in self._items(top, "findings"):
            yield from _entry(self._claims.finding(block, given), block.line, self._complaints)

    def _items(self, block: Block, key: str) -> Iterator[Block]:
        marked = block.pairs.get(key)
        if marked is None:
            return
        if not isinstance(marked, Series):
            self._complaints.add(
                marked.line, f"“{key}” is a list", "Begin each of its items with “- ”"
            )
            return
        for item in marked:
            if isinstance(item, Block):
                yield item
            else:
                self._complaints.add(item.line, f"an item of “{key}” is a block of keys")


def _block(top: Block, key: str, complaints: Complaints) -> Block:
    marked = top.pairs.get(key)
    if isinstance(marked, Block):
        return marked
    if marked is not None:
        complaints.add(top.line_of(key), f"“{key}” is a block of keys, each on its own line")
    return Block({}, top.line_of(key), {})


def _is_nothing(marked: Marked) -> bool:
    return isinstance(marked, Words) and not marked.text.strip()


def _by_language(marked: Marked) -> Marked:
    """`{en: words, fa: words}` as a list of values that name their language."""
    if not isinstance(marked, Block) or {"text", "value"} & marked.pairs.keys():
        return marked
    values = [
        Block({"text": words, "lang": Words(lang, words.line)}, words.line, marked.key_lines)
        for lang, words in marked.pairs.items()
    ]
    return Series(tuple(values), marked.line)


def _hold_apart(claims: Iterable[SheetClaim]) -> bool:
    """Whether each of several values says when it holds."""
    return all(found.claim.holds is not None for found in claims)


def _entry(claims: Iterable[SheetClaim], line: int, complaints: Complaints) -> Iterator[SheetEntry]:
    found = tuple(claims)
    if len(found) > MAX_CLAIMS:
        complaints.add(
            line,
            f"this entry holds {len(found)} claims; one place in a source holds {MAX_CLAIMS}",
            "Split it by page, row or paragraph",
        )
    seen = set()
    for claim in found:
        key = (claim.claim, claim.about, claim.rests_on)
        if key in seen:
            complaints.add(claim.line, "this very claim already stands in this entry", "Keep one")
        seen.add(key)
    if found:
        yield SheetEntry(claims=found, line=line)
