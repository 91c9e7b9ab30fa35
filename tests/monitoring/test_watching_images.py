"""`habeas watch` on images as they come: catalogues that fall silent, folders with faults."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pyproj import CRS
from shapely.geometry import box, mapping
from typer.testing import CliRunner

from habeas.claims.claim import Claim
from habeas.claims.values import Text
from habeas.monitoring.images.read_images import read_images
from habeas.monitoring.looks import looking
from habeas.monitoring.projection import DEGREES, projected
from habeas.registry.registry import create_registry

ORG = "org:invented-archive"
WEST, NORTH = 500_000.0, 1_000.0
"""The open sea where the equator meets 3° East (EPSG:32631)."""


def run(registry: Path, *args: object, code: int = 0) -> str:
    from habeas.cli.main import app

    result = CliRunner(env={"HABEAS_REGISTRY": str(registry), "COLUMNS": "160"}).invoke(
        app, [str(arg) for arg in args], catch_exceptions=False
    )
    assert result.exit_code == code, result.output
    return result.output


def registry_with(folder: Path, *sites: str) -> Path:
    with (
        create_registry(folder, organisation="Invented", organisation_id=ORG) as made,
        made.recording() as batch,
    ):
        batch.entry([Claim(subject=site, predicate="label", value=Text(text=site), source=ORG,
                           sensitivity="team") for site in sites])  # fmt: skip
    return folder


def outline(path: Path, bounds, crs: str) -> Path:
    path.write_text(json.dumps(mapping(projected(box(*bounds), CRS(crs), DEGREES))))
    return path


# A catalogue


@pytest.fixture
def watching(catalogue, tmp_path, making) -> Path:
    """A registry that watches a site by a static catalogue; nobody waits long."""
    registry = registry_with(tmp_path / "registry", "site:a", "site:b")
    middle = (making.west + 2_000, making.north - 2_040, making.west + 2_040, making.north - 2_000)
    at = outline(tmp_path / "a.geojson", middle, "EPSG:32639")
    address = f"{catalogue.url}/catalog.json"
    run(registry, "watch", "add", "site:a", "--images", address, "--outline", at)
    return registry


@pytest.fixture
def impatient(monkeypatch) -> None:
    monkeypatch.setattr(looking, "read_images", partial(read_images, seconds=1))


def scenes_of(registry: Path, site: str, out: Path) -> list[str]:
    run(registry, "watch", "show", site, "--out", out)
    return (out / "scenes.csv").read_text().splitlines()[1:]


def test_a_static_catalogue_is_watched_by_its_address(catalogue, watching, tmp_path):
    (one,) = json.loads(run(watching, "watch", "run", "--json"))["sites"]
    assert one["status"] == "cannot_assess"  # six dates are no history
    assert one["images"] == 6
    assert len(scenes_of(watching, "site:a", tmp_path / "out")) == 6
    catalogue.log.clear()
    run(watching, "watch", "run")
    assert not [path for _, path, _ in catalogue.log if "_B04" in path]  # nothing is read twice


def test_who_else_is_asked_is_told_and_so_is_what_a_server_learns(
    catalogue, watching, tmp_path, monkeypatch
):
    words = " ".join(run(watching, "watch", "run").split())
    assert "leads to other servers" not in words
    files, documents = (catalogue.url.replace("127.0.0.1", host) for host in ("localhost", "[::1]"))
    monkeypatch.setattr(catalogue, "located", lambda item, at=catalogue.located: json.loads(
        json.dumps(at(item)).replace(f"{catalogue.url}/files", f"{files}/files")))  # fmt: skip
    real = catalogue.document
    monkeypatch.setattr(catalogue, "document", lambda path: real(path) and real(path) | (
        {"links": [{"rel": "item", "href": f"{documents}/x.json"}, *real(path)["links"]]}
        if path == "/catalog.json" else {}))  # fmt: skip
    words = " ".join(run(watching, "watch", "run").split())
    told = ", ".join(sorted(address.removeprefix("http://") for address in (files, documents)))
    assert f"leads to other servers, which learn what is asked of them: {told}" in words
    args = ("watch", "add", "site:a", "--outline", tmp_path / "a.geojson", "--images")
    address = f"{catalogue.url}/catalog.json"
    assert run(watching, *args, address).count("Caution: whoever runs the server") == 1
    assert "Caution" not in run(watching, *args, address, "--whole-tiles")
    assert "Caution" not in run(watching, *args, tmp_path)
    assert "square of 100 km" in json.loads(run(watching, *args, address, "--json"))["caution"]


def test_a_server_that_falls_silent_is_told_of_and_the_rest_carried_on(
    catalogue, watching, impatient, tmp_path
):
    catalogue.silent_for, catalogue.silent_after = "_B04.tif", 6
    words = " ".join(run(watching, "watch", "run").split())
    assert "not read: the server had stopped answering" in words
    scenes = scenes_of(watching, "site:a", tmp_path / "out")
    assert len(scenes) == 6  # the gap is on record: each image with its reason
    lost = [line for line in scenes if "stopped answering" in line or "cannot be read" in line]
    kept = [line for line in scenes if ",yes," in line]
    assert kept
    assert len(lost) + len(kept) == 6
    catalogue.released.set()
    catalogue.silent_after = None
    catalogue.log.clear()
    (one,) = json.loads(run(watching, "watch", "run", "--json"))["sites"]
    assert one["images"] == 6
    first = kept[0].split(",")[1]
    assert not [path for _, path, _ in catalogue.log if first in path and "_B04" in path]


def test_a_server_that_is_gone_fails_its_site_and_no_other(
    catalogue, watching, impatient, tmp_path, making
):
    images = folder_of(tmp_path / "b", making)
    at = outline(tmp_path / "b.geojson", SITE, "EPSG:32631")
    run(watching, "watch", "add", "site:b", "--images", images, "--outline", at)
    catalogue.silent_for, catalogue.silent_after = "/", 0
    told = json.loads(run(watching, "watch", "run", "--json", code=1))
    status = {one["site"]: one["status"] for one in told["sites"]}
    assert status == {"site:a": "failed", "site:b": "cannot_assess"}
    assert "does not answer" in told["sites"][0]["reason"]


# Folders with faults

SITE = (WEST + 500, NORTH - 540, WEST + 540, NORTH - 500)
BANDS = ("green", "red", "nir")
NAMES = ("far", "mixed", "band", "undated", "double", "small", "level", "snow")


def write(making, path: Path, seed: int, **more):
    values = np.random.default_rng(seed).uniform(0.1, 0.3, (len(BANDS), 100, 100))
    values = values.astype(np.float32)
    more = {"crs": "EPSG:32631", "west": WEST, "north": NORTH, "descriptions": BANDS,
            "tags": {"SENSOR": "sentinel-2"}} | more  # fmt: skip
    return making.write_tiff(path, more.pop("values", values), **more)


def folder_of(folder: Path, making, **more) -> Path:
    for day in range(1, 7):
        write(making, folder / f"2020-01-0{day}.tif", day, **more)
    return folder


@pytest.fixture
def faulty(tmp_path, making) -> Path:
    """A registry that watches a site by each of several folders that have a fault."""
    registry = registry_with(tmp_path / "registry", *(f"site:{name}" for name in NAMES))
    folders = {name: tmp_path / name for name in NAMES}
    folder_of(folders["far"], making, west=WEST + 50_000)
    for name in ("mixed", "band", "double"):
        folder_of(folders[name], making)
    write(making, folders["mixed"] / "2020-01-07.tif", 7, crs="EPSG:32632", west=WEST - 670_000,
          values=np.full((3, 300, 300), 0.2, np.float32), north=NORTH + 1_000)  # fmt: skip
    write(making, folders["band"] / "2020-01-07.tif", 7, descriptions=BANDS[:2],
          values=np.full((2, 100, 100), 0.2, np.float32))  # fmt: skip
    for day in range(3):
        write(making, folders["undated"] / f"image-{'abc'[day]}.tif", day)
    shutil.copy(folders["double"] / "2020-01-03.tif", folders["double"] / "2020-01-03_copy.tif")
    folder_of(folders["small"], making, west=WEST + 520)
    whole = np.full((3, 100, 100), 2000, np.uint16)
    write(making, folders["level"] / "S2A_MSIL1C_20200101T072301_B04.tif", 0, values=whole)
    write(making, folders["snow"] / "2020-01-01.tif", 0, values=whole)
    at = outline(tmp_path / "site.geojson", SITE, "EPSG:32631")
    for name, folder in folders.items():
        run(registry, "watch", "add", f"site:{name}", "--images", folder, "--outline", at)
    return registry


def test_each_fault_is_told_and_stops_no_other_site(faulty, tmp_path):
    told = json.loads(run(faulty, "watch", "run", "--json", code=1))
    sites = {one["site"].removeprefix("site:"): one for one in told["sites"]}
    assert list(sites) == list(NAMES)
    failed = {name for name, one in sites.items() if one["status"] == "failed"}
    assert failed == {"far", "undated", "level"}
    assert {one["status"] for name, one in sites.items() if name not in failed} == {
        "cannot_assess"}  # fmt: skip
    assert "none of the 6 images" in sites["far"]["reason"]
    assert "no date is in its name" in sites["undated"]["reason"]
    assert "level 1, not level 2" in sites["level"]["reason"]
    notes = {name: " | ".join(one["reasons"]) for name, one in sites.items()}
    assert "were reprojected" in notes["mixed"]
    assert "lacks the band nir" in notes["band"]
    assert "another image of the same date shows all of it" in notes["double"]
    assert "the site reaches beyond the images" in notes["small"]
    counts = {name: sites[name]["images"] for name in ("mixed", "band", "double", "small")}
    assert counts == {"mixed": 7, "band": 6, "double": 6, "small": 6}
    assert len(scenes_of(faulty, "site:double", tmp_path / "out")) == 7
