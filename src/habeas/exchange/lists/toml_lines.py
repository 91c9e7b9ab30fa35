"""On which line of a TOML text each key stands; the parser of the standard library does not say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
"""Keys and places in arrays that lead to a value: `("claim", 2, "calendar")`."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*|[\[{]|[\]}]|\n|'
    r"[^\[\]{}\"'#\n]+|.",
    re.DOTALL,
)
_HEADER = re.compile(r"\s*(\[\[?)")
_AT = re.compile(r"\(at line (\d+), column \d+\)")


def lines_of(text: str) -> dict[Path, int]:
    """The line of every table and of every key.

    Args:
        text: TOML that parses.

    Returns:
        Paths to lines, the first is 1. Most keys inside an inline table have none of their own.
    """
    found: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for line, statement in _statements(text):
        header = _HEADER.match(statement)
        keys = _keys(tomllib.loads(statement))
        if header and header[1] == "[[":
            table = _numbered(keys[:-1], counts) + keys[-1:]
            counts[table] = counts.get(table, -1) + 1
            table = (*table, counts[table])
            found.setdefault(table, line)
        elif header:
            table = _numbered(keys, counts)
            found.setdefault(table, line)
        else:
            for end in range(1, len(keys) + 1):
                found.setdefault((*table, *keys[:end]), line)
    return found


def error_line(error: tomllib.TOMLDecodeError, text: str) -> int:
    """The line of which the parser complains; the last when it wants more at the end."""
    at = _AT.search(str(error))
    return int(at[1]) if at else max(1, len(text.splitlines()))


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Headers and pairs with the line on which each begins; comments and empty lines left out."""
    line = start = 1
    depth = 0
    parts: list[str] = []
    for piece in (found[0] for found in _TOKEN.finditer(text + "\n")):
        if piece == "\n" and depth == 0:
            if parts:
                yield start, "".join(parts)
            parts = []
        elif not piece.startswith("#") and (parts or piece.strip()):
            start = start if parts else line
            parts.append(piece)
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(piece, 0)
        line += piece.count("\n")


def _keys(parsed: Mapping[str, object]) -> tuple[str, ...]:
    """The keys of one statement, from the outside in: one pair or one header at each step."""
    keys: list[str] = []
    inner: object = parsed
    while isinstance(inner, dict) and len(inner) == 1:
        key, inner = next(iter(inner.items()))
        keys.append(key)
    return tuple(keys)


def _numbered(keys: Path, counts: Mapping[Path, int]) -> Path:
    """Keys with the place in the array after each one that names an array of tables."""
    path: Path = ()
    for key in keys:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path])
    return path
