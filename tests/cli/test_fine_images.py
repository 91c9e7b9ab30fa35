"""`habeas watch picture` and `pair` on an invented picture of no real place: the open sea."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from PIL import Image
from pyproj import CRS
from shapely.geometry import box, mapping
from typer.testing import CliRunner

from habeas.claims.claim import Claim
from habeas.claims.values import File, Polygon, Ref, Text, Where
from habeas.monitoring.fine_images import laying
from habeas.monitoring.fine_images.outline_sought import shape_of
from habeas.monitoring.projection import DEGREES, projected
from habeas.registry import clearance
from habeas.registry.changing import reclassify
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import create_registry, open_registry

ORG, SOURCE = "org:invented-archive", "source:invented-survey"
SITE = "site:invented-plot"
ZONE = CRS("EPSG:32631")
WEST, NORTH = 500_000.0, 1_000.0
"""The upper left corner of the picture: the open sea where the equator meets 3° East."""
OUTLINE = box(WEST + 80, NORTH - 100, WEST + 120, NORTH - 60)
CORNERS = [(0, 0), (400, 0), (400, 300), (0, 300), (200, 150)]


def run(registry: Path, *args: object, code: int = 0):
    from habeas.cli.main import app

    result = CliRunner(env={"HABEAS_REGISTRY": str(registry), "COLUMNS": "160"}).invoke(
        app, [str(arg) for arg in args], catch_exceptions=False
    )
    assert result.exit_code == code, result.output
    return result


def shown(registry: Path, *args: object):
    return json.loads(run(registry, *args, "--json").output)


def ring(shape) -> Polygon:
    return Polygon(coordinates=(tuple((f"{x:.8f}", f"{y:.8f}") for x, y in shape.exterior.coords),))


def ground(seed: int):
    """Invented ground, 300 x 400 pixels of half a metre; a bright square in the outline."""
    colours = np.random.default_rng(seed).integers(80, 120, (300, 400, 3)).astype(np.uint8)
    colours[130:190, 170:230] = (230, 225, 215) if seed else (60, 110, 50)
    return colours


def points_file(path: Path, columns=("x", "y"), off=0.3, **changes) -> Path:
    """Five control points, each off by up to `off` metres."""
    noise = np.random.default_rng(3).uniform(-off, off, (5, 2))
    rows = []
    for at, ((column, row), (east, north)) in enumerate(zip(CORNERS, noise, strict=True)):
        where = (WEST + column / 2 + east, NORTH - row / 2 + north)
        if columns[0] == "longitude":
            from shapely.geometry import Point

            where = projected(Point(*where), ZONE, DEGREES).coords[0]
        rows.append({"column": column, "row": row, columns[0]: repr(float(where[0])),
                     columns[1]: repr(float(where[1])), "name": f"mark {at}"})  # fmt: skip
    for at, change in changes.get("rows", {}).items():
        rows[at] |= change
    with path.open("w", newline="") as file:
        table = csv.DictWriter(file, ("column", "row", *columns, "name"))
        table.writeheader()
        table.writerows(rows[: changes.get("count", 5)])
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A registry with an invented site, a photograph of it, and a GeoTIFF of later."""
    folder = tmp_path_factory.mktemp("fine")
    Image.fromarray(ground(0)).save(folder / "scan.png")
    profile = {"driver": "GTiff", "count": 3, "height": 300, "width": 400, "dtype": "uint8",
               "crs": "EPSG:32631", "transform": Affine(0.5, 0, WEST, 0, -0.5, NORTH)}  # fmt: skip
    with rasterio.open(folder / "after.tif", "w", **profile) as file:
        file.write(np.moveaxis(ground(1), -1, 0))
    points_file(folder / "points.csv")
    outline = projected(OUTLINE, ZONE, DEGREES)
    (folder / "outline.geojson").write_text(json.dumps(mapping(outline)))
    with create_registry(
        folder / "registry", organisation="Invented archive", organisation_id=ORG
    ) as registry, registry.recording() as batch:  # fmt: skip
        batch.entry([
            Claim(subject=SOURCE, predicate="title", value=Text(text="An invented survey"),
                  source=ORG, sensitivity="team"),
            Claim(subject=SITE, predicate="label", value=Text(text="Invented plot", lang="en"),
                  source=ORG, sensitivity="team"),
            Claim(subject=SITE, predicate="location", source=SOURCE, sensitivity="team",
                  value=Where(kind="approximate", geometry=ring(outline))),
        ])  # fmt: skip
    return folder


@pytest.fixture
def registry(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "registry", tmp_path / "registry"))


PICTURE = ("watch", "picture", SITE, "--source", SOURCE)


def lay(made: Path, registry: Path, *more: object):
    return shown(registry, *PICTURE, made / "scan.png", "--points", made / "points.csv", "--crs",
                 "EPSG:32631", "--taken", "2003-05-01", *more)  # fmt: skip


def take(made: Path, registry: Path, *more: object):
    return shown(registry, *PICTURE, made / "after.tif", "--taken", "2017-09-03", *more)


def state(registry: Path):
    """What must not have changed where a command was refused."""
    with open_registry(registry) as opened:
        return opened.store.size(opened.log.id), sorted(opened.evidence)


# A picture


def test_a_photograph_is_kept_and_laid_on_the_ground(made, registry, tmp_path):
    before = (made / "scan.png").read_bytes()
    told = lay(made, registry)
    assert told["original"] == f"item:{hashlib.sha256(before).hexdigest()}"
    assert (made / "scan.png").read_bytes() == before
    assert told["resolution"] == 0.5
    assert told["shown"] == pytest.approx(1, abs=0.02)
    found = told["registration"]
    assert 0 < found["rmse"] < 0.6
    assert found["left_out"] > found["rmse"] / 2
    assert len(found["points"]) == 5
    with open_registry(registry) as opened:
        view = opened.view("team")
        said = {one.claim.predicate: one.claim.value
                for one in view.claims(subject=told["working_copy"])}  # fmt: skip
        assert said["working_copy_of"] == Ref(id=told["original"])
        assert said["copy_kind"].term == "working"
        assert said["captured"].text == "2003-05-01"
        assert "5 control points" in said["description"].text
        bound = {one.claim.subject for one in view.claims(ref=SITE, predicate="shows_location_of")}
        assert bound == {told["original"], told["working_copy"]}
        with rasterio.open(opened.evidence.path(told["working_copy"][5:])) as file:
            rows, columns = np.nonzero((file.read(1) < 70) & (file.read(4) > 0))
            x, y = file.xy(rows.mean(), columns.mean())
            assert file.tags()["ORIGINAL_SHA256"] == told["original"][5:]
    assert (x, y) == pytest.approx((WEST + 100, NORTH - 80), abs=1)
    run(registry, "verify")


def test_what_is_said_of_it_names_the_points_and_both_errors(made, registry):
    words = run(registry, *PICTURE, made / "scan.png", "--points", made / "points.csv", "--crs",
                "EPSG:32631").output  # fmt: skip
    for part in ("mark 0", "mark 4", "RMSE 0.", "leave-one-out error 0.", "item:", "100% of"):
        assert part in words


@pytest.mark.parametrize("kind", ["similarity", "affine", "projective"])
def test_longitude_and_latitude_do_as_well_for_every_kind(made, registry, tmp_path, kind):
    points = points_file(tmp_path / "degrees.csv", ("longitude", "latitude"), off=0.0)
    told = shown(registry, *PICTURE, made / "scan.png", "--points", points, "--kind", kind)
    assert told["registration"]["form"] == kind
    assert told["registration"]["rmse"] == pytest.approx(0, abs=0.01)


def test_a_geotiff_is_taken_as_it_is(made, registry):
    told = take(made, registry)
    assert told["working_copy"] == told["original"]
    assert told["registration"] is None
    assert told["resolution"] == pytest.approx(0.5)
    with open_registry(registry) as opened:
        held = opened.view("team").claims(subject=told["original"], predicate="copy_kind")
        assert held[0].claim.value.term == "evidentiary"


BAD_POINTS = [
    ({"count": 3}, "too few"),
    ({"rows": {at: {"row": 100 + at} for at in range(5)}}, "on a line"),
    ({"rows": {1: {"column": 500}}}, "outside of the picture"),
    ({"rows": {2: {"x": "east"}}}, "row 4"),
    ({"rows": {2: {"x": "nan"}}}, "no number"),
    ({"rows": {at: {"x": 600_000 + CORNERS[at][0] / 2} for at in range(5)}}, "not show the site"),
    ({"rows": {at: {"row": 300 - CORNERS[at][1]} for at in range(5)}}, "like a mirror"),
    ({"columns": ("east", "north")}, "column is missing"),
]


@pytest.mark.parametrize(("changes", "reason"), BAD_POINTS)
def test_points_that_cannot_be_are_refused_and_nothing_is_kept(
    made, registry, tmp_path, changes, reason
):
    points = points_file(tmp_path / "bad.csv", **changes)
    before = state(registry)
    refused = run(registry, *PICTURE, made / "scan.png", "--points", points, "--crs",
                  "EPSG:32631", code=2)  # fmt: skip
    assert reason in refused.output
    assert state(registry) == before


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["scan.png"], 2, "--points"),
        (["scan.png", "--points", "points.csv"], 2, "--crs"),
        (["scan.png", "--points", "points.csv", "--crs", "EPSG:1"], 2, "no coordinate reference"),
        (["scan.png", "--points", "scan.png", "--crs", "EPSG:32631"], 2, "no table"),
        (["scan.png", "--points", "missing.csv", "--crs", "EPSG:32631"], 2, "cannot be read"),
        (["points.csv", "--points", "points.csv", "--crs", "EPSG:32631"], 2, "no picture"),
        (["points.csv"], 2, "no picture"),
        (["missing.tif"], 2, "no picture"),
        (["after.tif", "--taken", "May 2003"], 2, "is no day"),
        (["after.tif", "--source", "source:nowhere"], 3, "there is no source:nowhere"),
    ],
)
def test_what_cannot_be_laid_is_refused_and_nothing_is_kept(
    made, registry, monkeypatch, arguments, code, reason
):
    monkeypatch.chdir(made)
    before = state(registry)
    assert reason in run(registry, *PICTURE, *arguments, code=code).output
    assert state(registry) == before


def test_an_image_of_another_place_and_a_site_nobody_recorded_are_refused(made, registry, tmp_path):
    far = tmp_path / "far.geojson"
    far.write_text(json.dumps(mapping(box(3.2, 0.2, 3.2005, 0.2005))))
    refused = run(registry, *PICTURE, made / "after.tif", "--outline", far, code=2).output
    assert "does not show the place" in refused
    run(registry, "watch", "picture", "site:nowhere", made / "after.tif", "--source", SOURCE,
        "--outline", made / "outline.geojson", code=3)  # fmt: skip


# A pair


def pair(registry: Path, laid, out: Path, *more: object):
    images = [one["original"] for one in laid]
    return shown(registry, "watch", "pair", SITE, *images, "--out", out, *more)


@pytest.fixture
def both(made, registry):
    return lay(made, registry), take(made, registry)


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_pair_is_drawn_for_the_owner_alone(registry, both, tmp_path, lang):
    before = state(registry)
    told = pair(registry, both, tmp_path / "out", "--lang", lang)
    assert told["images"] == [both[0]["working_copy"], both[1]["original"]]
    assert told["resolution"] == pytest.approx(0.5, rel=0.01)
    assert state(registry) == before
    files = sorted((tmp_path / "out").iterdir())
    assert [path.name for path in files] == [f"pair-{lang}.png", f"pair-{lang}.svg"]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    refused = run(registry, "watch", "pair", SITE, both[0]["original"], both[1]["original"],
                  "--out", tmp_path / "out", "--record", code=2)  # fmt: skip
    assert "not empty" in refused.output
    assert state(registry) == before


def test_the_first_image_is_the_earlier(registry, both, tmp_path):
    refused = run(registry, "watch", "pair", SITE, both[1]["original"], both[0]["original"],
                  "--out", tmp_path / "out", code=2)  # fmt: skip
    assert "taken before the earlier" in refused.output
    assert not (tmp_path / "out").exists()


def test_a_recorded_pair_is_in_the_dossier_at_team_and_not_at_public(registry, both, tmp_path):
    told = pair(registry, both, tmp_path / "out", "--record")
    assert told["run"].startswith("run:")
    run(registry, "dossier", SITE, "--out", tmp_path / "team", "--clearance", "team")
    (drawn,) = (tmp_path / "team" / "pictures").glob("*.svg")
    assert drawn.read_bytes() == (tmp_path / "out" / "pair-en.svg").read_bytes()
    with open_registry(registry) as opened, opened.recording() as batch:
        batch.entry([Claim(subject=SITE, predicate="description", value=Text(text="a plot"),
                           source=ORG, sensitivity="public")])  # fmt: skip
    run(registry, "dossier", SITE, "--out", tmp_path / "public")
    assert not (tmp_path / "public" / "pictures").exists()
    run(registry, "verify")


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["missing.tif", "after.tif"], 3, "no such image"),
        (["item:" + "0" * 64, "after.tif"], 3, "there is no item:"),
        (["scan.png", "after.tif"], 2, "neither GeoTIFF"),
        (["after.tif", "after.tif", "--record"], 2, "not of the record"),
    ],
)
def test_a_pair_that_cannot_be_is_refused(
    made, registry, tmp_path, monkeypatch, arguments, code, reason
):
    monkeypatch.chdir(made)
    before = state(registry)
    refused = run(registry, "watch", "pair", SITE, *arguments, "--out", tmp_path / "out", code=code)
    assert reason in refused.output
    assert state(registry) == before
    assert not list(tmp_path.rglob("pair-*"))


@pytest.mark.parametrize("from_file", [False, True])
def test_what_the_team_may_not_see_is_in_no_picture_for_the_team(
    made, registry, tmp_path, from_file
):
    more = ("--outline", made / "outline.geojson") if from_file else ()
    with open_registry(registry) as opened:
        (where,) = opened.view("sealed").claims(subject=SITE, predicate="location")
        reclassify(opened, where.digest, "sealed", "the place is not for all of the team")
    both = lay(made, registry, *more), take(made, registry, *more)
    pair(registry, both, tmp_path / "out", "--record", *more)
    with open_registry(registry) as opened:
        assert not opened.view("team").entities("item")
        assert len(opened.view("sealed").entities("item")) == 5


# A reading


def degrees(shape):
    return projected(shape, ZONE, DEGREES)


MARKED = box(WEST + 86, NORTH - 94, WEST + 114, NORTH - 66)


@pytest.fixture
def marked(tmp_path) -> Path:
    path = tmp_path / "marked.geojson"
    path.write_text(json.dumps(mapping(degrees(MARKED))))
    return path


def read(registry: Path, item: str, at, *more: object, code: int = 0, kind="concrete_slab"):
    values = ("--at", at, "--kind", kind, "--certainty", 2, "--note", "a pale square")
    return run(registry, "watch", "annotate", SITE, item, *values, *more, "--json", code=code)


def test_a_reading_is_a_claim_of_the_organisation_by_its_reader(registry, both, marked):
    told = json.loads(
        read(registry, both[1]["original"], marked, "--reader", "r-one", "--blinded").output
    )
    assert told["agreement"] == []
    with open_registry(registry) as opened:
        view = opened.view("team")
        kind, seen, where = (view.claim(digest).claim for digest in told["claims"])
    assert (kind.subject, kind.value.term, kind.credibility) == (SITE, "concrete_slab", 2)
    assert (kind.by.text, kind.source, kind.note) == ("reader r-one", ORG, "a pale square")
    assert (kind.holds.earliest, kind.holds.latest) == (None, "2017-09-03")
    assert seen.value == Ref(id=both[1]["original"])
    assert "without knowing" in seen.note
    back = projected(shape_of(where.value), DEGREES, ZONE)
    assert back.symmetric_difference(MARKED).area < 1
    run(registry, "verify")


def test_a_photograph_says_how_far_a_mark_may_be_off(registry, both):
    at = degrees(MARKED.centroid)
    told = json.loads(read(registry, both[0]["original"], f"{at.x},{at.y}").output)
    assert told["image"] == both[0]["working_copy"]
    with open_registry(registry) as opened:
        where = opened.view("team").claim(told["claims"][2]).claim.value
    assert float(where.uncertainty) == pytest.approx(both[0]["registration"]["left_out"], abs=0.01)


def test_two_readers_are_compared_as_far_as_their_marks_go(registry, both, monkeypatch):
    item = both[1]["original"]
    kinds = ["road", "building", "road", "building", "road"] * 2
    for at in range(10):
        place = degrees(box(WEST + 82 + 3.5 * at, NORTH - 90, WEST + 84 + 3.5 * at, NORTH - 88))
        centre = place.centroid
        read(registry, item, f"{centre.x},{centre.y}", "--reader", "r-one", kind=kinds[at])
        told = read(registry, item, f"{centre.x},{centre.y}", "--reader", "r-two",
                    kind=kinds[at] if at else "building")  # fmt: skip
        (other,) = json.loads(told.output)["agreement"]
        if at < 9:
            assert other["kappa"] is None
            assert other["words"].startswith(f"the same at {at} of {at + 1}; too few")
    assert other["reader"] == "reader r-one"
    assert other["places"] == 10
    assert other["kappa"] == pytest.approx((0.9 - 0.5) / 0.5)


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        (["--kind", "sabotage"], 2, "no term"),
        (["--certainty", "7"], 2, "certainty"),
        (["--reader", "A Name"], 2, "never a person"),
        (["--at", "3.2,0.2"], 2, "neither in the site"),
        (["--at", "3,95"], 2, "no place"),
        (["--at", "nowhere.geojson"], 2, "cannot be read"),
    ],
)
def test_a_reading_that_cannot_be_is_refused(registry, both, marked, changes, code, reason):
    before = state(registry)
    assert reason in read(registry, both[1]["original"], marked, *changes, code=code).output
    assert state(registry) == before


def test_a_place_that_the_image_does_not_show_is_refused(made, registry, tmp_path):
    with rasterio.open(made / "after.tif") as file:
        half = file.read()[:, :, :200]
        profile = file.profile | {"width": 200}
    with rasterio.open(tmp_path / "half.tif", "w", **profile) as file:
        file.write(half)
    item = shown(registry, *PICTURE, tmp_path / "half.tif")["original"]
    at = degrees(box(WEST + 110, NORTH - 80, WEST + 112, NORTH - 78)).centroid
    before = state(registry)
    told = read(registry, item, f"{at.x},{at.y}", code=2).output
    assert "does not show this place" in told
    told = read(registry, str(made / "after.tif"), f"{at.x},{at.y}", code=2).output
    assert "not of the record" in told
    assert state(registry) == before


def test_what_readers_marked_is_drawn_where_it_is_asked_for(registry, both, marked, tmp_path):
    told = json.loads(read(registry, both[1]["original"], marked).output)
    pair(registry, both, tmp_path / "without")
    run_id = pair(registry, both, tmp_path / "with", "--marks", "--record")["run"]
    drawn = [(tmp_path / name / "pair-en.svg").read_bytes() for name in ("without", "with")]
    assert drawn[0] != drawn[1]
    with open_registry(registry) as opened:
        held = opened.view("team").claims(subject=run_id, predicate="input")
        inputs = {one.claim.value.id for one in held}
    assert f"claim:{told['claims'][0]}" in inputs


def test_without_the_level_of_the_place_and_the_gate_the_team_would_see_it(
    made, registry, monkeypatch
):
    with open_registry(registry) as opened:
        (where,) = opened.view("sealed").claims(subject=SITE, predicate="location")
        reclassify(opened, where.digest, "sealed", "the place is not for all of the team")
    monkeypatch.setattr(laying, "level_of_site", lambda *_: "team")
    take(made, registry)
    with open_registry(registry) as opened:
        assert not opened.view("team").entities("item")  # the gate knows what it shows
        monkeypatch.setattr(clearance.Effects, "_is_sealed_place", lambda *_: False)
        rebuild(opened)
        assert opened.view("team").entities("item")


# The gate


def everything_reclassified(opened) -> None:
    for one in opened.view("sealed").claims():
        reclassify(opened, one.digest, "public", "pressed for it")


def test_nothing_of_it_is_public_even_when_all_is_reclassified(registry, both, tmp_path, marked):
    read(registry, both[1]["original"], marked)
    pair(registry, both, tmp_path / "out", "--record")
    with open_registry(registry) as opened:
        everything_reclassified(opened)
        view = opened.view("public")
        assert not view.entities("item")
        shown_ = view.claims()
        assert not [one for one in shown_ if isinstance(one.claim.value, File | Where)]
        assert not {"seen_in", "marked_ground"} & {one.claim.predicate for one in shown_}


@pytest.mark.parametrize(
    ("name", "mutant", "leaks"),
    [
        ("files_of", lambda _: set(), {"file", "seen_in", "working_copy_of"}),
        ("least", lambda _: 0, {"marked_ground"}),
    ],
)
def test_each_gate_holds_something_back(
    registry, both, tmp_path, marked, monkeypatch, name, mutant, leaks
):
    read(registry, both[1]["original"], marked)
    pair(registry, both, tmp_path / "out", "--record")
    with open_registry(registry) as opened:
        everything_reclassified(opened)
        monkeypatch.setattr(clearance, name, mutant)
        rebuild(opened)
        assert leaks <= {one.claim.predicate for one in opened.view("public").claims()}
