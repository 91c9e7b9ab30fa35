"""Set union: what verified histories hold is added to what is here, inside one transaction.

Nothing that is here changes, with one exception: an erasure that is effective destroys the opening
of the claim it names, and the opening of such a claim is not taken in. An erasure is effective from
the log of the erased claim, its successor, or this registry's own; it is final: withdrawing it
brings nothing back, and it cannot be erased itself, so that the order of arrival makes no
difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim, read_opening
from habeas.claims.values import File
from habeas.errors import IntegrityError
from habeas.ledger.history import History, Record, split_hashes, stamps
from habeas.ledger.tile import TILE_WIDTH
from habeas.ledger.tree import HASH_SIZE
from habeas.registry.appending import extend
from habeas.registry.clearance import ERASED, SEALED
from habeas.registry.erasing import destroy, is_final
from habeas.registry.forks import Fork, fork_between, parting, same_hashes
from habeas.registry.lineage import PREDECESSOR, Lineages
from habeas.registry.recording import Batch, entangled, refold
from habeas.registry.store import EntryRow, LogRow, OpeningRow, Store, TokenRow
from habeas.registry.witnessing import add_checkpoint

PART = 2_000
"""How many entries are held in memory before they are written."""


class Place(NamedTuple):
    """Where a history belongs in this registry."""

    history: History
    log: LogRow
    shared: tuple[tuple[int, LogRow], ...]
    """Other branches, and how many entries each has in common with this one."""
    empty: bool
    """Whether no entry of this log was held before."""


class Merger:
    """Takes histories into a store, within a transaction that the caller begins and ends.

    Attributes:
        logs: how many logs were not known before.
        entries: how many entries were not held before.
        claims: how many openings were not held before.
        held: how many openings were held already.
        refused: how many openings were not taken in because their claim is erased.
        forks: branches that were not known before.
        overtaken: origins of own logs of which the histories hold more than this registry.
        destroyed: claims whose openings an erasure destroyed.
        files: SHA-256 of a named file to the claims that name it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ids = store.next_ids()
        self._lineages: Lineages | None = None
        self._erasures: set[bytes] = set()
        self._succeeded = False
        self._watched = False
        self.logs = self.entries = self.claims = self.held = self.refused = 0
        self.forks: list[Fork] = []
        self.overtaken: list[str] = []
        self.destroyed: list[Claim] = []
        self.files: dict[str, list[bytes]] = {}

    def place(self, history: History) -> Place:
        """Find or make the log or branch of a history; take in its hashes and signatures.

        Raises:
            IntegrityError: the log is known with another key, or what is held of it is damaged.
        """
        known = [log for log in self._store.logs() if log.origin == history.origin]
        self._require_same_keys(known, history)
        log = self._continued(known, history) or self._branch(known, history)
        for signed in history.checkpoints:
            add_checkpoint(self._store, log, signed)
        for size, note, token in stamps(history):
            self._store.add_token(TokenRow(log.id, size, note, token))
        if known and log not in known:
            nearest = max(known, key=lambda one: parting(self._store, one.id, log.id))
            self.forks.append(fork_between(self._store, nearest, log))
        shared = tuple(
            (parting(self._store, other.id, log.id), other)
            for other in self._store.logs()
            if other.origin == log.origin and other.id != log.id
        )
        self._lineages = None
        return Place(history, log, shared, next(self._store.entries(log.id), None) is None)

    def take(self, place: Place, records: Iterable[Record]) -> None:
        """Take in the entries and openings of a placed history.

        Raises:
            InputError: a claim that the vocabulary does not allow.
        """
        records = iter(records)
        while part := list(islice(records, PART)):
            self._take_part(place, part)

    def finish(self) -> None:
        """Let the erasures that arrived take effect, and the statements of succession."""
        if self._succeeded:
            self._follow_successions()
        for target in sorted(self._erasures):
            row = self._store.opening(target)
            if row is None or is_final(read_opening(row.data)[1]):
                continue
            if self._is_erased(target, row.entry):
                self.destroyed.append(destroy(self._store, row))

    def _follow_successions(self) -> None:
        """Whose word counts for whom has changed: work out again all that depends on it."""
        self._lineages = None
        held = [claim.id for claim in self._store.held(SEALED, predicate=PREDECESSOR)]
        refold(self._store, [row for id_ in held for row in entangled(self._store, id_)])
        if held:
            self._erasures |= {
                about.target for about in self._store.about_rows() if about.relation == ERASED
            }

    def _require_same_keys(self, known: list[LogRow], history: History) -> None:
        for log in known:
            if tuple(log.vkeys.splitlines()) != history.vkeys:
                raise IntegrityError(
                    f"the log {log.origin} is known here with another key",
                    place=history.place,
                    mend="Nothing was taken in. Ask the organisation for its published key list",
                )

    def _continued(self, known: list[LogRow], history: History) -> LogRow | None:
        """The branch that the history begins with, or continues; then it is extended."""
        for log in known:
            size = self._store.size(log.id)
            if self._common(log, size, history) < min(size, history.size):
                continue
            if history.size > size:
                if log.own:
                    self.overtaken.append(log.origin)
                self._extend(log, size, history)
            return log
        return None

    def _branch(self, known: list[LogRow], history: History) -> LogRow:
        self.logs += not known
        self._succeeded |= not known
        log = self._store.add_log(history.origin, len(known), "\n".join(history.vkeys), own=False)
        self._extend(log, 0, history)
        return log

    def _common(self, log: LogRow, size: int, history: History) -> int:
        """How many entries a stored log and a history have in common from the beginning."""
        size = min(size, history.size)
        done = 0
        for piece in history.leaves():
            for at in range(0, len(piece), HASH_SIZE * TILE_WIDTH):
                width = HASH_SIZE * min(TILE_WIDTH, size - done)
                if width <= 0:
                    return size
                shown = piece[at : at + HASH_SIZE * TILE_WIDTH][:width]
                held = self._store.tile(log.id, 0, done // TILE_WIDTH)[:width]
                same = same_hashes(held, shown) if held != shown else width // HASH_SIZE
                done += same
                if same * HASH_SIZE < width:
                    return done
        return done

    def _extend(self, log: LogRow, size: int, history: History) -> None:
        for piece in history.leaves(size):
            frontier = extend(self._store, log.id, size, split_hashes(piece))
            size = frontier.size
        if frontier.root() != history.checkpoints[-1].checkpoint.root:
            raise IntegrityError(
                "the hashes held here of this log are damaged",
                place=log.origin,
                mend="Run `habeas verify`, and restore from a backup; nothing was changed",
            )

    def _take_part(self, place: Place, part: list[Record]) -> None:
        entry_ids = [self._entry_id(place, record) for record in part]
        self._store.add_entries(
            EntryRow(id_, place.log.id, record.position, record.data, record.decoys)
            for (id_, new), record in zip(entry_ids, part, strict=True)
            if new
        )
        self.entries += sum(new for _, new in entry_ids)
        batch = Batch()
        self._watched = self._store.has_about()
        for (entry, _), record in zip(entry_ids, part, strict=True):
            for opened in record.openings:
                self._take_claim(batch, entry, opened, place)
        batch.write(self._store)

    def _take_claim(
        self, batch: Batch, entry: int, opened: tuple[bytes, bytes, Claim], place: Place
    ) -> None:
        digest, opening, claim = opened
        if isinstance(claim.value, File):
            self.files.setdefault(claim.value.sha256, []).append(digest)
        held = self._store.opening(digest)
        if held is not None:
            self.held += 1
            return
        check_claim(claim, f"{place.history.place}, claim {digest.hex()}")
        if self._watched and not is_final(claim) and self._refuses(digest, entry):
            self.refused += 1
            return
        if claim.predicate == ERASED:
            self._erasures.add(bytes.fromhex(claim.subject.removeprefix("claim:")))
        self._succeeded |= claim.predicate == PREDECESSOR
        entry_id, opening_id = self._ids
        batch.add_opening(OpeningRow(opening_id, digest, entry, opening), claim)
        self._ids = entry_id, opening_id + 1
        self.claims += 1

    def _refuses(self, digest: bytes, entry: int) -> bool:
        """Whether a claim is erased. One that only a stranger erased is looked at again later."""
        if all(about.relation != ERASED for about in self._store.about(digest)):
            return False
        self._erasures.add(digest)
        return self._is_erased(digest, entry)

    def _entry_id(self, place: Place, record: Record) -> tuple[int, bool]:
        """The id of an entry in this store, and whether it is new."""
        for common, other in place.shared:
            if record.position < common and other.branch < place.log.branch:
                held = self._store.entry_at(other.id, record.position)
                if held is not None:
                    return held.id, False
        if not place.empty:
            held = self._store.entry_at(place.log.id, record.position)
            if held is not None:
                return held.id, False
        entry_id, opening_id = self._ids
        self._ids = entry_id + 1, opening_id
        return entry_id, True

    def _is_erased(self, digest: bytes, entry: int) -> bool:
        """Whether an effective erasure names the claim, which stands in this entry."""
        for about in self._store.about(digest):
            if about.relation != ERASED:
                continue
            other = self._store.opening_by_id(about.claim)
            if other is None:
                continue
            if self._lineages is None:
                self._lineages = Lineages(self._store)
            if self._lineages.same(entry, other.entry) or self._lineages.own(other.entry):
                return True
        return False
