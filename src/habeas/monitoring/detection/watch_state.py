"""What a run leaves for the next one, so that a new image costs little.

The model, the scores of the dates so far and the last whitened observations of the patches; not the
images. A run that starts from it says the same as one that starts from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from habeas.monitoring.detection.alarms import Alarm
from habeas.monitoring.detection.calibration import less_unrest
from habeas.monitoring.detection.patches import Patches
from habeas.monitoring.detection.stack import Bools, Days, Floats, Stack
from habeas.monitoring.detection.statistic import Model, Pooled, pooled, statistic
from habeas.monitoring.detection.surroundings import pixel_means
from habeas.monitoring.detection.windows import LONGEST
from habeas.monitoring.disturbance import Disturbance


def _kept(days: Days) -> int:
    """The first date whose observations are kept: windows reach back no farther from the last."""
    return int(np.searchsorted(days, days[-1] - LONGEST))


@dataclass(frozen=True, eq=False)
class Levels:
    """How far the statistic must go to raise an alarm; each of shape (kinds, windows).

    Attributes:
        alone: whatever it looks like.
        works: where it looks like works; none where the bands do not tell.
    """

    alone: Floats
    works: Floats | None


@dataclass(frozen=True, eq=False)
class Track:
    """What was found date by date since the watch began.

    Attributes:
        days: of the images, the history's too; shape (t,).
        scenes: their ids.
        doubled: ids of images left out because the same image came twice.
        first: the first date of the watch.
        scores: of each patch over its level, since then; not a number where not clear; shape
            (t - first, patches).
        works: the patch of the site and of each null placement that looks like works and goes far
            enough for that, below 0 where there is none; shape (t - first, owners).
        site: mean reflectance of the site; shape (t,).
        ring: of the surroundings.
        told: whether half of the site, and enough of its surroundings, were clear; shape (t,).
        values: whitened observations of the patches at the last dates; shape (patches, bands, k).
        clear: whether they were clear; shape (patches, k).
        cloud: how far the last clear date of each patch lies along its way of thin cloud; shape
            (patches,).
        void: number of observations of a pixel that were taken for no data.
    """

    days: Days
    scenes: tuple[str, ...]
    doubled: tuple[str, ...]
    first: int
    scores: Floats
    works: Days
    site: Floats
    ring: Floats
    told: Bools
    values: Floats
    clear: Bools
    cloud: Floats
    void: int


@dataclass(frozen=True, eq=False)
class WatchState:
    """What a run leaves for the next.

    Attributes:
        key: of the settings, the outline and the grid that it belongs to.
        images: number of images of the cube so far, those left out too.
        bands: that the images have.
        year: of the watch that the last image lies in, from 0.
        learned: the day before which the model learned, since 1970.
        model: what the images before that day taught.
        patches: of the site and its surroundings.
        track: what was found so far.
        alarms: so far; no later run changes them.
        disturbances: what was said of each alarm last.
        succession: the watch that took over from this one; none if none did.
        unwatched: why ground that changed is not watched again, in words; empty if it is, or if
            nothing changed.
    """

    key: str
    images: int
    bands: tuple[str, ...]
    year: int
    learned: int
    model: Model
    patches: Patches
    track: Track
    alarms: tuple[Alarm, ...]
    disturbances: tuple[Disturbance, ...]
    succession: Succession | None = None
    unwatched: str = ""


@dataclass(frozen=True, eq=False)
class Succession:
    """How another watch took over once ground had changed; see `succession`.

    Attributes:
        since: the first day of its history, since 1970.
        first: the first day of its watch.
        state: what it leaves for the next run; none if it could not be assessed.
    """

    since: int
    first: int
    state: WatchState | None

    def with_alarms_alone(self) -> Succession:
        """The same, of which only the alarms and the days count."""
        state = with_alarms_alone(self.state) if self.state is not None else None
        return replace(self, state=state)


def with_alarms_alone(state: WatchState) -> WatchState:
    """A state of which only the alarms count: images that it rested on are no longer the same."""
    later = state.succession.with_alarms_alone() if state.succession is not None else None
    return replace(state, images=0, track=replace(state.track, scenes=()), succession=later)


def follow(
    model: Model, patches: Patches, images: Stack, site: Bools, first: int, *, levels: Levels
) -> Track:
    """The track of images from the first on.

    Args:
        model: what the history taught.
        patches: which to follow.
        images: all.
        site: shape (pixels,).
        first: the first date of the watch.
        levels: that raise an alarm. What has yet to be looked at stands in `Track.works`.
    """
    observed, clear = pooled(model, images, patches)
    said = statistic(model, observed, patches, first)
    own, around, told = pixel_means(images, clear, site, model.surroundings.reference)
    return Track(
        days=images.days,
        scenes=images.scenes,
        doubled=images.doubled,
        first=first,
        scores=over_levels(said, patches, levels.alone),
        works=far_enough(said, patches, levels.works),
        site=own,
        ring=around,
        told=told,
        values=observed.values[:, :, _kept(images.days) :],
        clear=observed.clear[:, _kept(images.days) :],
        cloud=observed.cloud,
        void=int(images.void.sum()),
    )


def go_on(
    track: Track, model: Model, patches: Patches, new: Stack, site: Bools, *, levels: Levels
) -> Track:
    """The track with new images at its end; otherwise as `follow`."""
    kept = track.values.shape[2]
    observed, clear = pooled(model, new, patches, track.cloud)
    observed = Pooled(
        np.concatenate((track.values, observed.values), axis=2),
        np.concatenate((track.clear, observed.clear), axis=1),
        np.concatenate((track.days[-kept:], new.days)),
        observed.cloud,
    )
    said = statistic(model, observed, patches, kept)
    own, around, told = pixel_means(new, clear, site, model.surroundings.reference)
    return replace(
        track,
        days=np.concatenate((track.days, new.days)),
        scenes=track.scenes + new.scenes,
        doubled=track.doubled + new.doubled,
        scores=np.concatenate((track.scores, over_levels(said, patches, levels.alone))),
        works=np.concatenate((track.works, far_enough(said, patches, levels.works))),
        site=np.concatenate((track.site, own)),
        ring=np.concatenate((track.ring, around)),
        told=np.concatenate((track.told, told)),
        values=observed.values[:, :, _kept(observed.days) :],
        clear=observed.clear[:, _kept(observed.days) :],
        cloud=observed.cloud,
        void=track.void + int(new.void.sum()),
    )


def learned_anew(track: Track, model: Model, patches: Patches, images: Stack) -> Track:
    """The track with its last observations as a newer model sees them; its scores stay.

    Args:
        track: what was found so far.
        model: the newer one.
        patches: which to follow.
        images: all so far.
    """
    observed, _ = pooled(model, images.since(_kept(images.days)), patches)
    return replace(track, values=observed.values, clear=observed.clear, cloud=observed.cloud)


def over_levels(said: Floats, patches: Patches, levels: Floats) -> Floats:
    """The best window of each patch over its level; shape (t, patches).

    Args:
        said: logarithm of the statistic; shape (windows, t, patches).
        patches: which.
        levels: that raise an alarm; shape (kinds, windows).
    """
    over = less_unrest(said, patches) - levels[patches.kinds].T[:, None, :]
    best = np.where(np.isfinite(over), over, -np.inf).max(axis=0)
    return np.where(np.isfinite(best), best, np.nan).astype(np.float32)


def far_enough(said: Floats, patches: Patches, levels: Floats | None) -> Days:
    """The patch of the site and of each null placement that goes farthest beyond levels.

    Args:
        said: logarithm of the statistic; shape (windows, t, patches).
        patches: which.
        levels: of what looks like works; shape (kinds, windows); none if nothing can.

    Returns:
        -1 where none does; shape (t, owners).
    """
    found = np.full((said.shape[1], 1 + len(patches.rooms)), -1, dtype=np.int64)
    if levels is None:
        return found
    over = over_levels(said, patches, levels)
    over = np.where(np.isfinite(over), over, -np.inf)
    for owner in range(found.shape[1]):
        own = np.flatnonzero(patches.owners == owner)
        if len(own):
            best = over[:, own].argmax(axis=1)
            beyond = over[np.arange(len(over)), own[best]] > 0
            found[beyond, owner] = own[best[beyond]]
    return found
