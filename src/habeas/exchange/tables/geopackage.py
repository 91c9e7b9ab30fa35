"""Layers of a GeoPackage (OGC 12-128r18) as tables: a feature is a row.

The file is an SQLite database that strangers have made: it is opened read-only and unchanging, with
no trust in its schema, and nothing but plain columns of plain tables is read; views, virtual tables
and computed columns are told and left alone. Geometries in another system of coordinates are
transformed to WGS 84, and stand in their own beside it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from habeas.errors import InputError
from habeas.exchange.tables.entity_rows import Cell, Entity, Field, entity_tables
from habeas.exchange.tables.geopackage_geometry import Blob, Transform, shape_of_blob, transform_of
from habeas.exchange.tables.habeas_layers import DERIVED, as_claimed, is_ours
from habeas.exchange.tables.limits import MAX_CELL
from habeas.exchange.tables.map_geometries import GEOMETRY, geometry_cell
from habeas.exchange.tables.table import TableFile

ORIGINAL: Final = Field("geometry as it stands", "geometry/original")
"""The column of geometries in their own system of coordinates, as well-known text."""

MAX_VALUE: Final = 16 * 1024 * 1024
"""Bytes of one value: an outline of a million positions."""

MAX_LAYERS: Final = 100
_STEPS: Final = 2_000_000_000
"""Instructions of SQLite for one file; reading a feature takes some twenty."""

_LAYERS: Final = """
SELECT c.table_name, g.column_name, s.organization, s.organization_coordsys_id
FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
WHERE c.data_type = 'features' ORDER BY c.rowid LIMIT ?
"""
_VIRTUAL: Final = re.compile(rb"\s*CREATE\s+VIRTUAL", re.IGNORECASE)
_DAY: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_MEND: Final = "Open it in QGIS and export the layer anew"

if TYPE_CHECKING:
    Rows = Iterator[tuple[Any, ...]]


class Layer(NamedTuple):
    """A layer of features that is read."""

    name: str
    geometry: str
    """The name of its column."""
    columns: tuple[str, ...]
    """The others."""
    dates: frozenset[str]
    """Those of them that are declared to hold days."""
    system: str
    """`EPSG:4326`; empty when it is not told."""


def open_geopackage(path: Path) -> TableFile:
    """The layers of features of a GeoPackage.

    Raises:
        InputError: it is no GeoPackage, damaged, open in another program, or made to do harm.
    """
    package = _Package(path)
    tables = entity_tables(path, package.features)
    if not tables:
        raise InputError("there is no feature in it", place=path.name, mend="Is it the right file?")
    return TableFile(
        name=path.name, format="geopackage", tables=tables, remarks=tuple(package.remarks)
    )


class _Package:
    """A file, and what was seen in it on the way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._transforms: dict[str, Transform] = {}
        self.remarks: dict[str, None] = {}

    def features(self) -> Iterator[Entity]:
        """The features of all layers, one at a time."""
        self._check_writing()
        try:
            with closing(_connected(self._path)) as db:
                for layer in self._layers(db):
                    yield from self._read(db, layer)
        except (sqlite3.Error, OverflowError, MemoryError, UnicodeError) as error:
            raise self._refusal(f"it cannot be read as a GeoPackage ({error})") from None

    def _check_writing(self) -> None:
        """Changes that another program has not yet written into the file would be missing."""
        log = self._path.with_name(f"{self._path.name}-wal")
        if log.exists() and log.stat().st_size:
            raise self._refusal(
                "another program has it open: changes stand beside it that are not in it yet",
                "Close the program that has it open",
            )

    def _refusal(self, reason: str, mend: str = _MEND) -> InputError:
        return InputError(reason, place=self._path.name, mend=mend)

    def _layers(self, db: sqlite3.Connection) -> Iterator[Layer]:
        """The layers that can be read; of the others it is told why not."""
        found = db.execute(_LAYERS, (MAX_LAYERS + 1,)).fetchall()
        if len(found) > MAX_LAYERS:
            raise self._refusal(f"more than {MAX_LAYERS} layers")
        for row in found:
            table, geometry, organisation, code = (_words(value) for value in row)
            layer = self._layer(db, table, geometry, f"{organisation}:{code}".upper())
            if layer is not None:
                yield layer

    def _layer(
        self, db: sqlite3.Connection, table: str, geometry: str, system: str
    ) -> Layer | None:
        made = db.execute(
            "SELECT type, sql FROM sqlite_master WHERE name = ? AND type IN ('table', 'view')",
            (table,),
        ).fetchall()
        if not made or made[0][0] != b"table" or _VIRTUAL.match(made[0][1] or b""):
            self._remark(f"layer “{table}” is no plain table: left alone")
            return None
        columns = [
            (_words(name), _words(declared), hidden)
            for _, name, declared, _, _, _, hidden in db.execute(
                f"PRAGMA table_xinfo({_quoted(table)})"
            )
        ]
        plain = {name: declared for name, declared, hidden in columns if hidden == 0}
        if len(plain) < len(columns):
            self._remark(f"computed columns of layer “{table}”: left alone")
        if geometry not in plain:
            raise self._refusal(f"layer “{table}” has no column “{geometry}”")
        rest = tuple(name for name in plain if name != geometry)
        if is_ours(rest) and table == DERIVED:
            self._remark(f"layer “{table}” is worked out by Habeas and said by nobody: left alone")
            return None
        if is_ours(rest):
            self._remark("written by Habeas: kind and uncertainty of each position are kept")
        dates = frozenset(name for name, declared in plain.items() if declared.upper() == "DATE")
        return Layer(table, geometry, rest, dates, system)

    def _remark(self, text: str) -> None:
        self.remarks[text] = None

    def _read(self, db: sqlite3.Connection, layer: Layer) -> Iterator[Entity]:
        names = ", ".join(_quoted(name) for name in (layer.geometry, *layer.columns))
        transform = self._transform(layer)
        ours = is_ours(layer.columns)
        rows: Rows = db.execute(f"SELECT {names} FROM {_quoted(layer.name)}")
        for number, (blob, *values) in enumerate(rows, start=1):
            cells = self._geometry(blob, transform)
            for name, value in zip(layer.columns, values, strict=True):
                cells[Field(name, name)] = _cell(value, is_day=name in layer.dates)
            entity = Entity(layer.name, number, cells)
            yield as_claimed(entity) if ours else entity

    def _transform(self, layer: Layer) -> Transform:
        if layer.system not in self._transforms:
            self._transforms[layer.system] = transform_of(layer.system)
        transform = self._transforms[layer.system]
        if transform.remark:
            self._remark(f"layer “{layer.name}”: {transform.remark}")
        return transform

    def _geometry(self, value: object, transform: Transform) -> dict[Field, Cell]:
        if value is None:
            return {GEOMETRY: Cell("")}
        blob = Blob(value if isinstance(value, bytes) else b"")
        text = blob.text()
        cell, heights = geometry_cell(lambda: shape_of_blob(blob, transform), text)
        if heights:
            self._remark("heights were left out: the record is of the ground")
        if not transform.moves:
            return {GEOMETRY: cell}
        return {GEOMETRY: cell, ORIGINAL: Cell(text)}


def _connected(path: Path) -> sqlite3.Connection:
    """The database, opened so that nothing in it can act."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True)
    try:
        db.text_factory = bytes
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "query_only=ON"):
            db.execute(f"PRAGMA {pragma}")
        for limit, most in _LIMITS.items():
            db.setlimit(limit, most)
        db.set_authorizer(_allow)
        db.set_progress_handler(_steps(), 1_000_000)
    except BaseException:
        db.close()
        raise
    return db


_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 2_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}

_ALLOWED: Final = frozenset((sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ))


def _allow(action: int, what: str | None, *_: object) -> int:
    """Reading, and asking for the columns of a table; no function, no view's recursion."""
    fine = action in _ALLOWED or (action == sqlite3.SQLITE_PRAGMA and what == "table_xinfo")
    return sqlite3.SQLITE_OK if fine else sqlite3.SQLITE_DENY


def _steps() -> Callable[[], int]:
    """Stops a file that would keep SQLite busy without end."""
    left = _STEPS // 1_000_000

    def called() -> int:
        nonlocal left
        left -= 1
        return int(left < 0)

    return called


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _words(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")


def _cell(value: object, *, is_day: bool) -> Cell:
    """A value as words: numbers with their own digits."""
    if value is None:
        return Cell("")
    if isinstance(value, float):
        return Cell(format(Decimal(repr(value)), "f").removesuffix(".0"))
    if isinstance(value, int):
        return Cell(str(value))
    try:
        text = value.decode("utf-8") if isinstance(value, bytes) else str(value)
    except UnicodeDecodeError:
        return Cell("", fault="this value is no text")
    if "\0" in text or len(text) > MAX_CELL:
        return Cell("", fault="this value is no text, or too long")
    return Cell(text, day=text if is_day and _DAY.fullmatch(text) else None)
