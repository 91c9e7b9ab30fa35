"""The forest plot: the methods side by side, interval first, never one number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from habeas.drawing import svg
from habeas.estimation.figures.axis import (
    beside_rows,
    category_axis,
    finite,
    observed_line,
    person_axis,
)
from habeas.estimation.figures.picture import Table
from habeas.estimation.wording import Words

State = Literal[
    "sound", "floor", "comparison", "not_converged", "doubtful", "refused", "overridden"
]
"""`sound`: as the method means it. `floor`: a lower bound. `comparison`: nobody believes it, others
are held against it. `not_converged`: chains that do not agree. `doubtful`: something else speaks
against publishing it. `refused`: no estimate is given. `overridden`: refused, and somebody took it
all the same, with a reason."""

DOUBTED: Final = ("not_converged", "doubtful", "refused", "overridden")
"""States in which a figure is drawn dashed, and said to be doubted."""


@dataclass(frozen=True, kw_only=True)
class ForestRow:
    """One method.

    Attributes:
        label: its name, by language.
        state: how it is to be taken.
        low: the lower end of the wide interval; none where there is none.
        high: the upper end; infinite where it has none.
        inner_low: of the narrower interval.
        inner_high: of the narrower interval.
        point: the median, or the estimate; it never stands without the interval.
        reason: why it is refused or what was overridden, by language.
    """

    label: Callable[[Words], str]
    state: State = "sound"
    low: float | None = None
    high: float | None = None
    inner_low: float | None = None
    inner_high: float | None = None
    point: float | None = None
    reason: Callable[[Words], str] | None = None


@dataclass(frozen=True, kw_only=True)
class Forest:
    """Methods side by side.

    Attributes:
        observed: persons on at least one list.
        level: of the wide interval.
        inner_level: of the narrower one.
        rows: the methods, in the order in which they are shown.
    """

    observed: int
    level: float
    inner_level: float
    rows: tuple[ForestRow, ...]
    name: ClassVar[str] = "forest"

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return 7.6, 1.25 + 0.46 * max(len(self.rows), 2)

    def draw(self, drawn: Any, words: Words) -> None:
        """Thin line: the wide interval; thick: the narrower; a mark: the point."""
        axes = drawn.subplots()
        numbers = [self.observed, *(n for row in self.rows for n in (row.low, row.high, row.point))]
        _, edge = person_axis(axes, words, numbers)
        category_axis(axes, words, [row.label(words) for row in self.rows])
        observed_line(axes, words, self.observed)
        for at, row in enumerate(self.rows):
            _draw_row(axes, at, row, edge)
        beside_rows(axes, words, [_beside(row, words) for row in self.rows])

    def describe(self, words: Words) -> str:
        """What it shows, in a sentence or two."""
        given = [row for row in self.rows if row.low is not None]
        ends = finite([row.low for row in given])
        tops = [row.high for row in given if row.high is not None]
        said = words(
            "chart.forest.description",
            methods=words.count(len(self.rows)),
            observed=words.count(self.observed),
            level=words.level(self.level),
        )
        if not ends:
            return f"{said} {words('chart.forest.no_estimate')}"
        spread = words(
            "chart.forest.spread",
            low=words.count(min(ends)),
            high=words.count(max(tops)),
        )
        doubtful = sum(row.state in DOUBTED for row in self.rows)
        if not doubtful:
            return f"{said} {spread}"
        return f"{said} {spread} {words('chart.forest.doubtful', count=words.count(doubtful))}"

    def table(self, words: Words) -> Table:
        """Interval before point."""
        return Table(
            heading=(
                words("column.method"),
                words("column.interval", level=words.level(self.level)),
                words("column.interval", level=words.level(self.inner_level)),
                words("column.point"),
                words("column.state"),
            ),
            rows=tuple(
                (
                    row.label(words),
                    words.interval(row.low, row.high),
                    words.interval(row.inner_low, row.inner_high),
                    words.count(row.point),
                    state_words(row, words),
                )
                for row in self.rows
            ),
        )


def state_words(row: ForestRow, words: Words) -> str:
    """How a method is to be taken, with the reason."""
    said = words(f"state.{row.state}")
    return said if row.reason is None else words("state.why", state=said, why=row.reason(words))


def _beside(row: ForestRow, words: Words) -> str:
    """Interval and point; below, in words, what must not be overlooked."""
    if row.low is None:
        return words(f"state.{row.state}")
    said = words(
        "chart.forest.beside",
        interval=words.interval(row.low, row.high),
        point=words.count(row.point),
    )
    return said if row.state == "sound" else f"{said}\n{words(f'state.{row.state}')}"


def _draw_row(axes: Any, at: int, row: ForestRow, edge: float) -> None:
    if row.low is None or row.high is None:
        axes.plot([0.5], [at], marker="x", color=svg.QUIET, transform=axes.get_yaxis_transform())
        return
    doubtful = row.state in DOUBTED
    ink = svg.QUIET if doubtful else svg.INK
    ends = finite([row.high])
    high = ends[0] if ends else edge
    axes.plot(
        [row.low, high],
        [at, at],
        color=ink,
        linewidth=1.2,
        linestyle=(0, (3, 2)) if doubtful else "-",
        solid_capstyle="butt",
    )
    axes.plot([row.low], [at], marker="|", markersize=7, color=ink)
    if ends:
        axes.plot([high], [at], marker="|", markersize=7, color=ink)
    if row.inner_low is not None and row.inner_high is not None and not doubtful:
        inner = finite([row.inner_high])
        axes.plot(
            [row.inner_low, inner[0] if inner else edge],
            [at, at],
            color=ink,
            linewidth=4.2,
            solid_capstyle="butt",
        )
    if not ends:
        axes.plot([edge], [at], ">", markersize=6, color=ink, clip_on=False)
    elif row.state == "floor":
        axes.annotate(
            "",
            (high, at),
            xytext=(16, 0),
            textcoords="offset points",
            arrowprops={"arrowstyle": "<|-", "color": ink, "linewidth": 1.2, "shrinkB": 3},
            annotation_clip=False,
        )
    if row.point is not None and finite([row.point]):
        axes.plot(
            [row.point],
            [at],
            marker=">" if row.state == "floor" else "o",
            markersize=6.5,
            markerfacecolor=svg.PAPER,
            markeredgecolor=ink,
            markeredgewidth=1.4,
        )
