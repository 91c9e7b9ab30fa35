"""Fault 39: what looks like a name and is another one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.claims.name_oddities import oddities
from habeas.claims.values import Name, Text
from habeas.exchange.lists.odd_letters import odd


@pytest.mark.parametrize(
    "text",
    [
        "Parand Sangzadeh", "پرند سنگ‌زاده", "پرند Sangzadeh", "Éloïse d’Invented", "Ахмад",
        "محمّد", "李 ひらがな漢字", "۲۵ ساله", "Πέτρος", "هاشمي كاظمی",
    ],
)  # fmt: skip
def test_plain_names_raise_no_doubt(text):
    assert not odd(Name(text=text))
    assert not odd(Text(text=text))


@pytest.mark.parametrize("text", ["Pаrand", "Αhmad", "پرندa", "Parаnd Sangzadeh"])
def test_letters_of_several_scripts_in_one_word_are_told_of_names(text):
    assert "letters in one word" in odd(Name(text=text))
    assert not odd(Text(text=text))


@pytest.mark.parametrize(
    "letter", ["\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\x00", "\ufffd", "\u200e"]
)
def test_what_cannot_be_seen_is_told_by_its_code(letter):
    for kind in (Name, Text):
        assert f"U+{ord(letter):04X}" in odd(kind(text=f"پر{letter}ند"))


def test_text_on_several_lines_is_no_oddity():
    assert not odd(Text(text="یک\nدو\tسه"))


@given(st.text(st.sampled_from("ab پرنديكآّ\u200c\u200d\u200e۲2٢-аz\u202e\u0640"), max_size=8))
def test_what_is_passed_at_once_would_be_passed_anyway(text):
    assert odd(Name(text=text)) == "; ".join(oddities(text))
