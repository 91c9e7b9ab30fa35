"""Map layers in KML and KMZ (OGC 12-007r2): a Placemark is a row.

Nothing outside of the file is ever fetched: network links, pictures, icons and schemas are told and
left alone. XML that declares a document type or an entity is refused.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from habeas.errors import InputError
from habeas.exchange.tables.archive import Archive
from habeas.exchange.tables.entity_rows import Cell, Entity, Field, cell_of, entity_tables
from habeas.exchange.tables.map_geometries import (
    GEOMETRY,
    Shape,
    ShapeError,
    geometry_cell,
    shape_of,
)
from habeas.exchange.tables.table import TableFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_KML: Final = 64 * 1024 * 1024
"""Bytes of a KML document; a map of ten thousand sites has some ten megabytes."""

MAX_NESTED: Final = 64
"""Elements inside one another: folders and a polygon within make about fifteen."""

_ZIP: Final = b"PK\x03\x04"
_REMOTE: Final = re.compile(r"^\s*(?:https?|ftp|file|//|\\\\)", re.IGNORECASE)
_LEFT_ALONE: Final = {
    "NetworkLink": "links to other files on the network",
    "GroundOverlay": "pictures laid over the map",
    "ScreenOverlay": "pictures laid over the screen",
    "PhotoOverlay": "photographs laid into the map",
    "Model": "models",
    "Track": "tracks",
    "MultiTrack": "tracks",
}
_WORDS: Final = frozenset(
    ("name", "description", "address", "phoneNumber", "Snippet", "snippet", "visibility", "open",
     "styleUrl")
)  # fmt: skip
_TIMES: Final = {"TimeSpan": ("begin", "end"), "TimeStamp": ("when",)}
_SHAPES: Final = frozenset(
    ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track",
     "MultiTrack")
)  # fmt: skip
_MEND: Final = "Open it in the program that made it and save it anew"
_HOSTILE: Final = "Do not open this file in other programs either"


def open_kml(path: Path) -> TableFile:
    """The placemarks of a KML document, or of the first one in a KMZ package.

    Raises:
        InputError: it is damaged, hostile, too large, or holds no placemark.
    """
    layer = _Layer(path)
    tables = entity_tables(path, layer.placemarks)
    if not tables:
        raise InputError(
            "there is no placemark in it", place=path.name, mend="Is it the right file?"
        )
    return TableFile(name=path.name, format="kml", tables=tables, remarks=tuple(layer.remarks()))


class _Layer:
    """A document, and what was left alone in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left: Counter[str] = Counter()
        self._document = ""

    def remarks(self) -> Iterator[str]:
        """What a reader should know."""
        if self._document:
            yield f"read from {self._document} of the package"
        for what, count in self._left.items():
            yield f"{count} × {what}: left alone"

    def placemarks(self) -> Iterator[Entity]:
        """The placemarks, one at a time."""
        self._left.clear()
        with ExitStack() as open_files:
            yield from self._read(self._open(open_files))

    def _open(self, open_files: ExitStack) -> IO[bytes]:
        with self._path.open("rb") as file:
            packed = file.read(4) == _ZIP
        if packed:
            archive = open_files.enter_context(Archive(self._path))
            names = sorted(name for name in archive.names if name.lower().endswith(".kml"))
            if not names:
                raise self._refusal("there is no KML document in the package")
            name = next((each for each in names if each.lower() == "doc.kml"), names[0])
            self._document = name
            if len(names) > 1:
                self._left["further KML documents in the package"] = len(names) - 1
            return io.BytesIO(archive.read(name, most=MAX_KML))
        if self._path.stat().st_size > MAX_KML:
            raise self._refusal(f"it has more than {MAX_KML:,} bytes")
        return open_files.enter_context(self._path.open("rb"))

    def _read(self, file: IO[bytes]) -> Iterator[Entity]:
        from xml.etree.ElementTree import ParseError

        from defusedxml import DefusedXmlException

        try:
            yield from self._walk(file)
        except DefusedXmlException:
            raise self._refusal(
                "the XML declares a document type or an entity, as hostile files do; nothing was "
                "fetched",
                _HOSTILE,
            ) from None
        except (ParseError, UnicodeError, LookupError, ValueError) as error:
            raise self._refusal(f"the XML is damaged ({error})") from None

    def _walk(self, file: IO[bytes]) -> Iterator[Entity]:
        from defusedxml.ElementTree import iterparse

        above: list[Element] = []
        inside = number = 0
        for event, element in iterparse(
            file, events=("start", "end"), forbid_dtd=True, forbid_entities=True
        ):
            tag = _tag(element)
            if event == "start":
                above.append(element)
                inside += tag == "Placemark"
                if len(above) > MAX_NESTED:
                    raise self._refusal(f"more than {MAX_NESTED} elements inside one another")
                continue
            above.pop()
            self._note(tag, element)
            inside -= tag == "Placemark"
            if tag == "Placemark" and not inside:
                number += 1
                yield self._placemark(number, element, above)
            if not inside and tag != "name":
                element.clear()

    def _note(self, tag: str, element: Element) -> None:
        """What is left alone: told, never fetched."""
        if tag in _LEFT_ALONE:
            self._left[_LEFT_ALONE[tag]] += 1
        elif tag in ("href", "schemaUrl", "link"):
            target = element.text or element.get("href") or ""
            if _REMOTE.match(target) or tag == "href":
                self._left["references to pictures or other files"] += 1
        elif tag == "description" and "<img" in (element.text or "").lower():
            self._left["descriptions with pictures from elsewhere"] += 1

    def _placemark(self, number: int, element: Element, above: list[Element]) -> Entity:
        cells: dict[Field, list[str]] = {}
        shapes: list[Element] = []
        folders = [_child(one, "name") for one in above if _tag(one) == "Folder"]
        if any(folders):
            cells[Field("Folder", "Folder/name")] = [" / ".join(filter(None, folders))]
        if element.get("id"):
            cells[Field("id", "id")] = [element.get("id") or ""]
        for child in element:
            tag = _tag(child)
            if tag in _WORDS:
                cells.setdefault(Field(tag, tag), []).append((child.text or "").strip())
            elif tag in _TIMES:
                for end in _TIMES[tag]:
                    if said := _child(child, end):
                        cells.setdefault(Field(f"{tag}/{end}", f"{tag}/{end}"), []).append(said)
            elif tag == "ExtendedData":
                _take_data(child, cells)
            elif tag in _SHAPES:
                shapes.append(child)
        made = {GEOMETRY: self._geometry(shapes)} | {
            field: cell_of(tuple(value for value in values if value))
            for field, values in cells.items()
        }
        return Entity(None, number, made)

    def _geometry(self, shapes: list[Element]) -> Cell:
        if not shapes:
            return Cell("")
        text = " ".join(" ".join(shapes[0].itertext()).split())
        cell, heights = geometry_cell(lambda: _whole(shapes), text)
        if heights:
            self._left["heights: the record is of the ground"] += 1
        return cell

    def _refusal(self, reason: str, mend: str = _MEND) -> InputError:
        return InputError(reason, place=self._path.name, mend=mend)


def _tag(element: Element) -> str:
    """The name of an element without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _child(element: Element, tag: str) -> str:
    """The text of the first child of a name."""
    return next((one.text or "" for one in element if _tag(one) == tag), "").strip()


def _take_data(element: Element, cells: dict[Field, list[str]]) -> None:
    """ExtendedData: untyped pairs (9.3), values of a schema (9.5), elements of others (9.1)."""
    for child in element:
        tag, name = _tag(child), child.get("name") or ""
        if tag == "Data":
            field, value = Field(name, f"ExtendedData/{name}"), _child(child, "value")
            cells.setdefault(field, []).append(value)
        elif tag == "SchemaData":
            for one in child:
                name = one.get("name") or _tag(one)
                field = Field(name, f"ExtendedData/SchemaData/{name}")
                cells.setdefault(field, []).append((one.text or "").strip())
        else:
            field = Field(tag, f"ExtendedData/{tag}")
            cells.setdefault(field, []).append((child.text or "").strip())


def _whole(shapes: list[Element]) -> Shape:
    """The geometry of a placemark: one, or areas that together are one place."""
    if len(shapes) != 1:
        raise ShapeError("several geometries in one placemark")
    leaves = list(_leaves(shapes[0]))
    if not leaves:
        raise ShapeError("a MultiGeometry with nothing in it")
    if len(leaves) == 1:
        return _single(leaves[0])
    if not all(_tag(leaf) == "Polygon" for leaf in leaves):
        raise ShapeError(f"{len(leaves)} points, paths or areas together: make a row of each")
    return shape_of("MultiPolygon", [_rings(leaf) for leaf in leaves])


def _leaves(shape: Element) -> Iterator[Element]:
    if _tag(shape) == "MultiGeometry":
        for child in shape:
            if _tag(child) in _SHAPES:
                yield from _leaves(child)
    else:
        yield shape


def _single(shape: Element) -> Shape:
    tag = _tag(shape)
    if tag == "Polygon":
        return shape_of("Polygon", _rings(shape))
    if tag == "Point":
        positions = _positions(shape)
        if len(positions) != 1:
            raise ShapeError(f"a point of {len(positions)} positions")
        return shape_of("Point", positions[0])
    if tag in ("LineString", "LinearRing"):
        return shape_of("LineString", _positions(shape))
    raise ShapeError(f"a {tag} is no position that is read here")


def _rings(polygon: Element) -> list[object]:
    """The outline, then the holes."""
    rings: dict[str, list[object]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for child in polygon:
        if _tag(child) in rings:
            rings[_tag(child)] += [_positions(ring) for ring in child if _tag(ring) == "LinearRing"]
    if len(rings["outerBoundaryIs"]) != 1:
        raise ShapeError("an area without an outline, or with several")
    return rings["outerBoundaryIs"] + rings["innerBoundaryIs"]


def _positions(shape: Element) -> list[object]:
    """`longitude,latitude[,height]`, parted by spaces (10.6)."""
    return [list(one.split(",")) for one in _child(shape, "coordinates").split()]
