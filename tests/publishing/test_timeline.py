"""The timeline draws what is claimed, to scale, and says where claims differ."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.publishing import axis as axes
from habeas.publishing.axis import CUT, build_axis, gregorian_ticks, solar_hijri_ticks
from habeas.publishing.catalogue import load_words
from habeas.publishing.intervals import interval_words, relation
from habeas.publishing.timeline import (
    TALLEST,
    WIDTH,
    TimelineRow,
    draw_timeline,
    draw_timelines,
)

SVG = "{http://www.w3.org/2000/svg}"


def row(earliest, latest, **more):
    named = {"label": "Site destroyed", "by": "Invented Source"} | more
    return TimelineRow(earliest=earliest, latest=latest, **named)


# Published claims about two sites: destroyed in July 2018 or September 2020; concrete 2016 or 2017.
AHVAZ = [
    row("2018-07-20", "2018-07-20", event="d", group="Ahvaz", by="Amnesty International"),
    row("2020-09-01", "2020-09-30", event="d", group="Ahvaz", by="PMOI/MEK"),
]
TABRIZ = [
    row("2017-06-01", "2017-09-30", event="c", group="Tabriz", by="Justice for Iran"),
    row("2016-06-01", "2017-09-30", event="c", group="Tabriz", by="Amnesty International UK"),
]
KHAVARAN = [
    row("1981-06-01", "1981-06-30", group="Khavaran", label="Land assigned"),
    row("2005-11-01", "2005-11-30", group="Khavaran", label="Markers destroyed"),
    row("2022-05-01", None, group="Khavaran", label="Wall built"),
    row(None, None, group="Khavaran", label="Rubbish", said="over a decade"),
]
ALL = AHVAZ + TABRIZ + KHAVARAN


def words_in(picture):
    return [
        re.sub("[\u2066-\u2069]", "", "".join(text.itertext()))
        for text in ET.fromstring(picture).iter(f"{SVG}text")
    ]


def bars(picture):
    """(left, width) of the bars, legend left out."""
    found = [r for r in ET.fromstring(picture).iter(f"{SVG}rect") if r.get("fill") == "#7d8a94"]
    return [
        (float(r.get("x")), float(r.get("width"))) for r in found if float(r.get("width")) != 28
    ]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_the_same_rows_give_the_same_bytes_in_another_process(language):
    script = (
        "import sys, msgspec; from habeas.publishing.timeline import *; "
        "rows = msgspec.json.decode(sys.stdin.buffer.read(), type=list[TimelineRow]); "
        f"sys.stdout.buffer.write(draw_timeline(rows, language={language!r}).encode())"
    )
    import msgspec

    run = subprocess.run(
        [sys.executable, "-c", script], input=msgspec.json.encode(ALL), capture_output=True,
        check=True, env=os.environ | {"PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert run.stdout == draw_timeline(ALL, language=language).encode()


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_row_is_there_in_words_and_figures(language):
    said = " ".join(words_in(draw_timeline(ALL, language=language)))
    for item in ALL:
        assert item.by in said
        assert item.label in said
        assert item.said in said
    assert "2018-07-20" in said
    assert "2016-06 – 2017-09" in said
    assert load_words(language)("timeline.undated") in said
    assert load_words(language)("timeline.from", date="2022-05-01") in said


def test_it_refers_to_nothing_outside_itself():
    picture = draw_timeline(ALL, language="fa")
    assert re.findall(r"https?://[^\"]*", picture) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<(script|image|use|foreignObject|style)", picture)


def test_lengths_are_to_scale():
    rows = [row("2000-01-01", "2003-12-31"), row("2002-01-01", "2009-12-31")]
    (_, short), (_, long) = bars(draw_timeline(rows, language="en"))
    assert long / short == pytest.approx(2922 / 1461, rel=0.01)


def test_time_runs_with_the_writing():
    rows = [row("2000-01-01", "2001-12-31"), row("2006-01-01", "2009-12-31")]
    english = bars(draw_timeline(rows, language="en"))
    persian = bars(draw_timeline(rows, language="fa"))
    assert english[0][0] < english[1][0]
    assert persian[0][0] > persian[1][0]
    mirrored = [(WIDTH - x - width, width) for x, width in persian]
    for (x1, w1), (x2, w2) in zip(english, mirrored, strict=True):
        assert (x1, w1) == pytest.approx((x2, w2), abs=0.02)


def test_a_day_is_a_diamond_and_an_open_end_an_arrow():
    day = draw_timeline([row("2018-07-20", "2018-07-20")], language="en")
    opened = draw_timeline([row("2018-07-20", None)], language="en")
    assert "<polygon" in day
    assert "url(#fade-right)" not in day
    assert "url(#fade-right)" in opened
    assert "url(#fade-left)" in draw_timeline([row("2018-07-20", None)], language="fa")
    assert "url(#fade-left)" in draw_timeline([row(None, "2018-07-20")], language="en")


def test_the_legend_names_only_marks_that_occur():
    picture = " ".join(words_in(draw_timeline([row("2018-07-20", "2018-07-20")], language="en")))
    english = load_words("en")
    assert english("timeline.legend.day") in picture
    assert english("timeline.legend.open") not in picture
    assert english("timeline.legend.cut") not in picture


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (AHVAZ, "disjoint"),
        (TABRIZ, "overlapping"),
        ([TABRIZ[0], TABRIZ[0]], ""),
        ([row("2018-07-20", None), row("2020-01-01", "2020-01-01")], "overlapping"),
        ([row(None, "2018-07-20"), row("2020-01-01", "2020-01-01")], "disjoint"),
        ([row("2018-07-20", "2018-07-20"), row(None, None)], ""),
        ([row("2018-01-01", "2018-01-31"), row("2018-01-31", "2018-02-28")], "overlapping"),
    ],
)
def test_how_claims_about_one_event_stand_to_each_other(rows, expected):
    assert relation(rows) == expected


def test_contradicting_claims_are_tied_and_said_to_differ():
    english = load_words("en")
    assert english("timeline.disjoint") in words_in(draw_timeline(AHVAZ, language="en"))
    assert english("timeline.overlapping") in words_in(draw_timeline(TABRIZ, language="en"))
    apart = [row("2018-07-20", "2018-07-20"), row("2020-09-01", "2020-09-30")]
    assert english("timeline.disjoint") not in words_in(draw_timeline(apart, language="en"))


@pytest.mark.parametrize(
    ("earliest", "latest", "words"),
    [
        ("2008-01-01", "2016-12-31", "2008 – 2016"),
        ("1988-01-01", "1988-12-31", "1988"),
        ("1988-02-01", "1988-02-29", "1988-02"),
        ("2022-05-01", "2022-09-30", "2022-05 – 2022-09"),
        ("2009-01-09", "2009-01-16", "2009-01-09 – 2009-01-16"),
        ("2018-07-20", "2018-07-20", "2018-07-20"),
        ("2018-07-20", None, "2018-07-20 or later"),
        (None, "2018-07-20", "2018-07-20 or earlier"),
        (None, None, "no date given"),
    ],
)
def test_intervals_in_figures(earliest, latest, words):
    assert interval_words(earliest, latest, load_words("en")) == words


@pytest.mark.parametrize("bad", ["1988", "1988-13-01", "19880728", "1988-W30-4", "1367/05/06", ""])
def test_a_date_that_is_not_iso_is_refused_with_its_mend(bad):
    with pytest.raises(InputError, match="1988-07-28"):
        draw_timeline([row(bad, "2000-01-01")], language="en")


def test_no_rows_and_reversed_rows_are_refused():
    with pytest.raises(InputError, match="at least one row"):
        draw_timeline([], language="en")
    with pytest.raises(InputError, match="before the earliest"):
        draw_timeline([row("2001-01-01", "2000-01-01")], language="en")


def test_t39_controls_in_names_are_shown_and_markup_is_text():
    picture = draw_timeline(
        [row("2000-01-01", None, by="Ali\u202e<b>&", label="\u2069x")], language="fa"
    )
    said = words_in(picture)
    assert "Ali[U+202E]<b>&" in said
    assert "[U+2069]x" in said
    assert "\u202e" not in picture


def test_long_timelines_break_between_events_and_share_their_axis():
    many = [
        row(f"{1990 + n}-01-01", f"{1990 + n}-12-31", label=f"Event {n}", group=f"Site {n // 10}")
        for n in range(30)
    ]
    pictures = draw_timelines(many, language="en", tallest=500)
    assert len(pictures) > 2
    assert all(float(ET.fromstring(p).get("height")) <= 500 for p in pictures)
    said = [word for picture in pictures for word in words_in(picture)]
    assert sum(word.startswith("Event ") for word in said) == 30
    ticks = [[w for w in words_in(p) if re.fullmatch(r"(19|20)\d\d", w)] for p in pictures]
    scales = [set(t) for t in ticks]
    assert set.intersection(*scales) >= {"1990", "2000", "2010"}
    assert len(draw_timelines(many[:3], language="en")) == 1
    assert TALLEST > 500


# The axis

DAYS = st.dates(date(1900, 1, 1), date(2060, 12, 31))
INTERVALS = st.lists(
    st.tuples(DAYS.map(date.toordinal), st.integers(1, 4000)).map(lambda p: (p[0], sum(p))),
    min_size=1, max_size=12,
)  # fmt: skip


@given(INTERVALS)
@settings(max_examples=150)
def test_no_interval_is_cut_and_all_are_to_one_scale(intervals):
    axis = build_axis(intervals, 320.0)
    assert axis.end == pytest.approx(320.0)
    for start, end in intervals:
        assert any(s.start <= start and end <= s.end for s in axis.segments)
        assert axis.x(end) - axis.x(start) == pytest.approx((end - start) * axis.scale)
    for before, after in zip(axis.segments, axis.segments[1:], strict=False):
        assert after.x - axis.x(before.end) == pytest.approx(CUT)
        assert after.start > before.end


def test_mutant_an_axis_that_cuts_by_gaps_between_starts_is_caught(monkeypatch):
    def by_starts(intervals):
        starts = sorted({start for start, _ in intervals})
        return [(start, start + 30) for start in starts]

    monkeypatch.setattr(axes, "_stretches", by_starts)
    with pytest.raises(AssertionError):
        test_no_interval_is_cut_and_all_are_to_one_scale.hypothesis.inner_test(
            [(720_000, 724_000), (735_000, 735_001)]
        )


@given(INTERVALS)
@settings(max_examples=60)
def test_each_segment_has_a_tick_and_ticks_stand_where_they_say(intervals):
    axis = build_axis(intervals, 320.0)
    ticks = gregorian_ticks(axis)
    for tick in ticks:
        assert date.fromordinal(tick.day).isoformat().startswith(tick.label)
    if len(axis.segments) > 1:
        for segment in axis.segments:
            assert any(segment.start <= t.day < segment.end for t in ticks)


def test_solar_hijri_years_begin_at_nowruz():
    axis = build_axis([(date(1988, 1, 1).toordinal(), date(1991, 1, 1).toordinal())], 320.0)
    found = {t.label: date.fromordinal(t.day) for t in solar_hijri_ticks(axis)}
    assert found["1367"] == date(1988, 3, 21)
    assert found["1368"] == date(1989, 3, 21)


def test_ticks_follow_the_span():
    start = date(1988, 7, 1)
    for days, unit in ((20, "day"), (200, "month"), (2000, "year"), (30000, "year")):
        interval = (start.toordinal(), (start + timedelta(days=days)).toordinal())
        axis = build_axis([interval], 320.0)
        assert axis.unit == unit
        assert 2 <= len(gregorian_ticks(axis)) <= 40
