"""Registries to be broken, processes to be killed, and what must be true afterwards."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from habeas.claims.claim import Claim
from habeas.claims.values import Name
from habeas.errors import HabeasError, IntegrityError, StorageError
from habeas.ledger.checkpoint import open_checkpoint
from habeas.ledger.cosignature import open_verifier
from habeas.registry.appending import note_of
from habeas.registry.changing import withdraw
from habeas.registry.comparing import Verdict, compare
from habeas.registry.registry import Registry, create_registry, open_registry
from habeas.registry.verification import verify

FULL = os.environ.get("HABEAS_FAULT_RUNS") == "full"
RECORDER = Path(__file__).with_name("recorder.py")
JOURNALS = ("registry.sqlite-wal", "registry.sqlite-shm")


def runs(default: int, full: int) -> int:
    """How often a fault is tried: a sample by default, all of it with HABEAS_FAULT_RUNS=full."""
    return full if FULL else default


def sample(found: Sequence[int], default: int) -> list[int]:
    """All of it when full, else so many, evenly spread, the first and the last among them."""
    if FULL or len(found) <= default:
        return list(found)
    step = (len(found) - 1) / (default - 1)
    return [found[round(step * number)] for number in range(default)]


def named(person: str, text: str, sensitivity: str = "team") -> Claim:
    return Claim(
        subject=f"person:{person}",
        predicate="name",
        value=Name(text=text),
        source="source:invented-list",
        sensitivity=sensitivity,
    )


def record(registry: Registry, *claims: Claim) -> tuple[str, ...]:
    with registry.recording() as recording:
        return recording.entry(claims)


def make(folder: Path, batches: int = 1, crowd: int = 0, **more) -> Path:
    """A registry with some claims, a withdrawal among them; closed."""
    with create_registry(folder, organisation="Invented Organisation", **more) as registry:
        for number in range(batches):
            first, *_ = record(
                registry,
                named(f"p{number}", f"Invented Person {number}", "public"),
                named(f"p{number}", f"Hidden Name {number}", "sealed"),
            )
            if number == 1:
                withdraw(registry, first, "an invented mistake")
        with registry.recording() as recording:
            for number in range(crowd):
                recording.entry([named(f"c{number}", f"Crowd {number} {name}") for name in "abcde"])
    return folder


def copied(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    return target


def note(registry: Registry) -> bytes:
    """The newest checkpoint, as it would be handed out."""
    return released(registry)[-1]


def released(registry: Registry) -> list[bytes]:
    return [note_of(row) for row in registry.store.checkpoints(registry.log.id)]


# Children: processes that record, and say what they have recorded.


def command(folder: Path, *words: object) -> list[str]:
    return [sys.executable, str(RECORDER), str(folder), *map(str, words)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


class Said:
    """What a child said before it ended or was killed. Half a line was never said."""

    def __init__(self, out: str, err: str, code: int) -> None:
        lines = [json.loads(line) for line in out.split("\n")[:-1]]
        self.acknowledged = [line for line in lines if "digests" in line]
        self.errors = [line for line in lines if "error" in line]
        self.busy = sum("busy" in line for line in lines)
        self.lines, self.err, self.code = lines, err, code

    @property
    def notes(self) -> list[bytes]:
        return [line["note"].encode() for line in self.acknowledged]


def run(words: Sequence[str]) -> Said:
    """Run a child to its end, be it a bitter one."""
    done = subprocess.run(
        words, capture_output=True, text=True, env=environment(), timeout=120, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Said(done.stdout, done.stderr, done.returncode)


# strace: a fault at the N-th system call.

WRITING = "write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat"


def strace_works() -> bool:
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-e", "inject=write:signal=KILL:when=1", "echo"],
        capture_output=True,
        check=False,
    )
    return tried.returncode != 0 and b"SIGKILL" in tried.stderr


needs_strace = pytest.mark.skipif(
    not strace_works(),
    reason="NOT TESTED: strace is missing or may not trace here (apt-get install strace); "
    "faults at each system call were not injected",
)


def strace(folder: Path, inject: str, trace: str, words: Sequence[str], log: Path) -> Said:
    """A child under strace; only calls on the registry's own files count and are hit."""
    on = [f"-P{folder / name}" for name in ("registry.sqlite", *JOURNALS)]
    told = [f"-einject={inject}"] if inject else []
    return run(["strace", "-f", "-qq", "-y", f"-o{log}", f"-etrace={trace}", *told, *on, *words])


# What must be true afterwards.


def check_one_root_a_size(notes: Iterable[bytes], vkeys: str) -> None:
    """No two released checkpoints of one size with different roots."""
    verifiers = [open_verifier(vkey) for vkey in vkeys.splitlines()]
    roots: dict[int, bytes] = {}
    for signed in notes:
        checkpoint = open_checkpoint(signed, verifiers).checkpoint
        first = roots.setdefault(checkpoint.size, checkpoint.root)
        assert first == checkpoint.root, f"two roots were released for size {checkpoint.size}"


def check_verified(registry: Registry) -> None:
    problems = [problem for check in verify(registry).checks for problem in check.problems]
    assert not problems, problems


def check_survived(folder: Path, acknowledged: Sequence[dict]) -> None:
    """Everything acknowledged is there, in one history, and recording goes on."""
    with open_registry(folder) as registry:
        check_verified(registry)
        for line in acknowledged:
            for digest in line["digests"]:
                assert registry.store.opening(bytes.fromhex(digest)), f"acknowledged, lost: {line}"
            against = compare(registry, line["note"].encode())
            assert against.verdict is Verdict.FINE, against.describe()
        record(registry, named("afterwards", "Recorded Afterwards"))
        positions = [row.position for row in registry.store.entries(registry.log.id)]
        assert positions == list(range(len(positions)))
        notes = [line["note"].encode() for line in acknowledged] + released(registry)
        check_one_root_a_size(notes, registry.log.vkeys)
        check_verified(registry)


def rows(database: Path) -> dict[str, list]:
    """Everything that can be read in all tables, those of the views and the search included."""
    db = sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True)
    try:
        names = [
            name
            for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type='table'")
            if name != "search"  # contentless; its own tables (search_data...) are read
        ]
        return {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for name in names}
    finally:
        db.close()


@contextmanager
def tmpfs(folder: Path, options: str) -> Iterator[Path]:
    """A small disk of its own; the test is skipped where nobody may mount."""
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    with mounted(words, folder):
        yield folder


@contextmanager
def mounted(words: Sequence[str], folder: Path) -> Iterator[None]:
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        refusal = done.stderr if done.returncode else ""
    except OSError as error:
        refusal = str(error)
    if refusal:
        pytest.skip(f"NOT TESTED: mounting is not allowed here ({refusal.strip()})")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def judge(folder: Path) -> str:
    """Open and verify what may be damaged: "passed", "failed", or the kind of the refusal.

    Any other exception than a `HabeasError` ends the test: damage is told in words.
    """
    refusal: HabeasError
    try:
        with open_registry(folder) as registry:
            report = verify(registry)
    except (IntegrityError, StorageError) as error:
        refusal = error
    else:
        return "passed" if report.passed else "failed"
    assert refusal.reason
    assert refusal.place
    return type(refusal).__name__
