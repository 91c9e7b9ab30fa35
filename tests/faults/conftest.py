"""What the tests of faults share; invented names only."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import fault_parts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small registry, closed; nobody has it open."""
    return fault_parts.make(tmp_path / "registry")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with some of everything in it, closed. Copied, never written to."""
    return fault_parts.make(tmp_path_factory.mktemp("whole") / "registry", batches=6, crowd=60)
