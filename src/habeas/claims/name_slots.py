"""Which words of a name are given name, family name, father's name, by what is known of them.

Every rule that could have gone another way leaves a remark.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from habeas.claims.name_spanish import is_spanish, spanish_pieces
from habeas.claims.name_structure import Stretch, within
from habeas.claims.name_tokens import Token, phrase_at
from habeas.claims.name_units import (
    Piece,
    Unit,
    cut_units,
    given_pieces,
    surname_pieces,
)

ONE_WORD = "one word: a given name or a family name"
BOUNDARY = "where the given name ends and the family name begins is not sure"
ORDER = "the family name may stand first"
UNKNOWN_WORDS = "neither word is known as a given name: the order is assumed"
COMPOUND_OR_SURNAME = "two given names: a compound, a family name or the father's name"
CHAIN = "read as a chain: given name, father's name, grandfather's name, family name"
COMPOUND_OR_FATHER = "the second name may be part of a compound or the father's name"
TITLE_OR_SURNAME = "a title at the end may be the family name"
PATRONYM_OR_SURNAME = "what follows bin may be a family name"
KUNYA = "a kunya, read as a nickname"
ONLY_TITLE = "nothing but a title"
SEVERAL = "may name several persons"
FATHER_OR_SURNAME = "whether the last word is the father's or the person's family name is not sure"

_EZAFE = ("e", "ye")
_RELATIVES = ("father", "grandfather", "other")


@dataclass(slots=True)
class Found:
    """What is being found in one name."""

    pieces: list[Piece] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)

    def put(self, slot: str, tokens: list[Token]) -> None:
        """Words that make one part."""
        if tokens:
            self.pieces.append(Piece(tokens[0].start, tokens[-1].end, slot))

    def doubt(self, remark: str) -> None:
        """Something that could be read in another way."""
        self.remarks[remark] = None


def decide(tokens: list[Token], found: Found) -> None:
    """The slots of the words of a main stretch.

    Args:
        tokens: in their order.
        found: takes the pieces and remarks.
    """
    rest = take_titles(tokens, found)
    if not rest:
        found.doubt(ONLY_TITLE)
        return
    rest = _without_strangers(rest, found)
    joined = any(phrase_at(rest, at, "and") for at in range(1, len(rest) - 1))
    if joined and not is_spanish(rest):
        _several(rest, found)
        return
    chain = list(within(Stretch("main", rest)))
    if len(chain) > 1 or (rest and phrase_at(rest, 0, "within") and len(rest) > 1):
        _chain(chain, found)
    elif is_spanish(rest):
        found.pieces += spanish_pieces(rest)
    else:
        _plain(cut_units(_without_titles_behind(rest, found)), found)


def take_titles(tokens: list[Token], found: Found) -> list[Token]:
    """The words without the titles before them.

    Args:
        tokens: in their order.
        found: takes the titles.
    """
    at = 0
    while at < len(tokens):
        phrase = phrase_at(tokens, at, "before")
        if not phrase:
            break
        end = at + len(phrase.words)
        found.put("honorific", tokens[at:end])
        at = end
    return tokens[at:]


def _without_strangers(tokens: list[Token], found: Found) -> list[Token]:
    """The words without numbers, the ezafe, and what stands behind a name: Jr., PhD."""
    rest = []
    for token in tokens:
        if token.word.number:
            found.put("other", [token])
        elif token.word.form in _EZAFE and "-" in token.glue:
            found.put("particle", [token])
        elif phrase_at([token], 0, "suffixes"):
            found.put("suffix", [token])
        else:
            rest.append(token)
    return rest


def _without_titles_behind(tokens: list[Token], found: Found) -> list[Token]:
    """Khan, Begum and the like behind a given name; Seyyed in the midst of a name."""
    rest: list[Token] = []
    for at, token in enumerate(tokens):
        hung = token.glue in ("\u200c", "-")
        if (
            at
            and not hung
            and phrase_at(tokens, at, "after")
            and (rest[-1].word.given or at + 1 < len(tokens))
        ):
            if at + 1 == len(tokens) and len(rest) == 1:
                found.doubt(TITLE_OR_SURNAME)
            found.put("honorific", [token])
        else:
            rest.append(token)
    return rest


def _several(tokens: list[Token], found: Found) -> None:
    found.doubt(SEVERAL)
    found.put("other", tokens)


def _plain(units: list[Unit], found: Found) -> None:
    """Given name, then what follows it."""
    if units and units[0].kunya and len(units) > 1:
        found.doubt(KUNYA)
        found.pieces.append(Piece(units[0].start, units[0].end, "nickname"))
        units = units[1:]
    if len(units) == 1:
        _alone(units[0], found)
    elif units and _surname_first(units):
        _reversed(units, found)
    elif units:
        found.pieces += given_pieces(units[0])
        _behind_given(units[0], units[1:], found)


def _alone(unit: Unit, found: Found) -> None:
    if unit.kunya:
        found.doubt(KUNYA)
        found.pieces.append(Piece(unit.start, unit.end, "nickname"))
    elif unit.pair:
        found.doubt(COMPOUND_OR_SURNAME)
        found.pieces += given_pieces(unit)
    elif unit.surname and not unit.given:
        if not unit.article:
            found.doubt(ONE_WORD)
        found.pieces += surname_pieces([unit])
    else:
        if not unit.given or unit.surname:
            found.doubt(ONE_WORD)
        found.pieces += given_pieces(unit)


def _surname_first(units: list[Unit]) -> bool:
    """Whether the family name stands first: in capitals, or known only so."""
    first, last = units[0], units[-1]
    if first.tokens[0].word.capitals and not last.tokens[0].word.capitals:
        return True
    looks = first.surname or (len(units) > 2 and _ends(units[1]))
    return looks and not first.given and last.given and not last.surname and not last.lead


def _reversed(units: list[Unit], found: Found) -> None:
    at = 1
    while at < len(units) - 1 and (
        units[at].tokens[0].word.ending or units[at].surname or units[at].tokens[0].word.capitals
    ):
        at += 1
    found.pieces += surname_pieces(units[:at])
    if not units[0].tokens[0].word.capitals:
        found.doubt(ORDER)
    given_first([token for unit in units[at:] for token in (*unit.lead, *unit.tokens)], found)


def given_first(tokens: list[Token], found: Found) -> None:
    """The slots of words among which the family name is not: it stands elsewhere.

    Args:
        tokens: in their order.
        found: takes the pieces and remarks.
    """
    rest = take_titles(tokens, found)
    units = cut_units(_without_titles_behind(rest, found))
    if not units:
        return
    found.pieces += given_pieces(units[0])
    for slot, unit in zip(_RELATIVES, units[1:], strict=False):
        found.doubt(COMPOUND_OR_FATHER)
        found.pieces.append(Piece(unit.start, unit.end, slot))
    if len(units) > len(_RELATIVES) + 1:
        found.pieces += [Piece(unit.start, unit.end, "other") for unit in units[4:]]


def _behind_given(first: Unit, rest: list[Unit], found: Found) -> None:
    """What follows the given name: relatives' names, if there are such, and the family name."""
    if len(rest) > 1 and rest[0].given and not rest[0].surname and not _ends(rest[1]):
        _relatives(first, rest, found)
        return
    found.pieces += surname_pieces(rest)
    _doubt_boundary(first, rest, found)


def _ends(unit: Unit) -> bool:
    """Whether the unit but ends a surname: پور, زاده."""
    return not unit.lead and unit.tokens[0].word.ending


def _relatives(first: Unit, rest: list[Unit], found: Found) -> None:
    """Several given names before the family name: a chain in Arabic, a compound in Persian."""
    at = 0
    while at < len(rest) - 1 and rest[at].given and not _ends(rest[at + 1]):
        at += 1
    last = rest[-1]
    if at == 1 and not last.article and not first.pair:
        found.doubt(COMPOUND_OR_FATHER)
        found.pieces.append(Piece(rest[0].start, rest[0].end, "compound"))
    else:
        found.doubt(CHAIN)
        for place, unit in enumerate(rest[:at]):
            slot = _RELATIVES[min(place, 2)]
            found.pieces.append(Piece(unit.start, unit.end, slot))
    found.pieces += surname_pieces(rest[at:])


def _hung(unit: Unit) -> bool:
    """Whether the unit is written together with what stands before it."""
    return unit.tokens[0].glue in ("\u200c", "-")


def _doubt_boundary(first: Unit, rest: list[Unit], found: Found) -> None:
    last = rest[-1]
    words = sum(not _ends(unit) and not _hung(unit) for unit in rest)
    if first.pair and len(rest) == 1 and last.surname:
        return
    if not first.given and not last.surname and not last.lead:
        found.doubt(UNKNOWN_WORDS)
    elif len(rest) == 1 and last.given and not last.surname and not last.lead:
        found.doubt(COMPOUND_OR_SURNAME)
    elif words > 1 and not (rest[0].surname or rest[0].lead or rest[0].tokens[0].word.begins):
        found.doubt(BOUNDARY)


def _chain(chain: list[list[Token]], found: Found) -> None:
    """علی بن حسن بن رضا العمری: the relatives are behind بن, the family name is last."""
    if phrase_at(chain[0], 0, "within"):
        chain = [[], *chain]
    if chain[0]:
        head = cut_units(_without_titles_behind(chain[0], found))
        _plain(head, found) if len(head) > 1 else found.pieces.extend(given_pieces(head[0]))
    for place, link in enumerate(chain[1:]):
        found.put("particle", link[:1])
        is_last = place == len(chain) - 2
        _link(link[1:], _RELATIVES[min(place, 2)], found, last=is_last, headless=not chain[0])


def _link(tokens: list[Token], slot: str, found: Found, *, last: bool, headless: bool) -> None:
    units = cut_units(take_titles(tokens, found))
    if not units:
        return
    if headless and len(units) == 1:
        found.doubt(PATRONYM_OR_SURNAME)
        found.pieces += surname_pieces(units)
        return
    latin = tokens[0].word.script != "Arab"
    if last and len(units) == 1 and (not units[0].given or (latin and slot == "father")):
        found.doubt(PATRONYM_OR_SURNAME)
    found.pieces.append(Piece(units[0].start, units[0].end, slot))
    found.pieces += surname_pieces(units[1:])


def relative(tokens: list[Token], slot: str, found: Found, *, named: bool) -> None:
    """The slots of words that name a relative.

    Args:
        tokens: behind "son of" or the like.
        slot: `father`, `grandfather`, `mother`.
        found: takes the pieces and remarks.
        named: whether the person's own family name has been read already.
    """
    for at in range(1, len(tokens) - 1):
        if slot == "father" and phrase_at(tokens, at, "and"):
            found.put("particle", [tokens[at]])
            relative(tokens[:at], "father", found, named=True)
            relative(tokens[at + 1 :], "mother", found, named=True)
            return
    rest = take_titles(tokens, found)
    if not rest:
        return
    chain = list(within(Stretch("main", rest)))
    units = cut_units(chain[0])
    if named or len(units) == 1:
        found.put(slot, chain[0])
    else:
        found.pieces.append(Piece(units[0].start, units[0].end, slot))
        found.pieces += surname_pieces(units[1:])
        found.doubt(FATHER_OR_SURNAME)
    for link in chain[1:]:
        found.put("particle", link[:1])
        found.put("grandfather" if slot == "father" else "other", link[1:])
