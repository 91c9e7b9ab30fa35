"""Map layers in GeoJSON (RFC 7946): a feature is a row, its properties are columns.

Coordinates are WGS 84, longitude first. The older form (GeoJSON 2008) may name another system in
`crs`; such a file is refused, for nothing in it can be believed to lie where it says. Of a file
that Habeas wrote, the kind and the uncertainty of each position are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from habeas.errors import InputError
from habeas.exchange.tables.entity_rows import Cell, Entity, Field, cell_of, entity_tables
from habeas.exchange.tables.habeas_layers import as_claimed, is_ours
from habeas.exchange.tables.json_rows import JsonFile, find_json
from habeas.exchange.tables.json_values import Element, Json, fields
from habeas.exchange.tables.map_geometries import (
    GEOMETRY,
    Shape,
    ShapeError,
    geometry_cell,
    shape_of,
)
from habeas.exchange.tables.table import TableFile

_WGS84: Final = frozenset(
    ("urn:ogc:def:crs:ogc:1.3:crs84", "urn:ogc:def:crs:ogc::crs84", "ogc:crs84", "crs84",
     "urn:ogc:def:crs:epsg::4326", "epsg:4326")
)  # fmt: skip
"""Names of WGS 84 that programs write into `crs`; GeoJSON has longitude first under each."""


def open_geojson(path: Path) -> TableFile:
    """The features of a GeoJSON file, or of one feature on each line.

    Raises:
        InputError: it is not JSON, no GeoJSON, or in another system of coordinates.
    """
    layer = _Layer(find_json(path))
    tables = entity_tables(path, layer.features)
    if not tables:
        raise InputError("there is no feature in it", place=path.name, mend="Is it the right file?")
    return TableFile(
        name=path.name,
        format="geojson",
        tables=tables,
        remarks=(layer.file.encoding.remark, *layer.remarks()),
    )


class _Layer:
    """A file, and what was seen in it on the way."""

    def __init__(self, file: JsonFile) -> None:
        self.file = file
        self._heights = 0
        self._names_crs = False
        self._is_ours = False

    def features(self) -> Iterator[Entity]:
        """The features, one at a time."""
        self._heights = 0
        self._is_ours = False
        whole: dict[str, Json] = {}
        found = False
        for element in self.file.elements():
            if element.path[:1] == ("crs",):
                self._check_crs(element.path, element.value)
            elif element.path in ((), ("features",)) and element.number is not None:
                found = True
                yield self._feature(element)
            else:
                whole["type"] = element.value if element.path == ("type",) else whole.get("type")
        if not found and whole.get("type") not in (None, "FeatureCollection"):
            yield from self._alone()

    def remarks(self) -> Iterator[str]:
        """What a reader should know."""
        if self._heights:
            yield f"heights of {self._heights} features were left out: the record is of the ground"
        if self._names_crs:
            yield "its `crs` names WGS 84"
        if self._is_ours:
            yield "written by Habeas: the kind and the uncertainty of each position are kept"

    def _alone(self) -> Iterator[Entity]:
        """A document that is one feature, or one geometry."""
        value = self.file.document().whole()
        if isinstance(value, dict):
            if isinstance(value.get("crs"), dict):
                self._named_crs(value["crs"])
            if value.get("type") != "Feature":
                value = {"type": "Feature", "geometry": value, "properties": None}
            yield self._feature(Element((), 1, value))

    def _feature(self, element: Element) -> Entity:
        number, value = element.number or 1, element.value
        if not isinstance(value, dict) or value.get("type") != "Feature":
            fault = "this is no GeoJSON feature"
            text = json.dumps(value, ensure_ascii=False)
            return Entity(None, number, {Field("", "feature"): Cell(text)}, (fault,))
        if isinstance(value.get("crs"), dict):
            self._named_crs(value["crs"])
        place = f"{self.file.path.name}, feature {number}"
        cells = {GEOMETRY: self._geometry(value.get("geometry"))}
        if value.get("id") is not None:
            cells[Field("id", "id")] = _plain(value["id"], place)
        for found in fields(value.get("properties") or {}, place):
            header = found.path.replace("~1", "/").replace("~0", "~")
            field = Field(header, f"properties/{found.path}")
            cells[field] = Cell(found.text, found.values or ())
        entity = Entity(None, number, cells)
        if not is_ours(field.header for field in cells):
            return entity
        self._is_ours = True
        return as_claimed(entity)

    def _geometry(self, value: Json) -> Cell:
        if value is None:
            return Cell("")
        text = json.dumps(value, ensure_ascii=False)
        cell, heights = geometry_cell(lambda: _shape(value), text)
        self._heights += heights
        return cell

    def _check_crs(self, path: tuple[str, ...], value: Json) -> None:
        """The member `crs` of the collection, as its scalars come by."""
        if path == ("crs", "properties", "name"):
            self._named_crs({"type": "name", "properties": {"name": value}})
        elif path == ("crs",) or (path == ("crs", "type") and value != "name"):
            self._named_crs({})

    def _named_crs(self, crs: Json) -> None:
        inner = crs.get("properties") if isinstance(crs, dict) else None
        name = inner.get("name") if isinstance(inner, dict) else None
        if not isinstance(name, str) or name.casefold() not in _WGS84:
            said = f"“{name[:80]}”" if isinstance(name, str) else "none by name"
            raise InputError(
                f"its coordinates are not WGS 84: `crs` names {said}",
                place=self.file.path.name,
                mend="Save the layer anew in WGS 84 (EPSG:4326), or as a GeoPackage",
            )
        self._names_crs = True


def _shape(value: Json) -> Shape:
    if not isinstance(value, dict):
        raise ShapeError("no geometry that is read here")
    return shape_of(value.get("type"), value.get("coordinates"))


def _plain(value: Json, place: str) -> Cell:
    return cell_of(tuple(found.text for found in fields(value, place)))
