"""One column to one rule: what its header says, held against what stands in it.

A header never decides alone. Where the cells are not what it says, no rule is made, and the reason
says what was found: how many cells of what kind, and never a cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from habeas.claims.vocabulary import Predicate, vocabulary
from habeas.exchange.lists.column_contents import (
    Contents,
    has_digit,
    in_range,
    is_number,
    is_words,
)
from habeas.exchange.lists.column_dates import MOST, dates_in
from habeas.exchange.lists.column_terms import terms_in
from habeas.exchange.lists.header_meanings import HeaderReading, Meaning, several
from habeas.exchange.lists.mapping import ClaimRule
from habeas.exchange.lists.mapping_faults import rule_type

HALF: Final = 0.5
"""A column of which less is what its header says is taken for something else."""

_WORDS_SHARE: Final = 0.8
_OLDEST: Final = 120

_NUMBERED: Final = frozenset(
    ("list_number", "national_id", "shenasnameh_number", "site_number", "grave_position")
)
"""Predicates of which the words have digits."""
_LONGEST_NUMBER: Final = 40

_FREE: Final = frozenset(
    (
        "remark", "cited_source", "description", "sentence", "physical_description", "charge",
        "imprisoned_before", "place_description", "residence", "family_informed", "protection",
        "who_is_buried", "education", "steps_taken", "remains_exhumed",
    )
)  # fmt: skip
"""Predicates whose words may be anything."""

_STRONG: Final = ("؛", ";", "|", "\n")
"""What parts values and nothing else; the rest also stands inside of one value."""
_WEAK: Final = ("/", "،", ",")
_OFTEN: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A column of which the header says one thing."""

    column: Contents
    reading: HeaderReading
    meaning: Meaning

    @property
    def predicate(self) -> Predicate:
        """What it says."""
        return vocabulary().predicate(self.meaning.predicate)

    @property
    def header(self) -> str:
        """What the header says, in words of ours."""
        langs = ", ".join(sorted(self.reading.langs))
        part = f", {self.meaning.part.rstrip('?')}" if self.meaning.part else ""
        return f"the header says “{self.predicate.label()}{part}” ({langs})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What becomes of a column."""

    rule: ClaimRule | None
    reason: str
    sure: bool
    """Whether a person has nothing to decide."""


def judge(said: Said, *, lunar_likely: bool = False) -> Judged:
    """The rule of one column, if the cells are what the header says.

    Args:
        said: the column and what its header says.
        lunar_likely: whether years of the list may be lunar.
    """
    if not said.column.filled:
        rule = None if said.meaning.part else _rule(said)
        reason = f"{said.header}; no cell is filled in the first {said.column.rows} rows"
        return Judged(rule=rule, reason=reason, sure=False)
    judged = _JUDGES[rule_type(_rule(said))](said, lunar_likely)
    if said.reading.partial and judged.rule is not None:
        reason = f"{judged.reason}; some words of the header are not known here"
        return Judged(rule=judged.rule, reason=reason, sure=False)
    return judged


def rule_of(said: Said, **options: Any) -> ClaimRule:
    """A rule for the columns of a predicate, with the sensitivity and the words for nothing."""
    return _rule(said, **options)


def _rule(said: Said, **options: Any) -> ClaimRule:
    least = said.predicate.least
    return ClaimRule(
        predicate=said.meaning.predicate,
        columns=(said.column.name,),
        nothing=said.column.nothing,
        sensitivity="sealed" if least == "sealed" else None,
        **options,
    )


def _judged(said: Said, found: str, sure: bool, **options: Any) -> Judged:
    return Judged(rule=_rule(said, **options), reason=f"{said.header}; {found}", sure=sure)


def _refused(said: Said, found: str) -> Judged:
    return Judged(rule=None, reason=f"{said.header}, but {found}", sure=False)


# By the type of the value


def _text(said: Said, lunar_likely: bool) -> Judged:
    column, predicate = said.column, said.meaning.predicate
    if predicate in _NUMBERED:
        return _numbered(said)
    if predicate not in _FREE:
        if (numbers := column.share(is_number)) > HALF:
            return _refused(said, f"{numbers:.0%} of the cells are numbers")
        if column.days or column.share(has_digit) > HALF:
            read = dates_in(column).read if column.filled else 0
            if read > HALF:
                return _refused(said, f"{read:.0%} of the cells are dates")
    found = f"{column.filled} of {column.rows} cells are filled{_in_script(column)}"
    if predicate == "cited_source":
        found += "; if it is who says so, write by_column in the other rules instead"
    split, note = _parted(said)
    return _judged(said, found + note, not note or split is not None, split=split)


def _numbered(said: Said) -> Judged:
    column = said.column
    share = column.share(lambda cell: has_digit(cell) and len(cell) <= _LONGEST_NUMBER)
    if share < HALF:
        return _refused(said, f"{1 - share:.0%} of the cells are no numbers")
    return _judged(said, f"{share:.0%} of the cells have digits", share >= MOST)


def _name(said: Said, _: bool) -> Judged:
    share = said.column.share(is_words)
    if share < _WORDS_SHARE:
        return _refused(said, f"only {share:.0%} of the cells are words without digits")
    split, note = _parted(said)
    found = f"{share:.0%} of the cells are words{_in_script(said.column)}{note}"
    return _judged(said, found, share >= MOST and (not note or split is not None), split=split)


def _when(said: Said, lunar_likely: bool) -> Judged:
    found = dates_in(said.column, said.reading.calendar, lunar_likely)
    if found.read < HALF:
        return _refused(said, found.says)
    return _judged(said, found.says, found.sure, calendar=found.calendar)


def _quantity(said: Said, _: bool) -> Judged:
    column = said.column
    age = said.meaning.predicate == "age"
    share = column.share(in_range(0, _OLDEST) if age else has_digit)
    if share < HALF:
        kind = f"numbers from 0 to {_OLDEST}" if age else "numbers"
        return _refused(said, f"only {share:.0%} of the cells are {kind}")
    unit = said.reading.unit if said.reading.unit in ("m", "m2") else None
    return _judged(said, f"{share:.0%} of the cells are numbers", share >= MOST, unit=unit)


def _term(said: Said, _: bool) -> Judged:
    found = terms_in(said.column.cells, said.predicate.vocabulary)
    if found.known < HALF:
        return _refused(said, _no_terms(found.unknown))
    says = f"{found.known:.0%} of the cells are words for {said.predicate.vocabulary}"
    if found.unknown:
        says += f"; {found.unknown} other words wait for a term: write them under [claim.terms]"
    return _judged(said, says, not found.unknown, terms=found.terms)


def _where(said: Said, _: bool) -> Judged:
    column = said.column
    share = column.share(has_digit) if column.cells else 1.0
    if share < HALF:
        return _refused(said, f"only {share:.0%} of the cells have numbers")
    return _judged(said, f"positions; {KIND_ASKED}", False)


KIND_ASKED: Final = (
    'are they exact? Write location_kind = "exact", "approximate" or "representative"'
)

_JUDGES: Final[dict[str, Callable[[Said, bool], Judged]]] = {
    "text": _text, "name": _name, "when": _when, "quantity": _quantity, "term": _term,
    "where": _where,
}  # fmt: skip


def _in_script(column: Contents) -> str:
    scripts = {"Arab": "Arabic", "Latn": "Latin", "Cyrl": "Cyrillic"}
    return f", in {scripts.get(column.script, column.script)} script" if column.script else ""


def _parted(said: Said) -> tuple[str | None, str]:
    """What parts several values in one cell, and what to say about it."""
    column, predicate = said.column, said.meaning.predicate
    if predicate in _FREE or column.lists:
        return None, ""
    strong = [mark for mark in _STRONG if column.share(partial(_holds, mark)) > 0]
    many = predicate in several()
    if len(strong) == 1 and many:
        return strong[0], f"; {_called(strong[0])} parts several values"
    if strong:
        marks = " and ".join(map(_called, strong))
        return None, f"; {marks} stands in some cells: write split if it parts several values"
    weak = [m for m in _WEAK if column.share(partial(_holds, m)) >= _OFTEN]
    if weak and many:
        marks = " or ".join(map(_called, weak))
        return None, f"; {marks} may part several values: write split if it does"
    return None, ""


def _called(mark: str) -> str:
    return "a line break" if mark == "\n" else f"“{mark}”"


def _holds(mark: str, cell: str) -> bool:
    return mark in cell


def _no_terms(count: int) -> str:
    if count == 1:
        return "a word in it is no term known here"
    return f"{count} different words in it are no terms known here"
