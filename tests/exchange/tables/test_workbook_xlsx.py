"""XLSX: workbooks of openpyxl and XlsxWriter, and such as are made by hand."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment

from habeas.exchange.tables.table import Row
from habeas.exchange.tables.workbook import open_workbook


def _reasons(row: Row) -> dict[int | None, str]:
    return {fault.column: fault.reason for fault in row.faults}


def test_values_have_their_kinds(tmp_path: Path, workbooks) -> None:
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("list")
    day = book.add_format({"num_format": "yyyy/mm/dd"})
    moment = book.add_format({"num_format": "yyyy/mm/dd hh:mm"})
    padded = book.add_format({"num_format": "00000"})
    sheet.write_row(0, 0, ["نام", "year", "share", "day", "moment", "number", "told", "note"])
    sheet.write_string(1, 0, "گلدان ساختگی")
    sheet.write_number(1, 1, 1367)
    sheet.write_number(1, 2, 0.1)
    sheet.write_datetime(1, 3, datetime.date(1988, 7, 3), day)
    sheet.write_datetime(1, 4, datetime.datetime(1988, 7, 3, 14, 30), moment)
    sheet.write_number(1, 5, 42, padded)
    sheet.write_boolean(1, 6, True)
    bold = book.add_format({"bold": True})
    sheet.write_rich_string(1, 7, "one ", bold, "two", " three")
    book.close()
    found, (row,) = workbooks.read(path)
    assert (found.format, found.name) == ("xlsx", "list.xlsx")
    assert found.tables[0].sheet == "list"
    assert found.tables[0].header_row == 1
    assert [column.name for column in found.tables[0].columns][:2] == ["نام", "year"]
    assert row.number == 2
    assert row.cells == (
        "گلدان ساختگی", "1367", "0.1", "1988-07-03", "1988-07-03T14:30", "00042", "TRUE",
        "one two three",
    )  # fmt: skip
    assert row.days == {3: "1988-07-03", 4: "1988-07-03"}
    assert row.faults == ()
    assert found.remarks == ()


def test_days_count_from_the_epoch_of_the_workbook(tmp_path: Path, workbooks) -> None:
    days = {}
    for epoch in (False, True):
        path = tmp_path / f"{epoch}.xlsx"
        book = xlsxwriter.Workbook(str(path), {"date_1904": epoch})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "day"])
        sheet.write(1, 0, "گلدان")
        written = datetime.date(1988, 7, 3)
        sheet.write_datetime(1, 1, written, book.add_format({"num_format": "yyyy-mm-dd"}))
        book.close()
        found, (row,) = workbooks.read(path)
        days[epoch] = row.days
        assert ("dates count from 1904" in found.remarks) == epoch
    assert days == {False: {1: "1988-07-03"}, True: {1: "1988-07-03"}}


def test_hidden_sheets_rows_and_columns_are_read_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    shown = book.active
    for row in (["name", "town", "note"], ["a", "b", "c"], ["d", "e", "f"]):
        shown.append(row)
    shown.title = "shown"
    shown.row_dimensions[3].hidden = True
    shown.column_dimensions["C"].hidden = True
    for state in ("hidden", "veryHidden"):
        sheet = book.create_sheet(state)
        sheet.append(["name", "town"])
        sheet.append(["g", "h"])
        sheet.sheet_state = state
    book.save(path)
    found = open_workbook(path)
    assert [table.sheet for table in found.tables] == ["shown", "hidden", "veryHidden"]
    assert [column.hidden for column in found.tables[0].columns] == [False, False, True]
    assert [row.hidden for row in found.tables[0].rows()] == [False, True]
    assert all(row.hidden for table in found.tables[1:] for row in table.rows())
    assert found.remarks == (
        "sheet “shown”: hidden rows (by hand or by a filter): 1; they are read",
        "sheet “shown”: hidden columns: C; they are read",
        "sheet “hidden” is hidden; it is read like the others (rows: 2)",
        "sheet “veryHidden” is very hidden; it is read like the others (rows: 2)",
    )


def test_error_values_are_faults_and_not_empty(workbooks) -> None:
    data = workbooks.text_row(1, "name", "town") + (
        '<row r="2"><c t="inlineStr"><is><t>a</t></is></c><c t="e"><v>#REF!</v></c></row>'
        '<row r="3"><c t="inlineStr"><is><t>b</t></is></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        "</row>"
    )
    found, rows = workbooks.read(workbooks.xlsx(data))
    assert [row.cells for row in rows] == [("a", "#REF!"), ("b", "#DIV/0!")]
    assert _reasons(rows[0]) == {1: "error value #REF!"}
    assert _reasons(rows[1]) == {1: "error value #DIV/0!"}
    assert any("column B has formulas (the first in B3)" in remark for remark in found.remarks)


def test_formulas_are_never_calculated(tmp_path: Path, workbooks) -> None:
    path = tmp_path / "list.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("list")
    sheet.write_row(0, 0, ["name", "sum", "call"])
    for row in range(1, 4):
        sheet.write(row, 0, f"name {row}")
        sheet.write_formula(row, 1, "=1+1", None, 7)
    sheet.write_formula(1, 2, '=WEBSERVICE("http://example.org/")', None, "saved")
    sheet.write_formula(2, 2, '=HYPERLINK("http://example.org/","x")', None, "x")
    sheet.write_formula(3, 2, "=[1]Sheet1!A1", None, "far")
    book.close()
    found, rows = workbooks.read(path)
    assert [row.cells for row in rows] == [
        ("name 1", "7", "saved"), ("name 2", "7", "x"), ("name 3", "7", "far"),
    ]  # fmt: skip
    assert not any(row.faults for row in rows)
    told = [remark for remark in found.remarks if "column B has formulas" in remark]
    assert len(told) == 1
    assert (
        "sheet “list”: formulas that call out are not run: C2 (WEBSERVICE), C3 (HYPERLINK), "
        "C4 (another file)"
    ) in found.remarks


def test_dde_is_told_and_nothing_is_started(workbooks) -> None:
    data = workbooks.text_row(1, "name", "town") + (
        '<row r="2"><c t="inlineStr"><is><t>a</t></is></c>'
        "<c t=\"str\"><f>cmd|'/C calc'!A0</f><v>saved</v></c></row>"
    )
    found, rows = workbooks.read(workbooks.xlsx(data))
    assert rows[0].cells == ("a", "saved")
    assert "sheet “list”: formulas that call out are not run: B2 (DDE)" in found.remarks


def test_a_formula_without_a_saved_value_is_a_fault(tmp_path: Path, workbooks) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["name", "both"])
    book.active.append(["a", '=A2&"!"'])
    book.active.append(["b", "=SUM(1,2)"])
    book.save(path)
    _, rows = workbooks.read(path)
    assert [row.cells[1] for row in rows] == ['=A2&"!"', "=SUM(1,2)"]
    assert {_reasons(row)[1] for row in rows} == {"formula without a saved value"}


def test_a_formula_with_an_empty_text_as_value_is_empty(workbooks) -> None:
    data = workbooks.text_row(1, "name", "day", "town") + (
        '<row r="2"><c t="str"><v>a</v></c><c t="str"><v>b</v></c>'
        '<c t="str"><f>""</f><v></v></c></row>'
    )
    _, rows = workbooks.read(workbooks.xlsx(data))
    assert (rows[0].cells, rows[0].faults) == (("a", "b", ""), ())


def test_shared_texts_without_how_to_pronounce_them(workbooks) -> None:
    strings = (
        "<si><t>name</t></si><si><t>town</t></si>"
        "<si><r><t>課</t></r><r><t xml:space='preserve'> きく</t></r>"
        "<rPh sb='0' eb='1'><t>カ</t></rPh></si>"
        "<si><t>a_x000D_\nb_x005F_x000D_</t></si>"
    )
    data = (
        '<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>'
        '<row r="2"><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>'
        '<row r="3"><c t="s"><v>9</v></c><c t="s"><v>-1</v></c></row>'
    )
    _, rows = workbooks.read(workbooks.xlsx(data, strings=strings))
    assert rows[0].cells == ("課 きく", "a\r\nb_x000D_")
    assert [fault.reason for fault in rows[1].faults] == ["no value of its kind (s)"] * 2


def test_dates_in_another_calendar_are_told(workbooks) -> None:
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="[$-fa-IR,16]d mmmm yyyy;@"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
    )
    data = workbooks.text_row(1, "name", "day") + (
        '<row r="2"><c t="inlineStr"><is><t>a</t></is></c><c s="1"><v>32327</v></c></row>'
    )
    found, rows = workbooks.read(workbooks.xlsx(data, styles=styles))
    assert (rows[0].cells[1], rows[0].days) == ("1988-07-03", {1: "1988-07-03"})
    assert (
        "sheet “list”: dates in column B (the first in B2) are shown in Solar Hijri; the file "
        "holds Gregorian days, and these are given"
    ) in found.remarks


def test_comments_links_macros_and_pictures_are_told(tmp_path: Path, workbooks) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["name", "town"])
    book.active.append(["a", "b"])
    book.active["A2"].comment = Comment("invented", "nobody")
    book.active["B2"].hyperlink = "http://example.org/"
    book.save(path)
    found, _ = workbooks.read(path)
    assert "sheet “Sheet”: comments are not read as values: A2" in found.remarks
    assert "sheet “Sheet”: links are left alone: B2" in found.remarks
    parts = workbooks.xlsx_parts(workbooks.text_row(1, "name") + workbooks.text_row(2, "a"))
    parts |= {"xl/vbaProject.bin": "x", "xl/externalLinks/externalLink1.xml": "<x/>",
              "xl/media/image1.png": "x", "xl/connections.xml": "<x/>"}  # fmt: skip
    found, _ = workbooks.read(workbooks.zip(parts, "list.xlsm"))
    assert set(found.remarks) == {
        "macros are left alone, nothing is run", "links to other workbooks are left alone",
        "pictures are not read", "connections to data elsewhere are left alone",
    }  # fmt: skip


def test_addresses_may_be_left_out_and_names_may_have_prefixes(workbooks) -> None:
    parts = workbooks.xlsx_parts("")
    parts["xl/worksheets/sheet1.xml"] = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        '<x:row><x:c t="str"><x:v>name</x:v></x:c><x:c t="str"><x:v>town</x:v></x:c></x:row>'
        '<x:row><x:c t="str"><x:v>a</x:v></x:c><x:c><x:v>5</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    found, rows = workbooks.read(workbooks.zip(parts))
    assert [(row.number, row.cells) for row in rows] == [(2, ("a", "5"))]
    assert [column.address for column in found.tables[0].columns] == ["A", "B"]


def test_duplicate_headers_are_told_apart(workbooks) -> None:
    data = workbooks.text_row(1, "نام", "نام") + workbooks.text_row(2, "a", "b")
    found, _ = workbooks.read(workbooks.xlsx(data))
    assert [column.name for column in found.tables[0].columns] == ["نام", "نام (2)"]


def test_a_sheet_may_hold_a_header_alone(workbooks) -> None:
    data = workbooks.text_row(1, "name", "surname", "date of birth")
    _, rows = workbooks.read(workbooks.xlsx(data))
    assert rows == []


def test_rows_are_read_anew_on_every_call(workbooks) -> None:
    data = workbooks.text_row(1, "name", "town") + "".join(
        workbooks.text_row(row, f"name {row}", "x") for row in range(2, 500)
    )
    found, rows = workbooks.read(workbooks.xlsx(data))
    assert list(found.tables[0].rows()) == rows
    assert next(found.tables[0].rows()) == rows[0]
    assert len(rows) == 498


def test_tables_below_one_another_and_lines_around_them(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "An invented list"
    for number, row in enumerate([["name", "town"], ["a", "b"], ["c", "d"]], start=3):
        for column, text in enumerate(row, start=1):
            sheet.cell(number, column, text)
    for number, row in enumerate([["name", "day"], ["e", datetime.date(1988, 7, 3)]], start=8):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value)
    book.save(path)
    found = open_workbook(path)
    assert [table.header_row for table in found.tables] == [3, 8]
    numbers = [[row.number for row in table.rows()] for table in found.tables]
    assert numbers == [[4, 5], [9]]
    assert [(loose.number, loose.sheet) for loose in found.loose] == [(1, "Sheet")]
    (row,) = found.tables[1].rows()
    assert row.days == {1: "1988-07-03"}


@pytest.mark.parametrize("kind", ["x", "error"])
def test_kinds_of_cells_that_are_not_known_are_faults(workbooks, kind: str) -> None:
    data = workbooks.text_row(1, "name", "town") + (
        f'<row r="2"><c t="str"><v>a</v></c><c t="{kind}"><v>5</v></c></row>'
    )
    _, rows = workbooks.read(workbooks.xlsx(data))
    assert _reasons(rows[0]) == {1: f"a kind of cell that is not known ('{kind}')"}
