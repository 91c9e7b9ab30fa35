"""A whole simulated site: its images, its outline, and what truly happened."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import xarray as xr
from shapely.geometry import Polygon, box

from habeas.errors import InputError
from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection.spectra import Split, load_spectra
from habeas.monitoring.disturbance import KINDS
from habeas.monitoring.simulation.atmosphere import draw_sky, sky_open, through
from habeas.monitoring.simulation.change import (
    Change,
    Deed,
    apply,
    draw_days,
    draw_order,
    share_changed,
)
from habeas.monitoring.simulation.deed import draw_deed
from habeas.monitoring.simulation.fields import texture
from habeas.monitoring.simulation.ground import Ground, Times, draw_ground
from habeas.monitoring.simulation.sensor import (
    PIXEL,
    Passes,
    draw_passes,
    radiometry,
    seen,
    without_gap,
)
from habeas.monitoring.simulation.weather import CLIMATES, draw_weather

NOTICEABLE = (200, 400)
"""Square metres: the floor below which nothing is to be seen at ten metres, as it is estimated, and
the smallest change that is looked for."""

MARGIN = 3
"""Pixels of ground about the scene, so that shifted images have something to see."""

SETTINGS = {"arid": 0.4, "semi_arid": 0.3, "highland": 0.15, "temperate": 0.15}
"""How often a site lies in which climate."""

WATER = np.array([0.09, 0.10, 0.10, 0.07, 0.03, 0.02])
SNOW = np.array([0.75, 0.74, 0.72, 0.65, 0.12, 0.10])
"""Reflectance of shallow turbid water and of old snow, by band."""

SNOWY = 0.15
"""The share of snow above which a mask mostly finds it."""

TAKEN_FOR_CLOUD = 0.34
"""The brightness above which masks now and then take ground for cloud."""

CRS = "EPSG:32639"
CORNER = (500_000.0, 3_600_000.0)
"""Where simulated sites lie: an invented place on the grid of UTM zone 39 North."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """What happened at a simulated site.

    Attributes:
        kind: of the change; none where there was none.
        onset: its first day.
        end: its last day.
        gradual: whether it went on for 60 days or more.
        footprint: pixels of which half or more lie in its patch; shape (y, x).
        cover: the share of the patch that was changed.
        climate: a key of `weather.CLIMATES`.
        split: of the spectra.
        troubles: what else happened, in words: nothing that should raise an alarm.
        reached: the first day on which so many square metres were changed (`NOTICEABLE`), or all
            that ever were, if these are fewer.
    """

    kind: str | None
    onset: date | None
    end: date | None
    gradual: bool | None
    footprint: npt.NDArray[np.bool_]
    cover: float
    climate: str
    split: str
    troubles: tuple[str, ...]
    reached: Mapping[int, date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class SimulatedSite:
    """A site that never was.

    Attributes:
        cube: its images (`habeas.monitoring.cube`).
        outline: of the site, in the coordinates of the cube.
        truth: what happened.
    """

    cube: xr.Dataset
    outline: Polygon
    truth: Truth


def simulate_site(
    seed: int,
    *,
    change: Change | None = None,
    split: Split = "test",
    years: tuple[int, int] = (2016, 2022),
    sensors: tuple[str, ...] | None = None,
    size: int = 14,
    site: int = 8,
    watched_from: date = date(2020, 1, 1),
) -> SimulatedSite:
    """A site with its images over some years; equal arguments give equal bytes.

    With and without a change, a seed gives the same ground, weather, sky and images, but for what
    the change does.

    Args:
        seed: of everything that is drawn.
        change: what is done to the site; none for a stable one.
        split: which spectra it is made of.
        years: first and last.
        sensors: `sentinel-2`, `landsat`; drawn when none (six in ten sites: Sentinel-2 alone).
        size: pixels of width and height of the cube, each 10 m.
        site: of the site in its middle.
        watched_from: changes of the site begin after this day.

    Raises:
        InputError: a kind, sensor or size that cannot be.
    """
    _check(change, sensors, size, site)
    streams = _Streams(seed)
    climate = str(streams("climate").choice(list(SETTINGS), p=list(SETTINGS.values())))
    first, last = np.datetime64(f"{years[0]}-01-01"), np.datetime64(f"{years[1]}-12-31")
    weather = draw_weather(streams("weather"), CLIMATES[climate], first, last)
    if sensors is None:
        both = streams("sensors").random() < 0.4
        sensors = ("sentinel-2", "landsat") if both else ("sentinel-2",)
    passes = without_gap(streams("gap"), draw_passes(streams("passes"), sensors, first, last))
    days = (passes.days - first).astype(int)
    clear = sky_open(streams("clouds"), weather, days)
    passes, days = passes.kept(clear), days[clear]
    times = Times(weather=weather, days=days, platform=passes.platform)
    inside = _middle(2 * (size + 2 * MARGIN), 2 * site)
    ground = draw_ground(streams("ground"), load_spectra(split), times, climate, inside)
    scene = ground.scene()
    troubles = _ring_changes(streams, scene, ground, inside)
    deed = None
    if change is not None:
        deed = draw_deed(streams("change"), change, inside, (watched_from, years[1]))
        apply(streams("material"), deed, scene, ground)
    troubles += _water_and_snow(streams, scene, ground)
    image = _image(streams, scene, ground, passes)
    troubles += _of_passes(passes)
    truth = truth_of(deed, size, climate, split, tuple(troubles))
    return SimulatedSite(cube=_cube(image, passes), outline=_outline(size, site), truth=truth)


class _Streams:
    """A source of randomness for each purpose, so that one does not disturb another."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def __call__(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode())])


def _check(change: Change | None, sensors: tuple[str, ...] | None, size: int, site: int) -> None:
    if change is not None and change.kind not in KINDS:
        raise InputError(f"{change.kind} is no kind of change", mend=f"One of {', '.join(KINDS)}")
    if sensors is not None and not (sensors and set(sensors) <= {"sentinel-2", "landsat"}):
        raise InputError(f"no such sensors: {sensors}", mend="Name sentinel-2, landsat or both")
    if not 4 <= site <= size - 2 or (size - site) % 2:
        raise InputError(
            f"a site of {site} pixels in a scene of {size}",
            mend="The site has 4 pixels or more, the scene an even number more than the site",
        )


def _middle(cells: int, inner: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros((cells, cells), dtype=np.bool_)
    edge = (cells - inner) // 2
    mask[edge : cells - edge, edge : cells - edge] = True
    return mask


def _ring_changes(
    streams: _Streams,
    scene: npt.NDArray[np.float32],
    ground: Ground,
    inside: npt.NDArray[np.bool_],
) -> list[str]:
    """The surroundings are built on, dug and planted as well, at their own times."""
    rng, days = streams("ring"), ground.times.weather.days
    told = []
    for number in range(int(rng.poisson(0.45 * (~inside).sum() / 1024))):
        kind = str(rng.choice(KINDS))
        patch = np.zeros_like(inside)
        height, width = rng.integers(4, 16, 2)
        y, x = rng.integers(0, len(inside) - 4, 2)
        patch[y : y + height, x : x + width] = True
        patch &= ~inside
        onset = days[int(rng.integers(len(days)))]
        if not patch.any():
            continue
        deed = Deed(
            kind=kind,
            onset=onset,
            days=draw_days(rng, kind),
            patch=patch,
            cover=float(rng.uniform(0.5, 1)),
            order=draw_order(rng, kind, patch),
        )
        apply(streams(f"ring {number}"), deed, scene, ground)
        told.append(f"{kind} in the surroundings, {onset}")
    return told


def _water_and_snow(streams: _Streams, scene: npt.NDArray[np.float32], ground: Ground) -> list[str]:
    """Low ground is flooded at some sites; snow lies where it is cold."""
    rng, times, told = streams("water"), ground.times, []
    if rng.random() < 0.12:
        flood = times.at(times.weather.flood)
        _lay(scene, flood, ground.low, WATER)
        if (flood > 0.3).any():
            told.append("seasonal flooding")
    snow = times.at(times.weather.snow)
    patchy = np.clip(1 + 0.2 * texture(rng, scene.shape[-1], 2.0), 0, 1)
    _lay(scene, snow, patchy.astype(np.float32), SNOW)
    if (snow > SNOWY).any():
        told.append("snow")
    return told


def _lay(
    scene: npt.NDArray[np.float32],
    course: npt.NDArray[np.float64],
    where: npt.NDArray[np.float32],
    spectrum: npt.NDArray[np.float64],
) -> None:
    dates = np.flatnonzero(course > 0.01)
    share = course[dates].astype(np.float32)[:, None, None, None] * where
    scene[dates] = scene[dates] * (1 - share) + share * spectrum[:, None, None].astype(np.float32)


def _image(
    streams: _Streams, scene: npt.NDArray[np.float32], ground: Ground, passes: Passes
) -> npt.NDArray[np.float32]:
    """What the satellites' products say of the scene; not a number where the mask hides it."""
    times = ground.times
    tilt = times.at(times.weather.tilt)
    size = scene.shape[-1] // 2 - 2 * MARGIN
    image = seen(streams("pixels"), scene, passes, size)
    edge = slice(2 * MARGIN, 2 * (MARGIN + size), 2)
    image *= 1 + tilt.astype(np.float32)[:, None, None, None] * ground.relief[edge, edge]
    sky = draw_sky(streams("sky"), times.weather, times.days, size)
    image = through(sky, image)
    gain, offset = radiometry(streams("radiometry"), passes, tilt)
    image = image * gain[:, :, None, None] + offset[:, :, None, None]
    rng = streams("noise")
    noise = rng.standard_normal(image.shape, dtype=np.float32)
    image += noise * (0.0015 + 0.006 * np.abs(image))
    bright = image[:, :3].mean(axis=1) > TAKEN_FOR_CLOUD
    hidden = ~sky.clear | (bright & (rng.random(len(image)) < 0.12)[:, None, None])
    masked = (times.at(times.weather.snow) > SNOWY) & (rng.random(len(image)) < 0.9)
    hidden |= masked[:, None, None]
    return np.where(hidden[:, None], np.float32("nan"), np.clip(image, 0.0005, 1.2))


def _of_passes(passes: Passes) -> list[str]:
    """What is to be told of the series of images."""
    gaps = np.diff(passes.days).astype(int)
    told = ["a gap of months"] if len(gaps) and gaps.max() > 120 else []
    both = passes.landsat.any() and not passes.landsat.all()
    return [*told, "two sensors"] if both else told


def _cube(image: npt.NDArray[np.float32], passes: Passes) -> xr.Dataset:
    """The images in the form of this package; dates without a clear pixel are left out."""
    kept = np.asarray(~np.isnan(image[:, 0]).all(axis=(1, 2)))
    image, passes = image[kept], passes.kept(kept)
    size = image.shape[-1]
    sensor = np.where(passes.landsat, "landsat", "sentinel-2")
    names = np.array(["S2A", "S2B", "LC08"])[passes.platform]
    scene = [
        f"SIMULATED_{name}_{str(day).replace('-', '')}"
        for name, day in zip(names, passes.days, strict=True)
    ]
    return xr.Dataset(
        {
            band: (("time", "y", "x"), np.ascontiguousarray(image[:, number]))
            for number, band in enumerate(BANDS)
        },
        coords={
            "time": passes.days.astype("datetime64[ns]"),
            "y": CORNER[1] - PIXEL * (np.arange(size) + 0.5),
            "x": CORNER[0] + PIXEL * (np.arange(size) + 0.5),
            "sensor": ("time", sensor),
            "scene": ("time", np.array(scene)),
        },
        attrs={"crs": CRS},
    )


def _outline(size: int, site: int) -> Polygon:
    edge = PIXEL * (size - site) / 2
    left, top = CORNER[0] + edge, CORNER[1] - edge
    return box(left, top - PIXEL * site, left + PIXEL * site, top)


def truth_of(
    deed: Deed | None,
    size: int,
    climate: str,
    split: str,
    troubles: tuple[str, ...],
) -> Truth:
    """What happened at a site.

    Args:
        deed: its change; none where there was none.
        size: pixels of width of the scene, which has `MARGIN` more about it.
        climate: a key of `weather.CLIMATES`.
        split: of the spectra.
        troubles: what else happened, in words.
    """
    footprint = np.zeros((size, size), dtype=np.bool_)
    onset = end = None
    if deed is not None:
        edge = slice(2 * MARGIN, 2 * (MARGIN + size))
        inner = deed.patch[edge, edge].reshape(size, 2, size, 2)
        footprint = inner.mean(axis=(1, 3)) >= 0.5
        onset = deed.onset.astype(date)
        end = onset + timedelta(days=max(deed.days - 1, 0))
    reached = {} if deed is None else {area: _reached(deed, area) for area in NOTICEABLE}
    return Truth(
        kind=None if deed is None else deed.kind,
        onset=onset,
        end=end,
        gradual=None if deed is None else deed.days >= 60,
        footprint=footprint,
        cover=0.0 if deed is None else float(deed.cover),
        climate=climate,
        split=split,
        troubles=troubles,
        reached=reached,
    )


def _reached(deed: Deed, area: int) -> date:
    """The first day on which so many square metres are changed, or all that are to be."""
    days = deed.onset + np.arange(max(deed.days, 1)).astype("timedelta64[D]")
    changed = (PIXEL / 2) ** 2 * share_changed(deed, days).sum(axis=(1, 2))
    enough = changed >= min(area, changed[-1])
    first: date = days[int(np.argmax(enough))].astype(date)
    return first
