"""`habeas import`: the story of a list, as a user goes through it. Nobody in it exists."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = ROOT / "examples" / "lists" / "invented-list.csv"
SOURCE = "source:invented-list"


@pytest.fixture(autouse=True)
def wide_screen(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def listed(case, tmp_path):
    """The invented list in a folder of its own, and the command for it."""
    folder = tmp_path / "lists"
    folder.mkdir()
    path = Path(shutil.copy(LIST, folder))

    def run(*args, file=path, source=True, **more):
        named = ("--source", SOURCE) if source else ()
        given = () if file is None else (str(file),)
        return case.run("import", *given, *named, *args, **more)

    run.path = path
    run.case = case
    return run


def told(result) -> dict:
    return json.loads(result.stdout)


def size(case) -> int:
    return told(case.run("log", "--json"))["size"]


def totals(result) -> tuple[int, ...]:
    found = told(result)["totals"]
    return tuple(found[name] for name in ("read", "recorded", "already", "held", "rejected"))


def test_a_dry_run_tells_everything_and_records_nothing(listed):
    before = size(listed.case)
    said = listed("--calendar", "solar_hijri")
    for words in (
        "6 rows", "3 lines that are titles", "proposed now", "name (given)", "father_name", "died",
        "it is not told which number is the day", "rejected: the row has no name",
        "6 rows in = 4 to record + 1 held back + 1 rejected", "Nothing is recorded yet",
    ):  # fmt: skip
        assert words in said.stdout, words
    assert "Cyrillic and Latin letters in one word" in said.stderr
    assert f"knows nothing of {SOURCE}" in said.stderr
    assert size(listed.case) == before
    assert list(listed.path.parent.iterdir()) == [listed.path]


def test_calendars_are_named_with_hyphens_or_without(listed):
    first = told(listed("--calendar", "solar_hijri", "--json"))
    Path(first["mapping"]).unlink()
    assert told(listed("--calendar", "solar-hijri", "--json"))["totals"] == first["totals"]
    refused = listed("--calendar", "persian", code=2)
    assert "there is no calendar “persian”" in refused.stderr
    assert "solar_hijri" in refused.stderr


def test_one_is_told_in_the_singular(listed):
    path = listed.path.with_name("one.csv")
    path.write_text("An invented list,,\nName,Sex,Died\nAva Oblak,female,7/5/88\n", "utf-8")
    said = listed("--calendar", "gregorian", file=path)
    assert "1 line that is a title, a note or a total, and no row\n" in said.stdout
    assert "1 row cannot be recorded as it stands:" in said.stdout
    said = listed("--yes", file=path)
    assert "No row could be recorded as it stands, and nothing was." in said.stdout
    held = path.with_name("one.held.csv")
    held.write_text(held.read_text("utf-8").replace("7/5/88", "1988-05-07"), "utf-8")
    run = told(listed("--yes", "--json", file=held))["run"]
    undone = listed("--undo", run, "--why", "a trial", file=None, source=False)
    assert "3 claims of" in undone.stdout


def test_the_mapping_is_kept_for_its_owner_and_used_again(listed):
    first = told(listed("--calendar", "solar_hijri", "--json"))
    mapping = Path(first["mapping"])
    assert first["mapping_is_new"]
    assert mapping.name == "invented-list.toml"
    assert (mapping.stat().st_mode & 0o777, mapping.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("died", "born"), "utf-8")
    again = told(listed("--json"))
    assert not again["mapping_is_new"]
    assert ["born"] in [column["predicates"] for column in again["tables"][0]["columns"]]


def test_nothing_is_recorded_by_a_mapping_that_nobody_saw(listed):
    before = size(listed.case)
    said = listed("--yes", code=2)
    assert "nobody has seen" in said.stderr
    assert size(listed.case) == before


def test_the_whole_story(listed):
    listed("--calendar", "solar_hijri")
    done = listed("--yes", "--json")
    assert totals(done) == (6, 4, 0, 1, 1)
    run, held = told(done)["run"], Path(told(done)["held_file"])
    assert held.name == "invented-list.held.csv"
    before = size(listed.case)
    assert totals(listed("--yes", "--json")) == (6, 4, 4, 1, 1)
    assert size(listed.case) == before

    with held.open(encoding="utf-8-sig", newline="") as opened:
        head, *rows = csv.reader(opened)
    rows[0][head.index("تاریخ اعدام")] = "1367/5/7"
    rows[1][head.index("نام")] = "سپنتا"
    with held.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([head, *rows])
    assert totals(listed("--yes", "--json", file=held)) == (2, 2, 0, 0, 0)
    assert told(listed("--yes", "--json", file=held))["run"] is None

    found = told(listed.case.run("find", "Tara", "--clearance", "team", "--json"))
    assert "row 6" in json.dumps(found)

    undone = told(listed.case.run("import", "--undo", run, "--why", "wrong", "--json"))
    assert undone["withdrawn"] == told(done)["claims"]
    assert told(listed.case.run("import", "--undo", run, "--why", "wrong", "--json")) == {
        "run": run, "withdrawn": 0,
    }  # fmt: skip
    held.unlink()
    assert totals(listed("--yes", "--json")) == (6, 4, 0, 1, 1)
    assert listed.case.run("verify").exit_code == 0


def test_in_words_the_way_back_is_told(listed):
    listed("--calendar", "solar_hijri")
    said = listed("--yes").stdout
    assert "6 rows in = 4 recorded + 1 held back + 1 rejected" in said
    assert "habeas import --undo run:" in said
    assert "invented-list.held.csv" in said
    assert "Nothing new was found" in listed("--yes").stdout


def test_a_mapping_of_ones_own_names_its_source(listed, tmp_path):
    mapping = tmp_path / "own.toml"
    mapping.write_text(
        'format = "habeas-mapping/1"\nsource = "source:other"\n'
        '[[claim]]\npredicate = "name"\ncolumns = ["Name"]\n'
    )
    plan = told(listed("--mapping", str(mapping), "--json", source=False))
    assert (plan["source"], plan["totals"]["recorded"]) == ("source:other", 4)
    assert told(listed("--mapping", str(mapping), "--json"))["source"] == SOURCE
    listed("--mapping", str(mapping), "--yes", "--held", str(tmp_path / "h.csv"), source=False)
    again = told(listed("--source", "source:other", "--json", source=False))
    assert (again["mapping_is_new"], again["totals"]["already"]) == (False, 4)
    mapping.write_text(mapping.read_text().replace("Name", "Nome"))
    refused = listed("--mapping", str(mapping), code=2, source=False).stderr
    assert "own.toml:5" in refused


def test_held_rows_go_where_they_are_asked_for(listed, tmp_path):
    held = tmp_path / "to-mend.xlsx"
    listed("--calendar", "solar_hijri", "--held", str(held))
    assert held.stat().st_mode & 0o777 == 0o600
    assert told(listed("--json", file=held))["totals"]["read"] == 2
    assert "not overwritten" in listed("--yes", "--held", str(held), code=2).stderr


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "no list was given"),
        (("nowhere.csv", "--source", SOURCE), "no such file"),
        ((str(LIST),), "which source"),
        ((str(LIST), "--source", "invented"), "no id of a source"),
        ((str(LIST), "--undo", "run:x", "--why", "y"), "Give one of the two"),
        (("--undo", "run:x"), "no reason"),
        ((str(LIST), "--source", SOURCE, "--calendar", "persian"), "persian"),
        ((str(LIST), "--source", SOURCE, "--mapping", "nowhere.toml"), "no such file"),
        ((str(LIST), "--source", SOURCE, "--held", "x.doc"), ".xlsx"),
    ],
)
def test_what_cannot_be_meant_is_refused(case, args, words):
    assert words in case.run("import", *args, code=2).stderr


def test_an_unknown_run_is_not_found(case):
    case.run("import", "--undo", "run:nobody", "--why", "x", code=3)


def test_encoding_and_delimiter_can_be_named_and_are_remembered(case, tmp_path):
    path = tmp_path / "list.txt"
    path.write_bytes("نام;سن\nپرند;25\nشاهو;30\n".encode("cp1256"))
    args = ("--source", SOURCE, "--encoding", "cp1256", "--delimiter", ";")
    case.run("import", str(path), *args)
    run = told(case.run("import", str(path), *args, "--yes", "--json"))["run"]
    text = case.run("show", run, "--clearance", "sealed").stdout
    assert "encoding=cp1256" in text
    assert "delimiter=;" in text


def test_a_table_of_claims_comes_back_as_claims(case, tmp_path):
    out = tmp_path / "claims.csv"
    case.run("export", "--format", "csv", "--clearance", "sealed", "--out", str(out))
    said = told(case.run("import", str(out), "--json"))
    assert said["format"] == "habeas"
    assert said["totals"]["read"] == said["totals"]["already"] > 5
    assert "recorded before" in case.run("import", str(out)).stdout


def test_words_of_a_list_never_stand_in_errors(case, tmp_path):
    """The message of a refused mapping names columns, not people."""
    path = tmp_path / "list.csv"
    path.write_text("نام,سن\nسنگ‌زادهٔ ساختگی,25\n", "utf-8")
    mapping = tmp_path / "own.toml"
    mapping.write_text(
        'format = "habeas-mapping/1"\nsource = "source:other"\n'
        '[[claim]]\npredicate = "name"\ncolumns = ["nobody"]\n'
    )
    said = case.run("import", str(path), "--mapping", str(mapping), code=2)
    assert "سنگ" not in said.stderr + said.stdout


def readme_block(text: str) -> tuple[list[str], str]:
    """The command that the README shows on the invented list, and what stands under it."""
    block = text.partition("```text\n$ habeas import ")[2].partition("```")[0]
    command, _, output = block.partition("\n")
    return command.split(), output


def printed(text: str) -> str:
    """What a reader sees: without isolates, and without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in re.sub("[\u2066-\u2069]", "", text).splitlines())


def test_the_readme_shows_what_the_program_says(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from habeas.cli.main import app
    from habeas.registry.registry import create_registry

    create_registry(tmp_path / "my-registry", organisation="Our association").close()
    shutil.copytree(LIST.parent, tmp_path / "examples" / "lists")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("HABEAS_REGISTRY", "my-registry")
    command, output = readme_block((ROOT / "README.md").read_text("utf-8"))
    said = CliRunner().invoke(app, ["import", *command], catch_exceptions=False)
    assert printed(said.stdout) == printed(output)
