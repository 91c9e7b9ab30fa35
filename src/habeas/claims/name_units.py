"""Words of a name that belong together: compounds, names with an article, kunyas, houses.

`cut_units` groups; the functions named after slots say which piece of the text is in which slot. A
piece is never more than a stretch of the original.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from habeas.claims.name_keys import joined_keys
from habeas.claims.name_tokens import Token, phrase_at
from habeas.claims.name_words import ABD, ARTICLES, JOINING, Lexicon, Word, lexicon


class Piece(NamedTuple):
    """A stretch of the text and its slot."""

    start: int
    end: int
    slot: str


@dataclass(slots=True)
class Unit:
    """One word or several that make one name."""

    tokens: list[Token]
    lead: tuple[Token, ...] = ()
    """An article, or the word for a house, before them."""
    given: bool = False
    surname: bool = False
    pair: bool = False
    """A compound given name of two words."""
    kunya: bool = False
    """Abu or Umm, and the child's name."""

    @property
    def article(self) -> bool:
        """Whether it has an article, or the word for a house, before it or written with it."""
        return bool(self.lead) or self.tokens[0].word.article

    @property
    def start(self) -> int:
        """Where it begins in the text, the lead included."""
        return (self.lead or tuple(self.tokens))[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.tokens[-1].end


def cut_units(tokens: list[Token]) -> list[Unit]:
    """The words of a stretch in groups.

    Args:
        tokens: without titles and joints.
    """
    found: list[Unit] = []
    at = 0
    while at < len(tokens):
        if found and _continues(found[-1], tokens, at):
            taken = 2 if _is_article(tokens, at) else 1
            found[-1].tokens += tokens[at : at + taken]
            found[-1].given = True
            at += taken
            continue
        unit, taken = _unit(tokens, at, first=not found)
        found.append(unit)
        at += taken
    return found


def _unit(tokens: list[Token], at: int, *, first: bool) -> tuple[Unit, int]:
    """The unit that begins at a token, and how many tokens it takes."""
    token, left = tokens[at], len(tokens) - at
    if not token.word.phrases and not (first and left > 1):
        return _single(token), 1
    if left > 1 and phrase_at(tokens, at, "kunya"):
        taken = 3 if left > 2 and _is_article(tokens, at + 1) else 2
        return _kunya(tokens[at : at + taken]), taken
    if _is_article(tokens, at) or (left > 1 and phrase_at(tokens, at, "family")):
        return Unit([tokens[at + 1]], lead=(token,), surname=True), 2
    if first and left > 1 and not _is_article(tokens, at + 1):
        return _first(tokens)
    return _single(token), 1


def _first(tokens: list[Token]) -> tuple[Unit, int]:
    """The given name, one word or a compound of two; a chain that ends with al- has none."""
    one, other = tokens[:2]
    hung = other.glue in ("\u200c", "-")
    chained = len(tokens) > 2 and not hung and _ends_with_article(tokens)
    if not chained and is_pair(one.word, other.word, lexicon()):
        return Unit([one, other], given=True, pair=True), 2
    if hung and not (other.word.ending or other.word.surname):
        return Unit([one, other], given=one.word.given or other.word.given), 2
    return _single(one), 1


def _ends_with_article(tokens: list[Token]) -> bool:
    return tokens[-1].word.article or _is_article(tokens, len(tokens) - 2)


def _single(token: Token) -> Unit:
    word = token.word
    return Unit([token], given=word.given, surname=word.surname or word.article)


def _kunya(tokens: list[Token]) -> Unit:
    known = lexicon()
    form = "".join(token.word.form for token in tokens)
    keys = joined_keys([token.text for token in tokens])[:1]
    given = form in known.given or (tokens[0].word.script != "Arab" and keys[0] in known.given_keys)
    return Unit(tokens, given=given, kunya=not given)


def _is_article(tokens: list[Token], at: int) -> bool:
    """Whether the word is an article written apart: al-Hashimi, Al Hashimi, as-Sadr."""
    if at + 1 >= len(tokens) or not phrase_at(tokens, at, "article"):
        return False
    form, behind = tokens[at].word.form, tokens[at + 1]
    if form in ARTICLES:
        return True
    return "-" in behind.glue and behind.word.form.startswith(form[1:])


def _continues(before: Unit, tokens: list[Token], at: int) -> bool:
    """Whether a word goes on with the name before it: Abd al-Rahman, Nur al-Din, روح الله."""
    if before.lead or len(before.tokens) > 1:
        return False
    form = before.tokens[0].word.form
    if form in ABD:
        return True
    word = tokens[at].word
    if word.form in JOINING:
        return True
    return before.given and _is_article(tokens, at) and tokens[at + 1].word.din


def is_pair(one: Word, other: Word, known: Lexicon) -> bool:
    """Whether two words make a compound given name: محمد رضا, Amir Hossein."""
    if one.head and other.tail and (one.script == "Arab" or not other.surname or other.given):
        return True
    return bool(one.pair) and (one.pair, other.pair) in known.pairs


# Pieces


def given_pieces(unit: Unit) -> Iterator[Piece]:
    """The pieces of a given name: `given`, and `compound` for its second part."""
    first = unit.tokens[0]
    for token in unit.lead:
        yield Piece(token.start, token.end, "particle")
    if unit.pair and not unit.tokens[1].word.form.startswith("ال"):
        yield Piece(first.start, first.end, "given")
        yield Piece(unit.tokens[1].start, unit.end, "compound")
        return
    if len(unit.tokens) == 1:
        yield from _split_given(first)
        return
    yield Piece(first.start, unit.end, "given")


def _split_given(token: Token) -> Iterator[Piece]:
    """محمدرضا as محمد and رضا; سیدمحمد as a title and a name."""
    start, (title, head) = token.start, token.word.split
    if title:
        yield Piece(start, start + title, "honorific")
        start += title
    if head:
        yield Piece(start, start + head, "given")
        start += head
    yield Piece(start, token.end, "compound" if head else "given")


def surname_pieces(units: Iterable[Unit], slot: str = "surname") -> Iterator[Piece]:
    """The pieces of a surname: its particles, the name itself, its endings.

    Args:
        units: that make it.
        slot: `surname` or `second_surname`.
    """
    run: list[Token] = []
    named = False
    for unit in units:
        for token in unit.lead:
            yield from _run(run, slot)
            run = []
            yield Piece(token.start, token.end, "particle")
        for token in unit.tokens:
            if named and (token.word.ending or token.word.nisba):
                yield from _run(run, slot)
                run = []
                yield Piece(token.start, token.end, "suffix")
            else:
                run.append(token)
                named = True
    yield from _run(run, slot)


def _run(run: list[Token], slot: str) -> Iterator[Piece]:
    """Words of a surname that stand together: an article or an ending written with them apart."""
    if not run:
        return
    start, end = run[0].start, run[-1].end
    if run[0].word.article:
        yield Piece(start, start + 2, "particle")
        start += 2
    stem = run[-1].word.stem
    if stem:
        yield Piece(start, run[-1].start + stem, slot)
        yield Piece(run[-1].start + stem, end, "suffix")
    else:
        yield Piece(start, end, slot)
