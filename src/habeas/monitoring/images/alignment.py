"""Dates that lie off the others are moved back by whole pixels; every shift told is recorded.

What is left, less than half a pixel each way, is not corrected: resampling would mix the ground of
a site with its surroundings, and clouds with clear pixels. Dates that lie far off are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import structs

from habeas.monitoring.images.day import Day, Values
from habeas.monitoring.images.kept_shifts import Facts, KeptShifts, Shift
from habeas.monitoring.images.shifts import (
    References,
    Shifts,
    can_be_judged,
    clearest_dates,
    half_of,
)

LARGEST = 2.0
"""Pixels, either way: a date that lies further off is not used."""

SETTLED = 20
"""Dates of a sensor from which on a shift is kept: a later run does not judge the date anew."""

_BANDS = 3


def pixel_of_sensor(days: Iterable[float], step: float) -> float:
    """Metres a pixel of a sensor: the coarsest of its days, and no finer than the grid.

    Args:
        days: metres a pixel of each; 0 where it is not known.
        step: metres a pixel of the grid.
    """
    return max(step, *days)


def without_strays(days: Sequence[Day], step: float, kept: KeptShifts) -> list[Day]:
    """The days with their shifts, moved back by whole pixels; those far off marked as strays.

    A day that is settled is as it was; one whose shift is kept for good becomes settled.

    Args:
        days: of any sensors.
        step: metres a pixel of the grid.
        kept: shifts of earlier runs; grows.

    Raises:
        DamagedCacheError: what was kept of a day is damaged.
    """
    # What shows nothing of the site cannot lie off.
    judged = [day if day.pixels is not None else structs.replace(day, settled=True) for day in days]
    for sensor in sorted({day.sensor for day in judged if not day.settled}):
        own = [at for at, day in enumerate(days) if day.sensor == sensor]
        pixel = pixel_of_sensor((days[at].pixel for at in own), step)
        places = [at for at in own if days[at].pixels is not None]
        views = [_View(days[at], max(round(pixel / step), 1), kept) for at in places]
        shifts = _of_sensor(views, kept)
        for at, view, (east, south) in zip(places, views, shifts, strict=True):
            if not days[at].settled:
                day = structs.replace(days[at], settled=view.key in kept.shifts)
                metres = (east * pixel, -south * pixel)
                known = np.isfinite(east)
                judged[at] = _judged(day, metres, max(step, day.pixel), step) if known else day
    kept.save()
    return judged


class _View:
    """What is judged of a day: its longest waves, which see most through haze.

    Args:
        day: which.
        every: pixels of the grid that make one of the sensor's.
        kept: what is known of it.
    """

    def __init__(self, day: Day, every: int, kept: KeptShifts) -> None:
        assert day.pixels is not None  # noqa: S101  (the caller has looked)
        self._pixels, self._every, self._kept = day.pixels, every, kept
        said = "\n".join((str(every), *day.pixels.chips))
        self.key = hashlib.sha256(said.encode()).hexdigest()[:32]

    def values(self) -> Values:
        """Shape (band, y, x)."""
        steps = slice(self._every // 2, None, self._every)
        return self._pixels.values()[-_BANDS:, steps, steps]

    def facts(self) -> Facts:
        """Its bands, rows and columns, and how many of its pixels are clear."""
        known = self._kept.facts.get(self.key)
        if known is None:
            values = self.values()
            bands, rows, columns = values.shape
            clear = int(np.isfinite(values[0]).sum())
            known = Facts(bands=bands, rows=rows, columns=columns, clear=clear)
            self._kept.learn(self.key, known)
        return known


def _of_sensor(views: Sequence[_View], kept: KeptShifts) -> list[Shift]:
    """Shifts of the days of one sensor, in pixels of its own."""
    facts = [view.facts() for view in views]
    shifts = [kept.shifts.get(view.key) for view in views]
    wanted = [at for at, shift in enumerate(shifts) if shift is None]
    able = views and can_be_judged(len(views), facts[0].bands, (facts[0].rows, facts[0].columns))
    if wanted and able:
        told = _estimated(views, [one.clear for one in facts], wanted, kept)
        for place, at in enumerate(wanted):
            shift = (float(told.east[place]), float(told.south[place]))
            shifts[at] = shift
            if len(views) >= SETTLED:
                kept.put(views[at].key, shift)
    return [shift or (np.nan, np.nan) for shift in shifts]


def _estimated(
    views: Sequence[_View], clear: Sequence[int], wanted: Sequence[int], kept: KeptShifts
) -> Shifts:
    """Shifts of the days that are wanted."""
    clearest = clearest_dates(clear)
    key = hashlib.sha256("\n".join(views[at].key for at in clearest).encode()).hexdigest()
    references = kept.references(key)
    if references is None:
        references = References.of(np.stack([views[at].values() for at in clearest]))
        kept.keep_references(key, references)
    own = np.array([half_of(at, clearest) for at in wanted], dtype=np.int64)
    return references.shifts(np.stack([views[at].values() for at in wanted]), own)


def _judged(day: Day, shift: Shift, pixel: float, step: float) -> Day:
    """A day with its shift in metres, east and north: moved, or a stray if it is too far."""
    rounded = (round(shift[0], 1), round(shift[1], 1))
    if max(abs(shift[0]), abs(shift[1])) > LARGEST * pixel:
        reason = f"it lies more than {LARGEST:g} pixels off the other dates"
        return _told(structs.replace(day, stray=True), rounded, used=False, reason=reason)
    whole = [round(metres / pixel) * round(pixel / step) for metres in shift]
    if not any(whole):
        return _told(day, rounded)
    moved = structs.replace(day, moved=(-whole[0], whole[1]))
    return _told(moved, rounded, remark="it lay off the other dates, and was moved by whole pixels")


def _told(day: Day, shift: Shift, *, used: bool = True, reason: str = "", remark: str = "") -> Day:
    scenes = [
        structs.replace(scene, shift=shift, used=used, reason=reason,
                remarks=(*scene.remarks, remark) if remark else scene.remarks)
        if scene.used else scene
        for scene in day.scenes
    ]  # fmt: skip
    return structs.replace(day, scenes=tuple(scenes))
