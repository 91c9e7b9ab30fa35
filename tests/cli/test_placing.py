"""`habeas place`: what is shown."""

from __future__ import annotations

import json
from pathlib import Path

from habeas.claims.claim import Claim
from habeas.claims.values import Name
from habeas.registry.registry import open_registry


def test_candidates_are_shown_with_their_reasons(case):
    text = case.run("place", "گوهردشت", "--on", "1988").stdout
    for words in ("Gohardasht", "habeas:IR-gohardasht", "Tehran province", "None is chosen"):
        assert words in text
    assert "CC BY 4.0" in text


def test_as_json(case):
    told = json.loads(case.run("place", "قرچک", "--country", "ir", "--json").stdout)
    assert told["text"] == "قرچک"
    (found,) = told["candidates"]
    assert found["id"] == "geonames:32767"
    assert found["labels"] == ["قرچك", "Qarchak"]
    assert found["where"]["kind"] == "representative"
    assert found["within"][0]["unit"] == "habeas:IR-tehran"
    assert found["reasons"]
    assert "GeoNames" in told["attribution"]


def test_several_words_are_one_text(case):
    assert "Rey" in case.run("place", "شهر", "ری").stdout


def test_what_is_not_found_is_told(case):
    assert "no place of the gazetteer" in case.run("place", "qqqqqq").stdout
    assert json.loads(case.run("place", "qqqqqq", "--json").stdout)["candidates"] == []


def test_many_candidates_are_cut_and_counted(case):
    short = case.run("place", "علی آباد").stdout
    assert "more (--all)" in short
    assert "more (--all)" not in case.run("place", "علی آباد", "--all").stdout


def test_a_date_that_is_none_is_refused(case):
    assert "mend:" in case.run("place", "کرج", "--on", "someday", code=2).stderr
    assert "gives no days" in case.run("place", "کرج", "--on", "unknown", code=2).stderr


def own_place(path: Path, sensitivity: str) -> None:
    with open_registry(path) as registry, registry.recording() as recording:
        recording.entry(
            [
                Claim(
                    subject="place:invented-oaks", predicate="name",
                    value=Name(text="بلوط‌زار ساختگی"), source="source:report",
                    sensitivity=sensitivity,
                )
            ]
        )  # fmt: skip


def test_places_of_the_registry_come_with_it_and_within_the_clearance(case):
    own_place(case.path, "sealed")
    words = ("place", "بلوط زار ساختگی", "--json")
    assert json.loads(case.run(*words).stdout)["candidates"] == []
    told = json.loads(case.run(*words, "--clearance", "sealed").stdout)
    assert told["candidates"][0]["id"] == "place:invented-oaks"
    assert told["candidates"][0]["reasons"][0].startswith("your own place")
