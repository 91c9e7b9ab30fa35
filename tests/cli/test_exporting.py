"""`habeas export`: every format whole or not at all, and tables that come back."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from typing import get_args

import openpyxl
import pyogrio
import pytest

from habeas.cli.exporting import FORMS, Form, Format
from habeas.registry.registry import create_registry, open_registry

SECRET = "nightingale"
BINARY = [name for name, form in FORMS.items() if form.kind != "text"]


def test_every_format_has_one_line():
    assert set(FORMS) == set(get_args(Format))


@pytest.mark.parametrize("format_", sorted(FORMS))
def test_each_format_is_written_at_a_clearance(case, tmp_path, format_):
    for clearance in ("public", "sealed"):
        out = tmp_path / f"{clearance}.{format_}"
        told = json.loads(
            case.run(
                "export", "--format", format_, "--out", out, "--clearance", clearance, "--json"
            ).stdout
        )
        assert (told["format"], told["clearance"]) == (format_, clearance)
        files = [path for path in (out, *out.rglob("*")) if path.is_file()]
        data = b"".join(path.read_bytes() for path in files)
        assert told["bytes"] == len(data)
        if format_ == "xlsx":
            with zipfile.ZipFile(out) as archive:
                data = b"".join(archive.read(name) for name in archive.namelist())
        if clearance == "public" or format_ in ("csv", "xlsx", "jsonl", "ro-crate"):
            assert (SECRET.encode() in data) is (clearance == "sealed")
    assert [path.name for path in tmp_path.glob(".*.part")] == []


@pytest.mark.parametrize("format_", BINARY)
def test_what_is_no_text_needs_a_file(case, format_):
    result = case.run("export", "--format", format_, code=2)
    assert "--out" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("format_", BINARY)
def test_never_over_another_file_and_never_half(case, tmp_path, monkeypatch, format_):
    out = tmp_path / "out"
    out.write_text("mine")
    case.run("export", "--format", format_, "--out", out, code=2)
    assert out.read_text() == "mine"

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = case.run("export", "--format", format_, "--out", tmp_path / "b", code=7)
    assert "No space left on device" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", *_registries(tmp_path)]


def _registries(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if (path / "habeas.toml").exists())


def test_a_writer_that_fails_midway_leaves_nothing(case, tmp_path, monkeypatch):
    def half(view, path, **_):
        path.write_bytes(b"half")
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr("habeas.exchange.geopackage.write_geopackage", half)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises((sqlite3.OperationalError, AssertionError)):
        case.run("export", "--format", "geopackage", "--out", tmp_path / "a", code=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_map_in_persian(case, tmp_path):
    out = tmp_path / "sites.gpkg"
    case.run("export", "--format", "geopackage", "--out", out, "--clearance", "team",
             "--lang", "fa")  # fmt: skip
    meta, _, _, columns = pyogrio.raw.read(out, layer="points")
    row = {name: column[0] for name, column in zip(meta["fields"], columns, strict=True)}
    assert (row["label"], row["kind"], row["uncertainty_m"]) == ("دشت ساختگی", "approximate", 500)
    assert pyogrio.read_info(out, layer="uncertainty")["features"] == 1


class Lossy:
    """A text format that cannot carry everything."""

    def __init__(self, view, **_):
        self.left = 0
        self.lines = self._lines(view)

    def _lines(self, view):
        for shown in view.stream():
            self.left += 1
            yield shown.claim.predicate + "\n"

    def dropped(self):
        return (f"locator of {self.left} claims",)


def test_what_a_format_drops_is_told(case, tmp_path, monkeypatch):
    monkeypatch.setattr("habeas.exchange.jsonl.lossy", Lossy, raising=False)
    monkeypatch.setitem(FORMS, "jsonl", Form("habeas.exchange.jsonl:lossy", "text"))
    result = case.run("export", "--format", "jsonl")
    count = len(result.stdout.splitlines())
    assert f"warning: locator of {count} claims" in result.stderr
    told = json.loads(
        case.run("export", "--format", "jsonl", "--out", tmp_path / "a", "--json").stdout
    )
    assert told["dropped"] == [f"locator of {count} claims"]


def test_a_folder_is_written_from_the_registry(case, tmp_path, monkeypatch):
    def write(registry, out, *, clearance):
        out.mkdir()
        (out / "a").write_text(f"{registry.organisation} {clearance}")

    monkeypatch.setattr("habeas.exchange.jsonl.folder", write, raising=False)
    form = Form("habeas.exchange.jsonl:folder", "folder", ("clearance",))
    monkeypatch.setitem(FORMS, "jsonl", form)
    out = tmp_path / "folder"
    told = json.loads(case.run("export", "--format", "jsonl", "--out", out, "--json").stdout)
    assert (out / "a").read_text() == "org:invented-archive public"
    assert told["bytes"] == 27
    case.run("export", "--format", "jsonl", code=2)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_table_comes_back(case, tmp_path, format_):
    table = tmp_path / f"claims.{format_}"
    case.run("export", "--format", format_, "--out", table, "--clearance", "sealed", "--lang", "fa")
    if format_ == "xlsx":
        assert openpyxl.load_workbook(table).active.sheet_view.rightToLeft
    other = tmp_path / "other"
    create_registry(other, organisation="Another invented archive").close()
    told = json.loads(case.run("import", table, "--yes", "--json", "--registry", other).stdout)
    totals = told["totals"]
    assert totals["read"] == totals["recorded"] + totals["held"] + totals["rejected"]
    assert (totals["held"], totals["rejected"]) == (0, 0)
    with open_registry(case.path) as first, open_registry(other) as second:
        for view in (first.view("public"), second.view("public")):
            assert not any(SECRET in repr(shown.claim) for shown in view.stream())
        here = {repr(s.claim) for s in first.view("sealed").stream() if not s.claim.rests_on}
        there = {repr(s.claim) for s in second.view("sealed").stream()}
    assert {one for one in here - there if "claim:" not in one} == set()


@pytest.mark.parametrize("format_", get_args(Format))
def test_what_is_not_public_is_for_its_owner_alone(case, tmp_path, format_):
    for clearance, others in (("public", True), ("team", False)):
        out = tmp_path / clearance
        case.run("export", "--format", format_, "--out", out, "--clearance", clearance)
        assert bool(out.stat().st_mode & 0o044) == others
