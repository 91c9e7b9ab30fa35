"""Ours beside the R packages that analysts use, in one run: where Rscript and a package are there.

Nothing is installed here. A package that is missing is named as missing, and its stored figures
(tests/vectors/estimation/reference_outputs.csv) are printed in its place, marked as stored. Under
each stands what of ours answers the same question with the same settings (the average over graphs
on the same grid), or that there is no such method. What a method of ours refuses is a row too. The
R packages are called as their manuals say; none of their code is here. `HABEAS_BENCH_TABLE` names
a CSV file of one's own (a column of 0 and 1 for each list, then `count`).
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import nan
from pathlib import Path

import numpy as np

from benchmarks.latent_class import VECTORS, load
from benchmarks.machine import describe, table
from habeas.errors import InputError
from habeas.estimation.decomposable import average_graphs
from habeas.estimation.floors import chao
from habeas.estimation.grid import dense_grid
from habeas.estimation.hierarchy import Model
from habeas.estimation.latent_class import fit_latent_classes
from habeas.estimation.loglinear import profile_interval, select_model
from habeas.estimation.overlap import Overlap

Three = tuple[float, float, float]
"""Estimate, lower and upper end of the 95 % interval; not a number where none is given."""

TABLES = ("Kosovo", "Korea", "spina_bifida", "UKdat_5", "UKdat")

PREPARE = """
d <- read.csv(file("stdin"), check.names = FALSE)
k <- ncol(d) - 1
n <- sum(d$count)
told <- function(v) { t <- proc.time() - began
  cat(v, (t[1] + t[2]) * 1000, sep = "\\n") }
began <- proc.time()
"""
"""Reads the table from standard input; `told` prints three figures and CPU milliseconds."""

SCRIPTS = {
    "dga": """
library(dga)
data(list = paste0("graphs", k))
y <- array(0, dim = rep(2, k))
at <- as.matrix(d[, 1:k]) + 1
y[at] <- d$count
missing <- 1:(10 * n)
w <- bma.cr(y, missing, 2^-k, get(paste0("graphs", k)))
p <- cumsum(colSums(w))
q <- function(s) n + missing[which(p >= s)[1]]
told(c(q(0.5), q(0.025), q(0.975)))
""",
    "LCMCR": """
library(LCMCR)
x <- d
for (i in 1:k) x[[i]] <- factor(x[[i]])
names(x)[k + 1] <- "Freq"
s <- lcmCR(captures = x, tabular = TRUE, in_list_label = "1", not_in_list_label = "0",
           K = 10, a_alpha = 0.25, b_alpha = 0.25, seed = 1, buffer_size = 10000, thinning = 100)
draws <- lcmCR_PostSampl(s, burnin = 10000, samples = 1000, thinning = 100, output = FALSE)
told(quantile(draws, c(0.5, 0.025, 0.975)))
""",
    "Rcapture": """
library(Rcapture)
x <- cbind(as.matrix(d[, 1:k]), d$count)
f <- closedpMS.t(x, dfreq = TRUE, maxorder = min(k - 1, 3), stopiflong = FALSE)
best <- f$results[order(f$results[, "BIC"])[1], , drop = FALSE]
ci <- closedpCI.t(x, dfreq = TRUE, mX = rownames(best))
told(c(ci$CI[1, 1:3]))
""",
    "conting": """
library(conting)
x <- expand.grid(rep(list(0:1), k))
names(x) <- names(d)[1:k]
keys <- apply(x, 1, paste, collapse = "")
found <- match(keys, apply(d[, 1:k], 1, paste, collapse = ""))
x$count <- ifelse(is.na(found), 0, d$count[found])
x$count[1] <- NA
for (i in 1:k) x[[i]] <- factor(x[[i]])
f <- bict(as.formula(paste0("count ~ (", paste(names(d)[1:k], collapse = " + "), ")^2")),
          data = x, n.sample = 5000, null.move.prob = 0.5)
draws <- total_pop(f, n.burnin = 500)$TOT
told(quantile(draws, c(0.5, 0.025, 0.975)))
""",
}


@dataclass(frozen=True)
class Line:
    """One method's figures, whoever they are from.

    Attributes:
        table: of which.
        method: which.
        figures: none where there is no answer.
        seconds: of CPU; none where they are not known.
        from_where: `ours`, `R, this run`, `R, stored`, or why there is none.
        largest: of the missing, where there is a grid with an end.
    """

    table: str
    method: str
    figures: Three | None
    seconds: float | None
    from_where: str
    largest: int | None = None


def dense(overlap: Overlap, largest: int | None) -> Three:
    """The average over graphs as dga computes it: its grid, the complete graph included."""
    grid = dense_grid(1, largest or 10 * overlap.observed)
    posterior = average_graphs(overlap, include_complete=True, grid=grid).posterior
    return posterior.quantile(0.5), *posterior.interval()


def best_bic(overlap: Overlap) -> Three:
    """The best model by BIC and its profile interval."""
    best = select_model(overlap).best
    return overlap.observed + best.missing, *profile_interval(overlap, best.model)[1:]


def classes(overlap: Overlap) -> Three:
    """Latent classes."""
    fitted = fit_latent_classes(overlap, seed=1)
    return fitted.quantile(0.5), *fitted.interval()


def best_bic_alone(overlap: Overlap) -> Three:
    """The best model by BIC; of an interval by BCa there is no counterpart."""
    return best_bic(overlap)[0], nan, nan


def independent(overlap: Overlap) -> Three:
    """Lists that do not depend on each other: the top of the profile likelihood and its interval.

    Rcapture's estimate is that of the multinomial likelihood, not of the Poisson regression.
    """
    return profile_interval(overlap, Model(overlap.k, ()))


def floor(overlap: Overlap) -> Three:
    """Chao's bound as a log-linear model; the package prints no interval."""
    return chao(overlap).estimate, nan, nan


@dataclass(frozen=True)
class Rival:
    """A method of an R package.

    Attributes:
        name: stored runs of it begin so.
        ours: what answers the same question; none where there is no counterpart.
        package: under which it can be run (`SCRIPTS`); none where only stored runs are shown.
    """

    name: str
    ours: Callable[[Overlap], Three] | None
    package: str | None = None


RIVALS = (
    Rival("dga", partial(dense, largest=None), "dga"),
    Rival("LCMCR", classes, "LCMCR"),
    Rival("Rcapture 1.4-4 closedpMS", best_bic, "Rcapture"),
    Rival("Rcapture 1.4-4 Mt", independent),
    Rival("Rcapture 1.4-4 Mth Chao", floor),
    Rival("MultipleSystemsEstimation (GitHub 4f09409) bic", best_bic_alone),
    Rival("MultipleSystemsEstimation (GitHub 4f09409) bayesthresh", None),
    Rival("SparseMSE", None),
    Rival("conting", None, "conting"),
)


def csv_of(overlap: Overlap) -> str:
    """A table as R reads it."""
    lines = [",".join([*(f"L{at + 1}" for at in range(overlap.k)), "count"])]
    rows = zip(overlap.membership.astype(int), overlap.totals, strict=True)
    lines += [",".join(map(str, [*on, count])) for on, count in rows]
    return "\n".join(lines) + "\n"


def run_r(package: str, overlap: Overlap, limit: float = 600) -> tuple[Three, float] | str:
    """Run one package on one table; the reason where it gives nothing."""
    program = shutil.which("Rscript")
    if program is None:
        return "Rscript is not installed"
    asked = f'cat(requireNamespace("{package}", quietly = TRUE))'
    there = subprocess.run([program, "-e", asked], capture_output=True, text=True, check=False)
    if there.stdout.strip() != "TRUE":
        return f"{package} is not installed"
    try:
        ran = subprocess.run(
            [program, "-e", PREPARE + SCRIPTS[package]],
            input=csv_of(overlap), capture_output=True, text=True, check=False, timeout=limit,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"took longer than {limit:.0f} s"
    if ran.returncode:
        return " ".join(ran.stderr.split())[-120:]
    estimate, low, high, milliseconds = map(float, ran.stdout.split()[-4:])
    return (estimate, low, high), milliseconds / 1000


def stored(rival: Rival, name: str) -> list[Line]:
    """The stored runs of a method on a table: of each grid the one that took longest."""
    with (VECTORS / "reference_outputs.csv").open(encoding="utf-8", newline="") as opened:
        rows = [row for row in csv.DictReader(opened) if row["dataset"] == name]
    found: dict[int | None, Line] = {}
    for row in rows:
        if re.match(rf"{re.escape(rival.name)}( \d|$)", row["method"]) is None:
            continue
        figures = tuple(float(row[key] or nan) for key in ("estimate", "lo", "hi"))
        grid = re.search(r"Nmissing=1\.\.(\d+)", row["settings"])
        largest = None if grid is None else int(grid[1])
        seconds = float(row["cpu_seconds"])
        known = found.get(largest)
        if known is None or seconds > (known.seconds or 0):
            line = Line(name, row["method"], figures, seconds, "R, stored", largest)  # type: ignore[arg-type]
            found[largest] = line
    return list(found.values())


def theirs(rival: Rival, name: str, overlap: Overlap) -> list[Line]:
    """What a method of an R package says of a table: in this run, or as it is stored."""
    said = "no stored run" if rival.package is None else run_r(rival.package, overlap)
    if not isinstance(said, str):
        largest = 10 * overlap.observed if rival.package == "dga" else None
        return [Line(name, rival.name, said[0], said[1], "R, this run", largest)]
    return stored(rival, name) or [Line(name, rival.name, None, None, said)]


def beside(rival: Rival, line: Line, overlap: Overlap) -> Line:
    """What of ours answers the same question: figures, a refusal, or that there is none."""
    if rival.ours is None:
        return Line(line.table, "  none", None, None, "no counterpart")
    ours = partial(dense, largest=line.largest) if rival.package == "dga" else rival.ours
    name = "  dense" if rival.package == "dga" else f"  {rival.ours.__name__}"
    began = time.process_time()
    try:
        figures = ours(overlap)
    except InputError as error:
        return Line(line.table, name, None, None, f"refused: {error.reason}", line.largest)
    spent = time.process_time() - began
    return Line(line.table, name, figures, spent, "ours", line.largest)


def lines(name: str, overlap: Overlap) -> list[Line]:
    """Every method of the packages on one table, ours after each."""
    return [
        line
        for rival in RIVALS
        for their in theirs(rival, name, overlap)
        for line in (their, beside(rival, their, overlap))
    ]


def own_table(path: Path) -> Overlap:
    """A table of one's own."""
    with path.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    counts = {"".join(row[:-1]): int(row[-1]) for row in rows[1:]}
    return Overlap.from_counts(rows[0][:-1], counts)


def _row(line: Line) -> tuple[str, ...]:
    figures = ("-", "-", "-")
    if line.figures is not None:
        figures = tuple(map(_figure, line.figures))
    seconds = "-" if line.seconds is None else f"{line.seconds:.3f}"
    to = "" if line.largest is None else f", to {line.largest:,} missing"
    return (line.table, line.method + to, *figures, seconds, line.from_where)


def _figure(value: float) -> str:
    if np.isnan(value):
        return "-"
    return f"{value:,.1f}" if np.isfinite(value) else "inf"


def main() -> None:
    """Run and print."""
    own = os.environ.get("HABEAS_BENCH_TABLE")
    tables = (
        {Path(own).stem: own_table(Path(own))} if own else {name: load(name) for name in TABLES}
    )
    print("Beside the R packages:", describe())
    found = [line for name, overlap in tables.items() for line in lines(name, overlap)]
    table(("table", "method", "estimate", "low", "high", "CPU s", "from"), map(_row, found))


if __name__ == "__main__":
    main()
