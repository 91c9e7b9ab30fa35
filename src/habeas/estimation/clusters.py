"""Records gathered into persons: which lists each person stands on, once records are linked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from habeas.errors import InputError
from habeas.estimation.records import Patterns, Tabulated, label_of


def list_bits(
    list_of_record: Sequence[str], lists: Sequence[str] | None
) -> tuple[tuple[str, ...], Patterns]:
    """The names of the lists, and the bit of each record's list; shape (records,).

    Args:
        list_of_record: the name of the list that each record stands on.
        lists: the names in order; those met, sorted, when left out.

    Raises:
        InputError: no records, or a record of a list that is not named.
    """
    said = [str(name) for name in list_of_record]
    if not said:
        raise InputError("there is no record", mend="Give the list of each record")
    names = tuple(lists) if lists is not None else tuple(sorted(set(said)))
    at = {name: bit for bit, name in enumerate(names)}
    unknown = sorted(set(said) - set(names))
    if unknown:
        raise InputError(
            f"a record is of the list {unknown[0]!r}, which is not named",
            mend=f"The lists are {', '.join(names)}",
        )
    return names, np.array([1 << at[name] for name in said], dtype=np.int64)


def gather(bits: Patterns, clusters: npt.ArrayLike, labels: Sequence[str] | None) -> Tabulated:
    """Count persons by the lists that any of their records stands on.

    Two records of one list in one cluster are one person on that list.

    Args:
        bits: of each record's list; shape (records,).
        clusters: the id of each record's person; shape (records,).
        labels: the stratum of each record. A person has the label that all of its records with a
            label have; where they contradict each other, or none has one, the label `""`.

    Raises:
        InputError: another number of ids or labels; an id that is missing.
    """
    person = _persons(clusters, len(bits))
    order = np.argsort(person, kind="stable")
    starts = np.flatnonzero(np.diff(person[order], prepend=-1))
    on = np.bitwise_or.reduceat(bits[order], starts)
    patterns, column = np.unique(on, return_inverse=True)
    if labels is None:
        return Tabulated(patterns, np.bincount(column)[None, :].astype(np.int64), ((),))
    if len(labels) != len(bits):
        raise InputError(
            f"{len(labels)} labels for {len(bits)} records", mend="Give one for each record"
        )
    said = _agreed(person, [label_of(label) for label in labels], len(on))
    strata, row = np.unique(np.array(said), return_inverse=True)
    counts = np.zeros((len(strata), len(patterns)), dtype=np.int64)
    np.add.at(counts, (row, column), 1)
    return Tabulated(patterns, counts, tuple((str(label),) for label in strata))


def _persons(clusters: npt.ArrayLike, records: int) -> Patterns:
    """Clusters numbered from 0; shape (records,)."""
    ids = np.asarray(clusters)
    if ids.shape != (records,):
        raise InputError(
            f"cluster ids of the shape {ids.shape} for {records} records",
            mend="Give one id for each record",
        )
    if ids.dtype.kind == "f" and not np.isfinite(ids).all():
        raise InputError("a record has no cluster", mend="A record alone is a cluster of its own")
    if ids.dtype == object:
        if not all(label_of(one) for one in ids):
            raise InputError(
                "a record has no cluster", mend="A record alone is a cluster of its own"
            )
        ids = ids.astype(str)
    return np.asarray(np.unique(ids, return_inverse=True)[1], dtype=np.int64)


def _agreed(person: Patterns, labels: Sequence[str], persons: int) -> list[str]:
    """The label of each person."""
    found: list[set[str]] = [set() for _ in range(persons)]
    for at, label in zip(person.tolist(), labels, strict=True):
        if label:
            found[at].add(label)
    return [one.pop() if len(one) == 1 else "" for one in found]
