"""Is there enough to say anything? Too little is said to be too little, never to be no change."""

from __future__ import annotations

from datetime import date

import numpy as np

from habeas.monitoring.detection.days import date_of
from habeas.monitoring.detection.settings import (
    CLEAR_DATES,
    GAP_DAYS,
    LEAST_BANDS,
    LEAST_HISTORY_DAYS,
    UNLESS_SAID_DAYS,
    DetectionSettings,
)
from habeas.monitoring.detection.stack import Bools, Days, Stack
from habeas.monitoring.detection.surroundings import ENOUGH, Place, often_seen, usable_of


def watch_begins(days: Days, settings: DetectionSettings) -> int:
    """The first date of the watch among these days."""
    if settings.watch_from is not None:
        start = int(np.datetime64(settings.watch_from, "D").astype(np.int64))
    else:
        start = int(days[0]) + UNLESS_SAID_DAYS
    return int(np.searchsorted(days, start))


def too_little(images: Stack, place: Place, first: int) -> tuple[str, ...]:
    """Why the site cannot be assessed, in words; nothing if it can.

    Args:
        images: all.
        place: the site and its ring on the grid.
        first: the first date of the watch.
    """
    reasons = []
    if not len(images.days) or not images.clear.any():
        return ("no image shows the site",)
    if len(images.bands) < LEAST_BANDS:
        count = len(images.bands)
        known = "one band that is" if count == 1 else f"{count} bands that are"
        reasons.append(f"the images have {known} known here; it takes {LEAST_BANDS}")
    if place.beyond:
        reasons.append("the site reaches beyond the images")
    if place.ring.sum() < ENOUGH:
        reasons.append(f"the images show fewer than {ENOUGH} pixels of the site's surroundings")
    told = told_dates(images, place)
    history, watched = images.days[:first][told[:first]], images.days[first:][told[first:]]
    span = int(history[-1] - history[0]) if len(history) else 0
    if span < LEAST_HISTORY_DAYS:
        reasons.append(
            f"the history with clear images is {span} days long; it takes {LEAST_HISTORY_DAYS} "
            "to know the seasons"
        )
    elif first:
        reasons += _too_little_ground(images.until(first), place)
    if len(np.unique(history)) < CLEAR_DATES:
        reasons.append(
            f"the history has {len(np.unique(history))} clear dates; it takes {CLEAR_DATES}"
        )
    if not len(watched):
        reasons.append("the watch has no clear date")
    return tuple(reasons)


def _too_little_ground(history: Stack, place: Place) -> list[str]:
    """Why the ground is not known well enough before the watch."""
    reasons = []
    if often_seen(history)[place.site.ravel()].mean() < 0.5:
        reasons.append("the history seldom shows half of the site, or in one year alone")
    usable = int(usable_of(history, place.ring.ravel()).sum())
    if place.ring.sum() >= ENOUGH > usable:
        reasons.append(
            f"{usable} pixels of the surroundings are often seen and no water; it takes {ENOUGH}"
        )
    return reasons


def told_dates(images: Stack, place: Place) -> Bools:
    """Dates on which half of the site and a quarter of the ring are clear; shape (t,)."""
    chosen, around = place.site.ravel(), place.ring.ravel()
    own = images.clear[:, chosen].mean(axis=1) >= 0.5
    near = images.clear[:, around].mean(axis=1) >= 0.25 if around.any() else own
    return np.asarray(own & near)


def days_of(images: Stack) -> Days:
    """Days of images that show anything."""
    return np.asarray(images.days[images.clear.any(axis=1)])


def gaps_of(days: Days) -> tuple[tuple[date, date], ...]:
    """Spells without a clear date: the first and the last day of each.

    Args:
        days: of clear dates, ascending.
    """
    long = np.flatnonzero(np.diff(days) > GAP_DAYS)
    return tuple((date_of(days[at] + 1), date_of(days[at + 1] - 1)) for at in long)
