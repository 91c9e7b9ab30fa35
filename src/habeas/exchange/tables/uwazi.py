"""Uwazi's CSV as a table: languages, positions and several values as Uwazi writes them.

A header may end in a language (`title__fa`, `csvDefinitions.ts`): each language stays a column of
its own, with its tag. `..._geolocation` and, in exported files, `Geolocation` hold `lat|lon`. A bar
parts several values, the words of a link from its address, and latitude from longitude.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from habeas.claims.values import Point
from habeas.exchange.tables.map_geometries import ShapeError, degrees, is_null_island
from habeas.exchange.tables.table import Column, Fault, Row, Table, TableFile

BAR: Final = "|"

_LANGUAGE: Final = re.compile(r"(?P<name>.*\S)__(?P<lang>[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*")
_POSITION: Final = re.compile(r"(?:.*_geolocation|geolocation)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"\s*(?:https?|ftp)://\S+\s*", re.IGNORECASE)
_DAY: Final = r"\d{4}-\d{2}-\d{2}"
_SPAN: Final = re.compile(rf"\s*(?P<start>{_DAY})[~:](?P<end>{_DAY})\s*")


def uwazi_file(file: TableFile) -> TableFile:
    """A delimited file that is Uwazi's, its columns and cells read as Uwazi means them.

    Args:
        file: as `delimited.open_delimited` gives it.
    """
    langs = {
        lang
        for table in file.tables
        for column in table.columns
        if (lang := _split(column.header)[1])
    }
    told = (f"languages: {', '.join(sorted(langs))}",) if langs else ()
    return msgspec.structs.replace(
        file,
        format="uwazi",
        tables=tuple(_table(table) for table in file.tables),
        remarks=(*file.remarks, *told),
    )


def _table(table: Table) -> Table:
    columns = tuple(_column(column) for column in table.columns)
    positions = frozenset(
        index for index, column in enumerate(columns) if _POSITION.fullmatch(column.header.strip())
    )

    def rows() -> Iterator[Row]:
        return (_row(row, positions) for row in table.rows())

    return msgspec.structs.replace(table, columns=columns, rows=rows)


def _split(header: str) -> tuple[str, str | None]:
    """A header without its language, and the language."""
    found = _LANGUAGE.fullmatch(header)
    return (found["name"].strip(), found["lang"]) if found else (header, None)


def _column(column: Column) -> Column:
    """The name keeps the language; the header is the words before it."""
    header, lang = _split(column.header)
    if lang is None or not column.name.endswith(f"__{lang}"):
        return column
    return msgspec.structs.replace(column, header=header, lang=lang)


def _row(row: Row, positions: frozenset[int]) -> Row:
    lists, geometries, faults = dict(row.lists), dict(row.geometries), list(row.faults)
    for index, text in enumerate(row.cells):
        if index in positions:
            try:
                geometries |= {index: _point(text)} if text.strip() else {}
            except ShapeError as error:
                faults.append(Fault(reason=str(error), column=index))
        elif index not in lists and (values := _values(text)):
            lists[index] = values
    return msgspec.structs.replace(row, lists=lists, geometries=geometries, faults=tuple(faults))


def _point(text: str) -> Point:
    """The position in a cell: latitude first.

    Raises:
        ShapeError: it is none.
    """
    parts = text.split(BAR)
    if len(parts) != 2 or not all(map(str.strip, parts)):
        raise ShapeError("a position is written as latitude|longitude; this is none")
    latitude, longitude = (part.strip() for part in parts)
    point = Point(coordinates=(degrees(longitude, 180), degrees(latitude, 90)))
    if is_null_island(point):
        raise ShapeError("the position 0, 0 is what programs write that know none")
    return point


def _values(text: str) -> tuple[str, ...]:
    """What a cell holds, where it is more than its words: several values, a span of days."""
    parts = [part.strip() for part in text.split(BAR)]
    if len(parts) == 2 and _ADDRESS.fullmatch(parts[1]):
        return ()
    values = tuple(_span(part) for part in parts if part)
    return values if len(values) > 1 or values != (text.strip(),) else ()


def _span(text: str) -> str:
    """A span of days as ISO 8601 has it; other words, and spans with an open end, as they stand.

    Uwazi exports spans with a tilde, and takes them in with a colon.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        return text
    start, end = found["start"], found["end"]
    return start if start == end else f"{start}/{end}"
