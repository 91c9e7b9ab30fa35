"""A simulated change put into real images: real ground and sky, and a truth that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.ndimage import gaussian_filter, median_filter

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS, bands_of, check_cube
from habeas.monitoring.detection.spectra import PLATFORMS, Split, load_spectra
from habeas.monitoring.simulation.change import (
    Change,
    Deed,
    apply,
    draw_days,
    draw_order,
    share_changed,
)
from habeas.monitoring.simulation.fields import texture
from habeas.monitoring.simulation.ground import Ground, Times, draw_soil
from habeas.monitoring.simulation.weather import CLIMATES, draw_weather

Images = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Injected:
    """Real images with a change that was put into them.

    Attributes:
        cube: the images.
        kind: of the change.
        onset: its first day.
        end: its last day.
        footprint: its pixels; shape (y, x).
        cover: the share of each of them that is changed in the end.
    """

    cube: xr.Dataset
    kind: str
    onset: date
    end: date
    footprint: Mask
    cover: float


def inject(
    cube: xr.Dataset,
    footprint: Mask,
    change: Change,
    seed: int,
    *,
    split: Split = "test",
    climate: str = "temperate",
) -> Injected:
    """Put a change into real images.

    The changed share of each pixel becomes a new surface, made as in simulated sites; the rest, the
    masks and the dates stay what they were. What the sky left in each image is taken from the whole
    image (what its median departs from its neighbours in time) and lies on the new surface too. No
    two dates fall on the grid alike: the patch is moved by part of a pixel.

    Args:
        cube: real images.
        footprint: the pixels to change; shape (y, x).
        change: what to do; its onset is needed, its size is that of the footprint.
        seed: of everything that is drawn.
        split: which spectra the new surface is made of.
        climate: a key of `weather.CLIMATES`, for what grows and how wet the new surface is.

    Raises:
        InputError: no cube, no onset, or a footprint that is none of its pixels.
    """
    check_cube(cube)
    if change.onset is None:
        raise InputError("the change has no onset", mend="Give its first day")
    if footprint.shape != (cube.sizes["y"], cube.sizes["x"]) or not footprint.any():
        raise InputError("the footprint has no pixel of the cube", mend="Give a mask of its shape")
    rng = np.random.default_rng([seed, 1])
    deed = _deed(rng, change, footprint)
    new, share = _surface(rng, cube, deed, split, climate)
    residue = _residue(cube)
    bands = bands_of(cube)
    out = cube.copy(deep=True)
    for number, name in enumerate(bands):
        before = cube[name].values
        added = new[:, BANDS.index(name)] + share * residue[:, number, None, None]
        changed = np.where(share > 0, np.maximum(before * (1 - share) + added, 5e-4), before)
        out[name] = (("time", "y", "x"), changed.astype(np.float32))
    return Injected(
        cube=out,
        kind=deed.kind,
        onset=change.onset,
        end=change.onset + timedelta(days=max(deed.days - 1, 0)),
        footprint=footprint.copy(),
        cover=deed.cover,
    )


def _deed(rng: np.random.Generator, change: Change, footprint: Mask) -> Deed:
    patch = np.repeat(np.repeat(footprint, 2, axis=0), 2, axis=1)
    days, cover = draw_days(rng, change.kind), float(rng.uniform(0.5, 1.0))
    return Deed(
        kind=change.kind,
        onset=np.datetime64(change.onset, "D"),
        days=days if change.days is None else change.days,
        patch=patch,
        cover=cover if change.cover is None else change.cover,
        order=draw_order(rng, change.kind, patch),
    )


def _surface(
    rng: np.random.Generator, cube: xr.Dataset, deed: Deed, split: Split, climate: str
) -> tuple[Images, Images]:
    """What the new surface adds (date, band, y, x), and the share it takes (date, y, x)."""
    dates = cube["time"].values.astype("datetime64[D]")
    weather = draw_weather(rng, CLIMATES[climate], dates[0], dates[-1])
    sensors = cube["sensor"].values
    platform = np.where(sensors == "landsat", PLATFORMS.index("landsat"), 0)
    times = Times(weather=weather, days=(dates - dates[0]).astype(int), platform=platform)
    spectra = load_spectra(split)
    soil, row = draw_soil(rng, spectra, times)
    height, width = deed.patch.shape
    side = max(height, width)
    grain = np.exp(0.05 * texture(rng, side, 2.0)).astype(np.float32)[:height, :width]
    none = np.zeros((1, height, width), dtype=np.float32)
    ground = Ground(
        maps=none,
        series=np.zeros((1, len(dates), len(BANDS))),
        soil=soil,
        mix=none[0],
        grain=grain,
        low=none[0],
        relief=none[0],
        times=times,
        spectra=spectra,
        soil_row=row,
    )
    scene = np.zeros((len(dates), len(BANDS), height, width), dtype=np.float32)
    apply(rng, deed, scene, ground)
    share = share_changed(deed, dates) * (dates >= deed.onset)[:, None, None]
    moves = rng.normal(0, 0.5, (len(dates), 2))
    return _pixels(scene, moves), _pixels(share[:, None].astype(np.float32), moves)[:, 0]


def _pixels(scene: Images, moves: npt.NDArray[np.float64]) -> Images:
    """Cells as pixels of two by two, softened and moved by part of a cell, date by date."""
    dates, bands, height, width = scene.shape
    soft = gaussian_filter(scene, (0, 0, 0.6, 0.6), mode="nearest")
    for axis, move in ((2, moves[:, 0]), (3, moves[:, 1])):
        step = np.where(move < 0, -1, 1)
        part = np.abs(np.clip(move, -1, 1)).astype(np.float32)[:, None, None, None]
        moved = np.where(
            (step > 0)[:, None, None, None],
            np.roll(soft, 1, axis=axis),
            np.roll(soft, -1, axis=axis),
        )
        soft = soft * (1 - part) + moved * part
    parts = soft.reshape(dates, bands, height // 2, 2, width // 2, 2)
    return np.asarray(parts.mean(axis=(3, 5)), dtype=np.float32)


def _residue(cube: xr.Dataset) -> Images:
    """What the sky left in each image: its median less that of seven dates about; (date, band)."""
    columns = []
    for name in bands_of(cube):
        values = cube[name].values.reshape(cube.sizes["time"], -1)
        lit = ~np.isnan(values).all(axis=1)
        median = np.zeros(len(values))
        median[lit] = np.nanmedian(values[lit], axis=1)
        steady = median_filter(median[lit], 7, mode="nearest")
        median[lit] -= steady
        columns.append(median)
    return np.stack(columns, axis=1).astype(np.float32)
