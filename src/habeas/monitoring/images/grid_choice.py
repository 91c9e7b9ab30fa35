"""Which grid the cube of a site has: that of its images where they agree, and fixed where not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from odc.geo.geobox import GeoBox
from pyproj import CRS

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition, PixelGrid
from habeas.monitoring.images.file_facts import read_header
from habeas.monitoring.images.image_place import pixel_of, place_of
from habeas.monitoring.projection import crs_of, in_metres
from habeas.monitoring.site_area import SiteArea, site_grid, utm_zone

METRES_A_DEGREE = 111_320.0

_TRIED = 3


def choose_grid(
    site: SiteArea, images: Sequence[Acquisition], resolution: float | None = None
) -> tuple[GeoBox, tuple[str, ...]]:
    """The grid of a site, and remarks on what had to be reprojected.

    It lies in the UTM zone of the site, on the pixels of the finest images there, so that these are
    taken as measured. Where no image is in that zone and all agree on another coordinate reference
    system in metres, it is that one.

    Args:
        site: which.
        images: at least one, with their grids.
        resolution: metres a pixel; without it, that of the finest image.

    Raises:
        InputError: the site is too large, or the resolution is no length.
    """
    if resolution is not None and not 0 < resolution <= 1000:
        raise InputError(f"no resolution: {resolution}", mend="Metres a pixel, above 0")
    grids = [image.grid for image in images if image.grid is not None]
    crs = _crs(site, grids)
    same = {name for name in {grid.crs for grid in grids} if crs_of(name) == crs}
    there = [grid for grid in grids if grid.crs in same]
    finest = min(there, key=lambda grid: (grid.resolution, grid.corner)) if there else None
    step = resolution or (finest.resolution if finest else _in_metres(grids, site))
    anchor = finest.corner if finest and math.isclose(step, finest.resolution) else (0.0, 0.0)
    return site_grid(site, crs, step, anchor), _reprojected(grids, crs)


def with_a_grid(images: Sequence[Acquisition]) -> Sequence[Acquisition]:
    """The images; if none tells its grid, the header of the first that can be read is asked.

    A catalogue need not say on which grid its files lie.
    """
    if any(image.grid is not None for image in images):
        return images
    for at, image in enumerate(images[:_TRIED]):
        try:
            headers = [read_header(layer.href) for layer in image.layers.values()]
            grid, _ = place_of(min(headers, key=pixel_of))
        except InputError:  # its reading fails later, and is told then
            continue
        return [*images[:at], replace(image, grid=grid), *images[at + 1 :]]
    return images


def _crs(site: SiteArea, grids: Sequence[PixelGrid]) -> CRS:
    zone = utm_zone(site)
    kinds = {grid.crs for grid in grids}
    if len(kinds) == 1:
        only = crs_of(kinds.pop())
        if in_metres(only):
            return only
    return zone


def _in_metres(grids: Sequence[PixelGrid], site: SiteArea) -> float:
    """The finest resolution among images of other coordinate reference systems, in metres."""
    if not grids:
        return 10.0
    latitude = math.radians(site.outline.centroid.y)
    sizes = []
    for grid in grids:
        degrees = crs_of(grid.crs).is_geographic
        factor = METRES_A_DEGREE * math.cos(latitude) if degrees else 1.0
        sizes.append(max(round(grid.resolution * factor), 1))
    return float(min(sizes))


def _reprojected(grids: Sequence[PixelGrid], crs: CRS) -> tuple[str, ...]:
    counts = Counter(grid.crs for grid in grids)
    return tuple(
        f"{counts[name]} of {len(grids)} images lie in {crs_of(name).name} and were reprojected to "
        f"{crs.name}"
        for name in sorted(counts)
        if crs_of(name) != crs
    )
