"""The weather of a simulated site, day by day, and what follows from it for ground and sky.

Rain comes in spells, by month and by year; soil wets and dries; plants green up when it is both
moist and warm, so that their seasons differ from year to year as the rain does; snow lies where it
is cold. Nothing here is a model of a real place: the climates are of the kinds found in Iran (arid,
semi-arid, highland) and one temperate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter
from scipy.special import expit, ndtr

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Climate:
    """What the weather is drawn from.

    Attributes:
        rainy: share of days with rain, by month from January.
        rain: millimetres on a day with rain.
        spread: standard deviation of the logarithm of a year's rain about its mean.
        mean: degrees Celsius over the year.
        swing: half of the difference between the warmest and the coldest time, degrees.
        cloudy: share of images whose sky is covered, by month, when it does not rain.
        dusty: dust storms a year.
        latitude: degrees.
        greenness: the share of ground that plants of a good year cover.
    """

    rainy: tuple[float, ...]
    rain: float
    spread: float
    mean: float
    swing: float
    cloudy: tuple[float, ...]
    dusty: float
    latitude: float
    greenness: float


CLIMATES = {
    "arid": Climate(
        rainy=(0.13, 0.12, 0.14, 0.10, 0.04, 0.01, 0.01, 0.01, 0.01, 0.03, 0.08, 0.12),
        rain=5.0,
        spread=0.36,
        mean=21.0,
        swing=12.5,
        cloudy=(0.35, 0.33, 0.35, 0.30, 0.18, 0.06, 0.07, 0.06, 0.05, 0.13, 0.25, 0.33),
        dusty=5.0,
        latitude=31.0,
        greenness=0.18,
    ),
    "semi_arid": Climate(
        rainy=(0.22, 0.23, 0.25, 0.22, 0.12, 0.03, 0.02, 0.02, 0.03, 0.09, 0.18, 0.22),
        rain=6.0,
        spread=0.25,
        mean=16.0,
        swing=12.5,
        cloudy=(0.48, 0.47, 0.46, 0.42, 0.28, 0.10, 0.10, 0.09, 0.09, 0.22, 0.38, 0.46),
        dusty=3.0,
        latitude=35.0,
        greenness=0.4,
    ),
    "highland": Climate(
        rainy=(0.27, 0.28, 0.30, 0.28, 0.18, 0.05, 0.03, 0.03, 0.04, 0.13, 0.22, 0.27),
        rain=6.0,
        spread=0.22,
        mean=11.5,
        swing=13.5,
        cloudy=(0.52, 0.52, 0.50, 0.45, 0.32, 0.13, 0.12, 0.11, 0.10, 0.24, 0.40, 0.50),
        dusty=2.0,
        latitude=36.5,
        greenness=0.5,
    ),
    "temperate": Climate(
        rainy=(0.40, 0.38, 0.38, 0.36, 0.38, 0.36, 0.32, 0.30, 0.30, 0.34, 0.40, 0.42),
        rain=5.5,
        spread=0.15,
        mean=10.5,
        swing=10.5,
        cloudy=(0.75, 0.70, 0.62, 0.55, 0.55, 0.50, 0.46, 0.46, 0.52, 0.62, 0.74, 0.78),
        dusty=0.0,
        latitude=46.0,
        greenness=0.8,
    ),
}


@dataclass(frozen=True, kw_only=True, eq=False)
class Weather:
    """Day by day; every array has shape (day,).

    Attributes:
        climate: what it was drawn from.
        days: datetime64[D].
        rain: millimetres.
        moisture: of the surface, 0 dry to 1 saturated.
        warmth: degrees Celsius.
        herbs: how green rain-fed herbs and grass are, 0 to 1.
        straw: how much of them stands dry, 0 to 1.
        leaves: how green trees and shrubs are, 0 to 1.
        flood: how far low ground is under water, 0 to 1.
        snow: share of the ground under snow, 0 to 1.
        tilt: the sun's tangent of the zenith angle about its mean; drives shading by relief.
    """

    climate: Climate
    days: npt.NDArray[np.datetime64]
    rain: Floats
    moisture: Floats
    warmth: Floats
    herbs: Floats
    straw: Floats
    leaves: Floats
    flood: Floats
    snow: Floats
    tilt: Floats


def draw_weather(
    rng: np.random.Generator, climate: Climate, first: np.datetime64, last: np.datetime64
) -> Weather:
    """The weather of a site from two years before the first day, so that it has settled in.

    Args:
        rng: source of randomness.
        climate: what it is drawn from.
        first: first day that is wanted.
        last: last day.
    """
    days = np.arange(first - np.timedelta64(730, "D"), last + np.timedelta64(1, "D"))
    season = _season(days)
    warmth = climate.mean - climate.swing * np.cos(2 * np.pi * (season - 0.05))
    warmth = warmth + lfilter([1.0], [1.0, -0.8], rng.normal(0, 1.6, len(days)))
    rain = _rain(rng, climate, days)
    quick, slow = _drained(rain, 2.5), _drained(rain, 6.0)
    summer = expit((warmth - 15) / 5)
    moisture = 1 - np.exp(-(summer * quick + (1 - summer) * 0.6 * slow) / 9.0)
    herbs = _greened(_held(rain, warmth, 70.0), warmth)
    straw = np.clip(lfilter([1 / 120], [1.0, -(1 - 1 / 120)], herbs) * 1.3 - 0.35 * herbs, 0, 1)
    deep = _greened(_held(rain, warmth, 180.0) / 2, warmth)
    leaves = 0.75 * expit((_smooth(warmth, 30.0) - 9) / 2.5) + 0.25 * deep
    sun = _zenith(days, climate.latitude)
    kept = slice(730, None)
    return Weather(
        climate=climate,
        days=days[kept].astype("datetime64[D]"),
        rain=rain[kept],
        moisture=moisture[kept],
        warmth=warmth[kept],
        herbs=herbs[kept],
        straw=straw[kept],
        leaves=leaves[kept],
        flood=expit((_drained(rain, 20.0) - np.quantile(_drained(rain, 12.0), 0.99) * 1.3) / 6)[
            kept
        ],
        snow=_snow(rain, warmth)[kept],
        tilt=(np.tan(sun) - np.tan(sun).mean())[kept],
    )


def _season(days: npt.NDArray[np.datetime64]) -> Floats:
    """The time of the year, 0 to 1."""
    years = days.astype("datetime64[Y]")
    return np.asarray((days - years.astype("datetime64[D]")).astype(float) / 365.25)


def _rain(rng: np.random.Generator, climate: Climate, days: npt.NDArray[np.datetime64]) -> Floats:
    """Rain in spells; years differ, and one in six is a drought."""
    months = days.astype("datetime64[M]").astype(int) % 12
    years = (days + np.timedelta64(122, "D")).astype("datetime64[Y]").astype(int)
    years -= years[0]
    wet = np.exp(rng.normal(0, climate.spread, years[-1] + 1))
    wet[rng.random(len(wet)) < 1 / 6] *= 0.6
    share = np.array(climate.rainy)[months] * np.clip(wet[years], 0.15, 2.2)
    latent = lfilter([np.sqrt(1 - 0.55**2)], [1.0, -0.55], rng.normal(size=len(days)))
    amount = rng.gamma(0.8, climate.rain / 0.8, len(days)) * np.sqrt(np.clip(wet[years], 0.3, 2))
    return np.asarray(np.where(ndtr(latent) < np.clip(share, 0, 0.8), amount, 0.0))


def _drained(rain: Floats, days: float) -> Floats:
    """Water that stays, draining at one over so many days."""
    return np.asarray(lfilter([1.0], [1.0, -np.exp(-1 / days)], rain))


def _smooth(series: Floats, days: float) -> Floats:
    rate = 1 / days
    return np.asarray(lfilter([rate], [1.0, rate - 1], series - series[0]) + series[0])


def _held(rain: Floats, warmth: Floats, room: float) -> Floats:
    """Water within reach of roots, millimetres: no more than there is room for; heat takes it."""
    taken = np.exp(-(1 / 60 + (1 / 14 - 1 / 60) * expit((warmth - 18) / 4)))
    water, held = 0.0, np.zeros(len(rain))
    for day, (fallen, kept) in enumerate(zip(rain.tolist(), taken.tolist(), strict=True)):
        water = min(water * kept + fallen, room)
        held[day] = water
    return held


def _greened(water: Floats, warmth: Floats) -> Floats:
    """How green plants are: water within reach, and neither cold nor heat."""
    warm = expit((warmth - 6.5) / 2) * expit((33 - warmth) / 2.5)
    return np.clip(_smooth((1 - np.exp(-water / 25.0)) * warm, 14.0) * 1.5, 0, 1)


def _snow(rain: Floats, warmth: Floats) -> Floats:
    depth, lying = 0.0, np.zeros(len(rain))
    for day, (fallen, degrees) in enumerate(zip(rain.tolist(), warmth.tolist(), strict=True)):
        depth = depth + fallen if degrees < 0.5 else max(0.0, depth - 2.5 * (degrees - 0.5))
        lying[day] = depth
    return np.asarray(1 - np.exp(-lying / 4))


def _zenith(days: npt.NDArray[np.datetime64], latitude: float) -> Floats:
    """The zenith angle of the sun at the overpass (about half past ten), radians."""
    declination = np.radians(-23.44) * np.cos(2 * np.pi * (_season(days) + 10 / 365.25))
    phi, hour = np.radians(latitude), np.radians(-24)
    height = np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.cos(hour)
    return np.asarray(np.arccos(np.clip(height, 0.1, 1)))
