"""Hierarchical log-linear models: choose one by AIC or BIC, average over them, and say how sure.

The count of those on no list is the exponential of the mean effect: the model assumes that the
highest interaction is absent, and the others that it leaves out. Where cells could not be recorded,
those who stand in them are missing as well, and are estimated with them. An interval that is
computed as if the chosen model had been known beforehand is too narrow: beside the profile interval
stands one from bootstrap samples, drawn with the missing, in each of which the model is chosen
again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln
from scipy.stats import chi2

from habeas.estimation.grid import FURTHEST
from habeas.estimation.hierarchy import (
    Floats,
    Model,
    hierarchical_models,
    steps,
)
from habeas.estimation.overlap import Overlap
from habeas.estimation.poisson import (
    ModelFit,
    determined,
    empty_terms,
    fit_models,
    fit_poisson,
    rows_together,
)
from habeas.estimation.saying import NoEstimateError

Criterion = Literal["bic", "aic"]

_EXHAUSTIVE = {1: 1, 2: 2, 3: 2, 4: 3, 5: 3}
"""Lists to the order up to which every model is fitted; more lists are searched step by step."""

_SEARCHED_ORDER = 2

_TURNS = 2000
_SETTLED = 1e-7
"""The shares of the missing cells are found when none moves by more."""

_RIVALS = 250
"""Models that are chosen among again on drawn tables."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """One model fitted to one table.

    Attributes:
        model: which.
        missing: the estimated count of those who are not counted: on no list, or in a cell that
            could not be recorded.
        log_likelihood: without the factorials of the counts.
        effects: how many effects were fitted, those at minus infinity included.
        standard_error: of the population.
        sound: whether the estimate exists and is the only one.
    """

    model: Model
    missing: float
    log_likelihood: float
    effects: int
    standard_error: float
    sound: bool

    def criterion(self, kind: Criterion, observed: int) -> float:
        """BIC or AIC; the smaller the better."""
        penalty = np.log(observed) if kind == "bic" else 2.0
        return float(-2 * self.log_likelihood + penalty * self.effects)


@dataclass(frozen=True, eq=False)
class Selection:
    """All models that were fitted, and which is the best.

    Attributes:
        overlap: the table.
        criterion: by which.
        fitted: the sound ones, the best first.
        unsound: models without an estimate, or with many: they have no say.
    """

    overlap: Overlap
    criterion: Criterion
    fitted: tuple[Fitted, ...]
    unsound: tuple[Model, ...]

    @property
    def best(self) -> Fitted:
        """The model with the smallest criterion."""
        return self.fitted[0]

    @cached_property
    def weights(self) -> Floats:
        """The share of each model if the criterion is read as evidence: exp(-difference / 2)."""
        values = np.array(
            [one.criterion(self.criterion, self.overlap.observed) for one in self.fitted]
        )
        shares = np.exp(-(values - values.min()) / 2)
        return np.asarray(shares / shares.sum())

    @property
    def averaged(self) -> float:
        """The population, averaged over the models by their weights."""
        missing = np.array([one.missing for one in self.fitted])
        return self.overlap.observed + float(self.weights @ missing)


def select_model(
    overlap: Overlap, *, criterion: Criterion = "bic", order: int | None = None
) -> Selection:
    """Fit models and order them by a criterion.

    Up to five lists every model up to an order is fitted (6,212 of order 3 over five lists); with
    more, models are searched by adding and taking away single interactions, beginning from
    independence.

    Args:
        overlap: one stratum; patterns that could not be recorded stay out of the fit, and who
            stands in them is estimated.
        criterion: `bic` (with the persons observed as its sample) or `aic`.
        order: the most lists in one interaction; all but one list of four and fewer,
            three of five, pairs above; 1 is independence.

    Raises:
        InputError: several strata, nobody observed, fewer than two lists, a criterion or an order
            that is none, or no model that has an estimate.
    """
    _check(overlap)
    if criterion not in get_args(Criterion):
        raise NoEstimateError("criterion", given=criterion)
    if order is not None and order < 1:
        raise NoEstimateError("order", given=order)
    limit = _EXHAUSTIVE.get(overlap.k, _SEARCHED_ORDER) if order is None else order
    table = _Table(overlap)
    if overlap.k in _EXHAUSTIVE:
        every = table.fit_all(hierarchical_models(overlap.k, limit))
    else:
        every = table.search(limit, criterion)
    sound = [one for one in every if one.sound]
    if not sound:
        raise NoEstimateError("no_model")
    ordered = sorted(sound, key=lambda one: one.criterion(criterion, overlap.observed))
    unsound = tuple(one.model for one in every if not one.sound)
    return Selection(overlap, criterion, tuple(ordered), unsound)


class _Table:
    """The cells of a table that could be recorded, as the fits take them."""

    def __init__(self, overlap: Overlap) -> None:
        every = np.arange(1, 1 << overlap.k, dtype=np.int64)
        self.patterns = every[~np.isin(every, list(overlap.unrecorded))]
        self.lost = np.array([0, *sorted(overlap.unrecorded)], dtype=np.int64)
        self.counts = overlap.dense()[0][self.patterns].astype(np.float64)
        self.k = overlap.k
        self.observed = overlap.observed
        self._known: dict[Model, Fitted] = {}

    def fit(self, model: Model) -> Fitted:
        """One model, fitted once."""
        return self.fit_all([model])[0]

    def fit_all(self, models: Sequence[Model]) -> list[Fitted]:
        """Some models, each fitted once."""
        unknown = [model for model in models if model not in self._known]
        fits = fit_models(unknown, self.patterns, self.counts, self.lost)
        self._known |= {m: _fitted(m, fit) for m, fit in zip(unknown, fits, strict=True)}
        return [self._known[model] for model in models]

    def search(self, order: int, criterion: Criterion) -> list[Fitted]:
        """From independence, always to the best model one step away, as long as it is better."""
        here = self.fit(Model(self.k, ()))
        while True:
            ahead = self.fit_all(list(steps(here.model, order)))
            best = min(
                (one for one in (here, *ahead) if one.sound),
                key=lambda one: one.criterion(criterion, self.observed),
                default=here,
            )
            if best is here:
                return list(self._known.values())
            here = best


def _fitted(model: Model, fit: ModelFit) -> Fitted:
    error = (
        float(np.sqrt(fit.missing + fit.missing**2 * max(fit.variance, 0))) if fit.sound else 0.0
    )
    return Fitted(
        model,
        fit.missing if fit.sound else np.inf,
        fit.log_likelihood if fit.sound else -np.inf,
        len(model.terms),
        error if fit.sound else np.inf,
        fit.sound,
    )


def profile_interval(
    overlap: Overlap, model: Model, level: float = 0.95
) -> tuple[float, float, float]:
    """The population at the top of the profile likelihood, and the ends of its interval.

    The likelihood is multinomial: all persons, the missing among them, fall into the cells (Cormack
    1992). The interval holds the populations whose likelihood is not too far below.

    Args:
        overlap: one stratum.
        model: which.
        level: of the interval.

    Returns:
        The population at the top, the lower and the upper end; infinite where there is no end.

    Raises:
        InputError: the model has no estimate on this table.
    """
    _check(overlap)
    profile = _Profile(overlap, model)
    found = minimize_scalar(
        lambda log_missing: -profile(np.exp(log_missing)),
        bounds=(np.log(1e-6), np.log(1e12)),
        method="bounded",
        options={"xatol": 1e-10},
    )
    top, height = float(np.exp(found.x)), -float(found.fun)
    below = height - chi2.ppf(level, 1) / 2

    def rest(log_missing: float) -> float:
        return float(profile(np.exp(log_missing)) - below)

    low = 0.0 if rest(np.log(1e-6)) > 0 else np.exp(brentq(rest, np.log(1e-6), found.x))
    high = np.inf if rest(np.log(1e12)) > 0 else np.exp(brentq(rest, found.x, np.log(1e12)))
    return overlap.observed + top, overlap.observed + float(low), overlap.observed + float(high)


class _Profile:
    """The highest multinomial log likelihood with so many missing.

    Where there are several missing cells, how the missing fall into them is what the model expects:
    found in turns with the fit (Dempster, Laird and Rubin 1977).
    """

    def __init__(self, overlap: Overlap, model: Model) -> None:
        table = _Table(overlap)
        if not table.fit(model).sound:
            raise NoEstimateError("model", model=model.describe(overlap.lists))
        self._model = model
        self._lost = len(table.lost)
        self._patterns = np.concatenate((table.lost, table.patterns))
        self._counts = table.counts
        self._empty = empty_terms(model, table.patterns, table.counts)
        self._shares = np.full(self._lost, 1 / self._lost)

    def __call__(self, missing: float) -> float:
        expected = self._expected(missing)
        total, seen = missing + self._counts.sum(), expected[self._lost :]
        held = (self._counts > 0) & (seen > 0)
        said = (self._counts[held] * np.log(seen[held] / total)).sum()
        said += missing * np.log(expected[: self._lost].sum() / total)
        return float(said + gammaln(total + 1) - gammaln(missing + 1))

    def _expected(self, missing: float) -> Floats:
        """The fitted counts, those of the missing cells first."""
        for _ in range(_TURNS):
            counts = np.concatenate((missing * self._shares, self._counts))
            found = fit_poisson(self._model, self._patterns, counts[None, :], self._empty)
            expected: Floats = found.expected[0]
            before, lost = self._shares, expected[: self._lost]
            self._shares = lost / lost.sum()
            if np.abs(self._shares - before).max() < _SETTLED:
                break
        return expected


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Estimates from tables drawn anew, the model chosen again in each.

    Attributes:
        populations: one a table that had an estimate; never fewer than are listed.
        failed: how many tables had none.
        chosen: how often each model was chosen, the most frequent first.
        seed: of the random numbers.
    """

    populations: Floats
    failed: int
    chosen: tuple[tuple[Model, int], ...]
    seed: int

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """The percentiles between which this share of the estimates lies."""
        ends = np.quantile(self.populations, [(1 - level) / 2, (1 + level) / 2])
        return float(ends[0]), float(ends[1])


def bootstrap(selection: Selection, *, tables: int = 500, seed: int = 1) -> Bootstrap:
    """Draw a whole population anew, forget who then stands on no list, and select again each time.

    The unseen are drawn with the others (Buckland and Garthwaite 1991; Norris and Pollock 1996):
    how many are listed is chance too. The choice among models: Buckland, Burnham and Augustin
    (1997). Of many models only the best on the table as it is take part (Silverman, Chan and
    Vincent 2024): one far behind is next to never chosen. On each table only models that have an
    estimate there have a say.

    Args:
        selection: of the table as it is; the 250 best of its models are chosen among.
        tables: how many are drawn.
        seed: of the random numbers.
    """
    table = _Table(selection.overlap)
    models = [one.model for one in selection.fitted[:_RIVALS]]
    models += selection.unsound[: _RIVALS - len(models)]
    drawn = _drawn(table.counts, selection.best.missing, tables, np.random.default_rng(seed))
    refits = [_refit(model, table, drawn, selection.criterion) for model in models]
    which = _choose(models, table.patterns, drawn, refits)
    good = np.flatnonzero(which >= 0)
    missing = np.array([refits[at].missing[row] for at, row in zip(which[good], good, strict=True)])
    counted = np.bincount(which[good], minlength=len(models))
    order = np.argsort(-counted, kind="stable")
    return Bootstrap(
        # Those who are listed are known to be there, however few were drawn.
        np.maximum(drawn[good].sum(axis=1) + missing, table.observed),
        tables - len(good),
        tuple((models[at], int(counted[at])) for at in order if counted[at]),
        seed,
    )


def _drawn(counts: Floats, missing: float, tables: int, random: np.random.Generator) -> Floats:
    """The lists of populations of the estimated size, drawn by the shares of the cells.

    The shares are those observed, not those that the best model fits: drawn from the model, tables
    would choose it again, and say nothing of how sure the choice is.

    Args:
        counts: of the cells; shape (cells,).
        missing: the estimated count of the missing, who are drawn and then left out.
        tables: how many.
        random: numbers.
    """
    cells = np.append(counts, min(missing, FURTHEST))
    drawn = random.multinomial(round(cells.sum()), cells / cells.sum(), size=tables)
    return np.asarray(drawn[:, :-1], dtype=np.float64)


@dataclass(frozen=True, eq=False)
class _Refit:
    """One model on each drawn table; shapes (tables,).

    Attributes:
        criterion: infinite where the fit was not found.
        missing: the estimated count of those who are not counted.
        met: whether the fit proves that its estimate exists.
    """

    criterion: Floats
    missing: Floats
    met: npt.NDArray[np.bool_]


def _refit(model: Model, table: _Table, drawn: Floats, criterion: Criterion) -> _Refit:
    """One model on each drawn table."""
    said = np.full(len(drawn), np.inf)
    missing = np.full(len(drawn), np.inf)
    met = np.zeros(len(drawn), dtype=bool)
    listed = np.maximum(drawn.sum(axis=1), 1)
    penalty = np.log(listed) if criterion == "bic" else np.full(len(drawn), 2.0)
    groups = _by_empty(model, table.patterns, drawn)
    for empty, rows in _in_parts(groups, len(table.patterns)):
        found = fit_poisson(model, table.patterns, drawn[rows], empty, table.lost)
        sound = found.converged & np.isfinite(found.missing)
        value = -2 * found.log_likelihood + penalty[rows] * len(model.terms)
        said[rows] = np.where(sound, value, np.inf)
        missing[rows], met[rows] = found.missing, found.met
    return _Refit(said, missing, met)


def _choose(
    models: Sequence[Model],
    patterns: npt.NDArray[np.int64],
    drawn: Floats,
    refits: Sequence[_Refit],
) -> npt.NDArray[np.int64]:
    """The best model of each drawn table that has an estimate there; -1 where none has."""
    said = np.stack([one.criterion for one in refits])
    order = np.argsort(said, axis=0, kind="stable")
    which = np.full(len(drawn), -1)
    for row, counts in enumerate(drawn):
        for at in order[:, row]:
            if not np.isfinite(said[at, row]):
                break
            if determined(models[at], patterns, counts, met=bool(refits[at].met[row])):
                which[row] = at
                break
    return which


def _by_empty(
    model: Model, patterns: npt.NDArray[np.int64], drawn: Floats
) -> Sequence[tuple[frozenset[int], npt.NDArray[np.intp]]]:
    """Drawn tables by which interactions nobody has."""
    if not model.interactions:
        return [(frozenset(), np.arange(len(drawn)))]
    terms = np.array(model.interactions)
    holds = ((patterns[None, :] & terms[:, None]) == terms[:, None]).astype(np.float64)
    none = drawn @ holds.T == 0
    groups, member = np.unique(none, axis=0, return_inverse=True)
    return [
        (frozenset(int(term) for term in terms[group]), np.flatnonzero(member.ravel() == at))
        for at, group in enumerate(groups)
    ]


def _in_parts(
    groups: Sequence[tuple[frozenset[int], npt.NDArray[np.intp]]], cells: int
) -> Iterator[tuple[frozenset[int], npt.NDArray[np.intp]]]:
    """The groups, in parts whose tables are held together: those of many lists are large."""
    together = rows_together(cells)
    for empty, rows in groups:
        for at in range(0, len(rows), together):
            yield empty, rows[at : at + together]


def _check(overlap: Overlap) -> None:
    if len(overlap.strata) > 1:
        raise NoEstimateError("several_strata")
    if not overlap.observed:
        raise NoEstimateError("no_persons")
    if overlap.k < 2:
        raise NoEstimateError("one_list")
