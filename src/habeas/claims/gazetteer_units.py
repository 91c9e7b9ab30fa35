"""Units of the first order (provinces, governorates), and how territory passed between them.

Written by hand in `gazetteer_data/`, with a source for each change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from habeas.claims.gazetteer_place import Place, PlaceName, Within, named

FOLDER = Path(__file__).parent / "gazetteer_data"

LANGUAGES = ("fa", "en", "ar", "ku")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Territory that left one unit and joined another."""

    territory: tuple[str, ...]
    """A unit of today, or places."""
    left: str
    joined: str
    earliest: date
    latest: date
    """The first and last day on which it may have happened; the same when the day is known."""
    source: str
    reading: Literal["R", "S", "M"]
    """Read in full, as an excerpt or in a secondary work, from memory."""

    @property
    def exact(self) -> bool:
        """Whether the day is known."""
        return self.earliest == self.latest


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """All units, by id and by the code of GeoNames."""

    places: Mapping[str, Place]
    by_code: Mapping[tuple[str, str], str]
    """From country and first-order code to the id of the unit."""
    changes: tuple[Change, ...]
    covers: date
    """What happened before is not recorded."""


@lru_cache(maxsize=1)
def units() -> Units:
    """The units and their changes, read once."""
    written, changed = read_yaml("units"), read_yaml("changes")
    changes = tuple(_change(row) for row in changed["changes"])
    places: dict[str, Place] = {}
    codes: dict[tuple[str, str], str] = {}
    for country, names in written["countries"].items():
        key = f"habeas:{country}"
        places[key] = Place(id=key, kind="country", names=_names(names), country=country)
    for country, provinces in written["provinces"].items():
        for name, facts in provinces.items():
            key = f"habeas:{country}-{name}"
            if facts["code"]:
                codes[country, facts["code"]] = key
            places[key] = Place(
                id=key, kind="province", names=_names(facts), country=country,
                within=(_existence(key, changes, ended=not facts["code"]),),
            )  # fmt: skip
    return Units(places=places, by_code=codes, changes=changes, covers=changed["covers"])


def history(place: str, unit: str | None) -> tuple[Within, ...]:
    """In what a place lay, in order of time.

    Args:
        place: its id.
        unit: the id of the unit in which it lies today; None when that is not known.
    """
    changes = _changes_of(place) or (_changes_of(unit) if unit else ())
    if not changes:
        return (Within(unit=unit),) if unit else ()
    found = []
    for at, change in enumerate(changes):
        before = changes[at - 1] if at else None
        found.append(_stay(change.left, before, change))
    found.append(_stay(changes[-1].joined, changes[-1], None))
    return tuple(found)


def read_yaml(name: str) -> Any:
    """What stands in a file of the gazetteer."""
    import yaml

    return yaml.load((FOLDER / f"{name}.yaml").read_bytes(), Loader=yaml.CSafeLoader)


def unit_id(text: str) -> str:
    """The id of what the files call `IR-alborz`; other ids as they are."""
    return text if ":" in text else f"habeas:{text}"


def _changes_of(territory: str) -> tuple[Change, ...]:
    found = [change for change in units().changes if territory in change.territory]
    return tuple(sorted(found, key=lambda change: (change.latest, change.earliest)))


def _stay(unit: str, came: Change | None, went: Change | None) -> Within:
    """The time in a unit between two changes; where a day is not known, as wide as it may be."""
    ends = [change for change in (came, went) if change is not None]
    until = None
    if went is not None:
        until = went.latest - timedelta(days=1) if went.exact else went.latest
    return Within(
        unit=unit,
        since=None if came is None else came.earliest,
        until=until,
        since_known=came is None or came.exact,
        until_known=went is None or went.exact,
        source="; ".join(change.source for change in ends),
    )


def _existence(unit: str, changes: Sequence[Change], *, ended: bool) -> Within:
    """The country a unit belongs to, for as long as the unit exists."""
    came = [change for change in changes if change.joined == unit and unit in change.territory]
    gone = [change for change in changes if ended and change.left == unit]
    sources = dict.fromkeys(change.source for change in (*came, *gone))
    return Within(
        unit=unit.partition("-")[0],
        since=min((change.earliest for change in came), default=None),
        until=max((change.latest - timedelta(days=1) for change in gone), default=None),
        since_known=all(change.exact for change in came),
        until_known=all(change.exact for change in gone),
        source="; ".join(sources) or None,
    )


def _change(row: Mapping[str, Any]) -> Change:
    territory = row["territory"]
    listed = [territory] if isinstance(territory, str) else territory
    earliest, latest = row.get("between") or (row["day"], row["day"])
    return Change(
        territory=tuple(unit_id(text) for text in listed),
        left=unit_id(row["left"]),
        joined=unit_id(row["joined"]),
        earliest=earliest,
        latest=latest,
        source=row["source"],
        reading=row["reading"],
    )


def _names(facts: Mapping[str, Sequence[str]]) -> tuple[PlaceName, ...]:
    return tuple(named(text, lang=lang) for lang in LANGUAGES for text in facts.get(lang, ()))
