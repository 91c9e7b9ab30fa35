"""A cube whose pixels are read when they are asked for, and no sooner.

A run that goes on from an earlier one asks for the newest dates alone; a cube in memory would mean
that all that is kept of a site is read for one new image.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from odc.geo.geobox import GeoBox
from xarray.backends import BackendArray
from xarray.core import indexing

from habeas.monitoring.images.chip import Part
from habeas.monitoring.images.day import Day, Pixels


def lazy_cube(days: Sequence[Day], bands: Sequence[str], grid: GeoBox) -> xr.Dataset:
    """One dataset out of days; its form is that of `habeas.monitoring.cube`.

    Args:
        days: those that are used, in order.
        bands: common names, in the order of the pixels.
        grid: of the site.
    """
    shown = _Shown(
        [day.pixels.moved(day.moved) for day in days if day.pixels is not None],
        (len(bands), *grid.shape),
    )
    west, north, step = grid.affine.c, grid.affine.f, grid.affine.a
    return xr.Dataset(
        {
            name: (("time", "y", "x"), indexing.LazilyIndexedArray(_Band(shown, at)))
            for at, name in enumerate(bands)
        },
        coords={
            "time": _times(days),
            "y": north - step * (np.arange(grid.shape[0]) + 0.5),
            "x": west + step * (np.arange(grid.shape[1]) + 0.5),
            "sensor": ("time", np.array([day.sensor for day in days], dtype=np.str_)),
            "scene": ("time", np.array([day.scene for day in days], dtype=np.str_)),
        },
        attrs={"crs": str(grid.crs)},
    )


def _times(days: Sequence[Day]) -> npt.NDArray[np.datetime64]:
    """Their dates."""
    since = date(1970, 1, 1).toordinal()
    numbers = np.array([day.date.toordinal() - since for day in days], dtype=np.int64)
    return numbers.astype("datetime64[D]").astype("datetime64[ns]")


class _Shown:
    """What the days show, all bands at once: when one band of a part is asked for, another is next.

    Args:
        days: what each shows, in order.
        shape: of each: bands, rows and columns.
    """

    def __init__(self, days: Sequence[Pixels], shape: tuple[int, ...]) -> None:
        self.days, self.shape = days, shape
        self._last: tuple[str, npt.NDArray[np.float32]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_last": None}

    def part(self, dates: npt.NDArray[np.int64], part: Part) -> npt.NDArray[np.float32]:
        """Some dates of a part; shape (t, band, y, x); not to be changed."""
        name, last = f"{dates.tolist()} {part}", self._last
        if last is None or last[0] != name:
            read = [self.days[at].values(part) for at in dates]
            made = np.stack(read) if read else np.empty((0, *self.shape), np.float32)[:, :, *part]
            last = self._last = name, made
        return last[1]


class _Band(BackendArray):
    """One band of the days; xarray asks it for parts."""

    def __init__(self, shown: _Shown, band: int) -> None:
        self._shown, self._band = shown, band
        self.shape = (len(shown.days), *shown.shape[1:])
        self.dtype = np.dtype(np.float32)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER, self._part
        )

    def _part(self, key: tuple[Any, ...]) -> npt.NDArray[np.float32]:
        """Some dates, rows and columns; an axis of which one is asked for goes. A copy."""
        dates, rows, columns = key
        chosen = np.arange(len(self._shown.days))[dates]
        made = self._shown.part(np.atleast_1d(chosen), (_slice(rows), _slice(columns)))
        made = made[:, self._band][:, _within(rows)][..., _within(columns)].copy()
        return made if np.ndim(chosen) else made[0]


def _slice(places: Any) -> slice:
    """The slice that is asked for; all, where it is places one by one."""
    return places if isinstance(places, slice) else slice(None)


def _within(places: Any) -> Any:
    """What is left to choose once `_slice` is taken."""
    return slice(None) if isinstance(places, slice) else places
