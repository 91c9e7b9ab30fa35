"""A name cut into its words, each with its place in the text; nothing is changed or lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from habeas.claims.name_words import Phrase, Word, word_of

_INSIDE = (
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff"
    "\u0900-\u0903\u093a-\u094f\u0980-\u0983\u09bc-\u09d7\u0b82\u0bbe-\u0bcd\u0d82\u0d83\u0dca-\u0df3"
    "\u00ad\u034f\u061c\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
)
"""Signs that belong to the word they stand in: vowels above and below, marks nobody sees."""

_TOKEN = re.compile(
    r"[sdwhSDWH]/[oO]\b|[aA]\.[kK]\.[aA]\.?|(?<![\w.])bt?\.(?=\s)|&"
    rf"|(?:[^\W_]|[{_INSIDE}])+(?:['’‘`´](?:[^\W_]|[{_INSIDE}])+)*"
)


class Token(NamedTuple):
    """One word and what stands before it."""

    text: str
    start: int
    end: int
    glue: str
    """What stands between the word before and this one."""
    word: Word


def cut(text: str) -> list[Token]:
    """The words of a text in their order; signs without a letter or digit are none.

    Args:
        text: as found.
    """
    letters = text.replace(" ", "")
    if letters.isalpha() and "  " not in text and text[0] != " ":
        return _between_spaces(text)
    found: list[Token] = []
    behind = 0
    for match in _TOKEN.finditer(text):
        word = word_of(match[0])
        if word.form:
            start, end = match.span()
            found.append(Token(match[0], start, end, text[behind:start], word))
            behind = end
    return found


def _between_spaces(text: str) -> list[Token]:
    """The words of a text of letters and single spaces."""
    found = []
    start, glue = 0, ""
    for word in text.split(" "):
        if word:
            end = start + len(word)
            found.append(Token(word, start, end, glue, word_of(word)))
            start, glue = end + 1, " "
    return found


def phrase_at(tokens: list[Token], at: int, *duties: str) -> Phrase | None:
    """The longest phrase of one of these duties that begins at a token.

    Args:
        tokens: of the name.
        at: index of the first word.
        duties: as in `name_words`.
    """
    for phrase in tokens[at].word.phrases:
        if phrase.duty in duties and _stands(tokens, at, phrase.words):
            return phrase
    return None


def _stands(tokens: list[Token], at: int, words: tuple[str, ...]) -> bool:
    if len(words) == 1:
        return True
    behind = tokens[at : at + len(words)]
    return tuple(token.word.form for token in behind) == words


def runs(tokens: list[Token], marks: str) -> Iterator[list[Token]]:
    """The tokens parted where one of these marks stands between two.

    Args:
        tokens: of the name.
        marks: characters.
    """
    run: list[Token] = []
    for token in tokens:
        if run and any(mark in token.glue for mark in marks):
            yield run
            run = []
        run.append(token)
    if run:
        yield run
