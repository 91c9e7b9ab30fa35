"""Fit the rates at which stable ground goes off (`monitoring/detection/alarm_model.json`).

Stable sites are simulated of the calibration split and watched for three years, each with a model
that learned from all years before it, as they are and with fewer bands. Of each kind of patch and
each window the yearly maxima, less the unrest of the surroundings, give a bound, how often it is
passed, and a generalised Pareto distribution of what goes beyond it; the rarest of all of them
together gives another. With all bands the same sites are watched again, to see how rare the rarest
is on dates on which it looks like works; that rests on the models of kinds
(`scripts/fit_kinds.py`), which rest on the other figures. Run it whenever the statistic or the
simulator changes, with `OMP_NUM_THREADS=1 uv run python scripts/fit_alarms.py`; it takes half an
hour on two cores.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import ndimage, stats
from shapely.geometry import Polygon, box

from habeas.monitoring.cube import BANDS as ALL_BANDS
from habeas.monitoring.detection.calibration import (
    PIXELS,
    AlarmModel,
    Tail,
    less_unrest,
)
from habeas.monitoring.detection.describing import ground_of
from habeas.monitoring.detection.kind_features import logs_of
from habeas.monitoring.detection.patches import SIDES, Patches, patches_of
from habeas.monitoring.detection.settings import YEAR_DAYS, DetectionSettings
from habeas.monitoring.detection.spectra import spectra_digest
from habeas.monitoring.detection.stack import Stack, stack_of
from habeas.monitoring.detection.statistic import WINDOWS, Model, learn, pooled, statistic
from habeas.monitoring.detection.sufficiency import watch_begins
from habeas.monitoring.detection.surroundings import ring_of, site_mask
from habeas.monitoring.detection.works import LOOKS_LIKE, Shown, chance_of_no_change
from habeas.monitoring.simulation import simulate_site

Floats = npt.NDArray[np.float32]

PATH = Path(__file__).parents[1] / "src/habeas/monitoring/detection/alarm_model.json"
SITES = 500
FIRST_SEED = 100_000
SMALL_SEED = 140_000
YEARS = 3
WATCH = date(2020, 1, 1)
BANDS = {
    6: ("blue", "green", "red", "nir", "swir16", "swir22"),
    4: ("green", "red", "nir", "swir16"),
    3: ("green", "red", "nir"),
}
"""Which bands stand for how many."""

BEYOND = 0.15
"""Part of the yearly maxima that the distribution of what goes beyond is fitted to."""

LOOKED_AT = 2.0
"""How rare the rarest patch must be, as `Tail.rarity` gives it, to be looked at: three stable
sites in ten go so far in a year."""

LIGHTEST = -0.3
"""The lightest tail that is believed: a bounded one would promise that nothing ever goes beyond."""


@dataclass(frozen=True, eq=False)
class Maxima:
    """The yearly maxima of one stable site.

    Attributes:
        single: of each kind and window; shape (years, kinds, windows); not a number where the site
            has no such patch, or nothing was clear.
        steps: of each date, for the rarest of all; shape (t, kinds, windows).
        year: of each date; shape (t,).
    """

    single: Floats
    steps: Floats
    year: npt.NDArray[np.int64]


def main() -> None:
    """Simulate, fit, write."""
    document: dict[str, object] = {
        "what": "how often stable simulated sites go off: bound, yearly rate, scale and shape of a "
        "generalised Pareto distribution, by kind of patch and window; of the rarest of all; and "
        "of the rarest that looks like works",
        "written_by": "scripts/fit_alarms.py",
        "spectra_sha256": spectra_digest(),
        "sites": SITES,
        "first_seed": FIRST_SEED,
        "years": YEARS,
        "pixels": PIXELS,
        "windows": WINDOWS,
        "sides": SIDES,
        "bands": {},
    }
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        small = list(pool.map(small_site, range(SMALL_SEED, SMALL_SEED + SITES // 4), chunksize=5))
        seen = list(pool.map(site, range(FIRST_SEED, FIRST_SEED + SITES), chunksize=5))
        parts = {}
        for bands in BANDS:
            model = fitted([one[bands] for one in seen], [one[bands] for one in small])
            if bands == len(ALL_BANDS):
                model = replace(model, works=works_tail(pool, model))
            parts[str(bands)] = {
                "single": [[numbers(tail) for tail in windows] for windows in model.single],
                "whole": numbers(model.whole),
            } | ({"works": numbers(model.works)} if model.works else {})
            print(bands, "bands: rarity for .02", round(model.rarity(0.02, PIXELS), 2))
    document["bands"] = parts
    PATH.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def numbers(tail: Tail) -> list[float]:
    """A tail as it stands in the file."""
    return [round(part, 5) for part in (tail.bound, tail.rate, tail.scale, tail.shape)]


def site(seed: int) -> dict[int, Maxima]:
    """The maxima of a stable site of 64 pixels, for each number of bands."""
    made = simulate_site(seed, split="calibration", size=24, site=8)
    return of_cube(made.cube, made.outline)


def small_site(seed: int) -> dict[int, Maxima]:
    """The same of a site of 9 pixels, which is watched as a whole too."""
    made = simulate_site(seed, split="calibration", size=24, site=4)
    west, south, _, _ = made.outline.bounds
    return of_cube(made.cube, box(west, south, west + 30, south + 30))


def of_cube(cube: xr.Dataset, outline: Polygon) -> dict[int, Maxima]:
    """The maxima of a stable site, for each number of bands."""
    return {
        count: maxima(cube[list(bands)].assign_attrs(cube.attrs), outline)
        for count, bands in BANDS.items()
    }


def maxima(cube: xr.Dataset, outline: Polygon) -> Maxima:
    """What the statistic of a stable site comes to."""
    inside = site_mask(cube, outline, 0.0)
    images = stack_of(cube)
    parts = list(years_of(images, inside, ring_of(inside, DetectionSettings().ring)))
    patches, first = parts[0].patches, parts[0].first
    said = np.concatenate([part.said for part in parts], axis=1)[:, :, patches.site]
    steps = np.full((said.shape[1], len(SIDES) + 1, len(WINDOWS)), -np.inf, dtype=np.float32)
    for kind in np.unique(patches.kinds[patches.site]):
        own = said[:, :, patches.kinds[patches.site] == kind]
        steps[:, kind] = np.where(np.isfinite(own), own, -np.inf).max(axis=2).T
    year = np.minimum((images.days[first:] - images.days[first]) // YEAR_DAYS, YEARS - 1)
    return Maxima(by_year(steps, year), steps, year)


@dataclass(frozen=True, eq=False)
class Year:
    """What the statistic of a site comes to in a year of its watch.

    Attributes:
        year: from 0.
        first: the first date of the watch.
        start: the first date of the year.
        model: what all before it taught.
        patches: of the site and its surroundings.
        said: less what the surroundings do; shape (windows, dates of the year, patches).
    """

    year: int
    first: int
    start: int
    model: Model
    patches: Patches
    said: Floats


def years_of(
    images: Stack, inside: npt.NDArray[np.bool_], ring: npt.NDArray[np.bool_]
) -> Iterator[Year]:
    """The years of a watch, each with a model that learned from all before it."""
    first = watch_begins(images.days, DetectionSettings(watch_from=WATCH))
    patches = patches_of(inside, ~ndimage.binary_dilation(inside, structure=np.ones((3, 3))))
    begun = images.days[first]
    edges = [int(np.searchsorted(images.days, begun + YEAR_DAYS * n)) for n in range(YEARS)]
    model = None
    for year, (start, end) in enumerate(pairwise([*edges, len(images.days)])):
        if start < end:
            model = learn(images.until(start), inside.ravel(), ring.ravel(), patches, model)
            observed, _ = pooled(model, images.until(end), patches)
            said = less_unrest(statistic(model, observed, patches, start), patches)
            yield Year(year, first, start, model, patches, said)


def by_year(values: Floats, year: npt.NDArray[np.int64]) -> Floats:
    """The maximum of each year; shape (years, ...)."""
    return np.stack(
        [
            values[year == number].max(axis=0)
            if (year == number).any()
            else np.full(values.shape[1:], -np.inf)
            for number in range(YEARS)
        ]
    )


def fitted(seen: list[Maxima], small: list[Maxima]) -> AlarmModel:
    """The rates of one number of bands.

    Args:
        seen: sites of the usual size.
        small: those that are watched as a whole too, for that kind of patch alone.
    """
    kinds = len(SIDES) + 1
    single = []
    for kind in range(kinds):
        sites = small if kind == kinds - 1 else seen
        together = np.concatenate([one.single[:, kind] for one in sites])
        single.append(tuple(tail_of(together[:, at]) for at in range(len(WINDOWS))))
    rarest = []
    for one in seen:
        score = np.full(len(one.year), -np.inf, dtype=np.float32)
        for kind in range(kinds - 1):
            for at in range(len(WINDOWS)):
                score = np.maximum(score, single[kind][at].rarity(one.steps[:, kind, at]))
        rarest.append(by_year(score, one.year))
    return AlarmModel(single=tuple(single), whole=tail_of(np.concatenate(rarest)), works=None)


def works_tail(pool: ProcessPoolExecutor, model: AlarmModel) -> Tail:
    """The tail of the rarest of each year on dates on which it looks like works."""
    seeds = range(FIRST_SEED, FIRST_SEED + SITES)
    seen = np.concatenate(list(pool.map(partial(works_site, model), seeds, chunksize=5)))
    return tail_beyond(seen, LOOKED_AT)


def works_site(model: AlarmModel, seed: int) -> Floats:
    """The rarest of each year that looks like works at a stable site; shape (years,).

    -infinity where nothing goes as far as `LOOKED_AT`, or nothing that does looks like works.
    """
    made = simulate_site(seed, split="calibration", size=24, site=8)
    inside = site_mask(made.cube, made.outline, 0.0)
    images = stack_of(made.cube)
    ring = ring_of(inside, DetectionSettings().ring)
    found = np.full(YEARS, -np.inf, dtype=np.float32)
    for part in years_of(images, inside, ring):
        rarities = rarest_of(model, part)
        far = np.flatnonzero(rarities.max(axis=1) > LOOKED_AT)
        if not len(far):
            continue
        end = part.start + len(rarities)
        cube = made.cube.isel(
            time=made.cube["time"].values < np.datetime64(int(images.days[end - 1]) + 1, "D")
        )
        shown = Shown(
            ground_of(part.model, images.until(end), inside, part.first), logs_of(cube, ring)
        )
        for at in far:
            patch = (part.patches.members[:, rarities[at].argmax()] > 0).reshape(inside.shape)
            if chance_of_no_change(shown, inside, patch, part.start + at + 1) < LOOKS_LIKE:
                found[part.year] = max(found[part.year], rarities[at].max())
    return found


def rarest_of(model: AlarmModel, part: Year) -> Floats:
    """How rare each patch of a site is, by its rarest window; shape (t, patches)."""
    said = np.where(part.patches.site, part.said, np.nan)
    rarest = np.full(said.shape[1:], -np.inf, dtype=np.float32)
    for kind in np.unique(part.patches.kinds[part.patches.site]):
        own = part.patches.kinds == kind
        for at, tail in enumerate(model.single[kind]):
            rare = tail.rarity(said[at][:, own])
            rarest[:, own] = np.fmax(rarest[:, own], np.where(np.isfinite(rare), rare, -np.inf))
    return rarest


def tail_of(values: Floats) -> Tail:
    """The tail of yearly maxima; -infinity where nothing was clear."""
    return tail_beyond(values, float(np.quantile(values, 1 - BEYOND)))


def tail_beyond(values: Floats, bound: float) -> Tail:
    """What goes beyond a bound."""
    beyond = values[values > bound].astype(np.float64) - bound
    shape, _, scale = stats.genpareto.fit(beyond, floc=0)
    if shape < LIGHTEST:
        shape, _, scale = stats.genpareto.fit(beyond, f0=LIGHTEST, floc=0)
    return Tail(bound=bound, rate=len(beyond) / len(values), scale=float(scale), shape=float(shape))


if __name__ == "__main__":
    main()
