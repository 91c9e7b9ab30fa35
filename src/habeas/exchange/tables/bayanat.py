"""Bayanat's JSON export as tables: actors, bulletins, incidents (sjacorg/bayanat 4, `to_dict`).

An actor is one row, with all its profiles: Bayanat holds them to be of one person, and each is
linked to sources of its own, which stay beside it (`actor.actor_profiles.0.sources`). Columns are
named by class and path, so that no rule for persons reads incidents, or actors that are bodies. Of
the missing-person profile, fields that say little alone are kept with their keys: `height: 175`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from habeas.errors import InputError
from habeas.exchange.tables.entity_rows import Cell, Entity, Field, cell_of, entity_tables
from habeas.exchange.tables.json_rows import find_json
from habeas.exchange.tables.json_values import Element, Json, fields
from habeas.exchange.tables.table import TableFile

_CLASSES: Final = ("actor", "bulletin", "incident")
_MIDNIGHT: Final = "T00:00"
_LEFT_OUT: Final = {
    "medias": "media files named, which are no part of the export",
    "actor_relations": "relations to actors",
    "bulletin_relations": "relations to bulletins",
    "incident_relations": "relations to incidents",
}
_RESTRICTED: Final = "entries are restricted to groups in Bayanat: look at `sensitivity`"
_TITLED: Final = frozenset(
    ("nationalities", "ethnographies", "dialects", "labels", "ver_labels", "verLabels", "sources",
     "locations", "potential_violations", "claimed_violations", "roles")
)  # fmt: skip
"""Arrays of objects that are known by their title."""

_GROUPS: Final = {
    "physical": (
        "height", "weight", "physique", "hair_loss", "hair_type", "hair_length", "hair_color",
        "facial_hair", "posture", "skin_markings", "handedness", "eye_color", "dist_char_con",
        "dist_char_acq", "physical_habits", "other", "personal_items",
    ),
    "dental": (
        "dental_record", "teeth_features", "dental_problems", "dental_treatments", "dental_habits",
    ),
    "medical": (
        "injuries", "implants", "malforms", "pain", "other_conditions", "accidents", "pres_drugs",
        "smoker", "glasses", "months_pregnant", "injured",
    ),
    "remarks": (
        "originid", "missing_relatives", "seen_in_detention", "known_dead", "case_status",
        "identified_by", "family_notified", "hypothesis_based", "hypothesis_status",
        "publish_date", "documentation_date", "source_link",
    ),
}  # fmt: skip
"""Fields of a profile that are kept together, each value with its key."""

_GROUP_OF: Final = {key: group for group, keys in _GROUPS.items() for key in keys}

_Values = dict[Field, tuple[str, ...]]


def open_bayanat(path: Path) -> TableFile:
    """The entries of an export.

    Raises:
        InputError: it is not JSON, or no export of Bayanat.
    """
    export = _Export(path)
    tables = entity_tables(path, export.entries)
    if not tables:
        raise InputError("there is no entry in it", place=path.name, mend="Is it the right file?")
    return TableFile(
        name=path.name, format="bayanat", tables=tables, remarks=tuple(export.remarks())
    )


class _Export:
    """A file, and what was left out of it."""

    def __init__(self, path: Path) -> None:
        self._file = find_json(path)
        self._left: Counter[str] = Counter()

    def remarks(self) -> Iterator[str]:
        """What a reader should know."""
        for what, count in self._left.items():
            yield f"{count} {what}" + ("" if what == _RESTRICTED else ": left out")

    def entries(self) -> Iterator[Entity]:
        """The entries, one at a time."""
        self._left.clear()
        found = False
        for element in self._file.elements():
            if element.number is not None:
                found = True
                yield self._entry(element, element.number)
        if not found:
            yield self._entry(Element((), 1, self._file.document().whole()), 1)

    def _entry(self, element: Element, number: int) -> Entity:
        value = element.value
        place = f"{self._file.path.name}, entry {number}"
        class_ = value.get("class") if isinstance(value, dict) else None
        if not isinstance(value, dict) or class_ not in _CLASSES:
            raise InputError(
                "this entry is no actor, bulletin or incident", place=place,
                mend="Export from Bayanat as JSON, and change nothing in the file",
            )  # fmt: skip
        kind = "body" if class_ == "actor" and value.get("type") == "Entity" else str(class_)
        values: _Values = {}
        for key, inner in value.items():
            self._take(kind, key, inner, values, place)
        return Entity(kind, number, {field: _cell(field, found) for field, found in values.items()})

    def _take(self, kind: str, key: str, inner: Json, values: _Values, place: str) -> None:
        if inner in (None, [], "") or key.startswith("_"):
            return
        if key in _LEFT_OUT and isinstance(inner, list):
            self._left[_LEFT_OUT[key]] += len(inner)
            return
        if key == "roles":
            self._left[_RESTRICTED] += 1
        if key == "actor_profiles" and isinstance(inner, list):
            for number, profile in enumerate(inner):
                _take_profile(f"{kind}.", f"{key}/{number}", profile, values, place)
        elif key == "events" and isinstance(inner, list):
            for event in inner:
                _take_event(kind, event, values, place)
        else:
            _take_plain(f"{kind}.", key, inner, values, place)


def _cell(field: Field, values: tuple[str, ...]) -> Cell:
    """One cell; to whom something is attributed is one text, however many they are."""
    whole = cell_of(values)
    return Cell(whole.text) if field.header.endswith(".sources") else whole


def _add(values: _Values, header: str, address: str, *texts: str) -> None:
    field = Field(header, address)  # no slash stands in a header: words after one have a meaning
    values[field] = (*values.get(field, ()), *(text for text in texts if text.strip()))


def _dotted(path: str) -> str:
    return path.replace("/", ".")


def _take_plain(before: str, path: str, inner: Json, values: _Values, place: str) -> None:
    """What needs no understanding: each path a column; titles where a list is one of titles."""
    key = path.rpartition("/")[2]
    header = f"{before}{_dotted(path)}"
    if key in _TITLED and isinstance(inner, list):
        _add(values, header, path, *(_title(one, place) for one in inner))
    elif key == "reporters" and isinstance(inner, list):
        _add(values, header, path, *(_flat(one, place) for one in inner))
    elif key == "id_number" and isinstance(inner, list):
        _add(values, header, path, *(_number(one, place) for one in inner))
    elif key == "origin_place" and isinstance(inner, dict):
        _add(values, header, path, _title(inner, place))
    else:
        for one in fields({key: inner}, place):
            at = path.removesuffix(key) + one.path
            _add(values, f"{before}{_dotted(at)}", at, *(one.values or (one.text,)))


def _take_profile(before: str, path: str, profile: Json, values: _Values, place: str) -> None:
    if not isinstance(profile, dict):
        return
    for key, inner in profile.items():
        if inner in (None, [], {}, "") or key.startswith("_"):
            continue
        group = _GROUP_OF.get(key)
        if group is None:
            _take_plain(before, f"{path}/{key}", inner, values, place)
        else:
            at = f"{path}/{group}"
            _add(values, f"{before}{_dotted(at)}", at, f"{key}: {_flat(inner, place)}")
    if not profile.get("sources") and isinstance(link := profile.get("source_link"), str):
        _add(values, f"{before}{_dotted(path)}.sources", f"{path}/sources", link)


def _take_event(kind: str, event: Json, values: _Values, place: str) -> None:
    """An event as words, and its day under its type where nothing about it is estimated."""
    if not isinstance(event, dict):
        return
    shown = {key: inner for key, inner in event.items() if key not in ("id", "updated_at")}
    for key in ("location", "eventtype"):
        shown[key] = _title(shown.get(key), place)
    words = "; ".join(
        f"{key}: {_flat(inner, place)}"
        for key, inner in shown.items()
        if inner not in (None, "", [], {})
    )
    _add(values, f"{kind}.events", "events", words)
    start, end = event.get("from_date"), event.get("to_date")
    if isinstance(start, str) and end in (None, start) and event.get("estimated") is not True:
        type_ = shown["eventtype"] or "?"
        day = start.removesuffix(_MIDNIGHT)
        _add(values, f"{kind}.events.{type_}", f"events/{type_}/from_date", day)


def _title(value: Json, place: str) -> str:
    """The title of something that has an id and a title; a place with what it lies in."""
    if not isinstance(value, dict):
        return _flat(value, place) if value is not None else ""
    for key in ("full_location", "title", "title_ar", "title_tr", "full_string", "name"):
        found = value.get(key)
        if isinstance(found, str) and found.strip():
            return found
    return _flat(value, place)


def _number(value: Json, place: str) -> str:
    """The number of a document with what kind it is."""
    if not isinstance(value, dict):
        return _flat(value, place)
    return f"{_title(value.get('type'), place)}: {_flat(value.get('number'), place)}"


def _flat(value: Json, place: str) -> str:
    """Any value as words; keys within it are kept."""
    found = fields(value if isinstance(value, dict) else {"": value}, place)
    return "; ".join(f"{one.path}: {one.text}" if one.path else one.text for one in found)
