"""Hierarchical log-linear models: which lists may interact, and the design that says so.

A model is written by its generators: `[123][14]` holds every interaction among lists 1, 2 and 3 and
that of 1 and 4, and with an interaction everything inside it (Bishop, Fienberg and Holland 1975).
The effect of each single list is always in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError

Floats = npt.NDArray[np.float64]

MOST_MODELS = 100_000
"""More models than this are not written out."""


@dataclass(frozen=True)
class Model:
    """A hierarchical model.

    Attributes:
        k: lists.
        interactions: the sets of two lists or more that interact, as bits, in ascending order;
            closed: with a set, all its subsets of two or more.
    """

    k: int
    interactions: tuple[int, ...]

    @property
    def terms(self) -> tuple[int, ...]:
        """All sets with an effect: none (the mean), each list, the interactions."""
        return (0, *(1 << bit for bit in range(self.k)), *self.interactions)

    @property
    def generators(self) -> tuple[int, ...]:
        """The largest sets, in which all others are."""
        return tuple(
            term
            for term in self.terms[1:]
            if not any(term & other == term for other in self.terms[1:] if other != term)
        )

    def describe(self, lists: tuple[str, ...] | None = None) -> str:
        """The model by its generators: `[1 2 3][1 4]`, or with the names of the lists."""
        names = lists or tuple(str(bit + 1) for bit in range(self.k))
        return "".join(
            "[" + " ".join(names[bit] for bit in range(self.k) if term >> bit & 1) + "]"
            for term in sorted(self.generators, key=lambda one: (-one.bit_count(), one))
        )

    def design(self, patterns: npt.NDArray[np.int64]) -> Floats:
        """One row a pattern, one column a term: whether the pattern has all its lists."""
        terms = np.array(self.terms, dtype=np.int64)
        return np.asarray((patterns[:, None] & terms) == terms, dtype=np.float64)


def closed(k: int, sets: tuple[int, ...]) -> Model:
    """The smallest model with these interactions.

    Args:
        k: lists.
        sets: as bits.
    """
    found = {
        sum(1 << bit for bit in chosen)
        for one in sets
        for size in range(2, one.bit_count() + 1)
        for chosen in combinations([bit for bit in range(k) if one >> bit & 1], size)
    }
    return Model(k, tuple(sorted(found)))


@lru_cache(maxsize=16)
def hierarchical_models(k: int, order: int) -> tuple[Model, ...]:
    """Every hierarchical model in which no more than so many lists interact at once.

    Args:
        k: lists.
        order: the most lists in one interaction, 1 (independence) to k.

    Raises:
        InputError: there are too many.
    """
    pairs = k * (k - 1) // 2
    if 2**pairs > MOST_MODELS and order >= 2:
        raise InputError(
            f"there are more than {MOST_MODELS:,} models over {k} lists",
            mend="They are searched step by step instead (`search_models`)",
        )
    found = [Model(k, ())]
    for size in range(2, order + 1):
        found = [grown for model in found for grown in _grown(model, size)]
        if len(found) > MOST_MODELS:
            raise InputError(
                f"there are more than {MOST_MODELS:,} models of order {order} over {k} lists",
                mend="Give a lower order",
            )
    return tuple(found)


def _grown(model: Model, size: int) -> Iterator[Model]:
    """The model with any interactions of this size that its smaller ones allow."""
    allowed = _allowed(model, size)
    for chosen in range(1 << len(allowed)):
        added = tuple(one for at, one in enumerate(allowed) if chosen >> at & 1)
        yield Model(model.k, tuple(sorted((*model.interactions, *added))))


def _allowed(model: Model, size: int) -> list[int]:
    """Sets of this size, not yet in, whose subsets are all in the model."""
    held = set(model.terms)
    return [
        one
        for chosen in combinations(range(model.k), size)
        if (one := sum(1 << bit for bit in chosen)) not in held
        and all(one & ~(1 << bit) in held for bit in chosen)
    ]


def steps(model: Model, order: int) -> Iterator[Model]:
    """The models with one interaction more or less."""
    held = set(model.interactions)
    for size in range(2, order + 1):
        for one in _allowed(model, size):
            yield Model(model.k, tuple(sorted((*model.interactions, one))))
    for one in model.interactions:
        if not any(one & other == one for other in held - {one}):
            yield Model(model.k, tuple(sorted(held - {one})))
