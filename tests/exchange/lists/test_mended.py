"""Rows that were held back keep their place and their words through the file and back."""

from __future__ import annotations

import pytest
from invented_lists import table

from habeas.exchange.lists.mended import (
    QUESTION,
    ROW,
    address_of,
    is_mended,
    original,
    values_text,
)
from habeas.exchange.tables.table import Fault, Row


def again(*rows: tuple[str, ...], headers=(ROW, QUESTION, "نام", "سن"), **more):
    return table(rows, headers, **more)


def test_rows_stand_where_they_stood():
    read = original(again(("Sheet!1!A7", "why?", "پرند", "۲۵"), ("Sheet!1!A9", "", "'=x", "1")))
    assert read.sheet == "Sheet!1"
    assert [(column.name, column.address) for column in read.columns] == [("نام", "A"), ("سن", "B")]
    first, second = read.rows()
    assert (first.number, first.cells) == (7, ("پرند", "۲۵"))
    assert (second.number, second.cells) == (9, ("=x", "1"))
    assert list(read.rows()) == [first, second]


def test_a_table_that_began_elsewhere_keeps_its_letters():
    read = original(again(("AB3", "", "پرند", "۲۵")))
    assert [column.address for column in read.columns] == ["AB", "AC"]
    assert read.sheet is None


def test_a_table_without_letters_keeps_its_paths():
    read = original(again(("3", "", "پرند", "۲۵"), headers=(ROW, QUESTION, "names/0", "age")))
    assert [column.address for column in read.columns] == ["names/0", "age"]


@pytest.mark.parametrize("address", ["", "seven", "Sheet!", "0", "A0", "-1", "7.5"])
def test_a_row_without_its_place_is_held(address):
    (row,) = original(again((address, "", "پرند", "۲۵"))).rows()
    assert "does not say where" in row.faults[0].reason


def test_rows_of_two_sheets_in_one_table_are_held():
    rows = list(original(again(("One!A1", "", "a", "1"), ("Two!A2", "", "b", "2"))).rows())
    assert not rows[0].faults
    assert "another sheet" in rows[1].faults[0].reason


def test_what_belongs_to_columns_moves_with_them():
    row = Row(
        number=2, cells=("A5", "why?", values_text(("a", "ب")), "x"), days={3: "1988-07-28"},
        faults=(Fault(reason="odd", column=3), Fault(reason="note", column=1), Fault(reason="all")),
    )  # fmt: skip
    (read,) = original(again(row)).rows()
    assert read.days == {1: "1988-07-28"}
    assert read.lists == {0: ("a", "ب")}
    assert [(fault.reason, fault.column) for fault in read.faults] == [("odd", 1), ("all", None)]


def test_addresses_of_tables():
    assert address_of(table(), 7) == "A7"
    assert address_of(table(sheet="My!Sheet"), 7) == "My!Sheet!A7"
    assert not is_mended(table())
