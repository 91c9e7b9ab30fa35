"""Thin cloud that the mask missed, and what spills over the edge of a site."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from tests.monitoring.scenes import scene

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection import statistic as statistic_module
from habeas.monitoring.detection.detect import watch
from habeas.monitoring.detection.patches import SPILL, SPILL_COARSE, spill_of
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.stack import Stack
from habeas.monitoring.detection.thin_cloud import CLOUD, confirmed, ways_of_cloud

SETTINGS = DetectionSettings(watch_from=date(2020, 1, 1))

GROUND = np.array([0.10, 0.14, 0.20, 0.26, 0.35, 0.30])
"""Reflectance of dry ground, by band."""


def _stack(reflectance: np.ndarray) -> Stack:
    """Images of one pixel; reflectance: shape (t, bands)."""
    dates = len(reflectance)
    return Stack(
        values=np.log(reflectance).astype(np.float32)[:, :, None],
        clear=np.ones((dates, 1), dtype=np.bool_),
        days=np.arange(dates) * 5,
        sensors=np.zeros(dates, dtype=np.int64),
        scenes=tuple(map(str, range(dates))),
        bands=BANDS,
        shape=(1, 1),
        void=np.zeros(dates, dtype=np.int64),
    )


def _ways(scale: np.ndarray, whiten: np.ndarray) -> np.ndarray:
    history = _stack(np.tile(GROUND, (8, 1)))
    return ways_of_cloud(history, scale[:, None], whiten, np.ones((1, 1), dtype=np.float32))


def test_thin_cloud_moves_the_ground_along_its_way() -> None:
    random = np.random.default_rng(5)
    whiten = random.normal(size=(6, 6)).astype(np.float32)
    scale = random.uniform(0.5, 2, 6).astype(np.float32)
    (way,) = _ways(scale, whiten)
    cloud = np.array([CLOUD[name] for name in BANDS])
    moved = np.log(GROUND + 0.03 * (cloud - GROUND)) - np.log(GROUND)
    seen = whiten @ (moved / scale)
    assert np.linalg.norm(way) == pytest.approx(1, abs=1e-5)
    assert way @ seen / np.linalg.norm(seen) > 0.99
    rubbish = whiten @ (np.array([0.0, 0.0, 0.02, 0.02, -0.1, -0.1]) / scale)
    assert abs(way @ rubbish) / np.linalg.norm(rubbish) < 0.9


WAY = np.array([[0.8, 0.6]], dtype=np.float32)
ASIDE = np.array([0.6, -0.8], dtype=np.float32)
NONE = np.zeros(1, dtype=np.float32)


def _counted(along: list[float], aside: float = 0.0) -> np.ndarray:
    values = np.array(along)[:, None] * WAY[0] + aside * ASIDE
    seen = np.ones((1, len(along)), dtype=np.bool_)
    found, _ = confirmed(np.ascontiguousarray(values.T, np.float32)[None], seen, WAY, NONE)
    return np.asarray(found[0].T)


def test_one_date_of_cloud_says_nothing_and_what_stays_counts_from_the_second() -> None:
    assert _counted([0, 5, 0, 0]) @ WAY[0] == pytest.approx([0, 0, 0, 0], abs=1e-6)
    assert _counted([0, 5, 5, 5]) @ WAY[0] == pytest.approx([0, 0, 5, 5], abs=1e-6)
    assert _counted([0, 5, 2, 7]) @ WAY[0] == pytest.approx([0, 0, 2, 2], abs=1e-6)


def test_a_date_on_which_a_patch_is_hidden_confirms_nothing() -> None:
    values = np.array([0, 5, 5], dtype=np.float32) * WAY[0][:, None]
    seen = np.array([[True, False, True]])
    found, last = confirmed(np.ascontiguousarray(values)[None], seen, WAY, NONE)
    assert WAY[0] @ found[0][:, 2] == pytest.approx(0, abs=1e-6)
    assert last == pytest.approx([5])


def test_what_cloud_cannot_do_counts_at_once() -> None:
    darker = _counted([0, -5, 0], aside=3)
    assert darker @ WAY[0] == pytest.approx([0, -5, 0], abs=1e-6)
    assert _counted([0, 5, 0], aside=3) @ ASIDE == pytest.approx([3, 3, 3], abs=1e-6)


@given(seed=st.integers(0, 2**32 - 1), at=st.integers(1, 11))
def test_in_pieces_it_says_what_it_says_of_the_whole(seed: int, at: int) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=(4, 3, 12)).astype(np.float32)
    seen = random.random((4, 12)) < 0.6
    ways = random.normal(size=(4, 3)).astype(np.float32)
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    before = np.maximum(random.normal(size=4), 0).astype(np.float32)
    whole, last = confirmed(values, seen, ways, before)
    first, between = confirmed(values[:, :, :at], seen[:, :at], ways, before)
    second, end = confirmed(values[:, :, at:], seen[:, at:], ways, between)
    assert np.allclose(np.concatenate((first, second), axis=2), whole, atol=1e-6)
    assert np.allclose(end, last, atol=1e-6)
    assert (np.linalg.norm(whole, axis=1) <= np.linalg.norm(values, axis=1) + 1e-5).all()


def test_a_site_under_a_cloud_now_and_then_goes_less_far_than_without_confirmation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = scene(2)
    cube = made.cube.copy(deep=True)
    watched = np.flatnonzero(cube["time"].values >= np.datetime64("2020-01-01"))
    for name in BANDS:
        values = cube[name].values
        under = values[watched[::3], 6:14, 6:14]
        values[watched[::3], 6:14, 6:14] = under + 0.06 * (CLOUD[name] - under)

    def farthest() -> float:
        state = watch(cube, made.outline, settings=SETTINGS)[1]
        assert state is not None
        return float(np.nanmax(state.track.scores[:, state.patches.site]))

    confirmed_then = farthest()
    monkeypatch.setattr(
        statistic_module, "confirmed", lambda values, _seen, _ways, before: (values, before)
    )
    assert confirmed_then < farthest() - 0.2


def test_what_happens_beside_a_site_is_taken_off_its_edge_more_so_in_coarse_bands() -> None:
    site = np.zeros((7, 7), dtype=np.bool_)
    site[2:5, 2:5] = True
    inner = site & ~ndimage.binary_erosion(site, np.ones((3, 3)))
    values = np.zeros((1, 2, 49), dtype=np.float32)
    values[:, :, ~site.ravel()] = 1
    values[:, 0, inner.ravel()] = SPILL
    values[:, 1, inner.ravel()] = SPILL_COARSE
    left = spill_of(site).taken_off(values.copy(), ("red", "swir16")).reshape(2, 7, 7)
    assert left[:, site] == pytest.approx(0, abs=1e-6)
    assert (left[:, ~site] == 1).all()
    other = spill_of(site).taken_off(values.copy(), ("red", "nir")).reshape(2, 7, 7)
    assert other[1, inner] == pytest.approx(SPILL_COARSE - SPILL, abs=1e-6)
