"""Verifying, proving and showing in a registry of 1,000,000 claims.

What each is compared to: verification to hashing the same database file once with `sha256sum`;
a proof to reading its claim's row alone from SQLite; showing a site to reading and decoding the
claims of that site alone.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import habeas
from benchmarks.machine import describe, percentile, table
from benchmarks.population import PER_ENTRY, SITES
from benchmarks.recording import record
from habeas.claims.claim import read_opening
from habeas.cli.entity import everything
from habeas.registry.registry import DATABASE
from habeas.registry.view import View

ASKED = 200


def verified(folder: Path) -> tuple[float, float]:
    """Seconds and peak GB (of the largest process) of `habeas verify`."""
    start = time.perf_counter()
    command = [Path(sys.executable).with_name("habeas"), "verify", folder]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, _memory(process.pid))
        time.sleep(0.1)
    if process.returncode:
        raise SystemExit("habeas verify failed")
    return time.perf_counter() - start, peak


def _memory(pid: int) -> float:
    """GB held by a process and its children together (proportional share of shared pages)."""
    pids = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            pids += map(int, task.read_text().split())
        except OSError:
            continue
    return sum(_share(one) for one in pids)


def _share(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e6


def hashed(folder: Path) -> float:
    """Seconds to hash the database file once."""
    start = time.perf_counter()
    subprocess.run(["sha256sum", folder / DATABASE], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def timed(work: Callable[[str], object], asked: Sequence[str]) -> list[float]:
    """Milliseconds for each."""
    taken = []
    for one in asked:
        start = time.perf_counter()
        work(one)
        taken.append(1000 * (time.perf_counter() - start))
    return taken


def main(entries: int = 100_000) -> None:
    """Run and print."""
    folder = Path(tempfile.mkdtemp(prefix="habeas-benchmark-"))
    try:
        registry_folder = folder / "registry"
        record(registry_folder, entries)
        _report(registry_folder, entries * PER_ENTRY)
    finally:
        shutil.rmtree(folder)


def _report(folder: Path, claims: int) -> None:
    seconds, memory = verified(folder)
    chance = random.Random(7)
    with habeas.open_registry(folder) as registry:
        view = registry.view("team")
        sites = [f"site:invented-{chance.randrange(SITES):04d}" for _ in range(ASKED)]
        digests = [chance.choice(view.claims(subject=site)).digest for site in sites]
        proofs = timed(lambda digest: view.provenance(view.claim(digest)), digests)
        shows = timed(lambda site: everything(view, site, "en"), sites)
        alone = timed(lambda site: _alone(folder, site), sites)
        rows = timed(lambda digest: _row(view, digest), digests)
    print(f"Reading a registry of {claims:,} claims ({describe()})")
    table(
        ("", "measured", "goal", "compared to"),
        (
            ("habeas verify", f"{seconds:.1f} s", "30 s", f"sha256sum: {hashed(folder):.1f} s"),
            ("  memory, all processes", f"{memory:.2f} GB", "1 GB", _size(folder)),
            (
                "proof of one claim, p95",
                f"{percentile(proofs, 0.95):.2f} ms",
                "5 ms",
                f"the claim alone: {percentile(rows, 0.95):.2f} ms",
            ),
            (
                "show of one site, p95",
                f"{percentile(shows, 0.95):.1f} ms",
                "50 ms",
                f"its claims alone: {percentile(alone, 0.95):.1f} ms",
            ),
        ),
    )


def _size(folder: Path) -> str:
    return f"database: {(folder / DATABASE).stat().st_size / 1e9:.2f} GB"


def _row(view: View, digest: str) -> object:
    return view.claim(digest)


def _alone(folder: Path, site: str) -> list[object]:
    db = sqlite3.connect(folder / DATABASE)
    rows = db.execute(
        "SELECT bytes FROM opening JOIN claim ON claim.id = opening.id WHERE subject = ?", (site,)
    )
    found: list[object] = [read_opening(row[0]) for row in rows]
    db.close()
    return found


if __name__ == "__main__":
    main()
