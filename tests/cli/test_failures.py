"""Every failure names the place, the reason and the mend, changes nothing, exits with its code."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from pathlib import Path

import pytest

from habeas.errors import (
    BusyError,
    HabeasError,
    InputError,
    IntegrityError,
    KeyFileError,
    NotFoundError,
    StorageError,
)

SITE = "site:invented-field"

TABLES = ("log", "entry", "opening", "tile", "checkpoint", "signature", "token", "claim", "about")


def state(folder: Path) -> str:
    """The rows of the registry and its files, in one digest."""
    found = hashlib.sha256()
    with sqlite3.connect(folder / "registry.sqlite") as database:
        for name in TABLES:
            for row in database.execute(f"SELECT * FROM {name} ORDER BY 1, 2"):
                found.update(repr(row).encode())
    for file in sorted((folder / "evidence").rglob("*")):
        found.update(str(file).encode())
    return found.hexdigest()


def fails(case, *args, code: int, says: str, place: str = "", stdin: str | None = None):
    before = state(case.path)
    text = case.run(*args, code=code, stdin=stdin)
    assert says in text.stderr
    assert "reason:" in text.stderr
    assert "Traceback" not in text.output
    if place:
        assert f"place:  {place}" in text.stderr
    machine = case.run(*args, "--json", code=code, stdin=stdin)
    error = json.loads(machine.stdout)["error"]
    assert set(error) == {"kind", "place", "reason", "mend", "exit_code"}
    assert error["exit_code"] == code
    assert error["mend"]
    assert machine.stderr == ""
    assert state(case.path) == before


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (HabeasError, 1), (InputError, 2), (NotFoundError, 3), (IntegrityError, 4),
        (KeyFileError, 5), (BusyError, 6), (StorageError, 7),
    ],
)  # fmt: skip
def test_exit_codes(case, monkeypatch, error, code):
    def raises(*_, **__):
        raise error("because", place="there", mend="do this")

    monkeypatch.setattr("habeas.registry.registry.open_registry", raises)
    result = case.run("show", SITE, code=code)
    assert result.stderr == "place:  there\nreason: because\nmend:   do this\n"


def test_no_registry(case, tmp_path):
    fails(
        case, "show", SITE, "--registry", tmp_path / "nowhere", code=2,
        says="there is no registry here", place=str(tmp_path / "nowhere"),
    )  # fmt: skip


def test_unknown_entity_and_claim(case):
    fails(case, "show", "site:nowhere", code=3, says="there is no site:nowhere")
    fails(case, "show", "ab" * 32, code=3, says="there is no claim")
    fails(case, "show", "xyz", code=2, says="names no claim")
    fails(case, "withdraw", "ab" * 32, "--why", "x", code=3, says="there is no claim")
    fails(case, "withdraw", case.claims["copy"], "--why", " ", code=2, says="no reason")


def test_erasure_asks_first(case):
    fails(
        case, "erase", case.claims["copy"], "--why", "x", code=2, says="cannot be undone",
        place=f"claim:{case.claims['copy']}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"habeas: coding-sheet/1\nentries:\n  - source: \xff\xfe\n", "UTF-8"),
        (b"habeas: coding-sheet/1\nhabeas: coding-sheet/1\n", ""),
        (b"not a sheet\n", "no coding sheet"),
        (b"", ""),
    ],
)
def test_bad_sheets(case, tmp_path, content, says):
    sheet = tmp_path / "sheet.yaml"
    sheet.write_bytes(content)
    for command in ("record", "conclude"):
        fails(case, command, sheet, code=2, says=says)


def test_missing_sheet(case, tmp_path):
    fails(
        case, "record", tmp_path / "none.yaml", code=2, says="", place=str(tmp_path / "none.yaml")
    )


def test_bad_evidence(case, tmp_path):
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    fails(case, "keep", empty, "--source", "source:report", code=2, says="empty")
    fails(case, "keep", tmp_path / "none", "--source", "source:report", code=3, says="")
    empty.write_bytes(b"%PDF")
    fails(case, "keep", empty, "--source", "source:nobody", code=3, says="source:nobody")
    fails(
        case, "keep", empty, "--source", "source:report", "--time", "yesterday", code=2,
        says="not a time",
    )  # fmt: skip


def impatient(monkeypatch) -> None:
    """Wait for another process a moment only, not seconds."""
    from habeas.registry import sqlite as driver

    begin = driver.SqliteStore.begin

    def begin_at_once(self):
        self._db.execute("PRAGMA busy_timeout=20")
        begin(self)

    monkeypatch.setattr(driver.SqliteStore, "begin", begin_at_once)


def test_two_processes_at_once(case, monkeypatch):
    impatient(monkeypatch)
    with sqlite3.connect(case.path / "registry.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        result = case.run("withdraw", case.claims["copy"], "--why", "x", code=6)
        other.execute("ROLLBACK")
    assert "another process is writing" in result.stderr
    case.run("withdraw", case.claims["copy"], "--why", "x")


def test_full_disk(case, monkeypatch):
    before = state(case.path)
    limit = "PRAGMA max_page_count=1"
    from habeas.registry import sqlite as driver

    begin = driver.SqliteStore.begin

    def begin_on_a_full_disk(self):
        self._db.execute(limit)
        begin(self)

    monkeypatch.setattr(driver.SqliteStore, "begin", begin_on_a_full_disk)
    big = "x" * 20_000
    result = case.run("withdraw", case.claims["copy"], "--why", big, code=7)
    assert "full" in result.stderr
    assert str(case.path) in result.stderr
    assert state(case.path) == before


def test_export_never_overwrites_and_leaves_nothing_behind(case, tmp_path, monkeypatch):
    out = tmp_path / "out.csv"
    out.write_text("mine")
    fails(
        case, "export", "--format", "csv", "--out", out, code=2, says="not overwritten",
        place=str(out),
    )  # fmt: skip
    assert out.read_text() == "mine"

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = case.run("export", "--format", "csv", "--out", tmp_path / "b.csv", code=7)
    assert "No space left on device" in result.stderr
    assert sorted(p.name for p in tmp_path.glob("*.*")) == ["out.csv"]


def test_usage_errors_are_json_too(case):
    result = case.run("show", "--clearance", "secret", SITE, "--json", code=2)
    assert "secret" in json.loads(result.stdout)["error"]["reason"]
    result = case.run("shwo", "--json", code=2)
    assert json.loads(result.stdout)["error"]["exit_code"] == 2
    assert "No such command" in case.run("shwo", code=2).stderr


def test_shared_options_may_stand_first(case, tmp_path):
    fails(case, "--registry", tmp_path / "nowhere", "show", SITE, code=2, says="no registry here")
    assert json.loads(case.run("--json", "log").stdout)["size"] > 0
