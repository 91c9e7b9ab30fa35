"""Entities for FollowTheMoney (followthemoney.tech, model 4.11): one JSON object a line.

The model has persons, organisations, events and addresses; it has no site, grave or burial, no
uncertainty, no locator, no sensitivity, and no place for who says what. Contradictory values stand
side by side. Whatever is left out is listed (`PartialExport.dropped`).
"""

from __future__ import annotations

import json
import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Final

from habeas.claims.claim import prefix_of
from habeas.claims.names import normalise
from habeas.claims.values import Name, Ref, Term, Text, Value, When, Where, words
from habeas.exchange.partial_export import Losses, PartialExport, bare_position
from habeas.registry.view import Shown, View

SCHEMATA: Final = {
    "person": "Person", "org": "Organization", "event": "Event", "site": "Address",
    "place": "Address",
}  # fmt: skip

_TEXTS: Final = {
    "person": {
        "name": "name", "nickname": "alias", "organisational_name": "alias",
        "father_name": "fatherName", "mother_name": "motherName", "birthplace": "birthPlace",
        "occupation": "profession", "role": "position", "education": "education",
        "religion": "religion", "ethnicity": "ethnicity", "residence": "address",
        "description": "description", "remark": "notes",
    },
    "org": {"name": "name", "other_name": "alias", "description": "description"},
    "event": {"name": "name", "description": "description", "at_place": "location"},
    "site": {
        "name": "name", "other_name": "alias", "description": "description",
        "place_description": "full",
    },
    "place": {"name": "name", "other_name": "alias", "description": "description"},
}  # fmt: skip
"""Predicates to properties that take words."""

_DATES: Final = {
    "person": {"born": "birthDate", "died": "deathDate"},
    "event": {"occurred": "date", "start": "startDate", "end": "endDate"},
}
_COUNTRIES_OF: Final = {
    "person": {"nationality": "nationality"},
    "org": {"country": "country"},
    "site": {"country": "country"},
    "place": {"country": "country"},
}
_INVOLVED: Final = frozenset(("victim", "participant"))
_SEXES: Final = frozenset(("female", "male", "other"))

_COUNTRIES: Final = {
    "af": ("afghanistan", "afghan", "افغانستان", "افغان", "أفغانستان"),
    "am": ("armenia", "armenian", "ارمنستان", "ارمنی", "أرمينيا"),
    "az": ("azerbaijan", "azerbaijani", "آذربایجان", "أذربيجان"),
    "iq": ("iraq", "iraqi", "عراق", "عراقی", "العراق", "عراقي"),
    "ir": ("iran", "iranian", "islamic republic of iran", "ایران", "ایرانی", "إيران", "إيراني"),
    "kw": ("kuwait", "kuwaiti", "کویت", "الكويت"),
    "lb": ("lebanon", "lebanese", "لبنان", "لبنانی", "لبناني"),
    "pk": ("pakistan", "pakistani", "پاکستان", "پاکستانی", "باكستان"),
    "sy": ("syria", "syrian", "سوریه", "سوری", "سوريا", "سوري"),
    "tm": ("turkmenistan", "turkmen", "ترکمنستان", "تركمانستان"),
    "tr": ("turkey", "türkiye", "turkish", "ترکیه", "تركيا"),
}  # fmt: skip
"""ISO 3166-1, which the model asks for, to words that sources write for a country or its people."""

_ID: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_NO_PLACE: Final = "the model has no property for it"
_NOT_EXACT: Final = "it is not exactly one year, month or day"
_REFUSED: Final = {
    "affiliation": "what somebody alleges would stand there as a fact",
    "national_id": "the model keeps no sensitivity, and this is never published",
    "shenasnameh_number": "the model keeps no sensitivity, and this is never published",
    "contact": "the model keeps no sensitivity, and this is never published",
    "minority": "the model keeps no sensitivity, and this is never published",
}
"""Predicates for which the model has a property that would do harm."""

_NO_POSITION: Final = "a position without its kind and uncertainty would be read as exact"
_NO_NAME: Final = "its subject has no name, which the model asks for"

_Properties = dict[str, dict[str, None]]


def followthemoney(view: View, *, subject: str | None = None, lang: str = "en") -> PartialExport:
    """Everything that FollowTheMoney has a form for, at the clearance of the view.

    Args:
        view: at a clearance.
        subject: only this entity.
        lang: of the labels of entities that values name.

    Returns:
        Lines of JSON, an entity each, in the order of their ids; the same view gives the same
        lines. Withdrawn claims are not carried.
    """
    losses = Losses()
    return PartialExport(_lines(view, subject, lang, losses), losses)


def entity_id(entity: str) -> str:
    """The id of an entity in the model, which allows neither colons nor underscores.

    Args:
        entity: `person:invented-1`.

    Returns:
        `person-invented-1`; of other names a digest.
    """
    prefix, _, name = entity.partition(":")
    fits = _ID.fullmatch(name) is not None
    return f"{prefix}-{name if fits else sha256(entity.encode()).hexdigest()[:32]}"


def _lines(view: View, subject: str | None, lang: str, losses: Losses) -> Iterator[str]:
    for prefix in SCHEMATA:
        for entity in view.entities(prefix):
            if subject in (None, entity):
                made = _Entity(view, entity, lang, losses).made()
                if made is not None:
                    yield json.dumps(made, ensure_ascii=False, sort_keys=True) + "\n"
    for shown in view.stream(subject=subject):
        if prefix_of(shown.claim.subject) not in SCHEMATA:
            losses.drop(shown.claim, "the model has no entity for its subject")


class _Entity:
    """One entity as it is gathered from its claims."""

    def __init__(self, view: View, entity: str, lang: str, losses: Losses) -> None:
        self._view = view
        self._entity = entity
        self._prefix = prefix_of(entity)
        self._lang = lang
        self._losses = losses
        self._properties: _Properties = {}
        self._sources: set[str] = set()
        self._carried: list[Shown] = []

    def made(self) -> dict[str, object] | None:
        """The entity; None when nothing of it can be carried."""
        for shown in self._view.claims(subject=self._entity):
            self._take(shown)
        self._complete()
        if "name" not in self._properties:
            for shown in self._carried:
                self._losses.drop(shown.claim, _NO_NAME)
            return None
        for shown in self._carried:
            self._losses.carried(shown)
        caption = next(iter(self._properties["name"]))
        return {
            "id": entity_id(self._entity),
            "caption": caption,
            "schema": SCHEMATA[self._prefix],
            "properties": {name: list(found) for name, found in self._properties.items()},
            "datasets": sorted(self._sources),
            "referents": [],
        }

    def _take(self, shown: Shown) -> None:
        claim = shown.claim
        if shown.withdrawn:
            self._losses.drop(claim, "it was withdrawn")
            return
        found, reason = self._read(claim.predicate, claim.value)
        if reason:
            self._losses.drop(claim, reason)
            return
        for name, text in found:
            self._properties.setdefault(name, {})[text] = None
        self._carried.append(shown)
        self._sources.add(re.sub(r"[^a-z0-9]+", "_", claim.source).strip("_"))

    def _complete(self) -> None:
        """What the model asks for: a name, which events and places may take from our label."""
        if "name" not in self._properties and self._prefix != "person":
            label = self._view.label(self._entity, self._lang)
            if label != self._entity:
                self._properties["name"] = {_plain(label): None}
        if SCHEMATA[self._prefix] == "Address" and "name" in self._properties:
            self._properties.setdefault("full", dict(self._properties["name"]))

    def _read(self, predicate: str, value: Value) -> tuple[list[tuple[str, str]], str]:
        """Properties with their values; or why there are none."""
        name = _TEXTS[self._prefix].get(predicate)
        if name is not None and isinstance(value, Text | Name | Ref):
            text = (
                self._view.label(value.id, self._lang) if isinstance(value, Ref) else words(value)
            )
            return [(name, _plain(text))], "" if _plain(text) else "it has no words"
        for table, read in self._tables():
            if name := table.get(self._prefix, {}).get(predicate):
                text, reason = read(value)
                return [(name, text)], reason
        if predicate == "sex" and isinstance(value, Term) and value.term in _SEXES:
            return [("gender", value.term)], ""
        if predicate == "website" and words(value).startswith(("http://", "https://")):
            return [("website", words(value).strip())], ""
        if predicate == "location" and isinstance(value, Where) and value.geometry is not None:
            return self._position(value)
        if predicate in _INVOLVED and isinstance(value, Ref):
            return self._involved(value)
        return [], _REFUSED.get(predicate, _NO_PLACE)

    def _tables(
        self,
    ) -> tuple[tuple[dict[str, dict[str, str]], Callable[[Value], tuple[str, str]]], ...]:
        return (_DATES, _date), (_COUNTRIES_OF, _country)

    def _position(self, value: Where) -> tuple[list[tuple[str, str]], str]:
        position = bare_position(value)
        if SCHEMATA[self._prefix] != "Address" or position is None:
            return [], _NO_POSITION
        if "longitude" in self._properties:
            return [], "there is another position already, and the model would mix them"
        return [("longitude", position[0]), ("latitude", position[1])], ""

    def _involved(self, value: Ref) -> tuple[list[tuple[str, str]], str]:
        """Entities that take part; only those that are in the export, so that no link is broken."""
        named = self._view.claims(subject=value.id, predicate="name")
        if prefix_of(value.id) not in ("person", "org") or all(one.withdrawn for one in named):
            return [], "whom it names is not in this export"
        return [("involved", entity_id(value.id))], ""


def _date(value: Value) -> tuple[str, str]:
    """A date as a prefix of ISO 8601, where it is exactly that year, month or day."""
    if not isinstance(value, When) or value.precision in ("about", "unknown"):
        return "", _NOT_EXACT
    start, end = value.earliest or "", value.latest or ""
    if start and start == end:
        return start, ""
    year, month = start[:4], start[5:7]
    if (start, end) == (f"{year}-01-01", f"{year}-12-31"):
        return year, ""
    if start[:7] == end[:7] and start.endswith("-01"):
        last = monthrange(int(year), int(month))[1]
        if end.endswith(f"-{last:02d}"):
            return start[:7], ""
    return "", _NOT_EXACT


_CODES: Final = {normalise(word): code for code, words_ in _COUNTRIES.items() for word in words_}


def _country(value: Value) -> tuple[str, str]:
    """A country by its code."""
    text = words(value).strip()
    if re.fullmatch("[a-z]{2}", text.lower()):
        return text.lower(), ""
    code = _CODES.get(normalise(text), "")
    return code, "" if code else "which country it is cannot be told from the words"


def _plain(text: str) -> str:
    return " ".join(text.split())
