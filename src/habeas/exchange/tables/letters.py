"""Which encoding of one byte a letter makes words of some bytes: by the shares of letters.

The shares are rough means over running Persian and Arabic text, per thousand letters; they need
only tell a right reading from a wrong one, in which common letters become rare ones.
"""

from __future__ import annotations

import math
import re
from typing import Final, Literal

import msgspec

_SHARES: Final = {
    "ا": 133, "ی": 55, "ي": 50, "ل": 70, "ر": 63, "ن": 65, "م": 62, "و": 60, "د": 52, "ه": 48,
    "ت": 47, "ب": 43, "س": 35, "ش": 23, "ک": 16, "ك": 14, "ع": 26, "ف": 21, "ق": 18, "ح": 20,
    "ز": 18, "ج": 14, "خ": 11, "ة": 17, "پ": 6, "گ": 7, "چ": 3, "ژ": 1, "ص": 10, "ط": 9, "ض": 6,
    "غ": 5, "ذ": 5, "ث": 5, "ظ": 2, "أ": 10, "إ": 5, "آ": 6, "ى": 5, "ئ": 4, "ء": 3, "ؤ": 1,
}  # fmt: skip
_SIGNS: Final = frozenset(" \u200c\u200d\u200e\u200f\u00a0،؛؟ـ«»…–—‘’“”•°٪٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")
_WEIGHT: Final = {letter: math.log(share / 1000) for letter, share in _SHARES.items()}
_SIGN: Final = math.log(0.004)
_RARE: Final = math.log(0.0001)

_USUAL: Final = 4.0
"""Windows-1256 is met far more often than its like: 50 times, as a logarithm."""

_ARABIC: Final = {
    "cp1256": "Windows-1256",
    "iso8859_6": "ISO 8859-6",
    "mac_farsi": "Macintosh Farsi",
    "mac_arabic": "Macintosh Arabic",
}
_LATIN: Final = {
    "cp1252": "Windows-1252 (western)",
    "cp1250": "Windows-1250 (central European)",
    "cp1254": "Windows-1254 (Turkish)",
    "mac_roman": "Macintosh Roman",
    "cp850": "code page 850 (DOS)",
}
_ASCII_LETTER: Final = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_HIGH_PAIR: Final = re.compile(rb"(?=[\x80-\xff]{2})")
_HIGH_WORD: Final = re.compile(rb"[\x80-\xff]+")
_CAPITAL_INSIDE: Final = re.compile(r"[a-z][À-ÖØ-ÞŠŽŸĀĂĄĆČĎĐĒĘĚĞİŁŃŇŐŘŚŞŤŮŰŹŻ]")
_WORD: Final = re.compile(r"[^\W\d_][\w\u200c]*")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Some bytes in one encoding."""

    codec: str
    name: str
    letters: str
    """What its bytes beyond ASCII become, each word once, spaces left out."""
    likelihood: float
    """Natural logarithm, over the letters beyond ASCII of different words."""
    mean: float
    example: str
    """A word that is not ASCII."""


def script(sample: bytes) -> Literal["arabic", "latin", "none"]:
    """Whether the bytes beyond ASCII stand in words of their own, or among ASCII letters."""
    among = len(_ASCII_LETTER.findall(sample))
    together = len(_HIGH_PAIR.findall(sample))
    if together >= 3 and together >= among * 3:
        return "arabic"
    return "latin" if among > together * 3 else "none"


def arabic_readings(sample: bytes) -> list[Reading]:
    """The sample in each encoding of Arabic script that has all its bytes, the likeliest first."""
    readings = [_reading(sample, codec, name) for codec, name in _ARABIC.items()]
    return sorted(
        (one for one in readings if one is not None), key=lambda one: one.likelihood, reverse=True
    )


def latin_readings(sample: bytes) -> list[Reading]:
    """The sample in the encodings in which its letters are Latin ones, capitals only in front."""
    readings = []
    for codec, name in _LATIN.items():
        try:
            text = sample.decode(codec)
        except UnicodeDecodeError:
            continue
        high = [sign for sign in text if not sign.isascii() and sign not in _SIGNS]
        if all(sign.isalpha() for sign in high) and not _CAPITAL_INSIDE.search(text):
            readings.append(
                Reading(codec=codec, name=name, letters=text, likelihood=0.0, mean=0.0,
                        example=_example(text))
            )  # fmt: skip
    return readings


def _reading(sample: bytes, codec: str, name: str) -> Reading | None:
    try:
        text = sample.decode(codec)
    except UnicodeDecodeError:
        return None
    # Only what stands for the high bytes: the Macintosh's sets have the signs of ASCII twice.
    # Each word once: a city that stands in every row tells no more than in one.
    words = dict.fromkeys(_HIGH_WORD.findall(sample))
    letters = b"".join(words).decode(codec)
    weights = [_weight(sign) for sign in letters]
    return Reading(
        codec=codec,
        name=name,
        letters="".join(letters.split()),
        likelihood=sum(weights) + (_USUAL if codec == "cp1256" else 0.0),
        mean=sum(weights) / max(1, len(weights)),
        example=_example(text),
    )


def _weight(sign: str) -> float:
    return _WEIGHT.get(sign, _SIGN if sign in _SIGNS else _RARE)


def _example(text: str) -> str:
    words = (word for word in _WORD.findall(text) if not word.isascii())
    return next(words, "")[:30]
