"""Words and lines of a picture, as SVG text. What `timeline` and `map` draw with.

Made so that a browser and Typst (usvg) show the same thing, which was looked at: the root is
always `ltr`, so that anchors mean left and right in both; direction is written into the words as
isolate characters, since usvg has no `direction`; a text with Arabic letters names the Arabic face
outright, since the two renderers fall back differently. Widths come from vendored tables and
numbers are written with two decimals, so the same input gives the same bytes on every machine.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final, Literal, TypedDict, Unpack

from habeas.drawing import assets, bidi

INK: Final = "#1c252c"
QUIET: Final = "#56616b"
RULE: Final = "#c9cfd4"
FAINT: Final = "#eceff1"
MARK: Final = "#8c2f21"
PAPER: Final = "#ffffff"

Anchor = Literal["start", "middle", "end"]

_ARABIC: Final = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_UNKNOWN_WIDTH: Final = 600
_BOLD: Final = 1.06
_INVISIBLE: Final = frozenset("\u200c\u200d\u200e\u200f\u061c\u2066\u2067\u2068\u2069")


def number(value: float) -> str:
    """A coordinate of the picture: two decimals at most, no trailing zeros, never `-0`."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def attributes(**values: str | float) -> str:
    """` name="value"` for each; `_` in a name stands for `-`."""
    pieces = []
    for name, value in values.items():
        words = value if isinstance(value, str) else number(value)
        pieces.append(f' {name.rstrip("_").replace("_", "-")}="{html.escape(words)}"')
    return "".join(pieces)


def element(tag: str, **values: str | float) -> str:
    """An empty element."""
    return f"<{tag}{attributes(**values)}/>"


def line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    *,
    stroke: str = INK,
    width: float = 1.0,
    **more: str,
) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, **more)


def rectangle(x: float, y: float, width: float, height: float, **more: str | float) -> str:
    """A rectangle."""
    return element("rect", x=x, y=y, width=width, height=height, **more)


def points(corners: Iterable[tuple[float, float]]) -> str:
    """The `points` of a polygon."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in corners)


def face(text: str) -> str:
    """The family a text is set in: the Arabic one as soon as it has a letter of that script."""
    return assets.ARABIC if _ARABIC.search(text) else assets.LATIN


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text in units of the picture, close enough to lay out by."""
    table = assets.advances(face(text))
    other = assets.advances(assets.LATIN)
    units = sum(
        table.get(ord(c), other.get(ord(c), _UNKNOWN_WIDTH)) for c in text if c not in _INVISIBLE
    )
    return units * size / 1000 * (_BOLD if bold else 1.0)


def wrap(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines at spaces; a word that is wider than a line is broken inside."""
    lines: list[str] = []
    current = ""
    for word in bidi.show_controls(text).split():
        for part in _broken(word, size, width, bold):
            joined = f"{current} {part}" if current else part
            if current and measure(joined, size, bold=bold) > width:
                lines.append(current)
                joined = part
            current = joined
    return [*lines, current] if current else lines


def _broken(word: str, size: float, width: float, bold: bool) -> list[str]:
    parts = []
    while len(word) > 1 and measure(word, size, bold=bold) > width:
        cut = len(word) - 1
        while cut > 1 and measure(word[:cut], size, bold=bold) > width:
            cut -= 1
        parts.append(word[:cut])
        word = word[cut:]
    return [*parts, word]


class Look(TypedDict, total=False):
    """How a line of text is set.

    Attributes:
        anchor: which end of the line stands at `x`: left (`start`), middle or right (`end`).
        bold: the bold face.
        fill: colour.
        halo: a white edge, for words over lines.
        base: direction of the line; by its first strong character when not given.
    """

    anchor: Anchor
    bold: bool
    fill: str
    halo: bool
    base: bidi.Direction


def text(x: float, y: float, words: str, *, size: float, **look: Unpack[Look]) -> str:
    """One line of text, its left end, middle or right end at `x`, its baseline at `y`.

    The words stand as found, with control characters shown and embedded runs isolated.
    """
    base = look.get("base") or bidi.direction_of(words)
    inside = bidi.isolate_within(words, bidi.Output.PLAIN, base=base)
    shown = (bidi.LRI if base == "ltr" else bidi.RLI) + inside + bidi.PDI
    style: dict[str, str | float] = {"font_family": f"'{face(words)}'", "font_size": size}
    style["fill"] = look.get("fill", INK)
    if look.get("anchor", "start") != "start":
        style["text_anchor"] = look["anchor"]
    if look.get("bold"):
        style["font_weight"] = "700"
    if look.get("halo"):
        style |= {"stroke": PAPER, "stroke_width": 3.0, "stroke_linejoin": "round"}
        style["paint_order"] = "stroke"
    return f"<text{attributes(x=x, y=y, **style)}>{html.escape(shown, quote=False)}</text>"


def document(
    width: float, height: float, body: list[str], *, title: str, description: str, language: str
) -> str:
    """A whole SVG file, with the words a screen reader says instead of it."""
    box = f"0 0 {number(width)} {number(height)}"
    size = attributes(viewBox=box, width=width, height=height)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg"{size} direction="ltr" role="img"'
        f' xml:lang="{language}">'
    )
    words = (
        f"<title>{html.escape(bidi.show_controls(title), quote=False)}</title>"
        f"<desc>{html.escape(bidi.show_controls(description), quote=False)}</desc>"
    )
    return "\n".join([head, words, *body, "</svg>"]) + "\n"
