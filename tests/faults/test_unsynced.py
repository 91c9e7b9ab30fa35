"""Faults 5 and 6: the disk says it could not sync, and what is synced before what.

Power loss itself is not tried here (`docs/faults.md`): that nothing is acknowledged before it is
synced is read off the order of the system calls.
"""

from __future__ import annotations

import re
from pathlib import Path

import fault_parts
import pytest
from fault_parts import Said, command, copied, needs_strace, run

BATCHES = 2
SYNCS = "fsync,fdatasync"


def record_with_failing_sync(folder: Path, when: str, log: Path, *mutant: str) -> Said:
    return fault_parts.strace(
        folder,
        f"{SYNCS}:error=EIO:when={when}",
        SYNCS,
        command(folder, BATCHES, "eio", *mutant),
        log,
    )


def check_refused(said: Said) -> None:
    """Said in words, and the batch that was hit is not acknowledged."""
    assert said.errors, "a failed sync was taken for success"
    (error,) = said.errors
    assert error["error"] == "StorageError"
    assert error["place"]
    assert error["mend"]
    assert said.code == 7
    assert len(said.acknowledged) < BATCHES


@needs_strace
def test_t05_sync_fails(folder, tmp_path):
    """EIO from the N-th sync: an error, until the last acknowledgement; later it harms nothing."""
    log = tmp_path / "syncs"
    fault_parts.strace(copied(folder, tmp_path / "tried"), "", SYNCS,
                       command(tmp_path / "tried", BATCHES, "tried"), log)  # fmt: skip
    syncs = len(log.read_text().splitlines())
    assert syncs >= BATCHES
    refused = []
    for when in range(1, syncs + 1):
        here = copied(folder, tmp_path / str(when))
        said = record_with_failing_sync(here, str(when), log)
        assert "EIO" in log.read_text()
        if said.errors:
            check_refused(said)
            refused.append(when)
        fault_parts.check_survived(here, said.acknowledged)
    # a sync that fails after the last acknowledgement is that of the journal's transfer
    assert refused == list(range(1, len(refused) + 1)), "a failed sync was retried silently"
    assert len(refused) >= BATCHES


@needs_strace
def test_t05_every_sync_fails(folder, tmp_path):
    said = record_with_failing_sync(folder, "1+", tmp_path / "log")
    check_refused(said)
    assert not said.acknowledged
    fault_parts.check_survived(folder, [])


@needs_strace
def test_t05_mutant_not_synced_at_all(folder, tmp_path):
    """A database that does not sync never hears that syncing fails."""
    said = record_with_failing_sync(folder, "1+", tmp_path / "log", "no-sync")
    with pytest.raises(AssertionError, match="taken for success"):
        check_refused(said)


def check_synced_before_acknowledged(calls: str) -> int:
    """Walk the system calls: at each acknowledgement nothing written to the journal is unsynced."""
    unsynced = set()
    acknowledged = 0
    for line in calls.splitlines():
        call = re.search(r"(pwrite64|fdatasync|fsync|write)\(\d+<([^>]*)>", line)
        if call is None:
            continue
        name, path = call[1], call[2].rpartition("/")[2]
        if name == "pwrite64":
            if path == "registry.sqlite":
                assert "registry.sqlite-wal" not in unsynced, "overwritten, the journal unsynced"
            unsynced.add(path)
        elif name != "write":
            unsynced.discard(path)
        elif "digests" in line:
            acknowledged += 1
            assert "registry.sqlite-wal" not in unsynced, "acknowledged, not synced"
    return acknowledged


def calls_of(folder: Path, log: Path, *mutant: str) -> str:
    trace = f"-etrace=write,pwrite64,{SYNCS}"
    run(["strace", "-f", "-qq", "-y", f"-o{log}", trace, *command(folder, BATCHES, "t", *mutant)])
    return log.read_text()


@needs_strace
def test_t06_synced_before_acknowledged(folder, tmp_path):
    calls = calls_of(folder, tmp_path / "log")
    assert check_synced_before_acknowledged(calls) == BATCHES


@needs_strace
def test_t06_mutant_not_synced(folder, tmp_path):
    calls = calls_of(folder, tmp_path / "log", "no-sync")
    with pytest.raises(AssertionError, match="acknowledged, not synced"):
        check_synced_before_acknowledged(calls)
