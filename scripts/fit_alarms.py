"""Fit the rates at which stable ground goes off (`monitoring/detection/alarm_model.json`).

Stable sites are simulated of the calibration split and watched for three years, each with a model
that learned from all years before it, as they are and with fewer bands. Of each kind of patch and
each window the yearly maxima, less the unrest of the surroundings, give a bound, how often it is
passed, and a generalised Pareto distribution of what goes beyond it; the rarest of all of them
together gives another. Run it whenever the statistic or the simulator changes, with
`OMP_NUM_THREADS=1 uv run python scripts/fit_alarms.py`; it takes a quarter of an hour on two cores.
"""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import ndimage, stats
from shapely.geometry import Polygon, box

from habeas.monitoring.detection.calibration import (
    PIXELS,
    AlarmModel,
    Tail,
    less_unrest,
)
from habeas.monitoring.detection.patches import SIDES, patches_of
from habeas.monitoring.detection.settings import YEAR_DAYS, DetectionSettings
from habeas.monitoring.detection.spectra import spectra_digest
from habeas.monitoring.detection.stack import stack_of
from habeas.monitoring.detection.statistic import WINDOWS, learn, pooled, statistic
from habeas.monitoring.detection.sufficiency import watch_begins
from habeas.monitoring.detection.surroundings import ring_of, site_mask
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
        "generalised Pareto distribution, by kind of patch and window; and of the rarest of all",
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
        parts[str(bands)] = {
            "single": [[numbers(tail) for tail in windows] for windows in model.single],
            "whole": numbers(model.whole),
        }
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
    settings = DetectionSettings(watch_from=WATCH)
    inside = site_mask(cube, outline, 0.0)
    images = stack_of(cube)
    first = watch_begins(images.days, settings)
    usable = ~ndimage.binary_dilation(inside, structure=np.ones((3, 3)))
    patches = patches_of(inside, usable)
    ring = ring_of(inside, settings.ring)
    begun = images.days[first]
    edges = [int(np.searchsorted(images.days, begun + YEAR_DAYS * n)) for n in range(YEARS)]
    parts: list[Floats] = []
    model = None
    for start, end in pairwise([*edges, len(images.days)]):
        if start < end:
            model = learn(images.until(start), inside.ravel(), ring.ravel(), patches, model)
            observed, _ = pooled(model, images.until(end), patches)
            parts.append(statistic(model, observed, patches, start))
    said = less_unrest(np.concatenate(parts, axis=1), patches)[:, :, patches.site]
    steps = np.full((said.shape[1], len(SIDES) + 1, len(WINDOWS)), -np.inf, dtype=np.float32)
    for kind in np.unique(patches.kinds[patches.site]):
        own = said[:, :, patches.kinds[patches.site] == kind]
        steps[:, kind] = np.where(np.isfinite(own), own, -np.inf).max(axis=2).T
    year = np.minimum((images.days[first:] - begun) // YEAR_DAYS, YEARS - 1)
    return Maxima(by_year(steps, year), steps, year)


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
    return AlarmModel(single=tuple(single), whole=tail_of(np.concatenate(rarest)))


def tail_of(values: Floats) -> Tail:
    """The tail of yearly maxima; -infinity where nothing was clear."""
    bound = float(np.quantile(values, 1 - BEYOND))
    beyond = values[values > bound].astype(np.float64) - bound
    shape, _, scale = stats.genpareto.fit(beyond, floc=0)
    if shape < LIGHTEST:
        shape, _, scale = stats.genpareto.fit(beyond, f0=LIGHTEST, floc=0)
    return Tail(bound=bound, rate=len(beyond) / len(values), scale=float(scale), shape=float(shape))


if __name__ == "__main__":
    main()
