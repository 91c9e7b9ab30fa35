"""Looking at watched sites: read the images, watch the ground, ask another method if wanted.

Each site is looked at by itself. What goes wrong at one is told and does not stop the rest; a site
that takes its process down with it is looked at again in a process of its own.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import shapely

from habeas.errors import HabeasError
from habeas.monitoring.detection.detect import detect
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.disturbance import Assessment
from habeas.monitoring.images.read_images import Images, read_images
from habeas.monitoring.looks.look import Look
from habeas.monitoring.looks.watch_list import WatchedSite


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
    """One look at a site.

    Raises:
        InputError: its images cannot be read, or are not of the site.
        StorageError: the cache cannot be written.
    """
    images = read_images(_source(site), site.area, cache=asked.cache, whole_tiles=site.whole_tiles)
    assessment = _assessment(images, asked.settings)
    opinions = _opinions(images, assessment) if asked.second_opinion else {}
    return Look(
        site=site.site,
        images=images,
        assessment=assessment,
        parameters=_parameters(site, asked),
        second_opinions=opinions,
    )


def look_at_all(
    sites: Sequence[WatchedSite], asked: Asked, *, processes: int = 1
) -> Iterator[Look | Failure]:
    """A look at each site, in the order given; those whose process died come last.

    Args:
        sites: which.
        asked: what is asked of each.
        processes: how many work at a time; one works in this process.
    """
    if processes == 1 or len(sites) < 2:
        with ThreadPoolExecutor(1) as here:
            for site in sites:
                yield _outcome(site, here.submit(look_at, site, asked))
        return
    broken: list[WatchedSite] = []
    with _pool(processes) as pool:
        jobs = [(site, pool.submit(look_at, site, asked)) for site in sites]
        for site, job in jobs:
            if isinstance(job.exception(), BrokenProcessPool):
                broken.append(site)
            else:
                yield _outcome(site, job)
    for site in broken:
        with _pool(1) as alone:
            yield _outcome(site, alone.submit(look_at, site, asked))


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
    return ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn"))


def _source(site: WatchedSite) -> Path | str:
    return site.images if "://" in site.images else Path(site.images)


def _assessment(images: Images, settings: DetectionSettings) -> Assessment:
    """What detection says; where no image shows the site, that nothing can be said."""
    if images.cube.sizes["time"] and _any_clear(images):
        return detect(images.cube, images.outline, settings=settings)
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
    return any(bool(np.isfinite(band.values).any()) for band in images.cube.data_vars.values())


def _opinions(images: Images, assessment: Assessment) -> dict[int, str]:
    """What COLD says of each disturbance on the same images, in words."""
    if not assessment.disturbances or assessment.watched_from is None:
        return {}
    from habeas.monitoring.detection.cold import second_opinion

    found = second_opinion(images.cube, images.outline, watched_from=assessment.watched_from)
    said = {}
    for number, one in enumerate(assessment.disturbances):
        agreeing = [event for event in found.events if (event.pixels & one.footprint).any()]
        near = min(agreeing, key=lambda event: abs(event.began - one.best), default=None)
        said[number] = (
            "COLD (pyxccd) sees no change of this ground"
            if near is None
            else f"COLD (pyxccd) sees this ground change about {near.began}, sure by "
            f"{near.confirmed}"
        )
    return said


def _parameters(site: WatchedSite, asked: Asked) -> tuple[str, ...]:
    """Everything that decides the result besides the images; the outline by its hash alone."""
    told = [(one.name, getattr(asked.settings, one.name)) for one in fields(asked.settings)]
    outline = hashlib.sha256(shapely.to_wkb(site.outline)).hexdigest()
    told += [
        ("outline_sha256", outline),
        ("outline_uncertainty", site.uncertainty),
        ("second_opinion", "COLD" if asked.second_opinion else "none"),
    ]
    return tuple(f"{name}={value}" for name, value in told)
