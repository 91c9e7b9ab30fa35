"""Names with two surnames, as in Spain and Latin America: Juan García de la Vega."""

from __future__ import annotations

from collections.abc import Iterator

from habeas.claims.name_tokens import Token, phrase_at
from habeas.claims.name_units import Piece


def is_spanish(tokens: list[Token]) -> bool:
    """Whether the words are read as a Spanish name: two of them at least are known as such.

    Args:
        tokens: without titles.
    """
    known = sum(token.word.spanish for token in tokens)
    return known > 1 or (known == 1 and len(tokens) < 3 and tokens[-1].word.spanish)


def spanish_pieces(tokens: list[Token]) -> Iterator[Piece]:
    """Given names, then one surname or two, each with the particles before it.

    Args:
        tokens: without titles.
    """
    groups = _groups(tokens)
    givens = _count_given(groups)
    for at, (particles, name) in enumerate(groups[:givens]):
        yield from _pieces(particles, name, "compound" if at else "given")
    surnames = groups[givens:]
    for at, (particles, name) in enumerate(surnames):
        slot = "surname" if at == 0 or at < len(surnames) - 1 else "second_surname"
        yield from _pieces(particles, name, slot)


def _groups(tokens: list[Token]) -> list[tuple[list[Token], Token]]:
    """Each name with the particles before it."""
    found: list[tuple[list[Token], Token]] = []
    particles: list[Token] = []
    at = 0
    while at < len(tokens):
        phrase = phrase_at(tokens, at, "spanish", "article", "and")
        taken = len(phrase.words) if phrase else 1
        if phrase and at + taken < len(tokens):
            particles += tokens[at : at + taken]
        else:
            found.append((particles, tokens[at]))
            particles, taken = [], 1
        at += taken
    return found


def _count_given(groups: list[tuple[list[Token], Token]]) -> int:
    """How many of the names are given names: at least one, and a surname is left where it can."""
    count = 1
    while count < len(groups) - 1:
        particles, token = groups[count]
        by_particle = bool(particles) and particles[0].word.form == "y"
        surname = token.word.surname and not particles
        if not token.word.given or by_particle or surname:
            break
        count += 1
    return min(max(count, len(groups) - 2), max(len(groups) - 1, 1))


def _pieces(particles: list[Token], name: Token, slot: str) -> Iterator[Piece]:
    if particles:
        yield Piece(particles[0].start, particles[-1].end, "particle")
    yield Piece(name.start, name.end, slot)
