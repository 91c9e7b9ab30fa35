"""What is no cube, or no outline, is refused in words that say what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from pyproj import CRS
from shapely.geometry import mapping
from tests.monitoring.scenes import Scene, scene

from habeas.errors import InputError
from habeas.monitoring import detect
from habeas.monitoring.cube import check_cube
from habeas.monitoring.detection.settings import DetectionSettings

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))

Cube = Callable[[xr.Dataset], object]


@pytest.fixture(scope="module")
def changed() -> Scene:
    return scene(1, onset="2020-08-03")


def _days(cube: xr.Dataset) -> list[str]:
    return [str(day)[:10] for day in cube["time"].values]


def _timed(cube: xr.Dataset, times: object) -> xr.Dataset:
    return cube.assign_coords(time=("time", times))


def _zoned(cube: xr.Dataset) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(cube["time"].values).tz_localize("UTC")


def _moved(cube: xr.Dataset, name: str) -> xr.Dataset:
    """Half of the pixels lie five pixels farther."""
    values = cube[name].values.copy()
    values[10:] += 50 * np.sign(values[1] - values[0])
    return cube.assign_coords({name: values})


REFUSED: dict[str, tuple[Cube, str]] = {
    "no xarray": (lambda cube: cube["red"].values, r"no xarray\.Dataset but ndarray"),
    "an array": (lambda cube: cube.to_dataarray("band"), r'DataArray.*cube\.to_dataset\("band"\)'),
    "no time": (lambda cube: cube.isel(time=0), "no dimension time"),
    "degrees": (lambda cube: cube.rename(y="latitude", x="longitude"), "no dimension y.*degrees"),
    "bands along a dimension": (
        lambda cube: cube.to_dataarray("band").to_dataset(name="reflectance"),
        r'no band.*\.to_dataset\("band"\)',
    ),
    "other bands": (lambda cube: cube[["red"]].rename(red="ndvi"), "no band.*Name some of blue"),
    "a longer band": (
        lambda cube: cube.assign(red=cube["red"].expand_dims("run")),
        "the band red lies along run, time, y, x",
    ),
    "words": (lambda cube: cube.assign(red=cube["red"].astype(str)), "red holds no numbers"),
    "no crs": (lambda cube: cube.drop_attrs(), "does not name its coordinate"),
    "an unknown crs": (lambda cube: cube.assign_attrs(crs="EPSG:1"), "names is not known"),
    "crs in degrees": (lambda cube: cube.assign_attrs(crs="EPSG:4326"), "not one in metres"),
    "crs in feet": (lambda cube: cube.assign_attrs(crs="EPSG:2263"), "not one in metres"),
    "Web Mercator": (lambda cube: cube.assign_attrs(crs="EPSG:3857"), "not one in metres"),
    "times of text": (lambda cube: _timed(cube, _days(cube)), r"pandas\.to_datetime"),
    "days": (
        lambda cube: _timed(cube, np.array([*map(date.fromisoformat, _days(cube))], object)),
        "no datetime64 without a time zone",
    ),
    "a time zone": (lambda cube: _timed(cube, _zoned(cube)), "no datetime64 without a time zone"),
    "objects with a zone": (
        lambda cube: _timed(cube, np.array([*_zoned(cube)], object)),
        "no datetime64 without a time zone",
    ),
    "another calendar": (lambda cube: cube.convert_calendar("noleap"), "convert_calendar"),
    "times without dates": (lambda cube: cube.drop_vars("time"), "no datetime64"),
    "no dates": (lambda cube: cube.isel(time=[]), "no dates"),
    "NaT": (
        lambda cube: _timed(cube, np.r_[cube["time"].values[:-1], np.datetime64("NaT")]),
        "an image of the cube has no date",
    ),
    "descending": (lambda cube: cube.isel(time=slice(None, None, -1)), "not ascending"),
    "no sensor": (lambda cube: cube.drop_vars("sensor"), "no sensor for each date"),
    "one scene": (lambda cube: cube.assign_coords(scene="a"), "no scene for each date"),
    "south first": (lambda cube: cube.isel(y=slice(None, None, -1)), "y of the cube do not desc"),
    "east first": (lambda cube: cube.isel(x=slice(None, None, -1)), "x of the cube do not ascend"),
    "a gap in x": (lambda cube: _moved(cube, "x"), "x of the cube do not ascend in even steps"),
    "a gap in y": (lambda cube: _moved(cube, "y"), "y of the cube do not descend in even steps"),
    "one place": (lambda cube: cube.assign_coords(x=0 * cube["x"]), "x of the cube do not ascend"),
    "nowhere": (lambda cube: cube.assign_coords(x=np.nan * cube["x"]), "x of the cube do not asc"),
    "no places": (lambda cube: cube.drop_vars("x"), "no coordinates x in metres"),
    "long pixels": (lambda cube: cube.assign_coords(y=cube["y"] * 2), "not square"),
}


@pytest.mark.parametrize(("made", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_cube_is_refused_with_its_mend(changed: Scene, made: Cube, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as told:
        check_cube(made(changed.cube))  # type: ignore[arg-type]
    assert told.value.mend
    for coordinates in ("3600", "3599", "5000", "5001"):
        assert coordinates not in str(told.value)


@pytest.mark.parametrize("crs", ["EPSG:32639", "EPSG:3035", CRS(32639).to_wkt()])
def test_what_is_a_cube_is_taken(changed: Scene, crs: str) -> None:
    rounded = changed.cube["x"] + 0.02 * (-1) ** np.arange(20)
    check_cube(changed.cube.assign_coords(x=rounded).assign_attrs(crs=crs))
    check_cube(changed.cube.isel(x=[3], y=[4]).astype("float64").assign_attrs(crs=crs))


@pytest.mark.parametrize("outline", [mapping, lambda shape: shape.wkt, lambda _: None])
def test_an_outline_that_is_no_shape_is_refused(
    changed: Scene, outline: Callable[[object], object]
) -> None:
    with pytest.raises(InputError, match=r"no polygon of shapely but .*shapely\.geometry\.shape"):
        detect(changed.cube, outline(changed.outline), settings=SETTINGS)  # type: ignore[arg-type]
