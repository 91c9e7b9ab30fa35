"""Our own words about estimates in each language, and how counts and shares are written in it.

`text/<language>.yaml` holds the words (`drawing.catalogue`).
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Final

from habeas.drawing.catalogue import LANGUAGES, Catalogue, Language, read_entries

__all__ = ["LANGUAGES", "Language", "Words", "load_words"]

FOLDER: Final = Path(__file__).parent / "text"

_PERSIAN_DIGITS: Final = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")


class Words(Catalogue, frozen=True, kw_only=True):
    """The words in one language."""

    def digits(self, figure: str) -> str:
        """A decimal number as the language writes it in prose. Not for dates, ids, digests."""
        return figure.translate(_PERSIAN_DIGITS) if self.language == "fa" else figure

    def count(self, number: float | None) -> str:
        """Persons, as a whole number; words where there is none, or no end."""
        if number is None or math.isnan(number):
            return self("none")
        if math.isinf(number):
            return self("no_end")
        return self.digits(f"{number:,.0f}")

    def decimal(self, number: float | None, places: int = 2) -> str:
        """A number that is no count; words where there is none, or no end."""
        if number is None or math.isnan(number):
            return self("none")
        if math.isinf(number):
            return self("no_end")
        return self.digits(f"{number:,.{places}f}")

    def figure(self, number: float) -> str:
        """A figure of a diagnostic: four digits that count."""
        if not math.isfinite(number):
            return self("no_end") if number > 0 else self("none")
        return self.digits(f"{number:,.4g}" if abs(number) < 1e4 else f"{number:,.0f}")

    def share(self, part: float, places: int = 0) -> str:
        """A share of one, as a percentage."""
        return self("percent", figure=self.digits(f"{100 * part:.{places}f}"))

    def level(self, level: float) -> str:
        """The level of an interval, with as many decimals as it has."""
        return self("percent", figure=self.digits(f"{100 * level:.6g}"))

    def interval(self, low: float | None, high: float | None) -> str:
        """An interval of persons, the lower end first; words where there is none."""
        if low is None or high is None:
            return self("none")
        if math.isinf(high):
            return self("from", low=self.count(low))
        return self("interval", low=self.count(low), high=self.count(high))

    def several(self, sentences: list[str]) -> str:
        """Several sentences with the semicolon of the language between."""
        return ("؛ " if self.language == "fa" else "; ").join(sentences)

    def kind(self, name: str) -> str:
        """The kind of an interval or an estimate; a name that has no words (a pair) as it is."""
        return self.entries.get(f"kind.{name}", name)

    def listed(self, parts: list[str] | tuple[str, ...]) -> str:
        """Several parts with the comma of the language between."""
        return ("، " if self.language == "fa" else ", ").join(parts)


@lru_cache(maxsize=len(LANGUAGES))
def load_words(language: Language) -> Words:
    """The catalogue of one language.

    Raises:
        NotFoundError: there is no catalogue of this language.
    """
    entries = read_entries(FOLDER, language)
    return Words(language=language, entries=entries, place=f"estimation/text/{language}.yaml")
