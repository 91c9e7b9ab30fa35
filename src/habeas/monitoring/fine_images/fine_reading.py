"""What a person reads from a fine image, and how far two persons agree who read it apart.

Agreement beyond chance: Cohen 1960; its large-sample variance: Fleiss, Cohen and Everitt 1969
(Psychological Bulletin 72: 323-327).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from shapely.geometry import MultiPolygon, Point, Polygon

from habeas.claims.vocabulary import vocabulary
from habeas.errors import InputError
from habeas.monitoring.disturbance import Interval

FEWEST = 10
"""Places that two readers must both have read."""


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """A person's reading of one place in an image.

    Attributes:
        image: `item:` id of what was read: a working copy, or an image with its own coordinates.
        place: longitude and latitude, degrees.
        kind: a term of `disturbance_kind`.
        certainty: of the kind, in the reader's own judgement: the Admiralty scale of credibility,
            from 1 (confirmed by other sources) to 6 (cannot be judged).
        reader: a handle, not a name.
        blinded: whether the reader knew neither the machine's result nor another's reading.
        note: in the reader's words.
    """

    image: str
    place: Polygon | MultiPolygon | Point
    kind: str
    certainty: int
    reader: str
    blinded: bool
    note: str = ""

    def __post_init__(self) -> None:
        vocabulary().term("disturbance_kind", self.kind)
        if not 1 <= self.certainty <= 6:
            raise InputError(
                f"no certainty is called {self.certainty}",
                mend="Give 1 (confirmed by other sources) to 6 (cannot be judged)",
            )
        if self.place.is_empty or not self.place.is_valid:
            raise InputError("the place of the reading is no shape", mend="Draw it again")
        if not self.reader.strip():
            raise InputError("the reading has no reader", mend="Give a handle")


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two readers agree.

    Attributes:
        places: that both have read.
        observed: share on which they agree.
        kappa: agreement beyond chance, with an interval: 1 always, 0 as chance would.
    """

    places: int
    observed: float
    kappa: Interval


def agreement(
    first: Mapping[str, str], second: Mapping[str, str], *, level: float = 0.9
) -> Agreement:
    """Cohen's kappa of two readers.

    Args:
        first: kind by place.
        second: the same of another reader; only places that both have read count.
        level: of the interval.

    Raises:
        InputError: fewer than ten places were read by both, or both gave one kind to all: then
            chance would agree as well, and nothing can be said.
    """
    places = sorted(set(first) & set(second))
    if len(places) < FEWEST:
        raise InputError(
            f"two readers have {len(places)} place{'' if len(places) == 1 else 's'} in common",
            mend=f"Let both read at least {FEWEST}",
        )
    kinds = sorted({reading[place] for reading in (first, second) for place in places})
    table = np.zeros((len(kinds), len(kinds)))
    for place in places:
        table[kinds.index(first[place]), kinds.index(second[place])] += 1 / len(places)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, chance = float(np.trace(table)), float(rows @ columns)
    if len(kinds) == 1:
        raise InputError(
            "both readers gave the same kind to every place: agreement beyond chance has no value",
            mend="Let them read places of several kinds",
        )
    kappa = (observed - chance) / (1 - chance)
    variance = _variance(table, rows, columns, kappa, chance)
    error = np.sqrt(max(variance, 0.0) / len(places))
    reach = float(norm.ppf(0.5 + level / 2) * error)
    return Agreement(
        places=len(places),
        observed=observed,
        kappa=Interval(best=kappa, low=max(kappa - reach, -1.0), high=min(kappa + reach, 1.0),
                       level=level),
    )  # fmt: skip


def _variance(
    table: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    columns: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    kappa: float,
    chance: float,
) -> float:
    """Of kappa, times the number of places."""
    both = columns[:, None] + rows[None, :]
    diagonal = np.diag(table) @ (1 - (rows + columns) * (1 - kappa)) ** 2
    off = ((table - np.diag(np.diag(table))) * both**2).sum() * (1 - kappa) ** 2
    return float((diagonal + off - (kappa - chance * (1 - kappa)) ** 2) / (1 - chance) ** 2)
