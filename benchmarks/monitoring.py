"""Monitoring: ours beside COLD and the monitors of nrt, on the same cubes, in one run.

Simulated sites of the test split (`habeas.monitoring.simulation`), half of them changed, watched
2020 to 2022; then the plain sites of the trial that the goals come from
(`benchmarks.plain_sites`), mild and with all the rain and the green of simulated arid ones; then
changes put into the real cubes of 20 m and 10 m that ship with nrt, two sites for five simulated
ones. Figures on one's own simulator flatter: see docs/monitoring-simulator.md.
Settings by environment:

- `HABEAS_BENCH_SITES`: stable sites, and as many changed ones (30 unless set; 300 for the docs);
- `HABEAS_BENCH_SIZE`: pixels of width of a scene about a site of 8 (24 unless set);
- `HABEAS_BENCH_GROUNDS`: words that the names of the grounds hold, parted by `;` (all unless set);
- `HABEAS_BENCH_METHODS`: words that the names of the methods hold, parted by `;` (all unless set);
- `HABEAS_BENCH_FIRST_SEED`: of the sites (20 million unless set); others are sites that no figure
  was chosen by.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr
from shapely.geometry import Polygon, box
from threadpoolctl import threadpool_limits

from benchmarks.machine import describe, table
from benchmarks.monitoring_methods import Method, methods, site_of
from benchmarks.monitoring_scores import (
    DATED,
    STRICT,
    Case,
    any_hit,
    covered,
    f1,
    false_alarms,
    first_hit,
    holds_area,
    kind_scores,
    named_false_alarms,
    off,
    overlap,
)
from benchmarks.plain_sites import KINDS as PLAIN_KINDS
from benchmarks.plain_sites import MILD, plain_site
from benchmarks.real_cubes import romania, true_change
from habeas.monitoring.cube import bands_of
from habeas.monitoring.disturbance import KINDS
from habeas.monitoring.simulation import Change, SimulatedSite, inject, simulate_site
from habeas.monitoring.simulation.site import NOTICEABLE

FIRST_SEED = int(os.environ.get("HABEAS_BENCH_FIRST_SEED", "20_000_000"))
WATCH = (date(2020, 1, 1), date(2022, 12, 31))
REAL_WATCH = (date(2018, 7, 1), date(2020, 12, 31))
SITE = 8
WORKERS = 2


GROUNDS = {
    "simulated": "Simulated sites, watched 2020 to 2022",
    "plain, mild": "Plain sites, as mild as in the trial that the goals come from",
    "plain, arid": "Plain sites, with the rain and the green of simulated arid ones",
    "real 20m": "Real cube of 20m, sites where no forest was cut",
    "real 10m": "Real cube of 10m, sites where no forest was cut",
}
"""What the sites are made of, and its title."""


@dataclass(frozen=True)
class Task:
    """A site to make and to look at: its number, the kind of its change or none, its ground."""

    number: int
    kind: str | None
    ground: str = "simulated"


def chosen() -> Mapping[str, Method]:
    """The methods that were asked for."""
    words = os.environ.get("HABEAS_BENCH_METHODS", "").split(";")
    return {name: run for name, run in methods().items() if any(word in name for word in words)}


def run(task: Task) -> dict[str, Case]:
    """What each method says of one site."""
    if task.ground == "real 20m":
        return _real(task, "20m")
    if task.ground == "real 10m":
        return _real(task, "10m")
    return _simulated(task, _made(task))


def _made(task: Task) -> SimulatedSite:
    if task.ground == "simulated":
        size = int(os.environ.get("HABEAS_BENCH_SIZE", "24"))
        change = None if task.kind is None else Change(kind=task.kind)
        return simulate_site(FIRST_SEED + task.number, change=change, size=size, site=SITE)
    part = MILD if task.ground == "plain, mild" else 1.0
    return plain_site(FIRST_SEED + task.number, task.kind, part)


def _simulated(task: Task, made: SimulatedSite) -> dict[str, Case]:
    truth = made.truth
    label = f"{task.number} {truth.climate} {truth.kind or 'stable'} {truth.onset or ''}"
    return {
        name: Case(
            kind=truth.kind,
            onset=truth.onset,
            gradual=truth.gradual,
            footprint=truth.footprint,
            watch=WATCH,
            said=method(made.cube, made.outline, WATCH[0]),
            end=truth.end,
            inside=int((truth.footprint & site_of(made.cube, made.outline)).sum()),
            shown=last_shown(made.cube, made.outline, truth.onset),
            seen=first_seen(made),
            label=f"{label} {'; '.join(truth.troubles)}",
        )
        for name, method in chosen().items()
    }


def _real(task: Task, cube_of: Literal["20m", "10m"]) -> dict[str, Case]:
    """A window of a real cube about an unchanged site, with a change put into it or as it is."""
    rng = np.random.default_rng([FIRST_SEED, task.number])
    whole = romania(cube_of)
    y, x = unchanged(rng, true_change(whole, REAL_WATCH[0]))
    cube = whole.isel(y=slice(y, y + 24), x=slice(x, x + 24))
    footprint = np.zeros((24, 24), dtype=np.bool_)
    onset = end = None
    if task.kind is not None:
        height, width = (int(edge) for edge in rng.integers(2, 7, 2))
        top, left = (8 + int(rng.integers(0, SITE - edge + 1)) for edge in (height, width))
        footprint[top : top + height, left : left + width] = True
        onset = date.fromordinal(date(2018, 9, 1).toordinal() + int(rng.integers(0, 500)))
        change = Change(kind=task.kind, onset=onset)
        made = inject(cube, footprint, change, FIRST_SEED + task.number)
        cube, end = made.cube, made.end
    return {
        name: Case(
            kind=task.kind,
            onset=onset,
            gradual=None,
            footprint=footprint,
            watch=REAL_WATCH,
            said=method(cube, _middle(cube), REAL_WATCH[0]),
            end=end,
            inside=int(footprint.sum()),
            shown=last_shown(cube, _middle(cube), onset),
            label=f"{task.number} real {task.kind or 'as it is'} {onset or ''} at {y},{x}",
        )
        for name, method in chosen().items()
        if "nrt" not in name
    }


def last_shown(cube: xr.Dataset, outline: Polygon, onset: date | None) -> date | None:
    """The last day up to the onset on which half of the site is clear; none if there is none."""
    if onset is None:
        return None
    clear = np.isfinite(cube[bands_of(cube)[0]].values)[:, site_of(cube, outline)].mean(axis=1)
    days = cube["time"].values.astype("datetime64[D]")
    before = days[(clear >= 0.5) & (days <= np.datetime64(onset, "D"))]
    return before[-1].astype(date) if len(before) else None


def first_seen(made: SimulatedSite) -> tuple[int, int, int] | None:
    """After how many days a clear image shows what can be seen at all: see `Case.seen`."""
    truth = made.truth
    if truth.onset is None or not truth.footprint.any():
        return None
    red = made.cube[bands_of(made.cube)[0]].values
    clear = np.isfinite(red)[:, truth.footprint].mean(axis=1) >= 0.5
    days = np.unique(made.cube["time"].values.astype("datetime64[D]")[clear])
    small, large = (days[days >= np.datetime64(truth.reached[area])] for area in NOTICEABLE)
    if len(large) < 2:
        return None
    seen = [(day - np.datetime64(truth.onset)).astype(int) for day in (small[0], *large[:2])]
    return int(seen[0]), int(seen[1]), int(seen[2])


def unchanged(rng: np.random.Generator, changed: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """The corner of a window whose site holds no ground that truly changed."""
    while True:
        y, x = (int(edge) for edge in rng.integers(0, len(changed) - 24 + 1, 2))
        if not changed[y + 8 : y + 16, x + 8 : x + 16].any():
            return y, x


def _middle(cube: xr.Dataset) -> Polygon:
    x, y = cube["x"].values[8:16], cube["y"].values[8:16]
    half = abs(x[1] - x[0]) / 2
    return box(x.min() - half, y.min() - half, x.max() + half, y.max() + half)


def all_cases(tasks: Sequence[Task]) -> dict[str, list[Case]]:
    """Every site by every method, on a pool of processes."""
    found: dict[str, list[Case]] = {}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        for done, cases in enumerate(pool.map(run, tasks, chunksize=2), start=1):
            if done % 20 == 0:
                print(f"{done} of {len(tasks)} sites", file=sys.stderr, flush=True)
            for name, case in cases.items():
                found.setdefault(name, []).append(case)
    return found


def accuracy(found: Mapping[str, list[Case]]) -> None:
    """Print F1, recall, precision, false alarms.

    `gaps count` is F1 if a date is too early however long no image showed the site before.
    """
    rows = []
    for name, cases in found.items():
        score, recall, precision = f1(cases)
        dated, strict = f1(cases, DATED)[0], f1(cases, STRICT)[0]
        changed = [case for case in cases if case.kind]
        ever = np.mean([any_hit(case) is not None for case in changed])
        gaps = f1([replace(case, shown=None) for case in cases])[0]
        count, years, low, high = false_alarms(cases)
        rows.append(
            (
                name,
                f"{score:.3f}",
                f"{recall:.3f}",
                f"{precision:.3f}",
                f"{dated:.3f}",
                f"{strict:.3f}",
                f"{gaps:.3f}",
                f"{ever:.3f}",
                f"{count / years:.3f} [{low:.3f} {high:.3f}]",
                f"{sum(not case.said.assessed for case in cases)}",
            )
        )
    head = (
        "method",
        "F1",
        "recall",
        "precision",
        "F1 by date",
        "strict",
        "gaps count",
        "ever found",
    )
    table((*head, "false alarms/site-year [95 %]", "not assessed"), rows)


def null_placements(found: Mapping[str, list[Case]]) -> None:
    """Print what methods measured themselves, beside the sites, at places of the same images."""
    for name, cases in found.items():
        alarms = sum(case.said.null[0] for case in cases)
        years = sum(case.said.null[1] for case in cases)
        if years:
            print(
                f"Null placements, {name}: {alarms} alarms in {years:.0f} site-years, "
                f"{alarms / years:.3f} a site and year (what was truly done there counts)"
            )


def by_kind(found: Mapping[str, list[Case]]) -> None:
    """Print recall by kind."""
    rows = []
    for name, cases in found.items():
        cells = []
        for kind in KINDS:
            of_kind = [case for case in cases if case.kind == kind]
            hits = sum(first_hit(case) is not None for case in of_kind)
            cells.append(f"{hits / len(of_kind):.3f}" if of_kind else "-")
        rows.append((name, *cells))
    table(("recall", *KINDS), rows)


def details(found: Mapping[str, list[Case]]) -> None:
    """Print dates, coverage, footprints, delays and cost."""
    rows = []
    for name, cases in found.items():
        hits = [(case, event) for case in cases if (event := first_hit(case))]
        error = [abs(off(event, case)) for case, event in hits]
        abrupt = [abs(off(event, case)) for case, event in hits if case.gradual is False]
        delay = [(event.alarm - case.onset).days for case, event in hits]
        sudden = [(event.alarm - case.onset).days for case, event in hits if case.gradual is False]
        half = [(event.alarm - case.half_done).days for case, event in hits]
        inside = [covered(event, case) for case, event in hits if event.earliest]
        same = [overlap(event, case) for case, event in hits]
        area = [holds_area(event, case) for case, event in hits if event.area]
        seconds = sum(case.said.seconds for case in cases) / len(cases)
        rows.append(
            (
                name,
                _two(error),
                _two(abrupt),
                f"{np.mean(inside):.3f} of {len(inside)}" if inside else "-",
                f"{np.mean(same):.3f}" if same else "-",
                f"{np.mean(area):.3f}" if area else "-",
                _two(delay),
                _two(sudden),
                _two(half),
                f"{1000 * seconds / SITE**2:.2f}",
            )
        )
    head = ("method", "date error median / p90", "of abrupt ones", "90 % interval covers")
    table(
        (
            *head,
            "IoU",
            "90 % interval of the area holds",
            "delay median / p90",
            "of abrupt ones",
            "from half done",
            "CPU ms/site pixel",
        ),
        rows,
    )


def floor_of_delay(found: Mapping[str, list[Case]]) -> None:
    """Print when what can be seen at all is to be seen, whatever looks at it."""
    cases = next(iter(found.values()), [])
    seen = [case.seen for case in cases if case.seen is not None]
    if not seen:
        return
    small, large, second = (int(np.median(days)) for days in zip(*seen, strict=True))
    print(
        f"Days from the onset, median of {len(seen)}: a clear image shows 200 square metres "
        f"changed after {small}, 400 after {large}, a second one 400 after {second}"
    )


def _two(days: Sequence[int]) -> str:
    return f"{np.median(days):.0f} / {np.quantile(days, 0.9):.0f}" if days else "-"


def hypotheses(found: Mapping[str, list[Case]]) -> None:
    """Print how well kinds are told, by methods that tell them."""
    for name, cases in found.items():
        pairs = [(case.kind, event.kind) for case in cases if (event := first_hit(case))]
        if not any(said for _, said in pairs):
            continue
        named, strict, abstained = kind_scores(pairs)
        wrongly, false = named_false_alarms(cases)
        print(
            f"Kinds, {name}: macro-F1 {named:.3f} of those named, {strict:.3f} with abstaining as "
            f"a miss; abstains in {abstained:.3f} of {len(pairs)}; names a kind for {wrongly} of "
            f"{false} false alarms"
        )
        table(
            ("true \\ said", *KINDS, "none"),
            [
                (kind, *(str(pairs.count((kind, said))) for said in (*KINDS, None)))
                for kind in KINDS
            ],
        )


def failures(cases: Iterable[Case]) -> Iterator[str]:
    """What went wrong at each site where something did, in words."""
    for case in cases:
        said = ", ".join(str(event.began) for event in case.said.events) or "nothing"
        if (case.kind and first_hit(case) is None) or (not case.kind and case.said.events):
            yield f"  {case.label}: said {said}"


def timing() -> None:
    """Print what one pixel series of about 500 dates and six bands costs, one core."""
    for seed in range(FIRST_SEED, FIRST_SEED + 200):
        made = simulate_site(seed, sensors=("sentinel-2", "landsat"), size=24, site=SITE)
        if 480 <= made.cube.sizes["time"] <= 560:
            break
    cube = made.cube.isel(time=slice(0, 500))
    rows = []
    for name, method in chosen().items():
        method(cube, made.outline, WATCH[0])  # compiling, loading
        with threadpool_limits(1):  # seconds of the processor are those of all threads
            seconds = min(method(cube, made.outline, WATCH[0]).seconds for _ in range(3))
        rows.append((name, f"{1000 * seconds / SITE**2:.2f}", f"{seconds:.3f}"))
    table(("500 dates x 6 bands", "ms/site pixel", "s/site of 64 pixels"), rows)


def report(title: str, tasks: Sequence[Task]) -> None:
    """Run and print one part."""
    found = all_cases(tasks)
    stable = sum(task.kind is None for task in tasks)
    print(f"{title}: {stable} stable, {len(tasks) - stable} changed")
    for part in (accuracy, null_placements, by_kind, details, floor_of_delay, hypotheses):
        part(found)
        print()
    first = next(iter(found))
    print(f"Failures of {first}:")
    print("\n".join(failures(found[first])))
    print(flush=True)


def tasks_of(count: int, ground: str = "simulated") -> list[Task]:
    """So many stable sites, and so many changed ones, the kinds by turns."""
    kinds = PLAIN_KINDS if ground.startswith("plain") else KINDS
    stable = [Task(number, None, ground) for number in range(count)]
    return stable + [Task(count + n, kinds[n % len(kinds)], ground) for n in range(count)]


def main() -> None:
    """Print all."""
    count = int(os.environ.get("HABEAS_BENCH_SITES", "30"))
    words = os.environ.get("HABEAS_BENCH_GROUNDS", "").split(";")
    print("Monitoring:", describe())
    for ground, title in GROUNDS.items():
        if any(word in ground for word in words):
            sites = 2 * count // 5 if ground.startswith("real") else count
            report(title, tasks_of(sites, ground))
    timing()


if __name__ == "__main__":
    main()
