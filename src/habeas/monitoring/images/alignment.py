"""Dates that lie off the others are moved back by whole pixels; every shift told is recorded.

What is left, less than half a pixel each way, is not corrected: resampling would mix the ground of
a site with its surroundings, and clouds with clear pixels. Dates that lie far off are left out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from habeas.monitoring.images.day import Day
from habeas.monitoring.images.shifts import estimate_shifts
from habeas.monitoring.images.whole_file import write_whole

LARGEST = 2.0
"""Pixels, either way: a date that lies further off is not used."""

SETTLED = 20
"""Dates of a sensor from which on a shift is kept: a later run does not judge the date anew."""

_BANDS = 3

Shift = tuple[float, float]
"""Pixels of the image, east and south; not numbers if it was not judged."""


class KeptShifts:
    """Shifts told in earlier runs, by the hash of what was judged.

    A date that was used once is not dropped later because the others have changed.

    Args:
        path: of the file; none to keep nothing.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._known: dict[str, Shift] = {}
        self._changed = False
        if path is not None:
            try:
                self._known = msgspec.msgpack.decode(path.read_bytes(), type=dict[str, Shift])
            except (FileNotFoundError, msgspec.DecodeError):
                self._known = {}

    def get(self, key: str) -> Shift | None:
        """A shift that was told; none if it was not."""
        return self._known.get(key)

    def put(self, key: str, shift: Shift) -> None:
        """Keep a shift."""
        self._known[key] = shift
        self._changed = True

    def save(self) -> None:
        """Write what is new.

        Raises:
            StorageError: the disk refused.
        """
        if self._path is not None and self._changed:
            write_whole(self._path, msgspec.msgpack.encode(self._known))
            self._changed = False


def without_strays(days: Sequence[Day], step: float, kept: KeptShifts) -> list[Day]:
    """The days with their shifts, moved back by whole pixels; those far off without their values.

    Args:
        days: of any sensors.
        step: metres a pixel of the grid.
        kept: shifts of earlier runs; grows.
    """
    found: dict[int, Shift] = {}
    for sensor in {day.sensor for day in days}:
        places = [at for at, day in enumerate(days)
                  if day.sensor == sensor and day.values is not None]  # fmt: skip
        pixel = max([step, *(days[at].pixel for at in places)])
        shifts = _of_sensor([days[at] for at in places], max(round(pixel / step), 1), kept)
        found |= {
            at: (east * pixel, -south * pixel)
            for at, (east, south) in zip(places, shifts, strict=True)
            if np.isfinite(east)
        }
    kept.save()
    return [
        _judged(day, found[at], max(step, day.pixel), step) if at in found else day
        for at, day in enumerate(days)
    ]


def _of_sensor(days: Sequence[Day], every: int, kept: KeptShifts) -> list[Shift]:
    """Shifts of the days of one sensor, in pixels of its own: each `every` pixels of the grid."""
    if not days:
        return []
    # The longest waves: they see most through haze.
    values = [np.asarray(day.values)[-_BANDS:, every // 2 :: every, every // 2 :: every]
              for day in days]  # fmt: skip
    keys = [_key(value) for value in values]
    shifts = [kept.get(key) for key in keys]
    wanted = np.array([shift is None for shift in shifts])
    if wanted.any():
        told = estimate_shifts(np.stack(values), wanted)
        for at in np.flatnonzero(wanted):
            shift = (float(told.east[at]), float(told.south[at]))
            shifts[at] = shift
            if len(days) >= SETTLED:
                kept.put(keys[at], shift)
    return [shift or (np.nan, np.nan) for shift in shifts]


def _key(values: npt.NDArray[np.float32]) -> str:
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:32]


def _judged(day: Day, shift: Shift, pixel: float, step: float) -> Day:
    """A day with its shift in metres, east and north: moved, or without values if it is too far."""
    rounded = (round(shift[0], 1), round(shift[1], 1))
    if max(abs(shift[0]), abs(shift[1])) > LARGEST * pixel:
        reason = f"it lies more than {LARGEST:g} pixels off the other dates"
        return _told(replace(day, values=None), rounded, used=False, reason=reason)
    whole = [round(metres / pixel) * round(pixel / step) for metres in shift]
    if not any(whole):
        return _told(day, rounded)
    moved = replace(day, values=_moved(np.asarray(day.values), east=-whole[0], south=whole[1]))
    return _told(moved, rounded, remark="it lay off the other dates, and was moved by whole pixels")


def _told(day: Day, shift: Shift, *, used: bool = True, reason: str = "", remark: str = "") -> Day:
    scenes = [
        replace(scene, shift=shift, used=used, reason=reason,
                remarks=(*scene.remarks, remark) if remark else scene.remarks)
        if scene.used else scene
        for scene in day.scenes
    ]  # fmt: skip
    return replace(day, scenes=tuple(scenes))


def _moved(values: npt.NDArray[np.float32], *, east: int, south: int) -> npt.NDArray[np.float32]:
    """Values moved by whole pixels of the grid; not a number where nothing moved in."""
    moved = np.roll(values, (south, east), axis=(1, 2))
    for axis, by in ((1, south), (2, east)):
        edge: list[slice] = [slice(None)] * 3
        edge[axis] = slice(0, by) if by > 0 else slice(by or values.shape[axis], None)
        moved[tuple(edge)] = np.nan
    return moved
