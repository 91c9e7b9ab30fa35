"""The benchmark of coverage: populations are as they are said to be, and misses are counted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]

CHECK = """
import numpy as np
from benchmarks import coverage
from benchmarks.coverage import Found, METHODS, POPULATIONS, population, run

for name in POPULATIONS:
    overlap, truth = population(name, 3)
    again, _ = population(name, 3)
    other, _ = population(name, 4)
    assert overlap.digest == again.digest != other.digest, name
    assert overlap.observed < truth, name
overlap, truth = population("homogeneous", 1)
assert np.allclose(overlap.sizes / truth, [0.3, 0.25, 0.2, 0.15], atol=0.03)
avoiding, _ = population("lists avoid each other", 1)
on = avoiding.membership
both = avoiding.totals[on[:, 0] & on[:, 1]].sum() / 2000
assert abs(both - 0.3 * 0.15) < 0.02

METHODS["truth"] = lambda overlap: Found(2000, ((1999, 2001), (1999, 2001)))
METHODS["low"] = lambda overlap: Found(1000, ((900, 1100), (900, 2000)))
found = run("homogeneous", "truth", 3)
assert (found.covered, found.too_low, found.too_high, found.error) == ((3, 3), 0, 0, 0)
found = run("homogeneous", "low", 3)
assert (found.covered, found.too_low, found.error) == ((0, 3), 0, -0.5)
found = run("22 lists, sparse", "low", 2)
assert (found.covered, found.too_low, found.too_high) == ((0, 0), 2, 0)
found = run("22 lists, sparse", "log-linear", 2)
assert (found.refused, found.covered) == (2, (0, 0))

def hangs(overlap):
    while True:
        pass

METHODS["hangs"], coverage.PATIENCE = hangs, 0.2
found = run("homogeneous", "hangs", 2)
assert (found.too_long, found.judged, found.covered) == (2, 0, (0, 0))
coverage.PATIENCE = 20.0
coverage.main()
"""


def test_the_benchmark_counts_what_it_says():
    environment = os.environ | {"HABEAS_BENCH_POPULATIONS": "2", "HABEAS_BENCH_METHODS": "chao"}
    done = subprocess.run(
        [sys.executable, "-c", CHECK],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "homogeneous" in done.stdout
    assert "Doubly robust" in done.stdout
    assert np.char.count(done.stdout, "chao") == 10
