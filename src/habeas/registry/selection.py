"""Which entries and openings go into a bundle. Nothing above the clearance ever does.

What speaks of a chosen claim (its withdrawal, erasure, reclassification), what describes the source
it stands in, what a finding rests on, and whose log it is in travel along, as far as they may be
seen themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from habeas.errors import NotFoundError
from habeas.ledger.entry import log_id, read_entry
from habeas.registry.lineage import Lineages
from habeas.registry.registry import Registry
from habeas.registry.store import EntryRow, LogRow, OpeningRow, Store
from habeas.registry.view import Shown, View

RELATIONS = ("withdrawn", "erased", "reclassified")


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What to export. With nothing given: everything.

    Attributes:
        entities: ids; the claims about them and those whose value names them.
        claims: digests or their first digits.
        find: words, as for `habeas find`.
    """

    entities: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    find: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether nothing was chosen, so that all is."""
        return not (self.entities or self.claims or self.find)


def logs_to_export(store: Store, relay: bool) -> list[LogRow]:
    """The logs of the own lineage, every branch; with `relay`, all that are known."""
    logs = [log for log in store.logs() if store.size(log.id)]
    if relay:
        return logs
    lineages = Lineages(store)
    own = set()
    for log in logs:
        first = next(store.entries(log.id), None)
        if log.own or (first is not None and lineages.own(first.id)):
            own.add(log.origin)
    return [log for log in logs if log.origin in own]


def chosen_claims(registry: Registry, view: View, selection: Selection) -> set[bytes]:
    """The digests of a selection's claims, with what travels along.

    Raises:
        NotFoundError: nothing that may be seen was chosen.
        InputError: a claim is named by too few digits, or by those of several.
    """
    shown = list(_named(view, selection))
    if not shown:
        raise NotFoundError(
            "there is nothing to export", mend="Look with `habeas find`, or raise the clearance"
        )
    store = registry.store
    chosen: set[str] = set()
    ahead = shown + [
        about for log in store.logs() for about in view.claims(subject=log_id(log.origin))
    ]
    sources: set[str] = set()
    while ahead:
        claim = ahead.pop()
        if claim.digest in chosen:
            continue
        chosen.add(claim.digest)
        ahead += _resting(view, claim)
        if claim.claim.source not in sources:
            sources.add(claim.claim.source)
            ahead += view.claims(subject=claim.claim.source)
        ahead += _speaking(view, store, claim)
    return {bytes.fromhex(digest) for digest in chosen}


def _named(view: View, selection: Selection) -> Iterator[Shown]:
    for entity in selection.entities:
        yield from view.stream(subject=entity)
        yield from view.stream(ref=entity)
    for claim in selection.claims:
        yield view.claim(claim)
    for text in selection.find:
        yield from view.find(text, limit=1_000_000)


def _resting(view: View, shown: Shown) -> Iterator[Shown]:
    """The claims that a finding rests on and that may be seen."""
    for digest in shown.claim.rests_on:
        try:
            yield view.claim(digest)
        except NotFoundError:
            continue


def _speaking(view: View, store: Store, shown: Shown) -> Iterator[Shown]:
    """What withdraws, erases or reclassifies the claims of an entry, this one among them."""
    opening = store.opening(bytes.fromhex(shown.digest))
    entry = store.entry(opening.entry) if opening else None
    if entry is None:
        return
    for digest in read_entry(entry.data).claims:
        if digest == shown.digest or store.opening(bytes.fromhex(digest)) is None:
            yield from (other for other in view.about(digest) if other.claim.predicate in RELATIONS)


def entries_with(
    store: Store, log: LogRow, size: int, chosen: set[bytes] | None, clearance: int
) -> Iterator[tuple[EntryRow, Sequence[OpeningRow]]]:
    """The entries of a log below `size`, with the openings that go along, by digest.

    Args:
        store: inside a transaction.
        log: which log.
        size: how far.
        chosen: digests; None for all.
        clearance: 0 public to 3 sealed: of effective sensitivity.
    """
    for entry in store.entries(log.id):
        if entry.position >= size:
            return
        openings = store.openings_of(entry.id)
        visible = [row for row in _visible(store, openings, clearance) if _is(row, chosen)]
        if visible or chosen is None:
            yield entry, sorted(visible, key=lambda row: row.digest)


def _is(row: OpeningRow, chosen: set[bytes] | None) -> bool:
    return chosen is None or row.digest in chosen


def _visible(store: Store, openings: Iterable[OpeningRow], clearance: int) -> Iterator[OpeningRow]:
    for opening in openings:
        row = store.claim_row(opening.id)
        if row is not None and row.sensitivity <= clearance:
            yield opening
