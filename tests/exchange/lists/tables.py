"""Tables in memory for the tests of lists. All names are invented."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from habeas.exchange.tables.columns import column_letters, name_columns
from habeas.exchange.tables.table import Column, Format, Row, Table, TableFile


def table_of(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]] = (),
    *,
    sheet: str | None = None,
    days: dict[int, dict[int, str]] | None = None,
    change: Callable[[Row], Row] = lambda row: row,
    columns: Sequence[Column] | None = None,
) -> Table:
    """A table with the headers in row 1.

    Args:
        headers: of the columns, from left to right.
        rows: the cells of each row; missing cells at the end are empty.
        sheet: the sheet it stands in.
        days: for a row (0 is the first) the columns that the file says are dates.
        change: what to do to each row.
        columns: in the place of those made of the headers.
    """
    width = len(headers)
    found = tuple(
        change(
            Row(
                number=at + 2,
                cells=(*cells, *[""] * (width - len(cells))),
                days=(days or {}).get(at, {}),
            )
        )
        for at, cells in enumerate(rows)
    )
    named = columns or name_columns(headers, [column_letters(at) for at in range(width)])
    return Table(sheet=sheet, header_row=1, columns=tuple(named), rows=lambda: iter(found))


def file_of(*tables: Table, format: Format = "csv") -> TableFile:
    """A file that holds these tables."""
    return TableFile(name="list.csv", format=format, tables=tables)


def column_rows(**columns: Sequence[str]) -> list[tuple[str, ...]]:
    """Rows from columns that are written one by one, all equally long."""
    return list(zip(*columns.values(), strict=True))
