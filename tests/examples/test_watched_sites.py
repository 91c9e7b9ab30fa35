"""The watched sites of the demonstration: said to be invented, and where nobody is."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from pyproj import CRS
from shapely.geometry import box
from typer.testing import CliRunner

from habeas.claims.values import words
from habeas.cli.main import app
from habeas.monitoring.fine_images.outline_sought import outline_in_record
from habeas.monitoring.projection import DEGREES, projected
from habeas.registry.registry import create_registry, open_registry

FOLDER = Path(__file__).parents[2] / "examples" / "watched-sites"
_spec = importlib.util.spec_from_file_location("watch_demo", FOLDER / "watch.py")
demo = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(demo)


def test_the_sites_are_said_to_be_simulated_and_lie_in_their_images(tmp_path):
    create_registry(tmp_path / "r", organisation="Invented archive").close()
    env = {"HABEAS_REGISTRY": str(tmp_path / "r")}
    told = CliRunner(env=env).invoke(app, ["record", str(FOLDER / "sites.yaml")])
    assert told.exit_code == 0, told.output
    west, north = demo.CORNER
    images = projected(box(west, north - 600, west + 600, north), CRS("EPSG:32631"), DEGREES)
    sea = box(2.9, -0.1, 3.1, 0.1)  # the Gulf of Guinea, hundreds of kilometres off
    with open_registry(tmp_path / "r") as registry:
        view = registry.view("team")
        for site in (demo.FIELD, demo.HILL):
            labels = [words(s.claim.value) for s in view.claims(subject=site, predicate="label")]
            assert len(labels) == 2
            assert all("imulated" in label or "شبیه‌سازی" in label for label in labels)
        found = outline_in_record(view, demo.FIELD, None).ground
        for outline in (found, demo.HILL_OUTLINE):
            assert images.contains(outline)
            assert sea.contains(outline)
        assert not registry.view("public").claims(subject=demo.FIELD)
