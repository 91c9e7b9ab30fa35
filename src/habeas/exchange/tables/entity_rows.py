"""Files of entities (map layers, exports of other systems) as tables: one row an entity.

A reader gives its entities one by one, each with the kind that it is of; the kinds become tables,
and everything that any entity of a kind has becomes a column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from habeas.claims.values import Geometry, Where
from habeas.errors import InputError
from habeas.exchange.tables.columns import name_columns
from habeas.exchange.tables.damage import damage
from habeas.exchange.tables.limits import MAX_CELL, MAX_COLUMNS, MAX_TABLES
from habeas.exchange.tables.table import Column, Fault, Row, Table
from habeas.exchange.tables.text_lines import Unchanged


class Field(NamedTuple):
    """What becomes a column."""

    header: str
    address: str
    """The path in the file that leads to it."""
    lang: str | None = None
    """BCP 47, where the file tells it; the header ends in `__` and the tag."""


class Cell(NamedTuple):
    """What one entity has in one column."""

    text: str
    values: tuple[str, ...] = ()
    """Several values."""
    geometry: Geometry | None = None
    where: Where | None = None
    """A place with kind and uncertainty, where the file tells them."""
    day: str | None = None
    """ISO day, where the file itself says that it is one."""
    fault: str = ""
    """Why it cannot be read as it stands."""


class Entity(NamedTuple):
    """One entity of a file."""

    kind: str | None
    """The table that it belongs to."""
    number: int
    """As `Row.number`."""
    cells: dict[Field, Cell]
    faults: tuple[str, ...] = ()
    """Why it cannot be read as it stands, as a whole."""


def joined(values: tuple[str, ...]) -> str:
    """Several values as the text of one cell."""
    return "; ".join(values)


def cell_of(values: tuple[str, ...], fault: str = "") -> Cell:
    """A cell of one value or several."""
    return Cell(joined(values), values if len(values) > 1 else (), fault=fault)


def entity_tables(path: Path, entities: Callable[[], Iterator[Entity]]) -> tuple[Table, ...]:
    """The tables of a file of entities, in the order in which their kinds come.

    Args:
        path: the file.
        entities: reads it from the start on every call.

    Raises:
        InputError: a text is too long or is none; more columns or kinds than can be kept.
    """
    unchanged = Unchanged(path)
    kinds: dict[str | None, dict[Field, None]] = {}
    for entity in entities():
        known = kinds.setdefault(entity.kind, {})
        known.update(dict.fromkeys(entity.cells))
        if len(known) > MAX_COLUMNS or len(kinds) > MAX_TABLES:
            raise InputError(
                f"more than {MAX_COLUMNS:,} different fields, or {MAX_TABLES} kinds of entities",
                place=f"{path.name}, entity {entity.number}",
                mend="Is it the right file?",
            )
    return tuple(
        _table(path, kind, tuple(fields), entities, unchanged) for kind, fields in kinds.items()
    )


def _table(
    path: Path,
    kind: str | None,
    fields: tuple[Field, ...],
    entities: Callable[[], Iterator[Entity]],
    unchanged: Unchanged,
) -> Table:
    columns = columns_of(fields)
    indexes = {field: index for index, field in enumerate(fields)}

    def rows() -> Iterator[Row]:
        unchanged.check()
        for entity in entities():
            if entity.kind == kind:
                yield row_of(entity, indexes, path.name)

    return Table(sheet=kind, header_row=None, columns=columns, rows=rows)


def columns_of(fields: tuple[Field, ...]) -> tuple[Column, ...]:
    """The columns of a table, their names unique."""
    named = name_columns([field.header for field in fields], [field.address for field in fields])
    return tuple(
        msgspec.structs.replace(column, lang=field.lang)
        for column, field in zip(named, fields, strict=True)
    )


def row_of(entity: Entity, indexes: dict[Field, int], file: str) -> Row:
    """An entity as a row.

    Raises:
        InputError: a text is too long.
    """
    cells = [""] * len(indexes)
    faults = [Fault(reason=reason) for reason in entity.faults]
    found = {indexes[field]: cell for field, cell in entity.cells.items()}
    for index, cell in found.items():
        if len(cell.text) > MAX_CELL:
            raise InputError(
                f"a text is longer than {MAX_CELL:,} characters", place=f"{file}, {entity.number}"
            )
        cells[index] = cell.text
        reason = cell.fault or damage(cell.text)
        if reason:
            faults.append(Fault(reason=reason, column=index))
    return Row(
        number=entity.number,
        cells=tuple(cells),
        days={index: cell.day for index, cell in found.items() if cell.day},
        lists={index: cell.values for index, cell in found.items() if cell.values},
        geometries={index: cell.geometry for index, cell in found.items() if cell.geometry},
        wheres={index: cell.where for index, cell in found.items() if cell.where},
        faults=tuple(faults),
    )
