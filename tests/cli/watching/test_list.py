"""`habeas watch add`, `drop` and `list`: the list of the sites that are watched."""

from __future__ import annotations

import json

import pytest
from tests.cli.watching.invented import POINT, QUIET, run, said, size, where

from habeas.claims.values import Polygon
from habeas.errors import InputError
from habeas.monitoring.looks.watch_list import read_watch_list
from habeas.registry.registry import open_registry


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
    (site,) = read_watch_list(registry)
    files = [tmp_path / name for name in ("x.habeas", "all.jsonl", "archive", "salts")]
    for secret in (site.images.encode(), site.secret, site.secret.hex().encode()):
        assert not [path for path in files if secret in path.read_bytes()]
    assert site.images == str((made / "quiet").resolve())
    assert site.secret.hex() in (registry / "watch" / "sites.toml").read_text()


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
