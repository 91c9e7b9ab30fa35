"""The interface's words in each language: headings, legends, units. Never the record's words.

`text/<language>.yaml` holds them, one flat mapping of dotted keys. A missing word is an error, not
an empty place: a legend that silently vanished would mislead. Labels of terms come from the
vocabulary, not from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import msgspec
import yaml

from habeas.drawing.bidi import Direction
from habeas.errors import NotFoundError

FOLDER: Final = Path(__file__).parent / "text"

Language = Literal["en", "fa"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fa")

_PERSIAN_DIGITS: Final = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The interface in one language.

    Attributes:
        language: `en` or `fa`.
        entries: dotted key to words; `{name}` marks what is filled in.
    """

    language: Language
    entries: Mapping[str, str]

    @property
    def direction(self) -> Direction:
        """How the language runs."""
        return "rtl" if self.language == "fa" else "ltr"

    def __call__(self, key: str, **values: str) -> str:
        """The words of a key, with values filled in.

        Raises:
            NotFoundError: the catalogue has no such key.
        """
        try:
            words = self.entries[key]
        except KeyError:
            place = f"text/{self.language}.yaml"
            raise NotFoundError(f"no words for {key!r}", place=place, mend="Add the key.") from None
        return words.format(**values) if values else words

    def number(self, figure: str) -> str:
        """Decimal digits as the language writes them in prose. Not for dates, ids, coordinates."""
        return figure.translate(_PERSIAN_DIGITS) if self.language == "fa" else figure


@lru_cache(maxsize=len(LANGUAGES))
def load_words(language: Language) -> Words:
    """The catalogue of one language.

    Raises:
        NotFoundError: there is no catalogue of this language.
    """
    path = FOLDER / f"{language}.yaml"
    if language not in LANGUAGES:
        raise NotFoundError(
            f"no interface in {language!r}", mend=f"Choose one of {', '.join(LANGUAGES)}."
        )
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Words(language=language, entries=msgspec.convert(entries, dict[str, str]))
