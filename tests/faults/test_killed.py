"""Faults 1 and 3: a process killed at any moment of an append, and between signing and commit."""

from __future__ import annotations

import random
import signal
import subprocess

import fault_parts
import pytest
from fault_parts import Said, check_survived, command, copied, environment, needs_strace, run, runs

from habeas.registry.registry import open_registry


def kill_points(folder, tmp_path, call: str) -> int:
    """How many such calls on the registry's files a child makes that records one batch."""
    log = tmp_path / "calls"
    said = fault_parts.strace(copied(folder, tmp_path / "tried"), "", call,
                              command(tmp_path / "tried", 1, "tried"), log)  # fmt: skip
    assert len(said.acknowledged) == 1
    return len(log.read_text().splitlines())


@needs_strace
def test_t01_killed_at_each_system_call(folder, tmp_path, record_property):
    """`signal=KILL` strikes before the call is done, so N runs over every state between calls."""
    calls = kill_points(folder, tmp_path, fault_parts.WRITING)
    assert calls > 20
    acknowledged = 0
    for when in fault_parts.sample(range(1, calls + 1), 14):
        here = copied(folder, tmp_path / f"at-{when}")
        said = fault_parts.strace(
            here, f"{fault_parts.WRITING}:signal=KILL:when={when}", fault_parts.WRITING,
            command(here, 1, "killed"), tmp_path / "log",
        )  # fmt: skip
        # random salts fill pages differently: a batch may need a few calls fewer than the first
        assert said.code != 0 or when > 0.8 * calls, f"call {when} of {calls} was not hit"
        acknowledged += len(said.acknowledged)
        without_journal(here, tmp_path / f"at-{when}-without")
        check_survived(here, said.acknowledged)
    assert acknowledged, "the calls after the acknowledgement were not reached"
    record_property("calls", calls)


def without_journal(here, there) -> None:
    """Fault 9 at the same moment: the write-ahead log goes too. Whole, or refused in words."""
    copied(here, there)
    for name in fault_parts.JOURNALS:
        (there / name).unlink(missing_ok=True)
    fault_parts.judge(there)


def test_t01_killed_at_random(folder, record_property):
    """The variant that needs nothing: SIGKILL at some moment, again and again on one registry."""
    chance = random.Random(1)
    acknowledged = []
    for number in range(runs(8, 60)):
        child = subprocess.Popen(
            command(folder, 10_000, f"r{number}"), stdout=subprocess.PIPE, text=True,
            env=environment(),
        )  # fmt: skip
        first = "".join(child.stdout.readline() for _ in range(1 + chance.randrange(4)))
        assert "opened" in first
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(timeout=chance.uniform(0.001, 0.03))
        child.kill()
        rest = child.stdout.read()
        child.stdout.close()
        assert child.wait() == -signal.SIGKILL
        acknowledged += Said(first + rest, "", 0).acknowledged
    check_survived(folder, acknowledged)
    assert acknowledged
    record_property("acknowledged", len(acknowledged))


def test_t01_mutant_acknowledged_before_commit(folder):
    """A recorder that speaks too early is caught by the check that the others pass."""
    said = run(command(folder, 1, "early", "tell-before-commit"))
    assert said.code == -signal.SIGKILL
    with pytest.raises(AssertionError, match="acknowledged, lost"):
        check_survived(folder, said.acknowledged)


def released_after_kills(folder, mutant: str) -> list[bytes]:
    """Every checkpoint that anybody could have seen, over kills between signing and commit."""
    notes = []
    for number in range(3):
        said = run(command(folder, 1, f"k{number}", mutant))
        assert said.code == -signal.SIGKILL
        notes += said.notes
        with open_registry(folder) as registry:
            notes += fault_parts.released(registry)
            fault_parts.check_verified(registry)
        notes += run(command(folder, 1, f"after{number}")).notes
    return notes


def test_t03_never_two_roots_for_one_size(folder):
    notes = released_after_kills(folder, "die-before-commit")
    with open_registry(folder) as registry:
        vkeys = registry.log.vkeys
        fault_parts.check_one_root_a_size(notes, vkeys)
    assert len(set(notes)) >= 4


def test_t03_mutant_checkpoint_released_before_commit(folder):
    """Handing a checkpoint out before it is durable does give two roots for one size."""
    notes = released_after_kills(folder, "tell-before-commit")
    with open_registry(folder) as registry:
        vkeys = registry.log.vkeys
    with pytest.raises(AssertionError, match="two roots"):
        fault_parts.check_one_root_a_size(notes, vkeys)
