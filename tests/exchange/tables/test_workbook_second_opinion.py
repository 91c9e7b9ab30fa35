"""What is read agrees with calamine, a reader in Rust with which ours shares nothing."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.exchange.tables.workbook_grid import Book, Notes
from habeas.exchange.tables.workbook_xls import open_xls
from habeas.exchange.tables.workbook_xlsx import open_xlsx

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=12
).filter(lambda text: text.strip() == text and not text.startswith("=") and "_x" not in text)
values = st.one_of(
    texts,
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 6)),
    st.booleans(),
    st.dates(datetime.date(1900, 3, 1), datetime.date(2100, 1, 1)),
)
grids = st.dictionaries(
    st.tuples(st.integers(0, 40), st.integers(0, 60)), values, min_size=1, max_size=25
)

Cells = dict[tuple[int, int], Any]


def _ours(book: Book) -> tuple[Cells, set[tuple[int, int]]]:
    rows = list(book.sheets[0].read(Notes("list")))
    texts = {(row.number - 1, place): text for row in rows for place, text in row.cells.items()}
    assert not any(row.faults for row in rows)
    return texts, {(row.number - 1, place) for row in rows for place in row.days}


def _theirs(path: Path) -> tuple[Cells, set[tuple[int, int]]]:
    with python_calamine.CalamineWorkbook.from_path(path) as book:
        lines = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    cells = {
        (row, column): value
        for row, line in enumerate(lines)
        for column, value in enumerate(line)
        if value != ""
    }
    days = {place for place, value in cells.items() if isinstance(value, datetime.date)}
    return {place: _as_text(value) for place, value in cells.items()}, days


def _as_text(value: object) -> str | float:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.date):
        return value.isoformat()
    return float(value) if isinstance(value, int | float) else str(value)


def _compare(book: Book, path: Path) -> None:
    (ours, our_days), (theirs, their_days) = _ours(book), _theirs(path)
    for place, value in theirs.items():
        if isinstance(value, float):
            theirs[place] = ours[place] if float(ours[place]) == value else value
    assert ours == theirs
    assert our_days == their_days


@FEW
@given(cells=grids)
def test_new_workbooks(tmp_path: Path, cells: Cells) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    for (row, column), value in cells.items():
        book.active.cell(row + 1, column + 1, value)
    book.save(path)
    _compare(open_xlsx(path), path)


@FEW
@given(cells=grids)
def test_old_workbooks(tmp_path: Path, cells: Cells) -> None:
    path = tmp_path / "list.xls"
    book = xlwt.Workbook()
    sheet = book.add_sheet("list")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    plain = xlwt.easyxf()
    for (row, column), value in cells.items():
        sheet.write(row, column, value, day if isinstance(value, datetime.date) else plain)
    book.save(str(path))
    _compare(open_xls(path), path)
