"""The rows of a table made ready one after the other; those of a long list by other processes."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import cycle, islice
from typing import Final

from habeas.errors import HabeasError, StorageError
from habeas.exchange.lists.ready_row import ReadyRow, ready_row
from habeas.exchange.lists.row_reading import new_subjects
from habeas.exchange.lists.row_rules import RowRules
from habeas.exchange.lists.row_worker import Job
from habeas.exchange.tables.table import Row

ALONE: Final = 4_000
"""So many rows are read before other processes are worth their start."""

PART: Final = 250
"""Rows that are handed over at once."""

AHEAD: Final = 6
"""Parts that may be on their way."""

WORKERS: Final = min(2, os.cpu_count() or 1)
"""More would wait: this process, which writes, is then the slowest."""


def rows_ahead(rows: Iterator[Row], rules: RowRules, job: Job) -> Iterator[tuple[Row, ReadyRow]]:
    """Each row with what it says, in order.

    Args:
        rows: of the table that the rules were made for.
        rules: for the rows that are read here.
        job: for those that other processes read; it must say the same as the rules.

    Raises:
        InputError: the file cannot be read any further, or a claim cannot be written down.
        StorageError: another process came to an end by itself.
    """
    subjects = new_subjects(rules.subject)
    for row in islice(rows, ALONE):
        yield row, ready_row(row, rules, next(subjects), job.prepare, compared=job.compared)
    part = list(islice(rows, PART))
    if not part:
        return
    with ExitStack() as ends:
        workers = cycle([ends.enter_context(_Worker(job)) for _ in range(WORKERS)])
        waiting: deque[tuple[list[Row], _Worker]] = deque()
        while part or waiting:
            if part:
                worker = next(workers)
                worker.send(part)
                waiting.append((part, worker))
                part = list(islice(rows, PART))
            if len(waiting) >= AHEAD or not part:
                sent, worker = waiting.popleft()
                yield from zip(sent, worker.answer(), strict=True)


class _Worker:
    """Another process, and the thread that feeds it so that neither side waits for ever."""

    def __init__(self, job: Job) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "habeas.exchange.lists.row_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._outbox: deque[object] = deque([job])
        self._news = threading.Condition()
        self._closed = False
        self._feeder = threading.Thread(target=self._feed, daemon=True)
        self._feeder.start()

    def __enter__(self) -> _Worker:
        return self

    def __exit__(self, *_: object) -> None:
        with self._news:
            self._closed = True
            self._outbox.clear()
            self._news.notify()
        self._process.kill()
        self._feeder.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()

    def send(self, part: list[Row]) -> None:
        """Hand over a part; never waits."""
        with self._news:
            self._outbox.append(part)
            self._news.notify()

    def answer(self) -> list[ReadyRow]:
        """The answer to the oldest part that has none yet.

        Raises:
            HabeasError: what the other process found.
            StorageError: it ended by itself.
        """
        if self._process.stdout is None:
            raise StorageError("the process that reads the rows cannot be heard")
        try:
            found = pickle.load(self._process.stdout)  # noqa: S301 - our own process
        except (EOFError, pickle.UnpicklingError) as error:
            raise StorageError(
                "the process that reads the rows came to an end by itself",
                mend="Is there enough memory? Nothing was recorded; import the list again",
            ) from error
        if isinstance(found, HabeasError):
            raise found
        return list(found)

    def _feed(self) -> None:
        pipe = self._process.stdin
        while pipe is not None:
            with self._news:
                while not self._outbox and not self._closed:
                    self._news.wait()
                if self._closed:
                    return
                next_ = self._outbox.popleft()
            try:
                pickle.dump(next_, pipe, protocol=pickle.HIGHEST_PROTOCOL)
                pipe.flush()
            except (BrokenPipeError, OSError):
                return  # the process has ended; whoever waits for its answer is told
