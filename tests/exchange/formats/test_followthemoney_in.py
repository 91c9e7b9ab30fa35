"""FollowTheMoney as tables, written by the real library. All names are invented."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import pytest
from followthemoney.statement import CSV, JSON, Statement, write_statements
from foreign_files import broken, cell, opened, read_whole, said, written
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.exchange.tables import followthemoney
from habeas.exchange.tables.table import Row, TableFile

SAID = [
    ("p1", "p1", "Person", "name", "Invented Glass", "d1", "eng"),
    ("p1", "p1", "LegalEntity", "name", "شیشه ساختگی", "d1", "fas"),
    ("p1", "p1", "Person", "deathDate", "1988-08", "d1", None),
    ("p1", "p1", "Person", "deathDate", "1988-09", "d1", None),
    ("q2", "p1", "Person", "name", "Invented Glas", "d2", None),
    ("c1", "c1", "Company", "name", "Invented Ltd", "d1", None),
]


class Kept(io.BytesIO):
    """The library closes what it wrote into."""

    def close(self) -> None:
        pass


def statements(form: str, rows=SAID) -> bytes:
    out = Kept()
    made = [
        Statement(
            entity_id=entity, canonical_id=canonical, schema=schema, prop=prop, value=value,
            dataset=dataset, lang=lang, first_seen="2020-01-01", last_seen="2020-01-02",
            original_value="مرداد ۶۷" if value == "1988-08" else None,
        )
        for entity, canonical, schema, prop, value, dataset, lang in rows
    ]  # fmt: skip
    write_statements(out, form, made)
    return out.getvalue()


def entities(*made: dict) -> str:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in made)


PERSON = {
    "id": "p1", "schema": "Person", "datasets": ["invented_list"],
    "properties": {"name": ["Invented A", "Invented B"], "birthDate": ["1950", "1951-02"],
                   "gender": ["male"], "firstName": ["A"], "lastName": ["Glass"],
                   "idNumber": ["X-1"]},
}  # fmt: skip
COMPANY = {"id": "c1", "schema": "Company", "properties": {"name": ["Invented Ltd"]}}


def rows(file: TableFile, table: int = 0) -> list[Row]:
    return list(file.tables[table].rows())


def values(read) -> list[tuple[str, str, str | None]]:
    return [(claim.predicate, claim.value.text, getattr(claim.value, "lang", None))
            for claim in read.claims]  # fmt: skip


@pytest.mark.parametrize("form", [CSV, JSON])
def test_statements_become_entities(form, tmp_path):
    file = opened(tmp_path, statements(form))
    assert (file.format, [table.sheet for table in file.tables]) == (
        "followthemoney", ["Person", "Company"],
    )  # fmt: skip
    first, other = rows(file)
    assert cell(file.tables[0], first, "Person.name__fa") == "شیشه ساختگی"
    assert cell(file.tables[0], first, "Person.deathDate.original") == "مرداد ۶۷"
    assert cell(file.tables[0], other, "Person.canonical_id") == "p1"
    person, same, company = said(file)
    assert values(person) == [
        ("name", "Invented Glass", "en"), ("name", "شیشه ساختگی", "fa"),
        ("died", "1988-08", None), ("died", "1988-09", None),
    ]  # fmt: skip
    assert {claim.by.text for claim in person.claims} == {"d1"}
    assert values(same) == [("name", "Invented Glas", None)]
    assert "reads no column" in company.rejected


def test_what_was_merged_elsewhere_stays_apart(tmp_path):
    file = opened(tmp_path, statements(CSV))
    assert len(rows(file)) == 2
    assert any(remark.startswith("1 entities were found to be one") for remark in file.remarks)


def test_of_several_datasets_none_is_named(tmp_path):
    two = [*SAID[:3], ("p1", "p1", "Person", "deathDate", "1988-09", "d2", None)]
    file = opened(tmp_path, statements(CSV, two))
    (person,) = said(file)
    assert [claim.by for claim in person.claims] == [None] * 4
    assert any("of several datasets" in remark for remark in file.remarks)


def test_external_statements_are_left_out_and_counted(tmp_path):
    text = statements(CSV).decode().replace('"f"', '"t"', 1)
    external = text.count('"t"')
    file = opened(tmp_path, text)
    assert external == 1
    assert any(remark.startswith("1 external") for remark in file.remarks)


def test_entities(tmp_path):
    file = opened(tmp_path, entities(PERSON, COMPANY))
    person, company = said(file)
    assert values(person) == [
        ("name", "Invented A", None), ("name", "Invented B", None), ("born", "1950", None),
        ("born", "1951-02", None), ("sex", "male", None), ("name", "A Glass", None),
        ("remark", "X-1", None),
    ]  # fmt: skip
    assert {claim.by.text for claim in person.claims} == {"invented_list"}
    assert {c.predicate: c.sensitivity for c in person.claims}["remark"] == "sealed"
    assert company.rejected


def test_an_array_of_entities_and_nested_ones(tmp_path):
    nested = {"id": "e", "schema": "Event", "properties": {"involved": [PERSON], "name": "E"}}
    file = opened(tmp_path, json.dumps([nested, PERSON]))
    assert [table.sheet for table in file.tables] == ["Event", "Person"]
    assert cell(file.tables[0], rows(file)[0], "Event.involved") == "p1"


def test_parts_of_names_that_cannot_be_put_together_are_asked(tmp_path):
    parts = {"firstName": ["A", "B"], "lastName": ["C"], "name": ["A C"]}
    (asked,) = said(opened(tmp_path, entities({**PERSON, "properties": parts})))
    assert "which belong together" in asked.questions[0].reason


def test_parts_of_names_mutant(tmp_path, monkeypatch):
    monkeypatch.setattr(followthemoney, "_PARTS", frozenset())
    parts = {"firstName": ["A", "B"], "lastName": ["C"], "name": ["A C"]}
    (read,) = said(opened(tmp_path, entities({**PERSON, "properties": parts})))
    assert ("name", "A; B C", None) in values(read)


def test_statements_of_two_schemata(tmp_path):
    two = [*SAID[:1], ("p1", "p1", "Company", "name", "x", "d1", None)]
    file = opened(tmp_path, statements(CSV, two))
    assert rows(file)[0].faults[0].reason == "its statements name several schemata"


@pytest.mark.parametrize(
    "text", [entities(PERSON, {"id": "x", "schema": "y"}), "entity_id,prop,value,dataset,lang\na,b"]
)
def test_what_is_no_entity_is_refused(text, tmp_path):
    with pytest.raises(InputError):
        opened(tmp_path, text)


def test_no_rule_for_persons_reads_others_mutant(tmp_path, monkeypatch):
    """Were columns not named by schema, a company would be recorded as a person."""
    kept = followthemoney.Field

    def bare(header, address, lang=None):
        return kept(header.replace("Company.", "Person."), address, lang)

    monkeypatch.setattr(followthemoney, "Field", bare)
    company = {**COMPANY, "datasets": ["invented_list"]}
    assert said(opened(tmp_path, entities(PERSON, company)))[1].claims


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_broken_files_are_refused_or_read(data):
    whole = data.draw(st.sampled_from([statements(CSV), entities(PERSON, COMPANY).encode()]))
    with tempfile.TemporaryDirectory() as folder:
        read_whole(written(Path(folder), data.draw(broken(whole))))
