"""The views, thrown away and folded again from the record: the result is identical."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from habeas.claims.claim import read_opening
from habeas.registry.clearance import Entangled
from habeas.registry.recording import Batch, refold
from habeas.registry.registry import Registry

PART = 20_000


def rebuild(registry: Registry, progress: Callable[[int], None] | None = None) -> int:
    """Fold every view again, in one transaction.

    Args:
        registry: whose views.
        progress: called with the number of claims of each part.

    Returns:
        How many claims were folded.

    Raises:
        IntegrityError: an opening is damaged; the views stay as they were.
    """
    store = registry.store
    store.begin()
    try:
        store.clear_views()
        entangled: list[Entangled] = []
        openings = store.openings()
        count = 0
        while part := list(islice(openings, PART)):
            batch = Batch()
            for row in part:
                batch.add_opening(row, read_opening(row.data)[1])
            store.add_claims(batch.claims, batch.about, batch.search)
            store.add_names(batch.names)
            entangled += batch.entangled
            count += len(part)
            if progress is not None:
                progress(len(part))
        refold(store, entangled)
        store.commit()
    finally:
        store.rollback()
    store.purge()
    return count
