"""Persons whose stratum is not known are dealt to strata, several times over, and never dropped.

Whoever drops them counts too few; whoever deals them out once takes a guess for knowledge. The
chance of a stratum, given the lists that a person stands on, is learnt from those whose stratum is
known: it has a Dirichlet distribution, from which it is drawn anew for each dealing (multiple
imputation, Rubin 1987). This takes for granted that a label is missing for reasons that the lists
tell of. Manrique-Vallier, Ball and Sulmont (2019, arXiv 1906.04763) do the same within one model of
lists and labels.
"""

from __future__ import annotations

import numpy as np

from habeas.errors import InputError
from habeas.estimation.overlap import Overlap
from habeas.estimation.records import Counts

UNKNOWN = ""
"""The label of those whose stratum is not known."""


def unlabelled(overlap: Overlap) -> int:
    """How many persons have a stratum that is not known, or not wholly."""
    return int(overlap.counts[[UNKNOWN in labels for labels in overlap.strata]].sum())


def dealt(overlap: Overlap, *, times: int, seed: int) -> tuple[Overlap, ...]:
    """The table with the persons without a stratum dealt out, so many times.

    A person of whom one label of several is known is dealt among the strata that have it.

    Args:
        overlap: with strata, some of them labelled `""`.
        times: how many dealings; the table as it is, once, if everybody has a stratum.
        seed: of the random numbers.

    Raises:
        InputError: nobody has a stratum, or no stratum has the labels that a person has.
    """
    unknown = [at for at, labels in enumerate(overlap.strata) if UNKNOWN in labels]
    if not unknown or not overlap.strata[0]:
        return (overlap,)
    known = [at for at in range(len(overlap.strata)) if at not in set(unknown)]
    strata = tuple(overlap.strata[at] for at in known)
    labelled = overlap.counts[known]
    if not labelled.sum():
        raise InputError("no person has a stratum", mend="Fit the table without strata (`pooled`)")
    open_to = [_open_to(overlap.strata[at], strata) for at in unknown]
    random = np.random.default_rng(seed)
    found = []
    for _ in range(times):
        counts = labelled.copy()
        for at, allowed in zip(unknown, open_to, strict=True):
            counts[allowed] += _deal(overlap.counts[at], labelled[allowed], random)
        found.append(
            Overlap(
                overlap.lists,
                overlap.patterns,
                counts,
                strata,
                overlap.stratified_by,
                overlap.unrecorded,
            )
        )
    return tuple(found)


def _open_to(labels: tuple[str, ...], strata: tuple[tuple[str, ...], ...]) -> list[int]:
    """The strata that a person with these labels may be of."""
    found = [
        at
        for at, other in enumerate(strata)
        if all(one in (UNKNOWN, label) for one, label in zip(labels, other, strict=True))
    ]
    if not found:
        raise InputError(
            f"no stratum has the labels of {labels!r}",
            mend="Persons in part without labels are dealt among the strata that have the others",
        )
    return found


def _deal(persons: Counts, labelled: Counts, random: np.random.Generator) -> Counts:
    """Persons by pattern dealt to strata; shape (strata, patterns).

    Where few of a pattern have a stratum, the shares of the strata over all patterns speak, with
    the weight of one person.
    """
    shares = labelled.sum(axis=1) + 1 / len(labelled)
    prior = shares / shares.sum()
    found = np.zeros_like(labelled)
    for at in np.flatnonzero(persons):
        chances = random.dirichlet(labelled[:, at] + prior)
        found[:, at] = random.multinomial(persons[at], chances)
    return found
