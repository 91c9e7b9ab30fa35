"""Merged cells: a value stands once, and every row that it may stand for says so."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.exchange.tables import workbook_merges, workbook_runs
from habeas.exchange.tables.table import Row
from habeas.exchange.tables.workbook import open_workbook
from habeas.exchange.tables.workbook_grid import GridRow, Merge
from habeas.exchange.tables.workbook_merges import MergedRows

ROWS = "merged with B2: the value may stand for several rows"


def _list(path: Path, *ranges: str) -> list[Row]:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["name", "town", "day", "note"])
    for number in range(2, 8):
        sheet.append([f"name {number}", f"town {number}", f"day {number}", "x"])
    for merged in ranges:
        sheet.merge_cells(merged)
    book.save(path)
    (table,) = open_workbook(path).tables
    return list(table.rows())


def test_a_value_merged_down_stands_once_and_the_others_say_so(tmp_path: Path) -> None:
    rows = _list(tmp_path / "list.xlsx", "B2:B4")
    assert [row.cells[1] for row in rows] == ["town 2", "", "", "town 5", "town 6", "town 7"]
    told = {row.number: [(fault.column, fault.reason) for fault in row.faults] for row in rows}
    assert told == {2: [], 3: [(1, ROWS)], 4: [(1, ROWS)], 5: [], 6: [], 7: []}


def test_without_the_walk_over_merges_the_rows_are_silently_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_merges.MergedRows, "step", lambda *_: [])
    rows = _list(tmp_path / "list.xlsx", "B2:B4")
    assert [(row.cells[1], row.faults) for row in rows][1] == ("", ())


def test_a_value_merged_across_is_told_in_its_own_row(tmp_path: Path) -> None:
    rows = _list(tmp_path / "list.xlsx", "B3:C3")
    reason = "merged with B3: the value may stand for several columns"
    assert [(fault.column, fault.reason) for fault in rows[1].faults] == [(2, reason)]
    assert not rows[2].faults


def test_a_block_of_merged_cells(tmp_path: Path) -> None:
    rows = _list(tmp_path / "list.xlsx", "B2:C3")
    assert [fault.column for fault in rows[0].faults] == [2]
    assert [(fault.column, fault.reason) for fault in rows[1].faults] == [(1, ROWS), (2, ROWS)]


def test_merged_headers_are_groups_and_no_faults(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["name", None, "town"])
    sheet.append(["given", "surname", None])
    sheet.append(["a", "b", "c"])
    sheet.append(["d", "e", "f"])
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:C2")
    book.save(path)
    (table,) = open_workbook(path).tables
    assert [column.name for column in table.columns] == ["name / given", "name / surname", "town"]
    assert table.header_row == 2
    assert [(row.number, row.faults) for row in table.rows()] == [(3, ()), (4, ())]


def test_a_merged_header_alone_takes_no_row_away(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["name", None, "town"])
    sheet.append(["a", "b", "c"])
    sheet.append(["d", "e", "f"])
    sheet.merge_cells("A1:B1")
    book.save(path)
    (table,) = open_workbook(path).tables
    assert [row.cells for row in table.rows()] == [("a", "b", "c"), ("d", "e", "f")]


def test_nothing_stands_for_nothing(workbooks) -> None:
    """A range of which the first cell is empty says nothing about its rows."""
    data = workbooks.text_row(1, "name", "town", "note") + "".join(
        f'<row r="{row}"><c r="A{row}" t="str"><v>a</v></c><c r="C{row}" t="str"><v>b</v></c></row>'
        for row in (2, 3)
    )
    after = '<mergeCells><mergeCell ref="B2:B3"/><mergeCell ref="?"/></mergeCells>'
    _, rows = workbooks.read(workbooks.xlsx(data, after=after))
    assert [row.faults for row in rows] == [(), ()]


ranges = st.builds(
    lambda top, left, height, width: Merge(top, left, top + height, left + width),
    st.integers(1, 12), st.integers(0, 5), st.integers(0, 5), st.integers(0, 3),
).filter(lambda merge: (merge.top, merge.left) != (merge.bottom, merge.right))  # fmt: skip


@given(st.lists(ranges, max_size=6), st.sets(st.integers(1, 15)))
def test_the_walk_covers_what_the_ranges_cover(merges: list[Merge], rows: set[int]) -> None:
    walk = MergedRows(merges, "sheet")
    for number in sorted(rows):
        covered = {merge for merge, _ in walk.step(GridRow(number, dict.fromkeys(range(9), "x")))}
        assert covered == {
            merge
            for merge in merges
            if merge.top in rows
            and merge.top <= number <= merge.bottom
            and (merge.top < number or merge.left < merge.right)
        }


def test_ranges_over_one_another_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_merges, "MAX_COVER", 1000)
    walk = MergedRows([Merge(1, 0, 1_000_000, 1)] * 600, "list.xlsx, sheet “list”")
    walk.step(GridRow(1, {0: "x"}))
    with pytest.raises(InputError, match="row 2: merged ranges lie over one another"):
        walk.step(GridRow(2, {0: "x"}))


def test_a_hundred_tables_are_read_in_one_go(workbooks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet is not read from its top for each table that it holds."""
    opened: list[int] = []
    right = workbook_runs.Run.__init__

    def counted(self, *args: object) -> None:
        opened.append(1)
        right(self, *args)

    monkeypatch.setattr(workbook_runs.Run, "__init__", counted)
    heads = (("name", "surname", "date of birth"), ("name", "father's name", "date of death"))
    data = "".join(
        workbooks.text_row(5 * number + 1, *heads[number % 2])
        + workbooks.text_row(5 * number + 2, f"a {number}", "b", "1988")
        + workbooks.text_row(5 * number + 3, f"c {number}", "d", "1989")
        for number in range(100)
    )
    found = open_workbook(workbooks.xlsx(data))
    cells = [row.cells[0] for table in found.tables for row in table.rows()]
    assert len(found.tables) == 100
    assert len(cells) == 200
    assert len(opened) == 1
    again = [row.cells[0] for table in reversed(found.tables) for row in table.rows()]
    assert sorted(again) == sorted(cells)
    one, other = found.tables[3].rows(), found.tables[3].rows()
    both = [(first.cells, second.cells) for first, second in zip(one, other, strict=True)]
    assert [first for first, _ in both] == [second for _, second in both]
    assert len(both) == 2
