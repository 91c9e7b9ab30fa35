"""A chip: what one image shows of the grid of a site. Only the window of the site is read."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition, Layer
from habeas.monitoring.images.clear_ground import Clear, is_clear
from habeas.monitoring.images.raster_file import open_raster

Numbers = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

Part = tuple[slice, slice]
"""Rows and columns of a grid."""

ALL: Part = (slice(None), slice(None))

_COARSER = 1.5
"""A grid that much coarser than an image takes means of its pixels, not single ones."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What one image shows, in the numbers of its files: half as much as in reflectance.

    Attributes:
        numbers: shape (band, y, x).
        scale: reflectance = number x scale + offset; shape (band,).
        offset: shape (band,).
        shown: where it is clear; shape (y, x).
        covered: where the image has data at all, clouds included; shape (y, x).
        zeros: whether pixels that are zero in all bands were taken for no data, though the file
            does not say that they are; shape ().
    """

    numbers: Numbers
    scale: npt.NDArray[np.float64]
    offset: npt.NDArray[np.float64]
    shown: Flags
    covered: Flags
    zeros: Flags = field(default_factory=lambda: np.zeros((), dtype=np.bool_))

    def at(self, number: int) -> Measured:
        """One of many that are held in arrays with one axis more."""
        return Measured(*(getattr(self, part.name)[number] for part in fields(self)))

    def digest(self) -> str:
        """SHA-256 of the numbers as float64, then of where it is clear and where it has data.

        In the order of memory with the last axis running fastest, little end first, one bit a flag:
        the same however the numbers are held, so that it can be told again of a chip that is kept.
        """
        numbers = self.numbers.astype("<f8")
        numbers[np.isnan(numbers)] = np.nan  # there are many, and they are not told apart
        flags = (np.packbits(of_kind).tobytes() for of_kind in (self.shown, self.covered))
        return hashlib.sha256(b"".join((numbers.tobytes(), *flags))).hexdigest()

    def chip(self) -> Chip:
        """The same in reflectance."""
        return Chip(reflectance(self.numbers, self.scale, self.offset, self.shown), self.covered)


def reflectance(
    numbers: Numbers,
    scale: npt.NDArray[np.float64],
    offset: npt.NDArray[np.float64],
    shown: Flags,
) -> npt.NDArray[np.float32]:
    """Reflectance, not a number where it is not clear; shape (..., band, y, x).

    Args:
        numbers: of the files; shape (..., band, y, x).
        scale: shape (..., band).
        offset: shape (..., band).
        shown: shape (..., y, x).
    """
    values = numbers * scale[..., None, None] + offset[..., None, None]
    values[~np.broadcast_to(shown[..., None, :, :], values.shape)] = np.nan
    return values.astype(np.float32)


@dataclass(frozen=True, eq=False)
class Chip:
    """What one image shows.

    Attributes:
        values: reflectance; shape (band, y, x), float32; not a number where it is not clear.
        covered: where the image has data at all, clouds included; shape (y, x).
    """

    values: npt.NDArray[np.float32]
    covered: Flags

    def clear(self, where: Flags) -> float:
        """The share of some pixels, shape (y, x), that is shown clearly."""
        shown = np.asarray(np.isfinite(self.values).all(axis=0))
        return float(shown[where].mean())


def read_chip(image: Acquisition, bands: Sequence[str], grid: GeoBox, clear: Clear) -> Measured:
    """Read the window of a site from one image, each file opened once.

    Measured pixels are taken as they are (nearest neighbour); means are taken only onto a grid
    that is coarser than the image.

    Args:
        image: which.
        bands: common names, in the order wanted; the image has them all.
        grid: of the site.
        clear: what counts as clear.

    Raises:
        InputError: a file cannot be read, or the window in it is damaged.
    """
    wanted = [image.layers[name] for name in bands]
    masks = [mask.layer for mask in image.masks]
    read = _read_layers([*wanted, *masks], len(wanted), grid)
    numbers = np.stack([of_band for of_band, _ in read[: len(wanted)]])
    covered = np.logical_and.reduce([has_data for _, has_data in read[: len(wanted)]])
    zeros = covered & (numbers == 0).all(axis=0)
    covered &= ~zeros
    shown = covered & np.isfinite(numbers).all(axis=0)
    for of_band, _ in read[: len(wanted)]:
        shown &= ~_saturated(of_band)
    for mask, (of_mask, has_data) in zip(image.masks, read[len(wanted) :], strict=True):
        shown &= has_data & is_clear(of_mask, mask.kind, clear)
    scale = np.array([layer.scale for layer in wanted], dtype=np.float64)
    offset = np.array([layer.offset for layer in wanted], dtype=np.float64)
    return Measured(numbers, scale, offset, shown, covered, np.asarray(zeros.any()))


def _saturated(numbers: Numbers) -> Flags:
    """Where the sensor was blinded: the largest number that a whole type can hold."""
    if numbers.dtype.kind not in "iu" or numbers.dtype.itemsize == 1:
        return np.zeros(numbers.shape, dtype=np.bool_)
    return np.asarray(numbers == np.iinfo(numbers.dtype).max)


def _read_layers(layers: Sequence[Layer], bands: int, grid: GeoBox) -> list[tuple[Numbers, Flags]]:
    """Numbers of layers on the grid, and where each has data; the first `bands` are no masks."""
    by_file: dict[str, list[int]] = defaultdict(list)
    for at, layer in enumerate(layers):
        by_file[layer.href].append(at)
    read: dict[int, tuple[Numbers, Flags]] = {}
    for href, places in by_file.items():
        with open_raster(href) as file:
            for kind in (True, False):  # bands, then masks: they are resampled differently
                chosen = [at for at in places if (at < bands) == kind]
                if chosen:
                    read.update(_window(file, [layers[at] for at in chosen], chosen, kind, grid))
    return [read[at] for at in range(len(layers))]


def _window(
    file: Any, layers: Sequence[Layer], places: Sequence[int], means: bool, grid: GeoBox
) -> dict[int, tuple[Numbers, Flags]]:
    if file.crs is None:
        raise InputError("the file does not say where on earth it lies")
    if max(layer.index for layer in layers) > file.count:
        raise InputError(f"the file has {file.count} bands, not {layers[-1].index}")
    nodata = layers[0].nodata if layers[0].nodata is not None else file.nodata
    with WarpedVRT(
        file,
        crs=str(grid.crs),
        transform=Affine(*tuple(grid.affine)[:6]),
        width=grid.shape[1],
        height=grid.shape[0],
        resampling=_resampling(file, grid) if means else Resampling.nearest,
        src_nodata=nodata,
        add_alpha=True,
    ) as window:
        read = window.read([*(layer.index for layer in layers), window.count])
    inside = read[-1] > 0
    return {
        at: (numbers, inside & _has_data(numbers, nodata))
        for at, numbers in zip(places, read[:-1], strict=True)
    }


def _has_data(numbers: Numbers, nodata: float | None) -> Flags:
    if nodata is None:
        return np.ones(numbers.shape, dtype=np.bool_)
    return np.asarray(~np.isnan(numbers) if np.isnan(nodata) else numbers != nodata)


def _resampling(file: Any, grid: GeoBox) -> Resampling:
    """Nearest neighbour, or means where the pixels of the grid are larger than the image's."""
    with WarpedVRT(file, crs=str(grid.crs)) as same:
        ratio = abs(grid.affine.a) / abs(same.transform.a)
    return Resampling.average if ratio > _COARSER else Resampling.nearest
