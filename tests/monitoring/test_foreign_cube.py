"""Cubes as stackstac, odc-stac and rioxarray make them: taken where it is plain, and told."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import xarray as xr
from pyproj import CRS
from tests.monitoring.scenes import Scene, scene

from habeas.errors import InputError
from habeas.monitoring import detect
from habeas.monitoring.cube import BANDS, bands_of, check_cube
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.disturbance import Assessment
from habeas.monitoring.foreign_cube import as_cube

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))

SENTINEL = dict(zip(BANDS, ("B02", "B03", "B04", "B08", "B11", "B12"), strict=True))
OLI = {name: f"SR_B{number}" for number, name in enumerate(BANDS, 2)}
TM = {name: f"SR_B{number}" for name, number in zip(BANDS, (1, 2, 3, 4, 5, 7), strict=True)}


@pytest.fixture(scope="module")
def changed() -> Scene:
    return scene(1, onset="2020-08-03")


@pytest.fixture(scope="module")
def wanted(changed: Scene) -> Assessment:
    return detect(changed.cube, changed.outline, settings=SETTINGS)


def as_stackstac(cube: xr.Dataset) -> xr.Dataset:
    """Bands by number, rows from the south, dates in disorder, the system by its number."""
    times = cube.sizes["time"]
    made = cube.rename(SENTINEL).drop_vars(["sensor", "scene"]).drop_attrs()
    made = made.assign_coords(
        epsg=32639,
        id=("time", cube["scene"].values.astype(object)),
        platform=("time", np.where(np.arange(times) % 2, "sentinel-2a", "Sentinel-2B")),
    )
    made["SCL"] = made["B02"] * 0
    order = np.random.default_rng(2).permutation(times)
    return made.isel(time=order, y=slice(None, None, -1))


def as_odc(cube: xr.Dataset) -> xr.Dataset:
    """Bands by word, the system in `spatial_ref`, seconds; no sensor and no scene."""
    made = cube.rename({name: name.upper() for name in BANDS}).drop_vars(["sensor", "scene"])
    made = made.drop_attrs().assign_coords(
        time=cube["time"].values.astype("datetime64[s]"),
        spatial_ref=((), 0, {"crs_wkt": CRS(32639).to_wkt()}),
    )
    return made.isel(x=slice(None, None, -1))


def test_a_cube_of_stackstac_is_taken(changed: Scene, wanted: Assessment) -> None:
    found = detect(as_stackstac(changed.cube), changed.outline, settings=SETTINGS)
    same(found, wanted)
    assert found.scenes == wanted.scenes
    assert (found.disturbances[0].footprint == wanted.disturbances[0].footprint[::-1]).all()
    assert found.disturbances[0].outline.equals(wanted.disturbances[0].outline)
    assert found.reasons == (
        *wanted.reasons,
        "bands are read by their names: B02 as blue, B03 as green, B04 as red, B08 as nir, "
        "B11 as swir16, B12 as swir22",
        "the images name no sensor: it is read as sentinel-2",
    )


def test_a_cube_of_odc_is_taken(changed: Scene, wanted: Assessment) -> None:
    found = detect(as_odc(changed.cube), changed.outline, settings=SETTINGS)
    same(found, wanted)
    assert (found.disturbances[0].footprint == wanted.disturbances[0].footprint[:, ::-1]).all()
    assert found.scenes[0] == str(changed.cube["time"].values[0])[:10]
    told = " ".join(found.reasons)
    for words in ("BLUE as blue", "all are taken to be of one", "their dates stand for them"):
        assert words in told


def same(one: Assessment, other: Assessment) -> None:
    assert one.status == other.status == "disturbed"
    np.testing.assert_array_equal(one.curve.statistic, other.curve.statistic)  # type: ignore[union-attr]
    (a,), (b,) = one.disturbances, other.disturbances
    assert (a.alarm, a.earliest, a.latest, a.kinds) == (b.alarm, b.earliest, b.latest, b.kinds)


def test_what_was_taken_for_granted_is_told_where_nothing_can_be_said(changed: Scene) -> None:
    cube = as_odc(changed.cube).isel(time=slice(0, 40))
    found = detect(cube, changed.outline, settings=SETTINGS)
    assert found.status == "cannot_assess"
    assert "their dates stand for them" in found.reasons[-1]


def test_a_run_goes_on_on_such_cubes(changed: Scene, wanted: Assessment) -> None:
    cube, state = as_odc(changed.cube), None
    for end in (150, 165, cube.sizes["time"]):
        part = cube.isel(time=slice(0, end))
        found, state = watch(part, changed.outline, settings=SETTINGS, state=state)
        assert state is not None
        assert state.images == end
    assert found.disturbances[0].alarm == wanted.disturbances[0].alarm
    assert (found.disturbances[0].footprint == wanted.disturbances[0].footprint[:, ::-1]).all()


def test_a_cube_in_our_form_is_taken_as_it_is(changed: Scene) -> None:
    taken = as_cube(changed.cube)
    assert taken.cube is changed.cube
    assert (taken.assumed, taken.turned) == ((), ())


@pytest.mark.parametrize(
    ("names", "sensor", "scenes", "read"),
    [
        (SENTINEL, "sentinel-2", "a", BANDS),
        (SENTINEL, "unknown", "a", BANDS),
        (SENTINEL, "landsat", "a", ()),
        ({"blue": "B2", "red": "B4", "nir": "B8A"}, "unknown", "a", ("blue", "red", "nir")),
        ({"blue": "B2", "red": "B4", "nir": "B8"}, "sentinel-2", "a", ("blue", "red", "nir")),
        # B8 of Landsat is panchromatic, B11 of HLS thermal: they may be either's
        ({"blue": "B2", "red": "B4", "nir": "B8"}, "unknown", "a", ()),
        ({"blue": "B02", "red": "B04", "swir16": "B11"}, "unknown", "a", ()),
        (OLI, "landsat", "LC08_L2SP_165036_20200115", BANDS),
        (TM, "landsat", "LT05_L2SP_165036_19900115", BANDS),
        (OLI, "unknown", "LC08_L2SP_165036_20200115", BANDS),
        (OLI, "landsat", "a", ()),
        (OLI, "unknown", "a", ()),
        ({"blue": "B02", "nir": "B05"}, "landsat", "HLS.L30.T39SVV.2020015.v2.0", ("blue", "nir")),
        ({"nir": "nir08", "swir16": "SWIR1"}, "landsat", "a", ("nir", "swir16")),
        ({"red": "ndvi"}, "sentinel-2", "a", ()),
    ],
)  # fmt: skip
def test_bands_are_read_where_but_one_is_possible(
    changed: Scene, names: dict[str, str], sensor: str, scenes: str, read: tuple[str, ...]
) -> None:
    days = range(changed.cube.sizes["time"])
    cube = changed.cube[list(names)].rename(names)
    cube = cube.assign_coords(sensor=sensor, scene=("time", [f"{scenes}_{day}" for day in days]))
    taken = as_cube(cube)
    assert bands_of(taken.cube) == read
    for name in read:
        assert (taken.cube[name].values == changed.cube[name].values).all()
    assert bool(taken.assumed) == bool(read)


def test_landsats_that_number_their_bands_in_two_ways_are_not_read(changed: Scene) -> None:
    days = range(changed.cube.sizes["time"])
    scenes = [f"{'LT05' if day < 50 else 'LC08'}_L2SP_165036_{day}" for day in days]
    cube = changed.cube.rename(OLI).assign_coords(sensor="landsat", scene=("time", scenes))
    assert bands_of(as_cube(cube).cube) == ("swir22",)  # the one number that both share


def test_the_finer_near_infrared_is_taken_and_two_of_a_kind_are_refused(changed: Scene) -> None:
    cube = changed.cube.rename(SENTINEL)
    both = cube.assign(B8A=cube["B08"] * 0.9)
    assert (as_cube(both).cube["nir"].values == cube["B08"].values).all()
    kept = changed.cube.assign(B8A=changed.cube["nir"] * 0.9, Blue=changed.cube["blue"] * 2)
    assert as_cube(kept).cube is kept
    with pytest.raises(InputError, match="B02 and Blue may both be the band blue"):
        as_cube(cube.assign(Blue=cube["B02"]))


def test_names_of_images_of_one_day_are_told_apart(changed: Scene) -> None:
    cube = changed.cube.drop_vars("scene")
    times = cube["time"].values.copy()
    times[3] = times[2] + np.timedelta64(2, "h")
    names = as_cube(cube.assign_coords(time=times)).cube["scene"].values.tolist()
    assert len(set(names)) == len(names)
    assert names[3] == f"{names[2]} (2)"


@pytest.mark.parametrize("named", [CRS(32639), 32639, "grid_mapping", "EPSG:32639"])
def test_the_coordinate_reference_system_is_found(changed: Scene, named: object) -> None:
    cube = changed.cube.assign_attrs(crs=named)
    if named == "grid_mapping":
        cube = changed.cube.drop_attrs().assign_coords(grid=((), 0, {"spatial_ref": "EPSG:32639"}))
        cube["red"].attrs["grid_mapping"] = "grid"
    taken = as_cube(cube).cube
    check_cube(taken)
    assert taken.attrs["crs"] == "EPSG:32639"


def test_what_is_no_dataset_of_dates_is_left_to_be_refused(changed: Scene) -> None:
    cube = changed.cube.drop_vars(["sensor", "scene"])
    cube = cube.assign_coords(time=("time", [str(day) for day in cube["time"].values]))
    with pytest.raises(InputError, match="no datetime64"):
        detect(cube, changed.outline)
    with pytest.raises(InputError, match="no dimension y"):
        detect(changed.cube.rename(y="lat", x="lon"), changed.outline)
    with pytest.raises(InputError, match="not known"):
        detect(changed.cube.assign_attrs(crs=-1), changed.outline)
