"""What in a name a reader cannot see: marks of direction, signs without shape, look-alikes.

Nothing is taken out: the record keeps a text as it was found. Whoever imports a list is told.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKS = re.compile("[\u061c\u200e\u200f]")
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b"
    "\u2028\u2029\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffd\ufffe\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff]"
)
_JOINERS = re.compile("[\u200c\u200d]")
_JOINER_IN_PLACE = re.compile(r"(?<=[\u0600-\u06ff\u0750-\u077f])[\u200c\u200d](?=[\u0600-\u06ff])")
"""Between two letters of the Arabic script."""

_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036f]*")
_SCRIPTS = {
    "LATIN": "Latin", "CYRILLIC": "Cyrillic", "GREEK": "Greek", "ARMENIAN": "Armenian",
    "CHEROKEE": "Cherokee", "ARABIC": "Arabic", "HEBREW": "Hebrew", "FULLWIDTH": "full-width",
    "MATHEMATICAL": "mathematical",
}  # fmt: skip
_DIGITS = (
    ("0123456789", "European"), ("۰۱۲۳۴۵۶۷۸۹", "Persian"), ("٠١٢٣٤٥٦٧٨٩", "Arabic"),
)  # fmt: skip


def oddities(text: str) -> tuple[str, ...]:
    """What a reader of this text should be told, in words.

    A zero-width non-joiner or joiner between letters of the Arabic script is at home there, as are
    Arabic and Persian ye and kaf side by side.

    Args:
        text: as found.

    Returns:
        One sentence without a full stop for each kind of oddity; empty for most texts.
    """
    if text.isascii() and text.isprintable():
        return ()
    found = [
        _counted(_CONTROLS.findall(text), "character that turns the direction of writing"),
        _counted(_MARKS.findall(text), "invisible mark of direction"),
        _counted(_UNSEEN.findall(text), "character that is not seen or means nothing"),
        _counted(_stray_joiners(text), "joiner where nothing is joined"),
        *(_mixed(word) for word in _WORD.findall(text)),
        _digits(text),
    ]
    return tuple(dict.fromkeys(said for said in found if said))


def _counted(found: list[str], what: str) -> str:
    if not found:
        return ""
    codes = ", ".join(dict.fromkeys(f"U+{ord(character):04X}" for character in found))
    return f"{what} ({codes})" if len(found) == 1 else f"{what}, {len(found)} times ({codes})"


def _stray_joiners(text: str) -> list[str]:
    return _JOINERS.findall(_JOINER_IN_PLACE.sub("", text))


def _mixed(word: str) -> str:
    """One word with letters of several scripts, each foreign letter named."""
    scripts: dict[str, list[str]] = {}
    for letter in word:
        if letter.isalpha():
            name = unicodedata.name(letter, "").partition(" ")[0]
            if name in _SCRIPTS:
                scripts.setdefault(name, []).append(letter)
    if len(scripts) < 2:
        return ""
    few = min(scripts, key=lambda name: len(scripts[name]))
    letters = dict.fromkeys(f"U+{ord(letter):04X}" for letter in scripts[few])
    codes = f"{', '.join(letters)} {'is' if len(letters) == 1 else 'are'} {_SCRIPTS[few]}"
    names = " and ".join(sorted(_SCRIPTS[name] for name in scripts))
    return f"{names} letters in one word, “{word}” ({codes})"


def _digits(text: str) -> str:
    kinds = [name for digits, name in _DIGITS if any(digit in text for digit in digits)]
    return f"digits of several scripts ({' and '.join(kinds)})" if len(kinds) > 1 else ""
