"""Pictures that runs made (a curve, a map, a forest plot) in a dossier of what they depict.

A picture reaches a dossier as an evidence item of a run, never by an import: this room knows
nothing of estimates or images. Only SVG is shown, in the dossier's language, and only if nothing
that is said of the item lies above the clearance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from habeas.claims.claim import prefix_of
from habeas.claims.values import Ref, Text
from habeas.publishing.catalogue import Language
from habeas.publishing.contents import Item, RunPicture, Statement

SHOWN: Final = "image/svg+xml"
"""The media type of the pictures that pages and PDF can both show."""

FOLDER: Final = "pictures"
"""Where they lie beside the page."""

Pictures = Mapping[str, bytes]
"""SHA-256 to the bytes of a picture that may be shown."""


def gather_pictures(
    items: Sequence[Item], claims: Sequence[Statement], entities: Iterable[str]
) -> tuple[RunPicture, ...]:
    """The pictures among the items of a dossier that a run made of one of its entities.

    Args:
        items: of the dossier.
        claims: all of it, by number from 1.
        entities: those that have a section.
    """
    shown = set(entities)
    found = [_picture(item, [claims[number - 1] for number in item.claims]) for item in items]
    return tuple(one for one in found if one is not None and shown.intersection(one.depicts))


def _picture(item: Item, said: Sequence[Statement]) -> RunPicture | None:
    runs = _named(said, "from_source", "run")
    if item.media_type != SHOWN or not runs:
        return None
    languages = [s.value.text for s in said if s.predicate == "language" and _is_text(s)]
    file = next(s.number for s in said if s.predicate == "file")
    return RunPicture(
        item=item.item,
        claim=file,
        run=runs[0],
        depicts=tuple(_named(said, "depicts")),
        sha256=item.sha256,
        language=str(languages[0]) if languages else "",
        descriptions={
            s.value.lang or "": s.value.text
            for s in said
            if s.predicate == "description" and isinstance(s.value, Text)
        },
    )


def _is_text(statement: Statement) -> bool:
    return isinstance(statement.value, Text)


def _named(said: Sequence[Statement], predicate: str, kind: str = "") -> list[str]:
    return [
        s.value.id
        for s in said
        if s.predicate == predicate
        and isinstance(s.value, Ref)
        and (not kind or prefix_of(s.value.id) == kind)
    ]


def in_language(found: Sequence[RunPicture], language: Language) -> tuple[RunPicture, ...]:
    """The pictures without words, and those whose words are in the language."""
    return tuple(one for one in found if one.language in ("", language))


def picture_files(found: Sequence[RunPicture], language: Language, held: Pictures) -> Pictures:
    """The files beside the page, by path."""
    return {
        path_of(one): held[one.sha256] for one in in_language(found, language) if one.sha256 in held
    }


def path_of(picture: RunPicture) -> str:
    """Where it lies beside the page."""
    return f"{FOLDER}/{picture.sha256[:16]}.svg"


def words_of(picture: RunPicture, language: Language) -> str:
    """What is said of the picture, in the language if somebody did."""
    said = picture.descriptions
    return said.get(language) or next(iter(said.values()), "")
