"""The formats of others, recorded whole: every row accounted for, taken back again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import test_bayanat
import test_followthemoney_in
import test_geojson
import test_geopackage_in
import test_kml
import test_uwazi_in
from foreign_files import written

from habeas.exchange.lists.importing import record
from habeas.exchange.lists.proposing import propose
from habeas.exchange.tables.reading import open_table_file
from habeas.registry.registry import create_registry
from habeas.registry.undoing import withdraw_run

FILES = {
    "bayanat": (test_bayanat.export(test_bayanat.ACTOR, test_bayanat.BODY), 1, 0, 1),
    "followthemoney": (
        test_followthemoney_in.entities(
            test_followthemoney_in.PERSON, test_followthemoney_in.COMPANY
        ),
        1, 0, 1,
    ),
    "statements": (test_followthemoney_in.statements("csv"), 2, 0, 1),
    "geojson": (test_geojson.LAYER, 2, 0, 0),
    "habeas": (test_geojson.layer(test_geojson.ours(), test_geojson.ours(withdrawn=True)), 1, 1, 0),
    "kml": (test_kml.LAYER, 1, 0, 0),
    "uwazi": (test_uwazi_in.LIST, 2, 0, 0),
}  # fmt: skip


def recorded(path: Path, folder: Path):
    file = open_table_file(path)
    mapping = propose(file, "source:invented").mapping
    rules = tuple(
        msgspec.structs.replace(rule, location_kind="approximate")
        if rule.predicate == "location"
        else rule
        for rule in mapping.claims
    )
    mapping = msgspec.structs.replace(mapping, claims=rules)
    with create_registry(folder / "registry", organisation="Invented archive") as registry:
        done = record(registry, path, file, mapping)
        again = record(registry, path, open_table_file(path), mapping, held=folder / "again.xlsx")
        undone = withdraw_run(registry, done.run, "a test")
    return done.totals, again.totals, undone


@pytest.mark.parametrize("name", FILES)
def test_every_row_is_accounted_for(name, tmp_path):
    content, *fates = FILES[name]
    first, again, undone = recorded(written(tmp_path, content), tmp_path)
    assert [first.new, first.held, first.rejected] == fates
    assert (again.new, again.already) == (0, fates[0])
    assert undone >= fates[0]


def test_a_geopackage(tmp_path):
    path = test_geopackage_in.package(tmp_path / "list", test_geopackage_in.ONE)
    first, _, _ = recorded(path, tmp_path)
    assert (first.read, first.new) == (1, 1)
