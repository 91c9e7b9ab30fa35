"""Names and words as they are looked up: normalised forms and keys that do not depend on script.

Everything here is derived. The words of a source are stored as found and never replaced by these
forms. `docs/spec/record.md` knows nothing of them: an index may be rebuilt with better ones.

The key of a word is its skeleton of consonants as Persian speaks them, so that «خاوران» and
"Khavaran", "Ahwaz" and "Ahvaz" share one: letters that Persian does not tell apart by ear are one
class (ث س ص; ذ ز ض ظ; ت ط; غ ق), short and long vowels fall away, و and ی count only where a
word begins. It finds too much rather than too little, and says nothing about identity.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

KEY_MARK = "zz"
"""What a key begins with; no word that `search_words` gives does."""

COMMON_WORDS = frozenset(
    Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split()
)
"""Common words of English and Persian, normalised. They are looked up as they are and get no key:
"prison" would find "person"."""

_MIN_KEY = 2
"""Consonants that a key has at least; a shorter one would find half of the language."""

_CACHED_WORDS = 65_536

_SHORT = 48
"""Letters; lists repeat towns, dates and trades, and what is indexed for those is remembered."""

_DROPPED = dict.fromkeys(
    [
        *range(0x0300, 0x0370), *range(0x0591, 0x05C8), *range(0x064B, 0x0660), 0x0670,
        *range(0x06D6, 0x06DD), *range(0x06DF, 0x06E9), *range(0x06EA, 0x06EE),
        0x0640, 0x0621, 0x00AD, 0x034F, 0x061C, *range(0x200D, 0x2010), *range(0x202A, 0x202F),
        *range(0x2060, 0x2070), 0xFEFF,
        *map(ord, "'’‘ʼʻʿʾ`´ʹʺ"),
    ]
)  # fmt: skip
"""Accents, points, tatweel, hamze, apostrophes, marks of direction."""

_FOLDED = {
    ord("ي"): "ی", ord("ى"): "ی", ord("ے"): "ی", ord("ې"): "ی", ord("ۍ"): "ی",
    ord("ك"): "ک", ord("ڪ"): "ک", ord("ة"): "ه", ord("ۃ"): "ه", ord("ە"): "ه", ord("ہ"): "ه",
    ord("ھ"): "ه", ord("ٱ"): "ا", ord("ڕ"): "ر", ord("ڵ"): "ل", ord("ۆ"): "و", ord("ێ"): "ی",
    ord("ڤ"): "و", ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("ð"): "d", ord("þ"): "th",
    ord("ı"): "i", ord("æ"): "ae", ord("œ"): "oe", ord("ə"): "a", ord("ŋ"): "n",
    **{0x0660 + digit: str(digit) for digit in range(10)},
    **{0x06F0 + digit: str(digit) for digit in range(10)},
}  # fmt: skip

_NOT_WORD = re.compile(r"(?:[^\w\u0900-\u0DFF\u0E00-\u0EFF]|_)+")
"""What parts words. The scripts of South and South-East Asia keep their vowel signs."""

_TAILS = re.compile(r"['’]s\b|-y?e(?![\w'’])", re.IGNORECASE)
"""What hangs on a Latin word: the possessive, and the ezafe of Behesht-e Zahra."""

_JOINED = re.compile(
    "(?<=می)\u200c|\u200c(?=(?:ها|های|هایی|هایش|هایشان|ای|ام|ات|اش|ایم|اند|تر|ترین)(?!\\w))"
)
"""A zero-width non-joiner inside one word; any other one parts two."""


def normalise(text: str) -> str:
    """A text as it is compared: case, accents, points and look-alike letters folded.

    Arabic ye and kaf become Persian, final he and teh marbuta are one, digits are ASCII, tatweel,
    hamze and vowel points go, as do a possessive 's and a hyphened ezafe; a zero-width non-joiner
    parts words save before endings.

    Args:
        text: as found.

    Returns:
        Words with single spaces between them; empty when there is none.
    """
    if "'" in text or "’" in text or "-" in text:
        text = _TAILS.sub("", text)
    if text.isascii():
        return _NOT_WORD.sub(" ", text.replace("'", "").replace("`", "").casefold()).strip()
    folded = unicodedata.normalize("NFKD", _JOINED.sub("", text)).casefold()
    folded = unicodedata.normalize("NFC", folded.translate(_DROPPED).translate(_FOLDED))
    return _NOT_WORD.sub(" ", folded).strip()


def search_words(text: str) -> tuple[str, ...]:
    """What an index keeps for a text: its words and their keys, each once.

    Args:
        text: as found.

    Returns:
        Normalised words of letters and digits, and keys of `zz` and ASCII letters.
    """
    found: dict[str, None] = {}
    for token in text.split():
        found.update(_token(token))
    return tuple(found)


def index_text(text: str) -> str:
    """What an index is given for a text: as `search_words`, with spaces between; a word may recur.

    Args:
        text: as found.
    """
    return _index_text(text) if len(text) <= _SHORT else _joined(text)


def query_words(text: str) -> tuple[str, ...]:
    """What to ask an index that `search_words` filled: for each word its key, else the word.

    Args:
        text: what somebody looks for.
    """
    words = (word for token in text.split() for word in normalise(token).split())
    return tuple(dict.fromkeys(key_of(word) or _unmarked(word) for word in words))


def key_of(word: str) -> str:
    """The script-neutral key of one normalised word.

    Args:
        word: as `normalise` gives it.

    Returns:
        `zz` and ASCII letters; empty for numbers, common words, other scripts and words with fewer
        than two consonants.
    """
    if word in COMMON_WORDS or not word.isalpha():
        return ""
    key = _latin_key(word) if word.isascii() else _arabic_key(word)
    return KEY_MARK + key if len(key) >= _MIN_KEY else ""


def script_of(text: str) -> str:
    """The script in which most letters of a text stand.

    Returns:
        The ISO 15924 code: `Arab`, `Latn`, `Cyrl`...; `Zyyy` when there is no letter of a script
        known here.
    """
    counts: dict[str, int] = {}
    for letter in text:
        if letter.isalpha():
            code = _script_of_letter(letter)
            counts[code] = counts.get(code, 0) + 1
    counts.pop("Zyyy", None)
    return max(counts, key=lambda code: counts[code], default="Zyyy")


@lru_cache(maxsize=_CACHED_WORDS)
def _token(token: str) -> dict[str, None]:
    """The words and keys of what stands between two spaces."""
    found: dict[str, None] = {}
    for word in normalise(token).split():
        found[_unmarked(word)] = None
        if key := key_of(word):
            found[key] = None
    return found


@lru_cache(maxsize=_CACHED_WORDS)
def _index_text(text: str) -> str:
    return _joined(text)


def _joined(text: str) -> str:
    return " ".join([_indexed(token) for token in text.split()])


@lru_cache(maxsize=_CACHED_WORDS)
def _indexed(token: str) -> str:
    return " ".join(_token(token))


def _unmarked(word: str) -> str:
    """The word, so that it is never taken for a key."""
    return word.lstrip("z").join(("z", "")) if word.startswith(KEY_MARK) else word


_LATIN_CLASSES = {
    "sch": "w", "tch": "c", "sh": "w", "ch": "c", "kh": "x", "gh": "q", "zh": "j", "dj": "j",
    "th": "s", "dh": "z", "ph": "f", "ck": "k",
    "b": "b", "p": "p", "t": "t", "s": "s", "j": "j", "x": "x", "d": "d", "z": "z", "r": "r",
    "q": "q", "f": "f", "k": "k", "c": "k", "g": "g", "l": "l", "m": "m", "n": "n", "h": "h",
}  # fmt: skip
_LATIN = re.compile("|".join((*_LATIN_CLASSES, "[a-z]")))
_LATIN_FIRST = {**dict.fromkeys("aeiou", "a"), "v": "v", "w": "v", "y": "y"}
_LATIN_ARTICLE = re.compile("^abd[aeou]l(?=[rsdnzt])|(?<=[aeou])l(?=din$)")
_DOUBLED = re.compile(r"([a-gi-z])\1+")

_ARABIC_CLASSES = {
    **dict.fromkeys("ثسص", "s"), **dict.fromkeys("ذزضظ", "z"), **dict.fromkeys("تط", "t"),
    **dict.fromkeys("غق", "q"), **dict.fromkeys("حه", "h"), **dict.fromkeys("جژ", "j"),
    "ب": "b", "پ": "p", "چ": "c", "خ": "x", "د": "d", "ر": "r", "ش": "w", "ف": "f", "ک": "k",
    "گ": "g", "ل": "l", "م": "m", "ن": "n",
}  # fmt: skip
_ARABIC_FIRST = {**dict.fromkeys("اع", "a"), "و": "v", "ی": "y"}
_ARABIC_ARTICLE = re.compile("(?<=^عبد)ال(?=[تثدذرزسشصضطظن])|ال(?=دین$)")
_ARABIC_LETTERS = frozenset("ثسصذزضظتطغقحهجژبپچخدرشفکگلمناعوی")


def _latin_key(word: str) -> str:
    word = _LATIN_ARTICLE.sub(lambda found: "abd" if found[0].startswith("abd") else "", word)
    word = _DOUBLED.sub(r"\1", word)
    first = _LATIN_FIRST.get(word[0], "")
    rest = "".join(_LATIN_CLASSES.get(sound, "") for sound in _LATIN.findall(word))
    return _without_faint_h(first + rest)


def _arabic_key(word: str) -> str:
    if not _ARABIC_LETTERS.issuperset(word):
        return ""
    word = _ARABIC_ARTICLE.sub("", word).replace("لله", "له")
    first = _ARABIC_FIRST.get(word[0], "")
    return _without_faint_h(first + "".join(_ARABIC_CLASSES.get(letter, "") for letter in word))


def _without_faint_h(key: str) -> str:
    """Latin spellings differ about a final he, mostly silent (Fateme), and he after sh (Mashad)."""
    key = key.replace("wh", "w")
    return key[:-1] if key.endswith("h") and len(key) > 1 else key


_SCRIPTS = (
    (0x0041, 0x024F, "Latn"), (0x0250, 0x02AF, "Latn"), (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"), (0x0531, 0x058F, "Armn"), (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x06FF, "Arab"), (0x0700, 0x074F, "Syrc"), (0x0750, 0x077F, "Arab"),
    (0x08A0, 0x08FF, "Arab"), (0x0900, 0x097F, "Deva"), (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"), (0x0B80, 0x0BFF, "Taml"), (0x0D80, 0x0DFF, "Sinh"),
    (0x0E00, 0x0E7F, "Thai"), (0x1000, 0x109F, "Mymr"), (0x10A0, 0x10FF, "Geor"),
    (0x1200, 0x137F, "Ethi"), (0x1780, 0x17FF, "Khmr"), (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"), (0x3040, 0x309F, "Hira"), (0x30A0, 0x30FF, "Kana"),
    (0x3400, 0x9FFF, "Hani"), (0xAC00, 0xD7A3, "Hang"), (0xFB50, 0xFDFF, "Arab"),
    (0xFE70, 0xFEFC, "Arab"),
)  # fmt: skip
"""Blocks of the Unicode standard that hold one script (first, last, ISO 15924)."""


@lru_cache(maxsize=4096)
def _script_of_letter(letter: str) -> str:
    code = ord(letter)
    return next((script for low, high, script in _SCRIPTS if low <= code <= high), "Zyyy")
