"""A watch that takes over from another once ground has changed.

What is watched goes on being compared with the ground as it was, so that ground that changed says
nothing more: after an alarm it is not watched any longer. Once there are images enough of what it
is like now, another watch of the whole site takes over, for which these are the history; the one
before it ends there. So what was bulldozed and is built over years later is told twice, and a false
alarm does not leave a site unwatched for good. Whether and when one takes over is decided by the
images up to that day alone, so that a run from nothing and runs that go on say the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import xarray as xr

from habeas.monitoring.detection.alarms import QUIET
from habeas.monitoring.detection.calibration import rate_of
from habeas.monitoring.detection.days import date_of, image_days
from habeas.monitoring.detection.settings import HISTORY_DAYS, YEAR_DAYS
from habeas.monitoring.detection.stack import Stack, stack_of
from habeas.monitoring.detection.sufficiency import gaps_of, told_dates, too_little
from habeas.monitoring.detection.surroundings import Place
from habeas.monitoring.detection.watch_state import Succession, WatchState
from habeas.monitoring.disturbance import Assessment, Calibration, Curve, Disturbance

_AGAIN = "what had changed by {alarm} is watched again from {first}, its history from {since} on"

_NOT_YET = (
    "what had changed by {alarm} is not watched until there are two years of images of what it is "
    "like now, from {first} on"
)

_NO_CLEAR_DATE = "no clear image after two years of what it is like now"

_TOO_LITTLE = "what had changed by {alarm} is not watched again: {reasons}"


def handed_on(state: WatchState, cube: xr.Dataset, place: Place) -> WatchState:
    """A state with the watch that takes over from it, or with the reason why none does yet.

    One that took over stays, unless its images have changed and the first watch now sees a change
    in its history, of which it has raised no alarm.

    Args:
        state: of a watch with all images.
        cube: these.
        place: the site and its surroundings.
    """
    if state.succession is not None and _stands(state, state.succession):
        return state
    unwatched, days = "", image_days(cube)
    for at, alarm in enumerate(state.alarms):
        since = alarm.day + QUIET + 1
        if days[-1] < since + HISTORY_DAYS:
            unwatched = not_before(Succession(since, since + HISTORY_DAYS, None))
            continue
        images = stack_of(images_since(cube, since), checked=True)
        first, reasons = _taking_over(images, place, since + HISTORY_DAYS)
        if first is not None and all(first <= later.day for later in state.alarms[at + 1 :]):
            return replace(state, succession=Succession(since, first, None), unwatched="")
        unwatched = too_little_since(since, reasons)
    return replace(state, succession=None, unwatched=unwatched)


def _stands(state: WatchState, later: Succession) -> bool:
    """Whether a watch that took over did so rightly, by what the first one sees now."""
    raised = later.state is not None and later.state.alarms
    changed = any(later.since <= alarm.day < later.first for alarm in state.alarms)
    return bool(raised) or not changed


def _taking_over(images: Stack, place: Place, start: int) -> tuple[int | None, tuple[str, ...]]:
    """The first day of a watch for which these images are the history, or why there is none.

    Only the images up to a day decide whether it is that day.
    """
    reasons: tuple[str, ...] = (_NO_CLEAR_DATE,)
    for day in _candidates(images, place, start):
        reasons = too_little(images, place, int(np.searchsorted(images.days, day)))
        if not reasons:
            return day, ()
    return None, reasons


def _candidates(images: Stack, place: Place, start: int) -> Iterator[int]:
    """The first clear day from one on, and after each year more."""
    told = images.days[told_dates(images, place)]
    while True:
        told = told[told >= start]
        if not len(told):
            return
        yield int(told[0])
        start = int(told[0]) + YEAR_DAYS


def not_before(later: Succession) -> str:
    """That ground that changed is not watched before another watch takes over, in words."""
    return _NOT_YET.format(alarm=date_of(later.since - QUIET - 1), first=date_of(later.first))


def too_little_since(since: int, reasons: tuple[str, ...]) -> str:
    """That ground that changed cannot be watched again, in words.

    Args:
        since: the first day of its history, since 1970.
        reasons: why not.
    """
    return _TOO_LITTLE.format(alarm=date_of(since - QUIET - 1), reasons="; ".join(reasons))


def enters(later: Succession, cube: xr.Dataset) -> bool:
    """Whether there are images of the days that a watch that took over looks at."""
    return bool(image_days(cube)[-1] >= later.first)


def images_since(cube: xr.Dataset, since: int) -> xr.Dataset:
    """The images from a day on, since 1970."""
    return cube.isel(time=slice(int(np.searchsorted(image_days(cube), since)), None))


def with_earlier(said: Assessment, state: WatchState) -> Assessment:
    """What a watch says, and what one that took over had said before it lost its images."""
    kept = _had_said(state.succession)
    own = [one for one in said.disturbances if not any(_are_one(one, other) for other in kept)]
    notes = (state.unwatched,) if state.unwatched else ()
    return replace(
        said,
        status="disturbed" if kept else said.status,
        disturbances=(*own, *kept),
        changed_ground=notes,
        unwatched=_unwatched(said, said.watched_to),
    )


def _unwatched(said: Assessment, last: date | None) -> tuple[tuple[date, date], ...]:
    """The spell in which ground that changed is not watched: from the first alarm to a day."""
    begun = [one.alarm for one in said.disturbances]
    if not begun or last is None or said.watched_from is None:
        return ()
    first = max(min(begun), said.watched_from)
    return ((first, last),) if first <= last else ()


def _had_said(later: Succession | None) -> tuple[Disturbance, ...]:
    """The disturbances of a watch that took over, and of those that took over from it."""
    if later is None or later.state is None:
        return ()
    state, next_one = later.state, later.state.succession
    own = state if next_one is None else ended(state, next_one.first)
    return (*own.disturbances, *_had_said(next_one))


def _are_one(one: Disturbance, other: Disturbance) -> bool:
    """Whether two watches tell of the same change."""
    at_once = one.earliest <= other.latest and other.earliest <= one.latest
    return at_once and bool((one.footprint & other.footprint).any())


def ended(state: WatchState, day: int) -> WatchState:
    """A state as it was before a day, since 1970: what came later is for the watch that took over.

    A watch that begins later itself, since old images are gone, has its alarms left and no scores.
    """
    track = state.track
    end = int(np.searchsorted(track.days, day))
    first = min(track.first, end)
    alarms = tuple(alarm for alarm in state.alarms if alarm.day < day)
    return replace(
        state,
        track=replace(
            track,
            first=first,
            days=track.days[:end],
            scenes=track.scenes[:end],
            scores=track.scores[: end - first],
            works=track.works[: end - first],
            site=track.site[:end],
            ring=track.ring[:end],
            told=track.told[:end],
        ),
        alarms=alarms,
        disturbances=state.disturbances[: len(alarms)],
    )


def together(before: Assessment, after: Assessment, later: Succession) -> Assessment:
    """What two watches say of one site, one after the other.

    Args:
        before: of the watch that ended.
        after: of the one that took over, with its history.
        later: how it took over.
    """
    curve = _joined(before.curve, after.curve, later.first)
    # The images of the second history were seen by the first watch, too.
    new = [name for name in after.scenes if name not in set(before.scenes)]
    return replace(
        before,
        reasons=tuple(dict.fromkeys((*before.reasons, *after.reasons))),
        changed_ground=(again(later), *after.changed_ground),
        unwatched=(*_unwatched(before, date_of(later.first - 1)), *after.unwatched),
        disturbances=(*before.disturbances, *after.disturbances),
        calibration=_added(before.calibration, after.calibration),
        curve=curve,
        watched_to=after.watched_to,
        clear=len(curve.dates) if curve is not None else before.clear,
        gaps=gaps_of(curve.dates.astype(np.int64)) if curve is not None else before.gaps,
        scenes=(*before.scenes, *new),
    )


def taken_over_whole(ended: WatchState, after: Assessment, later: Succession) -> Assessment:
    """What is said where the first watch has no image left of the days that it watched.

    Args:
        ended: the first watch, of which the alarms stand.
        after: what the watch says that took over.
        later: how it did.
    """
    return replace(
        after,
        status="disturbed",
        disturbances=(*ended.disturbances, *after.disturbances),
        changed_ground=(again(later), *after.changed_ground),
    )


def again(later: Succession) -> str:
    """From when on ground that changed is watched again, in words."""
    alarm, first, since = (
        date_of(day) for day in (later.since - QUIET - 1, later.first, later.since)
    )
    return _AGAIN.format(alarm=alarm, first=first, since=since)


def _joined(before: Curve | None, after: Curve | None, first: int) -> Curve | None:
    """One curve: that of the first watch, and from a day on that of the second."""
    if before is None or after is None:
        return before or after
    late = after.dates.astype("datetime64[D]").astype(np.int64) >= first
    return replace(
        before,
        dates=np.concatenate((before.dates, after.dates[late])),
        site=np.concatenate((before.site, after.site[late])),
        ring=np.concatenate((before.ring, after.ring[late])),
        statistic=np.concatenate((before.statistic, after.statistic[late])),
    )


def _added(before: Calibration | None, after: Calibration | None) -> Calibration | None:
    """Alarms at null placements, and the years that these were watched, of both."""
    if before is None or after is None:
        return before or after
    alarms, years = before.alarms + after.alarms, before.years + after.years
    return replace(
        before,
        placements=max(before.placements, after.placements),
        alarms=alarms,
        years=years,
        rate=rate_of(alarms, years, before.rate.level),
    )
