"""Ground that changes twice: whether the second change is told, and what goes off meanwhile.

    python -m benchmarks changed_twice

Simulated sites of the test split over ten years. Each is changed in 2018; on every second one the
same ground is changed once more, as another kind, in 2022 or 2023. Beside it: the same without a
watch that takes over (`detection.succession`), where ground that changed is never watched again.
Settings by environment: `HABEAS_BENCH_SITES`: how many of each (20 unless set; 150 for the docs).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context

import numpy as np

from benchmarks.machine import describe, percentile, table
from habeas.monitoring.detection.calibration import rate_of
from habeas.monitoring.detection.days import date_of
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.succession import ended
from habeas.monitoring.detection.watch_state import WatchState
from habeas.monitoring.disturbance import KINDS, Disturbance
from habeas.monitoring.simulation import Change, inject, simulate_site

FIRST_SEED = 50_000_000
YEARS = (2015, 2024)
CHANGED = date(2018, 3, 1)
AGAIN = (date(2022, 1, 1), 540)
"""From when on the ground is changed once more, and in how many days."""

EARLIEST, LATEST = timedelta(days=10), timedelta(days=548)
"""An alarm from so long before a change to so long after it is taken to be of it."""

WORKERS = 2


@dataclass(frozen=True)
class Outcome:
    """What became of one site.

    Attributes:
        first: whether the first change was told.
        begun: days from the last alarm before it to the day on which another watch took over.
        years: that it watched, until the ground changed once more.
        false: alarms in that time.
        again: the first day of the second change; none where there was none.
        told: what was said of it.
        alone: whether the first watch alone tells it.
    """

    first: bool
    begun: int | None
    years: float
    false: int
    again: date | None
    told: Disturbance | None
    alone: bool


def outcome(number: int) -> Outcome:
    """Make a site, and watch it."""
    rng = np.random.default_rng(FIRST_SEED + number)
    kind, other = rng.choice(KINDS, 2, replace=False)
    first = CHANGED + timedelta(days=int(rng.integers(200)))
    made = simulate_site(FIRST_SEED + number, change=Change(kind=str(kind), onset=first),
                         years=YEARS, size=24, watched_from=CHANGED)  # fmt: skip
    again = AGAIN[0] + timedelta(days=int(rng.integers(AGAIN[1]))) if number % 2 else None
    cube = made.cube
    if again is not None:
        cube = inject(cube, made.truth.footprint, Change(kind=str(other), onset=again),
                      FIRST_SEED + number, climate=made.truth.climate).cube  # fmt: skip
    # Its first three years teach it, whatever was done in them is taken for undisturbed.
    settings = DetectionSettings(watch_from=CHANGED - timedelta(days=59))
    said, state = watch(cube, made.outline, settings=settings)
    until = again or date(YEARS[1], 12, 31)
    begun = _taken_over(state)
    late = [one for one in said.disturbances if begun is not None and one.alarm >= begun[1]]
    return Outcome(
        first=any(_of(one, first) for one in said.disturbances),
        begun=None if begun is None else (begun[1] - begun[0]).days,
        years=0.0 if begun is None else max((until - begun[1]).days, 0) / 365.25,
        false=sum(one.alarm < until - (EARLIEST if again else timedelta(0)) for one in late),
        again=again,
        told=next((one for one in said.disturbances if again and _of(one, again)), None),
        alone=_alone(state, again),
    )


def _taken_over(state: WatchState | None) -> tuple[date, date] | None:
    """The last alarm of the first watch, and the first day of the second."""
    if state is None or state.succession is None:
        return None
    first = state.succession.first
    alarm = ended(state, first).alarms[-1].day
    return date_of(alarm), date_of(first)


def _of(one: Disturbance, onset: date) -> bool:
    return onset - EARLIEST <= one.alarm <= onset + LATEST


def _alone(state: WatchState | None, again: date | None) -> bool:
    """Whether a state's own alarms, without those of another watch, tell the second change."""
    alarms = [] if state is None else [date_of(alarm.day) for alarm in state.alarms]
    return again is not None and any(again - EARLIEST <= day <= again + LATEST for day in alarms)


def main() -> None:
    """Print the figures."""
    count = int(os.environ.get("HABEAS_BENCH_SITES", "20"))
    print(describe())
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(outcome, range(2 * count), chunksize=4))
    told_first = [one for one in found if one.first]
    begun = [one.begun for one in found if one.begun is not None]
    print(f"{len(found)} sites changed in 2018, {count} of them once more in 2022 or 2023")
    print(f"first change told: {len(told_first)}; another watch took over at {len(begun)}, "
          f"{percentile(begun, 0.5):.0f} days after the alarm (90 %: "
          f"{percentile(begun, 0.9):.0f})")  # fmt: skip
    _print_second([one for one in found if one.again is not None])
    years, alarms = sum(one.years for one in found), sum(one.false for one in found)
    rate = rate_of(alarms, years, 0.95)
    print(f"false alarms after it took over: {alarms} in {years:.0f} site-years, {rate.best:.3f} "
          f"[{rate.low:.3f} to {rate.high:.3f}] a site and year")  # fmt: skip


def _print_second(twice: Sequence[Outcome]) -> None:
    told = [(one.again, one.told) for one in twice if one.again is not None and one.told]
    errors = [abs((said.best - again).days) for again, said in told]
    delays = [(said.alarm - again).days for again, said in told]
    held = sum(said.earliest <= again <= said.latest for again, said in told)
    table(
        ("second change", "told", "date error median / p90", "90 % interval holds", "delay median"),
        [
            ("with a watch that takes over", f"{len(told)} of {len(twice)}",
             f"{percentile(errors, 0.5):.0f} / {percentile(errors, 0.9):.0f}",
             f"{held / max(len(told), 1):.3f}", f"{percentile(delays, 0.5):.0f}"),
            ("without", f"{sum(one.alone for one in twice)} of {len(twice)}", "", "", ""),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
