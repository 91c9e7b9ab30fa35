"""Workbooks as tables: XLSX (and XLSM without its macros), XLS, ODS.

What a file is, is told by its first bytes, whatever it is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from habeas.errors import InputError
from habeas.exchange.tables.archive import Archive
from habeas.exchange.tables.table import Loose, Table, TableFile
from habeas.exchange.tables.workbook_compound import COMPOUND
from habeas.exchange.tables.workbook_grid import Book, Sheet
from habeas.exchange.tables.workbook_ods import open_ods
from habeas.exchange.tables.workbook_tables import SheetTables, tables_of
from habeas.exchange.tables.workbook_xls import open_xls
from habeas.exchange.tables.workbook_xlsx import open_xlsx

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OLD: Final = (
    b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)  # fmt: skip
"""Begin of a workbook of BIFF 2, 3, 4, 5 and 8 without a container."""
_SUFFIXES: Final = {"xlsx": (".xlsx", ".xlsm", ".xltx", ".xltm"), "xls": (".xls", ".xlt"),
                    "ods": (".ods", ".ots")}  # fmt: skip
_HEAD: Final = 4096
_SAVE: Final = "Open it in a spreadsheet program and save it as .xlsx or CSV"


def open_workbook(path: Path) -> TableFile:
    """The tables of a workbook. Formulas, macros and links are never run, followed or fetched.

    Args:
        path: the file; it is opened again whenever rows are read.

    Raises:
        InputError: it is no workbook, is encrypted, damaged, empty or made to do harm; with file,
            sheet and cell as far as they are known.
    """
    book = _book(path)
    names = [sheet.name for sheet in book.sheets]
    if twice := next((name for name in names if names.count(name) > 1), None):
        reason = f"two sheets have the name “{twice}”, so that no cell could be found again"
        raise InputError(reason, place=path.name, mend="Rename one of them")
    tables: list[Table] = []
    loose: list[Loose] = []
    remarks = [*_wrong_name(path, book), *book.remarks]
    for sheet in book.sheets:
        found = _tables(sheet, path.name)
        tables += found.tables
        loose += found.loose
        remarks += found.remarks
    if not tables and not loose:
        raise InputError("nothing stands in the workbook", place=path.name, mend="Is it the file?")
    return TableFile(
        name=path.name, format=book.format, tables=tuple(tables), loose=tuple(loose),
        remarks=tuple(remarks),
    )  # fmt: skip


def _tables(sheet: Sheet, file: str) -> SheetTables:
    try:
        return tables_of(sheet)
    except InputError as error:
        if error.place.startswith(file):
            raise
        place = f"{file}, {error.place}"
        raise InputError(error.reason, place=place, mend=error.mend) from None


def _book(path: Path) -> Book:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head.startswith(_ZIP):
            return open_ods(path) if _is_open_document(path) else open_xlsx(path)
        if head.startswith((COMPOUND, *_OLD)):
            return open_xls(path)
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise InputError(reason, place=path.name, mend="Check its name and rights") from None
    raise _no_workbook(path, head)


def _is_open_document(path: Path) -> bool:
    with Archive(path) as archive:
        names = archive.names
    return not {"content.xml", "encrypted-package"}.isdisjoint(names) and not any(
        name.lower().startswith("xl/") for name in names
    )


def _wrong_name(path: Path, book: Book) -> list[str]:
    if path.suffix.lower() in _SUFFIXES[book.format]:
        return []
    return [f"the file is in truth a workbook of the kind .{book.format}"]


def _no_workbook(path: Path, head: bytes) -> InputError:
    """The error of a file that is no workbook, with what it seems to be."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    mend = _SAVE
    if not head:
        reason, mend = "the file is empty", "Is it the file? Ask for it again"
    elif b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        reason = "it is a workbook in the XML form of 2003, which is not read"
    elif start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<div")):
        reason = "it is no workbook but a web page (HTML), as some programs export them"
    elif start.startswith(b"mime-version:"):
        reason = "it is no workbook but a saved web page (MHTML)"
    elif start.startswith(b"%pdf"):
        reason, mend = "it is a PDF", "Ask for the list as a spreadsheet"
    elif start.startswith(b"<?xml"):
        reason = "it is no workbook but XML"
    elif b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        reason, mend = "it is no workbook but text", "Rename it to .csv and import it again"
    else:
        reason = "it is no workbook (.xlsx, .xls, .ods)"
    return InputError(reason, place=path.name, mend=mend)
