"""One thing that can be said of a file or of a hand-over, before it has a source and a sensitivity.

A detail becomes a claim when the registry adds the subject, the source and the clearance. Most of
what files say of themselves can betray who made them: what nobody classified is `team`, and the
vocabulary sets that as the least for positions, devices, authors and file names.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import msgspec

from habeas.claims.values import Quantity, Text, Value

WORDS_LIMIT = 4000
"""Longest text taken from inside a file, in characters; one claim must fit in an entry."""


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """A predicate with its value; unpacks as the pair `predicate, value`."""

    predicate: str
    """A predicate of the vocabulary."""
    value: Value
    note: str | None = None
    """How the value reached the record."""

    def __iter__(self) -> Iterator[str | Value]:
        yield self.predicate
        yield self.value


def words_of(raw: object) -> str | None:
    """Text found inside a file, when it can stand in the record as it is.

    Padding (NUL, spaces around) is dropped. Nothing is returned for empty text, text longer than
    `WORDS_LIMIT`, or text that has no UTF-8 form (a lone half of a surrogate pair).
    """
    text = str(raw).strip("\x00 \t\r\n")
    if not text or len(text) > WORDS_LIMIT:
        return None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return text


def text_detail(predicate: str, raw: object) -> list[Detail]:
    """A text detail, or none when there are no usable words."""
    text = words_of(raw)
    return [Detail(predicate=predicate, value=Text(text=text))] if text else []


def count_detail(predicate: str, number: int, unit: str | None = None) -> Detail:
    """A whole number, known exactly."""
    digits = str(number)
    return Detail(
        predicate=predicate, value=Quantity(text=digits, low=digits, high=digits, unit=unit)
    )


def unreadable(why: str) -> Detail:
    """What stands in the record when a file's metadata could not be read."""
    return Detail(
        predicate="metadata_unreadable",
        value=Text(text=f"metadata could not be read: {why}"[:WORDS_LIMIT], lang="en"),
        note="read by habeas; the file itself was kept whole",
    )


def decimal_digits(number: Fraction, places: int) -> str:
    """A fraction as the decimal string that values use: rounded, no trailing zeros."""
    scaled = round(abs(number) * 10**places)
    whole, rest = divmod(scaled, 10**places)
    fraction = f"{rest:0{places}d}".rstrip("0")
    sign = "-" if number < 0 and scaled else ""
    return f"{sign}{whole}" + (f".{fraction}" if fraction else "")
