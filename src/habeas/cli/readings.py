"""How a value is read, in a few words beside the words of its source."""

from __future__ import annotations

from collections.abc import Callable

from habeas.claims.places import positions
from habeas.claims.values import (
    File,
    Name,
    Point,
    Quantity,
    Ref,
    Term,
    Text,
    Value,
    When,
    Where,
    words,
)
from habeas.claims.vocabulary import vocabulary
from habeas.cli.options import Language
from habeas.cli.words import listed, word
from habeas.errors import InputError

Label = Callable[[str], str]
"""The name of an entity by its id."""


def shown_words(value: Value, predicate: str, lang: Language, label: Label) -> str:
    """The words of a value: the source's own, else the name of its reading."""
    match value:
        case Term(term=term, text=None):
            return term_label(predicate, term, lang)
        case Ref(id=entity, text=None):
            return label(entity)
        case _:
            return words(value)


def reading(value: Value, predicate: str, lang: Language, label: Label) -> str:
    """The reading of a value: interval, range, place with its kind and uncertainty, name of a term.

    Args:
        value: what was said.
        predicate: under which predicate.
        lang: of our own words.
        label: names entities.

    Returns:
        An empty string when the reading says no more than the words.
    """
    match value:
        case When():
            return _when(value, lang)
        case Quantity():
            return _quantity(value, lang)
        case Where():
            return _where(value, lang)
        case Term(term=term, text=text):
            return "" if text is None else term_label(predicate, term, lang)
        case Ref(id=entity, text=None):
            return "" if label(entity) == entity else entity
        case Ref(id=entity):
            return entity
        case File():
            return f"{value.media_type}, {value.size} B, SHA-256 {value.sha256}"
        case Name():
            return listed((value.lang or "", value.script or "", value.scheme or ""), lang)
        case Text():
            return ""


def interval(value: When, lang: Language) -> str:
    """The days of an interval: both ends included, an open end said."""
    match value.earliest, value.latest:
        case None, None:
            return ""
        case str() as earliest, None:
            return word("from", lang, earliest)
        case None, str() as latest:
            return word("until", lang, latest)
        case earliest, latest if earliest == latest:
            return earliest or ""
        case earliest, latest:
            return word("range", lang, str(earliest), str(latest))


def _when(value: When, lang: Language) -> str:
    days = interval(value, lang)
    precision = vocabulary_label("date_precision", value.precision, lang)
    calendar = "" if value.calendar == "gregorian" else value.calendar.replace("_", " ")
    if days == value.text:
        return calendar
    if None in (value.earliest, value.latest) and days:
        precision = ""  # an open end says it already
    return listed((days, precision, calendar), lang)


def _quantity(value: Quantity, lang: Language) -> str:
    unit = f" {value.unit}" if value.unit else ""
    match value.low, value.high:
        case None, None:
            number = ""
        case str() as low, None:
            number = word("at_least", lang, low + unit)
        case None, str() as high:
            number = word("at_most", lang, high + unit)
        case low, high if low == high:
            number = "" if low == value.text else f"{low}{unit}"
        case low, high:
            number = word("range", lang, str(low), f"{high}{unit}")
    between = "؛ " if lang == "fa" else "; "
    return between.join(part for part in (number, value.counts) if part)


def _where(value: Where, lang: Language) -> str:
    parts = [vocabulary_label("location_kind", value.kind, lang)]
    if value.geometry is not None:
        longitude, latitude = next(positions(value.geometry))
        shape = "" if isinstance(value.geometry, Point) else f" ({type(value.geometry).__name__})"
        parts.append(word("position", lang, latitude, longitude) + shape)
    if value.uncertainty is not None:
        parts.append(word("within", lang, value.uncertainty))
    place = listed(parts, lang)
    return place if value.method is None else f"{place}\n{value.method}"


def term_label(predicate: str, term: str, lang: Language) -> str:
    """The label of a term of the vocabulary that a predicate names."""
    try:
        name = vocabulary().predicate(predicate).vocabulary
    except InputError:
        return term
    return vocabulary_label(name, term, lang)


def vocabulary_label(name: str, term: str, lang: Language) -> str:
    """The label of a term of a named vocabulary; the term itself if there is none."""
    try:
        return vocabulary().term_label(name, term, lang)
    except InputError:
        return term


def predicate_label(predicate: str, lang: Language) -> str:
    """The label of a predicate; the predicate itself if this version does not know it."""
    try:
        return vocabulary().label(predicate, lang)
    except InputError:
        return predicate
