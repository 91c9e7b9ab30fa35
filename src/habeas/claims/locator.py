"""Where in a source something is said.

Selectors map to those of the W3C Web Annotation Data Model (2017): `w3c` gives that form.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from habeas.claims.values import Decimal

_One = Annotated[int, msgspec.Meta(ge=1, lt=2**53)]
_Zero = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class _Selector(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
    tag_field="type",
):
    """What all selectors have in common."""


class Page(_Selector, tag="page", frozen=True, kw_only=True, gc=False):
    """A page, the first is 1."""

    number: _One


class Quote(_Selector, tag="quote", frozen=True, kw_only=True, gc=False):
    """The very words, with what stands before and after when they occur more than once."""

    exact: str
    prefix: str | None = None
    suffix: str | None = None


class Position(_Selector, tag="position", frozen=True, kw_only=True, gc=False):
    """A span of text in Unicode code points, end excluded."""

    start: _Zero
    end: _One


class Cell(_Selector, tag="cell", frozen=True, kw_only=True, gc=False):
    """A row of a table (the first is 1), and its column and sheet when told."""

    row: _One
    sheet: str | None = None
    column: str | None = None


class Time(_Selector, tag="time", frozen=True, kw_only=True, gc=False):
    """A stretch of a recording, in seconds."""

    start: Decimal
    end: Decimal | None = None


class Box(_Selector, tag="box", frozen=True, kw_only=True, gc=False):
    """A rectangle of an image, in percent of its width and height."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal


class Place(_Selector, tag="place", frozen=True, kw_only=True, gc=False):
    """Free words: "second note, paragraph 12"."""

    text: str


Selector = Page | Quote | Position | Cell | Time | Box | Place


def w3c(selector: Selector) -> dict[str, object]:
    """The selector in the form of the W3C Web Annotation Data Model."""
    match selector:
        case Page(number=number):
            return _fragment("http://tools.ietf.org/rfc/rfc3778", f"page={number}")
        case Quote():
            found: dict[str, object] = {"type": "TextQuoteSelector", "exact": selector.exact}
            if selector.prefix is not None:
                found["prefix"] = selector.prefix
            if selector.suffix is not None:
                found["suffix"] = selector.suffix
            return found
        case Position(start=start, end=end):
            return {"type": "TextPositionSelector", "start": start, "end": end}
        case Cell(row=row):
            return _fragment("http://tools.ietf.org/rfc/rfc7111", f"row={row}")
        case Time(start=start, end=end):
            return _fragment(
                "http://www.w3.org/TR/media-frags/", f"t={start},{end or ''}".rstrip(",")
            )
        case Box():
            value = f"xywh=percent:{selector.x},{selector.y},{selector.width},{selector.height}"
            return _fragment("http://www.w3.org/TR/media-frags/", value)
        case Place(text=text):
            return {"type": "FragmentSelector", "value": text}


def _fragment(standard: str, value: str) -> dict[str, object]:
    return {"type": "FragmentSelector", "conformsTo": standard, "value": value}


def describe(selector: Selector) -> str:
    """The selector in short English words, for lists and messages."""
    match selector:
        case Page(number=number):
            return f"page {number}"
        case Quote(exact=exact):
            return f"“{exact}”"
        case Position(start=start, end=end):
            return f"characters {start}-{end}"
        case Cell():
            sheet = f"sheet {selector.sheet}, " if selector.sheet else ""
            column = f", column {selector.column}" if selector.column else ""
            return f"{sheet}row {selector.row}{column}"
        case Time(start=start, end=end):
            return f"{start}-{end} s" if end else f"from {start} s"
        case Box():
            return f"box {selector.x},{selector.y} {selector.width}×{selector.height} %"
        case Place(text=text):
            return text
