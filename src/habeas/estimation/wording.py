"""Our own words about estimates in each language, and how counts and shares are written in it.

`text/<language>.yaml` holds the words, one flat mapping of dotted keys. A missing word is an error,
not an empty place: a warning that silently vanished would mislead.
"""

from __future__ import annotations

import math
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

_PERSIAN_DIGITS: Final = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The words in one language.

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
            place = f"estimation/text/{self.language}.yaml"
            raise NotFoundError(f"no words for {key!r}", place=place, mend="Add the key.") from None
        return words.format(**values) if values else words

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

    def listed(self, parts: list[str] | tuple[str, ...]) -> str:
        """Several parts with the comma of the language between."""
        return ("، " if self.language == "fa" else ", ").join(parts)


@lru_cache(maxsize=len(LANGUAGES))
def load_words(language: Language) -> Words:
    """The catalogue of one language.

    Raises:
        NotFoundError: there is no catalogue of this language.
    """
    if language not in LANGUAGES:
        raise NotFoundError(
            f"no words in {language!r}", mend=f"Choose one of {', '.join(LANGUAGES)}."
        )
    entries = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    return Words(language=language, entries=msgspec.convert(entries, dict[str, str]))
