"""How the number moves with the one thing that no list can say: the highest interaction.

All methods assume an odds ratio of the highest order; most that it is 1. Multiplied by four, or by
a quarter, it fits the lists as well, and the number follows (Aleshin-Guendel and others 2023).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from habeas.drawing import svg
from habeas.estimation.figures.axis import finite, person_axis, set_text
from habeas.estimation.figures.picture import Table
from habeas.estimation.saying import Saying
from habeas.estimation.wording import Words


@dataclass(frozen=True, kw_only=True)
class SensitivityPoint:
    """The estimate under one assumption of the highest interaction.

    Attributes:
        factor: of the odds ratio of the highest order; 1 is the assumption of the method.
        estimate: of the population.
        low: the lower end of the interval; none where none was computed.
        high: the upper end.
    """

    factor: float
    estimate: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """The curve.

    Attributes:
        method: which, by language.
        level: of the intervals.
        observed: persons on at least one list.
        points: ascending by factor.
        against: why the estimate may not be published; none where nothing stands against it.
    """

    method: Callable[[Words], str]
    level: float
    observed: int
    points: tuple[SensitivityPoint, ...]
    against: Saying | None = None
    name: ClassVar[str] = "sensitivity"

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return 6.4, 3.4

    def draw(self, drawn: Any, words: Words) -> None:
        """A line over the factor, the interval as a band with an outline."""
        axes = drawn.subplots()
        factors = [point.factor for point in self.points]
        numbers = [n for p in self.points for n in (p.estimate, p.low, p.high)]
        _, edge = person_axis(axes, words, [self.observed, *numbers], upright=True)
        band = [p for p in self.points if p.low is not None and p.high is not None]
        if band:
            lows = [float(p.low or 0) for p in band]
            highs = [min(float(p.high or 0), edge) for p in band]
            at = [p.factor for p in band]
            axes.fill_between(at, lows, highs, color=svg.FAINT, linewidth=0)
            for ends in (lows, highs):
                axes.plot(at, ends, color=svg.QUIET, linewidth=0.9)
        axes.plot(factors, [p.estimate for p in self.points], color=svg.INK, linewidth=1.8)
        self._mark_assumed(axes, words)
        rising = self.points[-1].estimate >= self.points[0].estimate
        axes.axhline(self.observed, color=svg.INK, linestyle=(0, (1, 1.6)), linewidth=1.1)
        axes.annotate(
            set_text(words, words("axis.observed", count=words.count(self.observed))),
            (float(rising), self.observed),
            xycoords=("axes fraction", "data"),
            xytext=(-2 if rising else 2, 3),
            textcoords="offset points",
            ha="right" if rising else "left",
            fontsize=8,
            color=svg.QUIET,
        )
        axes.set_xscale("log")
        ticks = [f for f in (0.25, 1 / 3, 0.5, 1.0, 2.0, 3.0, 4.0) if min(factors) <= f * 1.001]
        ticks = [f for f in ticks if f <= max(factors) * 1.001 and f not in (1 / 3, 3.0)]
        axes.set_xticks(ticks, [set_text(words, factor_words(f, words)) for f in ticks])
        axes.set_xticks([], minor=True)
        axes.set_xlabel(set_text(words, words("chart.sensitivity.axis")))
        if self.against is not None:
            axes.set_title(set_text(words, words("state.doubtful")), fontsize=8.5, pad=18)

    def _mark_assumed(self, axes: Any, words: Words) -> None:
        """The point at the factor 1: what the method assumes."""
        assumed = [p for p in self.points if abs(p.factor - 1) < 1e-9]
        axes.axvline(1, color=svg.RULE, linewidth=1.0, zorder=0)
        for point in assumed:
            axes.plot([1], [point.estimate], "o", markersize=7, markerfacecolor=svg.PAPER,
                      markeredgecolor=svg.INK, markeredgewidth=1.4, zorder=3)  # fmt: skip
            axes.annotate(
                set_text(words, words("chart.sensitivity.assumed")),
                (1, 1),
                xycoords=("data", "axes fraction"),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                fontsize=8,
                color=svg.QUIET,
            )

    def describe(self, words: Words) -> str:
        """What it shows, in a sentence or two."""
        ends = finite([p.estimate for p in self.points])
        said = words(
            "chart.sensitivity.description",
            method=self.method(words),
            least=factor_words(self.points[0].factor, words),
            most=factor_words(self.points[-1].factor, words),
            low=words.count(min(ends, default=None)),
            high=words.count(max(ends, default=None)),
        )
        if self.against is None:
            return said
        why = self.against.tell(words)
        return f"{said} {words('state.why', state=words('state.doubtful'), why=why)}."

    def table(self, words: Words) -> Table:
        """Interval before estimate."""
        return Table(
            heading=(
                words("chart.sensitivity.column"),
                words("column.interval", level=words.level(self.level)),
                words("column.point"),
            ),
            rows=tuple(
                (
                    factor_words(point.factor, words),
                    words.interval(point.low, point.high),
                    words.count(point.estimate),
                )
                for point in self.points
            ),
        )


def factor_words(factor: float, words: Words) -> str:
    """A factor; below one as a fraction of one, where it is one."""
    for whole in (2, 3, 4):
        if abs(factor * whole - 1) < 1e-6:
            return words("factor.fraction", whole=words.digits(str(whole)))
    return words("factor.times", factor=words.digits(f"{factor:.3g}"))
