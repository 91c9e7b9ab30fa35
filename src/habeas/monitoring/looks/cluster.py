"""Looking at watched sites on many machines: Dask, one task for some sites of one source.

Sites of one source share its files, and what was listed of them; so they go together, but not so
many that one machine gets them all. `distributed` is an extra (`habeas[cluster]`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import groupby, islice
from typing import Any, Final

from habeas.errors import InputError
from habeas.monitoring.looks.look import Look
from habeas.monitoring.looks.looking import Asked, Failure, look_at_all
from habeas.monitoring.looks.watch_list import WatchedSite

SITES_A_TASK: Final = 16
_IN_HAND = 4
"""Tasks that wait for each worker: results wait for whoever records them, and take memory."""

_SECONDS = 10
"""After which a scheduler that says nothing is given up."""

_Part = tuple[WatchedSite, ...]


def look_on_cluster(
    address: str, sites: Sequence[WatchedSite], asked: Asked
) -> Iterator[Look | Failure]:
    """A look at each site, as they come.

    Folders of images, and the cache, must lie where all machines find them under the same path.

    Args:
        address: of the scheduler, as Dask writes it (`tcp://…`, `tls://…`).
        sites: which.
        asked: what is asked of each.

    Raises:
        InputError: `distributed` is not installed, or no scheduler answers.
    """
    with _client(address) as client:
        coming = iter(parts_of(sites))
        ahead = _IN_HAND * max(len(client.scheduler_info(n_workers=-1)["workers"]), 1)
        done = import_module("distributed").as_completed(loop=client.loop)
        waiting: dict[Any, _Part] = {}
        while True:
            for part in islice(coming, ahead - len(waiting)):
                task = client.submit(_look_at_part, part, asked, pure=False)
                waiting[task] = part
                done.add(task)
            if not waiting:
                return
            task = next(done)
            yield from _outcomes(task, waiting.pop(task))


def parts_of(sites: Sequence[WatchedSite]) -> tuple[_Part, ...]:
    """Sites of one source together, in parts of a size that can be shared out."""
    ordered = sorted(sites, key=lambda site: site.images)
    parts: list[_Part] = []
    for _, group in groupby(ordered, key=lambda site: site.images):
        while part := tuple(islice(group, SITES_A_TASK)):
            parts.append(part)
    return tuple(parts)


def _look_at_part(part: _Part, asked: Asked) -> tuple[Look | Failure, ...]:
    return tuple(look_at_all(part, asked))


def _outcomes(task: Any, part: _Part) -> Iterator[Look | Failure]:
    """What came of a task; every site of one that was lost with its machine is told of."""
    why = task.exception()
    if why is None:
        yield from task.result()
        return
    for site in part:
        yield Failure(
            site=site.site,
            reason=f"the machine that looked at it was lost ({type(why).__name__})",
            mend="Look whether its images are too large for the memory of that machine",
        )


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
