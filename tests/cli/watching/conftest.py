"""Registries with invented sites, before and after a run over their images."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from shapely.geometry import mapping
from tests.cli.watching.invented import (
    DESTROYED,
    ORG,
    POINT,
    QUIET,
    ring,
    run,
    said,
    simulated,
    where,
)

from habeas.claims.values import Point, Term, Text, When
from habeas.monitoring.images.folder_writing import write_folder
from habeas.registry.registry import create_registry


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> Path:
    """A registry with three invented sites, and two folders of images, made once."""
    folder = tmp_path_factory.mktemp("watch")
    outlines = {}
    for name, changed in (("destroyed", True), ("quiet", False)):
        cube, outline = simulated(changed)
        write_folder(cube, folder / name)
        outlines[name] = outline
    middle = outlines["quiet"].centroid
    with create_registry(
        folder / "registry", organisation="Invented archive", organisation_id=ORG
    ) as registry, registry.recording() as batch:  # fmt: skip
        batch.entry([
            said(DESTROYED, "label", Text(text="Invented field", lang="en"), source=ORG),
            said(DESTROYED, "label", Text(text="دشت ساختگی", lang="fa"), source=ORG),
            said(DESTROYED, "location", where(ring(outlines["destroyed"]))),
            said(QUIET, "location", where(ring(outlines["quiet"]))),
            said(POINT, "location",
                 where(Point(coordinates=(f"{middle.x:.7f}", f"{middle.y:.7f}")))),
            said(DESTROYED, "disturbance_kind", Term(term="concrete_slab"),
                 holds=When(text="October 2020", calendar="gregorian", earliest="2020-10-01",
                            latest="2020-10-31", precision="month")),
        ])  # fmt: skip
    (folder / "outline.geojson").write_text(json.dumps(mapping(outlines["quiet"])))
    return folder


@pytest.fixture(scope="session")
def watched(made: Path) -> Path:
    """The same after a run over both sites."""
    registry = made / "watched"
    shutil.copytree(made / "registry", registry)
    run(registry, "watch", "add", DESTROYED, "--images", made / "destroyed")
    run(registry, "watch", "add", QUIET, "--images", made / "quiet")
    run(registry, "watch", "run")
    return registry


@pytest.fixture
def registry(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "registry", tmp_path / "registry"))


@pytest.fixture
def after(watched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(watched, tmp_path / "after"))
