"""Draw the pictures of docs/monitoring.md anew: a simulated site, before and after, and its curve.

The same bytes each time: the site is simulated from a seed.

    python scripts/draw_watch_images.py
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from habeas.drawing.raster import svg_to_png
from habeas.monitoring.detection.detect import detect
from habeas.monitoring.figures.chips import draw_chips
from habeas.monitoring.figures.curve import draw_curve
from habeas.monitoring.simulation import Change, simulate_site

IMAGES = Path(__file__).parents[1] / "docs" / "images"
SEED = 13
DOTS = 130


def main() -> None:
    """Write both pictures."""
    works = Change(kind="bulldozed", onset=date(2020, 5, 20), pixels=(6, 6), cover=1.0)
    site = simulate_site(SEED, change=works, years=(2016, 2020), sensors=("sentinel-2",), size=60)
    found = detect(site.cube, site.outline)
    chips = draw_chips(site.cube, site.outline, found.disturbances[0])
    for name, picture in (("watch-before-after", chips), ("watch-curve", draw_curve(found))):
        (IMAGES / f"{name}.png").write_bytes(svg_to_png(picture, DOTS))


if __name__ == "__main__":
    main()
