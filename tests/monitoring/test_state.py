"""What a run leaves for the next: the same is said, damage is noticed, nothing in it is run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pyproj import CRS
from tests.monitoring.scenes import Scene, scene

from habeas.errors import InputError
from habeas.monitoring import method_version
from habeas.monitoring.detection import state_format, watch_state
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.state_format import decode_state, encode_state
from habeas.monitoring.images import chip_store, chips
from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.images.read_images import DAMAGED
from habeas.monitoring.looks.kept_state import CHANGED
from habeas.monitoring.looks.looking import Asked, look_at
from habeas.monitoring.looks.watch_list import WatchedSite
from habeas.monitoring.projection import DEGREES, projected

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))


def of_two_sensors(seed: int, onset: str | None) -> Scene:
    """A scene of which every third image is of a sensor that sees all a little brighter."""
    made = scene(seed, onset=onset)
    landsat = np.arange(made.cube.sizes["time"]) % 3 == 0
    cube = made.cube.assign_coords(
        sensor=("time", np.where(landsat, "landsat", "sentinel-2").astype(str))
    )
    for band in cube.data_vars:
        cube[band].values[landsat] *= 1.15
    return replace(made, cube=cube)


@pytest.fixture(scope="module")
def scenes() -> dict[str, Scene]:
    return {"changed": of_two_sensors(3, "2020-08-03"), "quiet": of_two_sensors(4, None)}


def same(one, other) -> None:
    """Two assessments that say the same; sums of 32 bits may differ in their last digits."""
    for name in ("status", "reasons", "watched_from", "watched_to", "clear", "gaps", "scenes"):
        assert getattr(one, name) == getattr(other, name)
    np.testing.assert_allclose(one.curve.statistic, other.curve.statistic, rtol=1e-3)
    np.testing.assert_allclose(one.curve.site, other.curve.site, rtol=1e-5)
    assert replace(one.calibration, rate=None) == replace(other.calibration, rate=None)
    assert len(one.disturbances) == len(other.disturbances)
    for a, b in zip(one.disturbances, other.disturbances, strict=True):
        for name in ("alarm", "earliest", "latest", "best", "first_with", "last_without",
                     "gradual", "kind"):  # fmt: skip
            assert getattr(a, name) == getattr(b, name)
        assert dict(a.kinds) == pytest.approx(dict(b.kinds), abs=1e-3)
        assert (a.footprint == b.footprint).all()
        assert a.area.best == pytest.approx(b.area.best, rel=1e-3)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(["changed", "quiet"]),
    ends=st.lists(st.integers(130, 180), min_size=2, max_size=3).map(sorted),
)
def test_runs_that_go_on_through_a_file_say_what_a_whole_run_says(scenes, name, ends) -> None:
    of = scenes[name]
    state = None
    for end in ends:
        part = of.cube.isel(time=slice(0, end))
        found, left = watch(part, of.outline, settings=SETTINGS, state=state)
        assert left is not None
        state, inputs = decode_state(encode_state(left, "inputs"))
        assert inputs == "inputs"
        assert encode_state(state, "inputs") == encode_state(left, "inputs")
    same(found, watch(part, of.outline, settings=SETTINGS)[0])


def test_a_sensor_has_its_number_whichever_images_are_new(scenes, monkeypatch) -> None:
    of = scenes["quiet"]
    assert of.cube["sensor"].values[0] == "landsat"
    end = max(np.flatnonzero(of.cube["sensor"].values == "landsat"))
    new = of.cube.isel(time=slice(0, end + 1)).drop_isel(time=[end - 1, end - 2])
    old = new.isel(time=slice(0, -1))
    _, state = watch(old, of.outline, settings=SETTINGS)
    whole = watch(new, of.outline, settings=SETTINGS)[0]
    same(watch(new, of.outline, settings=SETTINGS, state=state)[0], whole)
    monkeypatch.setattr(  # as if the number came from elsewhere than the order of all images
        "habeas.monitoring.detection.stack._sensors", lambda names: np.ones(len(names), np.int64)
    )
    with pytest.raises(AssertionError):
        same(watch(new, of.outline, settings=SETTINGS, state=state)[0], whole)


@pytest.fixture(scope="module")
def left(scenes) -> bytes:
    of = scenes["changed"]
    state = watch(of.cube, of.outline, settings=SETTINGS)[1]
    assert state is not None
    assert state.disturbances
    return encode_state(state, "inputs")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_changed_in_it_it_is_refused(left, data) -> None:
    at = data.draw(st.integers(0, len(left) - 1) | st.integers(0, 300))
    bit = data.draw(st.integers(0, 7))
    damaged = bytearray(left)
    damaged[at] ^= 1 << bit
    with pytest.raises(InputError):
        decode_state(bytes(damaged))
    with pytest.raises(InputError):
        decode_state(left[:at])


def resealed(body: bytes, **header) -> bytes:
    """A file with other contents, as somebody would make it who knows the format."""
    told = state_format._Header(
        name=state_format._NAME,
        format=state_format.FORMAT,
        method=state_format.state_version(),
        inputs="",
        sha256="",
    )
    told = state_format.msgspec.structs.replace(told, **header)
    told = state_format.msgspec.structs.replace(told, sha256=state_format._digest(told, body))
    return state_format.msgspec.json.encode(told) + b"\n" + body


class Trap:
    """What a pickle would run."""

    def __reduce__(self):
        return (os.mkdir, ("trapped",))


def with_values(left: bytes, change, more: bytes = b"") -> bytes:
    """The contents of a state with other values, and with something more before its arrays."""
    _, line, arrays = left.split(b"\n", 2)
    values = json.loads(line)
    change(values)
    return json.dumps(values).encode() + b"\n" + more + arrays


def test_nothing_in_it_is_run(left, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    held = io.BytesIO()
    np.save(held, np.array([Trap()], dtype=object), allow_pickle=True)
    for trap in (held.getvalue(), pickle.dumps(Trap())):
        for kind in ("|O", "|S8", "<i8"):
            told = {"dtype": kind, "shape": [1], "sparse": False}
            trapped = with_values(
                left, lambda values, told=told: values["track"].update(days=told), trap
            )
            with pytest.raises(InputError, match="is no state of this method"):
                decode_state(resealed(trapped))
    with pytest.raises(ValueError, match="cannot create an OBJECT array"):
        state_format._Arrays(memoryview(pickle.dumps(Trap()))).take(np.dtype(object), 1)
    assert list(tmp_path.iterdir()) == []
    held.seek(0)
    np.load(held, allow_pickle=True)  # so it would have been
    assert (tmp_path / "trapped").is_dir()


def test_more_or_fewer_numbers_than_the_values_tell_of_are_refused(left) -> None:
    body = left.partition(b"\n")[2]
    decode_state(resealed(body))
    for other in (body + b"\0", body[:-1], body[: body.index(b"\n")], b""):
        with pytest.raises(InputError, match="is no state of this method"):
            decode_state(resealed(other))


@settings(max_examples=60, deadline=None)
@given(
    array=arrays(
        st.sampled_from([np.float32, np.float64, np.int64, np.bool_]),
        array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=9),
        fill=st.just(0),
    ),
    before=st.integers(0, 9),
)
def test_an_array_comes_back_bit_for_bit(array, before) -> None:
    parts = [np.zeros(before, np.uint8).data]
    told = json.loads(json.dumps(state_format._told_array(array, parts)))
    kept = state_format._Arrays(memoryview(b"".join(parts)))
    kept.take(np.dtype(np.uint8), before)
    read = state_format._read_array(array.dtype, told, kept)
    kept.end()
    assert read.dtype == array.dtype
    assert read.shape == array.shape
    assert read.tobytes() == array.tobytes()
    assert read.flags.writeable
    assert read.flags.aligned


@pytest.mark.parametrize(
    "change",
    [
        lambda values: values.update(images="many"),
        lambda values: values.update(images=True),
        lambda values: values.pop("key"),
        lambda values: values.update(more=1),
        lambda values: values["model"].update(waves=2.5),
        lambda values: values["track"]["days"].update(shape=[1]),
        lambda values: values["track"]["days"].update(shape=[-1]),
        lambda values: values["track"]["days"].update(shape=[10**12]),
        lambda values: values["track"]["days"].update(shape=[True]),
        lambda values: values["track"]["days"].update(shape=3),
        lambda values: values["track"]["days"].update(sparse=0),
        lambda values: values["track"]["days"].update(more=1),
        lambda values: values["track"]["days"].pop("sparse"),
        lambda values: values["track"].update(days=[1]),
        lambda values: values["track"]["told"].update(shape=[10**12]),
        lambda values: values["patches"]["members"].update(sparse=False),
        lambda values: values["track"].update(scenes=["a", 1]),
        lambda values: values["alarms"][0].update(day=None),
        lambda values: values["disturbances"][0].update(alarm="yesterday"),
        lambda values: values["disturbances"][0].update(outline="00"),
        lambda values: values["disturbances"][0].update(kinds=["bulldozed"]),
    ],
)
def test_values_of_other_types_are_refused(left, change) -> None:
    decode_state(resealed(with_values(left, lambda values: None)))
    with pytest.raises(InputError, match="is no state of this method"):
        decode_state(resealed(with_values(left, change)))


def test_what_another_version_left_is_refused(left, monkeypatch) -> None:
    body = left.partition(b"\n")[2]
    for header in ({"format": 0}, {"method": "0" * 64}):
        with pytest.raises(InputError, match="another version"):
            decode_state(resealed(body, **header))
    with pytest.raises(InputError, match="no state of a watch"):
        decode_state(resealed(body, name="something else"))


def test_the_version_of_the_method_is_that_of_its_code(monkeypatch) -> None:
    before = state_format.state_version()
    method_version.method_version.cache_clear()
    assert state_format.state_version() == before
    method_version.method_version.cache_clear()
    monkeypatch.setattr(
        method_version.resources, "files", lambda name: Path(watch_state.__file__).parents[1]
    )
    assert state_format.state_version() != before
    method_version.method_version.cache_clear()


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"succession":' * 100_000])
def test_what_is_too_deep_to_be_read_is_refused(deep) -> None:
    with pytest.raises(InputError, match="is no state of this method"):
        decode_state(resealed(deep + b"\n"))


# From folder to folder


class Watching:
    """A site with a folder of images and a cache."""

    def __init__(self, folder: Path, of: Scene, dates: int) -> None:
        self._cube, self._at = of.cube, dates
        self.images, self.cache = folder / "images", folder / "cache"
        write_folder(of.cube.isel(time=slice(0, dates)), self.images)
        outline = projected(of.outline, CRS(of.cube.attrs["crs"]), DEGREES)
        self.site = WatchedSite(site="site:x", images=str(self.images), outline=outline)
        self._more = folder / "more"

    def one_more(self) -> None:
        """Another date comes in."""
        write_folder(self._cube.isel(time=slice(self._at, self._at + 1)), self._more)
        (path,) = self._more.iterdir()
        path.rename(self.images / path.name)
        self._at += 1

    def look(self, **settings):
        asked = Asked(
            settings=DetectionSettings(watch_from=date(2020, 1, 1), **settings), cache=self.cache
        )
        return look_at(self.site, asked)

    @property
    def state(self) -> Path:
        (path,) = (self.cache / "states").iterdir()
        return path


@pytest.fixture
def watching(tmp_path) -> Watching:
    return Watching(tmp_path, scene(4), 150)


@pytest.fixture
def read(monkeypatch):
    """Images that are read from files, and segments of chips from the cache."""
    done = []

    def image(which, *rest):
        done.append(which.id)
        return of_image(which, *rest)

    def segment(store, name):
        done.append(name)
        return of_segment(store, name)

    of_image, of_segment = chips.read_chip, chip_store.ChipStore._pixels
    monkeypatch.setattr(chips, "read_chip", image)
    monkeypatch.setattr(chip_store.ChipStore, "_pixels", segment)
    return done


def test_a_new_date_is_all_that_is_read(watching, read) -> None:
    watching.look()
    kept = watching.state.read_bytes()
    read.clear()
    again = watching.look()
    assert read == []
    assert again.remarks == ()
    assert watching.state.read_bytes() == kept
    watching.one_more()
    read.clear()
    found = watching.look()
    assert read == [sorted(watching.images.iterdir())[-1].stem]
    assert found.remarks == ()
    assert watching.state.read_bytes() != kept
    watching.state.unlink()
    same(found.assessment, watching.look().assessment)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda content: content[:-1], "it is damaged"),
        (lambda content: content.replace(b"inputs", b"Inputs"), "beginning is damaged"),
        (lambda content: b"", "no state of a watch"),
        (lambda content: content[: content.index(b"\n") + 1] + content, "it is damaged"),
    ],
)
def test_a_damaged_state_is_told_of_and_all_is_looked_at_anew(watching, read, harm, words) -> None:
    first = watching.look()
    kept = watching.state.read_bytes()
    watching.state.write_bytes(harm(kept))
    read.clear()
    found = watching.look()
    assert words in found.remarks[0]
    assert "all images were looked at anew" in found.remarks[0]
    assert len(read) >= 2  # the segments of the cache
    same(found.assessment, first.assessment)
    assert watching.state.read_bytes() == kept
    assert watching.look().remarks == ()


def test_a_state_of_other_settings_or_another_outline_is_not_used(watching, read) -> None:
    watching.look()
    for settings_, site in (
        ({"alarms_per_site_year": 0.05}, watching.site),
        ({}, replace(watching.site, uncertainty=10.0)),
    ):
        watching.site = site
        read.clear()
        found = watching.look(**settings_)
        assert len(read) >= 2
        state = watching.state
        content = state.read_bytes()
        state.unlink()
        same(found.assessment, watching.look(**settings_).assessment)
        assert state.read_bytes() == content


def test_an_image_that_changed_is_told_of_and_all_is_looked_at_anew(watching) -> None:
    watching.look()
    old, other = sorted(watching.images.iterdir())[100:102]
    old.write_bytes(other.read_bytes())
    found = watching.look()
    assert found.remarks == (CHANGED,)
    watching.state.unlink()
    same(found.assessment, watching.look().assessment)


def test_an_alarm_stands_when_an_earlier_image_changes(tmp_path, scenes) -> None:
    watching = Watching(tmp_path, scenes["changed"], 180)
    (before,) = watching.look().assessment.disturbances
    days = sorted(watching.images.iterdir())
    at = next(at for at, path in enumerate(days) if str(before.alarm) in path.name)
    for place in range(at - 3, at + 1):  # as if nothing had been seen before it
        days[place].write_bytes(days[60].read_bytes())
    found = watching.look()
    assert found.remarks == (CHANGED,)
    assert [one.alarm for one in found.assessment.disturbances] == [before.alarm]
    watching.state.unlink()
    anew = watching.look().assessment.disturbances
    assert [one.alarm for one in anew] != [before.alarm]


def test_damage_to_the_chips_is_found_when_they_are_needed_and_mended(watching, read) -> None:
    first = watching.look()
    segment = max(watching.cache.glob("chips/*/*.segment"), key=lambda path: path.stat().st_size)
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    assert watching.look().remarks == ()  # nothing of it was needed
    watching.state.unlink()
    found = watching.look()
    assert found.remarks == (DAMAGED,)
    same(found.assessment, first.assessment)


SCRIPT = """
import os, signal, sys
from pathlib import Path
from habeas.monitoring.detection.state_format import decode_state
from habeas.monitoring.images import whole_file
from habeas.monitoring.images.read_images import Images
from habeas.monitoring.looks.kept_state import Found, KeptState
cache = Path(sys.argv[1])
(path,) = (cache / "states").iterdir()
state, _ = decode_state(path.read_bytes())
def killed(descriptor):
    os.kill(os.getpid(), signal.SIGKILL)
whole_file.os.fsync = killed
KeptState(cache, "site:x").keep(state, Images(cube=None, outline=None, scenes=()), Found())
"""


def test_killed_while_it_is_written_the_old_one_stands(watching) -> None:
    watching.look()
    kept = watching.state.read_bytes()
    ended = subprocess.run([sys.executable, "-c", SCRIPT, str(watching.cache)], check=False)
    assert ended.returncode == -signal.SIGKILL
    held = {path.name: path for path in (watching.cache / "states").iterdir()}
    halves = {name for name in held if name.startswith(".half-")}
    assert len(halves) == 1  # it had begun to write
    (name,) = set(held) - halves
    assert hashlib.sha256(held[name].read_bytes()).digest() == hashlib.sha256(kept).digest()
    held[halves.pop()].unlink()
    assert watching.look().remarks == ()


def test_only_the_owner_may_read_it(watching) -> None:
    watching.look()
    assert watching.state.stat().st_mode & 0o777 == 0o600
