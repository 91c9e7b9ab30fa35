"""Many sites: what is watched, and what came of it, a failure among the rest."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import xarray as xr
from shapely.geometry.base import BaseGeometry

from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.watch_state import WatchState
from habeas.monitoring.disturbance import Assessment


@dataclass(frozen=True, eq=False)
class WatchedSite:
    """A site to watch.

    Attributes:
        name: its id.
        outline: in the coordinate reference system of its cube.
        images: reads its cube, where the work is done; it must be possible to send it to another
            process (a function of a module, or `functools.partial` of one).
        tile: the tile or file that its images come from; sites of one tile are watched together.
        state: what an earlier run left.
    """

    name: str
    outline: BaseGeometry
    images: Callable[[], xr.Dataset]
    tile: str = ""
    state: WatchState | None = None


@dataclass(frozen=True, eq=False)
class Watched:
    """What came of a site.

    Attributes:
        name: its id.
        assessment: None where the work failed.
        state: for the next run; None where it cannot be assessed or the work failed.
        failure: why it failed, in words; None where it did not.
    """

    name: str
    assessment: Assessment | None = None
    state: WatchState | None = None
    failure: str | None = None


def watch_one(site: WatchedSite, settings: DetectionSettings) -> Watched:
    """Read the images of a site and watch it; whatever goes wrong is raised."""
    assessment, state = watch(site.images(), site.outline, settings=settings, state=site.state)
    return Watched(site.name, assessment, state)


def failed(site: WatchedSite, why: BaseException) -> Watched:
    """What is recorded of a site whose work failed."""
    return Watched(site.name, failure=f"{type(why).__name__}: {why}")


def attempt(sites: tuple[WatchedSite, ...], settings: DetectionSettings) -> tuple[Watched, ...]:
    """Watch sites one after another; one that fails does not stop the rest."""
    with ThreadPoolExecutor(max_workers=1) as one:
        done = [(site, one.submit(watch_one, site, settings)) for site in sites]
        return tuple(
            failed(site, why) if (why := future.exception()) else future.result()
            for site, future in done
        )
