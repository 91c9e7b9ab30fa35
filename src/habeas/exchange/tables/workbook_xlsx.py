"""Workbooks of Office Open XML (ECMA-376; `.xlsx`, `.xlsm` without its macros).

Values are those that were saved. Not read: colours and struck-out text, the contents of comments,
pictures, charts and pivot tables, conditional formats; remarks tell of comments and pictures.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.archive import Archive
from habeas.exchange.tables.limits import MAX_CELL
from habeas.exchange.tables.workbook_formats import BUILT_IN, PLAIN, Shape, shape_of
from habeas.exchange.tables.workbook_grid import Book, GridRow, Notes, Sheet, Visibility
from habeas.exchange.tables.workbook_values import unescape
from habeas.exchange.tables.workbook_xlsx_sheet import Surroundings, count, read_sheet
from habeas.exchange.tables.workbook_xml import MAX_NESTED, Outline, local, parse_whole, too_deep

MAX_SHEETS: Final = 1_000
MAX_STYLES: Final = 65_536
"""Cell formats (spreadsheet programs hold 65,490)."""
MAX_STRINGS: Final = 8_000_000
"""Different texts of a workbook, which are kept in memory while it is read."""
MAX_STRING_BYTES: Final = 512 * 1024 * 1024
"""Bytes of the part in which they stand."""

_MEND: Final = "Open the file in a spreadsheet program and save it anew as .xlsx"
_RELATIONSHIP_ID: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_LEFT_ALONE: Final = {
    "xl/externalLinks/": "links to other workbooks are left alone",
    "xl/connections.xml": "connections to data elsewhere are left alone",
    "xl/vbaProject.bin": "macros are left alone, nothing is run",
    "xl/macrosheets/": "macros are left alone, nothing is run",
    "xl/media/": "pictures are not read",
    "xl/embeddings/": "files within the workbook are not read",
}


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A sheet as the workbook part names it."""

    name: str
    visibility: Visibility
    relationship: str


class _Workbook(msgspec.Struct, kw_only=True):
    """What the workbook part says."""

    sheets: list[_Entry] = []
    epoch: int = 1900
    is_stale: bool = False


def open_xlsx(path: Path) -> Book:
    """The sheets of a workbook.

    Raises:
        InputError: it is damaged, encrypted, hostile or no such workbook.
    """
    with Archive(path) as archive:
        main = _main_part(archive, path.name)
        workbook = _workbook(archive, main, path.name)
        targets = _targets(archive, main, path.name)
        around = Surroundings(
            strings=_strings(archive, _of_type(targets, "sharedStrings"), path.name),
            shapes=_shapes(archive, _of_type(targets, "styles"), path.name),
            epoch=workbook.epoch,
        )
        remarks = list(_remarks(archive, workbook))
    parts = [targets[entry.relationship][1] for entry in workbook.sheets
             if entry.relationship in targets]  # fmt: skip
    if len(set(parts)) < len(parts):
        raise InputError("two of its sheets are one and the same", place=path.name, mend=_MEND)
    sheets: list[Sheet] = []
    for entry in workbook.sheets:
        kind, target = targets.get(entry.relationship, ("", ""))
        if kind == "worksheet":
            sheets.append(_sheet(path, entry, target, around, is_stale=workbook.is_stale))
        else:
            remarks.append(f"sheet “{entry.name}” is no sheet of cells and is not read")
    return Book(format="xlsx", sheets=tuple(sheets), remarks=tuple(remarks))


def _sheet(
    path: Path, entry: _Entry, target: str, around: Surroundings, *, is_stale: bool
) -> Sheet:
    place = f"{path.name}, sheet “{entry.name}”"

    def read(notes: Notes) -> Iterator[GridRow]:
        with Archive(path) as archive:
            part = archive.actual(target)
            if part is None:
                reason = f"the part {target!r} is missing"
                raise InputError(reason, place=place, mend=_MEND)
            notes.is_stale = is_stale
            _note_comments(archive, part, notes, place)
            yield from read_sheet(archive.chunks(part), around, notes, place=place)

    return Sheet(name=entry.name, place=place, visibility=entry.visibility, read=read)


def _main_part(archive: Archive, place: str) -> str:
    """The name of the workbook part."""
    targets = _targets(archive, "", place)
    for name in (_of_type(targets, "officeDocument"), "xl/workbook.xml"):
        if name is not None and name.endswith(".xml") and (part := archive.actual(name)):
            return part
    if any(name.lower().endswith("workbook.bin") for name in archive.names):
        reason = "it is a binary workbook (.xlsb), which is not read"
    else:
        reason = "it is a zip package, but holds no workbook"
    raise InputError(reason, place=place, mend=_MEND)


def _targets(archive: Archive, part: str, place: str) -> dict[str, tuple[str, str]]:
    """The relationships of a part: id to the last word of its type and the part it leads to."""
    folder, name = posixpath.split(part)
    rels = archive.actual(posixpath.join(folder, "_rels", f"{name}.rels"))
    found: dict[str, tuple[str, str]] = {}

    def visit(path: list[str], attributes: dict[str, str]) -> None:
        if path[-1] != "Relationship" or attributes.get("TargetMode") == "External":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        if kind == "hyperlink":
            return
        target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
        found[attributes.get("Id", "")] = (kind, target.lstrip("/"))

    if rels is not None:
        parse_whole(archive.chunks(rels), Outline(visit, place=place), place=place)
    return found


def _of_type(targets: dict[str, tuple[str, str]], kind: str) -> str | None:
    return next((target for each, target in targets.values() if each == kind), None)


def _workbook(archive: Archive, part: str, place: str) -> _Workbook:
    workbook = _Workbook()

    def visit(path: list[str], attributes: dict[str, str]) -> None:
        if path[-1] == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            workbook.epoch = 1904
        elif path[-1] == "calcPr" and attributes.get("fullCalcOnLoad") in {"1", "true"}:
            workbook.is_stale = True
        elif path[-2:] == ["sheets", "sheet"]:
            workbook.sheets.append(_entry(attributes))
            if len(workbook.sheets) > MAX_SHEETS:
                reason = f"it has more than {MAX_SHEETS:,} sheets"
                raise InputError(reason, place=place, mend="Split the workbook")

    parse_whole(archive.chunks(part), Outline(visit, place=place), place=place)
    if not workbook.sheets:
        raise InputError("the workbook has no sheets", place=place, mend=_MEND)
    return workbook


def _entry(attributes: dict[str, str]) -> _Entry:
    state = attributes.get("state", "visible")
    relationship = next((attributes[key] for key in _RELATIONSHIP_ID if key in attributes), "")
    return _Entry(
        name=unescape(attributes.get("name", "")),
        visibility="very hidden" if state == "veryHidden"
        else "hidden" if state == "hidden" else "visible",
        relationship=relationship,
    )  # fmt: skip


def _shapes(archive: Archive, target: str | None, place: str) -> list[Shape]:
    """Of each cell format: how it shows numbers."""
    part = archive.actual(target or "xl/styles.xml")
    codes: dict[int, str] = {}
    formats: list[int] = []

    def visit(path: list[str], attributes: dict[str, str]) -> None:
        if path[-2:] == ["numFmts", "numFmt"]:
            codes[count(attributes.get("numFmtId", ""))] = attributes.get("formatCode", "")
        elif path[-2:] == ["cellXfs", "xf"]:
            formats.append(count(attributes.get("numFmtId", "")))
        if len(codes) + len(formats) > 2 * MAX_STYLES:
            reason = f"it has more than {MAX_STYLES:,} cell formats"
            raise InputError(reason, place=place, mend=_MEND)

    if part is not None:
        parse_whole(archive.chunks(part), Outline(visit, place=place), place=place)
    known = {**BUILT_IN, **codes}
    return [shape_of(known[each]) if each in known else PLAIN for each in formats]


def _strings(archive: Archive, target: str | None, place: str) -> list[str | None]:
    part = archive.actual(target or "xl/sharedStrings.xml")
    if part is None:
        return []
    if archive.size(part) > MAX_STRING_BYTES:
        reason = f"its texts have {archive.size(part):,} bytes together"
        raise InputError(reason, place=place, mend="Split the workbook, or save each sheet as CSV")
    strings = _StringsPart(place)
    parse_whole(archive.chunks(part), strings, place=place)
    return strings.found


class _StringsPart:
    """Takes the shared strings: the text of runs, without what says how to pronounce it."""

    def __init__(self, place: str) -> None:
        self.found: list[str | None] = []
        """None: too long; an error only where a cell has it, which then has an address."""
        self._place = place
        self._depth = self._phonetic = self._length = 0
        self._known: dict[str, str] = {}
        self._text: list[str] = []
        self._is_text = False

    def start(self, name: str, _: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_NESTED:
            raise too_deep(self._place)
        plain = self._known.get(name) or self._known.setdefault(name, local(name))
        if plain == "t":
            self._is_text = not self._phonetic
        elif plain == "si":
            self._text = []
            self._length = 0
        elif plain == "rPh":
            self._phonetic += 1

    def end(self, name: str) -> None:
        self._depth -= 1
        self._is_text = False
        plain = self._known[name]
        if plain == "si":
            whole = self._length <= MAX_CELL
            self.found.append(unescape("".join(self._text)) if whole else None)
            if len(self.found) > MAX_STRINGS:
                reason = f"it has more than {MAX_STRINGS:,} different texts"
                mend = "Split the workbook, or save each sheet as CSV"
                raise InputError(reason, place=self._place, mend=mend)
        elif plain == "rPh":
            self._phonetic -= 1

    def text(self, data: str) -> None:
        if not self._is_text:
            return
        self._length += len(data)
        if self._length <= MAX_CELL:
            self._text.append(data)


def _note_comments(archive: Archive, part: str, notes: Notes, place: str) -> None:
    target = _of_type(_targets(archive, part, place), "comments")
    comments = archive.actual(target) if target else None

    def visit(path: list[str], attributes: dict[str, str]) -> None:
        if path[-1] == "comment":
            notes.comments.add(attributes.get("ref", "?")[:20])

    if comments is not None:
        parse_whole(archive.chunks(comments), Outline(visit, place=place), place=place)


def _remarks(archive: Archive, workbook: _Workbook) -> Iterator[str]:
    names = {name.lower() for name in archive.names}
    told: set[str] = set()
    for beginning, remark in _LEFT_ALONE.items():
        if remark not in told and any(name.startswith(beginning.lower()) for name in names):
            told.add(remark)
            yield remark
    if workbook.epoch == 1904:
        yield "dates count from 1904"
