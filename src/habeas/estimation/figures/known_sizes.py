"""Internal consistency: the size of each list, known, beside what the other lists say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from habeas.drawing import svg
from habeas.estimation.consistency import Prediction
from habeas.estimation.figures.axis import beside_rows, category_axis, finite, person_axis, set_text
from habeas.estimation.figures.picture import Table
from habeas.estimation.saying import refused_words
from habeas.estimation.wording import Words


@dataclass(frozen=True, kw_only=True)
class KnownSizes:
    """Predictions of the lists.

    Attributes:
        method: which, by language.
        level: of the intervals.
        predictions: one a list.
    """

    method: Callable[[Words], str]
    level: float
    predictions: tuple[Prediction, ...]
    name: ClassVar[str] = "consistency"

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        row = 0.56 if any(one.against for one in self.predictions) else 0.42
        return 7.2, 1.15 + row * max(len(self.predictions), 2)

    def draw(self, drawn: Any, words: Words) -> None:
        """A row a list: its true size as a diamond, the interval predicted as a line."""
        axes = drawn.subplots()
        numbers = [n for p in self.predictions for n in (p.size, p.low, p.high) if n != 0]
        _, edge = person_axis(axes, words, numbers)
        category_axis(axes, words, [one.name for one in self.predictions])
        for at, one in enumerate(self.predictions):
            ends = finite([one.high])
            if one.low is not None and one.high is not None:
                top = ends[0] if ends else edge
                axes.plot([one.low, top], [at, at], color=svg.INK, linewidth=1.4,
                          linestyle=(0, (3, 2)) if one.against else "-")  # fmt: skip
                if not ends:
                    axes.plot([edge], [at], ">", markersize=6, color=svg.INK, clip_on=False)
            if finite([one.estimate]):
                axes.plot([one.estimate], [at], "o", markersize=6, markerfacecolor=svg.PAPER,
                          markeredgecolor=svg.INK, markeredgewidth=1.4, zorder=3)  # fmt: skip
            axes.plot([one.size], [at], "D", markersize=6, color=svg.MARK, zorder=4)
        beside_rows(axes, words, [_beside(one, words) for one in self.predictions])
        axes.plot([], [], "D", markersize=6, color=svg.MARK,
                  label=set_text(words, words("chart.consistency.truth")))  # fmt: skip
        axes.plot([], [], "-o", markersize=6, color=svg.INK, markerfacecolor=svg.PAPER,
                  label=set_text(words, words("chart.consistency.predicted",
                                              level=words.level(self.level))))  # fmt: skip
        drawn.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8.5)

    def describe(self, words: Words) -> str:
        """What it shows, in a sentence or two."""
        told = [one for one in self.predictions if one.covered is not None]
        said = words(
            "chart.consistency.description",
            method=self.method(words),
            lists=words.count(len(self.predictions)),
            covered=words.count(sum(bool(one.covered) for one in told)),
            told=words.count(len(told)),
        )
        doubtful = sum(one.against is not None for one in self.predictions)
        if not doubtful:
            return said
        return f"{said} {words('chart.consistency.doubtful', count=words.count(doubtful))}"

    def table(self, words: Words) -> Table:
        """Interval before estimate."""
        return Table(
            heading=(
                words("column.list"),
                words("chart.consistency.truth"),
                words("column.interval", level=words.level(self.level)),
                words("column.point"),
                words("chart.consistency.verdict"),
            ),
            rows=tuple(
                (
                    one.name,
                    words.count(one.size),
                    words.interval(one.low, one.high),
                    words.count(one.estimate),
                    _told(one, words),
                )
                for one in self.predictions
            ),
        )


def _told(one: Prediction, words: Words) -> str:
    """The verdict, and what would stand against it as an estimate."""
    if one.covered is None:
        return refused_words(one.refused, words)
    if one.against is None:
        return verdict(one, words)
    why = one.against.tell(words)
    return words("chart.consistency.against", verdict=verdict(one, words), why=why)


def _beside(one: Prediction, words: Words) -> str:
    said = verdict(one, words)
    return said if one.against is None else f"{said}\n{words('chart.consistency.mark')}"


def verdict(one: Prediction, words: Words) -> str:
    """Whether the interval holds the truth."""
    if one.covered is None:
        return words("state.refused")
    return words("chart.consistency.holds" if one.covered else "chart.consistency.misses")
