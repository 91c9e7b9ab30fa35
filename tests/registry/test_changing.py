"""Changes are claims; and an erasure leaves nothing of the words, wherever one looks."""

from __future__ import annotations

import hashlib
import importlib.util
import sqlite3
from pathlib import Path

import pytest

from habeas.claims.values import File
from habeas.errors import BusyError, InputError, NotFoundError
from habeas.ledger.entry import read_entry
from habeas.registry import registry as registry_module
from habeas.registry.changing import erase, reclassify, withdraw
from habeas.registry.rebuilding import rebuild
from habeas.registry.registry import open_registry
from habeas.registry.sqlite import SqliteStore
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

CANARY = "Kanarivogel"


@pytest.fixture
def registry(tmp_path):
    with parts.make(tmp_path / "a", "A") as registry:
        yield registry


def traces(registry, *needles: bytes) -> list[str]:
    """The files of the registry's folder in which something stands."""
    return [
        path.name
        for path in sorted(registry.path.rglob("*"))
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


def words_and_salt(registry, digest: str) -> tuple[bytes, ...]:
    """What must be gone: the words, as text and as the search index holds them, and the salt."""
    salt = registry.store.opening(bytes.fromhex(digest)).data[2:66]
    return CANARY.encode(), CANARY.lower().encode(), salt


def test_a_withdrawal_and_its_withdrawal(registry):
    (name,) = parts.record(registry, parts.named("p", "N"))
    first = withdraw(registry, name[:12], "a mistake")
    assert first.effective
    assert registry.view("partners").claim(name).withdrawn
    second = withdraw(registry, first.digest, "it was right after all")
    assert not registry.view("partners").claim(name).withdrawn
    assert registry.view("partners").claim(first.digest).withdrawn
    withdraw(registry, second.digest, "it was not")
    assert registry.view("partners").claim(name).withdrawn
    assert verify(registry).passed


def test_a_withdrawal_is_as_hidden_as_its_claim(registry):
    (name,) = parts.record(registry, parts.named("p", "N", "sealed"))
    why = withdraw(registry, name, "a mistake").digest
    with pytest.raises(NotFoundError):
        registry.view("team").claim(why)
    assert registry.view("sealed").claim(why).claim.sensitivity == "sealed"


def test_up_and_down_again(registry):
    (name,) = parts.record(registry, parts.named("p", "N", "public"))
    up = reclassify(registry, name, "sealed", "a threat")
    assert registry.view("sealed").claim(up.digest).claim.sensitivity == "sealed"
    assert registry.view("team").claims(subject="person:p") == []
    down = reclassify(registry, name, "public", "the threat is over")
    assert len(registry.view("public").claims(subject="person:p")) == 1
    assert registry.view("public").about(name) == []  # that it was once sealed is not told
    assert registry.view("sealed").claim(down.digest).claim.sensitivity == "sealed"


@pytest.mark.parametrize("change", [withdraw, erase])
@pytest.mark.parametrize("why", ["", "  \n"])
def test_no_change_without_a_reason(registry, change, why):
    (name,) = parts.record(registry, parts.named("p", "N"))
    before = parts.state(registry)
    with pytest.raises(InputError, match="no reason"):
        change(registry, name, why)
    with pytest.raises(InputError, match="no reason"):
        reclassify(registry, name, "team", why)
    with pytest.raises(InputError, match="no sensitivity"):
        reclassify(registry, name, "secret", "because")
    with pytest.raises(NotFoundError):
        change(registry, "0" * 64, "because")
    assert parts.state(registry) == before


def test_t54_an_erasure_leaves_no_words_and_every_proof(registry):
    name, other = parts.record(
        registry, parts.named("p", CANARY), parts.named("p", "Another", "public")
    )
    gone = words_and_salt(registry, name)
    assert "registry.sqlite-wal" in traces(registry, *gone)  # the needles have teeth
    position = registry.view("sealed").claim(name).position
    change = erase(registry, name, "the family asked for it")
    assert change.effective
    assert traces(registry, *gone) == []
    assert registry.view("sealed").find("Another")
    assert registry.view("sealed").find(CANARY) == []
    with pytest.raises(NotFoundError):
        registry.view("sealed").claim(name)
    entry = registry.store.entry_at(registry.log.id, position)
    assert name in read_entry(entry.data).claims  # the digest stays
    proof = registry.view("public").provenance(registry.view("public").claim(other))
    assert hashlib.sha256(proof.opening).hexdigest() == other
    assert other in read_entry(proof.entry).claims
    assert verify(registry).passed
    rebuild(registry)
    assert traces(registry, *gone) == []
    registry.close()
    assert traces(registry, *gone) == []


def test_t54_mutant_erased_without_a_purge(registry, monkeypatch):
    (name,) = parts.record(registry, parts.named("p", CANARY))
    gone = words_and_salt(registry, name)
    monkeypatch.setattr(SqliteStore, "purge", lambda _: None)
    erase(registry, name, "asked for")
    assert traces(registry, *gone)


class Killed(BaseException):
    """As if the process had been killed here."""


def cut_short(registry, digest: str, monkeypatch) -> None:
    """Erase a claim; the process dies between the commit and the purge."""

    def die(_):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(SqliteStore, "purge", die)
        with pytest.raises(Killed):
            erase(registry, digest, "asked for")


def test_an_erasure_cut_short_is_finished_by_whoever_opens_next(registry, monkeypatch):
    (name,) = parts.record(registry, parts.named("p", CANARY))
    gone = words_and_salt(registry, name)
    cut_short(registry, name, monkeypatch)
    assert traces(registry, *gone)
    assert registry.store.purge_wanted()
    with monkeypatch.context() as mutant:  # nobody asks what is left to do
        mutant.setattr(SqliteStore, "purge_wanted", lambda _: False)
        with open_registry(registry.path):
            assert traces(registry, *gone)
    with open_registry(registry.path) as again:
        assert traces(registry, *gone) == []
        assert not again.store.purge_wanted()


def test_a_purge_that_somebodys_reading_prevents_stays_wanted(registry, monkeypatch):
    """The journal cannot be cut while a reader needs it: the wish must outlive the attempt."""
    (name,) = parts.record(registry, parts.named("p", CANARY))
    gone = words_and_salt(registry, name)
    registry.store._db.execute("PRAGMA busy_timeout=50")
    reader = sqlite3.connect(registry.path / "registry.sqlite", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM opening").fetchone()
    with pytest.raises(BusyError, match="may still stand in the journal"):
        erase(registry, name, "asked for")
    assert registry.store.purge_wanted()
    assert traces(registry, *gone)
    reader.close()
    assert registry_module.open_registry(registry.path).close() is None
    assert traces(registry, *gone) == []


def test_a_kept_file_goes_with_the_last_claim_that_names_it(registry):
    data = CANARY.encode()
    sha256 = hashlib.sha256(data).hexdigest()
    source = registry.path / "given.txt"
    source.write_bytes(data)
    registry.evidence.keep(source)
    source.unlink()
    file = parts.Claim(
        subject=f"item:{sha256}",
        predicate="file",
        value=File(sha256=sha256, size=len(data), media_type="text/plain"),
        source="org:a",
        sensitivity="team",
    )
    first, second = parts.record(registry, file)[0], parts.record(registry, file)[0]
    assert verify(registry).passed
    erase(registry, first, "asked for")
    assert traces(registry, data)
    erase(registry, second, "asked for")
    assert traces(registry, data) == []
    assert verify(registry).passed
