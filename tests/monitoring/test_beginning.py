"""When a change began: by one series, by several, and on ground of which the truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.monitoring.detection import describing
from habeas.monitoring.detection.describing import Ground, View, describe
from habeas.monitoring.detection.onset import Beginning, Evidence, beginning

FIRST, EVERY = 60, 10
"""The first date of the watch, and the days from one date to the next."""


def step(at: int, *, size: float = 6.0, seed: int = 0, days: np.ndarray | None = None) -> Evidence:
    """Noise of spread 1, and from date `at` on a step."""
    days = np.arange(40) * EVERY if days is None else days
    draw = np.random.default_rng(seed)
    series = draw.normal(size=len(days)) + size * (np.arange(len(days)) >= at)
    return Evidence(series, days, draw.normal(size=60))


def when(*seen: Evidence, alarm: int = 25 * EVERY) -> Beginning:
    return beginning(seen, 0.9, alarm)


@pytest.mark.parametrize("gap", [40, 200])
def test_a_date_in_a_gap_is_near_its_middle(gap: int) -> None:
    days = np.concatenate((np.arange(20) * EVERY, 190 + gap + np.arange(20) * EVERY))
    found = when(step(20, size=20.0, days=days), alarm=190 + gap + 40)
    assert abs(found.best - (190 + gap / 2)) <= gap / 6
    assert (found.last_without, found.first_with) == (190, 190 + gap)
    assert found.latest - found.earliest >= 0.8 * gap
    assert found.latest <= 190 + gap


def test_where_series_differ_the_interval_holds_what_each_says() -> None:
    early, late = step(8, seed=1), step(20, seed=2)
    alone = when(late)
    assert alone.earliest > 8 * EVERY
    both = when(late, early)
    assert both.earliest <= 8 * EVERY <= 20 * EVERY <= both.latest + EVERY


def test_the_clear_dates_about_the_best_are_told_whichever_series_has_them() -> None:
    whole = step(23, seed=3)
    seen = np.flatnonzero((whole.days < 210) | (whole.days > 250))
    hidden = Evidence(whole.series[seen], whole.days[seen], whole.noise)
    found = when(hidden, whole, step(23, seed=4))
    assert found.last_without < found.best <= found.first_with <= 250
    assert {found.last_without, found.first_with} & {210, 220, 230, 240}  # not of the first series


def test_a_series_that_begins_after_the_alarm_says_nothing() -> None:
    late = step(20, seed=2)
    after = Evidence(late.series[30:], late.days[30:], late.noise)
    nothing = Evidence(late.series[:0], late.days[:0], late.noise)
    assert when(late, after, nothing) == when(late)


@given(st.integers(3, 22), st.integers(3, 22), st.integers(0, 99))
def test_law_the_order_of_the_others_and_saying_it_twice_change_nothing(
    one: int, other: int, seed: int
) -> None:
    first, second, third = step(12, seed=seed), step(one, seed=seed + 1), step(other, seed=seed + 2)
    assert when(first, first) == when(first)
    assert when(first, second, third) == when(first, third, second)


@given(st.integers(3, 22), st.integers(3, 22), st.integers(0, 99))
def test_law_the_pool_lies_between_its_parts(one: int, other: int, seed: int) -> None:
    parts = step(one, seed=seed), step(other, seed=seed + 1)
    alone, both = [when(part) for part in parts], when(*parts)
    assert min(part.best for part in alone) - 1 <= both.best <= max(part.best for part in alone) + 1
    assert min(part.earliest for part in alone) - 1 <= both.earliest
    assert both.latest <= max(part.latest for part in alone) + 1


def works(seed: int) -> Ground:
    """Ground whose corner is bared on one day, and which is paved as a whole four months later."""
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(140, 3, 64)).astype(np.float32)
    corner = np.zeros((8, 8), dtype=np.bool_)
    corner[:2, :2] = True
    values[90:, 0, corner.ravel()] += 3.0
    values[102:, 1, :] += 4.0
    values[102:, 0, :] -= 1.0
    clear = np.ones((140, 64), dtype=np.bool_)
    return Ground(values, clear, np.arange(140) * EVERY, FIRST, np.ones((8, 8), dtype=np.bool_))


def found_at(ground: Ground) -> Beginning:
    corner = np.zeros((8, 8), dtype=np.bool_)
    corner[:2, :2] = True
    return describe(ground, corner, View(alarm=94 * EVERY, until=139 * EVERY, level=0.9)).when


def test_works_that_begin_in_a_corner_and_look_otherwise_in_the_end() -> None:
    found = [found_at(works(seed)) for seed in range(10)]
    held = sum(one.earliest <= 90 * EVERY <= one.latest for one in found)
    assert held >= 9


def test_the_mutant_that_looks_along_the_last_way_alone_is_caught(monkeypatch) -> None:
    """Over the whole ground, as it went in the end: what is bared first does not show."""
    really = describing.beginning
    monkeypatch.setattr(
        describing, "beginning", lambda seen, level, alarm: really(seen[:1], level, alarm)
    )
    found = [found_at(works(seed)) for seed in range(10)]
    assert sum(one.earliest <= 90 * EVERY <= one.latest for one in found) <= 5
