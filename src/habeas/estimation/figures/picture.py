"""A chart as SVG, PNG, a sentence and a table, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from habeas.estimation.wording import Language, Words, load_words


@dataclass(frozen=True, kw_only=True)
class Table:
    """What a chart shows, for those who do not see it.

    Attributes:
        heading: of the columns.
        rows: cells as words; as many in each as there are columns.
    """

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Chart(Protocol):
    """Values that know how to be drawn and to be said."""

    @property
    def name(self) -> str:
        """Of its files, and of its words in the catalogue: `chart.<name>.title`."""

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""

    def draw(self, drawn: Any, words: Words) -> None:
        """Draw on a Matplotlib figure."""

    def describe(self, words: Words) -> str:
        """What it shows, in a sentence or two."""

    def table(self, words: Words) -> Table:
        """What it shows, all of it."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawn chart.

    Attributes:
        name: of its files, without ending.
        language: of its words.
        title: over it.
        description: what it shows, in a sentence or two.
        table: the same content.
        svg: the picture; letters are outlines, no font is needed.
        png: the picture, 200 dots to the inch.
    """

    name: str
    language: Language
    title: str
    description: str
    table: Table
    svg: bytes
    png: bytes


def to_picture(chart: Chart, language: Language = "en") -> Picture:
    """Draw a chart. The same chart gives the same bytes. Matplotlib is loaded here.

    Args:
        chart: what to draw.
        language: of its words.
    """
    from habeas.drawing.figure import figure, to_png, to_svg

    words = load_words(language)
    with figure(*chart.size(), language) as drawn:
        edges: Any = drawn.get_layout_engine()
        edges.set(w_pad=0.1, h_pad=0.08)
        chart.draw(drawn, words)
        svg, png = to_svg(drawn), to_png(drawn)
    return Picture(
        name=chart.name,
        language=language,
        title=words(f"chart.{chart.name.partition('_of_')[0]}.title"),
        description=chart.describe(words),
        table=chart.table(words),
        svg=svg,
        png=png,
    )
