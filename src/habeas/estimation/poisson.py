"""Poisson regression of counts on a log-linear design, for many tables at once, zeros understood.

Where nobody stands on all lists of an interaction, its effect is minus infinity and the cells that
hold it are empty for certain: they leave the fit, and what is left has its estimate (the extended
maximum-likelihood estimate, Fienberg and Rinaldo 2012; for lists of victims Chan, Silverman and
Vincent 2021). Whether it then exists and is unique is checked, not hoped for.

The missing are those on no list and, where some cells could not be recorded, whoever stands in
these: their fitted counts follow from the effects that the other cells show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from habeas.estimation.hierarchy import Floats, Model

Bools = npt.NDArray[np.bool_]
Patterns = npt.NDArray[np.int64]

NOBODY: Patterns = np.array([0], dtype=np.int64)
"""The cells that are missing of a table of which all others were recorded."""

_MOST_STEPS = 100
_CLOSE = 1e-11

_TOGETHER = 512
"""Models that are fitted together, at the most."""

_NUMBERS = 4_000_000
"""Numbers that are held together: 32 MB. Of many lists fewer models fit in."""

_PROVEN = 1e-3
"""Margins that are missed by less than this share of the smallest expected count are met."""


@dataclass(frozen=True, eq=False)
class PoissonFit:
    """The fit of a model to the counts of one table or of several.

    Attributes:
        expected: the fitted counts; shape (tables, cells).
        missing: the fitted count of those in the missing cells; shape (tables,).
        log_likelihood: without the factorials of the counts; shape (tables,).
        variance: of the logarithm of `missing`; shape (tables,).
        converged: shape (tables,).
        met: whether the fitted counts are all above zero and have the margins of the table, which
            proves that the estimate exists; shape (tables,).
    """

    expected: Floats
    missing: Floats
    log_likelihood: Floats
    variance: Floats
    converged: Bools
    met: Bools


def empty_terms(model: Model, patterns: Patterns, counts: Floats) -> frozenset[int]:
    """Interactions of which no person stands on all lists: their effect is minus infinity."""
    return frozenset(
        term for term in model.interactions if not counts[(patterns & term) == term].sum()
    )


def fit_poisson(
    model: Model,
    patterns: Patterns,
    counts: Floats,
    empty: frozenset[int],
    lost: Patterns = NOBODY,
) -> PoissonFit:
    """Fit tables that have the same empty interactions.

    Args:
        model: which.
        patterns: of the cells; shape (cells,).
        counts: shape (tables, cells).
        empty: as `empty_terms` gives them, the same for every table.
        lost: patterns of the missing cells; `missing` is infinite where no cell shows an
            interaction that they rest on.
    """
    held = _without(patterns, empty)
    kept = [at for at, term in enumerate(model.terms) if term not in empty]
    design = model.design(patterns[held])[:, kept]
    rows = model.design(lost[_without(lost, empty)])[:, kept]
    fit = fit_design(design, counts[:, held], rows)
    expected = np.zeros_like(counts, dtype=np.float64)
    expected[:, held] = fit.expected
    if _unshown(patterns, lost, empty):
        return replace(fit, expected=expected, missing=np.full(len(counts), np.inf))
    return replace(fit, expected=expected)


def _without(patterns: Patterns, empty: frozenset[int]) -> Bools:
    """Cells that hold no empty interaction; shape (cells,)."""
    held = np.ones(len(patterns), dtype=bool)
    for term in empty:
        held &= (patterns & term) != term
    return held


def _unshown(patterns: Patterns, lost: Patterns, empty: frozenset[int]) -> bool:
    """Whether a missing cell rests on an interaction that no cell could show.

    That nobody stands on its lists together is then no zero: it was not looked at.
    """
    return any(
        ((lost & term) == term).any() and not ((patterns & term) == term).any() for term in empty
    )


def fit_design(design: Floats, counts: Floats, lost: Floats | None = None) -> PoissonFit:
    """Newton's method on the log likelihood; the first column of the design is the mean.

    Args:
        design: one for all tables, shape (cells, effects), or one for each, shape (tables, cells,
            effects), all of full rank.
        counts: shape (tables, cells).
        lost: the same for the missing cells; that of those on no list when left out.
    """
    effects = _beginning(design, np.log(counts + 0.5))
    said = _likelihood(design, counts, effects)
    converged = np.zeros(len(counts), dtype=bool)
    for _ in range(_MOST_STEPS):
        rows = np.flatnonzero(~converged)
        if not len(rows):
            break
        own = design if design.ndim == 2 else design[rows]
        expected = np.exp(_linear(own, effects[rows]))
        gradient = _gathered(own, counts[rows] - expected)
        step = _solve(_information(own, expected), gradient)
        effects[rows], now = _climb(own, counts[rows], effects[rows], step, said[rows])
        converged[rows] = np.abs(now - said[rows]) <= _CLOSE * (1 + np.abs(now))
        said[rows] = now
    expected = np.exp(_linear(design, effects))
    residual = np.abs(_gathered(design, counts - expected)).max(axis=1)
    met = converged & (residual < _PROVEN * expected.min(axis=1, initial=np.inf))
    lost = np.eye(1, effects.shape[1]) if lost is None else lost
    missing, variance = _missing(lost, effects, _information(design, expected))
    return PoissonFit(expected, missing, said, variance, converged, met)


def _missing(lost: Floats, effects: Floats, information: Floats) -> tuple[Floats, Floats]:
    """What is expected in the missing cells together, and the variance of its logarithm."""
    with np.errstate(over="ignore", invalid="ignore"):  # a table may say nothing of them
        each = np.exp(_linear(lost, effects))
        missing = each.sum(axis=1)
        slope = _gathered(lost, each) / missing[:, None]
    variance = (slope * _solve(information, slope)).sum(axis=1)
    return missing, variance


def _beginning(design: Floats, logs: Floats) -> Floats:
    """The effects that come nearest to some logarithms, by least squares."""
    if design.ndim == 2:
        return np.asarray(np.linalg.lstsq(design, logs.T, rcond=None)[0].T, dtype=np.float64)
    turned = np.swapaxes(design, 1, 2)
    return np.asarray(np.linalg.solve(turned @ design, turned @ logs[:, :, None])[:, :, 0])


def _linear(design: Floats, effects: Floats) -> Floats:
    """The logarithm of each expected count; shape (tables, cells)."""
    if design.ndim == 2:
        return np.asarray(effects @ design.T)
    return np.asarray((design @ effects[:, :, None])[:, :, 0])


def _gathered(design: Floats, cells: Floats) -> Floats:
    """What cells add up to for each effect; shape (tables, effects)."""
    if design.ndim == 2:
        return np.asarray(cells @ design)
    return np.asarray((cells[:, None, :] @ design)[:, 0, :])


def _likelihood(design: Floats, counts: Floats, effects: Floats) -> Floats:
    linear = _linear(design, effects)
    with np.errstate(over="ignore"):
        return np.asarray((counts * linear - np.exp(linear)).sum(axis=1))


def _information(design: Floats, expected: Floats) -> Floats:
    if design.ndim == 2:
        cells, effects = design.shape
        if cells * effects**2 > _NUMBERS:
            return np.stack([design.T @ (design * row[:, None]) for row in expected])
        products = (design[:, :, None] * design[:, None, :]).reshape(cells, effects**2)
        return np.asarray((expected @ products).reshape(-1, effects, effects))
    weighted = design * expected[:, :, None]
    return np.asarray(np.swapaxes(design, -1, -2) @ weighted)


def _solve(information: Floats, right: Floats) -> Floats:
    """Solve each; a singular one with the smallest solution."""
    try:
        return np.asarray(np.linalg.solve(information, right[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:
        return np.asarray((np.linalg.pinv(information) @ right[:, :, None])[:, :, 0])


def _climb(
    design: Floats, counts: Floats, effects: Floats, step: Floats, said: Floats
) -> tuple[Floats, Floats]:
    """Take the step, halved where it would go down."""
    size = np.ones(len(counts))
    for _ in range(30):
        there = effects + size[:, None] * step
        now = _likelihood(design, counts, there)
        worse = ~(now >= said - 1e-9 * (1 + np.abs(said)))
        if not worse.any():
            return there, now
        size[worse] /= 2
    size[worse] = 0
    there = effects + size[:, None] * step
    return there, _likelihood(design, counts, there)


@dataclass(frozen=True)
class ModelFit:
    """One model fitted to one table.

    Attributes:
        missing: the fitted count of those in the missing cells.
        log_likelihood: without the factorials of the counts.
        variance: of the logarithm of `missing`.
        sound: whether the estimate exists, is the only one, and was found.
    """

    missing: float
    log_likelihood: float
    variance: float
    sound: bool


_UNSOUND = ModelFit(np.inf, -np.inf, np.inf, False)


def fit_models(
    models: Sequence[Model], patterns: Patterns, counts: Floats, lost: Patterns = NOBODY
) -> list[ModelFit]:
    """Fit many models to one table, those of one shape together.

    Args:
        models: which; of the same lists.
        patterns: of the cells; shape (cells,).
        counts: shape (cells,).
        lost: patterns of the missing cells.

    Returns:
        One for each model, in order.
    """
    found = [_UNSOUND] * len(models)
    for held, places, designs, rows in _alike(models, patterns, counts, lost):
        full = np.linalg.matrix_rank(designs) == designs.shape[2]
        fits = _fit_alike(designs[full], counts[held], rows[full])
        for place, fit in zip(np.array(places)[full], fits, strict=True):
            found[place] = fit
    return found


def _alike(
    models: Sequence[Model], patterns: Patterns, counts: Floats, lost: Patterns
) -> Iterator[tuple[Bools, list[int], Floats, Floats]]:
    """Models with the same cells and as many effects: cells held, places, designs of both kinds.

    Those that say nothing of the missing cells are left out.
    """
    groups: dict[tuple[bytes, bytes, int], tuple[Bools, Bools, list[int], list[list[int]]]] = {}
    for place, model in enumerate(models):
        empty = empty_terms(model, patterns, counts)
        if _unshown(patterns, lost, empty):
            continue
        held, left = _without(patterns, empty), _without(lost, empty)
        terms = [term for term in model.terms if term not in empty]
        key = held.tobytes(), left.tobytes(), len(terms)
        *_, places, kept = groups.setdefault(key, (held, left, [], []))
        places.append(place)
        kept.append(terms)
    for held, left, places, kept in groups.values():
        together = min(_TOGETHER, rows_together(int(held.sum()) * len(kept[0])))
        for at in range(0, len(places), together):
            terms_of = np.array(kept[at : at + together])[:, None, :]
            design, rows = (
                ((cells[None, :, None] & terms_of) == terms_of).astype(np.float64)
                for cells in (patterns[held], lost[left])
            )
            yield held, places[at : at + together], design, rows


def rows_together(numbers: int) -> int:
    """How many rows of so many numbers are held together; one at least."""
    return max(1, _NUMBERS // max(numbers, 1))


def _fit_alike(designs: Floats, counts: Floats, lost: Floats) -> list[ModelFit]:
    """Models of one shape and full rank, on the cells that they share."""
    if not len(designs):
        return []
    fit = fit_design(designs, np.broadcast_to(counts, designs.shape[:2]), lost)
    return [
        ModelFit(
            float(fit.missing[at]),
            float(fit.log_likelihood[at]),
            float(fit.variance[at]),
            bool(fit.converged[at])
            and bool(np.isfinite(fit.missing[at]))
            and bool(fit.met[at] or _exists(designs[at], counts)),
        )
        for at in range(len(designs))
    ]


@dataclass(frozen=True)
class Standing:
    """Whether a table determines a model.

    Attributes:
        exists: the extended maximum-likelihood estimate exists.
        identified: it is unique, the count of those on no list included.
    """

    exists: bool
    identified: bool


def standing(model: Model, patterns: Patterns, counts: Floats) -> Standing:
    """Whether one table determines a model.

    It exists when some table with every cell above zero has the same margins (a linear programme);
    it is unique when no other effects give the same cells (the rank of the design).

    Args:
        model: which.
        patterns: of the cells; shape (cells,).
        counts: shape (cells,).
    """
    design, held = _held(model, patterns, counts)
    return Standing(_exists(design, counts[held]), _identified(design))


def determined(model: Model, patterns: Patterns, counts: Floats, *, met: bool) -> bool:
    """Whether one table determines a model that was fitted to it: `standing`, sooner.

    Args:
        model: which.
        patterns: of the cells; shape (cells,).
        counts: shape (cells,).
        met: whether the fit proves already that the estimate exists.
    """
    design, held = _held(model, patterns, counts)
    return _identified(design) and (met or _exists(design, counts[held]))


def _held(model: Model, patterns: Patterns, counts: Floats) -> tuple[Floats, Bools]:
    """The design on the cells that no empty interaction empties, and which cells these are."""
    empty = empty_terms(model, patterns, counts)
    held = _without(patterns, empty)
    kept = [at for at, term in enumerate(model.terms) if term not in empty]
    return model.design(patterns[held])[:, kept], held


def _identified(design: Floats) -> bool:
    """Whether no other effects give the same cells."""
    return len(design) > 0 and bool(np.linalg.matrix_rank(design) == design.shape[1])


def _exists(design: Floats, counts: Floats) -> bool:
    """Whether a table above zero everywhere has the margins of this one."""
    cells = len(counts)
    if not cells or not counts.sum():
        return False
    if (counts > 0).all():
        return True
    scale = counts.sum()
    equal = np.hstack([design.T, design.sum(axis=0)[:, None]])
    goal = np.zeros(cells + 1)
    goal[-1] = -1
    bounds = [(0, None)] * cells + [(0, 1)]
    found = linprog(goal, A_eq=equal, b_eq=design.T @ counts / scale, bounds=bounds)
    return bool(found.success and -found.fun > 1e-9)
