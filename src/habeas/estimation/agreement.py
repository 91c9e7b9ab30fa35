"""Whether methods side by side contradict each other or the floor under them.

Chao's bound is a floor where persons differ in how visible they are: a method whose answer lies
below the lower end of its interval says that fewer are missing than the overlaps by themselves
demand. And where the intervals of two methods do not meet, at most one of them can be right. Either
is said in words, because figures side by side are read past.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from habeas.estimation.fitting import Outcome
from habeas.estimation.result import Summary
from habeas.estimation.wording import Language, load_words

FLOOR = "chao"
"""The method whose bound is the floor."""

COMPARED = "independence"
"""The method that stands there only so that others are held against it."""


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """Two methods that contradict each other.

    Attributes:
        kind: `interval_below`: the whole interval is below the floor's lower end; `point_below`:
            the estimate is; `apart`: the intervals do not meet.
        method: which lies lower.
        low: the lower end of its interval.
        high: the upper end.
        point: its estimate.
        other: the floor, or the method that lies higher.
        other_low: the lower end of its interval.
        other_high: the upper end.
    """

    kind: Literal["interval_below", "point_below", "apart"]
    method: str
    low: float
    high: float
    point: float
    other: str
    other_low: float
    other_high: float

    def describe(self, language: Language = "en") -> str:
        """One sentence."""
        words = load_words(language)
        return words(
            f"disagree.{self.kind}",
            method=words(f"method.{self.method}"),
            interval=words.interval(self.low, self.high),
            point=words.count(self.point),
            other=words(f"method.{self.other}"),
            other_interval=words.interval(self.other_low, self.other_high),
            floor=words.count(self.other_low),
        )


def disagreements(outcomes: Sequence[Outcome]) -> tuple[Disagreement, ...]:
    """Where methods fitted to one table contradict the floor, or each other.

    Only figures that may be published are held against each other; the comparison with independent
    lists is left out, and floors are not held against what lies above them.

    Args:
        outcomes: as `fit_all` gives them.
    """
    said = {
        one.method: one.result.summary()
        for one in outcomes
        if one.result is not None and one.result.publishable and one.method != COMPARED
    }
    floor = said.get(FLOOR)
    asked = [(name, one) for name, one in said.items() if not one.floor and name != FLOOR]
    found = []
    for name, one in asked:
        if floor is not None and one.high < floor.low:
            found.append(_between("interval_below", (name, one), (FLOOR, floor)))
        elif floor is not None and one.point < floor.low:
            found.append(_between("point_below", (name, one), (FLOOR, floor)))
    for pair in combinations(asked, 2):
        lower, upper = sorted(pair, key=lambda named: named[1].high)
        if lower[1].high < upper[1].low:
            found.append(_between("apart", lower, upper))
    return tuple(found)


def _between(
    kind: Literal["interval_below", "point_below", "apart"],
    lower: tuple[str, Summary],
    upper: tuple[str, Summary],
) -> Disagreement:
    return Disagreement(
        kind=kind,
        method=lower[0],
        low=lower[1].low,
        high=lower[1].high,
        point=lower[1].point,
        other=upper[0],
        other_low=upper[1].low,
        other_high=upper[1].high,
    )
