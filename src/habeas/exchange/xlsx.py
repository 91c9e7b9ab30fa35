"""Claims as a workbook (ECMA-376): the cells of `claims_table`, every one of them plain text.

Nothing in it is a formula, a link or a macro. Cells have the format of text, so that a program
neither reads a date into words nor runs them when somebody edits a cell. The same view gives the
same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from habeas.exchange.claims_table import COLUMNS, claims_grid
from habeas.registry.view import View

if TYPE_CHECKING:
    from xlsxwriter import Workbook

MAX_ROWS: Final = 1_048_576
"""Rows of a sheet, its head included (ECMA-376, as spreadsheets read it)."""

_TIMELESS: Final = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands in every workbook: when it was written is not told."""

_WIDTHS: Final = {
    "claim": 14, "subject": 24, "subject_label": 28, "predicate": 20, "words": 48, "counts": 28,
    "reading": 20, "source": 24, "source_label": 28, "by": 28, "locator": 28, "note": 28,
}  # fmt: skip
_WIDTH: Final = 12
"""Of every other column, in characters."""


def write_xlsx(view: View, path: Path, *, subject: str | None = None, lang: str = "en") -> None:
    """Write the table that a view holds as a workbook, in as many sheets as it takes.

    Rows go through temporary files in the folder of `path`, which are gone when this ends.

    Args:
        view: at a clearance.
        path: of the file; what stands there is overwritten.
        subject: only the claims about this entity, and what is said of those claims.
        lang: of the labels of entities; `fa` lays the sheets out from right to left.

    Raises:
        OSError: the disk refused.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    grid = claims_grid(view, subject=subject, lang=lang)
    with TemporaryDirectory(dir=path.parent, prefix=".habeas-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "use_zip64": True,  # takes effect above 4 GB alone
        }
        book = Workbook(str(path), options)
        book.set_properties({"created": _TIMELESS})
        _write_sheets(book, grid.header, grid.rows, from_right=lang == "fa")
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(f"the workbook was not written: {error}") from error


def _write_sheets(
    book: Workbook, header: Sequence[str], rows: Iterable[Sequence[str]], *, from_right: bool
) -> None:
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"num_format": "@", "bold": True})
    sheet: Any = None
    number, sheets = MAX_ROWS, 0
    for row in rows:
        if number >= MAX_ROWS:
            sheets += 1
            sheet, number = _sheet(book, sheets, header, head, from_right=from_right), 1
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(number, column, cell, text)
        number += 1
    if not sheets:
        _sheet(book, 1, header, head, from_right=from_right)


def _sheet(
    book: Workbook, number: int, header: Sequence[str], head: Any, *, from_right: bool
) -> Any:
    sheet = book.add_worksheet("claims" if number == 1 else f"claims {number}")
    sheet.freeze_panes(1, 1)
    if from_right:
        sheet.right_to_left()
    for column, name in enumerate(header):
        hidden = {"hidden": True} if name not in COLUMNS else {}
        sheet.set_column(column, column, _WIDTHS.get(name, _WIDTH), None, hidden)
        sheet.write_string(0, column, name, head)
    return sheet
