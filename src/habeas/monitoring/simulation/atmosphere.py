"""The sky between the ground and the satellite: clouds, what of them the mask misses, haze, dust.

Masks are never right: thin cloud, the rims of clouds and their shadows stay in about three in a
hundred of the pixels that are said to be clear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection import thin_cloud
from habeas.monitoring.simulation.weather import Weather

Floats = npt.NDArray[np.float64]
Images = npt.NDArray[np.float32]

CLOUD = np.array([thin_cloud.CLOUD[name] for name in BANDS], dtype=np.float32)
HAZE = np.array([0.20, 0.17, 0.15, 0.14, 0.10, 0.08], dtype=np.float32)
DUST = np.array([0.16, 0.22, 0.30, 0.34, 0.36, 0.34], dtype=np.float32)
"""Reflectance of thick cloud, and of what haze and dust tend to, by band."""

HAZE_WEIGHT = np.array([1.0, 0.8, 0.62, 0.42, 0.15, 0.08], dtype=np.float32)
DUST_WEIGHT = np.array([1.0, 0.95, 0.85, 0.7, 0.45, 0.35], dtype=np.float32)
SHADOW_WEIGHT = np.array([0.75, 0.85, 0.92, 1.0, 1.05, 1.08], dtype=np.float32)
"""How strongly each acts on each band, beside where it acts most."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sky:
    """The sky over the grid at the dates that are not lost whole.

    Attributes:
        cloud: opacity of cloud; shape (date, y, x).
        shadow: depth of shadow; shape (date, y, x).
        clear: what the mask says; shape (date, y, x).
        haze: residue of the correction of haze (may be below 0); shape (date,).
        dust: of dust; shape (date,).
    """

    cloud: Images
    shadow: Images
    clear: npt.NDArray[np.bool_]
    haze: Floats
    dust: Floats


def sky_open(
    rng: np.random.Generator, weather: Weather, days: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Which images are not lost to cloud whole.

    Args:
        rng: source of randomness.
        weather: of the site.
        days: index of each image among its days.
    """
    months = weather.days[days].astype("datetime64[M]").astype(int) % 12
    rainy = np.maximum(weather.rain[days], 0.5 * weather.rain[np.maximum(days - 1, 0)]) > 1
    share = np.where(rainy, 0.9, np.array(weather.climate.cloudy)[months])
    return np.asarray(rng.random(len(days)) >= share)


def draw_sky(
    rng: np.random.Generator, weather: Weather, days: npt.NDArray[np.int64], size: int
) -> Sky:
    """The sky at the images that are left.

    Args:
        rng: source of randomness.
        weather: of the site.
        days: index of each image among its days.
        size: pixels of width and height.
    """
    dates = len(days)
    state = rng.random(dates)
    level = np.where(
        state < 0.015,
        rng.uniform(-2.6, -0.8, dates),  # thin cloud over all that the mask half misses
        np.where(state < 0.17, rng.uniform(-5, 3.5, dates), -9),
    )
    field = level[:, None, None] + _drifting(rng, dates, size)
    cloud = np.where(level[:, None, None] > -8, 1 / (1 + np.exp(-field)), 0)
    limit = np.clip(rng.normal(0.17, 0.08, dates), 0.05, 0.45)[:, None, None]
    clear = cloud < limit
    broken = (level > -5.5) & (rng.random(dates) < 0.6)
    depth = np.where(broken, rng.uniform(0.15, 0.5, dates), 0)[:, None, None]
    shade = _drifting(rng, dates, size) + rng.uniform(-5, 1, dates)[:, None, None]
    shadow = depth / (1 + np.exp(-3 * shade))
    found = rng.random(dates)[:, None, None] < 0.75
    clear &= ~(found & (shadow > 0.12))
    return Sky(
        cloud=cloud.astype(np.float32),
        shadow=shadow.astype(np.float32),
        clear=clear,
        haze=_haze(rng, dates),
        dust=_dust(rng, weather, days),
    )


def through(sky: Sky, image: Images) -> Images:
    """An image of the ground as it is seen through the sky; shape (date, band, y, x)."""
    hazy = (sky.haze[:, None] * HAZE_WEIGHT)[:, :, None, None].astype(np.float32)
    dusty = (sky.dust[:, None] * DUST_WEIGHT)[:, :, None, None].astype(np.float32)
    image = image + hazy * (HAZE[:, None, None] - image * 0.6)
    image = image + dusty * (DUST[:, None, None] - image)
    touched = np.flatnonzero(
        (sky.cloud > 0.005).any(axis=(1, 2)) | (sky.shadow > 0.005).any((1, 2))
    )
    part = image[touched]
    part = part * (1 - sky.shadow[touched][:, None] * SHADOW_WEIGHT[:, None, None])
    part = part + sky.cloud[touched][:, None] * (CLOUD[:, None, None] - part)
    image[touched] = part
    return image


def _haze(rng: np.random.Generator, dates: int) -> Floats:
    """Mostly a small residue to either side; now and then much haze left."""
    left = rng.normal(0, 0.025, dates)
    much = rng.random(dates) < 0.06
    return np.asarray(np.where(much, np.abs(rng.normal(0.08, 0.06, dates)), left))


def _dust(rng: np.random.Generator, weather: Weather, days: npt.NDArray[np.int64]) -> Floats:
    """Storms that come in the dry half of the year and settle in days."""
    storms = rng.poisson(weather.climate.dusty * len(weather.days) / 365)
    begun = rng.integers(0, len(weather.days), storms)
    strength = rng.gamma(1.5, 0.06, storms) * (weather.moisture[begun] < 0.3)
    since = days[:, None] - begun[None, :]
    now = np.where(since >= 0, strength * np.exp(-np.maximum(since, 0) / 2.0), 0)
    return np.asarray(np.clip(now.sum(axis=1), 0, 0.5))


def _drifting(rng: np.random.Generator, dates: int, size: int) -> Floats:
    """A smooth field for each date: a slope across, and lumps; shape (date, y, x)."""
    at = np.linspace(-1, 1, size) * size / 14
    slope = rng.normal(0, 1.0, (dates, 2))
    field = slope[:, 0, None, None] * at[:, None] + slope[:, 1, None, None] * at[None, :]
    knots = max(3, round(size / 5))
    lumps = rng.normal(0, 1.1, (dates, knots, knots))
    place = np.linspace(0, knots - 1, size)
    below = np.minimum(place.astype(int), knots - 2)
    blend = np.zeros((size, knots))
    blend[np.arange(size), below] = 1 - (place - below)
    blend[np.arange(size), below + 1] = place - below
    return np.asarray(field + blend @ lumps @ blend.T)
