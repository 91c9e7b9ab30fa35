"""What the record says of the taking in of a table: a run, by which it can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from habeas.claims.claim import Claim
from habeas.claims.values import File, Quantity, Value
from habeas.exchange.claims_table_reading import ClaimsTable
from habeas.ledger.entry import log_id
from habeas.registry.registry import Registry
from habeas.registry.running import Run, run_details

METHOD: Final = "habeas import"

_MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


def run_claims(
    registry: Registry,
    run: Run,
    table: ClaimsTable,
    rows: Mapping[str, int],
    span: tuple[int, int],
) -> list[Claim]:
    """The last entry of a batch. It is for the team: how many rows there were may be hidden.

    The table itself is not kept: what is erased one day must not live on in it.

    Args:
        registry: whose organisation says so.
        run: the taking in.
        table: that was read.
        rows: the counts, by predicate.
        span: positions of the first and the last entry of the rows.
    """
    file = File(
        sha256=table.sha256, size=table.size, media_type=_MEDIA_TYPES[table.format],
        text=table.name,
    )  # fmt: skip
    first, last = map(str, span)
    log = log_id(registry.log.origin)
    said: list[tuple[str, Value]] = [
        *run_details(replace(run, inputs=(file,), parameters=("format=habeas",))),
        ("recorded_entries", Quantity(text=f"{first}-{last}", low=first, high=last, counts=log)),
        *((name, Quantity(text=str(number), low=str(number), high=str(number)))
          for name, number in rows.items()),
    ]  # fmt: skip
    return [
        Claim(
            subject=run.id, predicate=predicate, value=value, source=registry.organisation,
            sensitivity="team",
        )
        for predicate, value in said
    ]  # fmt: skip
