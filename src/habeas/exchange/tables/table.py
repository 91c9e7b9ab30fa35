"""A table as it stands in a file: columns, rows, cells, and what is odd about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from habeas.claims.values import Geometry, Where

Format = Literal[
    "csv", "tsv", "xlsx", "xls", "ods", "json", "jsonl", "geojson", "geopackage", "kml",
    "bayanat", "uwazi", "followthemoney", "habeas",
]  # fmt: skip
"""What a file turned out to be. `habeas`: the table that `habeas export` writes."""


class Column(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One column of a table."""

    header: str
    """The words at its head as they stand; empty when there are none."""
    name: str
    """The header made unique within the table: `نام`, `نام (2)`; the address when it is empty."""
    address: str
    """Where it stands: `C` in a sheet or a delimited file; a path such as `names/0` in JSON."""
    hidden: bool = False
    lang: str | None = None
    """BCP 47, where the file itself tells in which language the column is; its name then ends in
    `__` and the tag."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something about a row that keeps it from being read as it stands."""

    reason: str
    """In words, lower case, no full stop: `merged with A3, a value may stand for several rows`."""
    column: int | None = None
    """The index of the column in the table; None: the whole row."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a table."""

    number: int
    """The row of the sheet, or the line of the file on which it begins, or the place in the array
    of objects; the first is 1."""
    cells: tuple[str, ...]
    """The text of each cell, as many as the table has columns; empty when nothing stands there. A
    number is written with its own digits: `1367`, never `1367.0`."""
    days: dict[int, str] = {}
    """Column to ISO day, where the file itself says that the cell is a date."""
    lists: dict[int, tuple[str, ...]] = {}
    """Column to values, where the file itself holds several in one cell (JSON arrays)."""
    geometries: dict[int, Geometry] = {}
    """Column to geometry (WGS 84), where the file holds one."""
    wheres: dict[int, Where] = {}
    """Column to a place with its kind and uncertainty, where the file itself tells them: maps that
    Habeas wrote. The column is in `geometries` too."""
    faults: tuple[Fault, ...] = ()
    hidden: bool = False


class Loose(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line that is not a row: a title above a table, a note or a total under it."""

    number: int
    cells: tuple[str, ...]
    sheet: str | None = None


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table of a file. A sheet may hold several, one under the other."""

    sheet: str | None
    """The sheet or layer; None in files that have none."""
    header_row: int | None
    """The row in which the headers stand; None when there is none."""
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]
    """Reads the rows, one at a time, anew on every call. Empty rows are left out.

    Raises `InputError` with sheet and cell where the file cannot be read any further."""


class TableFile(msgspec.Struct, frozen=True, kw_only=True):
    """What one file holds."""

    name: str
    """The name of the file, without its folders."""
    format: Format
    tables: tuple[Table, ...]
    loose: tuple[Loose, ...] = ()
    remarks: tuple[str, ...] = ()
    """What a reader should know: encoding and delimiter found, hidden sheets, links left alone."""
