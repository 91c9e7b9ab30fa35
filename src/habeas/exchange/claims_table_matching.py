"""Which rows of a table the registry holds already: the same fields, each held claim once.

Two claims can have the same fields, each recorded in its own right, and one of them be withdrawn.
Which is which is told by what is said of them; where that is the same, by the order in which they
were recorded, which a table keeps.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

from habeas.claims.claim import Claim
from habeas.claims.encoding import canonical
from habeas.exchange.claims_table_reading import ReadRow
from habeas.exchange.claims_table_references import named_claims, renamed
from habeas.registry.fold import about_rows
from habeas.registry.view import View

_DEPTH = 8
"""How far what is said of what is said of a claim is looked at."""

_PAIRS = 10_000
"""Up to so many pairs of a row and a held claim the likest are put together."""

Said = Callable[[str], Iterable[tuple[str, Claim]]]
"""The claims, each with its digest, that speak of a claim."""


class Matcher:
    """Finds for rows the claims that the registry holds already, each of them once.

    Args:
        view: everything that the registry holds.
        rows: of the whole table.
        taken: held claims that rows are by their very digest.
    """

    def __init__(self, view: View, rows: Sequence[ReadRow], *, taken: Iterable[str]) -> None:
        self._view = view
        self._taken = set(taken)
        self._told: dict[str, list[tuple[str, Claim]]] = defaultdict(list)
        for row in rows:
            for about in about_rows(0, row.line.claim):
                self._told[about.target.hex()].append((row.line.digest, row.line.claim))

    def match(self, rows: Iterable[tuple[str, Claim]]) -> dict[str, str]:
        """The held claims that rows are, by the digests of the rows.

        Args:
            rows: digest in the table, and the claim as it would be recorded here.
        """
        groups: dict[bytes, list[str]] = defaultdict(list)
        subjects: dict[str, None] = {}
        for digest, claim in rows:
            groups[_key(claim)].append(digest)
            subjects[claim.subject] = None
        found: dict[bytes, list[str]] = defaultdict(list)
        for subject in subjects:
            for shown in self._view.stream(subject=subject):
                key = _key(shown.claim)
                if key in groups and shown.digest not in self._taken:
                    found[key].append(shown.digest)
        pairs = dict(pair for key in found for pair in self._pairs(groups[key], found[key]))
        self._taken.update(pairs.values())
        return pairs

    def _pairs(self, rows: list[str], held: list[str]) -> Iterator[tuple[str, str]]:
        if len(rows) == len(held) == 1:
            yield rows[0], held[0]
            return
        here = {digest: _signature(digest, self._in_registry, _DEPTH) for digest in held}
        there = {digest: _signature(digest, self._in_table, _DEPTH) for digest in rows}
        by_signature: dict[tuple[bytes, ...], list[str]] = defaultdict(list)
        for digest in reversed(held):
            by_signature[here[digest]].append(digest)
        left = []
        for digest in rows:
            same = by_signature[there[digest]]
            if same:
                yield digest, same.pop()
            else:
                left.append(digest)
        unused = {digest for same in by_signature.values() for digest in same}
        over = [digest for digest in held if digest in unused]
        yield from _likest(left, over, there, here)

    def _in_table(self, digest: str) -> Iterable[tuple[str, Claim]]:
        return self._told.get(digest, ())

    def _in_registry(self, digest: str) -> Iterable[tuple[str, Claim]]:
        return [(shown.digest, shown.claim) for shown in self._view.about(digest)]


def _key(claim: Claim) -> bytes:
    return sha256(canonical(claim)).digest()


def _likest(
    rows: list[str],
    held: list[str],
    there: dict[str, tuple[bytes, ...]],
    here: dict[str, tuple[bytes, ...]],
) -> Iterator[tuple[str, str]]:
    """What is left, put together by how much of what is said of them is the same."""
    if len(rows) * len(held) > _PAIRS:
        yield from zip(rows, held, strict=False)
        return
    likeness = sorted(
        (-(Counter(there[row]) & Counter(here[claim])).total(), at, place, row, claim)
        for at, row in enumerate(rows)
        for place, claim in enumerate(held)
    )
    done: set[str] = set()
    for _, _, _, row, claim in likeness:
        if row not in done and claim not in done:
            done |= {row, claim}
            yield row, claim


def _signature(digest: str, said: Said, depth: int) -> tuple[bytes, ...]:
    """What is said of a claim, and of that again, in an order of its own and without digests."""
    if not depth:
        return ()
    return tuple(
        sorted(
            _nameless(claim, digest) + b"".join(_signature(speaker, said, depth - 1))
            for speaker, claim in said(digest)
        )
    )


def _nameless(claim: Claim, digest: str) -> bytes:
    """A claim that speaks of another, in which of all digests only that one is told apart."""
    names = dict.fromkeys(named_claims(claim), "0" * 64) | {digest: "1" * 64}
    return canonical(renamed(claim, names))
