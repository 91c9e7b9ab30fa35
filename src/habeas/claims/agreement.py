"""How two claims about one thing compare. Which of them is right is nobody's business here.

`same`: they say the same. `compatible`: both can hold (intervals that overlap, a number within a
range). `differ`: they say different things and nothing shows that both cannot hold. `exclusive`:
both cannot hold (intervals that do not touch, ranges without a common number, two values of what
has one). Claims that hold at different times are compatible.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import IntEnum
from itertools import combinations
from math import asin, cos, fsum, radians, sin, sqrt
from typing import Any

from habeas.claims.claim import Claim
from habeas.claims.names import normalise
from habeas.claims.places import positions
from habeas.claims.values import Geometry, Point, Quantity, Ref, Term, Text, Value, When, Where

EARTH_RADIUS = 6_371_008.8
"""Metres; the mean radius of IUGG."""

_Degrees = tuple[float, float]
"""Longitude, latitude."""


class Agreement(IntEnum):
    """From the strongest agreement to the strongest contradiction."""

    SAME = 0
    COMPATIBLE = 1
    DIFFER = 2
    EXCLUSIVE = 3


def agreement(one: Claim, other: Claim) -> Agreement:
    """How two claims with one subject and one predicate compare."""
    if _apart(one.holds, other.holds):
        return Agreement.COMPATIBLE
    return compare(one.value, other.value)


def worst(claims: Sequence[Claim]) -> Agreement:
    """The strongest contradiction among some claims with one subject and one predicate."""
    pairs = (agreement(one, other) for one, other in combinations(claims, 2))
    return max(pairs, default=Agreement.SAME)


def agreement_of_dates(said: Claim, measured: Sequence[Claim]) -> Agreement:
    """How the time that a source gives compares with measured intervals: the nearest counts.

    Where none of them touches it the two differ and do not exclude each other: something else may
    have been measured than what the source tells of.

    Args:
        said: a claim that says when something held or happened.
        measured: claims whose value is an interval; one or more.
    """
    times = [claim.value for claim in measured if isinstance(claim.value, When)]
    told = time_told(said.value, said.holds)
    if told is None or not times:
        return Agreement.SAME
    nearest = min(compare_intervals(told, time) for time in times)
    return Agreement.DIFFER if nearest is Agreement.EXCLUSIVE else nearest


def time_told(value: Value, holds: When | None) -> When | None:
    """The time of which a claim tells: its value, if that is one, or when its statement holds."""
    return value if isinstance(value, When) else holds


def compare(one: Value, other: Value) -> Agreement:
    """How two values of one predicate compare, when only one can be true."""
    match one, other:
        case Quantity(), Quantity():
            return _compare_quantities(one, other)
        case When(), When():
            return compare_intervals(one, other)
        case (Term(term=a), Term(term=b)) | (Ref(id=a), Ref(id=b)):
            return Agreement.SAME if a == b else Agreement.EXCLUSIVE
        case Where(), Where():
            return _compare_places(one, other)
        case Text(text=a), Text(text=b):
            return Agreement.SAME if normalise(a) == normalise(b) else Agreement.DIFFER
        case _:
            return Agreement.SAME if one == other else Agreement.DIFFER


def compare_intervals(one: When, other: When) -> Agreement:
    """How two date intervals compare; an open end reaches as far as it can."""
    ends = (one.earliest, one.latest, other.earliest, other.latest)
    if (one.earliest, one.latest) == (None, None) or ends[2:] == (None, None):
        return Agreement.DIFFER if normalise(one.text) != normalise(other.text) else Agreement.SAME
    if ends[:2] == ends[2:]:
        return Agreement.SAME
    apart = _before(one.latest, other.earliest) or _before(other.latest, one.earliest)
    return Agreement.EXCLUSIVE if apart else Agreement.COMPATIBLE


def _apart(one: When | None, other: When | None) -> bool:
    if one is None or other is None:
        return False
    return compare_intervals(one, other) is Agreement.EXCLUSIVE


def _before(latest: str | None, earliest: str | None) -> bool:
    return latest is not None and earliest is not None and latest < earliest


def _compare_quantities(one: Quantity, other: Quantity) -> Agreement:
    if (one.unit or "") != (other.unit or "") or _count_other_things(one, other):
        return Agreement.DIFFER
    known = [value for value in (one, other) if value.low is not None or value.high is not None]
    if len(known) < 2:
        return Agreement.SAME if normalise(one.text) == normalise(other.text) else Agreement.DIFFER
    if _ends(one) == _ends(other):
        return Agreement.SAME
    apart = _below(one.high, other.low) or _below(other.high, one.low)
    if apart:
        return Agreement.EXCLUSIVE
    within = _within(one, other) or _within(other, one)
    return Agreement.COMPATIBLE if within else Agreement.DIFFER


def _count_other_things(one: Quantity, other: Quantity) -> bool:
    """Whether both say what they count, and it is not the same: then neither excludes the other."""
    if one.counts is None or other.counts is None:
        return False
    return normalise(one.counts) != normalise(other.counts)


def _ends(value: Quantity) -> tuple[Decimal | None, Decimal | None]:
    low, high = value.low, value.high
    return None if low is None else Decimal(low), None if high is None else Decimal(high)


def _below(high: str | None, low: str | None) -> bool:
    return high is not None and low is not None and Decimal(high) < Decimal(low)


def _within(inner: Quantity, outer: Quantity) -> bool:
    """Whether a range with two ends lies inside another."""
    if inner.low is None or inner.high is None:
        return False
    above = outer.low is None or Decimal(outer.low) <= Decimal(inner.low)
    return above and (outer.high is None or Decimal(inner.high) <= Decimal(outer.high))


def _compare_places(one: Where, other: Where) -> Agreement:
    if one.geometry is None or other.geometry is None:
        same = one.geometry is other.geometry and normalise(one.text or "") == normalise(
            other.text or ""
        )
        return Agreement.SAME if same else Agreement.DIFFER
    if one.geometry == other.geometry:
        return Agreement.SAME
    if one.uncertainty is None or other.uncertainty is None:
        return Agreement.DIFFER
    reach = float(one.uncertainty) + float(other.uncertainty)
    return Agreement.COMPATIBLE if distance(one, other) <= reach else Agreement.EXCLUSIVE


def distance(one: Where, other: Where) -> float:
    """Metres between the nearest points of two places, on a sphere (haversine).

    A point inside an area is at no distance from it. Right to half a percent, which uncertainties
    of graves are not known to.
    """
    if one.geometry is None or other.geometry is None:
        return float("inf")
    if isinstance(one.geometry, Point) and isinstance(other.geometry, Point):
        return _haversine(_numbers(one.geometry.coordinates), _numbers(other.geometry.coordinates))
    return _haversine(*_nearest(one.geometry, other.geometry))


def _nearest(one: Geometry, other: Geometry) -> tuple[_Degrees, _Degrees]:
    """The nearest positions of two geometries, found on a plane that is true between them."""
    from shapely.geometry import shape
    from shapely.ops import nearest_points

    every = [_numbers(position) for place in (one, other) for position in positions(place)]
    west = min(longitude for longitude, _ in every)
    squeeze = cos(radians(fsum(latitude for _, latitude in every) / len(every)))

    def flat(part: Any) -> Any:
        if isinstance(part[0], str):
            longitude, latitude = _numbers(part)
            return ((longitude - west + 180) % 360 - 180) * squeeze, latitude
        return [flat(inner) for inner in part]

    planes = [
        shape({"type": type(place).__name__, "coordinates": flat(place.coordinates)})
        for place in (one, other)
    ]
    here, there = nearest_points(*planes)
    return (west + here.x / squeeze, here.y), (west + there.x / squeeze, there.y)


def _numbers(position: tuple[str, str]) -> _Degrees:
    return float(position[0]), float(position[1])


def _haversine(here: _Degrees, there: _Degrees) -> float:
    x1, y1, x2, y2 = (radians(number) for number in (*here, *there))
    chord = sin((y2 - y1) / 2) ** 2 + cos(y1) * cos(y2) * sin((x2 - x1) / 2) ** 2
    return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))
