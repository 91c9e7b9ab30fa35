"""The words of a place taken apart: several places in one text, and what kind each is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from habeas.claims.gazetteer_place import PlaceKind
from habeas.claims.names import normalise

MAX_LETTERS = 300
"""A longer text is no place; it is refused before it is looked at."""

_KINDS: dict[PlaceKind, str] = {
    "country": "کشور,country",
    "province": "استان,ولایت,محافظة,پارێزگای,پارێزگا,province,governorate,ostan,muhafazat,wilayat",
    "county": "شهرستان,قضاء,county,shahrestan",
    "district": "بخش,ناحية,ناحیه,district,bakhsh",
    "rural_district": "دهستان,dehestan",
    "city": "شهر,مدينة,شاری,city,town,shahr",
    "village": "روستای,روستا,آبادی,ده,قریه,قرية,گوندی,village,rusta,roosta,deh",
    "neighbourhood": "محله,محلهٔ,محلۀ,حي,کوی,neighbourhood,neighborhood,quarter",
    "prison": "زندان,بازداشتگاه,ندامتگاه,سجن,معتقل,prison,jail,detention centre,detention center",
    "cemetery": "گورستان,آرامستان,قبرستان,مقبرة,آرامگاه,cemetery,graveyard",
    "hospital": "بیمارستان,مستشفى,hospital",
    "military": "پادگان,معسكر,barracks,garrison",
    "court": "دادگاه,دادسرای,محكمة,court",
}

_KIND_OF: dict[str, PlaceKind] = {
    normalise(word): kind for kind, listed in _KINDS.items() for word in listed.split(",")
}

SITES = ("prison", "cemetery", "hospital", "military", "court")
"""Kinds that are no towns: the registry holds them, not the gazetteer."""

_OF = ("of", "e", "ye")

_BETWEEN = re.compile(
    r"\s*[،,;؛/|()\[\]\n«»\"“”]\s*|\s+[-\u2013\u2014]\s+|\s*[\u2013\u2014]\s*"
    r"|\s+(?:از توابع|تابع|واقع در|در|من توابع)\s+|\s+(?:in|near)\s+"
)
"""What parts two places in one text. A hyphen without spaces is of a name: Bandar-e Anzali."""

_LEADING = re.compile(r"(?<=\S)\s+(?=(?:استان|شهرستان|بخش|دهستان|روستای|محافظة|قضاء)\s)")
"""Before these words of kind another place begins: روستای X شهرستان Y."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Words that name one place."""

    text: str
    """The name, without its word of kind."""
    whole: str
    """The same as written."""
    kind: PlaceKind | None = None
    """What the words say that it is."""
    kind_word: str = ""
    """The word that says so."""


def parts_of(words: str) -> tuple[Part, ...]:
    """The places that words name, in their order.

    Args:
        words: as a source has them: `روستای X از توابع Y`, `X, Y province`, `تهران - زندان اوین`.
    """
    pieces = (piece.strip() for side in _BETWEEN.split(words) for piece in _LEADING.split(side))
    return tuple(dict.fromkeys(_part(piece) for piece in pieces if normalise(piece)))


def spans_of(text: str, longest: int = 4) -> Iterator[tuple[str, tuple[int, int]]]:
    """Runs of words within a text, the longest first, each with its first and last place.

    Args:
        text: a text of which no name is known as a whole.
        longest: words in a run.
    """
    found = text.split()
    for count in range(min(longest, len(found) - 1), 0, -1):
        for at in range(len(found) - count + 1):
            yield " ".join(found[at : at + count]), (at, at + count)


def _part(piece: str) -> Part:
    tokens = piece.split()
    for count in (2, 1):
        if len(tokens) > count:
            front, back = tokens[:count], tokens[-count:]
            if kind := _KIND_OF.get(normalise(" ".join(front))):
                rest = tokens[count:]
                if len(rest) > 1 and normalise(rest[0]) in _OF:
                    rest = rest[1:]
                return Part(text=" ".join(rest), whole=piece, kind=kind, kind_word=" ".join(front))
            if kind := _KIND_OF.get(normalise(" ".join(back))):
                rest = tokens[:-count]
                return Part(text=" ".join(rest), whole=piece, kind=kind, kind_word=" ".join(back))
    return Part(text=piece, whole=piece)
