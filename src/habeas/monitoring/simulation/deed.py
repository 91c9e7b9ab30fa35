"""The particulars of a change that were left open: drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

from habeas.monitoring.simulation.change import Change, Deed, draw_days, draw_order
from habeas.monitoring.simulation.fields import texture

Mask = npt.NDArray[np.bool_]

FIRST, LAST = 30, 150
"""Changes begin at least so many days after the watch does, and so many before the images end."""


def draw_deed(
    rng: np.random.Generator, change: Change, inside: Mask, watch: tuple[date, int]
) -> Deed:
    """A change of a site in all its particulars.

    Args:
        rng: source of randomness.
        change: what is settled of it.
        inside: the cells of the site.
        watch: the first day and the last year of the watch.
    """
    start = np.datetime64(watch[0], "D") + np.timedelta64(FIRST, "D")
    room = (np.datetime64(f"{watch[1]}-12-31") - start).astype(int) - LAST
    onset = start + np.timedelta64(int(rng.integers(max(1, room))), "D")
    days, (height, width) = draw_days(rng, change.kind), rng.integers(2, 7, 2)
    cover, whole = float(rng.uniform(0.5, 1.0)), bool(rng.random() < 0.06)
    if change.pixels is not None:
        (height, width), whole = change.pixels, False
    whole = whole if change.whole_site is None else change.whole_site
    shape = None if whole else (2 * int(height), 2 * int(width))
    patch = _patch(rng, change.kind, inside, shape)
    return Deed(
        kind=change.kind,
        onset=onset if change.onset is None else np.datetime64(change.onset, "D"),
        days=days if change.days is None else change.days,
        patch=patch,
        cover=cover if change.cover is None else change.cover,
        order=draw_order(rng, change.kind, patch),
    )


def _patch(
    rng: np.random.Generator, kind: str, inside: Mask, shape: tuple[int, int] | None
) -> Mask:
    """The cells of a patch within the site, or of all of it and some beyond where it has no shape.

    The ragged kinds lose corners.
    """
    rows, columns = np.nonzero(inside)
    top, left, side = int(rows.min()), int(columns.min()), int(np.ptp(rows)) + 1
    patch = np.zeros_like(inside)
    if shape is None:
        more = rng.integers(0, 7, 4)
        patch[top - more[0] : top + side + more[1], left - more[2] : left + side + more[3]] = True
        return patch
    height, width = min(shape[0], side), min(shape[1], side)
    y = top + 2 * int(rng.integers((side - height) // 2 + 1))
    x = left + 2 * int(rng.integers((side - width) // 2 + 1))
    patch[y : y + height, x : x + width] = True
    if kind in {"rubbish", "planted"} and min(height, width) > 6:
        v, u = np.mgrid[0 : len(patch), 0 : len(patch)]
        off = np.hypot(
            (v - y - height / 2 + 0.5) / (height / 2), (u - x - width / 2 + 0.5) / (width / 2)
        )
        patch &= off + 0.12 * texture(rng, len(patch), 1.5) < 1.15
    return patch
