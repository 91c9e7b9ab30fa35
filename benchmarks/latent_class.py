"""Latent classes: effective draws a CPU second beside those of LCMCR; calibration; agreement.

LCMCR's figures are stored runs (tests/vectors/estimation/reference_outputs.csv: one chain each, its
CPU seconds, its effective sample size by coda); ours are four chains, burn-in included, the CPU
seconds of all threads. Compiling (once for each version of the programme) is told apart.
"""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
from scipy.stats import chisquare

from benchmarks.machine import describe, table
from habeas.estimation.latent_class import LatentClassFit, LatentClassSettings, fit_latent_classes
from habeas.estimation.latent_class_calibration import calibration_ranks
from habeas.estimation.mixing import bulk_size, single_chain_size
from habeas.estimation.overlap import Overlap
from habeas.estimation.prior import Prior

VECTORS = Path(__file__).parents[1] / "tests" / "vectors" / "estimation"
TABLES = ("Kosovo", "Korea", "spina_bifida", "UKdat_5", "UKdat")
POPULATIONS = ((3, 3, 60), (10, 4, 300))
"""Classes, lists and the largest population of what the sampler is calibrated on."""


def load(name: str) -> Overlap:
    """A table of the field."""
    with (VECTORS / "overlap_tables.csv").open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["dataset"] == name]
    counts = {row["pattern"]: int(row["count"]) for row in rows}
    return Overlap.from_counts(rows[0]["lists"].split("|"), counts)


def anchors(name: str) -> list[dict[str, str]]:
    """The stored runs of LCMCR."""
    with (VECTORS / "reference_outputs.csv").open(encoding="utf-8", newline="") as opened:
        return [
            row
            for row in csv.DictReader(opened)
            if row["dataset"] == name and row["method"].startswith("LCMCR")
        ]


def rates(rows: list[dict[str, str]]) -> list[float]:
    """Effective draws a CPU second of each stored run."""
    sizes = [float(row["notes"].partition("ess=")[2].partition(";")[0]) for row in rows]
    return [size / float(row["cpu_seconds"]) for size, row in zip(sizes, rows, strict=True)]


def timed(overlap: Overlap, seed: int) -> tuple[LatentClassFit, float]:
    """A fit with the settings that users get, and its CPU seconds."""
    began = time.process_time()
    fitted = fit_latent_classes(overlap, seed=seed)
    return fitted, time.process_time() - began


def speed(seeds: int = 3) -> None:
    """Print ours beside LCMCR's best run: the seeds apart, and all their chains together."""
    rows = []
    for name in TABLES:
        runs = [timed(load(name), seed) for seed in range(1, seeds + 1)]
        ours = [fitted.mixing["population"].bulk / seconds for fitted, seconds in runs]
        single = [
            sum(single_chain_size(chain) for chain in fitted.population) / seconds
            for fitted, seconds in runs
        ]
        theirs = rates(anchors(name))
        every = np.concatenate([fitted.population for fitted, _ in runs])
        pooled = bulk_size(every) / sum(seconds for _, seconds in runs)
        rows.append(
            (
                name,
                f"{min(ours):,.0f} to {max(ours):,.0f}",
                f"{min(single):,.0f} to {max(single):,.0f}",
                f"{pooled:,.0f}",
                f"{min(theirs):,.0f} to {max(theirs):,.0f}",
                f"{pooled / max(theirs):.1f}",
                f"{max(fitted.mixing['population'].r_hat for fitted, _ in runs):.4f}",
                f"{sum(fitted.converged for fitted, _ in runs)} of {seeds}",
                f"{max(seconds for _, seconds in runs):.1f}",
            )
        )
    table(
        (
            "table",
            "bulk/s",
            "single/s",
            "pooled/s",
            "LCMCR/s",
            "times",
            "R-hat",
            "converged",
            "CPU s",
        ),
        rows,
    )


def agreement() -> None:
    """Print the posterior beside LCMCR's longest run."""
    rows = []
    for name in TABLES:
        fitted = fit_latent_classes(load(name), seed=1)
        said = max(anchors(name), key=lambda row: float(row["cpu_seconds"]))
        low, high = fitted.interval()
        rows.append(
            (
                name,
                f"{fitted.mean():,.1f} (sd {fitted.population.std():,.1f})",
                f"{fitted.quantile(0.5):,.0f} [{low:,.0f} {high:,.0f}]",
                f"{float(said['estimate']):,.0f} [{float(said['lo']):,.0f} "
                f"{float(said['hi']):,.0f}]",
                said["notes"].partition(";us")[0],
            )
        )
    table(("table", "mean", "median, 95 %", "LCMCR", "LCMCR's notes"), rows)


def calibration(tables: int = 500) -> None:
    """Print whether ranks of true sizes are uniform: simulation-based calibration."""
    rows = []
    for classes, lists, largest in POPULATIONS:
        settings = LatentClassSettings(
            classes=classes,
            prior=Prior(kind="uniform", largest=largest),
            chains=1,
            draws=2000,
            burn_in=400,
            steps=10,
        )
        ranks = calibration_ranks(settings, lists=lists, tables=tables, seed=1988)
        found = np.bincount(ranks // 10, minlength=10)
        rows.append(
            (
                f"{classes} classes, {lists} lists, N to {largest}",
                " ".join(map(str, found)),
                f"{ranks.mean():.1f}",
                f"{chisquare(found).pvalue:.2f}",
            )
        )
    table(("drawn from", f"ranks of {tables}, by tenths", "mean (49.5)", "p"), rows)


def main() -> None:
    """Print all."""
    print("Latent classes:", describe())
    began = time.process_time()
    few = LatentClassSettings(chains=1, draws=4, burn_in=40, steps=1)
    fit_latent_classes(load("Korea"), settings=few)
    print(f"loading or compiling: {time.process_time() - began:.1f} s of CPU")
    speed()
    print()
    agreement()
    print()
    calibration()


if __name__ == "__main__":
    main()
