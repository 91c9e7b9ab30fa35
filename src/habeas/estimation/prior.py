"""What is believed of the size of a population before the lists are seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from habeas.errors import InputError
from habeas.estimation.grid import FURTHEST, Floats

Kind = Literal["reciprocal", "uniform"]


@dataclass(frozen=True, kw_only=True)
class Prior:
    """A prior of the size N of the population.

    Attributes:
        kind: `reciprocal`, proportional to 1/N (Jeffreys; what `dga` in truth uses), or `uniform`.
        largest: the largest N that is possible; none when left out. A uniform prior needs one.
    """

    kind: Kind = "reciprocal"
    largest: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise InputError(
                f"there is no prior {self.kind!r}", mend=f"Give {' or '.join(get_args(Kind))}"
            )
        if self.largest is not None and not 1 <= self.largest <= FURTHEST:
            raise InputError(
                f"a largest population of {self.largest}", mend=f"Give 1 to {FURTHEST:.0e}"
            )
        if self.kind == "uniform" and self.largest is None:
            raise InputError(
                "a uniform prior without an end is no prior",
                mend="Give the largest population that is possible",
            )

    def log_density(self, population: Floats) -> Floats:
        """The logarithm of the prior at some sizes, up to a constant."""
        if self.kind == "uniform":
            return np.zeros_like(population)
        return np.asarray(-np.log(population))

    def describe(self) -> str:
        """The prior in words."""
        end = "" if self.largest is None else f", up to {self.largest:,.0f}"
        kind = "proportional to 1/N" if self.kind == "reciprocal" else "uniform"
        return f"{kind}{end}"
