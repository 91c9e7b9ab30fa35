"""What the tests of simulation share."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
import xarray as xr

PATH = Path(__file__).parents[3] / "benchmarks" / "real_cubes.py"


@pytest.fixture(scope="session")
def real_cubes() -> ModuleType:
    """How the benchmark reads the real cubes that ship with nrt."""
    spec = importlib.util.spec_from_file_location("habeas_real_cubes", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def real_cube(real_cubes: ModuleType) -> xr.Dataset:
    """A corner of the one of 20 m."""
    return real_cubes.romania("20m").isel(y=slice(0, 16), x=slice(20, 36))
