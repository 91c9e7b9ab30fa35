"""Rows that other processes read say the same, in the same order; and their end is told."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest
from tables import table_of

from habeas.errors import InputError, StorageError
from habeas.exchange.lists import rows_ahead as module
from habeas.exchange.lists.mapping import ClaimRule, Mapping
from habeas.exchange.lists.row_rules import compile_rules
from habeas.exchange.lists.row_worker import Job
from habeas.exchange.lists.rows_ahead import rows_ahead
from habeas.registry.preparing import Preparation

MAPPING = Mapping(
    source="source:invented",
    calendar="solar_hijri",
    claims=(
        ClaimRule(predicate="name", columns=("نام",)),
        ClaimRule(predicate="died", columns=("مرگ",)),
    ),
)


@pytest.fixture
def few(monkeypatch):
    """Other processes from the fourth row on, in parts of two."""
    monkeypatch.setattr(module, "ALONE", 3)
    monkeypatch.setattr(module, "PART", 2)


def made(count, prepare=None):
    rows = [[f"ساختگی {number}", "1367" if number % 5 else "Quux"] for number in range(count)]
    table = table_of(["نام", "مرگ"], rows)
    rules = compile_rules(MAPPING, table)
    job = Job(MAPPING, table.sheet, table.header_row, table.columns, None, prepare)
    return table, rules, job


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 41])
def test_they_say_what_one_process_says(few, monkeypatch, count):
    table, rules, job = made(count)
    ahead = list(rows_ahead(table.rows(), rules, job))
    monkeypatch.setattr(module, "ALONE", 1_000)
    alone = list(rows_ahead(table.rows(), rules, job))
    assert [row for row, _ in ahead] == list(table.rows())
    assert [(r.claims, r.known_by, r.read) for _, r in ahead] == [
        (r.claims, r.known_by, r.read) for _, r in alone
    ]


def test_entries_are_sealed_there_for_the_log_that_is_named(few):
    table, rules, job = made(20, Preparation("ab" * 16, "recorder"))
    entries = [ready.entry for _, ready in rows_ahead(table.rows(), rules, job) if ready.entry]
    subjects = [rows[0] for entry in entries for rows in entry.rows]
    assert all(b"ab" * 16 in opening for entry in entries for opening in entry.openings)
    assert len(set(subjects)) == len(entries) == 16


def test_what_cannot_be_written_down_is_told(few):
    table, rules, job = made(20, Preparation("no log", "recorder"))
    with pytest.raises(InputError, match="name of a log"):
        list(rows_ahead(table.rows(), rules, job))


def test_a_process_that_is_killed_is_told(few, monkeypatch):
    """By the system when memory is short, for example."""
    started = []
    popen = subprocess.Popen

    def start(*args, **named):
        started.append(popen(*args, **named))
        return started[-1]

    monkeypatch.setattr(module.subprocess, "Popen", start)
    table, rules, job = made(4000)
    rows = rows_ahead(table.rows(), rules, job)
    for _ in range(20):
        next(rows)
    for process in started:
        os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(StorageError, match="came to an end by itself"):
        list(rows)


def test_no_process_is_left_when_nobody_wants_the_rest(few, monkeypatch):
    started = []
    popen = subprocess.Popen

    def start(*args, **named):
        started.append(popen(*args, **named))
        return started[-1]

    monkeypatch.setattr(module.subprocess, "Popen", start)
    table, rules, job = made(4000)
    rows = rows_ahead(table.rows(), rules, job)
    for _ in range(20):
        next(rows)
    rows.close()
    assert started
    assert all(process.returncode is not None for process in started)
