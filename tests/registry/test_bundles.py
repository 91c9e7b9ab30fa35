"""Bundles between registries: what goes out, what is taken in, and that it is all or nothing."""

from __future__ import annotations

import importlib.util
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from habeas.claims.values import File
from habeas.errors import (
    BusyError,
    HabeasError,
    InputError,
    IntegrityError,
    KeyFileError,
    NotFoundError,
)
from habeas.ledger.checkpoint import parse_checkpoint, sign_checkpoint
from habeas.ledger.note import parse_note
from habeas.registry import importing, merging, preparing, selection
from habeas.registry.changing import erase, reclassify, withdraw
from habeas.registry.exporting import export_bundle
from habeas.registry.importing import import_bundle
from habeas.registry.quarantine import quarantine
from habeas.registry.registry import open_registry
from habeas.registry.selection import Selection
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

SECRET = "canary-secret-words"


@pytest.fixture
def sender(tmp_path):
    with parts.make(tmp_path / "sender", "Sender") as registry:
        yield registry


@pytest.fixture
def receiver(tmp_path):
    with parts.make(tmp_path / "receiver", "Receiver") as registry:
        yield registry


def trust(*registries) -> set[str]:
    return {registry.key().fingerprint() for registry in registries}


def exchange(sender, receiver, path: Path, **named):
    export_bundle(sender, path, **named)
    return import_bundle(receiver, path, trust=trust(sender))


def keep(registry, tmp_path, name="photo", sensitivity="partners") -> str:
    file = tmp_path / name
    file.write_bytes(f"an invented photograph {name}".encode())
    kept = registry.evidence.keep(file)
    value = File(sha256=kept.sha256, size=kept.size, media_type="image/jpeg")
    claim = parts.Claim(
        subject=f"item:{kept.sha256}",
        predicate="file",
        value=value,
        source=registry.organisation,
        sensitivity=sensitivity,
    )
    parts.record(registry, claim)
    return kept.sha256


# Going out


def test_what_is_above_the_clearance_stays_a_digest(sender, receiver, tmp_path):
    (hidden, shown) = parts.record(
        sender, parts.named("p", SECRET, "team"), parts.named("p", "An open name", "public")
    )
    file = keep(sender, tmp_path, SECRET, "sealed")
    export_bundle(sender, tmp_path / "x", compress=False)
    data = (tmp_path / "x").read_bytes()
    assert SECRET.encode() not in data
    assert file.encode() not in data
    assert hidden.encode() in data  # the digest in its entry
    result = import_bundle(receiver, tmp_path / "x", trust=trust(sender))
    assert result.entries == 3
    digests = {row[0] for row in parts.seen(receiver)}
    assert shown in digests
    assert hidden not in digests


def test_mutant_an_export_that_does_not_ask_for_the_clearance(sender, tmp_path, monkeypatch):
    parts.record(sender, parts.named("p", SECRET, "team"))
    monkeypatch.setattr(selection, "_visible", lambda store, openings, clearance: openings)
    export_bundle(sender, tmp_path / "x", compress=False)
    assert SECRET.encode() in (tmp_path / "x").read_bytes()


def test_the_effective_sensitivity_counts_not_the_written_one(sender, tmp_path):
    (name,) = parts.record(sender, parts.named("p", SECRET, "public"))
    reclassify(sender, name, "sealed", "a threat")
    export_bundle(sender, tmp_path / "x", compress=False)
    assert SECRET.encode() not in (tmp_path / "x").read_bytes()


def test_a_selection_holds_what_was_chosen_and_what_belongs_to_it(sender, receiver, tmp_path):
    (one,) = parts.record(sender, parts.named("chosen", "First"))
    parts.record(sender, parts.named("other", SECRET))
    title = parts.Claim(
        subject="source:invented-list",
        predicate="title",
        value=parts.Text(text="An invented list"),
        source=sender.organisation,
        sensitivity="public",
    )
    (title,) = parts.record(sender, title)
    withdrawn = withdraw(sender, one, "a mistake").digest
    chosen = Selection(entities=("person:chosen",))
    done = export_bundle(sender, tmp_path / "x", selection=chosen, compress=False)
    assert SECRET.encode() not in (tmp_path / "x").read_bytes()
    import_bundle(receiver, tmp_path / "x", trust=trust(sender))
    assert {one, title, withdrawn} <= {row[0] for row in parts.seen(receiver)}
    assert receiver.view("partners").claim(one).withdrawn
    assert done.entries < 6
    assert verify(receiver).passed


def test_an_erasure_travels_with_the_entry_it_is_about(sender, receiver, tmp_path):
    gone, stays = parts.record(sender, parts.named("p", SECRET), parts.named("p", "Stays"))
    erasure = erase(sender, gone, "asked by the family").digest
    chosen = Selection(claims=(stays,))
    exchange(sender, receiver, tmp_path / "x", selection=chosen)
    digests = {row[0] for row in parts.seen(receiver)}
    assert {stays, erasure} <= digests
    assert gone not in digests


@pytest.mark.parametrize(
    "chosen", [Selection(entities=("person:nobody",)), Selection(claims=("abcdef012345",))]
)
def test_a_selection_of_nothing(sender, tmp_path, chosen):
    with pytest.raises(NotFoundError):
        export_bundle(sender, tmp_path / "x", selection=chosen)
    assert not (tmp_path / "x").exists()
    assert not list(tmp_path.glob("*.part"))


def test_partners_logs_travel_on_only_when_asked(sender, receiver, tmp_path):
    parts.record(sender, parts.named("p", "From the sender"))
    exchange(sender, receiver, tmp_path / "1")
    own = export_bundle(receiver, tmp_path / "2")
    every = export_bundle(receiver, tmp_path / "3", relay=True)
    assert (own.logs, every.logs) == (1, 2)


def test_nothing_is_overwritten(sender, tmp_path):
    (tmp_path / "x").write_bytes(b"something of the user's")
    with pytest.raises(InputError, match="exists already"):
        export_bundle(sender, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b"something of the user's"


def test_a_damaged_evidence_file_is_not_exported(sender, tmp_path):
    sha256 = keep(sender, tmp_path)
    stored = sender.evidence.path(sha256)
    stored.chmod(0o644)
    stored.write_bytes(b"other bytes ............")
    with pytest.raises(IntegrityError):
        export_bundle(sender, tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_the_same_record_exports_to_the_same_bytes(sender, tmp_path):
    parts.record(sender, parts.named("p", "N"))
    first = export_bundle(sender, tmp_path / "1").sha256
    assert export_bundle(sender, tmp_path / "2").sha256 == first


# Coming in


def test_a_strangers_key_is_refused_and_shown(sender, receiver, tmp_path, monkeypatch):
    export_bundle(sender, tmp_path / "x")
    before = parts.state(receiver)
    with pytest.raises(IntegrityError, match=sender.key().fingerprint()):
        import_bundle(receiver, tmp_path / "x")
    with pytest.raises(IntegrityError):
        import_bundle(receiver, tmp_path / "x", trust=trust(receiver))
    assert parts.state(receiver) == before
    monkeypatch.setattr(importing, "_require_trust", lambda *_: None)  # the mutant
    import_bundle(receiver, tmp_path / "x")
    assert parts.state(receiver) != before


def test_a_known_origin_with_another_key_is_refused(sender, receiver, tmp_path):
    exchange(sender, receiver, tmp_path / "x")
    from habeas.ledger.keys import generate_key

    stranger = generate_key(sender.log.origin)
    forged = forge(tmp_path, stranger, sender)
    with pytest.raises(IntegrityError, match="another key"):
        import_bundle(receiver, forged, trust={stranger.fingerprint()})


def forge(tmp_path, key, sender) -> Path:
    """A bundle of a log of the sender's origin under somebody else's key."""
    export_bundle(sender, tmp_path / "true", compress=False)
    files = parts.members(tmp_path / "true")
    lines = []
    for line in files["logs/0/checkpoints"].splitlines():
        checkpoint = parse_checkpoint(parse_note(json.loads(line).encode()).text)
        note = sign_checkpoint(checkpoint, key.signers()).to_bytes().decode()
        lines.append(json.dumps(note, ensure_ascii=False).encode() + b"\n")
    files["logs/0/checkpoints"] = b"".join(lines)
    files["logs/0/vkeys"] = (key.log_verifiers()[0].key.encode() + "\n").encode()
    return parts.write(tmp_path / "forged", files)


def test_t16_a_bundle_again_changes_nothing(sender, receiver, tmp_path):
    parts.record(sender, parts.named("p", "N"))
    keep(sender, tmp_path)
    first = exchange(sender, receiver, tmp_path / "x")
    assert first.changed
    assert first.files == 1
    after = parts.state(receiver)
    second = import_bundle(receiver, tmp_path / "x")
    assert not second.changed
    assert second.held == first.claims
    assert parts.state(receiver) == after


def test_a_dry_run_says_the_same_and_changes_nothing(sender, receiver, tmp_path):
    parts.record(sender, parts.named("p", "N"))
    sha256 = keep(sender, tmp_path)
    export_bundle(sender, tmp_path / "x")
    before = parts.state(receiver)
    told = import_bundle(receiver, tmp_path / "x", trust=trust(sender), dry_run=True)
    assert parts.state(receiver) == before
    assert not receiver.evidence.path(sha256).exists()
    done = import_bundle(receiver, tmp_path / "x", trust=trust(sender))
    assert (told.logs, told.entries, told.claims, told.files) == (
        done.logs,
        done.entries,
        done.claims,
        done.files,
    )


def test_evidence_comes_with_the_claim_that_names_it(sender, receiver, tmp_path):
    sha256 = keep(sender, tmp_path)
    exchange(sender, receiver, tmp_path / "x")
    receiver.evidence.check(sha256)
    assert verify(receiver).passed


def test_evidence_that_no_claim_names_is_refused(sender, receiver, tmp_path):
    import hashlib

    export_bundle(sender, tmp_path / "x", compress=False)
    files = parts.members(tmp_path / "x")
    files["evidence/" + hashlib.sha256(b"poison").hexdigest()] = b"poison"
    poisoned = parts.write(tmp_path / "poisoned", files)
    before = parts.state(receiver)
    with pytest.raises(IntegrityError, match="named by no claim"):
        import_bundle(receiver, poisoned, trust=trust(sender))
    assert parts.state(receiver) == before
    assert not list(receiver.evidence)


def test_a_claim_that_the_vocabulary_does_not_allow(sender, receiver, tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "check_claim", lambda claim: None)
    bad = parts.Claim(
        subject="person:p",
        predicate="status",
        value=parts.Text(text="a site has a status, a person has none"),
        source="source:x",
        sensitivity="public",
    )
    parts.record(sender, bad)
    export_bundle(sender, tmp_path / "x")
    before = parts.state(receiver)
    with pytest.raises(InputError):
        import_bundle(receiver, tmp_path / "x", trust=trust(sender))
    assert parts.state(receiver) == before
    monkeypatch.setattr(merging, "check_claim", lambda claim, place: None)  # the mutant
    assert import_bundle(receiver, tmp_path / "x", trust=trust(sender)).claims


def test_encrypted_to_the_receiver(sender, receiver, tmp_path):
    import pyrage

    me, stranger = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    parts.record(sender, parts.named("p", SECRET))
    export_bundle(sender, tmp_path / "x.age", recipients=[str(me.to_public())])
    with pytest.raises(KeyFileError):
        import_bundle(receiver, tmp_path / "x.age", trust=trust(sender), identities=[str(stranger)])
    result = import_bundle(receiver, tmp_path / "x.age", trust=trust(sender), identities=[str(me)])
    assert result.claims
    assert not list((receiver.path / "quarantine").iterdir())


def test_quarantine_is_for_one_process_and_swept(receiver, sender, tmp_path):
    export_bundle(sender, tmp_path / "x")
    with quarantine(receiver.path), pytest.raises(BusyError):
        import_bundle(receiver, tmp_path / "x", trust=trust(sender))
    left = receiver.path / "quarantine" / "left-by-a-killed-process"
    left.mkdir()
    (left / "words").write_text(SECRET)
    import_bundle(receiver, tmp_path / "x", trust=trust(sender))
    assert not left.exists()


def test_a_file_that_is_not_there(receiver, tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        import_bundle(receiver, tmp_path / "none")


# Fault 2: killed while importing

IMPORT = """
import sys
from habeas.registry.registry import open_registry
from habeas.registry.importing import import_bundle
with open_registry(sys.argv[1]) as registry:
    print("ready", flush=True)
    sys.stdin.readline()
    import_bundle(registry, __import__("pathlib").Path(sys.argv[2]), trust={sys.argv[3]})
    print("done", flush=True)
"""


def kill_import(folder: Path, bundle: Path, fingerprint: str, after: float) -> bool:
    """Import in a process of its own and kill it after some seconds; whether it was done."""
    with subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(folder), str(bundle), fingerprint],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("\n")
        process.stdin.flush()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        return "done" in process.stdout.read()


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A bundle that takes a moment, the receiver before it, and what is there after it."""
    folder = tmp_path_factory.mktemp("large")
    with parts.make(folder / "sender", "Sender") as sender:
        with sender.recording() as recording:
            for number in range(400):
                recording.entry([parts.named(f"p{number}", f"N {n}") for n in range(10)])
        keep(sender, folder)
        export_bundle(sender, folder / "x")
        fingerprint = sender.key().fingerprint()
    parts.make(folder / "receiver", "Receiver").close()
    shutil.copytree(folder / "receiver", folder / "whole")
    with open_registry(folder / "whole") as whole:
        before = parts.state(whole)
        started = time.monotonic()
        import_bundle(whole, folder / "x", trust={fingerprint})
        took = time.monotonic() - started
        return folder, fingerprint, took, before, parts.state(whole)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0, 1.15])
def test_t02_killed_at_some_moment_of_an_import(large, tmp_path, share):
    folder, fingerprint, took, before, after = large
    shutil.copytree(folder / "receiver", tmp_path / "receiver")
    done = kill_import(tmp_path / "receiver", folder / "x", fingerprint, share * took)
    with open_registry(tmp_path / "receiver") as registry:
        found = parts.state(registry)
        assert found == after if done else found in (before, after)
        assert verify(registry).passed
        import_bundle(registry, folder / "x", trust={fingerprint})
        assert parts.state(registry) == after


def test_t02_mutant_an_import_in_several_transactions_is_caught(large, tmp_path, monkeypatch):
    """Failing half-way through must leave nothing; a commit on the way is found."""
    folder, fingerprint, _, before, _ = large

    def breaking(merger):
        raise OSError("the power went out")

    shutil.copytree(folder / "receiver", tmp_path / "receiver")
    with open_registry(tmp_path / "receiver") as registry:
        monkeypatch.setattr(importing.Merger, "finish", breaking)
        with pytest.raises(OSError, match="power"):
            import_bundle(registry, folder / "x", trust={fingerprint})
        assert parts.state(registry) == before
        store = registry.store

        def commits(merger):
            store.commit()
            breaking(merger)

        monkeypatch.setattr(importing.Merger, "finish", commits)
        with pytest.raises((OSError, HabeasError)):
            import_bundle(registry, folder / "x", trust={fingerprint})
        assert parts.state(registry) != before
