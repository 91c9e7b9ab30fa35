"""Whether every claim is one that its entry committed to, and none is missing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from habeas.claims.claim import digest, read_opening
from habeas.errors import IntegrityError
from habeas.ledger.entry import decoy_digests, read_entry, require_log
from habeas.registry.lineage import Lineages
from habeas.registry.registry import Registry
from habeas.registry.store import EntryRow, LogRow, OpeningRow, Store


def check_claims(registry: Registry) -> tuple[int, list[str], list[str]]:
    """Every opening against its digest and entry; every digest of an own entry accounted for."""
    store = registry.store
    logs = {log.id: log for log in store.logs()}
    erased = _erased(store)
    indexed = store.indexed()
    problems: list[str] = []
    count = 0
    groups = _groups(store)
    held_id, held = next(groups, (0, []))
    for row in store.entries_by_id():
        while held_id and held_id < row.id:
            problems.append(f"claims are held for entry {held_id}, which is not")
            held_id, held = next(groups, (0, []))
        openings: list[OpeningRow] = []
        if held_id == row.id:
            openings = held
            held_id, held = next(groups, (0, []))
        count += len(openings)
        problems += [
            f"claim {opening.digest.hex()}: cannot be found by its digest"
            for opening in openings
            if not indexed(opening)
        ]
        if row.log in logs:
            _check_entry(row, openings, logs[row.log], erased, problems)
        else:
            problems.append(f"entry {row.position}: stands in no log that is known here")
    while held_id:
        problems.append(f"claims are held for entry {held_id}, which is not")
        held_id, held = next(groups, (0, []))
    return count, problems, []


def _groups(store: Store) -> Iterator[tuple[int, list[OpeningRow]]]:
    for entry, rows in groupby(store.openings_by_entry(), attrgetter("entry")):
        yield entry, list(rows)


def _check_entry(
    row: EntryRow,
    openings: list[OpeningRow],
    log: LogRow,
    erased: set[str],
    problems: list[str],
) -> None:
    try:
        committed = set(read_entry(row.data).claims)
    except IntegrityError:
        return  # said by the check of the logs
    seen: set[str] = set()
    for opening in openings:
        found = digest(opening.data)
        place = f"claim {opening.digest.hex()}"
        if found != opening.digest.hex():
            problems.append(f"{place}: was changed: its words give another digest")
        elif found in seen:
            problems.append(f"{place}: is held twice")
        elif found not in committed:
            problems.append(f"{place}: is held under an entry that does not commit to it")
        else:
            try:
                read_opening(opening.data)
                require_log(opening.data, log.origin)
            except IntegrityError as error:
                problems.append(f"{place}: {error.reason}")
        seen.add(found)
        committed.discard(opening.digest.hex())
    if log.own:
        committed.difference_update(decoy_digests(row.decoys))
        problems += [f"claim {lost}: is lost" for lost in sorted(committed - erased)]


def _erased(store: Store) -> set[str]:
    """Digests that a standing claim of the same lineage, or of an own log, says were erased."""
    lineages = Lineages(store)
    found = set()
    for row in store.about_rows():
        if row.relation != "erased":
            continue
        opening = store.opening_by_id(row.claim)
        if opening is not None and lineages.own(opening.entry):
            found.add(row.target.hex())
    return found
