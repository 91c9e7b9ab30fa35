"""Which published romanisation a Latin form may be in, told by letters that only a few tables use.

A scheme is recorded with a Latin form only where the source names it; what is found here is a
question for whoever records. Tables: ALA-LC (Arabic, Persian), IJMES, DIN 31635 and DMG, ISO 233
(1984) and ISO 233-3 (1999), UN 1967 (Persian), UN 1972 and BGN/PCGN 1956 (Arabic), UN 2012
(Persian).
"""

from __future__ import annotations

import re
import unicodedata

_SCHEMES = {
    "ALA-LC": "ā ī ū á ḥ ṣ ḍ ṭ ẓ z̤ ẕ s̲ z̲ ż ʻ ʼ ’",
    "IJMES": "ā ī ū ḥ ṣ ḍ ṭ ẓ ż s̲ z̲ ʿ ʾ",
    "DIN 31635 / DMG": "ā ī ū ē ō ṯ ǧ č ḥ ḫ ḏ š ž ṣ ż ḍ ṭ ẓ ġ s̱ ẕ ʿ ʾ",
    "ISO 233": "ā ī ū ỳ ẗ ṯ ǧ ḥ ẖ ḏ š ṣ ḍ ṭ ẓ ġ č ž ʿ ʾ ˈ ˌ s̱ ẕ ż",
    "UN 1967 / BGN/PCGN (Persian)": "ā ī ū ḩ ş ţ z̧ ẕ z̄ s̄ ‘ ’",
    "UN 1972 / BGN/PCGN 1956 (Arabic)": "ā ī ū á ḩ ş ḑ ţ z̧ ‘ ’",
    "UN 2012 (Persian)": "ā š č ž ʼ ’",
}
"""Letters beyond plain Latin that each table uses."""

_TELLING = "ḥ ṣ ḍ ṭ ẓ z̤ ẕ s̲ z̲ ż ṯ ǧ ḫ ḏ ẖ s̱ ḩ ţ ḑ z̧ z̄ s̄ ʻ ʿ ʾ ẗ ġ"
"""Letters of which one at least must stand in a text before anything is said of it. Macrons and
š č ž alone are also Latvian, Czech or Bosnian."""

_PAIRED = ("ā", "š", "č", "ž")
"""ā tells together with one of the others (UN 2012, ISO, DMG)."""

_DIGRAPHS = re.compile("sh|kh|gh|zh|ch|th|dh")
_WITHOUT_DIGRAPHS = frozenset(("DIN 31635 / DMG", "ISO 233", "UN 2012 (Persian)"))


def schemes_of(text: str) -> tuple[str, ...]:
    """The schemes whose letters a Latin form shows.

    Args:
        text: a name or a passage.

    Returns:
        The names of all tables that use every letter beyond plain Latin that stands in the text;
        empty when the letters betray nothing, or no table here has them all.
    """
    letters = _special(text)
    if not (letters & _letters(_TELLING) or _tells_together(letters)):
        return ()
    plain = unicodedata.normalize("NFC", text).casefold()
    found = [name for name, listed in _SCHEMES.items() if letters <= _letters(listed)]
    if _DIGRAPHS.search(plain):
        found = [name for name in found if name not in _WITHOUT_DIGRAPHS]
    return tuple(found)


def _special(text: str) -> frozenset[str]:
    return frozenset(
        letter for letter in _clusters(text.casefold())
        if not letter.isascii() and (letter[0] < "\u0300" or letter in "‘’")
    )  # fmt: skip


def _letters(listed: str) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFD", letter) for letter in listed.split())


def _clusters(text: str) -> list[str]:
    """Each letter with the marks on it, decomposed."""
    return re.findall(r"[^\W\d_][\u0300-\u036f]*|[‘’]", unicodedata.normalize("NFD", text))


def _tells_together(letters: frozenset[str]) -> bool:
    first, *others = (unicodedata.normalize("NFD", letter) for letter in _PAIRED)
    return first in letters and not letters.isdisjoint(others)
