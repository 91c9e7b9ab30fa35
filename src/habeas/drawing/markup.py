"""HTML that cannot be broken by what it holds: everything is text unless it was made here.

`element` escapes every child that is not `Html`. Text passes `bidi`, so that a date or a Latin name
inside Persian neither moves nor is moved, and control characters are shown instead of obeyed.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from functools import lru_cache

from habeas.drawing.bidi import (
    Direction,
    Output,
    direction_of,
    isolate,
    isolate_within,
    show_controls,
)

_VOID = frozenset({"meta", "link", "br", "hr"})


class Html(str):
    """Markup made by this module; any other string is text and is escaped."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | None) -> Html:
    """One element.

    Args:
        tag: its name.
        children: markup as `Html`; any other string is escaped.
        attributes: a trailing underscore is dropped and others become dashes (`class_`,
            `aria_label`); None and the empty string are left out.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for name, value in attributes.items()
        if value
    )
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def image(path: str, words: str) -> Html:
    """A picture from a file beside the page; its words are never left out, even if there are none.

    Args:
        path: relative to the page.
        words: said to those who do not see it.
    """
    return Html(f'<img src="{html.escape(path)}" alt="{html.escape(show_controls(words))}">')


def join(parts: Iterable[str], between: str = "") -> Html:
    """Several pieces, each escaped unless it is `Html`."""
    return Html(escape(between).join(escape(part) for part in parts))


def escape(text: str) -> Html:
    """A piece of text as markup; markup as it is."""
    return text if isinstance(text, Html) else Html(html.escape(text))


def prose(text: str, base: Direction) -> Html:
    """A sentence of ours: what runs against its direction is isolated inside it."""
    return _within(text, base)


@lru_cache(maxsize=8192)
def _within(text: str, base: Direction) -> Html:
    """Titles and names come back on every page: each is looked through once."""
    return Html(isolate_within(text, Output.HTML, base=base))


def figure(text: str) -> Html:
    """A date, number, coordinate or reference: isolated, never broken across lines."""
    return Html(isolate(text, Output.HTML))


def foreign(text: str, *, lang: str = "", tag: str = "bdi") -> Html:
    """Words that are not ours (a title, a name), in their own direction; they may wrap.

    Args:
        text: as it stands.
        lang: BCP 47 tag of its language, when known.
        tag: `bdi` inside a sentence; a block for a quotation that stands alone.
    """
    direction = direction_of(text)
    inside = _within(text, direction)
    return element(tag, inside, dir=direction, lang=lang)
