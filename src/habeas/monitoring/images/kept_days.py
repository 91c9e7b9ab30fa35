"""What became of each image in earlier runs, so that a date need not be put together again.

A date is known by its images: by what is told of each, what its files hold, the ground of the site,
and the code that judges it. Where one of its images could not be read, nothing is kept of it, and
the next run tries again. A date is settled once nothing that comes later can change what is said of
it: its shift is known for good, and no image of it has an offset that rests on its date alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence, Set
from pathlib import Path

import msgspec

from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.chips import ChipReader
from habeas.monitoring.images.day import Day, Flags, Pixels, pixel_of, read_day
from habeas.monitoring.images.scene import Scene
from habeas.monitoring.images.sealed_file import read_sealed, write_sealed
from habeas.monitoring.method_version import method_version

FILE = "days.msgpack"
_VERSION = 4
_CODE = ("habeas.monitoring", "habeas.monitoring.images")
"""What another version of may say otherwise of a date."""


class _Date(msgspec.Struct, frozen=True):
    """See `day.Day`; the chips are none where nothing of the site could be read."""

    scenes: tuple[Scene, ...]
    chips: tuple[str, ...]
    moved: tuple[int, int] = (0, 0)
    stray: bool = False
    settled: bool = False


class _Kept(msgspec.Struct, frozen=True):
    version: int
    dates: dict[str, _Date]


class KeptDays:
    """The dates of one grid and one outline.

    Args:
        reader: of the chips; it has a store, or nothing is kept.
        inside: the pixels of the site; shape (y, x).
    """

    def __init__(self, reader: ChipReader, inside: Flags) -> None:
        self._reader, self._inside = reader, inside
        told = (reader.bands, reader.clear, method_version(*_CODE))
        said = (inside.tobytes(), repr(told).encode())
        self._asked = hashlib.sha256(b"\n".join(said)).hexdigest()
        self._path = reader.store.folder / FILE if reader.store is not None else None
        self._dates = _load(self._path) if self._path is not None else {}
        self._keys: list[str] = []
        self._changed = False

    def day(self, images: Sequence[Acquisition], pixel: float) -> Day:
        """The images of one date and sensor, the best first, made one.

        Args:
            images: which.
            pixel: metres of the coarsest image of the sensor: shifts are told in such pixels.

        Raises:
            StorageError: the cache cannot be written.
        """
        # What a date comes to is settled with its pixel, so another pixel makes it another date.
        key = self._key(images, pixel)
        self._keys.append(key)
        known = self._dates.get(key)
        if known is not None:
            found = self._remembered(known, images)
            if found is not None:
                return found
        day = read_day(images, self._reader, self._inside)
        if key and day.whole:
            self._put(key, day)
        return day

    def settle(self, days: Sequence[Day], assumed: Set[str]) -> None:
        """Keep what is said for good of the days that were asked for, and write what is new.

        Args:
            days: in the order in which they were asked for.
            assumed: ids of the images whose offset rests on their date alone: what others show
                may still speak against it.

        Raises:
            StorageError: the disk refused.
        """
        for key, day in zip(self._keys, days, strict=True):
            new = day.settled and key in self._dates and not self._dates[key].settled
            if new and day.whole and not any(scene.id in assumed for scene in day.scenes):
                self._put(key, day)
        if self._path is not None and self._changed:
            write_sealed(self._path, msgspec.msgpack.encode(_Kept(_VERSION, self._dates)))
            self._changed = False

    def _put(self, key: str, day: Day) -> None:
        chips = day.pixels.chips if day.pixels is not None else ()
        self._dates[key] = _Date(day.scenes, chips, day.moved, day.stray, day.settled)
        self._changed = True

    def _key(self, images: Sequence[Acquisition], pixel: float) -> str:
        """What decides a date; empty if a file of it cannot be read."""
        said = [self._asked, repr(pixel)]
        try:
            for image in images:
                said += [image.description, *map(self._reader.facts.sha256, image.local)]
        except OSError:
            return ""
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def _remembered(self, known: _Date, images: Sequence[Acquisition]) -> Day | None:
        """What was kept of a date; none if a chip of it is gone."""
        store = self._reader.store
        if store is None or not all(map(store.has, known.chips)):
            return None
        return Day(
            date=images[0].date,
            sensor=images[0].sensor,
            pixels=Pixels(known.chips, store=store) if known.chips else None,
            scene="+".join([scene.id for scene in known.scenes if scene.used]),
            scenes=known.scenes,
            pixel=pixel_of(images),
            moved=known.moved,
            stray=known.stray,
            settled=known.settled,
        )


def _load(path: Path) -> dict[str, _Date]:
    """What was kept; nothing if it is damaged or of another version: it is learnt again."""
    content = read_sealed(path)
    try:
        kept = msgspec.msgpack.decode(content or b"", type=_Kept)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return kept.dates if kept.version == _VERSION else {}
