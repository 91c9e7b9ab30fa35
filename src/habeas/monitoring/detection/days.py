"""Days since 1970, in which detection reckons, and the dates that they are."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import xarray as xr

_FIRST = date(1970, 1, 1)


def image_days(cube: xr.Dataset) -> npt.NDArray[np.int64]:
    """The day of each image of a cube; shape (t,)."""
    days: npt.NDArray[np.int64] = cube["time"].values.astype("datetime64[D]").astype(np.int64)
    return days


def date_of(day: int) -> date:
    """The date of a day."""
    return _FIRST + timedelta(days=int(day))
