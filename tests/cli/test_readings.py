"""The reading beside the words: short, and silent when it says no more."""

from __future__ import annotations

import pytest

from habeas.claims.values import Point, Quantity, Ref, Term, Text, When, Where
from habeas.cli.readings import reading, shown_words

PERSON = {"unit": "person"}


def when(text, earliest, latest, precision="month", calendar="gregorian"):
    return When(text=text, calendar=calendar, earliest=earliest, latest=latest, precision=precision)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Quantity(text="about 200", low="150", high="250", **PERSON), "150 to 250 person"),
        (Quantity(text=">400", low="400", **PERSON), "from 400 person up"),
        (Quantity(text="<24 h", high="24", unit="h"), "up to 24 h"),
        (Quantity(text="12", low="12", high="12"), ""),
        (Quantity(text="12", low="12", high="12", counts="of all"), "of all"),
        (Quantity(text="many"), ""),
        (when("2020-09", "2020-09-01", "2020-09-30"), "2020-09-01 to 2020-09-30, month"),
        (when("before 2020", None, "2019-12-31", "before"), "2019-12-31 or earlier"),
        (when("1367", "1988-03-21", "1989-03-20", "year", "solar_hijri"),
         "1988-03-21 to 1989-03-20, year, solar hijri"),
        (when("2020-09-01", "2020-09-01", "2020-09-01", "day"), ""),
        (Where(kind="representative", geometry=Point(coordinates=("48.68", "31.32")),
               uncertainty="15000"), "representative, lat 31.32 lon 48.68, within 15000 m"),
        (Text(text="words"), ""),
        (Term(term="suspected"), ""),
        (Term(term="suspected", text="as they say"), "suspected"),
        (Ref(id="site:x", text="the field"), "site:x"),
        (Ref(id="site:x"), "site:x"),
    ],
)  # fmt: skip
def test_readings(value, said):
    assert reading(value, "status", "en", lambda _: "The field") == said


def test_words():
    def label(_):
        return "The field"

    assert shown_words(Ref(id="site:x"), "site", "en", label) == "The field"
    assert shown_words(Term(term="suspected"), "status", "en", label) == "suspected"
    assert shown_words(Term(term="suspected"), "status", "fa", label) == "مظنون"
    assert shown_words(Term(term="unheard_of"), "unheard_of", "en", label) == "unheard_of"


def test_a_range_in_persian_has_persian_words():
    value = Quantity(text="200", low="150", high="250", counts="x")
    assert reading(value, "status", "fa", str) == "150 تا 250؛ x"
