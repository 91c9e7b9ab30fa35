"""Positions that cannot be, and those that can."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.claims import places
from habeas.claims.places import check_where, positions
from habeas.claims.values import LineString, MultiPolygon, Point, Polygon, Where
from habeas.errors import InputError

RING = (("51", "35"), ("52", "35"), ("52", "36"), ("51", "35"))
GOOD = (
    None,
    Point(coordinates=("51.4", "35.7")),
    Point(coordinates=("-180", "-90")),
    Point(coordinates=("180.000", "90.0")),
    LineString(coordinates=RING[:2]),
    Polygon(coordinates=(RING,)),
    Polygon(coordinates=(RING, RING)),
    MultiPolygon(coordinates=((RING,), (RING, RING))),
)
OUTSIDE = (("180.1", "0"), ("-180.000000000000000001", "0"), ("0", "90.1"), ("0", "-91"))
BROKEN = {
    "open ring": (Polygon(coordinates=((*RING[:3], ("51", "36")),)), "not closed"),
    "ring of three": (Polygon(coordinates=((RING[0], RING[1], RING[0]),)), "not closed"),
    "open hole": (Polygon(coordinates=(RING, RING[:3])), "not closed"),
    "ring of nothing": (Polygon(coordinates=((),)), "not closed"),
    "open ring of a part": (MultiPolygon(coordinates=((RING,), (RING[:3],))), "not closed"),
    "area of nothing": (Polygon(coordinates=()), "without an outline"),
    "areas of nothing": (MultiPolygon(coordinates=()), "without an outline"),
    "a part of nothing": (MultiPolygon(coordinates=((RING,), ())), "without an outline"),
    "path of one": (LineString(coordinates=RING[:1]), "less than two"),
    "path of none": (LineString(coordinates=()), "less than two"),
}


def where(geometry=None, **given):
    return Where(**{"kind": "approximate", "geometry": geometry, **given})


def is_taken(geometry=None, **given):
    try:
        check_where(where(geometry, **given))
    except InputError:
        return False
    return True


@pytest.mark.parametrize("geometry", GOOD, ids=str)
def test_what_can_be_is_taken_with_an_uncertainty_that_can_be(geometry):
    assert is_taken(geometry, uncertainty="0")
    assert not is_taken(geometry, uncertainty="-1")


@pytest.mark.parametrize(("geometry", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_shape_is_refused_with_place_and_mend(geometry, reason):
    with pytest.raises(InputError, match=reason) as caught:
        check_where(where(geometry), "sheet.yaml:7")
    assert caught.value.place == "sheet.yaml:7"
    assert caught.value.mend


@pytest.mark.parametrize("position", OUTSIDE, ids=str)
@pytest.mark.parametrize(
    "shape",
    [
        lambda at: Point(coordinates=at),
        lambda at: LineString(coordinates=(RING[0], at)),
        lambda at: Polygon(coordinates=((at, RING[1], RING[2], at),)),
        lambda at: Polygon(coordinates=(RING, (at, RING[1], RING[2], at))),
        lambda at: MultiPolygon(coordinates=((RING,), ((at, RING[1], RING[2], at),))),
    ],
    ids=["point", "path", "area", "hole", "part"],
)
def test_outside_the_earth_is_refused_wherever_it_stands(position, shape):
    with pytest.raises(InputError, match="outside the earth"):
        check_where(where(shape(position)))


def test_swapped_coordinates_are_named_as_such_only_when_they_may_be():
    def mend(*position):
        with pytest.raises(InputError) as caught:
            check_where(where(Point(coordinates=position)))
        return caught.value.mend

    assert "swapped" in mend("35.7", "151.4")
    assert "swapped" not in mend("151.4", "135.7")
    assert "swapped" not in mend("200", "10")


@pytest.mark.parametrize("uncertainty", ["-1", "-0.5", "-0"])
def test_a_negative_uncertainty_is_refused(uncertainty):
    with pytest.raises(InputError, match="below zero"):
        check_where(where(uncertainty=uncertainty))


def test_exact_needs_a_geometry_and_nothing_else_does():
    with pytest.raises(InputError, match="exact position without"):
        check_where(where(kind="exact"))
    assert is_taken(GOOD[1], kind="exact")
    for kind in ("approximate", "representative", "random"):
        assert is_taken(kind=kind)


@settings(deadline=None)
@given(st.decimals(-180, 180, places=6), st.decimals(-90, 90, places=6))
def test_every_position_of_the_earth_is_taken_and_none_beside_it(longitude, latitude):
    assert is_taken(Point(coordinates=(f"{longitude:f}", f"{latitude:f}")))
    assert not is_taken(Point(coordinates=(f"{longitude + 361:f}", f"{latitude:f}")))
    assert not is_taken(Point(coordinates=(f"{longitude:f}", f"{latitude - 181:f}")))


def test_positions_are_those_of_every_ring():
    assert list(positions(GOOD[1])) == [("51.4", "35.7")]
    assert list(positions(GOOD[4])) == list(RING[:2])
    assert list(positions(GOOD[6])) == list(RING * 2)
    assert list(positions(GOOD[7])) == list(RING * 3)


@pytest.mark.parametrize(
    ("check", "geometry"),
    [
        ("_check_position", Point(coordinates=OUTSIDE[0])),
        ("_rings", BROKEN["open ring"][0]),
        ("_is_empty", BROKEN["area of nothing"][0]),
    ],
)
def test_mutant_without_the_check_it_passes(monkeypatch, check, geometry):
    assert not is_taken(geometry)
    monkeypatch.setattr(places, check, lambda *_: ())
    assert is_taken(geometry)
