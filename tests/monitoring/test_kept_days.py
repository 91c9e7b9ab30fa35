"""Dates that an earlier run settled are said again as they were; what may still change is not."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from shapely.geometry import Polygon, box
from tests.monitoring.test_shifts import cube_of, inner, moved, textured

from habeas.errors import InputError
from habeas.monitoring.images import alignment, chips, kept_days, sealed_file
from habeas.monitoring.images.acquisition import Acquisition, Layer, Mask, PixelGrid
from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.images.likelihood import AS_OTHERS
from habeas.monitoring.images.read_images import read_images

NEWEST = 3
"""Images that are put into the folder after the first run."""


@pytest.fixture
def watched(tmp_path, making):
    """A folder of 25 dates (one moved, one astray, one without data), a site, and later images."""
    stack = textured(dates=25 + NEWEST)
    stack[4] = np.roll(stack[0], (1, -1), axis=(1, 2))
    stack[8] = moved(stack[8], 0.3, -2.8)
    cube = cube_of(making, inner(stack))
    for band in cube.data_vars:
        cube[band].values[11] = 0
    images, later = tmp_path / "images", tmp_path / "later"
    written = write_folder(cube, images)
    later.mkdir()
    for path in written[25:]:
        shutil.move(path, later / path.name)
    return images, making.site_at(28, 28, surroundings=280), later


def hand_out(later, images) -> None:
    for path in later.iterdir():
        shutil.copy2(path, images / path.name)


def test_settled_dates_are_said_again_and_not_judged(watched, tmp_path, monkeypatch):
    images, site, later = watched
    cache = tmp_path / "cache"
    first = read_images(images, site, cache=cache)
    assert first.cube.sizes["time"] == 23
    reasons = [scene.reason for scene in first.scenes if scene.reason]
    assert reasons == ["it lies more than 2 pixels off the other dates",
                       "it has no data where the site is"]  # fmt: skip
    assert sum("moved by whole pixels" in "".join(one.remarks) for one in first.scenes) == 1
    hand_out(later, images)
    judged = []
    real = alignment._judged
    monkeypatch.setattr(alignment, "_judged", lambda *asked: judged.append(1) or real(*asked))
    second = read_images(images, site, cache=cache)
    assert len(judged) == NEWEST
    assert second.scenes[:25] == first.scenes
    assert second.digests[:23] == first.digests
    assert second.cube.isel(time=slice(0, 23)).identical(first.cube)
    monkeypatch.setattr(kept_days, "read_day", None)  # nothing is put together again
    monkeypatch.setattr(alignment, "_View", None)
    third = read_images(images, site, cache=cache)
    assert third.cube.identical(second.cube)
    assert (third.scenes, third.digests) == (second.scenes, second.digests)


def test_a_stray_is_still_compared_with(watched, tmp_path, monkeypatch):
    """The dates that a new one is compared with are chosen among all, strays too."""
    images, site, later = watched
    cache, seen = tmp_path / "cache", []
    real = alignment.clearest_dates
    monkeypatch.setattr(alignment, "clearest_dates", lambda clear: seen.append(len(clear))
                        or real(clear))  # fmt: skip
    read_images(images, site, cache=cache)
    hand_out(later, images)
    read_images(images, site, cache=cache)
    assert seen == [24, 24 + NEWEST]


def test_where_shifts_are_told_in_other_pixels_dates_are_judged_anew(watched, tmp_path, making):
    images, site, _ = watched
    cache = tmp_path / "cache"
    first = read_images(images, site, cache=cache)
    making.write_tiff(images / "2021-03-01.tif", np.full((3, 31, 31), 0.2, np.float32), pixel=20.0,
                      descriptions=("red", "nir", "swir16"),
                      tags={"SENSOR": "sentinel-2"})  # fmt: skip
    second = read_images(images, site, cache=cache)
    assert second.scenes[:25] != first.scenes
    assert second.scenes == read_images(images, site).scenes


def test_what_rests_on_an_assumed_offset_is_never_settled(tmp_path, making):
    """Bright ground out of 2022 hides a wrong offset; what other images show may change."""
    site, images, cache = making.site_at(18, 18), tmp_path / "images", tmp_path / "cache"

    def taken(days, **numbers) -> None:
        for at in days:
            for band in ("B04", "B08"):
                name = f"T39SVV_2022{at // 28 + 3:02}{at % 28 + 1:02}T072301_{band}_10m.tif"
                making.write_tiff(images / name, making.numbers((60, 60), seed=7, **numbers))

    taken(range(8), low=300, high=900)
    taken(range(8, 24))
    for _ in range(2):
        scenes = read_images(images, site, cache=cache).scenes
        assert [scene.reason for scene in scenes[8:]] == [AS_OTHERS] * 16
    taken(range(24, 40))  # now one in five comes out below zero, not one in three
    scenes = read_images(images, site, cache=cache).scenes
    assert [scene.used for scene in scenes] == [False] * 8 + [True] * 32
    taken(range(40, 48), low=300, high=900)
    assert not any(scene.used for scene in read_images(images, site, cache=cache).scenes)


def test_two_outlines_on_one_grid_have_their_own_dates(tmp_path, making):
    cube = making.small_cube(times=3)
    for band in cube.data_vars:
        cube[band].values[1, :, :20] = np.nan
    write_folder(cube, tmp_path / "images")
    whole = making.site_at(18, 18)
    west, south, east, north = whole.outline.bounds
    half = replace(whole, outline=Polygon([(west, south), (east, north), (east, south)]))
    for site in (whole, half):
        kept = read_images(tmp_path / "images", site, cache=tmp_path / "cache")
        wanted = read_images(tmp_path / "images", site)
        assert kept.scenes == wanted.scenes
    assert len(list(tmp_path.glob("cache/chips/*"))) == 1
    assert wanted.scenes[1].clear != read_images(tmp_path / "images", whole).scenes[1].clear


def test_what_could_not_be_read_once_is_not_settled(tmp_path, making, monkeypatch):
    """Its chip is damaged, and the image is not to be had that time."""
    write_folder(making.small_cube(times=8), tmp_path / "images")
    site, cache = making.site_at(18, 18), tmp_path / "cache"
    first = read_images(tmp_path / "images", site, cache=cache)
    for segment in cache.glob("chips/*/*.segment"):
        segment.write_bytes(segment.read_bytes()[:-1] + b"?")
    real = chips.read_chip

    def failing(image, *rest):
        if image.id.endswith("_003"):
            raise InputError("the server does not answer")
        return real(image, *rest)

    monkeypatch.setattr(chips, "read_chip", failing)
    assert read_images(tmp_path / "images", site, cache=cache).cube.sizes["time"] == 7
    monkeypatch.undo()
    assert read_images(tmp_path / "images", site, cache=cache).scenes == first.scenes


def test_whatever_is_damaged_in_what_is_kept_it_is_learnt_again(watched, tmp_path):
    images, site, _ = watched
    cache = tmp_path / "cache"
    first = read_images(images, site, cache=cache)
    files = [*cache.glob("chips/*/*.msgpack"), *cache.glob("facts/*.msgpack")]
    assert len(files) == 3
    random = np.random.default_rng(5)
    for file in files:
        content = file.read_bytes()
        for at in (*range(3), *random.integers(0, len(content), 20).tolist()):
            damaged = bytearray(content)
            damaged[at] ^= 1 << int(random.integers(8))
            file.write_bytes(damaged)
            assert sealed_file.read_sealed(file) is None
        file.write_bytes(damaged)
        again = read_images(images, site, cache=cache)
        assert again.scenes == first.scenes
        assert again.cube.identical(first.cube)


def test_another_version_of_the_code_makes_dates_anew(watched, tmp_path, monkeypatch):
    images, site, _ = watched
    cache, read = tmp_path / "cache", []
    read_images(images, site, cache=cache)
    real = kept_days.read_day
    monkeypatch.setattr(kept_days, "read_day", lambda *asked: read.append(1) or real(*asked))
    read_images(images, site, cache=cache)
    assert read == []
    monkeypatch.setattr(kept_days, "method_version", lambda *_: "another")
    read_images(images, site, cache=cache)
    assert len(read) == 25


def test_images_come_back_from_another_process(watched, tmp_path):
    images, site, _ = watched
    one = read_images(images, site, cache=tmp_path / "cache", lazy=True)
    other = pickle.loads(pickle.dumps(one))
    assert other.scenes == one.scenes
    assert other.digests == one.digests
    assert other.cube.identical(one.cube)
    held = read_images(images, site, lazy=True)  # without a cache the pixels go along
    assert pickle.loads(pickle.dumps(held)).cube.identical(held.cube)


LAYER = Layer(href="/a/b.tif", index=1, scale=1e-4, offset=-0.1, nodata=0.0)
IMAGE = Acquisition(
    id="one",
    date=date(2022, 3, 1),
    sensor="sentinel-2",
    layers={"red": LAYER, "nir": replace(LAYER, index=2)},
    footprint=box(51, 35, 52, 36),
    masks=(Mask(layer=replace(LAYER, index=3), kind="scl"),),
    grid=PixelGrid(crs="EPSG:32639", resolution=10.0, corner=(0.0, 0.0)),
    processed="05.10 one",
    remarks=("assumed",),
    offset_assumed=True,
)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "two"},
        {"date": date(2022, 3, 2)},
        {"sensor": "landsat"},
        {"layers": {"red": LAYER}},
        {"layers": {"red": LAYER, "green": replace(LAYER, index=2)}},
        *({"layers": {"red": replace(LAYER, **one), "nir": replace(LAYER, index=2)}}
          for one in ({"href": "/a/c.tif"}, {"index": 4}, {"scale": 1.0}, {"offset": 0.0},
                      {"nodata": None}, {"nodata": float("nan")})),
        {"masks": ()},
        {"masks": (Mask(layer=replace(LAYER, index=3), kind="supplied"),)},
        {"masks": (Mask(layer=replace(LAYER, index=4), kind="scl"),)},
        {"grid": None},
        {"grid": PixelGrid(crs="EPSG:32639", resolution=20.0, corner=(0.0, 0.0))},
        {"processed": "05.11 one"},
        {"remarks": ()},
        {"offset_assumed": False},
    ],
)  # fmt: skip
def test_what_is_told_of_an_image_makes_it_another(change):
    assert replace(IMAGE, **change).description != IMAGE.description


def test_neither_its_place_nor_a_signature_makes_an_image_another():
    signed = {name: replace(layer, href=f"{layer.href}?token=1")
              for name, layer in IMAGE.layers.items()}  # fmt: skip
    for change in ({"layers": signed}, {"footprint": box(0, 0, 1, 1)}, {}):
        assert replace(IMAGE, **change).description == IMAGE.description
    none, number = (replace(IMAGE, layers={"red": replace(LAYER, nodata=of)}).description
                    for of in (None, float("nan")))  # fmt: skip
    assert none != number
