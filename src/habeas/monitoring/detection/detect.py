"""Watch a known site: was its ground disturbed, since when, and how much of it?

`detect` takes a cube of images and the outline of a site and says what it found. The history before
the watch teaches a model of the site and its surroundings (`statistic`); every later date is held
against it, patch by patch; a threshold that is set beforehand to a rate of false alarms
(`calibration`) decides; what has raised an alarm is dated and measured (`describing`). The day of
an alarm rests on the images up to that day alone and is never changed. Once ground has changed and
there are images enough of what it is like now, another watch takes over (`succession`).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import shapely
import xarray as xr
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from habeas.monitoring.cube import check_cube
from habeas.monitoring.detection.alarms import QUIET, Alarm, alarms_of, went_off
from habeas.monitoring.detection.assessing import (
    assessment_of,
    cannot_assess,
    levels_of,
    scores_of,
)
from habeas.monitoring.detection.days import date_of, image_days
from habeas.monitoring.detection.describing import (
    HORIZON,
    Ground,
    View,
    describe,
    disturbance_of,
    ground_of,
)
from habeas.monitoring.detection.kind import kinds
from habeas.monitoring.detection.patches import patches_of
from habeas.monitoring.detection.settings import YEAR_DAYS, DetectionSettings
from habeas.monitoring.detection.stack import Bools, Stack, stack_of
from habeas.monitoring.detection.statistic import learn
from habeas.monitoring.detection.succession import (
    ended,
    enters,
    handed_on,
    images_since,
    not_before,
    taken_over_whole,
    together,
    too_little_since,
    with_earlier,
)
from habeas.monitoring.detection.sufficiency import too_little, watch_begins
from habeas.monitoring.detection.surroundings import (
    Place,
    leaves_images,
    pixel_size,
    ring_of,
    site_mask,
    window_of,
)
from habeas.monitoring.detection.watch_state import (
    WatchState,
    follow,
    go_on,
    learned_anew,
)
from habeas.monitoring.detection.works import Images, looked_at
from habeas.monitoring.disturbance import Assessment, Disturbance
from habeas.monitoring.foreign_cube import TakenCube, as_cube


def detect(
    cube: xr.Dataset,
    outline: BaseGeometry,
    *,
    settings: DetectionSettings | None = None,
    state: WatchState | None = None,
) -> Assessment:
    """Say whether the ground of a site was disturbed.

    Args:
        cube: images of the site and its surroundings; see `cube`, and `foreign_cube` for what else
            is taken.
        outline: of the site, in the coordinate reference system of the cube.
        settings: the rate of false alarms, the beginning of the watch, and so on.
        state: what an earlier run on the same site left (`watch`); only newer images are looked at.

    Raises:
        InputError: the cube is none, or the outline does not lie in it, or is a point.
    """
    return watch(cube, outline, settings=settings, state=state)[0]


def watch(
    cube: xr.Dataset,
    outline: BaseGeometry,
    *,
    settings: DetectionSettings | None = None,
    state: WatchState | None = None,
) -> tuple[Assessment, WatchState | None]:
    """The same as `detect`, with what the next run may start from; None where it cannot assess."""
    settings = settings or DetectionSettings()
    taken = as_cube(cube)
    cube = taken.cube
    check_cube(cube)
    site = site_mask(cube, outline, settings.uncertainty)
    beyond = leaves_images(cube, outline, settings.uncertainty)
    window = window_of(site, settings.ring[1])
    whole, cube, site = site.shape, cube.isel(y=window[0], x=window[1]), site[window]
    place = Place(site, ring_of(site, settings.ring), beyond)
    said, known = _watched(cube, place, settings, state, key=_key(cube, outline, settings))
    return _laid_out(said, whole, window, taken), known


def _watched(
    cube: xr.Dataset,
    place: Place,
    settings: DetectionSettings,
    state: WatchState | None,
    *,
    key: str,
    checked: bool = False,
) -> tuple[Assessment, WatchState | None]:
    """What is said of a site by the images of its window, and by the watch that took over.

    Args:
        cube: of the window.
        place: the site and its surroundings.
        settings: of the watch.
        state: what an earlier run left.
        key: what a state must belong to.
        checked: whether the reflectance of the cube was looked at.
    """
    earlier = state if state is not None and state.key == key else None
    if earlier is not None and _continues(earlier, cube):
        known = _continued(earlier, place, settings, cube)
        if known is earlier and known.succession is None:
            return _told(known, place, settings, cube), known
    else:
        images = stack_of(cube, checked=checked)
        first = watch_begins(images.days, settings)
        reasons = too_little(images, place, first)
        if reasons:
            return cannot_assess(reasons, images, first), earlier
        known = _begun(images, place, first, settings, key)
        if earlier is not None:
            known = replace(
                known, alarms=earlier.alarms, disturbances=earlier.disturbances,
                succession=earlier.succession,
            )  # fmt: skip
        every = Images(cube, place.ring, lambda: images)
        known = looked_at(known, place, every, first)
        known = _onward(known, _rest(images, known), place, settings, every)
        known = _decided(known, place, settings, every, None)
    known = replace(known, images=len(cube["time"]))
    known = handed_on(known, cube, place)
    return _watched_on(known, cube, place, settings)


def _watched_on(
    known: WatchState, cube: xr.Dataset, place: Place, settings: DetectionSettings
) -> tuple[Assessment, WatchState]:
    """What is said by a watch, and by the one that took over once ground had changed."""
    later = known.succession
    if later is None:
        return _told(known, place, settings, cube), known
    if not enters(later, cube):
        known = replace(known, unwatched=not_before(later))
        return _told(known, place, settings, cube), known
    begun = replace(settings, watch_from=date_of(later.first))
    after, state = _watched(
        images_since(cube, later.since), place, begun, later.state, key=known.key, checked=True
    )
    known = replace(known, succession=replace(later, state=state))
    if after.status == "cannot_assess":
        known = replace(known, unwatched=too_little_since(later.since, after.reasons))
        return _told(known, place, settings, cube), known
    known, before = replace(known, unwatched=""), ended(known, later.first)
    if not len(before.track.scores):
        return taken_over_whole(before, after, later), known
    return together(assessment_of(before, place, settings, pixel_size(cube)), after, later), known


def _told(
    known: WatchState, place: Place, settings: DetectionSettings, cube: xr.Dataset
) -> Assessment:
    """What is said by a watch alone, with what one that took over once had said before."""
    said = assessment_of(known, place, settings, pixel_size(cube))
    return with_earlier(said, known)


def _laid_out(
    assessment: Assessment, shape: tuple[int, ...], window: tuple[slice, slice], taken: TakenCube
) -> Assessment:
    """The assessment with its footprints on the grid of the whole cube that was given."""
    said = []
    for one in assessment.disturbances:
        footprint = np.zeros(shape, dtype=np.bool_)
        footprint[window] = one.footprint
        said.append(replace(one, footprint=taken.as_given(footprint)))
    reasons = (*assessment.reasons, *taken.assumed)
    return replace(assessment, reasons=reasons, disturbances=tuple(said))


def _key(cube: xr.Dataset, outline: BaseGeometry, settings: DetectionSettings) -> str:
    """What a state belongs to: another outline, grid or setting begins anew."""
    parts = (
        shapely.to_wkb(outline),
        repr(settings).encode(),
        cube["x"].values.tobytes(),
        cube["y"].values.tobytes(),
        " ".join(sorted(map(str, cube.data_vars))).encode(),
    )
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _continues(state: WatchState, cube: xr.Dataset) -> bool:
    """Whether a cube has the images of a state, with nothing but newer ones added."""
    if len(cube["time"]) < state.images:
        return False
    days = image_days(cube)[: state.images]
    known = set(state.track.scenes) | set(state.track.doubled)
    return set(np.unique(days)) == set(np.unique(state.track.days)) and known == {
        str(name) for name in cube["scene"].values[: state.images]
    }


def _begun(
    images: Stack, place: Place, first: int, settings: DetectionSettings, key: str
) -> WatchState:
    """A state from nothing, with the first year of the watch."""
    usable = ~ndimage.binary_dilation(place.site, structure=np.ones((3, 3)))
    patches = patches_of(place.site, usable)
    model = learn(images.until(first), place.site.ravel(), place.ring.ravel(), patches)
    start = int(images.days[first])
    levels = levels_of(settings, images.bands, place)
    end = int(np.searchsorted(images.days, start + YEAR_DAYS))
    track = follow(model, patches, images.until(end), place.site.ravel(), first, levels=levels)
    return WatchState(key, 0, images.bands, 0, start, model, patches, track, (), ())


def _rest(images: Stack, state: WatchState) -> Stack:
    """The images after those that a state has, which tells already what came twice."""
    return replace(images.since(len(state.track.days)), doubled=())


def _continued(
    state: WatchState, place: Place, settings: DetectionSettings, cube: xr.Dataset
) -> WatchState:
    """A state with newer images; as it was where there are none."""
    if len(cube["time"]) == state.images:
        return state
    before = int(state.track.days[-1])
    new = stack_of(cube, state.images)
    every = Images(cube, place.ring, lambda: stack_of(cube))
    state = _onward(state, new, place, settings, every)
    return _decided(state, place, settings, every, before)


def _onward(
    state: WatchState,
    new: Stack,
    place: Place,
    settings: DetectionSettings,
    images: Images,
) -> WatchState:
    """A state with more images, year by year; each year's model learns from all years before it.

    Once there was an alarm nothing is learned any more: the ground is no longer what it was.
    """
    track = replace(state.track, doubled=state.track.doubled + new.doubled)
    state = replace(state, track=track)
    begun = int(track.days[track.first])
    years = (new.days - begun) // YEAR_DAYS
    levels = levels_of(settings, state.bands, place)
    for year in np.unique(years):
        some = np.flatnonzero(years == year)
        piece = replace(new.since(int(some[0])).until(len(some)), doubled=())
        if year > state.year:
            state = _renewed(state, place, images, int(year))
        track = state.track
        start = len(track.days)
        track = go_on(track, state.model, state.patches, piece, place.site.ravel(), levels=levels)
        state = looked_at(replace(state, track=track), place, images, start)
    return state


def _renewed(state: WatchState, place: Place, images: Images, year: int) -> WatchState:
    """A state at the beginning of a year of the watch, its model learned anew if all was quiet."""
    state = replace(state, year=year)
    start = int(state.track.days[state.track.first]) + year * YEAR_DAYS
    if went_off(scores_of(state)) or any(alarm.day < start for alarm in state.alarms):
        return state
    seen = images.stack.until(int(np.searchsorted(images.stack.days, start)))
    model = learn(seen, place.site.ravel(), place.ring.ravel(), state.patches, state.model)
    track = learned_anew(state.track, model, state.patches, seen)
    return replace(state, model=model, learned=start, track=track)


def _decided(
    state: WatchState,
    place: Place,
    settings: DetectionSettings,
    images: Images,
    before: int | None,
) -> WatchState:
    """A state with the alarms of its track, and what is to be said of each.

    An alarm of the days before the watch, whose images are gone, is told as it was: what is known
    of the ground now was learned after it.

    Args:
        state: with the new images.
        place: of the site.
        settings: of the watch.
        images: all.
        before: the last day of the run before; none if there was none that this one goes on from.
    """
    seen = _Seen(state, place, images, settings)
    begun = int(state.track.days[state.track.first])
    kept = tuple(
        alarm
        if alarm.day < begun or (before is not None and before > alarm.day + QUIET)
        else replace(alarm, covered=seen.cover(alarm.day, alarm.patch))
        for alarm in state.alarms
    )
    alarms = alarms_of(scores_of(state), place.site.shape, kept, seen.cover)
    said = tuple(
        state.disturbances[at]
        if at < len(state.disturbances)
        and (alarm.day < begun or (before is not None and before > alarm.day + HORIZON))
        else seen.said(alarm, alarms[at + 1 :])
        for at, alarm in enumerate(alarms)
    )
    return replace(state, alarms=alarms, disturbances=said)


class _Seen:
    """The ground as the images show it, worked out when the first alarm asks for it."""

    def __init__(
        self, state: WatchState, place: Place, images: Images, settings: DetectionSettings
    ) -> None:
        self._state, self._place, self._images, self._settings = state, place, images, settings
        self._known: Ground | None = None

    def _ground(self) -> Ground:
        if self._known is None:
            track = self._state.track
            self._known = ground_of(
                self._state.model, self._images.stack, self._place.site, track.first
            )
        return self._known

    def cover(self, day: int, patch: Bools) -> Bools:
        """The pixels that a change is known to cover when its quiet time is over."""
        found = describe(self._ground(), patch, self._view(day, day + QUIET))
        return np.asarray(found.where.pixels | patch)

    def said(self, alarm: Alarm, later: tuple[Alarm, ...]) -> Disturbance:
        """What is said of an alarm, by images up to a year after it or to the next alarm."""
        until = min([alarm.day + HORIZON, *(other.day - 1 for other in later)])
        found = describe(self._ground(), alarm.patch, self._view(alarm.day, until))
        site, around = self._place.site, self._place.ring
        cube = self._images.cube
        said = disturbance_of(found, alarm, cube, site, self._settings.level)
        counted = cube.isel(time=cube["time"].values < np.datetime64(until + 1, "D"))
        shares, kind = kinds(counted, said.footprint, said.best, said.gradual, around)
        return replace(said, kinds=shares, kind=kind)

    def _view(self, alarm: int, until: int) -> View:
        return View(alarm=alarm, until=until, level=self._settings.level)
