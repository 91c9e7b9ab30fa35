"""Years typed into cells that show dates: asked about, unless the column holds such days."""

from __future__ import annotations

import pytest

from habeas.exchange.tables import workbook_years
from habeas.exchange.tables.workbook_years import TYPED

from .conftest import Workbooks

_STYLES = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'


def _faults(workbooks: Workbooks, *serials: str, workbook: str = "") -> list[list[str]]:
    data = Workbooks.text_row(1, "name", "date of death") + "".join(
        f'<row r="{number}"><c t="inlineStr"><is><t>x{number}</t></is></c>'
        f'<c s="1"><v>{serial}</v></c></row>'
        for number, serial in enumerate(serials, start=2)
    )
    parts = Workbooks.xlsx_parts(data, styles=_STYLES, workbook=workbook)
    _, rows = Workbooks.read(workbooks.zip(parts))
    return [[fault.reason for fault in row.faults] for row in rows]


@pytest.mark.parametrize("year", ["1367", "1300", "1410", "1988", "2026"])
def test_a_year_that_became_a_day_is_asked_about(workbooks: Workbooks, year: str) -> None:
    assert _faults(workbooks, "32352", year, "32353") == [[], [TYPED], []]


def test_so_in_files_that_count_from_1904(workbooks: Workbooks) -> None:
    epoch = '<workbookPr date1904="1"/>'
    assert _faults(workbooks, "30890", "1367", workbook=epoch) == [[], [TYPED]]


def test_births_of_those_years_are_days(workbooks: Workbooks) -> None:
    assert _faults(workbooks, "1367", "1000", "2500") == [[], [], []]


def test_mutant_that_trusts_every_day(
    workbooks: Workbooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_years, "_may_be_year", lambda _: False)
    assert _faults(workbooks, "32352", "1367") == [[], []]


def test_rows_that_repeat_get_the_fault_once_each(workbooks: Workbooks) -> None:
    row = (
        '<table:table-row{}><table:table-cell office:value-type="string"><text:p>x</text:p>'
        '</table:table-cell><table:table-cell office:value-type="date" office:date-value="{}"/>'
        "</table:table-row>"
    )
    rows = Workbooks.ods_row("name", "date") + row.format("", "1988-07-28")
    rows += row.format(' table:number-rows-repeated="3"', "1903-09-28")
    _, found = Workbooks.read(workbooks.ods(rows))
    assert [len(row.faults) for row in found] == [0, 1, 1, 1]
