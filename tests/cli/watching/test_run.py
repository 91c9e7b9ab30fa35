"""`habeas watch run`: what a run tells and records, and what it does when something fails."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from shapely.geometry import mapping
from tests.cli.watching.invented import (
    DESTROYED,
    POINT,
    QUIET,
    changed_corner,
    run,
    simulated,
    size,
)

from habeas.monitoring.detection import cold
from habeas.monitoring.detection.cold import ColdEvent
from habeas.monitoring.images.folder_writing import write_folder
from habeas.registry.registry import open_registry


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
def asked_twice(made, registry, tmp_path, monkeypatch):
    """A registry that watches a field, a corner of it between pixels, and a hill.

    What COLD says is COLD's, and a change on top of each site that nothing else sees.
    """
    really = cold.second_opinion

    def answer(cube, outline, **more):
        found = really(cube, outline, **more)
        pixels = np.zeros(found.breaks.shape, dtype=bool)
        pixels[0, :2] = True
        other = ColdEvent(began=date(2020, 8, 1), confirmed=date(2020, 9, 1), pixels=pixels)
        return replace(found, events=(*found.events, other))

    monkeypatch.setattr(cold, "second_opinion", answer)
    corner = tmp_path / "corner.geojson"
    corner.write_text(json.dumps(mapping(changed_corner())))
    run(registry, "watch", "add", DESTROYED, "--images", made / "destroyed")
    run(registry, "watch", "add", QUIET, "--images", made / "quiet")
    run(registry, "watch", "add", POINT, "--images", made / "destroyed", "--outline", corner)
    return registry


def test_a_second_opinion_stands_beside_and_what_it_alone_sees_is_told(asked_twice):
    words = " ".join(run(asked_twice, "watch", "run", "--second-opinion").output.split())
    assert "0 failed" in words
    assert words.count("COLD (pyxccd) alone sees ground of the site change about 2020-08-01") == 3
    assert "second opinion on the alarm of 2020-" in words
    for site in (DESTROYED, POINT):
        (one,) = json.loads(run(asked_twice, "watch", "show", site, "--json").output)[
            "disturbances"
        ]
        assert one["second_opinion"].startswith("COLD (pyxccd) sees this ground change about 20")
    quiet = json.loads(run(asked_twice, "watch", "show", QUIET, "--json").output)
    assert (quiet["status"], quiet["disturbances"]) == ("no_disturbance_found", [])
    again = json.loads(run(asked_twice, "watch", "run", "--second-opinion", "--json").output)
    assert [len(one["opinions"]) for one in again["sites"]] == [1, 0, 1]  # told, recorded once
    assert [one["run"] for one in again["sites"]] == ["", "", ""]


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
