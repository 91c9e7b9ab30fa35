"""The curve: an index of the site and of its surroundings, with what was made of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from habeas.drawing import svg
from habeas.drawing.figure import COLOURS, Language, figure, to_svg, words
from habeas.errors import InputError
from habeas.monitoring.disturbance import Assessment, Curve, Disturbance
from habeas.monitoring.figures.ground import CHANGE, day_of, title
from habeas.monitoring.figures.wording import count, day, figure_of, index_name, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WATCHED, _UNWATCHED = "#eef2ee", "#c9d4cc"
_ROWS = 3
"""Rows of alarms above the lines, by turns."""


def draw_curve(assessment: Assessment, *, language: Language = "en") -> bytes:
    """The site against its surroundings, date by date, and the statistic of change below.

    The watched period is shaded, spells in which changed ground is not watched are dotted, those
    without a clear image are hatched, and each disturbance has its dated band and its alarm. In
    Persian time runs from right to left.

    Args:
        assessment: of a site; it has a curve.
        language: of the words.

    Returns:
        The picture as SVG; `drawing.raster` makes a PNG of it.

    Raises:
        InputError: the assessment has no curve: there was too little to follow.
    """
    curve = _curve(assessment)
    with figure(7.2, 4.4, language) as drawn:
        above, below = drawn.subplots(2, 1, sharex=True, height_ratios=(3, 1))
        title(above, word("curve.title", language), language)
        for axes in (above, below):
            _periods(axes, assessment, language)
        days = curve.dates.astype("datetime64[D]")
        above.plot(days, curve.ring, color=COLOURS[2], marker="s", ms=2.2, lw=0.7,
                   label=words(word("surroundings", language), language))  # fmt: skip
        above.plot(days, curve.site, color=COLOURS[0], marker="o", ms=2.6, lw=0.9,
                   label=words(word("site", language), language))  # fmt: skip
        above.set_ylabel(words(index_name(curve.index, language), language))
        _statistic(below, curve, language)
        _room(above, min(len(assessment.disturbances), _ROWS))
        for number, one in enumerate(assessment.disturbances, 1):
            _alarm(above, one, number, len(assessment.disturbances), language)
            below.axvline(_at(one.alarm), color=CHANGE, lw=1.2, ls="--")
        _time(above, below, language)
        names = above.get_legend_handles_labels()
        drawn.legend(*names, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
        return to_svg(drawn)


def describe_curve(assessment: Assessment, language: Language) -> str:
    """The words for those who do not see the picture."""
    curve = _curve(assessment)
    first, last = day_of(curve.dates[0]), day_of(curve.dates[-1])
    said = word(
        "curve.words", language, index=index_name(curve.index, language),
        dates=count(len(curve.dates), language), first=day(first), last=day(last),
    )  # fmt: skip
    for number, one in enumerate(assessment.disturbances, 1):
        said += word(
            "curve.words_band", language, number=count(number, language),
            earliest=day(one.earliest), latest=day(one.latest), alarm=day(one.alarm),
        )  # fmt: skip
    for spell in assessment.unwatched:
        said += word("curve.words_unwatched", language, first=day(spell[0]), last=day(spell[1]))
    return said if assessment.disturbances else said + word("curve.words_no_band", language)


def _curve(assessment: Assessment) -> Curve:
    if assessment.curve is None or not len(assessment.curve.dates):
        raise InputError(
            "there is no curve of this site",
            mend="; ".join(assessment.reasons) or "Give more images of it",
        )
    return assessment.curve


def _at(value: date) -> float:
    """A day on the axis of time: days since 1970, as Matplotlib counts them."""
    return float(value.toordinal() - date(1970, 1, 1).toordinal())


def _periods(axes: Axes, assessment: Assessment, language: Language) -> None:
    """What lies behind the lines: the watch, where it does not see, the gaps, the dated bands."""
    if assessment.watched_from and assessment.watched_to:
        axes.axvspan(_at(assessment.watched_from), _at(assessment.watched_to), color=_WATCHED, lw=0,
                     zorder=0, label=words(word("curve.watched", language), language))  # fmt: skip
    label: str | None = words(word("curve.unwatched", language), language)
    for first, last in assessment.unwatched:
        axes.axvspan(_at(first), _at(last), fc=svg.PAPER, ec=_UNWATCHED, hatch="...",
                     lw=0, zorder=0.3, label=label)  # fmt: skip
        label = None
    label = words(word("curve.gap", language), language)
    for first, last in assessment.gaps:
        axes.axvspan(_at(first), _at(last), fc="none", ec=svg.QUIET, alpha=0.45, hatch="////",
                     lw=0, zorder=0.5, label=label)  # fmt: skip
        label = None
    label = None
    for one in assessment.disturbances:
        share = count(100 * one.level, language)
        label = words(word("curve.band", language, level=share), language) if label is None else "_"
        axes.axvspan(_at(one.earliest), _at(one.latest), color=CHANGE, alpha=0.28, lw=0, zorder=1,
                     label=label)  # fmt: skip


def _alarm(axes: Axes, one: Disturbance, number: int, several: int, language: Language) -> None:
    """A dashed line at the alarm, and its date beside it."""
    label = words(word("alarm", language), language) if number == 1 else None
    axes.axvline(_at(one.alarm), color=CHANGE, lw=1.2, ls="--", label=label)
    text = word("curve.alarm_on", language, day=day(one.alarm))
    if several > 1:
        text = f"{count(number, language)}: {text}"
    where = ("data", "axes fraction")
    axes.annotate(words(text, language), xy=(_at(one.alarm), 1.0), xycoords=where,
                  xytext=(3 if language == "en" else -3, -2 - 11 * ((number - 1) % _ROWS)),
                  textcoords="offset points", color=CHANGE, fontsize=8, va="top", zorder=5,
                  ha="left" if language == "en" else "right",
                  bbox={"fc": svg.PAPER, "ec": "none", "pad": 0.8, "alpha": 0.8})  # fmt: skip


def _room(axes: Axes, rows: int) -> None:
    """Room above the lines for so many rows of words."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.07 * rows * (high - low))


def _statistic(axes: Axes, curve: Curve, language: Language) -> None:
    """How far the statistic of change stands over its threshold; a line at 1."""
    axes.plot(curve.dates.astype("datetime64[D]"), curve.statistic, color=svg.INK,
              lw=0.9, marker=".", ms=3)  # fmt: skip
    axes.axhline(1, color=svg.QUIET, lw=0.9, ls=":")
    axes.set_ylabel(words(word("curve.statistic", language), language), fontsize=8)
    axes.set_ylim(bottom=0)


def _time(above: Axes, below: Axes, language: Language) -> None:
    """The axis of time in the direction of reading, and which way it runs."""
    from matplotlib.dates import AutoDateLocator, DateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=9)  # type: ignore[no-untyped-call]
    below.xaxis.set_major_locator(locator)
    form = DateFormatter("%Y-%m" if _is_short(below) else "%Y")  # type: ignore[no-untyped-call]
    below.xaxis.set_major_formatter(form)
    if language == "fa":
        below.invert_xaxis()
        for axes in (above, below):
            axes.yaxis.set_major_formatter(lambda value, _: figure_of(value, language))
            axes.yaxis.tick_right()
            axes.yaxis.set_label_position("right")
            axes.spines["left"].set_visible(False)
            axes.spines["right"].set_visible(True)
    ends = [word(key, language) for key in ("curve.earlier", "curve.later")]
    below.set_xlabel(" ")
    arrows = ("← {}", "{} →") if language == "en" else ("{} ←", "→ {}")  # in the order of reading
    in_order = ends if language == "en" else ends[::-1]
    sides = ("left", "right")
    for place, end, side, arrow in zip((0.0, 1.0), in_order, sides, arrows, strict=True):
        below.text(place, -0.42, words(arrow.format(end), language), ha=side,
                   va="top", transform=below.transAxes, fontsize=8, color=svg.QUIET)  # fmt: skip


def _is_short(axes: Axes) -> bool:
    """Whether the axis is short enough for its ticks to name months."""
    first, last = axes.get_xlim()
    return abs(last - first) < 365 * 6
