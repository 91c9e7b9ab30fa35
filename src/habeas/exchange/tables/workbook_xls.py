"""Old workbooks (`.xls`, BIFF 2 to 8), read with xlrd.

Not known for them: what formulas would call (their code is not read), connections to data
elsewhere, and whether a picture stands on a sheet.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO

from habeas.errors import InputError
from habeas.exchange.tables.columns import column_letters
from habeas.exchange.tables.workbook_compound import COMPOUND, check_compound
from habeas.exchange.tables.workbook_formats import BUILT_IN, PLAIN, Shape, shape_of
from habeas.exchange.tables.workbook_formulas import MISSING, note_formula
from habeas.exchange.tables.workbook_grid import (
    Book,
    GridRow,
    Merge,
    Notes,
    RowBuilder,
    Sheet,
    Visibility,
    address,
)
from habeas.exchange.tables.workbook_values import Value, shown, truth
from habeas.exchange.tables.workbook_xls_records import (
    SheetRecords,
    has_links,
    sheet_offsets,
    sheet_records,
)

MAX_BYTES: Final = 256 * 1024 * 1024
"""Bytes of an old workbook, which is read whole."""

_MEND: Final = "Open the file in a spreadsheet program and save it anew as .xlsx"
_VISIBILITY: Final[dict[int, Visibility]] = {0: "visible", 1: "hidden", 2: "very hidden"}
_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR = 1, 2, 3, 4, 5


class _Nowhere:
    """Takes what xlrd would print, and drops it."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing is held."""


def open_xls(path: Path) -> Book:
    """The sheets of an old workbook.

    Raises:
        InputError: it is damaged, encrypted, too large or no workbook.
    """
    if (size := path.stat().st_size) > MAX_BYTES:
        raise InputError(f"it has {size:,} bytes", place=path.name, mend=_MEND)
    content = path.read_bytes()
    if content.startswith(COMPOUND):
        check_compound(content, path.name)
    with _Refusing(path.name):
        book = _opened(content)
        stream = bytes(book.mem[book.base : book.base + book.stream_len])
        offsets = sheet_offsets(stream) if book.biff_version >= 50 else []
        known = len(offsets) == book.nsheets
        remarks = _remarks(book, content, stream)
        sheets = tuple(
            _sheet(book, index, path.name, stream if known else b"", offsets[index] if known else 0)
            for index in range(book.nsheets)
        )
    return Book(format="xls", sheets=sheets, remarks=tuple(remarks))


def _opened(content: bytes) -> Any:
    import xlrd

    nowhere: TextIO = _Nowhere()  # type: ignore[assignment]
    return xlrd.open_workbook(
        file_contents=content, logfile=nowhere, formatting_info=True, ragged_rows=True,
        on_demand=True,
    )  # fmt: skip


class _Refusing:
    """Turns what xlrd raises on damaged files into one kind of error.

    xlrd checks little: a damaged file comes to light as the failure of whatever was tried.
    """

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: object, _: object) -> None:
        import xlrd
        from xlrd.compdoc import CompDocError

        expected = (
            xlrd.XLRDError, CompDocError, struct.error, LookupError, AssertionError, ValueError,
            TypeError, AttributeError, ArithmeticError, MemoryError, EOFError, RecursionError,
        )  # fmt: skip
        if kind is None or not issubclass(kind, expected):
            return
        if "encrypted" in str(error):
            raise InputError(
                "it is protected by a password",
                place=self._place,
                mend="Open it with its password and save it without one",
            ) from None
        told = str(error)[:200] or kind.__name__
        raise InputError(
            f"the old workbook is damaged ({told})", place=self._place, mend=_MEND
        ) from None


def _sheet(book: Any, index: int, file: str, stream: bytes, offset: int) -> Sheet:
    name = str(book.sheet_names()[index])
    place = f"{file}, sheet “{name}”"

    def read(notes: Notes) -> Iterator[GridRow]:
        with _Refusing(place):
            sheet = book.sheet_by_index(index)
            book.unload_sheet(index)
            yield from _rows(book, sheet, sheet_records(stream, offset), notes, place)

    return Sheet(
        name=name,
        place=place,
        visibility=_VISIBILITY.get(book._sheet_visibility[index], "hidden"),
        read=read,
    )


def _rows(
    book: Any, sheet: Any, records: SheetRecords, notes: Notes, place: str
) -> Iterator[GridRow]:
    _note(sheet, records, notes, place)
    reader = _Cells(book, sheet, records, RowBuilder(place, notes), notes)
    for number in range(sheet.nrows):
        if (row := reader.row(number)) is not None:
            yield row


class _Cells:
    """Reads the rows of one sheet."""

    def __init__(
        self, book: Any, sheet: Any, records: SheetRecords, builder: RowBuilder, notes: Notes
    ) -> None:
        self._book = book
        self._sheet = sheet
        self._missing = records.missing
        self._builder = builder
        self._notes = notes
        self._shapes: dict[int, Shape] = {}
        self._hide_rows = bool(getattr(sheet, "default_row_hidden", 0))

    def row(self, number: int) -> GridRow | None:
        """A row by its number from 0; None when it is empty."""
        known = self._sheet.rowinfo_map.get(number)
        hidden = bool(known.hidden) if known is not None else self._hide_rows
        self._builder.begin(number + 1, hidden=hidden)
        types = self._sheet.row_types(number)
        values = self._sheet.row_values(number)
        for column, (kind, value) in enumerate(zip(types, values, strict=True)):
            if (number, column) in self._missing:
                self._builder.take(column, Value("=", fault=MISSING))
            elif kind in {_TEXT, _NUMBER, _DATE, _BOOLEAN, _ERROR}:
                self._builder.take(column, self._value(number, column, kind, value))
        return self._builder.finished()

    def _value(self, number: int, column: int, kind: int, value: Any) -> Value:
        if kind == _TEXT:
            return Value(str(value))
        if kind == _BOOLEAN:
            return truth(str(value))
        if kind == _ERROR:
            from xlrd.biffh import error_text_from_code

            told = error_text_from_code.get(value, f"#{value}")
            return Value(told, fault=f"error value {told}")
        shape = self._shape(self._sheet.cell_xf_index(number, column))
        if shape.calendar is not None and column not in self._notes.calendars:
            self._notes.calendars[column] = (address(column, number + 1), shape.calendar)
        return shown(repr(float(value)), shape, epoch=1904 if self._book.datemode else 1900)

    def _shape(self, index: int) -> Shape:
        if index not in self._shapes:
            self._shapes[index] = self._new_shape(index)
        return self._shapes[index]

    def _new_shape(self, index: int) -> Shape:
        if not 0 <= index < len(self._book.xf_list):
            return PLAIN
        key = self._book.xf_list[index].format_key
        known = self._book.format_map.get(key)
        code = known.format_str if known is not None else BUILT_IN.get(key, "")
        return shape_of(code) if code else PLAIN


def _note(sheet: Any, records: SheetRecords, notes: Notes, place: str) -> None:
    for column, row in records.formulas.items():
        note_formula(notes, column, row + 1, "")
    for column, row in records.empty.items():
        notes.others.append(
            f"sheet “{notes.sheet}”: formulas of column {column_letters(column)} show nothing (the "
            f"first in {address(column, row + 1)}), or were saved without being calculated"
        )
    for top, below, left, beyond in sheet.merged_cells:
        if below - top > 1 or beyond - left > 1:
            notes.merge(Merge(top + 1, left, below, beyond - 1), place)
    for column, known in sorted(sheet.colinfo_map.items()):
        if known.hidden or known.width == 0:
            notes.hide(column, column)
    for row, column in sorted(sheet.cell_note_map):
        notes.comments.add(address(column, row + 1))
    for link in sheet.hyperlink_list:
        notes.links.add(address(link.fcolx, link.frowx + 1))


def _remarks(book: Any, content: bytes, stream: bytes) -> Iterator[str]:
    if book.datemode:
        yield "dates count from 1904"
    if "_VBA_PROJECT_CUR".encode("utf-16-le") in content:
        yield "macros are left alone, nothing is run"
    if book.biff_version >= 80 and has_links(stream):
        yield "links to other workbooks are left alone"
