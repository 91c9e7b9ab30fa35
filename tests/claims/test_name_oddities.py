"""What cannot be seen in a name is told (fault 39); what is at home there is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.claims import name_oddities
from habeas.claims.name_oddities import oddities
from habeas.claims.name_schemes import schemes_of


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("علی\u202eسنگی", "U+202E"), ("علی\u2067", "U+2067"), ("\u200fعلی", "U+200F"),
        ("\ufeffAli", "U+FEFF"), ("A\u00adli", "U+00AD"), ("Ali\u200bReza", "U+200B"),
        ("Ali\x00", "U+0000"), ("Ali\ufffd", "U+FFFD"), ("علی\ue000", "U+E000"),
        ("\u200cعلی", "joiner"), ("علی\u200c", "joiner"), ("Ali\u200cReza", "joiner"),
        ("علی \u200cرضا", "joiner"), ("علی\u200c\u200cرضا", "2 times"),
        ("Аli", "Cyrillic and Latin"), ("Ρeza", "Greek and Latin"), ("Aliرضا", "Arabic and Latin"),
        ("ＡliReza", "full-width"), ("۱2", "European and Persian"), ("۱٢", "Persian and Arabic"),
        ("علی\u202eسن\u202eگی", "2 times"),
    ],
)  # fmt: skip
def test_t39_what_cannot_be_seen_is_told(text, word):
    assert any(word in said for said in oddities(text)), oddities(text)


@pytest.mark.parametrize(
    "text",
    [
        "علی سنگی", "علی‌رضا", "علي كريمی", "مُحَمَّد", "Ali Reza", "Mirsad Kamenović", "Ḥasan", "۱۲",
        "Мирсад", "علی (Ali)", "Ḩoseynī", "José", "", "O’Brien", "محـمد",
    ],
)  # fmt: skip
def test_what_is_at_home_in_a_name_is_no_oddity(text):
    assert oddities(text) == ()


def test_mutant_that_looks_at_no_joiners_is_caught(monkeypatch):
    monkeypatch.setattr(name_oddities, "_stray_joiners", lambda text: [])
    assert oddities("\u200cعلی") == ()


@given(st.text(max_size=40))
def test_every_text_can_be_looked_at(text):
    assert all(said and not said.endswith(".") for said in oddities(text))


@pytest.mark.parametrize(
    ("text", "schemes"),
    [
        ("Hossein", ()), ("Hosēn", ()), ("Ādam", ()), ("Jānis Bērziņš", ()), ("Ayşe Çelik", ()),
        ("Mirsad Kamenović", ()), ("علی", ()),
        ("ʻAbd al-Raḥmān", ("ALA-LC",)), ("ʿAbd al-Raḥmān al-Shāfī", ("IJMES",)),
        ("Ḫosrou Šāh", ("DIN 31635 / DMG",)),
        ("Ḩoseynī", ("UN 1967 / BGN/PCGN (Persian)", "UN 1972 / BGN/PCGN 1956 (Arabic)")),
        ("Šahrām", ("DIN 31635 / DMG", "ISO 233", "UN 2012 (Persian)")),
    ],
)  # fmt: skip
def test_schemes_only_where_letters_betray_them(text, schemes):
    assert schemes_of(text) == schemes
