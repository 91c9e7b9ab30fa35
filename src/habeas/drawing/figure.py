"""Charts: a Matplotlib figure in our faces, written as SVG or PNG, the same bytes each time.

Matplotlib shapes and orders Persian itself (from 3.11 on); words that hold both directions are
isolated by `words`. Letters are written into SVG as outlines, so that a reader needs no font.
Matplotlib takes a second to load: import this module only where a picture is drawn.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Literal

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

from habeas.drawing import assets, bidi, svg

Language = Literal["en", "fa"]

DOTS = 200
"""Of a PNG, to the inch: sharp in print."""

COLOURS = ("#1f5a7a", svg.MARK, "#6b7a1f", "#7a4a8c", "#a8741a", "#3c7a6b")
"""Of several things side by side; told apart without colour, too, by their labels."""

_LOOK: dict[Any, Any] = {
    "font.family": [assets.LATIN, assets.ARABIC],
    "font.size": 9.0,
    "axes.edgecolor": svg.QUIET,
    "axes.labelcolor": svg.INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "grid.color": svg.FAINT,
    "text.color": svg.INK,
    "xtick.color": svg.QUIET,
    "ytick.color": svg.QUIET,
    "xtick.labelcolor": svg.INK,
    "ytick.labelcolor": svg.INK,
    "figure.facecolor": svg.PAPER,
    "savefig.facecolor": svg.PAPER,
    "svg.fonttype": "path",
    "svg.hashsalt": "habeas",
    "axes.unicode_minus": True,
}


@lru_cache(maxsize=1)
def _fonts() -> None:
    """Make the vendored faces known, once."""
    for path in sorted(assets.font_folder().glob("*.ttf")):
        font_manager.fontManager.addfont(str(path))


@contextmanager
def figure(width: float, height: float, language: Language = "en") -> Iterator[Figure]:
    """A figure to draw on; what is drawn inside the block has our look.

    Write it inside the block too: `to_svg`, `to_png`.

    Args:
        width: inches.
        height: inches.
        language: of its words; Persian is set in its own face first.
    """
    _fonts()
    faces = [assets.LATIN, assets.ARABIC]
    look = {**_LOOK, "font.family": faces if language == "en" else faces[::-1]}
    with mpl.rc_context(look):
        yield Figure(figsize=(width, height), layout="constrained")


def words(text: str, language: Language = "en") -> str:
    """A text as a figure takes it: control characters shown, runs of the other direction isolated.

    Args:
        text: words of ours, names of lists, dates, figures.
        language: of the sentence.
    """
    base: bidi.Direction = "ltr" if language == "en" else "rtl"
    inside = bidi.isolate_within(text, bidi.Output.PLAIN, base=base)
    return (
        inside
        if inside.isascii()
        else (bidi.LRI if base == "ltr" else bidi.RLI) + inside + bidi.PDI
    )


def to_svg(drawn: Figure) -> bytes:
    """The figure as SVG; without date, so that the same figure gives the same bytes."""
    written = io.BytesIO()
    drawn.savefig(written, format="svg", metadata={"Date": None, "Creator": "Habeas"})
    return written.getvalue()


def to_png(drawn: Figure, dots: int = DOTS) -> bytes:
    """The figure as PNG.

    Args:
        drawn: the figure.
        dots: to the inch.
    """
    written = io.BytesIO()
    drawn.savefig(written, format="png", dpi=dots, metadata={"Software": None})
    return written.getvalue()
