"""One look at a watched site: what was asked, the images, and what came of it. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # what reads the record alone loads no images
    from habeas.monitoring.disturbance import Assessment
    from habeas.monitoring.images.read_images import Images

METHOD: Final = "habeas watch"
"""The method of a run that watched a site, as the record names it."""

SCENES: Final = "scenes.csv"
CURVE: Final = "curve.csv"
FOOTPRINT: Final = "footprint.geojson"
"""Names of the tables of a look."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Look:
    """One look at a site.

    Attributes:
        site: `site:` id.
        images: what was read.
        assessment: what is said of the site.
        parameters: `name=value`: everything that decides the result besides the images.
        second_opinions: the number of a disturbance, from 0, to what another method says of it.
        remarks: what to tell whoever started the run; no part of what is recorded.
    """

    site: str
    images: Images
    assessment: Assessment
    parameters: tuple[str, ...]
    second_opinions: Mapping[int, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
