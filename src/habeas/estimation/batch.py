"""Averaging over decomposable graphs for many tables of the same lists at once.

The sums are those of `decomposable` and `grid`, panel by panel and with the same bound on their
error, taken for all tables together: a thousand strata take seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import special

from habeas.estimation.checks import require_weight
from habeas.estimation.graphs import complete, decomposable_graphs, scores
from habeas.estimation.grid import (
    FURTHEST,
    NODES,
    WHOLE,
    Floats,
    Grid,
    hill_edges,
    narrow_hills,
    nodes,
    panel_edges,
    tail_bound,
)
from habeas.estimation.log_gamma import log_gamma_ratio
from habeas.estimation.margins import Margins, margins
from habeas.estimation.posterior import GridPosterior

Whole = npt.NDArray[np.int64]

_LOG_WEIGHTS = np.log(np.polynomial.legendre.leggauss(NODES)[1])

_TOGETHER = 2_000_000
"""Points times graphs that are looked at together: 16 MB."""

_TABLES = 50
"""Tables that are looked at together."""

_ERROR = 1e-7

_NARROWEST = 1e-9


@dataclass(frozen=True, eq=False)
class Averaged:
    """One table.

    Attributes:
        posterior: of its population.
        complete_weight: the weight that the complete graph would have.
    """

    posterior: GridPosterior
    complete_weight: float


def average_tables(
    dense: npt.NDArray[np.int64],
    k: int,
    *,
    delta: float | None = None,
    threads: int = 2,
) -> tuple[Averaged, ...]:
    """Average over all decomposable graphs but the complete one, for each table.

    The prior of the population is proportional to 1/N, without an end.

    Args:
        dense: counts of all 2**k patterns, that of nobody 0; shape (tables, 2**k), each table with
            somebody.
        k: lists, 2 to 5.
        delta: prior weight of a cell; 2**-k when left out.
        threads: how many parts of the tables are worked on at once.

    Raises:
        InputError: a delta that is not positive.
    """
    weight = 2.0**-k if delta is None else delta
    require_weight(weight)
    known = [margins(row, k, weight) for row in dense]
    whole = np.array([graph == complete(k) for graph in decomposable_graphs(k)])
    matrix = scores(k).astype(np.float64)
    parts = [known[at : at + _TABLES] for at in range(0, len(known), _TABLES)]

    def averaged(part: list[Margins]) -> list[Averaged]:
        other, saturated = _Batch(part, matrix[~whole]), _Batch(part, matrix[whole])
        found, evidence = other.posteriors()
        shares = special.expit(saturated.evidence() - evidence)
        return [Averaged(*each) for each in zip(found, shares.tolist(), strict=True)]

    with ThreadPoolExecutor(threads) as pool:
        return tuple(one for block in pool.map(averaged, parts) for one in block)


class _Batch:
    """Some tables under the same graphs: their panels, in one flat row."""

    def __init__(self, known: list[Margins], matrix: Floats) -> None:
        used = np.flatnonzero((matrix != 0).any(axis=0) & (np.arange(matrix.shape[1]) > 0))
        self._matrix = np.ascontiguousarray(matrix[:, used])
        self._constant = np.stack([one.constant[used] for one in known])
        self._above = np.stack([one.nobody[used] + one.weight[used] for one in known])
        self._observed = np.array([one.observed for one in known], dtype=np.float64)
        self._total = known[0].total_weight
        self.tables = len(known)

    def _joint(self, table: Whole, missing: Floats) -> Floats:
        """The logarithm of the density under each graph; shape (graphs, points)."""
        observed = self._observed[table]
        terms = self._constant[table].T + log_gamma_ratio(
            missing, self._above[table].T, (observed + self._total)[None, :]
        )
        shared = log_gamma_ratio(missing, observed + 1.0, 1.0) - np.log(observed + missing)
        return np.asarray(self._matrix @ terms + shared)

    def _density(self, table: Whole, missing: Floats) -> Floats:
        """The logarithm of the density over all graphs; shape (points,)."""
        found = np.empty(len(missing))
        for part in _blocks(len(missing), len(self._matrix)):
            found[part] = _summed(self._joint(table[part], missing[part]))
        return found

    def posteriors(self) -> tuple[list[GridPosterior], Floats]:
        """The posterior of each table, and the logarithm of its evidence."""
        small, total, panels = self._summed_up()
        found = [
            panels.of(at, small[at], (float(total[at]), int(self._observed[at])))
            for at in range(self.tables)
        ]
        return found, total

    def evidence(self) -> Floats:
        """The logarithm of the evidence of each table; shape (tables,)."""
        return self._summed_up()[1]

    def _summed_up(self) -> tuple[Floats, Floats, _Panels]:
        """The density at each small number of missing, the evidence, the panels beyond."""
        numbers = np.tile(np.arange(WHOLE, dtype=np.float64), self.tables)
        small = self._density(np.repeat(np.arange(self.tables), WHOLE), numbers)
        small = small.reshape(self.tables, WHOLE)
        beside = _summed(small.T)
        panels = self._refined(beside)
        return small, panels.totals(beside), panels

    def _refined(self, beside: Floats) -> _Panels:
        """Panels of all tables, split until splitting changes nothing."""
        panels = self._first()
        unsure = np.ones(len(panels.low), dtype=bool)
        while unsure.any():
            old = panels.only(unsure)
            middle = (old.low + old.high) / 2
            halves = _halves(old, middle)
            halves = halves.with_values(self._values(halves.table, halves.low, halves.high))
            panels = _together([panels.only(~unsure), halves])
            total = np.maximum(panels.totals(beside), _top(old, self.tables))[old.table]
            mass = halves.masses().reshape(2, -1)
            change = np.abs(np.exp(old.masses() - total) - np.exp(mass - total).sum(axis=0))
            enough = change < _ERROR / np.bincount(panels.table, minlength=self.tables)[old.table]
            enough |= old.high - old.low < _NARROWEST
            panels.wrong[len(panels.wrong) - 2 * len(change) :] = np.tile(change / 2, 2)
            unsure = np.concatenate(
                (np.zeros(len(panels.low) - 2 * len(enough), dtype=bool), ~enough, ~enough)
            )
        return panels

    def _values(self, table: Whole, low: Floats, high: Floats) -> Floats:
        """The logarithm of the density at the points of some panels; shape (panels, points)."""
        at = nodes(low, high)
        return self._density(np.repeat(table, NODES), np.exp(at.ravel())).reshape(at.shape)

    def _first(self) -> _Panels:
        """The first panels of all tables: the common ones, and those about narrow hills."""
        edges = panel_edges(FURTHEST)
        points = nodes(edges[:-1], edges[1:]).ravel()
        missing = np.exp(points)
        found = []
        for at in range(self.tables):
            joint = self._joint(np.full(len(points), at), missing)
            own, values = edges, _summed(joint).reshape(-1, NODES)
            table = np.full(len(edges) - 1, at)
            said = joint + points
            if narrow_hills(points, said):
                density = partial(self._of_table, at)
                own = np.union1d(edges, hill_edges(density, points, said, edges[0], edges[-1]))
                table = np.full(len(own) - 1, at)
                values = self._values(table, own[:-1], own[1:])
            found.append(_Panels(table, own[:-1], own[1:], values, np.zeros(len(table))))
        return _together(found)

    def _of_table(self, at: int, missing: Floats) -> Floats:
        """The logarithm of the density of one table under each graph."""
        return self._joint(np.full(len(missing), at), missing)


@dataclass(frozen=True, eq=False)
class _Panels:
    """Panels of the logarithm of the missing, of several tables.

    Attributes:
        table: whose; shape (panels,).
        low: the lower ends.
        high: the upper ends.
        values: the logarithm of the density at the points; shape (panels, points).
        wrong: how much of the mass may be wrong, as a share.
    """

    table: Whole
    low: Floats
    high: Floats
    values: Floats
    wrong: Floats

    def only(self, chosen: npt.NDArray[np.bool_]) -> _Panels:
        return _Panels(
            self.table[chosen],
            self.low[chosen],
            self.high[chosen],
            self.values[chosen],
            self.wrong[chosen],
        )

    def with_values(self, values: Floats) -> _Panels:
        return _Panels(self.table, self.low, self.high, values, self.wrong)

    def masses(self) -> Floats:
        """The logarithm of the mass of each panel."""
        said = self.values + nodes(self.low, self.high) + _LOG_WEIGHTS
        top = said.max(axis=1)
        summed = np.exp(said - top[:, None]).sum(axis=1)
        return np.asarray(top + np.log(summed) + np.log((self.high - self.low) / 2))

    def totals(self, beside: Floats) -> Floats:
        """The logarithm of the mass of each table, what is beside the panels included."""
        masses = self.masses()
        top = np.maximum(_top(self, len(beside)), beside)
        summed = np.bincount(
            self.table, weights=np.exp(masses - top[self.table]), minlength=len(beside)
        )
        return np.asarray(top + np.log(summed + np.exp(beside - top)))

    def of(self, table: int, small: Floats, known: tuple[float, int]) -> GridPosterior:
        """The posterior of one table.

        Args:
            table: which.
            small: the logarithm of the density at each small number of missing.
            known: the logarithm of its evidence, and the persons observed.
        """
        total, observed = known
        own = self.only(self.table == table)
        order = np.argsort(own.low)
        low, high, values = own.low[order], own.high[order], own.values[order]
        mass = own.masses()[order]
        tail = tail_bound(low, high, mass, total)
        beyond = np.cumsum(np.exp(mass - total)[::-1])[::-1]
        kept = max(2, int((beyond > _ERROR * 1e-3).sum()))
        low, high, values = low[:kept], high[:kept], values[:kept]
        missing = np.exp(nodes(low, high))
        weights = missing * np.exp(_LOG_WEIGHTS) * ((high - low) / 2)[:, None]
        grid = Grid(
            np.concatenate((np.arange(WHOLE, dtype=np.float64), missing.ravel())),
            np.concatenate((np.ones(WHOLE), weights.ravel())),
            np.append(low, high[-1]),
            float(own.wrong.sum()),
            tail,
            ends=False,
        )
        return GridPosterior.of(observed, grid, np.concatenate((small, values.ravel())))


def _together(parts: Sequence[_Panels]) -> _Panels:
    """The panels of all parts, in order."""
    return _Panels(
        np.concatenate([one.table for one in parts]),
        np.concatenate([one.low for one in parts]),
        np.concatenate([one.high for one in parts]),
        np.concatenate([one.values for one in parts]),
        np.concatenate([one.wrong for one in parts]),
    )


def _summed(joint: Floats) -> Floats:
    """The logarithm of the sum over graphs."""
    top = joint.max(axis=0)
    return np.asarray(top + np.log(np.exp(joint - top).sum(axis=0)))


def _halves(panels: _Panels, middle: Floats) -> _Panels:
    """Two halves of each, all first halves before all second ones, their values still unknown."""
    return _Panels(
        np.tile(panels.table, 2),
        np.concatenate((panels.low, middle)),
        np.concatenate((middle, panels.high)),
        np.empty((2 * len(middle), NODES)),
        np.zeros(2 * len(middle)),
    )


def _top(panels: _Panels, tables: int) -> Floats:
    """The heaviest panel of each table."""
    found = np.full(tables, -np.inf)
    np.maximum.at(found, panels.table, panels.masses())
    return found


def _blocks(points: int, graphs: int) -> Iterator[slice]:
    step = max(1, _TOGETHER // graphs)
    for at in range(0, points, step):
        yield slice(at, at + step)
