"""What the tests of simulation share."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import xarray as xr

PATH = Path(__file__).parents[3] / "benchmarks" / "real_cubes.py"


@pytest.fixture(scope="session")
def real_cube() -> xr.Dataset:
    """A corner of the real cube of 20 m that ships with nrt, as the benchmark reads it."""
    spec = importlib.util.spec_from_file_location("habeas_real_cubes", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.romania("20m").isel(y=slice(0, 16), x=slice(20, 36))
