"""A posterior over how many are missing, on a grid that fits itself to it, with its error.

Small numbers are summed one by one. Beyond them the density is smooth on a logarithmic scale and is
integrated panel by panel (Gauss-Legendre), each panel split until two halves give what the whole
gave. What is left beyond the last panel is bounded by the power law that it ends in. The grid has
no upper end that the user must choose, and so none that could press on the answer unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError

Floats = npt.NDArray[np.float64]

LogDensity = Callable[[Floats], Floats]
"""Numbers of the missing, shape (p,), to the logarithms of one density or of several that are
added up, shape (c, p), up to one constant."""

WHOLE = 128
"""Missing 0 to 127 are summed one by one."""

NODES = 10
"""Points a panel."""

FURTHEST = 1e15
"""Missing persons; more than this nobody asks about."""

_X, _W = np.polynomial.legendre.leggauss(NODES)

_PANEL = 0.7
"""The width of a first panel, in the logarithm of the missing."""

_NARROWEST = 1e-9
"""Panels are not split below this."""

_STEPPED_OVER = 0.05
"""A hill narrower than this, in the logarithm of the missing, may lie between first points."""

_MOST_HILLS = 64
"""Narrow hills that are looked at one by one."""

_BESIDE = np.array([-1, 0, 1])

_NEGLIGIBLE = 45.0
"""A hill that is lower by this, in logarithms, holds nothing."""


HOPELESS = 45.0
"""Densities lower by this, in logarithms, hold less together than the error of any grid."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Points and what each stands for.

    Attributes:
        missing: how many are missing at each point, ascending; whole numbers up to 127, then not.
        weights: how many whole numbers a point stands for.
        edges: the logarithms of the ends of the panels, ascending; empty for a dense grid.
        error: a bound on the share of the mass that the grid gets wrong, the tail apart.
        tail: a bound on the share of the mass that lies beyond the last point.
    """

    missing: Floats
    weights: Floats
    edges: Floats
    error: float
    tail: float
    ends: bool = True
    """Whether there can be nobody beyond the last point."""

    @cached_property
    def log_weights(self) -> Floats:
        """The logarithms of the weights."""
        return np.asarray(np.log(self.weights))


def dense_grid(first: int, last: int) -> Grid:
    """Every whole number from `first` to `last`, each for itself.

    Raises:
        InputError: no whole numbers from 0 on, or none between them.
    """
    if not 0 <= first <= last < FURTHEST or first != int(first) or last != int(last):
        raise InputError(
            f"there is no grid of the missing from {first} to {last}",
            mend="Give whole numbers, 0 or more, the smaller one first",
        )
    missing = np.arange(first, last + 1, dtype=np.float64)
    return Grid(missing, np.ones_like(missing), np.empty(0), 0.0, 0.0)


def adaptive_grid(
    density: LogDensity, *, first: int = 0, furthest: float = FURTHEST, error: float = 1e-7
) -> Grid:
    """A grid on which sums over the densities are right to the error.

    Each density should have one hill or none; their sum may have several, far apart and narrow.

    Args:
        density: of the missing.
        first: the smallest number of missing that can be.
        furthest: the largest.
        error: the share of the mass that may be wrong.
    """
    beyond = max(WHOLE, first + 1)
    whole = np.arange(first, min(beyond - 1, furthest) + 1, dtype=np.float64)
    if furthest < beyond:
        return Grid(whole, np.ones_like(whole), np.empty(0), 0.0, 0.0)
    edges = panel_edges(furthest, beyond)
    at = nodes(edges[:-1], edges[1:]).ravel()
    said = np.atleast_2d(density(np.exp(at)) + at)
    edges = np.union1d(edges, hill_edges(density, at, said, edges[0], edges[-1]))
    panels = _Panels(density, edges[:-1], edges[1:])
    beside = float(np.logaddexp.reduce(density(whole), axis=None))
    wrong = panels.refine(beside, error)
    tail = panels.tail(beside)
    ended = furthest < FURTHEST
    panels.drop(beside, error)
    missing, weights, edges = panels.points()
    return Grid(
        np.concatenate((whole, missing)),
        np.concatenate((np.ones_like(whole), weights)),
        edges,
        wrong,
        0.0 if ended else tail,
        ended,
    )


def panel_edges(furthest: float, beyond: int = WHOLE) -> Floats:
    """The edges of the first panels, in the logarithm of the missing.

    Args:
        furthest: the largest number of missing in them.
        beyond: the smallest; those below are summed one by one.
    """
    low, high = np.log(beyond - 0.5), np.log(furthest + 0.5)
    return np.linspace(low, high, max(int(np.ceil((high - low) / _PANEL)), 2) + 1)


def nodes(low: Floats, high: Floats) -> Floats:
    """The points of some panels, in the logarithm of the missing; shape (panels, points)."""
    half = (high - low) / 2
    return np.asarray(low[:, None] + half[:, None] * (1 + _X))


@dataclass(frozen=True, eq=False)
class _Hills:
    """Tops of hills: whose density it is, where, how high, how wide."""

    rows: npt.NDArray[np.intp]
    centre: Floats
    height: Floats
    width: Floats

    def only(self, chosen: npt.NDArray[np.bool_]) -> _Hills:
        return _Hills(
            self.rows[chosen], self.centre[chosen], self.height[chosen], self.width[chosen]
        )


def _first_hills(at: Floats, said: Floats) -> _Hills:
    """The narrow hills between points that step over them."""
    hills = _interior(at, said)
    return hills.only(hills.width < _STEPPED_OVER)


def _interior(at: Floats, said: Floats) -> _Hills:
    """The tops that lie between the first point and the last."""
    top = said.argmax(axis=1)
    rows = np.flatnonzero((top > 0) & (top < len(at) - 1))
    top = top[rows]
    return _tops(rows, at[top[:, None] + _BESIDE], said[rows[:, None], top[:, None] + _BESIDE])


def narrow_hills(at: Floats, said: Floats) -> bool:
    """Whether any density may have a hill that the points step over, and that counts.

    Args:
        at: points, in the logarithm of the missing.
        said: the logarithms of the densities there, by that logarithm; shape (c, points).
    """
    hills = _first_hills(at, said)
    doubt = np.minimum((float(np.diff(at).max()) / hills.width) ** 2, 1e9)
    return bool((hills.height > said.max() - _NEGLIGIBLE - doubt).any())


def summits(density: LogDensity, *, first: int, furthest: float) -> tuple[Floats, float]:
    """How high each density may reach, and how high the highest reaches at least; logarithms.

    A density that may reach less than the highest does by a factor of e**`HOPELESS` can be left out
    of the sums.

    Args:
        density: of the missing, several.
        first: the smallest number of missing that can be.
        furthest: the largest.
    """
    beyond = max(WHOLE, first + 1)
    whole = np.arange(first, min(beyond - 1, furthest) + 1, dtype=np.float64)
    height = np.atleast_2d(density(whole)).max(axis=1)
    doubt = np.zeros(len(height))
    if furthest >= beyond:
        edges = panel_edges(furthest, beyond)
        at = nodes(edges[:-1], edges[1:]).ravel()
        said = np.atleast_2d(density(np.exp(at)) + at)
        height = np.maximum(height, said.max(axis=1))
        hills = _interior(at, said)
        height[hills.rows] = np.maximum(height[hills.rows], hills.height)
        doubt[hills.rows] = np.minimum((float(np.diff(at).max()) / hills.width) ** 2, 1e9)
    return height + doubt, float((height - doubt).max())


def hill_edges(density: LogDensity, at: Floats, said: Floats, low: float, high: float) -> Floats:
    """Edges of panels around the tops of narrow hills that points this far apart step over.

    The logarithm of each density is smooth even where the density is narrow: the parabola through
    its highest point and those beside it tells about where its top is; closer points tell better.

    Args:
        density: of the missing.
        at: points, in the logarithm of the missing.
        said: the logarithms of the densities there, by that logarithm; shape (c, points).
        low: edges are above it.
        high: edges are below it.
    """
    hills = _first_hills(at, said)
    step = float(np.diff(at).max())
    while len(hills.rows) and step > _NARROWEST:
        best = max(hills.height.max(), said.max())
        # A parabola over a wider step may be wrong by a good part of what it spans.
        doubt = np.minimum((step / hills.width) ** 2, 1e9)
        hills = _highest(hills.only(hills.height > best - _NEGLIGIBLE - doubt))
        if (doubt < 1).all():
            break
        step /= 4
        points = hills.centre[:, None] + step * _BESIDE
        found = np.atleast_2d(density(np.exp(points.ravel())))
        beside = found[hills.rows].reshape(len(hills.rows), *points.shape)
        own = beside[np.arange(len(hills.rows)), np.arange(len(hills.rows))] + points
        hills = _tops(hills.rows, points, own)
    return _edges(hills, low, high)


def _highest(hills: _Hills) -> _Hills:
    """No more hills than are worth looking at one by one."""
    if len(hills.rows) <= _MOST_HILLS:
        return hills
    return hills.only(hills.height >= np.sort(hills.height)[-_MOST_HILLS])


def _tops(rows: npt.NDArray[np.intp], at: Floats, said: Floats) -> _Hills:
    """The tops of parabolas through three points each; shapes (hills, 3)."""
    left, right = at[:, 0] - at[:, 1], at[:, 2] - at[:, 1]
    one, other = (said[:, 0] - said[:, 1]) / left, (said[:, 2] - said[:, 1]) / right
    bend = np.minimum((other - one) / (right - left), -1e-12)
    slope = one - bend * left
    shift = np.clip(-slope / (2 * bend), 2 * left, 2 * right)
    height = said[:, 1] + slope * shift + bend * shift**2
    return _Hills(rows, at[:, 1] + shift, height, np.sqrt(-1 / (2 * bend)))


def _edges(hills: _Hills, low: float, high: float) -> Floats:
    """Edges about some hills; those that nearly coincide are taken once."""
    steps = np.concatenate((-(4.0 ** np.arange(1, 9)), 4.0 ** np.arange(1, 9)))
    known = {
        (round(x / (4 * width)), round(np.log2(width))): (x, width)
        for x, width in zip(hills.centre, hills.width, strict=True)
    }
    edges = [x + width * steps[np.abs(width * steps) < _PANEL] for x, width in known.values()]
    found = np.concatenate([*edges, np.empty(0)])
    return np.asarray(found[(found > low) & (found < high)])


class _Panels:
    """Panels of the logarithm of the missing, each with its mass."""

    def __init__(self, density: LogDensity, low: Floats, high: Floats) -> None:
        self._density = density
        self.low, self.high = low, high
        self.mass = self._masses(low, high)
        """Logarithms."""

    def _masses(self, low: Floats, high: Floats) -> Floats:
        """The logarithms of the masses of some panels."""
        at = nodes(low, high)
        said = _summed(self._density(np.exp(at.ravel()))).reshape(at.shape) + at + np.log(_W)
        return np.asarray(_summed(said.T) + np.log((high - low) / 2))

    def log_mass(self, beside: float) -> float:
        """The logarithm of the mass of all panels, and of what is beside them."""
        return float(np.logaddexp.reduce(self.mass, initial=beside))

    def refine(self, beside: float, error: float) -> float:
        """Split panels until splitting changes nothing; the change that is left, as a share."""
        unsure = np.ones(len(self.mass), dtype=bool)
        left = np.zeros(len(self.mass))
        while unsure.any():
            low, high, mass = self.low[unsure], self.high[unsure], self.mass[unsure]
            middle = (low + high) / 2
            first, second = self._masses(low, middle), self._masses(middle, high)
            self._put(~unsure, (low, middle), (middle, high), (first, second))
            total = max(self.log_mass(beside), mass.max())
            halves = np.exp(first - total) + np.exp(second - total)
            change = np.abs(np.exp(mass - total) - halves)
            enough = (change < error / len(self.mass)) | (high - low < _NARROWEST)
            left = np.concatenate((left[~unsure], change / 2, change / 2))
            unsure = np.concatenate((np.zeros((~unsure).sum(), bool), ~enough, ~enough))
        order = np.argsort(self.low)
        self.low, self.high, self.mass = self.low[order], self.high[order], self.mass[order]
        return float(left.sum())

    def _put(
        self,
        kept: npt.NDArray[np.bool_],
        low: tuple[Floats, Floats],
        high: tuple[Floats, Floats],
        mass: tuple[Floats, Floats],
    ) -> None:
        """The panels that are kept, and two halves for each of the others."""
        self.low = np.concatenate((self.low[kept], *low))
        self.high = np.concatenate((self.high[kept], *high))
        self.mass = np.concatenate((self.mass[kept], *mass))

    def tail(self, beside: float) -> float:
        """A bound on the share beyond the last panel."""
        return tail_bound(self.low, self.high, self.mass, self.log_mass(beside))

    def drop(self, beside: float, error: float) -> None:
        """Leave out the panels at the upper end that hold next to nothing."""
        beyond = np.cumsum(np.exp(self.mass - self.log_mass(beside))[::-1])[::-1]
        kept = max(2, int((beyond > error * 1e-3).sum()))
        self.low, self.high, self.mass = self.low[:kept], self.high[:kept], self.mass[:kept]

    def points(self) -> tuple[Floats, Floats, Floats]:
        """The points of all panels, how many numbers each stands for, and the edges."""
        missing = np.exp(nodes(self.low, self.high))
        weights = missing * _W * ((self.high - self.low) / 2)[:, None]
        return missing.ravel(), weights.ravel(), np.append(self.low, self.high[-1])


def tail_bound(low: Floats, high: Floats, mass: Floats, total: float) -> float:
    """A bound on the share beyond the last panel, if the density goes on to fall as it does.

    Args:
        low: the lower ends of the panels, ascending.
        high: their upper ends.
        mass: the logarithms of their masses.
        total: the logarithm of all mass.
    """
    widths = high - low
    rate = mass - np.log(widths)
    falls = (rate[-2] - rate[-1]) / ((widths[-1] + widths[-2]) / 2)
    if falls <= 0:
        return 1.0
    return float(min(1.0, np.exp(rate[-1] - np.log(falls) - total)))


def _summed(said: Floats) -> Floats:
    """The logarithm of the sum of densities, over the first axis if there are two."""
    if said.ndim == 1:
        return said
    top = said.max(axis=0)
    return np.asarray(top + np.log(np.exp(said - top).sum(axis=0)))
