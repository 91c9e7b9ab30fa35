"""The program itself, in processes of its own, from an empty folder to a file for others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SHEET = Path(__file__).parent / "invented.yaml"
PROGRAM = [sys.executable, "-m", "habeas"]


class Habeas:
    """The program on one registry."""

    def __init__(self, registry: Path) -> None:
        self.registry = registry
        clean = {k: v for k, v in os.environ.items() if not k.startswith("HABEAS")}
        self.env = {**clean, "HABEAS_REGISTRY": str(registry), "COLUMNS": "100"}

    def __call__(self, *args: object, code: int = 0) -> str:
        done = subprocess.run(
            [*PROGRAM, *map(str, args)], env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, (args, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout or done.stderr

    def json(self, *args: object, code: int = 0):
        return json.loads(self(*args, "--json", code=code))


@pytest.fixture
def habeas(tmp_path: Path) -> Habeas:
    program = Habeas(tmp_path / "registry")
    program("init", program.registry, "--organisation", "Invented archive", "--no-passphrase")
    return program


def test_from_nothing_to_an_export(habeas, tmp_path):
    before = habeas.json("record", "--check", SHEET)
    assert before["recorded"] == 0
    recorded = habeas.json("record", SHEET)
    assert recorded["recorded"] == recorded["read"] == before["read"]
    claim = recorded["digests"]["twelve"][0]

    assert "Invented hill" in habeas("show", "site:invented-hill")
    assert "cannot both hold" in habeas("contradictions")
    assert "--why" in habeas("withdraw", claim[:12], code=2)
    habeas("withdraw", claim[:12], "--why", "misread")
    assert "no source contradicts another" in habeas("contradictions")
    assert "WITHDRAWN" in habeas("show", "site:invented-hill")

    habeas("erase", claim, "--why", "asked to", "--yes")
    assert habeas.json("show", claim, code=3)["error"]["kind"] == "NotFoundError"
    assert habeas.json("verify")["passed"] is True
    shown = habeas("show", "site:invented-hill")
    assert habeas.json("rebuild")["claims"] > 0
    assert habeas("show", "site:invented-hill") == shown
    assert "Everything is as it was signed" in habeas("verify", habeas.registry)

    lines = [json.loads(line) for line in habeas("export", "--format", "jsonl").splitlines()]
    assert claim not in {line["digest"] for line in lines}
    assert {line["claim"]["subject"] for line in lines} >= {"site:invented-hill"}
    told = habeas.json("export", "--format", "csv", "--out", tmp_path / "claims.csv")
    assert told["bytes"] == (tmp_path / "claims.csv").stat().st_size


def test_what_was_erased_is_nowhere_in_the_folder(habeas):
    words = b"a dozen, says the carter"

    def holding() -> list[str]:
        files = (file for file in habeas.registry.rglob("*") if file.is_file())
        return [file.name for file in files if words in file.read_bytes()]

    recorded = habeas.json("record", SHEET)
    assert holding()
    habeas("erase", recorded["digests"]["twelve"][0], "--why", "asked to", "--yes")
    assert holding() == []


def test_verify_fails_when_a_byte_changed(habeas):
    import sqlite3

    habeas("record", SHEET)
    with sqlite3.connect(habeas.registry / "registry.sqlite") as database:
        database.execute(
            "UPDATE opening SET bytes = CAST(replace(CAST(bytes AS TEXT), 'Invented hill',"
            " 'Invented HILL') AS BLOB)"
        )
    report = habeas.json("verify", code=4)
    assert report["passed"] is False
    assert [check["name"] for check in report["checks"] if not check["passed"]][:1] == ["claims"]
    assert "not as it was signed" in habeas("verify", code=4)


def test_evidence_and_custody(habeas, tmp_path):
    habeas("record", SHEET)
    file = tmp_path / "letter.txt"
    file.write_text("An invented letter.\n", encoding="utf-8")
    kept = habeas.json("keep", file, "--source", "source:invented-letter")
    item = f"item:{kept['item']['sha256']}"
    habeas("custody", "add", item, "--act", "transferred", "--to", "org:invented-court",
           "--from", "org:invented-archive", "--condition", "sealed")  # fmt: skip
    chain = habeas.json("custody", "show", item)
    assert [event["act"] for event in chain["events"]] == ["collected", "transferred"]
    assert chain["whole"] is True
    habeas("custody", "add", item, "--act", "transferred", "--to", "org:invented-archive",
           "--from", "org:somebody-else")  # fmt: skip
    assert habeas.json("custody", "show", item)["whole"] is False
    assert "the item was last with org:invented-court" in " ".join(
        habeas("custody", "show", item).split()
    )
    assert "text/plain" in habeas("show", item)


def shown_claims(program: Habeas) -> set[str]:
    groups = program.json("show", "site:invented-hill", "--clearance", "partners")["groups"]
    return {statement["claim"] for group in groups for statement in group["statements"]}


def test_backup_restore_and_the_checkpoint_kept_elsewhere(habeas, tmp_path):
    habeas("backup", tmp_path / "archive", tmp_path / "salts")
    habeas("record", SHEET)
    kept = tmp_path / "kept"
    kept.write_text(habeas("log", "--checkpoint"), encoding="utf-8")
    habeas("verify", "--against", kept)

    again = Habeas(tmp_path / "again")
    made = again.json("restore", tmp_path / "archive", tmp_path / "salts", again.registry)
    assert made["proven"] is True
    assert again.json("verify")["passed"] is True
    report = again.json("verify", "--against", kept, code=4)
    assert report["against"]["verdict"] == "behind"
    assert "entries were signed, only" in again("verify", "--against", kept, code=4)


def test_two_organisations_exchange_and_witness(habeas, tmp_path):
    habeas("record", SHEET)
    other = Habeas(tmp_path / "other")
    other("init", other.registry, "--organisation", "Invented partner", "--no-passphrase")
    bundle = tmp_path / "bundle"
    habeas("bundle", "export", bundle, "--clearance", "partners")
    refused = other("bundle", "import", bundle, code=4)
    assert "not known here" in refused
    trust = habeas.json("log")["fingerprint"]
    assert other.json("bundle", "import", bundle, "--trust", trust, "--dry-run")["dry_run"] is True
    assert other.json("bundle", "import", bundle, "--trust", trust)["claims"] > 0
    assert other.json("bundle", "import", bundle)["changed"] is False
    assert shown_claims(other) == shown_claims(habeas)

    checkpoint, signed = tmp_path / "checkpoint", tmp_path / "signed"
    checkpoint.write_text(habeas("log", "--checkpoint"), encoding="utf-8")
    other("witness", checkpoint, "--out", signed)
    assert len(signed.read_text().splitlines()) == len(checkpoint.read_text().splitlines()) + 1
    habeas("witness", signed)
    lines = signed.read_text().splitlines()
    assert sorted(habeas("log", "--checkpoint").splitlines()) == sorted(lines)
    assert habeas.json("verify")["passed"] is True


def test_stamps_wait_without_an_authority(habeas):
    assert len(habeas.json("stamp")["pending"]) == 1
    assert habeas.json("stamp", "--pending")["pending"] == habeas.json("stamp")["pending"]
    told = habeas.json("stamp", "--authority", "http://127.0.0.1:9/", code=8)
    assert told["stamped"][0]["problem"]
    assert len(told["pending"]) == 1


def test_stamps_of_an_authority(habeas, timestamp_authority):
    told = habeas.json("stamp", "--authority", timestamp_authority.url)
    assert told["pending"] == []
    assert told["stamped"][0]["time"]
    assert habeas.json("verify")["passed"] is True


def test_a_closed_pipe_is_no_fault(habeas):
    habeas("record", SHEET)
    command = f"{sys.executable} -m habeas export --format jsonl | head -c 10 > /dev/null"
    done = subprocess.run(
        ["sh", "-c", command], env=habeas.env, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""


def test_a_fault_of_our_own_is_told_without_a_traceback(habeas):
    code = (
        "import habeas.cli.opening as o, habeas.cli.main as m\n"
        "def broken(*a): raise ZeroDivisionError('oh')\n"
        "o.opened = broken\n"
        "m.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "log"],
        env=habeas.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "a fault of Habeas itself (ZeroDivisionError: oh)" in done.stderr


def test_stopping_it_is_tidy(habeas):
    code = (
        "import habeas.cli.opening as o, habeas.cli.main as m\n"
        "def stopped(*a): raise KeyboardInterrupt\n"
        "o.opened = stopped\n"
        "m.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "log"],
        env=habeas.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr == "\nstopped; nothing was recorded by halves\n"


def test_the_help_loads_nothing_heavy():
    code = (
        "import sys\n"
        "from habeas.cli.main import app\n"
        "from typer.main import get_command\n"
        "get_command(app)(['--help'], standalone_mode=False)\n"
        "heavy = {'rich', 'msgspec', 'yaml', 'cryptography', 'sqlite3', 'shapely', 'PIL'}\n"
        "print(*sorted(heavy & set(sys.modules)), end='', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "contradictions" in done.stdout


def test_the_version():
    import habeas

    done = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, check=False)
    assert done.stdout == f"habeas {habeas.__version__}\n"


def test_a_dossier_that_verifies_itself(habeas, tmp_path):
    habeas("record", SHEET)
    for lang in ("en", "fa"):
        made = habeas.json(
            "dossier", "site:invented-hill", "--out", tmp_path / lang, "--lang", lang
        )
        assert (made["clearance"], made["lang"]) == ("public", lang)
        assert Path(made["page"]).is_file()
        done = subprocess.run(
            ["sh", tmp_path / lang / "verify.sh"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    page = tmp_path / "en" / "index.html"
    page.write_bytes(page.read_bytes().replace(b"Invented hill", b"Invented HILL", 1))
    done = subprocess.run(
        ["sh", tmp_path / "en" / "verify.sh"], capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert habeas.json("dossier", "site:nowhere", "--out", tmp_path / "x", code=3)["error"]["mend"]
    assert not (tmp_path / "x").exists()
