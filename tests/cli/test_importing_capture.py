"""`habeas import` of a web capture, as a user goes through it. Nothing in it exists."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "exchange"))
import web_captures as web


@pytest.fixture(autouse=True)
def wide_screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


def size(case) -> int:
    return json.loads(case.run("log", "--json").stdout)["size"]


def test_a_capture_is_told_then_kept_then_known_then_undone(case, tmp_path):
    path = str(web.write_wacz(tmp_path / "a.wacz"))
    before = size(case)
    said = case.run("import", path, "--source", "source:report")
    assert "1 files in = 1 to keep + 0 held back + 0 rejected" in said.stdout
    assert "Nothing is recorded yet" in said.stdout
    assert size(case) == before
    made = json.loads(
        case.run("import", path, "--source", "source:report", "--yes", "--json").stdout
    )
    assert (made["recorded"], made["kept"], made["already"]) == (True, 1, 0)
    after = size(case)
    again = case.run("import", path, "--source", "source:report", "--yes")
    assert "Nothing new" in again.stdout
    assert size(case) == after
    undone = case.run("import", "--undo", made["run"], "--why", "invented reason")
    assert "claims of" in undone.stdout


def test_what_is_held_back_is_shown_with_its_reason(case, tmp_path):
    parts = {**web.files(), "pages/pages.jsonl": b"{}"}
    path = web.write_wacz(tmp_path / "a.wacz", parts, listed=web.package(web.files()))
    said = case.run("import", str(path), "--source", "source:report", "--yes")
    assert "pages/pages.jsonl is not what datapackage.json states" in said.stdout
    assert "1 files in = 0 to keep + 1 held back + 0 rejected" in said.stdout


def test_a_folder_that_is_no_capture_is_refused(case, tmp_path):
    said = case.run("import", str(tmp_path), "--source", "source:report", code=2)
    assert "no report of auto-archiver" in said.stderr


def test_a_capture_without_a_source_is_refused(case, tmp_path):
    path = web.write_wacz(tmp_path / "a.wacz")
    assert "which source" in case.run("import", str(path), code=2).stderr
