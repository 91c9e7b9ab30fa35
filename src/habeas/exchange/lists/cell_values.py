"""The words of a cell as the typed value that a predicate takes, or a question about them.

Pure functions: what cannot be read with certainty raises `InputError`, which becomes the question
that the row is held back with. The words stay as they stand; a reading is put beside them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, TypeVar

from habeas.claims.claim import prefix_of
from habeas.claims.names import normalise, script_of
from habeas.claims.values import (
    PREFIXES,
    Geometry,
    Name,
    NamePart,
    Point,
    Quantity,
    Ref,
    Term,
    Text,
    Value,
    Where,
)
from habeas.claims.vocabulary import Predicate, vocabulary
from habeas.errors import InputError
from habeas.exchange.lists.cell_dates import date_in_parts, date_in_words
from habeas.exchange.lists.coordinates import read_both, read_coordinate, read_geometry
from habeas.exchange.lists.mapping import ClaimRule
from habeas.exchange.lists.mapping_faults import (
    NUMBER_SLOTS,
    rule_type,
)
from habeas.exchange.sheet_quantities import read_quantity

_LONGEST: Final = 300
"""Letters of the words of a date, a number, a term or a position."""

Made = TypeVar("Made")

OneCell = Callable[[str], Value]
"""Words to a value; raises `InputError` with the question."""

SeveralCells = Callable[[Sequence[str]], Value]
"""The words of several cells, some of them empty, to one value."""


def one_cell(rule: ClaimRule, predicate: Predicate) -> OneCell:
    """How a rule of one column reads its cell.

    Args:
        rule: with calendar and language filled in from the mapping.
        predicate: that of the rule.

    Raises:
        InputError: no cell can hold a value of this predicate.
    """
    if rule.slots:
        joint = several_cells(rule, predicate)
        return lambda text: joint((text,))
    plain = _within_length(_of_type(_ONE, rule)(rule, predicate), rule)
    if "ref" not in predicate.values:
        return plain
    to_entity = _ref(rule, predicate)
    return lambda text: to_entity(text) if _ENTITY.fullmatch(text) else plain(text)


def several_cells(rule: ClaimRule, predicate: Predicate) -> SeveralCells:
    """How a rule of several columns reads them as one value.

    Args:
        rule: with calendar and language filled in from the mapping.
        predicate: that of the rule.

    Raises:
        InputError: no cells can hold a value of this predicate.
    """
    if rule.slots:
        several = _of_type(_SEVERAL, rule)(rule)
        return lambda words: several(_short_words(words, rule))
    plain = _within_length(_of_type(_ONE, rule)(rule, predicate), rule)
    return lambda words: plain(joined(words))


def _within_length(read: OneCell, rule: ClaimRule) -> OneCell:
    return lambda text: read(_short_words((text,), rule)[0])


def _short_words(words: Sequence[str], rule: ClaimRule) -> Sequence[str]:
    """The words themselves: dates, numbers, terms and positions are short.

    Raises:
        InputError: a testimony stands where one of those belongs; nobody searches it for one.
    """
    for text in words:
        if len(text) > _LONGEST and not text.startswith("{"):
            if rule_type(rule) in ("text", "name"):
                break
            raise InputError(
                f"{len(text)} letters stand where a short value belongs",
                mend="Is it the right column? If so, write the value alone",
            )
    return words


def _of_type(readers: Mapping[str, Made], rule: ClaimRule) -> Made:
    try:
        return readers[rule_type(rule)]
    except KeyError:
        raise InputError(
            f"“{rule.predicate}” cannot be read from these columns",
            mend="See docs/lists.md for slots and types, or leave the column out",
        ) from None


def joined(words: Sequence[str]) -> str:
    """The words of several cells with spaces between."""
    return " ".join(word for word in words if word)


# Words and names


def _text(rule: ClaimRule, _: Predicate) -> OneCell:
    return lambda text: Text(text=text, lang=rule.lang)


def _name(rule: ClaimRule, _: Predicate) -> OneCell:
    return lambda text: _named(rule, text, ())


def _name_of_parts(rule: ClaimRule) -> SeveralCells:
    def read(words: Sequence[str]) -> Name:
        pairs = zip(rule.slots, words, strict=True)
        parts = tuple(NamePart(slot=slot, text=word) for slot, word in pairs if word)
        return _named(rule, joined(words), parts)

    return read


def script_of_name(text: str) -> str:
    """As `script_of`, at once for names all of whose letters are plain Latin or Arabic ones."""
    if text.isascii():
        return "Latn" if text.lower() != text.upper() else "Zyyy"
    return "Arab" if _ARABIC.fullmatch(text) else script_of(text)


_ARABIC: Final = re.compile("[\u0620-\u064a][\u0620-\u064a\u066e\u066f\u0671-\u06d3\u200c .\\-]*")
"""Letters of Arabic and Persian and what stands between them."""


def _named(rule: ClaimRule, text: str, parts: tuple[NamePart, ...]) -> Name:
    """The parts are those that the list itself keeps apart; none is found by reading the name."""
    script = script_of_name(text)
    return Name(
        text=text,
        lang=rule.lang,
        script=None if script == "Zyyy" else script,
        scheme=rule.scheme if script == "Latn" else None,
        parts=parts,
    )


_ENTITY: Final = re.compile(rf"(?:{'|'.join(PREFIXES)}):[a-z0-9][a-z0-9._-]{{0,99}}")


def _ref(rule: ClaimRule, predicate: Predicate) -> OneCell:
    targets = predicate.targets or PREFIXES

    def read(text: str) -> Ref:
        if prefix_of(text) not in targets:
            raise InputError(
                f"“{text}” is no id that “{rule.predicate}” can name",
                mend=f"Give an id: {', '.join(f'{target}:…' for target in targets)}",
            )
        return Ref(id=text)

    return read


def _term(rule: ClaimRule, predicate: Predicate) -> OneCell:
    known = vocabulary().terms(predicate.vocabulary)
    terms: dict[str, str] = {}
    for name, found in known.items():
        for spelling in (name, *found.labels.values()):
            terms.setdefault(normalise(spelling), name)
    terms |= {normalise(words): name for words, name in rule.terms.items()}

    def read(text: str) -> Term:
        term = terms.get(normalise(text))
        if term is None:
            near = get_close_matches(normalise(text), terms, n=3, cutoff=0.6)
            names = dict.fromkeys([terms[word] for word in near] or list(known))
            raise InputError(
                f"“{text}” is no term of {predicate.vocabulary}",
                mend=f"Say in `terms` of the mapping which one it is: {', '.join(names)}",
            )
        return Term(term=term, text=text)

    return read


# Numbers

_COUNTED: Final = re.compile(
    r"\s*(?:ساله|سال|نفر|تن|years? old|years?|yrs?\.?|y\.?o\.?|persons?|people)\s*$", re.IGNORECASE
)
"""What a number is followed by that says what the predicate says already."""


def _quantity(rule: ClaimRule, _: Predicate) -> OneCell:
    def read(text: str) -> Quantity:
        try:
            found = _number(text)
        except InputError:
            if rule.unread == "hold":
                raise
            found = Quantity(text=text)
        unit = found.unit or rule.unit
        return Quantity(
            text=text, low=found.low, high=found.high, unit=unit, counts=rule.counts
        )  # fmt: skip

    return read


def _number(text: str) -> Quantity:
    try:
        found = read_quantity(text) or read_quantity(_COUNTED.sub("", text))
    except ValueError as error:
        raise InputError(str(error), mend="Write the smaller number first") from error
    if found is None:
        raise InputError(
            f"no number can be read from “{text}” with certainty",
            mend="Write the number or the range in digits, or set `unread` in the mapping to words",
        )
    return found


def _quantity_of_ends(rule: ClaimRule) -> SeveralCells:
    def read(words: Sequence[str]) -> Quantity:
        ends = dict(zip(rule.slots, words, strict=True))
        low, high = (_exact(ends.get(slot, "")) for slot in NUMBER_SLOTS)
        return Quantity(
            text=joined(words), low=low, high=high, unit=rule.unit, counts=rule.counts
        )  # fmt: skip

    return read


def _exact(text: str) -> str | None:
    if not text:
        return None
    found = _number(text)
    if found.low is None or found.low != found.high:
        raise InputError(f"“{text}” is no single number", mend="Write one number in digits")
    return found.low


# Places


def _where(rule: ClaimRule, _: Predicate) -> OneCell:
    def read(text: str) -> Where:
        if text.startswith("{"):
            return where_of(rule, None, read_geometry(text))
        if any(letter.isdecimal() for letter in text):
            return where_of(rule, text, Point(coordinates=read_both(text)))
        return where_of(rule, text, None)

    return read


def where_of(
    rule: ClaimRule, text: str | None, geometry: Geometry | None, uncertainty: str | None = None
) -> Where:
    """A place on the ground with the kind and uncertainty that the mapping tells.

    Raises:
        InputError: the mapping does not tell of what kind the positions are.
    """
    if rule.location_kind is None:
        raise InputError(
            "it is not told how near the positions of this column are to the true place",
            mend="Set `location_kind` in the mapping: exact, approximate, representative, random",
        )
    return Where(
        text=text,
        kind=rule.location_kind,
        geometry=geometry,
        uncertainty=uncertainty or rule.uncertainty,
    )


def _where_of_parts(rule: ClaimRule) -> SeveralCells:
    def read(words: Sequence[str]) -> Where:
        parts = dict(zip(rule.slots, words, strict=True))
        longitude, latitude = parts.get("longitude", ""), parts.get("latitude", "")
        if not longitude or not latitude:
            raise InputError(
                "one of longitude and latitude is missing", mend="Write both, or neither"
            )
        position = read_coordinate(longitude, "longitude"), read_coordinate(latitude, "latitude")
        if not any(number.strip("0.-") for number in position):
            raise InputError(
                "the position 0, 0 is what programs write that know none",
                mend="Empty both cells, or write the position",
            )
        uncertainty = _exact(parts.get("uncertainty", ""))
        return where_of(rule, joined(words), Point(coordinates=position), uncertainty)

    return read


_ONE: Final[dict[str, Callable[[ClaimRule, Predicate], OneCell]]] = {
    "text": _text,
    "name": _name,
    "when": lambda rule, _: date_in_words(rule),
    "quantity": _quantity,
    "term": _term,
    "where": _where,
}

_SEVERAL: Final[dict[str, Callable[[ClaimRule], SeveralCells]]] = {
    "name": _name_of_parts, "when": date_in_parts, "quantity": _quantity_of_ends,
    "where": _where_of_parts,
}  # fmt: skip
