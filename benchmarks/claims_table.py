"""A claims table of 100,000 claims: written as CSV and XLSX, read, recorded, recorded again.

Each step runs in a process of its own, so that its memory is its own. Seconds are those of the
processor: what else the machine does does not count.
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import habeas
from benchmarks.machine import describe, table
from benchmarks.population import PER_ENTRY
from benchmarks.recording import record
from habeas.exchange.claims_table_reading import read_claims_table
from habeas.exchange.claims_table_recording import record_claims_table
from habeas.exchange.csv import csv
from habeas.exchange.xlsx import write_xlsx

Step = Callable[[Path, str], int]


def write(folder: Path, form: str) -> int:
    """Write the table; its claims."""
    with habeas.open_registry(folder / "registry") as registry:
        view, path = registry.view("sealed"), folder / f"claims.{form}"
        if form == "xlsx":
            write_xlsx(view, path)
        else:
            with path.open("w", encoding="utf-8", newline="") as opened:
                opened.writelines(csv(view))
    return 0


def read(folder: Path, form: str) -> int:
    """Read the table; its rows."""
    return read_claims_table(folder / f"claims.{form}").count


def take_in(folder: Path, form: str) -> int:
    """Read and record the table; how many claims were recorded."""
    other = folder / f"other-{form}"
    if not other.exists():
        habeas.create_registry(other, organisation="Another invented archive").close()
    with habeas.open_registry(other) as registry:
        return record_claims_table(registry, read_claims_table(folder / f"claims.{form}")).recorded


def measured(step: Step, folder: Path, form: str) -> tuple[float, float, int]:
    """Processor seconds, peak MB, and what a step gives, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (step, folder, form))


def _run(step: Step, folder: Path, form: str) -> tuple[float, float, int]:
    start = time.process_time()
    found = step(folder, form)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return time.process_time() - start, peak, found


def main(entries: int = 10_000) -> None:
    """Run and print."""
    folder = Path(tempfile.mkdtemp(prefix="habeas-benchmark-"))
    try:
        record(folder / "registry", entries)
        rows: list[tuple[str, ...]] = []
        results = {
            name: [measured(step, folder, form) for form in ("csv", "xlsx")]
            for name, step in (
                ("written", write), ("read", read), ("read and recorded", take_in),
                ("read, all there already", take_in),
            )
        }  # fmt: skip
        for name, pair in results.items():
            rows.append((name, *(f"{took:.1f} s, {peak:.0f} MB" for took, peak, _ in pair)))
        sizes = [(folder / f"claims.{form}").stat().st_size / 1e6 for form in ("csv", "xlsx")]
        rows.append(("size of the file", *(f"{size:.0f} MB" for size in sizes)))
        if any(found for *_, found in results["read, all there already"]):
            raise SystemExit("the second time recorded something")
    finally:
        shutil.rmtree(folder)
    print(f"A claims table of {entries * PER_ENTRY:,} claims ({describe()})")
    table(("", "CSV", "XLSX"), rows)
