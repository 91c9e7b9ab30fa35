"""Many sites: a failing one is recorded, the rest goes on; processes and a real cluster agree."""

from __future__ import annotations

import os
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import xarray as xr
from distributed import Client, LocalCluster
from tests.monitoring.scenes import scene

from habeas.monitoring.detection.many import WatchedSite, attempt
from habeas.monitoring.detection.pool import watch_many
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.tiles import by_tile, watch_tiles

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))


def images(seed: int) -> xr.Dataset:
    return scene(seed, onset="2020-08-03").cube


def damaged() -> xr.Dataset:
    raise OSError("the tile is damaged")


def deadly() -> xr.Dataset:
    os._exit(3)


def _sites() -> list[WatchedSite]:
    outline = scene(1).outline
    return [
        WatchedSite("one", outline, partial(images, 1), tile="39SUV"),
        WatchedSite("two", outline, damaged, tile="39SUV"),
        WatchedSite("three", outline, partial(images, 3), tile="39SUW"),
    ]


def test_a_site_that_fails_is_recorded_and_the_rest_goes_on() -> None:
    found = {one.name: one for one in attempt(tuple(_sites()), SETTINGS)}
    assert found["two"].failure == "OSError: the tile is damaged"
    assert found["two"].assessment is None
    for name in ("one", "three"):
        assert found[name].assessment is not None
        assert found[name].failure is None


@pytest.mark.slow
def test_a_site_that_takes_its_process_down_takes_no_other_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    sites = [_sites()[1], WatchedSite("four", scene(1).outline, deadly)]
    found = {one.name: one for one in watch_many(sites, settings=SETTINGS, workers=1)}
    assert set(found) == {"two", "four"}
    assert "BrokenProcessPool" in (found["four"].failure or "")
    assert found["two"].failure == "OSError: the tile is damaged"


def test_sites_of_a_tile_go_together() -> None:
    assert [[site.name for site in part] for part in by_tile(_sites())] == [
        ["one", "two"],
        ["three"],
    ]


@pytest.mark.slow
def test_a_cluster_says_what_one_machine_says() -> None:
    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            host="127.0.0.1",
            protocol="tcp",
            dashboard_address=None,
        ) as cluster,
        Client(cluster) as client,
    ):
        found = {one.name: one for one in watch_tiles(client, _sites(), settings=SETTINGS)}
    alone = {one.name: one for one in attempt(tuple(_sites()), SETTINGS)}
    assert found["two"].failure == alone["two"].failure
    for name in ("one", "three"):
        one, other = found[name].assessment, alone[name].assessment
        assert one is not None
        assert other is not None
        assert [d.alarm for d in one.disturbances] == [d.alarm for d in other.disturbances]
