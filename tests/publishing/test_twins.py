"""The twins say what the pages say, digit for digit."""

import json
import re

import invented
import msgspec
import pytest
from invented import CASE, SITE, claim, point, term

from habeas.claims.values import Polygon, Where
from habeas.publishing.contents import Contents
from habeas.publishing.gathering import gather
from habeas.publishing.twins import twin_files, write_geojson, write_json


def test_the_json_twin_is_the_contents(case_contents):
    read = json.loads(write_json(case_contents))
    assert read == json.loads(msgspec.json.encode(case_contents))
    assert msgspec.convert(read, Contents) == case_contents


def test_the_key_digest_stands_for_shown_claims_only_in_their_order(case_contents):
    found = re.findall(rb'"digest":"([0-9a-f]{64})"', write_json(case_contents))
    assert [one.decode() for one in found] == [one.digest for one in case_contents.claims]


def test_each_claim_has_a_line_of_its_own(case_contents):
    lines = write_json(case_contents).splitlines()
    assert sum(b'"digest":' in line for line in lines) == len(case_contents.claims)


def test_places_bear_kind_uncertainty_source_and_digest(case_contents):
    (feature,) = json.loads(write_geojson(case_contents))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [51.4, 35.7]}
    told = feature["properties"]
    assert (told["kind"], told["uncertainty_metres"]) == ("representative", "15000")
    assert told["digest"] == case_contents.claim(told["claim"]).digest
    assert told["label_fa"] == "تپهٔ ساختگی"


def test_coordinates_keep_every_digit(tmp_path):
    ring = (
        ("51.40", "35.70"),
        ("51.41", "35.70"),
        ("51.41", "35.710000000001"),
        ("51.40", "35.70"),
    )
    area = Where(kind="approximate", geometry=Polygon(coordinates=(ring,)))
    extra = [
        claim(SITE, "publish_location", term("already_public", "printed")),
        claim(SITE, "location", area, "source:report"),
        claim("site:second", "location", point("-0.10", "-0.20")),
    ]
    with invented.build(tmp_path / "r", *extra) as registry:
        written = write_geojson(gather(registry.view(), "all")).decode()
    assert "[51.41,35.710000000001]" in written
    assert "[-0.10,-0.20]" in written
    json.loads(written)


@pytest.mark.parametrize("entity", [CASE, "person:invented-1"])
def test_a_dossier_without_places_has_an_empty_collection(invented_registry, entity):
    contents = gather(invented_registry.view(), entity)
    files = twin_files(contents)
    features = json.loads(files["places.geojson"])["features"]
    assert len(features) == len(contents.places)
