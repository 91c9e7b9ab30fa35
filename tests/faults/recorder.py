"""A process that records batches and says so after each; made to be killed.

    recorder.py FOLDER BATCHES LABEL [MUTANT]

One JSON line for each batch, written when the `recording` block has ended: its digests and the
checkpoint. A mutant breaks one promise, so that the tests can be seen to notice.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path

from habeas.claims.claim import Claim
from habeas.claims.values import Name
from habeas.errors import BusyError, HabeasError
from habeas.registry import sqlite
from habeas.registry.appending import note_of
from habeas.registry.registry import Registry, open_registry

PER_BATCH = 3


def say(**line: object) -> None:
    """One line in one write: half a line was never said."""
    os.write(1, (json.dumps(line) + "\n").encode())


def batch(registry: Registry, label: str, **more: object) -> None:
    with registry.recording() as recording:
        digests = recording.entry(
            [
                Claim(
                    subject=f"person:{label}-{number}",
                    predicate="name",
                    value=Name(text=f"Invented {label} {number}"),
                    source="source:invented-list",
                    sensitivity="team",
                )
                for number in range(PER_BATCH)
            ]
        )
    acknowledge(registry, digests, **more)


def acknowledge(registry: Registry, digests: tuple[str, ...], **more: object) -> None:
    last = registry.store.checkpoints(registry.log.id)[-1]
    say(digests=digests, note=note_of(last).decode(), size=last.size, **more)


def die_before_commit(store: sqlite.SqliteStore) -> None:
    """Not a mutant: killed after signing, before the batch is durable."""
    os.kill(os.getpid(), signal.SIGKILL)


def tell_before_commit(store: sqlite.SqliteStore) -> None:
    """Mutant: the batch is acknowledged, then the process is killed, then it would commit."""
    (log,) = [log for log in store.logs() if log.own]
    last = store.checkpoints(log.id)[-1]
    newest = list(store.openings())[-PER_BATCH:]
    say(digests=[row.digest.hex() for row in newest], note=note_of(last).decode(), size=last.size)
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: str, batches: str, label: str, mutant: str = "") -> int:
    if mutant == "die-before-commit":
        sqlite.SqliteStore.commit = die_before_commit
    if mutant == "tell-before-commit":
        sqlite.SqliteStore.commit = tell_before_commit
    if mutant == "no-sync":
        sqlite.SETTINGS = sqlite.SETTINGS.replace("synchronous=FULL", "synchronous=OFF")
    try:
        with open_registry(Path(folder)) as registry:
            say(opened=True)
            if mutant.startswith("limit-"):
                record_with_little_room(registry, int(batches), label, mutant)
            else:
                record_all(registry, int(batches), label, mutant)
    except HabeasError as error:
        return refused(error)
    return 0


def refused(error: HabeasError) -> int:
    say(error=type(error).__name__, place=error.place, reason=error.reason, mend=error.mend)
    return error.exit_code


def record_all(registry: Registry, batches: int, label: str, mutant: str) -> None:
    done = 0
    while done < batches:
        try:
            batch(registry, f"{label}-{done}")
        except BusyError:
            say(busy=True)
            continue
        done += 1
        if mutant == "die-after-acknowledging":
            os.kill(os.getpid(), signal.SIGKILL)


def record_with_little_room(registry: Registry, batches: int, label: str, mutant: str) -> None:
    """No file may grow beyond a limit (SIGXFSZ is ignored by Python); lifted after the error."""
    _, limit, *ignored = mutant.split("-")
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), hard))
    try:
        record_all(registry, batches, label, mutant)
    except HabeasError as error:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        refused(error)
        if ignored:  # mutant: what the disk refused is acknowledged
            acknowledge(registry, ("00" * 32,))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    batch(registry, f"{label}-again", again=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
