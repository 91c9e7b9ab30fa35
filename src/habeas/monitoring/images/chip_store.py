"""Chips kept between runs, a folder a grid: the next run reads only images that are new.

A segment is a compressed NumPy archive of many chips, named by the hash of its bytes. So a damaged
one is noticed (and read again from the images), two processes cannot harm each other, and there is
no index that could be out of step: what is there is what is kept. Segments are written whole.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from odc.geo.geobox import GeoBox

from habeas.monitoring.images.chip import Chip
from habeas.monitoring.images.whole_file import write_whole

CHIPS_A_SEGMENT = 64
"""So much is lost at most when a run is killed."""

SEGMENTS = 16
"""When there are more they are made one."""

_FORMAT = "1"


def grid_key(grid: GeoBox, bands: tuple[str, ...]) -> str:
    """The name under which the chips of a grid and its bands are kept."""
    said = (_FORMAT, str(grid.crs), *map(repr, tuple(grid.affine)[:6]), *map(str, grid.shape))
    return hashlib.sha256("\n".join((*said, *bands)).encode()).hexdigest()[:32]


class ChipStore:
    """The chips of one grid.

    Args:
        folder: of the cache.
        grid: of the site.
        bands: common names, in order.
    """

    def __init__(self, folder: Path, grid: GeoBox, bands: tuple[str, ...]) -> None:
        self.folder = folder / "chips" / grid_key(grid, bands)
        """Of this grid."""
        self._shape = (len(bands), *grid.shape)
        self._chips: dict[str, Chip] = {}
        self._new: dict[str, Chip] = {}
        self._names: list[str] = []
        self.damaged = 0
        """Segments that were damaged and have been put away."""
        self._load()

    def get(self, key: str) -> Chip | None:
        """A chip that is kept; none if it is not."""
        return self._chips.get(key)

    def put(self, key: str, chip: Chip) -> None:
        """Keep a chip; it is on the disk at the latest when `flush` has been called.

        Raises:
            StorageError: the disk refused.
        """
        self._chips[key] = self._new[key] = chip
        if len(self._new) >= CHIPS_A_SEGMENT:
            self._write(self._new)
            self._new = {}

    def flush(self) -> None:
        """Write what is new, and make one segment of many.

        Raises:
            StorageError: the disk refused.
        """
        if self._new:
            self._write(self._new)
            self._new = {}
        if len(self._names) > SEGMENTS:
            before = list(self._names)
            self._names = []
            self._write(self._chips)
            # Killed before the next line, chips stand there twice: that harms nobody.
            for name in set(before) - set(self._names):
                (self.folder / name).unlink(missing_ok=True)

    def _write(self, chips: Mapping[str, Chip]) -> None:
        content = _archive({
            "keys": np.array(list(chips), dtype=np.str_),
            "values": np.stack([chip.values for chip in chips.values()]),
            "covered": np.stack([chip.covered for chip in chips.values()]),
        })  # fmt: skip
        name = f"{hashlib.sha256(content).hexdigest()}.npz"
        write_whole(self.folder / name, content)
        self._names.append(name)

    def _load(self) -> None:
        for path in sorted(self.folder.glob("*.npz")) if self.folder.is_dir() else []:
            try:
                content = path.read_bytes()
            except FileNotFoundError:  # another process has made one segment of many
                continue
            if hashlib.sha256(content).hexdigest() != path.stem:
                path.unlink(missing_ok=True)
                self.damaged += 1
                continue
            self._names.append(path.name)
            self._take(content)

    def _take(self, content: bytes) -> None:
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as archive:
                keys, values, covered = (archive[name] for name in ("keys", "values", "covered"))
        except (zipfile.BadZipFile, ValueError, KeyError):
            self.damaged += 1
            return
        if values.shape[1:] != self._shape or not len(keys) == len(values) == len(covered):
            self.damaged += 1
            return
        for at, key in enumerate(keys.tolist()):
            self._chips[key] = Chip(values[at], covered[at])


def _archive(arrays: Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]]) -> bytes:
    """A NumPy archive, compressed fast: NumPy's own way takes five times as long for little."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, array, allow_pickle=False)
    return held.getvalue()
