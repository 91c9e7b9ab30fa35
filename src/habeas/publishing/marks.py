"""The marks of both pictures: days and intervals, and the four kinds of location.

Kinds differ by shape and outline, never by colour alone, so that a black-and-white print tells
them apart; each has its words in the legend of the picture that draws it.
"""

from __future__ import annotations

from typing import Final, Literal

from habeas.drawing import svg

LocationKind = Literal["exact", "approximate", "representative", "random"]
KINDS: Final[tuple[LocationKind, ...]] = ("exact", "approximate", "representative", "random")

CELL: Final = 9.0
"""Half the side of the cell that stands for a random location."""
FADE: Final = 30.0
"""Length of a bar whose end is open."""

_BAR: Final = 7.0
_BAR_FILL: Final = "#7d8a94"
_RING: Final = {"exact": "", "approximate": "5 3", "representative": "1.5 3"}


def diamond(x: float, y: float) -> str:
    """A single day."""
    corners = ((x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y))
    return svg.element("polygon", points=svg.points(corners), fill=svg.INK)


def bar(low: float, high: float, y: float) -> list[str]:
    """An interval: a bar with a stroke at each end; one too short for that is a thick stroke."""
    half = _BAR / 2 + 2
    if high - low < 5:
        width = max(2.5, high - low)
        return [svg.rectangle((low + high - width) / 2, y - half, width, 2 * half, fill=svg.INK)]
    ends = [svg.line(x, y - half, x, y + half, width=1.2) for x in (low, high)]
    return [svg.rectangle(low, y - _BAR / 2, high - low, _BAR, fill=_BAR_FILL), *ends]


def open_bar(x: float, y: float, *, right: bool) -> list[str]:
    """An interval with one end open: it fades away from the day that is known, into an arrow."""
    sign = 1.0 if right else -1.0
    tip = x + sign * FADE
    half = _BAR / 2 + 2
    head = ((tip - 5 * sign, y - 4), (tip, y), (tip - 5 * sign, y + 4))
    look = {"fill": "none", "stroke": svg.INK}
    return [
        svg.rectangle(
            min(x, tip), y - _BAR / 2, FADE, _BAR, fill=f"url(#fade-{'right' if right else 'left'})"
        ),
        svg.line(x, y, tip, y, width=0.8),
        svg.line(x, y - half, x, y + half, width=1.2),
        svg.element("polyline", points=svg.points(head), stroke_width=1.2, **look),
    ]


def fades() -> str:
    """The gradients of `open_bar`, once a picture."""
    stops = (
        f'<stop offset="0" stop-color="{_BAR_FILL}"/>'
        f'<stop offset="1" stop-color="{_BAR_FILL}" stop-opacity="0"/>'
    )
    return (
        f'<defs><linearGradient id="fade-right">{stops}</linearGradient>'
        f'<linearGradient id="fade-left" x1="1" x2="0">{stops}</linearGradient></defs>'
    )


def location(x: float, y: float, kind: LocationKind) -> list[str]:
    """The mark of one kind of location."""
    look: dict[str, str | float] = {"stroke": svg.MARK, "stroke_width": 1.6, "fill": svg.PAPER}
    match kind:
        case "exact":
            halo = svg.element("circle", cx=x, cy=y, r=6, fill=svg.PAPER)
            return [halo, svg.element("circle", cx=x, cy=y, r=4.5, fill=svg.MARK)]
        case "approximate":
            return [svg.element("circle", cx=x, cy=y, r=4.5, **look)]
        case "representative":
            look |= {"stroke_dasharray": "3 2", "fill_opacity": 0.85}
            return [svg.rectangle(x - 6, y - 6, 12, 12, **look)]
        case "random":
            look["stroke_width"] = 1.0
            back = svg.rectangle(x - CELL, y - CELL, 2 * CELL, 2 * CELL, **look)
            look["fill"] = "url(#hatch)"
            return [back, svg.rectangle(x - CELL, y - CELL, 2 * CELL, 2 * CELL, **look)]


def uncertainty(x: float, y: float, rx: float, ry: float, kind: LocationKind) -> str:
    """The stated uncertainty to scale: a ring, dashed as its kind; a hatched cell when random."""
    look: dict[str, str | float] = {"stroke": svg.MARK, "stroke_width": 1.0}
    if kind == "random":
        return svg.rectangle(x - rx, y - ry, 2 * rx, 2 * ry, fill="url(#hatch)", **look)
    if _RING[kind]:
        look["stroke_dasharray"] = _RING[kind]
    look |= {"fill": svg.MARK, "fill_opacity": 0.07}
    return svg.element("ellipse", cx=x, cy=y, rx=rx, ry=ry, **look)


def area(corners: list[tuple[float, float]]) -> str:
    """An area whose edge a source draws."""
    look: dict[str, str | float] = {"stroke": svg.MARK, "stroke_width": 1.2}
    look |= {"fill": svg.MARK, "fill_opacity": 0.12}
    return svg.element("polygon", points=svg.points(corners), **look)


def hatching() -> str:
    """The pattern of random locations, once a picture."""
    stroke = svg.line(0, 0, 0, 5, stroke=svg.MARK, width=1.3)
    return (
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)">{stroke}</pattern></defs>'
    )
