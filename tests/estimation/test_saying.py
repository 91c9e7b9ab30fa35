"""Reasons as data: the same in both languages, with figures and names where each belongs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import habeas.estimation
from habeas.errors import InputError
from habeas.estimation import Overlap
from habeas.estimation.refusal import RULES, table_refusals, united
from habeas.estimation.saying import NoEstimateError, Share, say, why
from habeas.estimation.wording import load_words

EN, FA = load_words("en"), load_words("fa")
SOURCES = Path(habeas.estimation.__file__).parent
APART = Overlap.from_counts("ABC", {"100": 50, "010": 40, "110": 20, "001": 30})
INSIDE = Overlap.from_counts(("A", "فهرست ب", "C7"), {"100": 50, "110": 20, "101": 19, "001": 9})


def test_figures_are_told_in_the_digits_of_the_language_and_names_as_they_stand():
    (apart,) = table_refusals(APART)
    assert apart.reason == "lists that share nobody with the others: A, B | C"
    assert apart.saying.tell(FA).endswith(": A، B | C")
    (inside,) = table_refusals(INSIDE)
    assert inside.reason.endswith(": 100 % of فهرست ب in A")
    assert inside.saying.tell(FA).endswith(": ۱۰۰٪ از فهرست ب در A")
    assert say("found.below_listed", point=1544, observed=10).tell(FA) == (
        "۱٬۵۴۴، و ۱۰ نفر در فهرست‌ها هستند"
    )
    assert say("found.inside.pair", share=Share(0.9), inner="C7", outer="A").tell(FA) == (
        "۹۰٪ از C7 در A"
    )


def test_how_often_something_is_refused_is_told_in_both_languages():
    (found,) = united([table_refusals(APART)] * 2, 3, "strata")
    assert found.reason.endswith("(in 2 of 3 strata)")
    assert found.saying.tell(FA).endswith("(در ۲ لایه از ۳ لایه)")


def test_every_reason_of_the_code_has_words_in_both_languages():
    text = "\n".join(path.read_text() for path in SOURCES.rglob("*.py"))
    keys = {f"why.{key}" for key in re.findall(r'NoEstimateError\(\s*"(\w+)"', text)}
    keys |= {f"{key}.mend" for key in keys}
    keys |= set(re.findall(r'\bsay\(\s*"([\w.]+)"', text))
    keys |= {f"{room}.{code}" for code in RULES for room in ("rule", "found")}
    assert len(keys) > 60
    for words in (EN, FA):
        assert keys <= set(words.entries)


def test_an_error_is_told_with_what_to_do_and_another_as_it_stands():
    error = NoEstimateError("lists", lists=2, needed=3)
    assert error.describe() == "2 lists. The method needs 3 lists or more"
    assert why(error).tell(FA) == "۲ فهرست. این روش ۳ فهرست یا بیشتر لازم دارد"
    assert str(why(error, whole=False)) == "2 lists"
    other = why(InputError("odd", mend="Mend"))
    assert str(other) == "odd. Mend"
    assert other.tell(FA).endswith(": odd. Mend")


@pytest.mark.parametrize("code", RULES)
def test_found_has_the_same_places_in_both_languages(code):
    places = [re.findall(r"\{(\w+)\}", words(f"found.{code}")) for words in (EN, FA)]
    assert sorted(places[0]) == sorted(places[1])
    assert places[0]
