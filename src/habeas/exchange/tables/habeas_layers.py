"""Map layers that Habeas itself wrote: what stands beside each position is kept with it.

A feature of such a layer is one claim on a position. What cannot be taken in by a map (a claim that
was withdrawn, one that is sealed, one of which the subject is no site) is held back with the
reason: bundles and the claims table carry claims whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from habeas.claims.values import Where
from habeas.exchange.tables.entity_rows import Cell, Entity, Field
from habeas.exchange.tables.map_geometries import GEOMETRY, ShapeError, degrees

KEYS: Final = frozenset(("claim", "subject", "predicate", "kind", "uncertainty_m", "sensitivity"))
"""Columns by which such a layer is known (`exchange.geojson.Properties`)."""

DERIVED: Final = "uncertainty"
"""The layer of a GeoPackage that is worked out from the claims and said by nobody."""

PREFIX: Final = "habeas."
"""Before the names of its columns, since their words mean what Habeas means by them."""

_LARGEST: Final = 10**9
"""Metres."""


def is_ours(columns: Iterable[str]) -> bool:
    """Whether a layer with these columns was written by Habeas."""
    return set(columns) >= KEYS


def as_claimed(entity: Entity) -> Entity:
    """A feature of such a layer with the kind and uncertainty of its position."""
    said = {field.header: cell.text for field, cell in entity.cells.items()}
    cells = {_renamed(field): cell for field, cell in entity.cells.items()}
    cells[GEOMETRY] = _position(cells.get(GEOMETRY, Cell("")), said)
    return entity._replace(cells=cells, faults=(*entity.faults, *_faults(said)))


def _renamed(field: Field) -> Field:
    if field == GEOMETRY:
        return field
    return field._replace(header=f"{PREFIX}{field.header}")


def _position(cell: Cell, said: dict[str, str]) -> Cell:
    if cell.geometry is None:
        return cell
    try:
        metres = degrees(said["uncertainty_m"], _LARGEST) if said.get("uncertainty_m") else None
        where = msgspec.convert(
            {"type": "where", "kind": said.get("kind")}
            | ({"uncertainty": metres} if metres else {})
            | {name: said[key] for name, key in _WORDS.items() if said.get(key)},
            Where,
        )
    except (ShapeError, msgspec.ValidationError):
        return cell._replace(fault="its kind or uncertainty is not as Habeas writes it")
    return cell._replace(where=msgspec.structs.replace(where, geometry=cell.geometry))


_WORDS: Final = {"text": "words", "method": "method"}


def _faults(said: dict[str, str]) -> Iterable[str]:
    if said.get("withdrawn") not in ("false", "0", "", None):
        yield "this claim was withdrawn where it was exported"
    if said.get("sensitivity") == "sealed":
        yield "this claim is sealed where it was exported: take it in as a bundle or claims table"
    if not said.get("subject", "").startswith("site:") or said.get("predicate") != "location":
        yield "this position is not the location of a site: take it in as a claims table"
