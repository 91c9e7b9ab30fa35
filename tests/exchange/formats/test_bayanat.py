"""Bayanat's JSON export as tables. All names are invented."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from foreign_files import broken, cell, opened, read_whole, said, written
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.exchange.tables import bayanat
from habeas.exchange.tables.table import TableFile

TITLED = [{"id": 1, "title": "Invented country"}]
PLACE = {"id": 4, "title": "Town", "full_location": "Invented province, Town", "lat": 1.0, "lng": 2}
EVENTS = [
    {"id": 1, "eventtype": {"id": 11, "title": "Death"}, "from_date": "1988-08-05T00:00",
     "to_date": None, "estimated": None, "location": PLACE},
    {"id": 2, "eventtype": {"id": 14, "title": "Missing"}, "from_date": "1988-07-01T00:00",
     "estimated": True},
    {"id": 3, "eventtype": {"id": 12, "title": "Detained/Abducted"},
     "from_date": "1987-01-01T00:00", "to_date": "1988-01-01T00:00"},
]  # fmt: skip
PROFILES = [
    {"id": 1, "mode": 1, "description": "as A says", "sources": [{"id": 9, "title": "Source A"}]},
    {"id": 2, "mode": 3, "MP": True, "description": "as B says", "sources": [],
     "source_link": "https://example.org/b", "height": "175", "eye_color": "Brown",
     "_eye_color": "قهوه‌ای", "pregnant_at_disappearance": "No", "dental_record": False,
     "skin_markings": {"opts": ["Scar"], "details": "left hand"}, "saw_name": "Invented Witness",
     "reporters": [{"name": "Invented Reporter", "phone": "0"}], "last_address": "Invented street"},
]  # fmt: skip
ACTOR = {
    "class": "actor", "id": 5, "type": "Person", "name": "Invented Stone", "name_ar": "سنگ ساختگی",
    "first_name": "Invented", "middle_name": None, "last_name": "Stone", "sex": "Male",
    "_sex": "مرد", "age": "Adult", "nationalities": TITLED, "origin_place": PLACE,
    "id_number": [{"type": {"id": 1, "title": "Passport"}, "number": "X-1"}], "events": EVENTS,
    "medias": [{"id": 1, "filename": "a.jpg"}], "actor_relations": [{"actor": {"id": 6}}],
    "roles": [{"id": 1, "name": "closed"}], "status": "Updated", "actor_profiles": PROFILES,
}  # fmt: skip
BODY = {"class": "actor", "id": 6, "type": "Entity", "name": "Invented Guard"}


def export(*actors: dict) -> str:
    return json.dumps({"actors": actors}, ensure_ascii=False)


def by_predicate(file: TableFile, row: int = 0) -> dict[str, list]:
    found: dict[str, list] = {}
    read = said(file)[row]
    assert not read.questions
    for claim in read.claims:
        found.setdefault(claim.predicate, []).append(claim)
    return found


def texts(claims: list) -> list[str]:
    return [claim.value.text for claim in claims]


def test_an_actor_is_one_row_with_all_its_profiles(tmp_path):
    file = opened(tmp_path, export(ACTOR, BODY))
    assert (file.format, [table.sheet for table in file.tables]) == ("bayanat", ["actor", "body"])
    found = by_predicate(file)
    assert texts(found["name"])[:2] == ["Invented Stone", "سنگ ساختگی"]
    assert [(c.value.text, c.by.text) for c in found["description"]] == [
        ("as A says", "Source A"), ("as B says", "https://example.org/b"),
    ]  # fmt: skip
    assert found["sex"][0].value.term == "male"
    assert texts(found["nationality"]) == ["Invented country"]
    assert texts(found["place_of_origin"]) == ["Invented province, Town"]


def test_the_missing_person_profile_is_sealed_and_keeps_its_keys(tmp_path):
    found = by_predicate(opened(tmp_path, export(ACTOR)))
    assert texts(found["physical_description"]) == [
        "height: 175", "eye_color: Brown", "skin_markings: opts: Scar; details: left hand",
    ]  # fmt: skip
    assert found["pregnant"][0].value.term == "no"
    assert texts(found["dental_record"]) == ["dental_record: false"]
    assert {claim.sensitivity for claim in found["physical_description"]} == {"sealed"}
    assert "Passport: X-1" in [c.value.text for c in found["remark"] if c.sensitivity == "sealed"]


def test_who_saw_and_who_reports_is_never_proposed(tmp_path):
    everything = repr(said(opened(tmp_path, export(ACTOR))))
    assert "Invented Witness" not in everything
    assert "Invented Reporter" not in everything


def test_dates_of_events_only_where_nothing_is_estimated(tmp_path):
    found = by_predicate(opened(tmp_path, export(ACTOR)))
    assert [(c.value.earliest, c.value.precision) for c in found["died"]] == [("1988-08-05", "day")]
    assert "disappeared" not in found
    assert "arrested" not in found
    remarks = " ".join(texts(found["remark"]))
    assert "estimated: true" in remarks
    assert "Invented province, Town" in remarks


def test_dates_of_events_mutant(tmp_path):
    """The same event without its mark would be recorded as a day."""
    sure = [{**event, "estimated": False} for event in EVENTS]
    found = by_predicate(opened(tmp_path, export({**ACTOR, "events": sure})))
    assert "disappeared" in found


def test_bodies_and_other_classes_are_rejected_and_counted(tmp_path):
    incident = {"class": "incident", "id": 1, "title": "Invented incident", "events": EVENTS}
    file = opened(tmp_path, json.dumps([ACTOR, BODY, incident], ensure_ascii=False))
    reads = said(file)
    assert ["reads no column" in read.rejected for read in reads] == [False, True, True]
    assert cell(file.tables[2], next(file.tables[2].rows()), "incident.title")


def test_bodies_mutant(tmp_path, monkeypatch):
    monkeypatch.setattr(bayanat, "_CLASSES", ("actor",))
    body = {**BODY, "type": "Person"}
    assert said(opened(tmp_path, export(ACTOR, body)))[1].claims


def test_what_is_left_out_is_told(tmp_path):
    told = " ".join(opened(tmp_path, export(ACTOR)).remarks)
    for what in ("1 media files", "1 relations to actors", "restricted to groups"):
        assert what in told


def test_what_is_no_entry_is_refused(tmp_path):
    with pytest.raises(InputError, match="no actor, bulletin or incident"):
        opened(tmp_path, json.dumps({"actors": [ACTOR, {"class": "user"}]}))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_broken_files_are_refused_or_read(data):
    with tempfile.TemporaryDirectory() as folder:
        whole = export(ACTOR, BODY).encode()
        read_whole(written(Path(folder), data.draw(broken(whole))))
