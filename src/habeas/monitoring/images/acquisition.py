"""An image as it was found: which file holds which band, and how its numbers become reflectance.

A folder and a catalogue both end in these values; what reads them knows nothing of either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import msgspec
from shapely.geometry.base import BaseGeometry

from habeas.monitoring.images.raster_file import is_remote

NO_MASK = (
    "without a mask of clouds, what they hide is taken for the ground, and dates may be too late"
)

MaskKind = Literal["scl", "qa_pixel", "fmask", "udm2", "supplied"]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One band of one file: reflectance = number x scale + offset.

    Attributes:
        href: an absolute path, or an http(s) address.
        index: of the band in the file, from 1.
        scale: of its numbers.
        offset: of its numbers.
        nodata: the number that stands for no data, where the file itself does not say.
    """

    href: str
    index: int = 1
    scale: float = 1.0
    offset: float = 0.0
    nodata: float | None = None


@dataclass(frozen=True, kw_only=True)
class Mask:
    """What says where the ground is to be seen.

    Attributes:
        layer: where.
        kind: Sentinel-2 scene classification, quality bits of Landsat or of HLS, Planet's usable
            data mask, or a mask that was supplied.
    """

    layer: Layer
    kind: MaskKind


@dataclass(frozen=True, kw_only=True)
class PixelGrid:
    """Of an image, at its finest.

    Attributes:
        crs: coordinate reference system, as text.
        resolution: metres (or units of `crs`) a pixel.
        corner: of the upper left pixel.
    """

    crs: str
    resolution: float
    corner: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Acquisition:
    """One image of one place and date.

    Attributes:
        id: of the scene.
        date: on which it was taken (universal time).
        sensor: `sentinel-2`, `landsat`, or what the one who gave it calls it.
        layers: by common name of the band.
        masks: all of which must call a pixel clear.
        footprint: longitude and latitude; what lies outside it is not in the image.
        grid: none where it is learnt only by opening the files.
        processed: text that sorts later for a newer processing of the same image.
        remarks: what was assumed.
        offset_assumed: whether an offset other than 0 rests on nothing but the date.
    """

    id: str
    date: date
    sensor: str
    layers: Mapping[str, Layer]
    footprint: BaseGeometry
    masks: tuple[Mask, ...] = ()
    grid: PixelGrid | None = None
    processed: str = ""
    remarks: tuple[str, ...] = ()
    offset_assumed: bool = False

    @cached_property
    def description(self) -> str:
        """A hash of all that is told of it but its place on earth.

        This and what its files hold decide what is read of it. With what an address is signed
        changes nothing.
        """
        layers = [*self.layers.values(), *(mask.layer for mask in self.masks)]
        said = [
            (self.id, self.date, self.sensor, self.processed, self.remarks, self.offset_assumed),
            (self.grid.crs, self.grid.resolution, self.grid.corner) if self.grid else None,
            (tuple(self.layers), [mask.kind for mask in self.masks]),
            [(one.href.split("?")[0], one.index, one.scale, one.offset, one.nodata)
             for one in layers],
        ]  # fmt: skip
        return hashlib.sha256(msgspec.msgpack.encode(said)).hexdigest()

    @cached_property
    def hrefs(self) -> tuple[str, ...]:
        """Every file of it, once, in order."""
        layers = [*self.layers.values(), *(mask.layer for mask in self.masks)]
        return tuple(sorted({layer.href for layer in layers}))

    @cached_property
    def local(self) -> tuple[str, ...]:
        """Those of its files that lie on a disk."""
        return tuple(href for href in self.hrefs if not is_remote(href))
