"""Number formats of workbooks: whether a number is a date, and what of it is shown.

The codes are those of ECMA-376 part 1 (5th edition, 18.8.30 and 18.8.31); old workbooks use the
same ones.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

import msgspec


class Shape(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How a number is shown."""

    kind: Literal["plain", "padded", "moment", "duration"] = "plain"
    width: int = 0
    """Of padded numbers: how many digits are shown at least."""
    year: bool = False
    month: bool = False
    day: bool = False
    time: bool = False
    seconds: bool = False
    calendar: str | None = None
    """In words, when dates are shown in a calendar other than the Gregorian."""


PLAIN: Final = Shape()

BUILT_IN: Final[dict[int, str]] = {
    14: "m/d/yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    27: "yyyy-m", 28: "m-d", 29: "m-d", 30: "m-d-yy", 31: "yyyy-m-d", 32: "h:mm", 33: "h:mm:ss",
    34: "h:mm", 35: "h:mm:ss", 36: "yyyy-m", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0",
    50: "yyyy-m", 51: "m-d", 52: "yyyy-m", 53: "m-d", 54: "m-d", 55: "yyyy-m", 56: "m-d",
    57: "yyyy-m", 58: "m-d",
}  # fmt: skip
"""Formats that are meant by their number alone, where they are dates or times."""

_LONGEST: Final = 255
"""Characters of a format code (the limit of spreadsheet programs)."""
_PADDED: Final = re.compile(r"(?:\[\$-[^\]]*\])?(0{2,})")
_LITERAL: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.')
_ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKET: Final = re.compile(r"\[[^\]]*\]")
_HALF_DAY: Final = re.compile(r"am/pm|a/p", re.IGNORECASE)
_LOCALE: Final = re.compile(r"\[\$[^\]-]*-([^\],]+)(?:,([0-9A-Fa-f]{1,2}))?\]")
_MINUTES: Final = re.compile(r"h[^a-z]*m{1,2}(?!m)|(?<!m)m{1,2}[^a-z]*s", re.IGNORECASE)

_CALENDARS: Final[dict[int, str]] = {
    0x06: "Hijri", 0x16: "Solar Hijri", 0x17: "Hijri (Umm al-Qura)", 0x07: "Buddhist",
    0x08: "Hebrew", 0x03: "Japanese", 0x04: "Taiwanese", 0x05: "Korean",
}  # fmt: skip
"""CALID of Windows and of the formats of Office."""


@lru_cache(maxsize=4096)
def shape_of(code: str) -> Shape:
    """How numbers are shown by a format code such as `yyyy-mm-dd` or `00000`."""
    if len(code) > _LONGEST or code.casefold() == "general":
        return PLAIN
    if padded := _PADDED.fullmatch(code):
        return Shape(kind="padded", width=len(padded[1]))
    bare = _LITERAL.sub("", code).partition(";")[0]
    if _ELAPSED.search(bare):
        return Shape(kind="duration", time=True, seconds="s" in bare.lower())
    hijri = re.search("b2", _BRACKET.sub("", bare), re.IGNORECASE)
    calendar = "Hijri" if hijri else _calendar(bare)
    letters = _HALF_DAY.sub("", _BRACKET.sub("", bare)).lower()
    if "general" in letters or not re.search("[ymdhse]", letters) or "e+" in letters:
        return PLAIN
    return _moment(letters, calendar)


def _moment(letters: str, calendar: str | None) -> Shape:
    time = "h" in letters or "s" in letters
    months = _MINUTES.sub("", letters) if time else letters
    shape = Shape(
        kind="moment", year="y" in letters or "e" in letters, month="m" in months,
        day="d" in letters, time=time, seconds="s" in letters, calendar=calendar,
    )  # fmt: skip
    return shape if shape.year or shape.month or shape.day or time else PLAIN


def _calendar(code: str) -> str | None:
    """The calendar that a locale within a format asks for: `[$-3000401]`, `[$-fa-IR,16]`."""
    for locale, calendar in _LOCALE.findall(code):
        number = int(calendar, 16) if calendar else 0
        language = locale.lower()
        if re.fullmatch("[0-9a-f]{5,8}", language):
            number = number or int(language, 16) >> 16 & 0xFF
            language = language[-4:]
            # Persian and the Arabic of Saudi Arabia with other digits: what is shown then hangs
            # on the settings of the computer.
            if not number and language in {"0429", "0401", "048c", "0463"}:
                return "another calendar, by the settings of the computer"
        if number in _CALENDARS:
            return _CALENDARS[number]
        if not number and language.startswith(("fa", "0429", "ps", "prs")):
            return "another calendar, by the settings of the computer"
    return None
