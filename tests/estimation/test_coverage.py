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
from habeas.estimation.loglinear import bootstrap, select_model

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

wide = METHODS["log-linear-bootstrap"](overlap)
(low, high), (lowest, highest) = wide.intervals
assert lowest < low < wide.estimate < high < highest
# The 5th and 195th of 199 estimates, that of the model which was chosen in each.
drawn = np.sort(bootstrap(select_model(overlap), tables=199, seed=1).populations)
assert np.allclose((lowest, low, high, highest), drawn[[4, 9, 189, 194]])

def hangs(overlap):
    while True:
        pass

METHODS["hangs"], coverage.PATIENCE = hangs, 0.2
found = run("homogeneous", "hangs", 2)
assert (found.too_long, found.judged, found.covered) == (2, 0, (0, 0))
coverage.PATIENCE = 20.0
coverage.main()
"""


def bench(code: str, **chosen: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if "HABEAS_BENCH" not in key}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment | chosen, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_benchmark_counts_what_it_says():
    done = bench(CHECK, HABEAS_BENCH_POPULATIONS="2", HABEAS_BENCH_METHODS="chao")
    assert done.returncode == 0, done.stderr
    assert "homogeneous" in done.stdout
    assert "Doubly robust" in done.stdout
    assert np.char.count(done.stdout, "chao") == 10


def test_kinds_are_chosen_and_a_finished_row_is_out_before_the_run_ends(tmp_path):
    code = f"""
import sys
from pathlib import Path
from benchmarks import coverage
sys.stdout = open({str(tmp_path / "out")!r}, "w")
inner, out = coverage.print_row, []
def watched(cells, widths):
    inner(cells, widths)
    out.append(Path({str(tmp_path / "out")!r}).read_text().splitlines()[-1][:4])
coverage.print_row = watched
coverage.main()
print(out, file=sys.stderr)
"""
    kinds = "homogeneous; beta ;two classes, sim1"
    done = bench(code, HABEAS_BENCH_KINDS=kinds, HABEAS_BENCH_METHODS="chao",
                 HABEAS_BENCH_POPULATIONS="2", HABEAS_BENCH_PROCESSES="1")  # fmt: skip
    assert done.stderr.strip() == "['popu', 'homo', 'beta', 'two ']"
    wrong = bench("from benchmarks import coverage; coverage.main()", HABEAS_BENCH_KINDS="bata")
    assert "'bata' in HABEAS_BENCH_KINDS" in wrong.stderr
