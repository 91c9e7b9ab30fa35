"""What a phrase of a date can mean to the grammar."""

from __future__ import annotations

from typing import NamedTuple

KINDS = {
    "M": "month", "S": "season", "J": "day with a name", "D": "the word decade",
    "W": "a decade in words", "N": "weekday", "Q": "time of day in words", "P": "third",
    "H": "half", "X": "ten days of a month", "V": "week of a month", "L": "edge", "A": "about",
    "B": "before", "U": "until", "F": "after", "O": "from", "T": "to", "G": "between",
    "&": "and, or", "C": "calendar", "K": "unknown", "I": "a unit of time",
    "R": "relative to the day it was said",
    "?": "a word with two senses", "n": "number in words", "Y": "year in words", "_": "nothing",
}  # fmt: skip
"""The kinds of phrases. Digits are Y (three or more), n (two or fewer), E (with an s), Z (a time of
day); `-`, `/`, `.` and `,` are marks."""


class Meaning(NamedTuple):
    """What a phrase stands for in the grammar of `habeas.claims.dates`."""

    kind: str
    """One letter, see `KINDS`."""
    number: int = 0
    calendar: str = ""
    """The calendar that the phrase names; `hijri` when it names no variant."""
    ordinal: bool = False
    """A number that can only be a day: third, سوم."""
    note: str = ""
    """The question, for a word with two senses; `zodiac` or `kurdish` for such a month;
    `days` or `months` for parts that are counted in them; `unit` for units of time."""
