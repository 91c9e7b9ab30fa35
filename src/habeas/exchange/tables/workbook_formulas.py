"""Formulas of workbooks: never calculated, only looked at for what they would call."""

from __future__ import annotations

import re
from typing import Final

from habeas.exchange.tables.workbook_grid import Notes, address

MISSING: Final = "formula without a saved value"
"""Reason of the fault of a cell that the program that wrote it has not calculated."""

LONGEST: Final = 8_192
"""Characters of a formula (the limit of spreadsheet programs)."""

MOST: Final = 20_000_000
"""Characters of formulas of a sheet that are looked at for calls; none is ever run."""

_CALLING: Final = re.compile(
    r"\b(WEBSERVICE|HYPERLINK|IMPORTXML|IMPORTHTML|IMPORTDATA|IMPORTFEED|IMPORTRANGE|RTD|IMAGE|CALL"
    r"|REGISTER(?:\.ID)?|EXEC|DDE|STOCKHISTORY|CUBE[A-Z]+|SQL\.REQUEST)\s*\(",
    re.IGNORECASE,
)
_OTHER_FILE: Final = re.compile(r"\[\d+\]|'?file:|'?https?:|\[[^\[\]!]+\.(?:xls|ods)\w*\]", re.I)
_DDE: Final = re.compile(r"[A-Za-z0-9_\]]\|'?[^|]*'?!")


def note_formula(notes: Notes, column: int, row: int, formula: str) -> None:
    """Keeps that a cell has a formula, and what it would call."""
    if column not in notes.formulas:
        notes.formulas[column] = address(column, row)
    notes.formula_length += len(formula)
    if formula and notes.formula_length < MOST and (calls := calls_of(formula)) is not None:
        notes.calling.add(f"{address(column, row)} ({calls})")


def calls_of(formula: str) -> str | None:
    """What a formula would call outside its workbook; None when it calls nothing."""
    if found := _CALLING.search(formula):
        return found[1].upper()
    if _DDE.search(formula):
        return "DDE"
    return "another file" if _OTHER_FILE.search(formula) else None
