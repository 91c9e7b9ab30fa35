"""Running text for the PDF as data: what the template sets, piece by piece, as text alone.

No Typst is ever written from data. A text becomes pieces that say how they run and what they are;
they reach the template as JSON, so a title such as `#read("/etc/passwd")` is set as it stands.
Pieces of the other direction are isolated (`bidi`), and what neither typeface has is shown as its
code, since PDF/A knows no missing glyph.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, Literal

import msgspec

from habeas.drawing import assets
from habeas.drawing.bidi import (
    Direction,
    code_of,
    direction_of,
    embedded_runs,
    show_controls,
)

Kind = Literal["text", "whole", "flow", "code", "strong", "quiet", "link", "web", "break", "may"]
"""`whole` is isolated and never broken across lines, `flow` is isolated and may wrap; `break` ends
a line, `may` lets a line end here; `link` leads to a label of the document, `web` to an address."""

LONGEST: Final = 36
"""An isolated piece with more characters may be broken, since it might not fit on a line."""

_WORD: Final = 22
_STEP: Final = 8
_DIGEST: Final = 64
_KEPT: Final = frozenset("\u200c\u200d\u200e\u200f\u061c")
_POSITION: Final = re.compile(r"[0-9.]+° [NS], [0-9.]+° [EW]")
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")
_WORD_ENDS: Final = re.compile("[-/]")
_ADDRESS_ENDS: Final = re.compile("[-/?&=#%_.]")
_WEB: Final = re.compile(r"https?://", re.IGNORECASE)
_ARABIC: Final = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")


class Run(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of a line.

    Attributes:
        text: as it is set; empty when there are pieces inside.
        kind: what it is.
        dir: direction of an isolated piece.
        lang: language of the words, ISO 639, when known.
        to: label or address.
        inside: the pieces of a piece.
    """

    text: str = ""
    kind: Kind = "text"
    dir: str = ""
    lang: str = ""
    to: str = ""
    inside: tuple[Run, ...] = ()


Runs = tuple[Run, ...]

BREAK: Final = (Run(kind="break"),)
"""The end of a line."""

_MAY: Final = Run(kind="may")


@lru_cache(maxsize=1)
def _covered() -> frozenset[int]:
    return frozenset(assets.advances(assets.LATIN)) | frozenset(assets.advances(assets.ARABIC))


def visible(text: str) -> str:
    """The text with everything shown as its code that would be obeyed, or has no glyph here."""
    covered = _covered()
    return "".join(
        c if ord(c) in covered or c in _KEPT or c == "\n" else code_of(c)
        for c in show_controls(text).replace("\t", " ")
    )


def plain(text: str) -> Runs:
    """Text that runs with its surroundings; words too long for a line may be broken."""
    return tuple(_plain(visible(text)))


def _plain(shown: str) -> Iterator[Run]:
    for number, line in enumerate(shown.split("\n")):
        if number:
            yield from BREAK
        yield from _parts(line)


def _parts(line: str) -> Iterator[Run]:
    """A line in pieces, with places to break inside long words. Addresses have their own."""
    pending = ""
    for word in re.split("( +)", line):
        limit = 3 * _WORD if _ARABIC.search(word) else _WORD
        if _longest(word) <= limit or word.isspace():
            pending += word
            continue
        if pending:
            yield Run(pending)
            pending = ""
        yield from _broken(word, _STEP)
    if pending:
        yield Run(pending)


def _longest(word: str) -> int:
    """How many characters of a word stand together where no line can end."""
    ends = _ADDRESS_ENDS if _WEB.match(word) else _WORD_ENDS
    return max(len(part) for part in ends.split(word))


def _broken(word: str, step: int) -> Iterator[Run]:
    """A word in parts, between which a line may end. Nothing is added to what is copied."""
    for at in range(0, len(word), step):
        if at:
            yield _MAY
        yield Run(word[at : at + step])


def prose(text: str, base: Direction) -> Runs:
    """A sentence of a known direction: what runs against it is isolated, figures stay whole."""
    shown = visible(text)
    runs: list[Run] = []
    at = 0
    for start, end, inner in _isolated(shown, base):
        runs += _plain(shown[at:start])
        piece = shown[start:end]
        whole = " " not in piece or _POSITION.fullmatch(piece) is not None
        runs.append(_piece(piece, inner, whole=whole))
        at = end
    return (*runs, *_plain(shown[at:]))


def _isolated(text: str, base: Direction) -> list[tuple[int, int, Direction]]:
    """Positions wherever they stand, and else what `bidi` isolates."""
    places: list[tuple[int, int, Direction]] = [
        (*found.span(), "ltr") for found in _POSITION.finditer(text)
    ]
    inner: Direction = "ltr" if base == "rtl" else "rtl"
    free = [0, *(edge for start, end, _ in places for edge in (start, end)), len(text)]
    for low, high in zip(free[::2], free[1::2], strict=True):
        found = embedded_runs(text[low:high], base)
        places += [(low + start, low + end, inner) for start, end in found]
    return sorted(places)


def _piece(shown: str, direction: Direction, *, whole: bool) -> Run:
    if whole and len(shown) <= LONGEST:
        return Run(shown, "whole", direction)
    return Run(kind="flow", dir=direction, inside=tuple(_plain(shown)))


def figure(text: str, direction: Direction | None = None) -> Runs:
    """A date, number, coordinate or reference: isolated, and whole if it can be."""
    shown = visible(text)
    return (_piece(shown, direction or direction_of(shown), whole=True),)


def foreign(text: str, base: Direction, *, lang: str = "") -> Runs:
    """Words that are not ours (a title, a name, a quotation), in their own direction.

    Args:
        text: as it stands.
        base: direction of the surroundings.
        lang: BCP 47 tag of the words, when known.
    """
    if not text:
        return ()
    direction = direction_of(text)
    tag = _TAG.match(lang)
    known = tag.group().lower() if tag else ""
    if direction == base and not known:
        return prose(text, direction)
    lines = (prose(line, direction) for line in text.split("\n"))  # no isolate outlives its line
    return _lines(Run(kind="flow", dir=direction, lang=known, inside=line) for line in lines)


def _lines(lines: Iterable[Run]) -> Runs:
    return tuple(run for line in lines for run in (*BREAK, line))[1:]


def code(text: str) -> Runs:
    """A digest, key or identifier in Latin letters, to be copied by eye; it may wrap."""
    return (Run(kind="code", dir="ltr", inside=tuple(_broken(visible(text), _DIGEST))),)


def is_address(text: str) -> bool:
    """Whether a text is one address of the web, without anything that would not be seen."""
    return _WEB.match(text) is not None and visible(text) == text and not re.search(r"\s", text)


def address(url: str) -> Runs:
    """A web address; a link only if it is one of the web."""
    if is_address(url):
        inside = tuple(_broken(url, _STEP)) if _longest(url) > _WORD else (Run(url),)
        return (Run(kind="web", dir="ltr", to=url, inside=inside),)
    return (Run(kind="flow", dir="ltr", inside=tuple(_plain(visible(url)))),)


def strong(runs: Runs) -> Runs:
    """In the bold face."""
    return (Run(kind="strong", inside=runs),)


def quiet(runs: Runs) -> Runs:
    """Smaller and paler: what stands beside the words."""
    return (Run(kind="quiet", inside=runs),)


def link(runs: Runs, label: str) -> Runs:
    """A link to a label of the same document."""
    return (Run(kind="link", to=label, inside=runs),)


def joined(parts: Iterable[Runs], between: str) -> Runs:
    """Several pieces with a text of ours between; empty ones are left out."""
    made: list[Run] = []
    for part in parts:
        if part:
            made += [Run(between)] if made else []
            made += part
    return tuple(made)
