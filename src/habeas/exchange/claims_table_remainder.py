"""The rows of a claims table that were not recorded, as a table with the reasons beside them.

It has the columns of the file it comes from and one more, and can be mended and taken in again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from habeas.exchange.claims_table import is_claims_table
from habeas.exchange.claims_table_opening import lines_of
from habeas.exchange.claims_table_reading import REASON
from habeas.exchange.claims_table_recording import TableAccount
from habeas.exchange.csv import BYTE_ORDER_MARK, csv_line
from habeas.exchange.spreadsheet_cells import harmless, unharmed, visible


def unrecorded_rows(path: Path, account: TableAccount) -> Iterator[str]:
    """The rows that were held back or rejected, as CSV, a row at a time.

    Args:
        path: the file that `account` is of.
        account: what became of its rows.

    Raises:
        InputError: the file cannot be read any more.
    """
    why = {(row.sheet, row.number): row.reason for row in (*account.held, *account.rejected)}
    reason_at: int | None = None
    is_first = True
    for line in lines_of(path)[1]:
        cells = [harmless(unharmed(cell)) for cell in line.cells]
        if is_claims_table(cells):
            reason_at = cells.index(REASON) if REASON in cells else None
            if is_first:
                yield BYTE_ORDER_MARK + csv_line(_with(cells, reason_at, REASON))
                is_first = False
        elif (line.sheet, line.number) in why:
            yield csv_line(_with(cells, reason_at, why[line.sheet, line.number]))


def _with(cells: list[str], at: int | None, reason: str) -> list[str]:
    """The cells with the reason in its column, the first when there was none."""
    rest = cells if at is None else [*cells[:at], *cells[at + 1 :]]
    return [visible(reason), *rest]
