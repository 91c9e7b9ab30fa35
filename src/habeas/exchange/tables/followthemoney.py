"""FollowTheMoney as tables: entities, or statements gathered to entities (followthemoney.tech).

A table is a schema, a row is an entity, with the dataset that says so where it is one alone.
Entities that somebody found to be one and the same (`canonical_id`) stay apart: that is a
judgement, and no statement of a dataset. Columns are named by schema and property
(`Person.birthDate`), so that no rule for persons reads companies; a value of which the language is
told stands in a column of that language.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from habeas.errors import InputError
from habeas.exchange.tables.delimited import read_as_delimited
from habeas.exchange.tables.entity_rows import Cell, Entity, Field, cell_of, entity_tables
from habeas.exchange.tables.json_rows import find_json
from habeas.exchange.tables.json_values import Element, Json, fields
from habeas.exchange.tables.kinds import HEAD, kind_of
from habeas.exchange.tables.limits import MAX_JSON
from habeas.exchange.tables.table import TableFile

DATASETS: Final = "datasets"
"""The column of the dataset that says what stands in a row; empty when there are several, for which
of them says what is not to be told by a row."""

_LANGS: Final = {
    "ara": "ar", "aze": "az", "ces": "cs", "deu": "de", "ell": "el", "eng": "en", "fas": "fa",
    "fra": "fr", "heb": "he", "hye": "hy", "ita": "it", "kat": "ka", "kaz": "kk", "kur": "ku",
    "nld": "nl", "pol": "pl", "por": "pt", "pus": "ps", "ron": "ro", "rus": "ru", "spa": "es",
    "swe": "sv", "tgk": "tg", "tuk": "tk", "tur": "tr", "ukr": "uk", "urd": "ur", "uzb": "uz",
    "zho": "zh",
}  # fmt: skip
"""ISO 639-3, which FollowTheMoney writes, to the shorter tags that BCP 47 asks for."""

_GENERAL: Final = frozenset(("Thing", "LegalEntity", "Organization", "Asset", "Interval", "Value"))
"""Schemata of which others are a kind: a statement may name them for an entity of the other."""

_PARTS: Final = frozenset(("firstName", "secondName", "middleName", "lastName", "nameSuffix"))
_APART: Final = "several values of a part of a name: which belong together is not told"

Statement = dict[str, str]
_Values = dict[Field, tuple[str, ...]]


def open_followthemoney(path: Path) -> TableFile:
    """The entities of a file: entities as JSON, or statements as JSON or CSV.

    Raises:
        InputError: it is neither, damaged, or larger than can be gathered.
    """
    reader = _File(path)
    tables = entity_tables(path, reader.entities)
    if not tables:
        raise InputError("there is no entity in it", place=path.name, mend="Is it the right file?")
    return TableFile(
        name=path.name, format="followthemoney", tables=tables, remarks=tuple(reader.remarks())
    )


class _File:
    """A file, and what was seen in it on the way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._is_json = kind_of(file.read(HEAD)) == "json"
        self._statements = 0
        self._external = 0
        self._merged = 0
        self._shared = 0

    def remarks(self) -> Iterator[str]:
        """What a reader should know."""
        if self._statements:
            yield (
                f"{self._statements} statements; when they were first and last seen is left out, "
                "as is their origin"
            )
        if self._merged:
            yield (
                f"{self._merged} entities were found to be one with others (canonical_id): they "
                "are kept apart, link them with same_as"
            )
        if self._shared:
            yield (
                f"{self._shared} entities are of several datasets: which of them says what is not "
                "kept; a file for each dataset keeps it"
            )
        if self._external:
            yield f"{self._external} external statements (what an enrichment suggests) left out"

    def entities(self) -> Iterator[Entity]:
        """The entities, one at a time."""
        self._statements = self._external = self._merged = self._shared = 0
        if not self._is_json:
            yield from self._gathered(self._csv_statements())
            return
        gathered: list[tuple[int, Statement]] = []
        for element in self._elements():
            place = f"{self._path.name}, entity {element.number}"
            value = element.value
            if not isinstance(value, dict) or element.number is None:
                continue
            if "properties" in value:
                entity = _entity(element.number, value, place)
                self._shared += any(field.address == "datasets/all" for field in entity.cells)
                yield entity
            elif "prop" in value:
                self._check_size()
                gathered.append((element.number, _flat(value, place)))
            else:
                raise InputError(
                    "neither an entity nor a statement",
                    place=place,
                    mend="An entity has id, schema and properties",
                )
        if gathered:
            yield from self._gathered(iter(gathered))

    def _elements(self) -> Iterator[Element]:
        """What the arrays or lines hold; a document that is one entity."""
        file = find_json(self._path)
        found = False
        for element in file.elements():
            found = found or (element.number is not None and isinstance(element.value, dict))
            yield element
        if not found:
            yield Element((), 1, file.document().whole())

    def _check_size(self) -> None:
        size = self._path.stat().st_size
        if size > MAX_JSON:
            raise InputError(
                f"{size:,} bytes of statements are more than the {MAX_JSON:,} that are gathered",
                place=self._path.name,
                mend="Make entities of it (`ftm aggregate-statements`), one on each line",
            )

    def _csv_statements(self) -> Iterator[tuple[int, Statement]]:
        self._check_size()
        header: list[str] = []
        for number, cells in read_as_delimited(self._path).records():
            if not cells:
                continue
            if not header:
                header = [cell.strip() for cell in cells]
            elif len(cells) != len(header):
                raise InputError(
                    f"{len(cells)} cells where there are {len(header)} headers",
                    place=f"{self._path.name}, line {number}",
                    mend="Save it again from the program that made it",
                )
            else:
                yield number, dict(zip(header, cells, strict=True))

    def _gathered(self, statements: Iterator[tuple[int, Statement]]) -> Iterator[Entity]:
        found: dict[str, list[tuple[int, Statement]]] = {}
        for number, said in statements:
            self._statements += 1
            if said.get("external", "").lower() in ("t", "true", "1", "yes"):
                self._external += 1
                continue
            key = said.get("entity_id") or said.get("canonical_id") or ""
            found.setdefault(key, []).append((number, said))
        for entity, group in found.items():
            self._merged += {said.get("canonical_id") or entity for _, said in group} != {entity}
            self._shared += len({said.get("dataset", "") for _, said in group}) > 1
            yield _of_statements(entity, group)


def _entity(number: int, value: dict[str, Json], place: str) -> Entity:
    """An entity from its JSON."""
    schema = value.get("schema")
    kind = schema if isinstance(schema, str) and schema else "?"
    properties = value.get("properties")
    cells: dict[Field, Cell] = {}
    for key, inner in (properties if isinstance(properties, dict) else {}).items():
        texts, fault = _texts(inner)
        field = Field(f"{kind}.{key}", f"properties/{key}")
        cells[field] = _property(key, texts, fault)
    known = ("schema", "properties", "dataset", DATASETS)
    rest = {key: inner for key, inner in value.items() if key not in known}
    for one in fields(rest, place):
        cells[Field(f"{kind}.{one.path}", one.path)] = Cell(one.text, one.values or ())
    said, _ = _texts(value.get(DATASETS) or value.get("dataset"))
    cells |= _datasets(kind, said)
    faults = () if isinstance(properties, dict) else ("its properties are no object",)
    return Entity(kind, number, cells, faults)


def _datasets(kind: str, said: tuple[str, ...]) -> dict[Field, Cell]:
    if len(said) > 1:
        return {Field(f"{kind}.{DATASETS}.all", "datasets/all"): cell_of(said)}
    return {Field(f"{kind}.{DATASETS}", DATASETS): cell_of(said)} if said else {}


def _texts(value: Json) -> tuple[tuple[str, ...], str]:
    """The values of a property; of an entity that stands inside of another its id."""
    several = value if isinstance(value, list) else [value]
    texts: list[str] = []
    fault = ""
    for one in several:
        inner = one.get("id") if isinstance(one, dict) else one
        if isinstance(inner, str):
            texts.append(inner)
        elif inner is not None:
            fault = "a value of this property is no text"
    return tuple(dict.fromkeys(text for text in texts if text.strip())), fault


def _property(name: str, texts: tuple[str, ...], fault: str = "") -> Cell:
    if len(texts) > 1 and name in _PARTS:
        fault = fault or _APART
    return cell_of(texts, fault)


def _flat(value: dict[str, Json], place: str) -> Statement:
    return {one.path: one.text for one in fields(value, place)}


def _of_statements(entity: str, group: list[tuple[int, Statement]]) -> Entity:
    """An entity from its statements."""
    kind, faults = _schema([said.get("schema", "") for _, said in group])
    values: _Values = {Field(f"{kind}.id", "entity_id"): (entity,)}

    def add(field: Field, text: str) -> None:
        known = values.get(field, ())
        if text.strip() and text not in known:
            values[field] = (*known, text)

    for _, said in group:
        prop, text = said.get("prop", ""), said.get("value", "")
        original, canonical = said.get("original_value", ""), said.get("canonical_id", "")
        if canonical != entity:
            add(Field(f"{kind}.canonical_id", "canonical_id"), canonical)
        if prop in ("", "id"):
            continue
        lang = _lang(said.get("lang", ""))
        tag = f"__{lang}" if lang else ""
        add(Field(f"{kind}.{prop}{tag}", f"properties/{prop}", lang), text)
        if original != text:
            field = Field(f"{kind}.{prop}.original{tag}", f"original_value/{prop}", lang)
            add(field, original)
    cells = {
        field: _property(field.address.rpartition("/")[2], texts) for field, texts in values.items()
    }
    named = dict.fromkeys(said["dataset"] for _, said in group if said.get("dataset"))
    return Entity(kind, group[0][0], cells | _datasets(kind, tuple(named)), faults)


def _lang(code: str) -> str | None:
    plain = code.strip().lower()
    return _LANGS.get(plain, plain) if plain.isascii() and plain.isalpha() else None


def _schema(named: list[str]) -> tuple[str, tuple[str, ...]]:
    """The schema of an entity: the one that is not merely a wider one of the others."""
    known = list(dict.fromkeys(name for name in named if name))
    narrow = [name for name in known if name not in _GENERAL]
    if len(narrow) == 1 or len(known) <= 1:
        return next(iter(narrow or known), "?"), ()
    if not narrow:
        return max(known, key=lambda name: name not in ("Thing", "Interval", "Value")), ()
    return " + ".join(known), ("its statements name several schemata",)
