"""Run the benchmarks: all of them, or those named."""

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
