"""The laws of comparing: symmetric, reflexive, and never a contradiction that is none."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import agreement as module
from habeas.claims.agreement import Agreement, agreement, compare, distance, worst
from habeas.claims.claim import Claim
from habeas.claims.values import (
    File,
    LineString,
    Name,
    Point,
    Polygon,
    Quantity,
    Ref,
    Term,
    Text,
    When,
    Where,
)

SAME, COMPATIBLE, DIFFER, EXCLUSIVE = Agreement
DAYS = st.dates(date(1985, 1, 1), date(1990, 12, 31)).map(str) | st.none()
WORDS = st.sampled_from(["one", "One", "two", "", "یک", "يك"])
NUMBERS = st.sampled_from([None, "0", "5", "5.0", "7", "-3", "7.25"])
DEGREES = st.sampled_from(["51", "51.0", "51.0001", "52"])
POINTS = st.builds(lambda x, y: Point(coordinates=(x, y)), DEGREES, DEGREES)
PATHS = st.builds(
    lambda a, b: LineString(coordinates=(a.coordinates, b.coordinates)), POINTS, POINTS
)
WHENS = st.builds(
    When,
    text=WORDS,
    calendar=st.sampled_from(["gregorian", "solar_hijri"]),
    precision=st.just("day"),
    earliest=DAYS,
    latest=DAYS,
)
VALUES = st.one_of(
    st.builds(Text, text=WORDS),
    st.builds(Name, text=WORDS),
    WHENS,
    st.builds(
        Where,
        kind=st.sampled_from(["exact", "approximate"]),
        text=WORDS | st.none(),
        geometry=POINTS | PATHS | st.none(),
        uncertainty=st.sampled_from([None, "0", "10", "100000"]),
    ),
    st.builds(
        Quantity, text=WORDS, low=NUMBERS, high=NUMBERS, unit=st.sampled_from([None, "m", "km"])
    ),
    st.builds(Term, term=st.sampled_from(["a", "b"]), text=WORDS),
    st.builds(Ref, id=st.sampled_from(["site:a", "site:b"]), text=WORDS),
    st.builds(File, sha256=st.sampled_from(["a" * 64, "b" * 64]), size=st.just(1),
              media_type=st.just("text/plain")),
)  # fmt: skip


def said(value, holds=None):
    return Claim(
        subject="site:a",
        predicate="invented",
        value=value,
        holds=holds,
        source="org:a",
        sensitivity="team",
    )


def when(earliest=None, latest=None, text="words"):
    return When(text=text, calendar="gregorian", precision="day", earliest=earliest, latest=latest)


def number(low=None, high=None, text="words", **given):
    return Quantity(text=text, low=low, high=high, **given)


def where(geometry, uncertainty=None, **given):
    return Where(kind="approximate", geometry=geometry, uncertainty=uncertainty, **given)


def point(longitude, latitude):
    return Point(coordinates=(longitude, latitude))


@settings(deadline=None)
@given(VALUES, VALUES)
def test_symmetric(one, other):
    assert compare(one, other) is compare(other, one)


@settings(deadline=None)
@given(VALUES)
def test_reflexive(value):
    assert compare(value, value) is SAME


@settings(deadline=None)
@given(VALUES, VALUES, WHENS | st.none(), WHENS | st.none())
def test_symmetric_with_times(one, other, then, now):
    assert agreement(said(one, then), said(other, now)) is agreement(
        said(other, now), said(one, then)
    )


@settings(deadline=None)
@given(st.lists(st.dates(date(1980, 1, 1), date(1999, 1, 1)), min_size=4, max_size=4))
def test_intervals_exclude_each_other_when_no_day_is_common(days):
    (a, b), (c, d) = sorted(days[:2]), sorted(days[2:])
    found = compare(when(str(a), str(b)), when(str(c), str(d)))
    common = max(a, c) <= min(b, d)
    assert found is (SAME if (a, b) == (c, d) else COMPATIBLE if common else EXCLUSIVE)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (when("1988-08-01", "1988-08-31"), when("1988-08-31", "1988-09-30"), COMPATIBLE),
        (when("1988-08-01", "1988-08-30"), when("1988-08-31", "1988-09-30"), EXCLUSIVE),
        (when("1988-08-01", None), when(None, "1988-07-31"), EXCLUSIVE),
        (when("1988-08-01", None), when(None, "1988-08-01"), COMPATIBLE),
        (when("1988-08-01", None), when("2020-01-01", None), COMPATIBLE),
        (when(text="summer"), when("1988-08-01", "1988-08-31"), DIFFER),
        (when(text="summer"), when(text="Summer"), SAME),
        (number("5", "5"), number("5.0", "5.00"), SAME),
        (number("5", "10"), number("7", "7"), COMPATIBLE),
        (number("5", "10"), number("8", "12"), DIFFER),
        (number("5", "10"), number("11", "12"), EXCLUSIVE),
        (number("9", "9"), number("10", "10"), EXCLUSIVE),
        (number("5", "10"), number("10", "12"), DIFFER),
        (number("1000", None), number("5000", "5000"), COMPATIBLE),
        (number("1000", None), number(None, "999"), EXCLUSIVE),
        (number("5", "5", unit="m"), number("6", "6", unit="km"), DIFFER),
        (number(text="many"), number("6", "6"), DIFFER),
        (number(text="many"), number(text="Many"), SAME),
        (Term(term="a"), Term(term="b"), EXCLUSIVE),
        (Ref(id="site:a"), Ref(id="site:b"), EXCLUSIVE),
        (Ref(id="site:a", text="x"), Ref(id="site:a", text="y"), SAME),
        (Text(text="يك"), Text(text="یک"), SAME),
        (Text(text="one"), Text(text="two"), DIFFER),
        (Text(text="one"), Name(text="one"), DIFFER),
    ],
    ids=str,
)  # fmt: skip
def test_values(one, other, found):
    assert compare(one, other) is found
    assert compare(other, one) is found


def test_what_holds_at_different_times_is_compatible():
    then, now = when("1988-01-01", "1988-12-31"), when("2003-01-01", "2003-12-31")
    one, other = Term(term="intact"), Term(term="destroyed")
    assert agreement(said(one, then), said(other, now)) is COMPATIBLE
    assert agreement(said(one, then), said(other, then)) is EXCLUSIVE
    assert agreement(said(one, then), said(other)) is EXCLUSIVE
    assert agreement(said(one), said(other)) is EXCLUSIVE


def test_mutant_times_that_are_not_looked_at(monkeypatch):
    monkeypatch.setattr(module, "_apart", lambda *_: False)
    then, now = when("1988-01-01", "1988-12-31"), when("2003-01-01", "2003-12-31")
    assert agreement(said(Term(term="a"), then), said(Term(term="b"), now)) is EXCLUSIVE


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        # A thousandth of a degree of latitude is 111.2 m.
        (where(point("51", "35"), "60"), where(point("51", "35.001"), "60"), COMPATIBLE),
        (where(point("51", "35"), "50"), where(point("51", "35.001"), "50"), EXCLUSIVE),
        (where(point("51", "35"), "0"), where(point("51", "35.001"), "111.3"), COMPATIBLE),
        (where(point("51", "35")), where(point("51", "35.001"), "1"), DIFFER),
        (where(None, text="by the road"), where(point("51", "35"), "1"), DIFFER),
        (where(None, text="by the road"), where(None, text="By the road"), SAME),
        (where(None, text="by the road"), where(None, text="by the river"), DIFFER),
        (where(point("51", "35")), where(point("51", "35"), "10"), SAME),
    ],
    ids=str,
)
def test_places_by_distance_and_uncertainty(one, other, found):
    assert compare(one, other) is found
    assert compare(other, one) is found


SQUARE = Polygon(coordinates=((
    ("51", "35"), ("52", "35"), ("52", "36"), ("51", "36"), ("51", "35")),))  # fmt: skip


@pytest.mark.parametrize(
    ("geometry", "metres"),
    [
        (point("51.5", "35.5"), 0),
        (point("51.5", "36.01"), 1112),
        (point("52.1", "35.5"), 9053),
        (LineString(coordinates=(("51.5", "34"), ("51.5", "37"))), 0),
    ],
    ids=str,
)
def test_an_area_reaches_to_its_edges_and_holds_what_lies_inside(geometry, metres):
    assert distance(where(SQUARE), where(geometry)) == pytest.approx(metres, rel=5e-3, abs=1)
    assert distance(where(geometry), where(SQUARE)) == pytest.approx(metres, rel=5e-3, abs=1)
    expected = COMPATIBLE if metres < 1000 else EXCLUSIVE
    assert compare(where(SQUARE, "10"), where(geometry, "10")) is expected


def test_distance_across_the_date_line_and_without_geometry():
    path = LineString(coordinates=(("179.9", "0"), ("179.8", "0")))
    assert distance(where(path), where(point("-179.9", "0"))) == pytest.approx(22_239, rel=5e-3)
    assert distance(where(point("179.9", "0")), where(point("-179.9", "0"))) == pytest.approx(
        22_239, rel=5e-3
    )
    assert distance(where(None), where(path)) == float("inf")


@settings(deadline=None)
@given(POINTS, POINTS)
def test_points_are_as_far_as_a_geodesic_says(one, other):
    from pyproj import Geod

    (x1, y1), (x2, y2) = (tuple(map(float, at.coordinates)) for at in (one, other))
    metres = Geod(ellps="WGS84").inv(x1, y1, x2, y2)[2]
    assert distance(where(one), where(other)) == pytest.approx(metres, rel=5e-3, abs=1e-3)


def test_worst_is_the_strongest_contradiction():
    day = date(1988, 8, 1)
    spans = [when(str(day), str(day + timedelta(days=length))) for length in (1, 2)]
    assert worst([]) is worst([said(spans[0])]) is SAME
    assert worst([said(span) for span in spans]) is COMPATIBLE
    assert worst([said(span) for span in (*spans, when("1999-01-01", None))]) is EXCLUSIVE


def test_totals_that_count_other_things_do_not_exclude_each_other(monkeypatch):
    tehran = Quantity(text="40", low="40", high="40", counts="in one prison")
    country = Quantity(text="900", low="900", high="900", counts="in the whole country")
    unsaid = Quantity(text="900", low="900", high="900")
    assert compare(tehran, country) is Agreement.DIFFER
    assert compare(tehran, unsaid) is Agreement.EXCLUSIVE
    monkeypatch.setattr(module, "_count_other_things", lambda *_: False)
    assert compare(tehran, country) is Agreement.EXCLUSIVE  # the mutant
