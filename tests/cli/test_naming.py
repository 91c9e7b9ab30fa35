"""`habeas name`: how a name is read. All names invented."""

from __future__ import annotations

import json

import pytest


def test_a_name_of_several_words_unquoted(case):
    quoted = json.loads(case.run("name", "سید محمدرضا سنگی‌نژاد", "--json").stdout)
    apart = json.loads(case.run("name", "سید", "محمدرضا", "سنگی‌نژاد", "--json").stdout)
    assert quoted == apart
    assert [(part["slot"], part["text"]) for part in quoted["parts"]] == [
        ("honorific", "سید"), ("given", "محمد"), ("compound", "رضا"), ("surname", "سنگی"),
        ("suffix", "نژاد"),
    ]  # fmt: skip
    assert quoted["sure"] is True
    assert "Mohammad" in quoted["spellings"]["محمد"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("علی سنگی (گرگ)", "nickname or the father"), ("ʻAlī Ṣangī", "ALA-LC"),
        ("علی\u202e سنگی", "U+202E"), ("Hossein Sangi", "Husayn"), ("--", "no letter"),
    ],
)  # fmt: skip
def test_what_a_reader_should_know_is_told(case, name, word):
    assert word in case.run("name", "--", name).stdout


def test_persian_is_isolated_and_controls_are_shown_not_obeyed(case):
    text = case.run("name", "علی\u202e سنگی (فرزند حسن)").stdout
    assert "\u202e" not in text
    assert "\u2067سنگی\u2069" in text
    assert text.count("\u2067") + text.count("\u2066") == text.count("\u2069")


def test_slots_are_told_in_persian_too(case):
    assert "نام خانوادگی" in case.run("name", "علی سنگی", "--lang", "fa").stdout


def test_nothing_asked_is_refused(case):
    case.run("name", code=2)
