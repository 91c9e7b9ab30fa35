"""Checkpoints wait for a timestamp, get one, and the log says so."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.values import File
from habeas.errors import HabeasError, InputError
from habeas.registry.stamping import pending, queue, stamp, take_in
from habeas.registry.verification import verify
from habeas.registry.verifying_files import AUTHORITIES

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def registry(tmp_path):
    with parts.make(tmp_path / "a", "A") as registry:
        yield registry


def test_a_checkpoint_is_stamped_and_the_token_stands_in_the_log(registry, timestamp_authority):
    (name,) = parts.record(registry, parts.named("p", "N"))
    size = registry.store.size(registry.log.id)
    sha256 = queue(registry)
    assert queue(registry) == sha256  # the same checkpoint waits once
    assert list(pending(registry)) == [sha256]
    (done,) = stamp(registry, timestamp_authority.url)
    assert done.size == size
    assert done.token is not None
    assert done.problem == ""
    assert list(pending(registry)) == []
    (row,) = registry.store.tokens(registry.log.id)
    (said,) = registry.view("public").claims(predicate="timestamp_token")
    assert said.claim.value.sha256 == hashlib.sha256(row.token).hexdigest()
    assert said.claim.value.size == len(row.token)
    view = registry.view("partners")
    assert [token.token for token in view.provenance(view.claim(name)).tokens] == [row.token]
    assert view.provenance(said).tokens == ()  # recorded after what it stamps
    (registry.path / AUTHORITIES).write_bytes(timestamp_authority.roots)
    report = verify(registry)
    assert report.passed
    assert report.checks[-1].count == 1
    assert report.checks[-1].notes == ()


def test_offline_the_queue_is_kept(registry, timestamp_authority):
    sha256 = queue(registry)
    before = parts.state(registry)
    (failed,) = stamp(registry, NOWHERE)
    assert failed.token is None
    assert failed.problem
    assert list(pending(registry)) == [sha256]
    assert parts.state(registry) == before
    parts.record(registry, parts.named("p", "N"))
    queue(registry)
    assert sorted(one.size for one in stamp(registry, timestamp_authority.url)) == [1, 2]
    assert list(pending(registry)) == []
    assert verify(registry).passed


def test_t30_a_token_for_other_data_is_refused(registry, timestamp_authority):
    queue(registry)
    assert all(one.token for one in stamp(registry, timestamp_authority.url))
    (row,) = registry.store.tokens(registry.log.id)
    before = parts.state(registry)
    with pytest.raises(InputError, match="for other data"):
        take_in(registry, row.note + b"x", row.token)
    with pytest.raises(HabeasError):
        take_in(registry, row.note, row.token[:-20])
    assert parts.state(registry) == before


def test_the_authority_learns_a_hash_alone(registry, timestamp_authority, monkeypatch):
    import habeas.registry.stamping as stamping

    sent = []
    right = stamping.ask_authority
    monkeypatch.setattr(
        stamping, "ask_authority", lambda url, der: (sent.append(der), right(url, der))[1]
    )
    sha256 = queue(registry)
    list(stamp(registry, timestamp_authority.url))
    (request,) = sent
    assert bytes.fromhex(sha256) in request
    assert registry.log.origin.encode() not in request
    assert len(request) < 100


def test_a_token_over_a_kept_file_is_no_token_of_the_log(registry):
    """It is an item itself, and is looked for where items are."""
    digest = "ab" * 32
    with registry.recording() as recording:
        recording.entry(
            [
                Claim(
                    subject=f"item:{'cd' * 32}",
                    predicate="timestamp_token",
                    value=File(sha256=digest, size=3, media_type="application/timestamp-reply"),
                    source="source:capture",
                    sensitivity="team",
                )
            ]
        )
    told = [problem for check in verify(registry).checks for problem in check.problems]
    assert not [problem for problem in told if "is lost or was changed" in problem]
