"""Names and addresses of columns."""

from __future__ import annotations

from collections.abc import Sequence

from habeas.exchange.tables.table import Column


def column_letters(index: int) -> str:
    """The letters of a column as spreadsheets count: 0 is `A`, 25 `Z`, 26 `AA`."""
    letters = ""
    rest = index + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def name_columns(headers: Sequence[str], addresses: Sequence[str]) -> tuple[Column, ...]:
    """Columns with names that are unique within the table.

    A name is the header without the spaces around it; the address when nothing is left (a dash
    when that is empty, too); with a
    number behind it when the name is taken: `نام`, `نام (2)`.

    Args:
        headers: as they stand, empty where there are none.
        addresses: as many; each once.
    """
    names = [
        header.strip() or address.strip() or "–"
        for header, address in zip(headers, addresses, strict=True)
    ]
    taken = set(names)
    used: set[str] = set()
    counts: dict[str, int] = {}
    columns: list[Column] = []
    for header, name, address in zip(headers, names, addresses, strict=True):
        unique = name
        while unique in used or (unique != name and unique in taken):
            counts[name] = counts.get(name, 1) + 1
            unique = f"{name} ({counts[name]})"
        used.add(unique)
        columns.append(Column(header=header, name=unique, address=address))
    return tuple(columns)
