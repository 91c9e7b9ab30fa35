"""Several columns to one rule: a name in parts, a date in year, month and day, a position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from habeas.exchange.lists.column_contents import Contents, in_range, is_number, is_words
from habeas.exchange.lists.column_dates import MOST, PARTS, years_in
from habeas.exchange.lists.column_rules import HALF, KIND_ASKED, Said, judge, rule_of
from habeas.exchange.lists.header_meanings import Meaning, name_words
from habeas.exchange.lists.mapping import ClaimRule
from habeas.exchange.lists.mapping_faults import DATE_SLOTS

NAME_ORDER: Final = ("honorific", "given", "other", "surname", "second_surname")
"""The order in which the parts of a name are joined."""

_WHOLE_NAME: Final = 0.7
_WIDEST: Final = {"longitude": 180.0, "latitude": 90.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """One rule of several columns, or none, and why for each column."""

    rule: ClaimRule | None
    reasons: dict[str, str]
    unsure: tuple[str, ...] = ()


def refused(said: Iterable[Said], why: str) -> Grouped:
    """No rule for these columns, and a question about each."""
    reasons = {one.column.name: f"{one.header}, but {why}" for one in said}
    return Grouped(rule=None, reasons=reasons, unsure=tuple(reasons))


# Names


def name_rules(parts: Sequence[Said], lang: str | None) -> Iterator[Grouped]:
    """The rules of columns that are parts of names, one for each script.

    Args:
        parts: columns whose meaning is a part of `name`.
        lang: of the list.
    """
    by_script: dict[str, list[Said]] = {}
    for said in parts:
        script = said.column.script or said.reading.script or _script_of(said)
        by_script.setdefault(script, []).append(said)
    for group in by_script.values():
        yield from _names(_resolved(group, lang))


def _script_of(said: Said) -> str:
    """The script that an empty column may be in, by the language of its header."""
    return "Arab" if said.reading.langs & {"fa", "ar", "ckb"} else "Latn"


def _resolved(group: list[Said], lang: str | None) -> list[Said]:
    """The group with every `?` decided by what else it has and by the cells."""
    slots = [said.meaning.part for said in group]
    found: list[Said] = []
    for said in group:
        match said.meaning.part:
            case "given?" if "surname" not in slots and "given" not in slots:
                alone = "surname?" in slots and _surname_likely(slots, lang)
                slot = "given" if alone else ""
            case "given?":
                french = "given" in slots and "fr" in said.reading.langs
                slot = "surname" if french else "given"
            case "surname?":
                slot = _byname(said, slots, lang)
            case part:
                slot = part
        found.append(_as(said, slot))
    return found


def _as(said: Said, slot: str) -> Said:
    if slot == "nickname":
        return replace(said, meaning=Meaning("nickname"))
    return replace(said, meaning=Meaning("name", slot))


def _surname_likely(slots: Sequence[str], lang: str | None) -> bool:
    return lang == "ar" and "surname" not in slots


def _byname(said: Said, slots: Sequence[str], lang: str | None) -> str:
    """`لقب`, `الكنية`: an honorific, a surname or a byname, by the cells first."""
    words = said.column.distinct
    if (
        words
        and sum(words[one] for one in words if one in name_words("honorifics"))
        >= MOST * words.total()
    ):
        return "honorific"
    kunyas = sum(
        count for one, count in words.items() if one.partition(" ")[0] in name_words("kunya")
    )
    if kunyas >= HALF * max(1, words.total()):
        return "nickname"
    given = "given?" in slots or "given" in slots
    return "surname?" if given and _surname_likely(slots, lang) else "nickname"


def _names(group: list[Said]) -> Iterator[Grouped]:
    parts: dict[str, Said] = {}
    for said in group:
        slot = said.meaning.part.rstrip("?")
        share = said.column.share(is_words)
        if said.column.filled and share < HALF:
            yield refused([said], f"only {share:.0%} of the cells are words without digits")
        elif said.meaning.predicate == "nickname" or not slot:
            yield _alone(said)
        elif slot in parts:
            yield refused([said], f"the column “{parts[slot].column.name}” says the same")
        else:
            parts[slot] = said
    if parts:
        yield _joined([parts[slot] for slot in NAME_ORDER if slot in parts])


def _alone(said: Said) -> Grouped:
    """A whole name in one column, or a byname."""
    judged = judge(said)
    reason, sure = judged.reason, judged.sure
    single = said.column.share(lambda cell: len(cell.split()) < 2)
    if said.meaning.predicate == "name" and said.column.cells and single > 1 - _WHOLE_NAME:
        reason, sure = f"{reason}; {single:.0%} are one word: given names only?", False
    return Grouped(
        rule=judged.rule,
        reasons={said.column.name: reason},
        unsure=() if sure else (said.column.name,),
    )


def _joined(parts: list[Said]) -> Grouped:
    slots = tuple(said.meaning.part.rstrip("?") for said in parts)
    rule = msgspec.structs.replace(
        rule_of(parts[0]),
        columns=tuple(said.column.name for said in parts),
        slots=slots,
        nothing=_together(said.column for said in parts),
    )
    reasons: dict[str, str] = {}
    unsure: list[str] = []
    for said in parts:
        share = said.column.share(is_words)
        found = f"{share:.0%} of the cells are words" if said.column.filled else "no cell is filled"
        doubt = said.meaning.part.endswith("?")
        reasons[said.column.name] = f"{said.header}; {found}" + (
            "; a byname in some countries" if doubt else ""
        )
        if doubt or share < MOST or said.reading.partial or said.meaning.part == "other":
            unsure.append(said.column.name)
    return Grouped(rule=rule, reasons=reasons, unsure=tuple(unsure))


def _together(columns: Iterable[Contents]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for column in columns for word in column.nothing))


# Dates


def date_rules(parts: Sequence[Said], lunar_likely: bool) -> Iterator[Grouped]:
    """The rules of columns that are a year, a month or a day of a date."""
    by_date: dict[str, list[Said]] = {}
    for said in parts:
        by_date.setdefault(said.meaning.predicate, []).append(said)
    for group in by_date.values():
        yield _date(group, lunar_likely)


def _date(group: list[Said], lunar_likely: bool) -> Grouped:
    found = {said.meaning.part: said for said in reversed(group)}
    if len(found) < len(group):
        return refused(group, "several columns say the same part of one date")
    if "year" not in found:
        return refused(group, "no column has the year")
    if "day" in found and "month" not in found:
        return refused(group, "no column has the month")
    year = found["year"]
    for part, holds in PARTS.items():
        column = found[part].column if part in found else None
        if column and column.cells and column.share(lambda c: not is_number(c) or holds(c)) < MOST:  # noqa: B023
            return refused(group, f"the cells of the {part} are none")
    years = years_in(year.column, year.reading.calendar, lunar_likely)
    if years.read < HALF and year.column.filled:
        return refused(group, years.says)
    parts = [found[slot] for slot in DATE_SLOTS if slot in found]
    rule = msgspec.structs.replace(
        rule_of(year, calendar=years.calendar),
        columns=tuple(said.column.name for said in parts),
        slots=tuple(said.meaning.part for said in parts) if len(parts) > 1 else (),
        nothing=_together(said.column for said in parts),
    )
    reasons = {said.column.name: said.header for said in parts}
    reasons[year.column.name] += f"; {years.says}"
    partial = tuple(said.column.name for said in parts if said.reading.partial)
    return Grouped(
        rule=rule, reasons=reasons, unsure=partial if years.sure else (year.column.name, *partial)
    )


# Positions


def position_rule(parts: Sequence[Said]) -> Grouped:
    """The rule of columns that are longitude, latitude and uncertainty."""
    found = {said.meaning.part: said for said in reversed(parts)}
    if len(found) < len(parts) or not {"longitude", "latitude"} <= set(found):
        return refused(parts, "a position has one column of each: longitude, latitude")
    for part, widest in _WIDEST.items():
        column = found[part].column
        if column.cells and column.share(is_number) >= HALF and (
            column.share(in_range(-widest, widest)) < column.share(is_number)
        ):  # fmt: skip
            return refused(parts, f"some cells are no {part}: are the two exchanged?")
    said = [found[slot] for slot in ("longitude", "latitude", "uncertainty") if slot in found]
    rule = msgspec.structs.replace(
        rule_of(said[0]),
        columns=tuple(one.column.name for one in said),
        slots=tuple(one.meaning.part for one in said),
        nothing=_together(one.column for one in said),
    )
    reasons = {one.column.name: f"{one.header}; {KIND_ASKED}" for one in said}
    return Grouped(rule=rule, reasons=reasons, unsure=tuple(reasons))
