"""Recording 1,000,000 claims, beside the same rows going into plain SQLite tables in the same run.

The plain side gets rows that are already made (bytes, digests, words of the index), the same tables
and indexes, the same settings and the same transactions: what is left is what SQLite alone costs.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import habeas
from benchmarks.machine import describe, table
from benchmarks.population import PER_ENTRY, Population
from habeas.claims.claim import read_opening
from habeas.registry.fold import searchable
from habeas.registry.registry import DATABASE
from habeas.registry.sqlite import RECORD, SETTINGS
from habeas.registry.sqlite_views import VIEWS

GOAL = 30_000
SHARE = 0.4
BATCH = 10_000
"""Entries a batch: one transaction, one checkpoint."""


def record(folder: Path, entries: int) -> float:
    """Record an invented population; seconds taken by recording alone."""
    taken = 0.0
    made = Population(entries).entries()
    with habeas.create_registry(folder, organisation="Benchmark (invented)") as registry:
        while batch := list(islice(made, BATCH)):
            start = time.perf_counter()
            with registry.recording() as recording:
                for claims in batch:
                    recording.entry(claims)
            taken += time.perf_counter() - start
    return taken


def plain(folder: Path, target: Path) -> float:
    """Put the rows of a registry into plain tables with the same indexes; seconds taken."""
    source = sqlite3.connect(folder / DATABASE)
    last = source.execute("SELECT max(id) FROM entry").fetchone()[0]
    db = sqlite3.connect(target, isolation_level=None)
    db.executescript(SETTINGS + RECORD + VIEWS)
    taken = 0.0
    for first in range(1, last + 1, BATCH):
        rows = list(_rows(source, first, first + BATCH))
        start = time.perf_counter()
        db.execute("BEGIN IMMEDIATE")
        for statement, values in rows:
            db.executemany(statement, values)
        db.execute("COMMIT")
        taken += time.perf_counter() - start
    db.close()
    source.close()
    return taken


def _rows(
    source: sqlite3.Connection, first: int, end: int
) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """The rows of some entries, by the statement that inserts them."""
    between = (first, end)
    openings = source.execute(
        "SELECT * FROM opening WHERE entry >= ? AND entry < ? ORDER BY id", between
    ).fetchall()
    ids = (openings[0][0], openings[-1][0]) if openings else (0, -1)
    entries = source.execute("SELECT * FROM entry WHERE id >= ? AND id < ?", between).fetchall()
    yield "INSERT INTO entry VALUES(?,?,?,?,?)", entries
    yield "INSERT INTO opening VALUES(?,?,?,?)", openings
    digests = source.execute(
        "SELECT * FROM digest WHERE opening BETWEEN ? AND ? ORDER BY prefix, opening", ids
    )
    yield "INSERT INTO digest VALUES(?,?)", digests.fetchall()
    claims = source.execute("SELECT * FROM claim WHERE id BETWEEN ? AND ? ORDER BY id", ids)
    yield "INSERT INTO claim VALUES(?,?,?,?,?,?,?)", claims.fetchall()
    words = [(row[0], searchable(read_opening(row[3])[1])) for row in openings]
    yield (
        "INSERT INTO search(rowid, words) VALUES(?,?)",
        [(id_, said) for id_, said in words if said],
    )


def main(entries: int = 100_000) -> None:
    """Run and print."""
    folder = Path(tempfile.mkdtemp(prefix="habeas-benchmark-"))
    try:
        claims = entries * PER_ENTRY
        ours = claims / record(folder / "registry", entries)
        theirs = claims / plain(folder / "registry", folder / "plain.sqlite")
        print(f"Recording {claims:,} claims in {entries:,} entries ({describe()})")
        table(
            ("", "claims/s", "goal"),
            (
                (
                    "Habeas: checked, sealed, hashed, signed, views, search",
                    f"{ours:,.0f}",
                    f"{GOAL:,}",
                ),
                ("plain SQLite: the same rows, tables, indexes, batches", f"{theirs:,.0f}", ""),
                ("share", f"{ours / theirs:.2f}", f"{SHARE}"),
            ),
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
