"""The axis of persons that most charts share: linear or logarithmic, round ticks, our digits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, Final

from habeas.drawing import svg
from habeas.estimation.wording import Words

WIDE: Final = 12.0
"""From this ratio of the largest to the smallest number on, an axis is logarithmic."""

FURTHEST: Final = 1e15
"""Ends beyond this are drawn as ends that the axis does not reach."""

_STEPS: Final = (1, 2, 5)
_MOST_TICKS: Final = 7


def set_text(words: Words, text: str) -> str:
    """A text of ours as Matplotlib takes it."""
    from habeas.drawing.figure import words as isolated

    return isolated(text, words.language)


def finite(numbers: Iterable[float | None]) -> list[float]:
    """Those that can be drawn."""
    return [one for one in numbers if one is not None and 0 <= one < FURTHEST]


def person_axis(
    axes: Any, words: Words, numbers: Iterable[float | None], *, upright: bool = False
) -> tuple[float, float]:
    """Set up the axis of persons around some numbers.

    Args:
        axes: of Matplotlib.
        words: of the language.
        numbers: all that must be visible; none and infinite ones are passed over.
        upright: whether it is the y axis.

    Returns:
        The ends of the axis.
    """
    known = finite(numbers) or [0.0, 1.0]
    low, high = min(known), max(known)
    wide = low > 0 and high / low > WIDE
    if wide:
        low, high = low / (high / low) ** 0.05, high * (high / low) ** 0.08
        ticks = _log_ticks(low, high)
    else:
        room = max(high - low, 0.02 * high, 1.0)
        low, high = max(0.0, low - 0.06 * room), high + 0.08 * room
        ticks = _ticks(low, high)
    axis, scale, limit = (
        (axes.yaxis, axes.set_yscale, axes.set_ylim)
        if upright
        else (axes.xaxis, axes.set_xscale, axes.set_xlim)
    )
    scale("log" if wide else "linear")
    limit(low, high)
    axis.set_ticks(ticks, [set_text(words, words.count(tick)) for tick in ticks])
    axis.set_ticks([], minor=True)
    axes.grid(axis="y" if upright else "x", linewidth=0.8)
    axes.set_axisbelow(True)
    label = set_text(words, words("axis.persons_log" if wide else "axis.persons"))
    (axes.set_ylabel if upright else axes.set_xlabel)(label)
    if upright:
        side(axes, words)
    return low, high


def side(axes: Any, words: Words) -> None:
    """Put the y axis where reading begins: left in English, right in Persian."""
    if words.direction == "rtl":
        axes.yaxis.tick_right()
        axes.yaxis.set_label_position("right")
        axes.spines["right"].set_visible(True)
        axes.spines["left"].set_visible(False)


def category_axis(axes: Any, words: Words, labels: Sequence[str]) -> None:
    """Rows from top to bottom, their labels where reading begins."""
    axes.set_yticks(range(len(labels)), [set_text(words, label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    side(axes, words)
    axes.tick_params(axis="y", length=0, pad=9)
    for name in ("left", "right"):
        axes.spines[name].set_visible(False)


def beside_rows(axes: Any, words: Words, texts: Sequence[str]) -> None:
    """A text to each row, on the far side of the axes; several lines are kept."""
    at, aligned = (1.02, "left") if words.direction == "ltr" else (-0.02, "right")
    for row, text in enumerate(texts):
        axes.text(
            at,
            row,
            "\n".join(set_text(words, line) for line in text.split("\n")),
            transform=axes.get_yaxis_transform(),
            ha=aligned,
            va="center",
            fontsize=8.5,
            linespacing=1.35,
        )


def observed_line(axes: Any, words: Words, observed: int) -> None:
    """The persons observed, as a dotted line with its words above the axes."""
    axes.axvline(observed, color=svg.INK, linestyle=(0, (1, 1.6)), linewidth=1.1, zorder=1)
    low, high = axes.get_xlim()
    left = axes.transAxes.inverted().transform(axes.transData.transform((observed, 0)))[0] < 0.5
    axes.annotate(
        set_text(words, words("axis.observed", count=words.count(observed))),
        (observed, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(3 if left else -3, 4),
        textcoords="offset points",
        ha="left" if left else "right",
        va="bottom",
        fontsize=8,
        color=svg.QUIET,
        annotation_clip=not low <= observed <= high,
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers, whole ones, at most seven."""
    rough = max((high - low) / (_MOST_TICKS - 1), 1.0)
    power = 10 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [step * at for at in range(first, math.floor(high / step + 1e-9) + 1)]


def _log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten, or powers only, thinned to at most seven."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in (_STEPS, (1, 3), (1,)):
        ticks = [s * 10.0**p for p in powers for s in steps if low <= s * 10.0**p <= high]
        if len(ticks) <= _MOST_TICKS:
            return ticks
    return ticks[:: math.ceil(len(ticks) / _MOST_TICKS)]
