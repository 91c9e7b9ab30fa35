"""Coverage: how often intervals hold the truth, over simulated populations whose size is known.

Failures are printed as they are, each row when it is finished. `HABEAS_BENCH_POPULATIONS` says how
many populations of each kind are drawn (500 for the figures in the documentation),
`HABEAS_BENCH_METHODS` which methods are run, parted by commas, `HABEAS_BENCH_KINDS` of which kinds
of population, parted by semicolons (all when it is empty; then doubly robust comes last, which has
populations of its own), `HABEAS_BENCH_PROCESSES` in how many processes (2). The classes `sim1` to
`sim5` have the chances of HRDAG's simulations (StanLCMCR);
`three classes, sparse` those of Manrique-Vallier (2016), as Aleshin-Guendel and others give them.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from benchmarks.machine import describe, percentile, table
from habeas.errors import InputError
from habeas.estimation.decomposable import average_graphs
from habeas.estimation.doubly_robust import doubly_robust
from habeas.estimation.floors import chao_1989
from habeas.estimation.loglinear import bootstrap, profile_interval, select_model
from habeas.estimation.overlap import Overlap

Bools = npt.NDArray[np.bool_]
Random = np.random.Generator
LEVELS = (0.90, 0.95)

PATIENCE = 60.0
"""Seconds of processor time for one population; a fit that takes longer is counted as that."""


@dataclass(frozen=True)
class Found:
    """An estimate and its intervals, one a level; whether its sampler converged."""

    estimate: float
    intervals: tuple[tuple[float, float], ...]
    converged: bool = True


Method = Callable[[Overlap], Found]
Draw = Callable[[Random], Bools]
"""Membership of every person of a population, those on no list included; shape (N, lists)."""


def classes(random: Random, parts: Sequence[tuple[int, Sequence[float]]]) -> Bools:
    """Persons of classes: so many of each, with these chances to be on each list."""
    return np.concatenate(
        [random.random((size, len(chances))) < np.array(chances) for size, chances in parts]
    )


def beta(random: Random, size: int, shape: tuple[float, float], lists: Sequence[float]) -> Bools:
    """Each person is as visible as a beta variable; each list reaches that times its own reach."""
    visible = random.beta(*shape, size=size)
    return np.asarray(random.random((size, len(lists))) < visible[:, None] * np.array(lists))


def avoiding(random: Random, size: int, chances: Sequence[float], factor: float) -> Bools:
    """A person already on a list is less likely, by a factor, to come onto the next."""
    on = np.zeros((size, len(chances)), dtype=bool)
    for at, chance in enumerate(chances):
        damped = np.where(on[:, :at].any(axis=1), chance * factor, chance)
        on[:, at] = random.random(size) < damped
    return on


_WIDE = [0.01] * 8 + [0.02] * 8 + [0.03] * 6

POPULATIONS: dict[str, Draw] = {
    "homogeneous": partial(classes, parts=[(2000, [0.3, 0.25, 0.2, 0.15])]),
    "two classes, sim1": partial(
        classes,
        parts=[
            (1800, [0.033, 0.033, 0.099, 0.132, 0.033]),
            (200, [0.660, 0.825, 0.759, 0.990, 0.693]),
        ],
    ),
    "two classes, sim2": partial(
        classes,
        parts=[
            (1600, [0.013, 0.013, 0.099, 0.132, 0.033]),
            (400, [0.560, 0.825, 0.759, 0.990, 0.593]),
        ],
    ),
    "two classes, sim3": partial(
        classes,
        parts=[
            (1600, [0.113, 0.113, 0.199, 0.232, 0.133]),
            (400, [0.860, 0.925, 0.859, 0.990, 0.793]),
        ],
    ),
    "three classes, sim4": partial(
        classes,
        parts=[
            (1600, [0.1, 0.05, 0.15, 0.2, 0.1]),
            (200, [0.5, 0.4, 0.6, 0.4, 0.5]),
            (200, [0.8, 0.9, 0.6, 0.7, 0.7]),
        ],
    ),
    "crossed classes, sim5": partial(
        classes,
        parts=[
            (1600, [0.113, 0.113, 0.199, 0.832, 0.733]),
            (400, [0.860, 0.925, 0.859, 0.190, 0.193]),
        ],
    ),
    "three classes, sparse": partial(
        classes,
        parts=[
            (1400, [0.033, 0.033, 0.099, 0.132, 0.033]),
            (400, [0.275, 0.25, 0.2, 0.3, 0.325]),
            (200, [0.66, 0.825, 0.759, 0.99, 0.693]),
        ],
    ),
    "beta": partial(beta, size=2000, shape=(2.0, 3.0), lists=[0.9, 0.7, 0.6, 0.5]),
    "lists avoid each other": partial(
        avoiding, size=2000, chances=[0.3, 0.3, 0.25, 0.25], factor=0.5
    ),
    "22 lists, sparse": partial(
        classes, parts=[(3500, _WIDE), (1500, [3 * chance for chance in _WIDE])]
    ),
}


def population(name: str, seed: int) -> tuple[Overlap, int]:
    """A simulated population: the overlaps of its lists, and its true size.

    Args:
        name: one of `POPULATIONS`.
        seed: of the random numbers; the same name and seed give the same population.
    """
    number = list(POPULATIONS).index(name)
    on = POPULATIONS[name](np.random.default_rng([number, seed]))
    seen = on[on.any(axis=1)]
    names = [f"L{at + 1}" for at in range(on.shape[1])]
    columns = dict(zip(names, seen.T.astype(np.int64), strict=True))
    return Overlap.from_records(columns, lists=names), len(on)


def decomposable(overlap: Overlap) -> Found:
    """The average over decomposable graphs, as it is by default."""
    posterior = average_graphs(overlap).posterior
    return Found(posterior.quantile(0.5), tuple(posterior.interval(level) for level in LEVELS))


def log_linear(overlap: Overlap) -> Found:
    """The best model by BIC, and its profile interval."""
    best = select_model(overlap).best
    ends = [profile_interval(overlap, best.model, level)[1:] for level in LEVELS]
    return Found(overlap.observed + best.missing, tuple(ends))


RESAMPLES = 199
"""Tables drawn anew for one interval; the ends of 95 % are then the 5th and 195th, in order."""


def log_linear_bootstrap(overlap: Overlap) -> Found:
    """The interval that `fit` shows first: the model chosen again, among the 250 best, each time.

    `fit` draws 500 tables, this `RESAMPLES`. 199 are the fewest of which the ends of 90 and 95 %
    are drawn estimates themselves, five or more from the end; between such ends lie 90 and 95 % of
    the bootstrap's distribution on average, between those that 500 tables give by interpolation
    89.8 and 94.6 %. One population takes 0.3 s of a core with four lists, 4 s with five.
    """
    selection = select_model(overlap)
    drawn = bootstrap(selection, tables=RESAMPLES, seed=1)
    if not len(drawn.populations):
        raise InputError("no table that was drawn anew has an estimate")
    shares = [((1 - level) / 2, (1 + level) / 2) for level in LEVELS]
    ends = np.quantile(drawn.populations, shares, method="weibull")
    return Found(
        overlap.observed + selection.best.missing,
        tuple((float(low), float(high)) for low, high in ends),
    )


def chao(overlap: Overlap) -> Found:
    """Chao's bound (1989): a floor, whose interval need not hold the truth."""
    found = [chao_1989(overlap, level=level) for level in LEVELS]
    return Found(found[0].estimate, tuple((one.low, one.high) for one in found))


def latent_classes(overlap: Overlap) -> Found:
    """Latent classes, with a tenth of the draws of the default.

    Enough for the ends of an interval, too few for the bound on R-hat: many count as not converged.
    """
    from habeas.estimation.latent_class import LatentClassSettings, fit_latent_classes

    found = fit_latent_classes(overlap, settings=LatentClassSettings(draws=500, burn_in=500))
    ends = tuple(found.interval(level) for level in LEVELS)
    return Found(found.quantile(0.5), ends, found.converged)


METHODS: dict[str, Method] = {
    "decomposable": decomposable,
    "log-linear": log_linear,
    "log-linear-bootstrap": log_linear_bootstrap,
    "chao": chao,
    "latent-classes": latent_classes,
}
DEFAULT = ("decomposable", "log-linear", "chao")


@dataclass(frozen=True)
class Coverage:
    """How a method did on one kind of population.

    Attributes:
        population: which.
        method: which.
        drawn: populations.
        covered: how many intervals held the truth, one count a level.
        too_low: intervals at the last level that ended below the truth.
        too_high: intervals at the last level that began above it.
        refused: populations of which the method gave nothing.
        too_long: those for which it took longer than `PATIENCE`.
        not_converged: those of which its sampler did not converge; they count all the same.
        error: the median of estimate / truth - 1.
        seconds: of one core for one population.
    """

    population: str
    method: str
    drawn: int
    covered: tuple[int, ...]
    too_low: int
    too_high: int
    refused: int
    too_long: int
    not_converged: int
    error: float
    seconds: float

    @property
    def judged(self) -> int:
        """Populations with an interval."""
        return self.drawn - self.refused - self.too_long


def _stop(signal_number: int, frame: object) -> None:
    raise TimeoutError


def within_patience(method: Method, overlap: Overlap) -> Found:
    """The answer of a method; call it from the main thread of a process.

    Raises:
        TimeoutError: it took longer than `PATIENCE`.
    """
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        return method(overlap)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def run(name: str, method: str, populations: int) -> Coverage:
    """Count coverage of one method over populations of one kind, with seeds 0, 1, 2 and on."""
    covered, errors = np.zeros(len(LEVELS), dtype=int), []
    too_low = too_high = refused = too_long = not_converged = 0
    start = time.process_time()
    for seed in range(populations):
        overlap, truth = population(name, seed)
        try:
            found = within_patience(METHODS[method], overlap)
        except InputError:
            refused += 1
            continue
        except TimeoutError:
            too_long += 1
            continue
        covered += [low <= truth <= high for low, high in found.intervals]
        low, high = found.intervals[-1]
        too_low += high < truth
        too_high += low > truth
        not_converged += not found.converged
        errors.append(found.estimate / truth - 1)
    seconds = (time.process_time() - start) / populations
    error = percentile(errors, 0.5) if errors else float("nan")
    return Coverage(
        name,
        method,
        populations,
        tuple(covered.tolist()),
        too_low,
        too_high,
        refused,
        too_long,
        not_converged,
        error,
        seconds,
    )


def with_covariates(random: Random, size: int = 3000) -> dict[str, npt.NDArray[np.float64]]:
    """Records of a population in which two lists depend on a covariate, and on nothing else."""
    x = random.normal(size=size)
    first, second = (random.random(size) < 1 / (1 + np.exp(-z)) for z in (x - 0.5, x - 0.8))
    seen = first | second
    return {"A": first[seen] * 1.0, "B": second[seen] * 1.0, "x": x[seen]}


def run_doubly_robust(populations: int) -> list[tuple[str, ...]]:
    """Coverage of the doubly robust interval, with the covariate that is needed and without."""
    rows = []
    for label, covariates, learner in (
        ("its covariate", ["x"], "logistic"),
        ("its covariate, neighbours", ["x"], "neighbours"),
        ("no covariate", [], "logistic"),
    ):
        covered, errors = np.zeros(len(LEVELS), dtype=int), []
        for seed in range(populations):
            records = with_covariates(np.random.default_rng(seed))
            for at, level in enumerate(LEVELS):
                one = doubly_robust(
                    records, lists=["A", "B"], covariates=covariates, level=level, learner=learner
                ).pairs[0]
                covered[at] += one.low <= 3000 <= one.high
            errors.append(one.estimate / 3000 - 1)
        shares = (f"{count / populations:.0%}" for count in covered)
        rows.append((label, *shares, f"{percentile(errors, 0.5):+.1%}"))
    return rows


def _row(one: Coverage) -> tuple[str, ...]:
    shares = [f"{count / one.judged:.0%}" if one.judged else "-" for count in one.covered]
    return (
        one.population,
        one.method,
        *shares,
        str(one.too_low),
        str(one.too_high),
        f"{one.error:+.1%}" if one.judged else "-",
        str(one.refused),
        str(one.too_long),
        str(one.not_converged),
        f"{one.seconds:.3f}",
    )


HEAD = ("population", "method", "90 %", "95 %", "ends too low", "begins too high",
        "median error", "refused", "too long", "not converged", "s each")  # fmt: skip


def chosen(variable: str, mark: str, known: Sequence[str], default: Sequence[str]) -> list[str]:
    """Names that an environment variable chooses, parted by a mark; a default if it is empty.

    Raises:
        InputError: one that is not known.
    """
    names = [name.strip() for name in os.environ.get(variable, "").split(mark)]
    names = [name for name in names if name]
    for name in names:
        if name not in known:
            raise InputError(f"{name!r} in {variable}", mend=f"There are {mark.join(known)}")
    return names or list(default)


def main() -> None:
    """Run and print."""
    populations = int(os.environ.get("HABEAS_BENCH_POPULATIONS", "10"))
    methods = chosen("HABEAS_BENCH_METHODS", ",", list(METHODS), DEFAULT)
    kinds = chosen("HABEAS_BENCH_KINDS", ";", list(POPULATIONS), list(POPULATIONS))
    print(f"Coverage over {populations} populations of each kind ({describe()})")
    print("Shares are of those with an interval; Chao's bound is a floor.", flush=True)
    widths = [max(map(len, POPULATIONS)), max(map(len, METHODS)), *map(len, HEAD[2:])]
    print_row(HEAD, widths)
    with ProcessPoolExecutor(int(os.environ.get("HABEAS_BENCH_PROCESSES", "2"))) as pool:
        tasks = [pool.submit(run, name, one, populations) for name in kinds for one in methods]
        for done in as_completed(tasks):
            print_row(_row(done.result()), widths)
    if kinds == list(POPULATIONS):
        print(f"\nDoubly robust, two lists, N = 3,000, {populations} populations")
        table(("given", "90 %", "95 %", "median error"), run_doubly_robust(populations))


def print_row(cells: Sequence[str], widths: Sequence[int]) -> None:
    """Print one row at once: a run may be ended before the others are done."""
    print("  ".join(map(str.ljust, cells, widths)).rstrip(), flush=True)


if __name__ == "__main__":
    main()
