"""The posterior beside the prior: what the lists said, and what was put in.

Where the two look alike, the lists said little and the number follows the prior. A prior without
an end has no shares of its own: it is compared over the stretch that is drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from habeas.drawing import svg
from habeas.estimation.figures.axis import WIDE, observed_line, person_axis, set_text
from habeas.estimation.figures.picture import Table
from habeas.estimation.wording import Words

Floats = npt.NDArray[np.float64]

BINS: Final = 32
_FEWEST: Final = 8
"""Whole numbers in the first bin of a logarithmic axis, at least."""

_DRAWN: Final = (0.002, 0.998)
"""Quantiles of the draws between which the axis runs."""


@dataclass(frozen=True, kw_only=True)
class AgainstPrior:
    """Shares of posterior and prior in the same bins.

    Attributes:
        name: of its files: `prior_of_<method>`.
        method: whose posterior it is, by language.
        edges: of the bins, persons, ascending; one more than there are shares.
        posterior: the share of the posterior in each bin; what lies outside is in none.
        prior: the share of the prior in each bin; sums to 1 over the bins.
        observed: persons on at least one list.
        low: the lower end of the interval.
        high: the upper end.
        level: of the interval.
        prior_words: the prior, by language.
    """

    name: str
    method: Callable[[Words], str]
    edges: tuple[float, ...]
    posterior: tuple[float, ...]
    prior: tuple[float, ...]
    observed: int
    low: float
    high: float
    level: float
    prior_words: Callable[[Words], str]

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        return 6.4, 3.0

    def draw(self, drawn: Any, words: Words) -> None:
        """Filled steps: the posterior; a dashed line: the prior; a bar under both: the interval."""
        axes = drawn.subplots()
        person_axis(axes, words, [self.observed, *self.edges])
        axes.stairs(self.posterior, self.edges, fill=True, color=svg.RULE)
        axes.stairs(self.posterior, self.edges, color=svg.INK, linewidth=1.3,
                    label=set_text(words, words("chart.prior.posterior")))  # fmt: skip
        axes.stairs(self.prior, self.edges, color=svg.MARK, linewidth=1.3, linestyle=(0, (4, 2)),
                    label=set_text(words, words("chart.prior.prior")))  # fmt: skip
        top = max(*self.posterior, *self.prior)
        said = words("column.interval", level=words.level(self.level))
        axes.plot([self.low, min(self.high, self.edges[-1])], [-0.06 * top] * 2, color=svg.INK,
                  linewidth=3, solid_capstyle="butt", label=set_text(words, said))  # fmt: skip
        axes.set_ylim(-0.12 * top, 1.12 * top)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylabel(set_text(words, words("chart.prior.axis")))
        observed_line(axes, words, self.observed)
        if words.direction == "rtl":
            axes.yaxis.set_label_position("right")
        drawn.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8.5)

    def describe(self, words: Words) -> str:
        """What it shows, in a sentence or two."""
        return words(
            "chart.prior.description",
            method=self.method(words),
            prior=self.prior_words(words),
            interval=words.interval(self.low, self.high),
            level=words.level(self.level),
            kept=words.share(self.overlap),
        )

    @property
    def overlap(self) -> float:
        """The share that both have in common: 1 where the posterior is the prior."""
        inside = max(sum(self.posterior), 1e-300)
        pairs = zip(self.posterior, self.prior, strict=True)
        return sum(min(after / inside, before) for after, before in pairs)

    def table(self, words: Words) -> Table:
        """Each bin with both shares."""
        ends = zip(self.edges[:-1], self.edges[1:], strict=True)
        return Table(
            heading=(
                words("column.bin"),
                words("chart.prior.posterior"),
                words("chart.prior.prior"),
            ),
            rows=tuple(
                (words.interval(low, high), words.share(after, 1), words.share(before, 1))
                for (low, high), after, before in zip(ends, self.posterior, self.prior, strict=True)
            ),
        )


def binned(
    draws: Floats, observed: int, log_prior: Callable[[Floats], Floats]
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Bins over the bulk of the draws, and the shares of posterior and prior in them.

    Args:
        draws: from the posterior of the population; any shape.
        observed: persons on at least one list; no bin begins below.
        log_prior: the logarithm of the prior at some sizes, up to a constant.

    Returns:
        Edges, shares of the draws, shares of the prior over the stretch of the bins.
    """
    flat = np.asarray(draws, dtype=np.float64).ravel()
    low, high = np.quantile(flat, _DRAWN)
    low, high = max(float(observed), np.floor(low)), max(np.ceil(high), observed + 2.0)
    edges = _edges(float(low), float(high))
    after = np.histogram(flat, edges)[0] / len(flat)
    before = np.array([_mass(log_prior, a, b) for a, b in pairwise(edges)])
    before = before / before.sum()
    return tuple(edges.tolist()), tuple(after.tolist()), tuple(before.tolist())


def _edges(low: float, high: float) -> Floats:
    """Whole numbers, evenly apart on the axis that they will stand on; wide enough not to jump."""
    if high / max(low, 1.0) <= WIDE:
        width = max(1.0, np.ceil((high - low) / BINS))
        return np.arange(low, high + width, width)
    step = max(np.log(high / low) / BINS, np.log1p(_FEWEST / low))
    return np.unique(
        np.rint(low * np.exp(step * np.arange(np.ceil(np.log(high / low) / step) + 1)))
    )


def _mass(log_prior: Callable[[Floats], Floats], low: float, high: float) -> float:
    """The prior between two sizes, by its values at 33 points."""
    points = np.linspace(low, high, 33)
    return float(np.trapezoid(np.exp(log_prior(points)), points))
