"""The timeline: what sources say about when, drawn to scale, side by side where they differ.

Each row is one claim: an interval of days between which the source places the event. A bar says
"between these dates", a diamond "this day", a bar that fades into an arrow "no end (or beginning)
is given". Claims about one event stand on adjoining lanes, tied by a bracket that says in words
whether their intervals overlap; nothing is averaged, nothing is preferred. Every row also gives
its dates in figures, so that nothing depends on reading a length, and nothing on colour.

Time runs with the writing: left to right in English, right to left in Persian, as in Persian print;
the words at both ends of the axis say which way. Years in which nothing falls are left out and the
cut is marked; the scale is the same on both sides of it (`axis`). Persian timelines carry the
Solar Hijri calendar above and the Gregorian below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from typing import Final, Unpack

import msgspec

from habeas.drawing import svg
from habeas.errors import InputError
from habeas.publishing import marks
from habeas.publishing.axis import (
    CUT,
    Axis,
    Tick,
    build_axis,
    gregorian_ticks,
    solar_hijri_ticks,
)
from habeas.publishing.catalogue import Language, Words, load_words
from habeas.publishing.intervals import TimelineRow, interval_words, known_days, relation

WIDTH: Final = 760.0
"""Width of the picture; made for a text width of about 170 mm."""
TALLEST: Final = 1040.0
"""What fits on an A4 page at that width, under a heading and a caption."""

_FOOT: Final = 96.0
_NO_DATES: Final = (719_163, 719_528)
_LABEL: Final = 228.0
_DATES: Final = 134.0
_GAP: Final = 12.0
_SIZE: Final = 11.0
_SMALL: Final = 10.0
_LEAD: Final = 13.5


__all__ = ["TALLEST", "WIDTH", "TimelineRow", "draw_timeline", "draw_timelines"]


class _Frame(msgspec.Struct, frozen=True, kw_only=True):
    """Where things stand: mirrored for a language that runs right to left."""

    words: Words
    axis: Axis
    left: float = _LABEL + _GAP + marks.FADE
    width: float = WIDTH - _LABEL - _DATES - 2 * _GAP - 2 * marks.FADE

    def side(self, x: float) -> float:
        """A position measured from the side where reading begins."""
        return WIDTH - x if self.words.direction == "rtl" else x

    def day(self, ordinal: int) -> float:
        return self.side(self.left + self.axis.x(ordinal))

    def write(self, x: float, y: float, words: str, size: float, **look: Unpack[svg.Look]) -> str:
        """A line of text that begins at `x` from the reading side."""
        look["anchor"] = "end" if self.words.direction == "rtl" else "start"
        return svg.text(self.side(x), y, words, size=size, **look)


def draw_timeline(
    rows: Sequence[TimelineRow],
    *,
    language: Language,
    title: str = "",
    beside: Sequence[TimelineRow] = (),
) -> str:
    """Draw claims about dates as an SVG picture.

    Args:
        rows: in the order in which they are to stand; rows of one group and one event must be
            neighbours.
        language: of the picture's own words and of its direction.
        title: what a screen reader says first.
        beside: rows of other pictures, whose dates this one's axis shows too, so that the
            pictures can be compared.

    Returns:
        A whole SVG file, the same bytes for the same input on every machine.

    Raises:
        InputError: there is no row, a date is not ISO 8601, or a row ends before it begins.
    """
    if not rows:
        raise InputError("a timeline needs at least one row", mend="Leave it out of the dossier.")
    words = load_words(language)
    frame = _Frame(words=words, axis=_axis([*rows, *beside]))
    body, top, y = _rows(frame, rows)
    legend, height = _legend(frame, rows, y + 34)
    paper = svg.rectangle(0, 0, WIDTH, height, fill=svg.PAPER)
    parts = [paper, marks.fades(), *_scale(frame, top, y), *body, *legend]
    name = title or words("timeline.title")
    about = words("timeline.description", count=str(len(rows)))
    return svg.document(WIDTH, height, parts, title=name, description=about, language=language)


def draw_timelines(
    rows: Sequence[TimelineRow], *, language: Language, title: str = "", tallest: float = TALLEST
) -> list[str]:
    """Draw a long timeline as several pictures with one axis, none taller than a page.

    Args:
        rows: as for `draw_timeline`.
        language: as for `draw_timeline`.
        title: as for `draw_timeline`.
        tallest: height of a picture in its own units; an event that is taller stands alone.

    Raises:
        InputError: as `draw_timeline`.
    """
    if not rows:
        return []
    frame = _Frame(words=load_words(language), axis=_axis(rows))
    pages: list[list[TimelineRow]] = [[]]
    for _, members in groupby(rows, key=lambda row: row.group):
        for event in _events(members):
            longer = [*pages[-1], *event]
            if pages[-1] and _rows(frame, longer)[2] + _FOOT > tallest:
                pages.append(event)
            else:
                pages[-1] = longer
    return [draw_timeline(p, language=language, title=title, beside=rows) for p in pages]


def _axis(rows: Sequence[TimelineRow]) -> Axis:
    width = WIDTH - _LABEL - _DATES - 2 * _GAP - 2 * marks.FADE
    return build_axis([i for row in rows for i in known_days(row)] or [_NO_DATES], width)


def _events(rows: Iterable[TimelineRow]) -> list[list[TimelineRow]]:
    """Neighbours that are about one event; a row without an event stands alone."""
    pairs = groupby(enumerate(rows), key=lambda pair: pair[1].event or pair[0])
    return [[row for _, row in lanes] for _, lanes in pairs]


def _rows(frame: _Frame, rows: Sequence[TimelineRow]) -> tuple[list[str], float, float]:
    """Headings and lanes, and where they begin and end."""
    body: list[str] = []
    top = y = 46.0 if frame.words.language == "fa" else 32.0
    for group, members in groupby(rows, key=lambda row: row.group):
        if group:
            y = _heading(frame, body, group, y)
        for event in _events(members):
            y = _event(frame, body, event, y)
    return body, top, y


def _heading(frame: _Frame, body: list[str], group: str, y: float) -> float:
    y += 20
    for line in svg.wrap(group, _SIZE + 1, WIDTH - 8, bold=True):
        body.append(frame.write(0, y, line, _SIZE + 1, bold=True, halo=True))
        y += _LEAD + 1
    body.append(svg.line(0, y - 9, WIDTH, y - 9, stroke=svg.INK, width=0.8))
    return y - 6


def _event(frame: _Frame, body: list[str], rows: list[TimelineRow], y: float) -> float:
    """One event: its label, a lane for each claim, and what the lanes say of each other."""
    top = y + 3
    y = top + _LEAD
    lines = svg.wrap(rows[0].label, _SIZE, _LABEL)
    for text in lines:
        body.append(frame.write(0, y, text, _SIZE))
        y += _LEAD
    centres = []
    for index, row in enumerate(rows):
        if index and row.label != rows[index - 1].label:
            for text in svg.wrap(row.label, _SIZE, _LABEL):
                body.append(frame.write(0, y, text, _SIZE))
                y += _LEAD
        centre, y = _lane(frame, body, row, y, single=len(rows) == 1 and len(lines) == 1)
        centres.append(centre)
    if len(rows) > 1:
        y = _bracket(frame, body, rows, centres, y)
    y -= _LEAD - 6
    body.append(svg.line(0, y, WIDTH, y, stroke=svg.RULE, width=0.5))
    return y


def _lane(
    frame: _Frame, body: list[str], row: TimelineRow, y: float, *, single: bool
) -> tuple[float, float]:
    """Attribution, mark and figures of one claim. A lone short row starts beside its label."""
    by = " · ".join(part for part in (row.by, row.reference) if part)
    lines = svg.wrap(by, _SMALL, _LABEL - 10) or [""]
    figures = svg.wrap(interval_words(row.earliest, row.latest, frame.words), _SMALL, _DATES)
    notes = [w for part in (row.said, row.precision) for w in svg.wrap(part, _SMALL - 1, _DATES)]
    beside = y - _LEAD if single else y
    centre = beside - 3.5 + (_LEAD * (len(lines) - 1) / 2 if not single else _LEAD / 2)
    for index, text in enumerate(lines):
        body.append(frame.write(10, y + index * _LEAD, text, _SMALL, fill=svg.QUIET))
    start = WIDTH - _DATES
    for index, text in enumerate(figures):
        body.append(frame.write(start, beside + index * _LEAD, text, _SMALL))
    for index, text in enumerate(notes):
        at = beside + (len(figures) + index) * _LEAD - 1
        body.append(frame.write(start, at, text, _SMALL - 1, fill=svg.QUIET))
    body += _mark(frame, row, centre)
    used = max(y + len(lines) * _LEAD, beside + (len(figures) + len(notes)) * _LEAD)
    return centre, used


def _mark(frame: _Frame, row: TimelineRow, y: float) -> list[str]:
    known = known_days(row)
    if not known:
        middle = frame.side(frame.left + frame.width / 2)
        dashed = svg.line(
            frame.side(frame.left), y, frame.side(frame.left + frame.width), y,
            stroke=svg.QUIET, width=0.8, stroke_dasharray="1 4",
        )  # fmt: skip
        text = frame.words("timeline.undated")
        note = svg.text(middle, y + 3.5, text, size=_SMALL, anchor="middle", fill=svg.QUIET,
                        halo=True, base=frame.words.direction)  # fmt: skip
        return [dashed, note]
    start, end = frame.day(known[0][0]), frame.day(known[0][1])
    if row.earliest is None or row.latest is None:
        later = row.latest is None
        mirrored = frame.words.direction == "rtl"
        return marks.open_bar(start if later else end, y, right=later != mirrored)
    if row.earliest == row.latest:
        return [marks.diamond((start + end) / 2, y)]
    low, high = min(start, end), max(start, end)
    return marks.bar(low, high, y)


def _bracket(
    frame: _Frame, body: list[str], rows: list[TimelineRow], centres: list[float], y: float
) -> float:
    """Tie the lanes of one event, and say whether their dates can be true together."""
    x = frame.side(_LABEL + 4)
    tick = frame.side(_LABEL + 9)
    body.append(svg.line(x, centres[0], x, centres[-1], width=1.0))
    body += [svg.line(x, centre, tick, centre, width=1.0) for centre in centres]
    key = relation(rows)
    if key:
        bold = key == "disjoint"
        for text in svg.wrap(frame.words(f"timeline.{key}"), _SMALL, _LABEL - 10, bold=bold):
            body.append(frame.write(10, y, text, _SMALL, bold=bold))
            y += _LEAD
    return y


def _scale(frame: _Frame, top: float, bottom: float) -> list[str]:
    """Grid, tick labels, marks of what was left out, and which way time runs."""
    persian = frame.words.language == "fa"
    main = solar_hijri_ticks(frame.axis) if persian else gregorian_ticks(frame.axis)
    parts = [
        svg.line(frame.day(t.day), top, frame.day(t.day), bottom, stroke=svg.RULE, width=0.6)
        for t in main
    ]
    digits = frame.words.number if persian else str
    parts += _labels(frame, main, digits, top - 6, top)
    below = gregorian_ticks(frame.axis) if persian else main
    parts += _labels(frame, below, str, bottom + 13, bottom)
    for segment in frame.axis.segments:
        low, high = sorted((frame.day(segment.start), frame.day(segment.end)))
        parts += [svg.line(low, y, high, y, width=0.9) for y in (top, bottom)]
    for before, after in pairwise(frame.axis.segments):
        middle = (frame.day(before.end) + frame.day(after.start)) / 2
        parts += _cut(middle, top, bottom)
    ends = ((0.0, "timeline.earlier"), (frame.width, "timeline.later"))
    for at, key in ends:
        x = frame.side(frame.left + at)
        parts.append(svg.text(x, top - 20, frame.words(key), size=_SMALL - 1, anchor="middle",
                              fill=svg.QUIET, base=frame.words.direction))  # fmt: skip
    if persian:
        for key, y in (("timeline.solar_hijri", top - 6), ("timeline.gregorian", bottom + 13)):
            parts.append(frame.write(_LABEL - 92, y, frame.words(key), _SMALL - 1, fill=svg.QUIET))
    return parts


def _labels(
    frame: _Frame, ticks: list[Tick], digits: Callable[[str], str], y: float, edge: float
) -> list[str]:
    """Tick labels, leaving out those that would touch the one before."""
    parts, taken = [], -1e9
    toward = 4 if y > edge else -4
    for tick in ticks:
        at = frame.axis.x(tick.day)
        label = digits(tick.label)
        half = svg.measure(label, _SMALL - 0.5) / 2
        x = frame.day(tick.day)
        parts.append(svg.line(x, edge, x, edge + toward, width=0.8))
        if at - half < taken + 5:
            continue
        parts.append(svg.text(x, y, label, size=_SMALL - 0.5, anchor="middle", base="ltr"))
        taken = at + half
    return parts


def _cut(x: float, top: float, bottom: float) -> list[str]:
    """Two slanted strokes on both axes and a blank band between: years left out."""
    parts = [
        svg.rectangle(x - CUT / 2 + 3, top, CUT - 6, bottom - top, fill="#f4f6f7"),
    ]
    for y in (top, bottom):
        parts += [svg.line(x + dx - 3, y + 5, x + dx + 3, y - 5, width=1.1) for dx in (-3, 3)]
    return parts


def _legend(frame: _Frame, rows: Sequence[TimelineRow], y: float) -> tuple[list[str], float]:
    """What each mark means, in words; only the marks that occur."""
    whole = [r for r in rows if r.earliest and r.latest]
    entries: list[tuple[str, str]] = []
    if any(r.earliest == r.latest for r in whole):
        entries.append(("day", "timeline.legend.day"))
    if any(r.earliest != r.latest for r in whole):
        entries.append(("bar", "timeline.legend.interval"))
    if any((r.earliest is None) != (r.latest is None) for r in rows):
        entries.append(("open", "timeline.legend.open"))
    if len(frame.axis.segments) > 1:
        entries.append(("cut", "timeline.legend.cut"))
    parts: list[str] = []
    for kind, key in entries:
        parts += _sample(frame, kind, y)
        for text in svg.wrap(frame.words(key), _SMALL, WIDTH - 60):
            parts.append(frame.write(52, y + 3.5, text, _SMALL, fill=svg.QUIET))
            y += _LEAD
        y += 1.5
    return parts, y + 2


def _sample(frame: _Frame, kind: str, y: float) -> list[str]:
    middle = frame.side(24)
    match kind:
        case "day":
            return [marks.diamond(middle, y)]
        case "bar":
            return marks.bar(middle - 14, middle + 14, y)
        case "open":
            return marks.open_bar(frame.side(9), y, right=frame.words.direction == "ltr")
        case _:
            return [
                svg.line(middle + d - 3, y + 5, middle + d + 3, y - 5, width=1.1) for d in (-3, 3)
            ]
