"""Patches of pixels that are watched together: squares in the site; a small site as a whole.

The same patches are laid over the surroundings, where nothing is known to have happened: over
copies of the site where there is room for any, else over pieces of the surroundings with as many
pixels as the site (null placements), and singly over all of them. What the statistic does there
tells how often it goes off by itself. Pieces overlap with what is laid singly and are watched only:
nothing is learned from them a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import ndimage

from habeas.monitoring.detection.compiling import compiled
from habeas.monitoring.detection.stack import Bools, Days, Floats

SIDES = (2, 3, 5)
"""Rows and columns of a patch; a small site as a whole is one kind more."""

_SMALL = 12
"""Pixels up to which a site is watched as a whole too; larger ones are covered by squares."""

_LARGE = 900
"""Pixels of a site from which its squares lie a part of their side apart, for want of room."""

COPIES = 6
"""Null placements of a site at most."""

_ROOM = 150
"""Patches of pieces, about, for the time they take; one piece at least."""

SPILL = 0.3
SPILL_COARSE = 0.6
"""Part of what happens just outside a site that its outermost pixels see of it; and in the
short-wave infrared, whose pixels of 20 metres may lie across the edge of the site."""

_SINGLE = 40
"""Single patches of one size, at most."""

_SUMS = 8
"""Sums of a patch that are taken side by side: of its bands, and of the pixels that are clear."""

_Cell = tuple[Days, Days]
_Kept = tuple[int, _Cell]


@dataclass(frozen=True, eq=False)
class Spill:
    """How much of what happens just outside a site is seen within it.

    A pixel sees some of its neighbours (the optics, and images that lie a little apart), so that a
    road built beside the site shows along its edge. That part is taken off.

    Attributes:
        outside: pixels just outside; shape (o,).
        inside: the outermost pixels of the site; shape (i,).
        share: of each outer pixel in the mean of those beside each inner one; shape (o, i).
    """

    outside: Days
    inside: Days
    share: Floats

    def taken_off(self, values: Floats, bands: tuple[str, ...]) -> Floats:
        """What is left without what spills in; `values` (t, bands, pixels) are changed in place."""
        dates, count, _ = values.shape
        beside = values[:, :, self.outside].reshape(dates * count, -1) @ self.share
        coarse = [name.startswith("swir") for name in bands]
        part = np.where(coarse, SPILL_COARSE, SPILL).astype(np.float32)
        values[:, :, self.inside] -= part[:, None] * beside.reshape(dates, count, -1)
        return values


@dataclass(frozen=True, eq=False)
class Patches:
    """Patches of the site and of its surroundings.

    Attributes:
        members: share of each pixel in each patch; columns sum to 1; shape (pixels, patches).
        spill: what the site sees of what lies outside it.
        kinds: place of the side of each patch in `SIDES`, or their number for the whole; shape
            (patches,).
        owners: 0 for the site, 1 and up for its null placements, -1 for single ones; shape
            (patches,).
        rooms: how many sites each null placement makes, by its pixels; shape (placements,).
        pieces: whether the null placements are pieces of the surroundings, not copies of the site.
    """

    members: Floats
    spill: Spill
    kinds: Days
    owners: Days
    rooms: Floats
    pieces: bool

    @cached_property
    def laid(self) -> tuple[Days, Days]:
        """The pixels of each patch, one patch after the other, and where each begins and ends."""
        owner, pixels = np.nonzero(self.members.T)
        ends = np.searchsorted(owner, np.arange(len(self.kinds) + 1))
        return pixels, ends

    @property
    def site(self) -> Bools:
        """The patches of the site itself; shape (patches,)."""
        return np.asarray(self.owners == 0)

    @property
    def telling(self) -> Bools:
        """The patches that tell what is usual: all but those of pieces; shape (patches,)."""
        return np.asarray(self.owners <= 0) if self.pieces else np.ones_like(self.site)


def patches_of(site: Bools, usable: Bools) -> Patches:
    """The patches of a site and of its surroundings.

    Args:
        site: shape (y, x).
        usable: surroundings on which copies and single patches may lie; shape (y, x).
    """
    rows, columns = np.nonzero(site)
    own = _own_cells(site)
    whole = (rows, columns)
    if len(rows) <= _SMALL:
        own.append((len(SIDES), whole))
    laid = [(0, kind, cell) for kind, cell in own]
    copied = _copied(own, _copies(site, usable))
    placed = copied or _pieced(site, usable, len(own))
    for owner, cells in enumerate(placed, start=1):
        laid += [(owner, kind, cell) for kind, cell in cells]
    kinds = {kind for kind, _ in own}
    for number, kind_side in enumerate(SIDES):
        if number in kinds:
            single = [cell for kind, cell in _cells(usable, 1, kind_side) if kind == number]
            laid += [(-1, number, cell) for cell in _spread_out(single, _SINGLE)]
    members = np.zeros((site.size, len(laid)), dtype=np.float32)
    for at, (_, _, (down, along)) in enumerate(laid):
        members[down * site.shape[1] + along, at] = 1 / len(down)
    return Patches(
        members,
        spill_of(site),
        np.array([kind for _, kind, _ in laid]),
        np.array([owner for owner, _, _ in laid]),
        np.array([_pixels(cells) / len(rows) for cells in placed], dtype=np.float32),
        not copied,
    )


def patch_means(values: Floats, clear: Bools, patches: Patches) -> tuple[Floats, Bools]:
    """Means of the clear pixels of each patch.

    Args:
        values: of seven bands at most; shape (t, bands, pixels).
        clear: shape (t, pixels).
        patches: which.

    Returns:
        Shape (patches, bands, t), 0 where no pixel is clear; and whether half of each is clear:
        shape (patches, t).
    """
    assert values.shape[1] < _SUMS  # noqa: S101  (a cube has six at most; see `cube.BANDS`)
    pixels, ends = patches.laid
    sums = _patch_sums(np.ascontiguousarray(values), clear, pixels, ends)
    shown = sums[:, -1]
    means = sums[:, : values.shape[1]] / np.maximum(shown, 1)[:, None]
    return np.asarray(means, dtype=np.float32), 2 * shown >= np.diff(ends)[:, None]


@compiled
def _patch_sums(values: Floats, clear: Bools, pixels: Days, ends: Days) -> Floats:
    """Sums over the clear pixels of each patch, last their number; shape (patches, 8, t).

    Eight sums side by side: a loop over the bands would take three times as long.
    """
    dates, bands, count = values.shape
    sums = np.empty((len(ends) - 1, _SUMS, dates), dtype=np.float32)
    date = np.zeros(_SUMS * count, dtype=np.float32)
    for at in range(dates):
        for pixel in range(count):
            date[8 * pixel + 7] = clear[at, pixel]
        for band in range(bands):
            for pixel in range(count):
                date[8 * pixel + band] = values[at, band, pixel] * clear[at, pixel]
        for patch in range(len(ends) - 1):
            a = b = c = d = e = f = g = h = np.float32(0)
            for place in range(ends[patch], ends[patch + 1]):
                first = 8 * pixels[place]
                a += date[first]
                b += date[first + 1]
                c += date[first + 2]
                d += date[first + 3]
                e += date[first + 4]
                f += date[first + 5]
                g += date[first + 6]
                h += date[first + 7]
            sums[patch, 0, at], sums[patch, 1, at], sums[patch, 2, at] = a, b, c
            sums[patch, 3, at], sums[patch, 4, at], sums[patch, 5, at] = d, e, f
            sums[patch, 6, at], sums[patch, 7, at] = g, h
    return sums


def spill_of(site: Bools) -> Spill:
    """What the outermost pixels of a site see of what lies just outside.

    Args:
        site: shape (y, x).
    """
    near = np.ones((3, 3))
    inner = np.argwhere(site & ndimage.binary_dilation(~site, structure=near))
    outer = np.argwhere(~site & ndimage.binary_dilation(site, structure=near))
    beside = np.abs(outer[:, None] - inner[None]).max(axis=2) == 1
    share = beside / np.maximum(beside.sum(axis=0), 1)
    width = site.shape[1]
    places = [at[:, 0] * width + at[:, 1] for at in (outer, inner)]
    return Spill(places[0], places[1], share.astype(np.float32))


def _own_cells(site: Bools) -> list[_Kept]:
    """The squares of a site: all that there are, or two thirds of a side apart in a large one."""
    if site.sum() <= _LARGE:
        return _cells(site, 0.75, 1)
    return [
        cell
        for kind, side in enumerate(SIDES)
        for cell in _cells(site, 0.75, (2 * side + 2) // 3)
        if cell[0] == kind
    ]


def _cells(area: Bools, least: float, step: int) -> list[_Kept]:
    """Squares within an area, each of which has this share of its pixels in it, and its kind."""
    found: list[_Kept] = []
    rows, columns = np.nonzero(area)
    for kind, side in enumerate(SIDES):
        if not len(rows) or side * side >= len(rows):
            continue
        for top in range(int(rows.min()), int(rows.max()) - side + 2, step):
            for left in range(int(columns.min()), int(columns.max()) - side + 2, step):
                down, along = np.nonzero(area[top : top + side, left : left + side])
                if len(down) >= least * side * side:
                    found.append((kind, (down + top, along + left)))
    return found


def _copies(site: Bools, usable: Bools) -> list[tuple[int, int]]:
    """Rows and columns by which the site can be moved onto the surroundings; half may overlap."""
    rows, columns = np.nonzero(site)
    steps = max(1, (int(np.ptp(rows)) + 1) // 2), max(1, (int(np.ptp(columns)) + 1) // 2)
    found = [
        (down, along)
        for down in range(-int(rows.min()), site.shape[0] - int(rows.max()))
        if down % steps[0] == 0
        for along in range(-int(columns.min()), site.shape[1] - int(columns.max()))
        if along % steps[1] == 0 and usable[rows + down, columns + along].all()
    ]
    return _spread_out(found, COPIES)


def _copied(own: list[_Kept], moves: list[tuple[int, int]]) -> list[list[_Kept]]:
    """The squares of a site, moved."""
    return [[(kind, (cell[0] + down, cell[1] + along)) for kind, cell in own]
            for down, along in moves]  # fmt: skip


def _pieced(site: Bools, usable: Bools, own: int) -> list[list[_Kept]]:
    """The squares of pieces of the surroundings, side by side around the site.

    Each has as many pixels as the site, or all that there are.
    """
    places, middle = np.argwhere(usable), np.argwhere(site).mean(axis=0)
    turned = np.argsort(np.arctan2(*(places - middle).T), kind="stable")
    size = int(site.sum())
    starts = list(range(0, max(len(places) - size, 0) + 1, size))
    found = []
    for start in _spread_out(starts, min(max(_ROOM // max(own, 1), 1), COPIES)):
        piece = np.zeros_like(site)
        piece[tuple(places[turned[start : start + size]].T)] = True
        found.append(_own_cells(piece))
    return [cells for cells in found if cells]


def _pixels(cells: list[_Kept]) -> int:
    """How many pixels lie in some square."""
    return len({place for _, cell in cells for place in zip(*cell, strict=True)})


def _spread_out(found: list[Any], most: int) -> list[Any]:
    """So many of them, evenly."""
    if len(found) <= most:
        return found
    return [found[at] for at in np.linspace(0, len(found) - 1, most).round().astype(int)]
