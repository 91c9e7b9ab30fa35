from __future__ import annotations

from datetime import date
from pathlib import PurePath

import numpy as np
import pytest

from habeas.errors import InputError
from habeas.monitoring.cube import check_cube
from habeas.monitoring.images.acquisition import NO_MASK
from habeas.monitoring.images.band_names import BandFile, band_file, common_name, sensor_of
from habeas.monitoring.images.file_facts import FileFacts
from habeas.monitoring.images.folder import read_folder
from habeas.monitoring.images.folder_settings import date_in, read_settings
from habeas.monitoring.images.read_images import read_images

S2 = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir", "B11": "swir16", "B12": "swir22"}
OLI = {"SR_B2": "blue", "SR_B3": "green", "SR_B4": "red", "SR_B5": "nir", "SR_B6": "swir16",
       "SR_B7": "swir22"}  # fmt: skip
TM = {"SR_B1": "blue", "SR_B2": "green", "SR_B3": "red", "SR_B4": "nir", "SR_B5": "swir16",
      "SR_B7": "swir22"}  # fmt: skip


def read(folder):
    return read_folder(folder, FileFacts())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("T39SVV_20200115T072301_B04_20m.tif", BandFile("T39SVV_20200115T072301", "b04", 20)),
        ("T39SVV_20200115T072301_SCL_20m.jp2", BandFile("T39SVV_20200115T072301", "scl", 20)),
        ("T39SVV_20200115T072301_B8A.tif", BandFile("T39SVV_20200115T072301", "b8a", None)),
        (
            "LC08_L2SP_164038_20200115_20200823_02_T1_SR_B4.TIF",
            BandFile("LC08_L2SP_164038_20200115_20200823_02_T1", "sr_b4", None),
        ),
        (
            "LC08_L2SP_164038_20200115_20200823_02_T1_QA_PIXEL.TIF",
            BandFile("LC08_L2SP_164038_20200115_20200823_02_T1", "qa_pixel", None),
        ),
        ("B04.tif", BandFile("", "b04", None)),
        ("2020-01-15_red.tif", BandFile("2020-01-15", "red", None)),
        ("site_2020-01-15_mask.tif", BandFile("site_2020-01-15", "mask", None)),
        ("2020-01-15_cloudmask.tif", BandFile("2020-01-15", "mask", None)),
        ("2020-01-15_cloud_mask.tif", BandFile("2020-01-15", "mask", None)),
        ("20200115_07_3B_udm2.tif", BandFile("20200115_07_3B", "udm2", None)),
        ("20200115_07_3B_udm2_clip.tif", BandFile("20200115_07_3B", "udm2", None)),
        ("2020-01-15_red_clip.tif", None),
        ("2020-01-15.tif", None),
        ("covered_2020.tif", None),
        ("scarred.tif", None),
    ],
)
def test_names_of_files_tell_bands(name, expected):
    assert band_file(PurePath(name)) == expected


def test_the_same_number_is_another_band_on_another_sensor():
    assert common_name("B04", "sentinel-2", "") == "red"
    assert common_name("SR_B4", "landsat", "LC08_L2SP_164038_20200115_20200823_02_T1") == "red"
    assert common_name("SR_B4", "landsat", "LT05_L2SP_164038_20050115_20200823_02_T1") == "nir"
    assert common_name("SR_B6", "landsat", "LE07_L2SP_164038_20050115_20200823_02_T1") is None
    assert common_name("B05", "sentinel-2", "") is None


@pytest.mark.parametrize(
    ("name", "sensor"),
    [
        ("S2A_MSIL2A_20200115T072301_N0213_R006_T39SVV_20200115T093310", "sentinel-2"),
        ("S2A_39SVV_20200115_0_L2A", "sentinel-2"),
        ("T39SVV_20200115T072301", "sentinel-2"),
        ("LC09_L2SP_164038_20220115_20220823_02_T1", "landsat"),
        ("LT05_L2SP_164038_20050115_20200823_02_T1", "landsat"),
        ("20200115T072301_20200115T072621_T39SVV", "sentinel-2"),
        ("20200115T072301_20200115T072621_T39SVVX", "unknown"),
        ("20200115T072301_T39", "unknown"),
        ("landscape_2020", "unknown"),
        ("2020-01-15", "unknown"),
    ],
)
def test_names_of_scenes_tell_sensors(name, sensor):
    assert sensor_of(name) == sensor


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("site_2020-01-15", None, date(2020, 1, 15)),
        ("site_20200115T072301", None, date(2020, 1, 15)),
        ("site_2020_01_15", None, date(2020, 1, 15)),
        ("site_2020015", None, date(2020, 1, 15)),
        ("site_2020-13-15", None, None),
        ("site_2021-02-30", None, None),
        ("164038_20200115_20200823", None, date(2020, 1, 15)),
        ("site", None, None),
        ("site_15.01.2020", "DD.MM.YYYY", date(2020, 1, 15)),
        ("site_15.01.2020", None, None),
        ("a2020-366", "aYYYY-DDD", date(2020, 12, 31)),
        ("a2021-366", "aYYYY-DDD", None),
        ("a2021-000", "aYYYY-DDD", None),
        ("(((((((((((2020", "(((YYYY", None),
    ],
)
def test_dates_in_names(text, pattern, expected):
    assert date_in(text, pattern) == expected


def test_one_file_a_band_as_sentinel_2_names_them(tmp_path, making):
    wanted = {}
    for at, band in enumerate(S2):
        pixel, size = (20, 30) if band in ("B11", "B12") else (10, 60)
        wanted[band] = making.numbers((size, size), at)
        making.write_tiff(
            tmp_path / f"T39SVV_20200115T072301_{band}_{pixel}m.tif", wanted[band], pixel=pixel
        )
    classes = np.full((30, 30), 5, np.uint8)
    classes[10, 10] = 9
    making.write_tiff(tmp_path / "T39SVV_20200115T072301_SCL_20m.tif", classes, pixel=20)

    images = read_images(tmp_path, making.site_at(18, 18))

    check_cube(images.cube)
    assert list(images.cube.data_vars) == list(S2.values())
    assert images.cube["sensor"].values.tolist() == ["sentinel-2"]
    # 10 pixels of surroundings around 4 x 4 pixels that begin at 18, 18.
    red = wanted["B04"][8:32, 8:32] / 1e4
    swir = np.kron(wanted["B11"], np.ones((2, 2)))[8:32, 8:32] / 1e4
    red[12:14, 12:14] = swir[12:14, 12:14] = np.nan
    np.testing.assert_allclose(images.cube["red"][0], red, rtol=1e-6)
    np.testing.assert_allclose(images.cube["swir16"][0], swir, rtol=1e-6)
    (scene,) = images.scenes
    assert scene.used
    assert scene.clear == 12 / 16
    assert len(scene.sha256) == 7
    assert "baseline is not stated" in scene.remarks[0]


def test_a_safe_product_tells_its_baseline_and_its_finest_bands(tmp_path, making):
    name = "S2B_MSIL2A_20200115T072301_N0500_R006_T39SVV_20230715T093310.SAFE"
    inside = tmp_path / name / "GRANULE" / "L2A_T39SVV_A1_20200115T072301" / "IMG_DATA"
    fine, coarse = making.numbers((60, 60), 1), making.numbers((30, 30), 2)
    making.write_tiff(inside / "R10m" / "T39SVV_20200115T072301_B04_10m.tif", fine)
    making.write_tiff(inside / "R20m" / "T39SVV_20200115T072301_B04_20m.tif", coarse, pixel=20)
    making.write_tiff(inside / "R20m" / "T39SVV_20200115T072301_B8A_20m.tif", coarse, pixel=20)
    images = read_images(tmp_path, making.site_at(18, 18))
    np.testing.assert_allclose(images.cube["red"][0], fine[8:32, 8:32] / 1e4 - 0.1, rtol=1e-5)
    assert images.scenes[0].id == name.removesuffix(".SAFE")
    assert images.scenes[0].remarks == (NO_MASK,)


def test_masks_of_a_safe_product_are_no_image_of_their_own(tmp_path, making):
    """From baseline 04.00 on the footprints of detectors are JPEG 2000, one a band."""
    scene = "T39SVV_20220615T072301"
    product = "S2B_MSIL2A_20220615T072301_N0400_R006_T39SVV_20220615T093310.SAFE"
    granule = tmp_path / product / "GRANULE" / "L2A_T39SVV_A1_20220615T072301"
    path = making.write_tiff(granule / "IMG_DATA" / "R10m" / f"{scene}_B04_10m.tif",
                             making.numbers((60, 60)))  # fmt: skip
    for beside in (
        "IMG_DATA/R10m/" + f"{scene}_TCI_10m",
        "IMG_DATA/R10m/" + f"{scene}_AOT_10m",
        "QI_DATA/MSK_DETFOO_B04",
        "QI_DATA/MSK_CLDPRB_20m",
        "QI_DATA/other_B04",
    ):
        making.write_tiff(granule / f"{beside}.tif", np.full((60, 60), 3, np.uint8))
    found = read(tmp_path)
    assert [image.id for image in found.acquisitions] == [product.removesuffix(".SAFE")]
    assert not found.dropped
    assert found.remarks == (
        "files of auxiliary kinds were left aside, such as previews and angles: 5",)  # fmt: skip
    path.unlink()  # and none steps in where the image is not whole
    with pytest.raises(InputError, match="holds no images"):
        read(tmp_path)


@pytest.mark.parametrize(
    "name",
    ["MSK_QUALIT_B02", "T39SVV_20200115T072301_TCI_10m", "TCI", "WVP", "T39SVV_20200115_PVI",
     "LC08_L2SP_164038_20200115_20200823_02_T1_ST_B10",
     "LC08_L2SP_164038_20200115_20200823_02_T1_SR_QA_AEROSOL",
     "LC08_L2SP_164038_20200115_20200823_02_T1_QA_RADSAT",
     "HLS.S30.T39SVV.2023015T071201.v2.0.SZA", "20200115_07_3B_DN_udm"],
)  # fmt: skip
def test_files_of_auxiliary_kinds_are_left_aside_and_counted(tmp_path, making, name):
    making.write_tiff(tmp_path / "2020-01-15_red.tif", np.ones((9, 9), np.float32))
    making.write_tiff(tmp_path / f"{name}.tif", np.ones((9, 9), np.float32))
    found = read(tmp_path)
    assert (len(found.acquisitions), found.dropped) == (1, ())
    assert found.remarks[0].endswith(": 1")
    (tmp_path / "images.toml").write_text(f'[names]\n"{name}" = "nir"\n')  # unless it is named
    assert read(tmp_path).remarks == ()


def test_planet_s_usable_data_mask_is_that_of_its_image(tmp_path, making):
    (tmp_path / "images.toml").write_text(
        'bands = ["blue", "green", "red", "nir"]\nscale = 0.0001\nnodata = 0\n'
    )
    clear = np.zeros((8, 60, 60), np.uint8)
    clear[0] = 1
    clear[:, 20, 20] = (0, 0, 0, 0, 0, 1, 90, 0)  # cloud
    for day in (15, 16):
        scene = f"202001{day}_071201_1034_3B"
        making.write_tiff(tmp_path / f"{scene}_AnalyticMS_SR_clip.tif", making.numbers((4, 60, 60)))
        making.write_tiff(tmp_path / f"{scene}_udm2_clip.tif", clear)
    making.write_tiff(tmp_path / "20200117_071201_1034_3B_udm2.tif", clear)
    making.write_tiff(tmp_path / "20200118_071201_1034_3B_AnalyticMS_SR_8b.tif",
                      making.numbers((8, 60, 60)))  # fmt: skip
    images = read_images(tmp_path, making.site_at(18, 18))
    for at in (0, 1):
        assert np.argwhere(np.isnan(images.cube["red"].values[at])).tolist() == [[12, 12]]
    assert [scene.reason for scene in images.scenes] == [
        "", "", "a mask that belongs to no image by its name or date",
        "images.toml names 4 bands and it has 8: bands holds for files of that number alone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("images/2020-01-15.tif", "masks/2020-01-15_mask.tif"),
        ("images/2020-01-15.tif", "masks/2020-01-15.tif"),
        ("images/2020-01-15.tif", "Cloud_Masks/of 20200115.tif"),
        ("2020-01-15.tif", "2020-01-15_cloudmask.tif"),
        ("images/site_2020-01-15_a.tif", "masks/site_2020-01-15_cloud_mask.tif"),
        ("images/site_2020-01-15.tif", "masks/mask_of_20200115_mask.tif"),
        ("S2A_39SVV_20200115_0_L2A/B04.tif", "masks/S2A_39SVV_20200115_0_L2A_mask.tif"),
    ],
)
def test_a_mask_is_joined_to_the_image_of_its_name_or_date(tmp_path, making, image, mask):
    (tmp_path / "images.toml").write_text('bands = ["red"]\nscale = 0.0001\n')
    making.write_tiff(tmp_path / image, making.numbers((60, 60)))
    making.write_tiff(tmp_path / "images" / "2020-02-15.tif", making.numbers((60, 60)))
    cloud = np.zeros((60, 60), np.uint8)
    cloud[20, 20] = 1
    making.write_tiff(tmp_path / mask, cloud)
    images = read_images(tmp_path, making.site_at(18, 18))
    assert [scene.reason for scene in images.scenes] == ["", ""]
    assert np.argwhere(np.isnan(images.cube["red"].values)).tolist() == [[0, 12, 12]]


@pytest.mark.parametrize(
    "mask",
    ["masks/2020-01-15_mask.tif",  # of that date there are two
     "masks/a_2020-01-15_2_mask.tif", "masks/2020-01-17_mask.tif",
     "masks/T39SWV_20200116T072301_mask.tif",  # another tile of that date
     "masks/mask.tif", "a_2020-01-15/mask.tif"],
)  # fmt: skip
def test_a_mask_that_may_be_of_several_images_or_none_is_told(tmp_path, making, mask):
    for name in ("a_2020-01-15", "b_2020-01-15", "T39SVV_20200116T072301"):
        making.write_tiff(tmp_path / "images" / f"{name}_red.tif", np.ones((9, 9), np.float32))
    making.write_tiff(tmp_path / "images" / "a_2020-01-15_mask.tif", np.zeros((9, 9), np.uint8))
    making.write_tiff(tmp_path / mask, np.zeros((9, 9), np.uint8))
    found = read(tmp_path)
    assert [len(image.masks) for image in found.acquisitions] == [1, 0, 0]
    (scene,) = found.dropped
    assert scene.reason.startswith("a mask that belongs to no image")


@pytest.mark.parametrize(
    ("product", "names"),
    [
        ("LC08_L2SP_164038_20200115_20200823_02_T1", OLI),
        ("LT05_L2SP_164038_20050115_20200823_02_T1", TM),
    ],
)
def test_one_file_a_band_as_landsat_names_them(tmp_path, making, product, names):
    wanted = {}
    for at, band in enumerate(names):
        wanted[band] = making.numbers((40, 40), at, 8000, 20000)
        making.write_tiff(tmp_path / f"{product}_{band}.TIF", wanted[band], pixel=30, west=499_995)
    quality = np.full((40, 40), 21824, np.uint16)
    quality[7, 7] = 22280  # cloud
    quality[8, 8] = 1  # fill
    making.write_tiff(tmp_path / f"{product}_QA_PIXEL.TIF", quality, pixel=30, west=499_995)
    making.write_tiff(tmp_path / f"{product}_ST_B10.TIF", quality, pixel=30, west=499_995)

    images = read_images(tmp_path, making.site_at(18, 18, 6))

    assert images.cube["sensor"].values.tolist() == ["landsat"]
    assert images.cube["x"].values[0] % 30 == 0  # centres of Landsat's own pixels
    column = round((images.cube["x"].values[0] - 15 - 499_995) / 30)
    row = round((making.north - images.cube["y"].values[0] - 15) / 30)
    for band, name in names.items():
        got = images.cube[name].values[0]
        expected = wanted[band] * 0.0000275 - 0.2
        expected[7, 7] = expected[8, 8] = np.nan
        rows, columns = got.shape
        np.testing.assert_allclose(
            got, expected[row : row + rows, column : column + columns], rtol=1e-5
        )
        assert np.isnan(got).sum() == 2


def test_one_file_a_date_with_all_bands(tmp_path, making):
    bands = making.numbers((3, 60, 60)).astype(np.float32) / 1e4
    making.write_tiff(
        tmp_path / "site_2020-01-15.tif", bands, descriptions=("red", "B8A", "thermal")
    )
    making.write_tiff(tmp_path / "undated.tif", bands, descriptions=("red", "nir", ""),
                      tags={"TIFFTAG_DATETIME": "2020:02:03 10:00:00"})  # fmt: skip
    cloud = np.zeros((60, 60), np.uint8)
    cloud[20, 20] = 1
    making.write_tiff(tmp_path / "site_2020-01-15_mask.tif", cloud)
    images = read_images(tmp_path, making.site_at(18, 18))
    assert [str(time)[:10] for time in images.cube["time"].values] == ["2020-01-15", "2020-02-03"]
    assert list(images.cube.data_vars) == ["red", "nir"]
    expected = bands[:2, 8:32, 8:32].copy()
    np.testing.assert_array_equal(images.cube["nir"][1], expected[1])
    expected[:, 12, 12] = np.nan
    np.testing.assert_array_equal(images.cube["red"][0], expected[0])


def test_settings_say_what_names_do_not(tmp_path, making):
    (tmp_path / "images.toml").write_text(
        'sensor = "planet"\nbands = ["", "nir", "red", "mask"]\nscale = 0.0002\noffset = 0.01\n'
        'nodata = 9\ndate = "DD.MM.YYYY"\nmask_clear = [1]\n'
    )
    bands = making.numbers((4, 60, 60))
    bands[3] = 1
    bands[3, 20, 21] = 0
    bands[2, 20, 20] = 9
    making.write_tiff(tmp_path / "a 15.01.2020.tif", bands)
    images = read_images(tmp_path, making.site_at(18, 18))
    expected = bands[2, 8:32, 8:32] * 0.0002 + 0.01
    expected[12, 12:14] = np.nan
    np.testing.assert_allclose(images.cube["red"][0], expected, rtol=1e-6)
    assert images.cube["sensor"].values.tolist() == ["planet"]
    assert np.isnan(images.cube["nir"].values[0, 12, 12])  # no data in one band is none in all


def test_further_words_for_bands(tmp_path, making):
    (tmp_path / "images.toml").write_text('[names]\n"_pasmo3" = "red"\n')
    making.write_tiff(tmp_path / "2020-01-15_pasmo3.tif", np.ones((60, 60), np.float32))
    (image,) = read(tmp_path).acquisitions
    assert list(image.layers) == ["red"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("scale = ", "cannot be read"),
        ("scal = 2", "unknown field `scal`"),
        ('scale = "2"', "Expected `float"),
        ('date = "YYYY YYYY"', "tells no day"),
        ('date = "MM.DD"', "tells no day"),
        ('[names]\nx = "crimson"', "no band is called 'crimson'"),
    ],
)
def test_settings_that_cannot_be_read_are_refused(tmp_path, text, said):
    (tmp_path / "images.toml").write_text(text)
    with pytest.raises(InputError, match=said):
        read_settings(tmp_path)


@pytest.mark.parametrize(
    "name", ["2020-01-15_red.tif", "20230115T072301_20230115T072621_T39SVV_B4.tif"]
)
def test_whole_numbers_without_a_meaning_are_not_guessed(tmp_path, making, name):
    """Earth Engine gives the same name to images with the offset of 2022 and without it."""
    making.write_tiff(tmp_path / name, making.numbers((60, 60)))
    (scene,) = read(tmp_path).dropped
    assert "state scale in images.toml" in scene.reason
    with pytest.raises(InputError, match="none of the 1 images can be used: its numbers are whole"):
        read_images(tmp_path, making.site_at(18, 18))


def test_an_earth_search_image_since_2022_says_nothing_of_its_offset(tmp_path, making):
    """Most of them have it taken off already, others not, under names of one form."""
    for day in ("20220124", "20220125"):
        making.write_tiff(tmp_path / f"S2A_39SVV_{day}_0_L2A" / "B04.tif", making.numbers((60, 60)))
    found = read(tmp_path)
    assert [image.date for image in found.acquisitions] == [date(2022, 1, 24)]
    assert "state offset in images.toml" in found.dropped[0].reason
    for offset in (0.0, -0.1):
        (tmp_path / "images.toml").write_text(f"offset = {offset}\n")
        layers = [image.layers["red"] for image in read(tmp_path).acquisitions]
        assert [(layer.scale, layer.offset) for layer in layers] == [(0.0001, offset)] * 2


def test_an_offset_that_is_assumed_is_held_against_the_pixels(tmp_path, making):
    """Forest out of 2022 with its offset taken off; haze and bright ground would hide it."""
    dark = making.numbers((60, 60), low=300, high=900)
    for day in (1, 6, 11):
        making.write_tiff(tmp_path / f"T39SVV_202206{day:02}T072301_B04_10m.tif", dark)
    making.write_tiff(tmp_path / "T39SVV_20220616T072301_B04_10m.tif", making.numbers((60, 60)))
    making.write_tiff(tmp_path / "T39SVV_20210616T072301_B04_10m.tif", dark)
    for _ in range(2):  # the second time what became of each is remembered
        images = read_images(tmp_path, making.site_at(18, 18), cache=tmp_path / "cache")
        assert [scene.used for scene in images.scenes] == [True, False, False, False, False]
        reasons = [scene.reason for scene in images.scenes[1:]]
        assert all("state offset in images.toml" in reason for reason in reasons)
        assert "5 % of its clear pixels" in reasons[0]
        assert "of other such images" in reasons[3]
        assert images.cube.sizes["time"] == 1
    (tmp_path / "images.toml").write_text("offset = -0.1\n")  # stated, it is believed
    stated = read_images(tmp_path, making.site_at(18, 18), cache=tmp_path / "cache")
    assert all(scene.used for scene in stated.scenes)
    (tmp_path / "images.toml").write_text("offset = 0\n")
    right = read_images(tmp_path, making.site_at(18, 18), cache=tmp_path / "cache")
    np.testing.assert_allclose(right.cube["red"][1], dark[8:32, 8:32] / 1e4, rtol=1e-5)


def test_an_assumed_offset_may_bring_water_a_little_below_zero(tmp_path, making):
    water = np.full((60, 60), 850, np.uint16)  # -0.015
    water[20] = 700  # shadow, in 1 of 24 rows
    making.write_tiff(tmp_path / "T39SVV_20220601T072301_B04_10m.tif", water)
    assert read_images(tmp_path, making.site_at(18, 18)).scenes[0].used


@pytest.mark.parametrize(
    "name",
    ["S2A_MSIL1C_20200115T072301_N0213_R006_T39SVV_20200115T093310.SAFE/T39SVV_20200115T072301_B04.tif",
     "2020-01-15-00_00_2020-01-15-23_59_Sentinel-2_L1C_B04_(Raw).tiff",
     "LC08_L1TP_164038_20200115_20200823_02_T1_B4.TIF"],
)  # fmt: skip
def test_reflectance_at_the_top_of_the_atmosphere_is_refused(tmp_path, making, name):
    making.write_tiff(tmp_path / name, making.numbers((60, 60)))
    (scene,) = read(tmp_path).dropped
    assert "level 1" in scene.reason
    assert scene.date == date(2020, 1, 15)


def test_processings_of_one_image_stay_apart(tmp_path, making):
    for product in ("N0213_R006_T39SVV_20200115T093310", "N0500_R006_T39SVV_20230601T000000"):
        folder = tmp_path / f"S2A_MSIL2A_20200115T072301_{product}.SAFE"
        making.write_tiff(folder / "T39SVV_20200115T072301_B04_10m.tif", making.numbers((9, 9)))
    old, new = read(tmp_path).acquisitions
    assert old.layers["red"].offset == 0.0
    assert new.layers["red"].offset == -0.1
    assert new.processed > old.processed


@pytest.mark.parametrize("colon", [":", "_", ""])
def test_band_files_as_the_copernicus_browser_names_them(tmp_path, making, colon):
    scene = f"2020-01-05-00{colon}00_2020-01-05-23{colon}59_Sentinel-2_L2A"
    wanted = making.numbers((60, 60))
    for band in ("B04", "B08"):
        making.write_tiff(tmp_path / f"{scene}_{band}_(Raw).tiff", wanted)
    assert "state scale" in read(tmp_path).dropped[0].reason  # 8, 16 and 32 bits mean other things
    (tmp_path / "images.toml").write_text("scale = 0.0001\n")
    (scene,) = (images := read_images(tmp_path, making.site_at(18, 18))).scenes
    assert (scene.used, scene.date, scene.sensor) == (True, date(2020, 1, 5), "sentinel-2")
    assert list(images.cube.data_vars) == ["red", "nir"]
    np.testing.assert_allclose(images.cube["red"][0], wanted[8:32, 8:32] / 1e4, rtol=1e-5)


def test_band_files_in_a_folder_a_scene(tmp_path, making):
    for scene in ("S2A_39SVV_20200115_0_L2A", "S2A_39SVV_20200125_0_L2A"):
        making.write_tiff(tmp_path / scene / "B04.tif", making.numbers((9, 9)))
    found = read(tmp_path)
    assert [image.id for image in found.acquisitions] == [
        "S2A_39SVV_20200115_0_L2A", "S2A_39SVV_20200125_0_L2A"]  # fmt: skip
    assert [image.date.day for image in found.acquisitions] == [15, 25]


def test_what_is_no_folder_of_images_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        read(tmp_path / "none")
    (tmp_path / "notes.txt").write_text("x")
    with pytest.raises(InputError, match="holds no images"):
        read(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_that_is_something_else_is_not_opened(tmp_path, making):
    # GDAL would open this by its content, and ask a server for a window of it.
    (tmp_path / "2020-01-15_red.tif").write_text(
        '<VRTDataset rasterXSize="9" rasterYSize="9"><VRTRasterBand dataType="Byte" band="1">'
        "<SimpleSource><SourceFilename>/vsicurl/http://127.0.0.1:9/x.tif</SourceFilename>"
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    (scene,) = read(tmp_path).dropped
    assert scene.reason == "the file is neither GeoTIFF nor JPEG 2000"


def test_images_without_a_place_or_a_date_are_told(tmp_path, making):
    values = np.ones((9, 9), np.float32)
    making.write_tiff(tmp_path / "undated_red.tif", values)
    reasons = [scene.reason for scene in read(tmp_path).dropped]
    assert reasons == ["no date is in its name or its tags; say how it stands in images.toml"]


def test_headers_and_hashes_are_kept(tmp_path, making):
    path = making.write_tiff(
        tmp_path / "images" / "2020-01-15_red.tif", np.ones((9, 9), np.float32)
    )
    facts = FileFacts(tmp_path / "cache")
    first = (facts.header(str(path)), facts.sha256(str(path)))
    facts.save()
    again = FileFacts(tmp_path / "cache")
    assert again._facts[str(path)].sha256 == first[1]
    assert (again.header(str(path)), again.sha256(str(path))) == first
    making.write_tiff(path, np.zeros((8, 8), np.float32))
    later = FileFacts(tmp_path / "cache")
    assert later.header(str(path)).width == 8
    assert later.sha256(str(path)) != first[1]
    (kept,) = (tmp_path / "cache" / "facts").iterdir()
    kept.write_bytes(kept.read_bytes()[:-5])
    assert FileFacts(tmp_path / "cache")._facts == {}


@pytest.mark.parametrize(
    ("name", "bands", "sensor"),
    [
        ("HLS.L30.T39SVV.2023015T071201.v2.0", {"B04": "red", "B05": "nir", "B06": "swir16"},
         "landsat"),
        ("HLS.S30.T39SVV.2023015T071201.v2.0", {"B04": "red", "B8A": "nir", "B11": "swir16"},
         "sentinel-2"),
    ],
)  # fmt: skip
def test_harmonised_images_have_numbers_of_their_own(tmp_path, making, name, bands, sensor):
    for band in bands:
        values = np.full((60, 60), 2500, np.int16)
        values[20, 20] = -9999
        making.write_tiff(tmp_path / f"{name}.{band}.tif", values)
    quality = np.zeros((60, 60), np.uint8)
    quality[20, 21:26] = (1 << 1, 1 << 2, 1 << 3, 1 << 4, 255)  # cloud, near it, shadow, snow, fill
    quality[20, 26:28] = (1 << 5, 1 << 6)  # water, aerosol: clear
    making.write_tiff(tmp_path / f"{name}.Fmask.tif", quality)
    (image,) = read(tmp_path).acquisitions
    assert (image.date.isoformat(), image.sensor) == ("2023-01-15", sensor)
    assert set(image.layers) == set(bands.values())
    cube = read_images(tmp_path, making.site_at(18, 18)).cube
    shown = np.isfinite(cube["red"].values[0])
    assert np.argwhere(~shown).tolist() == [[12, at] for at in range(12, 18)]
    np.testing.assert_allclose(cube["nir"].values[0][shown], 0.25)
