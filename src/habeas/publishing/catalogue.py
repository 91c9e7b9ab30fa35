"""The interface's words in each language: headings, legends, units. Never the record's words.

`text/<language>.yaml` holds them (`drawing.catalogue`). Labels of terms come from the vocabulary.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from habeas.drawing.catalogue import LANGUAGES, Catalogue, Language, read_entries

__all__ = ["LANGUAGES", "Language", "Words", "load_words"]

FOLDER: Final = Path(__file__).parent / "text"

_PERSIAN_DIGITS: Final = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


class Words(Catalogue, frozen=True, kw_only=True):
    """The interface in one language."""

    def number(self, figure: str) -> str:
        """Decimal digits as the language writes them in prose. Not for dates, ids, coordinates."""
        return figure.translate(_PERSIAN_DIGITS) if self.language == "fa" else figure


@lru_cache(maxsize=len(LANGUAGES))
def load_words(language: Language) -> Words:
    """The catalogue of one language.

    Raises:
        NotFoundError: there is no catalogue of this language.
    """
    entries = read_entries(FOLDER, language)
    return Words(language=language, entries=entries, place=f"text/{language}.yaml")
