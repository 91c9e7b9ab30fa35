"""The grid of a claims table in a file: the cells as they stand, whichever program saved it last.

A spreadsheet program may have saved the file with another delimiter, another encoding, or in the
other form. Nothing is guessed about the cells; `claims_table_reading` checks each of them.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from habeas.errors import InputError

MAX_BYTES: Final = 4_000_000_000
"""Bytes of a workbook when it is unpacked: a million claims have about a quarter of that."""

_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of a grid."""

    sheet: str | None
    number: int
    """The row of the sheet, or the line of the file on which it ends; the first is 1."""
    cells: list[str]


def lines_of(path: Path) -> tuple[Literal["csv", "xlsx"], Iterator[Line]]:
    """What a file is, and its rows from the first on, those with headers included.

    Raises:
        InputError: now or while it is read: it cannot be read any further.
    """
    try:
        with path.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=str(path), mend="Check its name"
        ) from error
    if start == b"PK\x03\x04":
        return "xlsx", _workbook_lines(path)
    return "csv", _delimited_lines(path, start)


def _delimited_lines(path: Path, start: bytes) -> Iterator[Line]:
    encoding = next((name for bom, name in _BOMS if start.startswith(bom)), "utf-8")
    # Letters of another encoding come out wrong, are found so, and the row is asked about.
    with path.open(encoding=encoding, errors="replace", newline="") as opened:
        head = opened.readline(100_000)
        delimiter = max(",;\t", key=head.count)
        opened.seek(0)
        reader = csv.reader(opened, delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                yield Line(sheet=None, number=reader.line_num, cells=cells)
        except csv.Error as error:
            raise InputError(
                f"the table cannot be read any further ({error})",
                place=f"{path.name}, line {reader.line_num}",
                mend="Nothing was recorded; take the file again as it was exported",
            ) from error


def _workbook_lines(path: Path) -> Iterator[Line]:
    from python_calamine import CalamineError, CalamineWorkbook

    _refuse_bomb(path)
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                first = 1 if sheet.start is None else sheet.start[0] + 1
                for number, row in enumerate(sheet.iter_rows(), first):
                    yield Line(sheet=name, number=number, cells=[_text(cell) for cell in row])
    except CalamineError as error:
        raise _no_workbook(path, str(error)) from error


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise _no_workbook(path, str(error)) from error
    if size > MAX_BYTES:
        raise InputError(
            f"this workbook unpacks to {size} bytes; at most {MAX_BYTES} are read",
            place=path.name,
            mend="Export fewer claims at a time, or as CSV",
        )


def _no_workbook(path: Path, why: str) -> InputError:
    return InputError(
        f"this workbook cannot be read ({why})",
        place=path.name,
        mend="Take the file again as it was exported",
    )


def _text(cell: object) -> str:
    """A cell as text; whole numbers without a point, as they were written."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
