"""The passphrase: asked for, read from a file or the environment, never an argument."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from habeas.cli.main import app

SHEET = Path(__file__).parent / "invented.yaml"

PROGRAM = [sys.executable, "-c", "from habeas.cli.main import main; main()"]


def run(*args, env: dict[str, str] | None = None):
    return CliRunner(env=env or {}).invoke(app, [str(a) for a in args], catch_exceptions=False)


def init(folder: Path, *more: str, env=None):
    return run("init", folder, "--organisation", "Invented archive", *more, env=env)


@pytest.fixture(scope="module")
def protected(tmp_path_factory) -> Path:
    """A registry whose key is protected: making one takes seconds, on purpose."""
    folder = tmp_path_factory.mktemp("protected") / "r"
    made = init(folder, env={"HABEAS_PASSPHRASE": "eight invented words"})
    assert made.exit_code == 0
    assert "eight invented words" not in made.output
    return folder


def test_the_key_is_protected_and_opens_by_environment_and_by_file(protected, tmp_path):
    assert b"UNPROTECTED" not in next((protected / "keys").glob("*.key")).read_bytes()
    words = tmp_path / "words"
    words.write_text("eight invented words\n", encoding="utf-8")
    for name, more, env in (
        ("one", ["--passphrase-file", words], {}),
        ("two", [], {"HABEAS_PASSPHRASE": "eight invented words"}),
    ):
        shutil.copytree(protected, tmp_path / name)
        sheet = ("record", "--registry", tmp_path / name, SHEET)
        assert run(*sheet, *more, env=env).exit_code == 0


@pytest.mark.parametrize("how", ["wrong", "none", "missing file", "empty file", "no UTF-8"])
def test_without_the_right_one_nothing_is_recorded(protected, tmp_path, how):
    size = run("log", "--registry", protected, "--json").output
    file = tmp_path / "words"
    env, more, code = {}, ["--passphrase-file", file], 2
    if how == "wrong":
        env, more, code = {"HABEAS_PASSPHRASE": "wrong"}, [], 5
    if how == "none":
        more, code = [], 5
    if how == "empty file":
        file.write_bytes(b"\n")
    if how == "no UTF-8":
        file.write_bytes(b"\xff\xfe\n")
    result = run("record", "--registry", protected, SHEET, *more, env=env)
    assert result.exit_code == code
    assert "mend:" in result.stderr
    assert run("log", "--registry", protected, "--json").output == size


def test_without_a_passphrase_the_key_is_left_open_and_that_is_said_aloud(tmp_path):
    made = init(tmp_path / "r", "--no-passphrase")
    assert "whoever copies it can sign in your name" in made.stderr
    assert b"UNPROTECTED" in next((tmp_path / "r" / "keys").glob("*.key")).read_bytes()


def test_init_without_anybody_to_ask_makes_nothing(tmp_path):
    result = init(tmp_path / "r")
    assert result.exit_code == 5
    assert not (tmp_path / "r" / "habeas.toml").exists()


@pytest.mark.parametrize(("again", "code"), [("eight words", 0), ("other words", 2)])
def test_the_prompt_asks_twice_and_does_not_echo(tmp_path, again, code):
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if not k.startswith("HABEAS")}
    with subprocess.Popen(
        [*PROGRAM, "init", str(tmp_path / "r"), "--organisation", "Invented"],
        stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        said = read_until(ours, b"key: ")
        os.write(ours, b"eight words\n")
        said += read_until(ours, b"Again: ")
        os.write(ours, again.encode() + b"\n")
        said += read_rest(ours)
        assert process.wait(60) == code
    os.close(ours)
    assert b"words" not in said.replace(b"several words", b"")


def read_until(terminal: int, end: bytes) -> bytes:
    said = b""
    while end not in said:
        said += os.read(terminal, 1024)
    return said


def read_rest(terminal: int) -> bytes:
    said = b""
    while True:
        try:
            part = os.read(terminal, 1024)
        except OSError:
            return said
        if not part:
            return said
        said += part
