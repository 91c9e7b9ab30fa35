"""Looking at watched sites: read the images, watch the ground, ask another method if wanted.

Each site is looked at by itself. What goes wrong at one is told and does not stop the rest; a site
that takes its process down with it is looked at again in a process of its own.
"""

from __future__ import annotations

import gc
import hmac
import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import shapely
from threadpoolctl import threadpool_limits

from habeas.errors import HabeasError
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.disturbance import Assessment
from habeas.monitoring.images.day import DamagedCacheError
from habeas.monitoring.images.read_images import DAMAGED, Images, read_images
from habeas.monitoring.looks.kept_state import Found, KeptState
from habeas.monitoring.looks.look import Look
from habeas.monitoring.looks.second_opinions import Opinions, ask_cold
from habeas.monitoring.looks.watch_list import WatchedSite

_GARBAGE = 100_000
"""New objects after which a process that watches looks for garbage that only a search finds."""

_IN_HAND = 4
"""Sites that wait for each process: enough that none is idle, few enough for the memory."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of every site of a run.

    Attributes:
        settings: of the detection: the rate of false alarms first of all.
        second_opinion: whether COLD is asked, too.
        cache: a folder for what was read of images, or none.
    """

    settings: DetectionSettings
    second_opinion: bool = False
    cache: Path | None = None


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a site could not be looked at: as an error says it."""

    site: str
    reason: str
    place: str = ""
    mend: str = ""


def look_at(site: WatchedSite, asked: Asked) -> Look:
    """One look at a site; it goes on from what the last one left in the cache.

    Raises:
        InputError: its images cannot be read, or are not of the site.
        StorageError: the cache cannot be written.
    """
    try:
        return _look(site, asked)
    except DamagedCacheError:  # what was damaged is put away: it is read from the images now
        look = _look(site, asked)
        return replace(look, remarks=(*look.remarks, DAMAGED))


def _look(site: WatchedSite, asked: Asked) -> Look:
    images = read_images(
        _source(site), site.area, cache=asked.cache, whole_tiles=site.whole_tiles, lazy=True
    )
    assessment, remark = _assessment(images, asked, site)
    opinions = ask_cold(images, assessment) if asked.second_opinion else Opinions()
    return Look(
        site=site.site,
        images=images,
        assessment=assessment,
        parameters=_parameters(site, asked),
        second_opinions=opinions.of_disturbances,
        remarks=(*((remark,) if remark else ()), *_elsewhere(images), *opinions.remarks),
    )


def look_at_all(
    sites: Sequence[WatchedSite], asked: Asked, *, processes: int = 1
) -> Iterator[Look | Failure]:
    """A look at each site: every one comes out once.

    They come in the order given, but for those in hand when a process died: each of these is
    looked at by itself, since one of them ended it, and the rest goes on in a new pool.

    Args:
        sites: which.
        asked: what is asked of each.
        processes: how many work at a time; one works in this process.
    """
    if processes == 1 or len(sites) < 2:
        with _one_thread(), ThreadPoolExecutor(1) as here:
            for site in sites:
                yield _outcome(site, here.submit(look_at, site, asked))
        return
    coming = iter(sites)
    while True:
        broken: list[WatchedSite] = []
        with _pool(min(processes, len(sites))) as pool:
            yield from _in_order(pool, coming, asked, _IN_HAND * processes, broken)
        for site in broken:
            with _pool(1) as alone:
                yield _outcome(site, alone.submit(look_at, site, asked))
        if not broken:
            return


def _in_order(
    pool: ProcessPoolExecutor,
    coming: Iterator[WatchedSite],
    asked: Asked,
    ahead: int,
    broken: list[WatchedSite],
) -> Iterator[Look | Failure]:
    """A look at each site that comes, so many ahead of the one that is waited for.

    Once a process has died no more is taken, because the pool is good for nothing then: those in
    hand are put into `broken`, the rest is left in `coming` for another pool.
    """
    jobs: deque[tuple[WatchedSite, Future[Look]]] = deque()
    while True:
        while not broken and len(jobs) < ahead and (site := next(coming, None)) is not None:
            try:
                jobs.append((site, pool.submit(look_at, site, asked)))
            except BrokenProcessPool:
                broken.append(site)
        if not jobs:
            return
        site, job = jobs.popleft()
        if isinstance(job.exception(), BrokenProcessPool):
            broken.append(site)
        else:
            yield _outcome(site, job)


def _outcome(site: WatchedSite, job: Future[Look]) -> Look | Failure:
    """What came of a look; a fault of our own is told as one, and stops no other site."""
    why = job.exception()
    if why is None:
        return job.result()
    if isinstance(why, HabeasError):
        return Failure(site=site.site, reason=why.reason, place=why.place, mend=why.mend)
    if isinstance(why, BrokenProcessPool):
        return Failure(
            site=site.site,
            reason="the process that looked at it ended",
            mend="Look whether its images are too large for the memory of this machine",
        )
    if isinstance(why, OSError | MemoryError):
        return Failure(site=site.site, reason=str(why) or type(why).__name__)
    return Failure(
        site=site.site,
        reason=f"a fault of Habeas itself ({type(why).__name__}: {why})",
        mend="Report it with what you did",
    )


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("spawn"), initializer=_made_ready
    )


def _made_ready() -> None:
    """A process of a pool before its first site.

    What is imported stays, and nearly all that a site makes goes by itself: searched for garbage as
    often as usual, a site with nothing new takes a third longer.
    """
    _one_thread()
    gc.freeze()
    gc.set_threshold(_GARBAGE)


def _one_thread() -> threadpool_limits:
    """Linear algebra in one thread: its matrices are small, and idle threads wait by spinning."""
    return threadpool_limits(1, user_api="blas")


def _elsewhere(images: Images) -> tuple[str, ...]:
    """That other servers learn something, too."""
    if not images.hosts:
        return ()
    hosts = ", ".join(images.hosts)
    return (f"the catalogue leads to other servers, which learn what is asked of them: {hosts}",)


def _source(site: WatchedSite) -> Path | str:
    return site.images if "://" in site.images else Path(site.images)


def _assessment(images: Images, asked: Asked, site: WatchedSite) -> tuple[Assessment, str]:
    """What detection says, and a remark on what the last run had left."""
    kept = KeptState(asked.cache, site.site) if asked.cache is not None else None
    found = kept.find(images) if kept is not None else Found()
    if found.state is None and not _any_clear(images):
        return _nothing_clear(images), found.remark
    assessment, state = watch(
        images.cube, images.outline, settings=asked.settings, state=found.state
    )
    if kept is not None and state is not None:
        kept.keep(state, images, found)
    return assessment, found.remark


def _nothing_clear(images: Images) -> Assessment:
    """That nothing can be said, because no image shows the site."""
    return Assessment(
        status="cannot_assess",
        reasons=images.remarks or ("no image shows the site clearly",),
        disturbances=(),
        calibration=None,
        curve=None,
        watched_from=None,
        watched_to=None,
        clear=0,
        gaps=(),
        scenes=tuple(scene.id for scene in images.scenes),
    )


def _any_clear(images: Images) -> bool:
    """Whether any pixel of any date is clear; a date at a time, since mostly the first will do."""
    bands = images.cube.data_vars.values()
    return any(
        bool(np.isfinite(band.isel(time=at).values).any())
        for at in range(images.cube.sizes["time"])
        for band in bands
    )


def _parameters(site: WatchedSite, asked: Asked) -> tuple[str, ...]:
    """Everything that decides the result besides the images; the outline by a keyed hash alone.

    Whoever has a bare hash could try all the points of a region until one fits. The key is the
    secret of the site on the list; without one nothing is told of the outline.
    """
    told = [(one.name, getattr(asked.settings, one.name)) for one in fields(asked.settings)]
    if site.secret:
        outline = hmac.digest(site.secret, shapely.to_wkb(site.outline), "sha256")
        told.append(("outline_hmac_sha256", outline.hex()))
    told += [
        ("outline_uncertainty", site.uncertainty),
        ("second_opinion", "COLD" if asked.second_opinion else "none"),
    ]
    return tuple(f"{name}={value}" for name, value in told)
