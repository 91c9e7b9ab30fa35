"""Run the benchmarks that take minutes, or those named; docs/benchmarks.md names the others."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "cli_start",
    "demo",
    "recording",
    "reading",
    "importing",
    "claims_table",
    "coverage",
    "monitoring",
    "watch_scale",
)

for name in sys.argv[1:] or NAMES:
    import_module(f"benchmarks.{name}").main()
    print()
