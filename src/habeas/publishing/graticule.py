"""How to read distances and coordinates off a map: lines of the graticule, figures, scale bar."""

from __future__ import annotations

import math
from typing import Final

from habeas.drawing import svg
from habeas.publishing.basemap import Frame
from habeas.publishing.catalogue import Words

_STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
_SIZE: Final = 8.5


def graticule(frame: Frame) -> list[str]:
    """Meridians and parallels at round degrees."""
    right, bottom = frame.x + frame.width, frame.y + frame.height
    parts = []
    for longitude in _rounds(frame.west, frame.east):
        x, _ = frame.unturned(longitude, frame.north)
        parts.append(svg.line(x, frame.y, x, bottom, stroke="#b9c6cd", width=0.4))
    for latitude in _rounds(frame.south, frame.north):
        _, y = frame.unturned(frame.west, latitude)
        parts.append(svg.line(frame.x, y, right, y, stroke="#b9c6cd", width=0.4))
    return parts


def figures(frame: Frame, words: Words) -> list[str]:
    """The degrees of the graticule, along the bottom and the left edge."""
    look: svg.Look = {"fill": svg.QUIET, "halo": True, "base": words.direction}
    below: svg.Look = {**look, "anchor": "middle"}
    parts = []
    for longitude in _rounds(frame.west, frame.east):
        x, _ = frame.unturned(longitude, frame.north)
        if frame.x + 40 < x < frame.x + frame.width - 30:
            text, y = longitude_words(longitude, words), frame.y + frame.height - 4
            parts.append(svg.text(x, y, text, size=_SIZE, **below))
    for latitude in _rounds(frame.south, frame.north):
        _, y = frame.unturned(frame.west, latitude)
        if frame.y + 14 < y < frame.y + frame.height - 20:
            text = latitude_words(latitude, words)
            parts.append(svg.text(frame.x + 3, y + 3, text, size=_SIZE, **look))
    return parts


def latitude_words(latitude: float, words: Words) -> str:
    """A latitude as it stands on a map's edge: `35.5° N`."""
    return _degrees(latitude, "map.north" if latitude >= 0 else "map.south", words)


def longitude_words(longitude: float, words: Words) -> str:
    """A longitude as it stands on a map's edge, turned to lie within 180 degrees: `51° E`."""
    turned = (longitude + 180) % 360 - 180
    return _degrees(turned, "map.east" if turned >= 0 else "map.west", words)


def distance_words(metres: float, words: Words) -> str:
    """A distance as it is written on a map: metres below one kilometre, else kilometres."""
    if metres < 1000:
        return words("map.metres", figure=words.number(f"{metres:.0f}"))
    figure = f"{metres / 1000:.1f}".removesuffix(".0")
    return words("map.kilometres", figure=words.number(figure))


def scale_bar(frame: Frame, words: Words, *, right: bool) -> list[str]:
    """A bar of a round length, at most a quarter of the frame, in one of the bottom corners."""
    longest = frame.width / 4 / frame.units_per_metre
    power = 10.0 ** math.floor(math.log10(longest))
    metres = max(m * power for m in (1, 2, 5) if m * power <= longest)
    length = metres * frame.units_per_metre
    x = frame.x + (frame.width - length - 20 if right else 64)
    y = frame.y + frame.height - 26
    label = distance_words(metres, words)
    return [
        svg.rectangle(x, y, length, 5, fill=svg.PAPER, stroke=svg.INK, stroke_width=0.8),
        svg.rectangle(x, y, length / 2, 5, fill=svg.INK),
        svg.text(x + length / 2, y - 5, label, size=9.5, anchor="middle", halo=True,
                 base=words.direction),
    ]  # fmt: skip


def _degrees(value: float, key: str, words: Words) -> str:
    return words(key, figure=words.number(f"{abs(value):.2f}".rstrip("0").rstrip(".")))


def _rounds(low: float, high: float) -> list[float]:
    """Round degrees between two ends, at most seven of them."""
    step = next((s for s in _STEPS if (high - low) / s <= 6), _STEPS[-1])
    return [round(i * step, 6) for i in range(math.ceil(low / step), math.floor(high / step) + 1)]
