"""Plain sites: the trial that the goals of monitoring come from, built again as it was described.

That trial's sites were of 8 by 8 pixels of 10 m with three about them, arid, seen by Sentinel-2
every five days from 2016 to 2022 and watched from 2020: kindred soils, plants that green up more
in some years than in others, rain that darkens, haze or shadow that the mask misses on three dates
of a hundred, shifts of a quarter of a pixel; patches of 2 by 2 to 6 by 6 pixels, half to wholly
covered, of bulldozed ground, concrete, asphalt, graves and rubbish. Its code is not to be had.
COLD (p .999, two connected pixels) scored an F1 of .968 there, with .023 false alarms a site and
year and dates that were 37 days off in the middle, 167 at the 90th percentile. How far rain
darkened the ground and how green it grew is not told: `MILD` is set so that COLD raises some more
false alarms than there, and the sites are no easier. How long works went on is not told either;
here they go on as in `simulation`.

What the sites of `habeas.monitoring.simulation` have beyond this (what grows or takes water on the
site otherwise than around it, works and fields in the surroundings, masks that err, gaps, steps of
the processing, other climates) is left out on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
import xarray as xr
from shapely.geometry import box

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection.spectra import load_spectra
from habeas.monitoring.simulation import Change, SimulatedSite
from habeas.monitoring.simulation.atmosphere import Sky, sky_open, through
from habeas.monitoring.simulation.change import apply
from habeas.monitoring.simulation.deed import draw_deed
from habeas.monitoring.simulation.fields import texture
from habeas.monitoring.simulation.ground import Ground, Times, draw_soil
from habeas.monitoring.simulation.sensor import PIXEL, Passes, seen
from habeas.monitoring.simulation.site import MARGIN, truth_of
from habeas.monitoring.simulation.weather import CLIMATES, draw_weather

FIRST, LAST = np.datetime64("2016-01-01"), np.datetime64("2022-12-31")
WATCH = (date(2020, 1, 1), 2022)
SIZE, SITE = 14, 8
"""Pixels of width of the scene, and of the site in its middle."""

MILD = 0.3
"""How much of the rain and the green of simulated arid sites mild ones have."""

LEAKS = 0.03
"""The share of dates with haze or shadow that the mask misses."""

KINDS = ("bulldozed", "paved_or_built", "paved_or_built", "dug_into_plots", "rubbish")
"""What is done, by turns: concrete and asphalt are two of that trial's five."""

Images = npt.NDArray[np.float32]


def plain_site(seed: int, kind: str | None, part: float = MILD) -> SimulatedSite:
    """A plain site of the test split.

    Args:
        seed: of everything that is drawn.
        kind: of its change; none for an unchanged one.
        part: of the rain and the green of simulated arid sites.
    """
    rng = np.random.default_rng([seed, 14])
    weather = draw_weather(rng, CLIMATES["arid"], FIRST, LAST)
    climate = replace(weather.climate, greenness=part * weather.climate.greenness)
    weather = replace(weather, climate=climate, moisture=part * weather.moisture)
    passes = _passes(rng)
    days = (passes.days - FIRST).astype(int)
    clear = sky_open(rng, weather, days)
    passes, days = passes.kept(clear), days[clear]
    ground = _ground(rng, Times(weather=weather, days=days, platform=passes.platform))
    scene, deed = ground.scene(), None
    if kind is not None:
        change = Change(kind=kind, whole_site=False)
        deed = draw_deed(np.random.default_rng([seed, 15]), change, _site(), WATCH)
        apply(np.random.default_rng([seed, 16]), deed, scene, ground)
    image = through(_sky(rng, len(days)), seen(rng, scene, passes, SIZE))
    noise = rng.standard_normal(image.shape, dtype=np.float32)
    image = np.clip(image + noise * (0.0015 + 0.006 * np.abs(image)), 0.0005, 1.2)
    edge = PIXEL * (SIZE - SITE) / 2
    outline = box(edge, -edge - PIXEL * SITE, edge + PIXEL * SITE, -edge)
    return SimulatedSite(
        cube=_cube(image, passes), outline=outline, truth=truth_of(deed, SIZE, "arid", "test", ())
    )


def _passes(rng: np.random.Generator) -> Passes:
    days = np.arange(FIRST + np.timedelta64(int(rng.integers(5)), "D"), LAST, 5)
    return Passes(days=days, platform=np.arange(len(days)) % 2, view=np.zeros(len(days), int))


def _site() -> npt.NDArray[np.bool_]:
    """The cells of the site, two to a pixel."""
    inside = np.zeros((2 * (SIZE + 2 * MARGIN),) * 2, dtype=np.bool_)
    edge = SIZE - SITE + 2 * MARGIN
    inside[edge:-edge, edge:-edge] = True
    return inside


def _ground(rng: np.random.Generator, times: Times) -> Ground:
    """Two kindred soils in patches, and herbs on them that follow the weather alike everywhere."""
    spectra, cells = load_spectra("test"), 2 * (SIZE + 2 * MARGIN)
    soil, row = draw_soil(rng, spectra, times)
    mix = (1 / (1 + np.exp(-1.5 * texture(rng, cells, 8.0)))).astype(np.float32)
    grain = np.exp(0.05 * texture(rng, cells, 3.0)).astype(np.float32)
    dense = times.weather.climate.greenness * np.clip(1 + 0.45 * texture(rng, cells, 2.5), 0, 3)
    green = times.at(times.weather.herbs)[:, None]
    straw = times.at(times.weather.straw)[:, None] * (1 - green) * 0.8
    plant, dry = (
        times.spectrum(spectra, int(rng.choice(spectra.of(group))))
        for group in ("canopy", "litter")
    )
    soils = soil.wetted(times.at(times.weather.moisture))
    parts = [(1 - mix) * grain, mix * grain]
    maps = [*parts, *(-dense * part for part in parts), dense * np.sqrt(grain)]
    series = [*soils, *((green + straw) * one for one in soils), green * plant + straw * dry]
    none = np.zeros((cells, cells), dtype=np.float32)
    return Ground(
        maps=np.stack(maps).astype(np.float32),
        series=np.stack(series),
        soil=soil,
        mix=mix,
        grain=grain,
        low=none,
        relief=none,
        times=times,
        spectra=spectra,
        soil_row=row,
    )


def _sky(rng: np.random.Generator, dates: int) -> Sky:
    """A clear sky, but for haze over all or shadow over a part on some dates."""
    leaks, haze = rng.random(dates) < LEAKS, rng.random(dates) < 0.5
    shadow = np.zeros((dates, SIZE, SIZE), dtype=np.float32)
    for date_ in np.flatnonzero(leaks & ~haze):
        shadow[date_] = rng.uniform(0.15, 0.5) * (texture(rng, SIZE, 3.0) > 0)
    return Sky(
        cloud=np.zeros_like(shadow),
        shadow=shadow,
        clear=np.ones(shadow.shape, dtype=np.bool_),
        haze=np.where(leaks & haze, np.abs(rng.normal(0.08, 0.06, dates)), 0.0),
        dust=np.zeros(dates),
    )


def _cube(image: Images, passes: Passes) -> xr.Dataset:
    place = PIXEL * (np.arange(SIZE) + 0.5)
    return xr.Dataset(
        {band: (("time", "y", "x"), image[:, number]) for number, band in enumerate(BANDS)},
        coords={
            "time": passes.days.astype("datetime64[ns]"),
            "y": -place,
            "x": place,
            "sensor": ("time", np.full(len(passes.days), "sentinel-2")),
            "scene": ("time", np.char.add("PLAIN_", passes.days.astype(str))),
        },
        attrs={"crs": "EPSG:32639"},
    )
