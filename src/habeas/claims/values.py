"""The typed values that a claim can have, each with the words as they stand.

The wire form of every type is given in `docs/spec/record.md`. A reading (an interval, a decimal, a
term) stands beside the words and never replaces them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

# The patterns end in `\Z`: `$` would also let a newline pass at the end.
Decimal = Annotated[str, msgspec.Meta(pattern=r"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?\Z")]
"""A decimal number as a string of digits: no exponent, no leading zeros."""

IsoDate = Annotated[
    str, msgspec.Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")
]
"""A Gregorian day, `YYYY-MM-DD`."""

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""A SHA-256 as 64 lower-case hexadecimal digits."""

EntityId = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(?:(?:person|site|event|org|place|source|case|run|log):[a-z0-9][a-z0-9._-]{0,99}"
        r"|(?:claim|item):[0-9a-f]{64})\Z"
    ),
]
"""`prefix:name`; see `docs/spec/record.md`."""

SafeInteger = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]

PREFIXES = (
    "person", "site", "event", "org", "place", "source", "item", "case", "run", "log", "claim",
)  # fmt: skip


class _Value(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
    tag_field="type",
):
    """What all values have in common: frozen, named fields, nothing unknown, nothing unset."""


class Text(_Value, tag="text", frozen=True, kw_only=True, gc=False):
    """Words."""

    text: str
    """The words as they stand in the source."""
    lang: str | None = None
    """BCP 47 tag of the language, when known."""


class NamePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """One part of a name in its slot."""

    slot: str
    """A term of `name_slot`: given, surname, father, honorific..."""
    text: str


class Name(_Value, tag="name", frozen=True, kw_only=True, gc=False):
    """A name of a person, place or organisation as one source writes it."""

    text: str
    lang: str | None = None
    script: str | None = None
    """ISO 15924: Arab, Latn, Cyrl..."""
    scheme: str | None = None
    """The romanisation scheme of a Latin form, when known."""
    parts: tuple[NamePart, ...] = ()


class When(_Value, tag="when", frozen=True, kw_only=True, gc=False):
    """A date as an interval: both ends included, a missing end is open."""

    text: str
    calendar: Literal["gregorian", "solar_hijri", "hijri_umm_al_qura", "hijri_tabular"]
    """The calendar of the words."""
    earliest: IsoDate | None = None
    latest: IsoDate | None = None
    precision: str
    """A term of `date_precision`."""


Position = tuple[Decimal, Decimal]
"""Longitude, latitude in decimal degrees, WGS 84."""


class _Geometry(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    gc=False,
    tag_field="type",
    tag=str,
):
    """A GeoJSON geometry whose numbers are decimal strings."""


class Point(_Geometry, frozen=True, kw_only=True, gc=False):
    """One position."""

    coordinates: Position


class LineString(_Geometry, frozen=True, kw_only=True, gc=False):
    """A path, two positions or more."""

    coordinates: tuple[Position, ...]


class Polygon(_Geometry, frozen=True, kw_only=True, gc=False):
    """An outline and its holes, each ring closed."""

    coordinates: tuple[tuple[Position, ...], ...]


class MultiPolygon(_Geometry, frozen=True, kw_only=True, gc=False):
    """Several outlines: plots of one site."""

    coordinates: tuple[tuple[tuple[Position, ...], ...], ...]


Geometry = Point | LineString | Polygon | MultiPolygon


class Where(_Value, tag="where", frozen=True, kw_only=True, gc=False):
    """A place on the ground, with honest uncertainty."""

    text: str | None = None
    kind: Literal["exact", "approximate", "representative", "random"]
    """A term of `location_kind`. `representative`: a stand-in, such as the town of the site."""
    geometry: Geometry | None = None
    uncertainty: Decimal | None = None
    """Horizontal, in metres: the true place is believed to lie within this distance."""
    method: str | None = None
    """How the position was had: survey, read off an image, gazetteer of towns..."""


class Quantity(_Value, tag="quantity", frozen=True, kw_only=True, gc=False):
    """A number or a range, both ends included; a missing end is open."""

    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str | None = None
    counts: str | None = None
    """What is counted and within which limits, in words."""


class Term(_Value, tag="term", frozen=True, kw_only=True, gc=False):
    """A term of a controlled vocabulary, which the predicate names."""

    term: str
    text: str | None = None


class Ref(_Value, tag="ref", frozen=True, kw_only=True, gc=False):
    """Another entity."""

    id: EntityId
    text: str | None = None


class File(_Value, tag="file", frozen=True, kw_only=True, gc=False):
    """Bytes, by their digest."""

    sha256: Sha256
    size: SafeInteger
    media_type: str
    text: str | None = None
    """The name of the file as it came."""


Value = Text | Name | When | Where | Quantity | Term | Ref | File


def value_type(value: Value) -> str:
    """The `type` of a value as written in its bytes: text, name, when..."""
    return _TYPE_NAMES[type(value)]


_TYPE_NAMES: dict[type, str] = {
    Text: "text", Name: "name", When: "when", Where: "where",
    Quantity: "quantity", Term: "term", Ref: "ref", File: "file",
}  # fmt: skip


def words(value: Value) -> str:
    """The words of a value: as the source has them, else the reading."""
    if value.text is not None:
        return value.text
    match value:
        case Term():
            return value.term
        case Ref():
            return value.id
        case File():
            return value.sha256
        case _:
            return ""
