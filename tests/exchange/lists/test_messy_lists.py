"""The messy lists are what their script writes, and their sidecars speak of them."""

from __future__ import annotations

import csv
import io
import json
import runpy
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml

FOLDER = Path(__file__).parent / "messy"
SCRIPT = Path(__file__).parents[3] / "scripts" / "write_messy_lists.py"
LISTS = ("two-tables.xlsx", "windows-1256.csv", "nested-utf-16.json")


def sidecar(name):
    return yaml.safe_load((FOLDER / f"{name}.expected.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("messy")
    module = runpy.run_path(str(SCRIPT))
    module["write_workbook"](folder / LISTS[0])
    module["write_delimited"](folder / LISTS[1])
    module["write_json"](folder / LISTS[2])
    return folder


@pytest.mark.parametrize("name", LISTS)
def test_the_script_writes_the_committed_list(written, name):
    new, committed = (folder / name for folder in (written, FOLDER))
    if name.endswith(".xlsx"):
        assert parts(new) == parts(committed)
    else:
        assert new.read_bytes() == committed.read_bytes()


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if name.startswith(("xl/worksheets/", "xl/shared"))
        }


@pytest.mark.parametrize("name", LISTS)
def test_the_rows_of_the_tables_are_the_rows_in(name):
    expected = sidecar(name)
    assert sum(table["rows"]["count"] for table in expected["tables"]) == expected["rows_in"]
    asked = {key(row) for part in ("must_hold", "must_reject") for row in expected[part]}
    assert asked.isdisjoint(key(row) for row in expected["not_rows"])
    assert len(asked) == len(expected["must_hold"]) + len(expected["must_reject"])


def key(row):
    return row.get("sheet"), row.get("row", row.get("line", row.get("at")))


def test_cells_of_the_workbook_stand_where_the_sidecar_says():
    expected = sidecar(LISTS[0])
    book = openpyxl.load_workbook(FOLDER / LISTS[0])
    for table in expected["tables"]:
        sheet = book[table["sheet"]]
        heads = [cell.value for cell in sheet[table["header_row"]] if cell.value is not None]
        assert heads == table["headers"]
        full = range(table["rows"]["first"], table["rows"]["last"] + 1)
        assert all(any(cell.value is not None for cell in sheet[row]) for row in full)
        assert len(full) == table["rows"]["count"]
    for cell in expected["cells"]:
        value = book[cell["sheet"]][cell["cell"]].value
        assert value is not None
        assert str(value) == cell.get("text", str(value))


def test_lines_of_the_delimited_list_stand_where_the_sidecar_says():
    expected = sidecar(LISTS[1])
    text = (FOLDER / LISTS[1]).read_bytes().decode("cp1256")
    rows, start, reader = {}, 1, csv.reader(io.StringIO(text, newline=""), delimiter=";")
    for row in reader:
        rows[start] = row
        start = reader.line_num + 1
    heads = rows[expected["tables"][0]["header_row"]]
    assert heads == expected["tables"][0]["headers"]
    assert all(len(rows[line]) > 1 for line in expected["tables"][0]["rows"]["lines"])
    for cell in expected["cells"]:
        value = rows[cell["line"]][heads.index(cell["column"])]
        assert value.replace("\r\n", "\n") == cell.get("text", cell.get("written", value))


def test_values_of_the_json_list_stand_where_the_sidecar_says():
    expected = sidecar(LISTS[2])
    raw = (FOLDER / LISTS[2]).read_bytes()
    assert raw.startswith(b"\xff\xfe")
    persons = json.loads(raw.decode("utf-16"))["persons"]
    assert len(persons) == expected["rows_in"]
    for cell in expected["cells"]:
        value = persons[cell["row"] - 1]
        for step in cell["path"].split("/"):
            value = value[step]
        if "values" in cell:
            assert value == cell["values"]
        elif "text" in cell:
            assert str(value) == cell["text"]
