"""The images of one date and sensor, made one: tiles put together, duplicates resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import structs

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.chip import ALL, Chip, Part
from habeas.monitoring.images.chip_store import ChipStore
from habeas.monitoring.images.scene import Scene

Flags = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float32]

ZEROS = (
    "pixels that are 0 in all bands were taken for no data, though the file does not say so; state "
    "nodata in images.toml where it is another number"
)

SHOWN_ALREADY = "another image of the same date shows all of it"


class DamagedCacheError(InputError):
    """Pixels that were kept turned out to be damaged; they have been put away."""

    def __init__(self) -> None:
        super().__init__(
            "the cache of images is damaged; what was has been put away", mend="Run it again"
        )


class Pixels:
    """What a date shows: held, or in the store, from where it is read when it is asked for.

    Args:
        chips: their keys, in the order in which they are put together.
        held: reflectance; shape (band, y, x).
        store: where the chips are; none if they are not kept.
        moved: whole pixels of the grid, east and south, by which it is moved.
    """

    __slots__ = ("_held", "_moved", "_store", "chips")

    def __init__(
        self,
        chips: tuple[str, ...],
        held: Values | None = None,
        store: ChipStore | None = None,
        moved: tuple[int, int] = (0, 0),
    ) -> None:
        self.chips, self._held, self._store, self._moved = chips, held, store, moved

    def __reduce__(self) -> tuple[type[Pixels], tuple[Any, ...]]:
        held = self._held if self._store is None else None
        return Pixels, (self.chips, held, self._store, self._moved)

    def moved(self, by: tuple[int, int]) -> Pixels:
        """The same, moved by so many whole pixels of the grid, east and south."""
        return Pixels(self.chips, self._held, self._store, by)

    def values(self, part: Part = ALL) -> Values:
        """Reflectance of a part, moved; shape (band, y, x); not to be changed.

        Raises:
            DamagedCacheError: it is not held, and no longer kept.
        """
        if any(self._moved):
            return _moved(self._as_read(ALL), *self._moved)[:, *part]
        return self._as_read(part)

    def _as_read(self, part: Part) -> Values:
        if self._held is not None:
            return self._held[:, *part]
        return together(self._kept(key, part) for key in self.chips)

    def _kept(self, key: str, part: Part) -> Chip:
        chip = self._store.get(key, part) if self._store is not None else None
        if chip is None:
            raise DamagedCacheError
        return chip


class Day(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One date and sensor.

    Attributes:
        date: in universal time.
        sensor: see `acquisition.Acquisition`.
        pixels: what it shows, not yet moved; none if nothing of the site could be read, or it is
            not used.
        scene: the id of the image, several joined by `+`.
        scenes: what became of each image of that date.
        pixel: metres, of the image; 0 if it is not known.
        moved: whole pixels of the grid, east and south, by which it was moved.
        stray: whether it lies too far off the others: they are compared with it, but it is not
            used.
        whole: whether every image of it could be read.
        settled: whether all of this was said of it by an earlier run, for good.
    """

    date: date
    sensor: str
    pixels: Pixels | None
    scene: str
    scenes: tuple[Scene, ...]
    pixel: float = 0.0
    moved: tuple[int, int] = (0, 0)
    stray: bool = False
    whole: bool = True
    settled: bool = False

    @property
    def used(self) -> bool:
        """Whether it stands in the cube."""
        return self.pixels is not None and not self.stray


def _moved(values: Values, east: int, south: int) -> Values:
    """Values moved by whole pixels of the grid; not a number where nothing moved in."""
    moved = np.roll(values, (south, east), axis=(1, 2))
    for axis, by in ((1, south), (2, east)):
        edge: list[slice] = [slice(None)] * 3
        edge[axis] = slice(0, by) if by > 0 else slice(by or values.shape[axis], None)
        moved[tuple(edge)] = np.nan
    return moved


def together(chips: Iterable[Chip]) -> Values:
    """The values of chips of one date: another fills in only where those before have no data."""
    values: Values | None = None
    covered: Flags | None = None
    for chip in chips:
        if values is None or covered is None:
            values, covered = chip.values, chip.covered
            continue
        new = chip.covered & ~covered
        values = np.where(new, chip.values, values)
        covered = covered | new
    assert values is not None  # noqa: S101  (a date has one at least)
    return values


@dataclass(frozen=True, eq=False)
class ChipRead:
    """A chip as it was read.

    Attributes:
        key: what decides it.
        chip: its pixels.
        hashes: of the files that it was read from, by name.
        digest: of its pixels, where files on a server were read in parts; else empty.
        unlikely: why its reflectance cannot be right; empty if it can.
        hides_brighter: see `scene.Scene`.
        zeros: see `chip.Measured`.
    """

    key: str
    chip: Chip
    hashes: Mapping[str, str]
    digest: str = ""
    unlikely: str = ""
    hides_brighter: float | None = None
    zeros: bool = False


class Reader(Protocol):
    """What reads the chip of an image."""

    @property
    def store(self) -> ChipStore | None:
        """Where chips are kept."""
        ...

    def read(self, image: Acquisition) -> ChipRead:
        """The chip of an image.

        Raises:
            InputError: the image cannot be read.
        """
        ...


def scene_of(image: Acquisition, *, remarks: tuple[str, ...] = (), **became: Any) -> Scene:
    """The scene of an image.

    Args:
        image: which.
        remarks: besides those on the image.
        became: what became of it: see `Scene`; nothing before it is read.
    """
    return Scene(
        id=image.id,
        date=image.date,
        sensor=image.sensor,
        files=tuple(sorted({name_of(href) for href in image.hrefs})),
        remarks=(*image.remarks, *remarks),
        **became,
    )


def name_of(href: str) -> str:
    """The name of a file, without folders and without what follows a question mark."""
    return href.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]


def read_day(images: Sequence[Acquisition], reader: Reader, inside: Flags) -> Day:
    """Read the images of one date and sensor until the whole grid is covered.

    Images of one date and sensor are either tiles of one swath or processings of one image: both
    saw the same ground at the same moment. So the first that can be read counts, another fills in
    only where that has no data, and what would add nothing is not even read.

    Args:
        images: of one date and sensor, the best first.
        reader: of their chips.
        inside: the pixels of the site; shape (y, x).
    """
    covered = np.zeros_like(inside)
    used: list[tuple[str, ChipRead]] = []
    scenes: list[Scene] = []
    whole = True
    for image in images:
        scene = scene_of(image)
        if used and covered.all():
            scenes.append(structs.replace(scene, reason=SHOWN_ALREADY))
            continue
        try:
            read = reader.read(image)
        except InputError as problem:
            place = f"{problem.place}: " if problem.place else ""
            scenes.append(structs.replace(scene, reason=f"{place}{problem.reason}"))
            whole = False
            continue
        scene = structs.replace(scene, sha256=read.hashes, pixels_sha256=read.digest,
                        hides_brighter=read.hides_brighter,
                        remarks=(*scene.remarks, *([ZEROS] if read.zeros else [])))  # fmt: skip
        if read.unlikely:
            scenes.append(structs.replace(scene, reason=read.unlikely))
            continue
        if not (read.chip.covered & inside).any():
            scenes.append(structs.replace(scene, reason="it has no data where the site is"))
            continue
        if not (read.chip.covered & ~covered).any():
            scenes.append(structs.replace(scene, reason=SHOWN_ALREADY))
            continue
        covered |= read.chip.covered
        used.append((image.id, read))
        scenes.append(structs.replace(scene, used=True, clear=read.chip.clear(inside)))
    return Day(
        date=images[0].date,
        sensor=images[0].sensor,
        pixels=_pixels([read for _, read in used], reader.store),
        scene="+".join(name for name, _ in used),
        scenes=tuple(scenes),
        pixel=pixel_of(images),
        whole=whole,
    )


def _pixels(used: Sequence[ChipRead], store: ChipStore | None) -> Pixels | None:
    if not used:
        return None
    held = together(read.chip for read in used)
    return Pixels(tuple(read.key for read in used), held, store)


def pixel_of(images: Sequence[Acquisition]) -> float:
    """Metres a pixel of the best image of a date; 0 if it is not known."""
    return images[0].grid.resolution if images[0].grid else 0.0
