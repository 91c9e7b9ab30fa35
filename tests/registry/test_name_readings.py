"""The view of names: what the claims give, hidden as they are, built again the same."""

from __future__ import annotations

import importlib.util
import sqlite3
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.name_row import name_row
from habeas.claims.values import Name, NamePart
from habeas.registry import fold
from habeas.registry.changing import erase, reclassify, withdraw
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import DATABASE, open_registry
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)


@pytest.fixture
def registry(tmp_path):
    with parts.make(tmp_path / "a", "A") as registry:
        yield registry


def named(person, text, predicate="name", sensitivity="public", **fields):
    return Claim(
        subject=person,
        predicate=predicate,
        value=Name(text=text, **fields),
        source="source:list",
        sensitivity=sensitivity,
    )


def readings(registry, clearance="sealed"):
    return {one.digest: one for one in registry.view(clearance).name_readings()}


def test_each_name_of_a_person_has_its_reading(registry):
    given = (NamePart(slot="given", text="پرند"), NamePart(slot="surname", text="سنگ‌شیشه"))
    claims = (
        named("person:p", "پرند سنگ‌شیشه", parts=given),
        named("person:p", "Parand Sangshisheh"),
        named("person:p", "رخشان", "father_name"),
        named("site:s", "Sangshisheh"),
    )
    digests = parts.record(registry, *claims)
    found = readings(registry)
    assert set(found) == set(digests[:3])
    for digest, claim in zip(digests[:3], claims, strict=False):
        one, row = found[digest], name_row(claim.value)
        assert (one.subject, one.predicate, one.source) == (
            "person:p",
            claim.predicate,
            "source:list",
        )
        assert (one.reading.form, one.reading.keys) == (row.form, row.keys)
        assert (one.reading.given, one.reading.surname_keys) == (row.given, row.surname_keys)
    original, latin = (set(found[digest].reading.keys.split()) for digest in digests[:2])
    assert original & latin
    assert verify(registry).passed


def test_names_are_as_hidden_as_their_claims(registry):
    one, other = (parts.record(registry, named(f"person:{p}", "Parand Abr"))[0] for p in "pq")
    reclassify(registry, one, "sealed", "a living person")
    assert set(readings(registry, "team")) == {other}
    withdraw(registry, other, "a mistake")
    assert set(readings(registry)) == {one}


def test_an_erased_name_leaves_no_reading(registry):
    (name,) = parts.record(registry, named("person:p", "Kanarivogel Abr"))
    erase(registry, name, "asked for")
    assert readings(registry) == {}
    registry.close()
    assert b"kanarivogel" not in (registry.path / DATABASE).read_bytes().lower()


def test_names_are_built_again_the_same(registry):
    parts.record(registry, named("person:p", "Parand Abr"), named("person:q", "رخشان ابر"))
    before = list(registry.store.name_rows())
    rebuild(registry)
    assert list(registry.store.name_rows()) == before
    assert len(before) == 2


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE name SET keys = 'zzabr'",
        "DELETE FROM name",
        "INSERT INTO name SELECT claim + 100, form, tokens, keys, given, given_keys, surname,"
        " surname_keys, father, father_keys, grandfather, honorific, sure FROM name",
    ],
)
def test_a_reading_that_the_name_does_not_give_is_found(registry, damage):
    parts.record(registry, named("person:p", "Parand Abr"))
    registry.close()
    with sqlite3.connect(registry.path / DATABASE) as database:
        database.execute(damage)
    database.close()
    with open_registry(registry.path) as damaged:
        assert not verify(damaged).passed
        rebuild(damaged)
        assert verify(damaged).passed


def test_the_mutant_that_reads_no_names_is_caught(registry, monkeypatch):
    parts.record(registry, named("person:p", "Parand Abr"))
    monkeypatch.setattr(fold, "name_reading", lambda *_: None)
    assert not verify(registry).passed


def test_a_rehearsal_records_nothing_and_needs_no_key(registry):
    registry.key_file(registry.log.origin).unlink()
    with registry.rehearsing() as batch:
        batch.entry([named("person:p", "Parand Abr")])
        batch.write()
        assert len(readings(registry)) == 1
    assert readings(registry) == {}
    assert verify(registry).passed
