"""A mapping proposed for a list, from its headers and from what stands under them.

What is proposed can be read off the list by anybody who knows its languages; everything else is
asked. Why a column has its rule, or none, is said in words that hold no cell of the list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

import msgspec

from habeas.claims.vocabulary import vocabulary
from habeas.exchange.lists.column_contents import Contents, contents_of, in_range, is_number
from habeas.exchange.lists.column_dates import MOST, dates_in
from habeas.exchange.lists.column_groups import (
    Grouped,
    date_rules,
    name_rules,
    position_rule,
    refused,
)
from habeas.exchange.lists.column_rules import KIND_ASKED, Said, judge
from habeas.exchange.lists.column_terms import terms_in
from habeas.exchange.lists.header_meanings import (
    HeaderReading,
    Meaning,
    bare_part,
    is_guarded,
    read_header,
    several,
)
from habeas.exchange.lists.mapping import ClaimRule, Mapping, Subject
from habeas.exchange.lists.mapping_faults import DATE_SLOTS, rule_columns, rule_type
from habeas.exchange.lists.presets import preset, preset_left_out, preset_of
from habeas.exchange.tables.table import Column, TableFile

_LANGS: Final = {
    "fa": "Arab",
    "ar": "Arab",
    "ckb": "Arab",
    "es": "Latn",
    "fr": "Latn",
    "bs": "Latn",
}
"""Languages of headers that tell the language of the cells, if those are in its script. English is
none: lists of many languages have English headers."""
_GUARDED: Final = (
    "the header tells of an informant, a relative or a way to reach somebody: never proposed. "
    "Leave it out, or record it by hand, sealed"
)
_ARABIC_LETTERS: Final = re.compile(r"\bال|[يكةى]")
_ENOUGH: Final = 3
"""Headers that have to agree on a language."""
_FEW: Final = 5
_DEATHS: Final = {"executed", "died_in_custody", "killed_other", "died_natural"}
"""Fates that a manner of death may tell. Where the manner is unknown, the fate need not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A mapping, and what led to it."""

    mapping: Mapping
    reasons: dict[str, str]
    """For every column why its rule is proposed, or why none is; no cell of the list is in it."""
    unsure: tuple[str, ...] = ()
    """Columns that a person has to look at, in the order of the list."""


@dataclass(slots=True)
class _Draft:
    """What is proposed so far."""

    rules: list[ClaimRule] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    def add(self, found: Grouped) -> None:
        if found.rule is not None:
            self.rules.append(found.rule)
        self.reasons |= found.reasons
        self.unsure |= set(found.unsure)

    def ask(self, column: str, reason: str) -> None:
        self.add(Grouped(rule=None, reasons={column: reason}, unsure=(column,)))


def propose(file: TableFile, source: str) -> Proposal:
    """What the columns of a list seem to mean.

    Args:
        file: the list; its first rows are read.
        source: the `source:` id of the list.

    Raises:
        InputError: the file cannot be read.
    """
    contents = contents_of(file.tables)
    columns = [found.column for found in contents]
    draft = _Draft()
    left_out = _take_preset(file, columns, draft)
    rest = [found for found in contents if found.name not in draft.reasons]
    subject = _subject(file, rest, bool(draft.rules))
    lang = _lang(rest, subject)
    _take_headers(rest, subject, lang, draft)
    order = {column.name: place for place, column in enumerate(columns)}
    mapping = Mapping(
        source=source,
        subject=subject,
        lang=lang,
        left_out=left_out,
        claims=_finished(draft.rules, contents, lang, order),
    )
    return Proposal(
        mapping=mapping,
        reasons={
            column.name: draft.reasons[column.name] + ("; hidden in the sheet" * column.hidden)
            for column in columns
        },
        unsure=tuple(name for name in order if name in draft.unsure),
    )


def _take_preset(file: TableFile, columns: Sequence[Column], draft: _Draft) -> tuple[str, ...]:
    """The rules of a format that has its own; the columns that it leaves out."""
    why = f"a column of the format {file.format}"
    for rule in preset(file.format, columns):
        asked = rule_type(rule) == "where" and rule.location_kind is None
        says = f"{why}; {KIND_ASKED}" if asked else why
        unsure = rule.columns if asked else ()
        draft.add(
            Grouped(rule=rule, reasons=dict.fromkeys(rule_columns(rule), says), unsure=unsure)
        )
    left_out = preset_left_out(file.format, columns)
    left_out = tuple(name for name in left_out if name not in draft.reasons)
    draft.reasons |= dict.fromkeys(left_out, f"{why} that says nothing of its subject")
    return left_out


# What a row is, and in which language


def _subject(file: TableFile, contents: Sequence[Contents], by_preset: bool) -> Subject:
    """A person, unless the format or more headers than not tell of sites."""
    known = preset_of(file.format)
    if by_preset and known is not None:
        return known.subject
    only = Counter[str]()
    for found in contents:
        person = bool(read_header(found.column.header, "person").said)
        site = bool(read_header(found.column.header, "site").said)
        if person != site:
            only["person" if person else "site"] += 1
    return "site" if only["site"] > only["person"] else "person"


def _lang(contents: Sequence[Contents], subject: str) -> str | None:
    """The language on which most headers agree, when the cells are in its script."""
    counts = Counter[str]()
    for found in contents:
        counts.update(read_header(found.column.header, subject).langs)
    ranked = [(lang, count) for lang, count in counts.most_common() if lang in (*_LANGS, "en")]
    if not ranked or ranked[0][1] < _ENOUGH:
        return None
    if len(ranked) > 1 and ranked[1][1] == ranked[0][1]:
        return None
    lang = ranked[0][0]
    scripts = Counter(found.script for found in contents if found.script)
    common = scripts.most_common(1)
    return lang if lang in _LANGS and common and common[0][0] == _LANGS[lang] else None


# Headers, one by one and in groups


def _take_headers(
    contents: Sequence[Contents], subject: str, lang: str | None, draft: _Draft
) -> None:
    said: list[Said] = []
    for column in contents:
        reading = read_header(column.column.header, subject).among(lang)
        if len(reading.meanings) == 1:
            said.append(Said(column=column, reading=reading, meaning=reading.meanings[0]))
        elif reading.meanings:
            draft.ask(column.name, f"the header may say {_all(reading)}")
        else:
            _take_contents(column, subject, draft)
    lunar = lang == "ar" or (lang is None and any(map(_in_arabic, said)))
    names, dates, positions, single = _kinds(said)
    for grouped in (*name_rules(names, lang), *date_rules(dates, lunar)):
        draft.add(grouped)
    if positions:
        draft.add(position_rule(positions))
    _take_single(single, lunar, draft)
    _hold(single, draft)


def _in_arabic(one: Said) -> bool:
    """Whether a header may well be Arabic: its words are, or its letters are those of Arabic."""
    langs, header = one.reading.langs, one.column.column.header
    return "ar" in langs and ("fa" not in langs or bool(_ARABIC_LETTERS.search(header)))


def _hold(single: Iterable[Said], draft: _Draft) -> None:
    """An age at a date holds at that date, where the list has it."""
    dates = {rule.predicate for rule in draft.rules if rule_type(rule) == "when"}
    holds = {one.column.name: one.meaning.holds for one in single if one.meaning.holds in dates}
    draft.rules = [
        msgspec.structs.replace(rule, holds=holds[rule.columns[0]])
        if rule.columns[0] in holds
        else rule
        for rule in draft.rules
    ]


def _all(reading: HeaderReading) -> str:
    labels = dict.fromkeys(
        vocabulary().label(one.predicate) + (f" ({one.part})" if one.part else "")
        for one in reading.meanings
    )
    return " or ".join(f"“{label}”" for label in labels)


def _kinds(said: Iterable[Said]) -> tuple[list[Said], list[Said], list[Said], list[Said]]:
    """Parts of names, parts of dates, parts of positions, and columns that stand alone."""
    names: list[Said] = []
    dates: list[Said] = []
    positions: list[Said] = []
    single: list[Said] = []
    for one in said:
        if one.meaning.predicate == "name" and one.meaning.part:
            names.append(one)
        elif one.meaning.part in DATE_SLOTS:
            dates.append(one)
        elif one.meaning.part:
            positions.append(one)
        else:
            single.append(one)
    return names, dates, positions, single


def _take_single(single: Sequence[Said], lunar: bool, draft: _Draft) -> None:
    """Columns that make a rule each. Of two that say the same in the same way one is asked for."""
    seen: dict[tuple[Meaning, str], str] = {}
    for one in single:
        judged = judge(one, lunar_likely=lunar)
        grouped = Grouped(
            rule=judged.rule,
            reasons={one.column.name: judged.reason},
            unsure=() if judged.sure else (one.column.name,),
        )
        if judged.rule is not None:
            way = judged.rule.calendar or one.column.script
            first = seen.setdefault((one.meaning, way), one.column.name)
            many = one.reading.numbered or one.meaning.predicate in several()
            if first != one.column.name and one.meaning.predicate == "name":
                says = f"{judged.reason}; the column “{first}” has names as well"
                grouped = replace(
                    grouped, reasons={one.column.name: says}, unsure=(one.column.name,)
                )
            elif first != one.column.name and not many:
                grouped = refused([one], f"the column “{first}” says the same")
        draft.add(grouped)
        _take_fate(one, draft)


def _take_fate(one: Said, draft: _Draft) -> None:
    """How somebody died may say the fate as well, when every word of the column does."""
    if one.meaning.predicate != "cause_of_death" or not one.column.cells:
        return
    found = terms_in(one.column.cells, "fate")
    if not found.unknown and set(found.terms.values()) <= _DEATHS:
        columns = (one.column.name,)
        rule = ClaimRule(predicate="fate", columns=columns, terms=found.terms)
        says = f"{draft.reasons[one.column.name]}; each of its words also says a fate"
        draft.add(Grouped(rule=rule, reasons={one.column.name: says}))


# Contents alone


def _take_contents(column: Contents, subject: str, draft: _Draft) -> None:
    """A column whose header says nothing known: a rule only where its cells can be one thing."""
    if is_guarded(column.column.header):
        draft.ask(column.name, _GUARDED)
        return
    rule, says = _by_contents(column, subject)
    draft.add(Grouped(rule=rule, reasons={column.name: says}, unsure=(column.name,)))


def _by_contents(column: Contents, subject: str) -> tuple[ClaimRule | None, str]:
    head = _head(column, subject)
    if column.geometries and subject in ("site", "place", "event"):
        return ClaimRule(
            predicate="location", columns=(column.name,)
        ), f"{head}; geometries; {KIND_ASKED}"
    if not column.filled:
        return None, f"{head}, and no cell is filled in the first {column.rows} rows"
    if subject == "person" and len(column.cells) >= _FEW and len(column.distinct) > 1:
        found = terms_in((c for c in column.cells if len(c) > 1), "sex")
        if found.known >= MOST and not found.unknown:
            rule = ClaimRule(predicate="sex", columns=(column.name,), terms=found.terms)
            return rule, f"{head}; all cells are words for sex"
    if _counts_up(column):
        rule = ClaimRule(predicate="list_number", columns=(column.name,))
        return rule, f"{head}; the cells count up by one, row by row"
    return None, f"{head}; {_hint(column)}"


def _head(column: Contents, subject: str) -> str:
    """What the header says of other subjects than this one."""
    if not column.column.header:
        return "it has no header"
    if part := bare_part(column.column.header):
        return f"the header says a {part}, and not of what"
    other = read_header(column.column.header, "site" if subject == "person" else "person")
    if other.meanings:
        return f"the header says {_all(other)}, which is not said of a {subject}"
    return "the header says nothing known here"


def _counts_up(column: Contents) -> bool:
    """Whether the cells are 1, 2, 3... in order."""
    numbers = column.numbers
    return len(numbers) == column.rows >= _FEW and all(
        after - before == 1 for before, after in pairwise(numbers)
    )


def _hint(column: Contents) -> str:
    """What the cells look like, for the one who has to decide."""
    if column.share(in_range(1300, 1410)) >= MOST or column.share(in_range(1900, 2100)) >= MOST:
        return "the cells look like years"
    if column.share(in_range(0, 120)) >= MOST:
        return "the cells are numbers from 0 to 120: ages?"
    if column.share(is_number) >= MOST:
        return "the cells are numbers"
    if (found := dates_in(column)).read >= MOST:
        return f"the cells look like dates; {found.says}"
    few = len(column.distinct) <= 10 and len(column.cells) >= 3 * len(column.distinct)
    filled = f"{column.filled} of {column.rows} cells are filled"
    return f"{filled}, with few different words: {len(column.distinct)}" if few else filled


# The rules in the order of the list


def _finished(
    rules: Iterable[ClaimRule],
    contents: Sequence[Contents],
    lang: str | None,
    order: dict[str, int],
) -> tuple[ClaimRule, ...]:
    """Rules in the order of their columns, each with its language."""
    by_name = {found.name: found for found in contents}
    kept = sorted(rules, key=lambda rule: min(order[name] for name in rule.columns))
    return tuple(_with_lang(rule, by_name, lang) for rule in kept)


def _in_told(rule: ClaimRule, lang: str | None) -> ClaimRule:
    holds_words = rule_type(rule) in ("name", "text")
    return msgspec.structs.replace(rule, lang=lang) if holds_words else rule


def _with_lang(rule: ClaimRule, columns: dict[str, Contents], lang: str | None) -> ClaimRule:
    """The language that the file itself tells of the columns, or that letters leave.

    Latin letters in a list of another script are a romanised name, or of an unknown language.
    """
    told = {columns[name].column.lang for name in rule.columns}
    if rule.lang is None and None not in told and len(told) == 1:
        return _in_told(rule, told.pop())
    latin = all(columns[name].script == "Latn" for name in rule.columns)
    if lang is None or _LANGS[lang] != "Arab" or not latin or rule.lang is not None:
        return rule
    match rule_type(rule):
        case "name":
            return msgspec.structs.replace(rule, lang=f"{lang}-Latn")
        case "text":
            return msgspec.structs.replace(rule, lang="und")
        case _:
            return rule
