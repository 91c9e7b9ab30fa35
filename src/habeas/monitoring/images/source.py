"""Where images come from: a folder, a catalogue on a disk, or one on the web that is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from habeas.errors import InputError
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.asset_store import AssetStore
from habeas.monitoring.images.day import scene_of
from habeas.monitoring.images.file_facts import FileFacts
from habeas.monitoring.images.folder import read_folder
from habeas.monitoring.images.found import Found
from habeas.monitoring.images.mgrs_square import Square, squares_of
from habeas.monitoring.images.raster_file import SECONDS, is_remote
from habeas.monitoring.images.scene import Scene
from habeas.monitoring.images.selection import choose_bands, having, in_time
from habeas.monitoring.site_area import SiteArea


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What is asked of a source; see `images.read_images`."""

    since: date | None = None
    until: date | None = None
    bands: Sequence[str] | None = None
    collections: Sequence[str] | None = None
    whole_tiles: bool = False
    seconds: float = SECONDS


def find_images(
    source: Path | str, site: SiteArea, asking: Asking, facts: FileFacts, cache: Path | None
) -> Found:
    """List the images of a source; with `whole_tiles`, fetch their files too.

    Raises:
        InputError: there is no such source, or it has no images.
        StorageError: the cache cannot be written.
    """
    text = str(source)
    if not is_remote(text):
        if "://" in text:
            raise InputError("no such kind of address", place=text, mend="Use http:// or https://")
        if not text.endswith(".json"):
            return read_folder(Path(source), facts)
        return _listed(str(Path(text).absolute()), site.outline.bounds, asking)
    if not asking.whole_tiles:
        return _listed(text, site.outline.bounds, asking)
    if cache is None:
        raise InputError(
            "whole tiles are fetched into a cache, and no folder for it is named",
            mend="Name one with room for whole images",
        )
    return _whole(text, site, asking, AssetStore(cache, asking.seconds))


def _listed(source: str, bounds: tuple[float, float, float, float], asking: Asking) -> Found:
    from habeas.monitoring.images.catalogue import read_catalogue

    return read_catalogue(
        source,
        bounds,
        since=asking.since,
        until=asking.until,
        collections=asking.collections,
        seconds=asking.seconds,
    )


def _whole(source: str, site: SiteArea, asking: Asking, store: AssetStore) -> Found:
    """Images with their files on the disk.

    What is asked of the server is the same for any site of the same squares: which images show the
    site is found out only afterwards.
    """
    squares = squares_of(site)
    acquisitions: dict[str, Acquisition] = {}
    dropped: list[Scene] = []
    remarks: list[str] = []
    hosts: set[str] = set()
    for square in squares:
        found = _listed(source, square.outline.bounds, asking)
        dropped += found.dropped
        remarks += found.remarks
        hosts |= found.hosts
        acquisitions |= {image.id: image for image in _of_square(found.acquisitions, square)}
    asked = in_time(acquisitions.values(), asking.since, asking.until)
    names, without = choose_bands(asked, asking.bands) if asked else ((), [])
    local = []
    for image in having(asked, names):
        try:
            local.append(store.localised(image, names))
        except InputError as problem:
            place = f"{problem.place}: " if problem.place else ""
            dropped.append(scene_of(image, reason=f"{place}{problem.reason}"))
    return Found(
        tuple(local), (*dropped, *without), tuple(dict.fromkeys(remarks)),
        hosts=frozenset(hosts | store.hosts),
    )  # fmt: skip


def _of_square(images: Sequence[Acquisition], square: Square) -> list[Acquisition]:
    """The tile of the square where images are tiles; all that meet the square where they are not.

    Whole tiles of Sentinel-2 name their square in their id.
    """
    named = [image for image in images if square.code in image.id.upper()]
    sensors = {image.sensor for image in named}
    return named + [
        image
        for image in images
        if image.sensor not in sensors and image.footprint.intersects(square.outline)
    ]
