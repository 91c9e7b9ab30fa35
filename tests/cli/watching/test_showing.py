"""`habeas watch show`, and what other commands and the dossier show of a watch."""

from __future__ import annotations

import json

from tests.cli.watching.invented import DESTROYED, POINT, QUIET, run, said

from habeas.claims.values import Text
from habeas.cli.watch_words import _WORDS
from habeas.monitoring.looks.watch_shown import pictures_of
from habeas.registry.changing import reclassify
from habeas.registry.registry import open_registry


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


def test_the_watch_over_a_sealed_place_is_not_for_the_team(made, registry, tmp_path):
    with open_registry(registry) as opened:
        (where,) = opened.view("sealed").claims(subject=QUIET, predicate="location")
        reclassify(opened, where.digest, "sealed", "the place is not for all of the team")
    run(registry, "watch", "add", QUIET, "--images", made / "quiet")
    run(registry, "watch", "run")
    hidden = run(registry, "watch", "show", QUIET, code=3).output
    assert hidden.replace(QUIET, "X") == run(registry, "watch", "show", POINT,
                                             code=3).output.replace(POINT, "X")  # fmt: skip
    assert "--clearance sealed" in hidden
    shown = run(registry, "watch", "show", QUIET, "--clearance", "sealed", "--out", tmp_path / "o")
    assert "no disturbance was found" in shown.output
    with open_registry(registry) as opened:
        team = opened.view("team")
        assert not team.entities("run")
        assert not team.entities("item")
    run(registry, "verify")


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


def test_a_damaged_curve_is_said_to_be_so(after):
    told = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)
    assert told["curve"]
    assert told["curve_is_whole"]
    with open_registry(after) as opened:
        (curve,) = [one.sha256 for one in pictures_of(opened.view("team"), told["runs"], "en")
                    if one.name == "curve.csv"]  # fmt: skip
        path = opened.evidence.path(curve)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    told = json.loads(run(after, "watch", "show", DESTROYED, "--json").output)
    assert not told["curve"]
    assert not told["curve_is_whole"]
    assert "The curve is not held here as it was recorded" in run(
        after, "watch", "show", DESTROYED
    ).output.replace("\n", " ")
    assert "habeas verify" in run(after, "watch", "show", DESTROYED, "--lang", "fa").output


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


def test_a_watch_whose_disturbance_alone_was_withdrawn_can_still_be_shown(after):
    for one in json.loads(run(after, "watch", "show", DESTROYED, "--json").output)["disturbances"]:
        run(after, "withdraw", one["first_claim"], "--why", "misread")
    assert "was withdrawn; look again" in run(after, "watch", "show", DESTROYED).output


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


def test_every_word_is_there_in_both_languages():
    for key, words in _WORDS.items():
        assert set(words) == {"en", "fa"}, key
        assert words["en"].count("{}") == words["fa"].count("{}"), key
