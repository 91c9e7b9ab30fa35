"""The places of the gazetteer, looked up by their names: towns of GeoNames, units, quarters.

GeoNames (https://www.geonames.org) is under CC BY 4.0. The data is read when first asked for.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from habeas.claims.gazetteer_place import Place, PlaceName, named
from habeas.claims.gazetteer_units import FOLDER, history, read_yaml, unit_id, units
from habeas.claims.name_keys import keys_of
from habeas.claims.names import key_of, normalise, script_of

ATTRIBUTION = "GeoNames (https://www.geonames.org), CC BY 4.0"
"""What has to stand wherever its data is shown."""

_SCRIPTS = ("Arab", "Latn", "Cyrl", "Armn")
_FIRST_NAMES = 6
"""The column with the names of the first script."""
_CACHED = 65_536

_SHORT = 6
"""Letters of a form that may have no key of its own for want of consonants."""


class Gazetteer:
    """All places, with their names indexed. Made by `gazetteer`."""

    def __init__(self) -> None:
        self._rows = {f"geonames:{row[0]}": row for row in _rows()}
        written = read_yaml("names_in_time")
        self._later = _names_by_place(written["names"])
        self._corrected = {row["place"]: unit_id(row["unit"]) for row in written["corrections"]}
        self._written = dict(units().places)
        for row in written["places"]:
            self._written[unit_id(row["id"])] = self._quarter(row)
        for key, names in self._later.items():
            if key in self._written:
                place = self._written[key]
                self._written[key] = msgspec.structs.replace(place, names=place.names + names)
        self._places = dict(self._written)
        self._forms: dict[str, dict[str, list[str]]] = {}
        self._keys: dict[str, list[str]] = {}

    def place(self, key: str) -> Place | None:
        """The place of an id; None when there is none."""
        if key not in self._places and key in self._rows:
            self._places[key] = self._town(key)
        return self._places.get(key)

    def bearing(self, form: str) -> tuple[Place, ...]:
        """The places of which a name has this form (`form_of`)."""
        return self._all(self._index(script_of(form)).get(form, ()))

    def sounding(self, key: str) -> tuple[Place, ...]:
        """The places of which a name has this key (`sound_of`)."""
        if not self._keys:
            self._keys = self._by_key()
        return self._all(dict.fromkeys(self._keys.get(key, ())))

    def towns(self) -> Iterator[Place]:
        """Every place of GeoNames, in the order of the data."""
        return (place for key in self._rows if (place := self.place(key)) is not None)

    def _all(self, keys: Any) -> tuple[Place, ...]:
        return tuple(place for key in keys if (place := self.place(key)) is not None)

    def _index(self, script: str) -> dict[str, list[str]]:
        """The ids of the places by the forms of their names in a script."""
        if script not in self._forms:
            forms: dict[str, list[str]] = {}
            for key, name in self._names(script):
                listed = forms.setdefault(_form(name), [])
                if key not in listed:
                    listed.append(key)
            forms.pop("", None)
            self._forms[script] = forms
        return self._forms[script]

    def _names(self, script: str) -> Iterator[tuple[str, str]]:
        if script in _SCRIPTS:
            column = _FIRST_NAMES + _SCRIPTS.index(script)
            for key, row in self._rows.items():
                if row[column]:
                    for name in row[column].split("|"):
                        yield key, name
        written = ((key, place.names) for key, place in self._written.items())
        for key, listed in (*self._later.items(), *written):
            yield from ((key, one.text) for one in listed if one.script == script)

    def _by_key(self) -> dict[str, list[str]]:
        keys: dict[str, list[str]] = {}
        for script in ("Arab", "Latn"):
            for form, places in self._index(script).items():
                if key := sound_of(form):
                    keys.setdefault(key, []).extend(places)
        return keys

    def _town(self, key: str) -> Place:
        row = self._rows[key]
        unit = self._corrected.get(key, units().by_code.get((row[1], row[2])))
        names = tuple(
            PlaceName(text=name, script=script)
            for script, cell in zip(_SCRIPTS, row[_FIRST_NAMES:], strict=True)
            for name in cell.split("|")
            if name
        )
        return Place(
            id=key, kind="settlement", names=self._in_time(names, key), country=row[1],
            within=history(key, unit), longitude=row[3], latitude=row[4], size=int(row[5]),
            source=ATTRIBUTION,
        )  # fmt: skip

    def _in_time(self, names: tuple[PlaceName, ...], key: str) -> tuple[PlaceName, ...]:
        """The names of GeoNames, and those whose time is known in the place of the same ones."""
        later = self._later.get(key, ())
        forms = {_form(name.text) for name in later}
        return (*(name for name in names if _form(name.text) not in forms), *later)

    def _quarter(self, row: dict[str, Any]) -> Place:
        town = self._town(row["at"])
        return Place(
            id=unit_id(row["id"]), kind=row["kind"], country=town.country, within=town.within,
            names=tuple(named(text) for text in row["names"]), stands_at=town.id,
            source=row["source"],
        )  # fmt: skip


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The gazetteer, read once."""
    return Gazetteer()


@lru_cache(maxsize=_CACHED)
def form_of(name: str) -> str:
    """A name as it is looked up: normalised (`names.normalise`), its words written together."""
    return _form(name)


def sound_of(form: str) -> str:
    """The key by which a form is found in other spellings and letters; empty when it has none.

    Args:
        form: as `form_of` gives it. One too short for `names.key_of` gets its likeliest key of
            `name_keys`, which knows و and ی within a word: Saveh, Rey.
    """
    if key := key_of(form):
        return key
    keys = keys_of(form) if form.isalpha() and len(form) <= _SHORT else ()
    return keys[0] if keys and len(keys[0]) > 1 else ""


def _form(name: str) -> str:
    return normalise(name).replace(" ", "")


def _rows() -> Iterator[list[str]]:
    text = gzip.decompress((FOLDER / "towns.tsv.gz").read_bytes()).decode()
    return (line.split("\t") for line in text.splitlines() if not line.startswith("#"))


def _names_by_place(rows: list[dict[str, Any]]) -> dict[str, tuple[PlaceName, ...]]:
    found: dict[str, tuple[PlaceName, ...]] = {}
    for row in rows:
        since, until = (_written_date(row.get(end)) for end in ("since", "until"))
        names = (
            named(text, since=since, until=until, source=row["source"]) for text in row["names"]
        )
        key = unit_id(row["place"])
        found[key] = found.get(key, ()) + tuple(names)
    return found


def _written_date(value: int | date | None) -> str | None:
    return None if value is None else str(value)
