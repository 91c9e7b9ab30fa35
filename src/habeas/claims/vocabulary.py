"""The controlled vocabulary: predicates and terms, read from `vocabulary/*.yaml`.

A predicate says what can be claimed about which kind of subject and with which type of value; a
term is one value of a closed list. Both carry a label in English and Persian, a definition and the
standard they come from. The files are data that a reader can check against those standards; they
are read when first asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from habeas.errors import InputError

FOLDER = Path(__file__).parent / "vocabulary"
"""Where the files are."""

Level = Literal["public", "partners", "team", "sealed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermDefinition:
    """One value of a controlled vocabulary."""

    name: str
    vocabulary: str
    """The vocabulary it belongs to."""
    labels: Mapping[str, str]
    """`en` and `fa`."""
    definition: str
    """In English."""
    origin: str
    """The standard or source that it comes from."""
    also: tuple[str, ...] = ()
    """What others call it. Never recorded; named in the message that refuses it."""

    def label(self, lang: str = "en") -> str:
        """The label in a language, English where there is no other."""
        return self.labels.get(lang, self.labels["en"])


@dataclass(frozen=True, slots=True, kw_only=True)
class TermList:
    """One controlled vocabulary: its terms in the order in which they are shown."""

    name: str
    labels: Mapping[str, str]
    origin: str
    terms: Mapping[str, TermDefinition]

    def label(self, lang: str = "en") -> str:
        """The label in a language, English where there is no other."""
        return self.labels.get(lang, self.labels["en"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """What can be claimed about a subject."""

    name: str
    subjects: tuple[str, ...]
    """Prefixes of the entities it may be about."""
    values: tuple[str, ...]
    """The types its value may have; the first is the one that bare words mean."""
    vocabulary: str = ""
    """The vocabulary that a `term` value is taken from."""
    targets: tuple[str, ...] = ()
    """Prefixes of the entities that a `ref` value may name."""
    single: bool = False
    """Whether the world holds one true value (at one time): two that exclude each other contradict.
    """
    derivation: bool = False
    """Whether it says that the subject takes what it says from the source that it names."""
    least: Level = "public"
    """The least sensitivity that a claim of this kind has, whatever is written on it."""
    never_publish: int = 0
    """The number of the rule, in the never-publish list, that it falls under; 0 for none."""
    governed_by: str = ""
    """The predicate that has to be decided before this one may be public."""
    binds: bool = False
    """Whether its floor and what governs it hold for every claim about its subject, a file, too."""
    dates: str = ""
    """The predicate of whose claims it dates the same matter, by a measurement: their times are
    compared with its value."""
    within: str = ""
    """The predicate that says from when to when was measured: what lies outside is not compared."""
    labels: Mapping[str, str]
    definitions: Mapping[str, str]
    """`en` and `fa`."""
    origin: str
    also: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        """The type that bare words mean: `text`, `when`, `ref`..."""
        return self.values[0]

    def label(self, lang: str = "en") -> str:
        """The label in a language, English where there is no other."""
        return self.labels.get(lang, self.labels["en"])

    def definition(self, lang: str = "en") -> str:
        """The definition in a language, English where there is no other."""
        return self.definitions.get(lang, self.definitions["en"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """All predicates and all terms."""

    predicates: tuple[Predicate, ...]
    """All of them, in the order of the files."""
    lists: Mapping[str, TermList]
    single: frozenset[str]
    """Names of the predicates with one true value."""
    derivations: frozenset[str]
    """Names of the predicates that say from which source another one takes what it says."""
    binding: frozenset[str]
    """Names of the predicates that bind every claim about their subject."""
    dating: frozenset[str]
    """Names of the predicates that date what claims of another predicate tell of."""
    _by_name: Mapping[str, Predicate] = field(repr=False)
    _allowed: Mapping[tuple[str, str, str], Predicate] = field(repr=False)
    _terms: Mapping[tuple[str, str], TermDefinition] = field(repr=False)

    def predicate(self, name: str, place: str = "") -> Predicate:
        """The predicate of this name.

        Args:
            name: as it stands in a claim.
            place: where it stands, for the message.

        Raises:
            InputError: there is none; the mend names the nearest ones.
        """
        found = self._by_name.get(name)
        if found is None:
            raise InputError(
                f"there is no predicate “{name}”",
                place=place,
                mend=_did_you_mean(name, self.predicates),
            )
        return found

    def term(self, vocabulary: str, name: str, place: str = "") -> TermDefinition:
        """The term of this name in a vocabulary.

        Args:
            vocabulary: the vocabulary that the predicate names.
            name: the term.
            place: where it stands, for the message.

        Raises:
            InputError: there is no such vocabulary or no such term; the mend names the nearest.
        """
        found = self._terms.get((vocabulary, name))
        if found is None:
            terms = self.terms(vocabulary, place)
            raise InputError(
                f"“{name}” is no term of {vocabulary}",
                place=place,
                mend=_did_you_mean(name, terms.values(), all_below=32),
            )
        return found

    def terms(self, vocabulary: str, place: str = "") -> Mapping[str, TermDefinition]:
        """The terms of a vocabulary by name, in the order in which they are shown.

        Raises:
            InputError: there is no such vocabulary.
        """
        found = self.lists.get(vocabulary)
        if found is None:
            near = get_close_matches(vocabulary, self.lists, n=3)
            mend = f"Did you mean {' or '.join(near)}?" if near else ""
            raise InputError(f"there is no vocabulary “{vocabulary}”", place=place, mend=mend)
        return found.terms

    def label(self, predicate: str, lang: str = "en") -> str:
        """The label of a predicate.

        Raises:
            InputError: there is no such predicate.
        """
        return self.predicate(predicate).label(lang)

    def term_label(self, vocabulary: str, name: str, lang: str = "en") -> str:
        """The label of a term.

        Raises:
            InputError: there is no such vocabulary or no such term.
        """
        return self.term(vocabulary, name).label(lang)

    def check(self, subject: str, predicate: str, value_type: str, place: str = "") -> Predicate:
        """Whether such a claim can be made; one look-up, since it is asked for every claim.

        Args:
            subject: the prefix of the entity it is about: `site`.
            predicate: its name.
            value_type: the type of its value: `text`, `when`...
            place: where the claim stands, for the message.

        Raises:
            InputError: no such predicate, or not about such a subject, or not with such a value.
        """
        found = self._allowed.get((subject, predicate, value_type))
        if found is None:
            self._refuse(subject, self.predicate(predicate, place), value_type, place)
            raise AssertionError
        return found

    def _refuse(self, subject: str, predicate: Predicate, value_type: str, place: str) -> None:
        if subject not in predicate.subjects:
            fitting = (other for other in self.predicates if subject in other.subjects)
            near = _did_you_mean(predicate.name, fitting)
            raise InputError(
                f"“{predicate.name}” is not said of a {subject}",
                place=place,
                mend=f"It is said of {', '.join(predicate.subjects)}. {near}",
            )
        raise InputError(
            f"“{predicate.name}” has no value of type {value_type}",
            place=place,
            mend=f"Its value is of type {' or '.join(predicate.values)}",
        )


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary of this version of Habeas, read once."""
    predicates: dict[str, Predicate] = {}
    lists: dict[str, TermList] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        content = _read(path)
        for raw in content.get("predicates", ()):
            predicate = _predicate(raw)
            if predicate.name in predicates:
                raise ValueError(f"{path.name}: the predicate {predicate.name} stands twice")
            predicates[predicate.name] = predicate
        for name, raw in content.get("vocabularies", {}).items():
            lists[name] = _term_list(name, raw)
    return Vocabulary(
        predicates=tuple(predicates.values()),
        lists=MappingProxyType(lists),
        single=frozenset(name for name, found in predicates.items() if found.single),
        derivations=frozenset(name for name, found in predicates.items() if found.derivation),
        binding=frozenset(name for name, found in predicates.items() if found.binds),
        dating=frozenset(name for name, found in predicates.items() if found.dates),
        _by_name=predicates,
        _allowed={
            (subject, found.name, type_): found
            for found in predicates.values()
            for subject in found.subjects
            for type_ in found.values
        },
        _terms={
            (name, term.name): term
            for name, found in lists.items()
            for term in found.terms.values()
        },
    )


def _read(path: Path) -> dict[str, Any]:
    import yaml

    content: dict[str, Any] = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return content


def _predicate(raw: dict[str, Any]) -> Predicate:
    given = dict(raw)
    value = given.pop("value")
    return Predicate(
        subjects=tuple(given.pop("subjects")),
        values=(value,) if isinstance(value, str) else tuple(value),
        targets=tuple(given.pop("targets", ())),
        also=tuple(given.pop("also", ())),
        labels=given.pop("label"),
        definitions=given.pop("definition"),
        **given,
    )


def _term_list(name: str, raw: dict[str, Any]) -> TermList:
    terms = {
        term: TermDefinition(
            name=term,
            vocabulary=name,
            labels={"en": given["en"], "fa": given["fa"]},
            definition=given["is"],
            origin=given.get("origin", raw["origin"]),
            also=tuple(given.get("also", ())),
        )
        for term, given in raw["terms"].items()
    }
    return TermList(
        name=name, labels=raw["label"], origin=raw["origin"], terms=MappingProxyType(terms)
    )


def _did_you_mean(
    name: str, among: Iterable[Predicate | TermDefinition], *, all_below: int = 0
) -> str:
    """The names that a writer may have meant: by another scheme's word, by spelling, by label."""
    known = tuple(among)
    spellings: dict[str, str] = {}
    for one in known:
        for spelling in (*(label.casefold() for label in one.labels.values()), *one.also, one.name):
            spellings[spelling] = one.name
    asked = name.casefold().strip()
    near = [spellings[asked]] if asked in spellings else []
    near = near or [spellings[s] for s in get_close_matches(asked, spellings, n=3, cutoff=0.7)]
    if near:
        return f"Did you mean {' or '.join(dict.fromkeys(near))}?"
    if len(known) < all_below:
        return f"It is one of {', '.join(one.name for one in known)}"
    return "`habeas vocabulary` lists them all"
