"""`habeas date`: what is shown, what is asked."""

from __future__ import annotations

import json

import pytest

from habeas.claims.date_resolving import NoteKey
from habeas.cli import dating


def test_a_date_is_shown_in_both_calendars(case):
    text = case.run("date", "تابستان ۶۷", "--calendar", "solar-hijri").stdout
    for words in ("1988-06-22 Wednesday", "1367-04-01 Tir", "1988-09-22", "1367-06-31", "season"):
        assert words in text
    assert "تابستان ۶۷" in text
    assert "67 is the year 1367" in text


def test_in_persian(case):
    text = case.run("date", "۶ مرداد ۱۳۶۷ (۲۸ ژوئیه ۱۹۸۸)", "--lang", "fa").stdout
    assert "پنج‌شنبه ۶ مرداد ۱۳۶۷" in text
    assert "هجری شمسی" in text


def test_as_json(case):
    told = json.loads(case.run("date", "since 1988", "--json").stdout)
    assert told["when"]["earliest"] == "1988-01-01"
    assert told["first"] == {
        "gregorian": "1988-01-01", "solar_hijri": "1366-10-11", "weekday": "Friday",
    }  # fmt: skip
    assert told["last"] is None
    assert told["notes"][0]["note"] == "only"


@pytest.mark.parametrize("text", ["67", "07/08/1988", "6 Mordad", "نوروز ۱۳۶۷", "", "1367 (1988)"])
def test_what_may_be_two_dates_is_asked(case, text):
    said = case.run("date", text, code=2).stderr
    assert "mend:" in said


def test_a_question_as_json(case):
    said = json.loads(case.run("date", "67", "--json", code=2).stdout)
    assert "Which calendar" in said["error"]["mend"]


def test_an_unknown_calendar_is_refused(case):
    assert "solar_hijri" in case.run("date", "1367", "--calendar", "jalali", code=2).stderr


def test_every_note_has_its_words_in_both_languages():
    for key in NoteKey.__args__:
        assert set(dating._WORDS[f"note.{key}"]) == {"en", "fa"}
