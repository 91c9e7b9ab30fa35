"""Small invented scenes, quick to make: soil, a green season, noise, clouds, rain; and a change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy import ndimage
from shapely.geometry import Polygon, box

from habeas.monitoring.cube import BANDS

BASE = np.array([0.12, 0.16, 0.22, 0.30, 0.36, 0.32])
GREEN = np.array([0.03, 0.07, 0.04, 0.45, 0.25, 0.13])
START = np.datetime64("2016-01-01")


@dataclass(frozen=True)
class Scene:
    """A cube, the site in its middle, and what was done to it."""

    cube: xr.Dataset
    outline: Polygon
    footprint: np.ndarray


def scene(
    seed: int,
    *,
    onset: str | None = None,
    side: int = 4,
    factor: float = 0.6,
    days: int = 0,
    size: int = 20,
    years: float = 6,
    step: int = 10,
    drought: str | None = None,
) -> Scene:
    """A scene of `size` pixels with a site of 8 by 8, changed from `onset` on over `days`."""
    draw = np.random.default_rng(seed)
    when = np.arange(0, int(years * 365.25), step)
    when = when[draw.random(len(when)) < 0.8]
    dates = START + when
    soil = ndimage.gaussian_filter(draw.normal(size=(size, size)), 2) * 4
    veil = np.clip(0.5 + 2 * ndimage.gaussian_filter(draw.normal(size=(size, size)), 2), 0, 1)
    season = 0.12 * (1 + np.sin(2 * np.pi * when / 365.25 - 1))
    green = season[:, None, None] * veil
    rain = np.exp(-0.25 * (draw.random(len(when)) < 0.1))[:, None, None, None]
    ground = (BASE[:, None, None] * (1 + 0.15 * soil))[None] * rain
    if drought is not None:
        later = (dates >= np.datetime64(drought))[:, None, None, None]
        ground = np.where(later, ground * 0.75, ground)
    bands = (1 - green)[:, None] * ground + green[:, None] * GREEN[:, None, None]
    edge = size // 2 - 4
    footprint = np.zeros((size, size), dtype=bool)
    if onset is not None:
        footprint[edge + 1 : edge + 1 + side, edge + 2 : edge + 2 + side] = True
        past = (dates - np.datetime64(onset)).astype(int)
        share = np.clip((past + 1) / max(days, 1), 0, 1)[:, None, None, None] * footprint
        new = (BASE * factor * np.array([1.1, 1.05, 1, 0.95, 0.9, 0.92]))[:, None, None] * rain
        bands = bands * (1 - share) + new * share
    bands = bands * np.exp(draw.normal(size=(len(when), 6, 1, 1)) * 0.03)
    bands = bands * np.exp(draw.normal(size=bands.shape) * 0.02)
    leak = draw.random(len(when)) < 0.03
    bands[leak] = bands[leak] * 0.6 + 0.15
    return Scene(_cube(bands.astype(np.float32), dates), _outline(edge), footprint)


def _cube(bands: np.ndarray, dates: np.ndarray) -> xr.Dataset:
    size = bands.shape[-1]
    return xr.Dataset(
        {name: (("time", "y", "x"), bands[:, at].copy()) for at, name in enumerate(BANDS)},
        coords={
            "time": dates.astype("datetime64[ns]"),
            "y": 3_600_000.0 - 10 * np.arange(size),
            "x": 500_000.0 + 10 * np.arange(size),
            "sensor": ("time", np.array(["sentinel-2"] * len(dates))),
            "scene": ("time", np.array([f"INVENTED_{day}" for day in dates])),
        },
        attrs={"crs": "EPSG:32639"},
    )


def _outline(edge: int) -> Polygon:
    left, top = 500_000 + 10 * edge - 5, 3_600_000 - 10 * edge + 5
    return box(left, top - 80, left + 80, top)
