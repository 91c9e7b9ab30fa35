from __future__ import annotations

import io
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from habeas.errors import StorageError
from habeas.monitoring.images import chip_store, chips
from habeas.monitoring.images.chip import Measured
from habeas.monitoring.images.chip_store import ChipStore
from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.images.read_images import DAMAGED, read_images
from habeas.monitoring.site_area import site_grid, utm_zone


@pytest.fixture
def folder(tmp_path, making):
    write_folder(making.small_cube(), tmp_path / "images")
    return tmp_path / "images"


@pytest.fixture
def read(monkeypatch):
    """The ids of the images that are read from files."""
    ids = []

    def counted(image, *rest):
        ids.append(image.id)
        return real(image, *rest)

    real = chips.read_chip
    monkeypatch.setattr(chips, "read_chip", counted)
    return ids


def same(one, other):
    assert one.cube.identical(other.cube)
    assert one.scenes == other.scenes


def test_the_next_run_reads_only_what_is_new(folder, tmp_path, making, read):
    site = making.site_at(18, 18)
    first = read_images(folder, site, cache=tmp_path / "cache")
    assert len(read) == 5
    read.clear()
    same(first, read_images(folder, site, cache=tmp_path / "cache"))
    assert read == []
    new = making.write_tiff(folder / "2020-03-01.tif", np.full((6, 40, 40), 0.2, np.float32),
                            descriptions=tuple(first.cube.data_vars),
                            tags={"SENSOR": "sentinel-2"})  # fmt: skip
    images = read_images(folder, site, cache=tmp_path / "cache")
    assert read == [new.stem]
    same(images, read_images(folder, site))


def test_a_file_that_changed_is_read_again(folder, tmp_path, making, read):
    site = making.site_at(18, 18)
    bands = tuple(read_images(folder, site, cache=tmp_path / "cache").cube.data_vars)
    changed = sorted(folder.iterdir())[1]
    read.clear()
    making.write_tiff(changed, np.full((6, 40, 40), 0.2, np.float32), descriptions=bands,
                      tags={"SENSOR": "sentinel-2"})  # fmt: skip
    images = read_images(folder, site, cache=tmp_path / "cache")
    assert read == [changed.stem]
    assert (images.cube["red"].values[1] == np.float32(0.2)).all()


def test_other_sites_bands_and_masks_are_kept_apart(folder, tmp_path, making, read):
    cache = tmp_path / "cache"
    read_images(folder, making.site_at(18, 18), cache=cache)
    for site, bands in ((making.site_at(19, 18), None), (making.site_at(18, 18), ["red"])):
        read.clear()
        images = read_images(folder, site, cache=cache, bands=bands)
        assert len(read) == 5
        same(images, read_images(folder, site, bands=bands))


def _taken_apart(content: bytes) -> tuple[tuple[str, ...], list[np.ndarray]]:
    held = io.BytesIO(content)
    keys = chip_store._keys(held)
    return keys, [array.copy() for array in chip_store._read(content, held.tell())]


def test_whatever_is_damaged_in_a_segment_no_chip_is_wrong(tmp_path, making):
    site = making.site_at(18, 18)
    grid = site_grid(site, utm_zone(site), 10)
    random = np.random.default_rng(8)
    chips = {f"{at:064x}": _measured(random, grid.shape) for at in range(3)}
    store = ChipStore(tmp_path, grid, ("red",))
    for key, chip in chips.items():
        store.put(key, chip)
    store.flush()
    (segment,) = tmp_path.glob("chips/*/*.segment")
    content = segment.read_bytes()
    places = [*range(400), *random.integers(0, len(content), 60).tolist()]
    for at in places:
        changed = bytearray(content)
        changed[at] ^= 1 << int(random.integers(8))
        segment.write_bytes(changed)
        store = ChipStore(tmp_path, grid, ("red",))
        assert [store.get(key) for key in chips] == [None] * 3
    segment.write_bytes(content)
    store = ChipStore(tmp_path, grid, ("red",))
    for key, chip in chips.items():
        np.testing.assert_array_equal(store.get(key).values, chip.chip().values)


def _measured(random: np.random.Generator, shape: tuple[int, int]) -> Measured:
    numbers = random.integers(1, 9000, (1, *shape)).astype(np.uint16)
    shown = random.random(shape) < 0.8
    return Measured(numbers, np.array([1e-4]), np.zeros(1), shown, np.ones(shape, dtype=bool))


def test_a_file_that_changes_while_it_is_read_is_not_used(folder, tmp_path, making, monkeypatch):
    site, cache = making.site_at(18, 18), tmp_path / "cache"
    wanted = read_images(folder, site)
    changed = sorted(folder.iterdir())[2]
    whole, read_chip = changed.read_bytes(), chips.read_chip

    def reading(image, *rest):
        found = read_chip(image, *rest)
        if str(changed) in image.hrefs:
            changed.write_bytes(whole + b"0")
        return found

    monkeypatch.setattr(chips, "read_chip", reading)
    images = read_images(folder, site, cache=cache)
    assert len(images.digests) == len(wanted.digests) - 1
    reasons = [scene.reason for scene in images.scenes if scene.reason]
    assert reasons == ["the file was changed while it was read"]
    monkeypatch.undo()
    changed.write_bytes(whole)
    same(wanted, read_images(folder, site, cache=cache))


def test_a_damaged_cache_is_noticed_and_built_anew(folder, tmp_path, making, read):
    site, cache = making.site_at(18, 18), tmp_path / "cache"
    first = read_images(folder, site, cache=cache)
    (segment,) = cache.glob("chips/*/*.segment")
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    read.clear()
    again = read_images(folder, site, cache=cache)
    assert len(read) == 5
    same(first, again)
    assert DAMAGED in again.remarks
    assert read_images(folder, site, cache=cache).remarks == ()


def test_without_the_checksum_the_damage_would_be_believed(folder, tmp_path, making, monkeypatch):
    site, cache = making.site_at(18, 18), tmp_path / "cache"
    first = read_images(folder, site, cache=cache)
    (segment,) = cache.glob("chips/*/*.segment")
    keys, (numbers, *others) = _taken_apart(segment.read_bytes())
    numbers[0] += 1
    changed = chip_store._written(keys, [numbers, *others])
    segment.write_bytes(changed)
    same(first, read_images(folder, site, cache=cache))  # noticed
    (segment,) = cache.glob("chips/*/*.segment")
    segment.write_bytes(changed)
    name = chip_store.hashlib.sha256(changed).hexdigest()
    segment.rename(segment.with_name(f"{name}.segment"))
    assert not first.cube.identical(read_images(folder, site, cache=cache).cube)


@pytest.mark.parametrize(
    "damage", ["cut short", "another version", "by columns", "objects", "empty"]
)
def test_what_is_no_segment_is_put_away_though_its_name_fits(folder, tmp_path, making, damage):
    site, cache = making.site_at(18, 18), tmp_path / "cache"
    first = read_images(folder, site, cache=cache)
    (segment,) = cache.glob("chips/*/*.segment")
    content = segment.read_bytes()
    keys, arrays = _taken_apart(content)
    held = io.BytesIO(chip_store._written(keys, []))
    held.seek(0, io.SEEK_END)
    if damage == "cut short":
        held.write(content[held.tell() : -1])
    elif damage == "another version":
        held.write(content[held.tell() :].replace(b"NUMPY\x01", b"NUMPY\x02"))
    elif damage == "by columns":
        for array in arrays:
            np.lib.format.write_array(held, np.asfortranarray(array), version=(1, 0))
    elif damage == "objects":
        np.lib.format.write_array(held, arrays[0].astype(object), version=(1, 0))
    segment.write_bytes(held.getvalue())
    name = chip_store.hashlib.sha256(held.getvalue()).hexdigest()
    segment.rename(segment.with_name(f"{name}.segment"))
    again = read_images(folder, site, cache=cache)
    same(first, again)
    assert DAMAGED in again.remarks


SCRIPT = """
import os, signal, sys
from pathlib import Path
import numpy as np
from habeas.monitoring.images import chip_store, whole_file
from habeas.monitoring.images.chip import Measured
from habeas.monitoring.site_area import SiteArea, site_grid, utm_zone
from shapely.geometry import box
chip_store.CHIPS_A_SEGMENT = 2
site = SiteArea(outline=box(51, 36, 51.0005, 36.0005), surroundings=20)
store = chip_store.ChipStore(Path(sys.argv[1]), site_grid(site, utm_zone(site), 10), ("red",))
shape = site_grid(site, utm_zone(site), 10).shape
real = whole_file.os.fsync
writes = []
def killed(descriptor):
    writes.append(descriptor)
    if len(writes) == 3:
        os.kill(os.getpid(), signal.SIGKILL)  # in the midst of the third segment
    real(descriptor)
whole_file.os.fsync = killed
for at in range(10):
    seen, one = np.ones(shape, bool), np.ones(1)
    store.put(str(at), Measured(np.full((1, *shape), at, np.int16), one, 0 * one, seen, seen))
"""


def test_killed_half_way_what_was_kept_is_kept(tmp_path):
    ended = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    from shapely.geometry import box

    from habeas.monitoring.site_area import SiteArea

    site = SiteArea(outline=box(51, 36, 51.0005, 36.0005), surroundings=20)
    store = ChipStore(tmp_path, site_grid(site, utm_zone(site), 10), ("red",))
    assert store.damaged == 0
    assert [at for at in range(10) if store.get(str(at))] == [0, 1, 2, 3]
    assert store.get("3").values[0, 0, 0] == 3


def full_of(number, shape):
    """An image of one band, the same number everywhere."""
    seen, one = np.ones(shape, np.bool_), np.ones(1)
    return Measured(np.full((1, *shape), number, np.int16), one, 0 * one, seen, seen)


def small(store):
    """Segments that are not full."""
    return [keys for keys in store._segments.values() if len(keys) < 3]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(runs=st.lists(st.lists(st.integers(0, 30), max_size=6), max_size=8))
def test_whatever_is_put_is_got_after_any_runs(runs, tmp_path_factory, making):
    folder = tmp_path_factory.mktemp("cache")
    site = making.site_at(18, 18, 2, surroundings=0)
    grid = site_grid(site, utm_zone(site), 10)
    expected = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chip_store, "CHIPS_A_SEGMENT", 3)
        patch.setattr(chip_store, "SEGMENTS", 2)
        for run in runs:
            store = ChipStore(folder, grid, ("red",))
            for number in run:
                store.put(str(number), full_of(number, grid.shape))
                expected[str(number)] = number
            store.flush()
            assert len(small(store)) <= 2
    store = ChipStore(folder, grid, ("red",))
    assert {key: store.get(key).values[0, 0, 0] for key in expected} == expected
    assert store.damaged == 0


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seeds=st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=5),
       rows=st.tuples(st.integers(0, 9), st.integers(1, 30)), data=st.data())  # fmt: skip
def test_a_part_of_what_is_got_is_that_of_what_was_put(seeds, rows, data, tmp_path_factory, making):
    folder = tmp_path_factory.mktemp("cache")
    site = making.site_at(18, 18, 2, surroundings=30)
    grid = site_grid(site, utm_zone(site), 10)
    kinds = st.sampled_from([np.uint8, np.int16, np.uint16, np.float32, np.float64])
    put = {str(seed): measured_by(seed, grid.shape, data.draw(kinds)) for seed in seeds}
    store = ChipStore(folder, grid, ("red", "nir"))
    for key, chip in put.items():
        store.put(key, chip)
    part = (slice(rows[0], sum(rows)), slice(None))
    before = {key: store.get(key, part) for key in put}
    store.flush()
    store = ChipStore(folder, grid, ("red", "nir"))
    for key, chip in put.items():
        whole = chip.chip()
        for got in (before[key], store.get(key, part)):
            assert got.values.dtype == np.float32
            np.testing.assert_array_equal(got.values, whole.values[:, *part])
            np.testing.assert_array_equal(got.covered, whole.covered[part])


def measured_by(chance, shape, dtype):
    """An image of two bands, by chance."""
    random = np.random.default_rng(chance)
    numbers = random.integers(0, 255, (2, *shape)).astype(dtype)
    covered = random.random(shape) < 0.8
    shown = covered & (random.random(shape) < 0.7)
    return Measured(numbers, random.random(2) / 1e4, random.random(2) - 0.5, shown, covered)


def test_reflectance_is_the_numbers_times_the_scale_and_the_offset_where_it_is_clear():
    numbers = np.array([[[0, 10_000, 3000]], [[7300, 1, 65_534]]], np.uint16)
    shown = np.array([[True, False, True]])
    chip = Measured(numbers, np.array([1e-4, 2.75e-5]), np.array([-0.1, -0.2]), shown, shown).chip()
    wanted = [[[-0.1, np.nan, 0.2]], [[2.75e-5 * 7300 - 0.2, np.nan, 2.75e-5 * 65_534 - 0.2]]]
    np.testing.assert_array_equal(chip.values, np.array(wanted, np.float32))


def test_a_full_disk_is_said_and_leaves_no_half(tmp_path, making, monkeypatch):
    site = making.site_at(18, 18, 2, surroundings=0)
    grid = site_grid(site, utm_zone(site), 10)
    store = ChipStore(tmp_path, grid, ("red",))
    store.put("a", full_of(0, grid.shape))

    def full(descriptor):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("habeas.monitoring.images.whole_file.os.fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        store.flush()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
