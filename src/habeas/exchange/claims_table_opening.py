"""The grid of a claims table in a file: the cells as they stand, whichever program saved it last.

A spreadsheet program may have saved the file with another delimiter, another encoding, or in the
other form. Nothing is guessed about the cells; `claims_table_reading` checks each of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from habeas.errors import InputError

Form = Literal["csv", "xlsx", "ods"]

_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One row of a grid."""

    sheet: str | None
    number: int
    """The row of the sheet, or the line of the file on which it ends; the first is 1."""
    cells: list[str]


def lines_of(path: Path) -> tuple[Form, Iterator[Line]]:
    """What a file is, and its rows from the first on, those with headers included.

    Raises:
        InputError: now or while it is read: it cannot be read any further.
    """
    try:
        with path.open("rb") as opened:
            start = opened.read(4)
        form = _form_of(path, start)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=str(path), mend="Check its name"
        ) from error
    return form, _delimited_lines(path, start) if form == "csv" else _workbook_lines(path, form)


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


def _workbook_lines(path: Path, format_: Form) -> Iterator[Line]:
    from habeas.exchange.tables.workbook_grid import Notes
    from habeas.exchange.tables.workbook_ods import open_ods
    from habeas.exchange.tables.workbook_xlsx import open_xlsx

    book = open_ods(path) if format_ == "ods" else open_xlsx(path)
    for sheet in book.sheets:
        for row in sheet.read(Notes(sheet.name)):
            yield Line(sheet=sheet.name, number=row.number, cells=row.line())


def _form_of(path: Path, start: bytes) -> Form:
    """What a file is, by its first bytes, and a package by its parts."""
    from habeas.exchange.tables.archive import Archive

    if not start.startswith(b"PK\x03\x04"):
        return "csv"
    with Archive(path) as archive:
        return "ods" if "content.xml" in archive.names else "xlsx"
