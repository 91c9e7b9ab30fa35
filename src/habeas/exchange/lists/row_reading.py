"""One row of a list as the claims that it makes, the questions that keep it back, or neither."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from habeas.claims.claim import Claim
from habeas.claims.locator import Cell
from habeas.claims.values import When
from habeas.errors import InputError
from habeas.exchange.lists.mended import STILL_ASKED
from habeas.exchange.lists.row_rules import Read, RowRule, RowRules
from habeas.exchange.tables.table import Row

MOST_CLAIMS: Final = 768
"""What one entry holds (`docs/spec/record.md`)."""

_LONGEST: Final = 200
"""Letters of a cell that a question repeats."""


class Question(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that a person has to decide before a row can be recorded."""

    column: str
    """The name of the column, several joined by ` + `; empty for the whole row."""
    words: str
    """What stands there."""
    reason: str
    mend: str

    def describe(self) -> str:
        """The question in one line, for a cell of the file of rows that were held back."""
        reason = self.reason if not self.words or self.words in self.reason else (
            f"“{self.words}”: {self.reason}"
        )  # fmt: skip
        head = f"{self.column}: {reason}" if self.column else reason
        return f"{head}. {self.mend}" if self.mend else head


class ReadRow(NamedTuple):
    """What a row says."""

    claims: tuple[Claim, ...] = ()
    """What is recorded: all of it in one entry. Empty when there is a question or a rejection."""
    questions: tuple[Question, ...] = ()
    rejected: str = ""
    """Why the row cannot be recorded at all."""
    warnings: tuple[tuple[str, str, str], ...] = ()
    """Column, words, and what is odd about their letters; the row is recorded all the same."""
    filled: tuple[int, ...] = ()
    """The rules that found a value."""
    asked: tuple[int, ...] = ()
    """The rules that found a question."""


def new_subjects(prefix: str) -> Iterator[str]:
    """Ids of what rows describe, as many as are asked for: by chance, each greater than the last.

    Never made from what the row says. An id is read by everybody who sees the entity named, and a
    digest of names and dates would let a stranger try all likely names until one fits: hidden
    words would be known by their id. Ids that grow keep the index of a long list in order; they
    tell no more than the places of the entries in the log do, and the gaps between them, by chance
    too, do not tell how many stand between.

    Args:
        prefix: `person`, `site`...
    """
    first = _letters(os.urandom(5))
    number = 0
    while True:
        number += 1 + int.from_bytes(os.urandom(2))
        yield f"{prefix}:{first}{_letters(number.to_bytes(5))}"


def _letters(number: bytes) -> str:
    """Letters and digits in the order of the numbers that they write."""
    return base64.b32hexencode(number).decode("ascii").lower()


def read_row(row: Row, rules: RowRules, subject: str) -> ReadRow:
    """The claims of one row, or why there are none.

    Args:
        row: of the table that the rules were made for.
        rules: as `compile_rules` gives them.
        subject: the entity that the row describes.

    Returns:
        Claims when the row can be recorded; else questions, or a reason for the rejection.
    """
    found = [rule.read(row) for rule in rules.rules]
    questions = _of_faults(row, rules) if row.faults else []
    questions += [
        _question(rule, read.asked, row)
        for rule, read in zip(rules.rules, found, strict=True)
        if read.asked is not None
    ]
    filled = tuple([number for number, read in enumerate(found) if read.values])
    asked = tuple([number for number, read in enumerate(found) if read.asked is not None])
    rejected = "" if questions else _rejection(rules, filled)
    if rejected or questions:
        return ReadRow((), tuple(questions), rejected, (), filled, asked)
    claims = _claims(row, rules, found, subject)
    if len(claims) > MOST_CLAIMS:
        reason = f"{len(claims)} statements stand in this row; an entry holds {MOST_CLAIMS}"
        many = Question(column="", words="", reason=reason, mend="Make several rows of it")
        return ReadRow((), (many,), "", (), filled, asked)
    warnings = tuple(
        [
            (rule.name, _brief(joined_cells(row, rule), _LONGEST), read.odd)
            for rule, read in zip(rules.rules, found, strict=True)
            if read.odd
        ]
    )
    return ReadRow(tuple(claims), (), "", warnings, filled, asked)


def _claims(row: Row, rules: RowRules, found: list[Read], subject: str) -> list[Claim]:
    number, sheet, columns = row.number, rules.table.sheet, rules.table.columns
    cells = row.cells
    claims: list[Claim] = []
    for rule, read in zip(rules.rules, found, strict=True):
        if not read.values:
            continue
        by = None if rule.says is None else rule.says(row)
        locator = tuple(
            [
                Cell(row=number, sheet=sheet, column=columns[column].address)
                for column in rule.columns
                if cells[column] or len(rule.columns) == 1
            ]
        )
        holds = None if rule.holds is None else _date(found[rule.holds])
        claims += [
            Claim(
                subject=subject,
                predicate=rule.rule.predicate,
                value=value,
                source=rules.source,
                locator=locator,
                by=by,
                holds=holds,
                note=rules.note,
                sensitivity=rule.sensitivity,
            )
            for value in read.values
        ]
    return claims


def _date(read: Read) -> When | None:
    return next((value for value in read.values if isinstance(value, When)), None)


def joined_cells(row: Row, rule: RowRule) -> str:
    """The words in the columns of a rule."""
    return " ".join(text for column in rule.columns if (text := row.cells[column].strip()))


def _question(rule: RowRule, asked: InputError, row: Row) -> Question:
    return Question(
        column=rule.name,
        words=_brief(joined_cells(row, rule), _LONGEST),
        reason=_brief(asked.reason, 2 * _LONGEST),
        mend=asked.mend,
    )


def _brief(text: str, longest: int) -> str:
    """Enough of a text to know it by: a cell can be as long as a testimony."""
    return text if len(text) <= longest else f"{text[:longest]}…"


def _of_faults(row: Row, rules: RowRules) -> list[Question]:
    """What the reader of the file found, where the mapping reads."""
    mapped = {column for rule in rules.rules for column in rule.columns}
    return [
        Question(
            column="" if fault.column is None else rules.table.columns[fault.column].name,
            words="" if fault.column is None else _brief(row.cells[fault.column], _LONGEST),
            reason=fault.reason,
            mend=STILL_ASKED,
        )
        for fault in row.faults
        if fault.column is None or fault.column in mapped
    ]


def _rejection(rules: RowRules, filled: tuple[int, ...]) -> str:
    said = {rules.rules[number].rule.predicate for number in filled}
    if said & rules.needs:
        return ""
    if not rules.rules:
        return "the mapping reads no column of this table"
    if not filled:
        return "nothing stands in the columns that the mapping reads"
    return f"the row has no {' and no '.join(sorted(rules.needs))}"
