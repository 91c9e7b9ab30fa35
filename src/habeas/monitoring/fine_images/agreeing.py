"""How far people agree who read the same: a fine image, or what a watch suggests.

Few places say little: the share is told always, agreement beyond chance (Cohen's kappa) only where
`fine_reading.agreement` can tell it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from pyproj import CRS

from habeas.claims.values import Ref
from habeas.errors import InputError
from habeas.monitoring.fine_images.annotating import KIND, SEEN_IN, Mark, kinds_of, marks_of
from habeas.monitoring.fine_images.fine_reading import agreement
from habeas.monitoring.looks.watch_shown import DisturbanceShown
from habeas.monitoring.site_area import SiteArea, utm_zone
from habeas.registry.registry import Registry
from habeas.registry.view import View

REVIEWS: Final = "reviews"


@dataclass(frozen=True, kw_only=True)
class ReadersAgree:
    """How far two readers agree.

    Attributes:
        about: the image that both read, `item:…`; or `reviews`, of what the watch suggests.
        first: a reader.
        second: another.
        places: marked, or disturbances read, by both.
        same: at which they said the same.
        kappa: agreement beyond chance; none where it cannot be told.
        low: the lower end of its interval.
        high: the upper end.
        reason: why it cannot be told.
    """

    about: str
    first: str
    second: str
    places: int
    same: int
    kappa: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def agree(
    about: str, first: tuple[str, Mapping[str, str]], second: tuple[str, Mapping[str, str]]
) -> ReadersAgree:
    """How far two readers agree.

    Args:
        about: what they read.
        first: a reader, and what was said by place.
        second: another, and the same.
    """
    shared = set(first[1]) & set(second[1])
    same = sum(first[1][place] == second[1][place] for place in shared)
    told = ReadersAgree(
        about=about, first=first[0], second=second[0], places=len(shared), same=same
    )
    try:
        found = agreement(first[1], second[1]).kappa
    except InputError as problem:
        return replace(told, reason=problem.reason)
    return replace(told, kappa=found.best, low=found.low, high=found.high)


def agree_on_image(item: str, marks: Sequence[Mark], crs: CRS) -> tuple[ReadersAgree, ...]:
    """How far each two of the readers of an image agree.

    Args:
        item: the image.
        marks: of it.
        crs: in metres.
    """
    readers = sorted({mark.reader for mark in marks})
    return tuple(
        agree(item, (first, kinds[0]), (second, kinds[1]))
        for first, second in combinations(readers, 2)
        for kinds in [kinds_of(marks, first, second, crs)]
    )


def agree_on_reviews(disturbances: Sequence[DisturbanceShown]) -> tuple[ReadersAgree, ...]:
    """How far each two of those agree who read what the watch suggests; their last words count."""
    said: dict[str, dict[str, str]] = {}
    for one in disturbances:
        for reading in one.readings:
            said.setdefault(reading.by, {})[one.first_claim] = reading.verdict
    return tuple(
        agree(REVIEWS, (first, said[first]), (second, said[second]))
        for first, second in combinations(sorted(said), 2)
        if set(said[first]) & set(said[second])
    )


def agree_on_images(registry: Registry, view: View, site: str) -> tuple[ReadersAgree, ...]:
    """How far the readers of every fine image of a site agree, as far as a view shows it."""
    items = sorted(
        {
            value.id
            for kind in view.claims(subject=site, predicate=KIND)
            for seen in view.about(kind.digest)
            if seen.claim.predicate == SEEN_IN and not seen.withdrawn
            for value in [seen.claim.value]
            if isinstance(value, Ref)
        }
    )
    found: list[ReadersAgree] = []
    for item in items:
        marks = marks_of(registry, item, clearance=view.clearance)
        if marks:
            zone = utm_zone(SiteArea(outline=marks[0].place.centroid, uncertainty=1))
            found += agree_on_image(item, marks, zone)
    return tuple(found)
