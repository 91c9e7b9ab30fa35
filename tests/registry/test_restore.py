"""Backups: everything comes back, except what was erased; and a restore never forks a log."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.claims.values import File
from habeas.errors import InputError, IntegrityError, KeyFileError
from habeas.ledger.entry import decoy_digests, read_entry
from habeas.registry import backup as backup_module
from habeas.registry.backup import backup
from habeas.registry.changing import erase, withdraw
from habeas.registry.comparing import Verdict, compare
from habeas.registry.exporting import export_bundle
from habeas.registry.forks import forked_origins
from habeas.registry.importing import import_bundle
from habeas.registry.lineage import Lineages
from habeas.registry.registry import open_registry
from habeas.registry.restore import restore
from habeas.registry.shredding import (
    PIECE,
    Salts,
    restore_file,
    restore_opening,
    shred_file,
    shred_opening,
    write_salts,
)
from habeas.registry.verification import verify

_spec = importlib.util.spec_from_file_location(
    "exchange_parts", Path(__file__).parent / "exchange_parts.py"
)
parts = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(parts)

SECRET = "canary-words-that-were-erased"


@pytest.fixture
def kept(tmp_path):
    """A registry with claims, a partner's log, a file; its digests."""
    photo = tmp_path / "photo"
    photo.write_bytes(b"an invented photograph " * 10_000)
    with parts.make(tmp_path / "a", "A") as a, parts.make(tmp_path / "p", "P") as partner:
        parts.record(partner, parts.named("q", "From a partner"))
        export_bundle(partner, tmp_path / "x")
        import_bundle(a, tmp_path / "x", trust={partner.key().fingerprint()})
        names = parts.record(a, parts.named("p", SECRET, "sealed"), parts.named("p", "Stays"))
        file = a.evidence.keep(photo)
        claim = parts.Claim(
            subject=f"item:{file.sha256}",
            predicate="file",
            value=File(sha256=file.sha256, size=file.size, media_type="image/jpeg"),
            source=a.organisation,
            sensitivity="team",
        )
        (named,) = parts.record(a, claim)
        yield a, names, (named, file.sha256), tmp_path


def both(registry, folder: Path, name: str) -> tuple[Path, Path]:
    archive, salts = folder / f"{name}.backup", folder / f"{name}.salts"
    backup(registry, archive, salts)
    return archive, salts


def test_everything_comes_back(kept):
    a, _, (_, sha256), tmp_path = kept
    archive, salts = both(a, tmp_path, "1")
    result = restore(archive, salts, tmp_path / "b", None)
    assert result.proven
    assert (result.silent, result.files, result.warnings) == (0, 1, ())
    with open_registry(tmp_path / "b") as b:
        assert parts.seen(a) <= parts.seen(b)
        assert b.organisation == a.organisation
        b.evidence.check(sha256)
        assert verify(b).passed
        assert decoys(a) == decoys(b)
        assert compare(b, parts_head(a)).verdict is Verdict.FINE


def parts_head(registry) -> bytes:
    from habeas.registry.appending import note_of

    return note_of(registry.store.checkpoints(registry.log.id)[-1])


def decoys(registry) -> set[str]:
    origin = min(log.id for log in registry.store.logs())
    found = set()
    for entry in registry.store.entries(origin):
        salts = decoy_digests(entry.decoys)
        assert set(salts) <= set(read_entry(entry.data).claims)
        found |= set(salts)
    return found


def test_the_archive_alone_tells_no_words_and_no_salt(kept):
    a, _, (_, sha256), tmp_path = kept
    archive, _ = both(a, tmp_path, "1")
    files = parts.members(archive)
    everything = b"".join(files.values())
    assert SECRET.encode() not in everything
    assert b"invented photograph" not in everything
    assert sha256.encode() not in everything
    assert not any(sha256 in name for name in files)
    for row in a.store.openings_by_entry():
        assert row.data[2:66] not in everything
    for entry in a.store.entries(a.log.id):
        assert entry.decoys[:32].hex().encode() not in everything


def test_the_same_registry_backs_up_to_the_same_bytes(kept):
    a, _, _, tmp_path = kept
    one, two = both(a, tmp_path, "1"), both(a, tmp_path, "2")
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


def test_t47_what_was_erased_is_silent_in_every_old_archive(kept):
    a, (gone, stays), (named, sha256), tmp_path = kept
    archives = [both(a, tmp_path, "1")]
    parts.record(a, parts.named("p", "Later"))
    archives.append(both(a, tmp_path, "2"))
    erase(a, gone, "asked by the family")
    erase(a, named, "asked by the family")
    archives.append(both(a, tmp_path, "3"))
    newest = archives[-1][1]
    for number, (archive, _) in enumerate(archives):
        folder = tmp_path / f"restored-{number}"
        restore(archive, newest, folder, None)
        with open_registry(folder) as b:
            digests = {row[0] for row in parts.seen(b)}
            assert gone not in digests
            assert named not in digests
            assert stays in digests
            assert not b.evidence.path(sha256).exists()
            assert verify(b).passed
        for path in folder.rglob("*"):
            assert not path.is_file() or SECRET.encode() not in path.read_bytes()


def test_t47_an_old_salts_file_gives_it_back_so_the_rule_matters(kept):
    a, (gone, _), _, tmp_path = kept
    archive, old = both(a, tmp_path, "1")
    erase(a, gone, "asked by the family")
    restore(archive, old, tmp_path / "b", None)
    with open_registry(tmp_path / "b") as b:
        assert gone in {row[0] for row in parts.seen(b)}


def test_t47_mutant_a_backup_that_does_not_encrypt(kept, monkeypatch):
    a, _, _, tmp_path = kept
    monkeypatch.setattr(backup_module, "shred_opening", lambda opening, salt, digest: opening)
    monkeypatch.setattr(backup_module, "encode_base64", lambda data: data.decode())
    archive, _ = both(a, tmp_path, "1")
    assert SECRET.encode() in b"".join(parts.members(archive).values())


def test_t10_a_restored_backup_that_is_written_to_does_not_fork(kept):
    a, (_, stays), _, tmp_path = kept
    archive, salts = both(a, tmp_path, "1")
    parts.record(a, parts.named("p", "After the backup"))
    restore(archive, salts, tmp_path / "b", None)
    with open_registry(tmp_path / "b") as b, parts.make(tmp_path / "c", "C") as c:
        parts.record(b, parts.named("p", "After the restore"))
        assert b.log.origin != a.log.origin
        assert withdraw(b, stays, "now we know better").effective
        trust = {a.key().fingerprint(), b.key().fingerprint()}
        export_bundle(a, tmp_path / "1.bundle")
        export_bundle(b, tmp_path / "2.bundle")
        for name in ("2.bundle", "1.bundle"):
            result = import_bundle(c, tmp_path / name, trust=trust)
            assert result.forks == ()
        assert forked_origins(c.store) == frozenset()
        texts = {s.claim.value.text for s in c.view("partners").claims(subject="person:p")}
        assert {"After the backup", "After the restore"} <= texts
        assert c.view("partners").claim(stays).withdrawn  # the successor speaks for the old log
        assert verify(c).passed


def test_t10_mutant_a_restore_that_goes_on_in_the_old_log_forks(kept):
    a, _, _, tmp_path = kept
    shutil.copytree(tmp_path / "a", tmp_path / "b")  # a backup by copying, written to again
    parts.record(a, parts.named("p", "Here"))
    with open_registry(tmp_path / "b") as b, parts.make(tmp_path / "c", "C") as c:
        parts.record(b, parts.named("p", "There"))
        export_bundle(a, tmp_path / "1.bundle")
        export_bundle(b, tmp_path / "2.bundle")
        import_bundle(c, tmp_path / "1.bundle", trust={a.key().fingerprint()})
        assert import_bundle(c, tmp_path / "2.bundle").forks


@pytest.mark.parametrize("order", [1, -1])
def test_a_successor_is_believed_whichever_log_comes_first(kept, order):
    a, (_, stays), _, tmp_path = kept
    archive, salts = both(a, tmp_path, "1")
    restore(archive, salts, tmp_path / "b", None)
    with open_registry(tmp_path / "b") as b, parts.make(tmp_path / "c", "C") as c:
        withdraw(b, stays, "now we know better")
        trust = {a.key().fingerprint(), b.key().fingerprint()}
        export_bundle(a, tmp_path / "old", compress=False)
        export_bundle(b, tmp_path / "both", compress=False)
        files = parts.members(tmp_path / "both")
        only_new(files)
        new = parts.write(tmp_path / "new", files)
        for path in [tmp_path / "old", new][::order]:
            import_bundle(c, path, trust=trust)
        assert c.view("partners").claim(stays).withdrawn


def only_new(files: dict[str, bytes]) -> None:
    """Leave the last log alone in a bundle."""
    import json

    told = json.loads(files["bundle.json"])
    last = len(told["logs"]) - 1
    told["logs"] = told["logs"][-1:]
    files["bundle.json"] = json.dumps(told).encode()
    for name in [name for name in files if name.startswith("logs/")]:
        data = files.pop(name)
        if name.startswith(f"logs/{last}/"):
            files[f"new/{name.rpartition('/')[2]}"] = data
    for name in [name for name in files if name.startswith("new/")]:
        files[name.replace("new/", "logs/0/")] = files.pop(name)
    for name in [name for name in files if name.startswith("evidence/")]:
        del files[name]


def test_t14_the_restore_drill_compares_with_a_witness(kept):
    a, _, _, tmp_path = kept
    archive, salts = both(a, tmp_path, "1")
    parts.record(a, parts.named("p", "After the backup"))
    restore(archive, salts, tmp_path / "b", None)
    with open_registry(tmp_path / "b") as b:
        assert verify(b).passed  # nothing inside can tell
        assert compare(b, parts_head(a)).verdict is Verdict.BEHIND


def test_with_a_passphrase(tmp_path):
    words = "correct horse battery staple"
    with parts.make(tmp_path / "a", "A", passphrase=words) as a:
        done = backup(a, tmp_path / "x", tmp_path / "s")
        assert not done.unprotected_key
        old = a.log.origin
    with pytest.raises(KeyFileError, match="old log's key"):
        restore(tmp_path / "x", tmp_path / "s", tmp_path / "b", "wrong")
    assert not (tmp_path / "b").exists()
    assert not (tmp_path / "b.part").exists()
    result = restore(tmp_path / "x", tmp_path / "s", tmp_path / "b", "new words", unproven=True)
    assert not result.proven
    assert "words" in result.warnings[0]
    with open_registry(tmp_path / "b", passphrase="new words") as b:
        parts.record(b, parts.named("p", "N"))
        (claim,) = b.view("public").claims(predicate="predecessor_unproven")
        assert claim.claim.value.text == old
        first = next(b.store.entries(1))
        assert not Lineages(b.store).own(first.id)


def test_encrypted_to_a_backup_key(kept):
    import pyrage

    a, _, _, tmp_path = kept
    me = pyrage.x25519.Identity.generate()
    backup(a, tmp_path / "x.age", tmp_path / "s", recipients=[str(me.to_public())])
    with pytest.raises(KeyFileError):
        restore(tmp_path / "x.age", tmp_path / "s", tmp_path / "b", None)
    restore(tmp_path / "x.age", tmp_path / "s", tmp_path / "b", None, identities=[str(me)])
    with open_registry(tmp_path / "b") as b:
        assert parts.seen(a) <= parts.seen(b)


def test_a_damaged_backup_leaves_nothing(kept):
    a, _, _, tmp_path = kept
    archive, salts = both(a, tmp_path, "1")
    data = archive.read_bytes()
    for at in range(20, len(data), len(data) // 6):
        broken = bytearray(data)
        broken[at] ^= 1
        (tmp_path / "broken").write_bytes(broken)
        with pytest.raises(IntegrityError):
            restore(tmp_path / "broken", salts, tmp_path / "b", None)
        assert not (tmp_path / "b").exists()
        assert not (tmp_path / "b.part").exists()


def test_a_salt_of_something_else(kept, monkeypatch):
    a, _, _, tmp_path = kept
    archive, salts = both(a, tmp_path, "1")
    lines = salts.read_bytes().splitlines(keepends=True)
    rotated = [lines[0]] + [one[:65] + lines[1][65:] for one in lines[1:]]
    (tmp_path / "s").write_bytes(b"".join(rotated))
    with pytest.raises(IntegrityError, match="salt belongs to something else"):
        restore(archive, tmp_path / "s", tmp_path / "b", None)
    (tmp_path / "s").write_bytes(b"".join(lines)[:-7])
    with pytest.raises(IntegrityError, match="no salts file"):
        restore(archive, tmp_path / "s", tmp_path / "b", None)


def test_t51_a_claim_of_another_log_is_not_restored(kept, monkeypatch):
    from habeas.claims.claim import seal
    from habeas.registry import preparing
    from habeas.registry import restore as restore_module

    a, _, _, tmp_path = kept
    monkeypatch.setattr(preparing, "seal", lambda claims, log: seal(claims, "0" * 32))
    parts.record(a, parts.named("p", "Copied"))
    monkeypatch.undo()
    archive, salts = both(a, tmp_path, "1")
    with pytest.raises(IntegrityError, match="recorded in another log"):
        restore(archive, salts, tmp_path / "b", None)
    assert not (tmp_path / "b").exists()
    monkeypatch.setattr(restore_module, "require_log", lambda *_: None)  # the mutant
    restore(archive, salts, tmp_path / "b", None)


def test_restore_into_a_folder_that_holds_something(kept):
    a, _, _, tmp_path = kept
    archive, salts = both(a, tmp_path, "1")
    with pytest.raises(InputError, match="not empty"):
        restore(archive, salts, tmp_path / "a", None)


# Shredding


@given(
    opening=st.binary(min_size=1, max_size=PIECE * 2).map(lambda b: b + b"]"),
    salt=st.binary(min_size=32, max_size=32),
)
def test_shredding_gives_back_what_it_was_given_and_only_with_its_salt(opening, salt):
    digest = bytes(32)
    closed = shred_opening(opening, salt, digest)
    assert restore_opening(closed, salt, digest) == opening
    with pytest.raises(IntegrityError):
        restore_opening(closed, bytes(32) if salt != bytes(32) else b"\1" * 32, digest)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_files_of_any_size_and_never_cut_off(tmp_path, size):
    (tmp_path / "clear").write_bytes(b"x" * size)
    shred_file(tmp_path / "clear", tmp_path / "closed", bytes(32), "00")
    restore_file(tmp_path / "closed", tmp_path / "again", bytes(32), "00")
    assert (tmp_path / "again").read_bytes() == b"x" * size
    data = (tmp_path / "closed").read_bytes()
    if size > PIECE:
        (tmp_path / "cut").write_bytes(data[: PIECE + 16])
        with pytest.raises(IntegrityError):
            restore_file(tmp_path / "cut", tmp_path / "never", bytes(32), "00")


@given(st.lists(st.binary(min_size=64, max_size=64), unique_by=lambda one: one[:32], max_size=50))
def test_salts_are_found_and_strangers_are_not(tmp_path_factory, pairs):
    path = tmp_path_factory.mktemp("salts") / "s"
    with path.open("wb") as file:
        write_salts(file, pairs)
    salts = Salts(path)
    assert all(salts.get(one[:32]) == one[32:] for one in pairs)
    absent = bytes(31) + b"\7"
    assert salts.get(absent) is None or any(one[:32] == absent for one in pairs)
    salts.close()
