"""Where a chain of the latent class sampler is: its arrays, and how they begin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from habeas.estimation.overlap import Overlap

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


class Model(NamedTuple):
    """The patterns seen and the priors.

    Attributes:
        on: for each pattern its lists, then -1; shape (m, most lists of a pattern).
        counts: persons; shape (m,).
        observed: their sum.
        shape: alpha ~ Gamma(shape, rate).
        rate: see `shape`.
        power: N proportional to N**(power - 1).
        largest: N is not larger.
    """

    on: Whole
    counts: Whole
    observed: int
    shape: float
    rate: float
    power: float
    largest: float


class State(NamedTuple):
    """Where a chain is, and what follows from it; K classes, k lists, m patterns.

    Attributes:
        logit: of the chances to be on each list; shape (K, k).
        size: logarithms of omega, up to a constant; shape (K,).
        pull_logit: gradient of the log density, as `logit`. While it is computed, first the odds,
            then the persons expected on each list.
        pull_size: as `size`.
        chance: lambda; shape (K, k).
        seen: the chance to be on any list; shape (K,).
        share: omega; shape (K,).
        broken: the fraction V of the stick that each class takes; shape (K,).
        cells: omega times the chance of the pattern when seen; shape (K, m). With the gradient,
            the persons expected in each class.
        mixed: the sum of `cells` over classes; shape (m,). With the gradient, persons over it.
        persons: dealt out to each class; shape (K,).
        listed: those of them on each list; shape (K, k).
    """

    logit: Floats
    size: Floats
    pull_logit: Floats
    pull_size: Floats
    chance: Floats
    seen: Floats
    share: Floats
    broken: Floats
    cells: Floats
    mixed: Floats
    persons: Whole
    listed: Whole


class Motion(NamedTuple):
    """What a trajectory needs: momenta, masses, where it began, squares of the gradient."""

    speed_logit: Floats
    speed_size: Floats
    mass_logit: Floats
    mass_size: Floats
    from_logit: Floats
    from_size: Floats
    square_logit: Floats
    square_size: Floats


class Trace(NamedTuple):
    """What a chain leaves behind, one value a draw; and the share of trajectories accepted."""

    population: Floats
    concentration: Floats
    occupied: Whole
    accepted: Floats


class Room(NamedTuple):
    """All that a chain writes to."""

    state: State
    way: Motion
    trace: Trace


def patterns_of(overlap: Overlap) -> tuple[Whole, Whole]:
    """The lists of each pattern that somebody has, then -1; and the persons."""
    met = overlap.totals > 0
    member = overlap.membership[met]
    on = np.where(member, np.arange(overlap.k, dtype=np.int64), overlap.k)
    on.sort(axis=1)
    on = on[:, : int(member.sum(axis=1).max())]
    counts = overlap.totals[met].astype(np.int64)
    return np.ascontiguousarray(np.where(on == overlap.k, -1, on)), counts


def room_for(rng: np.random.Generator, shape: tuple[int, int], patterns: int, draws: int) -> Room:
    """Arrays for one chain, begun anywhere: chains must not agree because they began alike.

    Args:
        rng: its random numbers.
        shape: classes and lists.
        patterns: that somebody has.
        draws: to be kept.
    """
    classes, lists = shape
    chance = rng.uniform(0.001, 0.5, size=shape)
    state = State(
        logit=np.log(chance / (1 - chance)),
        size=-2 * rng.random() * np.arange(classes, dtype=np.float64),
        pull_logit=np.zeros(shape),
        pull_size=np.zeros(classes),
        chance=chance,
        seen=np.zeros(classes),
        share=np.zeros(classes),
        broken=np.zeros(classes),
        cells=np.zeros((classes, patterns)),
        mixed=np.zeros(patterns),
        persons=np.zeros(classes, dtype=np.int64),
        listed=np.zeros((classes, lists), dtype=np.int64),
    )
    trace = Trace(np.zeros(draws), np.zeros(draws), np.zeros(draws, dtype=np.int64), np.zeros(1))
    return Room(state, _at_rest(classes, lists), trace)


def _at_rest(classes: int, lists: int) -> Motion:
    """Masses of 1, all else nil."""
    return Motion(
        speed_logit=np.zeros((classes, lists)),
        speed_size=np.zeros(classes),
        mass_logit=np.ones((classes, lists)),
        mass_size=np.ones(classes),
        from_logit=np.zeros((classes, lists)),
        from_size=np.zeros(classes),
        square_logit=np.zeros((classes, lists)),
        square_size=np.zeros(classes),
    )
