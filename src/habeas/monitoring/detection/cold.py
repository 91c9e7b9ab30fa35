"""A second opinion on a site: COLD, pixel by pixel, on the same images.

COLD (Zhu and others 2020) fits a season to each pixel and looks for a run of observations that all
depart from it. It knows no surroundings and no site; here its breaks are pooled: a site is said to
be disturbed where neighbouring pixels break within some months. It comes from the package pyxccd,
which is optional (`pip install 'habeas[cold]'`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import ModuleType

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.ndimage import label
from shapely.geometry import MultiPolygon, Polygon

from habeas.errors import InputError
from habeas.monitoring.cube import bands_of, check_cube
from habeas.monitoring.detection.days import date_of, image_days
from habeas.monitoring.detection.no_data import no_data
from habeas.monitoring.detection.surroundings import site_mask, window_of

Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]

TOUCHING = np.ones((3, 3), dtype=int)
"""Pixels that touch by a side or a corner are neighbours."""

ENOUGH = 60
"""Clear observations of a pixel below which COLD is not asked: with too few to fit, pyxccd 1.1.0
does not raise an error but ends the process."""

LAMBDA = 20
"""What COLD's lasso is given for reflectance times 10,000 (as its authors advise)."""


@dataclass(frozen=True, kw_only=True)
class ColdSettings:
    """How COLD is run and its breaks are pooled.

    Attributes:
        probability: of a change in a pixel, COLD's `p_cg`.
        consecutive: observations in a row that must depart, COLD's `conse`.
        pixels: neighbouring pixels that must break.
        days: within which they must.
    """

    probability: float = 0.999
    consecutive: int = 6
    pixels: int = 2
    days: int = 120


@dataclass(frozen=True, kw_only=True, eq=False)
class ColdEvent:
    """Neighbouring pixels that broke together.

    Attributes:
        began: the middle of the dates on which they did.
        confirmed: the date of the image by which the last of the least number was sure.
        pixels: which; shape (y, x).
    """

    began: date
    confirmed: date
    pixels: Mask


@dataclass(frozen=True, kw_only=True, eq=False)
class SecondOpinion:
    """What COLD says of a site.

    Attributes:
        events: in order of time; none where the site is not said to be disturbed.
        breaks: first break of each pixel in the watch, days since 1970; 0 where none; shape (y, x).
        sure: the day by which each was sure; 0 where none; shape (y, x).
    """

    events: tuple[ColdEvent, ...]
    breaks: Days
    sure: Days

    @property
    def first(self) -> ColdEvent | None:
        """The first event, if there is one."""
        return self.events[0] if self.events else None


def second_opinion(
    cube: xr.Dataset,
    outline: Polygon | MultiPolygon,
    *,
    watched_from: date,
    settings: ColdSettings | None = None,
) -> SecondOpinion:
    """Run COLD on the pixels of a site.

    Args:
        cube: images of the site (`habeas.monitoring.cube`).
        outline: of the site, in the coordinate reference system of the cube.
        watched_from: breaks before this day belong to the history.
        settings: how; COLD's own defaults but for the probability.

    Raises:
        InputError: pyxccd is not installed, no cube, or the outline does not lie in it.
    """
    found = settings or ColdSettings()
    cold = _cold()
    check_cube(cube)
    site = site_mask(cube, outline, 0.0)
    window = window_of(site, 0)
    breaks, sure = np.zeros((2, *site.shape), dtype=np.int64)
    breaks[window], sure[window] = _breaks(
        cold, cube.isel(y=window[0], x=window[1]), site[window], watched_from, found
    )
    return SecondOpinion(events=pooled(breaks, sure, found), breaks=breaks, sure=sure)


def _cold() -> ModuleType:
    try:
        import pyxccd
    except ImportError as missing:
        raise InputError(
            "the second opinion needs the package pyxccd, which is not installed",
            mend="Install it: pip install 'habeas[cold]'",
        ) from missing
    module: ModuleType = pyxccd
    return module


def _breaks(
    cold: ModuleType, cube: xr.Dataset, site: Mask, watched_from: date, settings: ColdSettings
) -> tuple[Days, Days]:
    """The first break of each pixel in the watch, and the day by which it was sure."""
    days = image_days(cube)
    once = np.append(np.diff(days) > 0, True)  # of two images on a day, one
    bands = bands_of(cube)
    stack = np.stack([cube[name].values[once] for name in bands], axis=-1)
    days = days[once]
    first = np.datetime64(watched_from, "D").astype(np.int64)
    breaks = np.zeros(site.shape, dtype=np.int64)
    sure = np.zeros(site.shape, dtype=np.int64)
    screen = {
        "tmask_b1_index": bands.index("green") + 1 if "green" in bands else 1,
        "tmask_b2_index": bands.index("swir16") + 1 if "swir16" in bands else len(bands),
    }
    for row, column in zip(*np.nonzero(site), strict=True):
        series = stack[:, row, column]
        clear = np.isfinite(series).all(axis=1) & ~no_data(series)
        if clear.sum() < ENOUGH:
            continue
        when = days[clear]
        pixel = np.ascontiguousarray(np.rint(series[clear] * 10_000).astype(np.int64))
        for day in _breaks_of(cold, when, pixel, screen, settings):
            if day >= first:
                breaks[row, column] = day
                run = np.searchsorted(when, day) + settings.consecutive - 1
                sure[row, column] = when[min(run, len(when) - 1)]
                break
    return breaks, sure


_EPOCH = date(1970, 1, 1).toordinal()


def _breaks_of(
    cold: ModuleType,
    days: Days,
    pixel: npt.NDArray[np.int64],
    screen: dict[str, int],
    settings: ColdSettings,
) -> list[int]:
    """The breaks of one pixel, days since 1970."""
    records = cold.cold_detect_flex(
        days + _EPOCH,
        pixel,
        np.zeros(len(days), dtype=np.int64),
        lam=LAMBDA,
        p_cg=settings.probability,
        conse=settings.consecutive,
        **screen,
    )
    sure = (records["t_break"] > 0) & (records["change_prob"] == 100)
    return sorted((records["t_break"][sure] - _EPOCH).tolist())


def pooled(breaks: Days, sure: Days, settings: ColdSettings) -> tuple[ColdEvent, ...]:
    """The events: enough neighbours that break within the days, each pixel once.

    Args:
        breaks: the break of each pixel, days since 1970; 0 where none; shape (y, x).
        sure: the day by which each was sure; shape (y, x).
        settings: how many neighbours, within how many days.
    """
    left, events = breaks.copy(), []
    for start in np.unique(breaks[breaks > 0]):
        near = (left >= start) & (left <= start + settings.days)
        parts, _ = label(near, structure=TOUCHING)
        for part in np.unique(parts[near & (left == start)]):
            pixels = parts == part
            if pixels.sum() < settings.pixels:
                continue
            events.append(
                ColdEvent(
                    began=date_of(int(np.median(breaks[pixels]))),
                    confirmed=date_of(int(np.sort(sure[pixels])[settings.pixels - 1])),
                    pixels=pixels,
                )
            )
            left = np.where(pixels, 0, left)
    return tuple(events)
