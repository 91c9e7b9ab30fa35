"""How the numbers of an image become reflectance: scales, and the offset of Sentinel-2.

From processing baseline 04.00 (25 January 2022) on, numbers of Sentinel-2 level 2A are 1,000 too
high (`BOA_ADD_OFFSET`, ESA, Sentinel-2 products specification); some providers have taken it off
already. Landsat Collection 2 level 2: 0.0000275 and -0.2 (USGS, Landsat 8-9 Collection 2 Level 2
science product guide). HLS version 2: 0.0001, no data -9999, whichever the sensor (NASA, HLS
product user guide).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

SENTINEL_2_SCALE = 0.0001
SENTINEL_2_OFFSET = -0.1
LANDSAT_SCALE = 0.0000275
LANDSAT_OFFSET = -0.2
HLS_SCALE = 0.0001
HLS_NO_DATA = -9999

FIRST_WITH_OFFSET = 4.0
"""The first processing baseline of Sentinel-2 whose numbers are raised."""

OFFSET_SINCE = date(2022, 1, 25)
"""The day on which that baseline began; older images may have been processed anew under it."""

_BASELINE_IN_NAME = re.compile(r"_N(\d{2})(\d{2})_", re.IGNORECASE)


def baseline_in(name: str) -> float | None:
    """The processing baseline in the name of a Sentinel-2 product (`_N0400_`); none if it has none.

    `N9999` is that of products which were processed outside ESA's chain: it says nothing.
    """
    found = _BASELINE_IN_NAME.search(name)
    if found is None or found[1] == "99":
        return None
    return float(f"{found[1]}.{found[2]}")


def sentinel_2_offset(baseline: float | None, taken: date) -> tuple[float, str]:
    """The offset of numbers as ESA gives them, and a remark if it had to be assumed."""
    if baseline is not None:
        return (SENTINEL_2_OFFSET if baseline >= FIRST_WITH_OFFSET else 0.0), ""
    raised = taken >= OFFSET_SINCE
    return (SENTINEL_2_OFFSET if raised else 0.0), (
        "its processing baseline is not stated; by its date its numbers are taken to be "
        + ("1,000 too high" if raised else "without offset")
    )


def item_offset(
    properties: Mapping[str, Any], stated: float | None, taken: date
) -> tuple[float, str]:
    """The offset that is still to be added to a Sentinel-2 image of a catalogue, and a remark.

    A catalogue may say that the offset has been applied and state it for the band all the same
    (Earth Search does): then it is not applied twice.

    Args:
        properties: of the STAC item.
        stated: the offset that `raster:bands` states; none if it states none.
        taken: the date of the image.
    """
    for prefix in ("earthsearch", "sentinel"):
        if properties.get(f"{prefix}:boa_offset_applied") is True:
            return 0.0, ""
    if stated:
        return stated, ""
    baseline = _baseline(properties)
    if stated == 0.0 and baseline is None:
        return 0.0, ""
    return sentinel_2_offset(baseline, taken)


def _baseline(properties: Mapping[str, Any]) -> float | None:
    for key in ("s2:processing_baseline", "processing:version", "sentinel:processing_baseline"):
        try:
            return float(str(properties[key]))
        except (KeyError, ValueError):
            continue
    return None
