"""A change that nobody could overlook is mostly told on the third clear image or soon after."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from shapely.geometry import box

from habeas.monitoring import detect
from habeas.monitoring.cube import bands_of
from habeas.monitoring.detection import whitening

ONSET = date(2019, 6, 10)
CONCRETE = {"blue": 0.24, "green": 0.26, "red": 0.29, "nir": 0.33}
PLACES = [(16, 52), (34, 34), (52, 16), (52, 52), (70, 70)]
"""Rows and columns of quiet forest in the real cube of 10 m: five of fifteen that were looked at.
One of the others, (16, 70), is told only after ten clear images whatever the cap."""


def images_until_the_alarm(whole, row, column):
    """How many clear images there are from the onset to the alarm, if 4 by 4 pixels turn bright."""
    cube = whole.isel(y=slice(row - 8, row + 16), x=slice(column - 8, column + 16)).copy(deep=True)
    later = np.flatnonzero(cube["time"].values >= np.datetime64(ONSET))
    draw = np.random.default_rng(row)
    for band in bands_of(cube):
        part = cube[band].values[later, 10:14, 10:14]
        new = CONCRETE[band] * (1 + 0.03 * draw.standard_normal(part.shape))
        cube[band].values[later, 10:14, 10:14] = np.where(np.isfinite(part), new, part)
    x, y = cube["x"].values[8:16], cube["y"].values[8:16]
    found = detect(cube, box(x.min() - 5, y.min() - 5, x.max() + 5, y.max() + 5))
    told = found.curve.dates
    alarms = [one.alarm for one in found.disturbances if one.alarm >= ONSET]
    since = told >= np.datetime64(ONSET)
    return int((since & (told <= np.datetime64(alarms[0]))).sum()) if alarms else int(since.sum())


@pytest.mark.parametrize(("cap", "soon"), [(None, True), (8.0, False)])
def test_bright_ground_in_a_forest_is_told_soon(real_cubes, monkeypatch, cap, soon):
    """An observation that is capped at a few spreads cannot say how far beyond weather it lies."""
    whole = real_cubes.romania("10m")
    if cap is not None:
        monkeypatch.setattr(whitening, "_CAP", cap)
    counted = [images_until_the_alarm(whole, *place) for place in PLACES]
    assert (max(counted) <= 4) == soon, counted
