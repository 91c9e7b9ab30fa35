"""Which lists share whom: bars of the patterns over a matrix of lists (Lex and others 2014, UpSet).

The largest patterns are drawn, the table has all of them. Patterns that could not be recorded are
no zeros, and are marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from habeas.drawing import svg
from habeas.estimation.figures.axis import set_text, side
from habeas.estimation.figures.picture import Table
from habeas.estimation.overlap import Overlap
from habeas.estimation.wording import Words

MOST: Final = 28
"""Patterns drawn; more would not be read."""


@dataclass(frozen=True, kw_only=True)
class Overlaps:
    """Patterns of lists and the persons that have them.

    Attributes:
        lists: the names.
        sizes: persons on each list.
        patterns: which lists each pattern has, the most persons first; `(True, False, ...)`.
        counts: persons of each pattern; none where the pattern could not be recorded.
    """

    lists: tuple[str, ...]
    sizes: tuple[int, ...]
    patterns: tuple[tuple[bool, ...], ...]
    counts: tuple[int | None, ...]
    name: ClassVar[str] = "overlaps"

    @classmethod
    def of(cls, overlap: Overlap) -> Overlaps:
        """Of a table, all strata together."""
        cells: list[tuple[int, int | None]] = [
            (int(pattern), int(count))
            for pattern, count in zip(overlap.patterns, overlap.totals, strict=True)
            if count
        ]
        cells.sort(key=lambda cell: (-(cell[1] or 0), cell[0].bit_count(), cell[0]))
        cells += [(pattern, None) for pattern in sorted(overlap.unrecorded)]
        return cls(
            lists=overlap.lists,
            sizes=tuple(int(size) for size in overlap.sizes),
            patterns=tuple(
                tuple(bool(pattern >> bit & 1) for bit in range(overlap.k)) for pattern, _ in cells
            ),
            counts=tuple(count for _, count in cells),
        )

    @property
    def observed(self) -> int:
        """Persons on at least one list."""
        return sum(count or 0 for count in self.counts)

    @property
    def shared(self) -> int:
        """Persons on two lists or more."""
        cells = zip(self.patterns, self.counts, strict=True)
        return sum(count or 0 for pattern, count in cells if sum(pattern) > 1)

    def size(self) -> tuple[float, float]:
        """Width and height in inches."""
        columns = min(len(self.patterns), MOST)
        return max(4.6, 2.9 + 0.27 * columns), 2.6 + 0.26 * len(self.lists)

    def draw(self, drawn: Any, words: Words) -> None:
        """Bars above, the matrix below, the sizes of the lists beside it."""
        mirrored = words.direction == "rtl"
        widths = [1.3, max(2.0, 0.27 * min(len(self.patterns), MOST))]
        grid = drawn.add_gridspec(
            2,
            2,
            width_ratios=widths[::-1] if mirrored else widths,
            height_ratios=[1.9, 0.26 * len(self.lists) + 0.2],
        )
        main, beside = (0, 1) if mirrored else (1, 0)
        bars = drawn.add_subplot(grid[0, main])
        matrix = drawn.add_subplot(grid[1, main], sharex=bars)
        sizes = drawn.add_subplot(grid[1, beside], sharey=matrix)
        self._draw_bars(bars, words)
        self._draw_matrix(matrix, words)
        self._draw_sizes(sizes, words)
        if mirrored:
            bars.set_xlim(bars.get_xlim()[::-1])

    def _draw_bars(self, axes: Any, words: Words) -> None:
        shown = self.counts[:MOST]
        axes.bar(range(len(shown)), [count or 0 for count in shown], width=0.62, color=svg.INK)
        top = max((count or 0 for count in shown), default=1) or 1
        for at, count in enumerate(shown):
            text = words("chart.overlaps.unrecorded_mark") if count is None else words.count(count)
            axes.text(
                at,
                (count or 0) + 0.02 * top,
                set_text(words, text),
                ha="center",
                va="bottom",
                fontsize=7.5,
                rotation=90 if len(shown) > 8 else 0,
            )
        axes.set_ylim(0, 1.2 * top)
        axes.set_yticks([])
        axes.set_xticks([])
        for name in ("left", "right"):
            axes.spines[name].set_visible(False)
        axes.set_ylabel(set_text(words, words("chart.overlaps.bars")))
        if words.direction == "rtl":
            axes.yaxis.set_label_position("right")

    def _draw_matrix(self, axes: Any, words: Words) -> None:
        for row in range(0, len(self.lists), 2):
            axes.axhspan(row - 0.5, row + 0.5, color=svg.FAINT, linewidth=0, zorder=0)
        for at, pattern in enumerate(self.patterns[:MOST]):
            on = [row for row, there in enumerate(pattern) if there]
            off = [row for row, there in enumerate(pattern) if not there]
            axes.plot([at] * len(off), off, "o", markersize=4, markerfacecolor=svg.PAPER,
                      markeredgecolor=svg.RULE, zorder=2)  # fmt: skip
            if on:
                axes.plot([at, at], [on[0], on[-1]], color=svg.INK, linewidth=1.6, zorder=2)
            axes.plot([at] * len(on), on, "o", markersize=5.5, color=svg.INK, zorder=3)
        axes.set_ylim(len(self.lists) - 0.5, -0.5)
        axes.set_xlim(-0.6, min(len(self.patterns), MOST) - 0.4)
        axes.tick_params(axis="both", length=0)
        axes.tick_params(axis="y", labelleft=False, labelright=False)
        for spine in axes.spines.values():
            spine.set_visible(False)

    def _draw_sizes(self, axes: Any, words: Words) -> None:
        top = max(self.sizes, default=1) or 1
        axes.barh(range(len(self.lists)), self.sizes, height=0.6, color=svg.QUIET)
        mirrored = words.direction == "rtl"
        for row, size in enumerate(self.sizes):
            axes.text(
                size + 0.03 * top,
                row,
                set_text(words, words.count(size)),
                ha="left" if mirrored else "right",
                va="center",
                fontsize=7.5,
            )
        axes.set_xlim(*((0, 1.55 * top) if mirrored else (1.55 * top, 0)))
        axes.set_xticks([])
        axes.set_yticks(range(len(self.lists)), [set_text(words, one) for one in self.lists])
        side(axes, words)
        axes.tick_params(axis="y", length=0, labelleft=not mirrored, labelright=mirrored)
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.set_xlabel(set_text(words, words("chart.overlaps.sizes")))

    def describe(self, words: Words) -> str:
        """What it shows, in a sentence or two."""
        said = words(
            "chart.overlaps.description",
            lists=words.count(len(self.lists)),
            observed=words.count(self.observed),
            shared=words.count(self.shared),
        )
        if len(self.patterns) > MOST:
            said += " " + words(
                "chart.overlaps.cut",
                shown=words.count(MOST),
                patterns=words.count(len(self.patterns)),
            )
        return said

    def table(self, words: Words) -> Table:
        """Every pattern, also those that are not drawn, and the sizes of the lists."""
        rows = [
            (
                words.listed([n for n, there in zip(self.lists, pattern, strict=True) if there]),
                words("chart.overlaps.unrecorded") if count is None else words.count(count),
            )
            for pattern, count in zip(self.patterns, self.counts, strict=True)
        ]
        rows += [
            (words("chart.overlaps.whole_list", name=name), words.count(size))
            for name, size in zip(self.lists, self.sizes, strict=True)
        ]
        return Table(
            heading=(words("column.exactly_on"), words("column.persons")), rows=tuple(rows)
        )
