"""A run undone: everything that it recorded is withdrawn, and stays to be seen as withdrawn.

A run says in `recorded_entries` which entries of its log it made. Each claim in them is withdrawn
by a claim of its own, all in one batch: half a run undone would be worse than the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from habeas.claims.claim import SENSITIVITIES, Claim
from habeas.claims.values import Quantity, Text
from habeas.errors import InputError, NotFoundError
from habeas.ledger.entry import log_id
from habeas.registry.lineage import Lineages
from habeas.registry.registry import Registry
from habeas.registry.store import ClaimRow, LogRow, OpeningRow, Store
from habeas.registry.view import Shown

RECORDED_ENTRIES = "recorded_entries"
"""The predicate by which a run tells the entries that it made."""

WITHDRAWN = "withdrawn"


def withdraw_run(
    registry: Registry,
    run: str,
    why: str,
    *,
    recorder: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Withdraw everything that a run recorded and that still stands, in one batch.

    Args:
        registry: where it is held.
        run: `run:` id.
        why: in words.
        recorder: who records.
        progress: called with the number of claims of each part written.

    Returns:
        How many claims were withdrawn; 0 when the run was undone before.

    Raises:
        NotFoundError: no such run.
        InputError: no reason was given; the run tells no entries, or those of another
            organisation's log.
    """
    if not why.strip():
        raise InputError("no reason was given", mend="Say why, in words: --why TEXT")
    log, first, last, said = _entries_of(registry, run)
    count = 0
    with registry.recording(recorder=recorder, progress=progress) as recording:
        for standing in _standing(registry.store, log, first, last):
            withdrawals = [_withdrawal(registry, row, held, why) for row, held in standing]
            recording.entry(withdrawals)
            count += len(withdrawals)
        if count:
            recording.entry([_undone(registry, run, why, said)])
    return count


def _entries_of(registry: Registry, run: str) -> tuple[LogRow, int, int, Shown]:
    """The log of a run, the first and last position that it says, and the claim that says so."""
    said = registry.view("sealed").claims(subject=run, predicate=RECORDED_ENTRIES)
    told = [shown for shown in said if not shown.withdrawn]
    if not told:
        raise _not_found(registry, run)
    if len(told) > 1:
        raise InputError(
            "more than one claim tells which entries the run made",
            place=run,
            mend="Withdraw those that are wrong: `habeas withdraw CLAIM --why TEXT`",
        )
    value = told[0].claim.value
    if not isinstance(value, Quantity) or value.low is None or value.high is None:
        raise InputError("the run does not tell the first and the last entry", place=run)
    log = _own_log(registry, run, value.counts, told[0])
    return log, int(value.low), int(value.high), told[0]


def _not_found(registry: Registry, run: str) -> NotFoundError | InputError:
    if registry.view("sealed").claims(subject=run):
        return InputError(
            "the run does not tell which entries it made, or that was withdrawn",
            place=run,
            mend="Withdraw its claims one by one: `habeas withdraw CLAIM --why TEXT`",
        )
    return NotFoundError("there is no such run", place=run, mend="Look with `habeas find run`")


def _own_log(registry: Registry, run: str, named: str | None, told: Shown) -> LogRow:
    """The log that a run names: one that this registry writes or wrote, and where it says so."""
    for log in registry.store.logs():
        if log_id(log.origin) == named and log.origin == told.origin:
            row = registry.store.opening(bytes.fromhex(told.digest))
            if row is not None and Lineages(registry.store).own(row.entry):
                return log
    raise InputError(
        "the run stands in another organisation's log",
        place=run,
        mend="Only they can withdraw it; say what you think of it in a claim of your own",
    )


def _standing(
    store: Store, log: LogRow, first: int, last: int
) -> Iterator[list[tuple[OpeningRow, ClaimRow]]]:
    """For each entry: what was recorded in it and still stands."""
    for position in range(first, last + 1):
        entry = store.entry_at(log.id, position)
        if entry is None:
            continue
        held = [(row, store.claim_row(row.id)) for row in store.openings_of(entry.id)]
        rows = [
            (row, view)
            for row, view in held
            if view is not None
            and not view.withdrawn
            and not _withdraws_own(store, row, view, log, (first, last))
        ]
        if rows:
            yield rows


def _withdraws_own(
    store: Store, row: OpeningRow, view: ClaimRow, log: LogRow, span: tuple[int, int]
) -> bool:
    """Whether a claim withdraws what the same run recorded: without it, that would stand again."""
    if view.predicate != WITHDRAWN:
        return False
    for about in store.targets(row.id):
        target = store.opening(about.target)
        entry = None if target is None else store.entry(target.entry)
        if entry is not None and entry.log == log.id and span[0] <= entry.position <= span[1]:
            return True
    return False


def _withdrawal(registry: Registry, row: OpeningRow, held: ClaimRow, why: str) -> Claim:
    return Claim(
        subject=f"claim:{row.digest.hex()}",
        predicate=WITHDRAWN,
        value=Text(text=why),
        source=registry.organisation,
        sensitivity=SENSITIVITIES[held.sensitivity],
    )


def _undone(registry: Registry, run: str, why: str, said: Shown) -> Claim:
    return Claim(
        subject=run,
        predicate="undone",
        value=Text(text=why),
        source=registry.organisation,
        sensitivity=said.sensitivity,
    )
