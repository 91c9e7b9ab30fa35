"""Formats with fixed names have rules of their own; those whose columns are not there are not."""

import pytest
from tables import table_of

from habeas.exchange.lists import presets
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.lists.mapping_faults import faults_of, rule_columns
from habeas.exchange.lists.presets import FOLDER, preset, preset_left_out, preset_of
from habeas.exchange.tables.table import Column

FORMATS = sorted(path.stem for path in FOLDER.glob("*.toml"))


def columns(*names: str) -> tuple[Column, ...]:
    return tuple(Column(header=name, name=name, address=f"path/{name}") for name in names)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(presets, "FOLDER", tmp_path)
    preset_of.cache_clear()
    yield tmp_path
    preset_of.cache_clear()


@pytest.mark.parametrize("name", FORMATS)
def test_every_preset_is_sound(name):
    found = preset_of(name)
    there = dict.fromkeys(
        column.replace("*", "0") for rule in found.claims for column in rule_columns(rule)
    )
    rules = preset(name, columns(*there))
    assert len(rules) == len(found.claims)
    mapping = Mapping(source="source:x", subject=found.subject, claims=rules)
    assert list(faults_of(mapping, [table_of(list(there))])) == []


def test_a_format_without_fixed_names_has_none():
    assert preset_of("csv") is None
    assert preset("csv", columns("name")) == ()
    assert preset_left_out("csv", columns("name")) == ()


def test_a_map_layer():
    assert [rule.predicate for rule in preset("kml", columns("name", "geometry", "x"))] == [
        "name",
        "location",
    ]


TEXT = """
subject = "event"
left_out = ["id", "parts/*/id"]
[[claim]]
predicate = "name"
columns = ["people/*/given", "people/*/family"]
slots = ["given", "surname"]
by_column = "people/*/source"
[[claim]]
predicate = "remark"
columns = ["path/note"]
holds = "died"
"""


def test_places_in_an_array_become_a_rule_each(folder):
    (folder / "bayanat.toml").write_text(TEXT)
    there = columns(
        "people/0/given", "people/0/family", "people/0/source", "people/12/given",
        "people/12/family", "people/3/given", "note", "id", "parts/2/id", "ids",
    )  # fmt: skip
    assert preset("bayanat", there) == (
        ClaimRule(predicate="name", columns=("people/0/given", "people/0/family"),
                  slots=("given", "surname"), by_column="people/0/source"),
        ClaimRule(predicate="name", columns=("people/12/given", "people/12/family"),
                  slots=("given", "surname")),
        ClaimRule(predicate="remark", columns=("note",)),
    )  # fmt: skip
    assert preset_left_out("bayanat", there) == ("id", "parts/2/id")
    assert preset_of("bayanat").subject == "event"
