from __future__ import annotations

import random
import re
from datetime import date
from importlib.resources import files

import numpy as np
import pytest
import rasterio
import xarray as xr
from affine import Affine
from pyproj import Transformer
from shapely import transform
from shapely.geometry import Point, Polygon, box, mapping

from habeas.errors import InputError
from habeas.monitoring.cube import check_cube
from habeas.monitoring.detection.detect import detect
from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.images.read_images import read_images
from habeas.monitoring.site_area import SiteArea, ground, site_grid, utm_zone


@pytest.fixture
def folder(tmp_path, making):
    """Five dates of an invented place, as a folder of GeoTIFFs."""
    write_folder(making.small_cube(), tmp_path / "images")
    return tmp_path / "images"


def red(path, making, values=None, **more):
    values = np.full((60, 60), 0.2, np.float32) if values is None else values
    return making.write_tiff(path, values, **more)


def test_a_cube_that_is_written_is_read_back(folder, making):
    cube = making.small_cube()
    images = read_images(folder, making.site_at(18, 18))
    check_cube(images.cube)
    there = cube.sel(x=images.cube["x"], y=images.cube["y"])
    for name in cube.data_vars:
        np.testing.assert_array_equal(images.cube[name].values, there[name].values)
    assert images.cube["time"].values.tolist() == cube["time"].values.tolist()
    assert images.cube["sensor"].values.tolist() == cube["sensor"].values.tolist()
    assert all(scene.used and scene.clear == 1.0 for scene in images.scenes)
    assert images.remarks == ()


def test_real_sentinel_2_is_written_and_read_back_as_measured(tmp_path):
    path = files("nrt.data") / "sentinel2_cube_subset_romania_20m.nc"
    with xr.open_dataset(path) as whole:
        raw = whole.isel(time=slice(0, 30)).load()
    clear = np.isin(raw["SCL"].values, (4, 5, 7))
    names = {"B3": "green", "B4": "red", "B8A": "nir", "B11": "swir16"}
    times = raw.sizes["time"]
    cube = xr.Dataset(
        {
            name: (
                ("time", "y", "x"),
                np.where(clear, raw[band].values / 1e4, np.nan).astype(np.float32),
            )
            for band, name in names.items()
        },
        coords={"time": raw["time"].values, "y": raw["y"].values, "x": raw["x"].values,
                "sensor": ("time", ["sentinel-2"] * times),
                "scene": ("time", [f"romania-{at}" for at in range(times)])},
        attrs={"crs": "EPSG:3035"},
    )  # fmt: skip
    write_folder(cube, tmp_path / "images")
    x, y = raw["x"].values, raw["y"].values
    square = box(x[20] - 9, y[27] - 9, x[27] + 9, y[20] + 9)
    to_degrees = Transformer.from_crs(3035, 4326, always_xy=True)
    site = SiteArea(
        outline=transform(square, to_degrees.transform, interleaved=False), surroundings=120
    )  # too small to judge shifts
    images = read_images(tmp_path / "images", site)
    assert images.cube.sizes == {"time": 30, "y": 20, "x": 20}
    there = cube.sel(x=images.cube["x"], y=images.cube["y"], method="nearest")
    assert np.abs(there["x"].values - images.cube["x"].values).max() < 1e-6
    for name in names.values():
        np.testing.assert_array_equal(images.cube[name].values, there[name].values)


@pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
@pytest.mark.filterwarnings("ignore:The 'shapely.ops.transform:DeprecationWarning")
def test_the_reader_agrees_with_odc_stac(folder, making):
    import odc.stac
    import pystac

    site = making.site_at(18, 18)
    images = read_images(folder, site)
    path = sorted(folder.iterdir())[0]
    item = pystac.Item(
        "a", mapping(site.outline), None, pystac.utils.str_to_datetime("2020-01-05T00:00:00Z"), {}
    )
    item.add_asset("image", pystac.Asset(str(path)))
    crs = utm_zone(making.site_at(18, 18))
    loaded = odc.stac.load(
        [item], bands=["image"], geobox=site_grid(making.site_at(18, 18), crs, 10)
    )
    np.testing.assert_array_equal(loaded["image"].values[0], images.cube["blue"].values[0])


def test_only_dates_asked_for(folder, making):
    images = read_images(
        folder, making.site_at(18, 18), since=date(2020, 1, 10), until=date(2020, 1, 20)
    )
    assert [str(time)[:10] for time in images.cube["time"].values] == [
        "2020-01-10", "2020-01-15", "2020-01-20"]  # fmt: skip
    with pytest.raises(InputError, match="no image is of the dates asked for"):
        read_images(folder, making.site_at(18, 18), since=date(2021, 1, 1))


def test_a_corrupt_file_in_the_middle_costs_one_date(folder, making):
    broken = sorted(folder.iterdir())[2]
    content = bytearray(broken.read_bytes())
    # bytes of chance, but always the same: in some, libtiff finds a block that can be unpacked
    content[len(content) // 2 : len(content) // 2 + 3000] = random.Random(7).randbytes(3000)
    broken.write_bytes(content)
    cut = sorted(folder.iterdir())[3]
    cut.write_bytes(cut.read_bytes()[:4000])
    images = read_images(folder, making.site_at(18, 18))
    assert images.cube.sizes["time"] == 3
    lost = [scene for scene in images.scenes if not scene.used]
    assert [scene.date for scene in lost] == [date(2020, 1, 15), date(2020, 1, 20)]
    assert all("cannot be read" in scene.reason for scene in lost)
    assert any("cannot be read" in remark for remark in images.remarks)


def test_images_elsewhere_are_refused_without_telling_where_the_site_is(folder, making):
    with pytest.raises(InputError, match="none of the 5 images shows the site") as problem:
        read_images(folder, SiteArea(outline=box(44.1, 33.1, 44.101, 33.101)))
    assert not re.search(r"44|33|51|36", problem.value.describe())
    assert "Check the outline" in problem.value.mend
    there = making.site_at(18, 18).outline
    turned = SiteArea(outline=transform(there, lambda points: points[:, ::-1]))
    with pytest.raises(InputError, match="longitude comes first"):
        read_images(folder, turned)


def test_one_image_elsewhere_is_told_and_the_rest_carried_on(folder, making):
    red(folder / "2020-03-01_red.tif", making, west=900_000)
    images = read_images(folder, making.site_at(18, 18))
    assert images.cube.sizes["time"] == 5
    (far,) = [scene for scene in images.scenes if not scene.used]
    assert far.reason == "it does not show the site"


def test_mixed_projections_are_reprojected_and_said(tmp_path, making):
    west, north = Transformer.from_crs(32639, 32638, always_xy=True).transform(
        making.west, making.north
    )
    columns = np.tile(np.linspace(0.1, 0.4, 200, dtype=np.float32), (200, 1))
    making.write_tiff(tmp_path / "2020-01-05_red.tif", columns, west=making.west - 500,
                      north=making.north + 500)  # fmt: skip
    making.write_tiff(tmp_path / "2020-01-10_red.tif", columns, crs="EPSG:32638", west=west - 500,
                      north=north + 500)  # fmt: skip
    images = read_images(tmp_path, making.site_at(18, 18))
    assert images.cube.attrs["crs"] == "EPSG:32639"
    assert images.cube.sizes["time"] == 2
    assert "1 of 2 images lie in WGS 84 / UTM zone 38N and were reprojected" in images.remarks[0]
    # The same corner, turned by a few degrees: the values agree to a few pixels of the slope.
    gap = images.cube["red"].values[1] - images.cube["red"].values[0]
    assert np.abs(gap).max() < 0.3 / 200 * 10


def laid(path, making, values, affine):
    """An image of which the rows run as `affine` says."""
    red(path, making, values)
    with rasterio.open(path, "r+") as file:
        file.transform = affine


@pytest.mark.parametrize(
    ("turned", "affine", "said"),
    [
        (lambda v: v[::-1], lambda w, n: Affine(10, 0, w, 0, 10, n - 600), False),
        (lambda v: v[:, ::-1], lambda w, n: Affine(-10, 0, w + 600, 0, -10, n), False),
        (np.rot90, lambda w, n: Affine(0, -10, w + 600, -10, 0, n), True),
    ],
    ids=["rows from the south", "columns from the east", "a quarter turn"],
)
def test_rows_may_run_any_way(tmp_path, making, turned, affine, said):
    values = np.random.default_rng(1).uniform(0.1, 0.4, (60, 60)).astype(np.float32)
    laid(tmp_path / "2020-01-05_red.tif", making, turned(values), affine(making.west, making.north))
    images = read_images(tmp_path, making.site_at(18, 18))
    np.testing.assert_array_equal(images.cube["red"].values[0], values[8:32, 8:32])
    assert any("rows run aslant" in remark for remark in images.remarks) is said


def test_an_image_whose_rows_run_aslant_is_read_where_its_pixels_lie(tmp_path, making):
    along, aside = 10 * np.cos(np.radians(20)), 10 * np.sin(np.radians(20))
    west, north = making.west - 300, making.north + 100
    affine = Affine(along, aside, west, aside, -along, north)
    column, row = np.meshgrid(np.arange(120) + 0.5, np.arange(120) + 0.5)
    x, y = west + along * column + aside * row, north + aside * column - along * row

    def slope(x, y):
        return 0.3 + (x - making.west) / 2000 + (making.north - y) / 3000

    laid(tmp_path / "2020-01-05_red.tif", making, slope(x, y).astype(np.float32), affine)
    cube = read_images(tmp_path, making.site_at(18, 18)).cube
    off = cube["red"].values[0] - slope(*np.meshgrid(cube["x"].values, cube["y"].values))
    half = 5 * np.sqrt(2)  # metres to the corner of a pixel
    assert np.abs(off).max() < half / 2000 + half / 3000
    assert cube["x"].values[1] - cube["x"].values[0] == pytest.approx(10)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_an_image_without_a_place_is_told(tmp_path, making):
    red(tmp_path / "2020-01-05_red.tif", making)
    laid(tmp_path / "2020-01-10_red.tif", making, None, Affine.identity())
    reasons = [scene.reason for scene in read_images(tmp_path, making.site_at(18, 18)).scenes]
    assert reasons == ["", "its file does not say where on earth it lies"]


def test_images_that_lack_a_band(tmp_path, making):
    for day in (5, 10, 15):
        red(tmp_path / f"2020-01-{day:02}_red.tif", making)
        if day != 10:
            red(tmp_path / f"2020-01-{day:02}_nir.tif", making)
    images = read_images(tmp_path, making.site_at(18, 18))
    assert list(images.cube.data_vars) == ["red", "nir"]
    assert [scene.reason for scene in images.scenes] == ["", "it lacks the band nir", ""]
    only = read_images(tmp_path, making.site_at(18, 18), bands=["red"])
    assert only.cube.sizes["time"] == 3
    with pytest.raises(InputError, match=r"all the bands red, swir22.*They have red, nir"):
        read_images(tmp_path, making.site_at(18, 18), bands=["red", "swir22"])
    with pytest.raises(InputError, match="no band is called 'crimson'"):
        read_images(tmp_path, making.site_at(18, 18), bands=["crimson"])


def test_all_cloud_is_said_and_stays_a_cube(tmp_path, making):
    red(tmp_path / "2020-01-05_red.tif", making)
    making.write_tiff(tmp_path / "2020-01-05_mask.tif", np.ones((60, 60), np.uint8))
    images = read_images(tmp_path, making.site_at(18, 18))
    check_cube(images.cube)
    assert np.isnan(images.cube["red"].values).all()
    assert images.scenes[0].clear == 0.0
    assert images.remarks == ("no image shows any of the site clearly",)


def test_images_without_a_mask_of_clouds_are_told(tmp_path, making):
    for day in (5, 10, 15):
        red(tmp_path / f"2020-01-{day:02}_red.tif", making)
    making.write_tiff(tmp_path / "2020-01-05_mask.tif", np.zeros((60, 60), np.uint8))
    images = read_images(tmp_path, making.site_at(18, 18))
    said = "without a mask of clouds, what they hide is taken for the ground"
    assert [said in " ".join(scene.remarks) for scene in images.scenes] == [False, True, True]
    assert [remark for remark in images.remarks if remark.startswith(f"2 of 3 images: {said}")]


def cloudy(folder, making, clear, days=(5, 10, 15, 20)):
    """Dark ground, every other date with bright clouds in a quarter of it and else with shadows."""
    for day in days:
        values = np.full((60, 60), 0.1, np.float32)
        values[8:20, 8:20] = 0.6 if day % 2 else 0.04
        red(folder / f"2020-01-{day:02}_red.tif", making, values)
        mask = np.where(values == np.float32(0.1), clear, 1 - clear).astype(np.uint8)
        making.write_tiff(folder / f"2020-01-{day:02}_mask.tif", mask)


def test_masks_that_are_turned_over_are_told(tmp_path, making):
    site = making.site_at(18, 18)
    cloudy(tmp_path, making, clear=1)
    for _ in range(2):  # the second time what became of each is remembered
        images = read_images(tmp_path, site, cache=tmp_path / "cache")
        (remark,) = [remark for remark in images.remarks if "mask_clear = [1]" in remark]
        assert remark.startswith("over 4 images what the masks hide is darker")
    (tmp_path / "images.toml").write_text("mask_clear = [1]\n")
    images = read_images(tmp_path, site, cache=tmp_path / "cache")
    assert images.remarks == ()
    assert float(np.nanmax(images.cube["red"])) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("clear", "days"), [(1, (5, 15)), (0, (5, 10, 15, 20)), (0, (5, 10, 20, 30))]
)
def test_masks_are_not_told_by_few_images_or_by_shadows(tmp_path, making, clear, days):
    cloudy(tmp_path, making, clear=clear, days=days)
    assert read_images(tmp_path, making.site_at(18, 18)).remarks == ()


def romanian(folder, making, clear):
    """The first forty dates of the Romanian cube and their masks, in which `clear` is clear."""
    with xr.open_dataset(files("nrt.data") / "sentinel2_cube_subset_romania_20m.nc") as whole:
        raw = whole.isel(time=slice(0, 40)).load()
    shown = np.isin(raw["SCL"].values, (4, 5, 7))
    for at, time in enumerate(raw["time"].values):
        values = np.nan_to_num(raw["B3"].values[at] / 1e4).astype(np.float32)
        red(folder / f"{str(time)[:10]}_green.tif", making, values)
        mask = np.where(shown[at], clear, 1 - clear).astype(np.uint8)
        making.write_tiff(folder / f"{str(time)[:10]}_mask.tif", mask)


@pytest.mark.parametrize("clear", [0, 1])
def test_real_masks_are_told_if_they_are_turned_over(tmp_path, making, clear):
    romanian(tmp_path, making, clear)
    remarks = read_images(tmp_path, making.site_at(18, 18, surroundings=200)).remarks
    assert any("mask_clear = [1]" in remark for remark in remarks) is bool(clear)


def test_duplicated_scenes_are_resolved_and_recorded(tmp_path, making):
    for product, value in (("N0213_R006_T39SVV_20200115T093310", 2000),
                           ("N0500_R006_T39SVV_20230601T000000", 3500)):  # fmt: skip
        folder = tmp_path / f"S2A_MSIL2A_20200115T072301_{product}.SAFE"
        making.write_tiff(folder / "T39SVV_20200115T072301_B04_10m.tif",
                          np.full((60, 60), value, np.uint16))  # fmt: skip
    images = read_images(tmp_path, making.site_at(18, 18))
    assert images.cube.sizes["time"] == 1
    assert np.allclose(images.cube["red"], 0.25)
    assert [(scene.used, scene.reason) for scene in images.scenes] == [
        (False, "another image of the same date shows all of it"), (True, "")]  # fmt: skip


def test_the_older_processing_steps_in_where_the_newer_is_broken(tmp_path, making):
    for product in ("N0213_R006_T39SVV_20200115T093310", "N0500_R006_T39SVV_20230601T000000"):
        folder = tmp_path / f"S2A_MSIL2A_20200115T072301_{product}.SAFE"
        path = making.write_tiff(folder / "T39SVV_20200115T072301_B04_10m.tif",
                                 making.numbers((60, 60)))  # fmt: skip
    path.write_bytes(path.read_bytes()[:2000])
    images = read_images(tmp_path, making.site_at(18, 18))
    assert images.cube.sizes["time"] == 1
    assert [scene.used for scene in images.scenes] == [True, False]


def test_tiles_of_one_date_are_put_together(tmp_path, making):
    left = making.write_tiff(tmp_path / "T39SVV_20200115T072301_B04_10m.tif",
                             np.full((60, 20), 2000, np.uint16))  # fmt: skip
    making.write_tiff(tmp_path / "T39SWV_20200115T072301_B04_10m.tif",
                      np.full((60, 40), 3000, np.uint16), west=making.west + 200)  # fmt: skip
    images = read_images(tmp_path, making.site_at(18, 18))
    assert images.cube.sizes["time"] == 1
    np.testing.assert_allclose(images.cube["red"].values[0, 0], [0.2] * 12 + [0.3] * 12)
    assert images.cube["scene"].item() == "T39SWV_20200115T072301+T39SVV_20200115T072301"
    assert [scene.used for scene in images.scenes] == [True, True]
    assert left.name in images.scenes[0].files


def test_a_tile_on_the_grid_of_the_site_comes_before_one_of_another_zone(tmp_path, making):
    west, north = Transformer.from_crs(32639, 32638, always_xy=True).transform(
        making.west, making.north
    )
    making.write_tiff(tmp_path / "T39SVV_20200115T072301_B04_10m.tif",
                      np.full((60, 60), 2000, np.uint16))  # fmt: skip
    making.write_tiff(tmp_path / "T99SVV_20200115T072301_B04_10m.tif",
                      np.full((200, 200), 3000, np.uint16), crs="EPSG:32638", west=west - 500,
                      north=north + 500)  # fmt: skip
    images = read_images(tmp_path, making.site_at(18, 18))
    np.testing.assert_allclose(images.cube["red"], 0.2, rtol=1e-6)
    assert [scene.used for scene in images.scenes] == [True, False]


def test_sensors_of_one_date_stand_side_by_side(tmp_path, making):
    making.write_tiff(tmp_path / "T39SVV_20200115T072301_B04_10m.tif", making.numbers((60, 60)))
    name = "LC08_L2SP_164038_20200115_20200823_02_T1_SR_B4.TIF"
    making.write_tiff(tmp_path / name, np.full((30, 30), 15000, np.uint16), pixel=30)
    images = read_images(tmp_path, making.site_at(18, 18))
    assert images.cube["sensor"].values.tolist() == ["landsat", "sentinel-2"]
    assert images.cube["x"].values[1] - images.cube["x"].values[0] == 10
    np.testing.assert_allclose(images.cube["red"].values[0], 15000 * 0.0000275 - 0.2, rtol=1e-6)


def test_the_cube_of_a_site_larger_than_the_image_ends_with_the_image(folder, making):
    images = read_images(folder, making.site_at(-10, -10, 80, surroundings=0))
    assert (images.cube.sizes["y"], images.cube.sizes["x"]) == (40, 40)
    assert np.isfinite(images.cube["red"].values).all()
    assert images.cube["x"].values[0] == making.west + 5
    assert images.cube["y"].values[0] == making.north - 5
    assert images.scenes[0].clear == 0.25  # of the whole ground of the site
    found = detect(images.cube, images.outline)
    assert "the site reaches beyond the images" in found.reasons


def test_saturated_numbers_are_no_observation(tmp_path, making):
    values = making.numbers((60, 60))
    values[20, 20] = 65535
    values[20, 21] = 0
    making.write_tiff(tmp_path / "T39SVV_20200115T072301_B04_10m.tif", values)
    images = read_images(tmp_path, making.site_at(18, 18))
    assert np.argwhere(np.isnan(images.cube["red"].values[0])).tolist() == [[12, 12], [12, 13]]


@pytest.mark.parametrize("kind", [np.float32, np.uint16])
def test_zeros_in_all_bands_are_no_data_and_told(tmp_path, making, kind):
    values = making.numbers((2, 60, 60))
    values[:, 20:, :] = 0  # the edge of a swath
    values[0, 10, 20] = 0  # one band alone may be that dark
    scale = 1e-4
    if kind is np.float32:
        values, scale = values / 1e4, 1.0
    (tmp_path / "images.toml").write_text(f'bands = ["red", "nir"]\nscale = {scale}\n')
    making.write_tiff(tmp_path / "2020-01-05_a.tif", values.astype(kind))
    making.write_tiff(tmp_path / "2020-01-10_a.tif", np.maximum(values, 1e-4 / scale).astype(kind))
    declared = values.astype(kind)
    making.write_tiff(tmp_path / "2020-01-15_a.tif", declared, nodata=0)
    for run in range(3):  # the second time the date is remembered, the third only its pixels
        images = read_images(tmp_path, making.site_at(18, 18), cache=tmp_path / "cache")
        shown = np.isfinite(images.cube["red"].values)
        assert not shown[0, 12:].any()
        assert shown[0, :12].all()
        assert shown[1].all()
        assert [any("are 0 in all" in remark for remark in scene.remarks)
                for scene in images.scenes] == [True, False, False]  # fmt: skip
        assert [
            said for said in images.remarks if said.startswith("1 of 3 images: pixels that are")
        ]
        if run == 1:
            next((tmp_path / "cache").rglob("days.msgpack")).unlink()
    assert images.scenes[0].clear == 0.5


@pytest.mark.parametrize(
    ("factor", "used"), [(1, True), (5, True), (8, False), (10_000, False), (-1, False)]
)
def test_what_cannot_be_reflectance_is_not_used(tmp_path, making, factor, used):
    red(tmp_path / "2020-01-05_red.tif", making)
    red(tmp_path / "2020-01-10_red.tif", making, np.full((60, 60), 0.21 * factor, np.float32))
    images = read_images(tmp_path, making.site_at(18, 18))
    assert [scene.used for scene in images.scenes] == [True, used]
    assert ("state scale in images.toml" in images.scenes[1].reason) is not used


def test_a_coarser_cube_takes_means(folder, making):
    fine = read_images(folder, making.site_at(18, 18)).cube["red"].values
    coarse = read_images(folder, making.site_at(18, 18), resolution=20).cube["red"].values
    means = fine.reshape(5, 12, 2, 12, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(coarse, means, rtol=1e-5)


def test_a_cache_that_is_no_folder_is_refused(folder, making, tmp_path):
    (tmp_path / "cache").write_text("x")
    with pytest.raises(InputError, match="the cache is no folder"):
        read_images(folder, making.site_at(18, 18), cache=tmp_path / "cache")


def test_what_a_folder_holds_is_looked_up_each_time(folder, making):
    site = making.site_at(18, 18)
    assert read_images(folder, site).cube.sizes["time"] == 5
    first = sorted(folder.iterdir())[0]
    first.unlink()
    assert read_images(folder, site).cube.sizes["time"] == 4
    second = sorted(folder.iterdir())[0]
    second.rename(second.with_name("2021-01-01.tif"))
    assert "2021-01-01" in str(read_images(folder, site).cube["time"].values[-1])
    (folder / "images.toml").write_text('sensor = "other"\n')
    assert read_images(folder, site).cube["sensor"].values[0] == "other"


def test_nothing_is_written_beside_the_images(folder, making):
    before = sorted(path.name for path in folder.rglob("*"))
    read_images(folder, making.site_at(18, 18))
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_a_point_needs_an_uncertainty():
    with pytest.raises(InputError, match="without an outline"):
        SiteArea(outline=Point(51, 36))
    site = SiteArea(outline=Point(51, 36), uncertainty=50)
    assert ground(site, utm_zone(site)).area == pytest.approx(np.pi * 50**2, rel=0.01)


@pytest.mark.parametrize(
    ("outline", "more", "said"),
    [
        (Polygon(), {}, "is empty"),
        (Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), {}, "Self-intersection"),
        (box(500_000, 4_000_000, 500_100, 4_000_100), {}, "longitude, then latitude"),
        (box(51, 36, 51.001, 36.001), {"uncertainty": -1}, "no distance"),
        (box(51, 36, 51.001, 36.001), {"surroundings": float("nan")}, "no distance"),
    ],
)
def test_what_is_no_site_is_refused(outline, more, said):
    with pytest.raises(InputError, match=said):
        SiteArea(outline=outline, **more)


@pytest.mark.parametrize(
    "outline",
    [
        Polygon([(51.7255, 36.1455), (51.7256, 36.1456), (51.7256, 36.1455), (51.7255, 36.1456)]),
        box(511_725, 4_361_455, 511_825, 4_361_555),
        box(211.7255, 36.1455, 211.7256, 36.1456),
    ],
)
def test_no_refusal_tells_where_a_site_lies(outline):
    with pytest.raises(InputError) as refused:
        SiteArea(outline=outline)
    assert not re.search(r"11\.?725|36\.?1455", str(refused.value))


def test_a_country_is_no_site():
    site = SiteArea(outline=box(51, 36, 52, 37))
    with pytest.raises(InputError, match="at most 2000 pixels"):
        site_grid(site, utm_zone(site), 10)


def test_the_uncertainty_widens_the_ground(making):
    exact, unsure = making.site_at(18, 18), making.site_at(18, 18, uncertainty=30.0)
    crs = utm_zone(exact)
    assert ground(unsure, crs).bounds[0] == pytest.approx(ground(exact, crs).bounds[0] - 30)
    assert site_grid(unsure, crs, 10).shape[0] == site_grid(exact, crs, 10).shape[0] + 6


def test_a_folder_that_holds_something_is_not_written_into(folder, making):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match="something already"):
        write_folder(making.small_cube(seed=1), folder)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
