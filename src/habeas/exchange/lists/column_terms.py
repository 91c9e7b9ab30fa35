"""Words of a column that stand for terms of the vocabulary, by `term_words.yaml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from habeas.claims.names import normalise
from habeas.claims.vocabulary import vocabulary

_FILE: Final = Path(__file__).with_name("term_words.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsFound:
    """What a column says in terms of one vocabulary."""

    terms: dict[str, str] = field(default_factory=dict)
    """Words as the list writes them to terms; only words that Habeas knows."""
    known: float = 0
    """The part of the cells, 0 to 1, that is such a word."""
    unknown: int = 0
    """How many different words are not known."""


def terms_in(cells: Iterable[str], name: str) -> TermsFound:
    """The terms of a vocabulary that the words of a column stand for.

    Args:
        cells: that say something.
        name: of the vocabulary.
    """
    words = known_words(name)
    spelled: dict[str, str] = {}
    counts: dict[str, int] = {}
    for cell in cells:
        word = normalise(cell)
        spelled.setdefault(word, cell)
        counts[word] = counts.get(word, 0) + 1
    if name == "sex":
        words = words | _letters(counts)
    terms = {spelled[word]: words[word] for word in sorted(counts) if word in words}
    known = sum(count for word, count in counts.items() if word in words)
    return TermsFound(
        terms=terms,
        known=known / max(1, sum(counts.values())),
        unknown=sum(1 for word in counts if word not in words),
    )


@cache
def known_words(name: str) -> dict[str, str]:
    """All words that stand for a term: its own labels and those of lists. Normalised."""
    words: dict[str, str] = {}
    for term in vocabulary().terms(name).values():
        for spelling in (term.name, *term.labels.values(), *term.also):
            words.setdefault(normalise(spelling), term.name)
    for term_name, spellings in _data().get(name, {}).items():
        for spelling in spellings:
            words.setdefault(normalise(spelling), term_name)
    return words


def _letters(words: Iterable[str]) -> dict[str, str]:
    """`M` is a man beside `F`, a woman beside `H`: the one pair that has all single letters."""
    single = {word for word in words if len(word) == 1}
    fitting = [pair for pair in _data()["sex_letters"] if single == set(pair)]
    return dict(fitting[0]) if len(fitting) == 1 else {}


@cache
def _data() -> dict[str, Any]:
    import yaml

    content: dict[str, Any] = yaml.load(_FILE.read_bytes(), Loader=yaml.CBaseLoader)  # noqa: S506
    return content
