"""OpenDocument spreadsheets (`.ods`; OASIS ODF 1.0 to 1.3).

Not read: colours and struck-out text, the contents of comments, pictures and drawings, filters,
tracked changes (the values are the newest). A day before 15 October 1582 is as the file has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.archive import Archive
from habeas.exchange.tables.workbook_formats import Shape
from habeas.exchange.tables.workbook_grid import Book, GridRow, Notes, Sheet, Visibility
from habeas.exchange.tables.workbook_ods_sheet import TABLE, Styles, read_sheet
from habeas.exchange.tables.workbook_xml import Outline, parse_whole

MAX_SHEETS: Final = 256
MAX_STYLES: Final = 65_536
MAX_WORK: Final = 8 * 1024**3
"""Bytes of the content times the number of sheets: each sheet is found from the beginning."""

_CONTENT: Final = "content.xml"
_MANIFEST: Final = "META-INF/manifest.xml"
_SPREADSHEET: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_STYLE: Final = "urn:oasis:names:tc:opendocument:xmlns:style:1.0 "
_NUMBER: Final = "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0 "
_EXTERNAL: Final = "ta_extref"
"""The style by which copies of cells of other files are told."""
_MEND: Final = "Open the file in a spreadsheet program and save it anew"
_USUAL: Final = frozenset({"table-cell", "p", "table-row", "span", "s"})
"""Elements of which there are many, and which tell nothing here."""
_PARTS: Final = {"year", "month", "day", "hours", "minutes", "seconds", "day-of-week", "era"}


class _Entry(msgspec.Struct, frozen=True):
    """A sheet as the content names it."""

    index: int
    name: str
    style: str


class _Outlined:
    """What is gathered of the content and the styles before any row is read."""

    def __init__(self, place: str) -> None:
        self.sheets: list[_Entry] = []
        self.remarks: list[str] = []
        self._place = place
        self._count = 0
        self._cell_styles: dict[str, tuple[str, str]] = {}
        self._dates: dict[str, dict[str, str]] = {}
        self._date: dict[str, str] = {}
        self._style = ""
        self._hidden: set[str] = set()

    def visit(self, path: list[str], attributes: dict[str, str]) -> None:
        """Takes an element."""
        name = path[-1]
        if name in _USUAL:
            return
        if name == "table" and path[-2:-1] == ["spreadsheet"]:
            self._sheet(attributes)
        elif name == "style":
            self._style = attributes.get(_STYLE + "name", "")
            if attributes.get(_STYLE + "family") == "table-cell":
                data = attributes.get(_STYLE + "data-style-name", "")
                parent = attributes.get(_STYLE + "parent-style-name", "")
                self._cell_styles[self._style] = (data, parent)
        elif name == "table-properties" and attributes.get(TABLE + "display") == "false":
            self._hidden.add(self._style)
        elif name == "date-style":
            self._date = self._dates[attributes.get(_STYLE + "name", "")] = {}
        elif name in _PARTS and path[-2:-1] == ["date-style"]:
            self._date[name] = attributes.get(_NUMBER + "calendar", "")
        elif name in {"tracked-changes", "dde-links"}:
            self._remark(name)
        if len(self._cell_styles) + len(self._dates) > 2 * MAX_STYLES:
            raise _refusal(self._place, f"it has more than {MAX_STYLES:,} styles")

    def styles(self) -> Styles:
        """The looks of cells."""
        shapes: dict[str, Shape] = {}
        for style in self._cell_styles:
            data = self._data_style(style)
            if data in self._dates:
                shapes[style] = _shape(self._dates[data])
        return Styles(shapes=shapes, hidden_tables=frozenset(self._hidden))

    def _data_style(self, style: str) -> str:
        """The format of a cell style, its own or that of the style which it goes back to."""
        for _ in range(16):
            data, parent = self._cell_styles.get(style, ("", ""))
            if data or not parent:
                return data
            style = parent
        return ""

    def _sheet(self, attributes: dict[str, str]) -> None:
        name = attributes.get(TABLE + "name", "")
        style = attributes.get(TABLE + "style-name", "")
        if style == _EXTERNAL or name.startswith("'file:"):
            self.remarks.append("copies of cells of other files are left alone")
        else:
            self.sheets.append(_Entry(self._count, name, style))
        self._count += 1
        if self._count > MAX_SHEETS:
            raise _refusal(self._place, f"it has more than {MAX_SHEETS:,} sheets")

    def _remark(self, name: str) -> None:
        if name == "dde-links":
            self.remarks.append("DDE links to other programs are left alone")
        else:
            self.remarks.append(
                "changes are tracked: the values are the newest, older are not read"
            )


def open_ods(path: Path) -> Book:
    """The sheets of an OpenDocument spreadsheet.

    Raises:
        InputError: it is damaged, encrypted, hostile or no spreadsheet.
    """
    outlined = _Outlined(path.name)
    outline = Outline(outlined.visit, place=path.name)
    with Archive(path) as archive:
        _check_kind(archive, path.name)
        for part in ("styles.xml", _CONTENT):
            if part in archive.names:
                parse_whole(archive.chunks(part), outline, place=path.name)
        work = archive.size(_CONTENT) * len(outlined.sheets)
        remarks = list(dict.fromkeys((*_remarks(archive), *outlined.remarks)))
    if not outlined.sheets:
        raise _refusal(path.name, "it holds no sheets")
    if work > MAX_WORK:
        raise _refusal(path.name, "it is too large with so many sheets; split it")
    styles = outlined.styles()
    sheets = tuple(_sheet(path, entry, styles) for entry in outlined.sheets)
    return Book(format="ods", sheets=sheets, remarks=tuple(remarks))


def _sheet(path: Path, entry: _Entry, styles: Styles) -> Sheet:
    place = f"{path.name}, sheet “{entry.name}”"

    def read(notes: Notes) -> Iterator[GridRow]:
        with Archive(path) as archive:
            chunks = archive.chunks(_CONTENT)
            yield from read_sheet(chunks, entry.index, styles, notes, place=place)

    is_hidden = entry.style in styles.hidden_tables
    visibility: Visibility = "hidden" if is_hidden else "visible"
    return Sheet(name=entry.name, place=place, visibility=visibility, read=read)


def _check_kind(archive: Archive, place: str) -> None:
    """Whether it is a spreadsheet that can be read.

    Raises:
        InputError: it is encrypted, or another kind of document.
    """
    if _is_encrypted(archive, place):
        raise InputError(
            "it is protected by a password",
            place=place,
            mend="Open it with its password and save it without one",
        )
    kind = archive.read("mimetype", most=200).strip() if "mimetype" in archive.names else b""
    if kind and not kind.startswith(_SPREADSHEET):
        told = kind.decode("ascii", "replace")
        raise _refusal(place, f"it is no spreadsheet but {told}")
    if _CONTENT not in archive.names:
        raise _refusal(place, f"the part {_CONTENT} is missing")


def _is_encrypted(archive: Archive, place: str) -> bool:
    if "encrypted-package" in archive.names:
        return True
    found: list[bool] = []

    def visit(path: list[str], _: dict[str, str]) -> None:
        if path[-1] == "encryption-data":
            found[:] = [True]

    if _MANIFEST in archive.names:
        parse_whole(archive.chunks(_MANIFEST), Outline(visit, place=place), place=place)
    return bool(found)


def _remarks(archive: Archive) -> Iterator[str]:
    names = archive.names
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        yield "macros are left alone, nothing is run"
    if any(name.startswith("Pictures/") for name in names):
        yield "pictures are not read"
    if any(name.startswith("Object ") for name in names):
        yield "files within the workbook are not read"


def _shape(parts: dict[str, str]) -> Shape:
    """How a date style shows days."""
    calendars = {calendar for calendar in parts.values() if calendar not in {"", "gregorian"}}
    return Shape(
        kind="moment", year="year" in parts, month="month" in parts, day="day" in parts,
        time="hours" in parts, seconds="seconds" in parts,
        calendar=f"the calendar “{min(calendars)[:40]}”" if calendars else None,
    )  # fmt: skip


def _refusal(place: str, reason: str) -> InputError:
    return InputError(reason, place=place, mend=_MEND)
