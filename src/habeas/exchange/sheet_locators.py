"""Where in its source something is said, as a documenter writes it down.

locator: {page: 12, quote: "the words themselves"}
locator: {sheet: Names, row: 340, column: C}
locator: {time: 75-90}
locator: {place: "second note, paragraph 12"}
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import msgspec

from habeas.claims.locator import Box, Cell, Page, Place, Position, Quote, Selector, Time
from habeas.exchange.sheet_complaints import Complaints
from habeas.exchange.yaml_marks import Block, Marked, Words

KEYS = (
    "page",
    "quote",
    "prefix",
    "suffix",
    "position",
    "row",
    "sheet",
    "column",
    "time",
    "box",
    "place",
)
"""What a locator may hold."""

_NEEDS = {"prefix": "quote", "suffix": "quote", "sheet": "row", "column": "row"}


def read_locator(marked: Marked, complaints: Complaints) -> tuple[Selector, ...]:
    """The selectors of a `locator:` block; what is wrong with it goes to the complaints."""
    if not isinstance(marked, Block):
        complaints.add(
            marked.line, "a locator is written with its kind", "For example: locator: {page: 12}"
        )
        return ()
    texts: dict[str, Words] = {}
    for key, value in marked.pairs.items():
        line = marked.line_of(key)
        if key not in KEYS:
            mend = complaints.did_you_mean(key, KEYS, f"It may hold {', '.join(KEYS)}")
            complaints.add(line, f"a locator has no “{key}”", mend)
        elif not isinstance(value, Words) or not value.text.strip():
            complaints.add(line, f"“{key}” needs words or a number")
        elif key in _NEEDS and _NEEDS[key] not in marked.pairs:
            complaints.add(line, f"“{key}” stands beside “{_NEEDS[key]}”, which is missing here")
        else:
            texts[key] = value
    return _selectors(texts, complaints)


def _selectors(texts: dict[str, Words], complaints: Complaints) -> tuple[Selector, ...]:
    found: list[Selector] = []
    for key, make in _MAKERS.items():
        if key not in texts:
            continue
        words = texts[key]
        try:
            selector = make(texts)
            found.append(msgspec.convert(msgspec.to_builtins(selector), type(selector)))
        except (ValueError, InvalidOperation):
            complaints.add(
                words.line,
                f"“{words.text}” is no {key} of a source",
                f"For example: {_EXAMPLES[key]}",
            )
    return tuple(found)


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise ValueError(text)
    return int(text)


def _text(texts: dict[str, Words], key: str) -> str | None:
    return texts[key].text if key in texts else None


def _quote(texts: dict[str, Words]) -> Selector:
    return Quote(
        exact=texts["quote"].text, prefix=_text(texts, "prefix"), suffix=_text(texts, "suffix")
    )


def _position(texts: dict[str, Words]) -> Selector:
    start, _, end = texts["position"].text.partition("-")
    if _whole(end) <= _whole(start):
        raise ValueError(end)
    return Position(start=_whole(start), end=_whole(end))


def _cell(texts: dict[str, Words]) -> Selector:
    return Cell(
        row=_whole(texts["row"].text), sheet=_text(texts, "sheet"), column=_text(texts, "column")
    )


def _seconds(text: str) -> str:
    """`75.5` as it stands; `1:15` and `1:02:03` in seconds."""
    if ":" not in text:
        return text.strip()
    parts = [Decimal(part) for part in text.strip().split(":")]
    if len(parts) > 3 or any(not 0 <= part < 60 for part in parts[1:]) or parts[0] < 0:
        raise ValueError(text)
    total = Decimal(0)
    for part in parts:
        total = total * 60 + part
    return f"{total:f}"


def _time(texts: dict[str, Words]) -> Selector:
    first, dash, last = texts["time"].text.partition("-")
    start, end = _seconds(first), _seconds(last) if dash else None
    if Decimal(start) < 0 or (end is not None and Decimal(end) <= Decimal(start)):
        raise ValueError(texts["time"].text)
    return Time(start=start, end=end)


def _box(texts: dict[str, Words]) -> Selector:
    x, y, width, height = (part.strip() for part in texts["box"].text.split(","))
    for start, size in ((x, width), (y, height)):
        if Decimal(start) < 0 or Decimal(size) <= 0 or Decimal(start) + Decimal(size) > 100:
            raise ValueError(texts["box"].text)
    return Box(x=x, y=y, width=width, height=height)


_MAKERS: dict[str, Callable[[dict[str, Words]], Selector]] = {
    "page": lambda texts: Page(number=_whole(texts["page"].text)),
    "row": _cell,
    "quote": _quote,
    "position": _position,
    "time": _time,
    "box": _box,
    "place": lambda texts: Place(text=texts["place"].text),
}
_EXAMPLES = {
    "page": "page: 12 (the first is 1)",
    "row": "row: 340 (the first is 1)",
    "quote": 'quote: "the very words"',
    "position": "position: 120-180 (characters; the end is not included)",
    "time": "time: 75-90 (seconds), or time: 1:15-1:30",
    "box": "box: 10, 20, 30, 15 (x, y, width, height in percent of the image)",
    "place": 'place: "second note, paragraph 12"',
}


class Extent(msgspec.Struct, frozen=True, kw_only=True):
    """How long a source is, as far as the record says it."""

    pages: int | None = None
    rows: int | None = None
    characters: int | None = None
    seconds: Decimal | None = None


def outside(selector: Selector, extent: Extent) -> str | None:
    """Why a selector lies outside a source; None when it does not, or nobody said its length."""
    match selector:
        case Page(number=page) if extent.pages is not None and page > extent.pages:
            return f"page {page} lies outside a source of {extent.pages} pages"
        case Cell(row=row) if extent.rows is not None and row > extent.rows:
            return f"row {row} lies outside a source of {extent.rows} rows"
        case Position(end=end) if extent.characters is not None and end > extent.characters:
            return f"character {end} lies outside a source of {extent.characters} characters"
        case Time() if extent.seconds is not None:
            last = selector.end or selector.start
            if Decimal(last) > extent.seconds:
                return f"second {last} lies outside a recording of {extent.seconds} seconds"
    return None
