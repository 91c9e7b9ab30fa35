"""Rows that were not recorded come back as a file, each with its question, ready to be mended.

While the list is read they wait in a file without a name, which the system takes away whatever
happens to the program. The file that a person gets is written whole, readable by its owner alone,
and never over another one.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final

import msgspec

from habeas.errors import InputError, StorageError
from habeas.exchange.lists.coordinates import geometry_text
from habeas.exchange.lists.mended import QUESTION, ROW, address_of, values_text
from habeas.exchange.spreadsheet_cells import harmless
from habeas.exchange.tables.table import Format, Row, Table

WORKBOOKS: Final[frozenset[Format]] = frozenset({"xlsx", "xls", "ods"})

SUFFIXES: Final = (".csv", ".xlsx")
_SHEET_ROWS: Final = 1_000_000
_SHEET_NAME: Final = 31
_CELL: Final = 32_767
_QUESTION: Final = 8_000
"""What a workbook holds (ECMA-376): rows of a sheet, letters of its name, of a cell; and the length
of a question that is written."""


class Kept(msgspec.Struct, frozen=True, kw_only=True, array_like=True, omit_defaults=True):
    """One row that waits."""

    table: int
    address: str
    cells: tuple[str, ...]
    question: str
    days: dict[int, str] = {}


class Remainder:
    """The rows that are not recorded, gathered while a list is read. A context: closes its file.

    Args:
        folder: in which they wait; the one in which their file will stand, so that words of people
            are not spread over the disk.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tables: list[Table] = []
        self._file: IO[bytes] | None = None
        self.count = 0
        """How many rows wait."""

    def __enter__(self) -> Remainder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._file is not None:
            self._file.close()

    def add(self, table: Table, row: Row, question: str) -> None:
        """Keep one row.

        Raises:
            StorageError: the disk refused.
        """
        if not self._tables or self._tables[-1] is not table:
            self._tables.append(table)
        kept = Kept(
            table=len(self._tables) - 1,
            address=address_of(table, row.number),
            cells=tuple(map(_writable, _cells(row))),
            question=_writable(question)[:_QUESTION],
            days=row.days,
        )
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
            self._file.write(_encoder.encode(kept) + b"\n")
        except OSError as error:
            raise _refused(error, self._folder) from error
        self.count += 1

    def write(self, path: Path) -> Path:
        """Write the file under a passing name beside its place.

        Args:
            path: where it will stand, `.csv` or `.xlsx`.

        Returns:
            The draft; `settle` gives it its name, `discard` takes it away.

        Raises:
            InputError: something stands at `path`, or rows of several tables do not fit a CSV file.
            StorageError: the disk refused; nothing is left behind.
        """
        refuse_existing(path)
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            if path.suffix.lower() == ".xlsx":
                self._write_workbook(draft, path)
            else:
                self._write_csv(draft, path)
        except OSError as error:
            discard(draft)
            raise _refused(error, path) from error
        except BaseException:
            discard(draft)
            raise
        return draft

    def _rows(self) -> Iterator[Kept]:
        if self._file is None:
            return
        self._file.flush()
        self._file.seek(0)
        for line in self._file:
            yield _decoder.decode(line)

    def _write_csv(self, draft: Path, path: Path) -> None:
        if len(self._tables) > 1:
            raise InputError(
                "rows of several tables do not fit one CSV file", place=str(path),
                mend="Give a name that ends in .xlsx: --held FILE",
            )  # fmt: skip
        with open(_new(draft), "w", encoding="utf-8-sig", newline="") as opened:
            writer = csv.writer(opened)
            for table in self._tables:
                writer.writerow(map(harmless, _head(table)))
            for kept in self._rows():
                writer.writerow(map(harmless, (kept.address, kept.question, *kept.cells)))
            opened.flush()
            os.fsync(opened.fileno())

    def _write_workbook(self, draft: Path, path: Path) -> None:
        from xlsxwriter import Workbook

        os.close(_new(draft))
        with tempfile.TemporaryDirectory(dir=draft.parent, prefix=".habeas-") as folder:
            options = {"constant_memory": True, "tmpdir": folder, "strings_to_urls": False}
            with Workbook(str(draft), options) as workbook:
                styles = (
                    workbook.add_format({"num_format": "@"}),
                    workbook.add_format({"num_format": "yyyy-mm-dd"}),
                )
                for sheet, number, kept in _on_sheets(workbook, self._tables, self._rows()):
                    _check_lengths(kept, path)
                    _write_row(sheet, number, kept, styles)
        with draft.open("rb") as written:
            os.fsync(written.fileno())


def write_private(path: Path, pieces: Iterable[str]) -> None:
    """Write a new file that its owner alone may read, whole or not at all.

    Args:
        path: where; nothing stands there.
        pieces: of its text.

    Raises:
        InputError: something stands there.
        StorageError: the disk refused; nothing is left behind.
    """
    refuse_existing(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(_new(draft), "w", encoding="utf-8", newline="") as opened:
            opened.writelines(pieces)
            opened.flush()
            os.fsync(opened.fileno())
        settle(draft, path)
    except OSError as error:
        raise _refused(error, path) from error
    finally:
        discard(draft)


def held_path(source: Path, file_format: Format, tables: int) -> Path:
    """Where the rows that were not recorded come to stand when nobody says where.

    Args:
        source: the list.
        file_format: of the list.
        tables: how many tables it has: rows of several need the sheets of a workbook.
    """
    workbook = file_format in WORKBOOKS or tables > 1
    return source.with_name(f"{source.stem}.held{'.xlsx' if workbook else '.csv'}")


def check_held(path: Path) -> Path:
    """The path itself, when a file of held rows can be written there.

    Raises:
        InputError: the name does not end in `.csv` or `.xlsx`, the folder is not there, or
            something stands there already.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(
            "a file of rows that are held back is a .csv or an .xlsx", place=str(path),
            mend="Choose a name that ends so: --held FILE",
        )  # fmt: skip
    if not path.parent.is_dir():
        raise InputError("there is no such folder", place=str(path.parent), mend="Make it first")
    refuse_existing(path)
    return path


def refuse_existing(path: Path) -> None:
    """Refuse to write where something stands.

    Raises:
        InputError: something stands there.
    """
    if os.path.lexists(path):
        raise InputError(
            "something stands here already, and is not overwritten",
            place=str(path),
            mend="Mend and import it, move it away, or choose another name: --held FILE",
        )


def settle(draft: Path, path: Path) -> None:
    """Give a written draft its name.

    Raises:
        InputError: something stands there by now; the draft is kept.
        StorageError: the disk refused.
    """
    refuse_existing(path)
    try:
        draft.replace(path)
    except OSError as error:
        raise _refused(error, path) from error


def discard(draft: Path) -> None:
    """Take a draft away that nobody needs."""
    with suppress(OSError):
        draft.unlink()


def _head(table: Table) -> tuple[str, ...]:
    """Names, not headers: they are unique, and one stands even where the list has none."""
    return (ROW, QUESTION, *(column.name for column in table.columns))


def _cells(row: Row) -> tuple[str, ...]:
    """The words of a row; a geometry as GeoJSON, several values of one cell as a JSON array."""
    cells = list(row.cells)
    for number, geometry in row.geometries.items():
        cells[number] = geometry_text(geometry)
    for number, values in row.lists.items():
        cells[number] = values_text(values)
    return tuple(cells)


def _writable(text: str) -> str:
    """The text with a question mark for half a surrogate pair, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _check_lengths(kept: Kept, path: Path) -> None:
    if any(len(cell) >= _CELL for cell in kept.cells):
        raise InputError(
            f"row {kept.address} has a cell that is too long for a workbook", place=str(path),
            mend="Give a name that ends in .csv: --held FILE",
        )  # fmt: skip


def _on_sheets(
    workbook: Any, tables: Sequence[Table], rows: Iterable[Kept]
) -> Iterator[tuple[Any, int, Kept]]:
    """Each row with the sheet and the line it goes to; a full sheet is followed by another."""
    names: set[str] = set()
    sheet, at, number = None, -1, 0
    for kept in rows:
        if sheet is None or at != kept.table or number >= _SHEET_ROWS:
            at, number = kept.table, 0
            sheet = workbook.add_worksheet(_sheet_name(tables[at].sheet, names))
            for column, name in enumerate(_head(tables[at])):
                sheet.write_string(0, column, harmless(name))
        number += 1
        yield sheet, number, kept


def _write_row(sheet: Any, number: int, kept: Kept, styles: tuple[Any, Any]) -> None:
    """Every cell as text, so that nothing is run and no digit is lost; days that were days as days.

    A workbook knows no day before 1900; such a cell stays text, and is asked about again.
    """
    text, day = styles
    for column, cell in enumerate((kept.address, kept.question)):
        sheet.write_string(number, column, harmless(cell), text)
    for column, cell in enumerate(kept.cells):
        iso = kept.days.get(column)
        if iso is not None and iso >= "1900-03-01":
            sheet.write_datetime(number, column + 2, date.fromisoformat(iso), day)
        elif cell:
            sheet.write_string(number, column + 2, harmless(cell), text)


def _sheet_name(sheet: str | None, names: set[str]) -> str:
    """A name that a workbook allows, once."""
    plain = "".join(" " if letter in "[]:*?/\\" else letter for letter in sheet or "held")
    plain = plain.strip("' ") or "held"
    found, number = plain[:_SHEET_NAME], 1
    while found.casefold() in names:
        number += 1
        tail = f" ({number})"
        found = plain[: _SHEET_NAME - len(tail)] + tail
    names.add(found.casefold())
    return found


def _new(draft: Path) -> int:
    return os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _refused(error: OSError, place: Path) -> StorageError:
    return StorageError(
        f"the disk refused ({error.strerror})", place=str(place),
        mend="Free some space or allow writing there; --held FILE writes rows to mend elsewhere",
    )  # fmt: skip


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Kept)
