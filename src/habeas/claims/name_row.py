"""A name as the view of a registry keeps it: what search and linkage compare, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from habeas.claims.name_keys import name_keys
from habeas.claims.name_reading import read_name
from habeas.claims.names import normalise
from habeas.claims.values import Name, NamePart

_GIVEN = ("given", "compound")
_SURNAME = ("surname", "suffix")
_CACHED = 65_536


class NameRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The derived forms of one name, each one line of words with single spaces."""

    form: str
    """The normalised name."""
    tokens: str
    """Its words, sorted."""
    keys: str
    """The keys of its words, sorted."""
    given: str
    """The given name, compounds included, normalised. This and what follows may be empty."""
    given_keys: str
    """Its keys as one word, sorted."""
    surname: str
    """The family name with its endings, without particles."""
    surname_keys: str
    father: str
    father_keys: str
    grandfather: str
    honorific: str
    sure: bool
    """Whether the parts could not have been read in another way; true where the list states them.
    """


def name_row(value: Name) -> NameRow:
    """The row of a name.

    What the list states about the parts of a name goes before the reading, as a whole.

    Args:
        value: of a claim.
    """
    reading = read_name(value.text)
    parts = value.parts or reading.parts
    given, given_keys = _derived(_slot(parts, _GIVEN))
    surname, surname_keys = _derived(_slot(parts, _SURNAME))
    father, father_keys = _derived(_slot(parts, ("father",)))
    keys = set(reading.keys)
    for part in value.parts:
        if part.slot not in ("honorific", "particle"):
            keys.update(name_keys(part.text))
    return NameRow(
        form=reading.form,
        tokens=" ".join(sorted(reading.tokens)),
        keys=" ".join(sorted(keys)),
        given=given,
        given_keys=given_keys,
        surname=surname,
        surname_keys=surname_keys,
        father=father,
        father_keys=father_keys,
        grandfather=_derived(_slot(parts, ("grandfather",)))[0],
        honorific=_derived(_slot(parts, ("honorific",)))[0],
        sure=bool(value.parts) or reading.sure,
    )


def _slot(parts: Iterable[NamePart], slots: tuple[str, ...]) -> str:
    return " ".join([part.text for part in parts if part.slot in slots])


@lru_cache(maxsize=_CACHED)
def _derived(text: str) -> tuple[str, str]:
    """A name within the name normalised, and its keys sorted."""
    return (normalise(text), " ".join(sorted(name_keys(text)))) if text else ("", "")
