"""What in a text a reader cannot see, or takes for something else.

Homoglyphs (a Cyrillic `а` inside a Latin name) and marks of direction make two names differ that
look the same (Unicode Technical Standard 39). The text is recorded as it stands; whoever imports it
is told.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_UNSEEN: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b"
    "\u200e\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff\uffa0\ufffc\ufffd\U000e0000-\U000e007f]"
)
"""Controls, marks of direction, blanks without width, and what stands for a letter that was lost.
The joiners U+200C and U+200D are spelling in Persian, and are left alone."""

_PLAIN: Final = re.compile("[\t\n\r -~\u200c\u060c\u0620-\u065f\u066a-\u06d3\u06f0-\u06fc]*")
"""ASCII, and the letters and digits of Arabic and Persian."""

_LATIN: Final = re.compile("[A-Za-z]")
_ARABIC: Final = re.compile("[\u0620-\u064a\u066e-\u06d3\u06fa-\u06fc]")
_WORD: Final = re.compile(r"[^\W\d_]+")


def unseen(text: str) -> str:
    """What stands in a text and cannot be seen, in words; empty when there is nothing.

    Args:
        text: as found.
    """
    if text.isascii() and text.isprintable():
        return ""
    found = dict.fromkeys(_UNSEEN.findall(text))
    if not found:
        return ""
    codes = ", ".join(f"U+{ord(letter):04X}" for letter in list(found)[:5])
    return f"characters that cannot be seen: {codes}"


def mixed_scripts(text: str) -> str:
    """The words of a text whose letters come from several scripts; empty when there is none.

    Args:
        text: a name as found.
    """
    if _PLAIN.fullmatch(text) and not (_LATIN.search(text) and _ARABIC.search(text)):
        return ""
    for word in _WORD.findall(text):
        scripts = sorted({_script(letter) for letter in word} - {""})
        if len(scripts) > 1:
            return f"“{word}” has letters of several scripts: {', '.join(scripts)}"
    return ""


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """The script of a letter by its Unicode name; empty for signs that several scripts share."""
    if unicodedata.category(letter) not in ("Lu", "Ll", "Lt", "Lo"):
        return ""
    first = unicodedata.name(letter, "").partition(" ")[0].lower()
    return _FAMILY.get(first, first)


_FAMILY: Final = {
    "hiragana": "cjk", "katakana": "cjk", "hangul": "cjk", "feminine": "latin",
    "masculine": "latin", "micro": "",
}  # fmt: skip
"""Scripts that one word mixes rightly, and letters whose name does not begin with their script."""
