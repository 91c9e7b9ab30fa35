"""One run over watched sites: look at each, record what is new, tell what came of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from habeas.monitoring.looks.look import Look
    from habeas.monitoring.looks.looking import Asked, Failure
    from habeas.monitoring.looks.watch_list import WatchedSite
    from habeas.registry.registry import Registry


class SiteResult(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a site in one run. The keys of the JSON output."""

    site: str
    status: str
    """disturbed, no_disturbance_found, cannot_assess, or failed."""
    run: str = ""
    """The run that was recorded; empty if there was nothing new."""
    found: tuple[str, ...] = ()
    """Claims that tell of disturbances that were not recorded before."""
    refined: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it cannot be assessed, or what to keep in mind."""
    opinions: tuple[str, ...] = ()
    """What another method says of each disturbance, whether recorded now or before."""
    images: int = 0
    """How many were used."""
    null_alarms: int = 0
    """At places near the site where nothing is known to have happened."""
    null_site_years: float = 0.0
    """How long these were watched, each counting as so many sites as it is large."""
    place: str = ""
    reason: str = ""
    """Why it failed."""
    mend: str = ""


class Realised(msgspec.Struct, frozen=True, kw_only=True):
    """What the rate of false alarms was near all sites together, with its 90 % interval."""

    alarms: int
    site_years: float
    rate: float
    low: float
    high: float


def realised(results: Sequence[SiteResult]) -> Realised | None:
    """The rate at places where nothing is known to have happened; none if there are none."""
    from habeas.monitoring.detection.calibration import rate_of

    years = sum(result.null_site_years for result in results)
    if not years:
        return None
    alarms = sum(result.null_alarms for result in results)
    rate = rate_of(alarms, years, 0.9)
    return Realised(
        alarms=alarms, site_years=round(years, 2), rate=rate.best, low=rate.low, high=rate.high
    )


def run_over(
    registry: Registry,
    sites: Sequence[WatchedSite],
    asked: Asked,
    *,
    processes: int,
    scheduler: str | None,
    recorder: str | None,
) -> Iterator[SiteResult]:
    """Look at sites and record what is new, one after the other as they come.

    Raises:
        InputError: the scheduler of a cluster does not answer.
        KeyFileError, BusyError, StorageError: nothing more can be recorded; what was is kept.
    """
    from habeas.monitoring.looks.looking import Failure, look_at_all

    if scheduler is None:
        looks = look_at_all(sites, asked, processes=processes)
    else:
        from habeas.monitoring.looks.cluster import look_on_cluster

        looks = look_on_cluster(scheduler, sites, asked)
    for found in looks:
        if isinstance(found, Failure):
            yield _failed(found)
        else:
            yield _recorded(registry, found, recorder)


def _failed(failure: Failure) -> SiteResult:
    return SiteResult(
        site=failure.site,
        status="failed",
        place=failure.place,
        reason=failure.reason,
        mend=failure.mend,
    )


def _recorded(registry: Registry, look: Look, recorder: str | None) -> SiteResult:
    from habeas.errors import InputError, IntegrityError
    from habeas.monitoring.looks.recording import record_look

    try:
        made = record_look(registry, look, recorder=recorder)
    except (InputError, IntegrityError) as error:
        # Of this site alone: a value that the record cannot hold, a file of it that is damaged.
        return SiteResult(
            site=look.site, status="failed", place=error.place, reason=error.reason, mend=error.mend
        )
    said, rate = look.assessment, look.assessment.calibration
    return SiteResult(
        site=look.site,
        status=said.status,
        null_alarms=rate.alarms if rate else 0,
        null_site_years=round(rate.years, 2) if rate else 0.0,
        run=made.run,
        found=made.found,
        refined=made.refined,
        reasons=tuple(
            dict.fromkeys(
                (*said.reasons, *said.changed_ground, *look.images.remarks, *look.remarks)
            )
        ),
        opinions=tuple(
            f"on the alarm of {said.disturbances[number].alarm}: {words}"
            for number, words in sorted(look.second_opinions.items())
        ),
        images=sum(scene.used for scene in look.images.scenes),
    )
