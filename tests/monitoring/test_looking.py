"""Looking at sites: another method is asked, a fault at one stops no other, no place is told."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import Point, box
from tests.monitoring.deadly_site import DeadlySite
from threadpoolctl import threadpool_info, threadpool_limits

from habeas.errors import InputError
from habeas.monitoring.detection import cold
from habeas.monitoring.detection.cold import ColdEvent
from habeas.monitoring.detection.detect import detect
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.fine_images.outline_sought import outline_in_file
from habeas.monitoring.images.day import DamagedCacheError
from habeas.monitoring.images.read_images import Images
from habeas.monitoring.looks import looking
from habeas.monitoring.looks.look import Look
from habeas.monitoring.looks.looking import Asked, Failure, look_at_all
from habeas.monitoring.looks.second_opinions import Opinions, ask_cold
from habeas.monitoring.looks.watch_list import WatchedSite, add_site, read_watch_list
from habeas.monitoring.simulation import Change, simulate_site

_spec = importlib.util.spec_from_file_location("watched", Path(__file__).parent / "watched.py")
watched = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(watched)

ASKED = Asked(settings=DetectionSettings())


def site(name: str) -> WatchedSite:
    return WatchedSite(site=f"site:{name}", images=name, outline=box(3, 0, 3.001, 0.001))


@pytest.fixture(scope="module")
def paved():
    works = Change(kind="paved_or_built", onset=date(2020, 3, 10), pixels=(6, 6), cover=1.0)
    made = simulate_site(3, change=works, years=(2016, 2020), sensors=("sentinel-2",), size=26)
    return Images(cube=made.cube, outline=made.outline, scenes=())


def event(rows, began, confirmed=date(2021, 6, 1)):
    pixels = np.zeros((watched.SIDE, watched.SIDE), dtype=bool)
    pixels[rows] = True
    return ColdEvent(began=began, confirmed=confirmed, pixels=pixels)


def cold_says(monkeypatch, said):
    """Put words into the mouth of COLD, or an error."""

    def answer(*_, **__):
        if isinstance(said, Exception):
            raise said
        return cold.SecondOpinion(events=tuple(said), breaks=np.zeros(1), sure=np.zeros(1))

    monkeypatch.setattr(cold, "second_opinion", answer)


def test_another_method_is_asked_about_each_disturbance(paved):
    found = detect(paved.cube, paved.outline)
    opinions = ask_cold(paved, found)
    assert set(opinions.of_disturbances) == set(range(len(found.disturbances)))
    assert all(said.startswith("COLD (pyxccd) sees") for said in opinions.of_disturbances.values())


def test_what_another_method_alone_sees_is_told_as_its_own(monkeypatch):
    here, again, away = (event(rows, date(2021, month, 1))
                         for rows, month in ((7, 3), (8, 5), (15, 4)))  # fmt: skip
    cold_says(monkeypatch, [here, away, again])
    told = ask_cold(watched.images(), watched.assessment())
    assert told.of_disturbances == {
        0: "COLD (pyxccd) sees this ground change about 2021-03-01, sure by 2021-06-01"
    }
    assert [words.split(", sure")[0] for words in told.remarks] == [
        "COLD (pyxccd) alone sees ground of the site change about 2021-04-01",
        "COLD (pyxccd) alone sees ground of the site change about 2021-05-01",
    ]
    quiet = ask_cold(watched.images(), watched.assessment(found=()))
    assert quiet.of_disturbances == {}
    assert len(quiet.remarks) == 3
    cold_says(monkeypatch, [])
    told = ask_cold(watched.images(), watched.assessment())
    assert told == Opinions(of_disturbances={0: "COLD (pyxccd) sees no change of this ground"})


@pytest.mark.parametrize(
    "error", [InputError("the package is not installed"), ValueError("cannot fit")]
)
def test_what_goes_wrong_with_another_method_costs_no_look(monkeypatch, paved, error):
    cold_says(monkeypatch, error)
    monkeypatch.setattr(looking, "read_images", lambda *_, **__: paved)
    (look,) = look_at_all([site("good")], replace(ASKED, second_opinion=True))
    assert isinstance(look, Look)
    assert look.assessment.status == "disturbed"
    (remark,) = look.remarks
    assert remark.startswith("COLD (pyxccd) gives no second opinion: ")
    assert str(error) in remark


def test_pixels_that_turn_out_damaged_under_another_method_are_read_again(monkeypatch, paved):
    cold_says(monkeypatch, DamagedCacheError())
    with pytest.raises(DamagedCacheError):
        ask_cold(paved, watched.assessment())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (InputError("no images", mend="Give some"), "no images"),
        (OSError(5, "Input/output error"), "Input/output error"),
        (MemoryError(), "MemoryError"),
        (ValueError("cannot reshape"), "a fault of Habeas itself (ValueError: cannot reshape)"),
    ],
)
def test_what_goes_wrong_at_one_site_is_told_and_stops_no_other(monkeypatch, paved, error, reason):
    def read(source, *_, **__):
        if str(source) == "bad":
            raise error
        return paved

    monkeypatch.setattr(looking, "read_images", read)
    bad, good = look_at_all([site("bad"), site("good")], ASKED)
    assert isinstance(bad, Failure)
    assert reason in bad.reason
    assert isinstance(good, Look)
    assert good.assessment.status == "disturbed"


@pytest.mark.slow
def test_a_site_that_ends_its_process_loses_no_other(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))  # where processes find DeadlySite
    monkeypatch.setattr(looking, "_IN_HAND", 1)  # each in hand is looked at in a process of its own
    names = [f"{at:02}" for at in range(48)]
    sites = [WatchedSite(site=name, images=str(tmp_path / name), outline=box(3, 0, 3.001, 0.001))
             for name in names]  # fmt: skip
    sites[5] = DeadlySite(site="05", images=str(tmp_path), outline=sites[5].outline)
    found = {one.site: [] for one in sites}
    for one in look_at_all(sites, ASKED, processes=2):
        found[one.site].append(one.reason)
    assert found.pop("05") == ["the process that looked at it ended"]
    assert set(found) == set(names) - {"05"}
    assert all(reasons == ["there is no such folder of images"] for reasons in found.values())


def threads_of_linear_algebra(monkeypatch, where):
    """How many threads each library of linear algebra has while a site is looked at."""
    if where == "here":
        seen = []
        monkeypatch.setattr(looking, "look_at", lambda *_: seen.append(threadpool_info()))
        list(look_at_all([site("one")], ASKED))
        (told,) = seen
    else:
        with looking._pool(1) as pool:
            told = pool.submit(threadpool_info).result()
    return [one["num_threads"] for one in told if one["user_api"] == "blas"]


@pytest.mark.parametrize("where", ["here", "in a process of its own"])
def test_linear_algebra_has_one_thread_and_gets_its_threads_back(monkeypatch, where):
    with threadpool_limits(2, user_api="blas"):
        threads = threads_of_linear_algebra(monkeypatch, where)
        assert threads
        assert set(threads) == {1}
        assert {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"} == {2}


def test_what_is_said_of_a_run_tells_no_place():
    watched_site = replace(site("good"), secret=b"one" * 11)
    told = looking._parameters(watched_site, ASKED)
    assert "alarms_per_site_year=0.02" in told
    assert not [one for one in told if "POLYGON" in one or "3.001" in one]
    assert looking._parameters(watched_site, ASKED) == told
    elsewhere = replace(watched_site, outline=box(4, 0, 4.001, 0.001))
    assert looking._parameters(elsewhere, ASKED) != told


def test_nobody_without_the_secret_finds_the_outline_by_trying():
    one = site("good")
    bare = hashlib.sha256(shapely.to_wkb(one.outline)).hexdigest()
    first, second = (
        looking._parameters(replace(one, secret=secret), ASKED) for secret in (b"a" * 32, b"b" * 32)
    )
    (hashed,) = [words for words in first if words.startswith("outline_hmac_sha256=")]
    assert hashed not in second
    assert bare not in " ".join(first)
    assert not [words for words in first if (b"a" * 32).hex() in words]
    without = looking._parameters(one, ASKED)  # an entry of an older list
    assert not [words for words in without if words.startswith("outline_hmac") or bare in words]


def test_images_without_a_clear_pixel_cannot_be_assessed(paved):
    dark = paved.cube.isel(time=slice(0, 40)).copy(deep=True)
    for band in dark.data_vars:
        dark[band].values[:] = float("nan")
    images = Images(cube=dark, outline=paved.outline, scenes=(), remarks=("clouds on all",))
    found, _ = looking._assessment(images, ASKED, site("good"))
    assert (found.status, found.reasons) == ("cannot_assess", ("clouds on all",))


def test_the_list_is_read_back_as_it_was_written(tmp_path):
    sites = [
        WatchedSite(site="site:a", images='/a "b"\\c/دشت', outline=box(3, 0, 3.001, 0.001)),
        WatchedSite(site="site:b", images="https://stac.invalid/v1", outline=Point(3, 0),
                    uncertainty=40.0, whole_tiles=True),
    ]  # fmt: skip
    assert [add_site(tmp_path, one) for one in sites] == [False, False]
    assert list(read_watch_list(tmp_path)) == sites
    assert add_site(tmp_path, sites[0])
    assert [one.site for one in read_watch_list(tmp_path)] == ["site:b", "site:a"]


def test_each_site_has_a_secret_of_its_own_and_keeps_it(tmp_path):
    def held():
        return {one.site: one.secret for one in read_watch_list(tmp_path)}

    add_site(tmp_path, site("one"))
    add_site(tmp_path, site("two"))
    before = held()
    assert {len(secret) for secret in before.values()} == {32}
    assert len(set(before.values())) == 2
    add_site(tmp_path, replace(site("one"), outline=box(4, 0, 4.001, 0.001)))
    assert held() == before
    assert before["site:one"].hex() not in repr(read_watch_list(tmp_path))
    path = tmp_path / "watch" / "sites.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True)
                            if not line.startswith("secret")))  # fmt: skip
    assert set(held().values()) == {b""}  # as an earlier version wrote it
    add_site(tmp_path, site("three"))
    assert {len(secret) for secret in held().values()} == {32}
    path.write_text(path.read_text().replace('secret = "', 'secret = "no number '))
    with pytest.raises(InputError, match="cannot be read"):
        read_watch_list(tmp_path)


def test_several_polygons_in_a_file_are_one_site(tmp_path):
    def feature(*bounds):
        shape = box(*bounds)
        corners = [list(corner) for corner in shape.exterior.coords]
        return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [corners]}}

    path = tmp_path / "x.geojson"
    features = [feature(3, 0, 3.001, 0.001), feature(3.002, 0, 3.003, 0.001)]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found = outline_in_file(path).ground
    assert found.geom_type == "MultiPolygon"
    assert found.bounds == (3, 0, 3.003, 0.001)
