"""XLS: old workbooks of xlwt."""

from __future__ import annotations

import datetime
import struct
from pathlib import Path

import pytest
import xlwt

from habeas.errors import InputError
from habeas.exchange.tables.workbook import open_workbook
from habeas.exchange.tables.workbook_xls_records import has_links, sheet_offsets, sheet_records


def _format(code: str) -> xlwt.XFStyle:
    return xlwt.easyxf(num_format_str=code)


def _save(book: xlwt.Workbook, folder: Path) -> Path:
    path = folder / "list.xls"
    book.save(str(path))
    return path


def test_values_have_their_kinds(tmp_path: Path, workbooks) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("list")
    heads = ["name", "year", "share", "day", "moment", "padded", "told", "long", "error", "month"]
    for column, head in enumerate(heads):
        sheet.write(0, column, head)
    sheet.write(1, 0, "گلدان ساختگی")
    sheet.write(1, 1, 1367)
    sheet.write(1, 2, 0.1)
    sheet.write(1, 3, datetime.date(1988, 7, 3), _format("YYYY-MM-DD"))
    sheet.write(1, 4, datetime.datetime(1988, 7, 3, 14, 30), _format("YYYY-MM-DD h:mm"))
    sheet.write(1, 5, 42, _format("00000"))
    sheet.write(1, 6, True)
    sheet.write(1, 7, 1234567890123456789)
    sheet.row(1).set_cell_error(8, "#REF!")
    sheet.write(1, 9, 32325, _format("mmm-yy"))
    found, (row,) = workbooks.read(_save(book, tmp_path))
    assert found.format == "xls"
    assert row.cells == (
        "گلدان ساختگی", "1367", "0.1", "1988-07-03", "1988-07-03T14:30", "00042", "TRUE",
        "1234567890123456800", "#REF!", "1988-07",
    )  # fmt: skip
    assert row.days == {3: "1988-07-03", 4: "1988-07-03"}
    assert {fault.column: fault.reason for fault in row.faults} == {
        7: "stored as a number: digits after the fifteenth are lost", 8: "error value #REF!",
    }  # fmt: skip
    assert found.remarks == ()


@pytest.mark.parametrize("is_1904", [False, True])
def test_days_count_from_the_epoch_of_the_workbook(tmp_path, workbooks, is_1904: bool) -> None:
    book = xlwt.Workbook()
    book.dates_1904 = is_1904
    sheet = book.add_sheet("list")
    for row, day in enumerate(("day", 60, 34519)):
        sheet.write(row, 0, "name")
        sheet.write(row, 1, day, _format("YYYY-MM-DD"))
    found, rows = workbooks.read(_save(book, tmp_path))
    texts = [row.cells[1] for row in rows]
    if is_1904:
        assert texts == ["1904-03-01", "1998-07-05"]
        assert "dates count from 1904" in found.remarks
    else:
        assert texts == ["1900-02-29", "1994-07-04"]
        assert rows[0].days == {}
        assert "29 February 1900 is no day" in rows[0].faults[0].reason


def test_hidden_and_merged(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("shown")
    for row in range(5):
        for column in (0, 2):
            sheet.write(row, column, f"cell {row} {column}")
    sheet.write(0, 1, "town")
    sheet.write_merge(1, 3, 1, 1, "merged")
    sheet.row(2).hidden = True
    sheet.col(2).hidden = True
    for state, name in ((1, "hidden"), (2, "very hidden")):
        other = book.add_sheet(name)
        other.visibility = state
        for row in range(2):
            other.write(row, 0, f"name {row}")
            other.write(row, 1, f"town {row}")
    found = open_workbook(_save(book, tmp_path))
    rows = list(found.tables[0].rows())
    assert [row.hidden for row in rows] == [False, True, False, False]
    assert [row.cells[1] for row in rows] == ["merged", "", "", ""]
    reason = "merged with B2: the value may stand for several rows"
    assert [[(fault.column, fault.reason) for fault in row.faults] for row in rows] == [
        [], [(1, reason)], [(1, reason)], [],
    ]  # fmt: skip
    assert [column.hidden for column in found.tables[0].columns] == [False, False, True]
    assert all(row.hidden for table in found.tables[1:] for row in table.rows())
    assert "sheet “hidden” is hidden; it is read like the others (rows: 2)" in found.remarks
    assert (
        "sheet “very hidden” is very hidden; it is read like the others (rows: 2)" in found.remarks
    )


def test_formulas_are_told(tmp_path: Path, workbooks) -> None:
    book = xlwt.Workbook()
    book.add_sheet("first").write(0, 0, "x")
    sheet = book.add_sheet("list")
    for column, head in enumerate(("name", "town", "sum")):
        sheet.write(0, column, head)
        sheet.write(1, column, "a")
    sheet.write(2, 0, "b")
    sheet.write(2, 1, "c")
    sheet.write(2, 2, xlwt.Formula("first!A1"))
    found = open_workbook(_save(book, tmp_path))
    assert (
        "sheet “list”: column C has formulas (the first in C3): the values that were saved with "
        "them are read, nothing is calculated"
    ) in found.remarks
    assert (
        "sheet “list”: formulas of column C show nothing (the first in C3), or were saved without "
        "being calculated"
    ) in found.remarks
    assert not any("other workbooks" in remark for remark in found.remarks)


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _formula(row: int, column: int, value: bytes) -> bytes:
    return _record(0x0006, struct.pack("<HHH", row, column, 0) + value + bytes(8))


def test_records_of_formulas_whose_text_was_not_saved() -> None:
    text = b"\x00\x00\x00\x00\x00\x00\xff\xff"
    empty = b"\x03\x00\x00\x00\x00\x00\xff\xff"
    stream = (
        _record(0x0809, bytes(16))
        + _formula(1, 0, struct.pack("<d", 7))
        + _formula(2, 1, text) + _record(0x04BC) + _record(0x0207, b"\x01\x00\x00a")
        + _formula(3, 1, text) + _record(0x0203, bytes(14))
        + _formula(4, 2, empty)
        + _formula(5, 1, text) + _record(0x000A) + _formula(6, 3, text)
    )  # fmt: skip
    found = sheet_records(stream, 0)
    assert found.formulas == {0: 1, 1: 2, 2: 4}
    assert found.missing == {(3, 1), (5, 1)}
    assert found.empty == {2: 4}


def test_records_of_sheets_and_links() -> None:
    sheets = b"".join(
        _record(0x0085, struct.pack("<IBBB", offset, 0, kind, 1) + b"\x00a")
        for offset, kind in ((100, 0), (200, 2), (300, 0))
    )
    assert sheet_offsets(sheets) == [100, 300]
    own = _record(0x01AE, b"\x01\x00\x01\x04")
    assert not has_links(own)
    assert has_links(own + _record(0x01AE, b"\x01\x00\x05\x00\x00x.xls"))


def test_a_password_is_told(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("list").write(0, 0, "name")
    stream = book.get_biff_data()
    length = 4 + struct.unpack_from("<H", stream, 2)[0]
    locked = stream[:length] + _record(0x002F, bytes(54)) + stream[length:]
    (tmp_path / "list.xls").write_bytes(locked)
    with pytest.raises(InputError, match=r"list\.xls: it is protected by a password"):
        open_workbook(tmp_path / "list.xls")


def test_a_workbook_without_a_container(tmp_path: Path, workbooks) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("list")
    for row in range(3):
        sheet.write(row, 0, f"name {row}")
        sheet.write(row, 1, f"town {row}")
    (tmp_path / "list.xls").write_bytes(book.get_biff_data())
    _, rows = workbooks.read(tmp_path / "list.xls")
    assert len(rows) in {2, 3}


def test_far_apart_cells_take_little_memory(tmp_path: Path) -> None:
    """Six such sheets took 3 GB in a reader that allots the whole grid."""
    import tracemalloc

    book = xlwt.Workbook()
    for number in range(2):
        sheet = book.add_sheet(f"sheet {number}")
        sheet.write(0, 0, "name")
        sheet.write(65535, 255, "x")
    path = _save(book, tmp_path)
    tracemalloc.start()
    found = open_workbook(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.tables) >= 2
    assert peak < 60_000_000


def test_a_text_document_is_no_workbook(tmp_path: Path) -> None:
    directory = bytearray(1536)
    directory[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    name = "WordDocument\0".encode("utf-16-le")
    directory[640 : 640 + len(name)] = name
    (tmp_path / "list.doc").write_bytes(directory)
    with pytest.raises(InputError, match="it is a text document"):
        open_workbook(tmp_path / "list.doc")
