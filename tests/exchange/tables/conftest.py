"""What the tests of workbooks share: packages made by hand, every byte ours to break."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from habeas.exchange.tables.table import Row, TableFile
from habeas.exchange.tables.workbook import open_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
ODF = (
    f'xmlns:office="{_ODF}office:1.0" xmlns:table="{_ODF}table:1.0" xmlns:text="{_ODF}text:1.0" '
    f'xmlns:style="{_ODF}style:1.0" xmlns:number="{_ODF}datastyle:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'
)


class Workbooks:
    """Makes workbooks in a folder and reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def zip(
        self,
        parts: Mapping[str, bytes | str],
        name: str = "list.xlsx",
        method: int = zipfile.ZIP_DEFLATED,
    ) -> Path:
        """A zip package of these parts."""
        path = self.folder / name
        with zipfile.ZipFile(path, "w", method) as package:
            for part, content in parts.items():
                package.writestr(part, content)
        return path

    def xlsx(self, data: str, **more: str) -> Path:
        """A workbook with one sheet; `data` is what stands in its sheetData."""
        return self.zip(self.xlsx_parts(data, **more))

    def ods(self, rows: str, styles: str = "") -> Path:
        """An OpenDocument spreadsheet with one sheet."""
        table = f'<table:table table:name="list">{rows}</table:table>'
        return self.zip(self.ods_parts(table, styles), "list.ods")

    @staticmethod
    def xlsx_parts(
        data: str,
        *,
        after: str = "",
        before: str = "",
        strings: str = "",
        styles: str = "",
        workbook: str = "",
        sheets: str = '<sheet name="list" sheetId="1" r:id="rId1"/>',
    ) -> dict[str, bytes | str]:
        """The parts of a workbook with one sheet."""
        return {
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="a" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}'
            f"<sheets>{sheets}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="/xl/styles.xml"/>'
            f'<Relationship Id="rId3" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
            "</Relationships>",
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{before}'
            f"<sheetData>{data}</sheetData>{after}</worksheet>",
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        }

    @staticmethod
    def text_row(number: int, *texts: str) -> str:
        """A row of inline texts for `xlsx`."""
        cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
        return f'<row r="{number}">{cells}</row>'

    @staticmethod
    def ods_parts(tables: str, styles: str = "") -> dict[str, bytes | str]:
        """The parts of an OpenDocument spreadsheet."""
        return {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": f"<office:document-content {ODF}><office:automatic-styles>{styles}"
            "</office:automatic-styles><office:body><office:spreadsheet>"
            f"{tables}</office:spreadsheet></office:body></office:document-content>",
            "META-INF/manifest.xml": f'<manifest xmlns="{_ODF}manifest:1.0"/>',
        }

    @staticmethod
    def ods_row(*texts: str) -> str:
        """A row of texts for `ods`."""
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p>'
            "</table:table-cell>"
            if text
            else "<table:table-cell/>"
            for text in texts
        )
        return f"<table:table-row>{cells}</table:table-row>"

    @staticmethod
    def read(path: Path) -> tuple[TableFile, list[Row]]:
        """A workbook, and the rows of its first table."""
        found = open_workbook(path)
        return found, list(found.tables[0].rows()) if found.tables else []


@pytest.fixture
def workbooks(tmp_path: Path) -> Workbooks:
    return Workbooks(tmp_path)
