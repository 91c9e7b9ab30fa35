"""Which sign parts the cells of a delimited text: told from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.limits import MAX_CELL

DELIMITERS: Final = ("\t", ";", "|", ",", "؛", "،")
"""What is looked for. The first wins a tie: commas stand inside of cells more often than tabs."""

_NAMES: Final = {
    "\t": "tab", ";": "semicolon", "|": "vertical bar", ",": "comma",
    "؛": "Arabic semicolon", "،": "Arabic comma",
}  # fmt: skip
_SEPARATOR: Final = re.compile(r'"?sep=([^"\r\n])"?[\r\n]*', re.IGNORECASE)
_NO_DELIMITER: Final = "\x1f"
"""The unit separator of ASCII, of which no cell holds one: a file of a single column."""


class Delimiting(msgspec.Struct, frozen=True, kw_only=True):
    """How the cells of a text are parted."""

    delimiter: str
    spaced: bool = False
    """A space stands between delimiter and quotation mark (`a, "b, c"`)."""
    declared: bool = False
    """The first line says it (`sep=;`, as Excel reads it) and holds nothing else."""

    @property
    def remark(self) -> str:
        """In words, for the reader."""
        name = _NAMES.get(self.delimiter, f"“{self.delimiter}”")
        if self.delimiter == _NO_DELIMITER:
            return "one column: no delimiter found"
        return f"cells parted by {name}" + (", as the first line says" if self.declared else "")


def find_delimiting(sample: Sequence[str], *, delimiter: str | None = None) -> Delimiting:
    """How the cells of a text are parted.

    The delimiter is the sign that parts most lines into the same number of cells.

    Args:
        sample: its first lines, with line ends.
        delimiter: what the user says.

    Raises:
        InputError: what the user says can part nothing.
    """
    declared = _SEPARATOR.fullmatch(sample[0]) if sample else None
    if delimiter is None and declared:
        delimiter = declared[1]
    if delimiter is None:
        found = max(DELIMITERS, key=lambda one: _evenness(sample, one))
        delimiter = found if _evenness(sample, found) > 0 else _NO_DELIMITER
    elif len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise InputError(
            f"“{delimiter}” cannot part cells",
            mend="Name one sign, such as --delimiter ';' (for a tab: $'\\t')",
        )
    spaced = re.compile(rf'{re.escape(delimiter)} +"[^"]')
    return Delimiting(
        delimiter=delimiter,
        spaced=delimiter != " " and any(map(spaced.search, sample)),
        declared=declared is not None,
    )


def _evenness(sample: Sequence[str], delimiter: str) -> float:
    """The share of records that a delimiter parts into the number of cells most of them have.

    Lines of a single cell (titles, notes) count against it, yet less than uneven ones.
    """
    csv.field_size_limit(MAX_CELL)
    try:
        counts = [len(record) for record in csv.reader(sample, delimiter=delimiter) if any(record)]
    except csv.Error:
        return 0.0
    parted = Counter(count for count in counts if count > 1)
    if not parted:
        return 0.0
    even = parted.most_common(1)[0][1]
    share = sum(parted.values()) / len(counts)
    if share < 1 / 4 or (even < 2 and share < 1 / 2):
        return 0.0
    return even / len(counts) + even / sum(parted.values())
