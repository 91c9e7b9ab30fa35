"""The file of rows that were held back, read again after somebody mended it.

It is an ordinary list with two columns more. They are no data: they say where each row stood in the
list that it came from, so that its claims keep that place as their locator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from habeas.exchange.spreadsheet_cells import unharmed
from habeas.exchange.tables.columns import column_letters
from habeas.exchange.tables.table import Column, Fault, Row, Table

ROW: Final = "habeas: row"
"""The column that says where a row stood: `Sheet!A7`, or `7` where columns have no letters."""

QUESTION: Final = "habeas: question"
"""The column that says why the row was held back or rejected."""

NOTE: Final = "from a row that was held back at import, and mended by hand"
"""Stands with every claim of a mended row: its words may not be those of the list."""

STILL_ASKED: Final = "Once it is mended, empty this question in the file of held rows"
"""The mend of what only a person can say is mended. While it stands in the file, the row is held:
what was odd in the list (a merged cell, a formula without its value) is no longer to be seen there.
"""

BETWEEN: Final = " | "
"""Stands between the questions of a row."""

_ADDRESS: Final = re.compile(r"(?:(?P<sheet>.+)!)?(?P<letters>[A-Z]{0,3})(?P<row>[1-9][0-9]{0,15})")
_UNADDRESSED: Final = Fault(
    reason=f"the column “{ROW}” does not say where the row stood in the list (Sheet!A7, or 7)"
)
_ELSEWHERE: Final = Fault(
    reason=f"the column “{ROW}” names another sheet or another first column than the row above"
)


class Address(NamedTuple):
    """Where a row stood in the list that it came from."""

    sheet: str | None
    letters: str
    """Of the first column of its table; empty where columns have no letters."""
    row: int


def is_mended(table: Table) -> bool:
    """Whether a table is one of rows that were held back."""
    return any(column.name == ROW for column in table.columns)


def original(table: Table) -> Table:
    """A mended table as the one that its rows came from: same columns, places, words.

    Args:
        table: with the two columns of the file of held rows.
    """
    kept = [n for n, column in enumerate(table.columns) if column.name not in (ROW, QUESTION)]
    names = [column.name for column in table.columns]
    at, asked = names.index(ROW), names.index(QUESTION) if QUESTION in names else None
    first = next((found for row in table.rows() if (found := _address(row.cells[at]))), None)
    sheet, letters = (None, "") if first is None else (first.sheet, first.letters)

    def rows() -> Iterator[Row]:
        for row in table.rows():
            question = "" if asked is None else row.cells[asked]
            yield _row(row, kept, _address(row.cells[at]), (sheet, letters), question)

    columns = tuple(_column(table.columns[n], place, letters) for place, n in enumerate(kept))
    return Table(sheet=sheet, header_row=table.header_row, columns=columns, rows=rows)


def _column(column: Column, place: int, letters: str) -> Column:
    address = column_letters(_number(letters) + place) if letters else column.name
    return msgspec.structs.replace(column, address=address)


def _row(
    row: Row,
    kept: list[int],
    address: Address | None,
    expected: tuple[str | None, str],
    question: str,
) -> Row:
    places = {old: new for new, old in enumerate(kept)}
    faults = [
        Fault(reason=fault.reason, column=places.get(fault.column))
        for fault in row.faults
        if fault.column is not None and fault.column in places
    ] + [fault for fault in row.faults if fault.column is None]
    faults += [
        Fault(reason=part.replace(STILL_ASKED, "").rstrip(". "))
        for part in unharmed(question).split(BETWEEN)
        if STILL_ASKED in part
    ]
    if address is None:
        faults.append(_UNADDRESSED)
    elif address[:2] != expected:
        faults.append(_ELSEWHERE)
    cells = tuple(unharmed(row.cells[old]) for old in kept)
    return Row(
        number=row.number if address is None else address.row,
        cells=cells,
        days={places[old]: day for old, day in row.days.items() if old in places},
        lists={new: values for new, cell in enumerate(cells) if (values := _values(cell))},
        geometries={places[old]: found for old, found in row.geometries.items() if old in places},
        faults=tuple(faults),
        hidden=row.hidden,
    )


def _address(cell: str) -> Address | None:
    found = _ADDRESS.fullmatch(unharmed(cell.strip()))
    return None if found is None else Address(found["sheet"], found["letters"], int(found["row"]))


def values_text(values: tuple[str, ...]) -> str:
    """Several values of one cell, as a JSON array."""
    return json.dumps(values, ensure_ascii=False)


def _values(cell: str) -> tuple[str, ...]:
    """The values of a cell that `values_text` wrote; none when it is another cell."""
    if not cell.startswith('["'):
        return ()
    try:
        return tuple(msgspec.json.decode(cell, type=list[str]))
    except (msgspec.MsgspecError, UnicodeError):
        return ()


def address_of(table: Table, row: int) -> str:
    """What the column `habeas: row` says of a row of a table."""
    sheet = "" if table.sheet is None else f"{table.sheet}!"
    return f"{sheet}{_first_letters(table)}{row}"


def _first_letters(table: Table) -> str:
    """The letters of the first column, when all columns stand side by side and have letters."""
    addresses = [column.address for column in table.columns]
    if not addresses or not re.fullmatch("[A-Z]{1,3}", addresses[0]):
        return ""
    first = _number(addresses[0])
    beside = [column_letters(first + n) for n in range(len(addresses))]
    return addresses[0] if beside == addresses else ""


def _number(letters: str) -> int:
    """The index of a column by its letters: `A` is 0."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1
