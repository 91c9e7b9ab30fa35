"""What became of each image in earlier runs, so that a date need not be put together again.

A date is known by its images: by what decides the chip of each, and by the ground of the site.
Where one of its images could not be read, nothing is kept of it, and the next run tries again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.chip_store import ChipStore
from habeas.monitoring.images.chips import ChipReader, by_name
from habeas.monitoring.images.day import ZEROS, Day, Flags, Pixels, pixel_of, read_day, scene_of
from habeas.monitoring.images.whole_file import write_whole

FILE = "days.msgpack"
_VERSION = 3


class _Image(msgspec.Struct, frozen=True):
    """What became of an image: see `scene.Scene`; `read` says whether it was opened at all.

    `digest` is that of its pixels, which are not looked at again.
    """

    used: bool
    reason: str
    clear: float | None
    read: bool
    digest: str
    hides_brighter: float | None
    zeros: bool


class _Date(msgspec.Struct, frozen=True):
    images: tuple[_Image, ...]
    chips: tuple[str, ...]


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
        self._site = hashlib.sha256(inside.tobytes()).hexdigest()
        self._path = reader.store.folder / FILE if reader.store is not None else None
        self._dates = _load(self._path) if self._path is not None else {}
        self._changed = False

    def day(self, images: Sequence[Acquisition]) -> Day:
        """The images of one date and sensor, the best first, made one.

        Raises:
            StorageError: the cache cannot be written.
        """
        key, hashes = self._key(images)
        known = self._dates.get(key)
        store = self._reader.store
        if known is not None and store is not None and _holds(store, known, images):
            return _remembered(known, images, hashes, Pixels(known.chips, store=store))
        day = read_day(images, self._reader, self._inside)
        if key and day.whole:
            self._dates[key] = _told(day)
            self._changed = True
        return day

    def save(self) -> None:
        """Keep what was learnt.

        Raises:
            StorageError: the disk refused.
        """
        if self._path is not None and self._changed:
            write_whole(self._path, msgspec.msgpack.encode(_Kept(_VERSION, self._dates)))
            self._changed = False

    def _key(self, images: Sequence[Acquisition]) -> tuple[str, list[Mapping[str, str]]]:
        """What decides a date, and the hashes of the files; empty if one cannot be read."""
        try:
            hashes = [self._reader.hashes(image) for image in images]
        except InputError:
            return "", []
        keys = [f"{self._reader.key(image, told)} {image.offset_assumed}"
                for image, told in zip(images, hashes, strict=True)]  # fmt: skip
        return hashlib.sha256("\n".join((self._site, *keys)).encode()).hexdigest(), hashes


def _holds(store: ChipStore, known: _Date, images: Sequence[Acquisition]) -> bool:
    return len(known.images) == len(images) and all(map(store.has, known.chips))


def _load(path: Path) -> dict[str, _Date]:
    """What was kept; nothing if it is damaged or of another version: it is learnt again."""
    try:
        kept = msgspec.msgpack.decode(path.read_bytes(), type=_Kept)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return kept.dates if kept.version == _VERSION else {}


def _told(day: Day) -> _Date:
    return _Date(
        tuple(_Image(scene.used, scene.reason, scene.clear, bool(scene.sha256) or scene.used,
                     scene.pixels_sha256, scene.hides_brighter, ZEROS in scene.remarks)
              for scene in day.scenes),
        day.pixels.chips if day.pixels is not None else (),
    )  # fmt: skip


def _remembered(
    known: _Date, images: Sequence[Acquisition], hashes: Sequence[Mapping[str, str]], pixels: Pixels
) -> Day:
    scenes = [
        scene_of(image, used=said.used, reason=said.reason, clear=said.clear,
                 sha256=by_name(told) if said.read else {}, pixels_sha256=said.digest,
                 hides_brighter=said.hides_brighter, remarks=(ZEROS,) if said.zeros else ())
        for image, told, said in zip(images, hashes, known.images, strict=True)
    ]  # fmt: skip
    return Day(
        date=images[0].date,
        sensor=images[0].sensor,
        pixels=pixels if known.chips else None,
        scene="+".join(scene.id for scene in scenes if scene.used),
        scenes=tuple(scenes),
        pixel=pixel_of(images),
    )
