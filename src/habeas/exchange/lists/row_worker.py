"""Another process of a long import: reads rows and seals their claims while the first one writes.

`python -m habeas.exchange.lists.row_worker` takes a job on standard input, then parts of rows, and
answers each part on standard output. It opens no registry and no file, and ends when its input
does, so that it never outlives the import.
"""

from __future__ import annotations

import pickle
import signal
import sys
from typing import BinaryIO, NamedTuple

from habeas.errors import HabeasError
from habeas.exchange.lists.mapping import Mapping
from habeas.exchange.lists.ready_row import ReadyRow, ready_row
from habeas.exchange.lists.row_reading import new_subjects
from habeas.exchange.lists.row_rules import compile_rules
from habeas.exchange.tables.table import Column, Row, Table
from habeas.registry.preparing import Preparation


class Job(NamedTuple):
    """What the rows of one table are read by."""

    mapping: Mapping
    sheet: str | None
    header_row: int | None
    columns: tuple[Column, ...]
    note: str | None
    prepare: Preparation | None
    compared: bool = True
    """Whether the record holds rows of this source."""

    def table(self) -> Table:
        """The table, without its rows."""
        return Table(
            sheet=self.sheet,
            header_row=self.header_row,
            columns=self.columns,
            rows=lambda: iter(()),
        )


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer parts of rows until there are no more; a failure is an answer, too."""
    job: Job = pickle.load(asked)  # noqa: S301 - from the process that started this one
    rules = compile_rules(job.mapping, job.table(), note=job.note)
    subjects = new_subjects(rules.subject)
    while True:
        try:
            part: list[Row] = pickle.load(asked)  # noqa: S301
        except EOFError:
            return
        try:
            answer: list[ReadyRow] | HabeasError = [
                ready_row(row, rules, next(subjects), job.prepare, compared=job.compared)
                for row in part
            ]
        except HabeasError as error:
            answer = error
        pickle.dump(answer, answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first process, which ends this
    serve(sys.stdin.buffer, sys.stdout.buffer)
