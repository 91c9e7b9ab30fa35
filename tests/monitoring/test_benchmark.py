"""The benchmark of monitoring: what counts as a hit, a false alarm, a named kind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

CHECK = """
from dataclasses import replace
from datetime import date

import numpy as np

import xarray as xr
from shapely.geometry import box

from benchmarks.monitoring import first_seen, last_shown, tasks_of
from benchmarks.monitoring_methods import Event, Said
from benchmarks.monitoring_scores import (
    DATED, STRICT, Case, any_hit, covered, f1, false_alarms, first_hit, holds_area,
    kind_scores, named_false_alarms, overlap,
)
from habeas.monitoring.simulation import Change, simulate_site

ONE = np.zeros((4, 4), dtype=bool)
ONE[:2, :2] = True


def event(began, pixels=ONE, alarm=None, **more):
    return Event(began=began, alarm=alarm or began, pixels=pixels, **more)


def case(onset, *events):
    return Case(
        kind=onset and "rubbish", onset=onset, gradual=None, footprint=ONE,
        watch=(date(2020, 1, 1), date(2022, 12, 31)), said=Said(events=events, seconds=1.0),
        label="", inside=4,
    )


ONSET = date(2021, 1, 1)
assert ONE.sum() == 4
for ends, holds in (((3.0, 5.0), True), ((4.0, 4.0), True), ((4.1, 9.0), False), ((0, 3.9), False)):
    assert holds_area(event(ONSET, area=ends), case(ONSET)) == holds
early, right, late = (event(date(*day)) for day in ((2020, 6, 1), (2021, 1, 9), (2022, 12, 1)))
assert first_hit(case(ONSET, right)) is right
assert first_hit(case(ONSET, early, right)) is None
assert any_hit(case(ONSET, early, right)) is right
assert first_hit(case(ONSET, late)) is None
slow = event(date(2022, 3, 1))
assert first_hit(case(ONSET, slow)) is slow
assert first_hit(case(ONSET, slow), STRICT) is None

early_date = event(date(2020, 12, 10), alarm=date(2021, 1, 20))
assert first_hit(case(ONSET, early_date)) is early_date
assert first_hit(case(ONSET, early_date), DATED) is None
far_date = event(date(2020, 8, 1), alarm=date(2021, 1, 20))
assert first_hit(case(ONSET, far_date)) is None
assert false_alarms([case(ONSET, early_date)])[0] == 0
assert false_alarms([case(ONSET, far_date)])[0] == 1
unseen = Case(**{**vars(case(ONSET, far_date)), "shown": date(2020, 9, 20)})
assert first_hit(unseen) is far_date
assert false_alarms([unseen])[0] == 0
seen = Case(**{**vars(case(ONSET, far_date)), "shown": date(2020, 10, 10)})
assert first_hit(seen) is None
assert false_alarms([seen])[0] == 1

cases = [case(ONSET, right), case(ONSET), case(None), case(None, early)]
score, recall, precision = f1(cases)
assert (recall, precision, score) == (0.5, 0.5, 0.5)
count, years, low, high = false_alarms(cases)
assert count == 1 and abs(years - 8) < 0.02 and low < 1 / 8 < high
assert false_alarms([case(ONSET, early, right)])[0] == 1

assert overlap(right, case(ONSET)) == 1
assert overlap(event(ONSET, ~ONE), case(ONSET)) == 0
span = event(ONSET, earliest=date(2020, 12, 1), latest=date(2020, 12, 31))
assert not covered(span, case(ONSET))
assert covered(event(ONSET, earliest=ONSET, latest=ONSET), case(ONSET))

clear = np.ones((4, 4, 4))
clear[1, :, :] = np.nan
clear[2, :2, :2] = np.nan  # half of the site
days = np.array(["2021-01-01", "2021-01-06", "2021-01-11", "2021-01-16"], dtype="datetime64[ns]")
cube = xr.Dataset({"red": (("time", "y", "x"), clear)},
                  {"time": days, "y": [35.0, 25, 15, 5], "x": [5.0, 15, 25, 35]})
assert last_shown(cube, box(0, 0, 40, 40), date(2021, 1, 10)) == date(2021, 1, 1)
assert last_shown(cube, box(0, 0, 40, 40), date(2021, 1, 11)) == date(2021, 1, 11)
assert last_shown(cube, box(0, 20, 20, 40), date(2021, 1, 15)) == date(2021, 1, 1)
assert last_shown(cube, box(0, 0, 40, 40), date(2020, 1, 1)) is None
assert last_shown(cube, box(0, 0, 40, 40), None) is None

works = Case(**{**vars(case(ONSET, right)), "end": date(2021, 1, 21)})
assert works.half_done == date(2021, 1, 11)
assert case(ONSET).half_done == ONSET

named, strict, abstained = kind_scores([("rubbish", "rubbish"), ("planted", None)])
assert (named, strict, abstained) == (1.0, 0.5, 0.5)
guess = event(date(2020, 3, 1), kind="planted")
silent = event(date(2020, 3, 1))
both = [case(None, guess, silent), case(ONSET, guess), case(ONSET, right)]
assert named_false_alarms(both) == (2, 3)

tasks = tasks_of(10)
assert len({task.number for task in tasks}) == 20
assert sum(task.kind is None for task in tasks) == 10

# The floor of the delay: clear images of what has changed.
slow = Change(kind="rubbish", onset=date(2020, 6, 1), days=200, pixels=(6, 6), cover=1.0)
made = simulate_site(7, change=slow)
small, large, second = first_seen(made)
assert (made.truth.reached[200] - made.truth.onset).days <= small <= large < second
bare = replace(made, cube=made.cube.copy(deep=True))
clouded = bare.cube["time"].values == np.datetime64(made.truth.onset) + large
assert clouded.sum() == 1
for band in bare.cube.data_vars.values():
    band.values[clouded] = np.nan
assert first_seen(bare)[1] == second
assert first_seen(simulate_site(7)) is None
"""


def test_scores_are_what_they_are_said_to_be():
    done = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
