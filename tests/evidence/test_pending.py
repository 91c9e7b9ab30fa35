"""The queue of what waits for a timestamp."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.errors import IntegrityError, StorageError
from habeas.evidence import pending as module
from habeas.evidence.pending import PendingTimestamps


@pytest.fixture
def queue(tmp_path: Path) -> PendingTimestamps:
    return PendingTimestamps(tmp_path / "pending")


def test_what_is_added_waits_until_removed(queue: PendingTimestamps) -> None:
    assert list(queue) == []
    names = [queue.add(data) for data in (b"one", b"two", b"one")]
    assert names[0] == names[2] == hashlib.sha256(b"one").hexdigest()
    assert set(queue) == set(names)
    assert len(queue) == 2
    assert queue.read(names[0]) == b"one"
    queue.remove(names[0])
    queue.remove(names[0])
    assert list(queue) == [names[1]]


def test_oldest_first(queue: PendingTimestamps) -> None:
    late, early = queue.add(b"late"), queue.add(b"early")
    os.utime(queue.folder / early, (1, 1))
    assert list(queue) == [early, late]


@given(st.lists(st.tuples(st.booleans(), st.binary(min_size=1, max_size=2)), max_size=20))
def test_the_queue_is_a_set(tmp_path_factory, steps) -> None:
    queue = PendingTimestamps(tmp_path_factory.mktemp("law") / "pending")
    model: set[str] = set()
    for adding, data in steps:
        name = hashlib.sha256(data).hexdigest()
        if adding:
            assert queue.add(data) == name
            model.add(name)
        else:
            queue.remove(name)
            model.discard(name)
    assert set(queue) == model


def test_a_changed_file_is_reported_not_sent(queue: PendingTimestamps) -> None:
    name = queue.add(b"checkpoint")
    (queue.folder / name).write_bytes(b"another")
    with pytest.raises(IntegrityError, match="not what its name says"):
        queue.read(name)


def test_mutant_a_queue_that_trusts_names_gives_the_changed_bytes(queue, monkeypatch) -> None:
    name = queue.add(b"checkpoint")
    (queue.folder / name).write_bytes(b"another")
    honest = hashlib.sha256(b"checkpoint")
    monkeypatch.setattr(module.hashlib, "sha256", lambda _: honest)
    assert queue.read(name) == b"another"


def test_a_missing_one_and_a_strange_name(queue: PendingTimestamps) -> None:
    with pytest.raises(IntegrityError, match="cannot be read"):
        queue.read("0" * 64)
    with pytest.raises(IntegrityError, match="not a SHA-256"):
        queue.read("../../etc/passwd")


def test_leftovers_and_strangers_do_not_wait(queue: PendingTimestamps) -> None:
    name = queue.add(b"x")
    (queue.folder / f"{name}.part").write_bytes(b"half")
    (queue.folder / "notes.txt").write_bytes(b"half")
    assert list(queue) == [name]


def test_a_disk_that_refuses(queue: PendingTimestamps, tmp_path: Path) -> None:
    queue.folder.write_bytes(b"a file stands where the folder should")
    with pytest.raises(StorageError, match="refused the queue"):
        queue.add(b"x")
    assert queue.folder.read_bytes()
