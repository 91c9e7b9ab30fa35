"""Estimates as lists are added (Binette and Steorts 2022), left out, or made one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from habeas.drawing import svg
from habeas.estimation.consistency import Step
from habeas.estimation.figures.axis import beside_rows, category_axis, finite, person_axis, set_text
from habeas.estimation.figures.picture import Table
from habeas.estimation.saying import refused_words
from habeas.estimation.wording import Words


@dataclass(frozen=True, kw_only=True)
class Steps:
    """The same method on several choices of lists.

    Attributes:
        name: `trajectory`, as lists are added; `leave_one_out`, without each in turn;
            `merged`, with each two made one.
        method: which, by language.
        level: of the intervals.
        steps: the choices; a label stands for each in `labels`.
        labels: what was added or left out, by language.
    """

    name: Literal["trajectory", "leave_one_out", "merged"]
    method: Callable[[Words], str]
    level: float
    steps: tuple[Step, ...]
    labels: tuple[Callable[[Words], str], ...]

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        row = 0.56 if any(step.against for step in self.steps) else 0.42
        return 7.2, 1.15 + row * max(len(self.steps), 2)

    def draw(self, drawn: Any, words: Words) -> None:
        """A row a choice: observed as a square, interval as a line, estimate as a circle.

        What may not be published is broken and pale, and said in words.
        """
        axes = drawn.subplots()
        numbers = [number for step in self.steps for number in (step.observed, step.low, step.high)]
        _, edge = person_axis(axes, words, numbers)
        category_axis(axes, words, [label(words) for label in self.labels])
        for at, step in enumerate(self.steps):
            _draw_step(axes, at, step, edge)
        beside_rows(axes, words, [_beside(step, words) for step in self.steps])
        axes.plot([], [], "s", markersize=5, color=svg.QUIET,
                  label=set_text(words, words("chart.steps.observed")))  # fmt: skip
        axes.plot([], [], "-o", markersize=6, color=svg.INK, markerfacecolor=svg.PAPER,
                  label=set_text(words, words("chart.steps.interval",
                                              level=words.level(self.level))))  # fmt: skip
        drawn.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8.5)

    def describe(self, words: Words) -> str:
        """What it shows, in a sentence or two."""
        if all(step.estimate is None for step in self.steps):
            return words(f"chart.{self.name}.nothing", method=self.method(words))
        given = [step for step in self.steps if step.publishable]
        told = {"method": self.method(words), "steps": words.count(len(self.steps))}
        if not given:
            return words("chart.steps.none_publishable", **told)
        tops = [step.high for step in given if step.high is not None]
        said = words(
            f"chart.{self.name}.description",
            **told,
            low=words.count(min(finite([step.low for step in given]), default=None)),
            high=words.count(max(tops, default=None)),
        )
        if len(given) == len(self.steps):
            return said
        others = words.count(len(self.steps) - len(given))
        return f"{said} {words('chart.steps.doubtful', count=others)}"

    def table(self, words: Words) -> Table:
        """Interval before estimate."""
        return Table(
            heading=(
                words(f"chart.{self.name}.column"),
                words("column.lists"),
                words("column.observed"),
                words("column.interval", level=words.level(self.level)),
                words("column.point"),
                words("column.state"),
            ),
            rows=tuple(
                (
                    label(words),
                    words.listed(step.lists),
                    words.count(step.observed),
                    words.interval(step.low, step.high),
                    words.count(step.estimate),
                    _state(step, words),
                )
                for label, step in zip(self.labels, self.steps, strict=True)
            ),
        )


def _state(step: Step, words: Words) -> str:
    """How a step is to be taken, with the reason."""
    if step.estimate is None:
        return refused_words(step.refused, words)
    if step.against is None:
        return words("state.sound")
    return words("state.why", state=words("state.doubtful"), why=step.against.tell(words))


def _beside(step: Step, words: Words) -> str:
    if step.low is None or step.estimate is None:
        return words("state.refused")
    said = words(
        "chart.forest.beside",
        interval=words.interval(step.low, step.high),
        point=words.count(step.estimate),
    )
    return said if step.publishable else f"{said}\n{words('state.doubtful')}"


def _draw_step(axes: Any, at: int, step: Step, edge: float) -> None:
    axes.plot([step.observed], [at], "s", markersize=5, color=svg.QUIET, zorder=2)
    if step.low is None or step.high is None:
        return
    ends = finite([step.high])
    ink, style = (svg.INK, "-") if step.publishable else (svg.QUIET, (0, (3, 2)))
    axes.plot([step.low, ends[0] if ends else edge], [at, at], color=ink, linewidth=1.4,
              linestyle=style)  # fmt: skip
    if not ends:
        axes.plot([edge], [at], ">", markersize=6, color=ink, clip_on=False)
    if finite([step.estimate]):
        axes.plot([step.estimate], [at], "o", markersize=6, markerfacecolor=svg.PAPER,
                  markeredgecolor=ink, markeredgewidth=1.4, zorder=3)  # fmt: skip
