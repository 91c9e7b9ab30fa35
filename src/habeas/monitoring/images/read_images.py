"""Images in: a folder or a catalogue and a site become one cube, and a record of what was used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import xarray as xr
from odc.geo.geobox import GeoBox
from rasterio.features import geometry_mask
from shapely import unary_union

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.alignment import pixel_of_sensor, without_strays
from habeas.monitoring.images.chip_store import ChipStore
from habeas.monitoring.images.chips import ChipReader
from habeas.monitoring.images.clear_ground import Clear
from habeas.monitoring.images.day import DamagedCacheError, Day, pixel_of
from habeas.monitoring.images.file_facts import FileFacts
from habeas.monitoring.images.grid_choice import choose_grid, with_a_grid
from habeas.monitoring.images.kept_days import KeptDays
from habeas.monitoring.images.kept_shifts import KeptShifts
from habeas.monitoring.images.lazy_cube import lazy_cube
from habeas.monitoring.images.likelihood import without_wrong_offsets
from habeas.monitoring.images.raster_file import SECONDS, host_of, reading_settings
from habeas.monitoring.images.scene import Scene
from habeas.monitoring.images.selection import choose_bands, having, of_the_site
from habeas.monitoring.images.source import Asking, find_images
from habeas.monitoring.projection import DEGREES, crs_of, projected
from habeas.monitoring.site_area import Ground, SiteArea, ground

Flags = npt.NDArray[np.bool_]

SHIFTS = "shifts.msgpack"

_ROUNDING = 0.01
"""Metres by which a footprint may be off once it has gone to degrees and back."""

_TO_TELL = 3
"""Images from which on masks are told to be turned over."""

_DARKER = -0.03
"""Reflectance: right masks of the Romanian cube hide what is 0.12 brighter on average, masks turned
over what is 0.11 darker (the least of 60 places each)."""

DAMAGED = "files of the cache were damaged: what they held was read again"


@dataclass(frozen=True, kw_only=True, eq=False)
class Images:
    """What was read for one site.

    Attributes:
        cube: see `habeas.monitoring.cube`; with no date if no image could be used.
        outline: the ground of the site, wider by its uncertainty, in the coordinates of the cube.
        scenes: every image that was looked at: used, or why not; in order of their dates.
        remarks: what to keep in mind, in words.
        digests: what decides the pixels of each date of the cube: hashes, and a move.
        hosts: servers, other than that of the source, that its catalogue leads to.
    """

    cube: xr.Dataset
    outline: Ground
    scenes: tuple[Scene, ...]
    remarks: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        """For another process; so many scenes one by one would take longer."""
        return self.__dict__ | {"scenes": msgspec.msgpack.encode(self.scenes)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        scenes = msgspec.msgpack.decode(state["scenes"], type=tuple[Scene, ...])
        self.__dict__.update(state, scenes=scenes)


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
    lazy: bool = False,
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
        lazy: leave pixels that the cache keeps where they are until they are asked for. One that
            turns out to be damaged then raises `day.DamagedCacheError`; without this, it is read
            from the images again.

    Raises:
        InputError: there are no images, none is of the site, or none can be used.
        StorageError: the cache cannot be written.
    """
    if cache is not None and cache.exists() and not cache.is_dir():
        raise InputError("the cache is no folder", place=str(cache), mend="Name a folder")
    asking = Asking(since=since, until=until, bands=bands, collections=collections,
                    whole_tiles=whole_tiles, seconds=seconds)  # fmt: skip
    wanted = _Wanted(source, site, cache, asking, resolution, clear)
    try:
        images = _read(wanted)
        return images if lazy else _held(images)
    except DamagedCacheError:  # what was damaged is put away: it is read from the images now
        images = _read(wanted)
        told = replace(images, remarks=(*images.remarks, DAMAGED))
        return told if lazy else _held(told)


@dataclass(frozen=True)
class _Wanted:
    """What is to be read; see `read_images`."""

    source: Path | str
    site: SiteArea
    cache: Path | None
    asking: Asking
    resolution: float | None
    clear: Clear | None


def _held(images: Images) -> Images:
    """The same with the pixels in memory."""
    return replace(images, cube=images.cube.load())


def _read(wanted: _Wanted) -> Images:
    site, cache, asking = wanted.site, wanted.cache, wanted.asking
    facts = FileFacts(cache, str(wanted.source))
    found = find_images(wanted.source, site, asking, facts, cache)
    near, far = of_the_site(found, site, asking.since, asking.until)
    names, without = choose_bands(near, asking.bands)
    usable = having(near, names)
    with reading_settings(asking.seconds):
        grid, remarks = choose_grid(site, with_a_grid(usable), wanted.resolution)
        store = ChipStore(cache, grid, names) if cache is not None else None
        clear = wanted.clear or Clear(supplied=found.mask_clear)
        reader = ChipReader(bands=names, grid=grid, facts=facts, store=store,
                            seconds=asking.seconds, clear=clear)  # fmt: skip
        outline = ground(site, crs_of(str(grid.crs)))
        kept = KeptDays(reader, _inside(outline, grid))
        days = _days(usable, kept, grid)
    assumed = {image.id for image in usable if image.offset_assumed}
    shifts = KeptShifts(store.folder / SHIFTS if store is not None else None)
    days = without_strays(without_wrong_offsets(days, assumed), grid.affine.a, shifts)
    kept.settle(days, assumed)
    if store is not None:
        store.flush()
        remarks += (DAMAGED,) if store.damaged else ()
    facts.save()
    read = [day for day in days if day.used]
    scenes = [*found.dropped, *far, *without, *(scene for day in days for scene in day.scenes)]
    return Images(
        cube=_ending(lazy_cube(read, names, grid), usable),
        outline=outline,
        scenes=tuple(sorted(scenes, key=lambda scene: (scene.date or date.min, scene.id))),
        remarks=(*found.remarks, *remarks, *_remarks(scenes, read)),
        digests=tuple(_digest(day) for day in read),
        hosts=_other_hosts(str(wanted.source), found.hosts, usable),
    )


def _other_hosts(
    source: str, asked: Iterable[str], images: Iterable[Acquisition]
) -> tuple[str, ...]:
    """Hosts that were asked, or that images lie at, but for that of the source."""
    remote = [image for image in images if len(image.local) < len(image.hrefs)]
    there = {host_of(href) for image in remote for href in image.hrefs}
    return tuple(sorted({*asked, *there} - {"", host_of(source)}))


def _ending(cube: xr.Dataset, images: Sequence[Acquisition]) -> xr.Dataset:
    """The cube, ending where its images end.

    Else rows that no image shows would pass for surroundings, and for a part of the site.
    """
    crs, x, y = crs_of(str(cube.attrs["crs"])), cube["x"].values, cube["y"].values
    half = abs(float(x[1] - x[0])) / 2
    objects = {id(image.footprint): image.footprint for image in images}.values()
    different = {footprint.wkb: footprint for footprint in objects}.values()
    west, south, east, north = unary_union(
        [projected(footprint, DEGREES, crs) for footprint in different]
    ).bounds
    return cube.isel(
        x=_run((x + half > west + _ROUNDING) & (x - half < east - _ROUNDING)),
        y=_run((y + half > south + _ROUNDING) & (y - half < north - _ROUNDING)),
    )


def _run(inside: Flags) -> slice:
    """From the first to the last; all where there is none, so that the reason is told later."""
    places = np.flatnonzero(inside)
    return slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(None)


def _digest(day: Day) -> str:
    """What decides the pixels of a date: its chips, by their hashes, and how it was moved."""
    chips = day.pixels.chips if day.pixels is not None else ()
    return " ".join((*map(str, day.moved), *chips))


def _days(images: Sequence[Acquisition], kept: KeptDays, grid: GeoBox) -> list[Day]:
    """What was read, by date and sensor."""
    by_day: dict[tuple[date, str], list[Acquisition]] = defaultdict(list)
    for image in images:
        by_day[image.date, image.sensor].append(image)
    crs = str(grid.crs)
    ordered = {key: _best_first(by_day[key], crs) for key in sorted(by_day)}
    pixels: dict[str, list[float]] = defaultdict(list)
    for (_, sensor), of_day in ordered.items():
        pixels[sensor].append(pixel_of(of_day))
    pixel = {sensor: pixel_of_sensor(of_days, grid.affine.a) for sensor, of_days in pixels.items()}
    return [kept.day(of_day, pixel[sensor]) for (_, sensor), of_day in ordered.items()]


def _best_first(images: Sequence[Acquisition], crs: str) -> list[Acquisition]:
    """Images that need no reprojecting before others, then the newest processing before older."""
    if len(images) == 1:
        return list(images)
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
    remarks += _turned_over(scenes)
    if not days:
        remarks.append("no image of the site could be read")
    elif not any(scene.clear for scene in scenes):
        remarks.append("no image shows any of the site clearly")
    return remarks


def _turned_over(scenes: Sequence[Scene]) -> list[str]:
    """That supplied masks seem to hide the ground and to show the clouds."""
    told = [scene.hides_brighter for scene in scenes if scene.hides_brighter is not None]
    if len(told) < _TO_TELL or sum(told) > _DARKER * len(told):
        return []
    return [
        f"over {len(told)} images what the masks hide is darker than what they show, though clouds "
        "are bright: if they are 1 where the ground is clear, state mask_clear = [1] in images.toml"
    ]
