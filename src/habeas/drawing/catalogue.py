"""Words of ours in each language, as data: one flat file of dotted keys for each.

A missing word is an error, not an empty place: a legend or a warning that silently vanished would
mislead. Each room keeps its own words in a folder `text`; labels of terms are the vocabulary's.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec
import yaml

from habeas.drawing.bidi import Direction
from habeas.errors import NotFoundError

Language = Literal["en", "fa"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fa")


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """The words of one room in one language.

    Attributes:
        language: `en` or `fa`.
        entries: dotted key to words; `{name}` marks what is filled in.
        place: the file that they stand in, for errors.
    """

    language: Language
    entries: Mapping[str, str]
    place: str = ""

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
            raise NotFoundError(
                f"no words for {key!r}", place=self.place, mend="Add the key."
            ) from None
        return words.format(**values) if values else words


def read_entries(folder: Path, language: Language) -> Mapping[str, str]:
    """The entries of `<language>.yaml` in a folder.

    Raises:
        NotFoundError: there is no such language.
    """
    if language not in LANGUAGES:
        raise NotFoundError(
            f"no interface in {language!r}", mend=f"Choose one of {', '.join(LANGUAGES)}."
        )
    path = folder / f"{language}.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return msgspec.convert(entries, dict[str, str])
