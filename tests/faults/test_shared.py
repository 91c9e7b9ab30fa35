"""Faults 12 and 13: two processes recording while a third reads; a registry nobody may write to."""

from __future__ import annotations

import subprocess
from contextlib import nullcontext
from pathlib import Path

import fault_parts
import pytest
from fault_parts import Said, check_survived, command, copied, environment, mounted, named, record

from habeas.errors import BusyError, StorageError
from habeas.registry.comparing import Verdict, compare
from habeas.registry.registry import Registry, open_registry
from habeas.registry.sqlite import SqliteStore
from habeas.registry.verification import verify


def read(folder: Path, last: bytes | None) -> bytes:
    """What a reader sees: one history that only grows, and every entry it counts."""
    with open_registry(folder) as registry:
        if last is not None:
            assert compare(registry, last).verdict is Verdict.FINE
        assert list(registry.view("sealed").claims())
        fault_parts.check_verified(registry)
        return fault_parts.note(registry)


def record_at_once(folders: list[Path], batches: int) -> list[Said]:
    """One recorder for each folder named, all at once, and a reader of the first folder."""
    children = [
        subprocess.Popen(
            command(folder, batches, f"w{number}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for number, folder in enumerate(folders)
    ]
    last = None
    try:
        while any(child.poll() is None for child in children):
            last = read(folders[0], last)
    finally:
        ended = [child.communicate() for child in children]
    said = [Said(*words, child.returncode) for words, child in zip(ended, children, strict=True)]
    assert all("Traceback" not in one.err for one in said), [one.err for one in said]
    return said


def test_t12_two_processes_recording_a_third_reading(folder):
    batches = fault_parts.runs(12, 100)
    said = record_at_once([folder, folder], batches)
    assert [one.code for one in said] == [0, 0]
    assert [len(one.acknowledged) for one in said] == [batches, batches]
    check_survived(folder, [line for one in said for line in one.acknowledged])


def test_t12_mutant_each_with_its_own_copy(folder, tmp_path):
    """Two recorders that do not share one file do fork; the check sees it."""
    said = record_at_once([folder, copied(folder, tmp_path / "copy")], 1)
    with pytest.raises(AssertionError, match="acknowledged, lost"):
        check_survived(folder, [line for one in said for line in one.acknowledged])


def verify_while_another_records(folder: Path, monkeypatch) -> None:
    """Verify; as soon as the size of the log is read, another connection records a batch."""
    with open_registry(folder) as registry, open_registry(folder) as other:
        plain = SqliteStore.size
        left = [1]

        def size(store, log):
            found = plain(store, log)
            if store is registry.store and left:
                left.pop()
                record(other, named("meanwhile", "Recorded Meanwhile"))
            return found

        monkeypatch.setattr(SqliteStore, "size", size)
        fault_parts.check_verified(registry)
        assert not left


def test_t12_verified_while_another_records(folder, monkeypatch):
    verify_while_another_records(folder, monkeypatch)
    check_survived(folder, [])


def test_t12_mutant_verified_without_snapshot(folder, monkeypatch):
    monkeypatch.setattr(SqliteStore, "snapshot", lambda store: nullcontext())
    with pytest.raises(AssertionError, match="beyond the last signed checkpoint"):
        verify_while_another_records(folder, monkeypatch)


def test_t12_the_other_one_writes_on_and_on(folder):
    """One that waits too long is told so, and nothing of its batch is there."""
    with open_registry(folder) as registry, open_registry(folder) as other:
        other.store._db.execute("PRAGMA busy_timeout=10")
        size = registry.store.size(registry.log.id)
        registry.store.begin()
        with pytest.raises(BusyError) as caught:
            record(other, named("late", "Came Too Late"))
        assert caught.value.mend
        registry.store.rollback()
        assert registry.store.size(registry.log.id) == size
        record(other, named("late", "Waited"))
    check_survived(folder, [])


def check_read_only(registry: Registry) -> None:
    """Everything can be read and verified; recording is refused in words."""
    assert list(registry.view("sealed").claims())
    assert verify(registry).passed
    with pytest.raises(StorageError) as caught:
        record(registry, named("q", "Not Recorded"))
    assert caught.value.place
    assert caught.value.mend


@pytest.fixture
def sealed_off(folder, tmp_path):
    """The registry on a disk mounted read-only: not even root writes there."""
    there = tmp_path / "read-only"
    there.mkdir()
    words = ["mount", "--bind", "-o", "ro", str(folder), str(there)]
    with mounted(words, there):
        try:
            (there / "probe").touch()
        except OSError:
            yield there
        else:
            pytest.skip("NOT TESTED: the mount is not read-only here")


def test_t13_read_only_disk(sealed_off):
    before = fault_parts.rows(sealed_off.parent / "registry" / "registry.sqlite")
    with open_registry(sealed_off) as registry:
        check_read_only(registry)
    assert fault_parts.rows(sealed_off.parent / "registry" / "registry.sqlite") == before


def test_t13_read_only_disk_with_a_journal(folder, sealed_off):
    """What a killed process left in the journal is not passed over; a copy has it."""
    said = fault_parts.run(command(folder, 1, "last", "die-after-acknowledging"))
    (folder / "registry.sqlite-shm").unlink()
    assert said.acknowledged
    with pytest.raises(StorageError, match="journal holds what is not yet") as caught:
        open_registry(sealed_off)
    assert "Copy" in caught.value.mend
    fault_parts.check_survived(copied(sealed_off, folder.parent / "copy"), said.acknowledged)


def test_t13_mutant_on_a_disk_that_can_be_written_to(folder):
    with (
        open_registry(folder) as registry,
        pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"),
    ):
        check_read_only(registry)
