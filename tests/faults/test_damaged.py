"""Faults 7, 8 and 9: the database cut short, one bit turned, the write-ahead log gone."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
from collections import Counter
from pathlib import Path

import fault_parts
import pytest
from fault_parts import copied, judge, run, runs

from habeas.registry import verification
from habeas.registry.comparing import Verdict, compare
from habeas.registry.registry import open_registry

DATABASE = "registry.sqlite"
PAGE = 4096


def put(folder: Path, data: bytes) -> None:
    """Other bytes in the place of the database, and no journal beside it."""
    (folder / DATABASE).write_bytes(data)
    for name in fault_parts.JOURNALS:
        (folder / name).unlink(missing_ok=True)


def cuts(size: int) -> list[int]:
    """Where a file of this size is cut: page boundaries, and some places that are none."""
    odd = [0, 1, 16, 99, 100, 101, PAGE - 1, size - 1]
    return odd + fault_parts.sample(range(PAGE, size, PAGE), 32)


def test_t07_truncated_at_each_page(whole, tmp_path, record_property):
    here = copied(whole, tmp_path / "cut")
    data = (whole / DATABASE).read_bytes()
    before = fault_parts.rows(here / DATABASE)
    found = Counter()
    for size in cuts(len(data)):
        put(here, data[:size])
        verdict = judge(here)
        if verdict == "passed":  # the missing part of a page is read as zeros; so it was zeros
            assert size % PAGE, f"cut to {size} of {len(data)} bytes, and passed"
            assert fault_parts.rows(here / DATABASE) == before, f"cut to {size} bytes: lost"
        found[verdict] += 1
    record_property("verdicts", dict(found))
    put(here, data)
    assert judge(here) == "passed"


def test_t07_mutant_no_checks(whole, tmp_path, monkeypatch):
    """Cut, and the header's count of pages changed to fit: only the checks can see that."""
    here = copied(whole, tmp_path / "cut")
    data = bytearray((whole / DATABASE).read_bytes()[:-PAGE])
    data[28:32] = (len(data) // PAGE).to_bytes(4, "big")  # sqlite.org/fileformat2.html, 1.3
    put(here, bytes(data))
    assert judge(here) == "failed"
    monkeypatch.setattr(verification, "_CHECKS", {})
    monkeypatch.setattr(verification, "_HALVES", ())
    assert judge(here) == "passed"


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def flips(data: bytes, count: int, seed: int) -> list[int]:
    chance = random.Random(seed)
    return [chance.randrange(8 * len(data)) for _ in range(count)]


def test_t08_one_bit_flipped(whole, tmp_path, record_property, capsys):
    """Verification fails, or everything reads back as it was: the bit lay in free bytes."""
    here = copied(whole, tmp_path / "flipped")
    data = (whole / DATABASE).read_bytes()
    put(here, data)
    before = fault_parts.rows(here / DATABASE)
    found = Counter()
    for bit in flips(data, runs(60, 400), 8):
        put(here, flipped(data, bit))
        verdict = judge(here)
        if verdict == "passed":
            assert fault_parts.rows(here / DATABASE) == before, f"bit {bit}: changed, not seen"
            verdict = "free bytes"
        found[verdict] += 1
    record_property("verdicts", dict(found))
    with capsys.disabled():
        print(f"\n[bit flips: {dict(found)}]")
    assert found["failed"] + found["IntegrityError"] > sum(found.values()) / 4


def test_t08_mutant_only_the_databases_own_check(whole, tmp_path, monkeypatch):
    """SQLite's own check does not see a letter changed in what somebody said."""
    here = copied(whole, tmp_path / "flipped")
    data = (whole / DATABASE).read_bytes()
    at = data.index(b"Invented Person 3")
    put(here, flipped(data, 8 * at))
    assert judge(here) == "failed"
    monkeypatch.setattr(verification, "_HALVES", (("structure",),))
    monkeypatch.setattr(verification, "_CHECKS", {"structure": verification._CHECKS["structure"]})
    assert judge(here) == "passed"


DAMAGED = [
    ("opening", "bytes", "NULL"),
    ("opening", "bytes", "7"),
    ("opening", "digest", "'text'"),
    ("entry", "bytes", "'text'"),
    ("entry", "decoys", "2.5"),
    ("entry", "position", "'text'"),
    ("tile", "hashes", "7"),
    ("checkpoint", "body", "x'ff'"),
    ("signature", "line", "CAST(x'ff' AS TEXT)"),
    ("log", "vkeys", "x'00'"),
    ("claim", "subject", "7"),
    ("about", "target", "'text'"),
]


def retyped(whole: Path, here: Path, table: str, column: str, value: str) -> Path:
    """A row in which one column holds another type, as a flipped bit in its head makes it."""
    copied(whole, here)
    db = sqlite3.connect(here / DATABASE)
    (schema,) = db.execute("SELECT sql FROM sqlite_schema WHERE name=?", (table,)).fetchone()
    key = "rowid" if "WITHOUT ROWID" not in schema else column
    db.executescript(
        f"PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql=replace(sql,"
        f"' NOT NULL', '') WHERE name='{table}' AND sql NOT LIKE '%WITHOUT ROWID%';"
    )
    db.close()
    db = sqlite3.connect(here / DATABASE)
    db.execute(f"UPDATE {table} SET {column}={value} WHERE {key}=(SELECT max({key}) FROM {table})")
    db.execute("PRAGMA writable_schema=ON")
    db.execute("UPDATE sqlite_schema SET sql=? WHERE name=?", (schema, table))
    db.commit()
    db.close()
    return here


@pytest.mark.parametrize(("table", "column", "value"), DAMAGED)
def test_t08_another_type_in_a_row(whole, tmp_path, table, column, value):
    here = retyped(whole, tmp_path / "retyped", table, column, value)
    assert judge(here) in {"failed", "IntegrityError"}


def test_t08_mutant_types_not_expected(whole, tmp_path, monkeypatch):
    """Without the net under the checks, another type ends in a traceback, told to nobody."""
    monkeypatch.setattr(verification, "_found", lambda check, registry: check(registry))
    here = retyped(whole, tmp_path / "retyped", "opening", "bytes", "NULL")
    with pytest.raises(TypeError):
        judge(here)


def test_t08_index_that_differs_is_no_other_process(folder):
    """A damaged index ends in a finding; it once read as "another process is writing"."""
    db = sqlite3.connect(folder / DATABASE)
    db.executescript(
        "PRAGMA writable_schema=ON; DELETE FROM sqlite_schema WHERE name='opening_entry';"
        "INSERT INTO search(rowid, words) VALUES(999, 'aaa');"
    )
    db.close()
    assert judge(folder) == "failed"
    with open_registry(folder) as registry:
        fault_parts.record(registry, fault_parts.named("q", "Still Recording"))


@pytest.fixture
def killed(folder):
    """A registry whose last batches stand in the write-ahead log only; what was acknowledged."""
    first = run(fault_parts.command(folder, 2, "closed"))
    second = run(fault_parts.command(folder, 2, "open"))
    third = run(fault_parts.command(folder, 1, "last", "die-after-acknowledging"))
    assert third.code == -signal.SIGKILL
    assert (folder / "registry.sqlite-wal").stat().st_size > 0
    return folder, first.acknowledged + second.acknowledged, third.acknowledged


def test_t09_journal_kept(killed):
    """Nothing is deleted: all that was acknowledged is there after the kill."""
    folder, closed, last = killed
    fault_parts.check_survived(folder, closed + last)


@pytest.mark.parametrize("names", [("-wal",), ("-wal", "-shm")])
def test_t09_journal_deleted(killed, names):
    """What stood in the journal alone is lost. Only a checkpoint kept outside can tell."""
    folder, closed, last = killed
    for name in names:
        (folder / f"{DATABASE}{name}").unlink()
    assert last
    with open_registry(folder) as registry:
        fault_parts.check_verified(registry)
        outside = last[-1]["note"].encode()
        assert compare(registry, outside).verdict is Verdict.BEHIND
        assert compare(registry, closed[-1]["note"].encode()).verdict is Verdict.FINE
    fault_parts.check_survived(folder, closed)
    with open_registry(folder) as registry:
        assert compare(registry, outside).verdict is Verdict.FORKED  # it went on: seen too


def test_t09_mutant_nothing_kept_outside(killed):
    """Without the outside checkpoint the loss passes every check; with it, the test sees it."""
    folder, closed, last = killed
    (folder / f"{DATABASE}-wal").unlink()
    assert judge(folder) == "passed"
    with pytest.raises(AssertionError, match="acknowledged, lost"):
        fault_parts.check_survived(folder, closed + last)


def test_t09_journal_cut_short(killed, tmp_path):
    """A journal cut anywhere gives whole batches up to some point, never half of one."""
    folder, closed, _ = killed
    journal = (folder / f"{DATABASE}-wal").read_bytes()
    chance = random.Random(9)
    for number in range(runs(8, 60)):
        here = copied(folder, tmp_path / str(number))
        (here / f"{DATABASE}-shm").unlink(missing_ok=True)
        os.truncate(here / f"{DATABASE}-wal", chance.randrange(len(journal)))
        fault_parts.check_survived(here, closed)
        shutil.rmtree(here)
