"""The demonstration, after set-up: what a newcomer waits for."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import describe, table

DEMO = Path(__file__).parents[1] / "examples" / "iran-1988" / "demo.py"


def main() -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory(prefix="habeas-benchmark-") as folder:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, DEMO, Path(folder) / "demo"], check=True, stdout=subprocess.DEVNULL
        )
        taken = time.perf_counter() - start
    print(f"The demonstration: 18 dossiers, HTML and PDF ({describe()})")
    table(("", "measured", "goal"), (("make demo, after set-up", f"{taken:.1f} s", "30 s"),))


if __name__ == "__main__":
    main()
