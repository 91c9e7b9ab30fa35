"""Averaging over decomposable graphs, beside the stored outputs of the R package dga.

`HABEAS_BENCH_STRATA` says how many strata are drawn (1,000 for the figures in the documentation),
`HABEAS_BENCH_TABLES` how many populations of the simulation-based calibration (1,000). Each timing
of a table is the least of several runs, in seconds of one core; a dense grid is run once. The run
of six lists is a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import kstest

from benchmarks.coverage import population
from benchmarks.machine import describe, table
from habeas.estimation.decomposable import GraphAverage, average_graphs
from habeas.estimation.decomposable_calibration import calibration_shares
from habeas.estimation.graph_search import search_graphs
from habeas.estimation.graphs import decomposable_graphs, scores
from habeas.estimation.grid import dense_grid
from habeas.estimation.overlap import Overlap
from habeas.estimation.prior import Prior
from habeas.estimation.strata import fit_strata

VECTORS = Path(__file__).parent.parent / "tests" / "vectors" / "estimation"

MEANS = {
    ("Korea", 1230): 194.49970425,
    ("Artificial_3", 960): 341.22298210,
    ("spina_bifida", 6210): 727.72252316,
    ("Kosovo", 44_000): 12749.34929165,
    ("UKdat_5", 80_000): 21282.23717192,
}
"""Posterior means of dga to more digits than it prints, by table and largest number of missing."""

SHARES = (0.025, 0.25, 0.5, 0.75, 0.975)


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as opened:
        return tuple(csv.DictReader(opened))


def overlap_of(name: str) -> Overlap:
    """A table of the field by its name."""
    rows = [row for row in _rows("overlap_tables.csv") if row["dataset"] == name]
    counts = {row["pattern"]: int(row["count"]) for row in rows}
    return Overlap.from_counts(rows[0]["lists"].split("|"), counts)


def seconds(work: Callable[[], Any], runs: int = 5) -> float:
    """The least seconds of one core that some work takes."""
    found = []
    for _ in range(runs):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def dga() -> list[tuple[str, int, dict[str, str]]]:
    """The stored outputs: table, largest number of missing, what dga printed."""
    found = []
    for row in _rows("reference_outputs.csv"):
        if row["method"].startswith("dga"):
            largest = int(row["settings"].split("..")[1].split(";")[0])
            found.append((row["dataset"], largest, row))
    return found


def run_dga() -> list[tuple[str, ...]]:
    """Each stored output beside ours: on the same dense grid, and on the adaptive one."""
    rows = []
    for name, largest, said in dga():
        overlap = overlap_of(name)
        grid = dense_grid(1, largest)
        start = time.process_time()
        dense = average_graphs(overlap, include_complete=True, grid=grid)
        dense_time = time.process_time() - start
        asked = {"prior": Prior(largest=overlap.observed + largest), "first": 1}
        sparse = average_graphs(overlap, include_complete=True, **asked)
        adaptive_time = seconds(lambda o=overlap, a=asked: average_graphs(o, **a))
        low, high = dense.posterior.interval()
        printed = (float(said["estimate"]), float(said["lo"]), float(said["hi"]))
        mean = MEANS.get((name, largest))
        cpu = float(said["cpu_seconds"])
        rows.append(
            (
                f"{name} ({overlap.k} lists, m to {largest:,})",
                f"{printed[0]:,.0f} [{printed[1]:,.0f} to {printed[2]:,.0f}]",
                "equal" if printed == (dense.posterior.quantile(0.5), low, high) else "DIFFERS",
                "-" if mean is None else f"{abs(dense.posterior.mean() / mean - 1):.0e}",
                f"{_worst(sparse, dense):.1e}",
                f"{cpu:.3f}",
                f"{dense_time:.3f}",
                f"{adaptive_time:.4f}",
                f"{cpu / adaptive_time:.0f}",
            )
        )
    return rows


def _worst(one: GraphAverage, other: GraphAverage) -> float:
    """The largest relative difference of quantiles."""
    return max(
        abs(one.posterior.quantile(share) / other.posterior.quantile(share) - 1) for share in SHARES
    )


def six_lists() -> dict[str, float]:
    """UKdat by all graphs over six lists, from nothing; printed by a process of its own."""
    overlap = overlap_of("UKdat")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    decomposable_graphs(6)
    scores(6)
    made = time.process_time()
    found = average_graphs(overlap)
    end = time.process_time()
    low, high = found.posterior.interval()
    return {
        "generating": made - start,
        "averaging": end - made,
        "before": before,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "median": found.posterior.quantile(0.5),
        "low": low,
        "high": high,
        "graphs": float(len(found.graphs)),
    }


def run_six_lists() -> dict[str, float]:
    """`six_lists` in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.decomposable", "six"],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    return dict(json.loads(done.stdout))


def drawn_strata(count: int, seed: int = 1) -> tuple[Overlap, int]:
    """Strata of 20 to 400 persons under four lists, each as visible as it happens to be."""
    random = np.random.default_rng(seed)
    sizes = random.integers(20, 400, count)
    chances = random.uniform(0.1, 0.45, (count, 4))
    dense = np.zeros((count, 16), dtype=np.int64)
    for at, (size, chance) in enumerate(zip(sizes, chances, strict=True)):
        on = random.random((size, 4)) < chance
        dense[at] = np.bincount(on @ (1 << np.arange(4)), minlength=16)
    dense[:, 0] = 0
    met = np.flatnonzero(dense.sum(axis=0))
    labels = tuple((f"stratum {at}",) for at in range(count))
    return Overlap(tuple("ABCD"), met, dense[:, met], labels, ("stratum",)), int(sizes.sum())


def run_strata(count: int) -> list[tuple[str, ...]]:
    """Strata together: separate and pooled, and the worst difference to single fits."""
    overlap, truth = drawn_strata(count)
    rows = []
    for pooling in ("separate", "partial"):
        wall, start = time.perf_counter(), time.process_time()
        found = fit_strata(overlap, pooling=pooling)
        spent, passed = time.process_time() - start, time.perf_counter() - wall
        said, worst = found.summary(), "-"
        if pooling == "separate":
            worst = f"{_against_single(overlap, found.strata[:: max(1, count // 50)]):.0e}"
        rows.append(
            (
                f"{count:,} strata, {pooling}",
                f"{spent:.2f}",
                f"{passed:.2f}",
                worst,
                f"{said.point:,.0f} [{said.low:,.0f} to {said.high:,.0f}]",
                f"{truth:,}",
            )
        )
    return rows


def _against_single(overlap: Overlap, strata: Any) -> float:
    """The largest relative difference of medians and ends to those of single fits."""
    worst = 0.0
    for one in strata:
        if one.point is None:
            continue
        posterior = average_graphs(overlap.stratum(one.labels)).posterior
        single = (posterior.quantile(0.5), *posterior.interval())
        together = (one.point, one.low, one.high)
        worst = max(worst, *(abs(a / b - 1) for a, b in zip(together, single, strict=True)))
    return worst


def run_search() -> list[tuple[str, ...]]:
    """What a search over graphs finds, beside all graphs where they can be written out."""
    rows = []
    for name in ("Kosovo", "UKdat_5", "UKdat"):
        overlap = overlap_of(name)
        start = time.process_time()
        found = search_graphs(overlap, delta=2.0**-overlap.k, prior=Prior())
        spent = time.process_time() - start
        exact = average_graphs(overlap)
        weight = dict(zip(exact.graphs, exact.weights, strict=True))
        held = sum(weight[graph] for graph in found.graphs)
        rows.append(
            (
                f"{name} ({overlap.k} lists)",
                f"{len(found.graphs):,} of {len(exact.graphs):,}",
                f"{held:.5f}",
                f"{min(found.held):.3f}",
                f"{spent:.2f}",
            )
        )
    wide, _ = population("22 lists, sparse", 0)
    start = time.process_time()
    found = search_graphs(wide, delta=2.0**-wide.k, prior=Prior())
    spent = time.process_time() - start
    rows.append(
        ("22 lists, sparse", f"{len(found.graphs):,}", "unknown", f"{min(found.held):.3f}",
         f"{spent:.2f}")
    )  # fmt: skip
    return rows


def run_calibration(tables: int) -> list[tuple[str, ...]]:
    """Simulation-based calibration: counts of true sizes by tenth of their posterior."""
    rows = []
    for lists in (3, 4):
        shares = calibration_shares(lists=lists, largest=300, tables=tables)
        tenths = np.histogram(shares, bins=10, range=(0, 1))[0]
        rows.append(
            (f"{lists} lists, N to 300", " ".join(str(count) for count in tenths),
             f"{kstest(shares, 'uniform').pvalue:.2f}")
        )  # fmt: skip
    return rows


def main() -> None:
    """Run and print."""
    strata = int(os.environ.get("HABEAS_BENCH_STRATA", "200"))
    tables = int(os.environ.get("HABEAS_BENCH_TABLES", "200"))
    print(f"Averaging over decomposable graphs ({describe()})")
    print("Seconds are of one core; those of dga were stored on another machine.\n")
    table(
        ("table", "dga: median [95 %]", "dense grid", "mean, relative", "adaptive, relative",
         "dga s", "dense s", "adaptive s", "times"),
        run_dga(),
    )  # fmt: skip
    six = run_six_lists()
    print(
        f"\nSix lists (UKdat), all {six['graphs'] + 1:,.0f} graphs, a fresh process: generating "
        f"{six['generating']:.2f} s, averaging {six['averaging']:.2f} s, together "
        f"{six['generating'] + six['averaging']:.2f} s; peak {six['peak']:.0f} MB "
        f"({six['before']:.0f} MB before); {six['median']:,.0f} "
        f"[{six['low']:,.0f} to {six['high']:,.0f}]\n"
    )
    table(
        ("strata of four lists", "s of one core", "s passed", "worst to single fits",
         "total", "truth"),
        run_strata(strata),
    )  # fmt: skip
    print()
    table(("search", "graphs found", "held, truth", "held, by the worst chain", "s"), run_search())
    print()
    table(("calibration", "true sizes by tenth of the posterior", "p"), run_calibration(tables))


if __name__ == "__main__":
    if sys.argv[1:] == ["six"]:
        print(json.dumps(six_lists()))
    else:
        main()
