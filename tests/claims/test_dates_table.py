"""Dates as sources write them, each with the days that a reader gives: read so, or held back.

The tables were written by hand by a reader who had not seen the code. The words of the frozen one
were not looked at while the code was made.
"""

from pathlib import Path

import pytest

from habeas.claims import date_resolving, dates
from habeas.claims.calendars import CALENDARS
from habeas.claims.dates import read_date
from habeas.errors import InputError

VECTORS = Path(__file__).parents[1] / "vectors"
HELD = ("?", "?")


def rows(name):
    lines = (VECTORS / name).read_text("utf-8").splitlines()
    plain = [line for line in lines if line and not line.startswith("#")]
    return [tuple(line.split("\t")[:4]) for line in plain[1:]]


def read(text, calendar):
    try:
        found = read_date(text, None if calendar == "-" else calendar)
    except InputError:
        return HELD
    return found.earliest or "-", found.latest or "-"


def compare(table):
    """The rows that are read otherwise than expected, and how many are read as expected."""
    wrong, right = [], 0
    for text, calendar, *expected in table:
        found = read(text, calendar)
        if found == tuple(expected):
            right += 1
        elif found != HELD:
            wrong.append((text, calendar, expected, found))
    return wrong, right


@pytest.mark.parametrize(("name", "least"), [("dates-dev.tsv", 0.99), ("dates-frozen.tsv", 0.8)])
def test_every_date_of_the_table_is_read_as_expected_or_held_back(name, least, capsys):
    table = rows(name)
    wrong, right = compare(table)
    with capsys.disabled():
        print(f"\n{name}: {right} of {len(table)} as expected, {len(wrong)} wrong, rest held back")
    assert not wrong
    assert right >= least * len(table)


def test_the_tables_hold_more_than_three_hundred_dates():
    assert len(rows("dates-dev.tsv")) + len(rows("dates-frozen.tsv")) >= 300


def test_mutant_a_reader_that_guesses_the_calendar_is_caught(monkeypatch):
    monkeypatch.setattr(
        date_resolving, "_calendar", lambda *_: (CALENDARS["solar_hijri"], "guessed")
    )
    dates._read.cache_clear()
    wrong, _ = compare(rows("dates-dev.tsv"))
    dates._read.cache_clear()
    assert len(wrong) > 3
