"""The curve of a site as a line of text."""

from __future__ import annotations

import json
import re
from datetime import date
from types import SimpleNamespace

from tests.cli.watching.invented import DESTROYED, run

from habeas.cli.text_curve import ALARM, BAND, curve_lines, text_curve
from habeas.drawing.bidi import LRI, PDI, RLI
from habeas.monitoring.looks.watch_shown import CurvePoint


def points(values):
    return [
        CurvePoint(date=f"2020-{at // 28 + 1:02}-{at % 28 + 1:02}", site=value,
                   surroundings=0.2, statistic=None)
        for at, value in enumerate(values)
    ]  # fmt: skip


def test_a_curve_as_text_rises_where_the_site_does():
    curve = text_curve(points([0.2] * 28 + [0.4] * 28), [], width=20)
    assert curve.site[0] == "▁"
    assert curve.site.rstrip()[-1] == "█"
    assert set(curve.surroundings) == {"▁"}
    assert (curve.first, curve.last) == ("2020-01-01", "2020-02-28")
    assert text_curve([], []) is None


def test_marks_stand_where_the_dates_are(after):
    told = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)
    one = SimpleNamespace(**told["disturbances"][0])
    curve = text_curve([CurvePoint(**point) for point in told["curve"]], [one])
    assert BAND in curve.marks
    assert curve.marks.index(ALARM) >= curve.marks.index(BAND)
    share = (date.fromisoformat(one.alarm) - date.fromisoformat(curve.first)) / (
        date.fromisoformat(curve.last) - date.fromisoformat(curve.first)
    )
    assert abs(curve.marks.index(ALARM) / len(curve.site) - share) < 0.05
    for line in curve_lines(curve, "fa"):  # nothing in Persian turns the row of blocks round
        assert (line[0], line[-1]) == (LRI, PDI)
        assert not re.search("[\u0600-\u06ff]", re.sub(f"{RLI}[^{PDI}]*{PDI}", "", line))
