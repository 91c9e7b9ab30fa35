"""What an erasure takes away: a claim's words and salt, its rows, the files only it named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from habeas.claims.claim import Claim, read_opening
from habeas.claims.values import File, Ref
from habeas.registry.clearance import ERASED, Entangled
from habeas.registry.fold import searchable
from habeas.registry.recording import entangled, refold
from habeas.registry.registry import Registry
from habeas.registry.store import OpeningRow, Store


def is_final(claim: Claim) -> bool:
    """Whether a claim can never be erased: an erasure that went would bring its claim back."""
    return claim.predicate == ERASED


def destroy(store: Store, row: OpeningRow) -> Claim:
    """Take an opening and its rows out of the store, inside a transaction.

    What spoke of the claim, or was spoken of by it, is worked out again. `Store.purge` is to
    follow once the transaction has ended.

    Returns:
        The claim that it held.
    """
    claim = read_opening(row.data)[1]
    itself = Entangled(row.id, row.digest, claim.subject, claim.predicate)
    around = [itself, *_around(store, row)]
    store.remove_claim(row.id, searchable(claim))
    store.erase_opening(row)
    store.want_purge()
    refold(store, around)
    return claim


def destroy_files(registry: Registry, claims: Sequence[Claim]) -> None:
    """Destroy the files of erased claims that no other claim names.

    Raises:
        StorageError: a file could not be removed.
    """
    for claim in claims:
        if not isinstance(claim.value, File):
            continue
        others = registry.view("sealed").stream(ref=f"item:{claim.value.sha256}")
        if not any(isinstance(shown.claim.value, File | Ref) for shown in others):
            registry.evidence.destroy(claim.value.sha256)


def _around(store: Store, row: OpeningRow) -> Iterator[Entangled]:
    """The claims that speak of a claim, or that it speaks of."""
    for about in store.about(row.digest):
        yield from entangled(store, about.claim)
    for about in store.targets(row.id):
        target = store.opening(about.target)
        if target is not None:
            yield from entangled(store, target.id)
