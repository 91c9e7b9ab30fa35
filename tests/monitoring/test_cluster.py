"""Sites on a cluster: which go together, what a fault is called, and that none is lost."""

from __future__ import annotations

import logging
from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest
from distributed import LocalCluster
from distributed.comm import CommClosedError
from distributed.scheduler import KilledWorker
from shapely.geometry import Point, box

from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.looks import cluster
from habeas.monitoring.looks.looking import Asked, Failure
from habeas.monitoring.looks.watch_list import WatchedSite

ASKED = Asked(settings=DetectionSettings())


def site(name: object, images: str, west: float = 3.0) -> WatchedSite:
    ground = box(west, 0.5, west + 0.001, 0.501)
    return WatchedSite(site=f"site:{name}", images=images, outline=ground)


def test_sites_of_one_source_go_together_but_not_all_to_one_machine():
    sites = [site(at, f"/{at % 2}") for at in range(50)]
    parts = cluster.parts_of(sites)
    assert sorted(one.site for part in parts for one in part) == sorted(s.site for s in sites)
    assert {len({one.images for one in part}) for part in parts} == {1}
    assert max(map(len, parts)) <= 16
    assert len(parts) == 4


def test_sites_of_one_tile_go_together_and_one_that_lies_nowhere_goes_too():
    nowhere = WatchedSite(site="site:x", images="https://a", outline=Point(3, 0.5))
    sites = [site(1, "https://a"), site(2, "https://a", 4.5), site(3, "https://a", 3.01), nowhere,
             site(4, "https://a", 4.51), site(5, "https://b")]  # fmt: skip
    assert [[one.site for one in part] for part in cluster.parts_of(sites)] == [
        ["site:x"], ["site:1", "site:3"], ["site:2", "site:4"], ["site:5"]]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (KilledWorker("x", None, 3), "the machine that looked at it was lost (KilledWorker)"),
        (CancelledError(), "the scheduler of the cluster was lost"),
        (CommClosedError("in <TCP>"), "the scheduler of the cluster was lost"),
        (ModuleNotFoundError("No module named 'habeas'"),
         "the cluster could not look at it (ModuleNotFoundError: No module named 'habeas')"),
        (RuntimeError("Error during deserialization\nof the graph"),
         "the cluster could not look at it (RuntimeError: Error during deserialization)"),
    ],
)  # fmt: skip
def test_a_fault_of_the_cluster_is_told_as_what_it_is(fault, reason):
    def result():
        raise fault

    part = (site(1, "/a"), site(2, "/a"))
    found = list(cluster._outcomes(SimpleNamespace(result=result), part))
    assert [(one.site, one.reason) for one in found] == [("site:1", reason), ("site:2", reason)]
    assert all(isinstance(one, Failure) and one.mend for one in found)


@pytest.mark.slow
def test_a_scheduler_that_is_lost_loses_no_site(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "SITES_A_TASK", 1)
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    sites = [site(at, str(tmp_path / f"{at:02}")) for at in range(20)]
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, host="127.0.0.1",
                      protocol="tcp", dashboard_address=None) as machines:  # fmt: skip
        found = []
        for one in cluster.look_on_cluster(machines.scheduler_address, sites, ASKED):
            found.append(one)
            if len(found) == 2:
                machines.close()
    assert [one.site for one in found[:2]] == ["site:0", "site:1"]
    assert sorted(one.site for one in found) == sorted(one.site for one in sites)
    assert found[-1].reason == "the scheduler of the cluster was lost"
