"""GeoJSON, CSV and JSON Lines: whole, at a clearance, and harmless."""

from __future__ import annotations

import csv as table
import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from habeas.claims.claim import By, Claim
from habeas.claims.locator import Page
from habeas.claims.values import Name, Point, Polygon, Quantity, Text, When, Where
from habeas.exchange import spreadsheet_cells
from habeas.exchange.claims_table import COLUMNS, WHOLE
from habeas.exchange.csv import csv
from habeas.exchange.geojson import geojson
from habeas.exchange.jsonl import jsonl
from habeas.exchange.spreadsheet_cells import harmless, unharmed
from habeas.registry.changing import withdraw
from habeas.registry.registry import Registry, create_registry

SITE = "site:invented-field"
FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "＝1",
    "  =1",
    "\n=1",
    '=HYPERLINK("http://x")',
)
SECRET = "behind the invented mill"


def claim(predicate: str, value, **more) -> Claim:
    more.setdefault("sensitivity", "public")
    more.setdefault("source", "source:report")
    return Claim(subject=SITE, predicate=predicate, value=value, **more)


def ring(*points: str) -> Polygon:
    return Polygon(coordinates=(tuple(tuple(point.split()) for point in points),))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder: Path = tmp_path_factory.mktemp("exports") / "registry"
    made = create_registry(folder, organisation="Invented archive")
    with made.recording() as recording:
        recording.entry(
            [
                claim("label", Text(text="دشت ساختگی", lang="fa"), source=made.organisation),
                claim("other_name", Name(text=FORMULAS[0])),
                *(claim("description", Text(text=text)) for text in FORMULAS),
                claim("description", Text(text=SECRET), sensitivity="sealed"),
                claim(
                    "remains_believed", Quantity(text="12", low="12", high="12", unit="person"),
                    by=By(text="=families"), locator=(Page(number=3),), note="@note",
                ),
                claim(
                    "discovered",
                    When(text="1999", calendar="gregorian", earliest="1999-01-01",
                         latest="1999-12-31", precision="year"),
                ),
            ]
        )  # fmt: skip
        places = recording.entry(
            [
                claim("location", Where(kind="representative", text="the town",
                      geometry=Point(coordinates=("-58.40", "10.123456789012345678")),
                      uncertainty="15000", method="gazetteer")),
                claim("location", Where(kind="approximate", uncertainty=None, geometry=ring(
                      "0.10 0", "1 0", "1 1", "0.10 0"))),
                claim("location", Where(kind="approximate", text="somewhere")),
            ]
        )  # fmt: skip
    withdraw(made, places[0], "misread")
    yield made
    made.close()


def rows(registry: Registry, clearance: str) -> list[dict[str, str]]:
    text = "".join(csv(registry.view(clearance), lang="fa"))
    assert text.startswith("\ufeff")
    return list(table.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def features(registry: Registry, clearance: str) -> list[dict]:
    found = json.loads("".join(geojson(registry.view(clearance), lang="fa")))
    assert found["type"] == "FeatureCollection"
    assert found["habeas"]["clearance"] == clearance
    return found["features"]


def lines(registry: Registry, clearance: str) -> list[dict]:
    return [json.loads(line) for line in jsonl(registry.view(clearance))]


@pytest.mark.parametrize("clearance", ["public", "team", "sealed"])
def test_every_claim_that_may_be_seen_and_no_other(registry, clearance):
    seen = {shown.digest for shown in registry.view(clearance).claims()}
    assert {line["digest"] for line in lines(registry, clearance)} == seen
    assert {row["claim"] for row in rows(registry, clearance)} == seen
    everything = "".join([*jsonl(registry.view(clearance)), *csv(registry.view(clearance))])
    assert (SECRET in everything) is (clearance == "sealed")


def test_an_export_past_the_gate_is_caught(registry, monkeypatch):
    """Mutant: a view that shows all."""
    from habeas.registry.view import View

    stream = View.stream

    def open_gate(self, **asked):
        self._clearance = 3
        return stream(self, **asked)

    monkeypatch.setattr(View, "stream", open_gate)
    public = registry.view("public")
    assert SECRET in "".join(jsonl(public))


def test_no_cell_is_a_formula(registry):
    for row in rows(registry, "sealed"):
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "@", "＝", "＋", "＠")), cell
            assert not cell.startswith(("\t", "\r", "\n")), cell
            assert not cell.startswith("-") or float(cell)


def test_no_cell_is_a_formula_mutant(registry, monkeypatch):
    monkeypatch.setattr(spreadsheet_cells, "harmless", lambda cell: cell)
    with pytest.raises(AssertionError):
        test_no_cell_is_a_formula(registry)


SIGNS = "=+-@\t\r\n＝＋－＠﹢﹣﹦﹫"
STARTS = st.sampled_from([*SIGNS, "'", " ", "\ufeff", "\u200f", "1", "-1", "x"])


@given(st.lists(STARTS, max_size=3).map("".join), st.text(max_size=6))
@example(" \t", "")
def test_a_harmless_cell_keeps_its_words_and_runs_nothing(start, rest):
    cell = start + rest
    safe = harmless(cell)
    assert unharmed(safe) == cell
    trimmed = safe.lstrip(" \ufeff\u200f\u00a0")
    if trimmed[:1] and trimmed[0] in SIGNS:
        assert float(safe) <= 0
        assert set(safe) <= set("-.0123456789")


@given(st.text(max_size=3), st.text(max_size=3))
def test_two_texts_are_two_cells(one, other):
    assert (harmless(one) == harmless(other)) is (one == other)


def test_two_texts_are_two_cells_mutant(monkeypatch):
    """An apostrophe that is not itself escaped: "'=1" and "=1" are one cell."""
    plain = "'=1"
    assert harmless(plain) != harmless("=1")
    original = spreadsheet_cells.harmless
    monkeypatch.setattr(
        spreadsheet_cells, "harmless", lambda cell: cell if cell[:1] == "'" else original(cell)
    )
    assert spreadsheet_cells.harmless(plain) == spreadsheet_cells.harmless("=1")


def test_the_table_has_words_readings_and_labels(registry):
    found = rows(registry, "team")
    assert set(found[0]) == {*COLUMNS, WHOLE}
    (number,) = (row for row in found if row["predicate"] == "remains_believed")
    assert (number["words"], number["low"], number["high"]) == ("12", "12", "12")
    assert (number["subject_label"], number["by"]) == ("دشت ساختگی", "'=families")
    assert (number["locator"], number["note"]) == ("page 3", "'@note")
    (day,) = (row for row in found if row["predicate"] == "discovered")
    assert (day["earliest"], day["latest"], day["calendar"]) == (
        "1999-01-01", "1999-12-31", "gregorian",
    )  # fmt: skip
    places = [row for row in found if row["predicate"] == "location"]
    assert [row["location_kind"] for row in places].count("representative") == 1
    assert {row["longitude"] for row in places} == {"-58.40", ""}
    assert {row["withdrawn"] for row in places} == {"yes", "no"}


def test_a_position_never_stands_without_kind_and_uncertainty(registry):
    found = features(registry, "team")
    assert len(found) == 2
    for feature in found:
        said = feature["properties"]
        assert said["kind"] in ("exact", "approximate", "representative", "random")
        assert "uncertainty_m" in said
        assert said["source"] == "source:report"
        assert feature["id"] == f"claim:{said['claim']}"
    point, area = sorted(found, key=lambda one: one["geometry"]["type"], reverse=False)
    assert point["properties"]["uncertainty_m"] == 15000
    assert point["properties"]["withdrawn"] is True
    assert area["properties"]["uncertainty_m"] is None
    assert area["geometry"]["coordinates"][0][0] == [0.1, 0]


def test_digits_are_the_claims_own(registry):
    text = "".join(geojson(registry.view("team")))
    assert "[-58.40,10.123456789012345678]" in text


def test_a_line_is_the_claim_itself(registry):
    for line in lines(registry, "sealed"):
        shown = registry.view("sealed").claim(line["digest"])
        import msgspec

        assert msgspec.convert(line["claim"], Claim) == shown.claim
        proof = registry.view("sealed").provenance(shown)
        assert (line["log"], line["position"]) == (proof.origin, proof.position)
        assert "salt" not in line


def test_one_entity_only(registry):
    view = registry.view("team")
    assert {json.loads(line)["claim"]["subject"] for line in jsonl(view, subject=SITE)} == {SITE}
    assert list(jsonl(view, subject="site:nowhere")) == []
    assert json.loads("".join(geojson(view, subject="site:nowhere")))["features"] == []
