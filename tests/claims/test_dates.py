"""Dates: the vectors, the laws of intervals, and the mutants that the checks catch."""

import ast
import inspect
import json
import re
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import (
    calendars as calendars_module,
)
from habeas.claims import (
    date_digits,
    date_forms,
    date_meanings,
    date_months,
    date_numbers,
    date_parts,
    date_ranges,
    date_resolving,
    date_serials,
    date_tokens,
    date_words,
    date_writings,
    dates,
)
from habeas.claims.calendars import CALENDARS, Calendar, calendar_named
from habeas.claims.date_forms import FORMS
from habeas.claims.date_words import PHRASES
from habeas.claims.dates import interval, read_date
from habeas.claims.names import normalise
from habeas.claims.values import When
from habeas.claims.vocabulary import vocabulary
from habeas.errors import InputError

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "dates.json").read_text(encoding="utf-8")
)["tests"]
DAY = timedelta(days=1)
DATE_MODULES = (
    calendars_module, date_digits, date_forms, date_meanings, date_months, date_numbers, date_parts,
    date_ranges, date_resolving, date_serials, date_tokens, date_words, date_writings, dates,
)  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_vector(vector):
    text, calendar = vector["text"], vector.get("calendar")
    if vector["result"] == "valid":
        assert msgspec.to_builtins(read_date(text, calendar)) == vector["when"]
        return
    with pytest.raises(InputError) as caught:
        read_date(text, calendar)
    assert vector["reason"] in caught.value.reason
    assert f"“{text}”" in caught.value.reason
    assert caught.value.mend


def test_vectors_are_numbered_and_cover_both_results():
    assert [vector["id"] for vector in VECTORS] == list(range(1, len(VECTORS) + 1))
    assert {vector["result"] for vector in VECTORS} == {"valid", "invalid"}


years = st.integers(min_value=1900, max_value=2026)
months = st.integers(min_value=1, max_value=12)
calendars = st.sampled_from(sorted(CALENDARS))


@given(years, months)
def test_a_month_lies_in_its_year(year, month):
    whole, part = interval(f"{year}"), interval(f"{year}-{month:02}")
    assert whole[0] <= part[0] <= part[1] <= whole[1]


@given(years, months, st.sampled_from(["early", "mid", "late"]))
def test_a_part_lies_in_its_whole(year, month, part):
    name = f"{date(year, month, 1):%B} {year}"
    whole, piece = interval(name), interval(f"{part} {name}")
    assert whole[0] <= piece[0] <= piece[1] <= whole[1]
    assert (part == "early") == (piece[0] == whole[0])
    assert (part == "late") == (piece[1] == whole[1])


@given(years, months)
def test_before_and_after_leave_out_what_they_name(year, month):
    name = f"{year}-{month:02}"
    first, last = interval(name)
    assert interval(f"before {name}") == (None, first - DAY)
    assert interval(f"after {name}") == (last + DAY, None)
    assert interval(f"until {name}") == (None, last)
    assert interval(f"since {name}") == (first, None)


@given(years, years)
def test_a_range_joins_its_ends_or_is_refused(one, other):
    text = f"{one} to {other}"
    if one <= other:
        assert interval(text) == (interval(str(one))[0], interval(str(other))[1])
    else:
        with pytest.raises(InputError, match="before it begins"):
            read_date(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20) | st.lists(
    st.sampled_from(["67", "1988", "1367", "12", "7", "-", "/", " ", "to", "July", "مرداد", "دهه",
                     "late", "before", "and", "between", "winter", "s", "~", "AH", "sixties"]),
    max_size=6).map(" ".join), st.none() | calendars)  # fmt: skip
def test_any_words_are_read_or_refused(text, calendar):
    try:
        found = read_date(text, calendar)
    except InputError:
        return
    assert found.text == text
    assert found.calendar in CALENDARS
    assert msgspec.convert(msgspec.to_builtins(found), When) == found
    vocabulary().term("date_precision", found.precision)
    if found.earliest is not None and found.latest is not None:
        assert found.earliest <= found.latest


@pytest.mark.parametrize("day", [date(1988, 7, 28), date(2026, 1, 1), date(2061, 12, 31)])
def test_nothing_is_filled_in_from_today(monkeypatch, day):
    before = _all_results()
    with monkeypatch.context() as patch:
        for module in DATE_MODULES:
            if hasattr(module, "date"):
                patch.setattr(module, "date", _frozen(day))
        patch.setattr(time, "time", lambda: 0.0)
        dates._read.cache_clear()
        assert _all_results() == before
    dates._read.cache_clear()


def test_no_module_of_dates_asks_for_the_time():
    for module in DATE_MODULES:
        names = {
            node.attr for node in ast.walk(ast.parse(inspect.getsource(module)))
            if isinstance(node, ast.Attribute)
        }  # fmt: skip
        assert not names & {"today", "now", "utcnow", "time", "localtime"}, module.__name__


def _frozen(day):
    class Frozen(date):
        @classmethod
        def today(cls):
            return day

    return Frozen


def _all_results():
    found = []
    for vector in VECTORS:
        try:
            found.append(read_date(vector["text"], vector.get("calendar")))
        except InputError as error:
            found.append(str(error))
    return found


MUTANTS = {
    "a guessed calendar": (
        date_resolving, "_calendar", lambda *_: (CALENDARS["solar_hijri"], ""), "67"),
    "a skipped day check": (
        Calendar, "day", lambda self, *numbers: date(2000, 1, 1), "1988-02-30"),
    "a weekday that is not checked": (
        date_resolving, "_check_weekday", lambda *_: None, "جمعه ۶ مرداد ۱۳۶۷"),
    "two writings of which one is believed": (
        dates, "agreement", lambda one, other: one, "6 Mordad 1367 (29 July 1988)"),
    "two writings cut to what they share": (
        date_writings, "_of_one_end", lambda *_: False, "1366-67 (1366)"),
    "an order of numbers that is guessed": (
        date_forms, "_numeric_order", lambda *_: "d-m-y", "07/08/1988"),
    "two years taken for a month": (
        date_forms, "_check_two_years", lambda _: None, "2008/09"),
    "a day taken for a year": (
        date_forms, "_month_and_number", lambda *_, **__: "my", "Mordad 28"),
    "a century that is guessed": (
        date_resolving, "_full_year", lambda calendar, year, note: 1400 + year.number, "05 AP"),
    "an end of a range that is guessed": (
        date_ranges, "_check_end", lambda *_: None, "مرداد تا ۱۳۶۸"),
    "ends of two levels": (
        date_ranges, "_level", lambda _: 1, "1988/July 1989"),
    "a duration taken for a day": (
        date_tokens, "_check_duration", lambda *_: None, "5 days in July 1988"),
    "a word with two senses that is passed over": (
        date_tokens, "_check", lambda *_, **__: None, "the year before 1988"),
    "a month of another calendar than the one named": (
        date_resolving, "_same_family", lambda *_: True, "July 1367 AP"),
    "dates that are joined over a gap": (
        date_ranges, "pairwise", lambda _: (), "مرداد و مهر ۶۷"),
    "a month that lost its zero": (
        date_forms, "_without_zero", lambda tokens, kinds: (tokens, kinds), "1988.1"),
    "a midnight of Tehran taken for the evening before": (
        dates, "_LATE_UTC", re.compile("(?!)"), "1988-07-28T20:30:00.000Z"),
    "a century taken for a decade": (
        date_resolving, "_CENTURIES_THAT_BEGIN", range(0, 3000, 100), "1900s"),
}  # fmt: skip


@pytest.mark.parametrize("name", MUTANTS)
def test_mutant_is_caught(monkeypatch, name):
    owner, attribute, mutant, text = MUTANTS[name]
    dates._read.cache_clear()
    assert not _is_read(text), "the check holds"
    with monkeypatch.context() as patch:
        patch.setattr(owner, attribute, mutant)
        dates._read.cache_clear()
        assert _is_read(text), "without the check the bad date passes"
    dates._read.cache_clear()


def _is_read(text):
    try:
        read_date(text)
    except InputError:
        return False
    return True


def test_a_text_too_long_for_a_date_is_refused_before_it_is_taken_apart(monkeypatch):
    taken_apart = []
    monkeypatch.setattr(dates, "tokens_of", taken_apart.append)
    monkeypatch.setattr(dates, "writings_of", taken_apart.append)
    with pytest.raises(InputError, match="50000000 letters are no date") as caught:
        read_date("1367 " * 10_000_000)
    assert taken_apart == []
    assert len(str(caught.value)) < 500
    monkeypatch.undo()
    assert read_date("6 Mordad 1367".ljust(dates.MAX_LETTERS)).latest == "1988-07-28"


def test_an_unknown_calendar_is_refused():
    with pytest.raises(InputError, match="no calendar “jalali”"):
        read_date("1367", "jalali")
    with pytest.raises(InputError, match="solar_hijri"):
        calendar_named("lunar")


def test_the_vocabulary_and_the_calendars_are_the_same():
    assert list(vocabulary().terms("calendar")) == list(CALENDARS)


def test_the_table_of_phrases_is_normalised():
    for phrase in PHRASES:
        assert normalise(" ".join(phrase)) == " ".join(phrase)


def test_no_phrase_is_listed_with_two_meanings():
    seen = {}
    listed = [*date_words._series(), *(
        (words, date_meanings.Meaning(kind)) for kind, words in date_words._OTHERS.items()
    ), *((words, date_meanings.Meaning("C", calendar=name))
         for name, words in date_words._CALENDARS.items()),
        *((words, date_meanings.Meaning("?", note=why))
          for why, words in date_words._TWO_SENSES.items()),
        (date_words._UNITS, date_meanings.Meaning("_", note="unit"))]  # fmt: skip
    for words, meaning in listed:
        for phrase, one in date_words._phrases(words, meaning):
            assert phrase, words
            assert seen.setdefault(phrase, one) == one, phrase
    numbers = {tuple(words.split()): meaning for words, meaning in date_numbers.number_phrases()}
    for phrase, meaning in numbers.items():
        assert seen.get(phrase, meaning) == meaning, phrase


def test_every_name_of_a_month_is_read_as_that_month():
    years = {"gregorian": 1988, "solar_hijri": 1367, "hijri": 1408}
    calendar_of = {"hijri": "hijri_tabular"}
    for phrase, meaning in PHRASES.items():
        if meaning.kind != "M":
            continue
        name = calendar_of.get(meaning.calendar, meaning.calendar)
        year = years[meaning.calendar]
        day = CALENDARS[name].day(year, meaning.number, 3)
        assert interval(f"3 {' '.join(phrase)} {year}", name) == (day, day), phrase


@pytest.mark.parametrize("calendar", sorted(CALENDARS))
def test_numbers_in_words_are_those_in_digits(calendar):
    for words, meaning in date_numbers.number_phrases():
        if meaning.kind == "n" and meaning.number <= 29 and meaning.number > 0:
            year = CALENDARS[calendar].years[100]
            month = {"gregorian": "July", "solar_hijri": "تیر"}.get(calendar, "رجب")
            said = interval(f"{words} {month} {year}", calendar)
            assert said == interval(f"{meaning.number} {month} {year}", calendar), words


def test_every_form_of_the_table_gives_one_role_a_token():
    for kinds, roles in FORMS.items():
        assert len(kinds) == len(roles), kinds
        assert set(roles) <= set("ymdszej?-"), kinds


def test_conversion_libraries_are_loaded_when_needed():
    code = (
        "import sys, habeas.claims.dates as d; d.read_date('1988-07-28'); "
        "assert not {'jdatetime', 'hijridate', 'yaml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_documented_examples_are_read_as_documented():
    page = (Path(__file__).parents[2] / "docs" / "dates.md").read_text("utf-8")
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("| `")
    ]
    assert len(rows) > 25
    for words, calendar, result, *_ in rows:
        given_calendar = None if calendar == "–" else calendar
        if result.startswith("refused"):
            with pytest.raises(InputError):
                read_date(words, given_calendar)
            continue
        first, last = interval(words, given_calendar)
        assert f"{first or '…'} – {last or '…'}" == result, words
