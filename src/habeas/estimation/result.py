"""An estimate that cannot be mistaken for a number: interval, method, assumption, refusals."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from habeas.errors import InputError
from habeas.estimation.assumptions import Words
from habeas.estimation.grid import Floats
from habeas.estimation.overlap import Overlap
from habeas.estimation.refusal import Refusal

Ends = tuple[float, float]


@dataclass(frozen=True)
class Line:
    """Another estimate that the same method gives, to stand beside the first.

    Attributes:
        name: which.
        point: of the population.
        low: the lower end of its interval.
        high: the upper end.
    """

    name: str
    point: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The figures of an estimate.

    Attributes:
        method: which.
        observed: persons on at least one list.
        level: of the intervals.
        point: of the population, those on no list included.
        point_is: what the point is: `median` of a posterior, or `estimate`.
        mean: of the posterior; infinite where it has none, and none where there is no posterior or
            where draws cannot tell (latent classes under a prior without an end).
        interval: which of `intervals` is the one to show first: the one that tells most.
        intervals: the ends by the name of the interval.
        floor: whether the point is a lower bound of what is asked.
        beside: other estimates of the same method.
    """

    method: str
    observed: int
    level: float
    point: float
    point_is: str
    interval: str
    intervals: Mapping[str, Ends]
    mean: float | None = None
    floor: bool = False
    beside: tuple[Line, ...] = ()

    @property
    def low(self) -> float:
        """The lower end of the interval that is shown first."""
        return self.intervals[self.interval][0]

    @property
    def high(self) -> float:
        """Its upper end; infinite where it has none."""
        return self.intervals[self.interval][1]

    @property
    def missing(self) -> tuple[float, float, float]:
        """Those on no list: lower end, point, upper end."""
        return self.low - self.observed, self.point - self.observed, self.high - self.observed


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a method says of one table, before it is asked whether it may be published.

    Attributes:
        traces: draws by the quantity, `population` among them; shape (chains, draws).
        summary: the figures.
        diagnostics: what tells how far to trust them; numbers, words, and lists of these.
        assumption: what identifies the number of missing.
        refusals: what speaks against publishing it.
        detail: the method's own result.
    """

    traces: Mapping[str, Floats]
    summary: Summary
    diagnostics: Mapping[str, object]
    assumption: Words
    refusals: tuple[Refusal, ...]
    detail: object


def cells_of(overlap: Overlap) -> dict[str, object]:
    """How much of the table there is: cells that could be recorded, and those with nobody."""
    cells = 2**overlap.k - 1 - len(overlap.unrecorded)
    met = int((overlap.totals > 0).sum())
    return {"cells": cells, "cells_empty": cells - met}


@dataclass(frozen=True, kw_only=True, eq=False)
class Result(ABC):
    """How many there may be, by one method, with all that must stand beside it.

    It is no number, and cannot be made one: `summary()` has the figures.

    Attributes:
        method: which.
        level: of the intervals.
        seed: of the random numbers.
        version: of Habeas.
        settings: of the method, all of them, those left at their defaults too.
        refusals: what speaks against it, overridden or not.
        answer: what the method gave.
    """

    method: str
    level: float
    seed: int
    version: str
    settings: Mapping[str, object]
    refusals: tuple[Refusal, ...]
    answer: Answer

    @property
    @abstractmethod
    def digest(self) -> str:
        """SHA-256 of the table or the tables."""

    @property
    def observed(self) -> int:
        """Persons on at least one list."""
        return self.answer.summary.observed

    @property
    def draws(self) -> Floats:
        """Sizes of the population, drawn: from the posterior, or estimates from tables drawn anew.

        Shape (draws,); the chains of a sampler one after another.
        """
        return self.answer.traces["population"].ravel()

    @property
    def detail(self) -> Any:
        """The method's own result: a `GraphAverage`, a `LatentClassFit` and so on."""
        return self.answer.detail

    @property
    def assumption(self) -> str:
        """What identifies the number of missing, in words."""
        return self.answer.assumption.english

    @property
    def assumption_fa(self) -> str:
        """The assumption in Persian."""
        return self.answer.assumption.persian

    @property
    def publishable(self) -> bool:
        """Whether nothing speaks against publishing it beside the other methods."""
        return not any(one.stands for one in self.refusals)

    def summary(self) -> Summary:
        """The figures."""
        return self.answer.summary

    def diagnostics(self) -> Mapping[str, object]:
        """What tells how far to trust the figures; the keys are listed in docs/estimation.md."""
        return self.answer.diagnostics

    def describe(self) -> str:
        """Interval first, then point, method, assumption, and what speaks against it."""
        said = self.summary()
        least = "at least, as far as it is a floor, " if said.floor else ""
        lines = [
            f"{_count(said.low)} to {_count(said.high)} ({said.level:.0%} interval, "
            f"{said.interval}), {said.point_is} {least}{_count(said.point)}; "
            f"{said.observed:,} observed",
            f"Method: {self.method}. One method alone is no result: see the others beside it",
            f"It assumes: {self.assumption}",
        ]
        for one in self.refusals:
            head = "NOT TO BE PUBLISHED" if one.stands else "Overridden"
            lines.append(f"{head}: {one.describe()}")
        return ".\n".join(lines) + "."

    def to_arviz(self) -> Any:
        """The draws as ArviZ takes them: every quantity with its chains, the origin as attributes.

        Raises:
            InputError: ArviZ is not installed.
        """
        try:
            import arviz
        except ImportError:
            raise InputError(
                "ArviZ is not installed", mend="Install it (`pip install arviz`), or use `draws`"
            ) from None
        origin = {
            "method": self.method,
            "table": self.digest,
            "seed": self.seed,
            "habeas": self.version,
            "publishable": int(self.publishable),
        }
        posterior = dict(self.answer.traces)
        if hasattr(arviz, "InferenceData"):
            found = arviz.from_dict(posterior=posterior)
        else:  # version 1 takes the groups as one mapping, and gives a tree of data sets
            found = arviz.from_dict({"posterior": posterior})
        found["posterior"].attrs.update(origin)
        return found


def _count(number: float) -> str:
    return f"{number:,.0f}" if isfinite(number) else "no end"


@dataclass(frozen=True, kw_only=True, eq=False)
class Estimation(Result):
    """The result of one method on one table.

    Attributes:
        overlap: the table that was fitted.
    """

    overlap: Overlap

    @property
    def digest(self) -> str:
        """SHA-256 of the table."""
        return self.overlap.digest
