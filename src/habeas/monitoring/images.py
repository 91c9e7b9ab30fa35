"""Images in: a folder or a catalogue and a site become one cube, and a record of what was used."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr
from odc.geo.geobox import GeoBox
from pyproj import CRS
from rasterio.features import geometry_mask
from shapely import unary_union

from habeas.errors import InputError
from habeas.monitoring.acquisition import Acquisition
from habeas.monitoring.chip_store import ChipStore
from habeas.monitoring.chips import ChipReader
from habeas.monitoring.clear_ground import Clear
from habeas.monitoring.cube import BANDS
from habeas.monitoring.day import Day, read_day, scene_of
from habeas.monitoring.file_facts import FileFacts
from habeas.monitoring.folder import Found, read_folder
from habeas.monitoring.folder_settings import read_settings
from habeas.monitoring.grid_choice import choose_grid
from habeas.monitoring.raster_file import reading_settings
from habeas.monitoring.scene import Scene
from habeas.monitoring.site_area import Ground, SiteArea, ground

Flags = npt.NDArray[np.bool_]


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
    resolution: float | None = None,
    clear: Clear | None = None,
) -> Images:
    """Read the images of a site.

    Args:
        source: a folder of images.
        site: which.
        cache: a folder for what was read, so that the next run reads only what is new.
        bands: common names (`habeas.monitoring.cube.BANDS`); without them, those that at least
            half of the images have.
        since: the first date.
        until: the last date.
        resolution: metres a pixel of the cube; without it, that of the finest image.
        clear: what counts as clear ground.

    Raises:
        InputError: there are no images, none is of the site, or none can be used.
        StorageError: the cache cannot be written.
    """
    facts = FileFacts(cache)
    folder = Path(source)
    found = read_folder(folder, facts)
    if clear is None:
        clear = Clear(supplied=read_settings(folder).mask_clear)
    near, far = _of_the_site(found, site, since, until)
    names, without = _bands(near, bands)
    usable = [image for image in near if not set(names) - set(image.layers)]
    grid, remarks = choose_grid(site, usable, resolution)
    store = ChipStore(cache, grid, names) if cache is not None else None
    reader = ChipReader(bands=names, grid=grid, clear=clear, facts=facts, store=store)
    with reading_settings():
        days = _days(usable, reader, site)
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


def _of_the_site(
    found: Found, site: SiteArea, since: date | None, until: date | None
) -> tuple[list[Acquisition], list[Scene]]:
    """Images of the asked dates whose footprint meets the site; the others, with the reason."""
    asked = [
        image
        for image in found.acquisitions
        if (since is None or image.date >= since) and (until is None or image.date <= until)
    ]
    if not asked:
        raise InputError(_why_none(found, since, until), mend="See docs/monitoring-images.md")
    # Where it lies is asked of the outline itself: its uncertainty is small beside an image.
    near = [image for image in asked if image.footprint.intersects(site.outline)]
    if not near:
        west, south, east, north = unary_union([image.footprint for image in asked]).bounds
        place = site.outline.centroid
        raise InputError(
            f"none of the {len(asked)} images shows the site: they lie at longitude {west:.2f} to "
            f"{east:.2f} and latitude {south:.2f} to {north:.2f}, the site at {place.x:.2f}, "
            f"{place.y:.2f}",
            mend="Check the outline (longitude first), or give other images",
        )
    far = [
        _unused(image, "it does not show the site")
        for image in asked
        if not image.footprint.intersects(site.outline)
    ]
    return near, far


def _why_none(found: Found, since: date | None, until: date | None) -> str:
    if found.acquisitions:
        return f"no image is of the dates asked for ({since or 'any'} to {until or 'any'})"
    reasons = Counter(scene.reason for scene in found.dropped).most_common(1)
    reason = f": {reasons[0][0]}" if reasons else ""
    return f"none of the {len(found.dropped)} images can be used{reason}"


def _bands(
    images: Sequence[Acquisition], asked: Sequence[str] | None
) -> tuple[tuple[str, ...], list[Scene]]:
    """The bands of the cube, and the images that lack one."""
    if asked is not None:
        unknown = [name for name in asked if name not in BANDS]
        if unknown or not asked:
            raise InputError(
                f"no band is called {unknown[0]!r}" if unknown else "no band is asked for",
                mend=f"Name some of {', '.join(BANDS)}",
            )
    counts = Counter(name for image in images for name in image.layers)
    wanted = asked if asked is not None else [n for n in BANDS if 2 * counts[n] >= len(images)]
    names = tuple(name for name in BANDS if name in wanted)
    lacking = {image.id: sorted(set(names) - set(image.layers)) for image in images}
    if all(lacking.values()):
        raise InputError(
            f"no image has all the bands {', '.join(names)}",
            mend=f"They have {', '.join(name for name in BANDS if counts[name])}",
        )
    return names, [
        _unused(image, f"it lacks the band {' and '.join(lacking[image.id])}")
        for image in images
        if lacking[image.id]
    ]


def _unused(image: Acquisition, reason: str) -> Scene:
    return replace(scene_of(image), reason=reason)


def _days(images: Sequence[Acquisition], reader: ChipReader, site: SiteArea) -> list[Day]:
    """What was read, by date and sensor."""
    inside = _inside(ground(site, CRS(str(reader.grid.crs))), reader.grid)
    by_day: dict[tuple[date, str], list[Acquisition]] = defaultdict(list)
    for image in images:
        by_day[image.date, image.sensor].append(image)
    return [read_day(by_day[key], reader, inside) for key in sorted(by_day)]


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
