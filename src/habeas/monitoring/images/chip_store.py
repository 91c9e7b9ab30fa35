"""Chips kept between runs, a folder a grid: the next run reads only images that are new.

A segment is a compressed NumPy archive of many chips, named by the hash of its bytes. So a damaged
one is noticed (and read again from the images), two processes cannot harm each other, and there is
no index that could be out of step: what is there is what is kept. Segments are written whole. At
first only the names of the chips in a segment are read; its pixels are when one of them is asked
for, so that a run with one new image does not read all that is kept.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from habeas.monitoring.images.chip import Chip
from habeas.monitoring.images.whole_file import write_whole

CHIPS_A_SEGMENT = 64
"""So much is lost at most when a run is killed."""

SEGMENTS = 16
"""When there are more that are not full, they are joined."""

Numbers = npt.NDArray[Any]

_FORMAT = "1"
_DAMAGE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, KeyError)


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
        self._new: dict[str, Chip] = {}
        self._segments: dict[str, tuple[str, ...]] = {}
        self._where: dict[str, tuple[str, int]] = {}
        self._read: dict[str, tuple[Numbers, Numbers]] = {}
        self.damaged = 0
        """Segments that were damaged and have been put away."""
        self._look()

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_new": {}, "_read": {}}

    def has(self, key: str) -> bool:
        """Whether a chip is kept. That its pixels are undamaged shows only when it is got."""
        return key in self._new or key in self._where

    def get(self, key: str) -> Chip | None:
        """A chip that is kept; none if it is not, or if its segment is damaged."""
        if key in self._new:
            return self._new[key]
        if key not in self._where:
            return None
        name, at = self._where[key]
        held = self._held(name)
        return None if held is None else Chip(held[0][at], held[1][at])

    def put(self, key: str, chip: Chip) -> None:
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
        chips = {key: chip for key in keys if (chip := self.get(key)) is not None}
        held = list(chips)
        for first in range(0, len(held), CHIPS_A_SEGMENT):
            self._write({key: chips[key] for key in held[first : first + CHIPS_A_SEGMENT]})
        # Killed before the next lines, chips stand there twice: that harms nobody.
        for name in names:
            if not any(self._where.get(key, ("",))[0] == name for key in self._segments[name]):
                (self.folder / name).unlink(missing_ok=True)
                del self._segments[name]
                self._read.pop(name, None)

    def _write(self, chips: Mapping[str, Chip]) -> None:
        content = _archive({
            "keys": np.array(list(chips), dtype=np.str_),
            "values": np.stack([chip.values for chip in chips.values()]),
            "covered": np.stack([chip.covered for chip in chips.values()]),
        })  # fmt: skip
        name = f"{hashlib.sha256(content).hexdigest()}.npz"
        write_whole(self.folder / name, content)
        self._note(name, tuple(chips))

    def _note(self, name: str, keys: tuple[str, ...]) -> None:
        self._segments[name] = keys
        self._where |= {key: (name, at) for at, key in enumerate(keys)}

    def _look(self) -> None:
        """Find out which chips are kept."""
        for path in sorted(self.folder.glob("*.npz")) if self.folder.is_dir() else []:
            try:
                with np.load(path, allow_pickle=False) as archive:
                    keys = tuple(archive["keys"].tolist())
            except FileNotFoundError:  # another process has made one segment of many
                continue
            except _DAMAGE:
                self._put_away(path.name)
                continue
            self._note(path.name, keys)

    def _held(self, name: str) -> tuple[Numbers, Numbers] | None:
        """The pixels of a segment; none if it is damaged, or gone."""
        if name not in self._read:
            found = self._pixels(name)
            if found is None:
                self._put_away(name)
                return None
            self._read[name] = found
        return self._read[name]

    def _pixels(self, name: str) -> tuple[Numbers, Numbers] | None:
        try:
            content = (self.folder / name).read_bytes()
            if f"{hashlib.sha256(content).hexdigest()}.npz" != name:
                return None
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                values, covered = archive["values"], archive["covered"]
        except _DAMAGE:
            return None
        fits = values.shape[1:] == self._shape and covered.shape[1:] == self._shape[1:]
        told = len(self._segments[name]) == len(values) == len(covered)
        return (values, covered) if fits and told else None

    def _put_away(self, name: str) -> None:
        """A segment that is damaged is removed: what it held is read from the images again."""
        path = self.folder / name
        if path.exists():  # another process may have joined it with others
            path.unlink(missing_ok=True)
            self.damaged += 1
        for key in self._segments.pop(name, ()):
            if self._where[key][0] == name:
                del self._where[key]


def _archive(arrays: Mapping[str, Numbers]) -> bytes:
    """A NumPy archive, compressed fast: NumPy's own way takes five times as long for little."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    return held.getvalue()
