"""Watch two simulated sites: one that is bulldozed, one where nothing happens. `make demo` runs it.

The sites are invented and lie in the open sea; their images are made by the simulator of Habeas out
of measured spectra. What is shown is how a watch works from the first command to the dossier, not
how well it works: that stands in docs/benchmarks.md.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import xarray as xr
from shapely.geometry import box, mapping

from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.simulation import Change, simulate_site

HERE = Path(__file__).parent
PROGRAM = Path(sys.executable).with_name("habeas")
FIELD, HILL = "site:invented-field", "site:invented-hill"
CORNER = (500_000.0, 1_000.0)
"""West and north edge of all images, metres (EPSG:32631): the open sea at 3 degrees East."""

HILL_OUTLINE = box(3.002337, 0.005971, 3.003055, 0.006695)
"""Longitude and latitude."""


def run(*arguments: object, lines: int | None = None) -> None:
    """Run one command as a user would, and show it; `lines`: of its output, how many."""
    print(f"\n$ habeas {' '.join(map(str, arguments))}", flush=True)
    found = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    shown = found.stdout.rstrip().splitlines()
    print("\n".join(shown[:lines]))
    if lines is not None and len(shown) > lines:
        print(f"  … and {len(shown) - lines} lines more")


def simulated(seed: int, change: Change | None) -> xr.Dataset:
    """Five years of images over a simulated site, put into the sea."""
    cube = simulate_site(
        seed, change=change, years=(2016, 2020), sensors=("sentinel-2",), size=60
    ).cube
    west, north = float(cube["x"][0]), float(cube["y"][0])
    moved = cube.assign_coords(
        x=cube["x"] - west + CORNER[0] + 5,
        y=cube["y"] - north + CORNER[1] - 5,
        scene=("time", [f"SIMULATED_{day}" for day in cube["time"].values.astype("datetime64[D]")]),
    )
    moved.attrs["crs"] = "EPSG:32631"
    return moved


def write_images(folder: Path) -> None:
    """The images of both sites as folders of GeoTIFFs, and the outline of one as GeoJSON."""
    works = Change(kind="bulldozed", onset=date(2020, 5, 20), pixels=(6, 6), cover=1.0)
    write_folder(simulated(13, works), folder / "field")
    write_folder(simulated(12, None), folder / "hill")
    (folder / "hill.geojson").write_text(json.dumps(mapping(HILL_OUTLINE)))


def main(folder: Path) -> int:
    """Run everything; 0 when all went as it should."""
    start = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    os.environ["HABEAS_REGISTRY"] = str(folder / "registry")
    print("A watch over two SIMULATED sites in the open sea. Nothing of it is real.")
    print("\nSimulating five years of Sentinel-2 images of each …", flush=True)
    write_images(folder / "images")
    run("init", folder / "registry", "--organisation", "Invented archive", "--no-passphrase")
    run("record", HERE / "sites.yaml")
    run("watch", "add", FIELD, "--images", folder / "images" / "field")
    run("watch", "add", HILL, "--images", folder / "images" / "hill",
        "--outline", folder / "images" / "hill.geojson")  # fmt: skip
    run("watch", "run")
    run("watch", "review", FIELD, "--verdict", "confirm", "--kind", "bulldozing",
        "--note", "invented: as if seen on a finer image of June 2020")  # fmt: skip
    run("watch", "show", FIELD, "--out", folder / "pictures")
    run("contradictions", FIELD)
    pages = []
    for lang in ("en", "fa"):
        out = folder / "dossiers" / lang
        run("dossier", FIELD, "--out", out, "--clearance", "team", "--lang", lang)
        pages.append(out / "index.html")
    print(f"\nDone in {time.monotonic() - start:.0f} s. Where to look:")
    print(f"  pictures and tables: {folder / 'pictures'}")
    for page in pages:
        print(f"  {page}, and dossier.pdf beside it")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/watch-demo")))
