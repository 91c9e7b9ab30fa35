"""Invented sites in the open sea, seen in simulated images: no real place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pyproj import CRS
from shapely import affinity
from shapely.geometry import Point
from typer.testing import CliRunner

from habeas.claims.claim import Claim
from habeas.claims.values import Polygon, Where
from habeas.monitoring.projection import DEGREES, projected
from habeas.monitoring.simulation import Change, simulate_site
from habeas.registry.registry import open_registry

ORG = "org:invented-archive"
DESTROYED, QUIET, POINT = "site:invented-field", "site:invented-hill", "site:invented-well"
FIRST = ("--disturbance", "1")
SEA = (500_000.0, 1_000.0)
"""The corner of all images: the open sea where the equator meets 3° East (EPSG:32631)."""


def run(registry: Path, *args: object, code: int = 0, stdin: str | None = None):
    from habeas.cli.main import app

    result = CliRunner(env={"HABEAS_REGISTRY": str(registry), "COLUMNS": "160"}).invoke(
        app, [str(arg) for arg in args], input=stdin, catch_exceptions=False
    )
    assert result.exit_code == code, result.output
    return result


def simulated(changed: bool):
    """Five years over a simulated site, put into the sea."""
    moved, outline, _ = _moved(changed)
    return moved, projected(outline, CRS("EPSG:32631"), DEGREES)


def changed_corner():
    """A circle of three metres where four changed pixels meet: it holds the centre of none."""
    moved, _, footprint = _moved(changed=True)
    row, column = (int(at.mean()) for at in footprint.nonzero())
    corner = Point(float(moved["x"][column]) + 5, float(moved["y"][row]) - 5)
    return projected(corner.buffer(3), CRS("EPSG:32631"), DEGREES)


def _moved(changed: bool):
    change = Change(kind="paved_or_built", onset=date(2020, 3, 10), pixels=(6, 6), cover=1.0)
    site = simulate_site(3 if changed else 1, change=change if changed else None,
                         years=(2016, 2020), sensors=("sentinel-2",), size=26, site=8)  # fmt: skip
    west, north = float(site.cube["x"][0]), float(site.cube["y"][0])
    moved = site.cube.assign_coords(
        x=site.cube["x"] - west + SEA[0] + 5, y=site.cube["y"] - north + SEA[1] - 5
    )
    moved.attrs["crs"] = "EPSG:32631"
    shift = (SEA[0] + 5 - west, SEA[1] - 5 - north)
    outline = affinity.translate(site.outline, *shift)
    return moved, outline, site.truth.footprint


def where(geometry, **other) -> Where:
    return Where(kind="approximate", geometry=geometry, **other)


def ring(shape) -> Polygon:
    corners = tuple((f"{x:.7f}", f"{y:.7f}") for x, y in shape.exterior.coords)
    return Polygon(coordinates=(corners,))


def said(site, predicate, value, **other) -> Claim:
    values = {"source": "source:invented-report", "sensitivity": "team", **other}
    return Claim(subject=site, predicate=predicate, value=value, **values)


def size(registry: Path) -> int:
    with open_registry(registry) as opened:
        return opened.store.size(opened.log.id)
