"""An invented watched site: a small cube, and what a watch might say of it. Nothing is real."""

from __future__ import annotations

import hashlib
from datetime import date

import numpy as np
import xarray as xr
from shapely.geometry import Polygon, box

from habeas.monitoring.disturbance import Assessment, Calibration, Curve, Disturbance, Interval
from habeas.monitoring.images.read_images import Images
from habeas.monitoring.images.scene import Scene
from habeas.monitoring.looks.look import Look

SIDE = 16
WEST, NORTH = 500_000.0, 3_400_000.0
OUTLINE = Polygon([(WEST + a, NORTH - b) for a, b in ((40, 40), (120, 50), (110, 120), (45, 110))])
CHANGED = box(WEST + 60, NORTH - 100, WEST + 100, NORTH - 60)
LEVELS = {"blue": 0.12, "green": 0.16, "red": 0.22, "nir": 0.28, "swir16": 0.36, "swir22": 0.33}


def cube(step: int = 20, changed_on: str = "2021-03-10", bands: tuple[str, ...] = ()) -> xr.Dataset:
    """Three years of images of one place; a patch of it is another ground from one day on."""
    days = np.arange("2019-01-05", "2022-06-01", step, dtype="datetime64[D]")
    rng = np.random.default_rng(4)
    x = WEST + 10 * np.arange(SIDE) + 5
    y = NORTH - 10 * np.arange(SIDE) - 5
    ground = 1 + 0.06 * rng.standard_normal((1, SIDE, SIDE))
    season = 1 + 0.05 * np.sin(np.arange(len(days)) / 18 * 2 * np.pi)[:, None, None]
    patch = np.zeros((SIDE, SIDE), dtype=bool)
    patch[6:10, 6:10] = True
    after = (days >= np.datetime64(changed_on))[:, None, None] & patch
    made = {}
    for number, (band, level) in enumerate(LEVELS.items()):
        if bands and band not in bands:
            continue
        noise = 1 + 0.01 * rng.standard_normal((len(days), SIDE, SIDE))
        value = level * ground * season * noise
        made[band] = (
            ("time", "y", "x"),
            np.where(after, 0.30 + 0.01 * number, value).astype(np.float32),
        )
    sensors = np.where(np.arange(len(days)) % 3 == 0, "landsat", "sentinel-2")
    return xr.Dataset(
        made,
        coords={
            "time": days.astype("datetime64[ns]"),
            "y": y,
            "x": x,
            "sensor": ("time", sensors),
            "scene": ("time", [f"INVENTED_{day}" for day in days]),
        },
        attrs={"crs": "EPSG:32639"},
    )


def disturbance(
    alarm: date = date(2021, 4, 9),
    earliest: date = date(2021, 2, 20),
    latest: date = date(2021, 3, 24),
    outline: Polygon = CHANGED,
    **other,
) -> Disturbance:
    footprint = np.zeros((SIDE, SIDE), dtype=bool)
    footprint[6:10, 6:10] = True
    values = {
        "alarm": alarm,
        "last_without": earliest,
        "first_with": latest,
        "earliest": earliest,
        "latest": latest,
        "best": latest,
        "level": 0.9,
        "gradual": False,
        "area": Interval(best=1600, low=1300, high=1900),
        "footprint": footprint,
        "outline": outline,
        "kinds": {"bulldozed": 0.71, "dug_into_plots": 0.2, "rubbish": 0.09},
        "kind": "bulldozed",
        "strength": 3.2,
    }
    return Disturbance(**{**values, **other})


def calibration() -> Calibration:
    return Calibration(
        asked=0.02,
        threshold=22.0,
        placements=120,
        years=360.0,
        alarms=6,
        rate=Interval(best=0.017, low=0.008, high=0.034, level=0.9),
    )


def curve(of: xr.Dataset, changed_on: str | None = "2021-03-10") -> Curve:
    days = of["time"].values.astype("datetime64[D]")
    wave = 0.05 * np.sin(np.arange(len(days)) / 18 * 2 * np.pi)
    rng = np.random.default_rng(5)
    ring = 0.28 + wave * 0.28 + 0.004 * rng.standard_normal(len(days))
    site = 0.27 + wave * 0.28 + 0.004 * rng.standard_normal(len(days))
    statistic = np.abs(rng.standard_normal(len(days))) * 0.2
    if changed_on is not None:
        late = days >= np.datetime64(changed_on)
        site[late] += 0.05
        statistic[late] += 2.5
    statistic[days < np.datetime64("2020-07-01")] = np.nan
    return Curve(dates=days, site=site, ring=ring, statistic=statistic, index="brightness")


def assessment(
    of: xr.Dataset | None = None, found: tuple[Disturbance, ...] | None = None, **other
) -> Assessment:
    of = cube() if of is None else of
    found = (disturbance(),) if found is None else found
    values = {
        "status": "disturbed" if found else "no_disturbance_found",
        "reasons": (),
        "disturbances": found,
        "calibration": calibration(),
        "curve": curve(of, "2021-03-10" if found else None),
        "watched_from": date(2020, 7, 1),
        "watched_to": date(2022, 5, 25),
        "clear": of.sizes["time"],
        "gaps": ((date(2019, 11, 1), date(2020, 1, 20)),),
        "scenes": tuple(str(name) for name in of["scene"].values),
    }
    return Assessment(**{**values, **other})


SITE = "site:invented-field"


def images(of: xr.Dataset | None = None, outline=OUTLINE) -> Images:
    of = cube() if of is None else of
    scenes = tuple(
        Scene(
            id=str(of["scene"].values[at]),
            date=date.fromisoformat(str(of["time"].values[at])[:10]),
            sensor=str(of["sensor"].values[at]),
            sha256={f"{at}.tif": hashlib.sha256(of["red"].values[at].tobytes()).hexdigest()},
            used=True,
            clear=1.0,
        )
        for at in range(of.sizes["time"])
    )
    return Images(cube=of, outline=outline, scenes=scenes)


def look(found: Assessment | None = None, of: xr.Dataset | None = None, **other) -> Look:
    of = cube(step=40) if of is None else of
    values = {
        "site": SITE,
        "images": images(of),
        "assessment": assessment(of) if found is None else found,
        "parameters": ("alarms_per_site_year=0.02",),
    }
    return Look(**{**values, **other})
