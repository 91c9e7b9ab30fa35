"""The methods that benchmarks/monitoring.py compares, each as events at a site."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import shapely
import xarray as xr
from shapely.geometry import Polygon

from habeas.monitoring.cube import bands_of
from habeas.monitoring.detection.cold import ColdSettings, pooled, second_opinion
from habeas.monitoring.detection.surroundings import pixel_size

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Event:
    """What a method says happened.

    Attributes:
        began: the date it gives.
        alarm: the date of the image by which it said so.
        pixels: where; shape (y, x).
        earliest: lower end of the interval of the beginning; none where the method gives none.
        latest: upper end.
        kind: of the change; none where the method gives none or abstains.
        area: ends of the interval of the changed ground, in pixels; none where it gives none.
    """

    began: date
    alarm: date
    pixels: Mask
    earliest: date | None = None
    latest: date | None = None
    kind: str | None = None
    area: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Said:
    """What a method says of one site.

    Attributes:
        events: in order of time.
        seconds: of one core.
        assessed: whether it had enough to say anything.
        null: alarms at null placements in the same images, and their site-years.
    """

    events: tuple[Event, ...]
    seconds: float
    assessed: bool = True
    null: tuple[int, float] = (0, 0.0)


Method = Callable[[xr.Dataset, Polygon, date], Said]


def ours(rate: float) -> Method:
    """Habeas at so many alarms per site and year."""

    def run(cube: xr.Dataset, outline: Polygon, watched_from: date) -> Said:
        from habeas.monitoring.detection.detect import detect
        from habeas.monitoring.detection.settings import DetectionSettings

        settings = DetectionSettings(watch_from=watched_from, alarms_per_site_year=rate)
        began = time.process_time()
        found = detect(cube, outline, settings=settings)
        seconds = time.process_time() - began
        pixel = pixel_size(cube) ** 2
        events = tuple(
            Event(
                began=one.best,
                alarm=one.alarm,
                pixels=one.footprint,
                earliest=one.earliest,
                latest=one.latest,
                kind=one.kind,
                area=(one.area.low / pixel, one.area.high / pixel),
            )
            for one in found.disturbances
        )
        gave = found.calibration
        return Said(
            events=events,
            seconds=seconds,
            assessed=found.status != "cannot_assess",
            null=(gave.alarms, gave.years) if gave else (0, 0.0),
        )

    return run


def cold(probability: float, pixels: int) -> Method:
    """COLD by pyxccd, so many neighbouring pixels within 120 days."""

    def run(cube: xr.Dataset, outline: Polygon, watched_from: date) -> Said:
        settings = ColdSettings(probability=probability, pixels=pixels)
        began = time.process_time()
        found = second_opinion(cube, outline, watched_from=watched_from, settings=settings)
        seconds = time.process_time() - began
        events = tuple(
            Event(began=one.began, alarm=one.confirmed, pixels=one.pixels) for one in found.events
        )
        return Said(events=events, seconds=seconds)

    return run


def nrt(name: str, index: str) -> Method:
    """A monitor of nrt with its own defaults on one index, two neighbouring pixels."""

    def run(cube: xr.Dataset, outline: Polygon, watched_from: date) -> Said:
        site = site_of(cube, outline)
        rows, columns = np.nonzero(site)
        box = {
            "y": slice(int(rows.min()), int(rows.max()) + 1),
            "x": slice(int(columns.min()), int(columns.max()) + 1),
        }
        began = time.process_time()
        part = _monitored(name, index, cube.isel(box), watched_from)
        seconds = time.process_time() - began
        days = np.zeros(site.shape, dtype=np.int64)
        days[box["y"], box["x"]] = part
        days *= site
        events = tuple(
            Event(began=one.began, alarm=one.confirmed, pixels=one.pixels)
            for one in pooled(days, days, ColdSettings())
        )
        return Said(events=events, seconds=seconds)

    return run


def _monitored(
    name: str, index: str, cube: xr.Dataset, watched_from: date
) -> npt.NDArray[np.int64]:
    """The day on which each pixel was said to have changed; 0 where it was not."""
    from nrt.monitor.ccdc import CCDC
    from nrt.monitor.cusum import CuSum
    from nrt.monitor.ewma import EWMA
    from nrt.monitor.iqr import IQR
    from nrt.monitor.mosum import MoSum

    monitor = {"MoSum": MoSum, "CuSum": CuSum, "EWMA": EWMA, "IQR": IQR, "CCDC": CCDC}[name]()
    once = np.append(np.diff(cube["time"].values.astype("datetime64[D]")).astype(int) > 0, True)
    cube = cube.isel(time=np.flatnonzero(once))
    series = _index(cube, index)
    past = cube["time"].values < np.datetime64(watched_from)
    screen = {}
    if name == "CCDC":
        screen = {"green": cube["green"][past], "swir": cube["swir16"][past]}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        monitor.fit(dataarray=series[past], **screen)
        for day in np.flatnonzero(~past):
            when = series["time"].values[day].astype("datetime64[s]").astype(datetime)
            monitor.monitor(array=series.values[day], date=when)
    found = monitor.detection_date
    return np.where(monitor.mask == 3, found, 0).astype(np.int64)


def _index(cube: xr.Dataset, index: str) -> xr.DataArray:
    if index == "NDVI":
        return (cube["nir"] - cube["red"]) / (cube["nir"] + cube["red"])
    return cube[list(bands_of(cube))].to_array().mean("variable", skipna=False)


def site_of(cube: xr.Dataset, outline: Polygon) -> Mask:
    """The pixels whose centre lies in an outline; shape (y, x)."""
    x, y = np.meshgrid(cube["x"].values, cube["y"].values)
    return np.asarray(shapely.contains_xy(outline, x, y))


MONITORS = ("MoSum", "CuSum", "EWMA", "IQR", "CCDC")


def methods() -> Mapping[str, Method]:
    """All that are compared, ours first if it can be imported."""
    found: dict[str, Method] = {}
    try:
        import habeas.monitoring.detection.detect  # noqa: F401
    except ImportError:
        print("Habeas' own detector is not here: the others alone.")
    else:
        found["Habeas .02"] = ours(0.02)
        found["Habeas .01"] = ours(0.01)
    found["COLD .999, 2 px"] = cold(0.999, 2)
    found["COLD .999, 4 px"] = cold(0.999, 4)
    found["COLD .99, 2 px"] = cold(0.99, 2)
    for index in ("brightness", "NDVI"):
        found.update({f"nrt {name} {index}": nrt(name, index) for name in MONITORS})
    return found
