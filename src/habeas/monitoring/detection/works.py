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

import numpy as np
import xarray as xr

from habeas.monitoring.detection.describing import Ground, View, glance, ground_of
from habeas.monitoring.detection.kind import model_after
from habeas.monitoring.detection.kind_features import Logs, features, logs_of
from habeas.monitoring.detection.stack import Bools, Stack
from habeas.monitoring.detection.surroundings import Place
from habeas.monitoring.detection.watch_state import WatchState
from habeas.monitoring.disturbance import NO_CHANGE, OUTCOMES

LOOKS_LIKE = 0.1
"""The probability that there was no change below which a place looks like works."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What images show.

    Attributes:
        ground: what is left over of every pixel.
        logs: of the reflectance, of the same images.
    """

    ground: Ground
    logs: Logs

    def until(self, day: int, area: Bools) -> Seen:
        """The same up to a day, of an area (y, x)."""
        end = int(np.searchsorted(self.ground.days, day, side="right"))
        ground = replace(
            self.ground,
            values=self.ground.values[:end],
            clear=self.ground.clear[:end],
            days=self.ground.days[:end],
            site=area,
        )
        return Seen(ground, self.logs.until(day))


def chance_of_no_change(seen: Seen, area: Bools, patch: Bools, day: int) -> float:
    """The probability that nothing was done, by the images up to a day.

    Args:
        seen: of the images, later ones too.
        area: the site, or a null placement; shape (y, x).
        patch: the pixels that went far; shape (y, x).
        day: since 1970.

    Returns:
        1 where too few images tell.
    """
    known = seen.until(day, area)
    found = glance(known.ground, patch, View(alarm=day, until=day, level=0.9))
    onset: date = np.datetime64(found.when.best, "D").astype(date)
    told = features(known.logs, found.where.pixels, onset, found.when.gradual)
    if told is None:
        return 1.0
    chances = model_after(day - found.when.best).probabilities(told)
    return float(chances[OUTCOMES.index(NO_CHANGE)])


@dataclass(frozen=True, eq=False)
class Whole:
    """All images so far: as a cube, and as arrays when they are asked for."""

    cube: xr.Dataset
    images: Callable[[], Stack]


def looked_at(state: WatchState, place: Place, whole: Whole, start: int) -> WatchState:
    """A state of whose new dates only those patches are left in `Track.works` that look like works.

    The site and each null placement are asked about until they first go off, by that or by
    themselves; what else goes off later must go far enough by itself.

    Args:
        state: with the new dates.
        place: of the site.
        whole: all images.
        start: the first of the new dates.
    """
    track = state.track
    new = start - track.first
    if not (track.works[new:] >= 0).any():
        return state
    works, seen = track.works.copy(), None
    for owner in range(works.shape[1]):
        off = _by_itself(state, owner)
        gone = bool(off[:new].any() or (works[:new, owner] >= 0).any())
        area = _area(state, place, owner)
        for at in range(new, len(works)):
            gone = bool(gone or off[at])
            patch = int(works[at, owner])
            works[at, owner] = -1
            if gone or patch < 0 or not (owner or track.told[track.first + at]):
                continue
            seen = seen or _seen(state, place, whole)
            pixels = (state.patches.members[:, patch] > 0).reshape(area.shape)
            day = int(track.days[track.first + at])
            if chance_of_no_change(seen, area, pixels, day) < LOOKS_LIKE:
                works[at, owner], gone = patch, True
    return replace(state, track=replace(track, works=works))


def _by_itself(state: WatchState, owner: int) -> Bools:
    """On which dates of the watch a site or null placement goes far enough by itself."""
    track = state.track
    scores = track.scores[:, state.patches.owners == owner]
    off = (np.nan_to_num(scores, nan=-1.0) > 0).any(axis=1)
    return np.asarray(off if owner else off & track.told[track.first :])


def _area(state: WatchState, place: Place, owner: int) -> Bools:
    """The pixels of the site, or of a null placement; shape (y, x)."""
    if not owner:
        return place.site
    own = state.patches.members[:, state.patches.owners == owner]
    return np.asarray((own.sum(axis=1) > 0).reshape(place.site.shape))


def _seen(state: WatchState, place: Place, whole: Whole) -> Seen:
    """What the images show up to the last that a state has."""
    track = state.track
    images = whole.images().until(len(track.days))
    days = whole.cube["time"].values.astype("datetime64[D]").astype(np.int64)
    cube = whole.cube.isel(time=days <= track.days[-1])
    return Seen(ground_of(state.model, images, place.site, track.first), logs_of(cube, place.ring))
