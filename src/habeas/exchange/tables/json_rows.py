"""JSON and JSON Lines as tables: each object a row, each path inside of the objects a column.

A document is an array of objects, or an object in which arrays of objects stand, or one object
alone. In JSON Lines an object stands on each line; they are read one by one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from habeas.errors import InputError
from habeas.exchange.tables.columns import name_columns
from habeas.exchange.tables.damage import damage
from habeas.exchange.tables.decoding import Encoding, find_encoding
from habeas.exchange.tables.json_values import Document, Element, Json, decode_line, fields
from habeas.exchange.tables.limits import MAX_COLUMNS, MAX_JSON, MAX_LINE, MAX_LOOSE
from habeas.exchange.tables.table import Column, Fault, Loose, Row, Table, TableFile
from habeas.exchange.tables.text_lines import TextLines, Unchanged

Keys = tuple[str, ...]


class JsonFile(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON file and how it is read."""

    path: Path
    encoding: Encoding
    kind: Literal["json", "jsonl"]

    def elements(self) -> Iterator[Element]:
        """Everything that stands in the file, from top to bottom.

        Of JSON Lines each line is an element without path, its index the number of the line.

        Raises:
            InputError: it is not JSON, or larger than is read whole.
        """
        if self.kind == "jsonl":
            yield from self._lines()
        else:
            yield from self.document().walk()

    def document(self) -> Document:
        """The whole file.

        Raises:
            InputError: it is larger than is read whole.
        """
        size = self.path.stat().st_size
        if size > MAX_JSON:
            raise InputError(
                f"{size:,} bytes of JSON are more than the {MAX_JSON:,} that are read whole",
                place=self.path.name,
                mend="Save it as JSON Lines, one object on each line",
            )
        return Document(_read(self), self.path.name)

    def _lines(self) -> Iterator[Element]:
        with self.path.open(encoding=self.encoding.codec, newline="") as file:
            lines = TextLines(file, self.path.name)
            for line in lines:
                lines.held = 0
                if not line.strip(" \t\r\n"):
                    continue
                place = f"{self.path.name}, line {lines.number}"
                value = decode_line(line, place)
                if not isinstance(value, dict):
                    raise InputError(
                        "no object stands on this line",
                        place=place,
                        mend="One object stands on each line of JSON Lines",
                    )
                yield Element((), lines.number, value)


def find_json(path: Path, *, encoding: str | None = None) -> JsonFile:
    """Whether a file is one JSON document, or holds an object on each line.

    Raises:
        InputError: its encoding cannot be told.
    """
    found = find_encoding(path, encoding=encoding)
    with path.open(encoding=found.codec, newline="") as file:
        lines = iter(partial(file.readline, MAX_LINE), "")
        first = next((line for line in lines if line.strip()), "")
        kind: Literal["json", "jsonl"] = "json"
        if first.endswith(("\n", "\r")) and _begins_lines(first):
            more = iter(partial(file.read, MAX_LINE), "")
            kind = "jsonl" if any(part.strip() for part in more) else "json"
    return JsonFile(path=path, encoding=found, kind=kind)


def open_json(path: Path, *, encoding: str | None = None) -> TableFile:
    """The tables of a file of JSON objects.

    Raises:
        InputError: it is not JSON (line and column), holds no objects, or is too large.
    """
    return json_tables(find_json(path, encoding=encoding))


def json_tables(file: JsonFile) -> TableFile:
    """The tables of a file that is known to be JSON. Errors as `open_json`."""
    unchanged = Unchanged(file.path)
    shapes, others = _survey(file)
    if not shapes:
        return _alone(file, others, unchanged)
    several = len(shapes) > 1
    tables = tuple(
        _table(file, keys, columns, "/".join(keys) if several else None, unchanged)
        for keys, columns in shapes.items()
    )
    return TableFile(
        name=file.path.name,
        format=file.kind,
        tables=tables,
        loose=tuple(_loose(element) for element in others),
        remarks=(file.encoding.remark,),
    )


def _survey(file: JsonFile) -> tuple[dict[Keys, tuple[Column, ...]], list[Element]]:
    """The arrays that hold objects, with their columns; and what else stands in the file."""
    paths: dict[Keys, dict[str, None]] = {}
    others: list[Element] = []
    for element in file.elements():
        if isinstance(element.value, dict) and element.number is not None:
            known = paths.setdefault(element.path, {})
            place = _place(file, element)
            known.update([(field.path, None) for field in fields(element.value, place)])
            if len(known) > MAX_COLUMNS:
                raise InputError(
                    f"its paths make more than the {MAX_COLUMNS:,} columns a sheet can have",
                    place=place,
                    mend="Long arrays of objects belong into a list of their own",
                )
        else:
            others.append(element)
            if len(others) > MAX_LOOSE:
                raise InputError(
                    f"more than {MAX_LOOSE:,} values stand outside of the objects of a list",
                    place=_place(file, element),
                    mend="A list is an array of objects",
                )
    return {keys: _columns(list(known)) for keys, known in paths.items()}, others


def _columns(paths: list[str]) -> tuple[Column, ...]:
    return name_columns([path.replace("~1", "/").replace("~0", "~") for path in paths], paths)


def _alone(file: JsonFile, others: list[Element], unchanged: Unchanged) -> TableFile:
    """A document without arrays of objects: one object is a list of one row."""
    value = file.document().whole() if others else None
    if not isinstance(value, dict):
        raise InputError(
            "the file holds no objects", place=file.path.name, mend="A list is an array of objects"
        )
    columns = _columns([field.path for field in fields(value, file.path.name)])

    def rows() -> Iterator[Row]:
        unchanged.check()
        yield _row(value, 1, _indexes(columns), file.path.name)

    table = Table(sheet=None, header_row=None, columns=columns, rows=rows)
    return TableFile(
        name=file.path.name, format=file.kind, tables=(table,), remarks=(file.encoding.remark,)
    )


def _table(
    file: JsonFile,
    keys: Keys,
    columns: tuple[Column, ...],
    sheet: str | None,
    unchanged: Unchanged,
) -> Table:
    def rows() -> Iterator[Row]:
        unchanged.check()
        indexes = _indexes(columns)
        for element in file.elements():
            if element.path == keys and element.number and isinstance(element.value, dict):
                row = _row(element.value, element.number, indexes, _place(file, element))
                if any(map(str.strip, row.cells)):
                    yield row

    return Table(sheet=sheet, header_row=None, columns=columns, rows=rows)


def _indexes(columns: tuple[Column, ...]) -> dict[str, int]:
    return {column.address: index for index, column in enumerate(columns)}


def _row(value: Json, number: int, indexes: dict[str, int], place: str) -> Row:
    cells = [""] * len(indexes)
    lists: dict[int, tuple[str, ...]] = {}
    faults: list[Fault] = []
    for field in fields(value, place):
        index = indexes[field.path]
        cells[index] = field.text
        if field.values is not None:
            lists[index] = field.values
        if not field.text.isascii() and (reason := damage(field.text)):
            faults.append(Fault(reason=reason, column=index))
    return Row(number=number, cells=tuple(cells), lists=lists, faults=tuple(faults))


def _loose(element: Element) -> Loose:
    value = element.value if isinstance(element.value, str) else json.dumps(element.value)
    cells = (value,) if element.number else ("/".join(element.path), value)
    return Loose(number=element.number or 0, cells=cells, sheet="/".join(element.path) or None)


def _place(file: JsonFile, element: Element) -> str:
    what = "line" if file.kind == "jsonl" else "object"
    return f"{'/'.join((file.path.name, *element.path))}, {what} {element.number}"


def _begins_lines(first: str) -> bool:
    """Whether a line holds one whole object."""
    try:
        return isinstance(decode_line(first, ""), dict)
    except InputError:
        return False


def _read(file: JsonFile) -> str:
    with file.path.open(encoding=file.encoding.codec, newline="") as text:
        try:
            return text.read()
        except UnicodeError:
            raise InputError(
                "the file changed while it was read", place=file.path.name, mend="Try again"
            ) from None
