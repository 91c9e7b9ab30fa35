"""How hidden it is what is made of a site: never less than where the site lies."""

from __future__ import annotations

from habeas.claims.claim import Sensitivity
from habeas.monitoring.looks.look_claims import LEVEL
from habeas.registry.clearance import tells_location
from habeas.registry.registry import Registry


def level_of_site(registry: Registry, site: str) -> Sensitivity:
    """The level of what is recorded of a site by a watch, or of a fine image of it.

    A picture, a curve or a date of a change can be held against the images that everybody has, and
    so tells where the site lies.
    """
    return "sealed" if place_is_sealed(registry, site) else LEVEL


def place_is_sealed(registry: Registry, site: str) -> bool:
    """Whether there is a claim of where a site lies that the team may not see.

    One is enough, whatever else is told of the place, and whoever said it. Withdrawn claims count
    where none stands: an outline that was drawn from one may still be watched.
    """
    told = [
        shown
        for shown in registry.view("sealed").claims(subject=site)
        if tells_location(shown.claim)
    ]
    standing = [shown for shown in told if not shown.withdrawn]
    return any(shown.sensitivity == "sealed" for shown in standing or told)
