from __future__ import annotations

import hashlib
import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import pytest

from habeas.errors import InputError
from habeas.monitoring.images import catalogue_walk
from habeas.monitoring.images.asset_store import AssetStore
from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.images.mgrs_square import squares_of
from habeas.monitoring.images.read_images import read_images
from habeas.monitoring.site_area import SiteArea

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def site(making):
    """In the midst of the tiles: blocks of the file around it are far from its header."""
    return making.site_at(300, 300)


def expected(making, at):
    return making.numbers((600, 600), at)[290:314, 290:314] / 1e4


@pytest.mark.parametrize("start", ["/api", "/catalog.json"])
def test_a_catalogue_gives_the_cube_that_its_files_hold(catalogue, site, making, start):
    images = read_images(catalogue.url + start, site)
    assert images.cube.sizes == {"time": 6, "y": 24, "x": 24}
    for at in range(6):
        np.testing.assert_allclose(images.cube["red"].values[at], expected(making, at), rtol=1e-6)
    assert all(scene.used for scene in images.scenes)
    assert images.scenes[0].files == ("S2A_39SWV_20200101_0_L2A_B04.tif",
                                      "S2A_39SWV_20200101_0_L2A_SCL.tif")  # fmt: skip
    whole = sum(file.stat().st_size for file in catalogue.folder.glob("*_B04.tif"))
    asked = [entry for entry in catalogue.log if "_B04" in entry[1] and entry[2]]
    sent = sum(
        int(last) - int(first) + 1
        for first, last in (entry[2].removeprefix("bytes=").split("-") for entry in asked)
    )
    assert 0 < sent < whole / 2  # windows, not files


def test_a_search_is_for_the_dates_and_collections_asked(catalogue, site):
    images = read_images(
        catalogue.url + "/api", site, since=date(2020, 1, 2), until=date(2020, 1, 4)
    )
    assert images.cube.sizes["time"] == 3
    (search,) = [json.loads(body) for method, path, body in catalogue.log if path == "/search"]
    assert search["collections"] == ["sentinel-2-l2a"]
    assert search["datetime"].startswith("2020-01-02")


def test_a_search_goes_on_page_by_page(catalogue, site):
    catalogue.page = 2
    assert read_images(catalogue.url + "/api", site).cube.sizes["time"] == 6


def test_a_search_that_breaks_off_keeps_what_it_got(catalogue, site):
    catalogue.page, catalogue.broken_pages = 2, 1
    images = read_images(catalogue.url + "/api", site)
    assert images.cube.sizes["time"] == 2
    assert "stopped answering after 2 images" in images.remarks[0]


def test_a_server_that_falls_silent_in_the_midst_of_files(catalogue, site, tmp_path):
    catalogue.silent_for, catalogue.silent_after = "_B04.tif", 6
    images = read_images(catalogue.url + "/api", site, seconds=1, cache=tmp_path / "cache")
    kept = [scene for scene in images.scenes if scene.used]
    lost = [scene for scene in images.scenes if not scene.used]
    assert kept
    assert lost
    assert "cannot be read" in lost[0].reason
    assert lost[-1].reason == "not read: the server had stopped answering"
    assert any("had stopped answering" in remark for remark in images.remarks)
    # What was read is kept: the next run asks for the rest only.
    catalogue.released.set()
    catalogue.silent_after = None
    catalogue.log.clear()
    again = read_images(catalogue.url + "/api", site, cache=tmp_path / "cache")
    assert again.cube.sizes["time"] == 6
    assert not any(kept[0].id in path for _, path, _ in catalogue.log)


def test_a_server_that_never_answers(catalogue, site, tmp_path):
    catalogue.silent_for, catalogue.silent_after = "/", 0
    with pytest.raises(InputError, match="does not answer"):
        read_images(catalogue.url + "/api", site, seconds=0.3, cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_nobody_at_the_address(site):
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}/api"
    with pytest.raises(InputError, match="does not answer"):
        read_images(address, site, seconds=1)


def test_a_broken_file_and_one_that_is_gone_cost_their_dates(catalogue, site):
    first, second = (catalogue.folder / f"S2A_39SWV_2020010{at}_0_L2A_B04.tif" for at in (2, 4))
    first.write_bytes(first.read_bytes()[:50_000])
    second.unlink()
    images = read_images(catalogue.url + "/api", site)
    assert images.cube.sizes["time"] == 4
    lost = [scene for scene in images.scenes if not scene.used]
    assert [scene.date.day for scene in lost] == [2, 4]
    assert all("cannot be read" in scene.reason for scene in lost)
    assert "127.0.0.1" not in " ".join(scene.reason for scene in lost)


def test_the_offset_is_applied_once(catalogue, site, making):
    baseline, applied = "s2:processing_baseline", "earthsearch:boa_offset_applied"
    cases = [
        ({baseline: "04.00"}, None, -0.1),
        ({baseline: "04.00"}, -0.1, -0.1),
        ({baseline: "04.00", applied: True}, -0.1, 0.0),
        ({baseline: "04.00", applied: False}, 0, -0.1),
        ({baseline: "03.01"}, 0, 0.0),
        ({}, 0, 0.0),
    ]
    for item, (properties, stated, _) in zip(catalogue.items, cases, strict=True):
        del item["properties"][baseline]
        item["properties"].update(properties)
        band = item["assets"]["red"]["raster:bands"][0]
        del band["offset"]
        if stated is not None:
            band["offset"] = stated
    images = read_images(catalogue.url + "/api", site)
    for at, (_, _, offset) in enumerate(cases):
        np.testing.assert_allclose(
            images.cube["red"].values[at], expected(making, at) + offset, atol=1e-6
        )


@pytest.mark.parametrize(
    "said",
    [{"proj:epsg": 999999}, {"proj:code": "invented"}, {"proj:transform": [0, 0, 1, 0, 0, 1]}],
)
def test_a_projection_that_is_none_is_not_believed(catalogue, site, making, said):
    for item in catalogue.items:
        for asset in item["assets"].values():
            del asset["proj:transform"]
        item["properties"] |= {"proj:transform": [10, 0, 5e5, 0, -10, 4e6]} | said
    images = read_images(catalogue.url + "/api", site)
    np.testing.assert_allclose(images.cube["red"].values[0], expected(making, 0), rtol=1e-6)


def test_a_catalogue_without_projections_is_asked_by_its_headers(catalogue, site, making):
    for item in catalogue.items:
        del item["properties"]["proj:epsg"]
    images = read_images(catalogue.url + "/api", site)
    np.testing.assert_allclose(images.cube["red"].values[0], expected(making, 0), rtol=1e-6)


@pytest.mark.parametrize(
    "href", ["/etc/passwd.tif", "file:///etc/x.tif", "/vsicurl/http://x/a.tif"]
)
def test_a_catalogue_on_the_web_sends_nobody_to_the_disk(catalogue, site, href):
    catalogue.items[0]["assets"] = {"red": {"href": href}}
    images = read_images(catalogue.url + "/api", site)
    lost = [scene for scene in images.scenes if not scene.used]
    assert [scene.id for scene in lost] == ["S2A_39SWV_20200101_0_L2A"]
    assert images.cube.sizes["time"] == 5


def test_files_at_addresses_that_are_not_read_are_said_to_be(catalogue, site):
    catalogue.items[0]["assets"] = {"red": {"href": "s3://invented/T39SWV/B04.tif"}}
    images = read_images(catalogue.url + "/api", site)
    (lost,) = [scene for scene in images.scenes if not scene.used]
    assert "s3:// addresses; none but https:// and http:// are read" in lost.reason


@pytest.mark.parametrize(
    "broken",
    [
        {"geometry": None},
        {"properties": {}},
        {"properties": {"datetime": "yesterday"}},
        {"assets": {}},
        {"assets": []},
        {"geometry": {"type": "Polygon", "coordinates": []}},
        {"collection": "sentinel-2-l1c"},
    ],
)
def test_an_item_that_is_none_is_told(catalogue, site, broken):
    # A search would not find some of these: a walk does.
    catalogue.items[2] |= broken
    images = read_images(catalogue.url + "/catalog.json", site)
    lost = [scene for scene in images.scenes if not scene.used]
    assert [scene.id for scene in lost] == ["S2A_39SWV_20200103_0_L2A"]
    assert lost[0].reason
    assert images.cube.sizes["time"] == 5


def test_a_catalogue_on_the_disk_sends_nothing(catalogue, site, tmp_path, monkeypatch, making):
    item = catalogue.items[0]
    (catalogue.folder / "item.json").write_text(json.dumps(item))
    away = item | {"id": "away", "assets": {
        "red": item["assets"]["red"] | {"href": f"{catalogue.url}/files/x.tif"}}}  # fmt: skip
    (catalogue.folder / "away.json").write_text(json.dumps(away))
    links = [{"rel": "item", "href": name} for name in
             ("item.json", "away.json", f"{catalogue.url}/items/{item['id']}.json")]  # fmt: skip
    start = catalogue.folder / "catalog.json"
    start.write_text(json.dumps({"type": "Catalog", "id": "x", "links": links}))
    images = read_images(start, site)
    assert [scene.id for scene in images.scenes if scene.used] == [item["id"]]
    np.testing.assert_allclose(images.cube["red"].values[0], expected(making, 0), rtol=1e-6)
    assert catalogue.log == []


def test_files_on_the_web_of_a_catalogue_on_the_disk_are_said_to_be(catalogue, site):
    item = catalogue.located(catalogue.items[0])
    (catalogue.folder / "item.json").write_text(json.dumps(item))
    with pytest.raises(InputError, match="https:// addresses, and a catalogue on a disk never"):
        read_images(catalogue.folder / "item.json", site)
    assert catalogue.log == []


@pytest.mark.parametrize(
    "said",
    [{"links": ["./items/a.json"]}, {"links": {"rel": "item"}}, {"features": [None]},
     {"features": 7}, {"links": [{"rel": "item", "href": "http://[/a.json"}]}],
)  # fmt: skip
def test_a_document_of_another_form_is_told_by_its_name(catalogue, site, monkeypatch, said):
    real = catalogue.document
    broken = "/catalog.json"

    def document(path):
        found = real(path)
        return found | said if path == broken else found

    monkeypatch.setattr(catalogue, "document", document)
    with pytest.raises(InputError, match=r"^catalog.json: .* Tell whoever keeps"):
        read_images(catalogue.url + "/catalog.json", site)
    broken = f"/items/{catalogue.items[2]['id']}.json"  # elsewhere it costs what hangs on it
    if "features" in said:
        images = read_images(catalogue.url + "/catalog.json", site)
        assert images.cube.sizes["time"] == 5
        assert f"{catalogue.items[2]['id']}.json of the catalogue was not read" in images.remarks[0]


@pytest.mark.parametrize("said", [{"links": [5]}, {"conformsTo": 5, "links": [5]}])
def test_an_interface_of_another_form_is_refused(catalogue, site, monkeypatch, said):
    real = catalogue.document
    monkeypatch.setattr(
        catalogue, "document", lambda path: real(path) | (said if path == "/api" else {})
    )
    with pytest.raises(InputError, match=r"not well formed|no list of objects"):
        read_images(catalogue.url + "/api", site)


def test_a_catalogue_that_is_too_large_is_not_read_to_its_end_without_a_word(
    catalogue, site, monkeypatch
):
    monkeypatch.setattr(catalogue_walk, "LARGEST", 5)
    images = read_images(catalogue.url + "/catalog.json", site)
    assert images.cube.sizes["time"] == 3
    assert images.remarks[0].startswith("3 documents of the catalogue, and what hangs on them")


def test_a_folder_sends_nothing(catalogue, tmp_path, making, monkeypatch):
    def refused(*_):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    write_folder(making.small_cube(), tmp_path / "images")
    assert read_images(tmp_path / "images", making.site_at(18, 18)).cube.sizes["time"] == 5
    assert catalogue.log == []


def asked_of(catalogue, tmp_path, site, **more):
    catalogue.log.clear()
    images = read_images(catalogue.url + "/api", site, cache=tmp_path, **more)
    return images, [entry for entry in catalogue.log if entry[1] != "/collections"]


def test_whole_tiles_do_not_tell_which_site_matters(catalogue, tmp_path, making):
    here, there = making.site_at(300, 300), making.site_at(500, 100)
    one, first = asked_of(catalogue, tmp_path / "a", here, whole_tiles=True)
    _, second = asked_of(catalogue, tmp_path / "b", there, whole_tiles=True)
    assert first == second
    assert all(not extra or "search" in path for _, path, extra in first)  # no range is asked for
    (search,) = [json.loads(body) for _, path, body in first if path == "/search"]
    (square,) = squares_of(here)
    assert square.code == "39SWV"
    assert search["bbox"] == pytest.approx(square.outline.bounds)
    assert "intersects" not in search
    # The same cube, and with hashes now: whole files are on the disk.
    windows, third = asked_of(catalogue, tmp_path / "c", here)
    assert one.cube.identical(windows.cube)
    assert all(len(scene.sha256) == 2 for scene in one.scenes)
    # Without whole tiles the log tells the two sites apart: the assertion above can fail.
    _, fourth = asked_of(catalogue, tmp_path / "d", there)
    assert third != fourth


def test_what_a_server_sent_is_known_by_its_pixels(catalogue, tmp_path, making, site):
    first, _ = asked_of(catalogue, tmp_path / "a", site)
    told = [scene.pixels_sha256 for scene in first.scenes]
    assert len(set(told)) == 6
    assert not any(scene.sha256 for scene in first.scenes)  # no file was read whole
    numbers = making.numbers((600, 600), 0)[290:314, 290:314].astype("<f8")
    shown = np.packbits(np.ones((24, 24), bool))
    assert told[0] == hashlib.sha256(numbers.tobytes() + 2 * shown.tobytes()).hexdigest()
    for forgotten in ("nothing", "days.msgpack", "*.segment"):  # it is told again of what is kept
        for path in (tmp_path / "a" / "chips").rglob(forgotten):
            path.unlink()
        assert asked_of(catalogue, tmp_path / "a", site)[0].scenes == first.scenes
    making.write_tiff(catalogue.folder / "S2A_39SWV_20200103_0_L2A_B04.tif",
                      making.numbers((600, 600), 99), nodata=0, tiled=True)  # fmt: skip
    other, _ = asked_of(catalogue, tmp_path / "b", site)
    assert [one.pixels_sha256 == two for one, two in zip(other.scenes, told, strict=True)] == [
        True, True, False, True, True, True]  # fmt: skip
    whole, _ = asked_of(catalogue, tmp_path / "c", site, whole_tiles=True)
    assert not any(scene.pixels_sha256 for scene in whole.scenes)


def test_whole_tiles_are_fetched_once(catalogue, tmp_path, site):
    asked_of(catalogue, tmp_path, site, whole_tiles=True)
    _, again = asked_of(catalogue, tmp_path, site, whole_tiles=True)
    assert [path for _, path, _ in again if "/files/" in path] == []
    assert not list(tmp_path.rglob(".half-*"))


def test_two_processes_may_fetch_one_file_at_once(catalogue, tmp_path, monkeypatch):
    """Sites of one square share files: neither fetch may take the other's draft away."""
    name = "S2A_39SWV_20200102_0_L2A_B04.tif"
    both, really = threading.Barrier(2), AssetStore._download

    def together(store, href, half):
        both.wait(20)
        really(store, href, half)
        both.wait(20)

    monkeypatch.setattr(AssetStore, "_download", together)
    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(AssetStore(tmp_path).fetch, f"{catalogue.url}/files/{name}")
            for _ in range(2)
        ]
        paths = {one.result(60) for one in asked}
    (path,) = paths
    assert path.read_bytes() == (catalogue.folder / name).read_bytes()
    assert not list(tmp_path.rglob(".half-*"))


def test_whole_tiles_that_cannot_be_fetched_cost_their_dates(catalogue, tmp_path, site):
    (catalogue.folder / "S2A_39SWV_20200102_0_L2A_B04.tif").unlink()
    images, _ = asked_of(catalogue, tmp_path, site, whole_tiles=True)
    assert images.cube.sizes["time"] == 5
    (lost,) = [scene for scene in images.scenes if not scene.used]
    assert lost.reason.endswith("cannot be fetched (status 404)")
    assert not list(tmp_path.rglob(".half-*"))


def test_whole_tiles_need_a_cache(catalogue, site):
    with pytest.raises(InputError, match="no folder for it is named"):
        read_images(catalogue.url + "/api", site, whole_tiles=True)
    assert catalogue.log == []


@pytest.mark.parametrize(
    ("longitude", "latitude", "code"),
    [
        (51.39, 35.69, "39SWV"), (4.35, 50.85, "31UES"), (44.4, 33.3, "38SMB"),
        (-74.0, 40.7, "18TWL"), (151.2, -33.87, "56HLH"), (-46.63, -23.55, "23KLP"),
        (48.67, 31.32, "39RTQ"),
    ],
)  # fmt: skip
def test_squares_bear_the_codes_of_tiles(longitude, latitude, code):
    from shapely.geometry import Point

    site = SiteArea(outline=Point(longitude, latitude), uncertainty=10)
    (square,) = squares_of(site)
    assert square.code == code
    assert square.outline.contains(Point(longitude, latitude))


def test_other_addresses_are_refused(site):
    with pytest.raises(InputError, match="no such kind of address"):
        read_images("s3://bucket/catalog.json", site)
