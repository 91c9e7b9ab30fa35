"""The strata side by side: each fitted apart, and below it as it learns from the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from habeas.drawing import svg
from habeas.estimation.figures.axis import beside_rows, category_axis, finite, person_axis, set_text
from habeas.estimation.figures.picture import Table
from habeas.estimation.wording import Words

MOST: Final = 40
"""Strata drawn, those with most persons observed; the table has all."""

Ends = tuple[float, float, float]
"""Lower end, median, upper end."""


@dataclass(frozen=True, kw_only=True)
class StratumRow:
    """One stratum.

    Attributes:
        label: what it is, by language.
        observed: persons in it.
        apart: fitted by itself; none where there is no estimate.
        pooled: learning from the others; none where strata were not pooled.
        reason: what speaks against it, by language; empty words where nothing does.
    """

    label: Callable[[Words], str]
    observed: int
    apart: Ends | None
    pooled: Ends | None
    reason: Callable[[Words], str]


@dataclass(frozen=True, kw_only=True)
class StrataForest:
    """The strata in order.

    Attributes:
        method: by which, by language.
        level: of the intervals.
        rows: one a stratum.
    """

    method: Callable[[Words], str]
    level: float
    rows: tuple[StratumRow, ...]
    name: ClassVar[str] = "strata"

    @property
    def shown(self) -> tuple[StratumRow, ...]:
        """The strata that are drawn, in order."""
        if len(self.rows) <= MOST:
            return self.rows
        least = sorted((row.observed for row in self.rows), reverse=True)[MOST - 1]
        return tuple(row for row in self.rows if row.observed >= least)[:MOST]

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return 7.4, 1.25 + 0.52 * max(len(self.shown), 2)

    def draw(self, drawn: Any, words: Words) -> None:
        """Solid with a circle: apart; dashed with a diamond: pooled; a square: observed."""
        axes = drawn.subplots()
        numbers: list[float] = []
        for row in self.shown:
            numbers += [row.observed, *(row.apart or ()), *(row.pooled or ())]
        _, edge = person_axis(axes, words, [one for one in numbers if one])
        category_axis(axes, words, [row.label(words) for row in self.shown])
        for at, row in enumerate(self.shown):
            axes.plot([row.observed], [at - 0.16], "s", markersize=5, color=svg.QUIET)
            _draw(axes, at - 0.16, row.apart, edge, pooled=False)
            _draw(axes, at + 0.16, row.pooled, edge, pooled=True)
        beside_rows(axes, words, [_beside(row, words) for row in self.shown])
        for key, style in (("observed", "s"), ("apart", "-o"), ("pooled", "--D")):
            ink, inside = (svg.QUIET, svg.QUIET) if key == "observed" else (svg.INK, svg.PAPER)
            label = set_text(words, words(f"chart.strata.{key}"))
            axes.plot([], [], style, markersize=5, color=ink, markerfacecolor=inside, label=label)
        drawn.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)

    def describe(self, words: Words) -> str:
        """What it shows, in a sentence or two."""
        said = words(
            "chart.strata.description",
            method=self.method(words),
            strata=words.count(len(self.rows)),
            level=words.level(self.level),
            without=words.count(sum(row.apart is None for row in self.rows)),
        )
        if len(self.rows) > MOST:
            said += " " + words("chart.strata.cut", shown=words.count(len(self.shown)))
        return said

    def table(self, words: Words) -> Table:
        """Interval before median; apart, then pooled."""
        return Table(
            heading=(
                words("column.stratum"),
                words("column.observed"),
                words("column.interval_apart", level=words.level(self.level)),
                words("column.point_apart"),
                words("column.interval_pooled", level=words.level(self.level)),
                words("column.point_pooled"),
                words("column.state"),
            ),
            rows=tuple(
                (
                    row.label(words),
                    words.count(row.observed),
                    *_cells(row.apart, words),
                    *_cells(row.pooled, words),
                    row.reason(words) or words("state.sound"),
                )
                for row in self.rows
            ),
        )


def _cells(ends: Ends | None, words: Words) -> tuple[str, str]:
    if ends is None:
        return words("none"), words("none")
    return words.interval(ends[0], ends[2]), words.count(ends[1])


def _beside(row: StratumRow, words: Words) -> str:
    """The intervals, apart and pooled, each with its median."""
    lines = [
        words("chart.forest.beside", interval=cells[0], point=cells[1])
        for ends in (row.apart, row.pooled)
        for cells in [_cells(ends, words)]
        if ends is not None
    ]
    return "\n".join(lines) or words("state.refused")


def _draw(axes: Any, at: float, ends: Ends | None, edge: float, *, pooled: bool) -> None:
    if ends is None:
        return
    top = finite([ends[2]])
    axes.plot([ends[0], top[0] if top else edge], [at, at], color=svg.INK, linewidth=1.3,
              linestyle=(0, (3, 2)) if pooled else "-")  # fmt: skip
    if finite([ends[1]]):
        axes.plot([ends[1]], [at], "D" if pooled else "o", markersize=5, markerfacecolor=svg.PAPER,
                  markeredgecolor=svg.INK, markeredgewidth=1.3, zorder=3)  # fmt: skip
