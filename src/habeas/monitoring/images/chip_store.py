"""Chips kept between runs, a folder a grid: the next run reads only images that are new.

A segment is many chips, in the numbers of the image files: a line with their names, then NumPy
arrays one after the other, in a file named by the hash of its bytes. It is not compressed: noise
compresses by a quarter, and unpacking it would take longer than all else that is read; nor is it an
archive, whose own checksums would be worked out anew each time. A damaged one is noticed (and read
again from the images), two processes cannot harm each other, and there is no index that could be
out of step: what is there is what is kept. Segments are written whole. At first only the names of
the chips in one are read; its pixels are when one of them is asked for, so that a run with one new
image does not read all that is kept.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from habeas.monitoring.images.chip import ALL, Chip, Measured, Part, reflectance
from habeas.monitoring.images.whole_file import write_whole

CHIPS_A_SEGMENT = 64
"""So much is lost at most when a run is killed."""

SEGMENTS = 16
"""When there are more that are not full, they are joined."""

Numbers = npt.NDArray[Any]

_FORMAT = "4"
_ENDING = ".segment"
_LONGEST_LINE = 1 << 20
_FLAGS = ("shown", "covered")
_PARTS = ("numbers", "scale", "offset", "zeros", *_FLAGS)
_DAMAGE = (OSError, ValueError, msgspec.DecodeError)


def grid_key(grid: GeoBox, bands: tuple[str, ...]) -> str:
    """The name under which the chips of a grid and its bands are kept."""
    said = (_FORMAT, str(grid.crs), *map(repr, tuple(grid.affine)[:6]), *map(str, grid.shape))
    return hashlib.sha256("\n".join((*said, *bands)).encode()).hexdigest()[:32]


class ChipStore:
    """The chips of one grid.

    A store that is sent to another process takes nothing along but where it is.

    Args:
        folder: of the cache.
        grid: of the site.
        bands: common names, in order.
    """

    def __init__(self, folder: Path, grid: GeoBox, bands: tuple[str, ...]) -> None:
        self.folder = folder / "chips" / grid_key(grid, bands)
        """Of this grid."""
        self._shape = (len(bands), *grid.shape)
        self._new: dict[str, Measured] = {}
        self._segments: dict[str, tuple[str, ...]] = {}
        self._where: dict[str, tuple[str, int]] = {}
        self._read: dict[str, _Segment] = {}
        self.damaged = 0
        """Segments that were damaged and have been put away."""
        self._look()

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_new": {}, "_read": {}}

    def has(self, key: str) -> bool:
        """Whether a chip is kept. That its pixels are undamaged shows only when it is got."""
        return key in self._new or key in self._where

    def get(self, key: str, part: Part = ALL) -> Chip | None:
        """A part of a chip that is kept; none if it is not, or if its segment is damaged."""
        if key in self._new:
            return _Segment(self._new[key]).part(part)
        if key not in self._where:
            return None
        name, at = self._where[key]
        held = self._held(name)
        if held is None:
            return None
        many = held.part(part)
        return Chip(many.values[at], many.covered[at])

    def measured(self, key: str) -> Measured | None:
        """A chip as it is kept; none if it is not, or if its segment is damaged."""
        if key in self._new:
            return self._new[key]
        if key not in self._where:
            return None
        name, at = self._where[key]
        held = self._held(name)
        return None if held is None else held.chips.at(at)

    def put(self, key: str, chip: Measured) -> None:
        """Keep a chip; it is on the disk at the latest when `flush` has been called.

        Raises:
            StorageError: the disk refused.
        """
        self._new[key] = chip
        if len(self._new) >= CHIPS_A_SEGMENT:
            self._write(self._new)
            self._new = {}

    def flush(self) -> None:
        """Write what is new, and make fewer segments of many small ones.

        Raises:
            StorageError: the disk refused.
        """
        if self._new:
            self._write(self._new)
            self._new = {}
        small = [name for name, keys in self._segments.items() if len(keys) < CHIPS_A_SEGMENT]
        if len(small) > SEGMENTS:
            self._join(small)

    def _join(self, names: Sequence[str]) -> None:
        """Write the chips of segments anew, in as few as they fill."""
        keys = [key for name in names for key in self._segments[name]
                if self._where.get(key, ("",))[0] == name]  # fmt: skip
        chips = {key: chip for key in keys if (chip := self.measured(key)) is not None}
        held = list(chips)
        for first in range(0, len(held), CHIPS_A_SEGMENT):
            self._write({key: chips[key] for key in held[first : first + CHIPS_A_SEGMENT]})
        # Killed before the next lines, chips stand there twice: that harms nobody.
        for name in names:
            if not any(self._where.get(key, ("",))[0] == name for key in self._segments[name]):
                (self.folder / name).unlink(missing_ok=True)
                del self._segments[name]
                self._read.pop(name, None)

    def _write(self, chips: Mapping[str, Measured]) -> None:
        parts = {
            name: np.stack([getattr(chip, name) for chip in chips.values()]) for name in _PARTS
        }
        parts |= {name: np.packbits(parts[name], axis=-1) for name in _FLAGS}
        content = _written(tuple(chips), [parts[name] for name in _PARTS])
        name = f"{hashlib.sha256(content).hexdigest()}{_ENDING}"
        write_whole(self.folder / name, content)
        self._note(name, tuple(chips))

    def _note(self, name: str, keys: tuple[str, ...]) -> None:
        self._segments[name] = keys
        self._where |= {key: (name, at) for at, key in enumerate(keys)}

    def _look(self) -> None:
        """Find out which chips are kept."""
        for path in sorted(self.folder.glob(f"*{_ENDING}")) if self.folder.is_dir() else []:
            try:
                with path.open("rb") as file:
                    keys = _keys(file)
            except FileNotFoundError:  # another process has made one segment of many
                continue
            except _DAMAGE:
                self._put_away(path.name)
                continue
            self._note(path.name, keys)

    def _held(self, name: str) -> _Segment | None:
        """The pixels of a segment; none if it is damaged, or gone."""
        if name not in self._read:
            found = self._pixels(name)
            if found is None:
                self._put_away(name)
                return None
            self._read[name] = _Segment(found)
        return self._read[name]

    def _pixels(self, name: str) -> Measured | None:
        try:
            content = (self.folder / name).read_bytes()
            if f"{hashlib.sha256(content).hexdigest()}{_ENDING}" != name:
                return None
            held = io.BytesIO(content)
            _keys(held)
            parts = dict(zip(_PARTS, _read(content, held.tell()), strict=True))
            width = self._shape[-1]
            parts |= {
                part: np.unpackbits(parts[part], axis=-1, count=width).astype(np.bool_)
                for part in _FLAGS
            }
            found = Measured(**parts)
        except _DAMAGE:
            return None
        wanted = (len(self._segments[name]), *self._shape)
        plane = (wanted[0], *wanted[2:])
        fits = found.numbers.shape == wanted and found.shown.shape == found.covered.shape == plane
        scaled = found.scale.shape == found.offset.shape == wanted[:2]
        scaled = scaled and found.zeros.shape == wanted[:1]
        return found if fits and scaled else None

    def _put_away(self, name: str) -> None:
        """A segment that is damaged is removed: what it held is read from the images again."""
        path = self.folder / name
        if path.exists():  # another process may have joined it with others
            path.unlink(missing_ok=True)
            self.damaged += 1
        for key in self._segments.pop(name, ()):
            if self._where.get(key, ("",))[0] == name:
                del self._where[key]


class _Segment:
    """The chips of a segment, in memory.

    Args:
        chips: all of them, in arrays with one axis more.
    """

    def __init__(self, chips: Measured) -> None:
        self.chips = chips
        self._last: tuple[str, Chip] | None = None

    def part(self, part: Part) -> Chip:
        """A part of them in reflectance; the last one is held: another band of it comes next."""
        name = repr(part)
        if self._last is None or self._last[0] != name:
            held, where = self.chips, (..., *part)
            values = reflectance(held.numbers[where], held.scale, held.offset, held.shown[where])
            self._last = name, Chip(values, held.covered[where])
        return self._last[1]


def _written(keys: Sequence[str], arrays: Sequence[Numbers]) -> bytes:
    """A line with the keys, then arrays one after the other, each as NumPy writes it."""
    held = io.BytesIO()
    held.write(msgspec.json.encode(keys) + b"\n")
    for array in arrays:
        rows = np.ascontiguousarray(array)
        np.lib.format.write_array(held, rows, version=(1, 0), allow_pickle=False)
    return held.getvalue()


def _keys(file: BinaryIO) -> tuple[str, ...]:
    """The first line of a segment. Nothing in it is believed before its bytes are verified.

    Raises:
        msgspec.DecodeError, UnicodeDecodeError: it is damaged.
    """
    return msgspec.json.decode(file.readline(_LONGEST_LINE), type=tuple[str, ...])


def _read(content: bytes, start: int) -> Iterator[Numbers]:
    """The arrays of a segment whose bytes are verified, where they lie: nothing is copied.

    Raises:
        ValueError: they are none, or break off.
    """
    held = io.BytesIO(content)
    held.seek(start)
    while held.tell() < len(content):
        if np.lib.format.read_magic(held) != (1, 0):
            raise ValueError("another version of the format")
        shape, by_column, kind = np.lib.format.read_array_header_1_0(held)
        if by_column:
            raise ValueError("arrays run by rows")
        array = np.frombuffer(content, kind, math.prod(shape), held.tell()).reshape(shape)
        yield array
        held.seek(array.nbytes, io.SEEK_CUR)
