"""Reading the tables of a sheet one after the other without beginning anew for each.

A sheet can only be read from its top. One that holds a hundred tables, one under the other, would
otherwise be read a hundred times.
"""

from __future__ import annotations

from collections.abc import Iterator

from habeas.exchange.tables.workbook_grid import GridRow, Merge, Notes, Sheet
from habeas.exchange.tables.workbook_merges import MergedRows

Covered = list[tuple[Merge, str]]


class Run:
    """One reading of a sheet, on its way down.

    Args:
        sheet: is opened when the first row is asked for.
        merges: all merged ranges of the sheet.
    """

    def __init__(self, sheet: Sheet, merges: list[Merge]) -> None:
        self.at = 0
        """The row that was read last."""
        self._rows = sheet.read(Notes(sheet.name))
        self._merged = MergedRows(merges, sheet.place)

    def __iter__(self) -> Iterator[tuple[GridRow, Covered]]:
        """The rows that follow, with the merged ranges that cover them."""
        for row in self._rows:
            self.at = row.number
            yield row, self._merged.step(row)


class Runs:
    """The readings of one sheet: where one has stopped, another table may go on."""

    def __init__(self, sheet: Sheet, merges: list[Merge]) -> None:
        self._sheet = sheet
        self._merges = merges
        self._idle: Run | None = None

    def take(self, first: int) -> Run:
        """A reading that has not come to this row yet; it is the caller's alone."""
        run, self._idle = self._idle, None
        return run if run is not None and run.at < first else Run(self._sheet, self._merges)

    def give_back(self, run: Run) -> None:
        """Lets another table go on where the caller has stopped."""
        self._idle = run
