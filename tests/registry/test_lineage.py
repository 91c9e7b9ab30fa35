"""Which log speaks for which: the moment it is said, everything that hangs on it is right."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from habeas.claims.claim import By, Claim
from habeas.claims.values import Point, Term, Text, Where
from habeas.ledger.entry import log_id
from habeas.ledger.keys import generate_key, new_origin, write_key_file
from habeas.ledger.succession import sign_succession
from habeas.registry import fold
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import open_registry
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

SITE = "site:invented"


def place() -> Claim:
    """Where an invented site is said to be, exactly."""
    point = Point(coordinates=("51.0", "35.0"))
    return Claim(
        subject=SITE,
        predicate="location",
        value=Where(kind="exact", geometry=point, uncertainty="10"),
        source="source:invented-list",
        sensitivity="public",
    )


def already_public() -> Claim:
    return Claim(
        subject=SITE,
        predicate="publish_location",
        value=Term(term="already_public"),
        source="org:a",
        by=By(text="An invented decider"),
        sensitivity="public",
    )


@pytest.fixture
def followed(tmp_path):
    """A registry with a new log that does not yet say whom it follows, and the statement."""
    with parts.make(tmp_path / "a", "A") as a:
        old, row = a.key(), a.log
        (name,) = parts.record(a, parts.named("p", "N"))
        (where,) = parts.record(a, place())
        parts.record(a, already_public())
        assert a.view("public").claim(where)
        key = generate_key(new_origin())
        vkeys = [verifier.key.encode() for verifier in key.log_verifiers()]
        write_key_file(a.key_file(key.origin), key, None)
        a.store.begin()
        a.store.disown(row.id)
        a.store.add_log(key.origin, 0, "\n".join(vkeys), own=True)
        a.store.commit()
        statement = Claim(
            subject=log_id(key.origin),
            predicate="succession",
            value=Text(text=sign_succession(old, a.store.size(row.id), vkeys)),
            source="org:a",
            sensitivity="public",
        )
    with open_registry(tmp_path / "a") as a:
        parts.record(a, parts.about(name, "withdrawn"))
        rebuild(a)  # the old log is not this registry's own any more
        yield a, name, statement


def test_a_succession_gives_its_log_a_say_at_once(followed):
    a, name, statement = followed
    assert not a.view("sealed").claim(name).withdrawn
    assert a.view("public").claims(subject=SITE, predicate="location") == []
    parts.record(a, statement)
    assert a.view("sealed").claim(name).withdrawn
    assert len(a.view("public").claims(subject=SITE, predicate="location")) == 1
    assert verify(a).passed


def test_mutant_a_fold_that_takes_a_succession_for_any_claim(followed, monkeypatch):
    a, name, statement = followed
    monkeypatch.setattr(fold, "FAR_REACHING", frozenset(("publish_location",)))
    parts.record(a, statement)
    assert not a.view("sealed").claim(name).withdrawn
    monkeypatch.undo()
    assert not verify(a).passed
