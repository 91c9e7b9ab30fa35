"""The chains of a sampler, one below the other: do they tell of the same population?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from habeas.drawing import svg
from habeas.estimation.figures.axis import person_axis, set_text, side
from habeas.estimation.figures.picture import Table
from habeas.estimation.mixing import Mixing
from habeas.estimation.wording import Words

Floats = npt.NDArray[np.float64]

MOST: Final = 400
"""Draws drawn of each chain, evenly spaced."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Traces:
    """Draws of the population, chain by chain.

    Attributes:
        method: which, by language.
        draws: shape (chains, draws).
        mixing: how well the chains agree.
    """

    method: Callable[[Words], str]
    draws: Floats
    mixing: Mixing
    name: ClassVar[str] = "traces"

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return 6.6, 0.9 + 0.75 * len(self.draws)

    def draw(self, drawn: Any, words: Words) -> None:
        """A panel a chain on one scale; the dashed line is the median of all chains."""
        chains = len(self.draws)
        panels = np.atleast_1d(drawn.subplots(chains, 1, sharex=True, sharey=True))
        steps = np.unique(np.linspace(0, self.draws.shape[1] - 1, MOST).astype(int))
        ends = np.quantile(self.draws, [0.001, 0.999])
        for at, (axes, chain) in enumerate(zip(panels, self.draws, strict=True), 1):
            axes.plot(steps + 1, chain[steps], color=svg.INK, linewidth=0.5)
            axes.axhline(float(np.median(self.draws)), color=svg.MARK, linestyle=(0, (4, 2)),
                         linewidth=1)  # fmt: skip
            axes.set_title(
                set_text(words, words("chart.traces.chain", chain=words.count(at))),
                fontsize=8,
                pad=2,
                loc="left" if words.direction == "ltr" else "right",
            )
            side(axes, words)
            axes.tick_params(axis="y", labelsize=7.5)
            axes.grid(axis="y", linewidth=0.8)
        person_axis(panels[0], words, ends.tolist(), upright=True)
        panels[0].set_ylabel("")
        ticks = panels[0].get_yticks()
        kept = ticks[len(ticks) % 2 :: 2] if len(ticks) > 3 else ticks
        panels[0].set_yticks(kept, [set_text(words, words.count(tick)) for tick in kept])
        last = self.draws.shape[1]
        panels[-1].set_xticks([1, last], [set_text(words, words.count(one)) for one in (1, last)])
        panels[-1].set_xlabel(set_text(words, words("chart.traces.axis")))

    def describe(self, words: Words) -> str:
        """What it shows, and whether the chains agree."""
        mixing = self.mixing
        return words(
            "chart.traces.converged" if mixing.converged else "chart.traces.not_converged",
            method=self.method(words),
            chains=words.count(mixing.chains),
            draws=words.count(mixing.draws),
            r_hat=words.decimal(mixing.r_hat, 3),
            bulk=words.count(mixing.bulk),
            tail=words.count(mixing.tail),
        )

    def table(self, words: Words) -> Table:
        """Median and 5 % and 95 % quantiles of each chain: where they differ, look again."""
        rows = []
        for at, chain in enumerate(self.draws, 1):
            low, middle, high = np.quantile(chain, [0.05, 0.5, 0.95])
            rows.append((words.count(at), words.interval(low, high), words.count(middle)))
        return Table(
            heading=(
                words("chart.traces.column"),
                words("column.interval", level=words.level(0.9)),
                words("column.median"),
            ),
            rows=tuple(rows),
        )
