"""What a look says that the record does not hold yet.

The record is not filled with what wavers: dates that move by a few days, an area within the
interval that was told, a reason in which a count alone is another, are no news.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shapely.geometry.base import BaseGeometry

from habeas.monitoring.disturbance import Assessment, Disturbance, Interval
from habeas.monitoring.looks.look import Look
from habeas.monitoring.looks.look_claims import UNDETERMINED, kind_of, pace_of, why_not_assessed
from habeas.monitoring.looks.recorded import RecordedDisturbance, RecordedWatch
from habeas.monitoring.projection import DEGREES, crs_of, projected

QUIET_DAYS: Final = 90
"""Days by which the watch must have gone on before silence is recorded again."""

MOVED_DAYS: Final = 10
"""Days by which an end of an interval must have moved before its dates are told anew."""

_NUMBER: Final = re.compile(r"\d+")


@dataclass(frozen=True, kw_only=True, eq=False)
class Change:
    """A disturbance of which something is to be recorded.

    Attributes:
        found: the disturbance.
        earlier: the digest of the claim that told its dates last; empty for a new disturbance.
    """

    found: Disturbance
    earlier: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class News:
    """What a look says that the record does not hold yet.

    Attributes:
        changes: disturbances that were not recorded, or of which something else was said.
        status: whether the status of the site is another, or the watch has gone on for long.
    """

    changes: tuple[Change, ...]
    status: bool


def news_of(look: Look, held: RecordedWatch) -> News:
    """What a look says that is not recorded yet.

    Args:
        look: what came of it.
        held: what the record holds of the site.
    """
    changes: list[Change] = []
    unmatched = list(held.disturbances)
    crs = crs_of(str(look.images.cube.attrs["crs"]))
    for found in look.assessment.disturbances:
        same = _recorded(found, projected(found.outline, crs, DEGREES), unmatched)
        if same is None:
            changes.append(Change(found=found))
            continue
        unmatched.remove(same)
        if _moved(found, same) or _described_anew(found, same):
            changes.append(Change(found=found, earlier=same.newest))
    return News(changes=tuple(changes), status=_status_is_news(look.assessment, held))


def gainsaid(now: Assessment, held: RecordedWatch) -> bool:
    """Whether the record holds a disturbance in the period watched, which the look did not find.

    Another rate, another version of the method, or a run that began anew may not see it. Only what
    was withdrawn, or rejected by those who read it, is as if it had not been found.
    """
    if now.watched_from is None or now.watched_to is None:
        return False
    return any(
        one.earliest <= now.watched_to and now.watched_from <= one.latest and not one.rejected
        for one in held.disturbances
    )


def _recorded(
    one: Disturbance, ground: BaseGeometry, held: Sequence[RecordedDisturbance]
) -> RecordedDisturbance | None:
    """The recorded disturbance that this one is: its ground, and its alarm or its dates.

    One whose ground is not held any more is this one only if it has its alarm.
    """
    for other in held:
        if other.outline is None:
            if one.alarm == other.alarm:
                return other
            continue
        overlap = one.earliest <= other.latest and other.earliest <= one.latest
        if other.outline.intersects(ground) and (one.alarm == other.alarm or overlap):
            return other
    return None


def _moved(one: Disturbance, other: RecordedDisturbance) -> bool:
    ends = ((one.earliest, other.earliest), (one.latest, other.latest))
    return any(abs((now - before).days) >= MOVED_DAYS for now, before in ends)


def _described_anew(one: Disturbance, other: RecordedDisturbance) -> bool:
    """Whether its kind, pace or area is another than was told last.

    A look that tells no kind at all does not take back the one that was told; one that abstains
    tells nothing new where none was told.
    """
    kind = kind_of(one)
    return (
        kind not in ("", other.kind or UNDETERMINED)
        or pace_of(one) != other.pace
        or other.area is None
        or _apart(one.area, other.area)
    )


def _apart(one: Interval, other: Interval) -> bool:
    """Whether the best estimate of either lies outside the interval of the other.

    In whole square metres, as areas are recorded: what is told twice must be the same.
    """

    def holds(outer: Interval, inner: Interval) -> bool:
        ends = (outer.low, outer.best, outer.high)
        return round(min(ends)) <= round(inner.best) <= round(max(ends))

    return not (holds(one, other) and holds(other, one))


def _status_is_news(now: Assessment, held: RecordedWatch) -> bool:
    """Whether it is another one, or changed ground is watched otherwise.

    A site that was disturbed once is said to be so for good.
    """
    if now.status == "cannot_assess":
        another = _grounds(why_not_assessed(now)) != _grounds(held.reasons)
    else:
        another = bool(held.reasons) or held.status not in ("disturbed", now.status)
        now_said = "; ".join(now.changed_ground)
        another = another or _grounds(now_said) != _grounds(held.changed_ground)
    return another or _long_since(now, held)


def _grounds(reasons: str) -> frozenset[str]:
    """Reasons without their counts: those change with every image."""
    return frozenset(_NUMBER.sub("#", reason) for reason in reasons.split("; "))


def _long_since(now: Assessment, held: RecordedWatch) -> bool:
    if now.watched_to is None or held.watched_to is None:
        return False
    return (now.watched_to - held.watched_to).days >= QUIET_DAYS
