"""The tokens of a date: numbers, phrases with their meaning, and the marks that part numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from habeas.claims.date_words import LONGEST, PHRASES, Meaning
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


_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")

_SCAN = re.compile(
    r"(?P<time>T?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})?(?![\w:]))"
    r"|(?P<decade>['’]?\d+(?:['’]?s)(?!\w))"
    r"|(?P<number>['’]?\d+(?:(?:st|nd|rd|th|ام|م)(?!\w))?)"
    r"|(?P<word>(?:[^\W\d_]|[\u200c\u064B-\u065F'’])+)"
    r"|(?P<mark>[-/.–—~≈?])|(?P<space>[\s,،]+)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_AFTER_DAY = re.compile(r"(?<=\d)T(?=\d)")


def tokens_of(text: str) -> list[Token]:
    """The tokens of a date without what says nothing.

    Raises:
        InputError: a word or a mark that does not belong in a date.
    """
    plain = _AFTER_DAY.sub(" ", text.translate(_DIGITS))
    raw = [token for found in _SCAN.finditer(plain) for token in _scanned(found)]
    return _punctuated(_worded(raw))


def _scanned(found: re.Match[str]) -> list[Token]:
    text = found[0]
    match found.lastgroup:
        case "space":
            return []
        case "time":
            return [Token("Z", text)]
        case "number" | "decade":
            digits = re.sub(r"\D", "", text)
            kind = "E" if found.lastgroup == "decade" else "Y" if len(digits) > 2 else "n"
            return [Token(kind, digits, int(digits))]
        case "word":
            return [Token("w", word) for word in normalise(text).split()]
        case "mark":
            return [Token({"–": "T", "—": "T", "~": "A", "≈": "A"}.get(text, text), text)]
        case _:
            raise InputError(f"“{text}” does not belong in a date", mend=NO_DATE)


def _worded(raw: Sequence[Token]) -> list[Token]:
    """Words joined to the longest phrases that mean something."""
    found: list[Token] = []
    at = 0
    while at < len(raw):
        if raw[at].kind != "w":
            found.append(raw[at])
            at += 1
            continue
        at = _phrase(raw, at, found)
    return found


def _phrase(raw: Sequence[Token], at: int, found: list[Token]) -> int:
    """Append the phrase that begins at a word; return where the next one begins."""
    for end in range(min(len(raw), at + 2 * LONGEST), at, -1):
        piece = raw[at:end]
        if piece[-1].kind != "w" or any(token.kind not in "w-." for token in piece):
            continue
        words = tuple(token.text for token in piece if token.kind == "w")
        meaning: Meaning | None = PHRASES.get(words)
        if meaning is not None:
            if meaning.kind != "_":
                text = str(meaning.number) if meaning.kind == "W" else " ".join(words)
                found.append(Token(meaning.kind, text, meaning.number, meaning.calendar))
            return end
    raise InputError(f"“{raw[at].text}” is no word of a date that is known here", mend=NO_DATE)


def _punctuated(tokens: Sequence[Token]) -> list[Token]:
    """Hyphens, slashes and stops only where they part numbers; a hyphen of months is a range."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1].kind if at else ""
        after = tokens[at + 1].kind if at + 1 < len(tokens) else ""
        if token.kind == "?":
            raise InputError(
                "a question mark tells nothing", mend="Write about or unknown, or leave it away"
            )
        parts = before in ("Y", "n") and after in ("Y", "n")
        if parts or token.kind not in ("-", "/", "."):
            found.append(token)
        elif (before, after) == ("M", "M") or token.kind == "/":
            found.append(Token("T", token.text))
    return found


def kinds_of(tokens: Sequence[Token]) -> str:
    """The kinds of the tokens as one string, which the table of forms knows."""
    return "".join(token.kind for token in tokens)
