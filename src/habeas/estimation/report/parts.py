"""Pieces of the page that come again: tables, pictures inside the page, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from habeas.drawing.markup import Html, element, join, prose
from habeas.estimation.figures.picture import Picture, Table
from habeas.estimation.wording import Words

_ROOT: Final = re.compile(r"<svg[^>]*?viewBox=\"([^\"]+)\"[^>]*>", re.DOTALL)
_METADATA: Final = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_IDS: Final = re.compile(r'(\bid="|url\(#|href="#)')


def say(words: Words, key: str, **values: str) -> Html:
    """Words of ours as markup, with what runs the other way isolated."""
    return prose(words(key, **values), words.direction)


def paragraph(text: str, words: Words, *, class_: str = "") -> Html:
    """A paragraph of running text."""
    return element("p", prose(text, words.direction), class_=class_)


def bullets(texts: Iterable[str], words: Words, *, class_: str = "") -> Html:
    """A list of sentences."""
    return element(
        "ul", *(element("li", prose(text, words.direction)) for text in texts), class_=class_
    )


def table_of(table: Table, words: Words, caption: str) -> Html:
    """A table whose first column heads its rows."""
    head = element(
        "tr",
        *(element("th", prose(cell, words.direction), scope="col") for cell in table.heading),
    )
    body = (
        element(
            "tr",
            element("th", prose(row[0], words.direction), scope="row"),
            *(element("td", prose(cell, words.direction)) for cell in row[1:]),
        )
        for row in table.rows
    )
    made = element(
        "table",
        element("caption", prose(caption, words.direction)),
        element("thead", head),
        element("tbody", *body),
    )
    return element("div", made, class_="scroll", tabindex="0", role="region", aria_label=caption)


def picture_of(picture: Picture, words: Words, *, open_table: bool = False) -> Html:
    """A picture with its sentence below, and the same content as a table."""
    figure = element(
        "figure",
        element("div", inline_svg(picture), class_="picture", tabindex="0"),
        element("figcaption", prose(picture.description, words.direction)),
    )
    table = table_of(picture.table, words, picture.title)
    if open_table:
        return join((figure, table))
    title = element("h3", prose(picture.title, words.direction))
    return join(
        (title, figure, element("details", element("summary", say(words, "page.table")), table))
    )


def inline_svg(picture: Picture) -> Html:
    """The picture as part of a page: its ids are its own, its words stand in the root."""
    text = picture.svg.decode()
    text = _METADATA.sub("", text[text.index("<svg") :])
    text = _IDS.sub(rf"\g<1>{picture.name}-", text)
    root = element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        xmlns_xlink="http://www.w3.org/1999/xlink",
        viewBox=_viewbox(text),
        role="img",
        aria_label=picture.description,
    )
    opening = root.removesuffix("</svg>").replace("xmlns-xlink", "xmlns:xlink")
    return Html(_ROOT.sub(lambda _: opening, text, count=1))


def _viewbox(text: str) -> str:
    found = _ROOT.search(text)
    if found is None:
        raise AssertionError("a drawn picture has a viewBox")
    return found.group(1)
