"""GeoPackage and GeoJSON: read by others as they are meant, with all that has to stand beside."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims.claim import By, Claim
from habeas.claims.values import LineString, MultiPolygon, Point, Polygon, Text, Where
from habeas.errors import StorageError
from habeas.exchange import geojson as geojson_module
from habeas.exchange import geopackage
from habeas.exchange.geojson import geojson
from habeas.exchange.geopackage import LAYERS, write_geopackage
from habeas.exchange.uncertainty_outline import FARTHEST, outline
from habeas.registry.changing import withdraw
from habeas.registry.registry import Registry, create_registry

SITE = "site:invented-field"
SECRET = "site:invented-secret"
GEOD = pyproj.Geod(ellps="WGS84")
CLOCKWISE = (("0", "0"), ("0", "3"), ("3", "3"), ("3", "0"), ("0", "0"))
HOLE = (("1", "1"), ("2", "1"), ("2", "2"), ("1", "2"), ("1", "1"))


def located(geometry, subject: str = SITE, sensitivity: str = "public", **more) -> Claim:
    more.setdefault("kind", "representative")
    by = By(text="خانواده‌ها")
    return Claim(
        subject=subject, predicate="location", value=Where(geometry=geometry, **more),
        source="source:report", by=by, sensitivity=sensitivity,
    )  # fmt: skip


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    folder: Path = tmp_path_factory.mktemp("layers") / "registry"
    made = create_registry(folder, organisation="Invented archive")
    label = Claim(
        subject=SITE, predicate="label", value=Text(text="دشت ساختگی", lang="fa"),
        source=made.organisation, sensitivity="public",
    )  # fmt: skip
    point = Point(coordinates=("51.4000", "35.6"))
    with made.recording() as recording:
        (first, *_) = recording.entry(
            [
                located(point, text="شهر", uncertainty="15000", method="gazetteer"),
                located(point, text="no metres"),
                located(LineString(coordinates=(("51", "35"), ("52", "36"))), uncertainty="100"),
                located(Polygon(coordinates=(CLOCKWISE, HOLE)), kind="approximate",
                        sensitivity="team"),
                located(MultiPolygon(coordinates=((CLOCKWISE,),)), uncertainty="9000000"),
                located(point, subject=SECRET, sensitivity="sealed", kind="exact"),
                located(None, text="nowhere on a map"),
                label,
            ]
        )  # fmt: skip
    withdraw(made, first, "misread")
    yield made
    made.close()


def written(registry: Registry, path: Path, clearance: str = "team", **more) -> Path:
    write_geopackage(registry.view(clearance), path, lang="fa", **more)
    return path


def test_gdal_reads_it_as_it_is_meant(registry, tmp_path):
    path = written(registry, tmp_path / "a.gpkg")
    assert [list(layer) for layer in pyogrio.list_layers(path)] == [
        ["points", "Point"], ["lines", "LineString"], ["areas", "MultiPolygon"],
        ["uncertainty", "MultiPolygon"],
    ]  # fmt: skip
    counts = {layer: pyogrio.read_info(path, layer=layer)["features"] for layer in
              ("points", "lines", "areas", "uncertainty")}  # fmt: skip
    assert counts == {"points": 2, "lines": 1, "areas": 2, "uncertainty": 2}
    meta, _, geometry, columns = pyogrio.raw.read(path, layer="points")
    assert meta["crs"] == "EPSG:4326"
    first = {name: column[0] for name, column in zip(meta["fields"], columns, strict=True)}
    assert first | {"claim": ""} == {
        "claim": "", "subject": SITE, "label": "دشت ساختگی", "predicate": "location",
        "kind": "representative", "uncertainty_m": 15000.0, "method": "gazetteer",
        "words": "شهر", "source": "source:report", "source_label": "source:report",
        "by": "خانواده‌ها", "sensitivity": "public", "withdrawn": True, "forked": False,
    }  # fmt: skip
    assert shapely.from_wkb(geometry[0]) == shapely.Point(51.4, 35.6)
    assert columns[meta["fields"].tolist().index("uncertainty_m")][1] != 15000  # NULL: nobody said


def test_what_may_not_be_seen_does_not_occur(registry, tmp_path):
    for clearance in ("public", "partners", "team"):
        data = written(registry, tmp_path / f"{clearance}.gpkg", clearance).read_bytes()
        assert b"invented-secret" not in data
        assert "".join(geojson(registry.view(clearance))).count("invented-secret") == 0
    assert b"invented-secret" in written(registry, tmp_path / "s.gpkg", "sealed").read_bytes()


def test_an_empty_file_has_all_its_layers(registry, tmp_path):
    path = written(registry, tmp_path / "a.gpkg", subject="site:nowhere")
    assert len(pyogrio.list_layers(path)) == 4
    assert all(pyogrio.read_info(path, layer=one.name)["features"] == 0 for one in LAYERS)


def test_the_form_is_that_of_the_standard(registry, tmp_path):
    path = written(registry, tmp_path / "a.gpkg")
    data = path.read_bytes()
    assert data[:16] == b"SQLite format 3\0"
    assert data[68:72] == b"GPKG"
    assert int.from_bytes(data[60:64]) == 10_300
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        ids = db.execute("SELECT srs_id FROM gpkg_spatial_ref_sys ORDER BY 1").fetchall()
        assert ids == [(-1,), (0,), (4326,)]
        told = dict(db.execute("SELECT table_name, description FROM gpkg_contents"))
        assert "Derived" in told["uncertainty"]
        blob = db.execute("SELECT geom FROM areas").fetchone()[0]
        bounds = db.execute(
            "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name='areas'"
        ).fetchone()
    db.close()
    assert blob[:8] == b"GP\x00\x03" + (4326).to_bytes(4, "little")
    assert shapely.from_wkb(blob[40:]).bounds == bounds == (0, 0, 3, 3)


def test_the_same_view_gives_the_same_bytes(registry, tmp_path):
    one, two = written(registry, tmp_path / "a.gpkg"), written(registry, tmp_path / "b.gpkg")
    assert one.read_bytes() == two.read_bytes()


def test_a_disk_that_refuses_is_told(registry, tmp_path):
    with pytest.raises(StorageError, match="was not written"):
        written(registry, tmp_path / "no such folder" / "a.gpkg")


@settings(max_examples=60, deadline=None)
@given(
    lon=st.floats(-180, 180), lat=st.floats(-70, 70), metres=st.floats(1, FARTHEST / 2),
    bearing=st.floats(0, 360),
)  # fmt: skip
def test_an_outline_holds_all_that_is_within_so_many_metres(lon, lat, metres, bearing):
    around = outline(shapely.Point(lon, lat), metres)
    if around is None:
        assert abs(lat) + metres / 110_500 > 89
        return
    assert around.is_valid
    assert -180 <= around.bounds[0] <= around.bounds[2] <= 180
    x, y, _ = GEOD.fwd(lon, lat, bearing, metres * 0.998)
    inside = [around.distance(shapely.Point(x + turn, y)) for turn in (-360, 0, 360)]
    assert min(inside) < 1e-9
    far = GEOD.fwd(lon, lat, bearing, metres * 1.02)
    assert not around.buffer(-1e-9).covers(shapely.Point(far[0], far[1]))


def test_no_outline_where_there_is_none_to_draw():
    assert outline(shapely.Point(0, 0), 0) is None
    assert outline(shapely.Point(0, 0), FARTHEST + 1) is None
    assert outline(shapely.Point(0, 89), 200_000) is None
    path = shapely.LineString([(10, 10), (11, 11)])
    assert outline(path, 500).covers(path)


def test_outlines_run_counterclockwise_and_holes_clockwise(registry):
    found = json.loads("".join(geojson(registry.view("team"))))["features"]
    areas = [one["geometry"] for one in found if "Polygon" in one["geometry"]["type"]]
    assert len(areas) == 2
    for geometry in areas:
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry[
            "coordinates"]  # fmt: skip
        for outer, *holes in polygons:
            assert shapely.LinearRing(outer).is_ccw
            assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)


def test_outlines_that_are_not_turned_are_caught(registry, monkeypatch):
    monkeypatch.setattr(geojson_module, "_turned_rings", lambda rings: rings)
    with pytest.raises(AssertionError):
        test_outlines_run_counterclockwise_and_holes_clockwise(registry)


def test_gdal_reads_the_geojson(registry, tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text("".join(geojson(registry.view("team"), lang="fa")), "utf-8")
    meta, _, geometry, columns = pyogrio.raw.read(path)
    assert meta["crs"] == "EPSG:4326"
    assert {"kind", "uncertainty_m", "withdrawn"} <= set(meta["fields"])
    assert len(geometry) == 5
    assert "دشت ساختگی" in columns[meta["fields"].tolist().index("label")]


def test_an_open_gate_is_caught(registry, tmp_path, monkeypatch):
    """Mutant: a writer that looks past the clearance."""
    sealed = registry.view("sealed")
    original = geopackage.located_claims
    monkeypatch.setattr(
        geopackage, "located_claims", lambda view, **asked: original(sealed, **asked)
    )
    with pytest.raises(AssertionError):
        test_what_may_not_be_seen_does_not_occur(registry, tmp_path)
