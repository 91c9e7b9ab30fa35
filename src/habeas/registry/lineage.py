"""Which logs speak for one another: a log and the successors its own key named.

A restored registry writes to a new log, which carries a statement of succession signed by the old
log's key (`ledger.succession`). Nobody else can make one, so a stranger's log never speaks for
another.
"""

from __future__ import annotations

from collections.abc import Iterable

from habeas.claims.claim import read_opening
from habeas.claims.values import Text
from habeas.errors import IntegrityError
from habeas.ledger.succession import read_succession
from habeas.registry.store import LogRow, Store

PREDECESSOR = "succession"


class Lineages:
    """The lineages of a store's logs, worked out once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._logs = {log.id: log for log in store.logs()}
        self._first = self._first_of_each()
        self._entries: dict[int, tuple[str, int, int]] = {}

    def _first_of_each(self) -> dict[str, tuple[str, int]]:
        """For each origin: the origin its lineage began with, and how many came before it."""
        before: dict[str, str] = {}
        for held in self._store.held(3, predicate=PREDECESSOR):
            entry = self._store.entry(held.entry)
            log = self._logs.get(entry.log) if entry else None
            _, claim = read_opening(held.opening)
            if log is None or not isinstance(claim.value, Text):
                continue
            old = _proven_predecessor(claim.value.text, log, self._logs.values())
            if old is not None:
                before[log.origin] = old
        return {log.origin: _walk(log.origin, before) for log in self._logs.values()}

    def _place(self, entry_id: int) -> tuple[str, int, int]:
        """(first origin of the lineage, generation, position) of an entry."""
        place = self._entries.get(entry_id)
        if place is None:
            entry = self._store.entry(entry_id)
            if entry is None:
                raise IntegrityError(f"entry {entry_id} is named by a claim but is not here")
            log = self._logs.get(entry.log)
            if log is None:
                raise IntegrityError(f"entry {entry_id} stands in no log that is known here")
            first, generation = self._first[log.origin]
            place = self._entries[entry_id] = (first, generation, entry.position)
        return place

    def same(self, entry: int, other: int) -> bool:
        """Whether two entries stand in logs of one lineage."""
        return self._place(entry)[0] == self._place(other)[0]

    def order(self, entry: int) -> int:
        """A number that grows along a lineage: later entries have greater ones."""
        _, generation, position = self._place(entry)
        return (generation << 48) + position

    def own(self, entry: int) -> bool:
        """Whether an entry stands in a log of this registry's own lineage."""
        owns = {self._first[log.origin][0] for log in self._logs.values() if log.own}
        return self._place(entry)[0] in owns


def _proven_predecessor(statement: str, log: LogRow, logs: Iterable[LogRow]) -> str | None:
    """The origin of the log that a statement of succession names, if its key signed it."""
    for old in logs:
        try:
            succession = read_succession(statement, old.vkeys)
        except IntegrityError:
            continue
        if (
            succession.origin == old.origin
            and list(succession.successors) == log.vkeys.splitlines()
        ):
            return str(old.origin)
    return None


def _walk(origin: str, before: dict[str, str]) -> tuple[str, int]:
    steps = 0
    while origin in before and steps <= len(before):
        origin = before[origin]
        steps += 1
    return origin, steps
