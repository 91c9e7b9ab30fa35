"""Values as a documenter writes them, read as the typed values of a claim.

The short form is words; what they mean follows from the type that the predicate has in the
vocabulary. The long form is a block with the fields of the type, taken as it stands, for what words
alone cannot tell. The words are kept as written in both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from habeas.claims.dates import read_date
from habeas.claims.values import (
    PREFIXES,
    File,
    Name,
    NamePart,
    Point,
    Quantity,
    Ref,
    Term,
    Text,
    Value,
    When,
    Where,
)
from habeas.errors import InputError
from habeas.exchange.sheet_complaints import Complaints
from habeas.exchange.sheet_quantities import read_quantity
from habeas.exchange.yaml_marks import Block, Marked, Series, Words

CALENDARS = ("gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular")
"""The calendars that a date can be in."""

_ENTITY = re.compile(rf"(?:{'|'.join(PREFIXES)}):[a-z0-9][a-z0-9._-]{{0,99}}")
V = TypeVar("V", Text, Name, When, Where, Quantity, Term, Ref, File)

_FIELDS: dict[str, tuple[str, ...]] = {
    "text": ("text", "lang"),
    "name": ("text", "lang", "script", "scheme", "parts"),
    "when": ("text", "calendar", "earliest", "latest", "precision"),
    "where": ("kind", "latitude", "longitude", "geometry", "uncertainty", "method", "text"),
    "quantity": ("text", "low", "high", "unit", "counts"),
    "term": ("term", "text"),
    "ref": ("id", "text"),
    "file": ("sha256", "size", "media_type", "text"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueReader:
    """Reads values of one sheet.

    Args:
        complaints: where to note what is wrong.
        calendar: the calendar of the sheet's dates that name none themselves.
    """

    complaints: Complaints
    calendar: str | None

    def read(self, marked: Marked, types: Sequence[str]) -> Value | None:
        """The value; None when it cannot be read, which is then among the complaints.

        Args:
            marked: the words or the block that stand in the sheet.
            types: the value types that the predicate takes: text, name, when...
        """
        try:
            if isinstance(marked, Words):
                return self._short(marked, _type_of_words(marked.text, types))
            if isinstance(marked, Block):
                return self._long(marked, _type_of_block(marked, types))
        except InputError as error:
            self.complaints.add_error(marked.line, error)
            return None
        self.complaints.add(marked.line, "a list stands where one value belongs")
        return None

    def when(self, marked: Marked) -> When | None:
        """A date, as in `holds:`."""
        value = self.read(marked, ("when",))
        return value if isinstance(value, When) else None

    def _short(self, words: Words, type_: str) -> Value:
        text = words.text
        if not text.strip():
            raise InputError("nothing stands here", mend="Write the value, or take the line away")
        match type_:
            case "text":
                return Text(text=text)
            case "name":
                return Name(text=text)
            case "when":
                return self._date(text)
            case "quantity":
                return _quantity(text)
            case "term":
                return Term(term=text)
            case "ref":
                return Ref(id=text)
            case _:
                names = ", ".join(_FIELDS[type_])
                raise InputError(
                    f"a value of type {type_} is a block, not words",
                    mend=f"Write its fields under one another: {names}",
                )

    def _long(self, block: Block, type_: str) -> Value:
        fields = self._fields(block, type_)
        match type_:
            case "when":
                return self._when(fields)
            case "where":
                return _where(fields)
            case "text":
                return _convert(fields, Text)
            case "quantity":
                return _convert(fields, Quantity)
            case "term":
                return _convert(fields, Term)
            case "ref":
                return _convert(fields, Ref)
            case "name":
                return _name(fields)
            case "file":
                size = str(fields.get("size", ""))
                return _convert({**fields, "size": int(size) if size.isdecimal() else size}, File)
            case _:
                raise AssertionError(type_)

    def _fields(self, block: Block, type_: str) -> dict[str, object]:
        known = _FIELDS[type_]
        fields: dict[str, object] = {}
        for key, value in block.pairs.items():
            if key == "type":
                continue
            if key not in known:
                mend = self.complaints.did_you_mean(key, known, f"It may hold {', '.join(known)}")
                self.complaints.add(
                    block.line_of(key), f"a value of type {type_} has no “{key}”", mend
                )
            else:
                fields[key] = _plain(value)
        return fields

    def _when(self, fields: dict[str, object]) -> When:
        """A date in the long form: as it stands, or, when no end is given, read from its words."""
        calendar = fields.get("calendar")
        if {"earliest", "latest", "precision"} & fields.keys():
            return _convert({**fields, "calendar": calendar or self.calendar or ""}, When)
        text = str(fields.get("text", ""))
        return self._date(text) if calendar is None else read_date(text, calendar=str(calendar))

    def _date(self, text: str) -> When:
        """A date in words. The sheet's calendar is not enough for `67`: is it 1967 or 1367?"""
        if re.search(r"\d{3}", text):
            return read_date(text, calendar=self.calendar)
        try:
            return read_date(text)
        except InputError as error:
            raise InputError(
                error.reason,
                mend="A year of two digits, or a decade, says itself which calendar it is in: "
                f"{{text: {text}, calendar: solar_hijri}}, or gregorian",
            ) from error


def _type_of_words(text: str, types: Sequence[str]) -> str:
    """An entity id where the predicate takes one; else the first type that words can have."""
    if "ref" in types and (len(types) == 1 or _ENTITY.fullmatch(text)):
        return "ref"
    return next((type_ for type_ in types if type_ not in ("ref", "file", "where")), types[0])


def _type_of_block(block: Block, types: Sequence[str]) -> str:
    """The type that a block names, or the first that has all of the block's fields."""
    named = block.pairs.get("type")
    if isinstance(named, Words):
        if named.text in types:
            return named.text
        raise InputError(
            f"the value cannot be of type “{named.text}” here", mend=f"It is {' or '.join(types)}"
        )
    fitting = [type_ for type_ in types if block.pairs.keys() <= set(_FIELDS[type_])]
    return (fitting or list(types))[0]


def _plain(marked: Marked) -> object:
    if isinstance(marked, Words):
        return marked.text
    if isinstance(marked, Series):
        return [_plain(item) for item in marked]
    return {key: _plain(value) for key, value in marked.pairs.items()}


def _quantity(text: str) -> Quantity:
    try:
        found = read_quantity(text)
    except ValueError as error:
        raise InputError(f"“{text}”: {error}", mend="Give the smaller number first") from error
    if found is None:
        raise InputError(
            f"“{text}” holds digits, and no number can be read from it with certainty",
            mend="Write it out: {text: the words, low: smallest, high: largest, unit: ...}; "
            "leave low and high away where the words give no such end",
        )
    return found


def _where(fields: dict[str, object]) -> Value:
    given = dict(fields)
    latitude, longitude = given.pop("latitude", None), given.pop("longitude", None)
    if (latitude is None) != (longitude is None) or (latitude and "geometry" in given):
        raise InputError(
            "a position has one latitude and one longitude, or one geometry",
            mend="For example: {kind: approximate, latitude: 35.56, longitude: 51.57}",
        )
    if latitude is not None:
        given["geometry"] = msgspec.to_builtins(Point(coordinates=(str(longitude), str(latitude))))
    value = _convert(given, Where)
    if value.kind == "exact" and (value.uncertainty is None or value.method is None):
        raise InputError(
            "an exact position says how it was had and how far off it may be",
            mend="Give `method` (survey, read off an image...) and `uncertainty` in metres, "
            "or use the kind approximate",
        )
    return value


def _name(fields: dict[str, object]) -> Name:
    """A name, its parts written as `{given: ..., surname: ...}` in the order of the words."""
    parts = fields.get("parts")
    if not isinstance(parts, dict):
        return _convert(fields, Name)
    slots = [
        NamePart(slot=slot, text=text)
        for slot, texts in parts.items()
        for text in (texts if isinstance(texts, list) else [texts])
    ]
    return _convert({**fields, "parts": slots}, Name)


def _convert(fields: dict[str, object], type_: type[V]) -> V:
    try:
        return msgspec.convert(fields, type_)
    except msgspec.ValidationError as error:
        name = type_.__name__.lower()
        reason = str(error).replace("Object missing required field", "it lacks")
        raise InputError(
            f"this is no value of type {name}: {reason}",
            mend=f"Its fields are {', '.join(_FIELDS[name])}",
        ) from error
