"""The inner loop of the latent class sampler: one chain, compiled by Numba where Numba is there.

The model (Manrique-Vallier 2016): each person belongs to one of K classes; the shares of the
classes come from sticks broken at V_k ~ Beta(1, alpha), the last stick kept whole; alpha ~
Gamma(shape, rate); a person of class k is on list j with the chance lambda_kj ~ Beta(1, 1), lists
independent within the class.

The parameters are turned so that the data speak as little as possible of how many are missing:
instead of the shares of the classes among all, omega_k, their shares among those *on a list*. The
likelihood of the table is then that of a mixture of patterns, each conditional on being seen; the
population has been summed out (a negative binomial given the rest), and alpha integrated out.
An iteration is

1. a trajectory of Hamiltonian dynamics in log omega and logit lambda (Duane and others 1987), the
   masses and the step fitted during burn-in and kept from then on;
2. exchanges of classes on the stick (Papaspiliopoulos and Roberts 2008), alpha integrated out;
3. the population given the classes, and the persons, seen and unseen, dealt out to the classes;
4. alpha by slice sampling with the sticks integrated out; then sticks and chances anew.

All of it stands in one file: Numba keeps what it compiled, and looks for changes only in the file
of the function that is called. Without Numba the same code runs as it stands, slowly, and draws
the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, expm1, inf, lgamma, log, log1p, sqrt
from typing import ParamSpec, TypeVar, cast

import numpy as np

from habeas.estimation.latent_class_state import Model, Motion, Room, State, Whole

_P = ParamSpec("_P")
_R = TypeVar("_R")

FURTHEST_LOGIT = 100.0
"""No chance is nearer to 0 or 1 than this; the prior puts exp(-100) beyond."""
SPREAD = 0.3
"""Of the one direction of log omega that means nothing: omega sums to 1."""
WANTED = 0.75
"""Share of trajectories to accept; the step is fitted to it."""
LARGEST_POISSON = 1e15
"""Beyond, a Poisson draw equals its mean in all digits that a float has."""
MOST_DEALT = 4e18
"""As many persons as a whole number can count; beyond, the classes do not feel the rest."""


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function compiled to run without Python, or itself where there is no Numba."""
    try:
        from numba import njit
    except ImportError:  # pragma: no cover - a platform that Numba does not support
        return function
    return cast("Callable[_P, _R]", njit(cache=True, nogil=True, error_model="numpy")(function))


@compiled
def _shares(state: State) -> float:
    """Omega from its logarithms; returns the logarithm of their sum."""
    top = float(state.size[0])
    for at in range(len(state.size)):
        top = max(top, float(state.size[at]))
    total = 0.0
    for at in range(len(state.size)):
        state.share[at] = exp(state.size[at] - top)
        total += state.share[at]
    for at in range(len(state.size)):
        state.share[at] /= total
    return top + log(total)


@compiled
def _cells(model: Model, state: State) -> None:
    """Chances of each pattern in each class, given that the person is seen."""
    classes, lists = state.logit.shape
    state.mixed[:] = 0.0
    for at in range(classes):
        none = 1.0
        for j in range(lists):
            odds = exp(state.logit[at, j])
            state.pull_logit[at, j] = odds
            state.chance[at, j] = odds / (1 + odds)
            none /= 1 + odds
        state.seen[at] = 1 - none
        if none > 0.9:
            total = 0.0
            for j in range(lists):
                total += log1p(state.pull_logit[at, j])
            state.seen[at] = -expm1(-total)
        base = state.share[at] * none / state.seen[at]
        for p in range(len(model.counts)):
            cell = base
            for place in range(model.on.shape[1]):
                j = model.on[p, place]
                if j < 0:
                    break
                cell *= state.pull_logit[at, j]
            state.cells[at, p] = cell
            state.mixed[p] += cell


@compiled
def _sticks(state: State) -> tuple[float, float]:
    """Fractions of the stick; the logarithms of the last share among all and of 1 / seen."""
    last = len(state.size) - 1
    rest, least, wanted = 0.0, inf, 0.0
    for at in range(last, -1, -1):
        piece = state.share[at] / state.seen[at]
        least = min(least, piece)
        rest += piece
        state.broken[at] = piece / rest
        if at == last:
            wanted = piece
    if least > 1e-280:
        return log(wanted / rest), log(rest)
    total = _log_sticks(state)
    end = state.size[last] - log(state.seen[last])
    return end - total, log(rest)


@compiled
def _log_sticks(state: State) -> float:
    """The same where the last pieces are too small for a float; returns the log of the whole."""
    last = len(state.size) - 1
    total = float(state.size[last]) - log(state.seen[last])
    state.broken[last] = 1.0
    for at in range(last - 1, -1, -1):
        piece = float(state.size[at]) - log(state.seen[at])
        if piece > total:
            total = piece + log1p(exp(total - piece))
        else:
            total = total + log1p(exp(piece - total))
        state.broken[at] = max(exp(piece - total), 1e-300)
    return total


@compiled
def _order(model: Model, state: State) -> float:
    """The log density of the pieces of the stick in their order, alpha integrated out."""
    end, _ = _sticks(state)
    said = -(model.shape + len(state.size) - 1) * log(model.rate - end)
    for at in range(len(state.size)):
        said += log(state.broken[at])
    return said


@compiled
def _density(model: Model, state: State) -> float:
    """The log density of log omega and logit lambda, up to a constant; -inf outside."""
    whole = _shares(state)
    _cells(model, state)
    _, unseen = _sticks(state)
    said = _order(model, state) + model.power * unseen - 0.5 * (whole / SPREAD) ** 2
    for p in range(len(model.counts)):
        if not state.mixed[p] > 0:
            return -inf
        said += model.counts[p] * log(state.mixed[p])
    for at in range(len(state.size)):
        for j in range(state.logit.shape[1]):
            x = state.logit[at, j]
            if not abs(x) <= FURTHEST_LOGIT:
                return -inf
            said += x - 2 * log1p(state.pull_logit[at, j])
    return said if abs(said) < inf else -inf


@compiled
def _pull(model: Model, state: State) -> None:
    """The gradient of `_density`, and the persons seen expected in each class."""
    classes, lists = state.logit.shape
    whole = _shares(state)
    _cells(model, state)
    end, _ = _sticks(state)
    factor = (model.shape + classes - 1) / (model.rate - end)
    for p in range(len(model.counts)):
        state.mixed[p] = model.counts[p] / state.mixed[p]
    before, left = 0.0, 1.0
    for at in range(classes):
        before = before + 1.0
        stick = 1.0 - state.broken[at] * before
        stick += (model.power - factor) * state.broken[at] * left
        if at == classes - 1:
            stick += factor
        before *= 1 - state.broken[at]
        left *= 1 - state.broken[at]
        persons = _expected(model, state, at)
        beside = persons / state.seen[at] + stick * (1 - state.seen[at]) / state.seen[at] + 2
        for j in range(lists):
            state.pull_logit[at, j] += 1 - beside * state.chance[at, j]
        state.pull_size[at] = (
            stick + persons - (model.observed + model.power + whole / SPREAD**2) * state.share[at]
        )


@compiled
def _expected(model: Model, state: State, at: int) -> float:
    """Persons seen that a class expects; by lists in `pull_logit`, by patterns in `cells`."""
    state.pull_logit[at, :] = 0.0
    total = 0.0
    for p in range(len(model.counts)):
        persons = state.cells[at, p] * state.mixed[p]
        state.cells[at, p] = persons
        total += persons
        for place in range(model.on.shape[1]):
            j = model.on[p, place]
            if j < 0:
                break
            state.pull_logit[at, j] += persons
    return total


@compiled
def _begin(rng: np.random.Generator, model: Model, state: State, way: Motion) -> None:
    """Random momenta; log omega moved along the direction that means nothing."""
    shift = SPREAD * rng.standard_normal() - _shares(state)
    for at in range(len(state.size)):
        state.size[at] += shift
        way.from_size[at] = state.size[at]
        way.speed_size[at] = rng.standard_normal() * sqrt(way.mass_size[at])
        for j in range(state.logit.shape[1]):
            way.from_logit[at, j] = state.logit[at, j]
            way.speed_logit[at, j] = rng.standard_normal() * sqrt(way.mass_logit[at, j])


@compiled
def _kinetic(way: Motion) -> float:
    total = 0.0
    for at in range(len(way.speed_size)):
        total += way.speed_size[at] ** 2 / way.mass_size[at]
        for j in range(way.speed_logit.shape[1]):
            total += way.speed_logit[at, j] ** 2 / way.mass_logit[at, j]
    return total / 2


@compiled
def _push(state: State, way: Motion, step: float) -> None:
    for at in range(len(state.size)):
        way.speed_size[at] += step * state.pull_size[at]
        for j in range(state.logit.shape[1]):
            way.speed_logit[at, j] += step * state.pull_logit[at, j]


@compiled
def _move(state: State, way: Motion, step: float) -> bool:
    """One step of all; whether it stays where the density is not nil."""
    inside = True
    for at in range(len(state.size)):
        state.size[at] += step * way.speed_size[at] / way.mass_size[at]
        for j in range(state.logit.shape[1]):
            state.logit[at, j] += step * way.speed_logit[at, j] / way.mass_logit[at, j]
            inside = inside and abs(state.logit[at, j]) <= FURTHEST_LOGIT
    return inside


@compiled
def _missing(rng: np.random.Generator, model: Model, state: State) -> float:
    """How many stand on no list, given the classes."""
    odds = 0.0
    for at in range(len(state.share)):
        odds += state.share[at] * (1 - state.seen[at]) / state.seen[at]
    expected = rng.standard_gamma(model.observed + model.power) * odds
    if expected > LARGEST_POISSON:
        return float(np.rint(expected))
    return float(rng.poisson(expected))


@compiled
def _trajectory(
    rng: np.random.Generator,
    model: Model,
    state: State,
    way: Motion,
    pace: tuple[float, int],
) -> tuple[float, float]:
    """Hamiltonian dynamics; returns the chance of acceptance and the missing, -1 when it stays.

    Where there is a largest population, it is proposed together with the classes: what is summed
    out then is all populations, and those too large are refused.
    """
    step, steps = pace
    _begin(rng, model, state, way)
    before = _density(model, state) - _kinetic(way)
    _pull(model, state)
    _push(state, way, step / 2)
    inside = True
    for at in range(steps):
        inside = _move(state, way, step)
        if not inside:
            break
        _pull(model, state)
        _push(state, way, step if at < steps - 1 else step / 2)
    after = -inf
    if inside:
        after = _density(model, state) - _kinetic(way)
    chance = exp(min(after - before, 0.0)) if after > -inf else 0.0
    if rng.random() < chance:
        drawn = _missing(rng, model, state)
        if model.observed + drawn <= model.largest:
            return chance, drawn
    state.size[:] = way.from_size
    state.logit[:] = way.from_logit
    return chance, -1.0


@compiled
def _deal(rng: np.random.Generator, model: Model, state: State, missing: float) -> None:
    """Deal persons out to classes. `cells` are the persons expected, as `_pull` leaves them."""
    state.persons[:] = 0
    state.listed[:] = 0
    last = len(state.share) - 1
    odds = 0.0
    for at in range(last + 1):
        odds += state.share[at] * (1 - state.seen[at]) / state.seen[at]
    left = int(min(missing, MOST_DEALT))
    for at in range(last + 1):
        part = state.share[at] * (1 - state.seen[at]) / state.seen[at]
        taken = left if at == last or part >= odds else rng.binomial(left, part / odds)
        state.persons[at] += taken
        left -= taken
        odds -= part
        if left == 0:
            break
    for p in range(len(model.counts)):
        left = model.counts[p]
        rest = 0.0
        for at in range(last + 1):
            rest += state.cells[at, p]
        for at in range(last + 1):
            part = state.cells[at, p]
            taken = left if at == last or part >= rest else rng.binomial(left, part / rest)
            rest -= part
            left -= taken
            if taken > 0:
                _put(model, state, at, p, taken)
            if left == 0:
                break


@compiled
def _put(model: Model, state: State, at: int, p: int, taken: int) -> None:
    state.persons[at] += taken
    for place in range(model.on.shape[1]):
        j = model.on[p, place]
        if j < 0:
            break
        state.listed[at, j] += taken


@compiled
def _exchange(rng: np.random.Generator, model: Model, state: State) -> None:
    """Exchange classes on the stick, alpha integrated out.

    A large class in the last place, and alpha large with it, is hard to leave otherwise.
    """
    classes = len(state.size)
    here = _order(model, state)
    for _ in range(classes if classes > 1 else 0):
        one = int(rng.random() * classes)
        two = int(rng.random() * (classes - 1))
        two += int(two >= one)
        _swap(state, one, two)
        there = _order(model, state)
        if log(1 - rng.random()) < there - here:
            here = there
        else:
            _swap(state, one, two)


@compiled
def _swap(state: State, one: int, two: int) -> None:
    """Two classes in each other's place: what `_order` looks at, and their chances."""
    for part in (state.size, state.share, state.seen):
        part[one], part[two] = part[two], part[one]
    for j in range(state.logit.shape[1]):
        kept = state.logit[one, j]
        state.logit[one, j] = state.logit[two, j]
        state.logit[two, j] = kept


@compiled
def _log_concentration(model: Model, persons: Whole, value: float) -> float:
    """The log density of log alpha given the persons in each class, sticks integrated out."""
    alpha = exp(value)
    said = model.shape * value - model.rate * alpha
    after = 0
    for at in range(len(persons) - 1, 0, -1):
        after += persons[at]
        said += value + lgamma(alpha + after) - lgamma(1 + alpha + after + persons[at - 1])
    return said


@compiled
def _concentration(rng: np.random.Generator, model: Model, persons: Whole, alpha: float) -> float:
    """Alpha by slice sampling with stepping out (Neal 2003)."""
    here = log(alpha)
    height = _log_concentration(model, persons, here) + log(rng.random())
    low = here - 2 * rng.random()
    high = low + 2
    while _log_concentration(model, persons, low) > height:
        low -= 2
    while _log_concentration(model, persons, high) > height:
        high += 2
    while True:
        there = low + (high - low) * rng.random()
        if _log_concentration(model, persons, there) >= height:
            return max(exp(there), 1e-300)
        if there < here:
            low = there
        else:
            high = there


@compiled
def _renew(rng: np.random.Generator, state: State, alpha: float) -> None:
    """Sticks and chances anew, given the persons in each class."""
    classes, lists = state.logit.shape
    after = state.persons.sum()
    rest = 0.0
    for at in range(classes):
        after -= state.persons[at]
        state.size[at] = rest
        if at < classes - 1:
            taken = log(rng.standard_gamma(1.0 + state.persons[at]))
            kept = log(rng.standard_gamma(1.0 + alpha + after))
            kept += log(1 - rng.random()) / (alpha + after)
            whole = max(taken, kept) + log1p(exp(-abs(taken - kept)))
            state.size[at] += taken - whole
            rest += kept - whole
        none = 0.0
        for j in range(lists):
            on = log(rng.standard_gamma(1.0 + state.listed[at, j]))
            off = log(rng.standard_gamma(1.0 + state.persons[at] - state.listed[at, j]))
            state.logit[at, j] = min(max(on - off, -FURTHEST_LOGIT), FURTHEST_LOGIT)
            none -= log1p(exp(state.logit[at, j]))
        state.size[at] += log(-expm1(none))


@compiled
def _learn(state: State, way: Motion) -> None:
    """Add the squares of the gradient: their mean is how sharply each direction is known."""
    for at in range(len(state.size)):
        way.square_size[at] += state.pull_size[at] ** 2
        for j in range(state.logit.shape[1]):
            way.square_logit[at, j] += state.pull_logit[at, j] ** 2


@compiled
def _weigh(way: Motion, learnt: int) -> None:
    """Masses from the squares of the gradient."""
    for at in range(len(way.mass_size)):
        way.mass_size[at] = way.square_size[at] / learnt + 1.0
        way.square_size[at] = 0.0
        for j in range(way.mass_logit.shape[1]):
            way.mass_logit[at, j] = way.square_logit[at, j] / learnt + 0.3
            way.square_logit[at, j] = 0.0


@compiled
def run_chain(rng: np.random.Generator, model: Model, room: Room, burn_in: int, steps: int) -> None:
    """Run one chain and write its trace.

    Args:
        rng: its random numbers.
        model: the patterns seen and the priors.
        room: where the chain begins, and where its draws are written; changed.
        burn_in: iterations before the first draw, at least 40.
        steps: the most in one trajectory; the number is drawn anew each time.
    """
    state, way, trace = room.state, room.way, room.trace
    alpha, missing, accepted = 1.0, 0.0, 0.0
    sought, step, mean_step, error, tries, learnt = log(0.1), 0.1, log(0.1), 0.0, 0.0, 0
    for at in range(burn_in + len(trace.population)):
        length = (step if at < burn_in else exp(mean_step)) * (0.8 + 0.4 * rng.random())
        count = 1 + int(steps * rng.random())
        chance, drawn = _trajectory(rng, model, state, way, (length, count))
        missing = drawn if drawn >= 0 else missing
        _density(model, state)
        _exchange(rng, model, state)
        _pull(model, state)
        drawn = _missing(rng, model, state)
        missing = drawn if model.observed + drawn <= model.largest else missing
        if at < burn_in:
            # Dual averaging (Hoffman and Gelman 2014).
            tries += 1
            error += (WANTED - chance - error) / (tries + 10)
            step = exp(min(sought - sqrt(tries) / 0.05 * error, 1.0))
            mean_step += tries**-0.75 * (log(step) - mean_step)
            if at > burn_in // 8:
                _learn(state, way)
                learnt += 1
            if at in (burn_in // 4, burn_in // 4 * 3):
                _weigh(way, learnt)
                sought, error, tries, learnt = log(0.5), 0.0, 0.0, 0
        _deal(rng, model, state, missing)
        alpha = _concentration(rng, model, state.persons, alpha)
        if at >= burn_in:
            draw = at - burn_in
            accepted += chance / len(trace.population)
            trace.population[draw] = model.observed + missing
            trace.concentration[draw] = alpha
            trace.occupied[draw] = (state.persons > 0).sum()
        _renew(rng, state, alpha)
    trace.accepted[0] = accepted
