"""A place of the gazetteer: its names, what it lies in and when, the point that stands for it."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from habeas.claims.names import script_of
from habeas.claims.values import Decimal, When

Span = tuple[date | None, date | None]
"""First and last day, both included; None is an open end."""

PlaceKind = Literal[
    "country", "province", "county", "district", "rural_district", "city", "village",
    "neighbourhood", "prison", "court", "cemetery", "hospital", "military", "road", "other",
    "settlement",
]  # fmt: skip
"""A term of `place_kind`, or `settlement`: city, town or village, the source does not say which."""

_LAST_DAY = 31


class PlaceName(msgspec.Struct, frozen=True, kw_only=True):
    """A name of a place, with the time in which it was the official one, where that is known."""

    text: str
    script: str
    """ISO 15924."""
    lang: str | None = None
    since: str | None = None
    """Its first day or year, `YYYY-MM-DD` or `YYYY`; None: open or not known."""
    until: str | None = None
    """Its last day or year."""
    source: str | None = None
    """Where the time is from; None where there is none."""

    def held(self, span: Span) -> bool:
        """Whether it was in use at any time of a span, as far as its own time is known."""
        return overlaps((_first(self.since), _last(self.until)), span)


class Within(msgspec.Struct, frozen=True, kw_only=True):
    """The unit of the first order in which a place lies, and when."""

    unit: str
    """The id of the unit."""
    since: date | None = None
    until: date | None = None
    since_known: bool = True
    """False when the day it began is not known: `since` is then the earliest it may be."""
    until_known: bool = True
    """False when the day it ended is not known: `until` is then the latest it may be."""
    source: str | None = None
    """The act or work that gives the ends."""

    def held(self, span: Span) -> bool:
        """Whether the place lay in it at any time of a span."""
        return overlaps((self.since, self.until), span)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A town, village, quarter or unit, or a place of the user's own record."""

    id: str
    """`geonames:NUMBER`, `habeas:NAME` for what is written by hand here, `place:NAME` for the
    user's own."""
    kind: PlaceKind
    names: tuple[PlaceName, ...]
    country: str | None = None
    """ISO 3166-1, as the source files it; says nothing of whose it is."""
    within: tuple[Within, ...] = ()
    """In order of time."""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    size: int | None = None
    """0 to 4: fewer than 1,000, 10,000, 100,000, 1,000,000 inhabitants, or more."""
    stands_at: str | None = None
    """The id of the town whose point stands for it."""
    uncertainty: Decimal | None = None
    """In metres, where the user's record gives it."""
    existed: Span | None = None
    """When it existed, as the user's record has it."""
    source: str | None = None

    @property
    def own(self) -> bool:
        """Whether it is of the user's own record."""
        return self.id.startswith("place:")

    def label(self, script: str = "Latn") -> str:
        """The first name in a script, else the first of all, else the id."""
        first = next((name.text for name in self.names if name.script == script), None)
        if first is None:
            first = self.names[0].text if self.names else self.id
        return first


def named(text: str, **facts: str | None) -> PlaceName:
    """A name with its script.

    Args:
        text: as written.
        facts: the other fields of `PlaceName`.
    """
    return PlaceName(text=text, script=script_of(text), **facts)


def span_of(on: When | date | Span | None) -> Span | None:
    """The span that a date stands for; None when there is none.

    Args:
        on: a date as read, a day, or first and last day.
    """
    if isinstance(on, When):
        ends = (on.earliest, on.latest)
        if ends == (None, None):
            return None
        return (_first(on.earliest), _last(on.latest))
    if isinstance(on, date):
        return (on, on)
    return on


def overlaps(one: Span, other: Span) -> bool:
    """Whether two spans share a day."""
    return _begins_by(one[0], other[1]) and _begins_by(other[0], one[1])


def _begins_by(first: date | None, last: date | None) -> bool:
    return first is None or last is None or first <= last


def _first(text: str | None) -> date | None:
    if text is None:
        return None
    return date(int(text), 1, 1) if len(text) == 4 else date.fromisoformat(text)


def _last(text: str | None) -> date | None:
    if text is None:
        return None
    return date(int(text), 12, _LAST_DAY) if len(text) == 4 else date.fromisoformat(text)
