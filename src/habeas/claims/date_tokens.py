"""The tokens of a date: numbers, phrases with their meaning, and the marks that part numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from habeas.claims.date_meanings import Meaning
from habeas.claims.date_words import LONGEST, PHRASES
from habeas.claims.names import normalise
from habeas.errors import InputError

NO_DATE = "See docs/dates.md for the forms that are read, or give earliest, latest and precision"
"""The mend of words that are no date."""


class Token(NamedTuple):
    """One token: its kind, a letter of the grammar, and what it stands for."""

    kind: str
    text: str
    number: int = 0
    calendar: str = ""
    ordinal: bool = False
    note: str = ""


_PLAIN = str.maketrans(
    "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬؍⁄∕\\؟‐‑−‒―",
    "01234567890123456789.,////?---––",
    "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad",
)
"""Digits of Persian and Arabic, look-alikes of the marks; marks of direction fall away."""

_SCAN = re.compile(
    r"(?P<time>(?:ساعت\s*)?T?(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-6]\d)?(?:\.\d+)?\s*"
    r"(?:Z|[+-]\d{2}:?\d{2})?(?![\w:])(?:\s*[ap]\.?m\.?(?!\w))?"
    r"|ساعت\s*(?:[01]?\d|2[0-4])(?!\w)|(?:0?\d|1[0-2])\s*[ap]\.?m\.?(?!\w))"
    r"|(?P<decade>['’]?\d+(?:['’]?s)(?!\w))"
    r"|(?P<ordinal>\d{1,2}(?:st|nd|rd|th|er|ام|م)(?!\w))"
    r"|(?P<number>['’]?\d+)"
    r"|(?P<mark>(?<![^\W\d_])ـ+|[-/.–—~≈?,،])"
    r"|(?P<word>(?:[^\W\d_]|[\u200c\u200d\u0300-\u036F\u064B-\u065F'’‘ʼʻʿʾ`])+)"
    r"|(?P<space>\s+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_AFTER_DAY = re.compile(r"(?<=\d)T(?=\d)")
_EZAFE = re.compile(r"(?<=[a-z])-y?e(?![\w-])", re.IGNORECASE)
_MARKS = {"–": "T", "—": "T", "~": "A", "≈": "A", "،": ","}
_MAX_DIGITS = 12
"""A longer number is no part of a date."""


def tokens_of(text: str) -> list[Token]:
    """The tokens of a date without what says nothing.

    Raises:
        InputError: a word or a mark that does not belong in a date.
    """
    plain = _AFTER_DAY.sub(" ", text.translate(_PLAIN))
    if "-" in plain:
        plain = _EZAFE.sub(" ", plain)
    raw = [token for found in _SCAN.finditer(plain) for token in _scanned(found)]
    tokens = _worded(raw)
    return tokens if _PLAIN_KINDS.issuperset(kinds_of(tokens)) else _punctuated(tokens)


def _scanned(found: re.Match[str]) -> list[Token]:
    text = found[0]
    match found.lastgroup:
        case "space":
            return []
        case "time":
            return [Token("Z", text)]
        case "number" | "decade" | "ordinal":
            return [_number(text, str(found.lastgroup))]
        case "word":
            return [Token("w", word) for word in _normal_words(text)]
        case "mark":
            return [Token(_MARKS.get(text, "-" if text[0] == "ـ" else text), text)]
        case _:
            raise InputError(f"“{text}” does not belong in a date", mend=NO_DATE)


def _number(text: str, group: str) -> Token:
    digits = re.sub(r"\D", "", text)
    if len(digits) > _MAX_DIGITS:
        raise InputError(f"{digits[:_MAX_DIGITS]}… is no number of a date", mend=NO_DATE)
    kind = "E" if group == "decade" else "Y" if len(digits) > 2 else "n"
    return Token(kind, digits, int(digits), ordinal=group == "ordinal")


@lru_cache(maxsize=8192)
def _normal_words(text: str) -> tuple[str, ...]:
    return tuple(normalise(text).split())


def _worded(raw: Sequence[Token]) -> list[Token]:
    """Words joined to the longest phrases that mean something."""
    found: list[Token] = []
    at, unit = 0, False
    while at < len(raw):
        if raw[at].kind != "w":
            found.append(raw[at])
            at, unit = at + 1, False
            continue
        at, unit = _phrase(raw, at, found, after_unit=unit)
    return found


def _phrase(
    raw: Sequence[Token], at: int, found: list[Token], *, after_unit: bool
) -> tuple[int, bool]:
    """Append the phrase that begins at a word.

    Returns:
        Where the next one begins, and whether this one is a unit of time.
    """
    ends = _word_ends(raw, at, LONGEST.get(raw[at].text, 0))
    for count in range(len(ends), 0, -1):
        words = tuple([token.text for token in raw[at : ends[count - 1]] if token.kind == "w"])
        meaning = PHRASES.get(words)
        if meaning is not None:
            _check(meaning, words, after_unit=after_unit)
            if meaning.kind == "I" or meaning.note == "unit":
                _check_duration(found, raw[at : ends[count - 1] + 1])
            if meaning.kind not in "_I":
                text = " ".join(words) if meaning.kind not in "nYW" else str(meaning.number)
                found.append(Token(meaning.kind, text, *meaning[1:]))
            return ends[count - 1], meaning.kind == "I"
    word = raw[at].text
    if word[0] == "و" and (word[1:],) in PHRASES and PHRASES[word[1:],].kind == "M":
        found.append(Token("&", "و"))  # Arabic writes and together with the month
        found.append(Token("M", word[1:], *PHRASES[word[1:],][1:]))
        return at + 1, False
    raise InputError(f"“{word}” is no word of a date that is known here", mend=NO_DATE)


def _check(meaning: Meaning, words: tuple[str, ...], *, after_unit: bool) -> None:
    """Refuse a word with two senses, and `the year before 1988`, which is not before 1988."""
    if meaning.kind == "?":
        raise InputError(f"“{' '.join(words)}” has two senses in a date", mend=meaning.note)
    if after_unit and meaning.kind in "BF":
        raise InputError(
            f"“{' '.join(words)}” may name one year, month or day, or all of them",
            mend="Write the date that is meant",
        )


_WORDS_FOR_MONTH = frozenset(("ماه", "شهر", "mah", "month", "mes", "mois"))


def _check_duration(found: Sequence[Token], unit: Sequence[Token]) -> None:
    """Refuse `five days in July`, which is no fifth of July; `6 ماه مرداد` is one of Mordad."""
    if not found or found[-1].kind != "n" or found[-1].ordinal:
        return
    following = PHRASES.get((unit[-1].text,))
    of_month = len(unit) > 1 and following is not None and following.kind == "M"
    if not of_month or unit[0].text not in _WORDS_FOR_MONTH:
        raise InputError(
            f"“{found[-1].text} {unit[0].text}” may be how long it lasted",
            mend="Write the day it began and the day it ended",
        )


def _word_ends(raw: Sequence[Token], at: int, longest: int) -> list[int]:
    """Where the first, second... word from here ends; marks may stand between."""
    ends: list[int] = []
    for place in range(at, len(raw)):
        kind = raw[place].kind
        if kind == "w":
            ends.append(place + 1)
        if kind not in ("w", "-", ".", "/") or len(ends) >= longest:
            break
    return ends


_PLAIN_KINDS = frozenset("YnEMSDWCZAP")
"""Tokens between which nothing has to be weighed."""

_NUMBERS = frozenset("Yn")
_NAMES = frozenset("MSJ")


def _punctuated(tokens: Sequence[Token]) -> list[Token]:
    """Marks only where they part something; a hyphen or slash of two months is a range."""
    tokens = [token for at, token in enumerate(tokens) if not _idle_stop(tokens, at)]
    tokens = _without_second_names(tokens)
    found: list[Token] = []
    for at, token in enumerate(tokens):
        if token.kind not in ("-", "/"):
            found.append(token)
        elif kind := _mark(token.kind, *_around(tokens, at)):
            found.append(Token(kind, token.text))
    return found


def _around(tokens: Sequence[Token], at: int) -> tuple[str, str]:
    """The kinds of the tokens before and after; empty at an end."""
    before = tokens[at - 1].kind if at else ""
    return before, tokens[at + 1].kind if at + 1 < len(tokens) else ""


def _idle_stop(tokens: Sequence[Token], at: int) -> bool:
    """A full stop that neither parts numbers nor begins the date."""
    before, after = _around(tokens, at)
    numbers = before in _NUMBERS and after in _NUMBERS
    return tokens[at].kind == "." and before != "" and not numbers


def _without_second_names(tokens: Sequence[Token]) -> list[Token]:
    """Without a second name of one month behind a slash or hyphen: `آب/أغسطس`."""
    found: list[Token] = []
    for token in tokens:
        if len(found) > 1 and found[-1].kind in "-/" and _same_month(found[-2], token):
            found.pop()
        else:
            found.append(token)
    return found


def _same_month(one: Token, other: Token) -> bool:
    same = (one.number, one.calendar) == (other.number, other.calendar)
    return one.kind == other.kind == "M" and same and one.text != other.text


def _mark(kind: str, before: str, after: str) -> str:
    """What a mark between two tokens does: it stays, means to, or falls away (empty)."""
    parted = _NUMBERS | _NAMES
    if not before or not after or (before in _NUMBERS and after in _NUMBERS):
        return kind
    if (before in _NAMES and after in _NAMES) or before == after == "E":
        return "T"
    if before in parted and after in parted:
        return "-"
    return "T" if kind == "/" or (after == "P" and before in parted) else ""


def kinds_of(tokens: Sequence[Token]) -> str:
    """The kinds of the tokens as one string, which the table of forms knows."""
    return "".join([token.kind for token in tokens])
