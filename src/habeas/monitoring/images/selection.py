"""Which of the images that were found are of the site, of the dates and of the bands asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain

from shapely import intersects, transform

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS
from habeas.monitoring.images.acquisition import Acquisition
from habeas.monitoring.images.day import scene_of
from habeas.monitoring.images.found import Found
from habeas.monitoring.images.scene import Scene
from habeas.monitoring.site_area import SiteArea


def in_time(
    images: Iterable[Acquisition], since: date | None, until: date | None
) -> list[Acquisition]:
    """The images between two dates, both included."""
    return [
        image
        for image in images
        if (since is None or image.date >= since) and (until is None or image.date <= until)
    ]


def of_the_site(
    found: Found, site: SiteArea, since: date | None, until: date | None
) -> tuple[list[Acquisition], list[Scene]]:
    """Images of the asked dates whose footprint meets the site; the others, with the reason."""
    asked = in_time(found.acquisitions, since, until)
    if not asked:
        raise InputError(_why_none(found, since, until), mend="See docs/monitoring-images.md")
    # Where it lies is asked of the outline itself: its uncertainty is small beside an image.
    meets = intersects([image.footprint for image in asked], site.outline)
    near = [image for image, shown in zip(asked, meets, strict=True) if shown]
    if not near:
        raise InputError(
            f"none of the {len(asked)} images shows the site", mend=_look_at(asked, site)
        )
    far = [
        unused(image, "it does not show the site")
        for image, shown in zip(asked, meets, strict=True)
        if not shown
    ]
    return near, far


def _look_at(images: Sequence[Acquisition], site: SiteArea) -> str:
    """What to look at; without a coordinate, because the words may end up in a mail or a log."""
    turned = transform(site.outline, lambda points: points[:, ::-1])
    if any(image.footprint.intersects(turned) for image in images):
        return "Exchange longitude and latitude in the outline: longitude comes first"
    return "Check the outline (longitude first), or give other images"


def _why_none(found: Found, since: date | None, until: date | None) -> str:
    if found.acquisitions:
        return f"no image is of the dates asked for ({since or 'any'} to {until or 'any'})"
    reasons = Counter(scene.reason for scene in found.dropped).most_common(1)
    reason = f": {reasons[0][0]}" if reasons else ""
    return f"none of the {len(found.dropped)} images can be used{reason}"


def choose_bands(
    images: Sequence[Acquisition], asked: Sequence[str] | None
) -> tuple[tuple[str, ...], list[Scene]]:
    """The bands of the cube, and the images that lack one."""
    if asked is not None:
        unknown = [name for name in asked if name not in BANDS]
        if unknown or not asked:
            raise InputError(
                f"no band is called {unknown[0]!r}" if unknown else "no band is asked for",
                mend=f"Name some of {', '.join(BANDS)}",
            )
    counts = Counter(chain.from_iterable(image.layers for image in images))
    wanted = asked if asked is not None else [n for n in BANDS if 2 * counts[n] >= len(images)]
    names = tuple(name for name in BANDS if name in wanted)
    if not having(images, names):
        raise InputError(
            f"no image has all the bands {', '.join(names)}",
            mend=f"They have {', '.join(name for name in BANDS if counts[name])}",
        )
    return names, [
        unused(image, f"it lacks the band {' and '.join(sorted(lacking))}")
        for image in images
        if (lacking := frozenset(names) - image.layers.keys())
    ]


def having(images: Iterable[Acquisition], names: Iterable[str]) -> list[Acquisition]:
    """The images that have all these bands."""
    wanted = frozenset(names)
    return [image for image in images if wanted <= image.layers.keys()]


def unused(image: Acquisition, reason: str) -> Scene:
    """The record of an image that is not read, and why."""
    return scene_of(image, reason=reason)
