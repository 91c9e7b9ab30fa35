from __future__ import annotations

import hashlib
import json
from datetime import date

import numpy as np
import pytest
import rasterio
from PIL import Image

from habeas.errors import InputError
from habeas.monitoring.fine_images.fine_image import (
    lay_on_ground,
    read_on_ground,
    write_working_copy,
)
from habeas.monitoring.fine_images.registration import ControlPoint, Registration, register

CRS = "EPSG:32639"


@pytest.fixture
def photograph(tmp_path):
    """An invented photograph: a white square at columns 60 to 80, rows 30 to 50, on grey."""
    colours = np.full((120, 160, 3), 90, np.uint8)
    colours[30:50, 60:80] = (255, 250, 240)
    path = tmp_path / "photograph.png"
    Image.fromarray(colours).save(path)
    return path


def registered(turn=0.0, metres=0.5):
    """Of a picture of 160 x 120 pixels, turned around its upper left corner."""
    cos, sin = metres * np.cos(turn), metres * np.sin(turn)
    return register(
        [
            ControlPoint(column=column, row=row, x=500_000 + cos * column + sin * row,
                         y=4_000_000 + sin * column - cos * row, name=f"{column} {row}")
            for column, row in [(0, 0), (160, 0), (160, 120), (0, 120), (80, 60)]
        ],
        CRS,
    )  # fmt: skip


def centre(image):
    """Of the white square, on the ground."""
    rows, columns = np.nonzero(image.pixels[0] > 200)
    return (image.west + image.resolution * (columns.mean() + 0.5),
            image.north - image.resolution * (rows.mean() + 0.5), len(rows))  # fmt: skip


@pytest.mark.parametrize("turn", [0.0, 0.4, -1.2])
def test_a_photograph_lies_where_its_points_say(photograph, turn):
    registration = registered(turn)
    image = lay_on_ground(photograph, registration, 0.25)
    x, y, count = centre(image)
    assert registration.to_picture([(x, y)])[0] == pytest.approx((70, 40), abs=0.1)
    assert count * 0.25**2 == pytest.approx(10 * 10, rel=0.05)
    assert image.shown.sum() * 0.25**2 == pytest.approx(80 * 60, rel=0.02)
    assert image.original == hashlib.sha256(photograph.read_bytes()).hexdigest()


def test_on_its_own_grid_a_photograph_is_not_blurred(photograph):
    image = lay_on_ground(photograph, registered(), 0.5)
    with Image.open(photograph) as picture:
        np.testing.assert_array_equal(image.pixels, np.moveaxis(np.asarray(picture), -1, 0))


def test_a_working_copy_names_its_original_and_reads_back(photograph, tmp_path):
    before = photograph.read_bytes()
    registration = registered(0.4)
    image = lay_on_ground(photograph, registration, 0.5, taken=date(1989, 5, 1))
    path = tmp_path / "copy.tif"
    write_working_copy(image, path, registration)
    with rasterio.open(path) as file:
        np.testing.assert_array_equal(file.read()[:3], image.pixels)
        assert file.crs == CRS
        tags = file.tags()
    assert tags["ORIGINAL_SHA256"] == hashlib.sha256(before).hexdigest()
    assert tags["ACQUISITION_DATE"] == "1989-05-01"
    assert len(json.loads(tags["REGISTRATION"])["points"]) == 5
    assert photograph.read_bytes() == before
    for taken in (path, photograph):
        content = taken.read_bytes()
        with pytest.raises(InputError, match="a file already"):
            write_working_copy(image, taken)
        assert taken.read_bytes() == content


def test_before_and_after_lie_on_one_grid(photograph, tmp_path, making):
    bounds = (500_010.0, 3_999_950.0, 500_070.0, 3_999_990.0)
    after = making.write_tiff(tmp_path / "after.tif", making.numbers((3, 200, 200)), west=499_990,
                              north=4_000_020, pixel=0.5)  # fmt: skip
    first = lay_on_ground(photograph, registered(), 0.5, bounds=bounds)
    second = read_on_ground(after, CRS, 0.5, bounds)
    assert first.pixels.shape == second.pixels.shape == (3, 80, 120)
    assert (first.west, first.north, first.crs) == (second.west, second.north, second.crs)
    assert second.error is None
    x, y, _ = centre(first)
    assert (x, y) == pytest.approx((500_035, 3_999_980), abs=0.3)
    with rasterio.open(after) as file:
        raw = file.read(1)[60:140, 40:160].astype(float)
    assert np.corrcoef(raw.ravel(), second.pixels[0].ravel())[0, 1] > 0.98


def test_what_is_no_picture_is_refused(tmp_path, making, photograph):
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(InputError, match="no picture that can be read"):
        lay_on_ground(tmp_path / "text.jpg", registered(), 0.5)
    with pytest.raises(InputError, match="neither GeoTIFF nor JPEG 2000"):
        read_on_ground(photograph, CRS, 0.5, (0, 0, 10, 10))
    away = making.write_tiff(tmp_path / "away.tif", making.numbers((3, 20, 20)))
    with pytest.raises(InputError, match="does not show the place"):
        read_on_ground(away, CRS, 0.5, (600_000, 4_000_000, 600_010, 4_000_010))
    with pytest.raises(InputError, match="coarser resolution"):
        lay_on_ground(photograph, registered(), 0.001)
    with pytest.raises(InputError, match="no lengths"):
        lay_on_ground(photograph, registered(), 0.5, bounds=(10, 0, 0, 10))


def test_what_a_working_copy_does_not_show_is_not_shown_when_it_is_read(photograph, tmp_path):
    image = lay_on_ground(photograph, registered(0.4), 0.5)
    write_working_copy(image, tmp_path / "copy.tif", registered(0.4))
    rows, columns = image.shown.shape
    bounds = (image.west, image.north - 0.5 * rows, image.west + 0.5 * columns, image.north)
    back = read_on_ground(tmp_path / "copy.tif", CRS, 0.5, bounds)
    assert not image.shown.all()
    np.testing.assert_array_equal(back.shown, image.shown)
    np.testing.assert_array_equal(back.pixels, image.pixels)


def aslant():
    """A camera 60 m up at the foot of the picture, which looks north; the horizon is in it."""

    def seen(x, y):  # metres east and north of the camera
        return 80 + 100 * x / y, 20 + 100 * 60 / y

    return register(
        [ControlPoint(column=column, row=row, x=500_000 + x, y=4_000_000 + y)
         for x, y in [(-40, 80), (40, 80), (-60, 200), (60, 200), (0, 120)]
         for column, row in [seen(x, y)]],
        CRS, form="projective",
    )  # fmt: skip


def test_what_lies_behind_the_camera_is_not_shown(photograph, monkeypatch):
    bounds = (499_900.0, 3_999_400.0, 500_100.0, 4_000_200.0)
    rows = slice(205, 800)  # south of the camera; the formula puts it into the sky

    def south():
        return lay_on_ground(photograph, aslant(), 1.0, bounds=bounds).shown[rows].sum()

    assert south() == 0
    monkeypatch.setattr(Registration, "before_horizon", lambda _, places: places[:, 0] > 0)
    assert south() > 0
