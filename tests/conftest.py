"""What several test folders share."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("habeas", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("habeas")


def load(name: str, path: Path):
    """A module of the tests by its path: test folders are no packages."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def timestamp_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A local RFC 3161 authority, `tests/evidence/authority.py`: `.url`, `.roots`, `.reply`."""
    module = load("habeas_test_authority", Path(__file__).parent / "evidence" / "authority.py")
    authority = module.Authority(tmp_path_factory.mktemp("authority"))
    server = module.serve(authority)
    yield authority
    module.Handler.sleeping.set()
    server.shutdown()
    server.server_close()
