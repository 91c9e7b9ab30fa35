"""Images in: a folder or a catalogue and a site become one cube, and a record of what was used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr
from odc.geo.geobox import GeoBox
from pyproj import CRS
from rasterio.features import geometry_mask

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.alignment import KeptShifts, without_strays
from habeas.monitoring.images.chip_store import ChipStore
from habeas.monitoring.images.chips import ChipReader
from habeas.monitoring.images.clear_ground import Clear
from habeas.monitoring.images.day import Day, read_day
from habeas.monitoring.images.file_facts import FileFacts
from habeas.monitoring.images.grid_choice import choose_grid, with_a_grid
from habeas.monitoring.images.raster_file import SECONDS, reading_settings
from habeas.monitoring.images.scene import Scene
from habeas.monitoring.images.selection import choose_bands, of_the_site
from habeas.monitoring.images.source import Asking, find_images
from habeas.monitoring.site_area import Ground, SiteArea, ground

Flags = npt.NDArray[np.bool_]

SHIFTS = "shifts.msgpack"


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """What was read for one site.

    Attributes:
        cube: see `habeas.monitoring.cube`; with no date if no image could be used.
        outline: the ground of the site, wider by its uncertainty, in the coordinates of the cube.
        scenes: every image that was looked at: used, or why not; in order of their dates.
        remarks: what to keep in mind, in words.
    """

    cube: xr.Dataset
    outline: Ground
    scenes: tuple[Scene, ...]
    remarks: tuple[str, ...] = ()


def read_images(
    source: Path | str,
    site: SiteArea,
    *,
    cache: Path | None = None,
    bands: Sequence[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    whole_tiles: bool = False,
    collections: Sequence[str] | None = None,
    resolution: float | None = None,
    clear: Clear | None = None,
    seconds: float = SECONDS,
) -> Images:
    """Read the images of a site.

    A folder, or a catalogue on a disk, sends nothing to anybody. A catalogue on the web learns
    which place is asked for; see `docs/monitoring-images.md`.

    Args:
        source: a folder of images; or the address or path of a STAC catalogue.
        site: which.
        cache: a folder for what was read, so that the next run reads only what is new.
        bands: common names (`habeas.monitoring.cube.BANDS`); without them, those that at least
            half of the images have.
        since: the first date.
        until: the last date.
        whole_tiles: ask a catalogue on the web for nothing finer than squares of 100 km, and fetch
            whole files into the cache.
        collections: of a STAC API; without them, those of surface reflectance that it has.
        resolution: metres a pixel of the cube; without it, that of the finest image.
        clear: what counts as clear ground.
        seconds: after which a server that says nothing is given up.

    Raises:
        InputError: there are no images, none is of the site, or none can be used.
        StorageError: the cache cannot be written.
    """
    if cache is not None and cache.exists() and not cache.is_dir():
        raise InputError("the cache is no folder", place=str(cache), mend="Name a folder")
    facts = FileFacts(cache)
    asking = Asking(since=since, until=until, bands=bands, collections=collections,
                    whole_tiles=whole_tiles, seconds=seconds)  # fmt: skip
    found = find_images(source, site, asking, facts, cache)
    near, far = of_the_site(found, site, since, until)
    names, without = choose_bands(near, bands)
    usable = [image for image in near if not set(names) - set(image.layers)]
    with reading_settings(seconds):
        grid, remarks = choose_grid(site, with_a_grid(usable), resolution)
        store = ChipStore(cache, grid, names) if cache is not None else None
        reader = ChipReader(bands=names, grid=grid, facts=facts, store=store, seconds=seconds,
                            clear=clear or Clear(supplied=found.mask_clear))  # fmt: skip
        days = _days(usable, reader, site)
    shifts = KeptShifts(store.folder / SHIFTS if store is not None else None)
    days = without_strays(days, grid.affine.a, shifts)
    if store is not None:
        store.flush()
        if store.damaged:
            remarks += (f"{store.damaged} files of the cache were damaged: read again",)
    facts.save()
    read = [day for day in days if day.values is not None]
    scenes = [*found.dropped, *far, *without, *(scene for day in days for scene in day.scenes)]
    return Images(
        cube=_cube(read, names, grid),
        outline=ground(site, CRS(str(grid.crs))),
        scenes=tuple(sorted(scenes, key=lambda scene: (scene.date or date.min, scene.id))),
        remarks=(*found.remarks, *remarks, *_remarks(scenes, read)),
    )


def _days(images: Sequence[Acquisition], reader: ChipReader, site: SiteArea) -> list[Day]:
    """What was read, by date and sensor."""
    inside = _inside(ground(site, CRS(str(reader.grid.crs))), reader.grid)
    by_day: dict[tuple[date, str], list[Acquisition]] = defaultdict(list)
    for image in images:
        by_day[image.date, image.sensor].append(image)
    crs = str(reader.grid.crs)
    return [read_day(_best_first(by_day[key], crs), reader, inside) for key in sorted(by_day)]


def _best_first(images: Sequence[Acquisition], crs: str) -> list[Acquisition]:
    """Images that need no reprojecting before others, then the newest processing before older."""
    return sorted(
        images,
        key=lambda image: (
            image.grid is not None and image.grid.crs == crs, image.processed, image.id,
        ),
        reverse=True,
    )  # fmt: skip


def _inside(outline: Ground, grid: GeoBox) -> Flags:
    """The pixels that the ground of the site touches; shape (y, x)."""
    return np.asarray(
        geometry_mask([outline], grid.shape, grid.affine, all_touched=True, invert=True)
    )


def _cube(days: Sequence[Day], bands: Sequence[str], grid: GeoBox) -> xr.Dataset:
    """One dataset out of days; its form is that of `habeas.monitoring.cube`."""
    shape = (len(days), len(bands), *grid.shape)
    stack = np.empty(shape, dtype=np.float32)
    for at, day in enumerate(days):
        stack[at] = day.values
    times = np.array([day.date for day in days], dtype="datetime64[ns]")
    west, north = grid.affine.c, grid.affine.f
    step = grid.affine.a
    return xr.Dataset(
        {name: (("time", "y", "x"), stack[:, at]) for at, name in enumerate(bands)},
        coords={
            "time": times,
            "y": north - step * (np.arange(grid.shape[0]) + 0.5),
            "x": west + step * (np.arange(grid.shape[1]) + 0.5),
            "sensor": ("time", np.array([day.sensor for day in days], dtype=np.str_)),
            "scene": ("time", np.array([day.scene for day in days], dtype=np.str_)),
        },
        attrs={"crs": str(grid.crs)},
    )


def _remarks(scenes: Sequence[Scene], days: Sequence[Day]) -> list[str]:
    """What to keep in mind of what was read."""
    remarks = []
    reasons = Counter(scene.reason for scene in scenes if scene.reason)
    remarks += [
        f"{count} image{'s were' if count > 1 else ' was'} not used: {reason}"
        for reason, count in reasons.most_common()
    ]
    assumed = Counter(remark for scene in scenes for remark in scene.remarks)
    remarks += [
        f"{count} of {len(scenes)} images: {remark}" for remark, count in sorted(assumed.items())
    ]
    if not days:
        remarks.append("no image of the site could be read")
    elif not any(scene.clear for scene in scenes):
        remarks.append("no image shows any of the site clearly")
    return remarks
