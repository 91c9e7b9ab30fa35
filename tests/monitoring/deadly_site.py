"""A watched site that ends the process that looks at it, as a lack of memory would."""

from __future__ import annotations

import os

from habeas.monitoring.looks.watch_list import WatchedSite
from habeas.monitoring.site_area import SiteArea


class DeadlySite(WatchedSite):
    """Its ground cannot be asked for."""

    @property
    def area(self) -> SiteArea:
        os._exit(3)
