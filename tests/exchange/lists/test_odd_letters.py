"""Fault 39: what looks like a name and is another one."""

from __future__ import annotations

import pytest

from habeas.exchange.lists.odd_letters import mixed_scripts, unseen


@pytest.mark.parametrize(
    "text",
    [
        "Parand Sangzadeh", "پرند سنگ‌زاده", "پرند Sangzadeh", "Éloïse d’Invented", "Ахмад",
        "محمّد", "ʿAbd al-Invented", "مه‍‌آیین", "李 ひらがな漢字", "x²", "۲۵ ساله", "Πέτρος",
    ],
)  # fmt: skip
def test_plain_names_raise_no_doubt(text):
    assert not unseen(text)
    assert not mixed_scripts(text)


@pytest.mark.parametrize("text", ["Pаrand", "Αhmad", "پرندa", "Parаnd Sangzadeh", "سنگzاده"])
def test_letters_of_several_scripts_in_one_word_are_told(text):
    assert "several scripts" in mixed_scripts(text)


@pytest.mark.parametrize(
    "letter", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\x00", "\ufffd", "\u200e"]
)
def test_what_cannot_be_seen_is_told_by_its_code(letter):
    assert f"U+{ord(letter):04X}" in unseen(f"Par{letter}and")


def test_text_on_several_lines_is_no_oddity():
    assert not unseen("یک\nدو\tسه")
