"""The satellites: when they pass, where their pixels fall, how their figures differ.

Sentinel-2 sees 10 m (its short-wave infrared 20 m), Landsat 30 m; all end on one grid of 10 m, as a
reader of images lays them. No two dates fall on the grid alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.spectra import PLATFORMS
from habeas.monitoring.simulation.ground import CELL

Floats = npt.NDArray[np.float64]
Images = npt.NDArray[np.float32]

PIXEL = 10.0
"""Metres of the grid."""

SECOND_SENTINEL = np.datetime64("2017-07-06")
LANDSAT_9 = np.datetime64("2022-01-10")
BASELINE_4 = np.datetime64("2022-01-25")
"""First days: images of Sentinel-2B; images of Landsat 9; processing baseline 04.00."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Passes:
    """The images that were taken; arrays of shape (date,).

    Attributes:
        days: datetime64[D].
        platform: index in `spectra.PLATFORMS`.
        view: 0 or 1: from which of two orbits.
    """

    days: npt.NDArray[np.datetime64]
    platform: npt.NDArray[np.int64]
    view: npt.NDArray[np.int64]

    def kept(self, which: npt.NDArray[np.bool_]) -> Passes:
        """Some of them."""
        return Passes(days=self.days[which], platform=self.platform[which], view=self.view[which])

    @property
    def landsat(self) -> npt.NDArray[np.bool_]:
        """Which are of Landsat."""
        return np.asarray(self.platform == PLATFORMS.index("landsat"))


def draw_passes(
    rng: np.random.Generator,
    sensors: tuple[str, ...],
    first: np.datetime64,
    last: np.datetime64,
) -> Passes:
    """All passes over a site.

    Sentinel-2 comes every ten days, from July 2017 every five; a fifth of the sites is seen from
    two orbits by turns. Landsat comes every sixteen days, or every eight where two paths overlap.
    """
    one = np.timedelta64(1, "D")
    parts: list[tuple[npt.NDArray[np.datetime64], int, npt.NDArray[np.int64]]] = []
    if "sentinel-2" in sensors:
        start = first + int(rng.integers(10)) * one
        two_views = rng.random() < 0.2
        for platform, begins in ((0, start), (1, start + 5 * one)):
            days = np.arange(begins, last + one, 10 * one)
            days = days[days >= SECOND_SENTINEL] if platform else days
            view = (np.arange(len(days)) % 2) * two_views
            parts.append((days + 2 * one * view, platform, view))
    if "landsat" in sensors:
        step = 8 if rng.random() < 0.4 else 16
        start = first + int(rng.integers(16)) * one
        days = np.arange(start, last + one, step * one)
        if step == 16:
            more = np.arange(start + 8 * one, last + one, 16 * one)
            days = np.sort(np.concatenate([days, more[more >= LANDSAT_9]]))
        parts.append((days, 2, np.zeros(len(days), dtype=np.int64)))
    every = np.concatenate([part[0] for part in parts])
    platforms = np.concatenate([np.full(len(part[0]), part[1]) for part in parts])
    views = np.concatenate([part[2] for part in parts])
    order = np.lexsort((platforms, every.astype(np.int64)))
    order = order[every[order] <= last]
    return Passes(days=every[order], platform=platforms[order], view=views[order])


def without_gap(rng: np.random.Generator, passes: Passes, chance: float = 0.15) -> Passes:
    """Some sites lose about half a year of images somewhere after the first two years."""
    if rng.random() >= chance:
        return passes
    span = (passes.days[-1] - passes.days[0]).astype(int)
    begins = passes.days[0] + np.timedelta64(int(rng.uniform(730, span - 200)), "D")
    ends = begins + np.timedelta64(int(rng.uniform(150, 210)), "D")
    return passes.kept((passes.days < begins) | (passes.days > ends))


def seen(rng: np.random.Generator, scene: Images, passes: Passes, size: int) -> Images:
    """The scene as pixels of the grid of 10 m.

    Args:
        rng: source of randomness.
        scene: shape (date, band, cell, cell).
        passes: of the dates.
        size: pixels of width and height that are wanted; the scene has a margin about them.

    Returns:
        Shape (date, band, size, size).
    """
    cells = scene.shape[-1]
    steady = rng.uniform(-2.5, 2.5, 2)
    shift = rng.normal(0, np.where(passes.landsat, 3.5, 2.5)[:, None], (len(passes.days), 2))
    shift[passes.days >= np.datetime64("2021-08-23")] *= 0.6  # the global reference image
    shift[rng.random(len(shift)) < 0.02] *= 3
    shift = np.clip(shift + steady, -12, 12)
    phase = rng.uniform(0, 60, (2, 2))
    image = np.empty((*scene.shape[:2], size, size), dtype=np.float32)
    ten, thirty = np.flatnonzero(~passes.landsat), np.flatnonzero(passes.landsat)
    for dates, bands, width, place in (
        (ten, slice(0, 4), 10.0, None),
        (ten, slice(4, 6), 20.0, phase[0] % 20),
        (thirty, slice(0, 6), 30.0, phase[1] % 30),
    ):
        rows, columns = (
            _weights(shift[dates, axis], size, cells, width, None if place is None else place[axis])
            for axis in (0, 1)
        )
        wide = (bands.stop - bands.start) * cells
        part = scene[dates, bands].transpose(0, 2, 1, 3).reshape(len(dates), cells, wide)
        half = (rows @ part).reshape(len(dates), size * wide // cells, cells)
        whole = (half @ columns.transpose(0, 2, 1)).reshape(len(dates), size, wide // cells, size)
        image[dates, bands] = whole.transpose(0, 2, 1, 3)
    return image


def _weights(shift: Floats, size: int, cells: int, width: float, phase: float | None) -> Images:
    """What each cell gives to each pixel along one axis; shape (date, pixel, cell).

    Args:
        shift: metres, by date.
        size: pixels.
        cells: of the scene.
        width: of what the sensor sees, metres; its edges are soft (point spread).
        phase: where coarser pixels begin on the grid; none for those of the grid itself.
    """
    margin = (cells * CELL - size * PIXEL) / 2
    centre = margin + PIXEL * (np.arange(size) + 0.5)
    if phase is not None:
        centre = (np.floor((centre - phase) / width) + 0.5) * width + phase
    soft = 0.75 * width + CELL
    middle = (np.arange(cells) + 0.5) * CELL
    place = centre[None, :, None] + shift[:, None, None]
    off = np.abs(middle - place).astype(np.float32)
    weight = np.clip((width / 2 - off) / soft + 0.5, 0, 1)
    return np.asarray(weight / weight.sum(axis=2, keepdims=True))


def radiometry(rng: np.random.Generator, passes: Passes, tilt: Floats) -> tuple[Images, Images]:
    """What a sensor's figures are multiplied by, and what is added, by date and band.

    Residues of calibration, of sun and view angles, of versions of the processing, and the
    difference of Landsat from Sentinel-2 beyond that of its bands.

    Args:
        rng: source of randomness.
        passes: of the images.
        tilt: of the sun (`Weather.tilt`) at the dates.
    """
    dates = len(passes.days)
    gain = 1 + rng.normal(0, 0.015, (dates, 1)) + rng.normal(0, 0.006, (dates, 6))
    offset = rng.normal(0, 0.0015, (dates, 6))
    gain += rng.normal(0, 0.02) * tilt[:, None] + rng.normal(0, 0.006, 6) * tilt[:, None]
    gain += passes.view[:, None] * (rng.normal(0, 0.025) + rng.normal(0, 0.008, 6))
    gain += passes.landsat[:, None] * rng.normal(0, 0.012, 6)
    offset += passes.landsat[:, None] * rng.normal(0, 0.004, 6)
    sentinel = ~passes.landsat
    for day in (np.datetime64("2018-10-10"), np.datetime64("2021-03-30")):
        later = (sentinel & (passes.days >= day))[:, None]
        gain += later * rng.normal(0, 0.004, 6)
    later = (sentinel & (passes.days >= BASELINE_4))[:, None]
    offset += later * (rng.normal(0, 0.002) + rng.normal(0, 0.002, 6))
    return gain.astype(np.float32), offset.astype(np.float32)
