"""The messy lists, imported by a careful reader's mapping: every row accounted for, as expected.

The expectations were written by hand, beside the lists and not from any program's answer
(`messy/*.expected.yaml`).
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from habeas.claims.values import When, words
from habeas.exchange.lists.importing import plan, record
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.tables.reading import open_table_file
from habeas.registry.registry import create_registry
from habeas.registry.undoing import withdraw_run
from habeas.registry.verification import verify

FOLDER = Path(__file__).parent / "messy"
LISTS = ("two-tables.xlsx", "windows-1256.csv", "nested-utf-16.json")
SOURCE = "source:invented-list"


def expected(name):
    return yaml.safe_load((FOLDER / f"{name}.expected.yaml").read_text(encoding="utf-8"))


def careful(file, said):
    """The careful reader's mapping, with the columns by their names in the tables."""
    rules = {}
    for rule in said["mapping"]["columns"]:
        columns = names_of(file, rule)
        predicate = "remark" if rule["predicate"] == "note" else rule["predicate"]
        made = ClaimRule(
            predicate=predicate,
            columns=columns,
            slots=tuple(rule.get("slots", ())),
            calendar=rule.get("calendar"),
            split=rule.get("split"),
        )
        rules[predicate, columns] = made
    return Mapping(source=SOURCE, claims=tuple(rules.values()))


def names_of(file, rule):
    tables = file.tables if "table" not in rule else [file.tables[rule["table"] - 1]]
    wanted = rule.get("columns") or [rule.get("column") or rule.get("path")]
    return tuple(
        next(
            column.name
            for table in tables
            for column in table.columns
            if one in ((column.address,) if "table" in rule else (column.name, column.address))
        )
        for one in wanted
    )


def place(row):
    return row.get("sheet"), row.get("row", row.get("line"))


@pytest.fixture(params=LISTS)
def imported(request, tmp_path):
    name = request.param
    path = tmp_path / name
    path.write_bytes((FOLDER / name).read_bytes())
    file, said = open_table_file(path), expected(name)
    with create_registry(tmp_path / "r", organisation="Invented") as registry:
        mapping = careful(file, said)
        told = plan(registry.view("sealed"), file, mapping)
        done = record(registry, path, file, mapping)
        yield registry, said, told, done


def asked_rows(done):
    held = {(q.sheet, q.row) for q in done.questions if not q.rejected}
    rejected = {(q.sheet, q.row) for q in done.questions if q.rejected}
    return held, rejected


def without_sheet(rows, said):
    return (
        rows if any("sheet" in table for table in said["tables"]) else {(None, r) for _, r in rows}
    )


def test_every_row_is_accounted_for(imported):
    registry, said, told, done = imported
    assert done.totals.read == said["rows_in"]
    assert told.totals == done.totals
    held, rejected = (without_sheet(rows, said) for rows in asked_rows(done))
    must_hold = {place(row) for row in said["must_hold"]}
    may_hold = {place(row) for row in said["may_hold"]}
    assert rejected == {place(row) for row in said["must_reject"]}
    assert must_hold <= held <= must_hold | may_hold
    assert done.totals.recorded == said["rows_in"] - len(held) - len(rejected)
    assert done.loose == len(said["not_rows"])
    assert verify(registry).passed


def test_what_is_recorded_is_what_a_careful_reader_reads(imported):
    registry, said, _, done = imported
    held, rejected = asked_rows(done)
    skipped = without_sheet(held | rejected, said)
    found = said_at(registry)
    checked = 0
    for cell in said["cells"]:
        at = cell_place(cell, said)
        if at[:2] in skipped or at not in found:
            continue
        values = found[at]
        checked += 1
        if "reads" in cell:
            whens = [value for value in values if isinstance(value, When)]
            read = {(when.earliest, when.latest) for when in whens}
            assert read == {tuple(iso(cell["reads"][end]) for end in ("earliest", "latest"))}
        for text in [cell["text"]] if "text" in cell else cell.get("values", []):
            assert any(text in words(value) for value in values), (cell, values)
    assert checked >= 5


def iso(day):
    return None if day is None else str(day)


def said_at(registry):
    """What is recorded, by the cell that it stands in."""
    found = {}
    for shown in registry.view("sealed").stream(source=SOURCE):
        for cell in shown.claim.locator:
            sheet = cell.sheet if cell.sheet in ("فهرست", "Sheet2") else None
            found.setdefault((sheet, cell.row, cell.column), []).append(shown.claim.value)
    return found


def cell_place(cell, said):
    if "cell" in cell:
        return cell["sheet"], int(cell["cell"][1:]), cell["cell"][0]
    if "line" in cell:
        headers = said["tables"][0]["headers"]
        return None, cell["line"], "ABCDEFGH"[headers.index(cell["column"])]
    return None, cell["row"], cell["path"]


def test_all_of_it_can_be_taken_back(imported):
    registry, _, _, done = imported
    assert withdraw_run(registry, done.run, "a trial") == done.claims
    standing = [s for s in registry.view("sealed").stream(source=SOURCE) if not s.withdrawn]
    assert [s for s in standing if s.claim.subject.startswith("person:")] == []
