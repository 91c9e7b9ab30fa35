"""A batch is recorded whole or not at all, in pieces of any size; the views can be folded again."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.values import Name, Term
from habeas.errors import BusyError, InputError, KeyFileError
from habeas.registry import recording as recording_module
from habeas.registry.changing import erase, reclassify, withdraw
from habeas.registry.clearance import Effects
from habeas.registry.rebuilding import rebuild
from habeas.registry.recording import check_recorder
from habeas.registry.registry import open_registry
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


def views(registry) -> dict:
    """Every row of the views, and what the search index finds."""
    store = registry.store
    words = ("n0", "n1", "other", "invented", "mistake", "list", "n")
    return {
        "claims": list(store.claim_rows()),
        "about": list(store.about_rows()),
        "found": {word: [h.id for h in store.found(3, [word], 1000)] for word in words},
    }


def fill(registry) -> list[str]:
    names = []
    for number in range(4):
        claims = [parts.named(f"p{number}", f"N{n} Other", "public") for n in range(3)]
        names += parts.record(registry, *claims)
    withdraw(registry, names[0], "a mistake")
    withdraw(registry, withdraw(registry, names[1], "a mistake").digest, "none")
    reclassify(registry, names[2], "sealed", "a threat")
    erase(registry, names[3], "asked for")
    return names


def test_t15_rebuilt_views_equal_the_old_ones(registry, monkeypatch):
    fill(registry)
    before = views(registry)
    assert before["about"]
    assert before["found"]["n1"]
    assert rebuild(registry) == len(before["claims"])
    assert views(registry) == before
    assert verify(registry).passed
    monkeypatch.setattr(Effects, "_effective", lambda *_: [])  # the mutant
    rebuild(registry)
    assert views(registry) != before


def test_t15_a_rebuild_that_fails_changes_nothing(registry, monkeypatch):
    fill(registry)
    before = views(registry)

    def stop(_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rebuild(registry, stop)
    assert views(registry) == before
    assert verify(registry).passed


def plain(registry) -> list:
    """What the views show, without digests."""
    return sorted(
        (repr(shown.claim), shown.sensitivity, shown.withdrawn, shown.position)
        for shown in registry.view("sealed").claims()
        if shown.claim.source == "source:invented-list"
    )


def entries() -> list[list[Claim]]:
    return [
        [parts.named(f"p{number}", f"N{n}", "public") for n in range(number % 3 + 1)]
        for number in range(9)
    ]


@pytest.mark.parametrize("part", [1, 2, 5, 1000])
def test_the_size_of_the_parts_changes_nothing(tmp_path, part, monkeypatch):
    seen = []
    monkeypatch.setattr(recording_module, "PART", part)
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "b", "B") as b:
        with a.recording(progress=seen.append) as recording:
            for claims in entries():
                recording.entry(claims)
        for claims in entries():
            parts.record(b, *claims)
        assert plain(a) == plain(b)
        assert sum(seen) == sum(map(len, entries()))
        assert a.store.size(a.log.id) == b.store.size(b.log.id) == 10
        assert len(a.store.checkpoints(a.log.id)) == 2
        assert verify(a).passed
        assert verify(b).passed


def test_a_claim_and_its_withdrawal_in_one_batch(registry, monkeypatch):
    monkeypatch.setattr(recording_module, "PART", 1)
    with registry.recording() as recording:
        (name,) = recording.entry([parts.named("p", "N", "public")])
        recording.entry([parts.about(name, "withdrawn", sensitivity="team")])
    assert registry.view("sealed").claim(name).withdrawn
    assert registry.view("public").claims(subject="person:p") == []
    assert verify(registry).passed


def unknown(sensitivity: str = "team") -> Claim:
    return Claim(
        subject="person:p",
        predicate="no_such_predicate",
        value=Name(text="N"),
        source="source:invented-list",
        sensitivity=sensitivity,
    )


def one_good_then(registry, *bad: Claim) -> None:
    with registry.recording() as recording:
        recording.entry([parts.named("p", "N")])
        recording.write()
        recording.entry(list(bad))


@pytest.mark.parametrize(
    "bad",
    [
        [],
        [unknown()],
        [parts.named("p", "N"), unknown()],
        [parts.named("p", "N")] * 769,
        [Claim(**{**{f: getattr(unknown(), f) for f in unknown().__struct_fields__},
                  "value": Term(term="x")})],
    ],
)  # fmt: skip
def test_nothing_of_a_batch_with_a_wrong_claim(registry, bad):
    before = parts.state(registry), views(registry)
    with pytest.raises(InputError):
        one_good_then(registry, *bad)
    assert (parts.state(registry), views(registry)) == before
    parts.record(registry, parts.named("p", "N"))
    assert verify(registry).passed


def test_mutant_a_batch_that_is_not_undone(registry, monkeypatch):
    monkeypatch.setattr(registry.store, "rollback", registry.store.commit, raising=False)
    before = parts.state(registry)
    with pytest.raises(InputError):
        one_good_then(registry, unknown())
    assert parts.state(registry) != before
    assert not verify(registry).passed


def test_an_empty_batch_is_no_batch(registry):
    before = parts.state(registry)
    with registry.recording():
        pass
    assert parts.state(registry) == before


def test_a_wrong_passphrase_records_nothing(tmp_path):
    with parts.make(tmp_path / "a", "A", passphrase="open sesame") as a:
        before = parts.state(a)
    for wrong in ("open sesam", None):
        with open_registry(tmp_path / "a", passphrase=wrong) as a:
            with pytest.raises(KeyFileError):
                parts.record(a, parts.named("p", "N"))
            assert parts.state(a) == before
    with open_registry(tmp_path / "a", passphrase=lambda: "open sesame") as a:
        parts.record(a, parts.named("p", "N"))
        assert verify(a).passed


def test_t12_another_process_is_writing(registry):
    with open_registry(registry.path) as other:
        other.store._db.execute("PRAGMA busy_timeout=10")
        registry.store.begin()
        before = parts.state(other)
        with pytest.raises(BusyError, match="another process"):
            parts.record(other, parts.named("p", "N"))
        registry.store.rollback()
        assert parts.state(other) == before
        parts.record(other, parts.named("p", "N"))
    parts.record(registry, parts.named("p", "M"))
    assert verify(registry).passed


@pytest.mark.parametrize("handle", ["", "A", "a b", "-a", "a" * 41, "ا", "a\n"])
def test_a_recorder_that_no_entry_can_hold(registry, handle):
    with pytest.raises(InputError, match="handle"):
        check_recorder(handle)
    before = parts.state(registry)
    if handle:
        with pytest.raises(InputError, match="handle"), registry.recording(recorder=handle):
            pass
    assert parts.state(registry) == before


def test_the_recorder_stands_in_the_entry(registry):
    with registry.recording(recorder="r-other") as recording:
        recording.entry([parts.named("p", "N")])
    position = registry.store.size(registry.log.id) - 1
    assert b'"recorder":"r-other"' in registry.store.entry_at(registry.log.id, position).data
