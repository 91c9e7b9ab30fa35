"""The curve of a watched site in the terminal: two rows of blocks, and what was made of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from operator import attrgetter
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from habeas.cli.options import Language
from habeas.cli.watch_words import said
from habeas.drawing.bidi import LRI, PDI, RLI
from habeas.monitoring.figures.wording import word

if TYPE_CHECKING:
    from habeas.monitoring.looks.watch_shown import CurvePoint, DisturbanceShown

BLOCKS = "▁▂▃▄▅▆▇█"
NOTHING = " "
BAND = "="
ALARM = "!"
WIDTH = 58


class TextCurve(NamedTuple):
    """The rows of a curve, one under the other, oldest first, and the dates at both ends."""

    site: str
    surroundings: str
    marks: str
    """`=` where the change began, `!` the alarm."""
    first: str
    last: str


def text_curve(
    points: Sequence[CurvePoint], found: Sequence[DisturbanceShown], width: int = WIDTH
) -> TextCurve | None:
    """A curve as text; none without points.

    Both rows have one scale, so that they can be compared.

    Args:
        points: by date.
        found: the disturbances to mark.
        width: characters.
    """
    known = [point for point in points if point.site is not None or point.surroundings is not None]
    if not known:
        return None
    first, last = (date.fromisoformat(known[at].date) for at in (0, -1))
    step = max((last - first) / width, timedelta(days=1))
    cells = max(min(width, int((last - first) / step) + 1), 1)
    place = _Scale(first, step, cells)
    values = [value for point in known for value in (point.site, point.surroundings)
              if value is not None]  # fmt: skip
    ends = (min(values), max(values))
    rows = [
        _row([(place.at(point.date), value) for point in known if (value := of(point)) is not None],
             ends, cells)
        for of in (attrgetter("site"), attrgetter("surroundings"))
    ]  # fmt: skip
    return TextCurve(
        site=rows[0],
        surroundings=rows[1],
        marks=_marks(found, place),
        first=first.isoformat(),
        last=last.isoformat(),
    )


def curve_lines(curve: TextCurve, lang: Language) -> list[str]:
    """The lines of a curve with what each row is; the oldest date is on the left in Persian too."""
    gap = " " * max(len(curve.site) - len(curve.first) - len(curve.last), 1)
    rows = (
        (curve.site, word("site", lang)),
        (curve.surroundings, word("surroundings", lang)),
        (curve.marks.ljust(len(curve.site)), said("marks", lang)),
    )
    lines = [f"{row}  {_isolated(words, lang)}" for row, words in rows]
    return [_from_left(line, lang) for line in (*lines, f"{curve.first}{gap}{curve.last}")]


def _isolated(words: str, lang: Language) -> str:
    return words if lang == "en" else f"{RLI}{words}{PDI}"


def _from_left(line: str, lang: Language) -> str:
    """A line that a terminal does not turn round because of the Persian words at its end."""
    return line if lang == "en" else f"{LRI}{line}{PDI}"


class _Scale(NamedTuple):
    first: date
    step: timedelta
    cells: int

    def at(self, day: str) -> int:
        """The cell of a day; days outside fall into the nearest."""
        place = int((date.fromisoformat(day) - self.first) / self.step)
        return min(max(place, 0), self.cells - 1)


def _row(values: Sequence[tuple[int, float]], ends: tuple[float, float], cells: int) -> str:
    inside: list[list[float]] = [[] for _ in range(cells)]
    for place, value in values:
        inside[place].append(value)
    low, span = ends[0], (ends[1] - ends[0]) or 1.0
    return "".join(
        BLOCKS[round((median(cell) - low) / span * (len(BLOCKS) - 1))] if cell else NOTHING
        for cell in inside
    )


def _marks(found: Sequence[DisturbanceShown], place: _Scale) -> str:
    row = [NOTHING] * place.cells
    for one in found:
        for cell in range(place.at(one.earliest), place.at(one.latest) + 1):
            row[cell] = BAND
    for one in found:
        row[place.at(one.alarm)] = ALARM
    return "".join(row).rstrip()
