"""Why a place may be the one that words name, said in words."""

from __future__ import annotations

from collections.abc import Sequence

from habeas.claims.gazetteer_place import Place, PlaceName, Span, Within, overlaps
from habeas.claims.gazetteer_towns import gazetteer
from habeas.claims.gazetteer_units import units
from habeas.claims.gazetteer_words import SITES, Part

_LETTERS = {"Arab": "Persian or Arabic", "Latn": "Latin", "Cyrl": "Cyrillic", "Armn": "Armenian"}

_SAME_TOWN = ("county", "district", "rural_district")
"""Units that mostly bear the name of their main town, and are not in the gazetteer."""


def of_name(place: Place, name: PlaceName, likeness: str, written: str) -> str:
    """How the name is like the words.

    Args:
        place: whose name it is.
        name: the name.
        likeness: `written`, `letters`, `joined`, `sound` as in `gazetteer.Candidate`.
        written: the script of the words.
    """
    letters = f"{_LETTERS.get(name.script, name.script)} letters"
    whose = "your own place: " if place.own else ""
    match likeness:
        case "written":
            return f"{whose}same name in {letters}"
        case "letters":
            return f"{whose}same name in {letters} after normalising (ye, kaf, points, capitals)"
        case "joined":
            return f"{whose}same letters, the words written together or apart"
        case _ if name.script == written:
            return f"{whose}same consonant key, other spelling: {name.text}"
        case _:
            return f"{whose}same consonant key, written in {letters}: {name.text}"


def of_time(name: PlaceName, span: Span | None) -> tuple[str, ...]:
    """When the name was in use, where that is known."""
    if name.since is None and name.until is None:
        return ()
    if name.until is None:
        said = f"name in use since {name.since}"
    elif name.since is None:
        said = f"older name, in use until {name.until}"
    else:
        said = f"older name, in use from {name.since} to {name.until}"
    if span is not None and not name.held(span):
        return (f"{said}, so not the official one at the date given",)
    return (said,)


def of_kind(place: Place, part: Part) -> tuple[str, ...]:
    """What the word of kind says, and whether the place is of that kind."""
    if part.kind is None:
        return ()
    word = f"the word “{part.kind_word}”"
    if part.kind in SITES and place.kind != part.kind:
        return (f"{word} names a site at or near it; sites stand in the record, not here",)
    if is_of_kind(place, part.kind):
        if part.kind in _SAME_TOWN and place.kind == "settlement":
            return (f"{word} names a unit that is not in the gazetteer; this place bears its name",)
        return ()
    return (f"{word} is written with it, but this is a {place.kind}",)


def is_of_kind(place: Place, kind: str) -> bool:
    """Whether a place is of a kind, or may be.

    Args:
        place: the place.
        kind: a term of `place_kind`, or `settlement`.
    """
    if place.kind == kind:
        return True
    towns = ("city", "village", "settlement", "neighbourhood")
    if place.kind == "settlement":
        return kind in towns or kind in _SAME_TOWN
    return place.kind in towns and kind in ("settlement", *_SAME_TOWN)


def of_units(place: Place, span: Span | None) -> tuple[str, ...]:
    """In which units it lay at a date, and lies today."""
    found = []
    if place.stands_at and (town := gazetteer().place(place.stands_at)):
        found.append(f"the point of {town.label()} stands for it")
    if place.existed and span is not None and not overlaps(place.existed, span):
        found.append("the record says that it did not exist at the date given")
    if place.kind in ("province", "country"):
        return (*found, *_existence(place, span))
    if span is None:
        return (*found, *(_stay(within) for within in place.within))
    then = [within for within in place.within if within.held(span)]
    found += [f"{_stay(within)}, which holds for the date given" for within in then]
    found += [f"today {_stay(within)}" for within in _today(place.within) if within not in then]
    if then and span[1] is not None and span[1] < units().covers:
        found.append(f"changes before {units().covers} are not recorded")
    return tuple(found)


def unit_name(unit: str) -> str:
    """A unit with the word for its kind: `Tehran province`, `Erbil governorate`."""
    place = gazetteer().place(unit)
    if place is None:
        return unit
    if place.kind != "province":
        return place.label()
    kind = "province" if place.country == "IR" else "governorate"
    name = place.label()
    return name if "province" in name.lower() else f"{name} {kind}"


def _today(stays: Sequence[Within]) -> list[Within]:
    return [within for within in stays if within.until is None]


def _stay(within: Within) -> str:
    name = f"in {unit_name(within.unit)}"
    begins = "since" if within.until is None else "from"
    bounds = [
        f"{word} {day}" if known else f"{word} {day} at the {edge}"
        for word, day, known, edge in (
            (begins, within.since, within.since_known, "earliest"),
            ("until", within.until, within.until_known, "latest"),
        )
        if day is not None
    ]  # fmt: skip
    return " ".join([name, *bounds])


def _existence(place: Place, span: Span | None) -> tuple[str, ...]:
    within = place.within[0] if place.within else None
    if within is None or (within.since is None and within.until is None):
        return ()
    since, until = within.since, within.until
    said = f"a unit since {since}" if until is None else f"a unit until {until}"
    if not within.since_known:
        said += " at the earliest"
    if span is not None and not within.held(span):
        return (f"{said}: not at the date given",)
    return (said,)
