"""Overlap tables from files, in the shapes that the field uses; whatever is doubtful is refused.

A file has a header, and one of three shapes:

- a column of zeros and ones for each list, and a column of counts;
- a column of zeros and ones for each list, one row a person;
- a column `pattern` (`0110`: on the second and third list) and a column of counts.

Columns that part the persons are named (`strata=`). The row of those on no list may stand there
with nothing or 0 as its count: that number is what is estimated.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import numpy as np

from habeas.errors import InputError
from habeas.estimation.overlap import MOST_LISTS, Overlap, whole_count

COUNT_NAMES = ("count", "counts", "n", "freq", "frequency", "number", "persons")
"""What a column of counts may be called, in small or capital letters, if none is named."""

PATTERN = "pattern"

_ONE, _ZERO = ("1", "1.0", "true"), ("0", "0.0", "false")

_MEND = "See docs/estimation.md for the forms that a file can have"

Cell = tuple[tuple[str, ...], int]
"""A stratum and a pattern."""


def read_overlap(
    path: str | Path,
    *,
    lists: Sequence[str] | None = None,
    strata: Sequence[str] = (),
    count: str | None = None,
    person: str | None = None,
) -> Overlap:
    """The overlap table that a file holds.

    Args:
        path: of a file with columns parted by commas, semicolons or tabs, in UTF-8.
        lists: the columns of the lists; with a column `pattern`, the names of its digits in order
            (`list 1`, `list 2` and on when left out). When left out, every column of zeros and
            ones but those named below.
        strata: the columns that part the persons; an empty label is kept as a stratum of its own.
        count: the column of counts; one of `COUNT_NAMES` when left out.
        person: a column with the person's id, in a file of one row a person; a person who comes
            twice is an error.

    Returns:
        The table. A pattern whose count is empty could not be recorded (`unrecorded`): it is
        unknown, not zero.

    Raises:
        InputError: with the line: no table; a count that is no whole number of persons; a pattern
            that comes twice; a count of those on no list; a cell that is neither 1 nor 0.
    """
    place = Path(path)
    return parse_overlap(
        _text(place), str(place), lists=lists, strata=strata, count=count, person=person
    )


def parse_overlap(
    text: str,
    place: str,
    *,
    lists: Sequence[str] | None = None,
    strata: Sequence[str] = (),
    count: str | None = None,
    person: str | None = None,
) -> Overlap:
    """As `read_overlap`, from text; `place` is what errors call it."""
    sheet = _sheet(text, place)
    for name in (*(lists or ()), *strata, *(one for one in (count, person) if one)):
        if name not in sheet.header and not (PATTERN in sheet.header and name in (lists or ())):
            raise InputError(
                f"there is no column {name!r}",
                place=place,
                mend=f"The columns are {', '.join(sheet.header)}",
            )
    _check_named(sheet, (*(lists or ()), *strata))
    counted = count or _count_column(sheet, lists, strata)
    layout = _layout(sheet, lists, tuple(strata), counted, person)
    if counted is None:
        _refuse_numbers(sheet, layout, person)
        return _of_persons(sheet, layout, person)
    return _of_counts(sheet, layout, counted)


@dataclass(frozen=True)
class _Sheet:
    """The header and the rows of a file, each with its line."""

    place: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def column(self, name: str) -> list[str]:
        at = self.header.index(name)
        return [cells[at] for _, cells in self.rows]

    def at(self, line: int) -> str:
        return f"{self.place}, line {line}"


@dataclass(frozen=True)
class _Layout:
    """Which columns are what; `digits` is the column of patterns if there is one."""

    names: tuple[str, ...]
    strata: tuple[str, ...]
    digits: bool


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            "the file is not UTF-8", place=str(path), mend="Save it as CSV in UTF-8"
        ) from None
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=str(path), mend="Check its path"
        ) from None


def _sheet(text: str, place: str) -> _Sheet:
    first = text.lstrip("\n").split("\n", 1)[0]
    delimiter = max("\t,;", key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, tuple[str, ...]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, tuple(cell.strip() for cell in cells)))
    except csv.Error as error:
        raise InputError(
            f"the file is no table ({error})", place=f"{place}, line {reader.line_num}", mend=_MEND
        ) from None
    if len(found) < 2:
        raise InputError("the file has no header with rows below it", place=place, mend=_MEND)
    sheet = _Sheet(place, found[0][1], tuple(found[1:]))
    _check(sheet)
    return sheet


def _check(sheet: _Sheet) -> None:
    twice = sorted({name for name in sheet.header if sheet.header.count(name) > 1})
    if "" in sheet.header:
        raise InputError(
            f"column {sheet.header.index('') + 1} has no name",
            place=sheet.place,
            mend="Give every column a name of its own, or take the column out",
        )
    if twice:
        raise InputError(
            f"two columns have the name {twice[0]!r}",
            place=sheet.place,
            mend="Give every column a name of its own",
        )
    for line, cells in sheet.rows:
        if len(cells) != len(sheet.header):
            raise InputError(
                f"{len(cells)} cells, and the header has {len(sheet.header)}",
                place=sheet.at(line),
                mend="Give every row a cell for every column",
            )


def _check_named(sheet: _Sheet, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"{twice[0]!r} is named twice, among lists and strata",
            place=sheet.place,
            mend="Name each list and each stratum once",
        )


def _refuse_numbers(sheet: _Sheet, layout: _Layout, person: str | None) -> None:
    """Refuse numbers that may be counts where each row would be taken for one person.

    Seven patterns with their counts would else be seven persons. Who names the persons' ids has
    said what a row is.
    """
    if person:
        return
    for name in sheet.header:
        numbers = all(cell.isdecimal() for cell in sheet.column(name))
        digits = all(_digit(cell) is not None for cell in sheet.column(name))
        stratum_of_counts = name in layout.strata and name.casefold() in COUNT_NAMES
        if numbers and not digits and (stratum_of_counts or name not in _named(layout)):
            raise InputError(
                f"the column {name!r} has numbers: they may be counts, and each row one pattern",
                place=sheet.place,
                mend="Name the counts (count=, --column count=NAME); or, where each row is one "
                "person, the ids (person=, --column person=NAME), or take the column out",
            )


def _named(layout: _Layout) -> tuple[str, ...]:
    return (*layout.names, *layout.strata)


def _count_column(sheet: _Sheet, lists: Sequence[str] | None, strata: Sequence[str]) -> str | None:
    taken = {*(lists or ()), *strata}
    found = [name for name in sheet.header if name.casefold() in COUNT_NAMES and name not in taken]
    if len(found) > 1:
        raise InputError(
            f"{' and '.join(found)} may both be counts",
            place=sheet.place,
            mend="Name the one that is (count=, --column count=NAME)",
        )
    return found[0] if found else None


def _layout(
    sheet: _Sheet,
    lists: Sequence[str] | None,
    strata: tuple[str, ...],
    count: str | None,
    person: str | None,
) -> _Layout:
    if PATTERN in sheet.header and PATTERN not in (lists or ()):
        return _Layout(_digit_names(sheet, lists, count), strata, True)
    others = {*strata, *(one for one in (count, person) if one)}
    if lists is not None:
        if set(lists) & others:
            raise InputError(
                "a column is named as a list and as something else", place=sheet.place, mend=_MEND
            )
        return _Layout(tuple(lists), strata, False)
    names = [name for name in sheet.header if name not in others]
    for name in names:
        odd = next((cell for cell in sheet.column(name) if _digit(cell) is None), None)
        if odd is not None:
            raise InputError(
                f"the column {name!r} has {odd!r}: it is no list, and nothing else is known of it",
                place=sheet.place,
                mend="Name the columns of the lists (lists=, --lists), of strata (strata=, "
                "--strata), of the count (count=, --column count=NAME) or of ids (person=, "
                "--column person=NAME)",
            )
    return _Layout(tuple(names), strata, False)


def _digit_names(sheet: _Sheet, lists: Sequence[str] | None, count: str | None) -> tuple[str, ...]:
    """The names of the digits of patterns."""
    if count is None:
        raise InputError(
            "there are patterns, and no column of counts",
            place=sheet.place,
            mend=f"Name it (count=, --column count=NAME), or call it {COUNT_NAMES[0]}",
        )
    lengths = {len(cell) for cell in sheet.column(PATTERN)}
    if len(lengths) > 1:
        raise InputError(
            "the patterns differ in length",
            place=sheet.place,
            mend="A spreadsheet may have dropped zeros in front: write them as text",
        )
    (length,) = lengths
    if lists is not None and len(lists) != length:
        raise InputError(
            f"the patterns have {length} digits, and there are {len(lists)} lists",
            place=sheet.place,
            mend="One digit a list; a spreadsheet may have dropped zeros in front",
        )
    return tuple(lists or (f"list {at + 1}" for at in range(length)))


def _digit(cell: str) -> int | None:
    if cell.casefold() in _ONE:
        return 1
    return 0 if cell.casefold() in _ZERO else None


@dataclass
class _Cells:
    """Cells as they are read: persons, their lines, and those that could not be recorded."""

    counts: dict[Cell, int] = field(default_factory=dict)
    lines: dict[Cell, int] = field(default_factory=dict)
    empty: dict[Cell, int] = field(default_factory=dict)


def _patterns(sheet: _Sheet, layout: _Layout) -> list[int]:
    """The pattern of each row, as bits."""
    if not 1 <= len(layout.names) <= MOST_LISTS:
        raise InputError(
            f"{len(layout.names)} lists: there are 1 to {MOST_LISTS}", place=sheet.place, mend=_MEND
        )
    columns = [sheet.column(PATTERN)] if layout.digits else [sheet.column(n) for n in layout.names]
    found = []
    for (line, _), cells in zip(sheet.rows, zip(*columns, strict=True), strict=True):
        digits = [_digit(cell) for cell in (cells[0] if layout.digits else cells)]
        if None in digits:
            wrong = cells[0] if layout.digits else cells[digits.index(None)]
            raise InputError(
                f"{wrong!r} is neither 1 nor 0",
                place=sheet.at(line),
                mend="1 where the person stands on the list, 0 where not",
            )
        found.append(sum(1 << at for at, digit in enumerate(digits) if digit))
    return found


def _strata(sheet: _Sheet, layout: _Layout) -> list[tuple[str, ...]]:
    if not layout.strata:
        return [()] * len(sheet.rows)
    return list(zip(*(sheet.column(name) for name in layout.strata), strict=True))


def _of_persons(sheet: _Sheet, layout: _Layout, person: str | None) -> Overlap:
    """One row a person."""
    counts: dict[Cell, int] = {}
    seen: dict[str, int] = {}
    ids = sheet.column(person) if person else [""] * len(sheet.rows)
    rows = zip(sheet.rows, _strata(sheet, layout), _patterns(sheet, layout), ids, strict=True)
    for (line, _), stratum, pattern, known in rows:
        if not pattern:
            raise InputError(
                "a person on no list",
                place=sheet.at(line),
                mend="Leave them out; those on no list are what is estimated",
            )
        if person and not known:
            raise InputError(
                "a person without an id",
                place=sheet.at(line),
                mend="Give every person an id of their own, or leave the column of ids out",
            )
        if person and known in seen:
            raise InputError(
                f"the person {known!r} stands on line {seen[known]} already",
                place=sheet.at(line),
                mend="Link the records of a person first: a person counts once",
            )
        seen[known] = line
        counts[stratum, pattern] = counts.get((stratum, pattern), 0) + 1
    return _table(layout, counts, frozenset())


def _of_counts(sheet: _Sheet, layout: _Layout, count: str) -> Overlap:
    """One row a pattern."""
    cells = _Cells()
    rows = zip(
        sheet.rows,
        _strata(sheet, layout),
        _patterns(sheet, layout),
        sheet.column(count),
        strict=True,
    )
    for (line, _), stratum, pattern, said in rows:
        _take(cells, (stratum, pattern), said, sheet, line)
    unrecorded = frozenset(pattern for _, pattern in cells.empty)
    for (stratum, pattern), line in cells.lines.items():
        if pattern in unrecorded and (stratum, pattern) in cells.counts:
            raise InputError(
                "the pattern has a count here, and none in another stratum",
                place=sheet.at(line),
                mend="Put strata in which it could not be recorded into a table of their own",
            )
    return _table(layout, cells.counts, unrecorded)


def _take(cells: _Cells, cell: Cell, said: str, sheet: _Sheet, line: int) -> None:
    """One row."""
    if cell in cells.lines:
        raise InputError(
            f"the pattern stands on line {cells.lines[cell]} already",
            place=sheet.at(line),
            mend="Give each pattern one row; name the columns of strata if there are any "
            "(strata=, --strata)",
        )
    cells.lines[cell] = line
    if not said:
        if cell[1]:
            cells.empty[cell] = line
        return
    number = whole_count(said, sheet.at(line))
    if not cell[1]:
        if number:
            raise InputError(
                "the count of those on no list is given",
                place=sheet.at(line),
                mend="That number is what is estimated; leave it out of the table",
            )
        return
    cells.counts[cell] = number


def _table(layout: _Layout, counts: Mapping[Cell, int], unrecorded: frozenset[int]) -> Overlap:
    patterns = sorted({pattern for (_, pattern), number in counts.items() if number})
    strata = sorted({stratum for stratum, _ in counts}) or [()]
    found = np.zeros((len(strata), len(patterns)), dtype=np.int64)
    row = {stratum: at for at, stratum in enumerate(strata)}
    column = {pattern: at for at, pattern in enumerate(patterns)}
    for (stratum, pattern), number in counts.items():
        if number:
            found[row[stratum], column[pattern]] = number
    return Overlap(
        layout.names,
        np.array(patterns, dtype=np.int64),
        found,
        tuple(strata),
        layout.strata,
        unrecorded,
    )
