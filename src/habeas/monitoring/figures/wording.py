"""The words in the pictures of a watched site, in English and Persian.

`text/<language>.yaml` holds them (`drawing.catalogue`).
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

from habeas.drawing.catalogue import LANGUAGES, Catalogue, Language, read_entries

FOLDER: Final = Path(__file__).parent / "text"

_PERSIAN_DIGITS: Final = str.maketrans("0123456789.,", "۰۱۲۳۴۵۶۷۸۹٫٬")


@lru_cache(maxsize=len(LANGUAGES))
def load_words(language: Language) -> Catalogue:
    """The catalogue of one language.

    Raises:
        NotFoundError: there is no catalogue of this language.
    """
    entries = read_entries(FOLDER, language)
    place = f"monitoring/figures/text/{language}.yaml"
    return Catalogue(language=language, entries=entries, place=place)


def word(key: str, language: Language, **fill: str) -> str:
    """Words of a picture, filled in.

    Args:
        key: see the catalogue.
        language: `en` or `fa`.
        fill: what stands in each `{place}`.

    Raises:
        NotFoundError: the catalogue has no such key.
    """
    return load_words(language)(key, **fill)


def sensor(name: str, language: Language) -> str:
    """The name of a sensor; as the cube has it when it is none of ours."""
    return load_words(language).entries.get(f"sensor.{name}", name)


def count(value: float, language: Language) -> str:
    """A whole number, with its thousands apart, in the digits of the language."""
    text = f"{value:,.0f}"
    return text.translate(_PERSIAN_DIGITS) if language == "fa" else text


def index_name(name: str, language: Language) -> str:
    """The name of an index; in Persian too, when it is one of those that are known here."""
    return _INDICES.get(name, name) if language == "fa" else name


_INDICES: Final = {
    "brightness": "روشنایی",
    "mean reflectance of the bands": "میانگین بازتاب باندها",
    "NDVI": "نمایهٔ پوشش گیاهی (NDVI)",
}


def figure_of(value: float, language: Language) -> str:
    """A number of an axis in the digits of the language."""
    text = f"{value:.4g}".replace("-", "−")
    return text.translate(_PERSIAN_DIGITS) if language == "fa" else text


def day(value: date) -> str:
    """A date as it stands in every language: ISO 8601; whoever draws it isolates it."""
    return value.isoformat()
