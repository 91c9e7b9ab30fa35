"""What a file is, told by what stands in it and never by its name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal

from habeas.exchange.tables.json_values import Element, Json
from habeas.exchange.tables.table import Format

HEAD: Final = 4096
"""Bytes at the beginning of a file by which its kind is told."""

Kind = Literal["workbook", "geopackage", "kml", "json", "text"]

_ZIP: Final = b"PK\x03\x04"
_JSON: Final = re.compile(
    r'\{\s*("|\}|$)|\[\s*(["\[\]{]|-?[0-9](?![^\[\]\r\n]*\][ \t]*[^\s\]])|(true|false|null)\b|$)'
)
"""Not `[1], Parand`: behind a number in brackets words go on, as in a list of references."""
_WORKBOOKS: Final = (
    _ZIP, b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00", b"\x09\x08\x10\x00",
)  # fmt: skip
"""Zip archives (XLSX, ODS), the compound file of XLS, and XLS without one (BIFF 2 to 8)."""
_FOREIGN: Final = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a document (RTF)"),
    (b"\x1f\x8b", "packed (gzip)"),
    (b"BZh", "packed (bzip2)"),
    (b"\xfd7zXZ", "packed (xz)"),
    (b"7z\xbc\xaf", "packed (7z)"),
    (b"Rar!", "packed (rar)"),
    (b"\x28\xb5\x2f\xfd", "packed (zstd)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
_MARKUP: Final = (
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("<table", "a web page"),
    ("<?xml", "XML"),
)

_GEOJSON: Final = frozenset(
    ("FeatureCollection", "Feature", "GeometryCollection", "Point", "MultiPoint", "LineString",
     "MultiLineString", "Polygon", "MultiPolygon")
)  # fmt: skip
_BAYANAT: Final = frozenset(("actor", "bulletin", "incident"))
_ENTITY: Final = frozenset(("id", "schema", "properties"))
_STATEMENT: Final = frozenset(("entity_id", "prop", "value", "dataset"))
_CLAIMS: Final = frozenset(("claim", "subject", "predicate", "claim_json"))
_UWAZI_EXPORT: Final = ("Title", "Date added", "Template")
_UWAZI_LANGUAGE: Final = re.compile(r"\S.*__[a-z]{2,3}(-[A-Za-z]{2,4})?")


def kind_of(head: bytes) -> Kind | None:
    """What a file that begins with these bytes is opened as; None when it holds no table."""
    if head.startswith(b"SQLite format 3\0"):
        return "geopackage"
    if head.startswith(_ZIP) and _first_member(head).lower().endswith(b".kml"):
        return "kml"
    if head.startswith(_WORKBOOKS):
        return "workbook"
    if any(head.startswith(sign) for sign, _ in _FOREIGN):
        return None
    begin = _begin(head)
    if re.match(r"<(\?xml|(\w+:)?kml\b)", begin) and re.search(r"<(\w+:)?kml\b", begin):
        return "kml"
    if any(begin.lower().startswith(sign) for sign, _ in _MARKUP):
        return None
    return "json" if _JSON.match(begin) else "text"


def foreign(head: bytes) -> str:
    """What a file without a table is, in words."""
    for sign, name in _FOREIGN:
        if head.startswith(sign):
            return name
    begin = _begin(head).lower()
    return next((name for sign, name in _MARKUP if begin.startswith(sign)), "not a list")


def kind_of_json(elements: Iterable[Element]) -> Format | None:
    """The structured format of a JSON file; None when it is JSON and no more.

    Args:
        elements: as `JsonFile.elements` gives them; read up to the first object of an array.
    """
    heads: set[str] = set()
    for element in elements:
        value, path = element.value, element.path
        heads.update(path[:1])
        if heads >= {"schema", "properties"}:
            return "followthemoney"
        if path == ("type",) and isinstance(value, str) and value in _GEOJSON:
            return "geojson"
        if element.number is not None and isinstance(value, dict):
            return _kind_of_object(value)
        if path == ("class",) and value in _BAYANAT:
            return "bayanat"
    return None


def kind_of_headers(headers: Collection[str]) -> Format | None:
    """The structured format that a table with these headers has; None when it is a list.

    Uwazi's files for import have a column for each language (`title__en`) and name positions by
    `..._geolocation`; the files that it exports begin with title, date added and template.
    """
    names = [header.strip() for header in headers]
    known = set(names)
    if known >= _CLAIMS:
        return "habeas"
    if known >= _STATEMENT and ("schema" in known or "canonical_id" in known or "lang" in known):
        return "followthemoney"
    has_title = any(re.fullmatch(r"title(__.*)?", name, re.IGNORECASE) for name in names)
    suffixed = any(
        _UWAZI_LANGUAGE.fullmatch(name) or name.lower().endswith("_geolocation") for name in names
    )
    if tuple(names[:3]) == _UWAZI_EXPORT or (has_title and suffixed):
        return "uwazi"
    return None


def _kind_of_object(value: Mapping[str, Json]) -> Format | None:
    if value.get("type") == "Feature" and "geometry" in value:
        return "geojson"
    if value.get("class") in _BAYANAT and "id" in value:
        return "bayanat"
    if (value.keys() >= _ENTITY and isinstance(value["properties"], dict)) or (
        value.keys() >= _STATEMENT
    ):
        return "followthemoney"
    return None


def _first_member(head: bytes) -> bytes:
    """The name of the first file in a zip archive (APPNOTE 4.3.7)."""
    length = int.from_bytes(head[26:28], "little")
    return head[30 : 30 + length]


def _begin(head: bytes) -> str:
    """The beginning as text, to look at and no more."""
    codec = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return head.decode(codec, errors="ignore").lstrip()
