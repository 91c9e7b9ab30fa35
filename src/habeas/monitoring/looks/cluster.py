"""Looking at watched sites on many machines: Dask, one task for some sites of one tile.

Reading dominates, and sites of one source and one square of 100 km share its files and the blocks
in them; so they go together, but not so many that one machine gets them all. `distributed` is an
extra (`habeas[cluster]`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from importlib import import_module
from itertools import groupby, islice
from typing import Any, Final

from habeas.errors import InputError
from habeas.monitoring.images.mgrs_square import squares_of
from habeas.monitoring.looks.look import Look
from habeas.monitoring.looks.looking import Asked, Failure, look_at_all
from habeas.monitoring.looks.watch_list import WatchedSite

SITES_A_TASK: Final = 16
_IN_HAND = 4
"""Tasks that wait for each worker: results wait for whoever records them, and take memory."""

_SECONDS = 10
"""After which a scheduler that says nothing is given up."""

_RUNNING = "running"
"""What Dask calls a client that has its scheduler."""

_WORDS = 200
"""Letters of what a machine of the cluster says that are told."""

_Part = tuple[WatchedSite, ...]


def look_on_cluster(
    address: str, sites: Sequence[WatchedSite], asked: Asked
) -> Iterator[Look | Failure]:
    """A look at each site, as they come.

    Every one comes out once, whatever becomes of the cluster.

    Folders of images, and the cache, must lie where all machines find them under the same path.

    Args:
        address: of the scheduler, as Dask writes it (`tcp://…`, `tls://…`).
        sites: which.
        asked: what is asked of each.

    Raises:
        InputError: `distributed` is not installed, or no scheduler answers.
    """
    coming = deque(parts_of(sites))
    waiting: dict[Any, _Part] = {}
    with _client(address) as client:
        yield from _in_hand(client, coming, waiting, asked)
        for part in (*waiting.values(), *coming):
            yield from _failures(part, CancelledError())


def _in_hand(
    client: Any, coming: deque[_Part], waiting: dict[Any, _Part], asked: Asked
) -> Iterator[Look | Failure]:
    """What comes of the parts, some tasks at a time, until all are done or the scheduler is gone.

    Dask gives up all tasks then, and one that is handed in later would never end: what is not done
    is left in `coming` and `waiting`.
    """
    ahead = _IN_HAND * max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)
    done = import_module("distributed").as_completed(loop=client.loop)
    while client.status == _RUNNING:
        while coming and len(waiting) < ahead and client.status == _RUNNING:
            task = client.submit(_look_at_part, coming[0], asked, pure=False)
            waiting[task] = coming.popleft()
            done.add(task)
        if not waiting:
            return
        task = next(done)
        if task.cancelled():
            return
        yield from _outcomes(task, waiting.pop(task))


def parts_of(sites: Sequence[WatchedSite]) -> tuple[_Part, ...]:
    """Sites of one source and tile together, in parts of a size that can be shared out."""
    placed = sorted(((site.images, _tile(site)), at) for at, site in enumerate(sites))
    parts: list[_Part] = []
    for _, group in groupby(placed, key=lambda one: one[0]):
        while part := tuple(sites[at] for _, at in islice(group, SITES_A_TASK)):
            parts.append(part)
    return tuple(parts)


def _tile(site: WatchedSite) -> str:
    """The square that a site lies in, or the first of those it touches; empty if it lies nowhere.

    Tiles of Sentinel-2 are these squares; scenes of Landsat are larger, and sites of one square
    share them nearly always.
    """
    try:
        return squares_of(site.area)[0].code
    except InputError:  # its look will tell
        return ""


def _look_at_part(part: _Part, asked: Asked) -> tuple[Look | Failure, ...]:
    return tuple(look_at_all(part, asked))


def _outcomes(task: Any, part: _Part) -> Iterator[Look | Failure]:
    """What came of a task; every site of one that failed is told of.

    What goes wrong at a site does not raise here (`look_at_all`): it is a fault of the cluster.
    """
    try:
        found = task.result()
    except Exception as why:  # noqa: BLE001  (whatever a machine raised, it is told and not lost)
        yield from _failures(part, why)
        return
    yield from found


def _failures(part: _Part, why: Exception) -> Iterator[Failure]:
    reason, mend = _told(why)
    for site in part:
        yield Failure(site=site.site, reason=reason, mend=mend)


def _told(why: Exception) -> tuple[str, str]:
    """The reason of a fault of the cluster, and the mend."""
    kind = type(why).__name__  # Dask's own by name: it may not be installed here
    if kind == "KilledWorker":
        return (
            f"the machine that looked at it was lost ({kind})",
            "Look whether its images are too large for the memory of that machine",
        )
    if isinstance(why, CancelledError) or kind == "CommClosedError":
        return "the scheduler of the cluster was lost", "See whether it still runs, then look again"
    return (
        f"the cluster could not look at it ({kind}: {_first_line(why)})",
        "See that all its machines have the same version of Habeas, and what their logs say",
    )


def _first_line(why: Exception) -> str:
    return next(iter(str(why).splitlines()), "")[:_WORDS]


def _client(address: str) -> Any:
    try:
        distributed = import_module("distributed")
    except ImportError as problem:
        raise InputError(
            "many machines need the package distributed, which is not installed",
            mend="Install it (`pip install 'habeas[cluster]'`), or leave --scheduler out",
        ) from problem
    try:
        return distributed.Client(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as problem:
        raise InputError(
            f"no scheduler answers ({type(problem).__name__})", place=address,
            mend="Start one (`dask scheduler`), and name its address: tcp://HOST:PORT",
        ) from problem  # fmt: skip
