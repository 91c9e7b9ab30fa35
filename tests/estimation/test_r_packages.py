"""The benchmark beside the R packages compares like with like, and a refusal does not end it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ALL = """
from benchmarks import r_packages
from benchmarks.r_packages import RIVALS, VECTORS, Line, lines, load, stored
import csv

with (VECTORS / "reference_outputs.csv").open(encoding="utf-8", newline="") as opened:
    rows = [row for row in csv.DictReader(opened) if row["kind"] == "measured"]
methods = {row["method"] for row in rows}
told = [line for rival in RIVALS for name in r_packages.TABLES for line in stored(rival, name)]
found = {line.method for line in told}
assert found == methods, found ^ methods
r_packages.RIVALS = tuple(one for one in RIVALS if not one.name.startswith("LCMCR"))
for name in ("Korea", "spina_bifida", "UKdat_5"):
    told = lines(name, load(name))
    for their, ours in zip(told[::2], told[1::2], strict=True):
        assert (their.from_where, ours.from_where) != ("ours", "ours")
        if their.from_where != "R, stored" or ours.from_where == "no counterpart":
            continue
        assert their.largest == ours.largest
        for one, other in zip(their.figures, ours.figures, strict=True):
            assert one != one or other != other or abs(one - other) < 0.1, (their, ours)
print(*(line.largest for line in told[:4]))
"""

OWN = """
import os
from benchmarks import r_packages
r_packages.RIVALS = tuple(one for one in r_packages.RIVALS if not one.name.startswith("LCMCR"))
r_packages.main()
"""


def bench(code: str, **chosen: str) -> subprocess.CompletedProcess[str]:
    """Without R, whether it is there or not: what is stored stands in its place."""
    environment = {key: value for key, value in os.environ.items() if "HABEAS_BENCH" not in key}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment | {"PATH": ""} | chosen,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_ours_stands_beside_the_same_question_on_the_same_grid():
    done = bench(ALL)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["27440", "27440", "80000", "80000"]


def test_the_mutant_that_takes_another_grid_is_caught():
    """What stood here before: a grid to ten times the persons beside a stored run to 80,000."""
    mutant = ALL.replace(
        "import csv\n",
        "import csv\n"
        "r_packages.dense = lambda overlap, largest, real=r_packages.dense: real(overlap, None)\n",
    )
    assert "AssertionError" in bench(mutant).stderr


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ("1,0,0,5\n0,1,0,4\n0,0,1,3\n", "no model has an estimate|nobody|no estimate"),
        ("1,0,0,0\n", "the table has no persons"),
    ],
)
def test_a_table_of_ones_own_that_is_refused_is_told(tmp_path, rows, refused):
    own = tmp_path / "own.csv"
    own.write_text("A,B,C,count\n" + rows, encoding="utf-8")
    done = bench(OWN, HABEAS_BENCH_TABLE=str(own))
    assert done.returncode == 0, done.stderr
    assert any(f"refused: {one}" in done.stdout for one in refused.split("|")), done.stdout
    assert "no counterpart" in done.stdout
