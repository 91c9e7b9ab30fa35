"""A row made ready: what it says, by which it is known again, and its entry, sealed and hashed."""

from __future__ import annotations

from typing import NamedTuple

from habeas.exchange.lists.known_rows import Fingerprint, fingerprint
from habeas.exchange.lists.row_reading import ReadRow, read_row
from habeas.exchange.lists.row_rules import RowRules
from habeas.exchange.tables.table import Row
from habeas.registry.preparing import Preparation, PreparedEntry


class ReadyRow(NamedTuple):
    """What is needed of a row to decide its fate and to record it."""

    read: ReadRow
    """Without its claims: they stand in the entry."""
    claims: int
    """How many there are; 0 when the row is held back or rejected."""
    known_by: Fingerprint
    """0 when the record holds nothing to compare it with."""
    entry: PreparedEntry | None
    """None when nothing is to be recorded."""


def ready_row(
    row: Row, rules: RowRules, subject: str, prepare: Preparation | None, *, compared: bool = True
) -> ReadyRow:
    """Read one row, and make its entry ready.

    Args:
        row: of the table that the rules were made for.
        rules: as `compile_rules` gives them.
        subject: the entity that the row describes.
        prepare: seals the claims for a log; None when nothing is to be recorded.
        compared: whether the record holds rows to compare it with.

    Raises:
        InputError: a claim cannot be written down.
    """
    read = read_row(row, rules, subject)
    if not read.claims:
        return ReadyRow(read, 0, 0, None)
    entry = None if prepare is None else prepare(read.claims)
    known_by = fingerprint(read.claims) if compared else 0
    return ReadyRow(read._replace(claims=()), len(read.claims), known_by, entry)
