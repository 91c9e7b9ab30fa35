"""Claims as CSV: RFC 4180, UTF-8 with a byte order mark, so that spreadsheets show Persian.

The cells are those of `claims_table`, and the file can be taken in again without loss.
"""

from __future__ import annotations

import csv as table
import io
from collections.abc import Iterator, Sequence
from typing import Final

from habeas.exchange.claims_table import claims_grid
from habeas.registry.view import View

BYTE_ORDER_MARK: Final = "\ufeff"


def csv(view: View, *, subject: str | None = None, lang: str = "en") -> Iterator[str]:
    """The table that a view holds, a row at a time, the head first.

    Args:
        view: at a clearance.
        subject: only the claims about this entity, and what is said of those claims.
        lang: of the labels of entities.
    """
    grid = claims_grid(view, subject=subject, lang=lang)
    yield BYTE_ORDER_MARK + csv_line(grid.header)
    for row in grid.rows:
        yield csv_line(row)


def csv_line(cells: Sequence[str]) -> str:
    """Cells as one line of RFC 4180; a cell may hold line ends."""
    line = io.StringIO()
    table.writer(line).writerow(cells)
    return line.getvalue()
