"""Whether what is seen of a place by a day looks like works, or like what weather and plants do.

The statistic says how rare it is that ground moves so far. The spectra before and after, the
course and the form say more: herbs that grow otherwise than around the site, thin cloud and shade
do not look like bared soil, concrete, rubbish or plots. The models of kinds learned both (`kind`),
and give a probability that there was no change; where it is small, an alarm is raised sooner
(`calibration`). It never holds one back that goes far enough by itself, because a true change may
look like nothing that was simulated. What images up to a day show decides about that day, and no
later run asks again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import xarray as xr

from habeas.monitoring.detection.describing import Ground, View, glance, ground_of
from habeas.monitoring.detection.kind import model_after
from habeas.monitoring.detection.kind_features import Logs, features, logs_of
from habeas.monitoring.detection.stack import Bools, Days, Stack
from habeas.monitoring.detection.surroundings import Place
from habeas.monitoring.detection.watch_state import WatchState
from habeas.monitoring.disturbance import NO_CHANGE, OUTCOMES

LOOKS_LIKE = 0.1
"""The probability that there was no change below which a place looks like works."""

NOT_LIKE = -2
"""Stands in `Track.works` for a patch that was looked at and does not look like works."""

_OFTEN, _SELDOM_DAYS, _SPELL_DAYS = 4, 20, 180
"""A place that was looked at so often in the last half year is looked at once in so many days."""


@dataclass(frozen=True, eq=False)
class Shown:
    """What images show.

    Attributes:
        ground: what is left over of every pixel.
        logs: of the reflectance, of the same images.
    """

    ground: Ground
    logs: Logs

    def first(self, count: int, area: Bools) -> Shown:
        """The same of so many images, of an area (y, x)."""
        ground = replace(
            self.ground,
            values=self.ground.values[:count],
            clear=self.ground.clear[:count],
            days=self.ground.days[:count],
            site=area,
        )
        return Shown(ground, self.logs.first(count))


def chance_of_no_change(shown: Shown, area: Bools, patch: Bools, count: int) -> float:
    """The probability that nothing was done, by the first so many images.

    Args:
        shown: by these images, and by later ones, which do not count.
        area: the site, or a null placement; shape (y, x).
        patch: the pixels that went far; shape (y, x).
        count: of images.

    Returns:
        1 where too few images tell.
    """
    known = shown.first(count, area)
    day = int(known.ground.days[-1])
    found = glance(known.ground, patch, View(alarm=day, until=day, level=0.9))
    onset: date = np.datetime64(found.when.best, "D").astype(date)
    told = features(known.logs, found.where.pixels, onset, found.when.gradual)
    if told is None:
        return 1.0
    chances = model_after(day - found.when.best).probabilities(told)
    return float(chances[OUTCOMES.index(NO_CHANGE)])


@dataclass(frozen=True, eq=False)
class Images:
    """All images so far: as a cube, and as arrays when they are asked for, worked out once.

    Attributes:
        cube: as it was given.
        ring: the pixels of the surroundings; shape (y, x).
        stacked: gives the arrays.
    """

    cube: xr.Dataset
    ring: Bools
    stacked: Callable[[], Stack]

    @cached_property
    def stack(self) -> Stack:
        """The arrays."""
        return self.stacked()

    @cached_property
    def logs(self) -> Logs:
        """The logarithms of the same images: what came twice is in neither."""
        places: dict[str, int] = {}
        for at, name in enumerate(self.cube["scene"].values):
            places.setdefault(str(name), at)
        kept = [places[name] for name in self.stack.scenes]
        return logs_of(self.cube.isel(time=kept), self.ring)


def looked_at(state: WatchState, place: Place, images: Images, start: int) -> WatchState:
    """A state of whose new dates only those patches are left in `Track.works` that look like works.

    The site and each null placement are asked about until they first go off, by that or by
    themselves; what else goes off later must go far enough by itself.

    Args:
        state: with the new dates, and with the alarms of earlier runs.
        place: of the site.
        images: all.
        start: the first of the new dates.
    """
    track = state.track
    new = start - track.first
    if not (track.works[new:] >= 0).any():
        return state
    works, shown, days = track.works.copy(), None, track.days[track.first :]
    for owner in range(works.shape[1]):
        off = _off(state, owner)
        gone = bool(off[:new].any() or (works[:new, owner] >= 0).any())
        area = _area(state, place, owner)
        for at in range(new, len(works)):
            gone = bool(gone or off[at])
            patch = int(works[at, owner])
            works[at, owner] = -1
            if gone or patch < 0 or not (owner or track.told[track.first + at]):
                continue
            if _looked_at_lately(days[at] - days[:at][works[:at, owner] == NOT_LIKE]):
                continue
            shown = shown or _shown(state, place, images)
            pixels = (state.patches.members[:, patch] > 0).reshape(area.shape)
            gone = chance_of_no_change(shown, area, pixels, track.first + at + 1) < LOOKS_LIKE
            works[at, owner] = patch if gone else NOT_LIKE
    return replace(state, track=replace(track, works=works))


def _looked_at_lately(since: Days) -> bool:
    """Whether a place was looked at often and not long ago; `since`: days, shape (times,)."""
    often = (since <= _SPELL_DAYS).sum() >= _OFTEN
    return bool(often and since.min() < _SELDOM_DAYS)


def _off(state: WatchState, owner: int) -> Bools:
    """On which dates of the watch a site or null placement goes off by itself, or has before."""
    track = state.track
    scores = track.scores[:, state.patches.owners == owner]
    off = (np.nan_to_num(scores, nan=-1.0) > 0).any(axis=1)
    if owner:
        return np.asarray(off)
    told = off & track.told[track.first :]
    first = min((alarm.day for alarm in state.alarms), default=track.days[-1] + 1)
    return np.asarray(told | (track.days[track.first :] >= first))


def _area(state: WatchState, place: Place, owner: int) -> Bools:
    """The pixels of the site, or of a null placement; shape (y, x)."""
    if not owner:
        return place.site
    own = state.patches.members[:, state.patches.owners == owner]
    return np.asarray((own.sum(axis=1) > 0).reshape(place.site.shape))


def _shown(state: WatchState, place: Place, images: Images) -> Shown:
    """What is shown by the images that a state has."""
    count = len(state.track.days)
    stack = images.stack.until(count)
    ground = ground_of(state.model, stack, place.site, state.track.first)
    return Shown(ground, images.logs.first(count))
