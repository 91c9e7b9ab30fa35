"""Keys of names: one for an original, several for a Latin form, and what they cost."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import name_keys as module
from habeas.claims.name_keys import MOST_KEYS, joined_keys, keys_of, name_keys
from habeas.claims.name_spellings import spellings_of
from habeas.claims.names import normalise

VECTORS = Path(__file__).parents[1] / "vectors" / "names-dev.tsv"


def rows() -> list[dict[str, str]]:
    with VECTORS.open(encoding="utf-8") as file:
        return list(csv.DictReader((x for x in file if x[0] != "#"), delimiter="\t"))


def crosses(original: str, latin: str) -> bool:
    """Whether the key of the original is among those of the Latin form."""
    key = name_keys(original)
    return bool(key) and key[0] in name_keys(latin)


def false_share(table: list[dict[str, str]]) -> float:
    """The share of pairs of different names that share a key."""
    by_key, originals = defaultdict(set), {row["original"] for row in table}
    for original in originals:
        by_key[name_keys(original)[0]].add(original)
    own = defaultdict(set)
    for row in table:
        own[row["latin"].casefold()].add(row["original"])
    shared = sum(
        len({name for key in name_keys(latin) for name in by_key[key]} - names)
        for latin, names in own.items()
    )
    return shared / (len(originals) * len(own))


def test_keys_cross_scripts_on_the_table_they_were_tuned_on():
    table = rows()
    assert len(table) > 1000
    found = sum(crosses(row["original"], row["latin"]) for row in table)
    assert found / len(table) >= 0.985
    assert false_share(table) < 0.002


def test_mutant_keys_of_first_letters_find_all_and_are_caught(monkeypatch):
    monkeypatch.setattr(module, "joined_keys", lambda words: (words[0][:0] + "a",))
    assert false_share(rows()) > 0.5


def test_mutant_keys_without_alternatives_are_caught(monkeypatch):
    table = rows()
    monkeypatch.setattr(module, "_DEAREST", 0)
    module._weighed.cache_clear()
    module._joined.cache_clear()
    found = sum(crosses(row["original"], row["latin"]) for row in table)
    assert found / len(table) < 0.97
    monkeypatch.undo()
    module._weighed.cache_clear()
    module._joined.cache_clear()


@pytest.mark.parametrize(
    ("original", "key"),
    [
        ("محمد", "mhmd"), ("محمود", "mhmvd"), ("مُحَمَّد", "mhmd"), ("علی", "aly"), ("علي", "aly"),
        ("فاطمه", "ftm"), ("فاطمة", "ftm"), ("عبدالله", "abdl"), ("عبدالرحمن", "abdrhmn"),
        ("رضایی", "rzy"), ("رضائي", "rzy"), ("خواجه", "xj"), ("عمرو", "amr"), ("مصطفی", "mstfy"),
        ("مشهدی", "mwdy"), ("زینب", "zymb"), ("الحسینی", "hsyny"), ("الهام", "alhm"),
        ("ئاسو", "asv"), ("ژاله", "jl"), ("طه", "th"), ("نجاة", "njt"), ("شێرزاد", "wyrzd"),
    ],
)  # fmt: skip
def test_an_original_has_one_key(original, key):
    assert keys_of(original) == (key,)


@pytest.mark.parametrize(
    ("original", "latin"),
    [
        ("محمدرضا", "Mohammad Reza"), ("محمد رضا", "Mohammad-Reza"), ("محمد‌رضا", "Mohammadreza"),
        ("حسینی‌نژاد", "Hosseini Nejad"), ("حسینی نژاد", "Hosseininezhad"),
        ("عبد الرحمن", "Abdurrahman"), ("عبدالرحمن", "ʻAbd al-Raḥmān"), ("آل‌احمد", "Al-e Ahmad"),
        ("نورالدین", "Nur al-Din"), ("نور الدین", "Noureddine"), ("ابوالفضل", "Abolfazl"),
        ("ابو الفضل", "Abu al-Fadl"), ("علی‌اکبر", "Aliakbar"), ("الصدر", "as-Sadr"),
        ("الشامي", "aš-Šāmī"), ("حسن", "Хасан"), ("شریف", "Шариф"), ("شیرزاد", "Şêrzad"),
        ("جواد", "Cavad"), ("خلیل", "Xəlil"), ("رشید", "Rachid"), ("جمال", "Dschamal"),
    ],
)  # fmt: skip
def test_words_apart_and_as_one_and_in_every_spelling(original, latin):
    assert crosses(original, latin), (name_keys(original), name_keys(latin))


@pytest.mark.parametrize(
    ("original", "latin"),
    [
        ("محمد", "Mohammadi"), ("محمدی", "Mohammad"), ("احمد", "Hamid"), ("کریم", "Karimi"),
        ("علی", "Elaheh"), ("رضا", "Rezaei"), ("حسن", "Hossein"), ("مریم", "Marjan"),
    ],
)  # fmt: skip
def test_names_that_are_near_stay_apart(original, latin):
    assert not crosses(original, latin)


@pytest.mark.parametrize("word", ["", "1367", "۱۳۶۷", "-", "ירושלים", "කොළඹ"])
def test_no_key(word):
    assert keys_of(word) == ()


@given(st.text(max_size=25))
def test_keys_are_few_and_of_small_letters(text):
    keys = keys_of(text)
    assert len(keys) <= MOST_KEYS
    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and key.isalpha() and key.islower() for key in keys)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzāīūšḥʿ", max_size=40))
@settings(max_examples=200)
def test_long_words_stay_cheap(text):
    assert len(name_keys(f"{text} {text}")) <= MOST_KEYS


@given(st.text(alphabet="ابتجحخدرزسشصضطعغفقکگلمنوهی\u200c ", max_size=25))
def test_an_original_and_its_normalised_form_have_one_key(text):
    assert name_keys(normalise(text)) == name_keys(text)


def test_joined_keys_of_nothing():
    assert joined_keys([]) == ()
    assert joined_keys(["۱"]) == ()


def test_spellings_are_those_that_share_a_key():
    assert {"Mohammad", "Muhammad", "Mohamed"} <= set(spellings_of("محمد"))
    assert "محمد" in spellings_of("Mohammed")
    assert "Mohammed" not in spellings_of("Mohammed")
    assert spellings_of("سنگچین") == ()
