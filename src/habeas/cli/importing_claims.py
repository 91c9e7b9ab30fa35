"""`habeas import` of a table that `habeas export` wrote: each row is a claim again, or is asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from habeas.exchange.claims_table_recording import TableAccount
    from habeas.registry.registry import Registry

SHOWN = 20
"""How many rows that are not recorded are shown."""


def take_in_table(
    registry: Registry,
    path: Path,
    *,
    held: Path | None,
    yes: bool,
    recorder: str | None,
    as_json: bool,
) -> None:
    """Record what a table of claims holds and the registry does not, or say what would be.

    Args:
        registry: where to.
        path: the table.
        held: where rows that are not recorded are written; with `yes` beside the table if None.
        yes: record.
        recorder: who records.
        as_json: one JSON document instead of words.

    Raises:
        InputError: as `read_claims_table`; `held` cannot be written. Nothing was recorded.
    """
    from habeas.cli.terminal import progress
    from habeas.exchange.claims_table_reading import read_claims_table
    from habeas.exchange.claims_table_recording import record_claims_table
    from habeas.exchange.claims_table_remainder import unrecorded_rows
    from habeas.exchange.lists.remainder import check_held, held_path, write_private

    table = read_claims_table(path)
    place = held_path(path, "csv", 1) if yes and held is None else held
    if place is not None:
        check_held(place)
    with progress("recording claims", table.count, silent=as_json) as advance:
        account = record_claims_table(
            registry, table, recorder=recorder, dry_run=not yes, progress=advance
        )
    if place is not None and (account.held or account.rejected):
        write_private(place, unrecorded_rows(path, account))
    else:
        place = None
    _tell(account, place, as_json=as_json)


def _tell(account: TableAccount, held: Path | None, *, as_json: bool) -> None:
    from habeas.cli.terminal import Words, emit, isolated, say, screen, table, warn
    from habeas.exchange.claims_table_reading import NOT_CARRIED

    if as_json:
        emit(
            {
                "file": account.name,
                "format": "habeas",
                "totals": {
                    "read": account.rows,
                    "recorded": account.recorded + account.there,
                    "already": account.there,
                    "held": len(account.held),
                    "rejected": len(account.rejected),
                },
                "recorded": not account.dry_run,
                "entries": account.entries,
                "withdrawn": account.withdrawn,
                "unrecorded": [
                    {"sheet": row.sheet, "row": row.number, "reason": row.reason}
                    for row in (*account.held, *account.rejected)
                ],
                "remarks": account.remarks,
                "held_file": None if held is None else str(held),
            }
        )
        return
    say(f"{isolated(account.name)}: a table of claims that habeas export wrote")
    warn(NOT_CARRIED)
    for remark in account.remarks:
        say(f"  {isolated(remark)}")
    unrecorded = (*account.held, *account.rejected)
    if unrecorded:
        shown = table("row", "why it is not recorded")
        for row in unrecorded[:SHOWN]:
            shown.add_row(str(row.number), Words(row.reason))
        screen().print(shown)
        if len(unrecorded) > SHOWN:
            say(f"  and {len(unrecorded) - SHOWN} more: --held FILE writes them all into a file")
    verb = "to record" if account.dry_run else "recorded"
    say(
        f"{account.rows} rows in = {account.recorded} {verb} + {account.there} recorded before"
        f" + {len(account.held)} held back + {len(account.rejected)} rejected"
    )
    if account.withdrawn:
        say(f"{account.withdrawn} claims that stood here are withdrawn by it")
    if held is not None:
        say(f"rows to mend: {isolated(str(held))}")
    if account.dry_run:
        say("Nothing is recorded yet: --yes records it.")
