"""GeoPackages as tables, hostile ones too. All names and places are invented."""

from __future__ import annotations

import sqlite3
import struct
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from foreign_files import broken, cell, located, read_whole, said, written
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, Point, Polygon, to_wkb

from habeas.claims.claim import Claim
from habeas.claims.values import Point as Position
from habeas.claims.values import Text, Where
from habeas.errors import InputError
from habeas.exchange import geopackage as out
from habeas.exchange.tables import geopackage, geopackage_geometry
from habeas.exchange.tables.reading import open_table_file
from habeas.registry.registry import create_registry

SYSTEMS = ((4326, "EPSG", 4326), (32639, "EPSG", 32639), (99, "NONE", 99))


def blob(shape, srs: int = 4326) -> bytes:
    return b"GP\0\1" + struct.pack("<i", srs) + to_wkb(shape, byte_order=1)


def package(path: Path, *features: tuple, srs: int = 4326, sql: str = "") -> Path:
    """A file with one layer `sites` (geom, name, found, depth)."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(f"PRAGMA application_id={out.APPLICATION_ID};{out._SCHEMA}")
        db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES('x',?,?,?,'',NULL)", SYSTEMS)
        db.execute(
            "CREATE TABLE sites(fid INTEGER PRIMARY KEY, geom POINT, name TEXT, found DATE, depth)"
        )
        db.execute(
            "INSERT INTO gpkg_contents(table_name,data_type,srs_id) VALUES('sites','features',?)",
            (srs,),
        )
        db.execute("INSERT INTO gpkg_geometry_columns VALUES('sites','geom','POINT',?,0,0)", (srs,))
        db.executemany("INSERT INTO sites(geom,name,found,depth) VALUES(?,?,?,?)", features)
        db.executescript(sql)
        db.commit()
    return path


ONE = (blob(Point(51.4, 35.51)), "دشت ساختگی", "1999-02-03", 2.5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list"


def rows(path: Path):
    return list(open_table_file(path).tables[0].rows())


def test_a_feature_is_a_row(file):
    found = open_table_file(package(file, ONE, (None, "none", None, 3.0)))
    first, second = found.tables[0].rows()
    assert (found.format, found.tables[0].sheet) == ("geopackage", "sites")
    assert first.geometries == {0: Position(coordinates=("51.4", "35.51"))}
    assert [cell(found.tables[0], first, n) for n in ("name", "found", "depth")] == [
        "دشت ساختگی", "1999-02-03", "2.5",
    ]  # fmt: skip
    assert first.days == {3: "1999-02-03"}
    assert (second.geometries, cell(found.tables[0], second, "depth")) == ({}, "3")
    assert {"name", "location"} <= {claim.predicate for claim in located(found)[0].claims}


def test_another_system_is_transformed_and_kept_beside(file):
    """UTM zone 39 N: its middle meridian is 51 E, and 0 m north is the equator."""
    made = package(file, (blob(Point(500000, 3930000)), "a", None, None), srs=32639)
    found = open_table_file(made)
    (row,) = found.tables[0].rows()
    longitude, latitude = map(float, row.geometries[0].coordinates)
    assert (round(longitude, 6), round(latitude, 2)) == (51.0, 35.51)
    assert cell(found.tables[0], row, "geometry as it stands") == "POINT (500000 3930000)"
    assert any("from EPSG:32639 to WGS 84" in remark for remark in found.remarks)


def test_another_system_mutant(file, monkeypatch):
    """Taken for WGS 84, the position lies outside the earth: it is asked, not recorded."""
    monkeypatch.setattr(geopackage, "transform_of", lambda _: geopackage_geometry.Transform())
    (row,) = rows(package(file, (blob(Point(500000, 3930000)), "a", None, None), srs=32639))
    assert row.faults


def test_a_system_that_nobody_knows_is_asked_about(file):
    (row,) = rows(package(file, ONE, srs=99))
    assert "no system that is known" in row.faults[0].reason
    assert row.geometries == {}


@pytest.mark.parametrize(
    ("value", "reason"),
    [(blob(MultiPoint([(1, 2), (3, 4)])), "make a row of each"), (b"GP\0\1abc", "no geometry"),
     (blob(Point(1, 2))[:-3], "damaged"), (blob(Polygon()), "empty"), ("words", "no geometry"),
     (b"GP\0\x21" + blob(Point(1, 2))[4:], "not read here")],
)  # fmt: skip
def test_what_is_no_place_is_asked_about(value, reason, file):
    (row,) = rows(package(file, (value, "a", None, None)))
    assert reason in row.faults[0].reason


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x AS geom FROM c"


def as_layer(name: str) -> str:
    return (
        f"INSERT INTO gpkg_contents(table_name,data_type) VALUES('{name}','features');"
        f"INSERT INTO gpkg_geometry_columns VALUES('{name}','geom','POINT',4326,0,0);"
    )


def test_a_view_is_left_alone(file):
    made = package(file, ONE, sql=f"CREATE VIEW endless AS {ENDLESS};{as_layer('endless')}")
    found = open_table_file(made)
    assert [table.sheet for table in found.tables] == ["sites"]
    assert "layer “endless” is no plain table: left alone" in found.remarks


def test_a_virtual_table_is_left_alone(file):
    sql = f"CREATE VIRTUAL TABLE v USING fts5(geom);{as_layer('v')}"
    assert len(open_table_file(package(file, ONE, sql=sql)).tables) == 1


def test_a_catalogue_that_is_a_view_cannot_keep_us(file, monkeypatch):
    """The table of contents itself is an endless view: stopped by the count of steps."""
    monkeypatch.setattr(geopackage, "_STEPS", 3_000_000)
    sql = (
        "DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS WITH RECURSIVE c(x) AS "
        "(SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT 'n' AS table_name, 'x' AS data_type, "
        "x AS rowid FROM c"
    )
    with pytest.raises(InputError, match="cannot be read"):
        open_table_file(package(file, ONE, sql=sql))


def test_computed_columns_are_left_alone(file):
    sql = "ALTER TABLE sites ADD COLUMN bomb AS (hex(zeroblob(1000000000))) VIRTUAL"
    found = open_table_file(package(file, ONE, sql=sql))
    assert "bomb" not in [column.name for column in found.tables[0].columns]
    assert any("computed columns" in remark for remark in found.remarks)


def test_no_function_runs(file):
    made = package(file, ONE)
    with closing(geopackage._connected(made)) as db, pytest.raises(sqlite3.DatabaseError):
        db.execute("SELECT load_extension('x')")
    with closing(geopackage._connected(made)) as db, pytest.raises(sqlite3.DatabaseError):
        db.execute("DELETE FROM sites")


def test_no_function_runs_mutant(file, monkeypatch):
    monkeypatch.setattr(geopackage, "_allow", lambda *_: sqlite3.SQLITE_OK)
    with closing(geopackage._connected(package(file, ONE))) as db:
        assert db.execute("SELECT upper('a')").fetchone() == (b"A",)


def test_a_huge_value_is_refused(file, monkeypatch):
    monkeypatch.setattr(
        geopackage, "_LIMITS", {**geopackage._LIMITS, sqlite3.SQLITE_LIMIT_LENGTH: 100_000}
    )
    with pytest.raises(InputError, match="too big"):
        open_table_file(package(file, (ONE[0], "x" * 200_000, None, None)))


def test_what_is_no_text_is_asked_about(file):
    sql = "UPDATE sites SET name = CAST(x'ff00' AS TEXT)"
    (row,) = rows(package(file, ONE, sql=sql))
    assert "no text" in row.faults[0].reason


def test_a_file_that_is_open_elsewhere_is_refused(file):
    package(file, ONE)
    file.with_name("list-wal").write_bytes(b"x")
    with pytest.raises(InputError, match="another program"):
        open_table_file(file)


def test_a_database_that_is_no_geopackage(file):
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE a(b)")
    with pytest.raises(InputError, match="cannot be read as a GeoPackage"):
        open_table_file(file)


def test_a_schema_that_is_no_text(file):
    data = package(file, ONE).read_bytes()
    file.write_bytes(data.replace(b"CREATE TABLE sites", b"CREATE TAB\x90\xff sites", 1))
    with pytest.raises(InputError, match="cannot be read"):
        open_table_file(file)


def test_what_habeas_wrote_comes_back_with_kind_and_uncertainty(tmp_path):
    where = Where(
        kind="representative", uncertainty="1500", geometry=Position(coordinates=("51.4", "35.5"))
    )
    with create_registry(tmp_path / "registry", organisation="Invented archive") as made:
        with made.recording() as recording:
            recording.entry(
                [
                    Claim(subject="site:a", predicate=predicate, value=value, sensitivity="team",
                          source="source:s")
                    for predicate, value in (("location", where), ("label", Text(text="Field")))
                ]
            )  # fmt: skip
        out.write_geopackage(made.view("team"), tmp_path / "sites.gpkg")
    found = open_table_file(tmp_path / "sites.gpkg")
    assert [table.sheet for table in found.tables] == ["points"]
    (read,) = said(found)
    assert [claim.value for claim in read.claims if claim.predicate == "location"] == [where]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_broken_files_are_refused_or_read(data):
    with tempfile.TemporaryDirectory() as folder:
        whole = package(Path(folder) / "whole", ONE).read_bytes()
        read_whole(written(Path(folder), data.draw(broken(whole))))
