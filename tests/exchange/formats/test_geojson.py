"""GeoJSON as tables. All names and places are invented."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from foreign_files import broken, cell, located, opened, read_whole, said, written
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.values import MultiPolygon, Point, Where
from habeas.errors import InputError
from habeas.exchange.tables import geojson, map_geometries
from habeas.exchange.tables.table import Row, TableFile

LAYER = """{"type":"FeatureCollection","features":[
{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[51.40,35.510000000000000001]},
 "properties":{"name":"دشت ساختگی","aliases":["الف","ب"],"note":"x"}},
{"type":"Feature","geometry":null,"properties":{"name":"no position"}}]}"""
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]


def feature(kind: str, coordinates: object, /, **properties: object) -> str:
    geometry = {"type": kind, "coordinates": coordinates}
    return json.dumps({"type": "Feature", "geometry": geometry, "properties": properties})


def layer(*features: str, before: str = "", after: str = "") -> str:
    return f'{{"type":"FeatureCollection",{before}"features":[{",".join(features)}]{after}}}'


def rows(file: TableFile) -> list[Row]:
    return list(file.tables[0].rows())


def test_a_feature_is_a_row_and_its_digits_stay(tmp_path):
    file = opened(tmp_path, LAYER)
    assert file.format == "geojson"
    first, second = rows(file)
    assert first.geometries[0] == Point(coordinates=("51.40", "35.510000000000000001"))
    assert cell(file.tables[0], first, "name") == "دشت ساختگی"
    assert first.lists == {3: ("الف", "ب")}
    assert [column.address for column in file.tables[0].columns][:3] == [
        "geometry", "id", "properties/name",
    ]  # fmt: skip
    assert (second.number, second.geometries, second.faults) == (2, {}, ())


def test_a_location_is_recorded_once_its_kind_is_told(tmp_path):
    file = opened(tmp_path, LAYER)
    asked, named = said(file)
    assert "how near" in asked.questions[0].reason
    assert [claim.predicate for claim in named.claims] == ["name"]
    first = located(file)[0]
    (where,) = (claim.value for claim in first.claims if claim.predicate == "location")
    assert where == Where(
        kind="approximate", geometry=Point(coordinates=("51.40", "35.510000000000000001"))
    )


@pytest.mark.parametrize(
    ("written_", "kept"),
    [("5.14e1", "51.4"), ("1E1", "10"), ("-0.50", "-0.50"), ("7", "7"),
     ("1.00000000000000000049", "1.000000000000000000")],
)  # fmt: skip
def test_numbers(written_, kept, tmp_path):
    text = feature("Point", ["NUMBER", 1]).replace('"NUMBER"', written_)
    (row,) = rows(opened(tmp_path, layer(text)))
    assert row.geometries[0].coordinates[0] == kept


@pytest.mark.parametrize("number", ["1e1000000000", "-1e999999999999999999", "1" * 400])
def test_numbers_beyond_all_bounds(number, tmp_path):
    text = feature("Point", ["NUMBER", 1]).replace('"NUMBER"', number)
    assert rows(opened(tmp_path, layer(text)))[0].faults


def test_heights_are_left_out_and_told(tmp_path):
    file = opened(tmp_path, layer(feature("Point", [51, 35, 1200]), feature("Point", [51, 35])))
    assert rows(file)[0].geometries[0] == Point(coordinates=("51", "35"))
    assert any(remark.startswith("heights of 1 ") for remark in file.remarks)


def test_areas_and_collections_of_one(tmp_path):
    file = opened(
        tmp_path,
        layer(
            feature("MultiPolygon", [[SQUARE], [SQUARE]]), feature("Polygon", [SQUARE]),
            feature("MultiPoint", [[1, 2]]), feature("MultiLineString", [SQUARE]),
        ),
    )  # fmt: skip
    kinds = [type(row.geometries[0]).__name__ for row in rows(file)]
    assert kinds == ["MultiPolygon", "Polygon", "Point", "LineString"]
    assert isinstance(rows(file)[0].geometries[0], MultiPolygon)


@pytest.mark.parametrize(
    ("kind", "coordinates", "reason"),
    [("MultiPoint", [[1, 2], [3, 4]], "of 2 parts"), ("Point", [1], "less than two"),
     ("Point", [], "missing"), ("Point", ["x", 2], "no number"), ("Point", [35, 151], "swapped"),
     ("Point", [0, 0.0], "0, 0"), ("Polygon", [[["1_0", 2]]], "not made of numbers"),
     ("Circle", [1, 2], "no geometry"), ("Point", None, "missing"), ("Point", {"a": 1}, "missing")],
)  # fmt: skip
def test_what_is_no_place_is_asked_about_with_its_words(kind, coordinates, reason, tmp_path):
    file = opened(tmp_path, layer(feature(kind, coordinates, name="n")))
    (row,) = rows(file)
    assert reason in row.faults[0].reason
    assert row.geometries == {}
    assert json.loads(row.cells[0])["type"] == kind
    assert not located(file)[0].claims


def test_a_collection_of_geometries_is_a_fault(tmp_path):
    text = '{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[]}}'
    (row,) = rows(opened(tmp_path, layer(text)))
    assert "make a row of each" in row.faults[0].reason


CRS = '"crs":{"type":"name","properties":{"name":"%s"}},'


@pytest.mark.parametrize(
    "crs",
    [CRS % "urn:ogc:def:crs:EPSG::32639", CRS % "EPSG:3857", '"crs":null,',
     '"crs":{"type":"link","properties":{"href":"http://example.org/crs"}},',
     '"crs":{"type":"name","properties":{"name":5}},'],
)  # fmt: skip
@pytest.mark.parametrize("behind", [False, True])
def test_another_system_of_coordinates_is_refused(crs, behind, tmp_path):
    point = feature("Point", [1, 2])
    text = layer(point, after=f",{crs[:-1]}") if behind else layer(point, before=crs)
    with pytest.raises(InputError, match="not WGS 84"):
        opened(tmp_path, text)


def test_another_system_of_coordinates_mutant(tmp_path, monkeypatch):
    monkeypatch.setattr(geojson._Layer, "_check_crs", lambda *_: None)
    assert rows(opened(tmp_path, layer(feature("Point", [1, 2]), before=CRS % "EPSG:3857")))


def test_wgs84_by_name_is_taken(tmp_path):
    file = opened(
        tmp_path,
        layer(feature("Point", [1, 2]), before=CRS % "urn:ogc:def:crs:OGC:1.3:CRS84"),
    )
    assert "its `crs` names WGS 84" in file.remarks


def test_outside_of_the_earth_mutant(tmp_path, monkeypatch):
    """Without the limits, a swapped position passes the reader."""
    monkeypatch.setattr(map_geometries, "_LIMITS", (10**9, 10**9))
    assert rows(opened(tmp_path, layer(feature("Point", [35, 151]))))[0].geometries


def test_lines_one_feature_and_one_geometry(tmp_path):
    lines = "\n".join([feature("Point", [1, 2], n="a"), feature("Point", [3, 4], n="b")])
    assert [row.number for row in rows(opened(tmp_path, lines))] == [1, 2]
    assert rows(opened(tmp_path, feature("Point", [1, 2])))[0].geometries
    assert rows(opened(tmp_path, '{"type":"Point","coordinates":[1,2]}'))[0].geometries


def ours(**properties: object) -> str:
    given = {
        "claim": "0" * 64, "subject": "site:a", "label": "Invented field", "predicate": "location",
        "kind": "representative", "uncertainty_m": 15000.50, "method": "gazetteer", "words": "town",
        "source": "source:s", "source_label": "Invented report", "by": "families",
        "sensitivity": "team", "withdrawn": False,
    }  # fmt: skip
    return feature("Point", [51.4, 35.5], **given | properties)


def test_what_habeas_wrote_keeps_kind_and_uncertainty(tmp_path):
    file = opened(tmp_path, layer(ours(), ours(kind="exact", uncertainty_m=None)))
    first, second = said(file)
    where = {claim.predicate: claim for claim in first.claims}["location"]
    assert where.value == Where(
        text="town", kind="representative", uncertainty="15000.5", method="gazetteer",
        geometry=Point(coordinates=("51.4", "35.5")),
    )  # fmt: skip
    assert where.by.text == "families"
    assert second.claims[0].value.kind == "exact"
    assert "label" in {claim.predicate for claim in first.claims}


@pytest.mark.parametrize(
    "wrong",
    [{"withdrawn": True}, {"sensitivity": "sealed"}, {"subject": "person:a"},
     {"predicate": "last_seen_place"}, {"kind": "certain"}, {"uncertainty_m": "far"}],
)  # fmt: skip
def test_what_a_map_cannot_carry_is_held_back(wrong, tmp_path):
    (held,) = said(opened(tmp_path, layer(ours(**wrong))))
    assert held.questions
    assert not held.claims


def test_what_a_map_cannot_carry_mutant(tmp_path, monkeypatch):
    from habeas.exchange.tables import habeas_layers

    monkeypatch.setattr(habeas_layers, "_faults", lambda _: ())
    assert said(opened(tmp_path, layer(ours(withdrawn=True))))[0].claims


def test_no_feature(tmp_path):
    with pytest.raises(InputError, match="no feature"):
        opened(tmp_path, layer())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_broken_files_are_refused_or_read(data):
    with tempfile.TemporaryDirectory() as folder:
        read_whole(written(Path(folder), data.draw(broken(LAYER.encode()))))
