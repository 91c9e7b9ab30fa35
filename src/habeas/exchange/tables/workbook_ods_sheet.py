"""The sheets within the content of an OpenDocument spreadsheet (OASIS ODF 1.3, part 3, 9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec

from habeas.exchange.tables.limits import MAX_CELL, MAX_COLUMNS
from habeas.exchange.tables.workbook_formats import Shape
from habeas.exchange.tables.workbook_formulas import LONGEST, MISSING, note_formula
from habeas.exchange.tables.workbook_grid import GridRow, Merge, Notes, RowBuilder, address
from habeas.exchange.tables.workbook_values import Value, iso, number, padded, truth
from habeas.exchange.tables.workbook_xml import MAX_NESTED, parse, too_deep

OFFICE: Final = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "
TABLE: Final = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
TEXT: Final = "urn:oasis:names:tc:opendocument:xmlns:text:1.0 "
_CALC_TYPE: Final = (
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
)

MAX_COPIES: Final = 200_000
"""Cells of a sheet that are told as repetitions of whole rows or of far more columns than lists
have: a few bytes could otherwise stand for a sheet that takes hours."""

_MANY: Final = 1 << 31
_USUAL: Final = 64
"""Neighbouring cells of one content that are nothing unusual."""
_TYPE: Final = OFFICE + "value-type"
_STRING: Final = OFFICE + "string-value"
_FORMULA: Final = TABLE + "formula"
_TIMES: Final = TABLE + "number-columns-repeated"
_SPANS: Final = (TABLE + "number-rows-spanned", TABLE + "number-columns-spanned")
_CELLS: Final = frozenset({TABLE + "table-cell", TABLE + "covered-table-cell"})
_GROUPS: Final = frozenset({TABLE + "table-row-group", TABLE + "table-column-group"})
_ROW: Final = TABLE + "table-row"
_PARAGRAPH: Final = TEXT + "p"
_DURATION: Final = re.compile(r"(-?)P(?:(\d{1,6})D)?T(\d{1,9})H(\d{1,2})M(\d{1,2})(?:[.,]\d+)?S")
_ERROR: Final = re.compile(r"#(REF|N/A|NAME|VALUE|DIV/0|NUM|NULL)[!?]?|Err:\d{3}")
_WHOLE: Final = Shape(kind="moment", year=True, month=True, day=True, time=True)


class Styles(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of the looks of cells."""

    shapes: Mapping[str, Shape] = {}
    """Name of a cell style to how it shows dates."""
    hidden_tables: frozenset[str] = frozenset()
    """Names of table styles that hide a sheet."""


def read_sheet(
    chunks: Iterable[bytes], index: int, styles: Styles, notes: Notes, *, place: str
) -> Iterator[GridRow]:
    """The rows of one sheet, empty ones left out.

    Args:
        chunks: the XML of all sheets.
        index: which sheet, the first is 0.
        styles: looks of cells.
        notes: filled in on the way.
        place: file and sheet, for errors.

    Raises:
        InputError: the XML is damaged or hostile, or a cell lies where it cannot.
    """
    part = _ContentPart(index, styles, notes, place)
    for _ in parse(chunks, part, place=place):
        for row, times in part.rows:
            yield from _repeated(row, times)
        part.rows.clear()
        if part.is_over:
            return


def repeats(attributes: Mapping[str, str], name: str) -> int:
    """How often something stands there; 1 when that is not told or no number."""
    told = attributes.get(TABLE + name, "1")
    return max(1, int(told)) if told.isdecimal() and len(told) <= 9 else 1


class _ContentPart:
    """Takes the elements of the content, those of other sheets too."""

    def __init__(self, index: int, styles: Styles, notes: Notes, place: str) -> None:
        self.rows: list[tuple[GridRow, int]] = []
        self.is_over = False
        self._wanted = index
        self._styles = styles
        self._notes = notes
        self._place = place
        self._builder = RowBuilder(place, notes)
        self._depth = 0
        self._sheets_at = 0
        self._table = -1
        self._inside = False
        self._groups: list[bool] = []
        self._next_row = 1
        self._next_column = 0
        self._column_styles: list[tuple[int, str]] = []
        self._row_style = ""
        self._row_times = 1
        # The cell that is being read.
        self._column = 0
        self._attributes: dict[str, str] = {}
        self._text: list[str] = []
        self._length = 0
        self._paragraphs = 0
        self._skipped = 0
        self._in_text = False
        self._copies = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_NESTED:
            raise too_deep(self._place)
        if not self._inside:
            self._outside(name)
        elif self._skipped:
            self._skipped += 1
        elif name in _CELLS:
            self._attributes = attributes
            self._column = self._next_column
            self._text.clear()
            self._length = self._paragraphs = 0
        elif name == _PARAGRAPH:
            if self._paragraphs:
                self._text.append("\n")
            self._paragraphs += 1
            self._in_text = True
        else:
            self._within(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if not self._inside:
            return
        if self._skipped:
            self._skipped -= 1
        elif name == _PARAGRAPH:
            self._in_text = False
        elif name in _CELLS:
            self._cell_ends()
        elif name == _ROW:
            self._row_ends()
        elif name in _GROUPS:
            self._groups.pop()
        elif name == TABLE + "table":
            self._inside = False
            self.is_over = True

    def _outside(self, name: str) -> None:
        """An element of another sheet, or around the sheets."""
        if name == OFFICE + "spreadsheet":
            self._sheets_at = self._depth + 1
        elif name == TABLE + "table" and self._depth == self._sheets_at:
            self._table += 1
            self._inside = self._table == self._wanted

    def text(self, data: str) -> None:
        if not self._in_text or self._skipped:
            return
        self._length += len(data)
        if self._length > MAX_CELL:
            raise self._builder.too_long(self._column)
        self._text.append(data)

    def _within(self, name: str, attributes: dict[str, str]) -> None:
        """An element of the sheet that is read, and is no cell or paragraph."""
        if name.startswith(TEXT):
            self._text_begins(name, attributes)
        elif name == _ROW:
            self._row(attributes)
        elif name == TABLE + "table-column":
            self._columns(attributes)
        elif name in _GROUPS:
            self._groups.append(attributes.get(TABLE + "display") == "false")
        elif name == OFFICE + "annotation":
            self._skipped = 1
            self._notes.comments.add(address(self._column, self._next_row))
        elif name == TABLE + "table-source":
            self._notes.others.append(
                f"sheet “{self._notes.sheet}” is linked to another file, which is left alone"
            )
        elif name not in _FRAMES:
            self._skipped = 1

    def _text_begins(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.removeprefix(TEXT)
        if plain == "s":
            told = attributes.get(TEXT + "c", "1")
            self.text(" " * (int(told) if told.isdecimal() and len(told) < 7 else 1))
        elif plain in {"tab", "line-break"}:
            self.text("\t" if plain == "tab" else "\n")
        elif plain == "a":
            self._notes.links.add(address(self._column, self._next_row))
        elif plain in {"ruby-text", "note"}:
            self._skipped = 1

    def _columns(self, attributes: dict[str, str]) -> None:
        first = self._next_column
        times = repeats(attributes, "number-columns-repeated")
        self._next_column = min(first + times, _MANY)
        if attributes.get(TABLE + "visibility", "visible") != "visible" or any(self._groups):
            self._notes.hide(first, self._next_column - 1)
        style = attributes.get(TABLE + "default-cell-style-name", "")
        if len(self._column_styles) < MAX_COLUMNS:
            self._column_styles.append((self._next_column, style))

    def _row(self, attributes: dict[str, str]) -> None:
        hidden = attributes.get(TABLE + "visibility", "visible") != "visible"
        self._row_times = repeats(attributes, "number-rows-repeated")
        self._row_style = attributes.get(TABLE + "default-cell-style-name", "")
        self._next_column = 0
        self._builder.begin(self._next_row, hidden=hidden or any(self._groups))

    def _row_ends(self) -> None:
        if (row := self._builder.finished(self._row_times)) is not None:
            self._copy((self._row_times - 1) * len(row.cells))
            self.rows.append((row, self._row_times))
        self._next_row = min(self._next_row + self._row_times, _MANY)

    def _cell_ends(self) -> None:
        attributes = self._attributes
        times = repeats(attributes, "number-columns-repeated") if _TIMES in attributes else 1
        column = self._column
        self._next_column = min(column + times, _MANY)
        formula = attributes.get(_FORMULA)
        text = "".join(self._text)
        if _STRING in attributes and len(attributes[_STRING]) > MAX_CELL:
            raise self._builder.too_long(column)
        if not text and formula is None and _TYPE not in attributes:
            self._merge(attributes)
            return
        value = self._value(text, formula)
        if formula is not None:
            note_formula(self._notes, column, self._next_row, formula[:LONGEST])
        if times > _USUAL and value.text:
            self._copy(times)
        for place in range(column, min(column + times, MAX_COLUMNS + 1)):
            self._builder.take(place, value)
        if _SPANS[0] in attributes or _SPANS[1] in attributes:
            self._merge(attributes)

    def _copy(self, cells: int) -> None:
        self._copies += cells
        if self._copies > MAX_COPIES:
            raise self._builder.refusal(
                f"row {self._next_row}",
                f"more than {MAX_COPIES:,} cells are repetitions of others: a row or cell is "
                "filled down or across beyond the list",
            )

    def _merge(self, attributes: dict[str, str]) -> None:
        rows = repeats(attributes, "number-rows-spanned")
        columns = repeats(attributes, "number-columns-spanned")
        if rows > 1 or columns > 1:
            row, column = self._next_row, self._column
            self._notes.merge(Merge(row, column, row + rows - 1, column + columns - 1), self._place)

    def _value(self, text: str, formula: str | None) -> Value:
        attributes = self._attributes
        kind = attributes.get(_TYPE, "")
        error = attributes.get(_CALC_TYPE) == "error"
        if error or (formula is not None and _ERROR.fullmatch(text)):
            return Value(text or "#", fault=f"error value {text}".rstrip())
        if formula is not None and not kind and not text:
            return Value(f"={formula[:LONGEST].partition('=')[2]}", fault=MISSING)
        try:
            return self._typed(kind, text)
        except (ValueError, OverflowError):
            return Value(text or "?", fault=f"no value of its kind ({kind})")

    def _typed(self, kind: str, text: str) -> Value:
        """The value of a cell by its type (ODF 1.3 part 3, 19.385)."""
        attributes = self._attributes
        if kind in {"float", "percentage", "currency"}:
            return _as_shown(number(attributes.get(OFFICE + "value", "")), text)
        if kind == "date":
            shape = self._shape()
            if shape.calendar is not None and self._column not in self._notes.calendars:
                first = address(self._column, self._next_row)
                self._notes.calendars[self._column] = (first, shape.calendar)
            return iso(attributes.get(OFFICE + "date-value", ""), shape)
        if kind == "time":
            return _duration(attributes.get(OFFICE + "time-value", ""))
        if kind == "boolean":
            return truth(attributes.get(OFFICE + "boolean-value", ""))
        return Value(text or attributes.get(_STRING, ""))

    def _shape(self) -> Shape:
        style = self._attributes.get(TABLE + "style-name") or self._row_style
        if not style:
            columns = self._column_styles
            style = next((name for end, name in columns if self._column < end), "")
        shape = self._styles.shapes.get(style, _WHOLE)
        return shape if shape.year or shape.month or shape.day else _WHOLE


_FRAMES: Final = frozenset(
    TABLE + name
    for name in (
        "table-columns", "table-header-columns", "table-rows", "table-header-rows", "title", "desc",
    )
)  # fmt: skip
"""Elements that only hold rows and columns together."""


def _repeated(row: GridRow, times: int) -> Iterator[GridRow]:
    """A row as often as it stands there."""
    yield row
    for offset in range(1, times):
        yield GridRow(row.number + offset, row.cells, row.days, row.faults, row.hidden)


def _as_shown(value: Value, text: str) -> Value:
    """A number with leading zeros, where they are all that it is shown with."""
    shown = text.removeprefix("-")
    if shown.isascii() and shown.isdecimal() and shown.startswith("0") and value.fault is None:
        zeros = padded(value.text, len(shown))
        return Value(text) if zeros == text else value
    return value


def _duration(told: str) -> Value:
    """Hours, minutes and seconds of a time of day or a duration.

    Raises:
        ValueError: it is none.
    """
    found = _DURATION.fullmatch(told)
    if found is None:
        raise ValueError(told)
    sign, days, hours, minutes, seconds = found.groups()
    whole = int(hours) + 24 * int(days or 0)
    text = f"{sign}{whole:02}:{int(minutes):02}"
    return Value(f"{text}:{seconds}" if int(seconds) else text)
