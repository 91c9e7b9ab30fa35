"""Dates: the vectors, the calendars against other libraries, and the laws of intervals."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import jdatetime
import msgspec
import pytest
from convertdate import islamic
from hijridate import Hijri
from hypothesis import given, settings
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from habeas.claims import dates
from habeas.claims.calendars import CALENDARS, calendar_named
from habeas.claims.date_words import PHRASES
from habeas.claims.dates import FORMS, interval, read_date
from habeas.claims.names import normalise
from habeas.claims.values import When
from habeas.claims.vocabulary import vocabulary
from habeas.errors import InputError

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "dates.json").read_text(encoding="utf-8")
)["tests"]
DAY = timedelta(days=1)
FIRST, LAST = date(1921, 3, 21), date(2029, 12, 31)


def all_days():
    return (date.fromordinal(number) for number in range(FIRST.toordinal(), LAST.toordinal() + 1))


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


def test_solar_hijri_agrees_with_another_library_on_every_day():
    solar = CALENDARS["solar_hijri"]
    for day in all_days():
        other = JalaliDate(day)
        assert solar.day(other.year, other.month, other.day) == day


def test_solar_hijri_years_and_months_meet_without_gap():
    solar = CALENDARS["solar_hijri"]
    for year in range(1300, 1408):
        first, last = solar.year(year)
        assert solar.year(year + 1)[0] == last + DAY
        assert (last - first).days + 1 == (366 if jdatetime.date(year, 1, 1).isleap() else 365)
        assert first.year + 1 == last.year, "a Solar Hijri year spans two Gregorian years"
        for month in range(1, 12):
            assert solar.month(year, month)[1] + DAY == solar.month(year, month + 1)[0]


def test_tabular_hijri_agrees_with_another_library():
    tabular = CALENDARS["hijri_tabular"]
    for year in range(1340, 1461):
        for month in range(1, 13):
            first, last = tabular.month(year, month)
            for day in (1, 15, 29):
                assert (first + (day - 1) * DAY).timetuple()[:3] == islamic.to_gregorian(
                    year, month, day
                )
            assert (last - first).days + 1 == islamic.month_length(year, month)


def test_umm_al_qura_is_the_library_and_differs_from_the_tabular():
    calendar, tabular = CALENDARS["hijri_umm_al_qura"], CALENDARS["hijri_tabular"]
    apart = 0
    for year in range(1343, 1499):
        for month in range(1, 13):
            first, last = calendar.month(year, month)
            assert (last - first).days + 1 == Hijri(year, month, 1).month_length()
            apart += first != tabular.month(year, month)[0]
    assert apart > 156 * 12 / 2, "so that a lunar date has to name its calendar"


def test_every_day_is_read_back_from_its_words():
    for day in list(all_days())[::17]:
        assert interval(day.isoformat()) == (day, day)
        assert interval(f"{day.day} {day:%B} {day.year}") == (day, day)
        solar = JalaliDate(day)
        if solar.year <= 1398:
            assert interval(f"{solar:%Y-%m-%d}") == (day, day)
        text = f"{solar.day} {solar.strftime('%B', locale='fa')} {solar.year}"
        assert interval(text.translate(PERSIAN_DIGITS)) == (day, day)


PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")

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


@settings(max_examples=300)
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


def test_nothing_is_filled_in_from_today():
    source = Path(dates.__file__).parent
    for name in ("dates.py", "date_tokens.py", "calendars.py", "date_words.py"):
        text = (source / name).read_text("utf-8")
        assert "today" not in text.replace("today's date", "")
        assert ".now(" not in text


def test_mutant_a_guessed_calendar_is_caught(monkeypatch):
    texts = [v["text"] for v in VECTORS if v.get("reason") == "more than one calendar"]
    assert not any(_is_read(text) for text in texts)
    with monkeypatch.context() as patch:
        patch.setattr(dates, "_calendar", lambda *_: CALENDARS["solar_hijri"])
        dates._read.cache_clear()
        assert sum(_is_read(text) for text in texts) > 3, "the vectors see a reader that guesses"
    dates._read.cache_clear()


def test_mutant_a_skipped_day_check_is_caught(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "habeas.claims.calendars.Calendar.day", lambda self, *numbers: date(2000, 1, 1)
        )
        dates._read.cache_clear()
        assert _is_read("1988-02-30"), "the vectors see a reader that takes any day"
    dates._read.cache_clear()
    assert not _is_read("1988-02-30")


def _is_read(text):
    try:
        read_date(text)
    except InputError:
        return False
    return True


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


def test_every_form_of_the_table_gives_one_role_a_token():
    for kinds, roles in FORMS.items():
        assert len(kinds) == len(roles), kinds
        assert set(roles) <= set("ymdsze?-"), kinds


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
