"""A claims table read back: each row is made into its claim again, or it is asked about.

The claim comes from `claim_json`. Every other cell of the row is compared with what would stand
there: where somebody changed a cell, neither the cell nor `claim_json` is believed, and the row is
held back with a question.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from habeas.claims.checking import check_claim
from habeas.errors import InputError
from habeas.exchange.claims_table import (
    COLUMNS,
    NUMBERS,
    WHOLE,
    TableLine,
    cells_of,
    is_claims_table,
    unchecked,
)
from habeas.exchange.claims_table_opening import Form, Line, lines_of
from habeas.exchange.spreadsheet_cells import joined, same_cell

NOT_CARRIED: Final = (
    "A table carries claims and nothing that proves them: signatures, timestamps, custody of the "
    "files and the files of evidence come in a bundle (`habeas bundle import`). The claims will "
    "stand in this registry's log, with new digests and today's date."
)
"""What is to be said before a table is recorded."""

_FORKED: Final = (
    "claims stood in a forked log where the table was written, and will not be marked here: ask "
    "those who wrote it"
)

REASON: Final = "not_recorded_because"
"""The column that `claims_table_remainder` puts before the others."""

_WHOLE_COLUMN = re.compile(rf"{WHOLE}(?:_([1-9][0-9]{{0,4}}))?")
_decoder = msgspec.json.Decoder(TableLine)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row that was understood."""

    sheet: str | None
    number: int
    line: TableLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded:
    """A row that is not recorded, and why."""

    sheet: str | None
    number: int
    """The row of the sheet, or the line of the file; the first is 1."""
    digest: str
    """Of the claim as the table names it; empty when it names none."""
    reason: str
    """In words, lower case, no full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsTable:
    """What a table of claims holds. Its rows are `rows`, `held` and `rejected`, and no others."""

    name: str
    """Of the file, without its folders."""
    format: Form
    sha256: str
    size: int
    """Of the file, in bytes."""
    rows: tuple[ReadRow, ...]
    held: tuple[Unrecorded, ...]
    """Rows with a question: somebody has to decide."""
    rejected: tuple[Unrecorded, ...]
    """Rows that are no claims that could be recorded."""
    remarks: tuple[str, ...]
    """What a reader should know."""

    @property
    def count(self) -> int:
        """How many rows the table has."""
        return len(self.rows) + len(self.held) + len(self.rejected)


def read_claims_table(path: Path) -> ClaimsTable:
    """Read a table that `habeas export --format csv` or `xlsx` wrote.

    Args:
        path: the file; it may have been opened and saved by a spreadsheet program since.

    Raises:
        InputError: it is no such table, or cannot be read to its end.
    """
    form, lines = lines_of(path)
    before = _hash(path)
    reader = _Reader(path.name)
    for line in lines:
        reader.take(line)
    if _hash(path) != before:
        raise InputError(
            "the file changed while it was read",
            place=path.name,
            mend="Close it in other programs, and import it again; nothing was recorded",
        )
    return reader.table(form, *before)


def _hash(path: Path) -> tuple[str, int]:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest(), opened.tell()


class _Reader:
    """Takes the lines of a file one by one."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sheet: tuple[str | None] | None = None
        self._columns: dict[str, int] | None = None
        self._whole: list[int] = []
        self._remarks: dict[str, None] = {}
        self._rows: list[ReadRow] = []
        self._held: list[Unrecorded] = []
        self._rejected: list[Unrecorded] = []

    def take(self, line: Line) -> None:
        """One line: a head, an empty one, or a row."""
        if self._sheet != (line.sheet,):
            self._sheet = (line.sheet,)
            self._begin(line)
        elif self._columns is not None and any(line.cells):
            self._row(line)

    def _begin(self, line: Line) -> None:
        """The head of a sheet or file."""
        heads = [head.strip().lstrip("\ufeff") for head in line.cells]
        self._columns = None
        if not is_claims_table(heads):
            self._remark(f"the sheet “{line.sheet}” holds no claims and was left out")
            return
        twice = [head for head, count in Counter(heads).items() if head and count > 1]
        if twice:
            raise InputError(
                f"the column “{twice[0]}” stands here twice",
                place=self._place(line),
                mend="Take one of the two away, or take the file again as it was exported",
            )
        self._columns = {head: at for at, head in enumerate(heads) if head in COLUMNS}
        parts = {
            int(found[1] or 1): at
            for at, head in enumerate(heads)
            if (found := _WHOLE_COLUMN.fullmatch(head))
        }
        self._whole = [parts[number] for number in sorted(parts)]
        self._tell_columns(heads)

    def _tell_columns(self, heads: Sequence[str]) -> None:
        for column in COLUMNS:
            if column not in heads:
                self._remark(f"the column “{column}” is missing; {WHOLE} has what it held")
        for head in heads:
            known = head in COLUMNS or head == REASON or _WHOLE_COLUMN.fullmatch(head)
            if head and not known:
                self._remark(f"the column “{head}” is none of an export, and was left out")

    def _remark(self, words: str) -> None:
        self._remarks[words] = None

    def _place(self, line: Line) -> str:
        sheet = f", sheet “{line.sheet}”" if line.sheet is not None else ""
        return f"{self._name}{sheet}, row {line.number}"

    def _row(self, line: Line) -> None:
        whole = [line.cells[at] for at in self._whole if at < len(line.cells)]
        columns = self._columns or {}
        cells = {
            column: line.cells[at] if at < len(line.cells) else "" for column, at in columns.items()
        }
        if not any(whole):
            self._hold(line, cells, f"{WHOLE} is empty: was this row written by hand?")
            return
        try:
            read = _line(joined(whole))
        except InputError as error:
            self._reject(line, cells, error.reason)
        except (msgspec.MsgspecError, UnicodeError) as error:
            self._reject(line, cells, f"{WHOLE} holds no claim: {error}")
        else:
            changed = _changed(cells, read)
            if changed:
                self._hold(line, cells, changed)
            else:
                if read.forked:
                    self._remark(_FORKED)
                self._rows.append(ReadRow(sheet=line.sheet, number=line.number, line=read))

    def _hold(self, line: Line, cells: Mapping[str, str], reason: str) -> None:
        self._held.append(_unrecorded(line, cells, reason))

    def _reject(self, line: Line, cells: Mapping[str, str], reason: str) -> None:
        self._rejected.append(_unrecorded(line, cells, reason))

    def table(self, form: Form, sha256: str, size: int) -> ClaimsTable:
        """Everything that was taken.

        Raises:
            InputError: none of it was a table of claims.
        """
        if not self._whole:
            raise InputError(
                f"this is no table that `habeas export` wrote: it has no column “{WHOLE}”",
                place=self._name,
                mend="Import it as a list: `habeas import FILE --source ID`",
            )
        rows, twice = _single(self._rows)
        return ClaimsTable(
            name=self._name,
            format=form,
            sha256=sha256,
            size=size,
            rows=rows,
            held=(*self._held, *twice),
            rejected=tuple(self._rejected),
            remarks=tuple(self._remarks),
        )


def _line(text: str) -> TableLine:
    body = unchecked(text)
    if body is None:
        raise InputError(f"{WHOLE} is not as it was written: somebody changed it, or it is damaged")
    line = _decoder.decode(body)
    check_claim(line.claim)
    return line


def _unrecorded(line: Line, cells: Mapping[str, str], reason: str) -> Unrecorded:
    return Unrecorded(
        sheet=line.sheet, number=line.number, digest=cells.get("claim", ""), reason=reason
    )


def _changed(cells: Mapping[str, str], line: TableLine) -> str:
    """Which cells of a row do not say what its claim says; empty when all do."""
    expected = cells_of(line)
    told = [
        f"“{column}” says “{_brief(cell)}” where {WHOLE} says “{_brief(expected[column])}”"
        for column, cell in cells.items()
        if not same_cell(cell, expected[column], number=column in NUMBERS)
    ]
    return "; ".join(told) + ": which is right?" if told else ""


def _brief(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def _single(rows: list[ReadRow]) -> tuple[tuple[ReadRow, ...], Iterator[Unrecorded]]:
    """The rows, and the questions about claims that stand in several rows and differ there."""
    first: dict[str, TableLine] = {}
    differing = set()
    for row in rows:
        if first.setdefault(row.line.digest, row.line) != row.line:
            differing.add(row.line.digest)
    twice = (
        Unrecorded(
            sheet=row.sheet,
            number=row.number,
            digest=row.line.digest,
            reason="another row gives this claim in other words: which is right?",
        )
        for row in rows
        if row.line.digest in differing
    )
    return tuple(row for row in rows if row.line.digest not in differing), twice
