"""Many sites on one machine: a pool of processes, so many sites in hand at a time.

A site that fails is recorded and the rest goes on; so is one that takes its process down with it.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from habeas.monitoring.detection.many import Watched, WatchedSite, failed, watch_one
from habeas.monitoring.detection.settings import DetectionSettings

_IN_HAND = 4
"""Sites that wait for each process: enough that none is idle, few enough for the memory."""

_Job = Future[Watched]


def watch_many(
    sites: Iterable[WatchedSite], *, settings: DetectionSettings, workers: int = 2
) -> Iterator[Watched]:
    """Watch sites; what came of each, as it comes.

    Args:
        sites: which; read as they are needed.
        settings: for all.
        workers: processes.
    """
    coming = iter(sites)
    while True:
        broken: list[WatchedSite] = []
        yield from _pooled(coming, settings, workers, broken)
        for site in broken:
            yield _alone(site, settings)
        if not broken:
            return


def _pooled(
    coming: Iterator[WatchedSite],
    settings: DetectionSettings,
    workers: int,
    broken: list[WatchedSite],
) -> Iterator[Watched]:
    """Watch what comes until a process dies; those in hand then are put into `broken`."""
    with _pool(workers) as pool:
        jobs: dict[_Job, WatchedSite] = {}
        while not broken:
            for site in islice(coming, _IN_HAND * workers - len(jobs)):
                try:
                    jobs[pool.submit(watch_one, site, settings)] = site
                except BrokenProcessPool:
                    broken.append(site)
            if not jobs:
                break
            for job in wait(jobs, return_when=FIRST_COMPLETED).done:
                site, why = jobs.pop(job), job.exception()
                if isinstance(why, BrokenProcessPool):
                    broken.append(site)
                else:
                    yield failed(site, why) if why else job.result()
        for job, site in jobs.items():
            why = job.exception()
            if isinstance(why, BrokenProcessPool):
                broken.append(site)
            else:
                yield failed(site, why) if why else job.result()


def _alone(site: WatchedSite, settings: DetectionSettings) -> Watched:
    """Watch a site in a process of its own: perhaps it was another that took the pool down."""
    with _pool(1) as pool:
        job = pool.submit(watch_one, site, settings)
        why = job.exception()
        return failed(site, why) if why else job.result()


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
