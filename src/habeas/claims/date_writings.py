"""One date written in two calendars, such as `۶ مرداد ۱۳۶۷ (۲۸ ژوئیه ۱۹۸۸)`: both have to agree."""

from __future__ import annotations

import re
from typing import NamedTuple

from habeas.claims.date_ranges import Bounded
from habeas.claims.date_resolving import Note
from habeas.errors import InputError

_BRACKETED = re.compile(r"([^()\[\]]+)[(\[]([^()\[\]]*)[)\]][\s.]*")
_EQUALS = re.compile(
    r"\s*(?:=|[,،]?\s*(?:برابر|مصادف|مطابق|معادل)(?:\s+(?:با|است با|بود با))?(?=\s)|"
    r"[,،]?\s*(?:i\.e\.|that is|equivalent to|equal to|corresponding to|الموافق)(?=\s))\s*"
)
_APART = (re.compile(r"\s+[/|]\s+"), re.compile(r"\s*[/,،;؛|]\s*"), re.compile(r"\s+[-–—]\s+"))
_MAYBE = re.compile(r"[()\[\]=/|,،;؛]|\s[-–—]\s|برابر|مصادف|مطابق|معادل|i\.e|that|equ|corr|الموافق")
"""What stands in every date of two writings; most dates hold none of it."""

_YEAR = re.compile(r"\d{4}(?!\d)")


class Writings(NamedTuple):
    """The two writings of one date."""

    parts: tuple[str, str]
    bracketed: bool
    """The words say that both mean one date; else they do only if they are in two calendars."""


def writings_of(text: str) -> Writings | None:
    """The two writings of a date, or None when there is one.

    Args:
        text: as a source writes it.
    """
    if not _MAYBE.search(text):
        return None
    if found := _BRACKETED.fullmatch(text.strip()):
        if any(letter.isdigit() for letter in found[2]):
            return Writings((found[1], found[2]), bracketed=True)
        return None
    equal = _EQUALS.split(text)
    if len(equal) == 2 and all(equal):
        return Writings((equal[0], equal[1]), bracketed=True)
    for mark in _APART:
        parts = mark.split(text)
        if len(parts) == 2 and all(map(_YEAR.search, parts)):
            return Writings((parts[0], parts[1]), bracketed=False)
    return None


def without_brackets(text: str) -> str:
    """A date with a remark in brackets, without them: `6 Mordad 1367 (Thursday)`.

    Args:
        text: as a source writes it.
    """
    if ")" not in text and "]" not in text:
        return text
    found = _BRACKETED.fullmatch(text.strip())
    return text if found is None else f"{found[1]} {found[2]}"


def agreement(one: Bounded, other: Bounded) -> Bounded:
    """The more precise of two writings of one date, which has to lie within the other.

    Args:
        one: the writing that stands first; its calendar is that of the words.
        other: the second.

    Raises:
        InputError: neither lies within the other (years and months of two calendars are often
            matched loosely, so that what they share is not what is meant), or one is open.
    """
    if not (one.earliest and one.latest and other.earliest and other.latest) or _of_one_end(
        one, other
    ):
        raise InputError(
            "one of two writings has a bound that the other has not", mend="Write one of them"
        )
    first, last = max(one.earliest, other.earliest), min(one.latest, other.latest)
    inner = next(
        (each for each in (one, other) if (each.earliest, each.latest) == (first, last)), None
    )
    if inner is None:
        reason = "differ" if first > last else "agree only in part"
        raise InputError(
            f"the two writings {reason}: {_span(one)} and {_span(other)}",
            mend="Which is meant? Write one of them, or give earliest, latest and precision",
        )
    notes = (*one.notes, Note("two_writings"))
    return one._replace(earliest=first, latest=last, precision=inner.precision, notes=notes)


def _of_one_end(one: Bounded, other: Bounded) -> bool:
    """A range beside a single date: the second writing may be that of one end."""
    return one.precision == "range" and other.precision != "range"


def _span(found: Bounded) -> str:
    same = found.earliest == found.latest
    return f"{found.earliest}" if same else f"{found.earliest} to {found.latest}"
