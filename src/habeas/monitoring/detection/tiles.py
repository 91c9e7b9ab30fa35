"""Many sites on many machines: Dask, one task a tile.

Reading dominates, and the sites of a tile share its files and the blocks in them; so a tile is the
unit of work, not a site. `distributed` is an extra (`habeas[cluster]`); a client of it is given in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import groupby
from typing import TYPE_CHECKING, Any

from habeas.monitoring.detection.many import Watched, WatchedSite, attempt, failed
from habeas.monitoring.detection.settings import DetectionSettings

if TYPE_CHECKING:
    from distributed import Client


def by_tile(sites: Iterable[WatchedSite]) -> tuple[tuple[WatchedSite, ...], ...]:
    """The sites of each tile together, in order of their names."""
    ordered = sorted(sites, key=lambda site: (site.tile, site.name))
    return tuple(tuple(part) for _, part in groupby(ordered, key=lambda site: site.tile))


def watch_tiles(
    client: Client, sites: Iterable[WatchedSite], *, settings: DetectionSettings
) -> Iterator[Watched]:
    """Watch sites on a cluster; what came of each, tile by tile as they are done.

    A site that fails is recorded; so is every site of a task that is lost with its machine.

    Args:
        client: of a scheduler, or of a `LocalCluster`.
        sites: which.
        settings: for all.
    """
    as_completed = import_module("distributed").as_completed
    tasks: dict[Any, tuple[WatchedSite, ...]] = {
        client.submit(attempt, part, settings, pure=False): part for part in by_tile(sites)
    }
    for task in as_completed(tasks):
        why = task.exception()
        if why is None:
            yield from task.result()
        else:
            yield from (failed(site, why) for site in tasks[task])
