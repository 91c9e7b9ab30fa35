"""How a name is read: its parts in their slots, its normalised form, its keys, what is not sure.

Nothing is rewritten: every part is a stretch of the original, in the order of the original, and an
original script is never guessed from Latin letters. Reading is fast, since the same words come
again; it is a proposal, and what a list states about the parts of a name goes before it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from habeas.claims.name_keys import joined_keys, keys_of
from habeas.claims.name_patterns import Pattern, pattern_of
from habeas.claims.name_slots import SEVERAL, Found, decide, given_first, relative, take_titles
from habeas.claims.name_structure import Stretch, is_plain, stretches
from habeas.claims.name_tokens import Token, cut, phrase_at
from habeas.claims.name_units import cut_units, surname_pieces
from habeas.claims.name_words import lexicon
from habeas.claims.names import normalise, script_of
from habeas.claims.values import NamePart

NOT_KNOWN = "says that the name is not known"
TOO_LONG = "more words than a name has"
NO_LETTERS = "holds no letter"
IN_BRACKETS = "what stands in brackets may be a nickname or the father's name"
OTHER_SCRIPT = "the same name in another script, perhaps"
SECOND_FORM = "what stands behind the stroke may be another form of the name"
BEHIND_COMMA = "what stands behind the comma is not clear"


class NameReading(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How one name is read."""

    script: str
    """ISO 15924, of most letters."""
    form: str
    """Normalised, in one line of words."""
    parts: tuple[NamePart, ...]
    """Stretches of the original in their order, each in a slot of `name_slot`."""
    tokens: frozenset[str]
    """Its words, normalised."""
    keys: tuple[str, ...]
    """The keys of its words, titles and particles left out, and of words that may be written as
    one; each once."""
    sure: bool
    """Whether it could not have been read in another way."""
    remarks: tuple[str, ...]
    """What could be read in another way, in words."""


def read_name(
    text: str, *, kind: Literal["person", "place", "organisation"] = "person"
) -> NameReading:
    """Read a name.

    Args:
        text: as found; never changed.
        kind: what bears it. Only a person's name has parts.
    """
    tokens = cut(text)
    pattern = _pattern_of(tokens) if kind == "person" else _NO_PARTS
    words = [token.word for token in tokens]
    return NameReading(
        script=pattern.script or script_of(text),
        form=" ".join([word.form for word in words]) if pattern.clean else normalise(text),
        parts=tuple(
            [
                NamePart(
                    slot=slot,
                    text=text[
                        tokens[i].start + at : tokens[j].end if to < 0 else tokens[j].start + to
                    ],
                )
                for slot, i, at, j, to in pattern.places
            ]
        ),
        tokens=frozenset([word.form for word in words]),
        keys=_keys(tokens, pattern),
        sure=not pattern.remarks and bool(tokens),
        remarks=pattern.remarks if tokens else (NO_LETTERS,),
    )


def _keys(tokens: list[Token], pattern: Pattern) -> tuple[str, ...]:
    """The keys of the words, and of those of one name as if they were written as one."""
    heard = range(len(tokens)) if pattern is _NO_PARTS else pattern.heard
    found = [key for at in heard for key in tokens[at].word.keys]
    for at, letters in pattern.behind_title:
        found += keys_of(tokens[at].text[letters:])
    for run in pattern.runs:
        found += joined_keys([tokens[at].text for at in run])
    return tuple(dict.fromkeys(found))


def _pattern_of(tokens: list[Token]) -> Pattern:
    """How names of this pattern are read: found once, then remembered."""
    sort: list[str | int] = []
    before = ""
    for token in tokens:
        word = token.word
        sort += (token.glue, word.sort)
        if before and word.pair and (before, word.pair) in lexicon().pairs:
            sort.append("pair")
        before = word.pair
    key = tuple(sort)
    known = _PATTERNS.get(key)
    if known is not None:
        return known
    found = Found()
    if tokens:
        _read(tokens, found)
    pattern = pattern_of(tokens, found)
    if all(token.word.sort for token in tokens):
        if len(_PATTERNS) >= _MOST_PATTERNS:
            _PATTERNS.clear()
        _PATTERNS[key] = pattern
    return pattern


_MOST_PATTERNS = 65_536
_MOST_WORDS = 40
"""A text of more words is not taken apart."""

_PATTERNS: dict[tuple[str | int, ...], Pattern] = {}
_NO_PARTS = Pattern()


def _read(tokens: list[Token], found: Found) -> None:
    if len(tokens) > _MOST_WORDS:
        found.doubt(TOO_LONG)
        found.put("other", tokens)
        return
    if is_plain(tokens):
        decide(tokens, found)
        return
    unknown = phrase_at(tokens, 0, "unknown")
    if unknown and len(unknown.words) == len(tokens):
        found.doubt(NOT_KNOWN)
        found.put("other", tokens)
        return
    apart, joints = stretches(tokens)
    for joint in joints:
        found.put("particle", joint)
    named = _main(apart, found)
    _others(apart, found, named=named)


def _main(apart: list[Stretch], found: Found) -> bool:
    """The stretches of the name itself; gives whether a family name is among them."""
    groups: list[list[Token]] = []
    for stretch in apart:
        if stretch.role == "main":
            if stretch.comma or not groups:
                groups.append([])
            groups[-1] += stretch.tokens
    if not groups:
        return False
    if len(groups) == 1:
        decide(groups[0], found)
    else:
        _comma(groups, found)
    return any(piece.slot == "surname" for piece in found.pieces)


def _comma(groups: list[list[Token]], found: Found) -> None:
    """`Hosseini, Mohammad` and what else a comma may mean."""
    first, second, rest = groups[0], groups[1], groups[2:]
    if _all_titles(second):
        decide(first, found)
        _put_titles(second, found)
    elif _whole_name(first):
        decide(first, found)
        found.put("other", second)
        found.doubt(SEVERAL if _whole_name(second) else BEHIND_COMMA)
    else:
        found.pieces += surname_pieces(cut_units(take_titles(first, found)))
        given_first(second, found)
        if first[0].word.given and not first[0].word.surname and not second[0].word.surname:
            found.doubt(BEHIND_COMMA)
    for group in rest:
        if _all_titles(group):
            _put_titles(group, found)
        else:
            found.put("other", group)
            found.doubt(BEHIND_COMMA)


def _all_titles(tokens: list[Token]) -> bool:
    return all(phrase_at(tokens, at, "before", "suffixes") for at in range(len(tokens)))


def _put_titles(tokens: list[Token], found: Found) -> None:
    for at, token in enumerate(tokens):
        found.put("suffix" if phrase_at(tokens, at, "suffixes") else "honorific", [token])


def _whole_name(tokens: list[Token]) -> bool:
    """Whether the words look like a given name with a family name behind it."""
    first, last = tokens[0].word, tokens[-1].word
    return len(tokens) > 1 and first.given and not first.surname and last.surname


def _others(apart: list[Stretch], found: Found, *, named: bool) -> None:
    main = [token for stretch in apart if stretch.role == "main" for token in stretch.tokens]
    fathers = 0
    for stretch in apart:
        match stretch.role:
            case "main":
                continue
            case "child" | "father":
                slot = ("father", "grandfather", "other")[min(fathers, 2)]
                fathers += 1
                relative(stretch.tokens, slot, found, named=named or not main)
            case "mother":
                relative(stretch.tokens, "mother", found, named=True)
            case "nickname" | "organisational":
                found.put(stretch.role, stretch.tokens)
            case "quote" if main:
                found.put("nickname", stretch.tokens)
            case "bracket" if main:
                _bracket(stretch.tokens, main, found)
            case "quote" | "bracket":
                decide(stretch.tokens, found)
            case "other":
                found.doubt(SECOND_FORM)
                found.put("other", stretch.tokens)
            case _:
                found.put("other", stretch.tokens)


def _bracket(tokens: list[Token], main: list[Token], found: Found) -> None:
    """Words in brackets that nothing introduces."""
    if any(token.word.number for token in tokens):
        found.put("other", tokens)
    elif {token.word.script for token in tokens}.isdisjoint(token.word.script for token in main):
        found.doubt(OTHER_SCRIPT)
        found.put("other", tokens)
    elif _is_bosnian(tokens, main):
        found.put("father", tokens)
    else:
        if not phrase_at(tokens, 0, "kunya"):
            found.doubt(IN_BRACKETS)
        found.put("nickname", tokens)


def _is_bosnian(tokens: list[Token], main: list[Token]) -> bool:
    """Whether the brackets stand where the father's name does: Mirsad (Hasan) Begović."""
    within = main[0].start < tokens[0].start < main[-1].start
    return within and len(tokens) == 1 and main[-1].word.bosnian
