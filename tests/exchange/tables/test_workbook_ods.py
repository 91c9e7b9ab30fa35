"""ODS: what LibreOffice writes, made by hand; and a workbook that GDAL has written."""

from __future__ import annotations

import numpy
import pyogrio
import pytest

from habeas.errors import InputError
from habeas.exchange.tables.workbook import open_workbook

CELL = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'


def _row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def _text(text: str) -> str:
    return CELL.format("string", "", text)


def test_values_have_their_kinds(workbooks) -> None:
    values = [
        CELL.format("float", 'office:value="1367"', "1367"),
        CELL.format("float", 'office:value="12"', "00012"),
        CELL.format("float", 'office:value="0.1"', "0.10"),
        CELL.format("percentage", 'office:value="0.5"', "50%"),
        CELL.format("date", 'office:date-value="1988-07-03"', "03/07/88"),
        CELL.format("date", 'office:date-value="1988-07-03T14:30:00"', "x"),
        CELL.format("time", 'office:time-value="PT14H30M00S"', "14:30"),
        CELL.format("boolean", 'office:boolean-value="true"', "WAHR"),
        _text("a<text:s text:c='3'/>b<text:tab/>c</text:p><text:p>d<text:span>e</text:span>"),
        '<table:table-cell office:value-type="string" office:string-value="only here"/>',
    ]
    heads = (_text(f"head {number}") for number in range(len(values)))
    _, (row,) = workbooks.read(workbooks.ods(_row(*heads) + _row(*values)))
    assert row.cells == (
        "1367", "00012", "0.1", "0.5", "1988-07-03", "1988-07-03T14:30", "14:30", "TRUE",
        "a   b\tc\nde", "only here",
    )  # fmt: skip
    assert row.days == {4: "1988-07-03", 5: "1988-07-03"}
    assert row.faults == ()


def test_a_year_typed_in_another_calendar_is_a_fault(workbooks) -> None:
    day = CELL.format("date", 'office:date-value="1367-05-03"', "1367-05-03")
    rows = _row(_text("name"), _text("day")) + _row(_text("a"), day)
    _, (row,) = workbooks.read(workbooks.ods(rows))
    assert (row.cells[1], row.days) == ("1367-05-03", {})
    assert "may have been typed in another calendar" in row.faults[0].reason


def test_what_a_date_does_not_show_is_not_said(workbooks) -> None:
    styles = (
        '<number:date-style style:name="N1"><number:month/><number:year/></number:date-style>'
        '<number:date-style style:name="N2"><number:day/><number:month/>'
        '<number:year number:calendar="hijri"/></number:date-style>'
        '<style:style style:name="ce1" style:family="table-cell" style:data-style-name="N1"/>'
        '<style:style style:name="ce2" style:family="table-cell" style:data-style-name="N2"/>'
        '<style:style style:name="ce3" style:family="table-cell" style:parent-style-name="ce1"/>'
    )
    dates = "".join(
        CELL.format("date", f'office:date-value="1988-07-01" {style}', "x")
        for style in ('table:style-name="ce3"', 'table:style-name="ce2"', "")
    )
    columns = (
        '<table:table-column table:number-columns-repeated="3"/>'
        '<table:table-column table:default-cell-style-name="ce1"/>'
    )
    rows = _row(*map(_text, ["name", "month", "hijri", "by column"])) + _row(_text("a"), dates)
    found, (row,) = workbooks.read(workbooks.ods(columns + rows, styles))
    assert row.cells == ("a", "1988-07", "1988-07-01", "1988-07")
    assert row.days == {2: "1988-07-01"}
    assert any("column C" in told and "“hijri”" in told for told in found.remarks)


def test_merged_hidden_and_repeated(workbooks) -> None:
    rows = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        + _row(_text("name"), _text("town"), _text("note"))
        + _row(
            '<table:table-cell office:value-type="string" table:number-rows-spanned="2">'
            "<text:p>a</text:p></table:table-cell>",
            _text("b"),
            _text("c"),
        )
        + _row("<table:covered-table-cell/>", _text("d"), _text("e"))
        + '<table:table-row-group table:display="false">'
        + _row(_text("f"), _text("g"), _text("h"), more='table:number-rows-repeated="3"')
        + "</table:table-row-group>"
        + _row(_text("i"), _text("j"), _text("k"), more='table:visibility="filter"')
        + _row("<table:table-cell/>", more='table:number-rows-repeated="1048000"')
    )
    found, read = workbooks.read(workbooks.ods(rows))
    assert [row.number for row in read] == [2, 3, 4, 5, 6, 7]
    assert [row.hidden for row in read] == [False, False, True, True, True, True]
    assert read[3].cells == ("f", "g", "h")
    reason = "merged with A2: the value may stand for several rows"
    assert [(fault.column, fault.reason) for fault in read[1].faults] == [(0, reason)]
    assert not any(row.faults for row in (read[0], *read[2:]))
    assert [column.hidden for column in found.tables[0].columns] == [False, True, False]


def test_errors_formulas_and_comments(workbooks) -> None:
    cells = [
        _text("a<office:annotation><dc:creator>nobody</dc:creator><text:p>no</text:p>"
              "</office:annotation>"),
        CELL.format("string", 'calcext:value-type="error" table:formula="of:=1/0"', "#DIV/0!"),
        '<table:table-cell table:formula="of:=SUM(1;2)"/>',
        CELL.format("float", "office:value='7' table:formula=\"of:='file:///x.ods'#$A.B1\"", "7"),
    ]  # fmt: skip
    heads = map(_text, ["name", "error", "unsaved", "far"])
    found, (row,) = workbooks.read(workbooks.ods(_row(*heads) + _row(*cells)))
    assert row.cells == ("a", "#DIV/0!", "=SUM(1;2)", "7")
    assert {fault.column: fault.reason for fault in row.faults} == {
        1: "error value #DIV/0!", 2: "formula without a saved value",
    }  # fmt: skip
    assert "sheet “list”: comments are not read as values: A2" in found.remarks
    assert "sheet “list”: formulas that call out are not run: D2 (another file)" in found.remarks


def test_sheets_of_other_files_and_of_links_are_no_sheets(workbooks) -> None:
    styles = (
        '<style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    row = _row(_text("name"), _text("town")) + _row(_text("a"), _text("b"))
    tables = (
        f'<table:table table:name="one">{row}</table:table>'
        f'<table:table table:name="\'file:///x.ods\'#$A" table:style-name="ta_extref">{row}'
        "</table:table>"
        f'<table:table table:name="two" table:style-name="ta1">{row}</table:table>'
        f'<table:dde-links><table:dde-link><table:table table:name="no">{row}</table:table>'
        "</table:dde-link></table:dde-links>"
    )
    found = open_workbook(workbooks.zip(workbooks.ods_parts(tables, styles), "list.ods"))
    assert [table.sheet for table in found.tables] == ["one", "two"]
    assert [row.hidden for table in found.tables for row in table.rows()] == [False, True]
    assert found.remarks == (
        "copies of cells of other files are left alone",
        "DDE links to other programs are left alone",
        "sheet “two” is hidden; it is read like the others (rows: 2)",
    )


def test_a_row_filled_down_beyond_the_list_is_refused(workbooks) -> None:
    rows = workbooks.ods_row("name", "town") + _row(
        _text("a"), _text("b"), more='table:number-rows-repeated="1048000"'
    )
    with pytest.raises(InputError, match="sheet “list”, row 2: more than 200,000 cells are rep"):
        open_workbook(workbooks.ods(rows))


def test_a_cell_repeated_beyond_the_sheet_is_refused(workbooks) -> None:
    rows = _row(CELL.format("string", 'table:number-columns-repeated="99999999"', "x"))
    with pytest.raises(InputError, match="sheet “list”, row 1"):
        open_workbook(workbooks.ods(rows))


@pytest.mark.parametrize("newer", [False, True])
def test_a_password_is_told(workbooks, newer: bool) -> None:
    parts = workbooks.ods_parts("")
    if newer:
        del parts["content.xml"]
        parts["encrypted-package"] = b"\x00" * 100
    else:
        parts["content.xml"] = b"\x93\x00"
        parts["META-INF/manifest.xml"] = (
            '<!DOCTYPE manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">'
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            '<m:file-entry m:full-path="content.xml"><m:encryption-data/></m:file-entry>'
            "</m:manifest>"
        )
    with pytest.raises(InputError, match="protected by a password") as caught:
        open_workbook(workbooks.zip(parts, "list.ods"))
    assert caught.value.place == "list.ods"


def test_a_text_document_is_no_spreadsheet(workbooks) -> None:
    parts = workbooks.ods_parts("") | {"mimetype": "application/vnd.oasis.opendocument.text"}
    with pytest.raises(InputError, match=r"opendocument\.text"):
        open_workbook(workbooks.zip(parts, "list.odt"))


@pytest.mark.parametrize("kind", ["ODS", "XLSX"])
def test_a_workbook_by_gdal(tmp_path, workbooks, kind: str) -> None:
    path = tmp_path / f"list.{kind.lower()}"
    pyogrio.raw.write(
        path, geometry=None, driver=kind, layer="list", geometry_type=None, crs=None,
        field_data=[
            numpy.array(["گلدان", "باران"], dtype=object), numpy.array([1367, 0], dtype="int64"),
            numpy.array([0.1, 2.5]), numpy.array(["1988-07-03", "1990-01-01"], "datetime64[D]"),
        ],
        fields=["نام", "year", "share", "day"],
    )  # fmt: skip
    found, rows = workbooks.read(path)
    assert found.format == kind.lower()
    assert [row.cells for row in rows] == [
        ("گلدان", "1367", "0.1", "1988-07-03"), ("باران", "0", "2.5", "1990-01-01"),
    ]  # fmt: skip
    assert [row.days for row in rows] == [{3: "1988-07-03"}, {3: "1990-01-01"}]
