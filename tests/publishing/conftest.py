"""What the tests of dossiers share: an invented registry, built once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import invented

from habeas.publishing.gathering import gather


@pytest.fixture(scope="session")
def invented_registry(tmp_path_factory: pytest.TempPathFactory):
    """The invented registry with one kept file. Nobody writes to it."""
    folder = tmp_path_factory.mktemp("invented")
    registry = invented.build(folder / "registry")
    invented.keep_a_file(registry, folder / f"{invented.CANARY}.txt")
    yield registry
    registry.close()


@pytest.fixture(scope="session")
def site_contents(invented_registry):
    """The contents of the public dossier of the invented site."""
    return gather(invented_registry.view("public"), invented.SITE)


@pytest.fixture(scope="session")
def case_contents(invented_registry):
    """The contents of the public dossier of the invented case."""
    return gather(invented_registry.view("public"), invented.CASE)
