"""Was the ground of a known site disturbed, when, how much of it, and perhaps how?

Given a site's outline, with its uncertainty, and a series of satellite images, this package says
whether the ground changed, between which dates, over what area, and as a hypothesis what kind of
change it was, with a rate of false alarms that is chosen beforehand. It watches *known sites only*:
at ten metres nobody can find graves, and nothing here searches for any. What it says is a claim of
a run; a person who looks at finer images says something else, and both stand side by side.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "SiteArea": "habeas.monitoring.site_area",
    "detect": "habeas.monitoring.detection.detect",
    "read_images": "habeas.monitoring.images.read_images",
}

__all__ = ["SiteArea", "detect", "read_images"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'habeas.monitoring' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
