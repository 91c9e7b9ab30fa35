"""The tables of names and dates that others are measured by are whole, and their halves apart."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import pytest

VECTORS = Path(__file__).parents[1] / "vectors"
CALENDARS = {"-", "gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular"}
VARIANTS = str.maketrans("يكىةأإآؤئ", "یکیهاااوی", "\u200c ")


def table(name):
    lines = (VECTORS / name).read_text(encoding="utf-8").splitlines()
    body = [line for line in lines if not line.startswith("#")]
    return list(csv.DictReader(body, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


@pytest.mark.parametrize(("name", "least"), [("dates-dev.tsv", 150), ("dates-frozen.tsv", 200)])
def test_each_date_has_an_interval_or_is_held(name, least):
    rows = table(name)
    assert len(rows) >= least
    for row in rows:
        assert row["calendar"] in CALENDARS
        assert row["note"]
        ends = row["earliest"], row["latest"]
        if "?" in ends:
            assert ends == ("?", "?")
        elif "-" not in ends:
            first, last = map(datetime.date.fromisoformat, ends)
            assert first <= last


@pytest.mark.parametrize(
    ("name", "pairs", "originals"), [("names-dev.tsv", 500, 350), ("names-frozen.tsv", 1500, 900)]
)
def test_each_name_has_both_scripts_and_a_source(name, pairs, originals):
    rows = table(name)
    assert len(rows) >= pairs
    assert len({row["original"] for row in rows}) >= originals
    for row in rows:
        assert row["kind"] in {"given", "surname"}
        assert row["language"] in {"fa", "ar"}
        assert row["source"]
        assert not any("\u0600" <= letter <= "\u06ff" for letter in row["latin"])
        assert all(
            "\u0600" <= letter <= "\u06ff" or letter in "\u200c " for letter in row["original"]
        )
    assert len({tuple(row.values()) for row in rows}) == len(rows)


def test_the_halves_share_nothing():
    dates = [{(r["expression"], r["calendar"]) for r in table(f"dates-{half}.tsv")}
             for half in ("dev", "frozen")]  # fmt: skip
    names = [{r["original"].translate(VARIANTS) for r in table(f"names-{half}.tsv")}
             for half in ("dev", "frozen")]  # fmt: skip
    assert not dates[0] & dates[1]
    assert not names[0] & names[1]
