"""Whether a mapping makes sense: by the vocabulary, by itself, by the columns of a list.

Every fault is given back with the keys that lead to it; where they stand in a file is
`mapping_file`'s affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final, NamedTuple

import msgspec

from habeas.claims.claim import SENSITIVITIES, Sensitivity
from habeas.claims.names import normalise
from habeas.claims.vocabulary import Predicate, vocabulary
from habeas.errors import InputError
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.tables.table import Table

DATE_SLOTS: Final = ("year", "month", "day")
POSITION_SLOTS: Final = ("longitude", "latitude", "uncertainty")
NUMBER_SLOTS: Final = ("low", "high")

_OPTIONS: Final = {
    "calendar": ("when",), "serial": ("when",), "terms": ("term",), "unit": ("quantity",),
    "counts": ("quantity",), "scheme": ("name",), "location_kind": ("where",),
    "uncertainty": ("where",), "lang": ("text", "name"), "unread": ("when", "quantity"),
}  # fmt: skip
"""Each option of a rule and the types of value that it belongs to."""

_TELLING: Final = ("calendar", "serial", "terms", "unit", "counts", "scheme", "location_kind",
                   "uncertainty")  # fmt: skip
"""Options that tell of which type the value is."""

_COMPARED: Final = 2_000
"""Among how many words the nearest is looked for; more would take minutes when many are wrong."""

_LANG = re.compile(r"[a-zA-Z]{2,8}(?:-[a-zA-Z0-9]{1,8})*\Z")
_METRES = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18})?\Z")
_SOURCE = re.compile(r"source:[a-z0-9][a-z0-9._-]{0,99}\Z")


class MappingFault(NamedTuple):
    """One thing that is wrong with a mapping."""

    path: tuple[str | int, ...]
    """The keys that lead to it: `("claim", 2, "calendar")`."""
    reason: str
    mend: str = ""
    missing: str = ""
    """The column or sheet that the list has not, when that is what is wrong."""


def rule_columns(rule: ClaimRule) -> tuple[str, ...]:
    """Every column that a rule reads, the one of `by_column` too."""
    return rule.columns if rule.by_column is None else (*rule.columns, rule.by_column)


def rule_type(rule: ClaimRule) -> str:
    """The type of the values that a rule makes: what its options tell, else what bare words mean.

    Args:
        rule: of any predicate of the vocabulary.

    Returns:
        `text`, `name`, `when`, `where`, `quantity` or `term`; empty for a predicate whose values
        no words of a list can be (a photograph).

    Raises:
        InputError: there is no such predicate.
    """
    possible = [
        type_
        for type_ in vocabulary().predicate(rule.predicate).values
        if type_ not in ("ref", "file")
    ]
    told = _told_types(rule)
    return next((type_ for type_ in possible if type_ in told), possible[0] if possible else "")


def rule_sensitivity(mapping: Mapping, rule: ClaimRule) -> Sensitivity:
    """The sensitivity of what a rule makes: its own or the mapping's, and the least allowed.

    Raises:
        InputError: there is no such predicate.
    """
    least = vocabulary().predicate(rule.predicate).least
    return max(rule.sensitivity or mapping.sensitivity, least, key=SENSITIVITIES.index)


def faults_of(
    mapping: Mapping, tables: Sequence[Table], *, part: bool = False
) -> Iterator[MappingFault]:
    """Everything that is wrong with a mapping for these tables.

    Args:
        mapping: as read or proposed.
        tables: those of the list.
        part: only some tables of the list are there. A column or sheet that is missing then may be
            one of the others, unless a column that nobody reads has nearly the same name.
    """
    faults = _faults(mapping, tables)
    if not part:
        return faults
    known = {name for rule in mapping.claims for name in rule_columns(rule)} | {*mapping.left_out}
    unread = [
        column.name for table in tables for column in table.columns if column.name not in known
    ]
    return (fault for fault in faults if not fault.missing or _near(fault.missing, unread))


def _faults(mapping: Mapping, tables: Sequence[Table]) -> Iterator[MappingFault]:
    read = [table for table in tables if not mapping.sheets or table.sheet in mapping.sheets]
    columns = tuple(dict.fromkeys(column.name for table in read for column in table.columns))
    yield from _head_faults(mapping, tables, columns)
    seen: set[bytes] = set()
    for number, rule in enumerate(mapping.claims):
        at = ("claim", number)
        if (written := msgspec.json.encode(rule)) in seen:
            yield MappingFault(at, "this rule stands twice", "Take one of the two away")
            continue
        seen.add(written)
        for fault in (*_column_faults(rule, columns), *_claim_faults(mapping, rule)):
            yield fault._replace(path=(*at, *fault.path))


# The head


def _head_faults(
    mapping: Mapping, tables: Sequence[Table], columns: tuple[str, ...]
) -> Iterator[MappingFault]:
    if not _SOURCE.match(mapping.source):
        yield MappingFault(
            ("source",), f"“{mapping.source}” is no source", 'Write source = "source:name"'
        )
    yield from _lang_fault(mapping.lang)
    sheets = [table.sheet for table in tables if table.sheet is not None]
    for sheet in mapping.sheets:
        if sheet not in sheets:
            yield MappingFault(
                ("sheets",),
                f"the list has no sheet “{sheet}”",
                _nearest(sheet, sheets, "It has"),
                sheet,
            )
    made = [rule.predicate for rule in mapping.claims]
    for need in mapping.needs:
        if need not in made:
            yield MappingFault(
                ("needs",), f"no rule makes “{need}”", _nearest(need, made, "Rules make")
            )
    yield from _left_out_faults(mapping, columns)
    if not mapping.claims:
        yield MappingFault((), "no column has a rule", "Write a [[claim]] for each that matters")


def _left_out_faults(mapping: Mapping, columns: tuple[str, ...]) -> Iterator[MappingFault]:
    read = {name for rule in mapping.claims for name in rule_columns(rule)}
    for name in mapping.left_out:
        if name in read:
            yield MappingFault(
                ("left_out",), f"the column “{name}” is left out, and a rule reads it",
                "Take it away here or there",
            )  # fmt: skip
        elif name not in columns:
            yield _no_column(("left_out",), name, columns)


def _no_column(path: tuple[str, ...], name: str, columns: Sequence[str]) -> MappingFault:
    return MappingFault(
        path, f"the list has no column “{name}”", _nearest(name, columns, "Its columns are"), name
    )


def _nearest(wrong: str, known: Sequence[str], otherwise: str) -> str:
    """The nearest word that is known, by its normalised form too; else all of them."""
    if len(known) > _COMPARED:
        return f"{otherwise} {len(known)} others"
    if near := _near(wrong, known):
        return f"Did you mean “{near}”?"
    shown = ", ".join(f"“{word}”" for word in known[:40])
    return f"{otherwise} {shown or 'none'}{' …' if len(known) > 40 else ''}"


def _near(wrong: str, known: Sequence[str]) -> str:
    normal = {normalise(word): word for word in known}
    near = get_close_matches(wrong, known, n=1, cutoff=0.7) or [
        normal[word] for word in get_close_matches(normalise(wrong), normal, n=1, cutoff=0.7)
    ]
    return near[0] if near else ""


# The columns of a rule


def _column_faults(rule: ClaimRule, columns: tuple[str, ...]) -> Iterator[MappingFault]:
    if not rule.columns:
        yield MappingFault(("columns",), "a rule reads at least one column")
    for name in dict.fromkeys(rule.columns):
        if name not in columns:
            yield _no_column(("columns",), name, columns)
    if len(set(rule.columns)) < len(rule.columns):
        yield MappingFault(("columns",), "a column stands twice in one rule", "Name it once")
    if rule.by_column is not None and rule.by_column not in columns:
        yield _no_column(("by_column",), rule.by_column, columns)
    if rule.by is not None and rule.by_column is not None:
        yield MappingFault(
            ("by_column",), "both “by” and “by_column” say who says so", "Keep one of the two"
        )
    if rule.split == "":
        yield MappingFault(
            ("split",), "“split” is empty", "Write what parts the values, such as “;”"
        )
    elif rule.split is not None and len(rule.columns) > 1:
        yield MappingFault(
            ("split",), "values of one cell are parted, and this rule joins several columns",
            "Write a rule for each column, or take “split” away",
        )  # fmt: skip


# The claim of a rule


def _claim_faults(mapping: Mapping, rule: ClaimRule) -> Iterator[MappingFault]:
    try:
        predicate = vocabulary().predicate(rule.predicate)
        type_ = rule_type(rule)
        if type_:
            vocabulary().check(mapping.subject, rule.predicate, type_)
    except InputError as error:
        yield MappingFault(("predicate",), error.reason, error.mend)
        return
    if not type_:
        yield MappingFault(
            ("predicate",), f"“{rule.predicate}” is a file or another entity, which no cell holds",
            "Leave the column out, and record it by hand",
        )  # fmt: skip
        return
    yield from _option_faults(rule, predicate, type_)
    yield from _slot_faults(rule, type_)
    yield from _term_faults(rule, predicate)
    yield from _holds_faults(mapping, rule)
    yield from _lang_fault(rule.lang)
    if rule.uncertainty is not None and not _METRES.match(rule.uncertainty):
        yield MappingFault(
            ("uncertainty",), f"“{rule.uncertainty}” is no number of metres", 'Write "250"'
        )
    if rule.sensitivity and _below(rule.sensitivity, predicate.least):
        yield MappingFault(
            ("sensitivity",), f"“{rule.predicate}” is never less than {predicate.least}",
            f'Write sensitivity = "{predicate.least}", or leave it away',
        )  # fmt: skip


def _below(one: str, other: str) -> bool:
    return SENSITIVITIES.index(one) < SENSITIVITIES.index(other)


def _told_types(rule: ClaimRule) -> set[str]:
    """The types of value to which the options of a rule belong."""
    told = {type_ for option in _TELLING if getattr(rule, option) for type_ in _OPTIONS[option]}
    slots = set(rule.slots)
    for names, type_ in (
        (DATE_SLOTS, "when"), (POSITION_SLOTS, "where"), (NUMBER_SLOTS, "quantity"),
    ):  # fmt: skip
        if slots & set(names):
            told.add(type_)
    return told


def _option_faults(rule: ClaimRule, predicate: Predicate, type_: str) -> Iterator[MappingFault]:
    for option, types in _OPTIONS.items():
        given = getattr(rule, option)
        if given and given != "hold" and type_ not in types:
            made = " or ".join(predicate.values)
            yield MappingFault(
                (option,), f"“{option}” belongs to a {' or a '.join(types)}, not to a {type_}",
                f"The value of “{predicate.name}” is {made}. Take “{option}” away",
            )  # fmt: skip
    if type_ == "term" and len(rule.columns) > 1:
        yield MappingFault(("columns",), "a term comes from one column", "Write a rule for each")


def _slot_faults(rule: ClaimRule, type_: str) -> Iterator[MappingFault]:
    possible = _slots_for(type_)
    if not rule.slots:
        if type_ in ("where", "quantity") and len(rule.columns) > 1:
            yield MappingFault(
                ("columns",), "it is not told which column is which",
                f"Write slots: {', '.join(possible)}",
            )  # fmt: skip
        return
    if not possible:
        yield MappingFault(("slots",), f"a {type_} has no slots", "Take “slots” away")
        return
    for slot in dict.fromkeys(rule.slots):
        if slot not in possible:
            yield MappingFault(
                ("slots",), f"“{slot}” is no slot of a {type_}", _nearest(slot, possible, "It has")
            )
    if len(rule.slots) != len(rule.columns):
        yield MappingFault(
            ("slots",), f"{len(rule.slots)} slots stand for {len(rule.columns)} columns",
            "Write one for each column, in the same order",
        )  # fmt: skip
    if type_ != "name":
        yield from _number_slot_faults(rule, type_)


def _number_slot_faults(rule: ClaimRule, type_: str) -> Iterator[MappingFault]:
    """Slots of dates, positions and numbers: each once, and those without which nothing is said."""
    if len(set(rule.slots)) < len(rule.slots):
        yield MappingFault(("slots",), "a slot stands twice", "Each column has a slot of its own")
    needed = {"when": ("year",), "where": ("longitude", "latitude")}.get(type_, ())
    for slot in needed:
        if slot not in rule.slots:
            yield MappingFault(("slots",), f"the {slot} is missing", "Name its column")
    if type_ == "when" and "day" in rule.slots and "month" not in rule.slots:
        yield MappingFault(
            ("slots",), "a day without a month is no date", "Name the month's column"
        )


def _slots_for(type_: str) -> tuple[str, ...]:
    match type_:
        case "name":
            return tuple(vocabulary().terms("name_slot"))
        case "when":
            return DATE_SLOTS
        case "where":
            return POSITION_SLOTS
        case "quantity":
            return NUMBER_SLOTS
        case _:
            return ()


def _term_faults(rule: ClaimRule, predicate: Predicate) -> Iterator[MappingFault]:
    if not predicate.vocabulary:
        return
    seen: dict[str, str] = {}
    for word, term in rule.terms.items():
        try:
            vocabulary().term(predicate.vocabulary, term)
        except InputError as error:
            yield MappingFault(("terms", word), error.reason, error.mend)
        if seen.setdefault(normalise(word), term) != term:
            yield MappingFault(
                ("terms", word), f"“{word}” stands twice, with two terms",
                "Words are compared without case, points and marks: keep one",
            )  # fmt: skip


def _holds_faults(mapping: Mapping, rule: ClaimRule) -> Iterator[MappingFault]:
    if rule.holds is None:
        return
    dates = list(_date_predicates(mapping.claims))
    if rule.holds not in dates or rule.holds == rule.predicate:
        yield MappingFault(
            ("holds",), f"no other rule makes a date “{rule.holds}”",
            _nearest(rule.holds, dates, "Rules make the dates"),
        )  # fmt: skip


def _date_predicates(rules: Iterable[ClaimRule]) -> Iterator[str]:
    for rule in rules:
        try:
            if rule_type(rule) == "when":
                yield rule.predicate
        except InputError:  # told of that rule itself
            continue


def _lang_fault(lang: str | None) -> Iterator[MappingFault]:
    if lang is not None and not _LANG.match(lang):
        yield MappingFault(
            ("lang",), f"“{lang}” is no language tag", "Write a BCP 47 tag, such as fa or ar"
        )
