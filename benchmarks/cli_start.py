"""How long `habeas --help` takes, beside Python alone and Python with Typer."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.machine import describe, table

RUNS = 15
GOAL = 0.4


def seconds(command: Sequence[str | Path]) -> float:
    """The median of several runs, after one that warms the caches."""
    taken = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start)
    return median(taken[1:])


def main() -> None:
    """Run and print."""
    program = Path(sys.executable).with_name("habeas")
    measured = {
        "habeas --help": (program, "--help"),
        "python -c pass": (sys.executable, "-c", "pass"),
        'python -c "import typer"': (sys.executable, "-c", "import typer"),
    }
    print(f"Starting the command line, median of {RUNS} ({describe()})")
    rows = [(name, f"{seconds(command):.3f} s") for name, command in measured.items()]
    goals = (f"goal {GOAL} s", "compared to", "compared to")
    table(("", "measured", ""), [(*row, goal) for row, goal in zip(rows, goals, strict=True)])


if __name__ == "__main__":
    main()
