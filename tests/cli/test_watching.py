"""`habeas watch` from the first to the last command, on simulated images of no real place."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from pyproj import CRS
from shapely.geometry import box, mapping
from typer.testing import CliRunner

from habeas.claims.claim import Claim
from habeas.claims.values import Point, Polygon, Term, Text, When, Where
from habeas.cli.text_curve import ALARM, BAND, curve_lines, text_curve
from habeas.cli.watch_words import _WORDS
from habeas.drawing.bidi import LRI, PDI, RLI
from habeas.errors import InputError
from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.looks.cluster import parts_of
from habeas.monitoring.looks.watch_list import WatchedSite, read_watch_list
from habeas.monitoring.looks.watch_shown import CurvePoint
from habeas.monitoring.projection import DEGREES, projected
from habeas.monitoring.simulation import Change, simulate_site
from habeas.registry.registry import create_registry, open_registry

ORG = "org:invented-archive"
DESTROYED, QUIET, POINT = "site:invented-field", "site:invented-hill", "site:invented-well"
FIRST = ("--disturbance", "1")
SEA = (500_000.0, 1_000.0)
"""The corner of all images: the open sea where the equator meets 3° East (EPSG:32631)."""


def run(registry: Path, *args: object, code: int = 0, stdin: str | None = None):
    from habeas.cli.main import app

    result = CliRunner(env={"HABEAS_REGISTRY": str(registry), "COLUMNS": "160"}).invoke(
        app, [str(arg) for arg in args], input=stdin, catch_exceptions=False
    )
    assert result.exit_code == code, result.output
    return result


def simulated(changed: bool):
    """Five years over a simulated site, put into the sea."""
    change = Change(kind="paved_or_built", onset=date(2020, 3, 10), pixels=(6, 6), cover=1.0)
    site = simulate_site(3 if changed else 1, change=change if changed else None,
                         years=(2016, 2020), sensors=("sentinel-2",), size=26, site=8)  # fmt: skip
    west, north = float(site.cube["x"][0]), float(site.cube["y"][0])
    moved = site.cube.assign_coords(
        x=site.cube["x"] - west + SEA[0] + 5, y=site.cube["y"] - north + SEA[1] - 5
    )
    moved.attrs["crs"] = "EPSG:32631"
    from shapely import affinity

    shift = (SEA[0] + 5 - west, SEA[1] - 5 - north)
    outline = affinity.translate(site.outline, *shift)
    return moved, projected(outline, CRS("EPSG:32631"), DEGREES)


def where(geometry, **other) -> Where:
    return Where(kind="approximate", geometry=geometry, **other)


def ring(shape) -> Polygon:
    corners = tuple((f"{x:.7f}", f"{y:.7f}") for x, y in shape.exterior.coords)
    return Polygon(coordinates=(corners,))


def said(site, predicate, value, **other) -> Claim:
    values = {"source": "source:invented-report", "sensitivity": "team", **other}
    return Claim(subject=site, predicate=predicate, value=value, **values)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A registry with three invented sites, and two folders of images, made once."""
    folder = tmp_path_factory.mktemp("watch")
    outlines = {}
    for name, changed in (("destroyed", True), ("quiet", False)):
        cube, outline = simulated(changed)
        write_folder(cube, folder / name)
        outlines[name] = outline
    middle = outlines["quiet"].centroid
    with create_registry(
        folder / "registry", organisation="Invented archive", organisation_id=ORG
    ) as registry, registry.recording() as batch:  # fmt: skip
        batch.entry([
            said(DESTROYED, "label", Text(text="Invented field", lang="en"), source=ORG),
            said(DESTROYED, "label", Text(text="دشت ساختگی", lang="fa"), source=ORG),
            said(DESTROYED, "location", where(ring(outlines["destroyed"]))),
            said(QUIET, "location", where(ring(outlines["quiet"]))),
            said(POINT, "location",
                 where(Point(coordinates=(f"{middle.x:.7f}", f"{middle.y:.7f}")))),
            said(DESTROYED, "disturbance_kind", Term(term="concrete_slab"),
                 holds=When(text="October 2020", calendar="gregorian", earliest="2020-10-01",
                            latest="2020-10-31", precision="month")),
        ])  # fmt: skip
    (folder / "outline.geojson").write_text(json.dumps(mapping(outlines["quiet"])))
    return folder


@pytest.fixture(scope="module")
def watched(made: Path) -> Path:
    """The same after a run over both sites."""
    registry = made / "watched"
    shutil.copytree(made / "registry", registry)
    run(registry, "watch", "add", DESTROYED, "--images", made / "destroyed")
    run(registry, "watch", "add", QUIET, "--images", made / "quiet")
    run(registry, "watch", "run")
    return registry


@pytest.fixture
def registry(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "registry", tmp_path / "registry"))


@pytest.fixture
def after(watched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(watched, tmp_path / "after"))


def size(registry: Path) -> int:
    with open_registry(registry) as opened:
        return opened.store.size(opened.log.id)


# The list


def test_the_list_is_the_owners_alone_and_no_part_of_the_record(made, registry):
    before = size(registry)
    told = json.loads(
        run(registry, "watch", "add", QUIET, "--images", made / "quiet", "--json").output
    )
    assert told["outline_from"].startswith("claim:")
    path = registry / "watch" / "sites.toml"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert size(registry) == before
    (site,) = read_watch_list(registry)
    assert site.images == str((made / "quiet").resolve())
    assert site.outline.geom_type == "Polygon"
    assert "3.0" not in run(registry, "watch", "list").output  # no coordinates on the screen


def test_the_list_goes_into_no_bundle_export_or_backup(made, registry, tmp_path):
    run(registry, "watch", "add", QUIET, "--images", made / "quiet")
    with open_registry(registry) as opened:
        from habeas.registry.exporting import export_bundle

        export_bundle(opened, tmp_path / "x.habeas", clearance="sealed")
    run(registry, "export", "--format", "jsonl", "--clearance", "sealed", "--out",
        tmp_path / "all.jsonl")  # fmt: skip
    run(registry, "backup", tmp_path / "archive", tmp_path / "salts")
    secret = str((made / "quiet").resolve()).encode()
    files = [tmp_path / name for name in ("x.habeas", "all.jsonl", "archive", "salts")]
    assert not [path for path in files if secret in path.read_bytes()]
    assert secret in (registry / "watch" / "sites.toml").read_bytes()


def test_adding_again_replaces_and_dropping_takes_off(made, registry):
    run(registry, "watch", "add", QUIET, "--images", made / "quiet")
    told = run(registry, "watch", "add", QUIET, "--images", made / "destroyed", "--uncertainty",
               "20")  # fmt: skip
    assert "watched anew" in told.output
    (site,) = read_watch_list(registry)
    assert site.uncertainty == 20
    run(registry, "watch", "drop", QUIET)
    assert read_watch_list(registry) == ()
    run(registry, "watch", "drop", QUIET, code=3)


def test_a_point_needs_a_radius(made, registry):
    refused = run(registry, "watch", "add", POINT, "--images", made / "quiet", code=2)
    assert "--uncertainty" in refused.output
    assert "--outline" in refused.output
    assert read_watch_list(registry) == ()
    run(registry, "watch", "add", POINT, "--images", made / "quiet", "--uncertainty", "40")
    (site,) = read_watch_list(registry)
    assert (site.outline.geom_type, site.uncertainty) == ("Point", 40)


def test_an_outline_in_a_file_comes_first(made, registry):
    told = json.loads(
        run(registry, "watch", "add", POINT, "--images", made / "quiet", "--outline",
            made / "outline.geojson", "--json").output
    )  # fmt: skip
    assert told["outline_from"].endswith("outline.geojson")
    (site,) = read_watch_list(registry)
    assert site.outline.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "no GeoJSON"),
        ('{"type": "Point", "coordinates": [3, 0]}', "no polygon"),
        ('{"type": "FeatureCollection", "features": [{}]}', "no GeoJSON"),
        ("[]", "no GeoJSON"),
        (
            '{"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}',
            "no polygon",
        ),
        ('{"type": "Polygon", "coordinates": [[[500, 0], [501, 0], [501, 1], [500, 0]]]}', "lies"),
    ],
)
def test_a_file_that_is_no_outline_is_refused(made, registry, tmp_path, content, reason):
    path = tmp_path / "x.geojson"
    path.write_text(content)
    found = run(registry, "watch", "add", QUIET, "--images", made / "quiet", "--outline", path,
                code=2)  # fmt: skip
    assert reason in found.output
    assert read_watch_list(registry) == ()


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["site:nowhere", "--images", "."], 3, "there is no site:nowhere"),
        ([QUIET, "--images", "/no/such/folder"], 2, "no such folder"),
        ([QUIET, "--images", "s3://invented/catalog.json"], 2, "of this kind are not read"),
    ],
)
def test_what_cannot_be_watched_is_refused(registry, arguments, code, reason):
    assert reason in run(registry, "watch", "add", *arguments, code=code).output


def test_places_that_differ_are_not_chosen_among(made, registry):
    with open_registry(registry) as opened, opened.recording() as batch:
        square = Polygon(
            coordinates=((("3", "0"), ("3.001", "0"), ("3.001", "0.001"), ("3", "0")),)
        )
        batch.entry([said(QUIET, "location", where(square))])
    found = run(registry, "watch", "add", QUIET, "--images", made / "quiet", code=2)
    assert "2 places" in found.output


@pytest.mark.parametrize("content", ["site = 3", "[[site]]\nid = 'site:x'\n", "\x00", "[[site]"])
def test_a_damaged_list_is_said_so(registry, content):
    (registry / "watch").mkdir()
    (registry / "watch" / "sites.toml").write_text(content)
    with pytest.raises(InputError, match="cannot be read"):
        read_watch_list(registry)
    run(registry, "watch", "run", code=2)


# A run


def test_a_run_tells_of_each_site_and_records_what_is_new(after):
    told = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)
    one = told["disturbances"][0]
    assert told["status"] == "disturbed"
    ends = [date.fromisoformat(one[end]) for end in ("earliest", "latest")]
    assert min(abs((end - date(2020, 3, 10)).days) for end in ends) <= 60
    assert one["alarm"] >= "2020-03-10"
    assert float(one["area_low"]) < float(one["area_high"])
    assert one["readings"] == []
    quiet = json.loads(run(after, "watch", "show", QUIET, "--json").output)
    assert (quiet["status"], quiet["disturbances"]) == ("no_disturbance_found", [])


def test_a_second_run_adds_nothing(after):
    before = size(after)
    told = run(after, "watch", "run").output
    assert told.count("nothing new; nothing was recorded") == 2
    assert "2 sites" in told
    assert size(after) == before


def test_one_site_that_fails_does_not_stop_the_others(made, registry, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    run(registry, "watch", "add", POINT, "--images", empty, "--uncertainty", "40")
    run(registry, "watch", "add", QUIET, "--images", made / "quiet")
    told = json.loads(run(registry, "watch", "run", "--processes", "2", "--json", code=1).output)
    assert told["failed"] == 1
    assert [one["status"] for one in told["sites"]] == ["failed", "no_disturbance_found"]
    assert told["sites"][0]["reason"]
    assert told["sites"][1]["run"]
    words = run(registry, "watch", "run", POINT, code=1).output
    assert "1 site:" in words
    assert "1 failed" in words
    run(registry, "watch", "show", POINT, code=3)  # nothing of it was recorded


@pytest.fixture
def cluster(monkeypatch):
    """The address of a scheduler with one worker."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, host="127.0.0.1",
                      protocol="tcp", dashboard_address=None) as cluster:  # fmt: skip
        yield cluster.scheduler_address


@pytest.mark.slow
def test_a_cluster_looks_at_sites_and_one_that_fails_stops_no_other(after, tmp_path, cluster):
    empty = tmp_path / "empty"
    empty.mkdir()
    run(after, "watch", "add", POINT, "--images", empty, "--uncertainty", "40")
    before = size(after)
    told = json.loads(run(after, "watch", "run", "--scheduler", cluster, "--json", code=1).output)
    assert {one["site"]: one["status"] for one in told["sites"]} == {
        DESTROYED: "disturbed", QUIET: "no_disturbance_found", POINT: "failed"}  # fmt: skip
    assert size(after) == before  # the same as the machine itself had said


def test_a_scheduler_that_is_not_there_is_said_so(after, monkeypatch):
    monkeypatch.setattr("habeas.monitoring.looks.cluster._SECONDS", 0.2)
    gone = run(after, "watch", "run", "--scheduler", "tcp://127.0.0.1:9", code=2).output
    assert "no scheduler answers" in gone
    both = run(after, "watch", "run", "--scheduler", "tcp://x", "--processes", "2", code=2)
    assert "not both" in both.output


def test_sites_of_one_source_go_together_but_not_all_to_one_machine():
    sites = [WatchedSite(site=f"site:{at}", images=f"/{at % 2}", outline=box(3, 0, 3.1, 0.1))
             for at in range(50)]  # fmt: skip
    parts = parts_of(sites)
    assert sorted(one.site for part in parts for one in part) == sorted(s.site for s in sites)
    assert {len({one.images for one in part}) for part in parts} == {1}
    assert max(map(len, parts)) <= 16
    assert len(parts) == 4


def test_what_the_last_run_left_is_refused_in_words_when_it_is_damaged(after):
    states = list((after / "watch" / "cache" / "states").iterdir())
    assert len(states) == 2
    for path in states:
        assert path.stat().st_mode & 0o777 == 0o600
        path.write_bytes(path.read_bytes()[:-1])
    told = " ".join(run(after, "watch", "run").output.split())
    assert told.count("what the last run left cannot be used (it is damaged)") == 2
    assert told.count("nothing new; nothing was recorded") == 2
    assert "cannot be used" not in run(after, "watch", "run").output


def test_a_corrupt_image_in_the_middle_is_left_out_and_said(made, registry, tmp_path):
    images = Path(shutil.copytree(made / "quiet", tmp_path / "images"))
    middle = sorted(images.glob("*.tif"))[40]
    middle.write_bytes(middle.read_bytes()[:900])
    run(registry, "watch", "add", QUIET, "--images", images)
    told = json.loads(run(registry, "watch", "run", "--json").output)
    (one,) = told["sites"]
    assert one["status"] == "no_disturbance_found"
    assert one["images"] == len(list(images.glob("*.tif"))) - 1
    assert any("not used" in words for words in one["reasons"])
    out = tmp_path / "out"
    run(registry, "watch", "show", QUIET, "--out", out)
    scenes = (out / "scenes.csv").read_text()
    assert scenes.count(",no,") == 1


def test_all_cloud_is_recorded_as_not_assessed_and_never_as_no_change(registry, tmp_path):
    cube, _ = simulated(changed=False)
    for band in cube.data_vars:
        cube[band].values[:] = float("nan")
    write_folder(cube.isel(time=slice(0, 6)), tmp_path / "clouds")
    run(registry, "watch", "add", QUIET, "--images", tmp_path / "clouds")
    told = run(registry, "watch", "run").output
    assert "1 not assessed" in told
    shown = run(registry, "watch", "show", QUIET).output
    assert "cannot be assessed; this does not say that nothing happened" in shown
    with open_registry(registry) as opened:
        predicates = {s.claim.predicate for s in opened.view("team").claims(subject=QUIET)}
    assert "not_assessed" in predicates
    assert "no_disturbance_found" not in predicates


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["run"], 2), (["run", QUIET], 3), (["run", "--alarms-per-site-year", "7"], 2)],
)
def test_a_run_that_cannot_be_is_refused(registry, arguments, code):
    run(registry, "watch", *arguments, code=code)


# Showing


def test_what_is_shown_says_that_it_is_a_suggestion(after):
    words = run(after, "watch", "show", DESTROYED).output
    for part in (
        "a suggestion of a method, not an observation by a person", "nobody has looked at it yet",
        "square metres", "False alarms", "= began, ! alarm",
    ):  # fmt: skip
        assert part in words
    persian = run(after, "watch", "show", DESTROYED, "--lang", "fa").output
    assert "دشت ساختگی" in persian
    assert "پیشنهاد یک روش" in persian


def test_below_the_team_there_is_no_watch(after):
    for level in ("public", "partners"):
        hidden = run(after, "watch", "show", DESTROYED, "--clearance", level, code=3).output
        never = run(after, "watch", "show", POINT, "--clearance", level, code=3).output
        assert hidden.replace(DESTROYED, "X") == never.replace(POINT, "X")


def test_pictures_are_written_whole_for_the_owner_alone(after, tmp_path):
    out = tmp_path / "pictures"
    run(after, "watch", "show", DESTROYED, "--out", out)
    names = {path.name for path in out.iterdir()}
    assert {"before-and-after-1-en.png", "before-and-after-1-en.svg", "curve-en.png", "curve.csv",
            "footprint-en.svg", "footprint.geojson", "scenes.csv"} <= names  # fmt: skip
    assert not {name for name in names if "-fa." in name}
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o600}
    run(after, "watch", "show", DESTROYED, "--out", out, code=2)
    run(after, "watch", "show", DESTROYED, "--out", tmp_path / "fa", "--lang", "fa")
    assert (tmp_path / "fa" / "curve-fa.svg").read_bytes().startswith(b"<?xml")


def test_what_a_witness_says_against_the_watch_is_shown(after):
    found = json.loads(run(after, "contradictions", DESTROYED, "--json").output)
    (one,) = found["contradictions"]
    assert (one["predicate"], one["agreement"]) == ("disturbance_detected", "differ")
    words = run(after, "contradictions", DESTROYED).output
    assert "October 2020" in words
    groups = json.loads(run(after, "show", DESTROYED, "--json").output)["groups"]
    told = {group["predicate"]: group["agreement"] for group in groups}
    assert told["disturbance_detected"] == told["disturbance_kind"] == "differ"
    assert json.loads(run(after, "contradictions", "--clearance", "public", "--json").output) == {
        "contradictions": []
    }


def test_a_run_is_taken_back_as_one(after):
    told = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)
    (of,) = told["runs"]
    assert of in run(after, "watch", "show", DESTROYED).output
    run(after, "import", "--undo", of, "--why", "a wrong outline")
    run(after, "watch", "show", DESTROYED, code=3)
    assert "WITHDRAWN" in run(after, "show", DESTROYED).output
    run(after, "watch", "show", QUIET)
    run(after, "verify")


# Review


def test_a_person_reads_and_both_are_shown(after):
    told = json.loads(
        run(after, "watch", "review", DESTROYED, *FIRST, "--verdict", "confirm", "--kind",
            "concrete_slab", "--note", "a finer image of 2020-09-01", "--reader", "r-two",
            "--json").output
    )  # fmt: skip
    assert len(told["claims"]) == 3
    run(after, "watch", "review", DESTROYED, *FIRST, "--verdict", "undecided", "--note", "coarse")
    shown = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)
    readings = shown["disturbances"][0]["readings"]
    assert [(one["verdict"], one["kind"]) for one in readings] == [
        ("confirm", "concrete_slab"), ("undecided", "")]  # fmt: skip
    assert readings[0]["by"] == "reader r-two"
    words = run(after, "watch", "show", DESTROYED).output
    assert "confirmed" in words
    assert "concrete slab" in words


def test_whether_readers_agree_is_shown(after):
    for reader, verdict in (("r-one", "reject"), ("r-two", "confirm"), ("r-one", "confirm"),
                            ("r-three", "undecided")):  # fmt: skip
        run(after, "watch", "review", DESTROYED, *FIRST, "--verdict", verdict, "--note", "coarse",
            "--reader", reader)  # fmt: skip
    told = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)["agreement"]
    assert [(one["first"], one["second"], one["same"], one["places"]) for one in told] == [
        ("reader r-one", "reader r-three", 0, 1),
        ("reader r-one", "reader r-two", 1, 1),  # what was said last counts
        ("reader r-three", "reader r-two", 0, 1),
    ]
    assert {one["kappa"] for one in told} == {None}
    words = run(after, "watch", "show", DESTROYED).output
    assert "reader r-one, reader r-two: the same at 1 of 1; too few" in " ".join(words.split())
    assert "هم‌نظر" in run(after, "watch", "show", DESTROYED, "--lang", "fa").output


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ([DESTROYED, *FIRST], 2, "no verdict"),
        ([DESTROYED, *FIRST, "--verdict", "reject"], 2, "no note"),
        (
            [DESTROYED, *FIRST, "--verdict", "reject", "--note", "x", "--kind", "road"],
            2,
            "not confirmed",
        ),
        (
            [DESTROYED, *FIRST, "--verdict", "confirm", "--note", "x", "--kind", "sabotage"],
            2,
            "no term",
        ),
        ([DESTROYED, "--verdict", "confirm", "--note", "x", "--disturbance", "9"], 3, "no dist"),
        ([QUIET, "--verdict", "confirm", "--note", "x"], 3, "no disturbance"),
        ([POINT, "--verdict", "confirm", "--note", "x"], 3, "no watch"),
    ],
)
def test_a_review_that_cannot_be_is_refused(after, arguments, code, reason):
    before = size(after)
    assert reason in run(after, "watch", "review", *arguments, code=code).output
    assert size(after) == before


# The dossier


def test_the_dossier_carries_the_watch_at_team_and_nothing_of_it_at_public(after, tmp_path):
    run(after, "dossier", DESTROYED, "--out", tmp_path / "team", "--clearance", "team")
    page = (tmp_path / "team" / "index.html").read_text("utf-8")
    assert "change of the ground suggested by a method" in page
    pictures = list((tmp_path / "team" / "pictures").glob("*.svg"))
    assert len(pictures) >= 3  # before and after, the footprint, the curve: in its language
    contents = json.loads((tmp_path / "team" / "dossier.json").read_bytes())
    (found,) = contents["contradictions"]
    assert found["degree"] == "differ"
    assert [one["kind"] for one in found["differences"]] == ["dates_apart"]
    assert int(found["differences"][0]["figure"]) > 0
    rows = {one["predicate"] for one in contents["timeline"]}
    assert {"disturbance_detected", "disturbance_kind"} <= rows
    assert not {"watched_period", "no_disturbance_found"} & rows
    with open_registry(after) as opened, opened.recording() as batch:
        batch.entry([said(DESTROYED, "description", Text(text="a field"), sensitivity="public")])
    run(after, "dossier", DESTROYED, "--out", tmp_path / "public")
    everything = b"".join(p.read_bytes() for p in (tmp_path / "public").rglob("*") if p.is_file())
    for secret in (b"suggested by a method", b"disturbance_detected", b"habeas watch", b"2020-"):
        assert secret not in everything
    assert not (tmp_path / "public" / "pictures").exists()


# The curve as text


def points(values):
    return [
        CurvePoint(date=f"2020-{at // 28 + 1:02}-{at % 28 + 1:02}", site=value,
                   surroundings=0.2, statistic=None)
        for at, value in enumerate(values)
    ]  # fmt: skip


def test_a_curve_as_text_rises_where_the_site_does():
    curve = text_curve(points([0.2] * 28 + [0.4] * 28), [], width=20)
    assert curve.site[0] == "▁"
    assert curve.site.rstrip()[-1] == "█"
    assert set(curve.surroundings) == {"▁"}
    assert (curve.first, curve.last) == ("2020-01-01", "2020-02-28")
    assert text_curve([], []) is None


def test_marks_stand_where_the_dates_are(after):
    told = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)
    from types import SimpleNamespace

    one = SimpleNamespace(**told["disturbances"][0])
    curve = text_curve([CurvePoint(**point) for point in told["curve"]], [one])
    assert BAND in curve.marks
    assert curve.marks.index(ALARM) >= curve.marks.index(BAND)
    share = (date.fromisoformat(one.alarm) - date.fromisoformat(curve.first)) / (
        date.fromisoformat(curve.last) - date.fromisoformat(curve.first)
    )
    assert abs(curve.marks.index(ALARM) / len(curve.site) - share) < 0.05
    for line in curve_lines(curve, "fa"):  # nothing in Persian turns the row of blocks round
        assert (line[0], line[-1]) == (LRI, PDI)
        assert not re.search("[\u0600-\u06ff]", re.sub(f"{RLI}[^{PDI}]*{PDI}", "", line))


def test_every_word_is_there_in_both_languages():
    for key, words in _WORDS.items():
        assert set(words) == {"en", "fa"}, key
        assert words["en"].count("{}") == words["fa"].count("{}"), key
