"""Tables of the field and what the R packages say of them; sources stand in the files."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from habeas.estimation.overlap import Overlap

VECTORS = Path(__file__).parents[1] / "vectors" / "estimation"


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with (VECTORS / name).open(encoding="utf-8", newline="") as opened:
        return tuple(csv.DictReader(opened))


@pytest.fixture(scope="session")
def table():
    """A table by its name."""

    def load(name: str) -> Overlap:
        rows = [row for row in _rows("overlap_tables.csv") if row["dataset"] == name]
        counts = {row["pattern"]: int(row["count"]) for row in rows}
        return Overlap.from_counts(rows[0]["lists"].split("|"), counts)

    return load


@pytest.fixture(scope="session")
def figures():
    """Single figures that stand in print, by table: quantity to value."""

    def load(dataset: str) -> dict[str, float]:
        rows = [row for row in _rows("published_figures.csv") if row["dataset"] == dataset]
        return {row["quantity"]: float(row["value"]) for row in rows}

    return load


@pytest.fixture(scope="session")
def reference():
    """The measured outputs of a method on a table."""

    def load(dataset: str, method: str) -> list[dict[str, str]]:
        return [
            row
            for row in _rows("reference_outputs.csv")
            if row["dataset"] == dataset and row["method"].startswith(method)
        ]

    return load
