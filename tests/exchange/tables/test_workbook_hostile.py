"""Workbooks that are broken, locked, or made to do harm: one clear error, and little is read."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter

from habeas.errors import InputError
from habeas.exchange.tables import workbook_formulas, workbook_grid, workbook_xml
from habeas.exchange.tables.archive import Archive
from habeas.exchange.tables.workbook import open_workbook
from habeas.exchange.tables.workbook_formats import PLAIN, shape_of
from habeas.exchange.tables.workbook_formulas import note_formula
from habeas.exchange.tables.workbook_grid import Notes
from habeas.exchange.tables.workbook_xlsx import open_xlsx


def _read_whole(path: Path) -> None:
    for table in open_workbook(path).tables:
        for _ in table.rows():
            pass


def _refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        _read_whole(path)
    assert caught.value.place.startswith(path.name)
    assert caught.value.mend
    return str(caught.value)


@pytest.fixture
def unpacked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes of the packages were unpacked, piece by piece."""
    pieces: list[int] = []
    chunks = Archive.chunks

    def counted(archive: Archive, name: str) -> Iterator[bytes]:
        for chunk in chunks(archive, name):
            pieces.append(len(chunk))
            yield chunk

    monkeypatch.setattr(Archive, "chunks", counted)
    return pieces


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "web page (HTML)"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html>", "web page (HTML)"),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", "saved web page (MHTML)"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
         "XML form of 2003"),
        (b"<?xml version='1.0'?><office:document/>", "no workbook but XML"),
        (b"name,town\r\na,b\r\n", "no workbook but text"),
        ("name\ttown".encode("utf-16"), "no workbook but text"),
        (b"%PDF-1.7\n\0", "it is a PDF"),
        (b"\x00\x01\x02\x03", "it is no workbook (.xlsx, .xls, .ods)"),
        (b"PK\x03\x04", "damaged or cut short"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "damaged"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "damaged"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_told_by_its_content(
    tmp_path: Path, content: bytes, told: str
) -> None:
    for name in ("list.xls", "list.xlsx"):
        (tmp_path / name).write_bytes(content)
        assert told in _refused(tmp_path / name)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    assert "No such file" in _refused(tmp_path / "list.xlsx")
    assert "directory" in _refused(tmp_path)


def test_a_wrong_extension_is_told_and_does_not_matter(workbooks) -> None:
    data = workbooks.text_row(1, "name", "town") + workbooks.text_row(2, "a", "b")
    path = workbooks.xlsx(data).rename(workbooks.folder / "list.xls")
    found, _ = workbooks.read(path)
    assert found.remarks == ("the file is in truth a workbook of the kind .xlsx",)


def test_a_password_is_told(tmp_path: Path) -> None:
    directory = bytearray(1536)
    directory[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    name = "EncryptedPackage\0".encode("utf-16-le")
    directory[640 : 640 + len(name)] = name
    (tmp_path / "list.xlsx").write_bytes(directory)
    told = _refused(tmp_path / "list.xlsx")
    assert told == (
        "list.xlsx: it is protected by a password. "
        "Open it with its password and save it without one"
    )


def test_a_zip_without_a_workbook_and_a_binary_workbook(workbooks) -> None:
    assert "holds no workbook" in _refused(workbooks.zip({"a.txt": "x"}))
    told = _refused(workbooks.zip({"xl/workbook.bin": b"x"}, "list.xlsb"))
    assert "binary workbook (.xlsb)" in told


def test_an_empty_workbook(workbooks) -> None:
    assert "nothing stands in the workbook" in _refused(workbooks.xlsx(""))
    assert "nothing stands in the workbook" in _refused(workbooks.ods(""))
    parts = workbooks.xlsx_parts("", sheets="")
    assert "has no sheets" in _refused(workbooks.zip(parts))


def test_two_sheets_of_one_name_or_of_one_part(workbooks) -> None:
    sheets = '<sheet name="a" sheetId="1" r:id="rId1"/><sheet name="a" sheetId="2" r:id="rId9"/>'
    data = workbooks.text_row(1, "name") + workbooks.text_row(2, "a")
    parts = workbooks.xlsx_parts(data, sheets=sheets)
    parts["xl/other.xml"] = parts["xl/worksheets/sheet1.xml"]
    rels = str(parts["xl/_rels/workbook.xml.rels"])
    cases = {
        "other.xml": "two sheets have the name “a”",
        "worksheets/sheet1.xml": "two of its sheets are one and the same",
    }
    for target, told in cases.items():
        more = f'<Relationship Id="rId9" Type="x/worksheet" Target="{target}"/></Relationships>'
        parts["xl/_rels/workbook.xml.rels"] = rels.replace("</Relationships>", more)
        assert told in _refused(workbooks.zip(parts))


def test_a_sheet_of_which_nothing_can_be_made(workbooks) -> None:
    """What the finding of tables refuses is told with the file, too."""
    heads = (("name", "surname", "date of birth"), ("name", "father's name", "date of death"))
    data = "".join(
        workbooks.text_row(3 * number + 1, *heads[number % 2])
        + workbooks.text_row(3 * number + 2, f"a {number}", "b", "1988")
        for number in range(200)
    )
    assert _refused(workbooks.xlsx(data)).startswith("list.xlsx, sheet “list”, ")


def test_a_sheet_part_that_is_missing(workbooks) -> None:
    parts = workbooks.xlsx_parts("")
    del parts["xl/worksheets/sheet1.xml"]
    told = _refused(workbooks.zip(parts))
    assert "list.xlsx, sheet “list”: the part 'xl/worksheets/sheet1.xml' is missing" in told


ENTITIES = {
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>',
    "file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "network": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x"> %a;]>',
}


@pytest.mark.parametrize("doctype", ENTITIES.values(), ids=ENTITIES.keys())
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels",
                                  "xl/sharedStrings.xml", "xl/styles.xml"])  # fmt: skip
def test_entities_are_refused_wherever_they_are_declared(
    workbooks, doctype: str, part: str
) -> None:
    data = workbooks.text_row(1, "name") + workbooks.text_row(2, "a")
    parts = workbooks.xlsx_parts(data)
    parts[part] = doctype + str(parts[part])
    assert "declares an entity" in _refused(workbooks.zip(parts))


def test_entities_are_refused_in_open_documents(workbooks) -> None:
    parts = workbooks.ods_parts("")
    parts["content.xml"] = ENTITIES["file"] + str(parts["content.xml"])
    assert "declares an entity" in _refused(workbooks.zip(parts, "list.ods"))


def test_without_the_check_an_entity_would_be_expanded(
    workbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = workbooks.text_row(1, "name", "town") + workbooks.text_row(2, "&a;", "b")
    parts = workbooks.xlsx_parts(data)
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = '<!DOCTYPE x [<!ENTITY a "expanded">]>' + str(parts[sheet])
    path = workbooks.zip(parts)
    assert "declares an entity" in _refused(path)
    monkeypatch.setattr(workbook_xml, "_defuse", lambda *_: None)
    assert workbooks.read(path)[1][0].cells == ("expanded", "b")


@pytest.mark.parametrize(
    "place", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_elements_without_end_within_one_another(workbooks, place: str) -> None:
    parts = workbooks.xlsx_parts(workbooks.text_row(1, "name"))
    parts[place] = "<a>" * 100_000
    assert "more than 256 elements stand inside one another" in _refused(workbooks.zip(parts))


def test_a_tag_without_end_is_read_up_to_the_limit(workbooks, unpacked: list[int]) -> None:
    parts = workbooks.xlsx_parts("")
    parts["xl/worksheets/sheet1.xml"] = b"<a b='" + b"x1" * 15_000_000
    assert "a tag is longer than 4,194,304 bytes" in _refused(workbooks.zip(parts))
    assert workbook_xml.MAX_TAG < sum(unpacked) < workbook_xml.MAX_TAG + 200_000


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2" t="inlineStr"><is><t>{}</t></is></c>',
        '<c r="B2" t="str"><v>{}</v></c>',
        '<c r="B2"><f>{}</f><v>1</v></c>',
        '<c r="B2" t="inlineStr"><is><r><t>{}</t></r><r><t>b</t></r></is></c>',
    ],
)
def test_a_cell_with_too_much_text(workbooks, cell: str) -> None:
    data = workbooks.text_row(1, "name", "town") + f'<row r="2">{cell.format("ab" * 500_001)}</row>'
    told = _refused(workbooks.xlsx(data))
    assert "list.xlsx, sheet “list”, cell B2: it holds more than 1,000,000 characters" in told


def test_a_cell_of_fifty_megabytes(workbooks) -> None:
    head = workbooks.text_row(1, "name", "town")
    row = '<row r="2"><c r="B2" t="str"><v>{}</v></c></row>'
    assert "a zip bomb" in _refused(workbooks.xlsx(head + row.format("a" * 50_000_000)))
    parts = workbooks.xlsx_parts(head + row.format("a" * 50_000_000))
    path = workbooks.zip(parts, method=zipfile.ZIP_STORED)
    tracemalloc.start()
    told = _refused(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "cell B2: it holds more than 1,000,000 characters" in told
    assert peak < 20_000_000


def test_a_shared_text_too_long_is_told_where_it_stands(workbooks) -> None:
    strings = f"<si><t>name</t></si><si><t>{'ab' * 1_000_000}</t></si>"
    data = '<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>'
    told = _refused(workbooks.xlsx(data, strings=strings))
    assert "list.xlsx, sheet “list”, cell A2: it holds more than 1,000,000 characters" in told


def test_a_cell_of_an_open_document_too_long(workbooks) -> None:
    rows = workbooks.ods_row("name", "town") + workbooks.ods_row("a", "ab" * 1_000_000)
    told = _refused(workbooks.ods(rows))
    assert "list.ods, sheet “list”, cell B2: it holds more than 1,000,000 characters" in told


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ('<c r="XFE2"><v>1</v></c>', "cell XFE2: a sheet has 16,384 columns"),
        ('<c r="ZZZZZZ2"><v>1</v></c>', "a sheet has 16,384 columns"),
        ('<c r="1"><v>1</v></c>', "cell '1': there can be no such cell"),
        ('<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>', "cell A2: it stands twice"),
    ],
)
def test_cells_where_none_can_be(workbooks, cell: str, told: str) -> None:
    data = workbooks.text_row(1, "name", "town") + f'<row r="2">{cell}</row>'
    assert told in _refused(workbooks.xlsx(data))


def test_a_million_columns_are_read_up_to_the_last_there_can_be(
    workbooks, unpacked: list[int]
) -> None:
    cell = '<c t="str"><v>a</v></c>'
    told = _refused(workbooks.xlsx(f'<row r="1">{cell * 1_000_000}</row>'))
    assert "cell XFE1: a sheet has 16,384 columns" in told
    assert sum(unpacked) < 16_385 * len(cell) + 200_000


@pytest.mark.parametrize(("row", "told"), [("1", "it stands after row 1"), ("0", "after row 1"),
                                           ("1048577", "1,048,576 rows at most"),
                                           ("9" * 5000, "it stands after row 1")])  # fmt: skip
def test_rows_where_none_can_be(workbooks, row: str, told: str) -> None:
    data = workbooks.text_row(1, "name") + f'<row r="{row}"><c><v>1</v></c></row>'
    assert told in _refused(workbooks.xlsx(data))


def test_far_apart_cells_take_no_memory(workbooks) -> None:
    """What takes 512 GiB, and ends the process, in readers that allot the whole grid."""
    data = (
        '<row r="1"><c r="A1" t="str"><v>name</v></c><c r="B1" t="str"><v>town</v></c></row>'
        '<row r="1048576"><c r="XFD1048576" t="str"><v>b</v></c></row>'
    )
    before = '<dimension ref="A1:XFD1048576"/>'
    path = workbooks.xlsx(data, before=before)
    tracemalloc.start()
    found = open_workbook(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000
    assert [row.number for table in found.tables for row in table.rows()] == [1048576]


def test_rows_that_are_only_formatted_are_left_out(workbooks) -> None:
    blank = "".join(f'<row r="{row}"><c r="A{row}" s="0"/></row>' for row in range(3, 100_000))
    data = workbooks.text_row(1, "name", "town") + workbooks.text_row(2, "a", "b") + blank
    path = workbooks.xlsx(data)
    (sheet,) = open_xlsx(path).sheets
    assert [row.number for row in sheet.read(Notes("list"))] == [1, 2]
    _, rows = workbooks.read(path)
    assert [row.cells for row in rows] == [("a", "b")]


def test_a_sheet_as_a_bomb_of_wide_rows(workbooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_grid, "MAX_GRID", 200_000)
    data = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(1, 100))
    told = _refused(workbooks.xlsx(data))
    assert "row 13: the sheet holds more than" in told


def test_no_reader_opens_a_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workbooks
) -> None:
    """Every door outward is shut by the tests already; here it is shown that none is tried."""
    import socket
    import subprocess

    tried: list[object] = []
    monkeypatch.setattr(socket, "socket", lambda *args, **_: tried.append(args))
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_: tried.append(args))
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **_: tried.append(args))
    path = tmp_path / "calling.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("list")
    sheet.write_row(0, 0, ["name", "call"])
    calls = ['WEBSERVICE("http://127.0.0.1:9/")', 'HYPERLINK("http://127.0.0.1:9/")',
             "cmd|'/C calc'!A0", "'http://127.0.0.1:9/[x.xlsx]A'!A1"]  # fmt: skip
    for row, call in enumerate(calls, start=1):
        sheet.write(row, 0, f"name {row}")
        sheet.write_formula(row, 1, f"={call}", None, "saved")
    sheet.insert_image(0, 5, "http://127.0.0.1:9/x.png", {"image_data": _png()})
    sheet.write_url(5, 0, "http://127.0.0.1:9/")
    book.close()
    found, rows = workbooks.read(path)
    assert [row.cells[1] for row in rows[:4]] == ["saved"] * 4
    assert any("formulas that call out are not run" in remark for remark in found.remarks)
    assert tried == []


def _png() -> object:
    import io

    from PIL import Image

    kept = io.BytesIO()
    Image.new("RGB", (1, 1)).save(kept, "PNG")
    kept.seek(0)
    return kept


def test_columns_hidden_over_and_over_are_kept_once(workbooks) -> None:
    hidden = "<cols>" + '<col min="1" max="3" hidden="1"/>' * 20_000 + "</cols>"
    path = workbooks.xlsx(workbooks.text_row(1, *"x" * 16_384), before=hidden)
    (sheet,) = open_xlsx(path).sheets
    notes = Notes("list")
    assert len(list(sheet.read(notes))) == 1
    assert notes.hidden_columns == [(0, 2)]
    table = open_workbook(path).tables[0]
    assert [column.hidden for column in table.columns[:5]] == [True, True, True, False, False]


def test_brackets_in_formulas_call_nothing(workbooks) -> None:
    data = "".join(f'<row r="{n}"><c><f>{"[" * 8_000}</f><v>1</v></c></row>' for n in range(1, 101))
    remarks = " ".join(open_workbook(workbooks.xlsx(data)).remarks)
    assert "column A has formulas (the first in A1)" in remarks
    assert "call out" not in remarks


def test_formulas_are_looked_at_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(workbook_formulas, "MOST", 80_000)
    monkeypatch.setattr(workbook_formulas, "calls_of", looked_at.append)
    notes = Notes("list")
    for row in range(1, 101):
        note_formula(notes, 0, row, "[" * 8_000)
    assert len(looked_at) == 9
    assert notes.formulas == {0: "A1"}


def test_number_formats_longer_than_programs_hold_are_not_looked_at() -> None:
    assert shape_of("yyyy" + "[$-1" * 70) is PLAIN
    assert shape_of("yyyy") is not PLAIN
