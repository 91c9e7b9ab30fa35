"""After the alarm: when it began, which pixels changed, how much ground that is.

Here later images count as well, up to a year after the alarm: they make dates and outlines better.
The day of the alarm they do not change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from habeas.monitoring.detection.alarms import Alarm
from habeas.monitoring.detection.days import date_of
from habeas.monitoring.detection.footprint import (
    Footprint,
    Shifts,
    area_of,
    footprint,
    outline_of,
)
from habeas.monitoring.detection.onset import Beginning, Evidence, beginning
from habeas.monitoring.detection.stack import Bools, Days, Floats, Stack
from habeas.monitoring.detection.statistic import Model, left_whitened
from habeas.monitoring.detection.surroundings import pixel_size
from habeas.monitoring.detection.windows import LONGEST
from habeas.monitoring.disturbance import Disturbance

HORIZON = 365
"""Days after the alarm that still tell of the same change."""

_LATEST = 8
"""Clear observations up to the alarm that show which way the change goes."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What is left over of every pixel, and where the site is.

    Attributes:
        values: whitened, not capped; 0 where not clear; shape (t, bands, pixels).
        clear: shape (t, pixels).
        days: shape (t,).
        first: the first date of the watch.
        site: shape (y, x).
    """

    values: Floats
    clear: Bools
    days: Days
    first: int
    site: Bools

    def mean_of(self, pixels: Bools) -> tuple[Floats, Bools]:
        """The mean of pixels (y, x), date by date (t, bands), and where half of them are clear."""
        chosen = pixels.ravel()
        seen = self.clear[:, chosen]
        count = seen.sum(axis=1)
        total = (self.values[:, :, chosen] * seen[:, None]).sum(axis=2)
        return total / np.maximum(count, 1)[:, None], count >= 0.5 * chosen.sum()


@dataclass(frozen=True, eq=False)
class Described:
    """A change, described as far as images up to a day allow.

    Attributes:
        when: it began.
        where: it is.
        shifts: from which that was found.
    """

    when: Beginning
    where: Footprint
    shifts: Shifts


def ground_of(model: Model, images: Stack, site: Bools, first: int) -> Ground:
    """What is left over of images."""
    values, clear = left_whitened(model, images)
    return Ground(values, clear, images.days, first, site)


@dataclass(frozen=True, kw_only=True)
class View:
    """What of the images counts for a description.

    Attributes:
        alarm: the day of the alarm.
        until: the last day that counts.
        level: of the interval of the beginning.
    """

    alarm: int
    until: int
    level: float


def describe(ground: Ground, patch: Bools, view: View) -> Described:
    """When a change began and where it is.

    Args:
        ground: what is left over of the images.
        patch: the pixels that raised the alarm; shape (y, x).
        view: the alarm, and the last day that counts.
    """
    first = pixels = patch & ground.site
    first_way = _first_way(ground, first, view.alarm)
    when = beginning([_evidence(ground, first, first_way, view)], view.level, view.alarm)
    for _ in range(2):
        way, shifts, where = _laid(ground, pixels, when, view)
        pixels = where.pixels
        looks = ((pixels, way), (first, way), (first, first_way))
        seen = [_evidence(ground, some, along, view) for some, along in looks]
        when = beginning(seen, view.level, view.alarm)
    return Described(when, where, shifts)


def glance(ground: Ground, patch: Bools, view: View) -> Described:
    """The same by one series and once over, for what is asked often.

    It is taken to have begun within the days that the longest windows reach back.

    Args:
        ground: what is left over of the images.
        patch: the pixels that went far; shape (y, x).
        view: the day of the images that count.
    """
    pixels = patch & ground.site
    way = _first_way(ground, pixels, view.alarm)
    seen = _evidence(ground, pixels, way, view)
    latest = seen.days >= view.alarm - LONGEST
    seen = replace(seen, series=seen.series[latest], days=seen.days[latest])
    when = beginning([seen], view.level, view.alarm)
    _, shifts, where = _laid(ground, pixels, when, view)
    return Described(when, where, shifts)


def _laid(
    ground: Ground, pixels: Bools, when: Beginning, view: View
) -> tuple[Floats, Shifts, Footprint]:
    """The way some pixels went since a beginning, and where the ground went that way."""
    way = _way(ground, pixels, when, view.until)
    shifts = _shifts(ground, way, when, view)
    return way, shifts, footprint(shifts, pixels, ground.site)


def disturbance_of(
    described: Described, alarm: Alarm, cube: xr.Dataset, site: Bools, level: float
) -> Disturbance:
    """The result in words of dates, on the grid of the cube.

    Args:
        described: the change.
        alarm: what raised it.
        cube: the images.
        site: shape (y, x).
        level: of the intervals.
    """
    when, where, size = described.when, described.where, pixel_size(cube)
    return Disturbance(
        alarm=date_of(alarm.day),
        last_without=None if when.last_without is None else date_of(when.last_without),
        first_with=date_of(when.first_with),
        earliest=date_of(when.earliest),
        latest=date_of(when.latest),
        best=date_of(when.best),
        level=level,
        gradual=when.gradual,
        area=area_of(where, described.shifts, site, size**2, level),
        footprint=where.pixels,
        outline=outline_of(where.pixels, cube["x"].values, cube["y"].values, size),
        strength=alarm.strength,
    )


def _first_way(ground: Ground, pixels: Bools, alarm: int) -> Floats:
    mean, seen = ground.mean_of(pixels)
    latest = np.flatnonzero(seen & (ground.days <= alarm))[-_LATEST:]
    return _whitened_way(np.median(mean[latest], axis=0), mean, seen, ground)


def _way(ground: Ground, pixels: Bools, when: Beginning, until: int) -> Floats:
    mean, seen = ground.mean_of(pixels)
    after = seen & (ground.days >= when.first_with) & (ground.days <= until)
    before = seen & (ground.days <= when.earliest) & (ground.days > when.earliest - 730)
    shown = mean[after] if after.any() else mean[seen][-4:]
    shift = np.asarray(np.median(shown, axis=0), dtype=np.float32)
    if before.sum() >= 5:
        shift = np.asarray(shift - np.median(mean[before], axis=0), dtype=np.float32)
    return _whitened_way(shift, mean, seen, ground)


def _whitened_way(shift: Floats, mean: Floats, seen: Bools, ground: Ground) -> Floats:
    """The direction that tells such a shift from noise best (Fisher 1936)."""
    history = mean[: ground.first][seen[: ground.first]]
    bands = len(shift)
    capped = np.clip(history, -4, 4)
    covariance = (capped.T @ capped).astype(np.float64) / max(len(capped), 1)
    floor = 0.2 * float(np.trace(covariance)) / bands + 1e-6
    rounded = covariance + floor * np.eye(bands)
    way = np.linalg.solve(rounded, shift.astype(np.float64))
    return np.asarray(way / np.sqrt(way @ rounded @ way + 1e-12), dtype=np.float32)


def _evidence(ground: Ground, pixels: Bools, way: Floats, view: View) -> Evidence:
    """Pixels (y, x) as they move along a way."""
    mean, seen = ground.mean_of(pixels)
    series = (mean @ way).astype(np.float64)
    chosen = np.flatnonzero(seen & (ground.days <= view.until))
    watched = chosen[max(int(np.searchsorted(chosen, ground.first)) - 1, 0) :]
    noise = series[: ground.first][seen[: ground.first]]
    scale = max(1.4826 * float(np.median(np.abs(noise))), 1e-3) if len(noise) else 1.0
    return Evidence(series[watched] / scale, ground.days[watched], noise / scale)


def _shifts(ground: Ground, way: Floats, when: Beginning, view: View) -> Shifts:
    projected = np.einsum("tbp,b->tp", ground.values, way)
    projected = np.where(ground.clear, projected, np.nan)
    settled = when.latest + (60 if when.gradual else 0)
    after = (ground.days >= settled) & (ground.days <= view.until)
    if after.sum() < 4:
        after = (ground.days >= when.first_with) & (ground.days <= view.until)
    before = (ground.days < when.earliest) & (ground.days >= when.earliest - 730)
    shape = ground.site.shape
    return Shifts(
        projected[before].reshape(-1, *shape).astype(np.float64),
        projected[after].reshape(-1, *shape).astype(np.float64),
    )
