"""Many watched sites: a first run, a full one, and one after a single new date; beside COLD.

Sites of 8 by 8 pixels of ten metres are simulated, one in ten disturbed, and their images written
as GeoTIFFs of six bands; what lies further out than the simulator's scene is its mirror image, so
that as much is read as of real ones. More sites than are drawn share their folders, so that the
disk is read from its cache. The work is that of `habeas watch run`, without the record; then the
command itself over a few sites. Settings by environment:

- `HABEAS_BENCH_SITES`: sites that are watched (6 unless set; 1,000 for the docs);
- `HABEAS_BENCH_DRAWN`: different sites among them (3 unless set; 20 for the docs);
- `HABEAS_BENCH_DATES`: dates of each, before the new one (500 unless set);
- `HABEAS_BENCH_PROCESSES`: that work at a time (2 unless set);
- `HABEAS_BENCH_PARTS`: words of `first full cli pixel`, with commas (all unless set).
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from multiprocessing import active_children
from pathlib import Path
from typing import TypeVar

import numpy as np
import rasterio
import xarray as xr
from pyproj import CRS
from shapely.affinity import translate
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from threadpoolctl import threadpool_limits

from benchmarks.machine import describe, table
from habeas.claims.claim import Claim
from habeas.claims.values import Text
from habeas.monitoring.detection.cold import second_opinion
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.images.folder_writing import write_folder
from habeas.monitoring.looks.looking import Asked, Failure, look_at_all
from habeas.monitoring.looks.watch_list import WatchedSite
from habeas.monitoring.projection import DEGREES, projected
from habeas.monitoring.simulation import Change, simulate_site
from habeas.registry.registry import create_registry

FIRST_SEED = 30_000_000
SCENE, WIDTH, SIDE = 40, 96, 8
"""Pixels along a side: of the simulated scene, of the images, of the site."""

APART = 2_000
"""Metres between sites, so that no two have the same pixels."""

ORG = "org:invented-archive"

Result = TypeVar("Result")


def setting(name: str, unless: int) -> int:
    """A whole number of the environment."""
    return int(os.environ.get(f"HABEAS_BENCH_{name}", unless))


@dataclass(frozen=True)
class Drawn:
    """A simulated site, and the folder of its images; the newest date is kept back."""

    cube: xr.Dataset
    outline: BaseGeometry
    images: Path
    newest: Path


def draw(number: int, dates: int, folder: Path) -> Drawn:
    """Simulate a site and write its images."""
    change = Change(kind="bulldozed", onset=date(2021, 6, 1)) if number % 10 == 0 else None
    first, sensors = 2022 - dates // 50, ("sentinel-2", "landsat")
    start, seed = -1, FIRST_SEED + number
    while start < 0:  # some skies are too seldom clear for so many dates
        made = simulate_site(seed, change=change, years=(first, 2022), sensors=sensors, size=SCENE,
                             site=SIDE)  # fmt: skip
        start, seed = made.cube.sizes["time"] - dates - 1, seed + 1000
    cube = mirrored(made.cube.isel(time=slice(start, None)), APART * number)
    images = folder / f"images-{number}"
    written = write_folder(cube, images)
    for path in written:
        as_delivered(path)
    last = written[-1]
    kept = folder / "newest" / f"{number}{last.suffix}"
    kept.parent.mkdir(exist_ok=True)
    shutil.move(last, kept)
    outline = translate(made.outline, APART * number)
    outline = projected(outline, CRS(cube.attrs["crs"]), DEGREES)
    (folder / f"outline-{number}.geojson").write_text(_geojson(outline))
    return Drawn(cube, outline, images, kept)


def as_delivered(path: Path) -> None:
    """Write an image anew as agencies do: whole numbers, ten thousand of them to 1; 0 is none."""
    with rasterio.open(path) as file:
        values, profile, names, tags = file.read(), file.profile, file.descriptions, file.tags()
    numbers = np.where(np.isfinite(values), np.clip(np.round(values * 10_000), 1, 65_000), 0)
    with rasterio.open(path, "w", **(profile | {"dtype": "uint16", "nodata": 0})) as file:
        file.write(numbers.astype(np.uint16))
        file.descriptions, file.scales = names, (1e-4,) * len(names)
        file.update_tags(**tags)


def _geojson(outline: BaseGeometry) -> str:
    import json

    return json.dumps(mapping(outline))


def mirrored(cube: xr.Dataset, east: float) -> xr.Dataset:
    """The same with its mirror image around it, and so many metres further east."""
    before = (WIDTH - SCENE) // 2
    edges = ((0, 0), (before, WIDTH - SCENE - before), (before, WIDTH - SCENE - before))
    steps = 10.0 * (np.arange(WIDTH) - before)
    return xr.Dataset(
        {name: (("time", "y", "x"), np.pad(band.values, edges, mode="symmetric"))
         for name, band in cube.data_vars.items()},
        coords={"time": cube["time"].values, "y": float(cube["y"][0]) - steps,
                "x": float(cube["x"][0]) + east + steps, "sensor": ("time", cube["sensor"].values),
                "scene": ("time", cube["scene"].values)},
        attrs=cube.attrs,
    )  # fmt: skip


def hand_out(drawn: Sequence[Drawn], back: bool = False) -> None:
    """Put the newest image of each site into its folder, or take it out again."""
    for one in drawn:
        inside = one.images / "2022-12-31_newest.tif"
        source, target = (inside, one.newest) if back else (one.newest, inside)
        shutil.move(source, target)


class Watching:
    """Sites in a folder, watched as the command does it."""

    def __init__(self, folder: Path, drawn: Sequence[Drawn], processes: int) -> None:
        self.cache, self.drawn, self.processes = folder / "cache", drawn, processes
        self.rows: list[tuple[str, ...]] = []

    def run(self, name: str, sites: int) -> None:
        """Look at so many sites, and note what it took."""
        chosen = [
            WatchedSite(site=f"site:{at}", images=str(one.images), outline=one.outline)
            for at in range(sites)
            for one in [self.drawn[at % len(self.drawn)]]
        ]
        asked = Asked(settings=DetectionSettings(), cache=self.cache)
        began, spent = time.perf_counter(), _spent()
        looks = look_at_all(chosen, asked, processes=self.processes)
        told: dict[str, int] = {}
        most = 0
        for number, look in enumerate(looks):
            if number % 16 == 0 or number == sites - 1:
                most = max([most, *(_held(process.pid) for process in active_children())])
            if isinstance(look, Failure):
                sys.exit(f"{look.site}: {look.reason}")
            told[look.assessment.status] = told.get(look.assessment.status, 0) + 1
        wall, processor = time.perf_counter() - began, _spent() - spent
        disturbed = told.get("disturbed", 0)
        self.rows.append((name, str(sites), f"{wall:.1f} s", f"{wall / sites:.3f} s",
                          f"{processor / sites:.3f} s", f"{most} MB", f"{disturbed}"))  # fmt: skip


def _spent() -> float:
    """Seconds of the processor, of this process and those that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def _held(process: int | None) -> int:
    """The most memory that a process has held, in megabytes; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    held = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(held[0]) // 1024 if held else 0


def sites_in_a_row(folder: Path, drawn: Sequence[Drawn], parts: Sequence[str]) -> None:
    """The first run, the full one, and the one after a new date."""
    sites = setting("SITES", 6)
    watching = Watching(folder, drawn, setting("PROCESSES", 2))
    watching.run("first: images as they come", len(drawn))
    if "full" in parts:
        shutil.rmtree(watching.cache / "states")
        watching.run("full: images kept, no state", sites)
    hand_out(drawn)
    watching.run("a new date, each image new", len(drawn))
    if "full" in parts and sites > len(drawn):
        watching.run("a new date", sites)
    watching.run("nothing new", sites)
    hand_out(drawn, back=True)
    table(("run", "sites", "wall", "a site", "processor a site", "memory a process", "disturbed"),
          watching.rows)  # fmt: skip


def command(folder: Path, drawn: Sequence[Drawn]) -> None:
    """`habeas watch run` as a person types it, over each drawn site once."""
    registry = folder / "registry"
    sites = [f"site:invented-{number}" for number in range(len(drawn))]
    with (
        create_registry(registry, organisation="Invented", organisation_id=ORG) as made,
        made.recording() as batch,
    ):
        batch.entry([Claim(subject=site, predicate="label", value=Text(text=site), source=ORG,
                               sensitivity="team") for site in sites])  # fmt: skip
    for number, (site, one) in enumerate(zip(sites, drawn, strict=True)):
        _habeas(registry, "watch", "add", site, "--images", str(one.images), "--outline",
                str(folder / f"outline-{number}.geojson"))  # fmt: skip
    rows = []
    for name, before in (("first", None), ("a new date", hand_out), ("nothing new", None)):
        if before is not None:
            before(drawn)
        began, spent = time.perf_counter(), _spent()
        _habeas(registry, "watch", "run")
        wall, processor = time.perf_counter() - began, _spent() - spent
        rows.append((name, str(len(sites)), f"{wall:.1f} s", f"{processor:.1f} s"))
    hand_out(drawn, back=True)
    print()
    table(("`habeas watch run`, one process", "sites", "wall", "processor"), rows)


def _habeas(registry: Path, *arguments: str) -> None:
    environment = os.environ | {"HABEAS_REGISTRY": str(registry)}
    subprocess.run([sys.executable, "-m", "habeas", *arguments], check=True, env=environment,
                   stdout=subprocess.DEVNULL)  # fmt: skip


def pixels(drawn: Sequence[Drawn]) -> None:
    """What a pixel costs on one core, beside COLD, on cubes in memory."""
    print()
    table(("dates", "full, a site", "a pixel of the site", "a pixel series of the window",
           "a new date, a site", "COLD, a pixel series", "status"),
          [_costs(one) for one in drawn[:3]])  # fmt: skip


def _costs(one: Drawn) -> tuple[str, ...]:
    cube = one.cube.isel(time=slice(0, -1))
    outline = projected(one.outline, DEGREES, CRS(cube.attrs["crs"]))
    watch(cube, outline)  # compiled
    full, (said, state) = _timed(lambda: watch(cube, outline))
    new, _ = _timed(lambda: watch(one.cube, outline, state=state))
    begun = said.watched_from or date(2020, 1, 1)
    cold, _ = _timed(lambda: second_opinion(cube, outline, watched_from=begun))
    window = (SIDE + 2 * DetectionSettings().ring[1]) ** 2
    return (str(cube.sizes["time"]), f"{full:.2f} s", f"{1000 * full / SIDE**2:.1f} ms",
            f"{1000 * full / window:.2f} ms", f"{new:.3f} s",
            f"{1000 * cold / SIDE**2:.1f} ms", said.status)  # fmt: skip


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of the processor, and what came of it."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def main() -> None:
    """Print what many sites take."""
    parts = os.environ.get("HABEAS_BENCH_PARTS", "first,full,cli,pixel").split(",")
    dates, count = setting("DATES", 500), setting("DRAWN", 3)
    print(describe())
    print(
        f"{dates} dates of six bands and a new one; {WIDTH} by {WIDTH} pixels, a site of {SIDE**2}"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        drawn = [draw(number, dates, folder) for number in range(count)]
        if "first" in parts:
            sites_in_a_row(folder, drawn, parts)
        if "cli" in parts:
            command(folder, drawn)
        if "pixel" in parts:
            with threadpool_limits(1):  # seconds of the processor are those of all threads
                pixels(drawn)


if __name__ == "__main__":
    main()
