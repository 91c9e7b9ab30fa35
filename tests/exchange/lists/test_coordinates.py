"""Coordinates as lists write them: read, or asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.claims.values import Point
from habeas.errors import InputError
from habeas.exchange.lists.coordinates import (
    geometry_text,
    read_both,
    read_coordinate,
    read_geometry,
)


@pytest.mark.parametrize(
    ("text", "axis", "expected"),
    [
        ("35.5631", "latitude", "35.5631"),
        ("۳۵٫۵۶۳۱", "latitude", "35.5631"),
        ("35,5631", "latitude", "35.5631"),
        ("51.60", "longitude", "51.60"),
        ("+51.6", "longitude", "51.6"),
        ("−58.4", "longitude", "-58.4"),
        ("58.4 W", "longitude", "-58.4"),
        ("N 35.5", "latitude", "35.5"),
        ("۳۵ درجه شمالی", "latitude", "35"),
        ("35° 33' 47\" N", "latitude", "35.563056"),
        ("35°33′47.5″N", "latitude", "35.563194"),
        ("35 33 47", "latitude", "35.563056"),
        ("35:30", "latitude", "35.500000"),
        ("-0° 30'", "latitude", "-0.500000"),
        ("۳۵ درجه و ۳۰ دقیقه شمالی", "latitude", "35.500000"),
    ],
)
def test_read(text, axis, expected):
    assert read_coordinate(text, axis) == expected


@pytest.mark.parametrize(
    ("text", "axis", "asked"),
    [
        ("95.1", "latitude", "swapped"),
        ("35.5 N", "longitude", "swapped"),
        ("51.6 E", "latitude", "swapped"),
        ("355631", "latitude", "decimal degrees"),
        ("539201", "longitude", "decimal degrees"),
        ("195.0", "longitude", "decimal point"),
        ("near the road", "latitude", "decimal degrees"),
        ("35° 61'", "latitude", "again"),
        ("39S 539201 3934512", "longitude", "decimal degrees"),
        ("", "latitude", "decimal degrees"),
    ],
)
def test_asked(text, axis, asked):
    with pytest.raises(InputError) as error:
        read_coordinate(text, axis)
    assert asked in error.value.mend


@given(st.decimals(-90, 90, places=6))
def test_digits_are_kept(number):
    assert Decimal(read_coordinate(format(number, "f"), "latitude")) == number


def test_both_in_one_cell_only_with_their_sides():
    assert read_both("35°33'47\"N, 51°35'E") == ("51.583333", "35.563056")
    assert read_both("51.5 E 35.5 N") == ("51.5", "35.5")
    with pytest.raises(InputError, match="which"):
        read_both("35.5, 51.5")


def test_geometries_keep_their_digits():
    point = Point(coordinates=("51.60", "35.5630"))
    assert read_geometry(geometry_text(point)) == point
    assert read_geometry('{"type": "Point", "coordinates": [51.60, 35.5630]}') == point
    for broken in ("{", '{"type": "Point"}', '{"type":"Circle"}', "[" * 100_000):
        with pytest.raises(InputError):
            read_geometry(broken)
