"""Positions as a GeoPackage (OGC 12-128r18, version 1.3): one row a claim, in layers by kind.

Layers `points`, `lines` and `areas` hold what claims say. `uncertainty` holds what is worked out
from them: the outline within which the truth is believed to lie, so that even a map that is drawn
without thought shows how little is known. Coordinates are the nearest binary numbers to the digits
of the claim (GeoJSON and CSV keep the digits). There is no spatial index; programs make one if they
want it. The same view gives the same bytes with the same SQLite.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from habeas.claims.values import Geometry, LineString, MultiPolygon, Point, Polygon
from habeas.errors import StorageError
from habeas.exchange.located_claims import LocatedClaim, located_claims
from habeas.exchange.uncertainty_outline import outline
from habeas.registry.view import View

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry as Shape

APPLICATION_ID: Final = 0x47504B47
"""`GPKG` (requirement 2)."""

VERSION: Final = 10_300
"""1.3.0, which GDAL, QGIS and ArcGIS read."""

_NEVER: Final = "2000-01-01T00:00:00Z"
"""Stands as the last change of a file without claims."""


class Layer(NamedTuple):
    """One table of the file."""

    name: str
    geometry: str
    description: str


LAYERS: Final = (
    Layer("points", "POINT", "Claims that give one position. A representative one is no grave."),
    Layer("lines", "LINESTRING", "Claims that give a path."),
    Layer("areas", "MULTIPOLYGON", "Claims that give an outline."),
    Layer(
        "uncertainty",
        "MULTIPOLYGON",
        "Derived, said by nobody: all that lies within uncertainty_m of the position that a claim "
        "gives. Missing where a claim gives no uncertainty, or more than 2000 km.",
    ),
)

_COLUMNS: Final = (
    ("claim", "TEXT"), ("subject", "TEXT"), ("label", "TEXT"), ("predicate", "TEXT"),
    ("kind", "TEXT"), ("uncertainty_m", "REAL"), ("method", "TEXT"), ("words", "TEXT"),
    ("source", "TEXT"), ("source_label", "TEXT"), ("by", "TEXT"), ("sensitivity", "TEXT"),
    ("withdrawn", "BOOLEAN"), ("forked", "BOOLEAN"),
)  # fmt: skip

_WKT: Final = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)

_SYSTEMS: Final = (
    ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", None),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, _WKT, "longitude, latitude in decimal degrees"),
)

_SCHEMA: Final = """
CREATE TABLE gpkg_spatial_ref_sys(
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents(
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns(
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""


def write_geopackage(
    view: View, path: Path, *, subject: str | None = None, lang: str = "en"
) -> None:
    """Write every position that may be seen into a new GeoPackage.

    Args:
        view: at a clearance.
        path: of the file, which must not exist.
        subject: only the claims about this entity.
        lang: of the labels of entities.

    Raises:
        StorageError: the disk refused.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode=OFF")  # a file that is cut short is thrown away
            db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            db.execute(f"PRAGMA user_version={VERSION}")
            db.executescript(f"BEGIN;{_SCHEMA}")
            _Layers(db).fill(view, subject, lang)
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise StorageError(
            f"the GeoPackage was not written ({error})",
            place=str(path),
            mend="Free some space, or choose a folder that can be written to",
        ) from error


class _Layers:
    """The tables of claims of one file."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._bounds: dict[str, tuple[float, float, float, float]] = {}
        self._changed = _NEVER

    def fill(self, view: View, subject: str | None, lang: str) -> None:
        """Make the tables, and put every claim into its own."""
        self._db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES(?,?,?,?,?,?)", _SYSTEMS)
        for layer in LAYERS:
            columns = ", ".join(f'"{name}" {type_}' for name, type_ in _COLUMNS)
            self._db.execute(
                f"CREATE TABLE {layer.name}(fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
                f" geom {layer.geometry}, {columns})"
            )
        for shown, located in located_claims(view, subject=subject, lang=lang):
            self._changed = max(self._changed, view.recorded(shown))
            for name, shape in _shapes(located):
                self._add(name, shape, located)
        self._tell()

    def _add(self, layer: str, shape: Shape, located: LocatedClaim) -> None:
        metres = located.uncertainty_m
        said = {
            **{name: getattr(located, name) for name, _ in _COLUMNS},
            "uncertainty_m": None if metres is None else float(metres),
            "withdrawn": int(located.withdrawn),
            "forked": int(located.forked),
        }
        names = ", ".join(f'"{name}"' for name in said)
        marks = ",".join("?" * (len(said) + 1))
        self._db.execute(
            f"INSERT INTO {layer}(geom, {names}) VALUES({marks})",
            (geometry_blob(shape), *said.values()),
        )
        west, south, east, north = shape.bounds
        held = self._bounds.get(layer, (west, south, east, north))
        self._bounds[layer] = (
            min(held[0], west), min(held[1], south), max(held[2], east), max(held[3], north),
        )  # fmt: skip

    def _tell(self) -> None:
        """What the tables are."""
        changed = self._changed.replace("Z", ".000Z")
        for layer in LAYERS:
            bounds = self._bounds.get(layer.name, (None,) * 4)
            self._db.execute(
                "INSERT INTO gpkg_contents VALUES(?,'features',?,?,?,?,?,?,?,4326)",
                (layer.name, layer.name, layer.description, changed, *bounds),
            )
            self._db.execute(
                "INSERT INTO gpkg_geometry_columns VALUES(?,'geom',?,4326,0,0)",
                (layer.name, layer.geometry),
            )


def _shapes(located: LocatedClaim) -> Iterator[tuple[str, Shape]]:
    """The layers that a claim stands in, and its shape in each."""
    shape = shape_of(located.geometry)
    yield _LAYER[type(located.geometry)], shape
    if located.uncertainty_m is not None:
        around = outline(shape, float(located.uncertainty_m))
        if around is not None:
            yield "uncertainty", around


_LAYER: Final[dict[type, str]] = {
    Point: "points", LineString: "lines", Polygon: "areas", MultiPolygon: "areas",
}  # fmt: skip


def shape_of(geometry: Geometry) -> Shape:
    """A claim's geometry with binary numbers; an area as one of several parts."""
    import shapely

    match geometry:
        case Point(coordinates=position):
            return shapely.Point(_floats(position))
        case LineString(coordinates=path):
            return shapely.LineString(_floats(path))
        case Polygon(coordinates=rings):
            return shapely.MultiPolygon([_polygon(rings)])
        case MultiPolygon(coordinates=polygons):
            return shapely.MultiPolygon([_polygon(rings) for rings in polygons])


def _polygon(rings: tuple[Any, ...]) -> Any:
    import shapely

    outer, *holes = _floats(rings)
    return shapely.Polygon(outer, holes)


def _floats(nested: Any) -> Any:
    return float(nested) if isinstance(nested, str) else [_floats(one) for one in nested]


def geometry_blob(shape: Shape) -> bytes:
    """A shape as GeoPackage holds it (2.1.3): a head of little endian, then WKB.

    Args:
        shape: longitude, latitude in degrees, WGS 84; not empty.
    """
    import shapely

    flags, envelope = 0b001, b""
    if shape.geom_type != "Point":
        west, south, east, north = shape.bounds
        flags, envelope = 0b011, struct.pack("<4d", west, east, south, north)
    head = struct.pack("<2sBBi", b"GP", 0, flags, 4326)
    return head + envelope + shapely.to_wkb(shape, byte_order=1)
