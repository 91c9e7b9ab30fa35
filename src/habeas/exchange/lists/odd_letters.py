"""What a reader cannot see in a cell, or takes for something else (`claims.name_oddities`).

The text is recorded as it stands; whoever imports it is told, row by row. Most cells of a list are
plain, and are passed at once.
"""

from __future__ import annotations

import re
from typing import Final

from habeas.claims.name_oddities import oddities
from habeas.claims.values import Name, Value, words

_LETTERS: Final = re.compile(
    "[ \u0621-\u0652\u0670-\u06d3\u06d5]+"
    "(?:(?<! )\u200c(?=[\u0621-\u064a\u0671-\u06d3])[ \u0621-\u0652\u0670-\u06d3\u06d5]+)*"
)
"""Letters and points of Arabic and Persian; a non-joiner between two letters."""

_HIDDEN: Final = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufffc\ufffd\U000e0000-\U000e007f]"
)
"""Controls, marks of direction, blanks without width, and what stands for a lost letter."""


def odd(value: Value) -> str:
    """What a reader of a value should be told of its letters; empty for most.

    Args:
        value: as read from a cell. Of names look-alikes are told, too: a Cyrillic `а` in a Latin
            name makes another name that looks the same (Unicode Technical Standard 39).
    """
    text = words(value)
    if text.isascii() and text.isprintable():
        return ""
    if isinstance(value, Name):
        return "" if _LETTERS.fullmatch(text) else "; ".join(oddities(text))
    return "; ".join(oddities(text)) if _HIDDEN.search(text) else ""
