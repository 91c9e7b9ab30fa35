"""The calendars of dates, day by day against other libraries, and spans that meet without gap."""

from datetime import date, timedelta
from itertools import pairwise

import jdatetime
import pytest
from convertdate import islamic
from hijridate import Hijri
from hypothesis import given
from hypothesis import strategies as st
from persiantools.jdatetime import JalaliDate

from habeas.claims import dates
from habeas.claims.calendars import CALENDARS, solar_of
from habeas.claims.date_digits import read_digits
from habeas.claims.date_serials import serial_day
from habeas.claims.dates import interval, read_date, reading_of
from habeas.errors import InputError

DAY = timedelta(days=1)
FIRST, LAST = date(1921, 3, 21), date(2029, 12, 31)
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
SEASONS = ("بهار", "تابستان", "پاییز", "زمستان")


def all_days():
    return (date.fromordinal(number) for number in range(FIRST.toordinal(), LAST.toordinal() + 1))


def test_solar_hijri_agrees_with_another_library_on_every_day_in_three_forms():
    solar = CALENDARS["solar_hijri"]
    for day in all_days():
        other = JalaliDate(day)
        year, month, number = other.year, other.month, other.day
        assert solar.day(year, month, number) == day
        iso = day.isoformat()
        for text in (
            f"{year}/{month}/{number}",
            f"{year:04}-{month:02}-{number:02}".translate(PERSIAN_DIGITS),
            f"{number} {MONTHS[month - 1]} {year}".translate(PERSIAN_DIGITS),
        ):
            found = read_date(text, "solar_hijri")
            assert (found.earliest, found.latest, found.precision) == (iso, iso, "day"), text


def test_every_day_is_read_back_from_other_words():
    for day in list(all_days())[::17]:
        solar = JalaliDate(day)
        weekday = solar.strftime("%A", locale="fa")
        name = MONTHS[solar.month - 1]
        assert interval(f"{day.day} {day:%B} {day.year}") == (day, day)
        assert interval(f"{day:%A}, {day:%B} {day.day}, {day.year}") == (day, day)
        assert interval(f"{weekday} {solar.day} {name} {solar.year}") == (day, day)
        both = f"{solar.day} {name} {solar.year} ({day.day} {day:%B} {day.year})"
        assert interval(both) == (day, day)
        assert interval(f"{day:%d %b %Y} / {solar.day} {name} {solar.year}") == (day, day)


def test_solar_of_is_the_way_back():
    for day in list(all_days())[::29]:
        assert CALENDARS["solar_hijri"].day(*solar_of(day)) == day


def test_solar_years_tile_the_line():
    assert_tiled([interval(f"سال {year}", "solar_hijri") for year in range(1300, 1409)])


def test_solar_months_and_seasons_tile_the_line():
    years = range(1300, 1409)
    months = [interval(f"{name} {year}") for year in years for name in MONTHS]
    seasons = [interval(f"{name} {year}", "solar_hijri") for year in years for name in SEASONS]
    assert_tiled(months)
    assert_tiled(seasons)
    assert months[0][0] == seasons[0][0]
    assert months[-1][1] == seasons[-1][1]


def test_parts_tile_their_months_years_and_decades():
    for year in range(1360, 1372):
        for name in (*MONTHS, "سال"):
            whole = f"{name} {year}"
            thirds = ["اوایل", "اواسط", "اواخر"]
            tens = ["دهه اول", "دهه دوم", "دهه سوم"] if name != "سال" else thirds
            for parts in (thirds, ["نیمه اول", "نیمه دوم"], tens):
                spans = [interval(f"{part} {whole}", "solar_hijri") for part in parts]
                assert_tiled(spans)
                assert (spans[0][0], spans[-1][1]) == interval(whole, "solar_hijri")
    assert_tiled([interval(f"دهه {year}", "solar_hijri") for year in range(1300, 1400, 10)])


def test_gregorian_months_and_decades_tile_the_line():
    years = range(1921, 2030)
    assert_tiled([interval(f"{date(y, m, 1):%B} {y}") for y in years for m in range(1, 13)])
    assert_tiled([interval(f"{year}s") for year in range(1910, 2030, 10)])


def assert_tiled(spans):
    for one, following in pairwise(spans):
        assert one[1] + DAY == following[0]


def test_solar_hijri_years_have_the_length_of_another_library():
    solar = CALENDARS["solar_hijri"]
    for year in range(1300, 1408):
        first, last = solar.year(year)
        assert (last - first).days + 1 == (366 if jdatetime.date(year, 1, 1).isleap() else 365)
        assert first.year + 1 == last.year, "a Solar Hijri year spans two Gregorian years"


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


# The fast path of dates in digits


@given(
    st.integers(1150, 2250), st.integers(0, 14), st.integers(0, 33), st.sampled_from("-/. "),
    st.sampled_from(["", "02"]), st.none() | st.sampled_from(sorted(CALENDARS)), st.booleans(),
)  # fmt: skip
def test_digits_are_read_as_the_grammar_reads_them(year, month, day, mark, fill, calendar, persian):
    text = f"{year}{mark}{month:{fill}}{mark}{day:{fill}}"
    text = text.translate(PERSIAN_DIGITS) if persian else text
    fast = read_digits(text, calendar)
    try:
        slow = reading_of(text, calendar).when
    except InputError:
        assert fast is None, text
    else:
        assert fast in (None, slow), text


def test_mutant_a_fast_path_that_reads_on_its_own_is_caught(monkeypatch):
    with pytest.raises(InputError):
        read_date("1408/5/6")
    with monkeypatch.context() as patch:
        patch.setattr("habeas.claims.date_digits._SOLAR_UNNAMED", range(1300, 1500))
        assert read_date("1408/5/6").calendar == "solar_hijri"
        with pytest.raises(InputError):
            reading_of("1408/5/6")


def test_the_fast_path_is_taken(monkeypatch):
    monkeypatch.setattr(dates, "reading_of", None)
    assert read_date("1367/5/6").earliest == read_date("۱۹۸۸-۰۷-۲۸").earliest == "1988-07-28"


# Serial numbers of spreadsheets


@pytest.mark.parametrize(
    ("number", "epoch", "day"),
    [
        ("1", "1900", "1900-01-01"), ("59", "1900", "1900-02-28"), ("61", "1900", "1900-03-01"),
        ("32352", "1900", "1988-07-28"), ("32352.75", "1900", "1988-07-28"),
        ("0", "1904", "1904-01-01"), ("60", "1904", "1904-03-01"), ("30890", "1904", "1988-07-28"),
    ],
)  # fmt: skip
def test_serial_days(number, epoch, day):
    assert serial_day(number, epoch).isoformat() == day


@pytest.mark.parametrize(
    ("number", "epoch"),
    [
        ("60", "1900"), ("60.5", "1900"), ("0", "1900"), ("-1", "1904"), ("", "1900"),
        ("1e5", "1900"), ("32 352", "1900"), ("9999999", "1900"), ("12345678", "1904"),
        ("١٢٣", "1900"), ("200000", "1904"),
    ],
)  # fmt: skip
def test_serials_that_are_no_day(number, epoch):
    with pytest.raises(InputError):
        serial_day(number, epoch)


@given(st.integers(61, 100_000))
def test_the_two_epochs_lie_1462_days_apart(number):
    assert serial_day(str(number), "1900") + 1462 * DAY == serial_day(str(number), "1904")
