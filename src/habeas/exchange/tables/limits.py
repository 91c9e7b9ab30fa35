"""How much of a file is read: what lies beyond is refused with a message, never cut off.

A list of victims is a list of people: the largest that are known have some hundred thousand rows.
The limits leave room far above that, and keep a damaged or hostile file from filling the memory or
the day of whoever opens it.
"""

from __future__ import annotations

from typing import Final

MAX_COLUMNS: Final = 16_384
"""What a sheet of a current spreadsheet program can hold (ECMA-376: A to XFD)."""

MAX_CELL: Final = 1_000_000
"""Characters in one cell. A spreadsheet holds 32,767; a long testimony some hundred thousand. More
is a quote that never closes, or a file that is no list."""

MAX_LINE: Final = 4 * MAX_CELL
"""Characters in one line of text, or of one record of several lines."""

MAX_LOOSE: Final = 10_000
"""Lines that are neither header nor row, kept in memory to be shown."""

MAX_TABLES: Final = 100
"""Tables in one sheet or delimited file. Each is read by going through the file from the start."""

MAX_JSON: Final = 256 * 1024 * 1024
"""Bytes of a JSON file that is read whole. JSON lines are read one by one and have no limit."""

MAX_DEPTH: Final = 32
"""Objects and arrays inside one another."""

LOOKAHEAD: Final = 60
"""Lines that are looked at to tell a header from a row."""
