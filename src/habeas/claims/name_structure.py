"""What the marks in a name say: brackets, quotes, commas, "son of", "known as".

They part the words of a name into stretches, each with its role. What the words of a stretch are,
`name_slots` decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from habeas.claims.name_tokens import Token, phrase_at

MARKERS = ("child", "father", "mother", "spouse", "former", "nickname", "organisational")
"""Duties of phrases that say what stands behind them."""

_OPENING = "([{«“„‹"
_CLOSING = ")]}»”›"
_QUOTES = "\"'＂"
_COMMAS = ",،;؛"
_SLASHES = "/|\\=~"
MARKS = frozenset(_OPENING + _CLOSING + _QUOTES + _COMMAS + _SLASHES + ":")
"""Signs that may part a name into stretches."""


@dataclass(slots=True)
class Stretch:
    """Words that stand together, and what the signs around them say of them."""

    role: str
    """`main`, `bracket`, `quote`, `other`, or one of `MARKERS`."""
    tokens: list[Token] = field(default_factory=list)
    comma: bool = False
    """A comma stands before it."""


def is_plain(tokens: list[Token]) -> bool:
    """Whether nothing in the name parts it, so that it is one stretch.

    Args:
        tokens: of the name.
    """
    return all(not token.word.phrases and MARKS.isdisjoint(token.glue) for token in tokens)


def stretches(tokens: list[Token]) -> tuple[list[Stretch], list[list[Token]]]:
    """The stretches of a name in their order, and the words that only introduce one.

    Args:
        tokens: of the name.
    """
    found = [Stretch("main")]
    joints: list[list[Token]] = []
    at, before = 0, "main"
    while at < len(tokens):
        for sign in tokens[at].glue:
            before = _at_sign(found, sign, before)
        phrase = phrase_at(tokens, at, *MARKERS)
        if phrase and _introduces(tokens, at, len(phrase.words), found, phrase.duty):
            end = at + len(phrase.words)
            joints.append(tokens[at:end])
            found.append(Stretch(phrase.duty))
            at = end
        else:
            found[-1].tokens.append(tokens[at])
            at += 1
    return [stretch for stretch in found if stretch.tokens], joints


def _at_sign(found: list[Stretch], sign: str, before: str) -> str:
    """Begin a new stretch where a sign says so; gives the role to return to behind a bracket."""
    now = found[-1]
    if sign in _OPENING or (sign in _QUOTES and now.role != "quote"):
        quoted = sign in _QUOTES or sign in "«“„‹"
        found.append(Stretch("quote" if quoted else "bracket"))
        return "main" if now.role in ("bracket", "quote") else now.role
    if sign in _CLOSING or (sign in _QUOTES and now.role == "quote"):
        found.append(Stretch("main"))
        return "main"
    if sign in _COMMAS:
        found.append(Stretch(now.role if now.role == "bracket" else "main", comma=True))
    elif sign in _SLASHES:
        found.append(Stretch("other"))
    return before


def _introduces(tokens: list[Token], at: int, length: int, found: list[Stretch], duty: str) -> bool:
    """Whether the words at this place introduce what follows, and are no part of a name."""
    if at + length >= len(tokens):
        return False
    if length == 1 and any(sign in _OPENING + _CLOSING + _COMMAS for sign in tokens[at + 1].glue):
        return False
    if duty in ("father", "mother"):
        apart = ":" in tokens[at + length].glue or found[-1].role == "bracket"
        return length > 1 or apart or (at > 0 and found[-1].comma)
    return True


def within(stretch: Stretch) -> Iterator[list[Token]]:
    """The tokens of a stretch parted at بن, ibn, bint: the first has none before it.

    Args:
        stretch: of the main role.
    """
    link: list[Token] = []
    for at, token in enumerate(stretch.tokens):
        if link and phrase_at(stretch.tokens, at, "within"):
            yield link
            link = []
        link.append(token)
    if link:
        yield link
