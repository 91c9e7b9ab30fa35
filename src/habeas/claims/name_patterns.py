"""The pattern of a name: where its parts stand among its words, whatever the words are.

Names of a list are thousands of words in a few hundred patterns. A pattern is worked out once; it
says of every part with which word and letter it begins and ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from habeas.claims.name_slots import Found
from habeas.claims.name_tokens import Token
from habeas.claims.name_units import Piece

TO_THE_END = -1
"""In place of a letter: the part ends where its word does."""

_UNHEARD = ("honorific", "particle")
"""Slots whose words give no keys."""

_NAMES = {
    "given": "given", "compound": "given", "surname": "surname", "second_surname": "surname",
    "suffix": "surname",
}  # fmt: skip
"""Slots whose words may be written as one, and with which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """How names of one pattern are read."""

    script: str = ""
    """Of all words; empty when they differ."""
    clean: bool = False
    """The normalised name is its normalised words."""
    places: tuple[tuple[str, int, int, int, int], ...] = ()
    """Of each part: slot, first word and letter, last word and the letter before which it ends."""
    heard: tuple[int, ...] = ()
    """The words that give keys."""
    behind_title: tuple[tuple[int, int], ...] = ()
    """Words that begin with a title, and how many letters that has."""
    runs: tuple[tuple[int, ...], ...] = ()
    """Words that may be written as one."""
    remarks: tuple[str, ...] = ()


def pattern_of(tokens: list[Token], found: Found) -> Pattern:
    """The pattern of a name that has been read.

    Args:
        tokens: of the name.
        found: its pieces and remarks.
    """
    pieces = _all_pieces(tokens, found.pieces)
    scripts = {token.word.script for token in tokens}
    slots = _slots(tokens, pieces)
    return Pattern(
        script=scripts.pop() if len(scripts) == 1 else "",
        clean=all(token.word.clean and token.glue in ("", " ") for token in tokens),
        places=tuple(_place(tokens, piece) for piece in pieces),
        heard=tuple(at for at, slot in enumerate(slots) if slot not in _UNHEARD),
        behind_title=tuple(_behind_titles(tokens, pieces)),
        runs=tuple(_runs(slots)),
        remarks=tuple(found.remarks),
    )


def _all_pieces(tokens: list[Token], pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces in order, none over another; a word that no rule took is a piece of its own."""
    ordered = sorted(pieces)
    if any(one.end > other.start for one, other in pairwise(ordered)):
        ordered = _apart(tokens, ordered)
    for token in tokens:
        if not any(piece.start < token.end and token.start < piece.end for piece in ordered):
            ordered.append(Piece(token.start, token.end, "other"))
    return sorted(ordered)


def _apart(tokens: list[Token], pieces: list[Piece]) -> list[Piece]:
    """Pieces cut where a shorter one, such as a title or a number, stands inside."""
    found: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.end - piece.start):
        if not any(p.start < piece.end and piece.start < p.end for p in found):
            found.append(piece)
            continue
        run: list[Token] = []
        for token in tokens:
            start, end = max(token.start, piece.start), min(token.end, piece.end)
            if start < end and not any(p.start < end and start < p.end for p in found):
                run.append(token)
            elif run:
                found.append(_cut(run, piece))
                run = []
        if run:
            found.append(_cut(run, piece))
    return found


def _cut(run: list[Token], piece: Piece) -> Piece:
    return Piece(max(run[0].start, piece.start), min(run[-1].end, piece.end), piece.slot)


def _slots(tokens: list[Token], pieces: list[Piece]) -> list[str]:
    """The slot of each word: of its last letters, when it is in two."""
    return [
        next(piece.slot for piece in reversed(pieces) if piece.start < token.end)
        if pieces
        else "other"
        for token in tokens
    ]


def _place(tokens: list[Token], piece: Piece) -> tuple[str, int, int, int, int]:
    first = max(at for at, token in enumerate(tokens) if token.start <= piece.start)
    last = max(at for at, token in enumerate(tokens) if token.start < piece.end)
    end = TO_THE_END if piece.end == tokens[last].end else piece.end - tokens[last].start
    return piece.slot, first, piece.start - tokens[first].start, last, end


def _behind_titles(tokens: list[Token], pieces: list[Piece]) -> Iterable[tuple[int, int]]:
    for at, token in enumerate(tokens):
        for piece in pieces:
            if piece.slot == "honorific" and piece.start == token.start < piece.end < token.end:
                yield at, piece.end - token.start


def _runs(slots: list[str]) -> Iterable[tuple[int, ...]]:
    runs: dict[str, list[int]] = {}
    for at, slot in enumerate(slots):
        if slot in _NAMES:
            runs.setdefault(_NAMES[slot], []).append(at)
    return [tuple(run) for run in runs.values() if len(run) > 1]
