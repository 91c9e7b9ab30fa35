"""Which rows of a list the record holds already, so that importing a file twice adds nothing.

A row is known by the multiset of what it says: predicate, words, attribution. Two identical rows of
one file are two rows; where one is recorded, the second is new. Memory holds 16 bytes a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

from habeas.claims.claim import Claim
from habeas.claims.encoding import canonical
from habeas.claims.locator import Cell
from habeas.claims.values import words
from habeas.registry.view import View

Fingerprint = int
"""The sum of 128 bits for each claim of a row: the order does not count, the number of times does.
It never leaves the process: a digest of hidden words would let them be guessed."""

_MODULUS = 1 << 128


def fingerprint(claims: Iterable[Claim]) -> Fingerprint:
    """What a row says, as one number.

    Args:
        claims: of one row.
    """
    return sum(map(_of_claim, claims)) % _MODULUS


def _of_claim(claim: Claim) -> int:
    value = claim.value
    said = words(value) if value.text is not None else canonical(value).decode()
    by = "" if claim.by is None else claim.by.text
    text = f"{claim.predicate}\0{len(said)}\0{said}\0{by}"
    return int.from_bytes(blake2b(text.encode(), digest_size=16).digest())


class KnownRows:
    """The rows of one source that stand in the record, each to be found once."""

    def __init__(self, rows: Counter[Fingerprint], addresses: set[int]) -> None:
        self._rows = rows
        self._addresses = addresses

    @property
    def empty(self) -> bool:
        """Whether the record holds no row of this source."""
        return not self._rows

    def take(self, row: Fingerprint) -> bool:
        """Whether the record holds such a row that was not taken before; takes it."""
        left = self._rows.get(row, 0)
        if left:
            self._rows[row] = left - 1
        return left > 0

    def stands_at(self, sheet: str | None, row: int) -> bool:
        """Whether some row of this source was recorded from this place."""
        return _address(sheet, row) in self._addresses


def known_rows(view: View, source: str) -> KnownRows:
    """The rows of a source that stand in the record.

    A row counts as long as one of its claims stands: who withdrew a single claim of it did not mean
    that the row should come a second time, with what was withdrawn. When all are withdrawn (a run
    undone), it is new again.

    Args:
        view: at the clearance `sealed`, or hidden rows would be recorded twice.
        source: `source:` id.
    """
    sums: dict[tuple[str, int], int] = {}
    standing: set[tuple[str, int]] = set()
    addresses: set[int] = set()
    for shown in view.stream(source=source):
        entry = (shown.origin, shown.position)
        sums[entry] = (sums.get(entry, 0) + _of_claim(shown.claim)) % _MODULUS
        if not shown.withdrawn and entry not in standing:
            standing.add(entry)
            addresses.update(
                _address(cell.sheet, cell.row)
                for cell in shown.claim.locator[:1]
                if isinstance(cell, Cell)
            )
    return KnownRows(Counter(sums[entry] for entry in standing), addresses)


def _address(sheet: str | None, row: int) -> int:
    return hash((sheet, row))
