"""Coordinates as lists write them: decimal degrees, degrees with minutes and seconds, any digits.

Nothing is put right here: what may be the other axis, or lies outside the earth, is asked.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Final, Literal

import msgspec

from habeas.claims.values import Geometry
from habeas.errors import InputError

Axis = Literal["longitude", "latitude"]

LIMITS: Final[dict[Axis, int]] = {"longitude": 180, "latitude": 90}
"""Degrees, WGS 84."""

_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫−º˚", "01234567890123456789.-°°")
_SIDES: Final = {
    "n": "N", "north": "N", "شمالی": "N", "s": "S", "south": "S", "جنوبی": "S",
    "e": "E", "east": "E", "شرقی": "E", "w": "W", "west": "W", "غربی": "W",
}  # fmt: skip
_SIDE: Final = "|".join(sorted(_SIDES, key=len, reverse=True))
_DECIMAL: Final = re.compile(
    rf"(?P<before>{_SIDE})?\s*(?P<number>[+-]?\d{{1,3}}(?:[.,]\d+)?)\s*(?:°|درجه)?\s*"
    rf"(?P<after>{_SIDE})?",
    re.IGNORECASE,
)
_SEXAGESIMAL: Final = re.compile(
    rf"(?P<before>{_SIDE})?\s*(?P<number>-?\d{{1,3}})\s*(?:°|:|درجه و|درجه|\s)\s*"
    r"(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*(?:['′’]|:|دقیقه و|دقیقه|\s|$)\s*"
    r"(?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:[\"″”]|''|′′|ثانیه)?)?\s*"
    rf"(?P<after>{_SIDE})?",
    re.IGNORECASE,
)
_PLACES: Final = Decimal("0.000001")
"""A millionth of a degree is a tenth of a metre: what seconds with one decimal tell."""

_BOTH: Final = re.compile(rf"(.*?(?:{_SIDE})|(?:{_SIDE}).*?)[\s,;،|]+(.+)", re.IGNORECASE)


def read_coordinate(text: str, axis: Axis) -> str:
    """One coordinate in decimal degrees.

    Args:
        text: as it stands in its column.
        axis: of the column.

    Returns:
        Decimal digits: those of the text, or, from minutes and seconds, rounded to a millionth.

    Raises:
        InputError: not a coordinate, one of the other axis, or outside the earth.
    """
    plain = " ".join(text.translate(_DIGITS).split())
    found = _DECIMAL.fullmatch(plain) or _SEXAGESIMAL.fullmatch(plain)
    if found is None:
        raise InputError(
            f"“{text}” is no {axis} that is read here",
            mend="Write decimal degrees, such as 35.5631, or 35° 33' 47\" N",
        )
    side = _SIDES.get((found["before"] or found["after"] or "").lower(), "")
    if side and (side in "NS") != (axis == "latitude"):
        raise InputError(
            f"“{text}” is no {axis}", mend="Were longitude and latitude swapped? Look at the list"
        )
    degrees = _degrees(found)
    if side in ("S", "W"):
        degrees = -abs(degrees)
    _check_limits(text, degrees, axis)
    return format(degrees, "f")


def read_both(text: str) -> tuple[str, str]:
    """Longitude and latitude that stand in one cell, each with its side: 35.5 N, 51.5 E.

    Raises:
        InputError: the cell does not tell which number is which.
    """
    found = _BOTH.fullmatch(text.strip())
    if found is not None:
        for first, second in ((found[1], found[2]), (found[2], found[1])):
            try:
                return _sided(second, "longitude"), _sided(first, "latitude")
            except InputError:
                continue
    raise InputError(
        f"“{text}” does not tell which number is the longitude and which the latitude",
        mend="Put them into two columns, or write N and E behind them",
    )


def _sided(text: str, axis: Axis) -> str:
    if not re.search(f"(?:{_SIDE})", text, re.IGNORECASE):
        raise InputError("no side is told")
    return read_coordinate(text, axis)


def read_geometry(text: str) -> Geometry:
    """A geometry written as GeoJSON (RFC 7946); numbers keep their digits.

    Raises:
        InputError: it is none.
    """
    try:
        plain = json.loads(text, parse_float=str, parse_int=str)
        found: Geometry = msgspec.convert(plain, Geometry)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise InputError(
            "this is no geometry that is read here",
            mend="Write a GeoJSON Point, LineString, Polygon or MultiPolygon, longitude first",
        ) from error
    return found


def geometry_text(geometry: Geometry) -> str:
    """A geometry as GeoJSON that `read_geometry` takes; positions keep their digits."""
    return msgspec.json.encode(geometry).decode()


def _degrees(found: re.Match[str]) -> Decimal:
    whole = Decimal(found["number"].replace(",", "."))
    parts = found.groupdict()
    minutes = Decimal((parts.get("minutes") or "0").replace(",", "."))
    seconds = Decimal((parts.get("seconds") or "0").replace(",", "."))
    if "minutes" not in parts:
        return whole
    if minutes >= 60 or seconds >= 60:
        raise InputError(
            f"“{found[0]}” has 60 minutes or seconds, or more", mend="Look at the list again"
        )
    part = (minutes / 60 + seconds / 3600).quantize(_PLACES)
    return whole - part if found["number"].startswith("-") else whole + part


def _check_limits(text: str, degrees: Decimal, axis: Axis) -> None:
    if abs(degrees) <= LIMITS[axis]:
        return
    swapped = axis == "latitude" and abs(degrees) <= LIMITS["longitude"]
    raise InputError(
        f"“{text}” as a {axis} lies outside the earth",
        mend="Were longitude and latitude swapped? Look at the list"
        if swapped
        else "Is a decimal point missing, or is it another system of coordinates?",
    )
