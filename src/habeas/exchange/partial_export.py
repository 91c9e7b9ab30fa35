"""An export into a form that cannot carry everything: what is written, and what was left out.

Nothing is left out silently: every claim that may be seen is carried, or counted with the reason;
and so is everything about the carried ones for which the form has no place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from habeas.claims.claim import Claim
from habeas.claims.values import Point, When, Where
from habeas.claims.vocabulary import vocabulary
from habeas.registry.view import Shown

NEAR: Final = 100
"""Metres: the largest uncertainty with which an exact position may stand without it."""

_ASPECTS: Final[tuple[tuple[str, Callable[[Claim], bool]], ...]] = (
    ("where in the source it is said (locator)", lambda claim: bool(claim.locator)),
    ("to whom the source attributes it (by)", lambda claim: claim.by is not None),
    ("how credible it is (credibility)", lambda claim: claim.credibility is not None),
    ("for when it holds (holds)", lambda claim: claim.holds is not None),
    ("how it reached the record (note, reading)", lambda claim: bool(claim.note or claim.reading)),
    ("the words of a date and its calendar", lambda claim: isinstance(claim.value, When)),
)
"""What no form of others has a place for, and whether a claim has it."""

_FORKED: Final = "that the log in which it stands is forked: its key signed two histories"

ALWAYS: Final = (
    "Never carried: the sensitivity of each claim, which source says which value, proofs, and who "
    "recorded it when. Whoever reads the file cannot tell what may be published."
)


@dataclass(slots=True)
class Losses:
    """What an export leaves out, counted on the way."""

    _claims: Counter[tuple[str, str]] = field(default_factory=Counter)
    _aspects: Counter[str] = field(default_factory=Counter)
    _escaped: int = 0

    def drop(self, claim: Claim, reason: str) -> None:
        """A claim that is not carried."""
        self._claims[claim.predicate, reason] += 1

    def carried(self, shown: Shown) -> None:
        """A claim that is carried, without much of what stands around it."""
        for aspect, has in _ASPECTS:
            self._aspects[aspect] += has(shown.claim)
        self._aspects[_FORKED] += shown.forked

    def escaped(self) -> None:
        """A cell that a spreadsheet would run has an apostrophe in front."""
        self._escaped += 1

    def words(self) -> tuple[str, ...]:
        """A line for each predicate and reason, for each aspect, and what is never carried."""
        claims = [
            f"{count} × {vocabulary().label(predicate)} ({predicate}) not carried: {reason}"
            for (predicate, reason), count in sorted(self._claims.items())
        ]
        aspects = [
            f"{count} × not carried with a claim: {aspect}"
            for aspect, count in self._aspects.items()
            if count
        ]
        cells = (
            [f"{self._escaped} cells begin like a formula: an apostrophe stands before them"]
            if self._escaped
            else []
        )
        return (*claims, *aspects, *cells, ALWAYS)


@dataclass(frozen=True, slots=True)
class PartialExport:
    """What is written, and what is not."""

    lines: Iterator[str]
    """The text, in pieces with their line ends."""
    losses: Losses

    def dropped(self) -> tuple[str, ...]:
        """What was left out, a line each; whole once all lines have been taken."""
        return self.losses.words()


def bare_position(value: Where) -> tuple[str, str] | None:
    """Longitude and latitude of a position that may stand without its kind and uncertainty.

    A position that stands in for a place (the town of a site) would be read as the grave itself on
    the map of a program that knows neither: only exact ones are given.
    """
    near = value.uncertainty is None or Decimal(value.uncertainty) <= NEAR
    if value.kind == "exact" and isinstance(value.geometry, Point) and near:
        return value.geometry.coordinates
    return None
