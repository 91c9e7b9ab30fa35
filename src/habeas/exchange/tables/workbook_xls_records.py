"""The records of an old workbook that its reader passes over: formulas and links.

The form is that of [MS-XLS]: a type and a length, two bytes each, little end first.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

_FORMULA: Final = frozenset({0x0006, 0x0206, 0x0406})
_STRING: Final = 0x0207
_BETWEEN: Final = frozenset({0x04BC, 0x0221, 0x0236, 0x003C})
"""Records that may stand between a formula and the text of its value."""
_BOUND_SHEET: Final = 0x0085
_OTHER_BOOK: Final = 0x01AE
_END: Final = 0x000A
_OWN: Final = frozenset({b"\x01\x04", b"\x01\x3a"})
"""A book of references that leads to the workbook itself, or to functions of the program."""


class SheetRecords(msgspec.Struct, frozen=True, kw_only=True):
    """What the records of a sheet tell of its formulas; rows and columns count from 0."""

    formulas: dict[int, int] = {}
    """Column to the row of its first formula."""
    empty: dict[int, int] = {}
    """Column to the row of its first formula that shows nothing: so some programs write formulas
    that they have not calculated."""
    missing: frozenset[tuple[int, int]] = frozenset()
    """Row and column of formulas whose value is a text that was not saved."""


def sheet_offsets(stream: bytes) -> list[int]:
    """Where the sheets of cells begin, in the order of the workbook."""
    return [
        struct.unpack_from("<I", data)[0]
        for kind, data in _records(stream, 0)
        if kind == _BOUND_SHEET and len(data) >= 6 and data[5] == 0
    ]


def has_links(stream: bytes) -> bool:
    """Whether the workbook refers to others."""
    return any(kind == _OTHER_BOOK and data[2:4] not in _OWN for kind, data in _records(stream, 0))


def sheet_records(stream: bytes, offset: int) -> SheetRecords:
    """What is told of the sheet that begins at this offset."""
    formulas: dict[int, int] = {}
    empty: dict[int, int] = {}
    missing: set[tuple[int, int]] = set()
    awaited: tuple[int, int] | None = None
    for kind, data in _records(stream, offset):
        if awaited is not None and kind not in _BETWEEN:
            if kind != _STRING:
                missing.add(awaited)
            awaited = None
        if kind in _FORMULA and len(data) >= 14:
            row, column = struct.unpack_from("<HH", data)
            formulas.setdefault(column, row)
            if data[12:14] == b"\xff\xff" and data[6] == 0:
                awaited = (row, column)
            elif data[12:14] == b"\xff\xff" and data[6] == 3:
                empty.setdefault(column, row)
    return SheetRecords(formulas=formulas, empty=empty, missing=frozenset(missing))


def _records(stream: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    """The records from an offset to the end of their part of the stream."""
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        offset += 4
        yield kind, bytes(stream[offset : offset + length])
        if kind == _END:
            return
        offset += length
