"""The ground of a simulated scene: soils, plants, fields, buildings, as the sky never saw it.

The scene is a sum of components, each a map of shares times a spectrum that changes with time. The
grid is of cells of 5 m, a quarter of a pixel, so that shifts and partial cover are what they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from habeas.monitoring.detection.spectra import Spectra
from habeas.monitoring.simulation.fields import Map, parcels, texture
from habeas.monitoring.simulation.weather import Weather

Floats = npt.NDArray[np.float64]

CELL = 5.0
"""Metres."""

WET = np.array([0.55, 0.58, 0.60, 0.60, 0.72, 0.85])
"""How much saturated soil darkens, as the exponent, by band (after Lobell and Asner 2002)."""

LAND = {
    "arid": {"steppe": 0.55, "bare": 0.25, "field": 0.08, "built": 0.06, "orchard": 0.06},
    "semi_arid": {"steppe": 0.5, "bare": 0.12, "field": 0.2, "built": 0.09, "orchard": 0.09},
    "highland": {"steppe": 0.5, "bare": 0.08, "field": 0.24, "built": 0.08, "orchard": 0.1},
    "temperate": {"steppe": 0.5, "bare": 0.03, "field": 0.27, "built": 0.1, "orchard": 0.1},
}
"""How often a parcel of the surroundings is what, by climate."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Soil:
    """Two soils that the ground of a scene is mixed from, and how they take water.

    Attributes:
        spectra: reflectance when dry; shape (2, date, band).
        thirst: how strongly each darkens.
    """

    spectra: Floats
    thirst: tuple[float, float]

    def wetted(self, moisture: Floats) -> Floats:
        """Reflectance at a moisture; shape (2, date, band)."""
        thirst = np.array(self.thirst)[:, None, None]
        return np.asarray(self.spectra * np.exp(-thirst * WET * moisture[:, None]))


@dataclass(frozen=True, kw_only=True, eq=False)
class Times:
    """What the ground needs to know of the dates of the images; arrays of shape (date,).

    Attributes:
        weather: of the site, day by day.
        days: index of each date in the days of the weather.
        platform: index of the platform of each date in `spectra.PLATFORMS`.
    """

    weather: Weather
    days: npt.NDArray[np.int64]
    platform: npt.NDArray[np.int64]

    def at(self, series: Floats) -> Floats:
        """A series by day at the dates."""
        return np.asarray(series[self.days])

    def spectrum(self, spectra: Spectra, row: int) -> Floats:
        """A measured spectrum as the platform of each date sees it; shape (date, band)."""
        return np.asarray(spectra.values[row][self.platform], dtype=np.float64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """What the scene is made of.

    Attributes:
        maps: shares; shape (component, y, x), float32.
        series: spectra with time; shape (component, date, band).
        soil: of the scene.
        mix: the share of the second soil; shape (y, x).
        grain: brightness of each cell about 1; shape (y, x).
        low: ground that may be flooded, 0 to 1; shape (y, x).
        relief: slope toward the sun; shape (y, x).
        times: of the images.
        spectra: of one split.
        soil_row: of the first soil among the spectra.
    """

    maps: Map
    series: Floats
    soil: Soil
    mix: Map
    grain: Map
    low: Map
    relief: Map
    times: Times
    spectra: Spectra
    soil_row: int

    def scene(self) -> npt.NDArray[np.float32]:
        """The reflectance of each cell; shape (date, band, y, x), float32."""
        count, dates, bands = self.series.shape
        flat = self.series.reshape(count, -1).T.astype(np.float32) @ self.maps.reshape(count, -1)
        return np.asarray(flat.reshape(dates, bands, *self.maps.shape[1:]))


def draw_soil(rng: np.random.Generator, spectra: Spectra, times: Times) -> tuple[Soil, int]:
    """Two kindred soils, and the row of the first.

    Laboratory samples are dry, crushed and smooth; in the field soil is darker by its roughness.
    """
    rows = spectra.of("soil")
    rows = rows[spectra.values[rows, 0, 2] > 0.1]
    first = int(rng.choice(rows))
    apart = np.abs(np.log(spectra.values[rows, 0] / spectra.values[first, 0] + 1e-9)).mean(axis=1)
    second = int(rng.choice(rows[np.argsort(apart)[1:150]]))
    roughness = rng.uniform(0.65, 0.95)
    both = [times.spectrum(spectra, row) * roughness for row in (first, second)]
    thirst = tuple(rng.uniform(0.6, 1.1, 2).tolist())
    return Soil(spectra=np.stack(both), thirst=(thirst[0], thirst[1])), first


def draw_ground(
    rng: np.random.Generator,
    spectra: Spectra,
    times: Times,
    climate: str,
    site: npt.NDArray[np.bool_],
) -> Ground:
    """The ground of a scene.

    Args:
        rng: source of randomness.
        spectra: of one split.
        times: of the images.
        climate: a key of `weather.CLIMATES`.
        site: the cells of the site; shape (y, x) of the scene.
    """
    cells = len(site)
    soil, row = draw_soil(rng, spectra, times)
    lots = _lots(rng, cells, site)
    kinds = _kinds(rng, climate, lots)
    mix = 1 / (1 + np.exp(-1.5 * texture(rng, cells, 8.0) - rng.normal(0, 0.7)))
    bright = rng.lognormal(0, 0.05, lots.max() + 1)[lots]
    grain = np.exp(0.05 * texture(rng, cells, 3.0) + 0.04 * texture(rng, cells, 0)) * bright
    low = 1 / (1 + np.exp(-4 * (texture(rng, cells, 10.0) - 0.6)))
    relief = np.tan(np.radians(rng.uniform(1, 5))) * texture(rng, cells, 6.0)
    builder = _Builder(rng, times, spectra, soil, _single(mix), _single(grain))
    built = np.where(kinds == "built", np.clip(0.75 + 0.25 * texture(rng, cells, 1.0), 0, 1), 0)
    builder.ground(_single(1 - built))
    builder.buildings(_single(built), lots)
    builder.herbs(kinds, site)
    builder.trees(kinds, site)
    builder.fields(kinds, lots)
    return Ground(
        maps=np.stack(builder.maps).astype(np.float32),
        series=np.stack(builder.series),
        soil=soil,
        mix=builder.mix,
        grain=builder.grain,
        low=_single(low),
        relief=_single(relief),
        times=times,
        spectra=spectra,
        soil_row=row,
    )


def _single(map_: npt.NDArray[np.floating]) -> Map:
    return map_.astype(np.float32)


def _lots(
    rng: np.random.Generator, cells: int, site: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Parcels; the site lies in one of its own, which reaches a little beyond its outline."""
    lots = parcels(rng, cells, rng.uniform(14, 30)) + 1
    rows, columns = np.nonzero(site)
    grown = rng.integers(-1, 6, 4)
    low = max(0, rows.min() - grown[0]), max(0, columns.min() - grown[1])
    lots[low[0] : rows.max() + 1 + grown[2], low[1] : columns.max() + 1 + grown[3]] = 0
    return lots


def _kinds(
    rng: np.random.Generator,
    climate: str,
    lots: npt.NDArray[np.int64],
) -> npt.NDArray[np.str_]:
    names = list(LAND[climate])
    drawn = rng.choice(names, lots.max() + 1, p=list(LAND[climate].values()))
    drawn[0] = rng.choice(["steppe", "bare", "lawn"], p=[0.6, 0.3, 0.1])
    return np.asarray(drawn[lots])


@dataclass(eq=False)
class _Builder:
    """Puts the components of a scene together."""

    rng: np.random.Generator
    times: Times
    spectra: Spectra
    soil: Soil
    mix: Map
    grain: Map
    maps: list[Map] = field(default_factory=list)
    series: list[Floats] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wetted = self.soil.wetted(self.times.at(self.times.weather.moisture))

    def ground(self, share: Map) -> None:
        """Lay the soil."""
        self._soil(share, np.ones(len(self.times.days)))

    def cover(self, share: Map, course: Floats, spectrum: Floats) -> None:
        """Hide soil under something: a share of each cell, times a course with time."""
        self._soil(-share, course)
        self.maps.append(share * np.sqrt(self.grain))
        self.series.append(course[:, None] * spectrum)

    def buildings(self, built: Map, lots: npt.NDArray[np.int64]) -> None:
        """Roofs and streets that stand all the time, each lot its own."""
        rows = np.concatenate([self.spectra.of(group) for group in ("roof", "concrete", "asphalt")])
        for lot in np.unique(lots[built > 0]):
            self.maps.append(np.where(lots == lot, built, 0) * self.grain)
            self.series.append(self._spectrum(rows))

    def herbs(self, kinds: npt.NDArray[np.str_], site: npt.NDArray[np.bool_]) -> None:
        """Herbs and grass that the rain brings, green and then dry.

        Those of the site are more or fewer, earlier or later than those around it, and grazed in
        other years; a lawn is watered and mown.
        """
        weather, cells = self.times.weather, len(kinds)
        much = weather.climate.greenness * self.rng.lognormal(0, 0.35)
        patchy = np.clip(1 + 0.45 * texture(self.rng, cells, 2.5), 0, 3)
        dense = np.where(kinds == "steppe", much, np.where(kinds == "bare", 0.2 * much, 0))
        thinness = float(np.clip(self.rng.lognormal(0, 0.45), 0.25, 2.5))
        dense = np.clip(patchy * np.where(site, thinness * dense, dense), 0, 0.85)
        plant, dry = (self._spectrum(self.spectra.of(group)) for group in ("canopy", "litter"))
        for place in (site, ~site):
            self._wild(_single(np.where(place, dense, 0)), plant, dry)
        lawn = _single(np.where(kinds == "lawn", np.clip(0.7 * patchy, 0, 0.85), 0))
        if lawn.any():
            self.cover(lawn, self._mown(), self._spectrum(self.spectra.of("canopy")))

    def _wild(self, share: Map, plant: Floats, dry: Floats) -> None:
        """Herbs of one stand: with their own delay, and their own good and bad years."""
        weather, days = self.times.weather, self.times.days
        late = self.rng.normal(0, 6)
        years = np.exp(self.rng.normal(0, 0.15, days.max() // 365 + 3))
        year = np.interp(days / 365.25, np.arange(len(years)), years)
        green = np.clip(self._shifted(weather.herbs, late) * year, 0, 1.1)
        straw = np.clip(self._shifted(weather.straw, late) * year, 0, 1.1)
        self.cover(share, green, plant)
        self.cover(share, straw * np.clip(1 - green, 0, 1) * 0.8, dry)

    def _mown(self) -> Floats:
        """How green a watered lawn is: with the warmth, less after each mowing and some neglect."""
        weather, days = self.times.weather, self.times.days.astype(float)
        season = np.clip(0.35 + 0.65 * self.times.at(weather.leaves), 0, 1)
        mowings = np.sort(self.rng.uniform(0, days.max() + 1, int(days.max() / 40) + 1))
        last = np.searchsorted(mowings, days, side="right") - 1
        since = np.where(last >= 0, days - mowings[np.maximum(last, 0)], 60)
        neglect = np.exp(0.2 * self.rng.normal(size=int(days.max() / 180) + 3))
        care = np.interp(days / 180, np.arange(len(neglect)), neglect)
        return np.asarray(np.clip(season * care * (1 - 0.25 * np.exp(-since / 10)), 0, 1))

    def trees(self, kinds: npt.NDArray[np.str_], site: npt.NDArray[np.bool_]) -> None:
        """Shrubs and trees: some anywhere, rows of them in orchards; they grow slowly."""
        cells = len(kinds)
        few = (texture(self.rng, cells, 1.0) > self.rng.uniform(1.3, 2.6)) * 0.6
        share = np.where(kinds == "orchard", 0.55, np.where(kinds == "steppe", few, 0))
        share = np.where(site, share * (self.rng.random() < 0.5), share).astype(np.float32)
        years = self.times.days / 365.25
        growth = 1 + self.rng.normal(0, 0.03) * (years - years.mean())
        course = np.clip(self.times.at(self.times.weather.leaves) * growth, 0, 1.1)
        self.cover(_single(share * 0.9), course, self._spectrum(self.spectra.of("canopy")))

    def fields(self, kinds: npt.NDArray[np.str_], lots: npt.NDArray[np.int64]) -> None:
        """Fields: ploughed, sown, grown, cut; each on its own days of each year."""
        for lot in np.unique(lots[kinds == "field"]):
            share = (lots == lot).astype(np.float32)
            crop, ploughed = self._husbandry()
            self._soil(-share, ploughed)
            self.cover(share, crop, self._spectrum(self.spectra.of("canopy")))

    def _soil(self, share: Map, course: Floats) -> None:
        for part, wetted in zip((1 - self.mix, self.mix), self.wetted, strict=True):
            self.maps.append(share * part * self.grain)
            self.series.append(course[:, None] * wetted)

    def _spectrum(self, rows: npt.NDArray[np.int64]) -> Floats:
        return self.times.spectrum(self.spectra, int(self.rng.choice(rows)))

    def _shifted(self, series: Floats, days: float) -> Floats:
        grid = np.arange(len(series))
        return np.asarray(np.interp(self.times.days - days, grid, series))

    def _husbandry(self) -> tuple[Floats, Floats]:
        """A field's green cover, and how much ploughing darkens it, at the dates."""
        days, rng = self.times.days.astype(float), self.rng
        crop, dark = np.zeros(len(days)), np.zeros(len(days))
        summer = rng.random() < 0.35
        sown, length = (rng.uniform(100, 140), 130) if summer else (rng.uniform(-60, 0), 210)
        for year in range(-1, int(days.max() // 365) + 1):
            begins = year * 365.25 + sown + rng.normal(0, 12)
            age = (days - begins) / length
            fallow = rng.random() < 0.25
            rise = np.clip(np.sin(np.pi * np.clip(age, 0, 1)) ** 1.5, 0, 1)
            crop += 0 if fallow else rng.uniform(0.55, 0.9) * rise
            since = days - (begins - rng.uniform(5, 30))
            dark += np.where(since >= 0, rng.uniform(0.1, 0.3) * np.exp(-since / 60), 0)
        return np.clip(crop, 0, 0.95), np.clip(dark, 0, 0.4)
