"""One sheet of an Office Open XML workbook, row by row (ECMA-376 part 1, 18.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from habeas.exchange.tables.limits import MAX_CELL
from habeas.exchange.tables.workbook_formats import PLAIN, Shape
from habeas.exchange.tables.workbook_formulas import LONGEST, MISSING, note_formula
from habeas.exchange.tables.workbook_grid import GridRow, Merge, Notes, RowBuilder, address
from habeas.exchange.tables.workbook_values import NOTHING, Value, iso, shown, truth, unescape
from habeas.exchange.tables.workbook_xml import MAX_NESTED, parse, too_deep

_ADDRESS: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_MAIN: Final = frozenset({
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
    "",
})  # fmt: skip
_RANGE: Final = re.compile(rf"{_ADDRESS.pattern}(?::{_ADDRESS.pattern})?")


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What the cells of a sheet refer to."""

    strings: Sequence[str | None] = ()
    """The shared strings; None: one that is too long."""
    shapes: Sequence[Shape] = ()
    """Of each cell format: how it shows numbers."""
    epoch: int = 1900


def read_sheet(
    chunks: Iterable[bytes], around: Surroundings, notes: Notes, *, place: str
) -> Iterator[GridRow]:
    """The rows of a sheet part, empty ones left out.

    Args:
        chunks: the XML.
        around: strings and formats of the workbook.
        notes: filled in on the way.
        place: file and sheet, for errors.

    Raises:
        InputError: the XML is damaged or hostile, or a cell lies or is what it cannot be.
    """
    part = _SheetPart(around, notes, place)
    for _ in parse(chunks, part, place=place):
        if part.rows:
            yield from part.rows
            part.rows = []


def column_index(letters: str) -> int:
    """The place of a column from its letters: `A` is 0."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def count(text: str) -> int:
    """A number of a row or column; 0, which there is none of, when it is no such number."""
    return int(text) if text.isdecimal() and len(text) <= 9 else 0


def merge_of(reference: str) -> Merge | None:
    """The range of a reference such as `A3:A7`; None when it is none, or of one cell."""
    found = _RANGE.fullmatch(reference)
    if found is None or found[3] is None:
        return None
    columns = sorted((column_index(found[1]), column_index(found[3])))
    rows = sorted((int(found[2]), int(found[4])))
    if columns[0] == columns[1] and rows[0] == rows[1]:
        return None
    return Merge(rows[0], columns[0], rows[1], columns[1])


class _SheetPart:
    """Takes the elements of a sheet part; the names are those of the standard."""

    def __init__(self, around: Surroundings, notes: Notes, place: str) -> None:
        self.rows: list[GridRow] = []
        self._around = around
        self._notes = notes
        self._place = place
        self._builder = RowBuilder(place, notes)
        self._columns: dict[str, int] = {}
        self._depth = 0
        self._known: dict[str, str] = {}
        self._hide_rows = False
        # The cell that is being read.
        self._column = -1
        self._type = "n"
        self._style = ""
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._length = 0
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_NESTED:
            raise too_deep(self._place)
        plain = self._known.get(name) or self._know(name)
        if plain == "c":
            self._cell(attributes)
        elif plain == "v":
            self._into = self._value
        elif plain == "row":
            self._row(attributes)
        elif plain == "t":
            self._into = None if self._phonetic else self._value
        elif plain == "f":
            self._formula = self._into = []
        elif plain == "rPh":
            self._phonetic += 1
        else:
            self._besides(plain, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._into = None
        plain = self._known[name]
        if plain == "c":
            if self._value or self._formula is not None:
                self._cell_ends()
        elif plain == "row":
            if (row := self._builder.finished()) is not None:
                self.rows.append(row)
        elif plain == "rPh":
            self._phonetic -= 1

    def text(self, data: str) -> None:
        if self._into is None:
            return
        self._length += len(data)
        if self._length > MAX_CELL:
            raise self._builder.too_long(self._column)
        self._into.append(data)

    def _know(self, name: str) -> str:
        """The local name; other elements of extensions count for nothing."""
        space, _, plain = name.rpartition(" ")
        self._known[name] = plain if space in _MAIN else "other"
        return self._known[name]

    def _row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        number = self._builder.row.number + 1 if given is None else count(given)
        hidden = attributes.get("hidden") in {"1", "true"} or attributes.get("ht") == "0"
        self._column = -1
        self._builder.begin(
            number, hidden=hidden or (self._hide_rows and "hidden" not in attributes)
        )

    def _cell(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r")
        if given is None:
            self._column += 1
        else:
            letters = given.rstrip("0123456789")
            column = self._columns.get(letters)
            self._column = self._new_column(given, letters) if column is None else column
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._value.clear()
        self._formula = None
        self._length = 0

    def _new_column(self, given: str, letters: str) -> int:
        if not (letters.isascii() and letters.isalpha() and len(letters) <= 7):
            raise self._builder.refusal(f"cell {given[:20]!r}", "there can be no such cell")
        column = self._columns[letters] = column_index(letters)
        return column

    def _cell_ends(self) -> None:
        raw = "".join(self._value)
        value = self._read(raw)
        if self._formula is not None:
            formula = "".join(self._formula)[:LONGEST]
            note_formula(self._notes, self._column, self._builder.row.number, formula)
            if not raw and self._type != "str":
                value = Value(f"={formula}", fault=MISSING)
        self._builder.take(self._column, value)

    def _read(self, raw: str) -> Value:
        """The value of the cell by its type (18.18.11)."""
        kind = self._type
        try:
            if kind == "s":
                return self._shared(raw) if raw else NOTHING
            if kind in {"str", "inlineStr"}:
                return Value(unescape(raw))
            if not raw.strip():
                return NOTHING
            if kind == "n":
                shape = self._shape()
                self._note_calendar(shape)
                return shown(raw, shape, epoch=self._around.epoch)
            if kind == "b":
                return truth(raw)
            if kind == "d":
                return iso(raw, self._shape())
        except (ValueError, IndexError):
            return Value(raw, fault=f"no value of its kind ({kind})")
        if kind == "e":
            return Value(raw, fault=f"error value {raw}")
        return Value(raw, fault=f"a kind of cell that is not known ({kind[:20]!r})")

    def _shared(self, raw: str) -> Value:
        index = int(raw)
        if index < 0:
            raise IndexError
        text = self._around.strings[index]
        if text is None:
            raise self._builder.too_long(self._column)
        return Value(text)

    def _shape(self) -> Shape:
        shapes = self._around.shapes
        index = int(self._style) if self._style else 0
        return shapes[index] if 0 <= index < len(shapes) else PLAIN

    def _note_calendar(self, shape: Shape) -> None:
        if shape.calendar is not None and self._column not in self._notes.calendars:
            first = address(self._column, self._builder.row.number)
            self._notes.calendars[self._column] = (first, shape.calendar)

    def _besides(self, plain: str, attributes: dict[str, str]) -> None:
        if plain == "mergeCell":
            merged = merge_of(attributes.get("ref", ""))
            if merged is not None:
                self._notes.merge(merged, self._place)
        elif plain == "col":
            self._hidden_columns(attributes)
        elif plain == "hyperlink":
            self._notes.links.add(attributes.get("ref", "?")[:20])
        elif plain == "sheetFormatPr":
            self._hide_rows = attributes.get("zeroHeight") in {"1", "true"}

    def _hidden_columns(self, attributes: dict[str, str]) -> None:
        first, last = count(attributes.get("min", "")), count(attributes.get("max", ""))
        hidden = attributes.get("hidden") in {"1", "true"} or attributes.get("width") == "0"
        if hidden and first and last:
            self._notes.hide(first - 1, last - 1)
